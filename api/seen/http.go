package seen

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// View is the caller's last look at a ticket.
type View struct {
	EventID int64      `json:"event_id" example:"120"`
	SeenAt  *time.Time `json:"seen_at" format:"date-time" extensions:"x-nullable" example:"2026-03-02T09:10:00Z"`
} //@name TicketSeen

// Request is the body of saying how far one has read.
type Request struct {
	EventID int64 `json:"event_id" validate:"required" minimum:"0" example:"120"`
} //@name TicketSeenSet

// Routes registers the endpoints.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/tickets/:id/seen", web.Handle(s.get))
	signedIn.POST("/tickets/:id/seen", keys.Post(s.set))
}

// get answers GET /api/tickets/{id}/seen.
//
// @Summary Show one's last look at a ticket
// @ID getTicketSeen
// @Tags tickets
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Success 200 {object} View
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/seen [get]
func (s *Service) get(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	l, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), id)
	return answer(c, l, err)
}

// set answers POST /api/tickets/{id}/seen.
//
// @Summary Say how far one has read a ticket
// @Description `event_id` is the newest event of the timeline that was shown. It never goes back.
// @ID setTicketSeen
// @Tags tickets
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param body body Request true "The newest event seen"
// @Success 200 {object} View
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/seen [post]
func (s *Service) set(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("event_id")
	n := b.Int("event_id")
	if b.IsNull("event_id") || (n != nil && *n < 0) {
		b.Wrong("event_id", "Must be a whole number of at least 0.")
	}
	if err := b.Err(); err != nil {
		return err
	}
	l, err := s.Set(c.Request.Context(), authz.From(c.Request.Context()), id, *n)
	return answer(c, l, err)
}

func answer(c *gin.Context, l Look, err error) error {
	if err != nil {
		return err
	}
	v := View{EventID: l.EventID}
	if !l.SeenAt.IsZero() {
		at := l.SeenAt.UTC()
		v.SeenAt = &at
	}
	return web.SendPlain(c, http.StatusOK, v)
}
