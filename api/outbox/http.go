package outbox

import (
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/user"
)

// View is one mail to one person.
type View struct {
	ID         int64      `json:"id" example:"9"`
	Kind       Kind       `json:"kind" enums:"received,opened,reply,finished" example:"reply"`
	To         string     `json:"to" example:"amara@example.com"`
	TicketID   int64      `json:"ticket_id" example:"42"`
	CommentID  *int64     `json:"comment_id" extensions:"x-nullable" example:"7"`
	MessageID  string     `json:"message_id" example:"t16.abcdefgh.u.x@desk.example.com"`
	State      State      `json:"state" enums:"pending,sent,dead,cancelled,suppressed" example:"sent"`
	Reason     string     `json:"reason" example:""`
	LastError  string     `json:"last_error" example:""`
	Attempts   int        `json:"attempts" example:"1"`
	NextAt     time.Time  `json:"next_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	CreatedAt  time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	FinishedAt *time.Time `json:"finished_at" format:"date-time" extensions:"x-nullable"`
	// BouncedAt is when a delivery report said that it did not arrive, DelayedAt when one said
	// that it has not arrived yet, and BounceStatus why (RFC 3463).
	BouncedAt    *time.Time `json:"bounced_at" format:"date-time" extensions:"x-nullable"`
	DelayedAt    *time.Time `json:"delayed_at" format:"date-time" extensions:"x-nullable"`
	BounceStatus string     `json:"bounce_status" example:"5.1.1"`
} //@name MailOut

// AddressView is an address to which mail did not arrive.
type AddressView struct {
	ID        int64        `json:"id" example:"3"`
	Address   string       `json:"address" example:"amara@example.com"`
	State     AddressState `json:"state" enums:"soft,hard" example:"hard"`
	Bounces   int          `json:"bounces" example:"1"`
	Status    string       `json:"status" example:"5.1.1"`
	Reason    string       `json:"reason" example:""`
	UpdatedAt time.Time    `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name MailAddress

// TemplateView is what a kind of mail says in a language.
type TemplateView struct {
	MailboxID *int64 `json:"mailbox_id" extensions:"x-nullable" example:"1"`
	Kind      Kind   `json:"kind" enums:"received,opened,reply,finished" example:"reply"`
	Language  string `json:"language" enums:"en,de" example:"en"`
	Subject   string `json:"subject" example:"Re: [#{{ticket.id}}] {{ticket.title}}"`
	Text      string `json:"text" example:"{{comment.text}}"`
	HTML      string `json:"html" example:""`
	// Custom tells what somebody wrote from what the desk says by itself.
	Custom bool `json:"custom" example:"false"`
} //@name MailTemplate

// TemplateList is all of them, and the values that they may name.
type TemplateList struct {
	Results      []TemplateView `json:"results"`
	Placeholders []string       `json:"placeholders" example:"ticket.id,comment.text"`
} //@name MailTemplateList

// TemplateRequest is the body of a changed template.
type TemplateRequest struct {
	MailboxID *int64 `json:"mailbox_id" validate:"optional" extensions:"x-nullable" example:"1"`
	Kind      Kind   `json:"kind" validate:"required" enums:"received,opened,reply,finished" example:"reply"`
	Language  string `json:"language" validate:"required" enums:"en,de" example:"en"`
	Subject   string `json:"subject" validate:"required" maxLength:"500" example:"Re: [#{{ticket.id}}] {{ticket.title}}"`
	Text      string `json:"text" validate:"required" maxLength:"20000" example:"{{comment.text}}"`
	// HTML is made of the text when it is empty.
	HTML string `json:"html" validate:"optional" maxLength:"50000" example:""`
	// To is where a test goes.
	To string `json:"to" validate:"optional" maxLength:"254" example:""`
} //@name MailTemplateChange

// ResetRequest names a template.
type ResetRequest struct {
	MailboxID *int64 `json:"mailbox_id" validate:"optional" extensions:"x-nullable" example:"1"`
	Kind      Kind   `json:"kind" validate:"required" enums:"received,opened,reply,finished" example:"reply"`
	Language  string `json:"language" validate:"required" enums:"en,de" example:"en"`
} //@name MailTemplateReset

// PreviewView is a template, filled.
type PreviewView struct {
	Subject string `json:"subject" example:"Re: [#42] The printer jams"`
	Text    string `json:"text" example:"A new cartridge is on its way."`
	HTML    string `json:"html" example:"<p>A new cartridge is on its way.</p>"`
} //@name MailPreview

// TestView says whether a test was taken by the mail server.
type TestView struct {
	OK      bool   `json:"ok" example:"true"`
	Problem string `json:"problem" example:""`
} //@name MailTest

// DomainView is a domain that the desk signs mail of, and the record for the DNS.
type DomainView struct {
	ID          int64     `json:"id" example:"1"`
	Domain      string    `json:"domain" example:"example.com"`
	Active      bool      `json:"active" example:"true"`
	RecordName  string    `json:"record_name" example:"fixdesk202603._domainkey.example.com"`
	RecordValue string    `json:"record_value" example:"v=DKIM1; k=rsa; p=MIIB"`
	CreatedAt   time.Time `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name MailDomain

// DomainList is all of them.
type DomainList struct {
	Results []DomainView `json:"results"`
	// Senders are the domains that the desk sends mail from.
	Senders []string `json:"senders" example:"example.com"`
} //@name MailDomainList

// DomainRequest is the body of a new domain.
type DomainRequest struct {
	Domain string `json:"domain" validate:"required" maxLength:"191" example:"example.com"`
} //@name MailDomainCreate

// SwitchRequest is the body of a changed domain.
type SwitchRequest struct {
	Active bool `json:"active" validate:"required" example:"true"`
} //@name MailDomainUpdate

// FindingView is what the DNS says of one thing.
type FindingView struct {
	What    string `json:"what" enums:"spf,dkim,dmarc" example:"spf"`
	OK      bool   `json:"ok" example:"true"`
	Name    string `json:"name" example:"example.com"`
	Found   string `json:"found" example:"v=spf1 mx -all"`
	Problem string `json:"problem" example:""`
	Wanted  string `json:"wanted" example:""`
} //@name MailFinding

// CheckView is what the DNS says of a domain.
type CheckView struct {
	Domain  string        `json:"domain" example:"example.com"`
	Results []FindingView `json:"results"`
} //@name MailCheck

// Routes registers the endpoints of mail that goes out.
func (s *Service) Routes(public, signedIn *gin.RouterGroup, keys *web.Keys) {
	// Its parameters come in the address, as RFC 8058 has it.
	public.POST("/mail/unsubscribe", func(c *gin.Context) {
		if err := s.unsubscribe(c); err != nil {
			web.Fail(c, err)
		}
	})
	public.GET("/mail/unsubscribe", web.Handle(s.askToLeave))
	signedIn.GET("/mail_outbox", web.Handle(s.list))
	signedIn.GET("/tickets/:id/mail_log", web.Handle(s.logOfTicket))
	signedIn.POST("/mail_outbox/:id/retry", keys.Post(s.retry))
	signedIn.GET("/mail_addresses", web.Handle(s.addresses))
	signedIn.DELETE("/mail_addresses/:id", web.Handle(s.forgive))
	signedIn.GET("/mail_templates", web.Handle(s.templates))
	signedIn.POST("/mail_templates", keys.Post(s.saveTemplate))
	signedIn.POST("/mail_templates/preview", keys.Post(s.preview))
	signedIn.POST("/mail_templates/test", keys.Post(s.test))
	signedIn.POST("/mail_templates/reset", keys.Post(s.reset))
	signedIn.GET("/mail_domains", web.Handle(s.domains))
	signedIn.POST("/mail_domains", keys.Post(s.addDomain))
	signedIn.PATCH("/mail_domains/:id", web.Handle(s.switchDomain))
	signedIn.DELETE("/mail_domains/:id", web.Handle(s.dropDomain))
	signedIn.GET("/mail_check", web.Handle(s.check))
}

func viewOf(m Mail) View {
	return View{
		ID: m.ID, Kind: m.Kind, To: m.ToAddress, TicketID: m.TicketID, CommentID: m.CommentID, MessageID: m.MessageID, State: m.State,
		Reason: m.Reason, LastError: m.LastError, Attempts: m.Attempts, NextAt: m.NextAt.UTC(), CreatedAt: m.CreatedAt.UTC(), FinishedAt: m.FinishedAt,
		BouncedAt: m.BouncedAt, DelayedAt: m.DelayedAt, BounceStatus: m.BounceStatus,
	}
}

func caller(c *gin.Context, noun string) (authz.Actor, int64, error) {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return by, 0, errDenied
	}
	if noun == "" {
		return by, 0, nil
	}
	id, err := web.PathID(c, noun)
	return by, id, err
}

// list answers GET /api/mail_outbox.
//
// @Summary List the mail that goes out
// @Description Newest first; kept for 90 days.
// @ID listMailOutbox
// @Tags mail
// @Produce json
// @Param state query string false "Only in this state" Enums(pending, sent, dead, cancelled, suppressed)
// @Param ticket_id query int false "Only about this ticket" example(42)
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_outbox [get]
func (s *Service) list(c *gin.Context) error {
	if _, _, err := caller(c, ""); err != nil {
		return err
	}
	q := web.ReadQuery(c, append([]string{"state", "ticket_id"}, web.PageParams...)...)
	names := make([]string, len(States))
	for i, st := range States {
		names[i] = string(st)
	}
	state, about, page := q.OneOf("state", names...), q.Int("ticket_id"), q.Page(web.ByID)
	if err := q.Err(); err != nil {
		return err
	}
	find := s.DB.Read(c.Request.Context())
	if state != "" {
		find = find.Where("state = ?", state)
	}
	if about != nil {
		find = find.Where("ticket_id = ?", *about)
	}
	rows, err := web.NewestFirst(find, page, func(m Mail) int64 { return m.ID })
	if err != nil {
		return err
	}
	return web.SendList(c, rows, viewOf)
}

// retry answers POST /api/mail_outbox/{id}/retry.
//
// @Summary Send a mail again
// @Description Needs no body. It keeps its Message-ID.
// @ID retryMail
// @Tags mail
// @Produce json
// @Param id path int true "The mail" example(9)
// @Success 200 {object} View
// @Failure 409 {object} web.Problem "It is still under way"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_outbox/{id}/retry [post]
func (s *Service) retry(c *gin.Context) error {
	by, id, err := caller(c, "mail")
	if err != nil {
		return err
	}
	m, err := s.Retry(c.Request.Context(), by, id)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, viewOf(m))
}

// addresses answers GET /api/mail_addresses.
//
// @Summary List the addresses to which mail did not arrive
// @Description To `hard` ones nothing is sent until they are taken from this list.
// @ID listMailAddresses
// @Tags mail
// @Produce json
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[AddressView]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_addresses [get]
func (s *Service) addresses(c *gin.Context) error {
	if _, _, err := caller(c, ""); err != nil {
		return err
	}
	q := web.ReadQuery(c, web.PageParams...)
	page := q.Page(web.ByID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := web.NewestFirst(s.DB.Read(c.Request.Context()), page, func(a Address) int64 { return a.ID })
	if err != nil {
		return err
	}
	return web.SendList(c, rows, func(a Address) AddressView {
		return AddressView{a.ID, a.Address, a.State, a.Bounces, a.Status, a.Reason, a.UpdatedAt.UTC()}
	})
}

// forgive answers DELETE /api/mail_addresses/{id}.
//
// @Summary Send mail to an address again
// @ID deleteMailAddress
// @Tags mail
// @Produce json
// @Param id path int true "The address" example(3)
// @Success 204 "Done"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_addresses/{id} [delete]
func (s *Service) forgive(c *gin.Context) error {
	by, id, err := caller(c, "mail address")
	if err != nil {
		return err
	}
	err = s.Bus.Do(c.Request.Context(), by, func(tx *event.Tx) error {
		res := tx.Delete(&Address{}, id)
		if res.Error != nil {
			return fmt.Errorf("forget how an address fared: %w", res.Error)
		}
		if res.RowsAffected == 0 {
			return errNoAddress
		}
		return tx.Emit("mail_address.deleted", "mail_address", id, nil)
	})
	if err != nil {
		return err
	}
	return web.SendNothing(c)
}

func templateView(t Template) TemplateView {
	v := TemplateView{Kind: t.Kind, Language: t.Language, Subject: t.Subject, Text: t.Text, HTML: t.HTML, Custom: t.ID != 0}
	if t.MailboxID != 0 {
		v.MailboxID = &t.MailboxID
	}
	return v
}

// templates answers GET /api/mail_templates.
//
// @Summary List what mails say
// @Description Of each kind and language, for the desk or for a mailbox, which has what the desk says unless it has something of its own.
// @ID listMailTemplates
// @Tags mail
// @Produce json
// @Param mailbox_id query int false "The mailbox" example(1)
// @Success 200 {object} TemplateList
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_templates [get]
func (s *Service) templates(c *gin.Context) error {
	by, _, err := caller(c, "")
	if err != nil {
		return err
	}
	q := web.ReadQuery(c, "mailbox_id")
	box := q.Int("mailbox_id")
	if err := q.Err(); err != nil {
		return err
	}
	var id int64
	if box != nil {
		id = *box
	}
	all, err := s.Templates(c.Request.Context(), by, id)
	if err != nil {
		return err
	}
	out := TemplateList{Results: make([]TemplateView, len(all)), Placeholders: Placeholders}
	for i, t := range all {
		out.Results[i] = templateView(t)
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// readTemplate reads a template; all says that its texts are needed.
func readTemplate(c *gin.Context, all bool) (Template, string, error) {
	b, err := web.ReadBody(c)
	if err != nil {
		return Template{}, "", err
	}
	var t Template
	take := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	b.Require("kind", "language")
	if k := b.Text("kind", web.OneOf(Kinds...)); k != nil {
		t.Kind = Kind(*k)
	}
	take(&t.Language, b.Text("language", web.OneOf(user.Languages...)))
	if id := b.ID("mailbox_id"); id != nil {
		t.MailboxID = *id
	}
	to := ""
	if all {
		b.Require("subject", "text")
		take(&t.Subject, b.Text("subject", web.NotBlank, web.Max(500)))
		take(&t.Text, b.Text("text", web.NotBlank, web.Max(20_000)))
		take(&t.HTML, b.Text("html", web.Max(50_000)))
		take(&to, b.Text("to", web.Max(254)))
	}
	return t, to, b.Err()
}

// saveTemplate answers POST /api/mail_templates.
//
// @Summary Write what a kind of mail says
// @Description In the place of what it said. `{{ticket.title}}` and the like stand for values; others than those of the list are refused. HTML is sanitised when it is sent.
// @ID saveMailTemplate
// @Tags mail
// @Accept json
// @Produce json
// @Param body body TemplateRequest true "The template"
// @Success 200 {object} TemplateView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_templates [post]
func (s *Service) saveTemplate(c *gin.Context) error {
	by, _, err := caller(c, "")
	if err != nil {
		return err
	}
	t, _, err := readTemplate(c, true)
	if err != nil {
		return err
	}
	if t, err = s.SaveTemplate(c.Request.Context(), by, t); err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, templateView(t))
}

// reset answers POST /api/mail_templates/reset.
//
// @Summary Let a kind of mail say what it said by itself
// @ID resetMailTemplate
// @Tags mail
// @Accept json
// @Produce json
// @Param body body ResetRequest true "Which"
// @Success 200 {object} TemplateView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_templates/reset [post]
func (s *Service) reset(c *gin.Context) error {
	by, _, err := caller(c, "")
	if err != nil {
		return err
	}
	t, _, err := readTemplate(c, false)
	if err != nil {
		return err
	}
	if t, err = s.ResetTemplate(c.Request.Context(), by, t.MailboxID, t.Kind, t.Language); err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, templateView(t))
}

// preview answers POST /api/mail_templates/preview.
//
// @Summary Show a template with values of nobody's ticket
// @ID previewMailTemplate
// @Tags mail
// @Accept json
// @Produce json
// @Param body body TemplateRequest true "The template"
// @Success 200 {object} PreviewView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_templates/preview [post]
func (s *Service) preview(c *gin.Context) error {
	by, _, err := caller(c, "")
	if err != nil {
		return err
	}
	t, _, err := readTemplate(c, true)
	if err != nil {
		return err
	}
	m, err := s.Preview(by, t)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, PreviewView{m.Subject, m.Text, m.HTML})
}

// test answers POST /api/mail_templates/test.
//
// @Summary Send the preview of a template
// @Description At once, to `to`, or to whoever asks.
// @ID testMailTemplate
// @Tags mail
// @Accept json
// @Produce json
// @Param body body TemplateRequest true "The template"
// @Success 200 {object} TestView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_templates/test [post]
func (s *Service) test(c *gin.Context) error {
	ctx := c.Request.Context()
	by, _, err := caller(c, "")
	if err != nil {
		return err
	}
	t, to, err := readTemplate(c, true)
	if err != nil {
		return err
	}
	if to == "" {
		u, err := user.Find(s.DB.Read(ctx), by.ID)
		if err != nil {
			return err
		}
		to = u.Email
	} else if problem := user.EmailRule(to); problem != "" {
		return fault.Field("to", "%s", problem)
	}
	problem, err := s.Test(ctx, by, t, to)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, TestView{OK: problem == "", Problem: problem})
}
