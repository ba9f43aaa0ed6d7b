package ticket

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// assignTeam answers POST /api/tickets/{id}/assign_team.
//
// @Summary Give a ticket to a team
// @Description An assignee who does not belong to the team is taken from the ticket. The status stays.
// @ID assignTicketTeam
// @Tags tickets
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param body body TeamRequest true "Which team"
// @Success 200 {object} DetailView
// @Header 200 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "Changed at the same moment"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/assign_team [post]
func (s *Service) assignTeam(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("team_id")
	to := b.ID("team_id")
	if err := b.Err(); err != nil {
		return err
	}
	f, err := s.AssignTeam(c.Request.Context(), by, id, web.IfMatch(c), to)
	return s.answer(c, http.StatusOK, by, f, err)
}
