package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/user"
)

// WatcherKind says in what way somebody takes part in a ticket.
type WatcherKind string

// The kinds of watchers.
const (
	Watching WatcherKind = "watcher" // of the IT staff; hears of everything
	CC       WatcherKind = "cc"      // takes part in the conversation
)

// Watcher is an account or an address that a ticket concerns besides its
// requester and its assignee. An account sees the ticket.
type Watcher struct {
	ID        int64
	TicketID  int64
	UserID    *int64
	Address   *string // of somebody without an account
	Kind      WatcherKind
	AddedByID int64
	CreatedAt time.Time
}

// TableName names the table for GORM.
func (Watcher) TableName() string { return "ticket_watchers" }

// MaxWatchers is how many watchers, accounts and addresses, a ticket can have.
const MaxWatchers = 50

var (
	errWatcherMissing = fault.Missing("watcher")
	errNoWatcher      = fault.Field("user_id", "Must be an active member of the IT staff or an administrator.")
	errCCByAddress    = fault.Field("user_id", "Name the person by e-mail address.")
	errNoCC           = fault.Field("user_id", "Must be an active account.")
	errFull           = fault.New(fault.Conflict, "ticket.watchers_full", "A ticket can have at most 50 watchers and people in CC.")
)

// Watchers returns who watches a ticket or is in CC, in the order in which they
// were added. Those who do not work on tickets learn of people in CC only.
func (s *Service) Watchers(ctx context.Context, by authz.Actor, id int64) (*Ticket, []Watcher, error) {
	tx := s.db.Read(ctx)
	t, err := readable(tx, by, id)
	if err != nil {
		return nil, nil, err
	}
	q := tx.Where("ticket_id = ?", id).Order("id")
	if !by.Can(authz.TicketQueue) {
		q = q.Where("kind = ?", CC)
	}
	var out []Watcher
	if err := q.Find(&out).Error; err != nil {
		return nil, nil, fmt.Errorf("read the watchers of ticket %d: %w", id, err)
	}
	return t, out, nil
}

// CanUnwatch reports whether the actor may take a watcher from a ticket.
func CanUnwatch(by authz.Actor, t *Ticket, w *Watcher) bool { return canUnwatch(by, t, w) }

// Watch makes somebody of the IT staff a watcher. Doing it again changes nothing.
func (s *Service) Watch(ctx context.Context, by authz.Actor, id, userID int64) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := readable(tx.DB, by, id)
		if err != nil {
			return err
		}
		if !canWatch(by, t) {
			return errWatchDenied
		}
		if t.MergedIntoID != nil {
			return ErrMerged
		}
		u, err := user.Find(tx.DB, userID)
		if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.Assignable()) {
			return errNoWatcher
		}
		if err != nil {
			return fmt.Errorf("read a watcher: %w", err)
		}
		_, err = addWatcher(tx, by, t, &Watcher{UserID: &u.ID, Kind: Watching})
		return err
	})
}

// AddCC lets an account take part in a ticket. Doing it again changes nothing.
// Employees name people by address: by ids they would learn of every account.
func (s *Service) AddCC(ctx context.Context, by authz.Actor, id, userID int64) error {
	return s.cc(ctx, by, id, func(tx *gorm.DB) (Watcher, error) {
		if !by.Can(authz.TicketQueue) {
			return Watcher{}, errCCByAddress
		}
		u, err := user.Find(tx, userID)
		if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.IsActive) {
			return Watcher{}, errNoCC
		}
		return Watcher{UserID: &u.ID}, err
	})
}

// AddAddress lets whoever has an address take part in a ticket: as the account
// with it, if there is one, else by mail.
func (s *Service) AddAddress(ctx context.Context, by authz.Actor, id int64, address string) error {
	return s.cc(ctx, by, id, func(tx *gorm.DB) (Watcher, error) {
		u, err := user.ByEmail(tx, address)
		switch {
		case err == nil && u.IsActive && u.EmailVerified:
			return Watcher{UserID: &u.ID}, nil
		case err == nil, errors.Is(err, gorm.ErrRecordNotFound):
			key := user.Key(address)
			return Watcher{Address: &key}, nil
		}
		return Watcher{}, err
	})
}

func (s *Service) cc(ctx context.Context, by authz.Actor, id int64, whom func(*gorm.DB) (Watcher, error)) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := readable(tx.DB, by, id)
		if err != nil {
			return err
		}
		if !canCC(by, t) {
			return errCCDenied
		}
		if t.MergedIntoID != nil {
			return ErrMerged // the conversation is elsewhere
		}
		w, err := whom(tx.DB)
		if err != nil {
			return err
		}
		w.Kind = CC
		if w.UserID != nil && *w.UserID == t.CreatedByID {
			return nil // takes part already
		}
		_, err = addWatcher(tx, by, t, &w)
		return err
	})
}

// addWatcher writes a watcher that is not there yet, and says whether it did.
func addWatcher(tx *event.Tx, by authz.Actor, t *Ticket, w *Watcher) (bool, error) {
	var all []Watcher
	if err := tx.Where("ticket_id = ?", t.ID).Find(&all).Error; err != nil {
		return false, fmt.Errorf("read the watchers of ticket %d: %w", t.ID, err)
	}
	for _, o := range all {
		if (w.UserID != nil && sameID(o.UserID, w.UserID)) || (w.Address != nil && o.Address != nil && *o.Address == *w.Address) {
			return false, nil
		}
	}
	if len(all) >= MaxWatchers {
		return false, errFull
	}
	w.TicketID, w.AddedByID, w.CreatedAt = t.ID, by.ID, tx.Now
	err := tx.Create(w).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return false, db.ErrLostRace
	}
	if err != nil {
		return false, fmt.Errorf("add a watcher to ticket %d: %w", t.ID, err)
	}
	ref := WatcherRef{WatcherID: w.ID}
	if w.UserID != nil {
		ref.UserID = *w.UserID
		if err := SaveWatchers(tx.DB, t, append(slices.Clone(t.Watchers), *w.UserID)); err != nil {
			return false, err
		}
	}
	return true, tx.Emit(added(w.Kind), subject, t.ID, ref)
}

func added(k WatcherKind) string {
	if k == CC {
		return CCAdded
	}
	return WatcherAdded
}

// RemoveWatcher takes a watcher from a ticket; nothing happens when they are not
// there.
func (s *Service) RemoveWatcher(ctx context.Context, by authz.Actor, id, watcherID int64) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := readable(tx.DB, by, id)
		if err != nil {
			return err
		}
		var w Watcher
		err = tx.Where("id = ? AND ticket_id = ?", watcherID, id).Take(&w).Error
		if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && w.Kind == Watching && !by.Can(authz.TicketQueue)) {
			return errWatcherMissing
		}
		if err != nil {
			return fmt.Errorf("read watcher %d: %w", watcherID, err)
		}
		if !canUnwatch(by, t, &w) {
			return errCCDenied
		}
		return removeWatcher(tx, t, w)
	})
}

// Unwatch takes the actor from those who watch a ticket.
func (s *Service) Unwatch(ctx context.Context, by authz.Actor, id int64) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := readable(tx.DB, by, id)
		if err != nil {
			return err
		}
		var w Watcher
		err = tx.Where("ticket_id = ? AND user_id = ?", id, by.ID).Take(&w).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read a watcher of ticket %d: %w", id, err)
		}
		return removeWatcher(tx, t, w)
	})
}

func removeWatcher(tx *event.Tx, t *Ticket, w Watcher) error {
	if err := tx.Where("id = ?", w.ID).Delete(&Watcher{}).Error; err != nil {
		return fmt.Errorf("take watcher %d from ticket %d: %w", w.ID, t.ID, err)
	}
	ref := WatcherRef{WatcherID: w.ID}
	if w.UserID != nil {
		ref.UserID = *w.UserID
		now := slices.DeleteFunc(slices.Clone(t.Watchers), func(id int64) bool { return id == *w.UserID })
		if err := SaveWatchers(tx.DB, t, now); err != nil {
			return err
		}
	}
	eventType := WatcherRemoved
	if w.Kind == CC {
		eventType = CCRemoved
	}
	return tx.Emit(eventType, subject, t.ID, ref)
}

// SaveWatchers writes who watches the ticket, unless somebody else was faster.
func SaveWatchers(tx *gorm.DB, t *Ticket, now db.IDs) error {
	res := tx.Model(&Ticket{}).Where("id = ? AND watchers = ?", t.ID, t.Watchers).UpdateColumn("watchers", now)
	if res.Error != nil {
		return fmt.Errorf("save the watchers of ticket %d: %w", t.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	t.Watchers = now
	return nil
}

// ForgetWatchers deletes the watchers of a ticket that is gone for good.
func ForgetWatchers(tx *event.Tx, e event.Event) error {
	if err := tx.Where("ticket_id = ?", e.SubjectID).Delete(&Watcher{}).Error; err != nil {
		return fmt.Errorf("delete the watchers of ticket %d: %w", e.SubjectID, err)
	}
	return nil
}
