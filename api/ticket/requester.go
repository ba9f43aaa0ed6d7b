package ticket

import (
	"context"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// DefaultReopenWindow is how long a requester may reopen a ticket that is done.
const DefaultReopenWindow = 14 * 24 * time.Hour

var (
	errCloseDenied  = fault.Denied("ticket.close_denied", "Only the requester, IT staff and administrators may close this ticket.")
	errReopenDenied = fault.Denied("ticket.reopen_denied", "Only the requester, IT staff and administrators may reopen this ticket.")
	errReopenLate   = fault.New(fault.Conflict, "ticket.reopen_late", "The time to reopen this ticket is over. Please create a new ticket.")
)

// SetReopenWindow changes how long requesters may reopen their tickets.
func (s *Service) SetReopenWindow(d time.Duration) { s.reopenWindow = d }

// canClose is for ending a ticket oneself.
func canClose(by authz.Actor, t *Ticket) bool {
	return t.Status != Closed && (canWork(by, t) || isRequester(by, t))
}

// canReopen is for taking up a ticket again that is done.
func canReopen(by authz.Actor, t *Ticket, now time.Time, window time.Duration) bool {
	return t.Status.Done() && (canWork(by, t) || (isRequester(by, t) && !t.doneSince(now.Add(-window))))
}

func isRequester(by authz.Actor, t *Ticket) bool { return by.ID != 0 && by.ID == t.CreatedByID }

// doneSince reports whether the ticket has been done since before a time.
func (t *Ticket) doneSince(limit time.Time) bool {
	last := t.ResolvedAt
	if t.ClosedAt != nil && (last == nil || t.ClosedAt.After(*last)) {
		last = t.ClosedAt
	}
	return last != nil && last.Before(limit)
}

// Close ends a ticket, by its requester or by those who work on it; closing it
// again changes nothing.
func (s *Service) Close(ctx context.Context, by authz.Actor, id int64, want etag.Condition) (Full, error) {
	to := Closed
	return s.edit(ctx, by, id, want, Changes{Status: &to}, func(t *Ticket) error {
		if !canWork(by, t) && !isRequester(by, t) {
			return errCloseDenied
		}
		return nil
	})
}

// Reopen takes up a ticket again that is done, with what its requester has to
// say about it; "" says nothing. Reopening what is not done changes nothing.
func (s *Service) Reopen(ctx context.Context, by authz.Actor, id int64, want etag.Condition, content string) (Full, error) {
	var out Full
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := readable(tx.DB, by, id)
		if err != nil {
			return err
		}
		if !canWork(by, t) && !isRequester(by, t) {
			return errReopenDenied
		}
		if t.Status.Done() && !canReopen(by, t, tx.Now, s.reopenWindow) {
			return errReopenLate
		}
		if content != "" {
			if _, err := s.Comment(tx.Ctx, by, id, content); err != nil {
				return err
			}
		}
		if !t.Status.Done() {
			out, err = s.Get(tx.Ctx, by, id)
			return err
		}
		to := Open
		out, err = s.edit(tx.Ctx, by, id, want, Changes{Status: &to}, func(*Ticket) error { return nil })
		return err
	})
	return out, err
}

// ReopenByMail is Reopen for the requester who wrote, where they still may; it
// reports whether it changed anything.
func (s *Service) ReopenByMail(ctx context.Context, by authz.Actor, id int64) (bool, error) {
	t, err := load(s.db.Read(ctx), id)
	if err != nil || !isRequester(by, t) || !canReopen(by, t, s.clock.Now(), s.reopenWindow) {
		return false, err
	}
	_, err = s.Reopen(ctx, by, id, etag.Condition{}, "")
	return err == nil, err
}
