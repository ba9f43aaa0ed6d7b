package mailbox

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox/parse"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
)

func oneLine(s string) string {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "May not contain line breaks or other control characters."
	}
	return ""
}

func noSpace(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '/' }) {
		return "Must be the name of a server, without http and port."
	}
	return ""
}

func tokenURL(s string) string {
	u, err := url.Parse(s)
	if s != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		return "Must be an https address."
	}
	return ""
}

// messages answers GET /api/mail_messages.
//
// @Summary List the mail that came in
// @Description Newest first. `held` and `failed` are the quarantine.
// @ID listMailMessages
// @Tags mail
// @Produce json
// @Param mailbox_id query int false "Only of this mailbox" example(1)
// @Param state query string false "Only in this state" Enums(received, done, ignored, held, failed)
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[MessageView]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_messages [get]
func (s *Service) messages(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	q := web.ReadQuery(c, append([]string{"mailbox_id", "state"}, web.PageParams...)...)
	names := make([]string, len(States))
	for i, st := range States {
		names[i] = string(st)
	}
	var box int64
	if id := q.Int("mailbox_id"); id != nil {
		box = *id
	}
	state, page := q.OneOf("state", names...), q.Page(web.ByID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.Messages(c.Request.Context(), by, box, State(state), page)
	if err != nil {
		return err
	}
	lang := web.Language(c)
	return web.SendList(c, rows, func(m Message) MessageView { return messageView(lang, m) })
}

// message answers GET /api/mail_messages/{id}.
//
// @Summary Show a message and how it was decided about
// @ID getMailMessage
// @Tags mail
// @Produce json
// @Param id path int true "The message" example(7)
// @Success 200 {object} DetailView
// @Header 200 {string} ETag "The version"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_messages/{id} [get]
func (s *Service) message(c *gin.Context) error {
	_, id, err := caller(c, "mail message")
	if err != nil {
		return err
	}
	m, err := message(s.DB.Read(c.Request.Context()), id)
	if err != nil {
		return err
	}
	return s.detail(c, http.StatusOK, m)
}

func (s *Service) detail(c *gin.Context, status int, m Message) error {
	ctx := c.Request.Context()
	v := DetailView{MessageView: messageView(web.Language(c), m), EnvelopeFrom: m.EnvelopeFrom, EnvelopeTo: m.EnvelopeTo, Trace: steps(web.Language(c), m.Trace)}
	if v.EnvelopeTo == nil {
		v.EnvelopeTo = []string{}
	}
	raw, err := s.raw(ctx, &m)
	if err != nil && !fault.Is(err, fault.Unavailable) {
		return err
	}
	if err == nil {
		mail, _ := parse.Parse(raw) // what cannot be read shows its header only
		kept, err := s.kept(c, m)
		if err != nil {
			return err
		}
		v.Parts = partsView(raw, mail, kept)
	}
	return web.Send(c, status, v, m.Version)
}

// kept are the files that a message brought to its ticket.
func (s *Service) kept(c *gin.Context, m Message) ([]attachment.Listed, error) {
	tx := s.DB.Read(c.Request.Context())
	switch {
	case m.CommentID != nil:
		return attachment.OfComments(tx, *m.CommentID)
	case m.TicketID != nil && m.State == Done:
		return attachment.Of(tx, *m.TicketID, false)
	}
	return nil, nil
}

// source answers GET /api/mail_messages/{id}/source.
//
// @Summary Download a message as it came
// @ID getMailMessageSource
// @Tags mail
// @Produce octet-stream
// @Param id path int true "The message" example(7)
// @Success 200 {file} file
// @Failure 503 {object} web.Problem "It is not in the store any more"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_messages/{id}/source [get]
func (s *Service) source(c *gin.Context) error {
	_, id, err := caller(c, "mail message")
	if err != nil {
		return err
	}
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	m, err := message(s.DB.Read(c.Request.Context()), id)
	if err != nil {
		return err
	}
	raw, err := s.raw(c.Request.Context(), &m)
	if err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Set("Content-Disposition", `attachment; filename="message-`+strconv.FormatInt(id, 10)+`.eml"`)
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	c.Data(http.StatusOK, "application/octet-stream", raw)
	return nil
}

// again answers POST /api/mail_messages/{id}/process.
//
// @Summary Handle a message again
// @Description One that is in no ticket: held, failed, ignored or left over. With `accept` it is let in, whatever it was held for. Handling it twice at once makes one ticket.
// @ID processMailMessage
// @Tags mail
// @Accept json
// @Produce json
// @Param id path int true "The message" example(7)
// @Param body body ProcessRequest true "How"
// @Success 200 {object} DetailView
// @Failure 409 {object} web.Problem "It is in a ticket already, or being handled"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_messages/{id}/process [post]
func (s *Service) again(c *gin.Context) error {
	by, id, err := caller(c, "mail message")
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	accept := b.Bool("accept")
	if err := b.Err(); err != nil {
		return err
	}
	m, err := s.Again(c.Request.Context(), by, id, accept != nil && *accept)
	if err != nil {
		return err
	}
	return s.detail(c, http.StatusOK, m)
}

// discard answers POST /api/mail_messages/{id}/discard.
//
// @Summary Put a message aside
// @Description Needs no body. It becomes no ticket and stays in the log; it can be handled later all the same.
// @ID discardMailMessage
// @Tags mail
// @Produce json
// @Param id path int true "The message" example(7)
// @Success 200 {object} DetailView
// @Failure 409 {object} web.Problem "It is in a ticket already, or being handled"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_messages/{id}/discard [post]
func (s *Service) discard(c *gin.Context) error {
	by, id, err := caller(c, "mail message")
	if err != nil {
		return err
	}
	m, err := s.Discard(c.Request.Context(), by, id)
	if err != nil {
		return err
	}
	return s.detail(c, http.StatusOK, m)
}

// try answers POST /api/mail_messages/try.
//
// @Summary Say what would become of a message
// @Description Changes nothing: no ticket, no account, no file. For small messages; larger ones go to the mailbox's own operation.
// @ID tryMailMessage
// @Tags mail
// @Accept json
// @Produce json
// @Param body body TryRequest true "The message"
// @Success 200 {object} TryView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Failure 404 {object} web.Problem "No such mailbox"
// @Router /api/mail_messages/try [post]
func (s *Service) try(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("mailbox_id", "source")
	box, text, to := b.ID("mailbox_id"), b.Text("source"), b.Text("to", web.Max(320))
	var raw []byte
	if text != nil {
		if raw, err = base64.StdEncoding.DecodeString(*text); err != nil {
			b.Wrong("source", "Must be Base64.")
		}
	}
	if err := b.Err(); err != nil {
		return err
	}
	env := Envelope{}
	if to != nil && *to != "" {
		env.To = []string{*to}
	}
	return s.tried(c, by, *box, raw, env)
}

// ofTicket answers GET /api/tickets/{id}/mail.
//
// @Summary List the mail of a ticket
// @Description What came for a ticket that one sees, and why it was put there; the whole text with what it quotes. The newest 100.
// @ID listTicketMail
// @Tags mail
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Success 200 {object} OfTicketList
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/mail [get]
func (s *Service) ofTicket(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	tx := s.DB.Read(ctx)
	if _, err := ticket.Readable(tx, by, id); err != nil {
		return err
	}
	if !by.Can(authz.NoteRead) {
		return fault.Denied("mail.ticket_denied", "Only IT staff and administrators see the mail of a ticket.")
	}
	var found []Message
	if err := tx.Where("ticket_id = ?", id).Order("id DESC").Limit(100).Find(&found).Error; err != nil {
		return err
	}
	files, err := attachment.Of(tx, id, false)
	if err != nil {
		return err
	}
	out := OfTicketList{Results: make([]OfTicketView, len(found))}
	for i, m := range found {
		v := OfTicketView{MessageView: messageView(web.Language(c), m), Trace: steps(web.Language(c), m.Trace)}
		// A few large ones must not make the answer large.
		if m.BlobKey == "" && i < 30 {
			if mail, err := parse.Parse(m.Raw); err == nil {
				v.New, v.Quoted, v.Signature, v.HTML, v.Crypto = mail.New, mail.Quoted, mail.Signature, withImages(mail, files), string(mail.Crypto)
			}
		}
		out.Results[len(found)-1-i] = v
	}
	return web.SendPlain(c, http.StatusOK, out)
}
