package template

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/user"
)

// Can says what the caller may do with a template.
type Can struct {
	Update bool `json:"update" example:"true"`
	Delete bool `json:"delete" example:"true"`
	Offer  bool `json:"offer" example:"false"`
} //@name TemplateCan

// View is what a new ticket can begin with.
type View struct {
	ID           int64          `json:"id" example:"4"`
	Name         string         `json:"name" example:"New colleague"`
	Shared       bool           `json:"shared" example:"true"`
	ForEmployees bool           `json:"for_employees" example:"false"`
	Title        string         `json:"title" example:"Set up a workplace"`
	Description  string         `json:"description" example:"Name, first day, desk:"`
	Priority     *string        `json:"priority" enums:"low,medium,high,urgent" extensions:"x-nullable" example:"medium"`
	Category     *int64         `json:"category" extensions:"x-nullable" example:"3"`
	Tags         []string       `json:"tags" example:"onboarding"`
	Fields       map[string]any `json:"fields"`
	AssignedTo   *int64         `json:"assigned_to" extensions:"x-nullable" example:"3"`
	TeamID       *int64         `json:"team_id" extensions:"x-nullable" example:"2"`
	Checklist    []string       `json:"checklist" example:"Order a laptop"`
	Version      int64          `json:"version" example:"1"`
	UpdatedAt    time.Time      `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	Can          Can            `json:"can"`
} //@name Template

// ListView lists templates by name.
type ListView struct {
	Results []View `json:"results"`
} //@name Templates

// Request is the body of a template; a PATCH leaves what is left out.
type Request struct {
	Name         string         `json:"name" validate:"required" minLength:"1" maxLength:"100" example:"New colleague"`
	Shared       bool           `json:"shared" validate:"optional" example:"true"`
	ForEmployees bool           `json:"for_employees" validate:"optional" example:"false"`
	Title        string         `json:"title" validate:"optional" maxLength:"200" example:"Set up a workplace"`
	Description  string         `json:"description" validate:"optional" example:"Name, first day, desk:"`
	Priority     *string        `json:"priority" validate:"optional" enums:"low,medium,high,urgent" extensions:"x-nullable" example:"medium"`
	Category     *int64         `json:"category" validate:"optional" extensions:"x-nullable" example:"3"`
	Tags         []string       `json:"tags" validate:"optional" example:"onboarding"`
	Fields       map[string]any `json:"fields" validate:"optional"`
	AssignedTo   *int64         `json:"assigned_to" validate:"optional" extensions:"x-nullable" example:"3"`
	TeamID       *int64         `json:"team_id" validate:"optional" extensions:"x-nullable" example:"2"`
	Checklist    []string       `json:"checklist" validate:"optional" example:"Order a laptop"`
} //@name TemplateSave

// Routes registers the endpoints.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/templates", web.Handle(s.list))
	signedIn.POST("/templates", keys.Post(s.create))
	signedIn.GET("/templates/:id", web.Handle(s.get))
	signedIn.PATCH("/templates/:id", web.Handle(s.update))
	signedIn.DELETE("/templates/:id", web.Handle(s.remove))
	signedIn.POST("/templates/:id/restore", keys.Post(s.restore))
}

// viewFor shows a template. fields are those of the desk, which say what of it is
// not for employees.
func viewFor(by authz.Actor, t Template, fields field.Set) (View, error) {
	c, err := t.content()
	may := canChange(by, &t)
	v := View{
		ID: t.ID, Name: t.Name, Shared: t.Shared, ForEmployees: t.ForEmployees, Title: c.Title, Description: c.Description,
		Category: c.CategoryID, Tags: []string{}, Fields: map[string]any{}, Checklist: []string{},
		Version: t.Version, UpdatedAt: t.UpdatedAt.UTC(), Can: Can{may, may, may && by.Can(authz.DeskConfigure)},
	}
	if c.Priority != "" {
		v.Priority = &c.Priority
	}
	for slug, raw := range c.Fields {
		if f := fields.Named(slug); !by.Can(authz.TicketWork) && (f == nil || !field.CanSee(by, f)) {
			continue
		}
		var value any
		if err := json.Unmarshal(raw, &value); err == nil {
			v.Fields[slug] = value
		}
	}
	if by.Can(authz.TicketWork) { // what follows for the IT staff is not for employees
		v.Tags, v.Checklist = append(v.Tags, c.Tags...), append(v.Checklist, c.Checklist...)
		v.AssignedTo, v.TeamID = c.AssignedTo, c.TeamID
	}
	return v, err
}

func (s *Service) send(c *gin.Context, status int, t Template, err error) error {
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	fields, err := field.Load(s.db.Read(ctx))
	if err != nil {
		return err
	}
	v, err := viewFor(authz.From(ctx), t, fields)
	if err != nil {
		return err
	}
	return web.Send(c, status, v, t.Version)
}

// list answers GET /api/templates.
//
// @Summary List the templates
// @Description Those that the caller may begin tickets with, by name: their own, shared ones (IT staff), and those that are offered to employees.
// @ID listTemplates
// @Tags templates
// @Produce json
// @Success 200 {object} ListView
// @Security BearerAuth
// @x-authz {"employee":"visible","it_staff":"visible","admin":"any"}
// @Router /api/templates [get]
func (s *Service) list(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	rows, err := s.List(ctx, by)
	if err != nil {
		return err
	}
	fields, err := field.Load(s.db.Read(ctx))
	if err != nil {
		return err
	}
	out := ListView{Results: make([]View, len(rows))}
	for i, t := range rows {
		if out.Results[i], err = viewFor(by, t, fields); err != nil {
			return err
		}
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// get answers GET /api/templates/{id}.
//
// @Summary Show a template
// @ID getTemplate
// @Tags templates
// @Produce json
// @Param id path int true "The template" example(4)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"employee":"visible","it_staff":"visible","admin":"any"}
// @Router /api/templates/{id} [get]
func (s *Service) get(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	t, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.send(c, http.StatusOK, t, err)
}

// create answers POST /api/templates.
//
// @Summary Make a template
// @Description A new ticket begins with it by `template_id`: what the request does not say, the template does; its fields, tags, team, assignee and checklist come with it, also where an employee uses it and may not set them. What can no longer be used is left out: an assignee who left, a team or category that was given up, a choice that is no longer offered. Only administrators offer templates to employees.
// @ID createTemplate
// @Tags templates
// @Accept json
// @Produce json
// @Param body body Request true "The template"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "There are too many (template.full)"
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/templates [post]
func (s *Service) create(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if !by.Can(authz.TicketWork) {
		return errDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	d, err := read(s.db.Read(ctx), by, b, Content{})
	if err != nil {
		return err
	}
	b.Require("name")
	if err := b.Err(); err != nil {
		return err
	}
	t, err := s.Create(ctx, by, d)
	return s.send(c, http.StatusCreated, t, err)
}

// update answers PATCH /api/templates/{id}.
//
// @Summary Change a template
// @ID updateTemplate
// @Tags templates
// @Accept json
// @Produce json
// @Param id path int true "The template" example(4)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body Request true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"author","admin":"any"}
// @Router /api/templates/{id} [patch]
func (s *Service) update(c *gin.Context) error {
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
	t, err := s.Get(ctx, by, id)
	if err != nil {
		return err
	}
	was, err := t.content()
	if err != nil {
		return err
	}
	d, err := read(s.db.Read(ctx), by, b, was)
	if err != nil {
		return err
	}
	if err := b.Err(); err != nil {
		return err
	}
	t, err = s.Update(ctx, by, id, web.IfMatch(c), d)
	return s.send(c, http.StatusOK, t, err)
}

// remove answers DELETE /api/templates/{id}.
//
// @Summary Delete a template
// @Description Tickets that began with it stay. It can be restored for a day. One that a recurrence begins with stays (409, `template.in_use`).
// @ID deleteTemplate
// @Tags templates
// @Produce json
// @Param id path int true "The template" example(4)
// @Param If-Match header string false "The ETag that the change is based on"
// @Success 204 "Deleted"
// @Security BearerAuth
// @x-authz {"it_staff":"author","admin":"any"}
// @Router /api/templates/{id} [delete]
func (s *Service) remove(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	if err := s.Delete(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// read takes a template from a body, over what it was; what is wrong is in b.
// restore answers POST /api/templates/{id}/restore.
//
// @Summary Restore a template that was deleted in the last day
// @ID restoreTemplate
// @Tags templates
// @Produce json
// @Param id path int true "The template" example(4)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"author","admin":"any"}
// @Router /api/templates/{id}/restore [post]
func (s *Service) restore(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	t, err := s.Restore(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.send(c, http.StatusOK, t, err)
}

func read(tx *gorm.DB, by authz.Actor, b *web.Body, c Content) (Draft, error) {
	d := Draft{Name: b.Text("name", web.NotBlank, web.Max(100)), Shared: b.Bool("shared"), ForEmployees: b.Bool("for_employees"), Content: &c}
	if text := b.Text("title", web.Max(200)); text != nil {
		c.Title = *text
	}
	if text := b.Text("description"); text != nil {
		c.Description = *text
	}
	if b.IsNull("priority") {
		c.Priority = ""
	} else if name := b.Text("priority", web.OneOf("low", "medium", "high", "urgent")); name != nil {
		c.Priority = *name
	}
	if b.Has("tags") {
		c.Tags = nil
		if json.Unmarshal(b.Raw("tags"), &c.Tags) != nil || len(c.Tags) > tag.PerTicket {
			b.Wrong("tags", "Must be a list of at most 30 tags.")
		}
		for _, name := range c.Tags {
			if _, wrong := tag.Clean(name); wrong != "" {
				b.Wrong("tags", wrong)
			}
		}
	}
	if b.Has("checklist") {
		c.Checklist = readTexts(b)
	}
	if b.Has("category") {
		c.CategoryID = b.ID("category")
		tree, err := category.Load(tx)
		if err != nil {
			return d, err
		}
		if c.CategoryID != nil && !tree.Usable(*c.CategoryID) {
			b.Wrong("category", "There is no such category, or it is no longer used.")
		}
	}
	if err := readPeople(tx, b, &c); err != nil {
		return d, err
	}
	return d, readFields(tx, by, b, &c)
}

func readTexts(b *web.Body) []string {
	var texts []string
	if json.Unmarshal(b.Raw("checklist"), &texts) != nil {
		b.Wrong("checklist", "Must be a list of texts.")
		return nil
	}
	if len(texts) > 100 {
		b.Wrong("checklist", "Must be at most 100 items.")
	}
	for _, text := range texts {
		// What a checklist refuses would keep every ticket from beginning with this.
		if n := len([]rune(text)); n > 500 || web.NotBlank(text) != "" || strings.ContainsRune(text, 0) {
			b.Wrong("checklist", "An item must have 1 to 500 characters.")
			break
		}
	}
	return texts
}

func readPeople(tx *gorm.DB, b *web.Body, c *Content) error {
	if b.Has("assigned_to") {
		if c.AssignedTo = b.ID("assigned_to"); c.AssignedTo != nil {
			if u, err := user.Find(tx, *c.AssignedTo); err != nil || !u.Assignable() {
				b.Wrong("assigned_to", "Must be an active member of the IT staff or an administrator.")
			}
		}
	}
	if b.Has("team_id") {
		if c.TeamID = b.ID("team_id"); c.TeamID != nil {
			if t, err := team.Find(tx, *c.TeamID); err != nil || !t.IsActive {
				b.Wrong("team_id", "Must be an active team.")
			}
		}
	}
	return nil
}

func readFields(tx *gorm.DB, by authz.Actor, b *web.Body, c *Content) error {
	if !b.Has("fields") {
		return nil
	}
	c.Fields = nil
	if json.Unmarshal(b.Raw("fields"), &c.Fields) != nil {
		b.Wrong("fields", "Must be an object of fields and their values.")
		return nil
	}
	set, err := field.Load(tx)
	if err != nil {
		return err
	}
	for slug, raw := range c.Fields {
		f := set.Named(slug)
		if f == nil || !field.CanSet(by, f) {
			b.Wrong("fields."+slug, "There is no such field.")
			continue
		}
		_, wrong, err := f.Read(tx, raw)
		if err != nil {
			return err
		}
		if wrong != "" {
			b.Wrong("fields."+slug, wrong)
		}
	}
	return nil
}
