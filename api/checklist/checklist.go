// Package checklist keeps what is to be done on a ticket, step by step.
package checklist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Item is one thing to do on a ticket. Required ones keep it from being resolved.
type Item struct {
	ID        int64
	TicketID  int64
	Position  int // from 1
	Text      string
	Required  bool
	DoneAt    *time.Time
	DoneByID  *int64
	Version   int64
	CreatedBy int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// TableName names the table for GORM.
func (Item) TableName() string { return "checklist_items" }

// What this package announces about tickets, for the IT staff. Texts are not in it.
const (
	Added     = "internal.checklist_added"
	Checked   = "internal.checklist_checked"
	Unchecked = "internal.checklist_unchecked"
	Updated   = "internal.checklist_updated"
	Removed   = "internal.checklist_removed"
)

// Ref is the data of these events.
type Ref struct {
	ItemIDs []int64 `json:"item_ids"`
}

// The limits of checklists.
const (
	MaxItems = 100
	MaxText  = 500 // code points
)

// ActionAdd adds lines to the checklist of a ticket.
const ActionAdd = "add_checklist"

var (
	errMissing = fault.Missing("checklist item")
	errDenied  = fault.Denied("checklist.denied", "Checklists are for IT staff and administrators.")
	errFull    = fault.New(fault.Conflict, "checklist.full", "A checklist can have at most %d items.", MaxItems)
	errChanged = fault.New(fault.Conflict, "checklist.changed", "Somebody changed this item at the same moment. Fetch it again, then repeat your change.").Because(db.ErrLostRace)
	errTexts   = fault.Field("items", "Write 1 to %d lines of at most %d characters, none of them blank.", MaxItems, MaxText)
)

// Service holds the verbs.
type Service struct {
	db      *db.DB
	bus     *event.Bus
	tickets *ticket.Service
}

// New returns the service and adds its action and what it tells of tickets to
// those of the desk.
func New(d *db.DB, bus *event.Bus, tickets *ticket.Service) *Service {
	s := &Service{db: d, bus: bus, tickets: tickets}
	tickets.Actions().Register(s.addAction())
	tickets.AddExtras(extras)
	return s
}

func worked(tx *gorm.DB, by authz.Actor, id int64) (*ticket.Ticket, error) {
	t, err := ticket.Readable(tx, by, id)
	if err == nil && !by.Can(authz.TicketWork) {
		return nil, errDenied
	}
	return t, err
}

func itemsOf(tx *gorm.DB, id int64) ([]Item, error) {
	var out []Item
	if err := tx.Where("ticket_id = ?", id).Order("position, id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the checklist of ticket %d: %w", id, err)
	}
	return out, nil
}

// List returns the checklist of a ticket, in its order.
func (s *Service) List(ctx context.Context, by authz.Actor, id int64) ([]Item, error) {
	tx := s.db.Read(ctx)
	if _, err := worked(tx, by, id); err != nil {
		return nil, err
	}
	return itemsOf(tx, id)
}

// Clean reports whether texts can be items.
func Clean(texts []string) error {
	bad := func(s string) bool {
		return strings.TrimSpace(s) == "" || len([]rune(s)) > MaxText || strings.ContainsRune(s, 0)
	}
	if len(texts) == 0 || len(texts) > MaxItems || slices.ContainsFunc(texts, bad) {
		return errTexts
	}
	return nil
}

// Add puts items at the end of the checklist of a ticket.
func (s *Service) Add(ctx context.Context, by authz.Actor, id int64, texts []string, required bool) ([]Item, error) {
	var out []Item
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if _, err := worked(tx.DB, by, id); err != nil {
			return err
		}
		var err error
		out, err = Append(tx, by, id, texts, required)
		return err
	})
	return out, err
}

// Append is Add in a running transaction, for those who decided that it may be done.
func Append(tx *event.Tx, by authz.Actor, id int64, texts []string, required bool) ([]Item, error) {
	if err := Clean(texts); err != nil {
		return nil, err
	}
	held, err := ticket.Hold(tx.DB, []int64{id})
	if err != nil {
		return nil, err
	}
	if len(held) > 0 && held[0].MergedIntoID != nil {
		return nil, ticket.ErrMerged // nobody would see them
	}
	has, err := itemsOf(tx.DB, id)
	if err != nil {
		return nil, err
	}
	if len(has)+len(texts) > MaxItems {
		return nil, errFull
	}
	at := 0
	if len(has) > 0 {
		at = has[len(has)-1].Position
	}
	out := make([]Item, len(texts))
	ids := make([]int64, len(texts))
	for i, text := range texts {
		out[i] = Item{
			TicketID: id, Position: at + i + 1, Text: text, Required: required, Version: 1,
			CreatedBy: by.ID, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		if err := tx.Create(&out[i]).Error; err != nil {
			return nil, fmt.Errorf("add to the checklist of ticket %d: %w", id, err)
		}
		ids[i] = out[i].ID
	}
	return out, tx.Emit(Added, ticket.Subject, id, Ref{ids})
}

// IDs returns the ids of the items of a ticket, in their order.
func IDs(tx *gorm.DB, ticketID int64) ([]int64, error) {
	var ids []int64
	if err := tx.Model(&Item{}).Where("ticket_id = ?", ticketID).Order("position, id").Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("list the checklist of ticket %d: %w", ticketID, err)
	}
	return ids, nil
}

// Move puts items of one ticket, in their order, at the end of the checklist of
// another, be it longer than what one can write then. What is not there any more
// is left out. It returns how many moved.
func Move(tx *event.Tx, ids []int64, from, to int64) (int64, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	has, err := itemsOf(tx.DB, to)
	if err != nil {
		return 0, err
	}
	at := 0
	if len(has) > 0 {
		at = has[len(has)-1].Position
	}
	var moved int64
	for _, id := range ids {
		res := tx.Model(&Item{}).Where("id = ? AND ticket_id = ?", id, from).
			UpdateColumns(map[string]any{"ticket_id": to, "position": at + int(moved) + 1})
		if res.Error != nil {
			return 0, fmt.Errorf("move the checklist of ticket %d to %d: %w", from, to, res.Error)
		}
		moved += res.RowsAffected
	}
	return moved, nil
}

func own(tx *gorm.DB, by authz.Actor, id int64) (Item, error) {
	var it Item
	if !by.Can(authz.TicketWork) {
		return it, errDenied
	}
	err := tx.Take(&it, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return it, errMissing
	}
	if err != nil {
		return it, fmt.Errorf("read checklist item %d: %w", id, err)
	}
	if _, err := worked(tx, by, it.TicketID); fault.Is(err, fault.NotFound) {
		return it, errMissing
	} else if err != nil {
		return it, err
	}
	return it, nil
}

// Get returns an item of a ticket that the actor sees.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Item, error) {
	return own(s.db.Read(ctx), by, id)
}

// Change is what is to be different about an item; nil leaves it.
type Change struct {
	Text     *string
	Required *bool
	Done     *bool
	Position *int
}

// Update changes an item.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, c Change) (Item, error) {
	var it Item
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		var err error
		if it, err = own(tx.DB, by, id); err != nil {
			return err
		}
		if _, err := ticket.Hold(tx.DB, []int64{it.TicketID}); err != nil {
			return err
		}
		if it, err = own(tx.DB, by, id); err != nil {
			return err
		}
		if err := want.Check(it.Version); err != nil {
			return err
		}
		kind := ""
		if c.Text != nil && *c.Text != it.Text {
			it.Text, kind = *c.Text, Updated
		}
		if c.Required != nil && *c.Required != it.Required {
			it.Required, kind = *c.Required, Updated
		}
		if c.Done != nil && *c.Done != (it.DoneAt != nil) {
			it.DoneAt, it.DoneByID, kind = nil, nil, Unchecked
			if *c.Done {
				it.DoneAt, it.DoneByID, kind = &tx.Now, &by.ID, Checked
			}
		}
		if c.Position != nil && *c.Position != it.Position {
			if it.Position, err = move(tx, it, *c.Position); err != nil {
				return err
			}
			if kind == "" {
				kind = Updated
			}
		}
		if kind == "" {
			return nil
		}
		if err := save(tx, &it); err != nil {
			return err
		}
		return tx.Emit(kind, ticket.Subject, it.TicketID, Ref{[]int64{it.ID}})
	})
	return it, err
}

// move makes room for an item at another place and returns that.
func move(tx *event.Tx, it Item, to int) (int, error) {
	all, err := itemsOf(tx.DB, it.TicketID)
	if err != nil {
		return 0, err
	}
	all = slices.DeleteFunc(all, func(o Item) bool { return o.ID == it.ID })
	to = min(max(to, 1), len(all)+1)
	for i, o := range all {
		at := i + 1
		if at >= to {
			at++
		}
		if at == o.Position {
			continue
		}
		if err := tx.Model(&Item{}).Where("id = ?", o.ID).UpdateColumn("position", at).Error; err != nil {
			return 0, fmt.Errorf("order the checklist of ticket %d: %w", it.TicketID, err)
		}
	}
	return to, nil
}

func save(tx *event.Tx, it *Item) error {
	was := it.Version
	it.Version++
	it.UpdatedAt = tx.Now
	res := tx.Model(&Item{}).Where("id = ? AND version = ?", it.ID, was).Updates(map[string]any{
		"text": it.Text, "required": it.Required, "position": it.Position, "done_at": it.DoneAt, "done_by_id": it.DoneByID,
		"version": it.Version, "updated_at": it.UpdatedAt,
	})
	if res.Error != nil {
		return fmt.Errorf("save checklist item %d: %w", it.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	return nil
}

// Remove takes an item from its checklist.
func (s *Service) Remove(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		it, err := own(tx.DB, by, id)
		if err != nil {
			return err
		}
		if err := want.Check(it.Version); err != nil {
			return err
		}
		res := tx.Where("id = ? AND version = ?", id, it.Version).Delete(&Item{})
		if res.Error != nil {
			return fmt.Errorf("delete checklist item %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(Removed, ticket.Subject, it.TicketID, Ref{[]int64{id}})
	})
}

// Complete keeps tickets from being resolved or closed while required items are
// not done. It hears of the change in its transaction.
func Complete(tx *event.Tx, e event.Event) error {
	var c ticket.Change
	if err := e.Decode(&c); err != nil {
		return err
	}
	if to, ok := ticket.ParseStatus(c.To); !ok || !to.Done() {
		return nil
	}
	var open int64
	err := tx.Model(&Item{}).Where("ticket_id = ? AND required = ? AND done_at IS NULL", e.SubjectID, true).Count(&open).Error
	if err != nil {
		return fmt.Errorf("look at the checklist of ticket %d: %w", e.SubjectID, err)
	}
	if open == 0 {
		return nil
	}
	var merged int64
	if err := tx.Model(&ticket.Ticket{}).Where("id = ? AND merged_into_id IS NOT NULL", e.SubjectID).Count(&merged).Error; err != nil || merged > 0 {
		return err
	}
	if e.ActorID != 0 { // the IT staff's list says nothing to an employee
		u, err := user.Find(tx.DB, e.ActorID)
		if err != nil {
			return fmt.Errorf("read who moves ticket %d: %w", e.SubjectID, err)
		}
		if !u.Role.WorksTickets() {
			return fault.New(fault.Conflict, "checklist.incomplete", "The IT staff still has something to do for this ticket; it cannot be closed yet.")
		}
	}
	return fault.New(fault.Conflict, "checklist.incomplete", "Required items of its checklist are not done yet: %d.", open)
}

// Forget deletes the checklist of a ticket that is gone for good.
func Forget(tx *event.Tx, e event.Event) error {
	if err := tx.Where("ticket_id = ?", e.SubjectID).Delete(&Item{}).Error; err != nil {
		return fmt.Errorf("delete the checklist of ticket %d: %w", e.SubjectID, err)
	}
	return nil
}

// extras tells the IT staff how far the checklists of tickets are.
func extras(tx *gorm.DB, by authz.Actor, tickets []ticket.Ticket, out map[int64]*ticket.Extra) error {
	if !by.Can(authz.TicketWork) {
		return nil
	}
	ids := make([]int64, len(tickets))
	for i, t := range tickets {
		ids[i] = t.ID
	}
	var rows []struct {
		TicketID    int64
		Done, Total int
	}
	err := tx.Model(&Item{}).Select("ticket_id, COUNT(*) AS total, COUNT(done_at) AS done").
		Where("ticket_id IN ?", ids).Group("ticket_id").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("count the checklists of tickets: %w", err)
	}
	for _, r := range rows {
		out[r.TicketID].Checklist = &ticket.Progress{Done: r.Done, Total: r.Total}
	}
	return nil
}

// lines splits a text into items.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func (s *Service) addAction() ticket.ActionKind {
	return ticket.ActionKind{
		Type:   ActionAdd,
		Params: []ticket.Param{{Name: "items", Kind: ticket.ParamText}, {Name: "required", Kind: ticket.ParamBool, Optional: true}},
		Check:  func(_ *gorm.DB, _ authz.Actor, a ticket.Action) error { return Clean(lines(a.Text("items"))) },
		Apply: func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a ticket.Action) (ticket.Done, error) {
			t, err := worked(tx.DB, by, id)
			if err != nil {
				return ticket.Done{}, err
			}
			if err := want.Check(t.Version); err != nil {
				return ticket.Done{}, err
			}
			var required bool
			_ = json.Unmarshal(a.Params["required"], &required) // Read has checked it
			made, err := Append(tx, by, id, lines(a.Text("items")), required)
			if err != nil {
				return ticket.Done{}, err
			}
			ids := make([]int64, len(made))
			for i, it := range made {
				ids[i] = it.ID
			}
			before, err := json.Marshal(ids)
			return ticket.Done{Before: before, Version: t.Version, Changed: true}, err
		},
		Undo: func(tx *event.Tx, by authz.Actor, id int64, _ etag.Condition, _ ticket.Action, before json.RawMessage) error {
			var ids []int64
			if err := json.Unmarshal(before, &ids); err != nil {
				return fmt.Errorf("read what was added to the checklist of ticket %d: %w", id, err)
			}
			if _, err := worked(tx.DB, by, id); err != nil {
				return err
			}
			if err := tx.Where("id IN ? AND ticket_id = ?", ids, id).Delete(&Item{}).Error; err != nil {
				return fmt.Errorf("take items from the checklist of ticket %d: %w", id, err)
			}
			return tx.Emit(Removed, ticket.Subject, id, Ref{ids})
		},
		Describe: func(_ *gorm.DB, a ticket.Action) string {
			return fmt.Sprintf("Add %d items to the checklist", len(lines(a.Text("items"))))
		},
	}
}
