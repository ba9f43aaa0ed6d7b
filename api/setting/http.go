package setting

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// View is what administrators have chosen for the desk.
type View struct {
	// EmployeeTags shows employees the tags of the tickets that they see.
	EmployeeTags bool  `json:"employee_tags" example:"false"`
	Version      int64 `json:"version" example:"1"`
} //@name DeskSettings

// UpdateRequest is the body of a change; what is left out stays.
type UpdateRequest struct {
	EmployeeTags bool `json:"employee_tags" validate:"optional" example:"true"`
} //@name DeskSettingsUpdate

func viewOf(s Settings) View { return View{EmployeeTags: s.EmployeeTags, Version: s.Version} }

// Routes registers the endpoints of the settings.
func (s *Service) Routes(signedIn *gin.RouterGroup, _ *web.Keys) {
	signedIn.GET("/settings", web.Handle(s.get))
	signedIn.PATCH("/settings", web.Handle(s.update))
}

// get answers GET /api/settings.
//
// @Summary Show the settings of the desk
// @Description What administrators choose while the desk runs. What the operator sets is not here.
// @ID getDeskSettings
// @Tags settings
// @Produce json
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/settings [get]
func (s *Service) get(c *gin.Context) error {
	got, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()))
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, viewOf(got), got.Version)
}

// update answers PATCH /api/settings.
//
// @Summary Change the settings of the desk
// @Description With `employee_tags`, employees see the tags of the tickets that they see: in answers, in exports, and as `tag:` in the query language; which tags there are besides they do not learn, and they change none.
// @ID updateDeskSettings
// @Tags settings
// @Accept json
// @Produce json
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/settings [patch]
func (s *Service) update(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := Changes{EmployeeTags: b.Bool("employee_tags")}
	if err := b.Err(); err != nil {
		return err
	}
	got, err := s.Update(c.Request.Context(), authz.From(c.Request.Context()), web.IfMatch(c), ch)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, viewOf(got), got.Version)
}
