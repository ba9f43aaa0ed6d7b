package server

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	swaggerFiles "github.com/swaggo/files"
	ginSwagger "github.com/swaggo/gin-swagger"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/auth"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/automation"
	"github.com/fixdesk/fixdesk/api/bulk"
	"github.com/fixdesk/fixdesk/api/calendar"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/checklist"
	"github.com/fixdesk/fixdesk/api/deadletter"
	"github.com/fixdesk/fixdesk/api/draft"
	"github.com/fixdesk/fixdesk/api/export"
	"github.com/fixdesk/fixdesk/api/feed"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/link"
	"github.com/fixdesk/fixdesk/api/macro"
	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/message"
	"github.com/fixdesk/fixdesk/api/note"
	"github.com/fixdesk/fixdesk/api/notification"
	"github.com/fixdesk/fixdesk/api/outbox"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/preference"
	"github.com/fixdesk/fixdesk/api/realtime"
	"github.com/fixdesk/fixdesk/api/recurring"
	"github.com/fixdesk/fixdesk/api/report"
	"github.com/fixdesk/fixdesk/api/routing"
	"github.com/fixdesk/fixdesk/api/seen"
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
	"github.com/fixdesk/fixdesk/docs"
)

// Features are the parts of the desk that have endpoints.
type Features struct {
	Auth         *auth.Service
	User         *user.Service
	Team         *team.Service
	Ticket       *ticket.Service
	Attachment   *attachment.Service
	Watcher      *watcher.Service
	Note         *note.Service
	Message      *message.Service
	Macro        *macro.Service
	Bulk         *bulk.Service
	View         *view.Service
	Preference   *preference.Service
	Draft        *draft.Service
	Export       *export.Service
	Report       *report.Service
	Seen         *seen.Service
	Similar      *similar.Service
	Calendar     *calendar.Service
	SLA          *sla.Service
	Realtime     *realtime.Hub
	Webhook      *webhook.Service
	Feed         *feed.Service
	Mailbox      *mailbox.Service
	Outbox       *outbox.Service
	DeadLetter   *deadletter.Service
	Rules        *automation.Service
	Routing      *routing.Service
	Keys         *web.Keys
	Notification *notification.Service
	Tag          *tag.Service
	Category     *category.Service
	Field        *field.Service
	Substatus    *substatus.Service
	Link         *link.Service
	Snooze       *snooze.Service
	Setting      *setting.Service
	Template     *template.Service
	Recurring    *recurring.Service
	Checklist    *checklist.Service
	TimeEntry    *timeentry.Service
}

// routes is every route of the server on one screen.
func (s *Server) routes(e *gin.Engine, f Features, app *assets) {
	e.GET("/healthz", alive)
	e.GET("/readyz", s.readiness)
	e.GET("/metrics", gin.WrapH(promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{})))
	e.GET("/swagger/*any", ginSwagger.WrapHandler(swaggerFiles.Handler,
		ginSwagger.InstanceName(docs.Instance), ginSwagger.PersistAuthorization(true)))

	public := e.Group("/api", f.Auth.Authenticate())
	signedIn := public.Group("", auth.Required())
	f.Auth.Routes(public, signedIn, f.Keys)
	f.User.Routes(signedIn, f.Keys)
	f.Team.Routes(signedIn, f.Keys)
	f.Ticket.Routes(signedIn, f.Keys)
	f.Attachment.Routes(signedIn, f.Keys)
	f.Watcher.Routes(signedIn, f.Keys)
	f.Link.Routes(signedIn, f.Keys)
	f.Snooze.Routes(signedIn, f.Keys)
	f.Setting.Routes(signedIn, f.Keys)
	f.Template.Routes(signedIn, f.Keys)
	f.Recurring.Routes(signedIn, f.Keys)
	f.Checklist.Routes(signedIn, f.Keys)
	f.TimeEntry.Routes(signedIn, f.Keys)
	f.Tag.Routes(signedIn, f.Keys)
	f.Category.Routes(signedIn, f.Keys)
	f.Field.Routes(signedIn, f.Keys)
	f.Substatus.Routes(signedIn, f.Keys)
	f.Note.Routes(signedIn, f.Keys)
	f.Message.Routes(signedIn, f.Keys)
	f.Macro.Routes(signedIn, f.Keys)
	f.Bulk.Routes(signedIn, f.Keys)
	f.View.Routes(signedIn, f.Keys)
	f.Preference.Routes(signedIn, f.Keys)
	f.Similar.Routes(signedIn, f.Keys)
	f.Draft.Routes(signedIn, f.Keys)
	f.Seen.Routes(signedIn, f.Keys)
	f.Report.Routes(signedIn)
	f.Calendar.Routes(signedIn, f.Keys)
	f.Export.Routes(signedIn)
	f.SLA.Routes(signedIn, f.Keys)
	f.Realtime.Routes(signedIn, f.Keys)
	f.Webhook.Routes(signedIn, f.Keys)
	f.Feed.Routes(signedIn)
	f.Mailbox.Routes(signedIn, f.Keys)
	f.Outbox.Routes(public, signedIn, f.Keys)
	f.Notification.Routes(signedIn, f.Keys)
	f.DeadLetter.Routes(signedIn, f.Keys)
	f.Rules.Routes(signedIn, f.Keys)
	f.Routing.Routes(signedIn, f.Keys)

	e.NoMethod(methodNotAllowed)
	e.NoRoute(app.serve)
}

// alive answers GET /healthz: the program runs.
func alive(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) }

// readiness answers GET /readyz: the database answers and the worker works.
func (s *Server) readiness(c *gin.Context) {
	if err := s.ready(c.Request.Context()); err != nil {
		web.Fail(c, fault.New(fault.Unavailable, "server.not_ready", "Not ready: %s.", err))
		return
	}
	c.JSON(http.StatusOK, gin.H{"status": "ok"})
}

// KeyScope says whose an Idempotency-Key is: a person's, or, before anybody has
// signed in, an address's; where a session's cookie comes along, that session's.
// Other cookies, which a proxy may change, do not count.
func KeyScope(c *gin.Context) string {
	scope := "ip:" + c.ClientIP()
	if by := authz.From(c.Request.Context()); by.ID != 0 {
		scope = fmt.Sprintf("user:%d", by.ID)
	}
	if session, err := c.Request.Cookie(auth.CookieName); err == nil {
		sum := sha256.Sum256([]byte(session.Value))
		scope += ":" + hex.EncodeToString(sum[:6])
	}
	return scope
}
