// Package draft keeps what somebody has written and not sent yet, per ticket and
// kind, so that it survives a reload, signing out, and a change of device.
package draft

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Kind is what a draft is to become.
type Kind string

// A reply, a note and an edit of title and description belong to a ticket; a ticket is a new one.
const (
	Reply  Kind = "reply"
	Note   Kind = "note"
	Edit   Kind = "edit"
	Ticket Kind = "ticket"
)

// Draft is what one person has written. TicketID is 0 for a new ticket.
type Draft struct {
	UserID    int64  `gorm:"primaryKey;autoIncrement:false"`
	TicketID  int64  `gorm:"primaryKey;autoIncrement:false"`
	Kind      Kind   `gorm:"primaryKey"`
	Title     string // of a new ticket, or of one that is edited
	Content   string
	Version   int64
	UpdatedAt time.Time
}

// TableName names the table for GORM.
func (Draft) TableName() string { return "drafts" }

var (
	errMissing = fault.Missing("draft")
	errDenied  = fault.Denied("note.denied", "Internal notes are for IT staff and administrators.")
	errChanged = fault.New(fault.Conflict, "draft.changed", "This draft was changed at the same moment. Fetch it again.").Because(db.ErrLostRace)
)

// Service holds the verbs of drafts. Each person has their own only.
type Service struct {
	db  *db.DB
	bus *event.Bus
}

// New returns the service.
func New(d *db.DB, bus *event.Bus) *Service { return &Service{db: d, bus: bus} }

// place checks that the actor may write such a thing there.
func place(tx *gorm.DB, by authz.Actor, ticketID int64, k Kind) error {
	if k != Ticket {
		if _, err := ticket.Readable(tx, by, ticketID); err != nil {
			return err
		}
	}
	if k == Note && !by.Can(authz.NoteWrite) {
		return errDenied
	}
	return nil
}

func load(tx *gorm.DB, by authz.Actor, ticketID int64, k Kind) (Draft, error) {
	var d Draft
	err := tx.Where("user_id = ? AND ticket_id = ? AND kind = ?", by.ID, ticketID, k).Take(&d).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return d, errMissing
	}
	if err != nil {
		return d, fmt.Errorf("read a draft: %w", err)
	}
	return d, nil
}

// List returns the actor's drafts, the newest first.
func (s *Service) List(ctx context.Context, by authz.Actor) ([]Draft, error) {
	var out []Draft
	if err := s.db.Read(ctx).Where("user_id = ?", by.ID).Order("updated_at DESC").Limit(100).Find(&out).Error; err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	return out, nil
}

// Get returns a draft of the actor's.
func (s *Service) Get(ctx context.Context, by authz.Actor, ticketID int64, k Kind) (Draft, error) {
	tx := s.db.Read(ctx)
	if err := place(tx, by, ticketID, k); err != nil {
		return Draft{}, err
	}
	return load(tx, by, ticketID, k)
}

// Put writes a draft of the actor's. want names the version that it is based on:
// another device may have been faster.
func (s *Service) Put(ctx context.Context, by authz.Actor, ticketID int64, k Kind, want etag.Condition, title, content string) (Draft, error) {
	var out Draft
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if err := place(tx.DB, by, ticketID, k); err != nil {
			return err
		}
		was, err := load(tx.DB, by, ticketID, k)
		out = Draft{UserID: by.ID, TicketID: ticketID, Kind: k, Title: title, Content: content, Version: was.Version + 1, UpdatedAt: tx.Now}
		if fault.Is(err, fault.NotFound) {
			if err := want.Check(0); err != nil {
				return err
			}
			err := tx.Create(&out).Error
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return errChanged
			}
			return err
		}
		if err != nil {
			return err
		}
		if err := want.Check(was.Version); err != nil {
			return err
		}
		res := tx.Model(&Draft{}).Where("user_id = ? AND ticket_id = ? AND kind = ? AND version = ?", by.ID, ticketID, k, was.Version).
			Updates(map[string]any{"title": title, "content": content, "version": out.Version, "updated_at": tx.Now})
		if res.Error != nil {
			return fmt.Errorf("save a draft: %w", res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return nil
	})
	return out, err
}

// Delete drops a draft of the actor's; one that is not there is gone already.
func (s *Service) Delete(ctx context.Context, by authz.Actor, ticketID int64, k Kind, want etag.Condition) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if err := place(tx.DB, by, ticketID, k); err != nil {
			return err
		}
		d, err := load(tx.DB, by, ticketID, k)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := want.Check(d.Version); err != nil {
			return err
		}
		return tx.Where("user_id = ? AND ticket_id = ? AND kind = ?", by.ID, ticketID, k).Delete(&Draft{}).Error
	})
}

// Forget deletes the drafts for a ticket that is gone for good.
func Forget(tx *event.Tx, e event.Event) error {
	if err := tx.Where("ticket_id = ?", e.SubjectID).Delete(&Draft{}).Error; err != nil {
		return fmt.Errorf("delete the drafts for ticket %d: %w", e.SubjectID, err)
	}
	return nil
}
