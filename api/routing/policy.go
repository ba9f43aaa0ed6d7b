package routing

import (
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// canManage is for queues, skills and what agents are able to.
func canManage(by authz.Actor) bool { return by.Can(authz.RoutingManage) }

// canWork is for one's own availability, and for why somebody got a ticket that
// one sees.
func canWork(by authz.Actor) bool { return by.Can(authz.TicketWork) }

var (
	errMissing  = fault.Missing(Subject)
	errNoAgent  = fault.Missing("agent")
	errDenied   = fault.Denied("routing.denied", "Only administrators look after routing.")
	errWork     = fault.Denied("routing.work_denied", "Only IT staff and administrators are assigned tickets.")
	errChanged  = fault.New(fault.Conflict, "routing.changed", "Somebody changed this at the same moment. Fetch it again, then repeat your change.").Because(db.ErrLostRace)
	errTooMany  = fault.New(fault.Conflict, "routing.too_many", "There can be at most %d routing queues.", maxQueues)
	errNoTeam   = fault.Field("team_id", "Must be an active team.")
	errBackPast = fault.Field("back_at", "Must lie in the future.")
)
