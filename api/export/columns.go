package export

import (
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/channel"
	"github.com/fixdesk/fixdesk/api/user"
)

// Columns are what an export can hold, in its usual order. What a feature adds to
// tickets gets a line here. Internal notes never do: an export leaves the desk.
var Columns = []Column{
	{Name: "id", Title: "Number", Default: true, Load: plain(func(t *ticket.Ticket) any { return t.ID })},
	{Name: "title", Title: "Title", Default: true, Load: plain(func(t *ticket.Ticket) any { return t.Title })},
	{Name: "description", Title: "Description", Default: true, Load: plain(func(t *ticket.Ticket) any { return t.Description })},
	{Name: "status", Title: "Status", Default: true, Load: plain(func(t *ticket.Ticket) any { return t.Status.String() })},
	{Name: "priority", Title: "Priority", Default: true, Load: plain(func(t *ticket.Ticket) any { return t.Priority.String() })},
	{Name: "requester", Title: "Requester", Default: true, Load: requester(func(u user.Card) string { return u.Username })},
	{Name: "requester_name", Title: "Requester's name", Load: requester(user.Card.FullName)},
	{Name: "requester_email", Title: "Requester's e-mail", Load: requester(func(u user.Card) string { return u.Email })},
	{Name: "department", Title: "Department", Default: true, Load: requester(func(u user.Card) string { return u.Department })},
	{Name: "assignee", Title: "Assignee", Default: true, Load: assignee(func(u user.Card) string { return u.Username })},
	{Name: "assignee_name", Title: "Assignee's name", Load: assignee(user.Card.FullName)},
	{Name: "waiting", Title: "Waiting for", Load: plain(func(t *ticket.Ticket) any { return t.Waiting() })},
	{Name: "comment_count", Title: "Comments", Default: true, Load: plain(func(t *ticket.Ticket) any { return t.CommentCount })},
	{Name: "created_at", Title: "Created", Default: true, Load: plain(func(t *ticket.Ticket) any { return t.CreatedAt })},
	{Name: "updated_at", Title: "Updated", Default: true, Load: plain(func(t *ticket.Ticket) any { return t.UpdatedAt })},
	{Name: "first_responded_at", Title: "First response", Default: true, Load: moment(func(t *ticket.Ticket) *time.Time { return t.FirstRespondedAt })},
	{Name: "resolved_at", Title: "Resolved", Default: true, Load: moment(func(t *ticket.Ticket) *time.Time { return t.ResolvedAt })},
	{Name: "closed_at", Title: "Closed", Default: true, Load: moment(func(t *ticket.Ticket) *time.Time { return t.ClosedAt })},
	{Name: "team", Title: "Team", Default: true, Load: teamName},
	{Name: "category", Title: "Category", Default: true, Load: categoryPath},
	{Name: "substatus", Title: "Finer status", Default: true, Load: finerStatus},
	{Name: "tags", Title: "Tags", Default: true, Allowed: readsTags, Load: tagNames},
	{Name: "channel", Title: "Channel", Load: plain(func(t *ticket.Ticket) any {
		if name := channel.Name(t.Channel); name != nil {
			return *name
		}
		return nil
	})},
	{Name: "due_at", Title: "Due", Load: moment(func(t *ticket.Ticket) *time.Time { return t.DueAt })},
	{Name: "sla_state", Title: "SLA", Allowed: works, Load: plain(func(t *ticket.Ticket) any { return t.SLAState.String() })},
	{Name: "confidential", Title: "Confidential", Allowed: works, Load: plain(func(t *ticket.Ticket) any { return t.Confidential })},
	{Name: "solved_at", Title: "Solved", Load: moment(func(t *ticket.Ticket) *time.Time { return t.SolvedAt })},
	{Name: "first_response_time", Title: "Time to first response", Allowed: works, Load: since(func(t *ticket.Ticket) *time.Time { return t.FirstRespondedAt })},
	{Name: "resolution_time", Title: "Time to resolution", Allowed: works, Load: since(func(t *ticket.Ticket) *time.Time { return t.SolvedAt })},
}

// works is for what concerns those who work on tickets.
func works(by authz.Actor) bool { return by.Can(authz.TicketWork) }

// readsTags is for whoever sees tags.
func readsTags(by authz.Actor) bool { return by.Can(authz.TagRead) }

func requester(field func(user.Card) string) func(*page) (func(*ticket.Ticket) any, error) {
	return func(p *page) (func(*ticket.Ticket) any, error) {
		return func(t *ticket.Ticket) any { return field(p.people[t.CreatedByID]) }, nil
	}
}

func assignee(field func(user.Card) string) func(*page) (func(*ticket.Ticket) any, error) {
	return func(p *page) (func(*ticket.Ticket) any, error) {
		return func(t *ticket.Ticket) any {
			if t.AssignedToID == nil {
				return nil
			}
			return field(p.people[*t.AssignedToID])
		}, nil
	}
}

func moment(field func(*ticket.Ticket) *time.Time) func(*page) (func(*ticket.Ticket) any, error) {
	return plain(func(t *ticket.Ticket) any {
		if at := field(t); at != nil {
			return *at
		}
		return nil
	})
}

// since is how long something took from the creation on.
func since(field func(*ticket.Ticket) *time.Time) func(*page) (func(*ticket.Ticket) any, error) {
	return plain(func(t *ticket.Ticket) any {
		if at := field(t); at != nil {
			return at.Sub(t.CreatedAt)
		}
		return nil
	})
}
