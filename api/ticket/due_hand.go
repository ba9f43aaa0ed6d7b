package ticket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
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

// ParamTime is the kind of a parameter that When reads.
const ParamTime = "time"

var (
	relative = regexp.MustCompile(`^\+(\d{1,4})([hdw])$`)
	errWhen  = "Must be a time to come, within ten years: 2026-03-02T13:00:00Z, or +4h, +3d or +1w from now on."
)

// When reads a moment: a time as in RFC 3339, or a number of hours, days or weeks
// from now on, +3d. Days are those of the zone.
func When(text string, now time.Time, zone *time.Location) (time.Time, bool) {
	if m := relative.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		switch {
		case err != nil:
			return time.Time{}, false
		case m[2] == "h":
			return now.Add(time.Duration(n) * time.Hour), true
		case m[2] == "w":
			n *= 7
		}
		return now.In(zone).AddDate(0, 0, n).UTC(), true
	}
	at, err := time.Parse(time.RFC3339, text)
	return at.UTC().Truncate(time.Second), err == nil
}

// Ahead is When for a moment that must lie ahead, though no further than ten years.
func Ahead(text string, now time.Time, zone *time.Location, name string) (time.Time, error) {
	at, ok := When(text, now, zone)
	if !ok || !at.After(now) || at.After(now.AddDate(10, 0, 0)) {
		return at, fault.Field(name, "%s", errWhen)
	}
	return at, nil
}

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

func (s *Service) setDueAction() ActionKind {
	return ActionKind{
		Type:   ActionSetDue,
		Params: []Param{{Name: "due_at", Kind: ParamTime, Nullable: true}},
		Apply: func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a Action) (Done, error) {
			t, err := readable(tx.DB, by, id)
			if err != nil {
				return Done{}, err
			}
			var at *time.Time
			if text := a.Text("due_at"); text != "" {
				when, err := Ahead(text, tx.Now, by.Location(), "due_at")
				if err != nil {
					return Done{}, err
				}
				at = &when
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
