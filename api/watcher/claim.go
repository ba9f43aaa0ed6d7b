package watcher

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
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// ClaimJob is the kind of job that makes of an address in CC the account that has come to have it.
// Its payload is the event.Ref of what happened to the account, to a ticket that is back, or to an
// address that was put in CC; with none, all addresses in CC are looked at.
const ClaimJob = "watcher.claim"

// later is how long after an address was put in CC it is looked at again. A transaction that makes
// an account of it at that moment does not see it in CC, as it is not seen from there; no request
// works for as long as this.
const later = time.Minute

var system = authz.System("watcher")

// Claim asks for ClaimJob where an event may have made an address in CC somebody's: most make none.
func Claim(tx *event.Tx, e event.Event) error {
	rows, ok, err := concerned(tx.DB, e)
	if err != nil || !ok {
		return err
	}
	var some []int64
	if err := rows.Limit(1).Pluck("id", &some).Error; err != nil {
		return fmt.Errorf("look for addresses in CC: %w", err)
	}
	if len(some) == 0 {
		return nil
	}
	n := job.New{Kind: ClaimJob, Payload: event.Ref{EventID: e.ID}}
	if e.Type == ticket.CCAdded {
		n.RunAt = tx.Now.Add(later)
	}
	return tx.Enqueue(n)
}

// RunClaim handles ClaimJob.
func (s *Service) RunClaim(ctx context.Context, j job.Job) error {
	var ref event.Ref
	if err := j.Decode(&ref); err != nil {
		return err
	}
	tx := s.db.Read(ctx)
	rows := byAddress(tx)
	if ref.EventID != 0 {
		e, err := s.bus.Cause(ctx, j)
		if err != nil {
			return err
		}
		of, ok, err := concerned(tx, e)
		if err != nil || !ok {
			return err
		}
		rows = of
	}
	var ids []int64
	if err := rows.Order("id").Pluck("id", &ids).Error; err != nil {
		return fmt.Errorf("list the addresses in CC: %w", err)
	}
	for _, id := range ids {
		if err := s.claim(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func byAddress(tx *gorm.DB) *gorm.DB {
	return tx.Model(&ticket.Watcher{}).Where("address IS NOT NULL")
}

// concerned returns which addresses in CC may have become somebody's by an event; false for none.
func concerned(tx *gorm.DB, e event.Event) (*gorm.DB, bool, error) {
	if e.Type == ticket.CCAdded {
		var ref ticket.WatcherRef
		if err := e.Decode(&ref); err != nil || ref.UserID != 0 {
			return nil, false, err
		}
		return byAddress(tx).Where("id = ?", ref.WatcherID), true, nil
	}
	if e.SubjectType == ticket.Subject {
		return byAddress(tx).Where("ticket_id = ?", e.SubjectID), true, nil
	}
	ids := []int64{e.SubjectID}
	switch e.Type {
	case user.Updated:
		var f user.Fields
		if err := e.Decode(&f); err != nil || !slices.Contains(f.Changed, "email") {
			return nil, false, err
		}
	case user.Imported:
		var list user.ImportedAccounts
		if err := e.Decode(&list); err != nil {
			return nil, false, err
		}
		ids = list.UserIDs
	}
	var addresses []string
	if err := tx.Model(&user.User{}).Where("id IN ?", ids).Pluck("email_key", &addresses).Error; err != nil {
		return nil, false, fmt.Errorf("read the addresses of accounts: %w", err)
	}
	return byAddress(tx).Where("address IN ?", addresses), len(addresses) > 0, nil
}

// claim makes of an address in CC the account with it. As where somebody is put in CC, an account
// counts only when its address was proven to be its owner's: being in CC lets one see the ticket.
func (s *Service) claim(ctx context.Context, id int64) error {
	return s.bus.Do(ctx, system, func(tx *event.Tx) error {
		var w ticket.Watcher
		err := tx.Where("id = ? AND address IS NOT NULL", id).Take(&w).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read watcher %d: %w", id, err)
		}
		u, err := user.ByEmail(tx.DB, *w.Address)
		if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.CanSignIn()) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read whose address is in CC: %w", err)
		}
		there, err := ticket.Sights(tx.DB, []int64{w.TicketID})
		if err != nil {
			return err
		}
		t := there[w.TicketID]
		switch {
		case t == nil:
			return nil // deleted; it is looked at again when it comes back
		case u.ID == t.CreatedByID, slices.Contains(t.Watchers, u.ID):
			return ticket.Part(tx, t, []int64{w.ID})
		}
		// The row stays the same one: a merge remembers whom it brought along by their rows.
		res := tx.Model(&ticket.Watcher{}).Where("id = ? AND address = ?", w.ID, *w.Address).Updates(map[string]any{"user_id": u.ID, "address": nil})
		if errors.Is(res.Error, gorm.ErrDuplicatedKey) || (res.Error == nil && res.RowsAffected != 1) {
			return db.ErrLostRace
		}
		if res.Error != nil {
			return fmt.Errorf("put account %d in CC of ticket %d: %w", u.ID, t.ID, res.Error)
		}
		err = ticket.SaveWatchers(tx.DB, t, append(slices.Clone(t.Watchers), u.ID))
		if fault.Is(err, fault.Conflict) {
			return db.ErrLostRace
		}
		if err != nil {
			return err
		}
		return tx.Emit(ticket.CCAdded, ticket.Subject, t.ID, ticket.WatcherRef{WatcherID: w.ID, UserID: u.ID})
	})
}
