// Package link joins tickets that belong together: links between them, merging
// one into another, and splitting one in two. All of it can be taken back.
package link

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Kind says how a ticket belongs to another one, seen from the first.
type Kind string

// The kinds of links; each has another side.
const (
	DuplicateOf  Kind = "duplicate_of"
	HasDuplicate Kind = "has_duplicate"
	CausedBy     Kind = "caused_by"
	Causes       Kind = "causes"
	ChildOf      Kind = "child_of"
	ParentOf     Kind = "parent_of"
	RelatedTo    Kind = "related_to"
)

// Kinds lists every kind.
var Kinds = []Kind{DuplicateOf, HasDuplicate, CausedBy, Causes, ChildOf, ParentOf, RelatedTo}

var inverses = map[Kind]Kind{
	DuplicateOf: HasDuplicate, HasDuplicate: DuplicateOf, CausedBy: Causes, Causes: CausedBy,
	ChildOf: ParentOf, ParentOf: ChildOf, RelatedTo: RelatedTo,
}

// Link is a link seen from one of its tickets; the other one has a row of its own.
type Link struct {
	ID        int64
	TicketID  int64
	OtherID   int64
	Kind      Kind
	CreatedBy int64
	CreatedAt time.Time
}

// TableName names the table for GORM.
func (Link) TableName() string { return "ticket_links" }

// The limits of links.
const (
	MaxLinks = 200 // of one ticket
	maxDepth = 20  // of parents above each other
)

var (
	errDenied  = fault.Denied("link.denied", "Links, merging and splitting are for IT staff and administrators.")
	errMissing = fault.Missing("link")
	errSelf    = fault.Field("ticket_id", "A ticket cannot belong to itself.")
	errOther   = fault.Field("ticket_id", "That ticket is not there, or you may not see it.")
	errTwice   = fault.New(fault.Conflict, "link.exists", "These two tickets are linked already; take that link away first.")
	errCycle   = fault.New(fault.Conflict, "link.cycle", "A ticket cannot be a part of what is below it.")
	errParent  = fault.New(fault.Conflict, "link.has_parent", "This ticket has a parent already; a ticket has at most one.")
	errFull    = fault.New(fault.Conflict, "link.full", "A ticket can have at most %d links.", MaxLinks)
	errDeep    = fault.New(fault.Conflict, "link.too_deep", "At most %d tickets can lie below each other.", maxDepth)
)

// Rows is how what hangs on a ticket, and belongs to a feature of its own, moves.
type Rows struct {
	IDs  func(tx *gorm.DB, ticketID int64) ([]int64, error)
	Move func(tx *event.Tx, ids []int64, from, to int64) (int64, error)
}

// Moved is what moves with a ticket besides what people wrote in public.
type Moved struct {
	Notes, Checklist, Times Rows
	Rest                    Kept
}

// Kept is what ends when a ticket becomes a part of another, and comes back with it:
// how to read it, and how to bring back what was read.
type Kept struct {
	Read  func(tx *gorm.DB, ticketID int64) (json.RawMessage, error)
	Bring func(tx *event.Tx, ticketID int64, was json.RawMessage) error
}

// Service holds the verbs.
type Service struct {
	db      *db.DB
	bus     *event.Bus
	tickets *ticket.Service
	moved   Moved
}

// New returns the service and adds its actions, query fields and what it tells of
// tickets to those of the desk.
func New(d *db.DB, bus *event.Bus, tickets *ticket.Service, moved Moved) *Service {
	s := &Service{db: d, bus: bus, tickets: tickets, moved: moved}
	tickets.Actions().Register(s.mergeAction(), s.linkAction())
	tickets.AddQueryFields(s.queryFields)
	tickets.AddExtras(extras)
	return s
}

// worked returns a ticket that the actor sees and works on.
func worked(tx *gorm.DB, by authz.Actor, id int64) (*ticket.Ticket, error) {
	t, err := ticket.Readable(tx, by, id)
	if err != nil {
		return nil, err
	}
	if !by.Can(authz.TicketWork) {
		return nil, errDenied
	}
	return t, nil
}

// both holds two tickets that the actor works on, and reads them as they are now.
func both(tx *event.Tx, by authz.Actor, id, other int64) (a, b *ticket.Ticket, err error) {
	if _, err := worked(tx.DB, by, id); err != nil {
		return nil, nil, err
	}
	if id == other {
		return nil, nil, errSelf
	}
	found, err := ticket.Hold(tx.DB, []int64{id, other})
	if err != nil {
		return nil, nil, err
	}
	for i := range found {
		switch t := &found[i]; {
		case !ticket.CanRead(by, t):
		case t.ID == id:
			a = t
		default:
			b = t
		}
	}
	if a == nil {
		return nil, nil, fault.Missing(ticket.Subject)
	}
	if b == nil {
		return nil, nil, errOther
	}
	return a, b, nil
}

// Add links a ticket to another one. The same link again changes nothing.
func (s *Service) Add(ctx context.Context, by authz.Actor, id int64, kind Kind, other int64) (Link, error) {
	var l Link
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		var err error
		l, _, err = add(tx, by, id, kind, other)
		return err
	})
	return l, err
}

func add(tx *event.Tx, by authz.Actor, id int64, kind Kind, other int64) (Link, bool, error) {
	t, _, err := both(tx, by, id, other)
	if err != nil {
		return Link{}, false, err
	}
	if t.MergedIntoID != nil {
		return Link{}, false, ticket.ErrMerged
	}
	var has []Link
	if err := tx.Where("ticket_id IN ?", []int64{id, other}).Find(&has).Error; err != nil {
		return Link{}, false, fmt.Errorf("read the links of ticket %d: %w", id, err)
	}
	sizes := map[int64]int{}
	for _, l := range has {
		sizes[l.TicketID]++
		if l.TicketID != id || l.OtherID != other {
			continue
		}
		if l.Kind == kind {
			return l, false, nil
		}
		return Link{}, false, errTwice
	}
	if sizes[id] >= MaxLinks || sizes[other] >= MaxLinks {
		return Link{}, false, errFull
	}
	if err := fits(tx, id, kind, other, has); err != nil {
		return Link{}, false, err
	}
	l := Link{TicketID: id, OtherID: other, Kind: kind, CreatedBy: by.ID, CreatedAt: tx.Now}
	twin := Link{TicketID: other, OtherID: id, Kind: inverses[kind], CreatedBy: by.ID, CreatedAt: tx.Now}
	for _, row := range []*Link{&l, &twin} {
		if err := tx.Create(row).Error; err != nil {
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return Link{}, false, errTwice.Because(db.ErrLostRace)
			}
			return Link{}, false, fmt.Errorf("link ticket %d: %w", row.TicketID, err)
		}
		if err := tell(tx, ticket.Linked, *row); err != nil {
			return Link{}, false, err
		}
	}
	return l, true, nil
}

func tell(tx *event.Tx, eventType string, l Link) error {
	return tx.Emit(eventType, ticket.Subject, l.TicketID, ticket.Other{TicketID: l.OtherID, Kind: string(l.Kind)})
}

// fits refuses a parent that would be a second one or lie below its child.
func fits(tx *event.Tx, id int64, kind Kind, other int64, has []Link) error {
	child, parent := id, other
	switch kind {
	case ChildOf:
	case ParentOf:
		child, parent = other, id
	default:
		return nil
	}
	if slices.ContainsFunc(has, func(l Link) bool { return l.TicketID == child && l.Kind == ChildOf }) {
		return errParent
	}
	// Each ancestor is held before one looks above it: of two links that would
	// close a ring together, one waits for the other and then sees it.
	for at, depth := parent, 1; ; depth++ {
		if _, err := ticket.Hold(tx.DB, []int64{at}); err != nil {
			return err
		}
		var above []int64
		err := tx.Model(&Link{}).Where("ticket_id = ? AND kind = ?", at, ChildOf).Limit(1).Pluck("other_id", &above).Error
		switch {
		case err != nil:
			return fmt.Errorf("read the parent of ticket %d: %w", at, err)
		case len(above) == 0:
			return nil
		case above[0] == child:
			return errCycle
		case depth >= maxDepth:
			return errDeep
		}
		at = above[0]
	}
}

// Remove takes a link from both of its tickets.
func (s *Service) Remove(ctx context.Context, by authz.Actor, id int64) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		var l Link
		err := tx.Take(&l, id).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return errMissing
		}
		if err != nil {
			return fmt.Errorf("read link %d: %w", id, err)
		}
		for _, ticketID := range []int64{l.TicketID, l.OtherID} {
			if _, err := worked(tx.DB, by, ticketID); fault.Is(err, fault.NotFound) {
				return errMissing
			} else if err != nil {
				return err
			}
		}
		return remove(tx, l)
	})
}

func remove(tx *event.Tx, l Link) error {
	twin := Link{TicketID: l.OtherID, OtherID: l.TicketID, Kind: inverses[l.Kind]}
	for _, row := range []Link{l, twin} {
		res := tx.Where("ticket_id = ? AND other_id = ?", row.TicketID, row.OtherID).Delete(&Link{})
		if res.Error != nil {
			return fmt.Errorf("take a link from ticket %d: %w", row.TicketID, res.Error)
		}
		if res.RowsAffected == 0 {
			return errMissing
		}
		if err := tell(tx, ticket.Unlinked, row); err != nil {
			return err
		}
	}
	return nil
}

// List returns the links of a ticket to tickets that the actor sees as well.
func (s *Service) List(ctx context.Context, by authz.Actor, id int64) ([]Link, map[int64]ticket.Ticket, error) {
	tx := s.db.Read(ctx)
	if _, err := worked(tx, by, id); err != nil {
		return nil, nil, err
	}
	var rows []Link
	if err := tx.Where("ticket_id = ?", id).Order("id").Find(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("read the links of ticket %d: %w", id, err)
	}
	ids := make([]int64, len(rows))
	for i, l := range rows {
		ids[i] = l.OtherID
	}
	var merged []int64
	if err := tx.Model(&Merge{}).Where("target_id = ?", id).Order("ticket_id").Pluck("ticket_id", &merged).Error; err != nil {
		return nil, nil, fmt.Errorf("read what was merged into ticket %d: %w", id, err)
	}
	for _, source := range merged {
		rows = append(rows, Link{TicketID: id, OtherID: source, Kind: MergedHere})
		ids = append(ids, source)
	}
	seen, err := s.tickets.Pick(ctx, by, ids)
	if err != nil {
		return nil, nil, err
	}
	others := make(map[int64]ticket.Ticket, len(seen))
	for _, t := range seen {
		others[t.ID] = t
	}
	return slices.DeleteFunc(rows, func(l Link) bool { _, ok := others[l.OtherID]; return !ok }), others, nil
}

// MergedHere is the kind of a ticket that became a part of another one: no link
// that somebody makes or takes away.
const MergedHere Kind = "merged_in"

// Forget deletes what is kept about a ticket that is gone for good.
func Forget(tx *event.Tx, e event.Event) error {
	id := e.SubjectID
	for _, q := range []*gorm.DB{
		tx.Where("ticket_id = ?", id).Delete(&Link{}),
		tx.Where("kind IN ? AND other_id = ?", Kinds, id).Delete(&Link{}),
		tx.Where("ticket_id = ?", id).Delete(&Merge{}),
		tx.Where("ticket_id = ?", id).Delete(&Split{}),
	} {
		if q.Error != nil {
			return fmt.Errorf("delete the links of ticket %d: %w", id, q.Error)
		}
	}
	return nil
}
