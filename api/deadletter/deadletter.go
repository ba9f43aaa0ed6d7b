// Package deadletter shows administrators the jobs of the desk, and lets them
// run those again that failed too often, or give them up.
package deadletter

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// What is announced when a dead job is to run again, and when it is given up; the subject is the job.
const (
	Replayed  = "job.replayed"
	Discarded = "job.discarded"
)

const subject = "job"

// Kind is the data of Replayed and Discarded.
type Kind struct {
	Kind string `json:"kind"`
}

// Service holds the verbs of looking after jobs.
type Service struct {
	db    *db.DB
	bus   *event.Bus
	clock clock.Clock
}

// New returns the service.
func New(d *db.DB, bus *event.Bus, c clock.Clock) *Service {
	return &Service{db: d, bus: bus, clock: c}
}

func canManage(by authz.Actor) bool { return by.Can(authz.JobManage) }

var (
	errMissing = fault.Missing(subject)
	errDenied  = fault.Denied("job.manage_denied", "Only administrators look after jobs.")
	errNotDead = fault.New(fault.Conflict, "job.not_dead", "Only jobs that have failed for good can be run again.")
	errNotOver = fault.New(fault.Conflict, "job.not_dead", "Only jobs that have failed for good can be deleted.")
)

// List returns a page of the jobs in a state, or, for "", of all, newest first.
func (s *Service) List(ctx context.Context, by authz.Actor, state job.State, p web.Page) (web.Rows[job.Job], error) {
	if !canManage(by) {
		return web.Rows[job.Job]{}, errDenied
	}
	q := s.db.Read(ctx)
	if state != "" {
		q = q.Where("state = ?", state)
	}
	return web.NewestFirst(q, p, func(j job.Job) int64 { return j.ID })
}

// Replay makes a dead job run again, as if it were new.
func (s *Service) Replay(ctx context.Context, by authz.Actor, id int64) (job.Job, error) {
	if !canManage(by) {
		return job.Job{}, errDenied
	}
	var j job.Job
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if err := find(tx.DB, id, &j); err != nil {
			return err
		}
		res := tx.Model(&job.Job{}).Where("id = ? AND state = ?", id, job.Dead).Updates(map[string]any{
			"state": job.Ready, "attempt": 0, "run_at": tx.Now, "finished_at": nil, "lease_until": nil,
		})
		if res.Error != nil {
			return fmt.Errorf("replay job %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errNotDead
		}
		if err := tx.Emit(Replayed, subject, id, Kind{Kind: j.Kind}); err != nil {
			return err
		}
		return find(tx.DB, id, &j)
	})
	return j, err
}

// Discard takes a dead job away: what it was to do is not done.
func (s *Service) Discard(ctx context.Context, by authz.Actor, id int64) error {
	if !canManage(by) {
		return errDenied
	}
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		var j job.Job
		if err := find(tx.DB, id, &j); err != nil {
			return err
		}
		res := tx.Where("id = ? AND state = ?", id, job.Dead).Delete(&job.Job{})
		if res.Error != nil {
			return fmt.Errorf("delete job %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errNotOver
		}
		return tx.Emit(Discarded, subject, id, Kind{Kind: j.Kind})
	})
}

func find(tx *gorm.DB, id int64, j *job.Job) error {
	*j = job.Job{}
	err := tx.Take(j, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return errMissing
	}
	if err != nil {
		return fmt.Errorf("read job %d: %w", id, err)
	}
	return nil
}
