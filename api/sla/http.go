package sla

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Routes registers the endpoints of SLAs.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/sla/policies", web.Handle(s.listPolicies))
	signedIn.POST("/sla/policies", keys.Post(s.createPolicy))
	signedIn.PUT("/sla/policies/order", web.Handle(s.reorder))
	signedIn.GET("/sla/policies/:id", web.Handle(s.getPolicy))
	signedIn.PATCH("/sla/policies/:id", web.Handle(s.updatePolicy))
	signedIn.DELETE("/sla/policies/:id", web.Handle(s.deletePolicy))
	signedIn.POST("/sla/recalculate", keys.Post(s.recalculate))
	signedIn.GET("/sla/preview", web.Handle(s.preview))
	signedIn.GET("/sla/report", web.Handle(s.report))
	signedIn.GET("/sla/clocks", web.Handle(s.listClocks))
	signedIn.GET("/tickets/:id/sla", web.Handle(s.ofTicket))
}

// listPolicies answers GET /api/sla/policies.
//
// @Summary List the SLA policies
// @Description In the order in which they are tried: the first enabled one whose condition holds applies to a ticket.
// @ID listSLAPolicies
// @Tags sla
// @Produce json
// @Success 200 {object} PoliciesView
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/sla/policies [get]
func (s *Service) listPolicies(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	list, err := s.Policies(ctx, by)
	if err != nil {
		return err
	}
	return s.sendPolicies(c, list)
}

func (s *Service) sendPolicies(c *gin.Context, list []Policy) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	r, err := s.LastRun(ctx, by)
	if err != nil {
		return err
	}
	out := PoliciesView{Policies: make([]PolicyView, len(list)), Run: runView(r)}
	for i, p := range list {
		out.Policies[i] = s.policyFor(c)(p)
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// createPolicy answers POST /api/sla/policies.
//
// @Summary Add an SLA policy
// @Description It comes after the others. The open tickets are counted anew in the background.
// @ID createSLAPolicy
// @Tags sla
// @Accept json
// @Produce json
// @Param body body PolicyCreate true "The policy"
// @Success 201 {object} PolicyView
// @Header 201 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "There are too many"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/sla/policies [post]
func (s *Service) createPolicy(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errManageDenied
	}
	ch, err := readPolicy(c, "name", "targets")
	if err != nil {
		return err
	}
	p, err := s.CreatePolicy(c.Request.Context(), by, ch)
	return s.answer(c, http.StatusCreated, p, err)
}

// getPolicy answers GET /api/sla/policies/{id}.
//
// @Summary Show an SLA policy
// @ID getSLAPolicy
// @Tags sla
// @Produce json
// @Param id path int true "The policy" example(1)
// @Success 200 {object} PolicyView
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/sla/policies/{id} [get]
func (s *Service) getPolicy(c *gin.Context) error {
	id, err := web.PathID(c, policySubject)
	if err != nil {
		return err
	}
	p, err := s.Policy(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.answer(c, http.StatusOK, p, err)
}

// updatePolicy answers PATCH /api/sla/policies/{id}.
//
// @Summary Change an SLA policy
// @Description targets and steps replace all that were there. The open tickets are counted anew in the background; what was judged already stays as it was, and steps whose moment has passed are not made up for.
// @ID updateSLAPolicy
// @Tags sla
// @Accept json
// @Produce json
// @Param id path int true "The policy" example(1)
// @Param body body PolicyUpdate true "What changes"
// @Success 200 {object} PolicyView
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/sla/policies/{id} [patch]
func (s *Service) updatePolicy(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	id, err := web.PathID(c, policySubject)
	if err != nil {
		return err
	}
	if !canManage(by) {
		return errManageDenied
	}
	ch, err := readPolicy(c)
	if err != nil {
		return err
	}
	p, err := s.UpdatePolicy(c.Request.Context(), by, id, web.IfMatch(c), ch)
	return s.answer(c, http.StatusOK, p, err)
}

// deletePolicy answers DELETE /api/sla/policies/{id}.
//
// @Summary Delete an SLA policy
// @Description The open tickets are counted anew in the background; what was judged already stays.
// @ID deleteSLAPolicy
// @Tags sla
// @Produce json
// @Param id path int true "The policy" example(1)
// @Success 204 "Deleted"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/sla/policies/{id} [delete]
func (s *Service) deletePolicy(c *gin.Context) error {
	id, err := web.PathID(c, policySubject)
	if err != nil {
		return err
	}
	if err := s.DeletePolicy(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// reorder answers PUT /api/sla/policies/order.
//
// @Summary Put the SLA policies into an order
// @ID reorderSLAPolicies
// @Tags sla
// @Accept json
// @Produce json
// @Param body body OrderRequest true "Every policy once, the first to be tried first"
// @Success 200 {object} PoliciesView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/sla/policies/order [put]
func (s *Service) reorder(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if !canManage(by) {
		return errManageDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	var ids []int64
	if raw := b.Raw("ids"); raw != nil && (json.Unmarshal(raw, &ids) != nil || len(ids) == 0) {
		b.Wrong("ids", "Must be a list of ids.")
	}
	b.Require("ids")
	if err := b.Err(); err != nil {
		return err
	}
	list, err := s.Reorder(ctx, by, ids)
	if err != nil {
		return err
	}
	return s.sendPolicies(c, list)
}

// recalculate answers POST /api/sla/recalculate.
//
// @Summary Count all tickets anew
// @Description In the background, in small steps. That happens by itself when a policy or a calendar changes.
// @ID recalculateSLA
// @Tags sla
// @Accept json
// @Produce json
// @Param body body RecalculateRequest true "Which tickets"
// @Success 202 {object} RunView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/sla/recalculate [post]
func (s *Service) recalculate(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errManageDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	scope := b.Text("scope", web.OneOf(OpenTickets, AllTickets))
	if err := b.Err(); err != nil {
		return err
	}
	wanted := OpenTickets
	if scope != nil {
		wanted = Scope(*scope)
	}
	r, err := s.Recalculate(c.Request.Context(), by, wanted)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusAccepted, runView(&r))
}

// preview answers GET /api/sla/preview.
//
// @Summary Show which policy a ticket would get, and when it would be due
// @Description Counts the ticket with the policies as they are now; nothing is changed.
// @ID previewSLA
// @Tags sla
// @Produce json
// @Param ticket_id query int true "The ticket" example(42)
// @Success 200 {object} PreviewView
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Failure 404 {object} web.Problem "No such ticket"
// @Router /api/sla/preview [get]
func (s *Service) preview(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	q := web.ReadQuery(c, "ticket_id")
	id := q.Int("ticket_id")
	if id == nil {
		q.Wrong("ticket_id", "This parameter is required.")
	}
	if err := q.Err(); err != nil {
		return err
	}
	a, err := s.Of(ctx, by, *id, true)
	if err != nil {
		return err
	}
	out := PreviewView{TicketView: a.view(), Policies: []MatchView{}}
	ordered := make([]Policy, 0, len(a.Policies))
	for _, p := range a.Policies {
		ordered = append(ordered, p)
	}
	slices.SortFunc(ordered, func(a, b Policy) int { return (a.Position-b.Position)*2 + sign(a.ID-b.ID) })
	for _, p := range ordered {
		out.Policies = append(out.Policies, MatchView{
			ID: p.ID, Name: p.Name, Enabled: p.Enabled, Matches: a.Matches[p.ID], Applies: a.Policy != nil && a.Policy.ID == p.ID,
		})
	}
	return web.SendPlain(c, http.StatusOK, out)
}

func sign(n int64) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// ofTicket answers GET /api/tickets/{id}/sla.
//
// @Summary Show how a ticket stands against its SLA, and why
// @Description Each clock with every stretch of time that counts and every one that does not. Employees see by when the ticket is due in the ticket itself.
// @ID getTicketSLA
// @Tags sla
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Success 200 {object} TicketView
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/sla [get]
func (s *Service) ofTicket(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	a, err := s.Of(c.Request.Context(), authz.From(c.Request.Context()), id, false)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, a.view())
}

func (s *Service) policyFor(c *gin.Context) func(Policy) PolicyView {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	return func(p Policy) PolicyView {
		v := PolicyView{
			ID: p.ID, Position: p.Position, Name: p.Name, Enabled: p.Enabled, Condition: p.Condition, CalendarID: p.CalendarID,
			Targets:           GoalsView{secondsView(p.Targets.FirstResponse), secondsView(p.Targets.NextResponse), secondsView(p.Targets.Resolution)},
			PauseWhileWaiting: p.PauseWaiting, AtRiskPercent: p.RiskPercent, Steps: make([]StepView, len(p.Steps)),
			Version: p.Version, CreatedAt: p.CreatedAt.UTC(), UpdatedAt: p.UpdatedAt.UTC(),
			Can: Can{Update: canManage(by), Delete: canManage(by)},
		}
		// Something that it names may be gone, or be called something else now.
		_, wrong := s.condition(s.db.Read(ctx), p.Condition)
		v.Problem = web.Complaint(c, wrong, "condition")
		for i, st := range p.Steps {
			v.Steps[i] = StepView{
				ID: st.ID, Target: string(st.Target), OffsetSeconds: st.Offset, NotifyAssignee: st.Notify,
				NotifyUserIDs: append([]int64{}, st.NotifyUsers...), AssignTo: st.AssignTo, RaisePriority: st.RaisePriority,
			}
		}
		return v
	}
}

func (s *Service) answer(c *gin.Context, status int, p Policy, err error) error {
	if err != nil {
		return err
	}
	return web.Send(c, status, s.policyFor(c)(p), p.Version)
}

func readPolicy(c *gin.Context, required ...string) (PolicyChanges, error) {
	b, err := web.ReadBody(c)
	if err != nil {
		return PolicyChanges{}, err
	}
	ch := PolicyChanges{
		Name: b.Text("name", web.NotBlank, web.Max(maxName)), Enabled: b.Bool("enabled"),
		Condition: b.Text("condition"), PauseWaiting: b.Bool("pause_while_waiting"),
	}
	if b.Has("calendar_id") {
		ch.Calendar, ch.CalendarID = true, b.ID("calendar_id")
	}
	if n := b.Int("at_risk_percent"); n != nil {
		if *n < 1 || *n > 99 {
			b.Wrong("at_risk_percent", "Must be from 1 to 99.")
		}
		percent := int(*n)
		ch.RiskPercent = &percent
	}
	if raw := b.Raw("targets"); raw != nil {
		ch.Targets = readGoals(b, raw)
	}
	if raw := b.Raw("steps"); raw != nil {
		if list, err := readSteps(raw); err != nil {
			b.Wrong("steps", err.Error())
		} else {
			ch.Steps = &list
		}
	}
	b.Require(required...)
	ch.Wrong = b.Err()
	return ch, nil
}

// wrongBody is a mistake in a part of a body, in words for people.
type wrongBody string

func (w wrongBody) Error() string { return string(w) }

func readGoals(b *web.Body, raw json.RawMessage) *Goals {
	var in map[string]json.RawMessage
	if json.Unmarshal(raw, &in) != nil || in == nil {
		b.Wrong("targets", "Must be an object with seconds for first_response, next_response and resolution.")
		return nil
	}
	var g Goals
	for _, f := range []struct {
		to   *int64
		name Target
	}{{&g.FirstResponse, FirstResponse}, {&g.NextResponse, NextResponse}, {&g.Resolution, Resolution}} {
		var n *int64
		sent, ok := in[string(f.name)]
		if !ok || string(sent) == "null" {
			continue
		}
		if json.Unmarshal(sent, &n) != nil || *n < 60 || *n > maxSeconds {
			b.Wrong("targets."+string(f.name), fmt.Sprintf("Must be from 60 to %d seconds, or null.", maxSeconds))
			n = new(int64(maxSeconds)) // so that its steps are not found wrong for it
		}
		*f.to = *n
	}
	return &g
}

func readSteps(raw json.RawMessage) ([]Step, error) {
	var in []StepInput
	if err := json.Unmarshal(raw, &in); err != nil || in == nil {
		return nil, wrongBody("Must be a list of steps.")
	}
	if len(in) > maxSteps {
		return nil, wrongBody(fmt.Sprintf("A policy may have at most %d steps.", maxSteps))
	}
	out := make([]Step, len(in))
	for i, st := range in {
		out[i] = Step{
			ID: st.ID, Target: Target(st.Target), Offset: st.OffsetSeconds, Notify: st.NotifyAssignee,
			NotifyUsers: st.NotifyUserIDs, AssignTo: st.AssignTo, RaisePriority: st.RaisePriority,
		}
		switch {
		case !slices.Contains(Targets, out[i].Target):
			return nil, wrongBody(fmt.Sprintf("Step %d: target must be one of first_response, next_response, resolution.", i+1))
		case st.OffsetSeconds < -maxSeconds || st.OffsetSeconds > maxSeconds:
			return nil, wrongBody(fmt.Sprintf("Step %d: offset_seconds is too far away.", i+1))
		case !st.NotifyAssignee && len(st.NotifyUserIDs) == 0 && st.AssignTo == nil && !st.RaisePriority:
			return nil, wrongBody(fmt.Sprintf("Step %d does nothing: let it notify, assign or raise the priority.", i+1))
		case len(st.NotifyUserIDs) > 20:
			return nil, wrongBody(fmt.Sprintf("Step %d: may notify at most 20 people.", i+1))
		case len(st.ID) > 16 || !plainID(st.ID):
			return nil, wrongBody(fmt.Sprintf("Step %d: id must be as it was sent, or left out.", i+1))
		}
	}
	return out, nil
}

// plainID keeps clients from naming a step as something that it is not.
func plainID(s string) bool {
	if s == "" {
		return true
	}
	if len(s) < 2 || s[0] != 's' {
		return false
	}
	for _, r := range s[1:] {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}
