package webhook

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// deliveries answers GET /api/webhooks/{id}/deliveries.
//
// @Summary List the deliveries of a webhook
// @Description Newest first. What has ended is kept for 30 days. `dead` are those that were given up.
// @ID listWebhookDeliveries
// @Tags webhooks
// @Produce json
// @Param id path int true "The webhook" example(1)
// @Param state query string false "Only deliveries in this state" Enums(pending, delivered, dead, cancelled)
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[DeliveryView]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/webhooks/{id}/deliveries [get]
func (s *Service) deliveries(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	q := web.ReadQuery(c, append([]string{"state"}, web.PageParams...)...)
	names := make([]string, len(States))
	for i, st := range States {
		names[i] = string(st)
	}
	state, page := q.OneOf("state", names...), q.Page(web.ByID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.Deliveries(c.Request.Context(), by, id, State(state), page)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, deliveryView)
}

// delivery answers GET /api/webhook_deliveries/{id}.
//
// @Summary Show a delivery and its attempts
// @ID getWebhookDelivery
// @Tags webhooks
// @Produce json
// @Param id path int true "The delivery" example(7)
// @Success 200 {object} LogView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/webhook_deliveries/{id} [get]
func (s *Service) delivery(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	id, err := web.PathID(c, "delivery")
	if err != nil {
		return err
	}
	d, log, err := s.Delivery(c.Request.Context(), by, id)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, logView(d, log))
}

// replay answers POST /api/webhook_deliveries/{id}/replay.
//
// @Summary Send a delivery again
// @Description Needs no body. The message keeps its `webhook-id`, and is tried as often as a new one.
// @ID replayWebhookDelivery
// @Tags webhooks
// @Produce json
// @Param id path int true "The delivery" example(7)
// @Success 200 {object} DeliveryView
// @Failure 409 {object} web.Problem "It is still under way"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/webhook_deliveries/{id}/replay [post]
func (s *Service) replay(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	id, err := web.PathID(c, "delivery")
	if err != nil {
		return err
	}
	d, err := s.Replay(c.Request.Context(), by, id)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, deliveryView(d))
}

// replayRange answers POST /api/webhooks/{id}/replay.
//
// @Summary Send a range of deliveries again
// @Description Those in a state (`dead` unless said otherwise) that began in a time, at most 1,000 at once, the oldest first. They keep their `webhook-id`.
// @ID replayWebhookDeliveries
// @Tags webhooks
// @Accept json
// @Produce json
// @Param id path int true "The webhook" example(1)
// @Param body body ReplayRequest true "Which"
// @Success 200 {object} ReplayView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/webhooks/{id}/replay [post]
func (s *Service) replayRange(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	r := Range{State: Dead, From: time.Unix(0, 0).UTC(), To: s.clock.Now().Add(time.Minute)}
	if state := b.Text("state", web.OneOf(Delivered, Dead, Cancelled)); state != nil {
		r.State = State(*state)
	}
	for name, into := range map[string]*time.Time{"from": &r.From, "to": &r.To} {
		text := b.Text(name)
		if text == nil {
			continue
		}
		at, err := time.Parse(time.RFC3339, *text)
		if err != nil || at.Year() < 1970 || at.Year() > 2199 {
			b.Wrong(name, "Must be a time such as 2026-12-23T08:00:00Z.")
			continue
		}
		*into = at.UTC()
	}
	if err := b.Err(); err != nil {
		return err
	}
	n, more, err := s.ReplayRange(c.Request.Context(), by, id, r)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, ReplayView{Count: n, More: more})
}
