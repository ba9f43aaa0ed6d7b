package routing

import (
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

func unmarshal(raw json.RawMessage, to any) error { return json.Unmarshal(raw, to) }

// listAgents answers GET /api/routing/agents.
//
// @Summary List what the IT staff is able to
// @Description Or the members of a team: how many tickets they may have and have, their hours, their skills, and whether they are there.
// @ID listRoutingAgents
// @Tags routing
// @Produce json
// @Param team query int false "Only the members of this team"
// @Success 200 {object} AgentsView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/routing/agents [get]
func (s *Service) listAgents(c *gin.Context) error {
	ctx := c.Request.Context()
	q := web.ReadQuery(c, "team")
	of := q.Int("team")
	if err := q.Err(); err != nil {
		return err
	}
	list, err := s.Agents(ctx, authz.From(ctx), of)
	if err != nil {
		return err
	}
	show, err := agentShower(s.db.Read(ctx), list...)
	if err != nil {
		return err
	}
	out := AgentsView{Results: make([]AgentView, len(list))}
	for i, a := range list {
		out.Results[i] = show(a)
	}
	return web.SendPlain(c, http.StatusOK, out)
}

func agentShower(tx *gorm.DB, list ...Standing) (func(Standing) AgentView, error) {
	ids := make([]int64, len(list))
	for i, a := range list {
		ids[i] = a.UserID
	}
	people, err := user.Cards(tx, ids...)
	if err != nil {
		return nil, err
	}
	skills, err := loadSkills(tx)
	if err != nil {
		return nil, err
	}
	return func(a Standing) AgentView {
		v := AgentView{
			User: people[a.UserID], Capacity: a.Capacity, CalendarID: a.CalendarID, Skills: named(skills.names, skills.resolve(a.Skills)),
			Away: a.Away, AtWork: a.Open, OpenTickets: a.Load, Version: a.Version,
		}
		if a.Away && a.BackAt != nil {
			at := a.BackAt.UTC()
			v.BackAt = &at
		}
		return v
	}, nil
}

// named turns skills into names; those that are gone have none.
func named(names map[int64]string, ids []int64) []string {
	out := []string{}
	for _, id := range ids {
		if n := names[id]; n != "" {
			out = append(out, n)
		}
	}
	return out
}

// setAgent answers PATCH /api/routing/agents/{id}.
//
// @Summary Say what somebody of the IT staff is able to
// @ID updateRoutingAgent
// @Tags routing
// @Accept json
// @Produce json
// @Param id path int true "The account" example(3)
// @Param body body AgentRequest true "What changes"
// @Success 200 {object} AgentView
// @Header 200 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "Changed by somebody else meanwhile"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/routing/agents/{id} [patch]
func (s *Service) setAgent(c *gin.Context) error {
	ctx := c.Request.Context()
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := Ability{
		LimitIt: b.Has("capacity"), Schedule: b.Has("calendar_id"), CalendarID: b.ID("calendar_id"),
		Skills: readTexts(b, "skills", maxSkills), Away: b.Bool("away"),
	}
	if n := b.Int("capacity"); n != nil {
		m := int(min(max(*n, -1), maxCapacity+1))
		ch.Capacity = &m
	}
	if err := b.Err(); err != nil {
		return err
	}
	a, err := s.SetAgent(ctx, by, id, web.IfMatch(c), ch)
	if err != nil {
		return err
	}
	now, err := standing(s.db.Read(ctx), []int64{id}, s.clock.Now())
	if err != nil {
		return err
	}
	show, err := agentShower(s.db.Read(ctx), now...)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, show(now[0]), a.Version)
}

// listSkills answers GET /api/routing/skills.
//
// @Summary List the skills
// @Description Tags that say what a ticket takes.
// @ID listRoutingSkills
// @Tags routing
// @Produce json
// @Success 200 {object} SkillsView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/routing/skills [get]
func (s *Service) listSkills(c *gin.Context) error {
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	list, err := s.Skills(c.Request.Context(), authz.From(c.Request.Context()))
	return sendSkills(c, list, err)
}

func sendSkills(c *gin.Context, list []NamedSkill, err error) error {
	if err != nil {
		return err
	}
	out := SkillsView{Skills: make([]SkillView, len(list))}
	for i, k := range list {
		out.Skills[i] = SkillView{Tag: k.Tag, Categories: append([]int64{}, k.Categories...)}
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// replaceSkills answers PUT /api/routing/skills.
//
// @Summary Replace the skills
// @Description A ticket takes the skills that are among its tags, and those of its category and what lies above it. Tags that are not there yet are made.
// @ID setRoutingSkills
// @Tags routing
// @Accept json
// @Produce json
// @Param body body SkillsRequest true "All skills"
// @Success 200 {object} SkillsView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/routing/skills [put]
func (s *Service) replaceSkills(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("skills")
	var sent []struct {
		Tag        *string `json:"tag"`
		Categories []int64 `json:"categories"`
	}
	if b.Has("skills") && (unmarshal(b.Raw("skills"), &sent) != nil || b.IsNull("skills") || len(sent) > maxSkills) {
		b.Wrong("skills", "Must be a list of at most 100 skills, each with a tag and a list of categories.")
	}
	list := make([]NamedSkill, len(sent))
	for i, k := range sent {
		if k.Tag == nil {
			b.Wrong("skills", "Each must have a tag.")
			break
		}
		list[i] = NamedSkill{*k.Tag, k.Categories}
	}
	if err := b.Err(); err != nil {
		return err
	}
	out, err := s.SetSkills(c.Request.Context(), by, list)
	return sendSkills(c, out, err)
}

// available answers GET /api/routing/availability.
//
// @Summary Say whether one is there
// @ID getAvailability
// @Tags routing
// @Produce json
// @Success 200 {object} AvailabilityView
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Router /api/routing/availability [get]
func (s *Service) available(c *gin.Context) error {
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	a, err := s.Available(c.Request.Context(), authz.From(c.Request.Context()))
	return s.sendAvailable(c, a, err)
}

func (s *Service) sendAvailable(c *gin.Context, a Agent, err error) error {
	if err != nil {
		return err
	}
	v := AvailabilityView{Away: a.awayAt(s.clock.Now())}
	if v.Away && a.BackAt != nil {
		at := a.BackAt.UTC()
		v.BackAt = &at
	}
	return web.SendPlain(c, http.StatusOK, v)
}

// setAvailable answers PUT /api/routing/availability.
//
// @Summary Switch oneself to away, or back
// @Description Who is away is given no tickets by routing. With back_at one is there again by itself then.
// @ID setAvailability
// @Tags routing
// @Accept json
// @Produce json
// @Param body body AvailabilityRequest true "Whether one is there"
// @Success 200 {object} AvailabilityView
// @Failure 409 {object} web.Problem "Changed at the same moment"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Router /api/routing/availability [put]
func (s *Service) setAvailable(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canWork(by) {
		return errWork
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("away")
	away, back := b.Bool("away"), readTime(b, "back_at")
	if err := b.Err(); err != nil {
		return err
	}
	if away == nil {
		b.Wrong("away", "May not be null.")
		return b.Err()
	}
	a, err := s.SetAvailable(c.Request.Context(), by, *away, back)
	return s.sendAvailable(c, a, err)
}

// story answers GET /api/tickets/{id}/routing.
//
// @Summary Say why somebody has a ticket
// @Description Each decision with what became of every member of the team; and, while it waits, why nobody can have it now.
// @ID getTicketRouting
// @Tags routing
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Success 200 {object} StoryView
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/routing [get]
func (s *Service) story(c *gin.Context) error {
	ctx := c.Request.Context()
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	st, err := s.Why(ctx, authz.From(ctx), id)
	if err != nil {
		return err
	}
	var ids []int64
	for _, d := range st.Decisions {
		ids = append(ids, of(d.Verdicts)...)
		ids = append(ids, d.UserID)
	}
	if st.Waiting != nil {
		ids = append(ids, of(st.Waiting.Choice.Verdicts)...)
	}
	people, err := user.Cards(s.db.Read(ctx), ids...)
	if err != nil {
		return err
	}
	out := StoryView{Decisions: make([]DecisionView, len(st.Decisions))}
	for i, d := range st.Decisions {
		out.Decisions[i] = DecisionView{
			ID: d.ID, QueueID: d.QueueID, Queue: d.Queue, Strategy: string(d.Strategy), Agent: people[d.UserID], Reason: string(d.Reason),
			Skills: named(st.names, d.Skills), WaitedSeconds: d.WaitedMS / 1000, Candidates: verdicts(people, st.names, d.Verdicts), CreatedAt: d.CreatedAt.UTC(),
		}
	}
	if w := st.Waiting; w != nil {
		out.Waiting = &WaitingView{
			QueueID: w.Queue.ID, Queue: w.Queue.Name, Since: w.Since.UTC(), Ahead: w.Ahead, Skills: named(st.names, w.Need.Skills),
			Candidates: verdicts(people, st.names, w.Choice.Verdicts),
		}
	}
	return web.SendPlain(c, http.StatusOK, out)
}

func of(list []Verdict) []int64 {
	out := make([]int64, len(list))
	for i, v := range list {
		out[i] = v.UserID
	}
	return out
}

func verdicts(people map[int64]user.Card, names map[int64]string, list []Verdict) []VerdictView {
	out := make([]VerdictView, len(list))
	for i, v := range list {
		out[i] = VerdictView{User: people[v.UserID], Reason: string(v.Reason), Open: v.Load, Capacity: v.Capacity, Lacks: named(names, v.Lacks)}
	}
	return out
}

// simulate answers POST /api/routing/simulate.
//
// @Summary Say who would get a ticket now
// @Description Either a ticket, as if nobody had it, or one that is not there: of a queue, with a category, tags and a requester. Nothing is changed.
// @ID simulateRouting
// @Tags routing
// @Accept json
// @Produce json
// @Param body body SimulateRequest true "The ticket"
// @Success 200 {object} TrialView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/routing/simulate [post]
func (s *Service) simulate(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if !canManage(by) {
		return errDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	id, queue, requester := b.ID("ticket_id"), b.ID("queue_id"), b.ID("requester_id")
	h := Hypothesis{CategoryID: b.ID("category_id")}
	if tags := readTexts(b, "tags", 30); tags != nil {
		h.Tags = *tags
	}
	if (id == nil) == (queue == nil) {
		b.Wrong("ticket_id", "Name either a ticket or a queue.")
	}
	if err := b.Err(); err != nil {
		return err
	}
	var t Trial
	if id != nil {
		t, err = s.Simulate(ctx, by, *id)
	} else {
		h.QueueID = *queue
		if requester != nil {
			h.RequesterID = *requester
		}
		t, err = s.Suppose(ctx, by, h)
	}
	if err != nil {
		return err
	}
	people, err := user.Cards(s.db.Read(ctx), of(t.Choice.Verdicts)...)
	if err != nil {
		return err
	}
	out := TrialView{Reason: string(t.Choice.Reason), Skills: named(t.names, t.Need.Skills), Candidates: verdicts(people, t.names, t.Choice.Verdicts)}
	if t.Queue != nil {
		out.QueueID, out.Queue = &t.Queue.ID, t.Queue.Name
	}
	if t.Choice.UserID != 0 {
		card := people[t.Choice.UserID]
		out.Agent = &card
	}
	return web.SendPlain(c, http.StatusOK, out)
}
