package team

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Routes registers the endpoints of teams.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/teams", web.Handle(s.list))
	signedIn.POST("/teams", keys.Post(s.create))
	signedIn.GET("/teams/:id", web.Handle(s.get))
	signedIn.PATCH("/teams/:id", web.Handle(s.update))
	signedIn.PUT("/teams/:id/members/:user_id", web.Handle(s.setMember))
	signedIn.DELETE("/teams/:id/members/:user_id", web.Handle(s.removeMember))
}

// list answers GET /api/teams.
//
// @Summary List the teams
// @Description All teams with their members, by name.
// @ID listTeams
// @Tags teams
// @Produce json
// @Success 200 {object} ListView
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/teams [get]
func (s *Service) list(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	teams, err := s.List(ctx, by)
	if err != nil {
		return err
	}
	people, err := peopleOf(s.db.Read(ctx), teams...)
	if err != nil {
		return err
	}
	out := ListView{Results: make([]View, len(teams))}
	view := viewFor(by, people)
	for i, t := range teams {
		out.Results[i] = view(t)
	}
	return web.SendPlain(c, http.StatusOK, out)
}

func readChanges(b *web.Body) Changes {
	return Changes{Name: b.Text("name", web.NotBlank, web.Max(maxName)), Restricted: b.Bool("restricted"), IsActive: b.Bool("is_active")}
}

func (s *Service) answer(c *gin.Context, status int, f Full, err error) error {
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	people, err := peopleOf(s.db.Read(ctx), f)
	if err != nil {
		return err
	}
	return web.Send(c, status, viewFor(authz.From(ctx), people)(f), f.Version)
}

// create answers POST /api/teams.
//
// @Summary Create a team
// @ID createTeam
// @Tags teams
// @Accept json
// @Produce json
// @Param body body CreateRequest true "The team"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "The name is taken"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/teams [post]
func (s *Service) create(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errManageDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := readChanges(b)
	b.Require("name")
	if err := b.Err(); err != nil {
		return err
	}
	f, err := s.Create(c.Request.Context(), by, ch)
	return s.answer(c, http.StatusCreated, f, err)
}

// get answers GET /api/teams/{id}.
//
// @Summary Show a team
// @ID getTeam
// @Tags teams
// @Produce json
// @Param id path int true "The team" example(2)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/teams/{id} [get]
func (s *Service) get(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	f, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.answer(c, http.StatusOK, f, err)
}

// update answers PATCH /api/teams/{id}.
//
// @Summary Change a team
// @Description An inactive team is offered for nothing new; its tickets stay with it.
// @ID updateTeam
// @Tags teams
// @Accept json
// @Produce json
// @Param id path int true "The team" example(2)
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "The name is taken, the team was changed at the same moment, or something else names it as it is called now (team.in_use); errors names what"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/teams/{id} [patch]
func (s *Service) update(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := readChanges(b)
	if err := b.Err(); err != nil {
		return err
	}
	f, err := s.Update(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c), ch)
	return s.answer(c, http.StatusOK, f, err)
}

// setMember answers PUT /api/teams/{id}/members/{user_id}.
//
// @Summary Add or change a member of a team
// @Description By administrators and the leads of the team; only administrators say who leads.
// @ID setTeamMember
// @Tags teams
// @Accept json
// @Produce json
// @Param id path int true "The team" example(2)
// @Param user_id path int true "The member of the IT staff" example(3)
// @Param body body MemberRequest true "Whether they lead"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "The team was changed at the same moment"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"any"}
// @Router /api/teams/{id}/members/{user_id} [put]
func (s *Service) setMember(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	userID, err := memberID(c)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	lead := b.Bool("lead")
	if err := b.Err(); err != nil {
		return err
	}
	f, err := s.SetMember(c.Request.Context(), authz.From(c.Request.Context()), id, userID, lead)
	return s.answer(c, http.StatusOK, f, err)
}

// removeMember answers DELETE /api/teams/{id}/members/{user_id}.
//
// @Summary Take somebody from a team
// @Description By administrators, by the leads of the team, and by the member.
// @ID removeTeamMember
// @Tags teams
// @Produce json
// @Param id path int true "The team" example(2)
// @Param user_id path int true "The member" example(3)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "The team was changed at the same moment"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"any"}
// @Router /api/teams/{id}/members/{user_id} [delete]
func (s *Service) removeMember(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	userID, err := memberID(c)
	if err != nil {
		return err
	}
	f, err := s.RemoveMember(c.Request.Context(), authz.From(c.Request.Context()), id, userID)
	return s.answer(c, http.StatusOK, f, err)
}

func memberID(c *gin.Context) (int64, error) {
	id, err := strconv.ParseInt(c.Param("user_id"), 10, 64)
	if err != nil || id < 1 {
		return 0, errMemberMissing
	}
	return id, nil
}
