package ticket

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// addComment answers POST /api/tickets/{id}/add_comment.
//
// @Summary Comment on a ticket
// @Description Adds to the conversation; resolved and closed tickets can be commented on, too.
// @ID addTicketComment
// @Tags tickets
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body ContentRequest true "The comment"
// @Success 201 {object} CommentView
// @Header 201 {string} ETag "For If-Match"
// @Failure 400 {object} web.Problem "A wrong body"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 404 {object} web.Problem "No such ticket, or not visible"
// @Failure 409 {object} web.Problem "A request with the same key is under way"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Failure 422 {object} web.Problem "The key was used for another request"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/add_comment [post]
func (s *Service) addComment(c *gin.Context) error {
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
	content := b.Text("content", web.NotBlank)
	files := attachment.ReadIDs(b)
	b.Require("content")
	if err := b.Err(); err != nil {
		return err
	}
	cm, err := s.Comment(ctx, by, id, *content, files...)
	return s.answerComment(c, http.StatusCreated, by, cm, err)
}

// updateStatus answers POST /api/tickets/{id}/update_status.
//
// @Summary Move a ticket to a status
// @Description Writes a system message with the change. The same status again changes nothing.
// @ID updateTicketStatus
// @Tags tickets
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body StatusRequest true "The status"
// @Success 200 {object} DetailView
// @Header 200 {string} ETag "For If-Match"
// @Failure 400 {object} web.Problem "A wrong body"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not allowed"
// @Failure 404 {object} web.Problem "No such ticket, or not visible"
// @Failure 409 {object} web.Problem "Changed at the same moment"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Failure 422 {object} web.Problem "The key was used for another request"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/update_status [post]
func (s *Service) updateStatus(c *gin.Context) error {
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
	ch := readStatus(b)
	if err := b.Err(); err != nil {
		return err
	}
	f, err := s.UpdateStatus(ctx, by, id, web.IfMatch(c), *ch)
	return s.answer(c, http.StatusOK, by, f, err)
}

func readStatus(b *web.Body) *Status {
	b.Require("status")
	name := b.Text("status")
	if name == nil {
		return nil
	}
	st, ok := ParseStatus(*name)
	if !ok {
		b.Wrong("status", "Must be one of: open, in_progress, resolved, closed.")
	}
	return &st
}

// assign answers POST /api/tickets/{id}/assign.
//
// @Summary Assign a ticket
// @Description Gives the ticket to an active member of the IT staff or an administrator, or to nobody with null. Writes a system message; the status stays.
// @ID assignTicket
// @Tags tickets
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body AssignRequest true "The assignee"
// @Success 200 {object} DetailView
// @Header 200 {string} ETag "For If-Match"
// @Failure 400 {object} web.Problem "A wrong body, or somebody who cannot be assigned"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not allowed"
// @Failure 404 {object} web.Problem "No such ticket, or not visible"
// @Failure 409 {object} web.Problem "Changed at the same moment"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Failure 422 {object} web.Problem "The key was used for another request"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/assign [post]
func (s *Service) assign(c *gin.Context) error {
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
	to := b.ID("user_id")
	b.Require("user_id")
	if err := b.Err(); err != nil {
		return err
	}
	f, err := s.Assign(ctx, by, id, web.IfMatch(c), to)
	return s.answer(c, http.StatusOK, by, f, namedField(err, "user_id"))
}
