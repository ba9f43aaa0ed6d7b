package report

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Routes registers the endpoints of the dashboard and the reports.
func (s *Service) Routes(signedIn *gin.RouterGroup) {
	signedIn.GET("/dashboard", web.Handle(s.dashboard))
	signedIn.GET("/reports/desk", web.Handle(s.desk))
	signedIn.GET("/reports/desk/csv", web.Handle(s.deskTable))
	signedIn.GET("/reports/by", web.Handle(s.split))
	signedIn.GET("/reports/by/csv", web.Handle(s.splitTable))
}

// dashboard answers GET /api/dashboard.
//
// @Summary Show the desk at a glance
// @Description Numbers and newest tickets among those the caller sees. `mine` are the unfinished tickets assigned to the caller (for employees: reported by them), `mine_total` is their number. `unassigned` counts unfinished tickets without assignee; it is 0 for employees. `per_day` covers the last 30 days and is empty unless the caller is an administrator.
// @ID getDashboard
// @Tags dashboard
// @Produce json
// @Success 200 {object} DashboardView
// @Failure 400 {object} web.Problem "An unknown parameter"
// @Failure 401 {object} web.Problem "Not signed in"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/dashboard [get]
func (s *Service) dashboard(c *gin.Context) error {
	ctx := c.Request.Context()
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	d, err := s.Dashboard(ctx, authz.From(ctx))
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, d)
}
