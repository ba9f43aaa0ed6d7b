// Package webhook tells other systems what happened: by Standard Webhooks 1.0
// (https://www.standardwebhooks.com), or as messages of Slack, Microsoft Teams
// and Mattermost.
package webhook

import (
	"net/http"
	"strings"
	"time"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/netguard"
	"github.com/fixdesk/fixdesk/api/platform/secret"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Kind is what speaks at the other end.
type Kind string

// The kinds of webhooks.
const (
	Standard   Kind = "standard"
	Slack      Kind = "slack"
	Teams      Kind = "teams"
	Mattermost Kind = "mattermost"
)

// Kinds lists every kind.
var Kinds = []Kind{Standard, Slack, Teams, Mattermost}

func (k Kind) chat() bool { return k != Standard }

// What this package announces; the subject is the webhook.
const (
	Created       = "webhook.created"
	Updated       = "webhook.updated"
	Deleted       = "webhook.deleted"
	SecretRotated = "webhook.secret_rotated"
	Disabled      = "webhook.disabled" // by the desk, because nobody takes what it sends
	Replayed      = "webhook.replayed"
)

// Subject is the subject type of what happens to webhooks.
const Subject = "webhook"

// testType is the type of what the test button sends.
const testType = "webhook.test"

// Types lists the events that a webhook can ask for. Those that begin with
// ticket.InternalPrefix are internal.
var Types = []string{
	ticket.Created, ticket.Updated, ticket.StatusChanged, ticket.PriorityChanged, ticket.Assigned, ticket.TeamChanged,
	ticket.ConfidentialChanged, ticket.Commented, ticket.CommentUpdated, ticket.CommentDeleted, ticket.CCAdded, ticket.CCRemoved,
	ticket.DueChanged, ticket.MergedInto, ticket.MergedIn, ticket.Unmerged, ticket.SplitOff, ticket.SplitFrom, ticket.SplitUndone,
	ticket.Deleted, ticket.Restored, attachment.Added, attachment.Removed,
	ticket.InternalPrefix + "created", ticket.InternalPrefix + "updated", ticket.InternalPrefix + "deleted", ticket.WatcherAdded, ticket.WatcherRemoved,
	user.Created, user.Updated, user.RoleChanged, user.Activated, user.Deactivated, user.Anonymised,
	team.Created, team.Updated, team.MemberAdded, team.MemberRemoved,
}

func internal(eventType string) bool { return strings.HasPrefix(eventType, ticket.InternalPrefix) }

// Webhook is an address that hears of events.
type Webhook struct {
	ID int64
	// URL is where it is called. Whoever has the address of a chat can write there: then
	// Address holds all of it, sealed, and URL only shows the server.
	URL         string
	Address     *string
	Description string
	Kind        Kind
	Events      []string `gorm:"serializer:json"` // none for all
	// Internal lets it hear of internal notes (that there is one, never what it
	// says), Confidential of confidential tickets.
	Internal       bool
	Confidential   bool
	Active         bool
	DisabledReason Reason
	Secret         string     // sealed
	OldSecret      string     // sealed; signs too until OldSecretUntil
	OldSecretUntil *time.Time //
	Failures       int        // since the last success
	FailingSince   *time.Time
	PausedUntil    *time.Time // nothing is sent before
	LastSuccessAt  *time.Time
	Version        int64
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// Reason says why the desk disabled a webhook.
type Reason string

// The reasons.
const (
	Gone    Reason = "gone"    // it answered 410
	Failing Reason = "failing" // for days it took nothing
)

// State is where a delivery stands.
type State string

// The states of a delivery.
const (
	Pending   State = "pending"
	Delivered State = "delivered"
	Dead      State = "dead"      // given up
	Cancelled State = "cancelled" // the webhook was disabled, or may not hear of it any more
)

// States lists every state.
var States = []State{Pending, Delivered, Dead, Cancelled}

// Delivery is one event on its way to one webhook.
type Delivery struct {
	ID        int64
	WebhookID int64
	EventID   int64  // 0 for a test
	MessageID string // webhook-id, the same at every attempt
	Type      string
	TicketID  *int64
	Payload   string
	State     State
	// Run is raised with each job, so that only the last one may send.
	Run        int
	Attempts   int // since it began or was replayed
	LastStatus int
	LastError  string
	NextAt     *time.Time
	CreatedAt  time.Time
	FinishedAt *time.Time
}

// TableName names the table for GORM.
func (Delivery) TableName() string { return "webhook_deliveries" }

// Attempt is one try to deliver.
type Attempt struct {
	ID         int64
	DeliveryID int64
	At         time.Time
	DurationMS int64 `gorm:"column:duration_ms"`
	Status     int   // 0 when there was no answer
	Error      string
	Request    *string // the body, where it is another one than the delivery's
	Response   string  // the beginning of the answer
}

// TableName names the table for GORM.
func (Attempt) TableName() string { return "webhook_attempts" }

// Service holds the verbs of webhooks.
type Service struct {
	db     *db.DB
	bus    *event.Bus
	clock  clock.Clock
	guard  *netguard.Guard
	box    *secret.Box
	client *http.Client
	public string
}

// New returns the service. public is where people reach the desk; the box seals
// the secrets.
func New(d *db.DB, bus *event.Bus, c clock.Clock, guard *netguard.Guard, box *secret.Box, public string) *Service {
	return &Service{db: d, bus: bus, clock: c, guard: guard, box: box, client: guard.Client(nil), public: strings.TrimRight(public, "/")}
}
