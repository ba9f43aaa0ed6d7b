package user

import (
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// canManage is for seeing and changing the accounts of others.
func canManage(by authz.Actor) bool { return by.Can(authz.UserManage) }

// canListAssignees is for choosing somebody to work on a ticket.
func canListAssignees(by authz.Actor) bool { return by.Can(authz.TicketWork) }

// canListPeople is for choosing for whom a ticket is opened.
func canListPeople(by authz.Actor) bool { return by.Can(authz.TicketWork) }

// canUpdateProfile is for the parts of an account that its owner keeps.
func canUpdateProfile(by authz.Actor, id int64) bool { return by.ID != 0 && by.ID == id }

var (
	errMissing         = fault.Missing(subject)
	errManageDenied    = fault.Denied("user.manage_denied", "Only administrators manage accounts.")
	errAssigneesDenied = fault.Denied("user.assignees_denied", "Only IT staff and administrators assign tickets.")
	errPeopleDenied    = fault.Denied("user.people_denied", "Only IT staff and administrators open tickets for others.")
	errProfileDenied   = fault.Denied("user.profile_denied", "Only people have a profile.")
	errLastAdmin       = fault.New(fault.Conflict, "user.last_admin", "This is the last active administrator. Make somebody else an administrator first.")
	errAnonymised      = fault.New(fault.Conflict, "user.anonymised", "This account was deleted and cannot be changed any more.")
	errChanged         = fault.New(fault.Conflict, "user.changed", "Somebody changed this account at the same moment. Fetch it again, then repeat your change.")
)
