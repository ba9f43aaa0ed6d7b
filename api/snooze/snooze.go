// Package snooze lets tickets rest until a time or until somebody replies: they
// leave the queues and come back by themselves.
package snooze

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/moment"
	"github.com/fixdesk/fixdesk/api/user"
)

// Snooze is a ticket that rests, or that came back and nobody acted on since.
type Snooze struct {
	TicketID  int64      `gorm:"primaryKey;autoIncrement:false" json:"-"`
	Until     *time.Time `json:"until"`
	OnReply   bool       `json:"on_reply"`
	ByID      int64      `json:"by_id"`
	CreatedAt time.Time  `json:"created_at"`
	WokenAt   *time.Time `json:"woken_at"`
}

// TableName names the table for GORM.
func (Snooze) TableName() string { return "ticket_snoozes" }

// What this package announces about tickets, for the IT staff.
const (
	Snoozed = "internal.snoozed"
	Woken   = "internal.woken"
)

// Rest is the data of Snoozed.
type Rest struct {
	Until   *time.Time `json:"until"`
	OnReply bool       `json:"on_reply"`
}

// Why is the data of Woken: time, reply or hand.
type Why struct {
	Why string `json:"why"`
}

// WakeJob is the kind of job that brings a ticket back.
const WakeJob = "snooze.wake"

// The actions of this package.
const (
	ActionSnooze   = "snooze"
	ActionUnsnooze = "unsnooze"
)

var (
	errDenied  = fault.Denied("snooze.denied", "Snoozing is for IT staff and administrators.")
	errDone    = fault.New(fault.Conflict, "snooze.done", "This ticket is done; it rests already.")
	errNothing = fault.Field("until", "Say until when it rests, or that a reply ends it.")
)

// Service holds the verbs.
type Service struct {
	db      *db.DB
	bus     *event.Bus
	clock   clock.Clock
	tickets *ticket.Service
}

// New returns the service and adds its actions, query fields and what it tells of
// tickets to those of the desk.
func New(d *db.DB, bus *event.Bus, c clock.Clock, tickets *ticket.Service) *Service {
	s := &Service{db: d, bus: bus, clock: c, tickets: tickets}
	tickets.Actions().Register(s.snoozeAction(), s.unsnoozeAction())
	tickets.AddQueryFields(QueryFields)
	tickets.AddExtras(extras)
	return s
}

// held returns a ticket that the actor works on, and keeps others from changing it.
func held(tx *event.Tx, by authz.Actor, id int64, want etag.Condition) (*ticket.Ticket, error) {
	if _, err := ticket.Readable(tx.DB, by, id); err != nil {
		return nil, err
	}
	if !by.Can(authz.TicketWork) {
		return nil, errDenied
	}
	found, err := ticket.Hold(tx.DB, []int64{id})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || !ticket.CanRead(by, &found[0]) {
		return nil, fault.Missing(ticket.Subject)
	}
	return &found[0], want.Check(found[0].Version)
}

// Read returns how a ticket rests, for Bring; nothing when it does not.
func Read(tx *gorm.DB, id int64) (json.RawMessage, error) {
	row, err := find(tx, id)
	if err != nil || row == nil || row.WokenAt != nil {
		return nil, err
	}
	return json.Marshal(row)
}

// Bring lets a ticket rest as it did when Read was asked, unless its time has come.
func Bring(tx *event.Tx, id int64, was json.RawMessage) error {
	var row Snooze
	if err := json.Unmarshal(was, &row); err != nil {
		return fmt.Errorf("read how ticket %d rested: %w", id, err)
	}
	if row.Until != nil && !row.Until.After(tx.Now) {
		return nil
	}
	return again(tx, id, &row)
}

// again writes down that a ticket rests as it did before.
func again(tx *event.Tx, id int64, was *Snooze) error {
	was.TicketID = id
	if err := put(tx, was); err != nil || was.WokenAt != nil {
		return err
	}
	return tx.Emit(Snoozed, ticket.Subject, id, Rest{was.Until, was.OnReply})
}

// find returns what is kept about a ticket, or nil.
func find(tx *gorm.DB, id int64) (*Snooze, error) {
	var rows []Snooze
	if err := tx.Where("ticket_id = ?", id).Limit(1).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("look whether ticket %d rests: %w", id, err)
	}
	if len(rows) == 0 {
		return nil, nil //nolint:nilnil // most tickets do not
	}
	return &rows[0], nil
}

func forget(tx *gorm.DB, id int64) error {
	if err := tx.Where("ticket_id = ?", id).Delete(&Snooze{}).Error; err != nil {
		return fmt.Errorf("let ticket %d no longer rest: %w", id, err)
	}
	return nil
}

// Snooze lets a ticket rest until a time, until a reply of somebody outside of the
// IT staff, or whichever comes first.
func (s *Service) Snooze(ctx context.Context, by authz.Actor, id int64, want etag.Condition, r Rest) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := held(tx, by, id, want)
		if err != nil {
			return err
		}
		return rest(tx, by, t, r)
	})
}

func rest(tx *event.Tx, by authz.Actor, t *ticket.Ticket, r Rest) error {
	switch {
	case t.MergedIntoID != nil:
		return ticket.ErrMerged
	case t.Status.Done():
		return errDone
	case r.Until == nil && !r.OnReply:
		return errNothing
	}
	if err := forget(tx.DB, t.ID); err != nil {
		return err
	}
	row := Snooze{TicketID: t.ID, Until: r.Until, OnReply: r.OnReply, ByID: by.ID, CreatedAt: tx.Now}
	if err := put(tx, &row); err != nil {
		return err
	}
	return tx.Emit(Snoozed, ticket.Subject, t.ID, r)
}

// put writes a row, and the job that ends the rest.
func put(tx *event.Tx, row *Snooze) error {
	if err := tx.Create(row).Error; err != nil {
		return fmt.Errorf("let ticket %d rest: %w", row.TicketID, err)
	}
	if row.Until == nil || row.WokenAt != nil {
		return nil
	}
	return tx.Enqueue(job.New{Kind: WakeJob, Payload: wake{row.TicketID}, RunAt: *row.Until})
}

type wake struct {
	TicketID int64 `json:"ticket_id"`
}

// RunWake handles WakeJob. A ticket that rests until another time by now has a
// job for that.
func (s *Service) RunWake(ctx context.Context, j job.Job) error {
	var w wake
	if err := j.Decode(&w); err != nil {
		return err
	}
	return s.bus.Do(ctx, authz.System("snooze"), func(tx *event.Tx) error {
		if _, err := ticket.Hold(tx.DB, []int64{w.TicketID}); err != nil {
			return err
		}
		row, err := find(tx.DB, w.TicketID)
		if err != nil || row == nil || row.WokenAt != nil || row.Until == nil || row.Until.After(tx.Now) {
			return err
		}
		return awake(tx, row, "time")
	})
}

// awake brings a ticket back, marked so.
func awake(tx *event.Tx, row *Snooze, why string) error {
	res := tx.Model(&Snooze{}).Where("ticket_id = ? AND woken_at IS NULL", row.TicketID).Update("woken_at", tx.Now)
	if res.Error != nil {
		return fmt.Errorf("wake ticket %d: %w", row.TicketID, res.Error)
	}
	if res.RowsAffected == 0 {
		return nil
	}
	return tx.Emit(Woken, ticket.Subject, row.TicketID, Why{why})
}

// Unsnooze brings a ticket back now. One that does not rest stays as it is.
func (s *Service) Unsnooze(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if _, err := held(tx, by, id, want); err != nil {
			return err
		}
		row, err := find(tx.DB, id)
		if err != nil || row == nil {
			return err
		}
		return end(tx, row)
	})
}

func end(tx *event.Tx, row *Snooze) error {
	if err := forget(tx.DB, row.TicketID); err != nil || row.WokenAt != nil {
		return err
	}
	return tx.Emit(Woken, ticket.Subject, row.TicketID, Why{"hand"})
}

// Follow hears of everything that happens to tickets, in the same transaction: a
// reply may end the rest, what is done needs none, and whoever acts on a ticket
// has seen that it came back.
func (s *Service) Follow(tx *event.Tx, e event.Event) error {
	if e.Type == Snoozed || e.Type == Woken || e.Type == ticket.Created {
		return nil
	}
	row, err := find(tx.DB, e.SubjectID)
	if err != nil || row == nil {
		return err
	}
	switch e.Type {
	case ticket.Purged, ticket.MergedInto:
		return forget(tx.DB, row.TicketID)
	case ticket.StatusChanged:
		var c ticket.Change
		if err := e.Decode(&c); err != nil {
			return err
		}
		if to, ok := ticket.ParseStatus(c.To); ok && to.Done() {
			return forget(tx.DB, row.TicketID)
		}
	}
	staff, err := isStaff(tx.DB, e.ActorID)
	switch {
	case err != nil:
		return err
	case e.Type == ticket.Commented && row.WokenAt == nil && row.OnReply && !staff:
		return awake(tx, row, "reply")
	case row.WokenAt != nil && staff:
		return forget(tx.DB, row.TicketID)
	}
	return nil
}

func isStaff(tx *gorm.DB, id int64) (bool, error) {
	if id == 0 {
		return false, nil
	}
	u, err := user.Find(tx, id)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	return err == nil && u.Role.WorksTickets(), err
}

// read reads what an action asks for.
func read(a ticket.Action, now time.Time, zone *time.Location) (Rest, error) {
	var r Rest
	if text := a.Text("until"); text != "" {
		at, err := moment.Ahead(text, now, zone, "until")
		if err != nil {
			return r, err
		}
		r.Until = &at
	}
	_ = json.Unmarshal(a.Params["on_reply"], &r.OnReply) // Read has checked it
	if r.Until == nil && !r.OnReply {
		return r, errNothing
	}
	return r, nil
}

// restore puts a ticket back to what was kept about it before.
func restore(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, before json.RawMessage) error {
	if _, err := held(tx, by, id, want); err != nil {
		return err
	}
	var was *Snooze
	if err := json.Unmarshal(before, &was); err != nil {
		return fmt.Errorf("read how ticket %d rested: %w", id, err)
	}
	row, err := find(tx.DB, id)
	if err != nil {
		return err
	}
	if was == nil {
		if row == nil {
			return nil
		}
		return end(tx, row)
	}
	if err := forget(tx.DB, id); err != nil {
		return err
	}
	return again(tx, id, was)
}

// acting makes an action of something that is done to a held ticket.
func (s *Service) acting(do func(tx *event.Tx, by authz.Actor, t *ticket.Ticket, row *Snooze, a ticket.Action) (bool, error)) func(*event.Tx, authz.Actor, int64, etag.Condition, ticket.Action) (ticket.Done, error) {
	return func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a ticket.Action) (ticket.Done, error) {
		t, err := held(tx, by, id, want)
		if err != nil {
			return ticket.Done{}, err
		}
		row, err := find(tx.DB, id)
		if err != nil {
			return ticket.Done{}, err
		}
		before, err := json.Marshal(row)
		if err != nil {
			return ticket.Done{}, fmt.Errorf("encode how ticket %d rests: %w", id, err)
		}
		changed, err := do(tx, by, t, row, a)
		if errors.Is(err, errDone) || errors.Is(err, ticket.ErrMerged) {
			return ticket.Done{}, nil // stays as it is
		}
		return ticket.Done{Before: before, Version: t.Version, Changed: changed}, err
	}
}

func (s *Service) snoozeAction() ticket.ActionKind {
	return ticket.ActionKind{
		Type:   ActionSnooze,
		Params: []ticket.Param{{Name: "until", Kind: ticket.ParamTime, Optional: true}, {Name: "on_reply", Kind: ticket.ParamBool, Optional: true}},
		Check: func(_ *gorm.DB, by authz.Actor, a ticket.Action) error {
			_, err := read(a, s.clock.Now(), by.Location())
			return err
		},
		Apply: s.acting(func(tx *event.Tx, by authz.Actor, t *ticket.Ticket, _ *Snooze, a ticket.Action) (bool, error) {
			r, err := read(a, tx.Now, by.Location())
			if err != nil {
				return false, err
			}
			return true, rest(tx, by, t, r)
		}),
		Undo: func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, _ ticket.Action, before json.RawMessage) error {
			return restore(tx, by, id, want, before)
		},
		Describe: func(_ *gorm.DB, a ticket.Action) string {
			if text := a.Text("until"); text != "" {
				return "Snooze until " + text
			}
			return "Snooze until a reply"
		},
	}
}

func (s *Service) unsnoozeAction() ticket.ActionKind {
	return ticket.ActionKind{
		Type: ActionUnsnooze,
		Apply: s.acting(func(tx *event.Tx, _ authz.Actor, _ *ticket.Ticket, row *Snooze, _ ticket.Action) (bool, error) {
			if row == nil || row.WokenAt != nil {
				return false, nil
			}
			return true, end(tx, row)
		}),
		Undo: func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, _ ticket.Action, before json.RawMessage) error {
			return restore(tx, by, id, want, before)
		},
		Describe: func(*gorm.DB, ticket.Action) string { return "Snooze no longer" },
	}
}
