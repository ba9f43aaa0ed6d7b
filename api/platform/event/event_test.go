package event_test

import (
	"context"
	"errors"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/testkit"
)

var (
	ctx = context.Background()
	ada = authz.Person(7, "ada", authz.Admin, authz.Options{})
)

func count(t *testing.T, w *testkit.World, table string) int64 {
	t.Helper()
	var n int64
	if err := w.DB.Read(ctx).Table(table).Count(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhoHearsOfAnEvent(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		var live, ran []int64
		veto := errors.New("veto")
		w.Bus.InTx("lamp.lit", func(tx *event.Tx, e event.Event) error {
			var data struct{ Bad bool }
			if err := e.Decode(&data); err != nil {
				return err
			}
			if data.Bad {
				return veto
			}
			tx.Because(e.ID)
			return tx.Emit("moth.came", "moth", 1, nil)
		})
		w.Bus.Durable("lamp.lit", "count")
		w.Bus.Live("lamp.lit", func(e event.Event) { live = append(live, e.ID) })
		w.Worker.Handle("count", func(c context.Context, j job.Job) error {
			var ref event.Ref
			if err := j.Decode(&ref); err != nil {
				return err
			}
			e, err := w.Bus.Find(c, ref.EventID)
			ran = append(ran, e.ID)
			return err
		})
		emit := func(bad bool) error {
			return w.Bus.Do(ctx, ada, func(tx *event.Tx) error {
				return tx.Emit("lamp.lit", "lamp", 3, map[string]bool{"Bad": bad})
			})
		}
		if err := emit(true); !errors.Is(err, veto) {
			t.Fatalf("a veto: %v", err)
		}
		w.Drain(t)
		if count(t, w, "events") != 0 || count(t, w, "jobs") != 0 || len(live) != 0 || len(ran) != 0 {
			t.Fatal("an undone transaction was heard of")
		}
		if err := emit(false); err != nil {
			t.Fatal(err)
		}
		w.Drain(t)
		events, err := w.Bus.Of(ctx, "lamp", 3, nil, 0, false, 10)
		if err != nil || len(events) != 1 {
			t.Fatalf("%v %v", events, err)
		}
		e := events[0]
		if e.ActorID != 7 || e.ActorName != "ada" || !e.CreatedAt.Equal(testkit.Start) {
			t.Errorf("recorded %+v", e)
		}
		if len(live) != 1 || len(ran) != 1 || live[0] != e.ID || ran[0] != e.ID {
			t.Errorf("live %v durable %v", live, ran)
		}
		moths, err := w.Bus.Of(ctx, "moth", 1, nil, 0, false, 10)
		if err != nil || len(moths) != 1 || moths[0].CauseID != e.ID {
			t.Errorf("the consequence is %+v %v", moths, err)
		}
	})
}

func TestDoJoinsAnOuterTransaction(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		undo := errors.New("undo")
		err := w.Bus.Do(ctx, ada, func(tx *event.Tx) error {
			err := w.Bus.Do(tx.Ctx, ada, func(inner *event.Tx) error { return inner.Emit("lamp.lit", "lamp", 1, nil) })
			if err != nil {
				return err
			}
			if events, err := w.Bus.Of(tx.Ctx, "lamp", 1, nil, 0, false, 1); err != nil || len(events) != 1 {
				t.Errorf("the transaction does not see its own event: %v %v", events, err)
			}
			return undo
		})
		if !errors.Is(err, undo) || count(t, w, "events") != 0 {
			t.Errorf("%v, %d events", err, count(t, w, "events"))
		}
	})
}

// TestARehearsalChangesNothing: also inside of what is committed.
func TestARehearsalChangesNothing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		var heard []string
		w.Bus.Live("lamp.lit", func(e event.Event) { heard = append(heard, e.SubjectType) })
		w.Bus.Live("lamp.broken", func(e event.Event) { heard = append(heard, e.Type) })
		refused := errors.New("refused")
		try := func(ctx context.Context, with error) error {
			return w.Bus.Rehearse(ctx, ada, func(tx *event.Tx) error {
				err := w.Bus.Do(tx.Ctx, ada, func(inner *event.Tx) error { return inner.Emit("lamp.broken", "lamp", 1, nil) })
				if err != nil {
					return err
				}
				if err := tx.Enqueue(job.New{Kind: "sweep"}); err != nil {
					return err
				}
				return with
			})
		}
		for _, with := range []error{nil, refused} {
			if err := try(ctx, with); !errors.Is(err, with) {
				t.Errorf("%v, want %v", err, with)
			}
			err := w.Bus.Do(ctx, ada, func(tx *event.Tx) error {
				if err := tx.Emit("lamp.lit", "lamp", 1, nil); err != nil {
					return err
				}
				if err := try(tx.Ctx, with); !errors.Is(err, with) {
					t.Errorf("inside: %v, want %v", err, with)
				}
				return tx.Emit("lamp.lit", "lamp", 2, nil)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if n := count(t, w, "events"); n != 4 || len(heard) != 4 || count(t, w, "jobs") != 0 {
			t.Errorf("%d events, %d jobs, heard of %v", n, count(t, w, "jobs"), heard)
		}
		for _, what := range heard {
			if what != "lamp" {
				t.Errorf("heard of %s", what)
			}
		}
	})
}

func TestLostRacesAreRunAgain(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		tries := 0
		err := w.Bus.Do(ctx, ada, func(tx *event.Tx) error {
			tries++
			if err := tx.Emit("lamp.lit", "lamp", 1, nil); err != nil {
				return err
			}
			if tries < 3 {
				return db.ErrLostRace
			}
			return nil
		})
		if err != nil || tries != 3 || count(t, w, "events") != 1 {
			t.Errorf("%d tries, %d events, %v", tries, count(t, w, "events"), err)
		}
	})
}
