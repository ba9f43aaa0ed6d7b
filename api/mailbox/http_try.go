package mailbox

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox/parse"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/locale"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// How long a message may take on its way: 50 MB at a megabit a second.
const tryPatience = 7 * time.Minute

var errTryTooLarge = fault.New(fault.TooLarge, "mail_message.too_large", "A message may have at most %d MB.", parse.MaxSize>>20)

// tried answers what would become of a message.
func (s *Service) tried(c *gin.Context, by authz.Actor, box int64, raw []byte, env Envelope) error {
	p, err := s.Try(c.Request.Context(), by, box, raw, env)
	if err != nil {
		return err
	}
	lang := web.Language(c)
	v := TryView{State: p.State, Reason: p.Reason, ReasonText: locale.Translate(lang, p.ReasonText), Trace: steps(lang, p.Steps), TicketID: ticketOf(p), Parts: partsView(raw, p.Mail, nil)}
	if p.Mail != nil {
		v.Title = title(p.Mail)
	}
	return web.SendPlain(c, http.StatusOK, v)
}

// tryFile answers POST /api/mailboxes/{id}/try.
//
// @Summary Say what would become of a message in a file
// @Description The message as `file` of a form, up to 50 MB. Changes nothing: no ticket, no account, no file.
// @ID tryMailMessageFile
// @Tags mail
// @Accept mpfd
// @Produce json
// @Param id path int true "The mailbox that it comes to" example(1)
// @Param to formData string false "The recipient of the envelope, if it is to be another one than the message names" Format(email)
// @Param file formData file true "The message (.eml)"
// @Success 200 {object} TryView
// @Failure 413 {object} web.Problem "Larger than a message may be (mail_message.too_large)"
// @Failure 415 {object} web.Problem "No form"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mailboxes/{id}/try [post]
func (s *Service) tryFile(c *gin.Context) error {
	by, box, err := caller(c, Subject)
	if err != nil {
		return err
	}
	f, err := readForm(c)
	if err != nil {
		return err
	}
	if f.raw == nil {
		return fault.Field("file", "This field is required.")
	}
	env := Envelope{}
	if f.to != "" {
		env.To = []string{f.to}
	}
	return s.tried(c, by, box, f.raw, env)
}

type tryForm struct {
	raw []byte
	to  string
}

// readForm reads what is to be tried.
func readForm(c *gin.Context) (*tryForm, error) {
	const overhead = 1 << 20 // of the form around the file
	if c.Request.ContentLength > parse.MaxSize+overhead {
		return nil, errTryTooLarge
	}
	if kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || kind != "multipart/form-data" {
		return nil, fault.New(fault.UnsupportedMedia, "request.unsupported_media_type", "Send the file as multipart/form-data.")
	}
	until := clock.System{}.Now().Add(tryPatience) // the network knows no other
	rc := http.NewResponseController(c.Writer)
	err := errors.Join(rc.SetReadDeadline(until), rc.SetWriteDeadline(until.Add(30*time.Second)))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, io.NopCloser(web.Content(c)), parse.MaxSize+overhead)
	form, err := c.Request.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.Invalid, "request.malformed", "The form cannot be read.").Because(err)
	}
	out := &tryForm{}
	for {
		p, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "request.malformed", "The form cannot be read.").Because(err)
		}
		most := 320
		if p.FormName() == "file" {
			most = parse.MaxSize
		}
		content, err := io.ReadAll(io.LimitReader(p, int64(most)+1))
		if err != nil {
			return nil, fault.New(fault.Invalid, "request.malformed", "The form cannot be read.").Because(err)
		}
		switch name := p.FormName(); {
		case name == "file" && len(content) > most:
			return nil, errTryTooLarge
		case len(content) > most:
			return nil, fault.Field(name, "May have at most 320 characters.")
		case name == "file":
			out.raw = content
		case name == "to":
			out.to = plain(string(content))
		}
	}
}
