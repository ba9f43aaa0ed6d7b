package automation

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/macro"
	"github.com/fixdesk/fixdesk/api/platform/locale"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket/query"
	"github.com/fixdesk/fixdesk/api/user"
)

// View is a rule.
type View struct {
	ID       int64  `json:"id" example:"4"`
	Position int    `json:"position" example:"1"`
	Name     string `json:"name" example:"Urgent tickets of Finance"`
	Enabled  bool   `json:"enabled" example:"true"`
	// Problem says why the desk switched the rule off; empty for none.
	Problem string `json:"problem" example:""`
	// Triggers are the events on which it acts: created, updated, commented, noted, sla_warning, sla_breached.
	Triggers []string `json:"triggers" example:"created,updated"`
	// EveryMinutes is for a rule on time; null for one on events.
	EveryMinutes *int `json:"every_minutes" extensions:"x-nullable" example:"60"`
	// Condition is a query of the query language; empty for every ticket.
	Condition string             `json:"condition" example:"priority:urgent department:Finance"`
	Actions   []macro.ActionView `json:"actions"`
	Stop      bool               `json:"stop" example:"false"`
	// Owner saved it last; it acts with their rights.
	Owner     user.Card  `json:"owner"`
	NextAt    *time.Time `json:"next_at" format:"date-time" extensions:"x-nullable"`
	Version   int64      `json:"version" example:"1"`
	CreatedAt time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	UpdatedAt time.Time  `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name Rule

// CreateRequest is the body of a new rule. It has triggers or every_minutes.
type CreateRequest struct {
	Name         string              `json:"name" validate:"required" minLength:"1" maxLength:"100" example:"Urgent tickets of Finance"`
	Enabled      bool                `json:"enabled" validate:"optional" default:"true"`
	Triggers     []string            `json:"triggers" validate:"optional" enums:"created,updated,commented,noted,sla_warning,sla_breached" example:"created"`
	EveryMinutes *int                `json:"every_minutes" validate:"optional" extensions:"x-nullable" example:"60"`
	Condition    string              `json:"condition" validate:"optional" maxLength:"2000" example:"priority:urgent department:Finance"`
	Actions      []macro.ActionInput `json:"actions" validate:"required" maxItems:"10"`
	Stop         bool                `json:"stop" validate:"optional" example:"false"`
} //@name RuleCreate

// UpdateRequest is the body of a change; what is left out stays as it is.
type UpdateRequest struct {
	Name         string              `json:"name" validate:"optional" minLength:"1" maxLength:"100" example:"Urgent tickets of Finance"`
	Enabled      bool                `json:"enabled" validate:"optional" example:"true"`
	Triggers     []string            `json:"triggers" validate:"optional" enums:"created,updated,commented,noted,sla_warning,sla_breached" example:"created"`
	EveryMinutes *int                `json:"every_minutes" validate:"optional" extensions:"x-nullable" example:"60"`
	Condition    string              `json:"condition" validate:"optional" maxLength:"2000" example:"priority:urgent"`
	Actions      []macro.ActionInput `json:"actions" validate:"optional" maxItems:"10"`
	Stop         bool                `json:"stop" validate:"optional" example:"false"`
} //@name RuleUpdate

// TryRequest is a rule that need not be saved.
type TryRequest struct {
	Triggers     []string            `json:"triggers" validate:"optional" enums:"created,updated,commented,noted,sla_warning,sla_breached" example:"created"`
	EveryMinutes *int                `json:"every_minutes" validate:"optional" extensions:"x-nullable" example:"60"`
	Condition    string              `json:"condition" validate:"optional" maxLength:"2000" example:"priority:urgent"`
	Actions      []macro.ActionInput `json:"actions" validate:"required" maxItems:"10"`
} //@name RuleTrialRequest

// TrialLineView is what a rule would have done to one ticket.
type TrialLineView struct {
	TicketID int64      `json:"ticket_id" example:"42"`
	Title    string     `json:"title" example:"Printer on floor 3 is out of toner"`
	Cause    string     `json:"cause" example:"ticket.created"`
	At       *time.Time `json:"at" format:"date-time" extensions:"x-nullable"`
	State    string     `json:"state" enums:"applied,unchanged,failed" example:"applied"`
	Reason   string     `json:"reason" example:"Set priority to high"`
} //@name RuleTrialLine

// TrialView is what a rule would have done.
type TrialView struct {
	// Looked is how many events of the last 30 days were looked at, or, for a rule on time, tickets.
	Looked int `json:"looked" example:"240"`
	// Fits is how many tickets it would have acted on.
	Fits  int             `json:"fits" example:"3"`
	More  bool            `json:"more" example:"false"`
	Lines []TrialLineView `json:"lines"`
} //@name RuleTrial

// RunView is what became of a rule at one event.
type RunView struct {
	ID          int64     `json:"id" example:"9"`
	RuleVersion int64     `json:"rule_version" example:"2"`
	TicketID    int64     `json:"ticket_id" example:"42"`
	EventID     *int64    `json:"event_id" extensions:"x-nullable" example:"120"`
	Cause       string    `json:"cause" example:"ticket.created"`
	State       string    `json:"state" enums:"applied,unchanged,not_matched,skipped,failed" example:"not_matched"`
	Reason      string    `json:"reason" example:"Does not hold: priority:urgent"`
	CreatedAt   time.Time `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name RuleRun

// VersionView is a rule as somebody saved it.
type VersionView struct {
	Version      int64              `json:"version" example:"2"`
	Actor        user.Card          `json:"actor"`
	CreatedAt    time.Time          `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	Name         string             `json:"name" example:"Urgent tickets of Finance"`
	Enabled      bool               `json:"enabled" example:"true"`
	Triggers     []string           `json:"triggers" example:"created"`
	EveryMinutes *int               `json:"every_minutes" extensions:"x-nullable" example:"60"`
	Condition    string             `json:"condition" example:"priority:urgent"`
	Actions      []macro.ActionView `json:"actions"`
	Stop         bool               `json:"stop" example:"false"`
} //@name RuleVersion

// OrderRequest names every rule once.
type OrderRequest struct {
	IDs []int64 `json:"ids" validate:"required" maxItems:"200" example:"4,3"`
} //@name RuleOrder

// RestoreRequest names a version; without one, a deleted rule comes back as it was.
type RestoreRequest struct {
	Version *int64 `json:"version" validate:"optional" extensions:"x-nullable" example:"2"`
} //@name RuleRestore

// Routes registers the endpoints of rules.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/rules", web.Handle(s.list))
	signedIn.POST("/rules", keys.Post(s.create))
	signedIn.PUT("/rules/order", web.Handle(s.arrange))
	signedIn.POST("/rules/try", keys.Post(s.try))
	signedIn.GET("/rules/:id", web.Handle(s.get))
	signedIn.PATCH("/rules/:id", web.Handle(s.update))
	signedIn.DELETE("/rules/:id", web.Handle(s.delete))
	signedIn.POST("/rules/:id/restore", keys.Post(s.restore))
	signedIn.GET("/rules/:id/versions", web.Handle(s.versions))
	signedIn.GET("/rules/:id/runs", web.Handle(s.runs))
}

func (s *Service) shower(c *gin.Context, rules ...Rule) (func(Rule) View, error) {
	tx, lang := s.db.Read(c.Request.Context()), web.Language(c)
	ids := make([]int64, len(rules))
	for i, r := range rules {
		ids[i] = r.OwnerID
	}
	people, err := user.Cards(tx, ids...)
	return func(r Rule) View {
		return View{
			ID: r.ID, Position: r.Position, Name: r.Name, Enabled: r.Enabled, Problem: locale.Translate(lang, r.Problem), Triggers: append([]string{}, r.Triggers...),
			EveryMinutes: every(r), Condition: r.Condition, Actions: s.actionsOf(c, r), Stop: r.Stop, Owner: people[r.OwnerID],
			NextAt: utc(r.NextAt), Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		}
	}, err
}

func (s *Service) actionsOf(c *gin.Context, r Rule) []macro.ActionView {
	tx, lang := s.db.Read(c.Request.Context()), web.Language(c)
	out := make([]macro.ActionView, len(r.Actions))
	for i, a := range r.Actions {
		out[i] = macro.ViewAction(a, locale.Translate(lang, s.tickets.Actions().Describe(tx, a)))
	}
	return out
}

// inWords says in a language why something became of a rule: a sentence, or what its
// actions did one after another.
func inWords(lang, reason string) string {
	parts := strings.Split(reason, between)
	for i, p := range parts {
		parts[i] = locale.Translate(lang, p)
	}
	return joined(parts)
}

func every(r Rule) *int {
	if r.Every == 0 {
		return nil
	}
	return &r.Every
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

func (s *Service) answer(c *gin.Context, status int, r Rule, err error) error {
	if err != nil {
		return err
	}
	show, err := s.shower(c, r)
	if err != nil {
		return err
	}
	return web.Send(c, status, show(r), r.Version)
}

func (s *Service) sendAll(c *gin.Context, rules []Rule) error {
	show, err := s.shower(c, rules...)
	if err != nil {
		return err
	}
	return web.SendList(c, web.Rows[Rule]{Rows: rules, Count: int64(len(rules))}, show)
}

// list answers GET /api/rules.
//
// @Summary List the rules in their order
// @ID listRules
// @Tags rules
// @Produce json
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/rules [get]
func (s *Service) list(c *gin.Context) error {
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	rules, err := s.List(c.Request.Context(), authz.From(c.Request.Context()))
	if err != nil {
		return err
	}
	return s.sendAll(c, rules)
}

// readChanges reads the fields of a rule that can be set.
func (s *Service) readChanges(b *web.Body) Changes {
	c := Changes{
		Name: b.Text("name", web.NotBlank, web.Max(100)), Enabled: b.Bool("enabled"), Condition: b.Text("condition", web.Max(query.MaxLength)),
		Actions: macro.ReadActions(s.tickets, b), Stop: b.Bool("stop"),
	}
	if b.Has("triggers") {
		var names []string
		wrong := json.Unmarshal(b.Raw("triggers"), &names) != nil || b.IsNull("triggers")
		for i, n := range names {
			wrong = wrong || !slices.Contains(Triggers, n) || slices.Contains(names[:i], n)
		}
		if wrong {
			b.Wrong("triggers", "Must be a list of: created, updated, commented, noted, sla_warning, sla_breached.")
		} else {
			names = append([]string{}, names...)
			c.Triggers = &names
		}
	}
	switch {
	case b.IsNull("every_minutes"):
		c.Every = new(int)
	case b.Has("every_minutes"):
		if n := b.Int("every_minutes"); n != nil {
			m := int(min(max(*n, 1), 1<<20))
			c.Every = &m
		}
	}
	c.Wrong = b.Err()
	return c
}

// create answers POST /api/rules.
//
// @Summary Make a rule
// @Description On events or on time, with a condition in the query language and actions of the one vocabulary. It comes after the others, and acts with the rights of whoever saved it last.
// @ID createRule
// @Tags rules
// @Accept json
// @Produce json
// @Param body body CreateRequest true "The rule"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "Too many rules (rule.too_many)"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/rules [post]
func (s *Service) create(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("name", "actions")
	ch := s.readChanges(b)
	r, err := s.Create(c.Request.Context(), by, ch)
	return s.answer(c, http.StatusCreated, r, err)
}

// arrange answers PUT /api/rules/order.
//
// @Summary Put the rules into an order
// @ID reorderRules
// @Tags rules
// @Accept json
// @Produce json
// @Param body body OrderRequest true "The order"
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/rules/order [put]
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
	ids := b.IDs("ids", maxRules)
	if err := b.Err(); err != nil {
		return err
	}
	rules, err := s.Reorder(c.Request.Context(), by, ids)
	if err != nil {
		return err
	}
	return s.sendAll(c, rules)
}

// try answers POST /api/rules/try.
//
// @Summary Say what a rule would have done
// @Description For the events of the last 30 days, or, on time, for all tickets: each as it is now. Nothing is changed. At most 50 tickets are listed.
// @ID tryRule
// @Tags rules
// @Accept json
// @Produce json
// @Param body body TryRequest true "The rule"
// @Success 200 {object} TrialView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/rules/try [post]
func (s *Service) try(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("actions")
	ch := s.readChanges(b)
	t, err := s.Try(c.Request.Context(), by, ch)
	if err != nil {
		return err
	}
	out := TrialView{Looked: t.Looked, Fits: t.Fits, More: t.More, Lines: make([]TrialLineView, len(t.Lines))}
	for i, l := range t.Lines {
		out.Lines[i] = TrialLineView{l.Ticket.ID, l.Ticket.Title, l.Cause, utc(l.At), string(l.State), inWords(web.Language(c), l.Reason)}
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// get answers GET /api/rules/{id}.
//
// @Summary Show a rule
// @ID getRule
// @Tags rules
// @Produce json
// @Param id path int true "The rule" example(4)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/rules/{id} [get]
func (s *Service) get(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	r, err := s.Get(c.Request.Context(), by, id)
	return s.answer(c, http.StatusOK, r, err)
}

func caller(c *gin.Context) (authz.Actor, int64, error) {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return by, 0, errDenied
	}
	id, err := web.PathID(c, subject)
	return by, id, err
}

// update answers PATCH /api/rules/{id}.
//
// @Summary Change a rule
// @ID updateRule
// @Tags rules
// @Accept json
// @Produce json
// @Param id path int true "The rule" example(4)
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/rules/{id} [patch]
func (s *Service) update(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := s.readChanges(b)
	r, err := s.Update(c.Request.Context(), by, id, web.IfMatch(c), ch)
	return s.answer(c, http.StatusOK, r, err)
}

// delete answers DELETE /api/rules/{id}.
//
// @Summary Delete a rule
// @Description It can be restored.
// @ID deleteRule
// @Tags rules
// @Produce json
// @Param id path int true "The rule" example(4)
// @Success 204 "Deleted"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/rules/{id} [delete]
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

// restore answers POST /api/rules/{id}/restore.
//
// @Summary Bring back a rule that was deleted, or an older version
// @ID restoreRule
// @Tags rules
// @Accept json
// @Produce json
// @Param id path int true "The rule" example(4)
// @Param body body RestoreRequest true "The version"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/rules/{id}/restore [post]
func (s *Service) restore(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	version := b.Int("version")
	if err := b.Err(); err != nil {
		return err
	}
	r, err := s.Restore(c.Request.Context(), by, id, version)
	return s.answer(c, http.StatusOK, r, err)
}

// versions answers GET /api/rules/{id}/versions.
//
// @Summary List a rule as it was saved, the newest first
// @ID listRuleVersions
// @Tags rules
// @Produce json
// @Param id path int true "The rule" example(4)
// @Success 200 {object} web.List[VersionView]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/rules/{id}/versions [get]
func (s *Service) versions(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	found, err := s.Versions(ctx, by, id)
	if err != nil {
		return err
	}
	ids := make([]int64, len(found))
	for i, v := range found {
		ids[i] = v.ActorID
	}
	people, err := user.Cards(s.db.Read(ctx), ids...)
	if err != nil {
		return err
	}
	return web.SendList(c, web.Rows[Version]{Rows: found, Count: int64(len(found))}, func(v Version) VersionView {
		r := v.Snapshot
		return VersionView{
			Version: v.Version, Actor: people[v.ActorID], CreatedAt: v.CreatedAt.UTC(), Name: r.Name, Enabled: r.Enabled,
			Triggers: append([]string{}, r.Triggers...), EveryMinutes: every(r), Condition: r.Condition, Actions: s.actionsOf(c, r), Stop: r.Stop,
		}
	})
}

// runs answers GET /api/rules/{id}/runs.
//
// @Summary Show what became of a rule at each event
// @Description The newest first, with the reason. Lines are kept for 14 days, those that say that it did not fit for 3.
// @ID listRuleRuns
// @Tags rules
// @Produce json
// @Param id path int true "The rule" example(4)
// @Param state query string false "Only these" Enums(applied,unchanged,not_matched,skipped,failed)
// @Param page query int false "The page" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next holds it"
// @Success 200 {object} web.List[RunView]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/rules/{id}/runs [get]
func (s *Service) runs(c *gin.Context) error {
	by, id, err := caller(c)
	if err != nil {
		return err
	}
	q := web.ReadQuery(c, append([]string{"state"}, web.PageParams...)...)
	names := make([]string, len(States))
	for i, st := range States {
		names[i] = string(st)
	}
	state := q.OneOf("state", names...)
	page := q.Page(web.ByID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.Runs(c.Request.Context(), by, id, State(state), page)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, func(r Run) RunView {
		v := RunView{
			ID: r.ID, RuleVersion: r.Version, TicketID: r.TicketID, Cause: r.Cause, State: string(r.State), Reason: inWords(web.Language(c), r.Reason), CreatedAt: r.CreatedAt.UTC(),
		}
		if r.EventID != 0 {
			v.EventID = &r.EventID
		}
		return v
	})
}

// Runs returns a page of what became of a rule, the newest first; "" for all states.
// Tickets that the caller does not see are named by their number only.
func (s *Service) Runs(ctx context.Context, by authz.Actor, id int64, state State, page web.Page) (web.Rows[Run], error) {
	if !canManage(by) {
		return web.Rows[Run]{}, errDenied
	}
	tx := s.db.Read(ctx)
	if _, err := find(tx, id, true); err != nil {
		return web.Rows[Run]{}, err
	}
	q := tx.Where("rule_id = ?", id)
	if state != "" {
		q = q.Where("state = ?", state)
	}
	return web.NewestFirst(q, page, func(r Run) int64 { return r.ID })
}
