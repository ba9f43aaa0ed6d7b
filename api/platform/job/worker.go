package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
)

// Handler does the work of one kind of job. It must bear being run twice: a
// lease that ends while it runs gives the job to another worker.
type Handler func(ctx context.Context, j Job) error

const (
	// How long after a crash its jobs are taken over. A worker that lives prolongs
	// it three times as often.
	lease        = 20 * time.Second
	pollEvery    = time.Second
	concurrency  = 4
	keepDone     = 7 * 24 * time.Hour
	heartbeatMax = 2 * time.Minute
)

type schedule struct {
	kind  string
	every time.Duration
}

// Worker claims and runs jobs. Register handlers and schedules before Run.
type Worker struct {
	db        *db.DB
	clock     clock.Clock
	handlers  map[string]Handler
	schedules []schedule
	wake      chan struct{}
	mu        sync.Mutex
	beat      time.Time
	onResult  func(kind, result string)
}

// NewWorker returns a worker without handlers.
func NewWorker(d *db.DB, c clock.Clock) *Worker {
	return &Worker{
		db: d, clock: c, handlers: map[string]Handler{},
		wake: make(chan struct{}, 1), onResult: func(string, string) {},
	}
}

// Handle registers the handler of a kind.
func (w *Worker) Handle(kind string, h Handler) { w.handlers[kind] = h }

// Every enqueues a job of the kind once per period, however many replicas run.
func (w *Worker) Every(period time.Duration, kind string) {
	w.schedules = append(w.schedules, schedule{kind, period})
}

// OnResult calls fn after each run with the result "done", "retry" or "dead".
func (w *Worker) OnResult(fn func(kind, result string)) { w.onResult = fn }

// Wake makes the worker look for jobs now.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Healthy reports whether the worker has looked for jobs lately.
func (w *Worker) Healthy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.beat.IsZero() && w.clock.Now().Sub(w.beat) < heartbeatMax
}

// Run works until ctx ends, and then waits for the jobs under way.
func (w *Worker) Run(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	slots := make(chan struct{}, concurrency)
	var running sync.WaitGroup
	defer running.Wait()
	for {
		if err := w.plan(ctx); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "job schedules failed", "error", err)
		}
		more, err := w.claim(ctx, concurrency)
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "claiming jobs failed", "error", err)
		}
		if err == nil {
			w.mu.Lock()
			w.beat = w.clock.Now()
			w.mu.Unlock()
		}
		for _, j := range more {
			slots <- struct{}{}
			running.Add(1)
			go func() {
				defer running.Done()
				defer func() { <-slots }()
				// A job under way may end its work when the program stops.
				w.run(context.WithoutCancel(ctx), j)
			}()
		}
		if len(more) == concurrency {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-w.wake:
		}
	}
}

// Drain runs every job that is due, and those they enqueue, one after the
// other, until none is left. It is for tests and for commands that end.
func (w *Worker) Drain(ctx context.Context) error {
	for {
		jobs, err := w.claim(ctx, 1)
		if err != nil {
			return err
		}
		if len(jobs) == 0 {
			return nil
		}
		w.run(ctx, jobs[0])
	}
}

// plan enqueues what the schedules want for the current period.
func (w *Worker) plan(ctx context.Context) error {
	now := w.clock.Now()
	for _, s := range w.schedules {
		period := now.UnixMilli() / s.every.Milliseconds()
		key := fmt.Sprintf("%s@%d", s.kind, period)
		var n int64
		if err := w.db.Read(ctx).Model(&Job{}).Where("unique_key = ?", key).Count(&n).Error; err != nil {
			return fmt.Errorf("look for job %s: %w", key, err)
		}
		if n > 0 {
			continue
		}
		err := w.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			return Enqueue(tx, now, New{Kind: s.kind, Payload: struct{}{}, UniqueKey: key})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// claim takes up to n jobs that are due, or whose worker has vanished.
func (w *Worker) claim(ctx context.Context, n int) ([]Job, error) {
	now := w.clock.Now()
	var due []Job
	q := w.db.Read(ctx)
	err := q.Where("state = ? AND run_at <= ?", Ready, now).Order("run_at").Limit(n).Find(&due).Error
	if err != nil {
		return nil, fmt.Errorf("look for due jobs: %w", err)
	}
	if len(due) < n {
		var lost []Job
		err := q.Where("state = ? AND lease_until < ?", Running, now).Limit(n - len(due)).Find(&lost).Error
		if err != nil {
			return nil, fmt.Errorf("look for lost jobs: %w", err)
		}
		due = append(due, lost...)
	}
	var mine []Job
	for _, j := range due {
		until := now.Add(lease)
		var taken bool
		err := w.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			res := tx.Model(&Job{}).Where("id = ? AND state = ? AND attempt = ?", j.ID, j.State, j.Attempt).
				Updates(map[string]any{"state": Running, "attempt": j.Attempt + 1, "lease_until": until})
			taken = res.RowsAffected == 1
			return res.Error
		})
		if err != nil {
			return mine, fmt.Errorf("claim job %d: %w", j.ID, err)
		}
		if taken {
			j.State, j.Attempt, j.LeaseUntil = Running, j.Attempt+1, &until
			mine = append(mine, j)
		}
	}
	return mine, nil
}

func (w *Worker) run(ctx context.Context, j Job) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go w.keepLease(ctx, j)
	err := w.call(ctx, j)
	update := after(j, err, w.clock.Now())
	result := "done"
	if err != nil {
		result = "retry"
		if update["state"] == Dead {
			result = "dead"
		}
		slog.ErrorContext(ctx, "job failed", "job_id", j.ID, "kind", j.Kind, "attempt", j.Attempt, "result", result, "error", err)
	}
	w.onResult(j.Kind, result)
	err = w.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		return tx.Model(&Job{}).Where("id = ? AND state = ? AND attempt = ?", j.ID, Running, j.Attempt).Updates(update).Error
	})
	if err != nil {
		// The lease ends by itself and the job runs again.
		slog.ErrorContext(ctx, "recording a job's result failed", "job_id", j.ID, "error", err)
	}
}

// keepLease prolongs the lease while a long job runs.
func (w *Worker) keepLease(ctx context.Context, j Job) {
	tick := time.NewTicker(lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			err := w.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
				return tx.Model(&Job{}).Where("id = ? AND state = ? AND attempt = ?", j.ID, Running, j.Attempt).
					Update("lease_until", w.clock.Now().Add(lease)).Error
			})
			if err != nil && ctx.Err() == nil {
				slog.ErrorContext(ctx, "prolonging a job's lease failed", "job_id", j.ID, "error", err)
			}
		}
	}
}

func (w *Worker) call(ctx context.Context, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	h, ok := w.handlers[j.Kind]
	if !ok {
		return Fatal(errors.New("no handler for this kind of job"))
	}
	return h(ctx, j)
}

// Prune deletes jobs that were done a while ago.
func (w *Worker) Prune(ctx context.Context, _ Job) error {
	return w.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		return tx.Where("state = ? AND finished_at < ?", Done, w.clock.Now().Add(-keepDone)).Delete(&Job{}).Error
	})
}
