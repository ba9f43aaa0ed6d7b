package webhook

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

const (
	maxURL         = 2000
	maxDescription = 200
)

// Routes registers the endpoints of webhooks.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/webhooks", web.Handle(s.list))
	signedIn.GET("/webhook_types", web.Handle(s.types))
	signedIn.POST("/webhooks", keys.Post(s.create))
	signedIn.GET("/webhooks/:id", web.Handle(s.get))
	signedIn.PATCH("/webhooks/:id", web.Handle(s.update))
	signedIn.DELETE("/webhooks/:id", web.Handle(s.delete))
	signedIn.POST("/webhooks/:id/rotate_secret", keys.Post(s.rotate))
	signedIn.POST("/webhooks/:id/test", keys.Post(s.test))
	signedIn.GET("/webhooks/:id/deliveries", web.Handle(s.deliveries))
	signedIn.POST("/webhooks/:id/replay", keys.Post(s.replayRange))
	signedIn.GET("/webhook_deliveries/:id", web.Handle(s.delivery))
	signedIn.POST("/webhook_deliveries/:id/replay", keys.Post(s.replay))
}

// list answers GET /api/webhooks.
//
// @Summary List the webhooks
// @ID listWebhooks
// @Tags webhooks
// @Produce json
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/webhooks [get]
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

// types answers GET /api/webhook_types.
//
// @Summary List the types of events that webhooks hear of
// @ID listWebhookTypes
// @Tags webhooks
// @Produce json
// @Success 200 {object} TypeList
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/webhook_types [get]
func (s *Service) types(c *gin.Context) error {
	if !canManage(authz.From(c.Request.Context())) {
		return errDenied
	}
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	out := TypeList{Results: make([]TypeView, len(Types))}
	for i, t := range Types {
		out.Results[i] = TypeView{t, internal(t)}
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// create answers POST /api/webhooks.
//
// @Summary Make a webhook
// @Description The secret is shown this one time. Messages follow Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp` and `webhook-signature`; those for chats are not signed.
// @ID createWebhook
// @Tags webhooks
// @Accept json
// @Produce json
// @Param body body CreateRequest true "The webhook"
// @Success 201 {object} NewView
// @Failure 409 {object} web.Problem "There are as many webhooks as there may be"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/webhooks [post]
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
	if kind := b.Text("kind", web.OneOf(Kinds...)); kind != nil {
		k := Kind(*kind)
		ch.Kind = &k
	}
	b.Require("url")
	ch.Wrong = b.Err()
	w, plain, err := s.Create(c.Request.Context(), by, ch)
	if err != nil {
		return err
	}
	return web.SendSecret(c, http.StatusCreated, NewView{viewOf(w), plain})
}

// get answers GET /api/webhooks/{id}.
//
// @Summary Show a webhook
// @ID getWebhook
// @Tags webhooks
// @Produce json
// @Param id path int true "The webhook" example(1)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/webhooks/{id} [get]
func (s *Service) get(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	w, err := s.Get(c.Request.Context(), by, id)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, viewOf(w), w.Version)
}

// update answers PATCH /api/webhooks/{id}.
//
// @Summary Change a webhook
// @Description Making it active again forgets its failures.
// @ID updateWebhook
// @Tags webhooks
// @Accept json
// @Produce json
// @Param id path int true "The webhook" example(1)
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/webhooks/{id} [patch]
func (s *Service) update(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := readChanges(b)
	ch.Wrong = b.Err()
	w, err := s.Update(c.Request.Context(), by, id, web.IfMatch(c), ch)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, viewOf(w), w.Version)
}

// delete answers DELETE /api/webhooks/{id}.
//
// @Summary Delete a webhook
// @Description Its log goes with it, and what has not been delivered is not.
// @ID deleteWebhook
// @Tags webhooks
// @Produce json
// @Param id path int true "The webhook" example(1)
// @Success 204 "Deleted"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/webhooks/{id} [delete]
func (s *Service) delete(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	if err := s.Delete(c.Request.Context(), by, id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// rotate answers POST /api/webhooks/{id}/rotate_secret.
//
// @Summary Give a webhook a new secret
// @Description Needs no body. The new secret is shown this one time. For 24 hours messages carry a signature by the secret before as well.
// @ID rotateWebhookSecret
// @Tags webhooks
// @Produce json
// @Param id path int true "The webhook" example(1)
// @Success 200 {object} NewView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/webhooks/{id}/rotate_secret [post]
func (s *Service) rotate(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	w, plain, err := s.Rotate(c.Request.Context(), by, id, web.IfMatch(c))
	if err != nil {
		return err
	}
	return web.SendSecret(c, http.StatusOK, NewView{viewOf(w), plain})
}

// test answers POST /api/webhooks/{id}/test.
//
// @Summary Send a test message
// @Description Needs no body. Sends a message of the type `webhook.test` once, at once, and answers with what came of it.
// @ID testWebhook
// @Tags webhooks
// @Produce json
// @Param id path int true "The webhook" example(1)
// @Success 200 {object} LogView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/webhooks/{id}/test [post]
func (s *Service) test(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	d, log, err := s.Test(c.Request.Context(), by, id)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, logView(d, log))
}

// caller returns who asks, who must be an administrator, and for what.
func caller(c *gin.Context) (authz.Actor, int64, error) {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return by, 0, errDenied
	}
	id, err := web.PathID(c, Subject)
	return by, id, err
}

func readChanges(b *web.Body) Changes {
	ch := Changes{
		URL: b.Text("url", web.NotBlank, web.Max(maxURL)), Description: b.Text("description", web.Max(maxDescription)),
		Internal: b.Bool("internal"), Confidential: b.Bool("confidential"), Active: b.Bool("active"),
	}
	if raw := b.Raw("events"); raw != nil {
		var list []string
		if err := json.Unmarshal(raw, &list); err != nil || list == nil {
			b.Wrong("events", "Must be a list of types of events.")
			return ch
		}
		events := []string{}
		for _, e := range list {
			if !slices.Contains(Types, e) {
				b.Wrong("events", "Holds something that is no type of event that webhooks hear of.")
				return ch
			}
			if !slices.Contains(events, e) {
				events = append(events, e)
			}
		}
		ch.Events = &events
	}
	return ch
}
