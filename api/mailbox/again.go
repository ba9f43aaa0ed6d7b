package mailbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox/thread"
	"github.com/fixdesk/fixdesk/api/platform/event"
)

// Again handles a message once more that is in no ticket: accepted, whatever it
// was held for.
func (s *Service) Again(ctx context.Context, by authz.Actor, id int64, accepted bool) (Message, error) {
	if !canManage(by) {
		return Message{}, errDenied
	}
	var m Message
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		var err error
		if m, err = message(tx.DB, id); err != nil {
			return err
		}
		switch {
		case m.State == Done:
			return errInTicket
		case m.State == Received && m.NextAt.After(tx.Now) && m.Attempts > 0:
			return errUnderWay
		}
		res := tx.Model(&Message{}).Where("id = ? AND state = ? AND attempts = ?", id, m.State, m.Attempts).
			Updates(map[string]any{"state": Received, "attempts": 1, "next_at": tx.Now.Add(LeaseFor), "version": m.Version + 1})
		if res.Error != nil {
			return fmt.Errorf("take up message %d again: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errUnderWay
		}
		m.State, m.Attempts, m.Version = Received, 1, m.Version+1
		return nil
	})
	if err != nil {
		return m, err
	}
	bounded, stop := context.WithTimeout(context.WithoutCancel(ctx), s.Patience)
	defer stop()
	defer Hold(bounded, func(ctx context.Context) error { return s.renew(ctx, []Message{m}) })()
	if err := s.guarded(bounded, m, accepted); err != nil {
		slog.WarnContext(ctx, "a mail was not handled", "mail_message_id", id, "error", err)
		p := &Plan{Steps: []thread.Step{}}
		p.end(Failed, "error", "%s", reasonOf(err))
		if err := s.bus(context.WithoutCancel(ctx), func(tx *event.Tx) error { return s.settle(tx, &m, p, nil, nil) }); err != nil && !errors.Is(err, errTakenOver) {
			return m, err
		}
	}
	return message(s.DB.Read(ctx), id)
}

// Discard puts a message aside for good; it stays in the log.
func (s *Service) Discard(ctx context.Context, by authz.Actor, id int64) (Message, error) {
	if !canManage(by) {
		return Message{}, errDenied
	}
	var m Message
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		var err error
		if m, err = message(tx.DB, id); err != nil {
			return err
		}
		if m.State == Done {
			return errInTicket
		}
		m.Trace = append(m.Trace, thread.Stepf("discarded", "%s discarded it.", by.Username))
		m.State, m.Reason, m.ReasonText, m.ProcessedAt = Ignored, "discarded", "somebody discarded it", &tx.Now
		res := tx.Model(&Message{}).Where("id = ? AND version = ?", id, m.Version).
			Select("state", "reason", "reason_text", "trace", "processed_at", "version").
			Updates(&Message{State: m.State, Reason: m.Reason, ReasonText: m.ReasonText, Trace: m.Trace, ProcessedAt: m.ProcessedAt, Version: m.Version + 1})
		if res.Error != nil {
			return fmt.Errorf("discard message %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errUnderWay
		}
		m.Version++
		return nil
	})
	return m, err
}

func message(tx *gorm.DB, id int64) (Message, error) {
	var m Message
	err := tx.Take(&m, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return m, errNoMessage
	}
	if err != nil {
		return m, fmt.Errorf("read message %d: %w", id, err)
	}
	return m, nil
}

// Try says what would become of a message, and changes nothing.
func (s *Service) Try(ctx context.Context, by authz.Actor, mailboxID int64, raw []byte, env Envelope) (*Plan, error) {
	if !canManage(by) {
		return nil, errDenied
	}
	box, err := find(s.DB.Read(ctx), mailboxID)
	if err != nil {
		return nil, err
	}
	return s.plan(ctx, s.DB.Read(ctx), box, &Message{MailboxID: mailboxID, EnvelopeTo: env.To, EnvelopeFrom: env.From}, raw, false)
}
