package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/mailbox/parse"
	"github.com/fixdesk/fixdesk/api/mailbox/thread"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Plan is what is to become of a message. Making one changes nothing.
type Plan struct {
	State      State // Done, Ignored, Held or Failed
	Reason     string
	ReasonText string
	Ticket     int64 // 0 for a new one
	Steps      []thread.Step
	Mail       *parse.Message // nil when it cannot be read
	Sender     *user.User     // nil when there is no account with the address
	From       parse.Address
	Stranger   bool
	// Limit is a longer name for "because of the many that came before".
	bounce *Report
}

func (p *Plan) say(code, format string, args ...any) {
	p.Steps = append(p.Steps, thread.Stepf(code, format, args...))
}

// end says what becomes of the message.
func (p *Plan) end(state State, reason, format string, args ...any) *Plan {
	p.State, p.Reason, p.ReasonText = state, reason, fmt.Sprintf(format, args...)
	p.say(string(state)+"."+reason, "%s: %s", map[State]string{Ignored: "Ignored", Held: "Held", Failed: "Not handled"}[state], p.ReasonText)
	return p
}

// maxHops is how many servers a message may have passed (RFC 5321, 6.3).
const maxHops = 100

// plan decides about a message. accepted says that somebody looked and let it in.
func (s *Service) plan(ctx context.Context, tx *gorm.DB, box Mailbox, m *Message, raw []byte, accepted bool) (*Plan, error) {
	p := &Plan{State: Done, Steps: []thread.Step{}}
	mail, err := parse.Parse(raw)
	if err != nil {
		return p.end(Failed, "unreadable", "The message cannot be read: %s.", err), nil
	}
	p.Mail = mail
	p.say("read", "Read: %d bytes, %d files.", len(raw), len(mail.Files))
	if mail.Dropped > 0 {
		p.say("files_dropped", "It has %d files more than are looked at.", mail.Dropped)
	}
	if c := mail.Crypto; c != "" {
		p.say("crypto", "It is protected: %s.", c)
	}
	for _, f := range mail.Faults {
		p.say("fault", "Something is wrong with it: %s.", f)
	}
	if why, mine := s.ownLoop(box, mail); mine {
		return p.end(Ignored, "loop", "the desk sent it itself (%s)", why), nil
	}
	if mail.Hops > maxHops && !accepted {
		return p.end(Held, "loop", "it passed %d servers, so it may go round in circles", mail.Hops), nil
	}
	if mail.Bounce != nil {
		return s.planBounce(ctx, tx, p, m, mail)
	}
	author := mail.Author()
	switch {
	case len(mail.From) == 0:
		return p.end(Held, "no_sender", "it does not say from whom it is"), nil
	case author == nil && accepted:
		author = &mail.From[0]
		p.say("first_sender", "It says that it is from %d people: somebody let it in as from %s, the first of them.", len(mail.From), author.Address)
	case author == nil:
		return p.end(Held, "two_senders", "it says that it is from %d people, and not who of them sent it", len(mail.From)), nil
	}
	p.From = *author
	if problem := user.EmailRule(author.Address); problem != "" {
		return p.end(Held, "bad_sender", "its sender has no usable address: %s", author.Address), nil
	}
	if err := s.account(tx, p); err != nil {
		return nil, err
	}
	d, err := s.decide(ctx, tx, box, p, m, mail)
	if err != nil {
		return nil, err
	}
	p.Ticket, p.Stranger = d.Ticket, d.Stranger
	if mail.Auto == parse.Replied {
		p.Steps = append(p.Steps, d.Steps...)
		return p.end(Ignored, "auto_reply", "auto-reply because of %s", mail.AutoWhy), nil
	}
	if mail.Auto == parse.Generated {
		p.say("auto", "A program wrote it (%s): it is never answered.", mail.AutoWhy)
	}
	if mail.List != "" {
		p.say("list", "It came by a mailing list (%s): it is never answered.", mail.List)
	}
	switch {
	case mail.NoReply:
		p.say("no_reply", "Nobody reads what is sent to its sender: it is never answered.")
	case mail.NoAnswer != "" && mail.Auto == "" && mail.List == "":
		p.say("no_answer", "It asks for no automatic answer (%s).", mail.NoAnswer)
	}
	if accepted {
		p.say("accepted", "Somebody looked at it and let it in.")
	} else if done, err := s.hold(tx, box, p, m, mail, d); done || err != nil {
		return p, err
	}
	p.Steps = append(p.Steps, d.Steps...)
	if accepted && d.Hold != "" {
		p.Stranger = true // the text is shown; nobody speaks for the staff by it
	}
	if u := p.Sender; u != nil && (!u.IsActive || u.AnonymisedAt != nil) {
		return p.end(Held, "sender_inactive", "the account of %s is not active", author.Address), nil
	}
	if n := len(mail.CC) + len(mail.To); n > 1 {
		p.say("others", "It also went to others: mail gives nobody the right to see a ticket.")
	}
	return p, nil
}

// ownLoop reports whether the desk wrote the message itself.
func (s *Service) ownLoop(box Mailbox, mail *parse.Message) (string, bool) {
	if mail.Header.Get("X-Fixdesk-Desk") == s.Signer.Desk() {
		return "X-Fixdesk-Desk", true
	}
	if _, ok := s.Signer.ReadMessageID(mail.MessageID); ok {
		return "its Message-ID", true
	}
	if a := mail.Author(); a != nil && thread.Plain(a.Address) == box.AddressKey {
		return "it is from the mailbox's own address", true
	}
	return "", false
}

func (s *Service) planBounce(ctx context.Context, tx *gorm.DB, p *Plan, _ *Message, mail *parse.Message) (*Plan, error) {
	r := &Report{OriginalID: mail.Bounce.OriginalID}
	failed, delayed := false, false
	for _, f := range mail.Bounce.Recipients {
		one := Failure{
			Address: f.Address, Hard: f.Hard(), Failed: f.Action == parse.ActionFailed, Delayed: f.Action == parse.ActionDelayed,
			Arrived: f.Action.Arrived(), Status: f.Status,
		}
		r.Failures = append(r.Failures, one)
		failed, delayed = failed || one.Failed, delayed || one.Delayed
		switch {
		case one.Delayed:
			p.say("bounce.delayed", "Not delivered yet to %s, it is tried again: %s %s", f.Address, f.Status, f.Diagnostic)
		case one.Arrived:
			p.say("bounce.arrived", "Delivered to %s: %s %s", f.Address, f.Action, f.Status)
		default:
			p.say("bounce", "Not delivered to %s: %s %s %s", f.Address, f.Action, f.Status, f.Diagnostic)
		}
	}
	// Only a report about a mail of the desk's own says anything: others would let
	// anybody silence an address.
	if t, ok := s.Signer.ReadMessageID(r.OriginalID); ok {
		there, err := ticket.Sights(tx.WithContext(ctx), []int64{t.Ticket})
		if err != nil {
			return nil, err
		}
		if there[t.Ticket] != nil {
			p.Ticket = t.Ticket
		}
		p.bounce = r
	} else {
		p.say("bounce.foreign", "It is not about a mail of this desk.")
	}
	if delayed && !failed {
		return p.end(Ignored, "delayed", "delivery report: a mail has not arrived yet, and is tried again"), nil
	}
	return p.end(Ignored, "bounce", "delivery report"), nil
}

// account finds out whose address it is.
func (s *Service) account(tx *gorm.DB, p *Plan) error {
	u, err := user.ByEmail(tx, p.From.Address)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		p.say("sender.unknown", "From %s, who has no account.", p.From.Address)
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for the account of a sender: %w", err)
	}
	p.Sender = &u
	p.say("sender.known", "From %s, the account %s.", p.From.Address, u.Username)
	return nil
}

func (s *Service) decide(ctx context.Context, tx *gorm.DB, box Mailbox, p *Plan, m *Message, mail *parse.Message) (thread.Decision, error) {
	n := thread.Names{Recipients: slices.Clone(m.EnvelopeTo), Known: map[string]int64{}, Subject: parse.TicketNumber(mail.Subject)}
	for _, list := range [][]parse.Address{mail.To, mail.CC} {
		for _, a := range list {
			n.Recipients = append(n.Recipients, a.Address)
		}
	}
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To"} {
		n.Recipients = append(n.Recipients, mail.Header[name]...)
	}
	n.References = slices.Clone(mail.InReplyTo)
	for _, id := range slices.Backward(mail.References) {
		if !slices.Contains(n.References, id) {
			n.References = append(n.References, id)
		}
	}
	if len(n.References) > 0 {
		ids := map[string]string{}
		hashes := make([]string, len(n.References))
		for i, id := range n.References {
			hashes[i] = hashOfID(id)
			ids[hashes[i]] = id
		}
		var rows []struct {
			Hash     string
			TicketID int64
		}
		err := tx.Model(&Message{}).Select("hash", "ticket_id").Where("hash IN ? AND mailbox_id = ? AND ticket_id IS NOT NULL", hashes, box.ID).Find(&rows).Error
		if err != nil {
			return thread.Decision{}, fmt.Errorf("look for the messages that a message answers: %w", err)
		}
		for _, r := range rows {
			n.Known[ids[r.Hash]] = r.TicketID
		}
	}
	candidates := thread.Candidates(s.Signer, p.From.Address, n)
	ids := make([]int64, len(candidates))
	for i, c := range candidates {
		ids[i] = c.Ticket
	}
	var there map[int64]*ticket.Ticket
	if len(ids) > 0 {
		var err error
		if there, err = ticket.Sights(tx, ids); err != nil {
			return thread.Decision{}, err
		}
	}
	var fail error
	d := thread.Decide(p.From.Address, candidates, func(id int64) thread.Fact {
		t := there[id]
		if t == nil {
			return thread.Fact{}
		}
		f := thread.Fact{There: true, Staff: p.Sender != nil && p.Sender.Role.WorksTickets()}
		part, err := s.takesPart(ctx, tx, p, t)
		if err != nil {
			fail = err
		}
		f.TakesPart = part
		// Whoever reported a ticket speaks for themselves, staff or not.
		if f.Staff && t.CreatedByID == p.Sender.ID {
			f.Staff = false
		}
		return f
	})
	return d, fail
}

// takesPart reports whether the sender is the ticket's requester, works on it,
// watches it or is in CC.
func (s *Service) takesPart(_ context.Context, tx *gorm.DB, p *Plan, t *ticket.Ticket) (bool, error) {
	if u := p.Sender; u != nil {
		if t.CreatedByID == u.ID || slices.Contains(t.Watchers, u.ID) || (t.AssignedToID != nil && *t.AssignedToID == u.ID && u.Role.WorksTickets()) {
			return true, nil
		}
		by := u.Person(s.Options)
		if u.Role.WorksTickets() && ticket.CanRead(by, t) {
			return true, nil
		}
	}
	var n int64
	err := tx.Model(&ticket.Watcher{}).Where("ticket_id = ? AND address = ?", t.ID, user.Key(p.From.Address)).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("look for an address in CC: %w", err)
	}
	return n > 0, nil
}

// hold reports whether somebody has to look at the message first.
func (s *Service) hold(tx *gorm.DB, box Mailbox, p *Plan, m *Message, mail *parse.Message, d thread.Decision) (bool, error) {
	switch {
	case mail.NoReply:
		p.Steps = append(p.Steps, d.Steps...)
		p.end(Held, "no_reply", "%s is an address that only sends. Codes that prove who owns an address come from such ones, and are not for everybody who sees a ticket", p.From.Address)
		return true, nil
	case d.Hold != "":
		p.Steps = append(p.Steps, d.Steps...)
		p.end(Held, d.Hold, "it claims to come from %s of the IT staff, without an answer to what was sent to them", p.From.Address)
		return true, nil
	case p.Sender == nil && box.UnknownSenders == HoldSender:
		p.end(Held, "unknown_sender", "%s has no account, and this mailbox takes mail of accounts only", p.From.Address)
		return true, nil
	case p.Sender != nil && p.Sender.PendingLink:
		p.end(Held, "sender_unverified", "the account of %s still waits for the link in its mail", p.From.Address)
		return true, nil
	}
	if box.SenderCap > 0 {
		var n int64
		err := tx.Raw("SELECT COUNT(*) FROM (SELECT id FROM mail_messages WHERE from_key = ? AND received_at > ? AND id < ? LIMIT ?) AS x",
			fromKey(p.From.Address), s.Clock.Now().Add(-time.Hour), atMost(m.ID), box.SenderCap+1).Scan(&n).Error
		if err != nil {
			return false, fmt.Errorf("count the messages of a sender: %w", err)
		}
		if n >= int64(box.SenderCap) {
			p.end(Held, "too_many", "%s sent %d messages within an hour", p.From.Address, n)
			return true, nil
		}
	}
	return false, nil
}

func atMost(id int64) int64 {
	if id == 0 {
		return 1 << 62
	}
	return id
}

// title is the title of a ticket that a message opens.
func title(mail *parse.Message) string {
	t := strings.TrimSpace(parse.BareSubject(mail.Subject))
	if t == "" {
		line, _, _ := strings.Cut(strings.TrimSpace(mail.New), "\n")
		t = strings.TrimSpace(line)
	}
	if t == "" {
		return "(no subject)"
	}
	if r := []rune(t); len(r) > 200 {
		return string(r[:199]) + "…"
	}
	return t
}
