// Package ticket is the heart of the desk: problems that employees report,
// their way through the four states, and the conversation about them.
package ticket

import (
	"time"

	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// Status is where a ticket stands. It is stored as its ordinal.
type Status int

// The four states of a ticket.
const (
	Open Status = iota + 1
	InProgress
	Resolved
	Closed
)

// Statuses lists every state in the order of a ticket's life.
var Statuses = []Status{Open, InProgress, Resolved, Closed}

var statusNames = map[Status]string{Open: "open", InProgress: "in_progress", Resolved: "resolved", Closed: "closed"}

var statusLabels = map[Status]string{Open: "Open", InProgress: "In Progress", Resolved: "Resolved", Closed: "Closed"}

// String returns the name that the API uses.
func (s Status) String() string { return statusNames[s] }

// Label returns the name that system messages use.
func (s Status) Label() string { return statusLabels[s] }

// Done reports whether nobody needs to work on the ticket.
func (s Status) Done() bool { return s == Resolved || s == Closed }

// ParseStatus returns the state with the name, or false.
func ParseStatus(name string) (Status, bool) { return lookUp(statusNames, name) }

// Priority says how soon a ticket should be worked on. It is stored as its
// ordinal, so that sorting by it needs no more.
type Priority int

// The four priorities.
const (
	Low Priority = iota + 1
	Medium
	High
	Urgent
)

// Priorities lists every priority, the least pressing first.
var Priorities = []Priority{Low, Medium, High, Urgent}

var priorityNames = map[Priority]string{Low: "low", Medium: "medium", High: "high", Urgent: "urgent"}

// String returns the name that the API uses.
func (p Priority) String() string { return priorityNames[p] }

// ParsePriority returns the priority with the name, or false.
func ParsePriority(name string) (Priority, bool) { return lookUp(priorityNames, name) }

func lookUp[K comparable](names map[K]string, name string) (K, bool) {
	for k, n := range names {
		if n == name {
			return k, true
		}
	}
	var none K
	return none, false
}

// Ticket is a reported problem. Every change of its own fields is a
// compare-and-swap on Version; comments do not raise it.
type Ticket struct {
	ID           int64
	Title        string
	Description  string
	Status       Status
	Priority     Priority
	CreatedByID  int64
	AssignedToID *int64
	CategoryID   *int64
	SubstatusID  *int64
	TeamID       *int64
	// MergedIntoID is the ticket that this one is a part of, nil for none.
	MergedIntoID *int64
	// Confidential keeps the ticket to those it names.
	Confidential bool
	// Watchers repeats the ids of the accounts that watch the ticket or are in CC,
	// all of whom see it.
	Watchers     db.IDs
	Department   string // the requester's when it was opened, folded
	OpenedByID   *int64 // who opened it for the requester, nil for nobody else
	Channel      *int64 // how it came in, nil for not known
	CommentCount int    // system messages not counted
	LastReply    LastReply
	Version      int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
	ResolvedAt   *time.Time
	ClosedAt     *time.Time
	// FirstRespondedAt is when somebody of the IT staff, other than the requester,
	// first wrote in public.
	FirstRespondedAt *time.Time
	// SolvedAt is since when nobody needs to work on the ticket.
	SolvedAt  *time.Time
	DueAt     *time.Time
	DueSource DueSource
	SLAState  SLAState `gorm:"column:sla_state"`
}

// LastReply says who had the last word in public.
type LastReply int

// Who can have had the last word.
const (
	NoReply LastReply = iota
	RequesterReply
	StaffReply
)

// Waiting returns for whom the ticket waits: the IT staff, until somebody but
// the requester has the last word, or the requester; "" when it is done.
func (t *Ticket) Waiting() string {
	switch {
	case t.Status.Done():
		return ""
	case t.LastReply == StaffReply:
		return WaitingRequester
	}
	return WaitingStaff
}

// What Waiting returns.
const (
	WaitingStaff     = "staff"
	WaitingRequester = "requester"
)

// replyAfter is LastReply after a public comment. What the desk itself writes, by
// a rule, answers nobody.
func (t *Ticket) replyAfter(author int64) LastReply {
	if author == 0 {
		return t.LastReply
	}
	return t.replyBy(author)
}

// replyBy is what a public comment of the author makes of LastReply.
func (t *Ticket) replyBy(author int64) LastReply {
	if author == t.CreatedByID {
		return RequesterReply
	}
	return StaffReply
}

// TableName names the table for GORM.
func (Ticket) TableName() string { return "tickets" }

// Comment is one message of a ticket's conversation, by a person or by the
// system in a person's name.
type Comment struct {
	ID              int64
	TicketID        int64
	AuthorID        int64
	Content         string
	IsSystemMessage bool
	// The ticket's people are repeated here for the lists that span tickets.
	TicketRequester int64
	TicketAssignee  *int64
	TicketTeam      *int64
	// TicketDepartment is the ticket's, not the author's.
	TicketDepartment string
	// OriginID is the ticket that it was written on, if that is another one.
	OriginID  *int64
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// TableName names the table for GORM.
func (Comment) TableName() string { return "comments" }

// The limits of texts, in code points.
const maxTitle = 200

// moveTo changes the status and the times that depend on it. Any state may
// follow any other.
func (t *Ticket) moveTo(s Status, now time.Time) {
	t.Status = s
	if s.Done() && t.SolvedAt == nil {
		t.SolvedAt = &now
	}
	switch s {
	case Open, InProgress:
		t.ResolvedAt, t.ClosedAt, t.SolvedAt = nil, nil, nil
	case Resolved:
		t.ResolvedAt, t.ClosedAt = &now, nil
	case Closed:
		t.ClosedAt = &now
	}
}

func (t *Ticket) isAssignedTo(id int64) bool { return t.AssignedToID != nil && *t.AssignedToID == id }

func sameID(a, b *int64) bool {
	return (a == nil && b == nil) || (a != nil && b != nil && *a == *b)
}

func statusMessage(from, to Status) string {
	return "Status changed from " + from.Label() + " to " + to.Label()
}

func assignedMessage(username string) string { return "Ticket assigned to " + username }

const unassignedMessage = "Ticket unassigned"

var errNotAssignable = fault.Field("assigned_to", "Must be an active member of the IT staff or an administrator.")
