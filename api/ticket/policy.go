package ticket

import (
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// canRead is the rule of visibility. scopesOf says the same in SQL, and a test
// demands that both agree.
func canRead(by authz.Actor, t *Ticket) bool {
	switch {
	case by.IsNobody():
		return false
	case by.Can(authz.TicketViewAll):
		return true
	case t.CreatedByID == by.ID:
		return true
	case by.Can(authz.TicketQueue):
		return t.AssignedToID == nil || t.isAssignedTo(by.ID)
	}
	return false
}

// canWork is for status, priority and assignee.
func canWork(by authz.Actor, t *Ticket) bool { return by.Can(authz.TicketWork) && canRead(by, t) }

// canUpdate is for title and description.
func canUpdate(by authz.Actor, t *Ticket) bool {
	return canWork(by, t) || (by.ID == t.CreatedByID && by.ID != 0 && t.Status == Open)
}

func canComment(by authz.Actor, t *Ticket) bool { return canRead(by, t) }

// canCommentAnywhere is for those who may comment on tickets they do not see.
func canCommentAnywhere(by authz.Actor) bool { return by.Can(authz.TicketWork) }

func canDelete(by authz.Actor, t *Ticket) bool { return by.Can(authz.TicketDelete) && canRead(by, t) }

// canChangeComment is for editing and deleting: by the author or a moderator,
// never what the system wrote.
func canChangeComment(by authz.Actor, c *Comment) bool {
	if c.IsSystemMessage || by.IsNobody() {
		return false
	}
	return by.Can(authz.CommentModify) || (by.ID != 0 && by.ID == c.AuthorID)
}

var (
	errMissing        = fault.Missing("ticket")
	errCommentMissing = fault.Missing("comment")
	errWorkDenied     = fault.Denied("ticket.work_denied", "Only IT staff and administrators may change status, priority and assignee.")
	errUpdateDenied   = fault.Denied("ticket.update_denied", "You may change title and description of your own tickets while they are open.")
	errDeleteDenied   = fault.Denied("ticket.delete_denied", "Only administrators may delete tickets.")
	errSystemMessage  = fault.Denied("comment.system_message", "System messages cannot be changed.")
	errCommentDenied  = fault.Denied("comment.change_denied", "Only the author or an administrator may change this comment.")
)

// scope is one part of what an actor sees: a conjunction that an index serves.
// The parts of an actor's scopes share no ticket.
type scope struct {
	assignee    *int64 // this assignee
	unassigned  bool   // or none
	requester   *int64 // this requester
	notAssignee *int64 // assigned, but not to this one
}

// scopesOf returns what an actor sees; empty for nothing.
func scopesOf(by authz.Actor) []scope {
	me := by.ID
	switch {
	case by.IsNobody():
		return nil
	case by.Can(authz.TicketViewAll):
		return []scope{{}}
	case by.Can(authz.TicketQueue):
		return []scope{{assignee: &me}, {unassigned: true}, {requester: &me, notAssignee: &me}}
	}
	return []scope{{requester: &me}}
}
