package team

import (
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// canList is for seeing the teams and who is in them.
func canList(by authz.Actor) bool { return by.Can(authz.TicketQueue) }

// canManage is for creating teams and changing their names and rules.
func canManage(by authz.Actor) bool { return by.Can(authz.TeamManage) }

// canManageMembers is for adding and removing the members of a team.
func canManageMembers(by authz.Actor, members []Member) bool {
	if canManage(by) {
		return true
	}
	for _, m := range members {
		if m.Lead && m.UserID == by.ID && by.ID != 0 {
			return canList(by)
		}
	}
	return false
}

// canAppoint is for making somebody a lead, or no longer one.
func canAppoint(by authz.Actor) bool { return canManage(by) }

var (
	errMissing       = fault.Missing(subject)
	errMemberMissing = fault.Missing("member")
	errListDenied    = fault.Denied("team.list_denied", "Only IT staff and administrators see the teams.")
	errManageDenied  = fault.Denied("team.manage_denied", "Only administrators create and change teams.")
	errMembersDenied = fault.Denied("team.members_denied", "Only administrators and the leads of a team change its members.")
	errAppointDenied = fault.Denied("team.appoint_denied", "Only administrators say who leads a team.")
	errTaken         = fault.New(fault.Conflict, "team.taken", "Another team has this name.").WithField("name", "Is taken.")
	errTooMany       = fault.New(fault.Conflict, "team.too_many", "There may be at most 200 teams.")
	errFull          = fault.New(fault.Conflict, "team.full", "A team may have at most 500 members.")
	errNoStaff       = fault.Field("user_id", "Must be an active member of the IT staff or an administrator.")
	errChanged       = fault.New(fault.Conflict, "team.changed", "Somebody changed this team at the same moment. Fetch it again, then repeat your change.").
				Because(db.ErrLostRace)
)
