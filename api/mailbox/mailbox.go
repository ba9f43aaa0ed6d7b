// Package mailbox takes mail in: mailboxes and how they are reached, every
// message as it came, and what became of it. A message is stored first and
// handled then, in one transaction with the ticket or the comment that it becomes.
package mailbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox/thread"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/secret"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Source is how a mailbox gets its mail.
type Source string //@name MailSource

// The sources.
const (
	Listener Source = "smtp" // by the desk's own SMTP or LMTP listener
	IMAP     Source = "imap"
)

// Security is how a connection to a mail server is protected.
type Security string //@name MailSecurity

// The ways.
const (
	TLS      Security = "tls"
	StartTLS Security = "starttls"
	NoTLS    Security = "none"
)

// Auth is how the desk proves to a mail server who it is.
type Auth string //@name MailAuth

// The ways.
const (
	Password Auth = "password"
	OAuth    Auth = "oauth"
)

// Unknown says what becomes of mail from an address without an account.
type Unknown string //@name MailUnknownSenders

// The choices.
const (
	CreateSender Unknown = "create"
	HoldSender   Unknown = "hold"
)

// Mailbox is an address that people write to. Changes of how it is set up are
// compare-and-swaps on Version; how it fares does not raise it.
type Mailbox struct {
	ID             int64
	Name           string
	Address        string
	AddressKey     string
	Active         bool
	Source         Source
	Host           string
	Port           int
	Security       Security
	Username       string
	Auth           Auth
	Secret         string // sealed: the password or the refresh token
	OAuthTokenURL  string `gorm:"column:oauth_token_url"`
	OAuthClientID  string `gorm:"column:oauth_client_id"`
	OAuthSecret    string `gorm:"column:oauth_secret"` // sealed
	Folder         string
	CategoryID     *int64
	TeamID         *int64
	SenderName     string
	Language       string
	UnknownSenders Unknown
	SenderCap      int // messages of one sender in an hour, 0 for no limit
	// PlusAddress says that address+tag@ reaches the mailbox, so that answers can
	// carry a signature in it.
	PlusAddress bool
	CatchAll    bool // takes what is for no other mailbox of the listener
	Acknowledge bool // tells senders the number of their ticket

	UIDValidity   int64 `gorm:"column:uid_validity"`
	LastUID       int64 `gorm:"column:last_uid"`
	LastFetchedAt *time.Time
	LastError     string
	LastErrorAt   *time.Time
	LeaseOwner    string
	LeaseUntil    *time.Time
	Version       int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// State is where a message stands.
type State string //@name MailState

// The states of a message.
const (
	Received State = "received" // stored, not handled yet
	Done     State = "done"     // in a ticket
	Ignored  State = "ignored"  // for a reason: automatic, a report, the desk's own
	Held     State = "held"     // somebody has to look first
	Failed   State = "failed"   // it cannot be handled
)

// States lists every state.
var States = []State{Received, Done, Ignored, Held, Failed}

// Message is a mail as it came, and what became of it.
type Message struct {
	ID           int64
	MailboxID    int64
	Hash         string // of the normalised Message-ID, or of all of it
	MessageID    string
	State        State
	Reason       string // a stable word, "" when it is in a ticket
	ReasonText   string
	FromName     string
	FromAddress  string
	FromKey      string // hash of the folded address
	Subject      string
	Size         int64
	Raw          []byte // small ones; else
	BlobKey      string // where it lies in the store
	EnvelopeFrom string
	EnvelopeTo   []string `gorm:"serializer:json"`
	Source       string
	Auto         string
	TicketID     *int64
	CommentID    *int64
	Trace        []thread.Step `gorm:"serializer:json"`
	Attempts     int
	NextAt       time.Time // when it is due, or until when somebody handles it
	ReceivedAt   time.Time
	ProcessedAt  *time.Time
	PrunedAt     *time.Time // since when only the log of it is kept
	Version      int64
}

// TableName names the table for GORM.
func (Message) TableName() string { return "mail_messages" }

// What this package announces; the subject is the mailbox, or for Bounced the
// message.
const (
	Created = "mailbox.created"
	Updated = "mailbox.updated"
	Deleted = "mailbox.deleted"
	Bounced = "mail.bounced" // a report came about a mail that was not delivered
)

// The subject types of this package's events.
const (
	Subject        = "mailbox"
	MessageSubject = "mail_message"
)

// Fields is the data of Updated: the names of what changed.
type Fields struct {
	Changed []string `json:"changed"`
}

// Failure is a recipient in the data of Bounced.
type Failure struct {
	Address string `json:"address"`
	Hard    bool   `json:"hard"`
	Failed  bool   `json:"failed"`
	Delayed bool   `json:"delayed"`
	Arrived bool   `json:"arrived"`
	Status  string `json:"status"`
}

// Report is the data of Bounced.
type Report struct {
	OriginalID string    `json:"original_id"`
	Failures   []Failure `json:"failures"`
}

// Deps is what the service is made of.
type Deps struct {
	DB         *db.DB
	Bus        *event.Bus
	Clock      clock.Clock
	Store      blob.Store
	Tickets    *ticket.Service
	Users      *user.Service
	Files      *attachment.Service
	Options    authz.Options
	Signer     thread.Signer
	Box        *secret.Box
	MailDomain string
	// How long one message may take, 0 for the constants.
	FirstPatience, Patience time.Duration
}

// Service holds the verbs of mailboxes and messages.
type Service struct {
	Deps
	wake chan struct{}
	// connect tries a mailbox of another server; set by the one who fetches.
	connect func(ctx context.Context, box Mailbox) error
}

// New returns the service.
func New(d Deps) *Service {
	d.FirstPatience, d.Patience = cmp.Or(d.FirstPatience, FirstPatience), cmp.Or(d.Patience, Patience)
	return &Service{Deps: d, wake: make(chan struct{}, 1)}
}

// SetConnect says how the connection to a mailbox is tried.
func (s *Service) SetConnect(fn func(ctx context.Context, box Mailbox) error) { s.connect = fn }

// Wake makes whoever handles messages look for them now.
func (s *Service) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

var system = authz.System("mail")

var (
	errMissing    = fault.Missing(Subject)
	errNoMessage  = fault.Missing("mail message")
	errDenied     = fault.Denied("mail.denied", "Only administrators look after mail.")
	errChanged    = fault.New(fault.Conflict, "mailbox.changed", "Somebody changed this mailbox at the same moment. Fetch it again, then repeat your change.").Because(db.ErrLostRace)
	errTaken      = fault.New(fault.Conflict, "mailbox.taken", "There is a mailbox with this address already.")
	errInUse      = fault.New(fault.Conflict, "mailbox.in_use", "Messages came to this mailbox; they say where its tickets come from. Pause it instead.")
	errInTicket   = fault.New(fault.Conflict, "mail_message.done", "This message is in a ticket already.")
	errUnderWay   = fault.New(fault.Conflict, "mail_message.under_way", "This message is being handled just now. Look again in a moment.")
	errNoServer   = fault.New(fault.Conflict, "mailbox.no_server", "This mailbox is not fetched from another server: the desk's own listener takes its mail.")
	errUnreadable = fault.New(fault.Unavailable, "mail_message.lost", "The message as it came is not in the store any more.")
)

// canManage is for everything about mail that is not about one ticket.
func canManage(by authz.Actor) bool { return by.Can(authz.DeskConfigure) }

func find(tx *gorm.DB, id int64) (Mailbox, error) {
	var b Mailbox
	err := tx.Take(&b, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return b, errMissing
	}
	if err != nil {
		return b, fmt.Errorf("read mailbox %d: %w", id, err)
	}
	return b, nil
}

// Find reads a mailbox.
func (s *Service) Find(tx *gorm.DB, id int64) (Mailbox, error) { return find(tx, id) }

// All reads every mailbox.
func All(tx *gorm.DB) ([]Mailbox, error) {
	var out []Mailbox
	if err := tx.Order("id").Limit(maxMailboxes).Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the mailboxes: %w", err)
	}
	return out, nil
}

// OfTicket returns the mailbox through which a ticket is spoken about: the one
// that its first message came to, else the first there is; nil without any.
func OfTicket(tx *gorm.DB, ticketID int64) (*Mailbox, error) {
	var ids []int64
	if err := tx.Model(&Message{}).Where("ticket_id = ?", ticketID).Order("id").Limit(1).Pluck("mailbox_id", &ids).Error; err != nil {
		return nil, fmt.Errorf("look for the mailbox of ticket %d: %w", ticketID, err)
	}
	var b Mailbox
	q := tx.Where("active = ?", true).Order("id")
	if len(ids) > 0 {
		q = tx.Where("id = ?", ids[0])
	}
	err := q.Take(&b).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the mailbox of ticket %d: %w", ticketID, err)
	}
	return &b, nil
}

// Origin is the message that a change comes from.
type Origin struct {
	Message   int64
	Mailbox   int64
	MessageID string
	Subject   string
	NoAnswer  string // why no program may answer it, or ""
	Automatic bool   // a program or a list sent it, so that nobody is told of it
}

type originKey struct{}

// OriginOf returns the message that what happens in ctx comes from, or nil.
func OriginOf(ctx context.Context) *Origin {
	o, _ := ctx.Value(originKey{}).(*Origin)
	return o
}

func withOrigin(ctx context.Context, o *Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}
