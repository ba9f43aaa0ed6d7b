package app

import (
	"context"
	"errors"
	"time"

	"github.com/fixdesk/fixdesk/api/bulk"
	"github.com/fixdesk/fixdesk/api/feed"
	"github.com/fixdesk/fixdesk/api/macro"
	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/message"
	"github.com/fixdesk/fixdesk/api/notification"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/realtime"
	"github.com/fixdesk/fixdesk/api/recurring"
	"github.com/fixdesk/fixdesk/api/sla"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/template"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/view"
	"github.com/fixdesk/fixdesk/api/webhook"
)

// The kinds of jobs that keep the house clean.
const (
	pruneJobs     = "job.prune"
	pruneKeys     = "idempotency_key.prune"
	pruneSessions = "session.prune"
	pruneMail     = "mail.prune"
)

// jobs registers every kind of job and every schedule.
func (a *App) jobs(keys *web.Keys) {
	w := a.Worker
	a.Auth.Jobs(w)
	a.attachmentJobs()
	w.Handle(ticket.ReleaseJob, a.Ticket.RunRelease)
	w.Handle(ticket.PurgeJob, a.Ticket.RunPurge)
	w.Handle(sla.TickJob, a.SLA.Tick)
	w.Handle(sla.RecalculateJob, a.SLA.RunRecalculate)
	w.Handle(sla.RequesterJob, a.SLA.RunRequester)
	w.Handle(tag.MoveJob, a.Tag.RunMove)
	w.Handle(bulk.RunJob, a.Bulk.Carry)
	w.Handle(bulk.PruneJob, a.Bulk.Prune)
	w.Handle(view.PruneJob, a.View.Prune)
	w.Handle(message.ReleaseJob, a.Message.RunRelease)
	w.Handle(message.PruneJob, a.Message.Prune)
	w.Handle(macro.PruneJob, a.Macro.Prune)
	w.Handle(template.PruneJob, a.Template.Prune)
	w.Handle(recurring.TickJob, a.Recurring.Tick)
	w.Handle(recurring.PruneJob, a.Recurring.Prune)
	w.Handle(realtime.PruneJob, a.Realtime.Prune)
	w.Handle(notification.PruneJob, a.Notification.Prune)
	w.Handle(webhook.DeliverJob, a.Webhook.RunDeliver)
	w.Handle(webhook.PruneJob, a.Webhook.Prune)
	w.Handle(feed.SettleJob, a.Feed.RunSettle)
	w.Handle(pruneJobs, w.Prune)
	w.Handle(pruneKeys, func(ctx context.Context, _ job.Job) error { return keys.Prune(ctx) })
	w.Handle(pruneSessions, a.Auth.Prune)
	w.Handle(mailbox.ForgetJob, a.Mailbox.RunForget)
	w.Handle(pruneMail, func(ctx context.Context, _ job.Job) error {
		return errors.Join(a.Outbox.Prune(ctx), a.pruneMessages(ctx))
	})

	w.Every(24*time.Hour, pruneJobs)
	w.Every(time.Hour, pruneKeys)
	w.Every(time.Minute, recurring.TickJob)
	w.Every(24*time.Hour, recurring.PruneJob)
	w.Every(24*time.Hour, template.PruneJob)
	w.Every(5*time.Minute, sla.TickJob)
	w.Every(time.Hour, ticket.PurgeJob)
	w.Every(24*time.Hour, bulk.PruneJob)
	w.Every(time.Hour, view.PruneJob)
	w.Every(time.Hour, message.PruneJob)
	w.Every(time.Hour, macro.PruneJob)
	w.Every(time.Hour, realtime.PruneJob)
	w.Every(time.Hour, notification.PruneJob)
	w.Every(24*time.Hour, webhook.PruneJob)
	w.Every(10*time.Minute, feed.SettleJob)
	w.Every(6*time.Hour, pruneSessions)
	w.Every(24*time.Hour, pruneMail)
}
