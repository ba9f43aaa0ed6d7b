package outbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/locale"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// unsubscribeLink is where a program can take an address from the CC of a ticket
// (RFC 8058).
func (s *Service) unsubscribeLink(ticketID int64, address string) string {
	q := url.Values{"token": {s.Signer.Unsubscribe(ticketID, address)}, "address": {address}}
	return s.Public + "/api/mail/unsubscribe?" + q.Encode()
}

// onPage lets a person who opened the link of a mail read what is wrong with it: to
// programs that is an error, to browsers a page like the others.
func onPage(c *gin.Context, err error) error {
	if !fault.Is(err, fault.Invalid) || !wantsPage(c) {
		return err
	}
	return sendPage(c, leavePage{Wrong: true, Text: errLink.Detail})
}

func wantsPage(c *gin.Context) bool { return strings.Contains(c.GetHeader("Accept"), "text/html") }

// unsubscribe answers POST /api/mail/unsubscribe.
//
// @Summary Leave the CC of a ticket by the link in a mail
// @Description What the List-Unsubscribe header of a mail names (RFC 8058): the token proves that the mail was received. Whatever the body says is ignored; doing it again changes nothing. Browsers are shown a page that says so.
// @ID unsubscribeMail
// @Tags mail
// @Produce json,html
// @Param token query string true "The token of the link"
// @Param address query string true "The address that the mail went to"
// @Success 200 {string} string "A page, for browsers"
// @Success 204 "Done"
// @x-authz {"anonymous":"any"}
// @Router /api/mail/unsubscribe [post]
func (s *Service) unsubscribe(c *gin.Context) error {
	id, address, err := s.readLink(c)
	if err != nil {
		return onPage(c, err)
	}
	err = s.leave(c.Request.Context(), id, address)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if wantsPage(c) {
		return sendPage(c, leavePage{Done: true, Text: fmt.Sprintf("From now on %s gets no mail about ticket #%d.", address, id)})
	}
	return web.SendNothing(c)
}

var errLink = fault.New(fault.Invalid, "mail.unsubscribe_token", "This link is not valid.")

// readLink returns whose address is to leave which ticket, as the link of a mail proves.
func (s *Service) readLink(c *gin.Context) (id int64, address string, err error) {
	q := web.ReadQuery(c, "token", "address")
	token, address := q.Text("token"), q.Text("address")
	if err := q.Err(); err != nil {
		return 0, "", err
	}
	id, ok := s.Signer.IsUnsubscribe(token, address)
	if !ok {
		return 0, "", errLink
	}
	return id, address, nil
}

// askToLeave answers GET /api/mail/unsubscribe.
//
// @Summary Ask whether somebody wants to leave the CC of a ticket
// @Description A page with one button, for people who open the link of a mail. It changes nothing, so that programs that look at links in mails do no harm.
// @ID askToUnsubscribeMail
// @Tags mail
// @Produce html
// @Param token query string true "The token of the link"
// @Param address query string true "The address that the mail went to"
// @Success 200 {string} string "The page"
// @x-authz {"anonymous":"any"}
// @Router /api/mail/unsubscribe [get]
func (s *Service) askToLeave(c *gin.Context) error {
	id, address, err := s.readLink(c)
	if err != nil {
		return onPage(c, err)
	}
	return sendPage(c, leavePage{Text: fmt.Sprintf("No more mail about ticket #%d to %s?", id, address)})
}

// leavePage is a page without the app, which needs no account.
type leavePage struct {
	Lang, Title, Text, Button string
	Done, Wrong               bool
}

// pageWords are the heading of a page that asks, which its button says as well, of
// one where it is done, and of one where it cannot be.
var pageWords = map[string][3]string{"en": {"Unsubscribe", "Done", "That did not work"}, "de": {"Abbestellen", "Erledigt", "Das hat nicht geklappt"}}

// pageStyle has the colours of the app.
const pageStyle = `:root{color-scheme:light dark;--back:#f1f3f5;--card:#fff;--text:#212529;--edge:#dee2e6;--brand:#364fc7}` +
	`@media(prefers-color-scheme:dark){:root{--back:#1a1b1e;--card:#25262b;--text:#e9ecef;--edge:#495057;--brand:#91a7ff}}` +
	`*{box-sizing:border-box}body{margin:0;padding:12vh 1rem 2rem;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}` +
	`main{max-width:30rem;margin:0 auto;padding:1.5rem;background:var(--card);border:1px solid var(--edge);border-radius:8px}` +
	`header{font-weight:700;color:var(--brand)}h1{font-size:1.4rem;line-height:1.3;margin:.75rem 0 .5rem}p{margin:0}form{margin:1.25rem 0 0}` +
	`button{font:inherit;font-weight:600;min-height:44px;padding:.5rem 1.25rem;border:0;border-radius:6px;background:#364fc7;color:#fff;cursor:pointer}` +
	`button:hover{background:#2b3f9f}button:focus-visible{outline:3px solid var(--brand);outline-offset:2px}`

var pageTemplate = template.Must(template.New("").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{{.Title}}</title><style>` + pageStyle + `</style></head>
<body><main><header>Fixdesk</header><h1>{{.Title}}</h1><p>{{.Text}}</p>{{if .Button}}<form method="post"><button>{{.Button}}</button></form>{{end}}</main></body></html>
`))

var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}()

func sendPage(c *gin.Context, p leavePage) error {
	p.Lang = web.Language(c)
	p.Text = locale.Translate(p.Lang, p.Text)
	switch words := pageWords[p.Lang]; {
	case p.Done:
		p.Title = words[1]
	case p.Wrong:
		p.Title = words[2]
	default:
		p.Title, p.Button = words[0], words[0]
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, p); err != nil {
		return fmt.Errorf("write a page: %w", err)
	}
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	c.Data(http.StatusOK, "text/html; charset=utf-8", out.Bytes())
	return nil
}

func (s *Service) leave(ctx context.Context, id int64, address string) error {
	tx := s.DB.Read(ctx)
	find := tx.Where("ticket_id = ? AND kind = ? AND address = ?", id, ticket.CC, user.Key(address))
	u, err := user.ByEmail(tx, address)
	switch {
	case err == nil:
		find = tx.Where("ticket_id = ? AND kind = ? AND (address = ? OR user_id = ?)", id, ticket.CC, user.Key(address), u.ID)
	case !errors.Is(err, gorm.ErrRecordNotFound):
		return fmt.Errorf("look for an account: %w", err)
	}
	var found []ticket.Watcher
	if err := find.Find(&found).Error; err != nil {
		return fmt.Errorf("look for somebody in CC: %w", err)
	}
	for _, w := range found {
		if err := s.Tickets.RemoveWatcher(ctx, system, id, w.ID); err != nil {
			return err
		}
	}
	return nil
}
