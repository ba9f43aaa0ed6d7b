package app

import (
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// subscribe is the only table of who hears of what.
func (a *App) subscribe() {
	// auth: links by mail
	a.Auth.Subscribe(a.Bus)
	// realtime: whatever happened, open screens look at once
	a.Bus.LiveAll(a.Realtime.Wake)
	// ticket: whoever leaves the IT staff leaves no ticket hidden behind them
	a.Bus.Durable(user.Deactivated, ticket.ReleaseJob)
	a.Bus.Durable(user.RoleChanged, ticket.ReleaseJob)
	a.Bus.Durable(user.Anonymised, ticket.ReleaseJob)
}
