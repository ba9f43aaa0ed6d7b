package app

import (
	"github.com/fixdesk/fixdesk/api/automation"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/macro"
	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/recurring"
	"github.com/fixdesk/fixdesk/api/routing"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/template"
	"github.com/fixdesk/fixdesk/api/usage"
)

// guard keeps what others need from being deleted, and from names under which they would
// no longer find it. Calendars have guards of their own,
// in package sla and package routing; teams, accounts and rules are never deleted while
// somebody counts on them: teams are deactivated, and nothing names rules.
func (a *App) guard(rules *automation.Service, queues *routing.Service) {
	guard := usage.Guard(
		rules.Uses, a.SLA.Uses, queues.Uses, a.View.Uses, macro.Uses(a.Ticket), template.Uses, recurring.Uses, mailbox.Uses,
	)
	for _, e := range []string{
		category.Deleted, tag.Deleted, field.Deleted, substatus.Deleted, macro.Deleted, template.Deleted,
	} {
		a.Bus.InTx(e, guard)
	}
	// Conditions and actions are texts: they name these. The old name of a tag goes on
	// meaning it.
	for _, e := range []string{category.Updated, field.Updated, team.Updated} {
		a.Bus.InTx(e, usage.Renaming(guard))
	}
}
