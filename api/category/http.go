package category

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Can is what the caller may do with a category.
type Can struct {
	Update bool `json:"update" example:"true"`
	Delete bool `json:"delete" example:"true"`
} //@name CategoryCan

// View is a category.
type View struct {
	ID          int64  `json:"id" example:"3"`
	ParentID    *int64 `json:"parent_id" extensions:"x-nullable" example:"1"`
	Name        string `json:"name" example:"Printer"`
	Path        string `json:"path" example:"Hardware/Printer"`
	Description string `json:"description" example:"Printers, toner, paper"`
	Position    int    `json:"position" example:"0"`
	Active      bool   `json:"active" example:"true"`
	// Usable says whether new tickets may get it: it and all above it are active.
	Usable bool   `json:"usable" example:"true"`
	TeamID *int64 `json:"team_id" extensions:"x-nullable"`
	// Priority is what its tickets begin with; null for the desk's own.
	Priority *string `json:"priority" enums:"low,medium,high,urgent" extensions:"x-nullable" example:"high"`
	// Fields are those that it asks for itself, Form also those of the categories above.
	Fields  []int64 `json:"fields" example:"2"`
	Form    []int64 `json:"form" example:"1,2"`
	Version int64   `json:"version" example:"1"`
	Can     Can     `json:"can"`
} //@name Category

// TreeView is the tree: parents before their children, in the order of the screen.
type TreeView struct {
	Categories []View `json:"categories"`
} //@name Categories

// CreateRequest is the body of a new category.
type CreateRequest struct {
	ParentID    *int64  `json:"parent_id" validate:"optional" extensions:"x-nullable" example:"1"`
	Name        string  `json:"name" validate:"required" minLength:"1" maxLength:"100" example:"Printer"`
	Description string  `json:"description" validate:"optional" maxLength:"500" example:"Printers, toner, paper"`
	Position    int     `json:"position" validate:"optional" example:"0"`
	Active      bool    `json:"active" validate:"optional" example:"true"`
	TeamID      *int64  `json:"team_id" validate:"optional" extensions:"x-nullable"`
	Priority    *string `json:"priority" validate:"optional" enums:"low,medium,high,urgent" extensions:"x-nullable" example:"high"`
	Fields      []int64 `json:"fields" validate:"optional" example:"2"`
} //@name CategoryCreate

// UpdateRequest is the body of a changed category; what is left out stays.
type UpdateRequest struct {
	ParentID    *int64  `json:"parent_id" validate:"optional" extensions:"x-nullable" example:"1"`
	Name        string  `json:"name" validate:"optional" minLength:"1" maxLength:"100" example:"Printer"`
	Description string  `json:"description" validate:"optional" maxLength:"500" example:"Printers, toner, paper"`
	Position    int     `json:"position" validate:"optional" example:"0"`
	Active      bool    `json:"active" validate:"optional" example:"true"`
	TeamID      *int64  `json:"team_id" validate:"optional" extensions:"x-nullable"`
	Priority    *string `json:"priority" validate:"optional" enums:"low,medium,high,urgent" extensions:"x-nullable" example:"high"`
	Fields      []int64 `json:"fields" validate:"optional" example:"2"`
} //@name CategoryUpdate

// priorities are the names of the priorities of tickets, by their ordinals.
var priorities = []string{"", "low", "medium", "high", "urgent"}

func viewFor(by authz.Actor, t *Tree) func(Category) View {
	return func(c Category) View {
		v := View{
			ID: c.ID, Name: c.Name, Path: t.Path(c.ID), Description: c.Description, Position: c.Position, Active: c.Active,
			Usable: t.Usable(c.ID), TeamID: c.TeamID, Fields: append([]int64{}, t.forms[c.ID]...), Form: append([]int64{}, t.Form(c.ID)...),
			Version: c.Version, Can: Can{Update: canManage(by), Delete: canManage(by)},
		}
		if c.ParentID != 0 {
			v.ParentID = &c.ParentID
		}
		if c.Priority > 0 && c.Priority < len(priorities) {
			v.Priority = &priorities[c.Priority]
		}
		return v
	}
}

// Routes registers the endpoints of categories.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/categories", web.Handle(s.tree))
	signedIn.POST("/categories", keys.Post(s.create))
	signedIn.PATCH("/categories/:id", web.Handle(s.update))
	signedIn.DELETE("/categories/:id", web.Handle(s.delete))
}

// tree answers GET /api/categories.
//
// @Summary Show the tree of categories
// @Description Parents before their children. Those who do not work on tickets get those that new tickets may have.
// @ID listCategories
// @Tags categories
// @Produce json
// @Success 200 {object} TreeView
// @Security BearerAuth
// @x-authz {"employee":"any","it_staff":"any","admin":"any"}
// @Router /api/categories [get]
func (s *Service) tree(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	t, err := s.Tree(c.Request.Context(), by)
	if err != nil {
		return err
	}
	seen, err := field.Seen(s.db.Read(c.Request.Context()), by)
	if err != nil {
		return err
	}
	out := TreeView{Categories: []View{}}
	for _, cat := range t.All() {
		v := viewFor(by, t)(cat)
		if !by.Can(authz.TicketWork) {
			if !v.Usable {
				continue
			}
			v.TeamID = nil
			hidden := func(id int64) bool { return seen.Find(id) == nil }
			v.Fields, v.Form = slices.DeleteFunc(v.Fields, hidden), slices.DeleteFunc(v.Form, hidden)
		}
		out.Categories = append(out.Categories, v)
	}
	return web.SendPlain(c, http.StatusOK, out)
}

func (s *Service) answer(c *gin.Context, status int, cat Category, err error) error {
	if err != nil {
		return err
	}
	by := authz.From(c.Request.Context())
	t, err := s.Tree(c.Request.Context(), by)
	if err != nil {
		return err
	}
	return web.Send(c, status, viewFor(by, t)(cat), cat.Version)
}

func readChanges(c *gin.Context, required ...string) (Changes, error) {
	var ch Changes
	b, err := web.ReadBody(c)
	if err != nil {
		return ch, err
	}
	ch.Name = b.Text("name", web.NotBlank, web.Max(100))
	ch.Description = b.Text("description", web.Max(500))
	ch.Active = b.Bool("active")
	if b.Has("parent_id") {
		parent := int64(0)
		if id := b.ID("parent_id"); id != nil {
			parent = *id
		}
		ch.ParentID = &parent
	}
	if n := b.Int("position"); n != nil {
		if *n < 0 || *n > 10_000 {
			b.Wrong("position", "Must be between 0 and 10,000.")
		} else {
			p := int(*n)
			ch.Position = &p
		}
	}
	if b.Has("team_id") {
		ch.SetTeam, ch.TeamID = true, b.ID("team_id")
	}
	if b.IsNull("priority") {
		none := 0
		ch.Priority = &none
	} else if name := b.Text("priority", web.OneOf(priorities[1:]...)); name != nil {
		p := slices.Index(priorities, *name)
		ch.Priority = &p
	}
	if b.Has("fields") {
		ids, ok := web.ListOfIDs(b.Raw("fields"))
		if !ok || len(ids) > 100 {
			b.Wrong("fields", "Must be a list of at most 100 fields.")
		}
		ch.Fields = &ids
	}
	b.Require(required...)
	return ch, b.Err()
}

// create answers POST /api/categories.
//
// @Summary Make a category
// @ID createCategory
// @Tags categories
// @Accept json
// @Produce json
// @Param body body CreateRequest true "The category"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/categories [post]
func (s *Service) create(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errManage
	}
	ch, err := readChanges(c, "name")
	if err != nil {
		return err
	}
	cat, err := s.Create(c.Request.Context(), by, ch)
	return s.answer(c, http.StatusCreated, cat, err)
}

// update answers PATCH /api/categories/{id}.
//
// @Summary Change a category
// @Description Moves it, too: parent_id and position. A category that is not active is kept by its tickets and offered to no new one.
// @ID updateCategory
// @Tags categories
// @Accept json
// @Produce json
// @Param id path int true "The category" example(3)
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "Changed at the same moment, or something else names it as it is called now (category.in_use); errors names what"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/categories/{id} [patch]
func (s *Service) update(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	id, err := web.PathID(c, Subject)
	if err != nil {
		return err
	}
	if !canManage(by) {
		return errManage
	}
	ch, err := readChanges(c)
	if err != nil {
		return err
	}
	cat, err := s.Update(c.Request.Context(), by, id, web.IfMatch(c), ch)
	return s.answer(c, http.StatusOK, cat, err)
}

// delete answers DELETE /api/categories/{id}.
//
// @Summary Delete a category that nothing is in
// @ID deleteCategory
// @Tags categories
// @Produce json
// @Param id path int true "The category" example(3)
// @Success 204 "Deleted"
// @Failure 409 {object} web.Problem "Tickets or categories are in it (category.in_use)"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/categories/{id} [delete]
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
