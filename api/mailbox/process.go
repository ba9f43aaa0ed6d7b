package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox/parse"
	"github.com/fixdesk/fixdesk/api/mailbox/thread"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/channel"
	"github.com/fixdesk/fixdesk/api/user"
)

const (
	batch       = 20
	workers     = 4
	lookAhead   = 200
	maxAttempts = 5
	pollEvery   = 2 * time.Second
)

// How long one message may take: the first time, when others wait beside it, and
// when it is tried again alone. Then it is given a third more to end by itself.
const (
	FirstPatience = 10 * time.Second
	Patience      = 30 * time.Second
)

// Run handles messages until ctx ends.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if err := s.Process(ctx); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "handling mail failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.wake:
		}
	}
}

// Process handles every message that is due: new ones several at a time; those
// with which somebody did not get to the end before, each alone. Then a message
// that kills the program takes no other one along, and is the only one that is
// blamed for it. Between two of those the new ones have their turn, so that many
// that cannot be handled do not hold them up.
func (s *Service) Process(ctx context.Context) error {
	for ctx.Err() == nil {
		fresh, again, err := s.due(ctx)
		if err != nil {
			return err
		}
		if len(fresh)+len(again) == 0 {
			return nil
		}
		if err := s.handleAll(ctx, fresh, workers); err != nil {
			return err
		}
		if err := s.handleAll(ctx, again, 1); err != nil {
			return err
		}
	}
	return nil
}

// due returns what is handled next: a batch of new messages, and one of those that
// were tried before.
func (s *Service) due(ctx context.Context) (fresh, again []Message, err error) {
	var waiting, found []Message
	err = s.DB.Read(ctx).Select("id", "attempts").Where("state = ? AND next_at <= ?", Received, s.Clock.Now()).
		Order("next_at, id").Limit(lookAhead).Find(&waiting).Error
	if err != nil {
		return nil, nil, fmt.Errorf("look for messages: %w", err)
	}
	var ids []int64
	tried, untried := 0, 0
	for _, m := range waiting {
		switch {
		case m.Attempts == 0 && untried < batch:
			untried++
		case m.Attempts > 0 && tried < 1:
			tried++
		default:
			continue
		}
		ids = append(ids, m.ID)
	}
	if len(ids) == 0 {
		return nil, nil, nil
	}
	if err := s.DB.Read(ctx).Where("id IN ? AND state = ?", ids, Received).Order("next_at, id").Find(&found).Error; err != nil {
		return nil, nil, fmt.Errorf("read messages: %w", err)
	}
	for _, m := range found {
		if m.Attempts == 0 {
			fresh = append(fresh, m)
		} else {
			again = append(again, m)
		}
	}
	return fresh, again, nil
}

// handleAll claims messages and handles those that nobody else has.
func (s *Service) handleAll(ctx context.Context, due []Message, workers int) error {
	if len(due) == 0 || ctx.Err() != nil {
		return nil
	}
	mine, err := s.claim(ctx, due)
	if err != nil || len(mine) == 0 {
		return err
	}
	hand := newHand(mine)
	defer Hold(context.WithoutCancel(ctx), func(ctx context.Context) error { return s.renew(ctx, hand.left()) })()
	queue := make(chan Message, len(mine))
	for _, m := range mine {
		queue <- m
	}
	close(queue)
	var running sync.WaitGroup
	for range min(workers, len(mine)) {
		running.Go(func() {
			for m := range queue {
				// A message under way may be finished when the program stops.
				s.handle(context.WithoutCancel(ctx), m, func() { hand.put(m.ID) })
			}
		})
	}
	running.Wait()
	return nil
}

// hand is what a process has claimed and not finished.
type hand struct {
	mu   sync.Mutex
	held map[int64]Message
}

func newHand(all []Message) *hand {
	h := &hand{held: make(map[int64]Message, len(all))}
	for _, m := range all {
		h.held[m.ID] = m
	}
	return h
}

func (h *hand) put(id int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.held, id)
}

func (h *hand) left() []Message {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Values(h.held))
}

// renew keeps messages under the lease.
func (s *Service) renew(ctx context.Context, held []Message) error {
	until := s.Clock.Now().Add(LeaseFor)
	for _, m := range held {
		err := s.DB.Writer(ctx).Model(&Message{}).Where("id = ? AND state = ? AND attempts = ?", m.ID, Received, m.Attempts).
			UpdateColumn("next_at", until).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// claim takes messages that are due, all that have the same number of attempts.
// Counting the attempt before it is made is what ends the life of a message that
// kills the program.
func (s *Service) claim(ctx context.Context, due []Message) ([]Message, error) {
	until := s.Clock.Now().Add(LeaseFor)
	var mine []Message
	err := s.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		mine = mine[:0]
		for _, m := range due {
			res := tx.Model(&Message{}).Where("id = ? AND state = ? AND attempts = ?", m.ID, Received, m.Attempts).
				Updates(map[string]any{"attempts": m.Attempts + 1, "next_at": until})
			if res.Error != nil {
				return res.Error
			}
			if res.RowsAffected == 1 {
				m.Attempts, m.NextAt = m.Attempts+1, until
				mine = append(mine, m)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim messages: %w", err)
	}
	return mine, nil
}

// errTakenOver says that somebody else has handled the message meanwhile.
var errTakenOver = errors.New("somebody else has handled it")

// handle does one message, and puts it aside when it cannot be done.
func (s *Service) handle(ctx context.Context, m Message, done func()) {
	defer done()
	limit := s.Patience
	if m.Attempts <= 1 {
		limit = s.FirstPatience
	}
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	var err error
	if m.Attempts > maxAttempts {
		err = fault.New(fault.Invalid, "mail_message.attempts", "It was tried %d times, and the program did not get to its end.", m.Attempts-1)
	} else {
		err = s.bounded(ctx, m, limit/3)
	}
	if err == nil || errors.Is(err, errTakenOver) {
		return
	}
	done() // the lease is renewed no more: the message waits for its next attempt
	ctx = context.WithoutCancel(ctx)
	again := !permanent(err) && m.Attempts < maxAttempts && (m.Attempts < 2 || !errors.Is(err, errHangs))
	slog.WarnContext(ctx, "a mail was not handled", "mail_message_id", m.ID, "attempt", m.Attempts, "again", again, "error", err)
	if again {
		err = s.DB.Writer(ctx).Model(&Message{}).Where("id = ? AND state = ? AND attempts = ?", m.ID, Received, m.Attempts).
			Update("next_at", s.Clock.Now().Add(5*time.Second<<min(m.Attempts, 4))).Error
	} else {
		p := &Plan{Steps: []thread.Step{}}
		p.end(Failed, "error", "%s", reasonOf(err))
		err = s.bus(ctx, func(tx *event.Tx) error { return s.settle(tx, &m, p, nil, nil) })
	}
	if err != nil && !errors.Is(err, errTakenOver) {
		slog.ErrorContext(ctx, "putting a mail aside failed", "mail_message_id", m.ID, "error", err)
	}
}

func (s *Service) bus(ctx context.Context, fn func(*event.Tx) error) error {
	return s.Bus.Do(ctx, system, fn)
}

// permanent reports whether trying again is in vain.
func permanent(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind != fault.Unavailable && f.Kind != fault.Internal && f.Kind != fault.Conflict
}

// reasonOf is what people are told of an error.
func reasonOf(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return "An error of the program; the log says more."
	}
	text := f.Detail
	for _, list := range f.Fields {
		text += " " + strings.Join(list, " ")
	}
	return db.Cut(text, 900)
}

// errHangs says that the program did not come back from a message.
var errHangs = fault.New(fault.Unavailable, "mail_message.hangs", "Handling it did not come to an end.")

// bounded handles a message and waits no longer for it than its context and a
// little more. What has not come back by then goes on without anybody who waits;
// the attempts that were counted keep it from settling the message.
func (s *Service) bounded(ctx context.Context, m Message, more time.Duration) error {
	ended := make(chan error, 1)
	go func() { ended <- s.guarded(ctx, m, false) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(more):
		return errHangs
	}
}

func (s *Service) guarded(ctx context.Context, m Message, accepted bool) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return s.process(ctx, m, accepted)
}

// process handles one claimed message.
func (s *Service) process(ctx context.Context, m Message, accepted bool) error {
	raw, err := s.raw(ctx, &m)
	if err != nil {
		return err
	}
	box, err := find(s.DB.Read(ctx), m.MailboxID)
	if err != nil {
		return err
	}
	p, err := s.plan(ctx, s.DB.Read(ctx), box, &m, raw, accepted)
	if err != nil {
		return err
	}
	if p.State != Done {
		return s.bus(ctx, func(tx *event.Tx) error {
			if p.bounce != nil {
				if err := tx.Emit(Bounced, MessageSubject, m.ID, p.bounce); err != nil {
					return err
				}
			}
			return s.settle(tx, &m, p, ticketOf(p), nil)
		})
	}
	// What only makes ready comes first, in transactions of its own: an account
	// without a ticket, or files that nobody sent, do no harm.
	if p.Sender == nil {
		u, err := s.Users.Guest(ctx, system, user.Draft{Email: p.From.Address, FullName: p.From.Name, Language: box.Language})
		if err != nil {
			return err
		}
		p.Sender = &u
		p.say("sender.created", "An account without a password was made for %s.", p.From.Address)
	}
	by, err := team.Join(s.DB.Read(ctx), p.Sender.Person(s.Options))
	if err != nil {
		return err
	}
	files := s.upload(ctx, by, p)
	origin := &Origin{Message: m.ID, Mailbox: box.ID, MessageID: m.MessageID, Subject: p.Mail.Subject, NoAnswer: p.Mail.NoAnswer,
		Automatic: p.Mail.NoAnswer != ""}
	if !box.Acknowledge && origin.NoAnswer == "" {
		origin.NoAnswer = "the mailbox sends no acknowledgements"
	}
	steps := p.Steps
	return s.Bus.Do(withOrigin(ctx, origin), by, func(tx *event.Tx) error {
		p.Steps = append([]thread.Step(nil), steps...)
		ticketID, commentID, err := s.write(tx, by, box, p, files)
		if err != nil {
			return err
		}
		return s.settle(tx, &m, p, &ticketID, commentID)
	})
}

func ticketOf(p *Plan) *int64 {
	if p.Ticket == 0 {
		return nil
	}
	return &p.Ticket
}

// settle writes what became of a message, unless somebody else has: then all that
// the transaction did is undone.
func (s *Service) settle(tx *event.Tx, m *Message, p *Plan, ticketID, commentID *int64) error {
	values := Message{
		State: p.State, Reason: p.Reason, ReasonText: db.Cut(p.ReasonText, 1000), Trace: p.Steps,
		TicketID: ticketID, CommentID: commentID, ProcessedAt: &tx.Now, Version: m.Version + 1,
	}
	if p.Mail != nil {
		values.Auto = string(p.Mail.Auto)
	}
	res := tx.Model(&Message{}).Where("id = ? AND state = ? AND attempts = ?", m.ID, Received, m.Attempts).
		Select("state", "reason", "reason_text", "trace", "ticket_id", "comment_id", "processed_at", "version", "auto").Updates(&values)
	if res.Error != nil {
		return fmt.Errorf("note what became of message %d: %w", m.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errTakenOver
	}
	return nil
}

// files are the uploads of a message.
type files struct {
	ids  []int64
	cids map[string]string // Content-ID → Markdown
	lost []string
}

// upload keeps the files of a message as uploads of its sender's.
func (s *Service) upload(ctx context.Context, by authz.Actor, p *Plan) files {
	out := files{cids: map[string]string{}}
	for _, f := range p.Mail.Files {
		if len(out.ids) == attachment.MaxCount {
			out.lost = append(out.lost, f.Name+" (there may be at most "+fmt.Sprint(attachment.MaxCount)+")")
			continue
		}
		a, err := s.Files.Upload(ctx, by, f.Name, bytes.NewReader(f.Content))
		if err != nil {
			out.lost = append(out.lost, f.Name+" ("+reasonOf(err)+")")
			continue
		}
		out.ids = append(out.ids, a.ID)
		if f.ContentID != "" && f.Inline && strings.HasPrefix(f.MediaType, "image/") {
			out.cids["cid:"+f.ContentID] = fmt.Sprintf("![%s](attachment:%d)", markdownName.ReplaceAllString(f.Name, "_"), a.ID)
		}
	}
	for _, l := range out.lost {
		p.say("file_lost", "A file was not kept as an attachment: %s. It is in the message as it came.", l)
	}
	return out
}

var (
	markdownName = regexp.MustCompile(`[\[\]()\\!<>*_` + "`" + `]`)
	cidMark      = regexp.MustCompile(`\[(cid:[^\]\s]{1,300})\]`)
)

// maxContent is how much of a text goes into a ticket or a comment, in bytes.
const maxContent = 100_000

func (f files) content(text string) string {
	text = cidMark.ReplaceAllStringFunc(text, func(m string) string { return f.cids[m[1:len(m)-1]] })
	if len(text) > maxContent {
		text = strings.ToValidUTF8(text[:maxContent], "") + "\n\n… (shortened; the message as it came holds the rest)"
	}
	text = strings.TrimSpace(text)
	if text == "" {
		text = "(no text)"
	}
	for _, l := range f.lost {
		text += "\n\n(not attached: " + l + ")"
	}
	return text
}

// write makes a ticket or a comment of a message.
func (s *Service) write(tx *event.Tx, by authz.Actor, box Mailbox, p *Plan, f files) (int64, *int64, error) {
	mail := p.Mail
	if p.Ticket == 0 {
		text := mail.New
		if mail.Quoted != "" {
			text += "\n\n" + mail.Quoted
		}
		t, err := s.Tickets.Open(tx.Ctx, by, ticket.Draft{Channel: channel.Of(channel.Mail), Title: title(mail), Description: f.content(protected(mail) + text), Attachments: f.ids})
		if err != nil {
			return 0, nil, err
		}
		p.say("ticket.opened", "Ticket %d was opened.", t.ID)
		return t.ID, nil, s.sort(tx, box, p, t.ID)
	}
	c, err := s.Tickets.CommentByMail(tx.Ctx, by, p.Ticket, f.content(protected(mail)+mail.New), f.ids...)
	if err != nil {
		return 0, nil, err
	}
	p.Ticket = c.TicketID // where it was merged into, if it was
	p.say("comment.added", "A comment was added to ticket %d.", p.Ticket)
	if !p.Stranger && mail.Auto == parse.Human {
		reopened, err := s.Tickets.ReopenByMail(tx.Ctx, by, p.Ticket)
		if err != nil {
			return 0, nil, err
		}
		if reopened {
			p.say("ticket.reopened", "The ticket was reopened, because its requester wrote.")
		}
	}
	return p.Ticket, &c.ID, nil
}

// protected says what cannot be read.
func protected(mail *parse.Message) string {
	switch mail.Crypto {
	case parse.SMIMEEncrypted:
		return "*This message is encrypted (S/MIME). It can be read with its attachment only.*\n\n"
	case parse.PGPEncrypted:
		return "*This message is encrypted (OpenPGP).*\n\n"
	case parse.Plain, parse.PGPSigned, parse.SMIMESigned:
	}
	return ""
}

// sort puts a new ticket where the mailbox says.
func (s *Service) sort(tx *event.Tx, box Mailbox, p *Plan, id int64) error {
	if box.CategoryID != nil {
		_, err := s.Tickets.Update(tx.Ctx, system, id, etag.Condition{}, ticket.Changes{Facets: ticket.Facets{SetCategory: true, CategoryID: box.CategoryID}})
		if err := p.unless(err, "category"); err != nil {
			return err
		}
	}
	if box.TeamID != nil {
		_, err := s.Tickets.Update(tx.Ctx, system, id, etag.Condition{}, ticket.Changes{Move: true, TeamID: box.TeamID})
		if err := p.unless(err, "team"); err != nil {
			return err
		}
	}
	return nil
}

// unless lets a refusal pass: a category or a team that was given up since must
// lose no mail.
func (p *Plan) unless(err error, what string) error {
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) {
		p.say("mailbox."+what, "The %s of the mailbox cannot be used any more.", what)
		return nil
	}
	return err
}
