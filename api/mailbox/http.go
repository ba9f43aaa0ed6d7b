package mailbox

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/user"
)

// Routes registers the endpoints of mail that comes in.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/mailboxes", web.Handle(s.list))
	signedIn.POST("/mailboxes", keys.Post(s.create))
	signedIn.GET("/mailboxes/:id", web.Handle(s.get))
	signedIn.PATCH("/mailboxes/:id", web.Handle(s.update))
	signedIn.DELETE("/mailboxes/:id", web.Handle(s.delete))
	signedIn.POST("/mailboxes/:id/test", keys.Post(s.test))
	signedIn.POST("/mailboxes/:id/try", web.Handle(s.tryFile)) // changes nothing, so it needs no key
	signedIn.GET("/mail_messages", web.Handle(s.messages))
	signedIn.POST("/mail_messages/try", keys.Post(s.try))
	signedIn.GET("/mail_messages/:id", web.Handle(s.message))
	signedIn.GET("/mail_messages/:id/source", web.Handle(s.source))
	signedIn.POST("/mail_messages/:id/process", keys.Post(s.again))
	signedIn.POST("/mail_messages/:id/discard", keys.Post(s.discard))
	signedIn.GET("/tickets/:id/mail", web.Handle(s.ofTicket))
}

// list answers GET /api/mailboxes.
//
// @Summary List the mailboxes
// @ID listMailboxes
// @Tags mail
// @Produce json
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mailboxes [get]
func (s *Service) list(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	q := web.ReadQuery(c, web.PageParams...)
	page := q.Page(web.ByOldestID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.List(c.Request.Context(), by, page)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, viewOf)
}

// create answers POST /api/mailboxes.
//
// @Summary Make a mailbox
// @Description Of the source `smtp` it gets what the desk's own listener (FIXDESK_SMTP_LISTEN) takes for its address; of `imap` it is fetched from a server. Passwords and tokens are kept encrypted and never shown.
// @ID createMailbox
// @Tags mail
// @Accept json
// @Produce json
// @Param body body CreateRequest true "The mailbox"
// @Success 201 {object} View
// @Failure 409 {object} web.Problem "There is a mailbox with the address already"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mailboxes [post]
func (s *Service) create(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := readChanges(b)
	b.Require("name", "address")
	if err := b.Err(); err != nil {
		return err
	}
	box, err := s.Create(c.Request.Context(), by, ch)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusCreated, viewOf(box), box.Version)
}

// get answers GET /api/mailboxes/{id}.
//
// @Summary Show a mailbox
// @ID getMailbox
// @Tags mail
// @Produce json
// @Param id path int true "The mailbox" example(1)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mailboxes/{id} [get]
func (s *Service) get(c *gin.Context) error {
	by, id, err := caller(c, Subject)
	if err != nil {
		return err
	}
	b, err := s.Get(c.Request.Context(), by, id)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, viewOf(b), b.Version)
}

// update answers PATCH /api/mailboxes/{id}.
//
// @Summary Change a mailbox
// @Description A password or a token that is left out stays, unless the server changes that it is for.
// @ID updateMailbox
// @Tags mail
// @Accept json
// @Produce json
// @Param id path int true "The mailbox" example(1)
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "There is a mailbox with the address already"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mailboxes/{id} [patch]
func (s *Service) update(c *gin.Context) error {
	by, id, err := caller(c, Subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := readChanges(b)
	if err := b.Err(); err != nil {
		return err
	}
	box, err := s.Update(c.Request.Context(), by, id, web.IfMatch(c), ch)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, viewOf(box), box.Version)
}

// delete answers DELETE /api/mailboxes/{id}.
//
// @Summary Delete a mailbox
// @Description One that got messages cannot be deleted: they say where its tickets come from. Set `active` to false to pause it.
// @ID deleteMailbox
// @Tags mail
// @Produce json
// @Param id path int true "The mailbox" example(1)
// @Success 204 "Deleted"
// @Failure 409 {object} web.Problem "It got messages"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mailboxes/{id} [delete]
func (s *Service) delete(c *gin.Context) error {
	by, id, err := caller(c, Subject)
	if err != nil {
		return err
	}
	if err := s.Delete(c.Request.Context(), by, id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// test answers POST /api/mailboxes/{id}/test.
//
// @Summary Try to reach a mailbox
// @Description Needs no body. Signs in to the server and opens the folder; changes nothing there.
// @ID testMailbox
// @Tags mail
// @Produce json
// @Param id path int true "The mailbox" example(1)
// @Success 200 {object} TestView
// @Failure 409 {object} web.Problem "It is fetched from no server"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mailboxes/{id}/test [post]
func (s *Service) test(c *gin.Context) error {
	by, id, err := caller(c, Subject)
	if err != nil {
		return err
	}
	problem, err := s.Test(c.Request.Context(), by, id)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, TestView{OK: problem == "", Problem: problem})
}

// caller returns who asks, who must be an administrator, and for what.
func caller(c *gin.Context, noun string) (authz.Actor, int64, error) {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return by, 0, errDenied
	}
	id, err := web.PathID(c, noun)
	return by, id, err
}

func typed[T ~string](b *web.Body, name string, values ...T) *T {
	text := b.Text(name, web.OneOf(values...))
	if text == nil {
		return nil
	}
	v := T(*text)
	return &v
}

func between(b *web.Body, name string, least, most int64, message string) *int64 {
	n := b.Int(name)
	if n != nil && (*n < least || *n > most) {
		b.Wrong(name, message)
		return nil
	}
	return n
}

func readChanges(b *web.Body) Changes {
	ch := Changes{
		Name: b.Text("name", web.NotBlank, web.Max(100), oneLine), Address: b.Text("address", user.EmailRule),
		Host: b.Text("host", web.Max(255), noSpace), Username: b.Text("username", web.Max(254), oneLine), Folder: b.Text("folder", web.NotBlank, web.Max(255), oneLine),
		Secret: b.Text("secret", web.Max(8000)), OAuthSecret: b.Text("oauth_secret", web.Max(8000)),
		OAuthTokenURL: b.Text("oauth_token_url", web.Max(500), tokenURL), OAuthClientID: b.Text("oauth_client_id", web.Max(255)),
		SenderName: b.Text("sender_name", web.Max(100), oneLine), Language: b.Text("language", web.OneOf(user.Languages...)),
		Active: b.Bool("active"), PlusAddress: b.Bool("plus_address"), CatchAll: b.Bool("catch_all"), Acknowledge: b.Bool("acknowledge"),
		Source: typed(b, "source", Listener, IMAP), Security: typed(b, "security", TLS, StartTLS, NoTLS), Auth: typed(b, "auth", Password, OAuth),
		UnknownSenders: typed(b, "unknown_senders", CreateSender, HoldSender),
		Port:           between(b, "port", 1, 65535, "Must be a port from 1 to 65535."),
		SenderCap:      between(b, "sender_cap", 0, 100_000, "Must be a whole number from 0 to 100,000; 0 for no limit."),
		SetCategory:    b.Has("category_id"), CategoryID: b.ID("category_id"),
		SetTeam: b.Has("team_id"), TeamID: b.ID("team_id"),
	}
	return ch
}
