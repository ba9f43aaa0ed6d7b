package ticket

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// closeTicket answers POST /api/tickets/{id}/close.
//
// @Summary Close a ticket
// @Description For its requester, and for those who work on it. Closing it again changes nothing.
// @ID closeTicket
// @Tags tickets
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param If-Match header string false "The ETag that the change is based on"
// @Success 200 {object} DetailView
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Failure 409 {object} web.Problem "It was merged into another one (ticket.merged), or changed at the same moment"
// @Router /api/tickets/{id}/close [post]
func (s *Service) closeTicket(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	f, err := s.Close(c.Request.Context(), by, id, web.IfMatch(c))
	return s.answer(c, http.StatusOK, by, f, err)
}

// reopen answers POST /api/tickets/{id}/reopen.
//
// @Summary Reopen a ticket
// @Description For its requester within the time that the installation sets (FIXDESK_REOPEN_DAYS), and for those who work on it. Reopening what is not done changes nothing.
// @ID reopenTicket
// @Tags tickets
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body ReopenRequest true "What is still wrong"
// @Success 200 {object} DetailView
// @Header 200 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "Too late, or changed at the same moment"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/reopen [post]
func (s *Service) reopen(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	content := ""
	if text := b.Text("content", web.NotBlank); text != nil {
		content = *text
	}
	if err := b.Err(); err != nil {
		return err
	}
	f, err := s.Reopen(c.Request.Context(), by, id, web.IfMatch(c), content)
	return s.answer(c, http.StatusOK, by, f, err)
}

// restoreDeleted answers POST /api/tickets/{id}/restore.
//
// @Summary Restore a deleted ticket
// @Description Brings a ticket back that was deleted in the last 24 hours: with its conversation, its ids and its times. Restoring one that is there changes nothing.
// @ID restoreTicket
// @Tags tickets
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Success 200 {object} DetailView
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/tickets/{id}/restore [post]
func (s *Service) restoreDeleted(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	f, err := s.Restore(c.Request.Context(), by, id)
	return s.answer(c, http.StatusOK, by, f, err)
}
