package ticket

import (
	"slices"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// canRead is the rule of visibility. scopesOf says the same in SQL, and a test
// demands that both agree.
func canRead(by authz.Actor, t *Ticket) bool {
	switch {
	case by.IsNobody():
		return false
	case concerns(by, t):
		return true
	case t.Confidential:
		return by.Can(authz.TicketConfidential) || (by.Can(authz.TicketTriage) && t.AssignedToID == nil)
	case by.Can(authz.TicketViewAll):
		return true
	case by.Can(authz.TicketQueue):
		if t.AssignedToID == nil {
			return t.TeamID == nil || !slices.Contains(by.OtherTeams, *t.TeamID)
		}
		return t.TeamID != nil && slices.Contains(by.Teams, *t.TeamID)
	}
	return by.Department != "" && t.Department == by.Department
}

// concerns reports whether the ticket names the actor: as its requester, its
// assignee or one of its watchers.
func concerns(by authz.Actor, t *Ticket) bool {
	return by.ID != 0 && (t.CreatedByID == by.ID || slices.Contains(t.Watchers, by.ID) ||
		(by.Can(authz.TicketQueue) && t.isAssignedTo(by.ID)))
}

// canWork is for status, priority and assignee.
func canWork(by authz.Actor, t *Ticket) bool { return by.Can(authz.TicketWork) && canRead(by, t) }

// canUpdate is for title and description.
func canUpdate(by authz.Actor, t *Ticket) bool {
	return canWork(by, t) || (by.ID == t.CreatedByID && by.ID != 0 && t.Status == Open)
}

// canComment leaves out those who see a ticket only because it is of their department.
func canComment(by authz.Actor, t *Ticket) bool {
	return canRead(by, t) && (by.Can(authz.TicketQueue) || concerns(by, t))
}

// canCommentAnywhere is for those who may comment on tickets they do not see.
func canCommentAnywhere(by authz.Actor, t *Ticket) bool {
	return by.Can(authz.TicketWork) && !t.Confidential
}

// canWatch is for hearing of a ticket, and for asking others of the IT staff to.
func canWatch(by authz.Actor, t *Ticket) bool { return by.ID != 0 && canWork(by, t) }

// canCC is for letting others see a ticket and take part in its conversation.
func canCC(by authz.Actor, t *Ticket) bool {
	return by.ID != 0 && (canWork(by, t) || isRequester(by, t))
}

// canUnwatch is for taking somebody from those who hear of a ticket: oneself, or
// whom one could have added.
func canUnwatch(by authz.Actor, t *Ticket, w *Watcher) bool {
	switch {
	case w.UserID != nil && *w.UserID == by.ID:
		return by.ID != 0
	case by.ID == 0:
		return !by.IsNobody() // whoever left by the link in a mail
	case w.Kind == CC:
		return canCC(by, t)
	}
	return canWatch(by, t)
}

// canSetConfidential is for keeping a ticket to those it names.
func canSetConfidential(by authz.Actor, t *Ticket) bool { return canWork(by, t) || isRequester(by, t) }

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
	errWatchDenied    = fault.Denied("ticket.watch_denied", "Only IT staff and administrators watch tickets.")
	errCCDenied       = fault.Denied("ticket.cc_denied", "Only the requester, IT staff and administrators say who takes part in this ticket.")
	errSecretDenied   = fault.Denied("ticket.confidential_denied", "Only the requester, IT staff and administrators make a ticket confidential.")
	errCommentRefused = fault.Denied("ticket.comment_denied", "You may read this ticket of your department, but not write on it.")
	errDeleteDenied   = fault.Denied("ticket.delete_denied", "Only administrators may delete tickets.")
	errSystemMessage  = fault.Denied("comment.system_message", "System messages cannot be changed.")
	errCommentDenied  = fault.Denied("comment.change_denied", "Only the author or an administrator may change this comment.")
)
