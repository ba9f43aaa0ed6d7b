package known_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket/known"
)

var ctx = context.Background()

// shelf is a list of numbers that counts how it is asked.
type shelf struct {
	in                []int64
	counts, alls, few int
	fails             error
}

func (s *shelf) finder() known.Finder {
	return known.Finder{
		Max: 5,
		Count: func(context.Context) (int64, bool, known.Way, error) {
			s.counts++
			return int64(min(len(s.in), 5)), len(s.in) <= 5, known.Way{Page: 1, Counted: 2}, s.fails
		},
		All: func(_ context.Context, way known.Way) ([]int64, error) {
			s.alls++
			if way.Counted != 2 {
				return nil, errors.New("lost its way")
			}
			return slices.Clone(s.in[:min(len(s.in), 6)]), s.fails
		},
		Among: func(_ context.Context, ids []int64) ([]int64, error) {
			s.few++
			return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return !slices.Contains(s.in, id) }), s.fails
		},
	}
}

func TestListsAreFoundAnewOnlyAsFarAsTheyMust(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		lists := known.New(w.DB, w.Clock, "ticket", "view.")
		s := &shelf{in: []int64{7, 3, 9}}
		emit := func(what, subject string, id int64) {
			t.Helper()
			err := w.Bus.Do(ctx, authz.Actor{}, func(tx *event.Tx) error { return tx.Emit(what, subject, id, nil) })
			if err != nil {
				t.Fatal(err)
			}
		}
		// Each step makes something happen, and says how often the list was then asked in all.
		steps := []struct {
			name              string
			do                func()
			n                 int64
			exact             bool
			counts, alls, few int
		}{
			{"the first time it is counted", func() {}, 3, true, 1, 0, 0},
			{"nothing happened", func() {}, 3, true, 1, 0, 0},
			{"a view changed", func() { emit("view.updated", "view", 1) }, 3, true, 1, 0, 0},
			{"a ticket came", func() { s.in = append(s.in, 1); emit("ticket.created", "ticket", 1) }, 4, true, 1, 1, 0},
			{"another one came", func() { s.in = append(s.in, 4); emit("ticket.created", "ticket", 4) }, 5, true, 1, 1, 1},
			{"one that is in it changed twice", func() { emit("ticket.updated", "ticket", 3); emit("ticket.updated", "ticket", 3) }, 5, true, 1, 1, 2},
			{"one left, another changed", func() {
				s.in = slices.DeleteFunc(s.in, func(id int64) bool { return id == 9 })
				emit("ticket.updated", "ticket", 9)
				emit("ticket.updated", "ticket", 100)
			}, 4, true, 1, 1, 3},
			{"so many came that they are not told apart", func() {
				s.in = append(s.in, 20, 21)
				emit("ticket.created", "ticket", 20)
				emit("ticket.created", "ticket", 21)
			}, 6, false, 1, 1, 4},
			{"too many are too many for a while", func() { s.in = s.in[:2]; emit("ticket.updated", "ticket", 20) }, 6, false, 1, 1, 4},
			{"but not for long", func() { w.Clock.Advance(known.Life) }, 2, true, 2, 1, 4},
			{"something else changed", func() { s.in = s.in[:1]; emit("team.updated", "team", 1) }, 1, true, 3, 1, 4},
			{"it failed", func() { s.fails = errors.New("no"); emit("team.updated", "team", 1) }, 0, false, 4, 1, 4},
			{"it is back", func() { s.fails = nil }, 1, true, 5, 1, 4},
			{"it failed to find a change", func() {
				s.in, s.fails = []int64{7, 8}, errors.New("no")
				emit("ticket.created", "ticket", 8)
			}, 0, false, 5, 2, 4},
			{"and then knew nothing", func() { s.fails = nil }, 2, true, 6, 2, 4},
			{"time goes by without an event", func() { s.in = nil; w.Clock.Advance(known.Life - time.Second) }, 2, true, 6, 2, 4},
			{"but a minute", func() { w.Clock.Advance(time.Second) }, 0, true, 7, 2, 4},
		}
		for _, step := range steps {
			step.do()
			n, exact, way, err := lists.Count(ctx, "shelf", s.finder())
			if (err != nil) != (s.fails != nil) || (err == nil && (n != step.n || exact != step.exact || way.Page != 1)) {
				t.Errorf("%s: %d %t %v, want %d %t", step.name, n, exact, err, step.n, step.exact)
			}
			if got, want := [3]int{s.counts, s.alls, s.few}, [3]int{step.counts, step.alls, step.few}; got != want {
				t.Errorf("%s: asked to count, for all, for some %v times, want %v", step.name, got, want)
			}
		}
		// Another list is another.
		other := &shelf{in: []int64{1}}
		if n, _, _, err := lists.Count(ctx, "other", other.finder()); n != 1 || err != nil || other.counts != 1 {
			t.Errorf("another list: %d %v", n, err)
		}
	})
}

// TestWhatMayNeverBeIsNotRemembered counts within a transaction that is undone.
func TestWhatMayNeverBeIsNotRemembered(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		lists := known.New(w.DB, w.Clock, "ticket")
		s := &shelf{in: []int64{1}}
		count := func(ctx context.Context, want int64) {
			t.Helper()
			if n, exact, _, err := lists.Count(ctx, "shelf", s.finder()); n != want || !exact || err != nil {
				t.Errorf("%d %t %v, want %d", n, exact, err, want)
			}
		}
		count(ctx, 1)
		undone := errors.New("undone")
		err := w.DB.Tx(ctx, func(ctx context.Context, _ *gorm.DB) error {
			s.in = append(s.in, 2)
			count(ctx, 2)
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		s.in = s.in[:1]
		count(ctx, 1)
		if s.counts != 2 {
			t.Errorf("counted %d times", s.counts)
		}
	})
}
