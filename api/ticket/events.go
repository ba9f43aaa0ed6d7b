package ticket

import (
	"slices"
	"strings"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

// What this package announces. The subject is always the ticket, so that its
// events are its timeline.
const (
	Created         = "ticket.created"
	Updated         = "ticket.updated"
	StatusChanged   = "ticket.status_changed"
	PriorityChanged = "ticket.priority_changed"
	Assigned        = "ticket.assigned"
	Commented       = "ticket.commented"
	CommentUpdated  = "comment.updated"
	CommentDeleted  = "comment.deleted"
	Deleted         = "ticket.deleted"
	Restored        = "ticket.restored"
	Purged          = "ticket.purged"
	Imported        = "tickets.imported" // the subject is the import; of single tickets nothing is announced

	TeamChanged         = "ticket.team_changed"
	ConfidentialChanged = "ticket.confidential_changed"
	CCAdded             = "ticket.cc_added"
	CCRemoved           = "ticket.cc_removed"
	// Who watches a ticket is nothing for its requester.
	WatcherAdded   = InternalPrefix + "watcher_added"
	WatcherRemoved = InternalPrefix + "watcher_removed"
)

// Subject is the subject type of what happens to tickets, and to what hangs on
// them and is announced as theirs.
const Subject = subject

const subject = "ticket"

// InternalPrefix begins the types of events that only those with the permission
// note.read may know of.
const InternalPrefix = "note."

// internalPrefixes begin all types that only the IT staff may know of: notes, tags
// and the fields that employees do not see.
var internalPrefixes = []string{InternalPrefix, "internal."}

// Internal reports whether only those with the permission note.read may know of
// events of a type.
func Internal(eventType string) bool {
	return slices.ContainsFunc(internalPrefixes, func(p string) bool { return strings.HasPrefix(eventType, p) })
}

// What happens to what hangs on a ticket.
const (
	CategoryChanged  = "ticket.category_changed"
	SubstatusChanged = "ticket.substatus_changed"
	FieldChanged     = "ticket.field_changed"
	// The same, of a field that employees do not see.
	InternalFieldChanged = "internal.field_changed"
	Tagged               = "internal.tagged"
)

// Renamed is the data of CategoryChanged; "" is none.
type Renamed struct {
	Was string `json:"was"`
	Now string `json:"now"`
}

// FinerChange is the data of SubstatusChanged: labels, "" for none, the names that
// never change, and whether clocks stood still in each.
type FinerChange struct {
	Was       string `json:"was"`
	Now       string `json:"now"`
	WasSlug   string `json:"was_slug,omitempty"`
	Slug      string `json:"slug,omitempty"`
	WasPaused bool   `json:"was_paused,omitempty"`
	Paused    bool   `json:"paused,omitempty"`
}

// FieldChange is the data of FieldChanged. Texts, addresses and people are not in
// it: only that they changed.
type FieldChange struct {
	Field string `json:"field"`
	Name  string `json:"name"`
	Was   string `json:"was,omitempty"`
	Now   string `json:"now,omitempty"`
}

// Tags is the data of Tagged.
type Tags struct {
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
}

// Change is the data of StatusChanged and PriorityChanged.
type Change struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Texts is the data of Updated: which texts changed, not what they say.
type Texts struct {
	Changed []string `json:"changed"`
}

// Person is somebody in the data of an event.
type Person struct {
	ID       int64  `json:"id"`
	Username string `json:"username"`
}

// Assignment is the data of Assigned; nil is nobody.
type Assignment struct {
	From *Person `json:"from"`
	To   *Person `json:"to"`
}

// Sight is the data of Deleted: what said who could see the ticket.
type Sight struct {
	RequesterID  int64  `json:"requester_id"`
	AssigneeID   *int64 `json:"assignee_id"`
	TeamID       *int64 `json:"team_id,omitempty"`
	Confidential bool   `json:"confidential,omitempty"`
	Watchers     db.IDs `json:"watchers,omitempty"`
	Department   string `json:"department,omitempty"`
}

func sightOf(t *Ticket) Sight {
	return Sight{t.CreatedByID, t.AssignedToID, t.TeamID, t.Confidential, t.Watchers, t.Department}
}

// Ticket returns a ticket that those see who could see the deleted one.
func (s Sight) Ticket(id int64) *Ticket {
	return &Ticket{
		ID: id, CreatedByID: s.RequesterID, AssignedToID: s.AssigneeID, TeamID: s.TeamID,
		Confidential: s.Confidential, Watchers: s.Watchers, Department: s.Department,
	}
}

// Group is a team in the data of an event.
type Group struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Move is the data of TeamChanged; nil is no team.
type Move struct {
	From *Group `json:"from"`
	To   *Group `json:"to"`
}

// Switch is the data of ConfidentialChanged.
type Switch struct {
	Confidential bool `json:"confidential"`
}

// WatcherRef is the data of the events about watchers and CC: an account, or 0
// for an address.
type WatcherRef struct {
	WatcherID int64 `json:"watcher_id"`
	UserID    int64 `json:"user_id,omitempty"`
}

// ImportedTickets is the data of Imported.
type ImportedTickets struct {
	IDs []int64 `json:"ids"`
}

// CommentRef is the data of the events about comments.
type CommentRef struct {
	CommentID int64   `json:"comment_id"`
	Mentions  []int64 `json:"mentions,omitempty"`
}
