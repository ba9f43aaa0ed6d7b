package ticket

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket/moment"
)

// DueRequest is the body of set_due; null leaves the time to what was agreed.
type DueRequest struct {
	DueAt *string `json:"due_at" validate:"required" extensions:"x-nullable" example:"2026-03-02T13:00:00Z"`
} //@name TicketDue

// postDue answers POST /api/tickets/{id}/set_due.
//
// @Summary Say by when a ticket is due
// @Description The time set by hand is what is shown, sorted by and found by `due:`, whatever an SLA names; the clocks of the SLA go on as they are. Null takes it away again. A time as in RFC 3339, or +4h, +3d, +1w.
// @ID setTicketDue
// @Tags tickets
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body DueRequest true "By when"
// @Success 200 {object} DetailView
// @Header 200 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "It was merged into another one (ticket.merged)"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/set_due [post]
func (s *Service) postDue(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	var at *time.Time
	if !b.IsNull("due_at") {
		text := b.Text("due_at")
		b.Require("due_at")
		if text != nil {
			when, err := moment.Ahead(*text, s.clock.Now(), by.Location(), "due_at")
			if err != nil {
				b.Wrong("due_at", moment.Wrong)
			}
			at = &when
		}
	}
	if err := b.Err(); err != nil {
		return err
	}
	f, err := s.SetDueByHand(ctx, by, id, web.IfMatch(c), at)
	return s.answer(c, http.StatusOK, by, f, err)
}
