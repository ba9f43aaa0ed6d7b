package app

import (
	"time"

	"github.com/fixdesk/fixdesk/api/calendar"
	"github.com/fixdesk/fixdesk/api/routing"
	"github.com/fixdesk/fixdesk/api/snooze"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// newRouting builds what gives tickets to agents: what it hears of, and its jobs.
func (a *App) newRouting() *routing.Service {
	s := routing.New(a.DB, a.Bus, a.Clock, a.Ticket)
	a.Bus.InTxAbout(ticket.Subject, s.Follow(snooze.Woken))
	a.Bus.InTx(ticket.Purged, routing.Forget)
	a.Bus.InTx(team.MemberAdded, s.Freed)
	a.Bus.InTx(calendar.Updated, s.Freed)
	a.Bus.InTx(calendar.Deleted, s.CalendarDeleted)
	a.Bus.InTx(user.RoleChanged, routing.Leave)
	a.Bus.InTx(user.Anonymised, routing.Leave)
	// Queues change, and tickets that nobody has may be for a new one.
	a.Bus.Durable(routing.Created, routing.ReviewJob)
	a.Worker.Handle(routing.RouteJob, s.Route)
	a.Worker.Handle(routing.DrainJob, s.Drain)
	a.Worker.Handle(routing.ReviewJob, s.Review)
	a.Worker.Handle(routing.TickJob, s.Drain)
	a.Worker.Every(time.Minute, routing.TickJob)
	return s
}
