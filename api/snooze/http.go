package snooze

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/moment"
)

// Request is the body of snooze: one of the two, or both.
type Request struct {
	// Until is a time as in RFC 3339, or +4h, +3d, +1w.
	Until *string `json:"until" validate:"optional" extensions:"x-nullable" example:"2026-03-03T08:00:00Z"`
	// OnReply lets a reply of the requester, or of others outside of the IT staff, end it, too.
	OnReply bool `json:"on_reply" validate:"optional" example:"true"`
} //@name TicketSnoozeCreate

// Routes registers the endpoints.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.POST("/tickets/:id/snooze", keys.Post(s.snooze))
	signedIn.POST("/tickets/:id/unsnooze", keys.Post(s.unsnooze))
}

// snooze answers POST /api/tickets/{id}/snooze.
//
// @Summary Let a ticket rest
// @Description Until a time, until a reply, or whichever comes first. It leaves the queues (`-is:snoozed`) and comes back by itself, marked by woken_at until somebody of the IT staff acts on it. Again, it rests until the new time.
// @ID snoozeTicket
// @Tags tickets
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body Request true "Until when"
// @Success 200 {object} ticket.DetailView
// @Failure 409 {object} web.Problem "It is done (snooze.done), or was merged (ticket.merged)"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/snooze [post]
func (s *Service) snooze(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	var r Rest
	if !b.IsNull("until") {
		if text := b.Text("until"); text != nil {
			at, err := moment.Ahead(*text, s.clock.Now(), by.Location(), "until")
			var wrong *fault.Error
			if errors.As(err, &wrong) {
				b.Wrong("until", wrong.Fields["until"][0])
			}
			r.Until = &at
		}
	}
	if on := b.Bool("on_reply"); on != nil {
		r.OnReply = *on
	}
	if err := b.Err(); err != nil {
		return err
	}
	if err := s.Snooze(ctx, by, id, web.IfMatch(c), r); err != nil {
		return err
	}
	return s.tickets.SendTicket(c, http.StatusOK, id)
}

// unsnooze answers POST /api/tickets/{id}/unsnooze.
//
// @Summary Bring a ticket back that rests
// @Description One that does not rest stays as it is.
// @ID unsnoozeTicket
// @Tags tickets
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param If-Match header string false "The ETag that the change is based on"
// @Success 200 {object} ticket.DetailView
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/unsnooze [post]
func (s *Service) unsnooze(c *gin.Context) error {
	ctx := c.Request.Context()
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	if err := s.Unsnooze(ctx, authz.From(ctx), id, web.IfMatch(c)); err != nil {
		return err
	}
	return s.tickets.SendTicket(c, http.StatusOK, id)
}
