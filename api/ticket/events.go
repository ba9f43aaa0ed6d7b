package ticket

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
)

// Subject is the subject type of what happens to tickets, and to what hangs on
// them and is announced as theirs.
const Subject = subject

const subject = "ticket"

// InternalPrefix begins the types of events that only those with the permission
// note.read may know of.
const InternalPrefix = "note."

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

// People is the data of Deleted: who could see the ticket.
type People struct {
	RequesterID int64  `json:"requester_id"`
	AssigneeID  *int64 `json:"assignee_id"`
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
