package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/mail"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

const (
	batch       = 20
	workers     = 4
	pollEvery   = 2 * time.Second
	patience    = 2 * time.Minute // for writing a mail
	maxAttempts = 20
	keepSent    = 90 * 24 * time.Hour
)

// Run sends mail until ctx ends.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if err := s.Process(ctx); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "sending mail failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.wake:
		}
	}
}

// Process sends every mail that is due, several at a time.
func (s *Service) Process(ctx context.Context) error {
	for ctx.Err() == nil {
		var due []Mail
		err := s.DB.Read(ctx).Where("state = ? AND next_at <= ?", Pending, s.Clock.Now()).Order("next_at, id").Limit(batch).Find(&due).Error
		if err != nil {
			return fmt.Errorf("look for mail to send: %w", err)
		}
		if len(due) == 0 {
			return nil
		}
		queue := make(chan Mail)
		var running sync.WaitGroup
		for range min(workers, len(due)) {
			running.Go(func() {
				for m := range queue {
					s.handle(context.WithoutCancel(ctx), m)
				}
			})
		}
		for _, m := range due {
			queue <- m
		}
		close(queue)
		running.Wait()
	}
	return nil
}

// claim takes a mail, unless somebody else was faster. It is claimed alone, just
// before it is sent: what dies with a process is one mail for each of its workers.
func (s *Service) claim(ctx context.Context, m *Mail) (bool, error) {
	until := s.Clock.Now().Add(mailbox.LeaseFor)
	var taken bool
	err := s.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		res := tx.Model(&Mail{}).Where("id = ? AND state = ? AND attempts = ?", m.ID, Pending, m.Attempts).
			Updates(map[string]any{"attempts": m.Attempts + 1, "next_at": until})
		taken = res.RowsAffected == 1
		return res.Error
	})
	m.Attempts, m.NextAt = m.Attempts+1, until
	return taken, err
}

func (s *Service) handle(ctx context.Context, m Mail) {
	taken, err := s.claim(ctx, &m)
	if err == nil && taken {
		err = s.send(ctx, m)
	}
	if err != nil {
		slog.ErrorContext(ctx, "a mail was not sent", "mail_id", m.ID, "error", err)
	}
}

// send makes one attempt and writes down what came of it. While a server takes its
// time, the lease is renewed.
func (s *Service) send(ctx context.Context, m Mail) error {
	release := mailbox.Hold(ctx, func(ctx context.Context) error {
		return s.DB.Writer(ctx).Model(&Mail{}).Where("id = ? AND state = ? AND attempts = ?", m.ID, Pending, m.Attempts).
			UpdateColumn("next_at", s.Clock.Now().Add(mailbox.LeaseFor)).Error
	})
	writing, stop := context.WithTimeout(ctx, patience)
	msg, end, why, err := s.write(writing, m)
	stop()
	if err == nil && end == "" {
		err = s.Sender.Send(ctx, msg)
	}
	release()
	if err == nil && end != "" {
		return s.settle(ctx, m, map[string]any{"state": end, "reason": why})
	}
	return s.after(ctx, m, err)
}

// pause is how long a mail waits after its nth failure.
func pause(n int) time.Duration { return min(15*time.Second<<min(n-1, 12), 2*time.Hour) }

func (s *Service) after(ctx context.Context, m Mail, err error) error {
	switch {
	case err == nil:
		// One statement: should the program die before it is carried out, the mail
		// is sent twice.
		now := s.Clock.Now()
		res := s.DB.Writer(ctx).Model(&Mail{}).Where("id = ? AND state = ? AND attempts = ?", m.ID, Pending, m.Attempts).
			Updates(map[string]any{"state": Sent, "reason": "", "last_error": "", "finished_at": now, "version": m.Version + 1})
		if res.Error == nil {
			return nil
		}
		return s.settle(ctx, m, map[string]any{"state": Sent, "reason": "", "last_error": ""})
	case mail.Permanent(err):
		return s.settle(ctx, m, map[string]any{"state": Dead, "reason": "refused", "last_error": db.Cut(err.Error(), 500)})
	case m.Attempts >= maxAttempts:
		return s.settle(ctx, m, map[string]any{"state": Dead, "reason": "attempts", "last_error": db.Cut(err.Error(), 500)})
	}
	slog.WarnContext(ctx, "a mail was not taken", "mail_id", m.ID, "attempt", m.Attempts, "error", err)
	return s.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		return tx.Model(&Mail{}).Where("id = ? AND state = ? AND attempts = ?", m.ID, Pending, m.Attempts).
			Updates(map[string]any{"next_at": s.Clock.Now().Add(pause(m.Attempts)), "last_error": db.Cut(err.Error(), 500)}).Error
	})
}

func (s *Service) settle(ctx context.Context, m Mail, to map[string]any) error {
	return s.Bus.Do(ctx, system, func(tx *event.Tx) error {
		to["finished_at"], to["version"] = tx.Now, m.Version+1
		res := tx.Model(&Mail{}).Where("id = ? AND state = ? AND attempts = ?", m.ID, Pending, m.Attempts).Updates(to)
		if res.Error != nil || res.RowsAffected != 1 {
			return res.Error
		}
		if to["reason"] == "refused" {
			if text, ok := to["last_error"].(string); ok {
				return failed(tx, m.ToAddress, true, "5", text)
			}
		}
		return nil
	})
}

// maxFiles is how many bytes of files go with a mail; more is left to the desk.
const maxFiles = 10 << 20

// write makes the message as things are now; or says that there is none to send.
func (s *Service) write(ctx context.Context, m Mail) (msg mail.Message, end State, why string, err error) {
	tx := s.DB.Read(ctx)
	var t ticket.Ticket
	err = tx.Take(&t, m.TicketID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return msg, Cancelled, "ticket_gone", nil
	}
	if err != nil {
		return msg, "", "", fmt.Errorf("read ticket %d: %w", m.TicketID, err)
	}
	to, ok, err := s.entitled(tx, m, &t)
	if err != nil || !ok {
		return msg, Cancelled, "not_concerned", err
	}
	dead, err := s.Bounces(tx, m.ToAddress)
	if err != nil {
		return msg, "", "", err
	}
	if dead {
		return msg, Suppressed, "bounces", nil
	}
	d := s.deskValues()
	var box *mailbox.Mailbox
	if m.MailboxID != nil {
		var b mailbox.Mailbox
		if err := tx.Take(&b, *m.MailboxID).Error; err != nil {
			return msg, "", "", fmt.Errorf("read a mailbox: %w", err)
		}
		box = &b
	}
	lang := "en"
	if box != nil {
		lang = box.Language
		if box.SenderName != "" {
			d["desk.name"] = box.SenderName
		}
	}
	if to.Language != "" {
		lang = to.Language
	}
	ticketValues(d, &t, lang, s.Public)
	d["person.name"] = nameOf(to)
	html := ""
	if m.CommentID != nil {
		var c ticket.Comment
		err := tx.Take(&c, *m.CommentID).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return msg, Cancelled, "comment_gone", nil
		}
		if err != nil {
			return msg, "", "", fmt.Errorf("read a comment: %w", err)
		}
		author, err := user.Cards(tx, c.AuthorID)
		if err != nil {
			return msg, "", "", err
		}
		d["author.name"] = author[c.AuthorID].Name()
		d["comment.text"] = plainText(c.Content)
		html = commentHTML(c.Content)
		if s.Files != nil {
			files, err := s.Files(ctx, c.ID)
			if err != nil {
				return msg, "", "", err
			}
			size := 0
			for _, f := range files {
				if size += len(f.Content); size > maxFiles {
					break
				}
				msg.Files = append(msg.Files, f)
			}
		}
	}
	box2 := int64(0)
	if box != nil {
		box2 = box.ID
		d["reply.line"] = replyLine(lang)
	}
	cc := m.UserID == nil || *m.UserID != t.CreatedByID
	if cc {
		d["leave.line"] = leaveLine(lang, s.unsubscribeLink(m.TicketID, m.ToAddress))
	}
	tpl, err := s.template(tx, box2, m.Kind, lang)
	if err != nil {
		return msg, "", "", err
	}
	msg.Subject, msg.Text, msg.HTML = tpl.fill(d, html)
	s.address(&msg, m, box, to, cc)
	return msg, "", "", nil
}

// address fills in the way of a message: from whom, to whom, and what it answers.
func (s *Service) address(msg *mail.Message, m Mail, box *mailbox.Mailbox, to user.User, cc bool) {
	msg.ID, msg.To, msg.ToName, msg.Date = m.MessageID, m.ToAddress, nameOf(to), m.CreatedAt
	msg.From, msg.FromName = s.From, "Fixdesk"
	if box != nil {
		msg.From, msg.FromName = box.Address, box.SenderName
		if msg.FromName == "" {
			msg.FromName = box.Name
		}
		msg.ReplyTo = box.Address
		if box.PlusAddress {
			msg.ReplyTo = s.Signer.ReplyAddress(box.Address, m.TicketID, m.ToAddress)
		}
	}
	msg.References = []string{s.Signer.RootID(domainOf(msg.From), m.TicketID)}
	if m.Answers != "" {
		msg.References = append(msg.References, m.Answers)
	}
	msg.Headers = map[string]string{"X-Fixdesk-Desk": s.Signer.Desk(), "X-Auto-Response-Suppress": "OOF, AutoReply"}
	switch m.Kind {
	case Replied:
		msg.ByPerson = true
	case Acknowledged:
		msg.Headers["Auto-Submitted"] = "auto-replied"
	case Opened, Finished:
	}
	if cc {
		link := s.unsubscribeLink(m.TicketID, m.ToAddress)
		msg.Headers["List-Unsubscribe"] = "<" + link + ">"
		msg.Headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
	}
}

// entitled returns whom a mail is to, if they may still know of it.
func (s *Service) entitled(tx *gorm.DB, m Mail, t *ticket.Ticket) (user.User, bool, error) {
	var u user.User
	var err error
	if m.UserID == nil {
		var n int64
		err = tx.Model(&ticket.Watcher{}).Where("ticket_id = ? AND address = ?", t.ID, user.Key(m.ToAddress)).Count(&n).Error
		if err != nil || n > 0 {
			return user.User{Email: m.ToAddress}, n > 0, err
		}
		u, err = user.ByEmail(tx, m.ToAddress) // who may have taken its place in CC since
	} else {
		u, err = user.Find(tx, *m.UserID)
	}
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return u, false, nil
	}
	if err != nil {
		return u, false, fmt.Errorf("read whom a mail is to: %w", err)
	}
	by, err := team.Join(tx, u.Person(s.Options))
	if err != nil {
		return u, false, err
	}
	concerned := t.CreatedByID == u.ID || slices.Contains(t.Watchers, u.ID)
	return u, u.IsActive && u.AnonymisedAt == nil && concerned && ticket.CanRead(by, t), nil
}

func nameOf(u user.User) string {
	for _, n := range []string{u.FullName, strings.TrimSpace(u.FirstName + " " + u.LastName), u.Username} {
		if n != "" {
			return n
		}
	}
	name, _, _ := strings.Cut(u.Email, "@")
	return name
}

// Retry sends a mail again that was given up or held back.
func (s *Service) Retry(ctx context.Context, by authz.Actor, id int64) (Mail, error) {
	var m Mail
	if !canManage(by) {
		return m, errDenied
	}
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		m = Mail{}
		err := tx.Take(&m, id).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return errMissing
		}
		if err != nil {
			return fmt.Errorf("read mail %d: %w", id, err)
		}
		if m.State == Pending {
			return errPending
		}
		res := tx.Model(&Mail{}).Where("id = ? AND version = ?", id, m.Version).
			Updates(map[string]any{"state": Pending, "attempts": 0, "next_at": tx.Now, "finished_at": nil, "bounced_at": nil, "delayed_at": nil, "bounce_status": "", "version": m.Version + 1})
		if res.Error != nil {
			return fmt.Errorf("send mail %d again: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errPending
		}
		m.State, m.Attempts, m.NextAt, m.FinishedAt, m.BouncedAt, m.DelayedAt, m.BounceStatus, m.Version = Pending, 0, tx.Now, nil, nil, nil, "", m.Version+1
		return nil
	})
	if err == nil {
		s.Wake(event.Event{})
	}
	return m, err
}

// Prune forgets old mail that is done with.
func (s *Service) Prune(ctx context.Context) error {
	for {
		var ids []int64
		err := s.DB.Read(ctx).Model(&Mail{}).Where("state <> ? AND created_at < ?", Pending, s.Clock.Now().Add(-keepSent)).
			Order("created_at").Limit(500).Pluck("id", &ids).Error
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := s.DB.Writer(ctx).Where("id IN ?", ids).Delete(&Mail{}).Error; err != nil {
			return fmt.Errorf("prune mail: %w", err)
		}
	}
}
