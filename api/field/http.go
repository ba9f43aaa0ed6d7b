package field

import (
	"encoding/json"
	"net/http"
	"regexp"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Can is what the caller may do with a field and its values.
type Can struct {
	Update bool `json:"update" example:"true"`
	Delete bool `json:"delete" example:"true"`
	Set    bool `json:"set" example:"true"`
} //@name FieldCan

// OptionView is one of the choices of a field.
type OptionView struct {
	ID     int64  `json:"id" example:"5"`
	Label  string `json:"label" example:"Berlin"`
	Active bool   `json:"active" example:"true"`
} //@name FieldOption

// View is a field.
type View struct {
	ID           int64        `json:"id" example:"2"`
	Slug         string       `json:"slug" example:"asset_tag"`
	Name         string       `json:"name" example:"Asset tag"`
	Kind         string       `json:"kind" enums:"text,number,date,choice,multi_choice,checkbox,user,url" example:"text"`
	Help         string       `json:"help" example:"It is on the sticker below the device."`
	Required     *string      `json:"required" enums:"create,resolve" extensions:"x-nullable" example:"create"`
	EmployeeView bool         `json:"employee_view" example:"true"`
	EmployeeEdit bool         `json:"employee_edit" example:"true"`
	Everywhere   bool         `json:"everywhere" example:"false"`
	Position     int          `json:"position" example:"0"`
	Archived     bool         `json:"archived" example:"false"`
	Options      []OptionView `json:"options"`
	Version      int64        `json:"version" example:"1"`
	Can          Can          `json:"can"`
} //@name Field

// ListView lists fields in the order of the screen.
type ListView struct {
	Fields []View `json:"fields"`
} //@name Fields

// OptionInput is a choice as it is written; one with an id is renamed.
type OptionInput struct {
	ID     int64  `json:"id" validate:"optional" example:"5"`
	Label  string `json:"label" validate:"required" minLength:"1" maxLength:"100" example:"Berlin"`
	Active bool   `json:"active" validate:"optional" example:"true"`
} //@name FieldOptionInput

// CreateRequest is the body of a new field; without a slug one is made of the name.
type CreateRequest struct {
	Slug         string        `json:"slug" validate:"optional" pattern:"^[a-z0-9_]{1,40}$" example:"asset_tag"`
	Name         string        `json:"name" validate:"required" minLength:"1" maxLength:"100" example:"Asset tag"`
	Kind         string        `json:"kind" validate:"required" enums:"text,number,date,choice,multi_choice,checkbox,user,url" example:"text"`
	Help         string        `json:"help" validate:"optional" maxLength:"500" example:"It is on the sticker below the device."`
	Required     *string       `json:"required" validate:"optional" enums:"create,resolve" extensions:"x-nullable" example:"create"`
	EmployeeView bool          `json:"employee_view" validate:"optional" example:"true"`
	EmployeeEdit bool          `json:"employee_edit" validate:"optional" example:"true"`
	Everywhere   bool          `json:"everywhere" validate:"optional" example:"false"`
	Position     int           `json:"position" validate:"optional" example:"0"`
	Options      []OptionInput `json:"options" validate:"optional"`
} //@name FieldCreate

// UpdateRequest is the body of a changed field; what is left out stays. Options
// replace the list; those that are left out are kept by the tickets that have them.
type UpdateRequest struct {
	Name         string        `json:"name" validate:"optional" minLength:"1" maxLength:"100" example:"Asset tag"`
	Help         string        `json:"help" validate:"optional" maxLength:"500" example:"It is on the sticker below the device."`
	Required     *string       `json:"required" validate:"optional" enums:"create,resolve" extensions:"x-nullable" example:"create"`
	EmployeeView bool          `json:"employee_view" validate:"optional" example:"true"`
	EmployeeEdit bool          `json:"employee_edit" validate:"optional" example:"true"`
	Everywhere   bool          `json:"everywhere" validate:"optional" example:"false"`
	Position     int           `json:"position" validate:"optional" example:"0"`
	Archived     bool          `json:"archived" validate:"optional" example:"false"`
	Options      []OptionInput `json:"options" validate:"optional"`
} //@name FieldUpdate

func viewFor(by authz.Actor) func(Field) View {
	return func(f Field) View {
		v := View{
			ID: f.ID, Slug: f.Slug, Name: f.Name, Kind: string(f.Kind), Help: f.Help, EmployeeView: f.EmployeeView,
			EmployeeEdit: f.EmployeeEdit, Everywhere: f.Everywhere, Position: f.Position, Archived: f.ArchivedAt != nil,
			Options: make([]OptionView, len(f.Options)), Version: f.Version,
			Can: Can{Update: canManage(by), Delete: canManage(by), Set: CanSet(by, &f)},
		}
		if f.Required != "" {
			v.Required = &f.Required
		}
		for i, o := range f.Options {
			v.Options[i] = OptionView{o.ID, o.Label, o.Active}
		}
		return v
	}
}

// Routes registers the endpoints of fields.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/fields", web.Handle(s.list))
	signedIn.POST("/fields", keys.Post(s.create))
	signedIn.PATCH("/fields/:id", web.Handle(s.update))
	signedIn.DELETE("/fields/:id", web.Handle(s.delete))
}

// list answers GET /api/fields.
//
// @Summary List the fields that tickets have beyond the desk's own
// @Description Those that the caller may see. Archived ones are listed to administrators.
// @ID listFields
// @Tags fields
// @Produce json
// @Success 200 {object} ListView
// @Security BearerAuth
// @x-authz {"employee":"any","it_staff":"any","admin":"any"}
// @Router /api/fields [get]
func (s *Service) list(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	all, err := s.All(c.Request.Context(), by)
	if err != nil {
		return err
	}
	out := ListView{Fields: make([]View, len(all))}
	for i, f := range all {
		out.Fields[i] = viewFor(by)(f)
	}
	return web.SendPlain(c, http.StatusOK, out)
}

var slugForm = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

func readChanges(c *gin.Context, required ...string) (Changes, error) {
	var ch Changes
	b, err := web.ReadBody(c)
	if err != nil {
		return ch, err
	}
	ch.Slug = b.Text("slug", func(s string) string {
		if !slugForm.MatchString(s) {
			return "Must be 1 to 40 of a-z, 0-9 and _."
		}
		return ""
	})
	ch.Name = b.Text("name", web.NotBlank, web.Max(100))
	if k := b.Text("kind", web.OneOf(Kinds...)); k != nil {
		kind := Kind(*k)
		ch.Kind = &kind
	}
	ch.Help = b.Text("help", web.Max(500))
	if b.IsNull("required") {
		none := ""
		ch.Required = &none
	} else {
		ch.Required = b.Text("required", web.OneOf(OnCreate, OnResolve))
	}
	ch.EmployeeView, ch.EmployeeEdit, ch.Everywhere = b.Bool("employee_view"), b.Bool("employee_edit"), b.Bool("everywhere")
	ch.Archived = b.Bool("archived")
	if n := b.Int("position"); n != nil {
		if *n < 0 || *n > 10_000 {
			b.Wrong("position", "Must be between 0 and 10,000.")
		} else {
			p := int(*n)
			ch.Position = &p
		}
	}
	if b.Has("options") {
		ch.Options = readOptions(b)
	}
	b.Require(required...)
	return ch, b.Err()
}

// readOptions reads each choice as a body of its own, so that names are matched and
// texts are checked in the same way.
func readOptions(b *web.Body) *[]Option {
	var sent []map[string]json.RawMessage
	if b.IsNull("options") || json.Unmarshal(b.Raw("options"), &sent) != nil || len(sent) > maxOptions {
		b.Wrong("options", "Must be a list of at most 200 objects with a label.")
		return nil
	}
	out := make([]Option, len(sent))
	for i, fields := range sent {
		o := web.NewBody(fields)
		id, active := o.ID("id"), o.Bool("active")
		if o.Err() != nil {
			b.Wrong("options", "Must be a list of at most 200 objects with a label.")
			return nil
		}
		label := o.Text("label", web.NotBlank, web.Max(100))
		if label == nil {
			b.Wrong("options", "Each choice needs a label of 1 to 100 characters.")
			return nil
		}
		out[i] = Option{Label: *label, Active: active == nil || *active}
		if id != nil {
			out[i].ID = *id
		}
	}
	return &out
}

func answer(c *gin.Context, status int, f Field, err error) error {
	if err != nil {
		return err
	}
	return web.Send(c, status, viewFor(authz.From(c.Request.Context()))(f), f.Version)
}

// create answers POST /api/fields.
//
// @Summary Make a field
// @ID createField
// @Tags fields
// @Accept json
// @Produce json
// @Param body body CreateRequest true "The field"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/fields [post]
func (s *Service) create(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errManage
	}
	ch, err := readChanges(c, "name", "kind")
	if err != nil {
		return err
	}
	f, err := s.Create(c.Request.Context(), by, ch)
	return answer(c, http.StatusCreated, f, err)
}

// update answers PATCH /api/fields/{id}.
//
// @Summary Change a field
// @Description Slug and kind stay. An archived field keeps its values and takes no new ones.
// @ID updateField
// @Tags fields
// @Accept json
// @Produce json
// @Param id path int true "The field" example(2)
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "Changed at the same moment, or something else names a choice by its label (field.in_use); errors names what"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/fields/{id} [patch]
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
	f, err := s.Update(c.Request.Context(), by, id, web.IfMatch(c), ch)
	return answer(c, http.StatusOK, f, err)
}

// delete answers DELETE /api/fields/{id}.
//
// @Summary Delete a field without values
// @ID deleteField
// @Tags fields
// @Produce json
// @Param id path int true "The field" example(2)
// @Success 204 "Deleted"
// @Failure 409 {object} web.Problem "Tickets have values in it (field.in_use): archive it"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/fields/{id} [delete]
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
