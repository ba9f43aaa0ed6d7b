// Package outbox tells people by mail what happens to their tickets. Who is to be
// told is written down in the transaction in which it happens, a row for each
// person; a row is sent until the mail server takes it, with the same Message-ID
// each time.
package outbox

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/mailbox/thread"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/mail"
	"github.com/fixdesk/fixdesk/api/platform/secret"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Kind is what a mail tells.
type Kind string //@name MailKind

// The kinds.
const (
	Acknowledged Kind = "received" // their message opened a ticket
	Opened       Kind = "opened"   // somebody opened one for them
	Replied      Kind = "reply"    // somebody answered
	Finished     Kind = "finished" // it was resolved or closed
)

// Kinds lists every kind.
var Kinds = []Kind{Acknowledged, Opened, Replied, Finished}

// State is where a mail stands.
type State string //@name MailOutState

// The states.
const (
	Pending    State = "pending"
	Sent       State = "sent"
	Dead       State = "dead"       // given up
	Cancelled  State = "cancelled"  // there is nothing to tell any more
	Suppressed State = "suppressed" // mail to the address does not arrive
)

// States lists every state.
var States = []State{Pending, Sent, Dead, Cancelled, Suppressed}

// Mail is one mail to one person.
type Mail struct {
	ID         int64
	EventID    int64
	Kind       Kind
	ToKey      string
	ToAddress  string
	UserID     *int64
	MailboxID  *int64
	TicketID   int64
	CommentID  *int64
	MessageID  string
	Answers    string // the id of the message that it answers, "" for none
	State      State
	Reason     string
	LastError  string
	Attempts   int
	NextAt     time.Time // when it is due, or until when somebody sends it
	CreatedAt  time.Time
	FinishedAt *time.Time
	BouncedAt  *time.Time // since a delivery report said that it did not arrive
	DelayedAt  *time.Time // since one said that it has not arrived yet
	// BounceStatus is what the report says why (RFC 3463), such as 5.1.1.
	BounceStatus string
	Version      int64
}

// TableName names the table for GORM.
func (Mail) TableName() string { return "mail_outbox" }

// Address is an address to which mail did not arrive.
type Address struct {
	ID        int64
	ToKey     string
	Address   string
	State     AddressState
	Bounces   int
	Status    string
	Reason    string
	UpdatedAt time.Time
}

// TableName names the table for GORM.
func (Address) TableName() string { return "mail_addresses" }

// AddressState says how mail to an address fares.
type AddressState string //@name MailAddressState

// The states of an address.
const (
	Soft AddressState = "soft" // some did not arrive; more is sent
	Hard AddressState = "hard" // none is sent until somebody says so
)

// softLimit is after how many failures for now an address counts as dead.
const softLimit = 10

// Deps is what the service is made of.
type Deps struct {
	DB      *db.DB
	Bus     *event.Bus
	Clock   clock.Clock
	Signer  thread.Signer
	Box     *secret.Box
	Sender  mail.Sender
	Options authz.Options
	Public  string // where people reach the desk
	From    string // the desk's address, where there is no mailbox
	// Files reads the files of a comment that may go by mail.
	Files func(ctx context.Context, commentID int64) ([]mail.File, error)
	// Unfollow takes an address or an account from the CC of a ticket.
	Tickets *ticket.Service
	Lookup  Lookup
}

// Service holds the verbs of mail that goes out.
type Service struct {
	Deps
	wake chan struct{}
}

// New returns the service.
func New(d Deps) *Service {
	d.Public = strings.TrimRight(d.Public, "/")
	return &Service{Deps: d, wake: make(chan struct{}, 1)}
}

// Wake makes whoever sends look for mail now.
func (s *Service) Wake(event.Event) {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

var system = authz.System("mail")

var (
	errMissing   = fault.Missing("mail")
	errDenied    = fault.Denied("mail.denied", "Only administrators look after mail.")
	errPending   = fault.New(fault.Conflict, "mail.pending", "This mail is still under way.")
	errNoAddress = fault.Missing("mail address")
)

func canManage(by authz.Actor) bool { return by.Can(authz.DeskConfigure) }

func keyOf(address string) string {
	sum := sha256.Sum256([]byte(thread.Key(address)))
	return hex.EncodeToString(sum[:])
}

// Notice says that somebody is to be told of something by mail. It is the one
// door through which mail about tickets leaves.
type Notice struct {
	Kind    Kind
	Event   event.Event
	Ticket  *ticket.Ticket
	Comment int64  // 0 for none
	UserID  int64  // an account, or
	Address string // an address without one
	Answers string // the id of the message that it answers, "" for none
}

// Tell writes a notice down in the transaction. Telling the same again does
// nothing, and neither does telling people of their own acts.
func (s *Service) Tell(tx *event.Tx, n Notice) error {
	m := Mail{
		EventID: n.Event.ID, Kind: n.Kind, ToAddress: n.Address, TicketID: n.Ticket.ID, Answers: n.Answers,
		State: Pending, NextAt: tx.Now, CreatedAt: tx.Now, Version: 1,
	}
	if n.Comment != 0 {
		m.CommentID = &n.Comment
	}
	if n.UserID != 0 {
		u, err := user.Find(tx.DB, n.UserID)
		if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && (!u.IsActive || u.AnonymisedAt != nil)) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read whom to tell: %w", err)
		}
		m.UserID, m.ToAddress = &u.ID, u.Email
	}
	if m.ToAddress == "" {
		return nil
	}
	m.ToKey = keyOf(m.ToAddress)
	box, err := mailbox.OfTicket(tx.DB, n.Ticket.ID)
	if err != nil {
		return err
	}
	if o := mailbox.OriginOf(tx.Ctx); o != nil && (box == nil || box.ID != o.Mailbox) {
		// The message of a new ticket is not in it yet.
		var own mailbox.Mailbox
		if err := tx.Take(&own, o.Mailbox).Error; err == nil && n.Kind == Acknowledged {
			box = &own
		}
	}
	from := s.From
	if box != nil {
		m.MailboxID, from = &box.ID, box.Address
		if thread.Plain(m.ToAddress) == box.AddressKey {
			return nil // the desk does not write to itself
		}
	}
	m.MessageID = s.Signer.MessageID(domainOf(from), n.Ticket.ID, m.ToAddress, strings.ToLower(rand.Text()[:16]))
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&m).Error; err != nil {
		return fmt.Errorf("write down whom to tell of ticket %d: %w", n.Ticket.ID, err)
	}
	return nil
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// maxAnswers is how many automatic answers an address gets within an hour: what
// ends a loop of two programs that do not know each other for what they are.
const maxAnswers = 10

// Follow decides, in the transaction of an event, who is told of it.
func (s *Service) Follow(tx *event.Tx, e event.Event) error {
	t, err := s.ticketOf(tx, e.SubjectID)
	if err != nil || t == nil {
		return err
	}
	o := mailbox.OriginOf(tx.Ctx)
	switch e.Type {
	case ticket.Created:
		switch {
		case o == nil && t.CreatedByID != e.ActorID:
			return s.Tell(tx, Notice{Kind: Opened, Event: e, Ticket: t, UserID: t.CreatedByID})
		case o != nil && o.NoAnswer == "":
			return s.acknowledge(tx, e, t, o)
		}
	case ticket.Commented:
		if o != nil && o.Automatic {
			return nil
		}
		return s.tellAll(tx, e, t)
	case ticket.StatusChanged:
		var c ticket.Change
		if err := e.Decode(&c); err != nil {
			return err
		}
		if (c.To != ticket.Resolved.String() && c.To != ticket.Closed.String()) || c.From == ticket.Resolved.String() || t.CreatedByID == e.ActorID {
			return nil
		}
		// An answer that resolves the ticket says so itself.
		var n int64
		err := tx.Model(&Mail{}).Where("ticket_id = ? AND kind = ? AND created_at = ? AND user_id = ?", t.ID, Replied, tx.Now, t.CreatedByID).Count(&n).Error
		if err != nil || n > 0 {
			return err
		}
		return s.Tell(tx, Notice{Kind: Finished, Event: e, Ticket: t, UserID: t.CreatedByID})
	}
	return nil
}

func (s *Service) ticketOf(tx *event.Tx, id int64) (*ticket.Ticket, error) {
	there, err := ticket.Sights(tx.DB, []int64{id})
	if err != nil {
		return nil, err
	}
	return there[id], nil
}

func (s *Service) acknowledge(tx *event.Tx, e event.Event, t *ticket.Ticket, o *mailbox.Origin) error {
	u, err := user.Find(tx.DB, t.CreatedByID)
	if err != nil {
		return fmt.Errorf("read the requester of ticket %d: %w", t.ID, err)
	}
	var n int64
	err = tx.Model(&Mail{}).Where("to_key = ? AND created_at > ? AND kind = ?", keyOf(u.Email), tx.Now.Add(-time.Hour), Acknowledged).Count(&n).Error
	if err != nil {
		return fmt.Errorf("count the answers to an address: %w", err)
	}
	if n >= maxAnswers {
		return nil
	}
	return s.Tell(tx, Notice{Kind: Acknowledged, Event: e, Ticket: t, UserID: u.ID, Answers: o.MessageID})
}

// tellAll tells of a comment those who take part in the conversation: requester
// and CC, but not whoever wrote it.
func (s *Service) tellAll(tx *event.Tx, e event.Event, t *ticket.Ticket) error {
	var ref ticket.CommentRef
	if err := e.Decode(&ref); err != nil {
		return err
	}
	n := Notice{Kind: Replied, Event: e, Ticket: t, Comment: ref.CommentID}
	if t.CreatedByID != e.ActorID {
		n.UserID = t.CreatedByID
		if err := s.Tell(tx, n); err != nil {
			return err
		}
	}
	var others []ticket.Watcher
	if err := tx.Where("ticket_id = ? AND kind = ?", t.ID, ticket.CC).Order("id").Find(&others).Error; err != nil {
		return fmt.Errorf("read the CC of ticket %d: %w", t.ID, err)
	}
	if len(others) == 0 {
		return nil
	}
	var author string
	if e.ActorID != 0 {
		u, err := user.Find(tx.DB, e.ActorID)
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("read the author of a comment: %w", err)
		}
		author = u.EmailKey
	}
	for _, w := range others {
		n.UserID, n.Address = 0, ""
		switch {
		case w.UserID != nil && *w.UserID != e.ActorID && *w.UserID != t.CreatedByID:
			n.UserID = *w.UserID
		case w.Address != nil && *w.Address != author:
			n.Address = *w.Address
		default:
			continue
		}
		if err := s.Tell(tx, n); err != nil {
			return err
		}
	}
	return nil
}

// Bounce hears that a mail did not arrive, or not yet.
func (s *Service) Bounce(tx *event.Tx, e event.Event) error {
	var r mailbox.Report
	if err := e.Decode(&r); err != nil {
		return err
	}
	var m Mail
	id := strings.Trim(r.OriginalID, "<>")
	token, ok := s.Signer.ReadMessageID(id)
	if !ok {
		return nil
	}
	err := tx.Where("ticket_id = ? AND message_id = ?", token.Ticket, id).Take(&m).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for what did not arrive: %w", err)
	}
	// The report names the address as the last server knew it; the mail was to one.
	for _, f := range r.Failures {
		to := map[string]any{"bounce_status": db.Cut(f.Status, 20)}
		switch {
		case f.Failed:
			to["bounced_at"] = tx.Now
		case m.BouncedAt != nil:
			continue // reports may overtake each other: what failed is over
		case f.Delayed:
			to["delayed_at"] = tx.Now
		case f.Arrived:
			to["delayed_at"], to["bounce_status"] = nil, ""
		default:
			continue
		}
		if err := tx.Model(&Mail{}).Where("id = ?", m.ID).Updates(to).Error; err != nil {
			return fmt.Errorf("note what a report says of mail %d: %w", m.ID, err)
		}
		if !f.Failed {
			return nil
		}
		return failed(tx, m.ToAddress, f.Hard, f.Status, "")
	}
	return nil
}

// Forget deletes what went out about a ticket that is gone for good.
func Forget(tx *event.Tx, e event.Event) error {
	if err := tx.Where("ticket_id = ?", e.SubjectID).Delete(&Mail{}).Error; err != nil {
		return fmt.Errorf("delete the mail about ticket %d: %w", e.SubjectID, err)
	}
	return nil
}

// Told returns who of the people hears by mail of what an event is about. An
// answer that resolves a ticket tells both.
func (s *Service) Told(tx *event.Tx, e event.Event, people []int64) ([]int64, error) {
	var out []int64
	err := tx.Model(&Mail{}).Where("ticket_id = ? AND user_id IN ? AND (event_id = ? OR created_at = ?)", e.SubjectID, people, e.ID, tx.Now).
		Distinct("user_id").Pluck("user_id", &out).Error
	if err != nil {
		return nil, fmt.Errorf("read who hears of event %d by mail: %w", e.ID, err)
	}
	return out, nil
}

// Bounces reports whether mail to an address is known not to arrive.
func (s *Service) Bounces(tx *gorm.DB, address string) (bool, error) {
	var n int64
	if err := tx.Model(&Address{}).Where("to_key = ? AND state = ?", keyOf(address), Hard).Count(&n).Error; err != nil {
		return false, fmt.Errorf("read how an address fares: %w", err)
	}
	return n > 0, nil
}

// failed notes that mail to an address did not arrive.
func failed(tx *event.Tx, address string, hard bool, status, reason string) error {
	a := Address{ToKey: keyOf(address)}
	err := tx.Where("to_key = ?", a.ToKey).Take(&a).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return fmt.Errorf("read how an address fares: %w", err)
	}
	a.Address, a.Bounces, a.Status, a.Reason, a.UpdatedAt = db.Cut(address, 320), a.Bounces+1, db.Cut(status, 20), db.Cut(reason, 300), tx.Now
	if a.State != Hard {
		a.State = Soft
	}
	if hard || a.Bounces >= softLimit {
		a.State = Hard
	}
	err = tx.Save(&a).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return db.ErrLostRace
	}
	if err != nil {
		return fmt.Errorf("note that an address does not work: %w", err)
	}
	return nil
}
