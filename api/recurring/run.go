package recurring

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/template"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// The jobs of this package.
const (
	TickJob  = "recurrence.tick"
	PruneJob = "recurrence.prune"
)

const (
	maxCatchUp = 31 // tickets for dates that were missed
	perTick    = 500
	tryAgain   = 15 * time.Minute
)

var desk = authz.System("recurrence")

// Tick handles TickJob: it opens the tickets that are due.
func (s *Service) Tick(ctx context.Context, _ job.Job) error {
	for done := 0; done < perTick; {
		var due []int64
		err := s.db.Read(ctx).Model(&Recurrence{}).Where("try_at <= ?", s.clock.Now()).Order("try_at, id").Limit(50).Pluck("id", &due).Error
		if err != nil {
			return fmt.Errorf("look for recurrences that are due: %w", err)
		}
		if len(due) == 0 {
			return nil
		}
		var failed error
		for _, id := range due {
			failed = errors.Join(failed, s.carryOut(ctx, id))
		}
		if failed != nil {
			return failed
		}
		done += len(due)
	}
	return nil // the rest with the next tick
}

// carryOut opens the ticket of one date, and plans the next date with it.
func (s *Service) carryOut(ctx context.Context, id int64) error {
	var r Recurrence
	err := s.bus.Do(ctx, desk, func(tx *event.Tx) error {
		r = Recurrence{}
		if err := tx.Take(&r, id).Error; err != nil {
			if errors.Is(err, gorm.ErrRecordNotFound) {
				return nil
			}
			return fmt.Errorf("read recurrence %d: %w", id, err)
		}
		if r.TryAt == nil || r.TryAt.After(tx.Now) || r.DueAt == nil {
			return nil // another replica was faster
		}
		sched, err := r.schedule()
		if err != nil {
			return err
		}
		at, ok := r.pick(sched, tx.Now)
		if !ok { // the dates of the zone have changed meanwhile
			r.plan(sched, tx.Now)
			return s.moved(tx, &r, nil)
		}
		made, err := s.open(tx, r, at, false)
		if err != nil {
			return err
		}
		r.plan(sched, at)
		return s.moved(tx, &r, made)
	})
	var f *fault.Error
	if errors.As(err, &f) && f.Kind != fault.Internal && f.Kind != fault.Unavailable {
		return s.fail(ctx, r, fault.Sentence(err))
	}
	return err
}

// pick returns the date whose ticket is opened next, of those that are due.
func (r *Recurrence) pick(sched *Schedule, now time.Time) (time.Time, bool) {
	dates := sched.Between(*r.DueAt, now)
	switch {
	case len(dates) == 0:
		return time.Time{}, false
	case r.CatchUp == CatchUpAll:
		return dates[max(len(dates)-maxCatchUp, 0)], true
	}
	return dates[len(dates)-1], true
}

// open opens the ticket of a date, in the requester's name, unless that date has
// had one. It returns nil then.
func (s *Service) open(tx *event.Tx, r Recurrence, at time.Time, byHand bool) (*int64, error) {
	run := Run{RecurrenceID: r.ID, Occurrence: at.UnixMicro(), ByHand: byHand, CreatedAt: tx.Now}
	if byHand {
		run.Occurrence = -run.Occurrence // never that of a date
	}
	res := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&run)
	if res.Error != nil {
		return nil, fmt.Errorf("note a run of recurrence %d: %w", r.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return nil, nil //nolint:nilnil // somebody opened it already
	}
	if err := requestable(tx.DB, r.RequesterID); err != nil {
		return nil, err
	}
	requester, err := user.Find(tx.DB, r.RequesterID)
	if err != nil {
		return nil, fmt.Errorf("read the requester: %w", err)
	}
	by := desk.InNameOf(requester.ID, requester.Username)
	d := ticket.Draft{Title: r.Title, Description: r.Description, Template: r.TemplateID}
	if r.TemplateID != nil {
		_, c, err := template.Read(tx.DB, by, *r.TemplateID)
		if fault.Is(err, fault.NotFound) {
			return nil, errNoTemplate
		}
		if err != nil {
			return nil, err
		}
		d.Title, d.Description = first(d.Title, c.Title), first(d.Description, c.Description)
	}
	d.Title = first(d.Title, r.Name)
	d.Description = first(d.Description, d.Title)
	full, err := s.tickets.Open(tx.Ctx, by, d)
	if err != nil {
		return nil, err
	}
	if err := tx.Emit(Recurred, ticket.Subject, full.ID, Origin{r.ID, r.Name}); err != nil {
		return nil, err
	}
	err = tx.Model(&Run{}).Where("recurrence_id = ? AND occurrence = ?", r.ID, run.Occurrence).Update("ticket_id", full.ID).Error
	if err != nil {
		return nil, fmt.Errorf("note the ticket of recurrence %d: %w", r.ID, err)
	}
	return &full.ID, nil
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// moved keeps what a run has changed. Its version stays: nobody's change is in the way of it.
func (s *Service) moved(tx *event.Tx, r *Recurrence, made *int64) error {
	to := map[string]any{"due_at": r.DueAt, "try_at": r.TryAt, "problem": "", "runs": r.Runs + 1}
	if made != nil {
		to["last_run_at"], to["last_ticket_id"] = tx.Now, *made
	}
	return s.save(tx, r, to)
}

func (s *Service) save(tx *event.Tx, r *Recurrence, to map[string]any) error {
	res := tx.Model(&Recurrence{}).Where("id = ? AND version = ? AND runs = ?", r.ID, r.Version, r.Runs).Updates(to)
	if res.Error != nil {
		return fmt.Errorf("save recurrence %d: %w", r.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	return nil
}

// fail notes why a ticket could not be opened. It is tried again: when the reason
// is gone, the ticket is not lost.
func (s *Service) fail(ctx context.Context, r Recurrence, problem string) error {
	err := s.bus.Do(ctx, desk, func(tx *event.Tx) error {
		res := tx.Model(&Recurrence{}).Where("id = ? AND version = ? AND runs = ?", r.ID, r.Version, r.Runs).
			Updates(map[string]any{"problem": short(problem), "try_at": tx.Now.Add(tryAgain)})
		if res.Error != nil || res.RowsAffected != 1 || short(problem) == r.Problem {
			return res.Error
		}
		return tx.Emit(Failed, subject, r.ID, nil)
	})
	if err != nil {
		return fmt.Errorf("note the problem of recurrence %d: %w", r.ID, err)
	}
	return nil
}

// RunNow opens a ticket beside the dates, which stay as they are.
func (s *Service) RunNow(ctx context.Context, by authz.Actor, id int64) (int64, error) {
	var made int64
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		r, err := find(tx.DB, by, id, false)
		if err != nil {
			return err
		}
		opened, err := s.open(tx, r, tx.Now, true)
		if err != nil {
			return err
		}
		if opened == nil {
			return errChanged
		}
		made = *opened
		return s.save(tx, &r, map[string]any{"runs": r.Runs + 1, "last_run_at": tx.Now, "last_ticket_id": made})
	})
	return made, err
}

// Prune handles PruneJob: deleted recurrences go for good.
func (s *Service) Prune(ctx context.Context, _ job.Job) error {
	limit := s.clock.Now().Add(-keep)
	err := s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		var gone []int64
		if err := tx.Model(&Recurrence{}).Where("deleted_at < ?", limit).Pluck("id", &gone).Error; err != nil || len(gone) == 0 {
			return err
		}
		if err := tx.Where("recurrence_id IN ?", gone).Delete(&Run{}).Error; err != nil {
			return err
		}
		return tx.Where("id IN ?", gone).Delete(&Recurrence{}).Error
	})
	if err != nil {
		return fmt.Errorf("prune recurrences: %w", err)
	}
	return nil
}
