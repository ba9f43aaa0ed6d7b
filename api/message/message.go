// Package message holds back what somebody sends to a ticket for a few seconds,
// so that "undo" really unsends it: until then nobody else can see it. The
// waiting message is a row with a job; it goes out exactly once, whatever
// happens to the program in between.
package message

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/note"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Kind is what a message becomes.
type Kind string

// A reply becomes a comment that the requester reads, a note stays internal.
const (
	Reply Kind = "reply"
	Note  Kind = "note"
)

// State is where a message stands.
type State string

// The states of a message.
const (
	Held      State = "held"
	Sent      State = "sent"
	Cancelled State = "cancelled"
)

// Message is something that waits to be sent, or was. Status is 0 when the
// ticket's status stays.
type Message struct {
	ID        int64
	TicketID  int64
	AuthorID  int64
	Kind      Kind
	Content   string
	Status    ticket.Status
	State     State
	Reason    string // why it was cancelled by the system
	ReleaseAt time.Time
	CommentID *int64
	NoteID    *int64
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// TableName names the table for GORM.
func (Message) TableName() string { return "messages" }

// The kinds of this package's jobs.
const (
	ReleaseJob = "message.release"
	PruneJob   = "message.prune"
)

// How long a message waits unless its author says otherwise, how long it may,
// and how long one that waits no more is kept.
const (
	DefaultHold = 10 * time.Second
	MaxHold     = 60 * time.Second
	keep        = 24 * time.Hour
)

var (
	errMissing   = fault.Missing("message")
	errSent      = fault.New(fault.Conflict, "message.sent", "This message has been sent; it can no longer be taken back.")
	errCancelled = fault.New(fault.Conflict, "message.cancelled", "This message was taken back.")
	errAnswered  = fault.New(fault.Conflict, "ticket.answered", "Somebody else has answered meanwhile. Read the answer, then send yours again without last_comment_id.")
	errRaced     = fault.New(fault.Conflict, "message.changed", "This message was just sent or taken back.").Because(db.ErrLostRace)
)

// Service holds the verbs of messages.
type Service struct {
	db      *db.DB
	bus     *event.Bus
	clock   clock.Clock
	tickets *ticket.Service
	notes   *note.Service
	options authz.Options
}

// New returns the service. The options are those of the installation, for acting
// in the name of the author later.
func New(d *db.DB, bus *event.Bus, c clock.Clock, tickets *ticket.Service, notes *note.Service, o authz.Options) *Service {
	return &Service{db: d, bus: bus, clock: c, tickets: tickets, notes: notes, options: o}
}

// Draft is what somebody wants to send.
type Draft struct {
	Kind        Kind
	Content     string
	Status      ticket.Status // 0 to leave it
	Hold        time.Duration // 0 to send at once
	Attachments []int64       // uploads of the author's
	// LastCommentID is the newest comment that the author has seen; a newer one
	// by somebody else refuses the message. nil does not ask.
	LastCommentID *int64
}

// Send takes a message for a ticket that the actor sees, and sends it after the
// hold.
func (s *Service) Send(ctx context.Context, by authz.Actor, ticketID int64, d Draft) (Message, error) {
	var m Message
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := ticket.Readable(tx.DB, by, ticketID)
		if err != nil {
			return err
		}
		if err := s.allowed(by, t, d.Kind, d.Status); err != nil {
			return err
		}
		if d.Hold > 0 && d.Status != 0 {
			if err := s.rehearse(tx, by, t, d.Status); err != nil {
				return err
			}
		}
		if d.LastCommentID != nil && d.Kind == Reply {
			answered, err := ticket.AnsweredSince(tx.DB, ticketID, *d.LastCommentID, by.ID)
			if err != nil {
				return err
			}
			if answered {
				return errAnswered
			}
		}
		m = Message{
			TicketID: ticketID, AuthorID: by.ID, Kind: d.Kind, Content: d.Content, Status: d.Status, State: Held,
			ReleaseAt: tx.Now.Add(d.Hold), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		if err := tx.Create(&m).Error; err != nil {
			return fmt.Errorf("hold a message: %w", err)
		}
		if err := attachment.Hold(tx, by, d.Attachments, m.ID); err != nil {
			return err
		}
		if d.Hold <= 0 {
			return s.release(tx, by, &m)
		}
		return tx.Enqueue(job.New{Kind: ReleaseJob, Payload: ref{m.ID}, RunAt: m.ReleaseAt})
	})
	return m, err
}

// rehearse returns what would keep the ticket from the status that a message is to
// bring, as things are now: whoever still looks at the text hears of it at once, not
// when the hold is over. It changes nothing.
func (s *Service) rehearse(tx *event.Tx, by authz.Actor, t *ticket.Ticket, to ticket.Status) error {
	if t.MergedIntoID != nil { // the message goes where the ticket went
		var err error
		if t, err = ticket.Final(tx.DB, t); err != nil {
			return err
		}
		if !ticket.CanRead(by, t) {
			return ticket.ErrMerged
		}
	}
	if to == t.Status {
		return nil
	}
	return s.bus.Rehearse(tx.Ctx, by, func(tx *event.Tx) error {
		_, err := s.tickets.UpdateStatus(tx.Ctx, by, t.ID, etag.Condition{}, to)
		return err
	})
}

// allowed checks what sending needs beyond seeing the ticket.
func (s *Service) allowed(by authz.Actor, t *ticket.Ticket, k Kind, to ticket.Status) error {
	if by.ID == 0 {
		return fault.Denied("message.denied", "Only people send messages.")
	}
	if k == Note && !by.Can(authz.NoteWrite) {
		return fault.Denied("note.denied", "Internal notes are for IT staff and administrators.")
	}
	if k == Reply && !ticket.CanComment(by, t) {
		return fault.Denied("ticket.comment_denied", "You may read this ticket of your department, but not write on it.")
	}
	if to != 0 && to != t.Status && !by.Can(authz.TicketWork) {
		return fault.Denied("ticket.work_denied", "Only IT staff and administrators may change status, priority and assignee.")
	}
	return nil
}

// List returns the actor's messages that wait on a ticket, oldest first.
func (s *Service) List(ctx context.Context, by authz.Actor, ticketID int64) ([]Message, error) {
	tx := s.db.Read(ctx)
	if _, err := ticket.Readable(tx, by, ticketID); err != nil {
		return nil, err
	}
	var out []Message
	err := tx.Where("author_id = ? AND state = ? AND ticket_id = ?", by.ID, Held, ticketID).Order("id").Limit(100).Find(&out).Error
	if err != nil {
		return nil, fmt.Errorf("list the waiting messages: %w", err)
	}
	return out, nil
}

// Get returns a message of the actor's own.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Message, error) {
	return own(s.db.Read(ctx), by, id)
}

func own(tx *gorm.DB, by authz.Actor, id int64) (Message, error) {
	var m Message
	err := tx.Where("author_id = ?", by.ID).Take(&m, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) || by.ID == 0 {
		return m, errMissing
	}
	if err != nil {
		return m, fmt.Errorf("read message %d: %w", id, err)
	}
	return m, nil
}

// Unsend takes back a message of the actor's own that still waits. Taking it
// back again changes nothing.
func (s *Service) Unsend(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		m, err := own(tx.DB, by, id)
		if err != nil {
			return err
		}
		if m.State == Cancelled {
			return nil
		}
		if m.State == Sent {
			return errSent
		}
		if err := want.Check(m.Version); err != nil {
			return err
		}
		return move(tx, &m, Cancelled, nil)
	})
}

// SendNow sends a message of the actor's own without waiting any longer.
func (s *Service) SendNow(ctx context.Context, by authz.Actor, id int64) (Message, error) {
	var m Message
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		var err error
		if m, err = own(tx.DB, by, id); err != nil {
			return err
		}
		switch m.State {
		case Sent:
			return nil
		case Cancelled:
			return errCancelled
		case Held:
		}
		return s.release(tx, by, &m)
	})
	return m, err
}

type ref struct {
	ID int64 `json:"id"`
}

// RunRelease handles ReleaseJob.
func (s *Service) RunRelease(ctx context.Context, j job.Job) error {
	var r ref
	if err := j.Decode(&r); err != nil {
		return err
	}
	var m Message
	err := s.db.Read(ctx).Take(&m, r.ID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read message %d: %w", r.ID, err)
	}
	if m.State != Held {
		return nil
	}
	// Who wrote it may have lost the right since, or the account.
	by := authz.Actor{}
	author, err := user.Find(s.db.Read(ctx), m.AuthorID)
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
	case err != nil:
		return fmt.Errorf("read the author of message %d: %w", m.ID, err)
	case author.IsActive:
		if by, err = team.Join(s.db.Read(ctx), author.Person(s.options)); err != nil {
			return err
		}
	}
	err = s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if err := tx.Take(&m, r.ID).Error; err != nil {
			return fmt.Errorf("read message %d: %w", r.ID, err)
		}
		if m.State != Held {
			return nil
		}
		return s.release(tx, by, &m)
	})
	if refused(err) {
		reason := fault.Sentence(err)
		return s.bus.Do(ctx, authz.System("message"), func(tx *event.Tx) error {
			if err := tx.Take(&m, r.ID).Error; err != nil {
				return fmt.Errorf("read message %d: %w", r.ID, err)
			}
			if m.State != Held {
				return nil
			}
			return move(tx, &m, Cancelled, map[string]any{"reason": db.Cut(reason, 255)})
		})
	}
	return err
}

// refused reports whether trying again would change nothing.
func refused(err error) bool {
	if fault.Is(err, fault.Conflict) {
		return !errors.Is(err, db.ErrLostRace)
	}
	return fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Invalid)
}

// release turns a message into what it was meant to be, in one transaction with
// its own change of state: that makes it once.
func (s *Service) release(tx *event.Tx, by authz.Actor, m *Message) error {
	t, err := ticket.Readable(tx.DB, by, m.TicketID)
	if err != nil {
		return err
	}
	if err := s.allowed(by, t, m.Kind, m.Status); err != nil {
		return err
	}
	files, err := attachment.Unhold(tx, m.ID)
	if err != nil {
		return err
	}
	change := map[string]any{}
	var at int64 // its ticket, or what that was merged into
	if m.Kind == Note {
		n, err := s.notes.Create(tx.Ctx, by, m.TicketID, m.Content, files...)
		if err != nil {
			return err
		}
		m.NoteID, at = &n.ID, n.TicketID
		change["note_id"] = n.ID
	} else {
		c, err := s.tickets.Comment(tx.Ctx, by, m.TicketID, m.Content, files...)
		if err != nil {
			return err
		}
		m.CommentID, at = &c.ID, c.TicketID
		change["comment_id"] = c.ID
	}
	if m.Status != 0 && (m.Status != t.Status || at != m.TicketID) {
		if _, err := s.tickets.UpdateStatus(tx.Ctx, by, at, etag.Condition{}, m.Status); err != nil {
			return err
		}
	}
	return move(tx, m, Sent, change)
}

// move changes the state by compare-and-swap. The files of what is not sent are
// their author's again, to be sent with something else.
func move(tx *event.Tx, m *Message, to State, change map[string]any) error {
	if to == Cancelled {
		if _, err := attachment.Unhold(tx, m.ID); err != nil {
			return err
		}
	}
	values := map[string]any{"state": to, "version": m.Version + 1, "updated_at": tx.Now}
	for name, v := range change {
		values[name] = v
	}
	res := tx.Model(&Message{}).Where("id = ? AND version = ? AND state = ?", m.ID, m.Version, Held).Updates(values)
	if res.Error != nil {
		return fmt.Errorf("save message %d: %w", m.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errRaced
	}
	m.State, m.Version, m.UpdatedAt = to, m.Version+1, tx.Now
	return nil
}

// Prune handles PruneJob: it forgets messages that wait no more.
func (s *Service) Prune(ctx context.Context, _ job.Job) error {
	err := s.db.Writer(ctx).Where("state IN ? AND release_at < ?", []State{Sent, Cancelled}, s.clock.Now().Add(-keep)).
		Delete(&Message{}).Error
	if err != nil {
		return fmt.Errorf("prune messages: %w", err)
	}
	return nil
}
