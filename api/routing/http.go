package routing

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/query"
)

// Routes registers the endpoints of routing.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/routing/queues", web.Handle(s.list))
	signedIn.POST("/routing/queues", keys.Post(s.create))
	signedIn.PUT("/routing/order", web.Handle(s.arrange))
	signedIn.GET("/routing/queues/:id", web.Handle(s.get))
	signedIn.PATCH("/routing/queues/:id", web.Handle(s.update))
	signedIn.DELETE("/routing/queues/:id", web.Handle(s.delete))
	signedIn.GET("/routing/queues/:id/waiting", web.Handle(s.waits))
	signedIn.POST("/routing/simulate", keys.Post(s.simulate))
	signedIn.GET("/routing/agents", web.Handle(s.listAgents))
	signedIn.PATCH("/routing/agents/:id", web.Handle(s.setAgent))
	signedIn.GET("/routing/skills", web.Handle(s.listSkills))
	signedIn.PUT("/routing/skills", web.Handle(s.replaceSkills))
	signedIn.GET("/routing/availability", web.Handle(s.available))
	signedIn.PUT("/routing/availability", web.Handle(s.setAvailable))
	signedIn.GET("/tickets/:id/routing", web.Handle(s.story))
}

func (s *Service) shower(c *gin.Context, list ...Queue) (func(Queue) View, error) {
	ctx := c.Request.Context()
	tx := s.db.Read(ctx)
	teams, queues := []int64{}, []int64{-1}
	for _, q := range list {
		teams, queues = append(teams, q.TeamID), append(queues, q.ID)
	}
	cards, err := team.Cards(tx, teams...)
	if err != nil {
		return nil, err
	}
	waiting := map[int64]int{}
	for _, id := range queues {
		var n int
		if err := tx.Raw("SELECT COUNT(*) FROM (SELECT id FROM routing_waits WHERE queue_id = ? LIMIT ?) AS w", id, maxAhead).Scan(&n).Error; err != nil {
			return nil, err
		}
		waiting[id] = n
	}
	return func(q Queue) View {
		v := View{
			ID: q.ID, Position: q.Position, Name: q.Name, Team: cards[q.TeamID], Enabled: q.Enabled, Strategy: string(q.Strategy),
			Condition: q.Condition, Sticky: q.Sticky, Capacity: q.Capacity, Waiting: waiting[q.ID], Version: q.Version,
			CreatedAt: q.CreatedAt.UTC(), UpdatedAt: q.UpdatedAt.UTC(),
		}
		_, wrong := s.condition(ctx, &q)
		v.Problem = web.Complaint(c, wrong, "condition")
		return v
	}, nil
}

func (s *Service) answer(c *gin.Context, status int, q Queue, err error) error {
	if err != nil {
		return err
	}
	show, err := s.shower(c, q)
	if err != nil {
		return err
	}
	return web.Send(c, status, show(q), q.Version)
}

func (s *Service) sendAll(c *gin.Context, list []Queue, err error) error {
	if err != nil {
		return err
	}
	show, err := s.shower(c, list...)
	if err != nil {
		return err
	}
	return web.SendList(c, web.Rows[Queue]{Rows: list, Count: int64(len(list))}, show)
}

// list answers GET /api/routing/queues.
//
// @Summary List the routing queues in their order
// @Description A ticket that nobody has goes to the first queue that takes it. What is confidential, or rests, goes to none.
// @ID listRoutingQueues
// @Tags routing
// @Produce json
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/routing/queues [get]
func (s *Service) list(c *gin.Context) error {
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	list, err := s.List(c.Request.Context(), authz.From(c.Request.Context()))
	return s.sendAll(c, list, err)
}

func readChanges(b *web.Body) Changes {
	ch := Changes{
		Name: b.Text("name", web.NotBlank, web.Max(100)), TeamID: b.ID("team_id"), Enabled: b.Bool("enabled"),
		Strategy: b.Text("strategy", web.OneOf(Strategies...)), Condition: b.Text("condition", web.Max(query.MaxLength)), Sticky: b.Bool("sticky"),
	}
	if n := b.Int("capacity"); n != nil {
		m := int(min(max(*n, -1), maxCapacity+1))
		ch.Capacity = &m
	}
	for _, name := range []string{"team_id", "capacity"} {
		if b.IsNull(name) {
			b.Wrong(name, "May not be null.")
		}
	}
	ch.Wrong = b.Err()
	return ch
}

// create answers POST /api/routing/queues.
//
// @Summary Make a routing queue
// @Description It comes after the others. Tickets that nobody has and that it takes are given out at once.
// @ID createRoutingQueue
// @Tags routing
// @Accept json
// @Produce json
// @Param body body CreateRequest true "The queue"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "Too many queues (routing.too_many)"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/routing/queues [post]
func (s *Service) create(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("name", "team_id")
	ch := readChanges(b)
	q, err := s.Create(c.Request.Context(), by, ch)
	return s.answer(c, http.StatusCreated, q, err)
}

// arrange answers PUT /api/routing/order.
//
// @Summary Put the routing queues into an order
// @ID reorderRoutingQueues
// @Tags routing
// @Accept json
// @Produce json
// @Param body body OrderRequest true "The order"
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/routing/order [put]
func (s *Service) arrange(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("ids")
	ids := b.IDs("ids", maxQueues)
	if err := b.Err(); err != nil {
		return err
	}
	list, err := s.Reorder(c.Request.Context(), by, ids)
	return s.sendAll(c, list, err)
}

// caller reads who asks about which queue, and refuses others before it looks.
func caller(c *gin.Context) (authz.Actor, int64, error) {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return by, 0, errDenied
	}
	id, err := web.PathID(c, Subject)
	return by, id, err
}

// get answers GET /api/routing/queues/{id}.
//
// @Summary Show a routing queue
// @ID getRoutingQueue
// @Tags routing
// @Produce json
// @Param id path int true "The queue" example(3)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/routing/queues/{id} [get]
func (s *Service) get(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	q, err := s.Get(c.Request.Context(), by, id)
	return s.answer(c, http.StatusOK, q, err)
}

// update answers PATCH /api/routing/queues/{id}.
//
// @Summary Change a routing queue
// @Description What waits is looked at again. Tickets that were given out stay with whom they are.
// @ID updateRoutingQueue
// @Tags routing
// @Accept json
// @Produce json
// @Param id path int true "The queue" example(3)
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/routing/queues/{id} [patch]
func (s *Service) update(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := readChanges(b)
	q, err := s.Update(c.Request.Context(), by, id, web.IfMatch(c), ch)
	return s.answer(c, http.StatusOK, q, err)
}

// delete answers DELETE /api/routing/queues/{id}.
//
// @Summary Delete a routing queue
// @Description Its tickets stay with whom they are; what waits in it may be for another queue.
// @ID deleteRoutingQueue
// @Tags routing
// @Produce json
// @Param id path int true "The queue" example(3)
// @Success 204 "Deleted"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/routing/queues/{id} [delete]
func (s *Service) delete(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	if err := s.Delete(c.Request.Context(), by, id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// waits answers GET /api/routing/queues/{id}/waiting.
//
// @Summary List what waits in a routing queue
// @Description The longest first: the order in which it is given out.
// @ID listRoutingWaits
// @Tags routing
// @Produce json
// @Param id path int true "The queue" example(3)
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[WaitView]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/routing/queues/{id}/waiting [get]
func (s *Service) waits(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	q := web.ReadQuery(c, web.PageParams...)
	page := q.Page(web.ByOldestID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.Waits(c.Request.Context(), by, id, page)
	if err != nil {
		return err
	}
	titles, err := titlesOf(s.db.Read(c.Request.Context()), by, rows.Rows)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, func(w Wait) WaitView { return WaitView{w.TicketID, titles[w.TicketID], w.Since.UTC()} })
}

// titlesOf reads the titles of the tickets that the actor sees.
func titlesOf(tx *gorm.DB, by authz.Actor, rows []Wait) (map[int64]string, error) {
	ids := []int64{-1}
	for _, w := range rows {
		ids = append(ids, w.TicketID)
	}
	var found []ticket.Ticket
	if err := tx.Where("id IN ?", ids).Find(&found).Error; err != nil {
		return nil, err
	}
	out := map[int64]string{}
	for i := range found {
		if ticket.CanRead(by, &found[i]) {
			out[found[i].ID] = found[i].Title
		}
	}
	return out, nil
}

// readTime reads a time as in RFC 3339, or null.
func readTime(b *web.Body, name string) *time.Time {
	if !b.Has(name) || b.IsNull(name) {
		return nil
	}
	text := b.Text(name)
	if text == nil {
		return nil
	}
	at, err := time.Parse(time.RFC3339, *text)
	if err != nil || at.Year() > 9000 {
		b.Wrong(name, "Must be a time such as 2026-03-02T08:00:00Z.")
		return nil
	}
	at = at.UTC()
	return &at
}

// readTexts reads a list of at most most short texts, each once.
func readTexts(b *web.Body, name string, most int) *[]string {
	if !b.Has(name) {
		return nil
	}
	var out []string
	if err := unmarshal(b.Raw(name), &out); err != nil || b.IsNull(name) || len(out) > most {
		b.Wrong(name, "Must be a list of texts.")
		return nil
	}
	for i, text := range out {
		if slices.Contains(out[:i], text) || len(text) > 400 {
			b.Wrong(name, "Must name each once.")
			return nil
		}
	}
	return &out
}
