// Package seen remembers how far each person has read each ticket.
package seen

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Look is the last look of somebody at a ticket: the newest event of it that
// they have seen.
type Look struct {
	UserID   int64 `gorm:"primaryKey;autoIncrement:false"`
	TicketID int64 `gorm:"primaryKey;autoIncrement:false"`
	EventID  int64
	SeenAt   time.Time
}

// TableName names the table for GORM.
func (Look) TableName() string { return "ticket_reads" }

// Service holds the verbs.
type Service struct {
	db  *db.DB
	bus *event.Bus
}

// New returns the service.
func New(d *db.DB, bus *event.Bus) *Service { return &Service{db: d, bus: bus} }

// Get returns the actor's last look at a ticket, the zero Look for none.
func (s *Service) Get(ctx context.Context, by authz.Actor, ticketID int64) (Look, error) {
	tx := s.db.Read(ctx)
	if _, err := ticket.Readable(tx, by, ticketID); err != nil {
		return Look{}, err
	}
	l, _, err := load(tx, by, ticketID)
	return l, err
}

func load(tx *gorm.DB, by authz.Actor, ticketID int64) (Look, bool, error) {
	var l Look
	err := tx.Where("user_id = ? AND ticket_id = ?", by.ID, ticketID).Take(&l).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Look{}, false, nil
	}
	if err != nil {
		return l, false, fmt.Errorf("read a look at ticket %d: %w", ticketID, err)
	}
	return l, true, nil
}

// Set says that the actor has seen a ticket up to an event. It never goes back.
func (s *Service) Set(ctx context.Context, by authz.Actor, ticketID, eventID int64) (Look, error) {
	var out Look
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if _, err := ticket.Readable(tx.DB, by, ticketID); err != nil {
			return err
		}
		was, known, err := load(tx.DB, by, ticketID)
		if err != nil {
			return err
		}
		// What is yet to come cannot have been seen.
		var newest int64
		if err := tx.Raw("SELECT COALESCE(MAX(id), 0) FROM events").Scan(&newest).Error; err != nil {
			return fmt.Errorf("find the newest event: %w", err)
		}
		out = Look{UserID: by.ID, TicketID: ticketID, EventID: max(was.EventID, min(eventID, newest)), SeenAt: tx.Now}
		if !known {
			err := tx.Create(&out).Error
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return db.ErrLostRace
			}
			return err
		}
		return tx.Model(&Look{}).Where("user_id = ? AND ticket_id = ?", by.ID, ticketID).
			Updates(map[string]any{"event_id": out.EventID, "seen_at": out.SeenAt}).Error
	})
	return out, err
}

// Forget deletes who looked at a ticket that is gone for good.
func Forget(tx *event.Tx, e event.Event) error {
	if err := tx.Where("ticket_id = ?", e.SubjectID).Delete(&Look{}).Error; err != nil {
		return fmt.Errorf("delete the looks at ticket %d: %w", e.SubjectID, err)
	}
	return nil
}
