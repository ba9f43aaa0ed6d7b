// Package app puts the desk together: it opens the database and builds the
// features, floor by floor.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/auth"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/bulk"
	"github.com/fixdesk/fixdesk/api/calendar"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/checklist"
	"github.com/fixdesk/fixdesk/api/deadletter"
	"github.com/fixdesk/fixdesk/api/demo"
	"github.com/fixdesk/fixdesk/api/draft"
	"github.com/fixdesk/fixdesk/api/export"
	"github.com/fixdesk/fixdesk/api/feed"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/link"
	"github.com/fixdesk/fixdesk/api/macro"
	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/mailbox/fetch"
	"github.com/fixdesk/fixdesk/api/mailbox/smtpd"
	"github.com/fixdesk/fixdesk/api/message"
	"github.com/fixdesk/fixdesk/api/migration"
	"github.com/fixdesk/fixdesk/api/note"
	"github.com/fixdesk/fixdesk/api/notification"
	"github.com/fixdesk/fixdesk/api/outbox"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/platform/limit"
	"github.com/fixdesk/fixdesk/api/platform/mail"
	"github.com/fixdesk/fixdesk/api/platform/netguard"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/preference"
	"github.com/fixdesk/fixdesk/api/realtime"
	"github.com/fixdesk/fixdesk/api/recurring"
	"github.com/fixdesk/fixdesk/api/report"
	"github.com/fixdesk/fixdesk/api/seen"
	"github.com/fixdesk/fixdesk/api/server"
	"github.com/fixdesk/fixdesk/api/setting"
	"github.com/fixdesk/fixdesk/api/similar"
	"github.com/fixdesk/fixdesk/api/sla"
	"github.com/fixdesk/fixdesk/api/snooze"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/template"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/timeentry"
	"github.com/fixdesk/fixdesk/api/user"
	"github.com/fixdesk/fixdesk/api/view"
	"github.com/fixdesk/fixdesk/api/watcher"
	"github.com/fixdesk/fixdesk/api/webhook"
	"github.com/fixdesk/fixdesk/frontend"
)

// App is the assembled desk.
type App struct {
	DB        *db.DB
	Clock     clock.Clock
	Bus       *event.Bus
	Worker    *job.Worker
	User      *user.Service
	Auth      *auth.Service
	Ticket    *ticket.Service
	Note      *note.Service
	Message   *message.Service
	Macro     *macro.Service
	Bulk      *bulk.Service
	View      *view.Service
	SLA       *sla.Service
	Tag       *tag.Service
	Realtime  *realtime.Hub
	Recurring *recurring.Service
	Template  *template.Service
	Report    *report.Service
	Webhook   *webhook.Service
	Feed      *feed.Service
	Mailbox   *mailbox.Service
	Outbox    *outbox.Service
	Server    *server.Server

	Attachment   *attachment.Service
	Notification *notification.Service

	set     config.Settings
	fetcher *fetch.Fetcher
	// listeners are where mail is taken in.
	listeners []smtpd.Listener
	redis     *redis.Client
}

// Parts are what tests put in the place of the real thing; the zero Parts are
// the real thing.
type Parts struct {
	DB    *db.DB
	Clock clock.Clock
	Mail  mail.Sender
}

// New builds the desk. The database must have the schema of this program; see
// Migrate.
func New(set config.Settings, version string, p Parts) (*App, error) {
	secret, err := set.LoadSecret()
	if err != nil {
		return nil, err
	}
	proxies, err := set.Proxies()
	if err != nil {
		return nil, err
	}
	a := &App{DB: p.DB, Clock: p.Clock, set: set}
	if a.Clock == nil {
		a.Clock = clock.System{}
	}
	if a.DB == nil {
		if a.DB, err = db.Open(set.Database, a.Clock.Now); err != nil {
			return nil, err
		}
	}
	// ground
	a.Worker = job.NewWorker(a.DB, a.Clock)
	a.Bus = event.NewBus(a.DB, a.Clock, a.Worker.Wake)
	sender, err := newSender(set, p.Mail)
	if err != nil {
		return nil, err
	}
	limiter, err := a.newLimiter(set)
	if err != nil {
		return nil, err
	}
	keys, err := web.NewKeys(a.DB, a.Clock, secret, server.KeyScope)
	if err != nil {
		return nil, err
	}
	// people
	_, err = os.Stat(filepath.Join(set.DataDir, demo.SignInFile))
	isDemo := err == nil
	options := authz.Options{
		StaffSeesAll: set.StaffScope == "all", ConfidentialHidden: set.ConfidentialScope == "named", DepartmentReads: set.DepartmentTickets == "on",
	}
	a.User = user.New(a.DB, a.Bus, a.Clock)
	a.Auth, err = auth.New(auth.Deps{
		DB: a.DB, Bus: a.Bus, Clock: a.Clock, Users: a.User, Mail: sender, Limit: limiter,
		Secret: secret, PublicURL: set.PublicURL, Registration: set.Registration == "on",
		Version: version, Demo: isDemo, Authz: options, Attachments: attachmentLimits(set),
	})
	if err != nil {
		return nil, err
	}
	// desk
	if a.Attachment, err = newAttachments(a, set); err != nil {
		return nil, err
	}
	a.Tag = tag.New(a.DB, a.Bus)
	categories, substatuses := category.New(a.DB, a.Bus, field.There), substatus.New(a.DB, a.Bus)
	categories.SetInUse(ticket.CategoryInUse)
	substatuses.SetInUse(ticket.SubstatusInUse)
	a.Ticket = ticket.New(a.DB, a.Bus, a.Clock)
	a.Ticket.SetReopenWindow(time.Duration(set.ReopenDays) * 24 * time.Hour)
	// reactors
	a.SLA = sla.New(a.DB, a.Bus, a.Clock, a.Ticket, options)
	a.Ticket.AddQueryFields(sla.QueryFields)
	a.Ticket.AddQueryFields(hasFields)
	a.Note = note.New(a.DB, a.Bus)
	links := link.New(a.DB, a.Bus, a.Ticket, link.Moved{
		Notes:     link.Rows{IDs: note.IDs, Move: note.Move},
		Checklist: link.Rows{IDs: checklist.IDs, Move: checklist.Move},
		Times:     link.Rows{IDs: timeentry.IDs, Move: timeentry.Move},
		Rest:      link.Kept{Read: snooze.Read, Bring: snooze.Bring},
	})
	checklists := checklist.New(a.DB, a.Bus, a.Ticket)
	a.Template = template.New(a.DB, a.Bus, a.Clock, a.Ticket, func(tx *event.Tx, by authz.Actor, id int64, texts []string) error {
		_, err := checklist.Append(tx, by, id, texts, false)
		return err
	})
	a.Recurring = recurring.New(a.DB, a.Bus, a.Clock, a.Ticket)
	snoozes := snooze.New(a.DB, a.Bus, a.Clock, a.Ticket)
	a.Realtime = realtime.New(a.DB, a.Clock, a.Auth.Identify)
	a.Message = message.New(a.DB, a.Bus, a.Clock, a.Ticket, a.Note, options)
	a.Ticket.Actions().Register(a.Message.Actions(set.PublicURL)...)
	a.Macro = macro.New(a.DB, a.Bus, a.Clock, a.Ticket, set.PublicURL)
	a.Ticket.Actions().Register(a.Macro.Actions()...)
	a.Bulk = bulk.New(a.DB, a.Bus, a.Clock, a.Ticket, options)
	a.Report = report.New(a.DB, a.Clock, a.Ticket)
	a.View = view.New(a.DB, a.Bus, a.Clock, a.Ticket)
	guard, err := netguard.New(set.WebhookPrivate)
	if err != nil {
		return nil, fmt.Errorf("FIXDESK_WEBHOOK_ALLOW_PRIVATE: %w", err)
	}
	if err := a.newWebhooks(set, secret, guard); err != nil {
		return nil, err
	}
	a.Feed = feed.New(a.DB, a.Clock, a.Auth.Identify)
	if err := a.newMail(set, secret, options, sender); err != nil {
		return nil, err
	}
	if err := a.newNotifications(set, secret, options, sender, guard); err != nil {
		return nil, err
	}
	a.Bus.InTxAbout(ticket.Subject, snoozes.Follow)
	a.Bus.InTx(ticket.ConfidentialChanged, links.HideParts)
	watchers := watcher.New(a.DB, a.Bus, a.Ticket)
	a.Worker.Handle(watcher.LeaveJob, watchers.RunLeave)
	a.Worker.Handle(watcher.ClaimJob, watchers.RunClaim)
	a.Worker.Handle(snooze.WakeJob, snoozes.RunWake)
	a.subscribe()
	a.jobs(keys)
	rules, queues := a.newRules(options), a.newRouting()
	a.guard(rules, queues)
	// edge
	files, err := fs.Sub(frontend.Dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("front end: %w", err)
	}
	a.Server, err = server.New(a.Clock, server.Options{
		Proxies: proxies, HTTPS: strings.HasPrefix(set.PublicURL, "https://"), Files: files, Ready: a.Ready,
	}, server.Features{
		Auth: a.Auth, User: a.User, Ticket: a.Ticket, Keys: keys,
		Team: team.New(a.DB, a.Bus), Watcher: watchers,
		Attachment: a.Attachment, Note: a.Note, Message: a.Message, Macro: a.Macro, Bulk: a.Bulk, Draft: draft.New(a.DB, a.Bus), Similar: similar.New(a.Ticket), Seen: seen.New(a.DB, a.Bus), Realtime: a.Realtime,
		Report:   a.Report,
		Calendar: calendar.New(a.DB, a.Bus, a.Clock),
		Export:   export.New(a.DB, a.Clock.Now, a.Ticket),
		View:     a.View, Preference: preference.New(a.DB, a.Bus), Setting: setting.New(a.DB, a.Bus),
		SLA: a.SLA, Link: links, Snooze: snoozes, Template: a.Template, Recurring: a.Recurring, Checklist: checklists, TimeEntry: timeentry.New(a.DB, a.Bus, a.Clock),
		Tag: a.Tag, Category: categories, Field: field.New(a.DB, a.Bus), Substatus: substatuses,
		Webhook:      a.Webhook,
		Feed:         a.Feed,
		Mailbox:      a.Mailbox,
		Outbox:       a.Outbox,
		Rules:        rules,
		Routing:      queues,
		Notification: a.Notification,
		DeadLetter:   deadletter.New(a.DB, a.Bus, a.Clock),
	})
	if err != nil {
		return nil, err
	}
	a.Worker.OnResult(a.Server.CountJob)
	return a, nil
}

func newSender(set config.Settings, given mail.Sender) (mail.Sender, error) {
	if given != nil {
		return given, nil
	}
	if set.SMTP == "" {
		return mail.Log{}, nil
	}
	return mail.NewSMTP(set.SMTP, set.MailAddress(), set.PublicHost())
}

func (a *App) newLimiter(set config.Settings) (limit.Limiter, error) {
	if set.RateLimit == "off" {
		return limit.Off{}, nil
	}
	if set.Redis == "" {
		return limit.NewMemory(a.Clock), nil
	}
	opts, err := redis.ParseURL(set.Redis)
	if err != nil {
		return nil, fmt.Errorf("FIXDESK_REDIS: not a valid redis:// address")
	}
	a.redis = redis.NewClient(opts)
	return limit.NewRedis(a.redis), nil
}

// Migrate brings the database to the schema of this program and returns how
// many steps that took.
func Migrate(ctx context.Context, set config.Settings) (int, error) {
	d, err := db.Open(set.Database, clock.System{}.Now)
	if err != nil {
		return 0, err
	}
	n, err := migration.Up(ctx, d)
	if err == nil {
		err = sealWebhooks(ctx, d, set)
	}
	return n, errors.Join(err, d.Close())
}

// Ready reports why the desk cannot work, or nil.
func (a *App) Ready(ctx context.Context) error {
	if err := a.DB.Ping(ctx); err != nil {
		slog.ErrorContext(ctx, "the database does not answer", "error", err)
		return errors.New("the database does not answer")
	}
	if a.redis != nil {
		if err := a.redis.Ping(ctx).Err(); err != nil {
			slog.ErrorContext(ctx, "Redis does not answer", "error", err)
			return errors.New("redis does not answer")
		}
	}
	if store, ok := a.Attachment.Store.(interface {
		Ready(ctx context.Context) error
	}); ok {
		asking, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		if err := store.Ready(asking); err != nil {
			slog.ErrorContext(ctx, "the store of attachments does not answer", "error", err)
			return errors.New("the store of attachments does not answer")
		}
	}
	if !a.Worker.Healthy() {
		return errors.New("the job worker has not been heard of lately")
	}
	return nil
}

// Run serves on the listener and works on jobs until ctx ends.
func (a *App) Run(ctx context.Context, l net.Listener) error {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	var worker sync.WaitGroup
	worker.Go(func() { a.Worker.Run(working) })
	// Streams end with ctx: the server waits for its requests.
	worker.Go(func() { a.Realtime.Run(ctx) })
	worker.Go(func() { a.Feed.Run(ctx) })
	taking, err := a.takeMail(ctx, &worker)
	if err == nil {
		err = a.Server.Serve(ctx, l)
	}
	taking()
	// Requests first, so that what they enqueued may still be taken up.
	stop()
	worker.Wait()
	return err
}

// Close closes the database.
func (a *App) Close() error {
	var err error
	if a.redis != nil {
		err = a.redis.Close()
	}
	return errors.Join(err, a.DB.Close())
}

// logEnd logs why a part of the program ended.
func logEnd(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, what+" ended", "error", err)
	}
}
