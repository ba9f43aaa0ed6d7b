// Package job runs work that must happen even if the program dies in between:
// a job is a row, written in the transaction that wants it, claimed by
// compare-and-set under a lease, retried with growing pauses, and kept as a
// dead letter for administrators when it fails too often.
package job

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

// State is where a job stands.
type State string

// The states of a job.
const (
	Ready   State = "ready"
	Running State = "running"
	Done    State = "done"
	Dead    State = "dead"
)

// States lists every state.
var States = []State{Ready, Running, Done, Dead}

// Job is a row of the jobs table. Payload is small JSON without secrets, except
// for one-time links that a mail carries; it is emptied when the job is done.
type Job struct {
	ID          int64
	Kind        string // imperative, such as "mail.send"
	Payload     string
	UniqueKey   *string // at most one job with a key ever; nil for none
	State       State
	Attempt     int
	MaxAttempts int
	RunAt       time.Time
	LeaseUntil  *time.Time
	LastError   string
	CreatedAt   time.Time
	FinishedAt  *time.Time
}

// TableName names the table for GORM.
func (Job) TableName() string { return "jobs" }

// Decode reads the payload into v.
func (j Job) Decode(v any) error {
	if err := json.Unmarshal([]byte(j.Payload), v); err != nil {
		return Fatal(fmt.Errorf("decode the payload of job %d: %w", j.ID, err))
	}
	return nil
}

// New is a job to be enqueued.
type New struct {
	Kind        string
	Payload     any
	UniqueKey   string    // empty for none; a second job with the same key is dropped
	RunAt       time.Time // zero for at once
	MaxAttempts int       // 0 for DefaultAttempts
}

// DefaultAttempts is how often a job is tried before it is dead: with the
// pauses in between, for about a day.
const DefaultAttempts = 12

// Enqueue writes a job in the caller's transaction.
func Enqueue(tx *gorm.DB, now time.Time, n New) error {
	raw, err := json.Marshal(n.Payload)
	if err != nil {
		return fmt.Errorf("encode the payload of job %s: %w", n.Kind, err)
	}
	j := Job{
		Kind: n.Kind, Payload: string(raw), State: Ready, MaxAttempts: n.MaxAttempts,
		RunAt: n.RunAt, CreatedAt: now,
	}
	if j.RunAt.IsZero() {
		j.RunAt = now
	}
	if j.MaxAttempts == 0 {
		j.MaxAttempts = DefaultAttempts
	}
	if n.UniqueKey != "" {
		j.UniqueKey = &n.UniqueKey
		tx = tx.Clauses(clause.OnConflict{DoNothing: true})
	}
	if err := tx.Create(&j).Error; err != nil {
		return fmt.Errorf("enqueue job %s: %w", n.Kind, err)
	}
	return nil
}

type retryError struct{ after time.Duration }

func (e retryError) Error() string { return "again in " + e.after.String() }

// Retry tells the worker to run the job again after a pause, without counting
// it as a failure's growing one.
func Retry(after time.Duration) error { return retryError{after} }

type fatalError struct{ error }

func (e fatalError) Unwrap() error { return e.error }

// Fatal marks an error that trying again cannot mend: the job is dead at once.
func Fatal(err error) error { return fatalError{err} }

// pause is how long a job waits after its nth failure: 10 s, 20 s, … 4 h.
func pause(attempt int) time.Duration {
	return min(10*time.Second<<min(attempt-1, 12), 4*time.Hour)
}

// after decides what becomes of a job whose handler returned err.
func after(j Job, err error, now time.Time) map[string]any {
	if err == nil {
		return map[string]any{"state": Done, "finished_at": now, "payload": "{}", "last_error": ""}
	}
	var retry retryError
	if errors.As(err, &retry) && j.Attempt < j.MaxAttempts {
		return map[string]any{"state": Ready, "run_at": now.Add(retry.after), "last_error": retry.Error()}
	}
	message := db.Cut(err.Error(), 1000)
	var fatal fatalError
	if errors.As(err, &fatal) || j.Attempt >= j.MaxAttempts {
		return map[string]any{"state": Dead, "finished_at": now, "last_error": message}
	}
	return map[string]any{"state": Ready, "run_at": now.Add(pause(j.Attempt)), "last_error": message}
}
