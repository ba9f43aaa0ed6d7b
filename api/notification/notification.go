// Package notification tells people what concerns them: in the app, by mail, at
// once or together, and by their browser. Whom an event concerns is written down
// in its transaction, a row for each person; what leaves the desk is gathered for
// a minute, and each time it is asked whether its receiver may still know of it.
package notification

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/mail"
	"github.com/fixdesk/fixdesk/api/platform/netguard"
	"github.com/fixdesk/fixdesk/api/platform/secret"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Kind is why somebody is told.
type Kind string //@name NotificationKind

// The kinds.
const (
	Assigned Kind = "assigned" // a ticket was assigned to them
	Mention  Kind = "mention"  // a text calls them
	Reply    Kind = "reply"    // a comment or note on a ticket of theirs
	Status   Kind = "status"   // the status of a ticket of theirs changed
	SLA      Kind = "sla"      // a target is near, or missed
	Watching Kind = "watching" // they were made a watcher, or put in CC
)

// Kinds lists every kind.
var Kinds = []Kind{Assigned, Mention, Reply, Status, SLA, Watching}

// Notification is one event that concerns one person.
type Notification struct {
	ID        int64
	UserID    int64
	EventID   int64
	TicketID  int64
	Kind      Kind
	Type      string // of the event
	Internal  bool   // only for those who may read notes
	ActorID   int64
	Detail    string // the new status, or the target
	CommentID *int64
	NoteID    *int64
	InApp     bool
	Unread    bool
	MailAt    *time.Time // when it is to leave, nil for not or no more
	MailID    *int64     // the message that took it up
	PushAt    *time.Time
	PushID    *int64
	CreatedAt time.Time
	ReadAt    *time.Time
}

// Channel is a way out of the desk.
type Channel string

// The channels.
const (
	Mail Channel = "mail"
	Push Channel = "push"
)

// at and id name the columns of a channel.
func (c Channel) at() string { return string(c) + "_at" }
func (c Channel) id() string { return string(c) + "_id" }

// State is where a message stands.
type State string

// The states of a message.
const (
	Pending State = "pending"
	Sent    State = "sent"
	Dropped State = "dropped" // there is nothing to tell any more
	Dead    State = "dead"    // given up
)

// Message is one mail or push about some notifications.
type Message struct {
	ID         int64
	UserID     int64
	Channel    Channel
	MessageID  string
	State      State
	Attempts   int
	NextAt     time.Time // when it is due, or until when somebody sends it
	Done       []int64   `gorm:"serializer:json"` // the devices that have it
	LastError  string
	CreatedAt  time.Time
	FinishedAt *time.Time
}

// TableName names the table for GORM.
func (Message) TableName() string { return "notification_messages" }

// Deps is what the service is made of.
type Deps struct {
	DB      *db.DB
	Bus     *event.Bus
	Clock   clock.Clock
	Box     *secret.Box
	Sender  mail.Sender
	Guard   *netguard.Guard
	Options authz.Options
	Public  string // where people reach the desk
	From    string // the desk's address
	// Told returns which of the people hear of an event by mail from elsewhere.
	Told func(tx *event.Tx, e event.Event, people []int64) ([]int64, error)
	// Bounces reports whether mail to an address is known not to arrive.
	Bounces func(tx *gorm.DB, address string) (bool, error)
	// Alarms returns whom an alarm names, nobody for whoever has to do with the
	// ticket, and its target; false for other events.
	Alarms func(e event.Event) (people []int64, target string, ok bool)
	// Show makes the open screens of a person look for news.
	Show func(userID int64)
}

// Service holds the verbs of notifications.
type Service struct {
	Deps
	client *http.Client
	wake   chan struct{}
}

// New returns the service.
func New(d Deps) *Service {
	d.Public = strings.TrimRight(d.Public, "/")
	return &Service{Deps: d, client: d.Guard.Client(nil), wake: make(chan struct{}, 1)}
}

var (
	errMissing = fault.Missing("notification")
	errDevice  = fault.Missing("push subscription")
	errChanged = fault.New(fault.Conflict, "notification_settings.changed", "These settings were changed at the same moment. Fetch them again.").
			Because(db.ErrLostRace)
)

// mayKnow reports whether somebody may know of what a notification tells. t is
// its ticket as it is now, nil when it is gone.
func mayKnow(by authz.Actor, internal bool, t *ticket.Ticket) bool {
	return t != nil && ticket.CanRead(by, t) && (!internal || by.Can(authz.NoteRead))
}

// visible is mayKnow as a condition of SQL, with who they are for.
func visible(tx *gorm.DB, by authz.Actor) *gorm.DB {
	sql, args := ticket.Visible(by)
	q := tx.Where("user_id = ? AND in_app = ?", by.ID, true).
		Where("EXISTS (SELECT 1 FROM tickets AS t WHERE t.id = notifications.ticket_id AND "+sql+")", args...)
	if !by.Can(authz.NoteRead) {
		q = q.Where("internal = ?", false)
	}
	return q
}

// ToldOf returns, of the people, those who were notified of each of the events, for
// what tells open screens.
func (s *Service) ToldOf(ctx context.Context, events, people []int64) (map[int64][]int64, error) {
	out := map[int64][]int64{}
	if len(events) == 0 || len(people) == 0 {
		return out, nil
	}
	for some := range slices.Chunk(events, 500) {
		var rows []Notification
		err := s.DB.Read(ctx).Select("event_id", "user_id").Where("event_id IN ? AND user_id IN ? AND in_app = ?", some, people, true).Find(&rows).Error
		if err != nil {
			return nil, err
		}
		for _, n := range rows {
			out[n.EventID] = append(out[n.EventID], n.UserID)
		}
	}
	return out, nil
}
