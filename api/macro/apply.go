package macro

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/placeholder"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// ActionApply is the action that uses a macro, for bulk runs and rules.
const ActionApply = "apply_macro"

// ParamMacro is the kind of a parameter that is the id of a macro.
const ParamMacro = "macro"

// Step is one action of a macro that was carried out, with what takes it back.
type Step struct {
	Action ticket.Action   `json:"action"`
	Before json.RawMessage `json:"before"`
}

// Run is one use of a macro on one ticket.
type Run struct {
	ID        int64
	MacroID   int64
	TicketID  int64
	ActorID   int64
	Steps     []Step `gorm:"serializer:json"`
	After     int64  `gorm:"column:after_version"` // the ticket's version
	CreatedAt time.Time
	UndoneAt  *time.Time
}

// TableName names the table for GORM.
func (Run) TableName() string { return "macro_runs" }

var (
	errRunMissing = fault.Missing("macro run")
	errNoUndo     = fault.New(fault.Conflict, "macro.no_undo", "This use of the macro was taken back already.")
	errNothing    = fault.New(fault.Conflict, "macro.nothing", "This macro has nothing to do on the ticket: it already is so.")
)

// Actions returns the action that uses a macro.
func (s *Service) Actions() []ticket.ActionKind {
	return []ticket.ActionKind{{
		Type:   ActionApply,
		Params: []ticket.Param{{Name: "macro_id", Kind: ParamMacro}},
		Check: func(tx *gorm.DB, by authz.Actor, a ticket.Action) error {
			m, err := named(tx, by, a)
			if err != nil {
				return err
			}
			if err := s.CheckActions(tx, by, m.Actions); err != nil {
				return fault.Field("macro_id", "The macro %q can no longer be used: something that it names is gone.", m.Name)
			}
			return nil
		},
		Apply: func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a ticket.Action) (ticket.Done, error) {
			m, err := named(tx.DB, by, a)
			if err != nil {
				return ticket.Done{}, err
			}
			steps, version, err := s.carryOut(tx, by, id, want, m)
			if err != nil || len(steps) == 0 {
				return ticket.Done{Version: version}, err
			}
			before, err := json.Marshal(steps)
			if err != nil {
				return ticket.Done{}, fmt.Errorf("encode what a macro did: %w", err)
			}
			return ticket.Done{Before: before, Version: version, Changed: true}, nil
		},
		Undo: func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, _ ticket.Action, before json.RawMessage) error {
			var steps []Step
			if err := json.Unmarshal(before, &steps); err != nil {
				return fmt.Errorf("read what a macro did: %w", err)
			}
			return s.takeBack(tx, by, id, want, steps)
		},
		Describe: func(tx *gorm.DB, a ticket.Action) string {
			var m Macro
			if id := a.ID("macro_id"); id != nil && tx.Take(&m, *id).Error == nil {
				return "Use macro " + m.Name
			}
			return "Use a macro"
		},
	}}
}

func named(tx *gorm.DB, by authz.Actor, a ticket.Action) (Macro, error) {
	id := a.ID("macro_id")
	if id == nil {
		return Macro{}, fault.Field("macro_id", "Must be an id.")
	}
	m, err := readable(tx, by, *id, false)
	if fault.Is(err, fault.NotFound) {
		return m, fault.Field("macro_id", "There is no such macro.")
	}
	return m, err
}

// carryOut does all of a macro to a ticket and returns what was changed, and the
// version of the ticket after it.
func (s *Service) carryOut(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, m Macro) ([]Step, int64, error) {
	// Nobody may come between the actions.
	if _, err := ticket.Hold(tx.DB, []int64{id}); err != nil {
		return nil, 0, err
	}
	t, err := ticket.Readable(tx.DB, by, id)
	if err != nil {
		return nil, 0, err
	}
	if err := want.Check(t.Version); err != nil {
		return nil, 0, err
	}
	todo := slices.Clone(m.Actions)
	if m.Content != "" {
		write, err := ticket.NewAction(m.Kind, map[string]any{"content": m.Content})
		if err != nil {
			return nil, 0, err
		}
		todo = append(todo, write)
	}
	var steps []Step
	version := t.Version
	for i, a := range todo {
		done, err := s.tickets.Actions().Apply(tx, by, id, etag.Condition{}, a)
		if err != nil {
			return nil, 0, ofAction(i, err)
		}
		if done.Changed {
			steps = append(steps, Step{a, done.Before})
		}
		if done.Version > version {
			version = done.Version
		}
	}
	return steps, version, nil
}

// takeBack undoes steps, the last one first, on a ticket that nobody changed since.
func (s *Service) takeBack(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, steps []Step) error {
	if _, err := ticket.Hold(tx.DB, []int64{id}); err != nil {
		return err
	}
	t, err := ticket.Readable(tx.DB, by, id)
	if err != nil {
		return err
	}
	if err := want.Check(t.Version); err != nil {
		return err
	}
	for _, st := range slices.Backward(steps) {
		if err := s.tickets.Actions().Undo(tx, by, id, etag.Condition{}, st.Action, st.Before); err != nil {
			return err
		}
	}
	return nil
}

// Apply uses a macro on a ticket. content is what is written instead of the macro's
// own text; nil for that.
func (s *Service) Apply(ctx context.Context, by authz.Actor, ticketID, macroID int64, want etag.Condition, content *string) (Run, error) {
	var r Run
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		m, err := readable(tx.DB, by, macroID, false)
		if fault.Is(err, fault.NotFound) {
			return fault.Field("macro_id", "There is no such macro.")
		}
		if err != nil {
			return err
		}
		if content != nil {
			if err := placeholder.Wrong("content", *content); err != nil {
				return err
			}
			m.Content = *content
		}
		r = Run{MacroID: m.ID, TicketID: ticketID, ActorID: by.ID, CreatedAt: tx.Now}
		if r.Steps, r.After, err = s.carryOut(tx, by, ticketID, want, m); err != nil {
			return err
		}
		if len(r.Steps) == 0 {
			return errNothing
		}
		if err := tx.Create(&r).Error; err != nil {
			return fmt.Errorf("write down the use of macro %d: %w", m.ID, err)
		}
		return nil
	})
	return r, err
}

// Undo takes a use of a macro back that was the actor's own, as long as its message
// waits and nobody else has changed the ticket.
func (s *Service) Undo(ctx context.Context, by authz.Actor, id int64) (Run, error) {
	var r Run
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		err := tx.Where("actor_id = ?", by.ID).Take(&r, id).Error
		if errors.Is(err, gorm.ErrRecordNotFound) || by.ID == 0 {
			return errRunMissing
		}
		if err != nil {
			return fmt.Errorf("read macro run %d: %w", id, err)
		}
		// The row decides who of two takes it back.
		res := tx.Model(&Run{}).Where("id = ? AND undone_at IS NULL", id).Update("undone_at", tx.Now)
		if res.Error != nil {
			return fmt.Errorf("take macro run %d back: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errNoUndo
		}
		r.UndoneAt = &tx.Now
		return s.takeBack(tx, by, r.TicketID, etag.Parse(etag.Tag(r.After, "")), r.Steps)
	})
	return r, err
}

// Preview is what a macro would do.
type Preview struct {
	Kind    string
	Content string
	Actions []string
}

// Preview fills in a macro for a ticket that the actor sees, without doing anything.
func (s *Service) Preview(ctx context.Context, by authz.Actor, ticketID int64, m Macro) (Preview, error) {
	if !by.Can(authz.TicketWork) {
		return Preview{}, errDenied
	}
	tx := s.db.Read(ctx)
	t, err := ticket.Readable(tx, by, ticketID)
	if fault.Is(err, fault.NotFound) {
		return Preview{}, fault.Field("ticket_id", "There is no such ticket.")
	}
	if err != nil {
		return Preview{}, err
	}
	if err := placeholder.Wrong("content", m.Content); err != nil {
		return Preview{}, err
	}
	p := Preview{Kind: m.Kind, Actions: []string{}}
	if p.Content, err = placeholder.In(tx, by, t, s.publicURL, m.Content); err != nil {
		return p, err
	}
	for i, a := range m.Actions {
		if err := s.tickets.Actions().Check(tx, by, a); err != nil {
			return p, ofAction(i, err)
		}
		p.Actions = append(p.Actions, s.tickets.Actions().Describe(tx, a))
	}
	return p, nil
}
