package app

import (
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/automation"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/macro"
	"github.com/fixdesk/fixdesk/api/note"
	"github.com/fixdesk/fixdesk/api/sla"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// newRules builds the desk's rules: what pulls their triggers, and their jobs.
func (a *App) newRules(o authz.Options) *automation.Service {
	s := automation.New(a.DB, a.Bus, a.Clock, a.Ticket, o)
	s.On(automation.OnCreated, ticket.Created)
	s.On(automation.OnUpdated, ticket.Updated, ticket.StatusChanged, ticket.PriorityChanged, ticket.Assigned, ticket.TeamChanged,
		ticket.ConfidentialChanged, ticket.CategoryChanged, ticket.SubstatusChanged, ticket.FieldChanged, ticket.InternalFieldChanged, ticket.Tagged)
	s.On(automation.OnCommented, ticket.Commented)
	s.On(automation.OnNoted, note.Created)
	s.On(automation.OnWarning, sla.Warned)
	s.On(automation.OnBreach, sla.Overdue)
	a.Bus.InTx(ticket.Purged, automation.Forget)
	// What a rule names may mean something else, and its owner may have other rights.
	for _, e := range []string{
		tag.Renamed, tag.Merged, tag.Deleted, category.Created, category.Updated, category.Deleted, field.Created, field.Updated, field.Deleted,
		substatus.Created, substatus.Updated, substatus.Deleted, macro.Updated, macro.Deleted,
		team.Created, team.Updated, team.MemberAdded, team.MemberUpdated, team.MemberRemoved,
		user.Updated, user.RoleChanged, user.Activated, user.Deactivated, user.Anonymised,
	} {
		a.Bus.InTx(e, s.Touch)
	}
	// What a rule names may be gone with any of these, be no longer used, or be called
	// something else.
	for _, e := range []string{
		field.Updated, field.Deleted, tag.Deleted, category.Updated, category.Deleted, substatus.Updated, substatus.Deleted,
		macro.Updated, macro.Deleted, team.Updated, user.Updated, user.Deactivated, user.Anonymised, user.RoleChanged,
	} {
		a.Bus.Durable(e, automation.CheckJob)
	}
	a.Worker.Handle(automation.EventJob, s.RunEvent)
	a.Worker.Handle(automation.TickJob, s.Tick)
	a.Worker.Handle(automation.SweepJob, s.Sweep)
	a.Worker.Handle(automation.CheckJob, s.CheckAll)
	a.Worker.Handle(automation.PruneJob, s.Prune)
	a.Worker.Every(5*time.Minute, automation.TickJob)
	a.Worker.Every(time.Hour, automation.PruneJob)
	return s
}
