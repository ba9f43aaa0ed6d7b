package tag

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Can is what the caller may do with a tag.
type Can struct {
	Update bool `json:"update" example:"true"`
	Delete bool `json:"delete" example:"true"`
} //@name TagCan

// View is a tag.
type View struct {
	ID      int64  `json:"id" example:"4"`
	Name    string `json:"name" example:"vpn"`
	Version int64  `json:"version" example:"1"`
	Can     Can    `json:"can"`
} //@name Tag

// ListView lists tags by name.
type ListView struct {
	Tags []View `json:"tags"`
} //@name Tags

// Request is the body of a new or renamed tag.
type Request struct {
	Name string `json:"name" validate:"required" minLength:"1" maxLength:"50" example:"vpn"`
} //@name TagName

// MergeRequest is the body of a merge.
type MergeRequest struct {
	Into int64 `json:"into" validate:"required" example:"9"`
} //@name TagMerge

func viewFor(by authz.Actor) func(Tag) View {
	return func(t Tag) View {
		return View{ID: t.ID, Name: t.Name, Version: t.Version, Can: Can{Update: canManage(by), Delete: canManage(by)}}
	}
}

// Routes registers the endpoints of tags.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/tags", web.Handle(s.list))
	signedIn.POST("/tags", keys.Post(s.create))
	signedIn.GET("/tags/:id", web.Handle(s.get))
	signedIn.PATCH("/tags/:id", web.Handle(s.rename))
	signedIn.DELETE("/tags/:id", web.Handle(s.delete))
	signedIn.POST("/tags/:id/merge", keys.Post(s.merge))
}

// list answers GET /api/tags.
//
// @Summary List the tags
// @Description By name; at most 500.
// @ID listTags
// @Tags tags
// @Produce json
// @Param search query string false "A part of the name" example(vp)
// @Success 200 {object} ListView
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/tags [get]
func (s *Service) list(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	q := web.ReadQuery(c, "search")
	text := q.Text("search")
	if err := q.Err(); err != nil {
		return err
	}
	tags, err := s.List(c.Request.Context(), by, text)
	if err != nil {
		return err
	}
	out := ListView{Tags: make([]View, len(tags))}
	for i, t := range tags {
		out.Tags[i] = viewFor(by)(t)
	}
	return web.SendPlain(c, http.StatusOK, out)
}

func answer(c *gin.Context, status int, t Tag, err error) error {
	if err != nil {
		return err
	}
	return web.Send(c, status, viewFor(authz.From(c.Request.Context()))(t), t.Version)
}

// create answers POST /api/tags.
//
// @Summary Make a tag
// @Description Tags are also made by putting them on a ticket.
// @ID createTag
// @Tags tags
// @Accept json
// @Produce json
// @Param body body Request true "The tag"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/tags [post]
func (s *Service) create(c *gin.Context) error {
	name, err := readName(c)
	if err != nil {
		return err
	}
	t, err := s.Create(c.Request.Context(), authz.From(c.Request.Context()), name)
	return answer(c, http.StatusCreated, t, err)
}

func readName(c *gin.Context) (string, error) {
	b, err := web.ReadBody(c)
	if err != nil {
		return "", err
	}
	name := b.Text("name", func(s string) string { _, wrong := Clean(s); return wrong })
	b.Require("name")
	if err := b.Err(); err != nil {
		return "", err
	}
	return *name, nil
}

// get answers GET /api/tags/{id}.
//
// @Summary Show a tag
// @ID getTag
// @Tags tags
// @Produce json
// @Param id path int true "The tag" example(4)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/tags/{id} [get]
func (s *Service) get(c *gin.Context) error {
	id, err := web.PathID(c, Subject)
	if err != nil {
		return err
	}
	t, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), id)
	return answer(c, http.StatusOK, t, err)
}

// rename answers PATCH /api/tags/{id}.
//
// @Summary Rename a tag
// @Description Its old name goes on meaning it, as one that was merged into it does.
// @ID renameTag
// @Tags tags
// @Accept json
// @Produce json
// @Param id path int true "The tag" example(4)
// @Param body body Request true "The new name"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/tags/{id} [patch]
func (s *Service) rename(c *gin.Context) error {
	id, err := web.PathID(c, Subject)
	if err != nil {
		return err
	}
	name, err := readName(c)
	if err != nil {
		return err
	}
	t, err := s.Rename(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c), name)
	return answer(c, http.StatusOK, t, err)
}

// delete answers DELETE /api/tags/{id}.
//
// @Summary Delete a tag
// @Description It disappears from all tickets.
// @ID deleteTag
// @Tags tags
// @Produce json
// @Param id path int true "The tag" example(4)
// @Success 204 "Deleted"
// @Failure 409 {object} web.Problem "Something else needs it (tag.in_use); errors names what"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/tags/{id} [delete]
func (s *Service) delete(c *gin.Context) error {
	id, err := web.PathID(c, Subject)
	if err != nil {
		return err
	}
	if err := s.Delete(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// merge answers POST /api/tags/{id}/merge.
//
// @Summary Merge a tag into another one
// @Description Its tickets are found under the other one at once, and its name goes on meaning the other one. Answers the other one.
// @ID mergeTag
// @Tags tags
// @Accept json
// @Produce json
// @Param id path int true "The tag that goes" example(4)
// @Param body body MergeRequest true "The tag that stays"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/tags/{id}/merge [post]
func (s *Service) merge(c *gin.Context) error {
	id, err := web.PathID(c, Subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	into := b.ID("into")
	b.Require("into")
	if b.IsNull("into") {
		b.Wrong("into", "Must be an id.")
	}
	if err := b.Err(); err != nil {
		return err
	}
	t, err := s.Merge(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c), *into)
	return answer(c, http.StatusOK, t, err)
}
