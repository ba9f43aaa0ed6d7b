package substatus

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Can is what the caller may do with a substatus.
type Can struct {
	Update bool `json:"update" example:"true"`
	Delete bool `json:"delete" example:"true"`
} //@name SubstatusCan

// View is a substatus.
type View struct {
	ID        int64  `json:"id" example:"2"`
	Slug      string `json:"slug" example:"waiting_for_requester"`
	Label     string `json:"label" example:"Waiting for requester"`
	State     string `json:"state" enums:"open,in_progress,resolved,closed" example:"in_progress"`
	Colour    string `json:"colour" example:"amber"`
	Position  int    `json:"position" example:"0"`
	Active    bool   `json:"active" example:"true"`
	IsDefault bool   `json:"is_default" example:"false"`
	PausesSLA bool   `json:"pauses_sla" example:"true"`
	Version   int64  `json:"version" example:"1"`
	Can       Can    `json:"can"`
} //@name Substatus

// ListView lists all substatuses in the order of the screen.
type ListView struct {
	Substatuses []View `json:"substatuses"`
} //@name Substatuses

// CreateRequest is the body of a new substatus; without a slug one is made of the label.
type CreateRequest struct {
	Slug      string `json:"slug" validate:"optional" pattern:"^[a-z0-9_]{1,40}$" example:"waiting_for_requester"`
	Label     string `json:"label" validate:"required" minLength:"1" maxLength:"60" example:"Waiting for requester"`
	State     string `json:"state" validate:"required" enums:"open,in_progress,resolved,closed" example:"in_progress"`
	Colour    string `json:"colour" validate:"optional" example:"amber"`
	Position  int    `json:"position" validate:"optional" example:"0"`
	Active    bool   `json:"active" validate:"optional" example:"true"`
	IsDefault bool   `json:"is_default" validate:"optional" example:"false"`
	PausesSLA bool   `json:"pauses_sla" validate:"optional" example:"true"`
} //@name SubstatusCreate

// UpdateRequest is the body of a changed substatus; what is left out stays.
type UpdateRequest struct {
	Label     string `json:"label" validate:"optional" minLength:"1" maxLength:"60" example:"Waiting for requester"`
	Colour    string `json:"colour" validate:"optional" example:"amber"`
	Position  int    `json:"position" validate:"optional" example:"0"`
	Active    bool   `json:"active" validate:"optional" example:"true"`
	IsDefault bool   `json:"is_default" validate:"optional" example:"false"`
	PausesSLA bool   `json:"pauses_sla" validate:"optional" example:"true"`
} //@name SubstatusUpdate

func viewFor(by authz.Actor) func(Substatus) View {
	return func(s Substatus) View {
		return View{
			ID: s.ID, Slug: s.Slug, Label: s.Label, State: States[s.State], Colour: s.Colour, Position: s.Position, Active: s.Active,
			IsDefault: s.IsDefault, PausesSLA: s.PausesSLA, Version: s.Version, Can: Can{Update: canManage(by), Delete: canManage(by)},
		}
	}
}

// Routes registers the endpoints of substatuses.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/substatuses", web.Handle(s.list))
	signedIn.POST("/substatuses", keys.Post(s.create))
	signedIn.PATCH("/substatuses/:id", web.Handle(s.update))
	signedIn.DELETE("/substatuses/:id", web.Handle(s.delete))
}

// list answers GET /api/substatuses.
//
// @Summary List the finer statuses
// @ID listSubstatuses
// @Tags substatuses
// @Produce json
// @Success 200 {object} ListView
// @Security BearerAuth
// @x-authz {"employee":"any","it_staff":"any","admin":"any"}
// @Router /api/substatuses [get]
func (s *Service) list(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	all, err := s.All(c.Request.Context(), by)
	if err != nil {
		return err
	}
	out := ListView{Substatuses: make([]View, len(all))}
	for i, x := range all {
		out.Substatuses[i] = viewFor(by)(x)
	}
	return web.SendPlain(c, http.StatusOK, out)
}

var slug = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

func readChanges(c *gin.Context, required ...string) (Changes, error) {
	var ch Changes
	b, err := web.ReadBody(c)
	if err != nil {
		return ch, err
	}
	ch.Slug = b.Text("slug", func(s string) string {
		if !slug.MatchString(s) {
			return "Must be 1 to 40 of a-z, 0-9 and _."
		}
		return ""
	})
	ch.Label = b.Text("label", web.NotBlank, web.Max(60))
	if name := b.Text("state", web.OneOf(States[1:]...)); name != nil {
		i := slices.Index(States, *name)
		ch.State = &i
	}
	ch.Colour = b.Text("colour", web.OneOf(Colours...))
	if n := b.Int("position"); n != nil {
		if *n < 0 || *n > 10_000 {
			b.Wrong("position", "Must be between 0 and 10,000.")
		} else {
			p := int(*n)
			ch.Position = &p
		}
	}
	ch.Active, ch.IsDefault, ch.PausesSLA = b.Bool("active"), b.Bool("is_default"), b.Bool("pauses_sla")
	b.Require(required...)
	return ch, b.Err()
}

func answer(c *gin.Context, status int, x Substatus, err error) error {
	if err != nil {
		return err
	}
	return web.Send(c, status, viewFor(authz.From(c.Request.Context()))(x), x.Version)
}

// create answers POST /api/substatuses.
//
// @Summary Make a finer status
// @ID createSubstatus
// @Tags substatuses
// @Accept json
// @Produce json
// @Param body body CreateRequest true "The status"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/substatuses [post]
func (s *Service) create(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errManage
	}
	ch, err := readChanges(c, "label", "state")
	if err != nil {
		return err
	}
	x, err := s.Create(c.Request.Context(), by, ch)
	return answer(c, http.StatusCreated, x, err)
}

// update answers PATCH /api/substatuses/{id}.
//
// @Summary Change a finer status
// @Description One that is not active is kept by its tickets and offered to no other. State and slug stay as they are.
// @ID updateSubstatus
// @Tags substatuses
// @Accept json
// @Produce json
// @Param id path int true "The status" example(2)
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/substatuses/{id} [patch]
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
	x, err := s.Update(c.Request.Context(), by, id, web.IfMatch(c), ch)
	return answer(c, http.StatusOK, x, err)
}

// delete answers DELETE /api/substatuses/{id}.
//
// @Summary Delete a finer status that no ticket has
// @ID deleteSubstatus
// @Tags substatuses
// @Produce json
// @Param id path int true "The status" example(2)
// @Success 204 "Deleted"
// @Failure 409 {object} web.Problem "Tickets have it (substatus.in_use)"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/substatuses/{id} [delete]
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
