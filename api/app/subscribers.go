package app

import (
	"slices"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/bulk"
	"github.com/fixdesk/fixdesk/api/calendar"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/checklist"
	"github.com/fixdesk/fixdesk/api/draft"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/link"
	"github.com/fixdesk/fixdesk/api/macro"
	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/note"
	"github.com/fixdesk/fixdesk/api/notification"
	"github.com/fixdesk/fixdesk/api/outbox"
	"github.com/fixdesk/fixdesk/api/preference"
	"github.com/fixdesk/fixdesk/api/recurring"
	"github.com/fixdesk/fixdesk/api/seen"
	"github.com/fixdesk/fixdesk/api/sla"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/timeentry"
	"github.com/fixdesk/fixdesk/api/user"
	"github.com/fixdesk/fixdesk/api/view"
	"github.com/fixdesk/fixdesk/api/watcher"
	"github.com/fixdesk/fixdesk/api/webhook"
)

// subscribe is the only table of who hears of what.
func (a *App) subscribe() {
	// auth: links by mail
	a.Auth.Subscribe(a.Bus)
	// realtime: whatever happened, open screens look at once
	a.Bus.LiveAll(a.Realtime.Wake)
	a.Bus.LiveAll(a.Feed.Wake)
	// webhook: who is to hear of it is written down with it
	for _, eventType := range webhook.Types {
		a.Bus.InTx(eventType, a.Webhook.Follow)
	}
	// outbox: whoever is to be told by mail is written down with it
	for _, eventType := range []string{ticket.Created, ticket.Commented, ticket.StatusChanged} {
		a.Bus.InTx(eventType, a.Outbox.Follow)
	}
	a.Bus.InTx(mailbox.Bounced, a.Outbox.Bounce)
	a.Bus.InTx(ticket.Purged, outbox.Forget)
	a.Bus.InTx(ticket.Purged, mailbox.Forget)
	a.Bus.LiveAll(a.Outbox.Wake)
	// notification: whom it concerns is written down with it, after the mail of
	// requesters, so that nobody hears of it twice
	for _, eventType := range slices.Concat(notification.Types, []string{sla.Warned, sla.Overdue, sla.Escalated}) {
		a.Bus.InTx(eventType, a.Notification.Follow)
	}
	a.Bus.InTx(ticket.Purged, notification.Forget)
	a.Bus.InTx(note.Deleted, notification.ForgetNote)
	a.Bus.InTx(user.Anonymised, notification.ForgetPerson)
	// bulk: what was asked for is done in the background
	a.Bus.Durable(bulk.Started, bulk.RunJob)
	// sla: clocks never disagree with what happened
	a.Bus.InTxAbout(ticket.Subject, a.SLA.Follow)
	a.Bus.InTx(ticket.Imported, a.SLA.Imported)
	a.Bus.InTx(ticket.Purged, sla.Forget)
	a.Bus.InTx(calendar.Updated, a.SLA.CalendarChanged)
	a.Bus.InTx(calendar.Deleted, a.SLA.CalendarDeleted)
	a.Bus.InTx(substatus.Updated, a.SLA.StatusesChanged)
	a.Bus.InTx(category.Updated, a.SLA.CategoryMoved)
	a.Bus.Durable(user.Updated, sla.RequesterJob)
	// tag: the tickets of tags that are merged or deleted follow
	a.Bus.Durable(tag.Merged, tag.MoveJob)
	a.Bus.Durable(tag.Deleted, tag.MoveJob)
	// category: fields that are deleted leave the forms
	a.Bus.InTx(field.Deleted, category.ForgetField)
	// attachment, note, draft, seen: what is kept about a ticket goes with it
	a.Bus.InTx(ticket.Purged, attachment.Forget)
	a.Bus.InTx(ticket.Purged, note.Forget)
	a.Bus.InTx(ticket.Purged, draft.Forget)
	a.Bus.InTx(ticket.Purged, seen.Forget)
	a.Bus.InTx(ticket.Purged, ticket.ForgetWatchers)
	a.Bus.InTx(ticket.Purged, link.Forget)
	a.Bus.InTx(ticket.Purged, checklist.Forget)
	a.Bus.InTx(ticket.Purged, timeentry.Forget)
	a.Bus.InTx(ticket.Purged, recurring.Forget)
	// checklist: what is required comes before resolving
	a.Bus.InTx(ticket.StatusChanged, checklist.Complete)
	// view, preference, macro: what somebody chose for themselves goes with them
	a.Bus.InTx(user.Anonymised, view.Forget)
	a.Bus.InTx(user.Anonymised, preference.Forget)
	a.Bus.InTx(user.Anonymised, macro.Forget)
	// team: whoever leaves the IT staff leaves its teams
	a.Bus.InTx(user.RoleChanged, team.Leave)
	a.Bus.InTx(user.Anonymised, team.Leave)
	// watcher: whoever leaves the IT staff watches no more, and an address in CC becomes
	// the account that proves to have it
	a.Bus.Durable(user.RoleChanged, watcher.LeaveJob)
	for _, eventType := range []string{
		user.Created, user.Verified, user.PasswordChanged, user.Activated, user.Updated, user.Imported, ticket.Restored,
		ticket.CCAdded,
	} {
		a.Bus.InTx(eventType, watcher.Claim)
	}
	// ticket: whoever leaves the IT staff leaves no ticket hidden behind them
	a.Bus.Durable(user.Deactivated, ticket.ReleaseJob)
	a.Bus.Durable(user.RoleChanged, ticket.ReleaseJob)
	a.Bus.Durable(user.Anonymised, ticket.ReleaseJob)
}
