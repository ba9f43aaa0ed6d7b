package job_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/testkit"
)

var ctx = context.Background()

func enqueue(t *testing.T, w *testkit.World, n job.New) {
	t.Helper()
	err := w.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error { return job.Enqueue(tx, w.Clock.Now(), n) })
	if err != nil {
		t.Fatal(err)
	}
}

func all(t *testing.T, w *testkit.World) []job.Job {
	t.Helper()
	var jobs []job.Job
	if err := w.DB.Read(ctx).Order("id").Find(&jobs).Error; err != nil {
		t.Fatal(err)
	}
	return jobs
}

func TestAJobRunsOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		var got []string
		w.Worker.Handle("greet", func(_ context.Context, j job.Job) error {
			var p struct{ Name string }
			if err := j.Decode(&p); err != nil {
				return err
			}
			got = append(got, p.Name)
			return nil
		})
		enqueue(t, w, job.New{Kind: "greet", Payload: map[string]string{"Name": "ada"}})
		enqueue(t, w, job.New{Kind: "greet", Payload: map[string]string{"Name": "emma"}, UniqueKey: "once"})
		enqueue(t, w, job.New{Kind: "greet", Payload: map[string]string{"Name": "twin"}, UniqueKey: "once"})
		enqueue(t, w, job.New{Kind: "greet", Payload: map[string]string{"Name": "later"}, RunAt: w.Clock.Now().Add(time.Hour)})
		w.Drain(t)
		w.Drain(t)
		if len(got) != 2 || got[0] != "ada" || got[1] != "emma" {
			t.Errorf("ran %v", got)
		}
		w.Clock.Advance(time.Hour)
		w.Drain(t)
		if len(got) != 3 || got[2] != "later" {
			t.Errorf("ran %v", got)
		}
		for _, j := range all(t, w) {
			if j.State != job.Done || j.Payload != "{}" {
				t.Errorf("left %+v", j)
			}
		}
		w.Clock.Advance(8 * 24 * time.Hour)
		if err := w.Worker.Prune(ctx, job.Job{}); err != nil || len(all(t, w)) != 0 {
			t.Errorf("prune leaves %d: %v", len(all(t, w)), err)
		}
	})
}

func TestFailuresAreTriedAgainAndThenKept(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		runs := 0
		w.Worker.Handle("fail", func(context.Context, job.Job) error { runs++; return errors.New("no luck") })
		w.Worker.Handle("panic", func(context.Context, job.Job) error { panic("ouch") })
		w.Worker.Handle("hopeless", func(context.Context, job.Job) error { return job.Fatal(errors.New("never")) })
		enqueue(t, w, job.New{Kind: "fail", MaxAttempts: 3})
		enqueue(t, w, job.New{Kind: "panic", MaxAttempts: 1})
		enqueue(t, w, job.New{Kind: "hopeless"})
		enqueue(t, w, job.New{Kind: "unknown"})
		w.Drain(t)
		if runs != 1 {
			t.Fatalf("ran %d times at once", runs)
		}
		w.Clock.Advance(9 * time.Second)
		w.Drain(t)
		if runs != 1 {
			t.Error("did not pause before the second try")
		}
		for range 5 {
			w.Clock.Advance(time.Hour)
			w.Drain(t)
		}
		if runs != 3 {
			t.Errorf("ran %d times, want 3", runs)
		}
		for _, j := range all(t, w) {
			if j.State != job.Dead || j.LastError == "" || j.FinishedAt == nil {
				t.Errorf("%s ended as %s %q", j.Kind, j.State, j.LastError)
			}
		}
	})
}

// TestALostWorkersJobIsTakenOver leaves a job running, as a killed process does.
func TestALostWorkersJobIsTakenOver(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		runs := 0
		w.Worker.Handle("work", func(context.Context, job.Job) error { runs++; return nil })
		enqueue(t, w, job.New{Kind: "work"})
		until := w.Clock.Now().Add(2 * time.Minute)
		err := w.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			return tx.Model(&job.Job{}).Where("1 = 1").
				Updates(map[string]any{"state": job.Running, "attempt": 1, "lease_until": until}).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Drain(t)
		if runs != 0 {
			t.Fatal("took a job under lease")
		}
		w.Clock.Advance(3 * time.Minute)
		w.Drain(t)
		if runs != 1 {
			t.Errorf("ran %d times after the lease", runs)
		}
	})
}

func TestSchedulesFireOncePerPeriod(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		fired := make(chan struct{}, 10)
		worker := job.NewWorker(w.DB, w.Clock)
		worker.Handle("tick", func(context.Context, job.Job) error { fired <- struct{}{}; return nil })
		worker.Every(time.Hour, "tick")
		running, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { worker.Run(running); close(done) }()
		<-fired
		if !worker.Healthy() {
			t.Error("a working worker is not healthy")
		}
		worker.Wake()
		w.Clock.Advance(time.Hour)
		worker.Wake()
		<-fired
		stop()
		<-done
		if len(fired) != 0 {
			t.Error("fired too often")
		}
		w.Clock.Advance(time.Hour)
		if worker.Healthy() {
			t.Error("a stopped worker is healthy")
		}
	})
}
