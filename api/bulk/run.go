package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// The kinds of this package's jobs.
const (
	RunJob   = "bulk.run"
	PruneJob = "bulk.prune"
)

// batchOf is how many tickets are dealt with between two words of progress, each
// of which counts the whole run.
func batchOf(r Run) int { return min(max(25, r.Total/200), 500) }

// Carry handles RunJob. It goes on where the last try ended, because each ticket is
// dealt with in one transaction with its line of the result.
func (s *Service) Carry(ctx context.Context, j job.Job) error {
	e, err := s.bus.Cause(ctx, j)
	if err != nil {
		return err
	}
	by, err := s.actor(ctx, e.ActorID)
	if err != nil {
		return err
	}
	var set *Set
	for first := true; ; first = false {
		var r Run
		err := s.db.Read(ctx).Take(&r, e.SubjectID).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read bulk run %d: %w", e.SubjectID, err)
		}
		if r.State != Running {
			return nil
		}
		if first {
			if set, err = s.begin(ctx, by, r); err != nil {
				return err
			}
		}
		batch := batchOf(r)
		var items []Item
		err = s.db.Read(ctx).Where("run_id = ? AND state = ?", r.ID, ItemPending).Order("ticket_id").Limit(batch).Find(&items).Error
		if err != nil {
			return fmt.Errorf("read the tickets of bulk run %d: %w", r.ID, err)
		}
		matching, err := s.stillMatching(ctx, by, set, items)
		if err != nil {
			return err
		}
		for _, it := range items {
			if err := s.deal(ctx, by, r, it, e.ID, matching == nil || matching[it.TicketID]); err != nil {
				return err
			}
		}
		to := Running
		if len(items) < batch {
			to = Done
		}
		if err := s.progress(ctx, by, r.ID, to); err != nil || to == Done {
			return err
		}
	}
}

// begin makes items of the set of a run that has one.
func (s *Service) begin(ctx context.Context, by authz.Actor, r Run) (*Set, error) {
	set, err := s.setOf(ctx, r)
	if err != nil || set == nil {
		return nil, err
	}
	return set, s.expand(ctx, by, r, set)
}

// actor returns whoever asked, with the rights that they have now; nobody when
// the account is gone.
func (s *Service) actor(ctx context.Context, id int64) (authz.Actor, error) {
	u, err := user.Find(s.db.Read(ctx), id)
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.IsActive) {
		return authz.Actor{ID: id}, nil
	}
	if err != nil {
		return authz.Actor{}, fmt.Errorf("read who asked: %w", err)
	}
	return team.Join(s.db.Read(ctx), u.Person(s.options))
}

func (s *Service) progress(ctx context.Context, by authz.Actor, id int64, to State) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		var r Run
		if err := tx.Take(&r, id).Error; err != nil {
			return fmt.Errorf("read bulk run %d: %w", id, err)
		}
		if r.State != Running {
			return nil // cancelled meanwhile
		}
		return settle(tx, &r, to)
	})
}

// errGone says that the run was cancelled, or that the item is dealt with.
var errGone = errors.New("nothing to do")

// skip is a reason to leave a ticket as it is.
type skip string

func (s skip) Error() string { return string(s) }

// deal does one ticket of a run, and writes what became of it.
// matches is whether the run still asks for the ticket.
func (s *Service) deal(ctx context.Context, by authz.Actor, r Run, it Item, cause int64, matches bool) error {
	var a ticket.Action
	if err := json.Unmarshal([]byte(r.Action), &a); err != nil {
		return job.Fatal(fmt.Errorf("read the action of bulk run %d: %w", r.ID, err))
	}
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		tx.Because(cause)
		if err := claim(tx, r.ID, it.TicketID); err != nil {
			return err
		}
		if !matches {
			return left
		}
		done := Item{State: ItemDone}
		var err error
		if r.UndoOf != nil {
			err = s.takeBack(tx, by, a, it)
		} else {
			done, err = s.do(tx, by, a, it.TicketID)
		}
		if err != nil {
			return err
		}
		if r.UndoOf != nil {
			if err := mark(tx, *r.UndoOf, it.TicketID, Item{State: ItemUndone, Before: it.Before, After: it.After}); err != nil {
				return err
			}
		}
		return mark(tx, r.ID, it.TicketID, done)
	})
	result := Item{State: ItemFailed, Before: it.Before, After: it.After}
	var why skip
	var f *fault.Error
	switch {
	case err == nil || errors.Is(err, errGone):
		return nil
	case errors.As(err, &why):
		result.State, result.Message = ItemSkipped, string(why)
	case errors.As(err, &f) && !errors.Is(err, db.ErrLostRace):
		result.Message = fault.Sentence(f)
	default:
		return err // tried again
	}
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if err := claim(tx, r.ID, it.TicketID); err != nil {
			if errors.Is(err, errGone) {
				return nil
			}
			return err
		}
		return mark(tx, r.ID, it.TicketID, result)
	})
}

// claim makes sure that the run still goes on and the ticket still waits. It
// writes, so that two workers cannot both believe that.
func claim(tx *event.Tx, runID, ticketID int64) error {
	res := tx.Model(&Item{}).Where("run_id = ? AND ticket_id = ? AND state = ?", runID, ticketID, ItemPending).
		Update("state", ItemDone)
	if res.Error != nil {
		return fmt.Errorf("claim ticket %d of bulk run %d: %w", ticketID, runID, res.Error)
	}
	var r Run
	if err := tx.Take(&r, runID).Error; err != nil {
		return fmt.Errorf("read bulk run %d: %w", runID, err)
	}
	if res.RowsAffected != 1 || r.State != Running {
		return errGone
	}
	return nil
}

func mark(tx *event.Tx, runID, ticketID int64, to Item) error {
	to.Message = db.Cut(to.Message, 250)
	err := tx.Model(&Item{}).Where("run_id = ? AND ticket_id = ?", runID, ticketID).
		Updates(map[string]any{"state": to.State, "message": to.Message, "before": to.Before, "after": to.After}).Error
	if err != nil {
		return fmt.Errorf("write the result of ticket %d in bulk run %d: %w", ticketID, runID, err)
	}
	return nil
}

const unchanged = skip("It already was so.")

// do changes one ticket and returns its line of the result.
func (s *Service) do(tx *event.Tx, by authz.Actor, a ticket.Action, id int64) (Item, error) {
	done, err := s.tickets.Actions().Apply(tx, by, id, etag.Condition{}, a)
	if err == nil && !done.Changed {
		err = unchanged
	}
	return Item{State: ItemDone, Before: string(done.Before), After: done.Version}, err
}

// takeBack undoes what a run did to one ticket, unless somebody changed it since.
func (s *Service) takeBack(tx *event.Tx, by authz.Actor, a ticket.Action, it Item) error {
	want := etag.Condition{}
	if it.After > 0 {
		want = etag.Parse(etag.Tag(it.After, ""))
	}
	err := s.tickets.Actions().Undo(tx, by, it.TicketID, want, a, json.RawMessage(it.Before))
	if fault.Is(err, fault.Stale) {
		return skip("Somebody changed this ticket since.")
	}
	return err
}
