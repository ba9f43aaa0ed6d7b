package ticket

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// namedField renames the one field that a fault complains of to what the
// endpoint calls it.
func namedField(err error, name string) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.Invalid && len(f.Fields) == 1 {
		for _, messages := range f.Fields {
			return f.WithField(name, messages[0])
		}
	}
	return err
}

func (s *Service) answerComment(c *gin.Context, status int, by authz.Actor, cm Comment, err error) error {
	if err != nil {
		return err
	}
	tx := s.db.Read(c.Request.Context())
	p, err := peopleOf(tx, nil, []Comment{cm})
	if err != nil {
		return err
	}
	files, err := attachment.OfComments(tx, cm.ID)
	if err != nil {
		return err
	}
	return web.Send(c, status, commentFor(by, p.people, files)(cm), cm.Version)
}

// listComments answers GET /api/comments.
//
// @Summary List comments
// @Description The comments of one ticket, or of all tickets the caller sees; newest first.
// @ID listComments
// @Tags comments
// @Produce json
// @Param ticket_id query int false "The ticket" example(42)
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[CommentView]
// @Failure 400 {object} web.Problem "A wrong or unknown parameter"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 404 {object} web.Problem "No such ticket, not visible, or a page beyond the last"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/comments [get]
func (s *Service) listComments(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	q := web.ReadQuery(c, append([]string{"ticket_id"}, web.PageParams...)...)
	ticketID := q.Int("ticket_id")
	page := q.Page(commentSort)
	if err := q.Err(); err != nil {
		return err
	}
	var id int64
	if ticketID != nil {
		if id = *ticketID; id == 0 {
			return errMissing
		}
	}
	rows, err := s.ListComments(ctx, by, id, page)
	if err != nil {
		return err
	}
	p, err := peopleOf(s.db.Read(ctx), nil, rows.Rows)
	if err != nil {
		return err
	}
	ids := make([]int64, len(rows.Rows))
	for i, cm := range rows.Rows {
		ids[i] = cm.ID
	}
	files, err := attachment.OfComments(s.db.Read(ctx), ids...)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, commentFor(by, p.people, files))
}

// createComment answers POST /api/comments.
//
// @Summary Comment on a ticket by its id
// @Description Like add_comment; IT staff may comment on any ticket.
// @ID createComment
// @Tags comments
// @Accept json
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body CommentRequest true "The comment"
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
// @x-authz {"employee":"own","it_staff":"any","admin":"any"}
// @Router /api/comments [post]
func (s *Service) createComment(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	id := b.Int("ticket_id")
	if b.IsNull("ticket_id") {
		b.Wrong("ticket_id", "Must be a whole number.")
	}
	content := b.Text("content", web.NotBlank)
	files := attachment.ReadIDs(b)
	b.Require("ticket_id", "content")
	if err := b.Err(); err != nil {
		return err
	}
	cm, err := s.CommentAnywhere(ctx, by, *id, *content, files...)
	return s.answerComment(c, http.StatusCreated, by, cm, err)
}

// getComment answers GET /api/comments/{id}.
//
// @Summary Show a comment
// @ID getComment
// @Tags comments
// @Produce json
// @Param id path int true "The comment" example(7)
// @Param If-None-Match header string false "Answers 304 when the ETag is still the same"
// @Success 200 {object} CommentView
// @Header 200 {string} ETag "For If-Match and If-None-Match"
// @Success 304 "Unchanged"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 404 {object} web.Problem "No such comment, or not visible"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/comments/{id} [get]
func (s *Service) getComment(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	id, err := web.PathID(c, "comment")
	if err != nil {
		return err
	}
	cm, err := s.GetComment(c.Request.Context(), by, id)
	return s.answerComment(c, http.StatusOK, by, cm, err)
}

// replaceComment answers PUT /api/comments/{id}.
//
// @Summary Replace what a comment says
// @Description By its author or an administrator; system messages cannot be changed.
// @ID replaceComment
// @Tags comments
// @Accept json
// @Produce json
// @Param id path int true "The comment" example(7)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body ContentRequest true "The text"
// @Success 200 {object} CommentView
// @Header 200 {string} ETag "For If-Match"
// @Failure 400 {object} web.Problem "A wrong body"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not allowed"
// @Failure 404 {object} web.Problem "No such comment, or not visible"
// @Failure 409 {object} web.Problem "Changed at the same moment"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Security BearerAuth
// @x-authz {"employee":"author","it_staff":"author","admin":"any"}
// @Router /api/comments/{id} [put]
func (s *Service) replaceComment(c *gin.Context) error { return s.putComment(c, "content") }

// updateComment answers PATCH /api/comments/{id}.
//
// @Summary Change what a comment says
// @Description By its author or an administrator; system messages cannot be changed.
// @ID updateComment
// @Tags comments
// @Accept json
// @Produce json
// @Param id path int true "The comment" example(7)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body ContentRequest true "The text"
// @Success 200 {object} CommentView
// @Header 200 {string} ETag "For If-Match"
// @Failure 400 {object} web.Problem "A wrong body"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not allowed"
// @Failure 404 {object} web.Problem "No such comment, or not visible"
// @Failure 409 {object} web.Problem "Changed at the same moment"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Security BearerAuth
// @x-authz {"employee":"author","it_staff":"author","admin":"any"}
// @Router /api/comments/{id} [patch]
func (s *Service) updateComment(c *gin.Context) error { return s.putComment(c) }

func (s *Service) putComment(c *gin.Context, required ...string) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	id, err := web.PathID(c, "comment")
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	content := b.Text("content", web.NotBlank)
	files := attachment.ReadIDs(b)
	b.Require(required...)
	if err := b.Err(); err != nil {
		return err
	}
	cm, err := s.EditComment(ctx, by, id, web.IfMatch(c), content, files...)
	return s.answerComment(c, http.StatusOK, by, cm, err)
}

// deleteComment answers DELETE /api/comments/{id}.
//
// @Summary Delete a comment
// @Description By its author or an administrator; system messages cannot be deleted.
// @ID deleteComment
// @Tags comments
// @Produce json
// @Param id path int true "The comment" example(7)
// @Param If-Match header string false "The ETag that the change is based on"
// @Success 204 "Deleted"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not allowed"
// @Failure 404 {object} web.Problem "No such comment, or not visible"
// @Failure 409 {object} web.Problem "Changed at the same moment"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Security BearerAuth
// @x-authz {"employee":"author","it_staff":"author","admin":"any"}
// @Router /api/comments/{id} [delete]
func (s *Service) deleteComment(c *gin.Context) error {
	id, err := web.PathID(c, "comment")
	if err != nil {
		return err
	}
	if err := s.DeleteComment(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}
