package event_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/testkit"
)

// TestFollowerReadsEachEventOnce lets numbers appear out of order, as MySQL does with
// transactions that overlap.
func TestFollowerReadsEachEventOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		ctx := context.Background()
		put := func(ids ...int64) {
			t.Helper()
			for _, id := range ids {
				e := event.Event{ID: id, Type: "x.happened", SubjectType: "x", Data: "{}", CreatedAt: w.Clock.Now()}
				if err := w.DB.Writer(ctx).Create(&e).Error; err != nil {
					t.Fatal(err)
				}
			}
		}
		read := func(f *event.Follower, want ...int64) {
			t.Helper()
			var got []int64
			for {
				fresh, more, err := f.Next(ctx)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range fresh {
					got = append(got, e.ID)
				}
				if !more {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("read %v, want %v", got, want)
			}
		}
		all, late := event.NewFollower(w.DB, w.Clock), event.NewFollower(w.DB, w.Clock)
		put(101, 103)
		read(all, 101, 103)
		if err := late.Begin(ctx); err != nil {
			t.Fatal(err)
		}
		read(late)
		put(102, 105)
		read(all, 102, 105)
		read(late, 102, 105)
		read(all)
		put(104)
		w.Clock.Advance(29 * time.Second)
		read(all, 104)
		read(late, 104)
		put(90, 300, 301)
		read(all, 90, 300, 301)
		put(200)
		w.Clock.Advance(31 * time.Second)
		read(all) // it came too late
		many := make([]int64, 1200)
		for i := range many {
			many[i] = 1000 + int64(i)
		}
		put(many...)
		read(all, many...)
	})
}
