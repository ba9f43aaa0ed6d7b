package ticket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/ticket/moment"
)

// DueChanged is that somebody said by when a ticket is due.
const DueChanged = "ticket.due_changed"

// DueChange is the data of DueChanged; nil is no time set by hand.
type DueChange struct {
	From *time.Time `json:"from"`
	To   *time.Time `json:"to"`
}

// ActionSetDue says by when a ticket is due.
const ActionSetDue = "set_due"

// ParamTime is the kind of a parameter that moment.Parse reads.
const ParamTime = "time"

// SetDueByHand says by when a ticket is due, whatever was agreed; nil leaves that
// to what was agreed again, whose clocks go on either way.
func (s *Service) SetDueByHand(ctx context.Context, by authz.Actor, id int64, want etag.Condition, at *time.Time) (Full, error) {
	var out Full
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := readable(tx.DB, by, id)
		if err != nil {
			return err
		}
		if !canWork(by, t) {
			return errWorkDenied
		}
		if err := want.Check(t.Version); err != nil {
			return err
		}
		if t.MergedIntoID != nil {
			return ErrMerged
		}
		if err := s.setDue(tx, t, at); err != nil {
			return err
		}
		out, err = changed(tx.DB, t)
		return err
	})
	return out, err
}

func (s *Service) setDue(tx *event.Tx, t *Ticket, at *time.Time) error {
	c := DueChange{To: at}
	if t.DueSource == DueByHand {
		c.From = utc(t.DueAt)
	}
	if (at == nil && c.From == nil) || (at != nil && c.From != nil && at.Equal(*c.From)) {
		return nil
	}
	source := DueByHand
	if at == nil {
		source = NoDue
	}
	res := t.unchanged(tx.Model(&Ticket{})).
		Updates(map[string]any{"due_at": at, "due_source": source, "version": t.Version + 1, "updated_at": tx.Now})
	if res.Error != nil {
		return fmt.Errorf("write by when ticket %d is due: %w", t.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	t.Version++
	t.UpdatedAt, t.DueAt, t.DueSource = tx.Now, at, source
	// What was agreed hears of it, and sets its own time again where none is left.
	return tx.Emit(DueChanged, subject, t.ID, c)
}

// dueOf returns what an action sets, nil for no time.
func dueOf(a Action, now time.Time, by authz.Actor) (*time.Time, error) {
	if a.Text("due_at") == "" {
		return nil, nil
	}
	at, err := moment.Ahead(a.Text("due_at"), now, by.Location(), "due_at")
	return &at, err
}

func (s *Service) setDueAction() ActionKind {
	return ActionKind{
		Type:   ActionSetDue,
		Params: []Param{{Name: "due_at", Kind: ParamTime, Nullable: true}},
		Check: func(_ *gorm.DB, by authz.Actor, a Action) error {
			_, err := dueOf(a, s.clock.Now(), by)
			return err
		},
		Apply: func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a Action) (Done, error) {
			t, err := readable(tx.DB, by, id)
			if err != nil {
				return Done{}, err
			}
			at, err := dueOf(a, tx.Now, by)
			if err != nil {
				return Done{}, err
			}
			var was *time.Time
			if t.DueSource == DueByHand {
				was = t.DueAt
			}
			before, err := json.Marshal(was)
			if err != nil {
				return Done{}, fmt.Errorf("encode how ticket %d was: %w", id, err)
			}
			f, err := s.SetDueByHand(tx.Ctx, by, id, want, at)
			return Done{Before: before, Version: f.Version, Changed: f.Version != t.Version}, err
		},
		Undo: func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, _ Action, before json.RawMessage) error {
			var was *time.Time
			if err := json.Unmarshal(before, &was); err != nil {
				return errors.Join(errNoActionUndo, err)
			}
			_, err := s.SetDueByHand(tx.Ctx, by, id, want, was)
			return err
		},
		Describe: func(_ *gorm.DB, a Action) string {
			if text := a.Text("due_at"); text != "" {
				return "Set due to " + text
			}
			return "Set no due time"
		},
	}
}
