// Package note keeps what IT staff write to each other about a ticket. Notes
// are records of their own, in a table of their own: nothing that employees can
// see is made from them.
package note

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mention"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Note is one internal note.
type Note struct {
	ID       int64
	TicketID int64
	AuthorID int64
	Content  string
	// OriginID is the ticket that it was written on, if that is another one.
	OriginID  *int64
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// TableName names the table for GORM.
func (Note) TableName() string { return "notes" }

// What this package announces; the subject is the ticket. The types begin with
// ticket.InternalPrefix.
const (
	Created = ticket.InternalPrefix + "created"
	Updated = ticket.InternalPrefix + "updated"
	Deleted = ticket.InternalPrefix + "deleted"
)

// Ref is the data of this package's events.
type Ref struct {
	NoteID   int64   `json:"note_id"`
	Mentions []int64 `json:"mentions,omitempty"`
}

var (
	errMissing = fault.Missing("note")
	errDenied  = fault.Denied("note.denied", "Internal notes are for IT staff and administrators.")
	errChange  = fault.Denied("note.change_denied", "Only the author or an administrator may change this note.")
	errChanged = fault.New(fault.Conflict, "note.changed", "Somebody changed this note at the same moment. Fetch it again, then repeat your change.").
			Because(db.ErrLostRace)
)

func canChange(by authz.Actor, n *Note) bool {
	return by.Can(authz.NoteWrite) && (by.Can(authz.CommentModify) || by.ID == n.AuthorID)
}

// Service holds the verbs of notes.
type Service struct {
	db  *db.DB
	bus *event.Bus
}

// New returns the service.
func New(d *db.DB, bus *event.Bus) *Service { return &Service{db: d, bus: bus} }

// readable returns a ticket whose notes the actor may know of. Whoever sees the
// ticket but no notes is told so, whether there are any or not.
func readable(tx *gorm.DB, by authz.Actor, ticketID int64) (*ticket.Ticket, error) {
	t, err := ticket.Readable(tx, by, ticketID)
	if err != nil {
		return nil, err
	}
	if !by.Can(authz.NoteRead) {
		return nil, errDenied
	}
	return t, nil
}

// Create writes a note on a ticket that the actor sees. The ticket itself stays
// as it is: its version and times are seen by its requester. The files are uploads
// of the actor's own.
func (s *Service) Create(ctx context.Context, by authz.Actor, ticketID int64, content string, files ...int64) (Note, error) {
	var n Note
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := readable(tx.DB, by, ticketID)
		if err != nil {
			return err
		}
		if !by.Can(authz.NoteWrite) || by.ID == 0 {
			return errDenied
		}
		if t.MergedIntoID != nil {
			if t, err = ticket.Final(tx.DB, t); err != nil {
				return err
			}
			if !ticket.CanRead(by, t) {
				return ticket.ErrMerged
			}
		}
		n = Note{TicketID: t.ID, AuthorID: by.ActorID(), Content: content, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if err := tx.Create(&n).Error; err != nil {
			return fmt.Errorf("write a note on ticket %d: %w", t.ID, err)
		}
		mentions, err := mention.In(tx.DB, content, t.CreatedByID)
		if err != nil {
			return err
		}
		if err := tx.Emit(Created, ticket.Subject, t.ID, Ref{NoteID: n.ID, Mentions: mentions}); err != nil {
			return err
		}
		return attachment.Bind(tx, by, files, attachment.Target{TicketID: t.ID, NoteID: &n.ID})
	})
	return n, err
}

// Get returns a note of a ticket that the actor sees.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Note, error) {
	return get(s.db.Read(ctx), by, id)
}

func get(tx *gorm.DB, by authz.Actor, id int64) (Note, error) {
	var n Note
	// Whoever may see no notes does not learn which there are.
	if !by.Can(authz.NoteRead) {
		return n, errDenied
	}
	err := tx.Take(&n, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return n, errMissing
	}
	if err != nil {
		return n, fmt.Errorf("read note %d: %w", id, err)
	}
	if _, err := readable(tx, by, n.TicketID); err != nil {
		if fault.Is(err, fault.NotFound) {
			return n, errMissing
		}
		return n, err
	}
	return n, nil
}

// List returns a page of a ticket's notes, oldest first.
func (s *Service) List(ctx context.Context, by authz.Actor, ticketID int64, page web.Page) (web.Rows[Note], error) {
	out := web.Rows[Note]{CursorOf: func(n Note) web.Cursor { return web.Cursor{Sort: web.ByOldestID, ID: n.ID} }}
	tx := s.db.Read(ctx)
	if _, err := readable(tx, by, ticketID); err != nil {
		return out, err
	}
	return web.OldestFirst(tx.Where("ticket_id = ?", ticketID), page, func(n Note) int64 { return n.ID })
}

// Update changes what a note says; nil leaves it. Files are added to it.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, content *string, files ...int64) (Note, error) {
	var out Note
	err := s.change(ctx, by, id, want, func(tx *event.Tx, n *Note) error {
		if content != nil && *content != n.Content {
			was := n.Version
			n.Content, n.UpdatedAt, n.Version = *content, tx.Now, was+1
			res := tx.Model(&Note{}).Where("id = ? AND version = ?", n.ID, was).
				Updates(map[string]any{"content": n.Content, "version": n.Version, "updated_at": n.UpdatedAt})
			if err := written(res, n.ID); err != nil {
				return err
			}
			if err := tx.Emit(Updated, ticket.Subject, n.TicketID, Ref{NoteID: n.ID}); err != nil {
				return err
			}
		}
		out = *n
		return attachment.Bind(tx, by, files, attachment.Target{TicketID: n.TicketID, NoteID: &n.ID, Later: true})
	})
	return out, err
}

// Delete takes a note away for good.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.change(ctx, by, id, want, func(tx *event.Tx, n *Note) error {
		if err := written(tx.Where("id = ? AND version = ?", n.ID, n.Version).Delete(&Note{}), n.ID); err != nil {
			return err
		}
		if err := attachment.GiveBack(tx, n.ID); err != nil {
			return err
		}
		return tx.Emit(Deleted, ticket.Subject, n.TicketID, Ref{NoteID: n.ID})
	})
}

func (s *Service) change(ctx context.Context, by authz.Actor, id int64, want etag.Condition, fn func(*event.Tx, *Note) error) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		n, err := get(tx.DB, by, id)
		if err != nil {
			return err
		}
		if !canChange(by, &n) {
			return errChange
		}
		if err := want.Check(n.Version); err != nil {
			return err
		}
		return fn(tx, &n)
	})
}

func written(res *gorm.DB, id int64) error {
	if res.Error != nil {
		return fmt.Errorf("save note %d: %w", id, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	return nil
}

// Forget deletes the notes of a ticket that is gone for good.
func Forget(tx *event.Tx, e event.Event) error {
	if err := tx.Where("ticket_id = ?", e.SubjectID).Delete(&Note{}).Error; err != nil {
		return fmt.Errorf("delete the notes of ticket %d: %w", e.SubjectID, err)
	}
	return nil
}

// IDs returns the ids of the notes of a ticket.
func IDs(tx *gorm.DB, ticketID int64) ([]int64, error) {
	var ids []int64
	if err := tx.Model(&Note{}).Where("ticket_id = ?", ticketID).Order("id").Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("list the notes of ticket %d: %w", ticketID, err)
	}
	return ids, nil
}

// Move takes notes with their files from one ticket to another; what is not there
// any more is left out. It returns how many moved. A note remembers where it was
// written until it is back there.
func Move(tx *event.Tx, ids []int64, from, to int64) (int64, error) {
	var moved int64
	for batch := range slices.Chunk(ids, 500) {
		res := tx.Model(&Note{}).Where("id IN ? AND ticket_id = ?", batch, from).UpdateColumns(map[string]any{
			"ticket_id": to,
			"origin_id": gorm.Expr("CASE WHEN COALESCE(origin_id, ?) = ? THEN NULL ELSE COALESCE(origin_id, ?) END", from, to, from),
		})
		if res.Error != nil {
			return 0, fmt.Errorf("move notes from ticket %d to %d: %w", from, to, res.Error)
		}
		moved += res.RowsAffected
		if err := attachment.Carry(tx, nil, batch, to); err != nil {
			return 0, err
		}
	}
	return moved, nil
}
