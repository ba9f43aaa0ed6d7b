package note

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Routes registers the endpoints of internal notes.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/tickets/:id/notes", web.Handle(s.list))
	signedIn.POST("/tickets/:id/notes", keys.Post(s.create))
	signedIn.GET("/notes/:id", web.Handle(s.get))
	signedIn.PATCH("/notes/:id", web.Handle(s.update))
	signedIn.DELETE("/notes/:id", web.Handle(s.delete))
}

// list answers GET /api/tickets/{id}/notes.
//
// @Summary List the internal notes of a ticket
// @Description Oldest first. Employees are refused whether there are notes or not.
// @ID listNotes
// @Tags notes
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/notes [get]
func (s *Service) list(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	q := web.ReadQuery(c, web.PageParams...)
	page := q.Page(web.ByOldestID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.List(ctx, by, id, page)
	if err != nil {
		return err
	}
	ids, notes := make([]int64, len(rows.Rows)), make([]int64, len(rows.Rows))
	for i, n := range rows.Rows {
		ids[i], notes[i] = n.AuthorID, n.ID
	}
	files, err := attachment.OfNotes(s.db.Read(ctx), notes...)
	if err != nil {
		return err
	}
	people, err := user.Cards(s.db.Read(ctx), ids...)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, viewFor(by, people, files))
}

// create answers POST /api/tickets/{id}/notes.
//
// @Summary Write an internal note
// @ID createNote
// @Tags notes
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param body body ContentRequest true "The note"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/notes [post]
func (s *Service) create(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
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
	n, err := s.Create(c.Request.Context(), authz.From(c.Request.Context()), id, *content, files...)
	return s.answer(c, http.StatusCreated, n, err)
}

// get answers GET /api/notes/{id}.
//
// @Summary Show an internal note
// @ID getNote
// @Tags notes
// @Produce json
// @Param id path int true "The note" example(3)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/notes/{id} [get]
func (s *Service) get(c *gin.Context) error {
	id, err := web.PathID(c, "note")
	if err != nil {
		return err
	}
	n, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.answer(c, http.StatusOK, n, err)
}

// update answers PATCH /api/notes/{id}.
//
// @Summary Change an internal note
// @ID updateNote
// @Tags notes
// @Accept json
// @Produce json
// @Param id path int true "The note" example(3)
// @Param body body ContentRequest true "The note"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"author","admin":"any"}
// @Router /api/notes/{id} [patch]
func (s *Service) update(c *gin.Context) error {
	id, err := web.PathID(c, "note")
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	content := b.Text("content", web.NotBlank)
	files := attachment.ReadIDs(b)
	if err := b.Err(); err != nil {
		return err
	}
	n, err := s.Update(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c), content, files...)
	return s.answer(c, http.StatusOK, n, err)
}

// delete answers DELETE /api/notes/{id}.
//
// @Summary Delete an internal note
// @ID deleteNote
// @Tags notes
// @Produce json
// @Param id path int true "The note" example(3)
// @Success 204 "Deleted"
// @Security BearerAuth
// @x-authz {"it_staff":"author","admin":"any"}
// @Router /api/notes/{id} [delete]
func (s *Service) delete(c *gin.Context) error {
	id, err := web.PathID(c, "note")
	if err != nil {
		return err
	}
	if err := s.Delete(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

func (s *Service) answer(c *gin.Context, status int, n Note, err error) error {
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	people, err := user.Cards(s.db.Read(ctx), n.AuthorID)
	if err != nil {
		return err
	}
	files, err := attachment.OfNotes(s.db.Read(ctx), n.ID)
	if err != nil {
		return err
	}
	return web.Send(c, status, viewFor(authz.From(ctx), people, files)(n), n.Version)
}
