package preference

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// View is a preference. Its value is whatever JSON was put.
type View struct {
	Name      string         `json:"name" example:"list.columns"`
	Value     map[string]any `json:"value"`
	Version   int64          `json:"version" example:"2"`
	UpdatedAt time.Time      `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name Preference

// PutRequest is the body of a preference.
type PutRequest struct {
	Value map[string]any `json:"value" validate:"required"`
} //@name PreferencePut

func viewOf(p Preference) View {
	v := View{Name: p.Name, Value: map[string]any{}, Version: p.Version, UpdatedAt: p.UpdatedAt.UTC()}
	_ = json.Unmarshal([]byte(p.Value), &v.Value) // written by put
	return v
}

// Routes registers the endpoints of preferences.
func (s *Service) Routes(signedIn *gin.RouterGroup, _ *web.Keys) {
	signedIn.GET("/preferences", web.Handle(s.list))
	signedIn.GET("/preferences/:name", web.Handle(s.get))
	signedIn.PUT("/preferences/:name", web.Handle(s.put))
	signedIn.DELETE("/preferences/:name", web.Handle(s.delete))
}

// list answers GET /api/preferences.
//
// @Summary List one's own preferences
// @Description What the caller has chosen for the app, by name: it follows them to another device.
// @ID listPreferences
// @Tags preferences
// @Produce json
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/preferences [get]
func (s *Service) list(c *gin.Context) error {
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	found, err := s.List(c.Request.Context(), authz.From(c.Request.Context()))
	if err != nil {
		return err
	}
	return web.SendList(c, web.Rows[Preference]{Rows: found, Count: int64(len(found))}, viewOf)
}

func nameOf(c *gin.Context) (string, error) {
	name := c.Param("name")
	if !Valid(name) {
		return "", errMissing
	}
	return name, nil
}

// get answers GET /api/preferences/{name}.
//
// @Summary Show a preference of one's own
// @ID getPreference
// @Tags preferences
// @Produce json
// @Param name path string true "Its name" example(list.columns)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/preferences/{name} [get]
func (s *Service) get(c *gin.Context) error {
	name, err := nameOf(c)
	if err != nil {
		return err
	}
	p, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), name)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, viewOf(p), p.Version)
}

// put answers PUT /api/preferences/{name}.
//
// @Summary Keep a preference of one's own
// @Description Names are small letters, digits, underscores and dots. The value is a JSON object of at most 16 KiB; one person keeps at most 100.
// @ID putPreference
// @Tags preferences
// @Accept json
// @Produce json
// @Param name path string true "Its name" example(list.columns)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body PutRequest true "The preference"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/preferences/{name} [put]
func (s *Service) put(c *gin.Context) error {
	name, err := nameOf(c)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("value")
	raw := b.Raw("value")
	if len(raw) > maxValue || (len(raw) > 0 && raw[0] != '{') {
		b.Wrong("value", "Must be a JSON object of at most 16 KiB.")
	}
	if err := b.Err(); err != nil {
		return err
	}
	p, err := s.Put(c.Request.Context(), authz.From(c.Request.Context()), name, web.IfMatch(c), raw)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, viewOf(p), p.Version)
}

// delete answers DELETE /api/preferences/{name}.
//
// @Summary Drop a preference of one's own
// @ID deletePreference
// @Tags preferences
// @Produce json
// @Param name path string true "Its name" example(list.columns)
// @Param If-Match header string false "The ETag that the change is based on"
// @Success 204 "Gone"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/preferences/{name} [delete]
func (s *Service) delete(c *gin.Context) error {
	name, err := nameOf(c)
	if err != nil {
		return err
	}
	if err := s.Delete(c.Request.Context(), authz.From(c.Request.Context()), name, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}
