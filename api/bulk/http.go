package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/query"
)

// ActionView is what is done to each ticket.
type ActionView struct {
	// Type is one of those that GET /api/actions lists; more come with the desk's features.
	Type     string  `json:"type" enums:"assign,update_status,set_priority,delete,assign_team,add_tag,remove_tag,set_category,set_substatus,set_field,merge,link,set_due,snooze,unsnooze,add_checklist,reply,note,apply_macro" example:"update_status"`
	UserID   *int64  `json:"user_id" extensions:"x-nullable" example:"3"`
	Status   *string `json:"status" enums:"open,in_progress,resolved,closed" extensions:"x-nullable" example:"resolved"`
	Priority *string `json:"priority" enums:"low,medium,high,urgent" extensions:"x-nullable"`
	// Params holds everything that the action was given, by name.
	Params map[string]any `json:"params"`
	// Text says the action to people, in English.
	Text string `json:"text" example:"Set status to Resolved"`
} //@name BulkAction

// Can is what the caller may do with a run.
type Can struct {
	Cancel bool `json:"cancel" example:"true"`
	Undo   bool `json:"undo" example:"false"`
} //@name BulkCan

// View is one thing that is done to many tickets.
type View struct {
	ID         int64      `json:"id" example:"5"`
	Action     ActionView `json:"action"`
	State      string     `json:"state" enums:"running,done,cancelled" example:"running"`
	Total      int        `json:"total" example:"120"`
	Done       int        `json:"done" example:"30"`
	Failed     int        `json:"failed" example:"0"`
	Skipped    int        `json:"skipped" example:"2"`
	UndoOf     *int64     `json:"undo_of" extensions:"x-nullable" example:"4"`
	UndoneBy   *int64     `json:"undone_by" extensions:"x-nullable"`
	Version    int64      `json:"version" example:"2"`
	CreatedAt  time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	FinishedAt *time.Time `json:"finished_at" format:"date-time" extensions:"x-nullable"`
	Can        Can        `json:"can"`
} //@name BulkRun

// ItemView is what became of one ticket.
type ItemView struct {
	TicketID int64  `json:"ticket_id" example:"42"`
	State    string `json:"state" enums:"pending,done,skipped,failed,undone" example:"failed"`
	Message  string `json:"message" example:"There is no such ticket, or you may not see it."`
} //@name BulkItem

// ActionRequest says what to do: assign needs user_id (null for nobody), assign_team team_id (null for none),
// update_status status, set_priority priority. GET /api/actions lists every type
// with what it needs, which stands beside the type in the same way.
type ActionRequest struct {
	Type     string `json:"type" validate:"required" example:"update_status"`
	UserID   *int64 `json:"user_id" validate:"optional" extensions:"x-nullable" example:"3"`
	TeamID   *int64 `json:"team_id" validate:"optional" extensions:"x-nullable" example:"2"`
	Status   string `json:"status" validate:"optional" enums:"open,in_progress,resolved,closed" example:"resolved"`
	Priority string `json:"priority" validate:"optional" enums:"low,medium,high,urgent" example:"high"`
	// TicketID is what to merge into, or, with Kind, to link to.
	TicketID int64  `json:"ticket_id" validate:"optional" example:"41"`
	Kind     string `json:"kind" validate:"optional" example:"child_of"`
	// Until is for snooze, DueAt (null for none) for set_due: a time, or +4h, +3d, +1w from then on.
	Until   string  `json:"until" validate:"optional" example:"+3d"`
	OnReply bool    `json:"on_reply" validate:"optional" example:"true"`
	DueAt   *string `json:"due_at" validate:"optional" extensions:"x-nullable" example:"+3d"`
	// Items are the lines of add_checklist, one on each line.
	Items string `json:"items" validate:"optional" example:"Back up\nWipe"`
	// Tag is for add_tag and remove_tag.
	Tag string `json:"tag" validate:"optional" example:"vpn"`
	// CategoryID is for set_category; null for none.
	CategoryID *int64 `json:"category_id" validate:"optional" extensions:"x-nullable" example:"3"`
	// Substatus is for set_substatus: the slug of a finer status.
	Substatus string `json:"substatus" validate:"optional" example:"waiting_for_requester"`
	// Field, the slug of a field, and Value, null for none, are for set_field.
	Field   string `json:"field" validate:"optional" example:"cost_centre"`
	Value   any    `json:"value" validate:"optional" extensions:"x-nullable"`
	MacroID *int64 `json:"macro_id" validate:"optional" example:"7"`
} //@name BulkActionStart

// StartRequest is the body of a new run.
type StartRequest struct {
	Action ActionRequest `json:"action" validate:"required"`
	IDs    []int64       `json:"ids" validate:"optional" minItems:"1" maxItems:"1000" example:"42,43"`
	// Q, in the place of ids, is for all tickets that it finds, at most 100,000.
	Q string `json:"q" validate:"optional" minLength:"1" maxLength:"2000" example:"status:resolved updated:<-30d"`
	// TZ is the time zone in which the days of q begin; the caller's own by default.
	TZ string `json:"tz" validate:"optional" example:"Europe/Berlin"`
} //@name BulkStart

func (s *Service) viewOf(ctx context.Context) func(Run) View {
	tx := s.db.Read(ctx)
	return func(r Run) View { return s.view(tx, r) }
}

func (s *Service) view(tx *gorm.DB, r Run) View {
	var a ticket.Action
	_ = json.Unmarshal([]byte(r.Action), &a) // written by start
	v := View{
		ID: r.ID, State: string(r.State), Total: r.Total, Done: r.Done, Failed: r.Failed, Skipped: r.Skipped,
		Action: ActionView{Type: a.Type, UserID: a.ID("user_id"), Params: map[string]any{}, Text: s.tickets.Actions().Describe(tx, a)}, UndoOf: r.UndoOf, UndoneBy: r.UndoneBy,
		Version: r.Version, CreatedAt: r.CreatedAt.UTC(), FinishedAt: r.FinishedAt,
		Can: Can{Cancel: r.State == Running, Undo: r.canUndo(s.clock.Now())},
	}
	for name, raw := range a.Params {
		var value any
		_ = json.Unmarshal(raw, &value)
		v.Action.Params[name] = value
	}
	if st := a.Text("status"); st != "" {
		v.Action.Status = &st
	}
	if p := a.Text("priority"); p != "" {
		v.Action.Priority = &p
	}
	return v
}

// Routes registers the endpoints of bulk runs.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/bulk", web.Handle(s.list))
	signedIn.POST("/bulk", keys.Post(s.post))
	signedIn.GET("/bulk/:id", web.Handle(s.get))
	signedIn.GET("/bulk/:id/items", web.Handle(s.items))
	signedIn.POST("/bulk/:id/cancel", keys.Post(s.cancel))
	signedIn.POST("/bulk/:id/undo", keys.Post(s.undo))
}

// post answers POST /api/bulk.
//
// @Summary Change many tickets
// @Description Begins to do one thing to each of the tickets, in the background and with the rights of the caller for each of them. What becomes of each is in its items; the stream tells how far it is. The tickets are named by ids, or by a query: the set is what it finds when the run is asked for, and a ticket that it no longer finds when its turn has come is left as it is.
// @ID startBulk
// @Tags bulk
// @Accept json
// @Produce json
// @Param body body StartRequest true "What to do, and to which tickets"
// @Success 202 {object} View
// @Header 202 {string} ETag "The version"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/bulk [post]
func (s *Service) post(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	by := authz.From(ctx)
	b.Require("action")
	a := s.readAction(b)
	q, zone := readQuery(b, by)
	if q == nil {
		b.Require("ids")
	} else if b.Has("ids") {
		b.Wrong("q", "Use either ids or q.")
	}
	ids := readIDs(b)
	if err := b.Err(); err != nil {
		return err
	}
	if q != nil {
		r, err := s.StartMatching(ctx, by, a, *q, zone)
		return s.answer(c, http.StatusAccepted, r, err)
	}
	r, err := s.Start(ctx, by, a, ids)
	return s.answer(c, http.StatusAccepted, r, err)
}

// readQuery reads q and tz; nil for a run that names its tickets.
func readQuery(b *web.Body, by authz.Actor) (*string, *time.Location) {
	zone := by.Location()
	if name := b.Text("tz"); name != nil {
		var err error
		if zone, err = time.LoadLocation(*name); err != nil || *name == "" || *name == "Local" {
			b.Wrong("tz", "Must be a time zone such as Europe/Berlin.")
		}
	}
	q := b.Text("q", web.Max(query.MaxLength), func(s string) string {
		if strings.TrimSpace(s) == "" {
			return "May not be blank; id:>0 finds all tickets."
		}
		return ""
	})
	if q == nil && b.Has("q") {
		return new(string), zone // it is wrong already
	}
	return q, zone
}

const wrongIDs = "Must be a list of 1 to 1,000 different ticket numbers."

func readIDs(b *web.Body) []int64 {
	if !b.Has("ids") {
		return nil
	}
	ids, ok := web.ListOfIDs(b.Raw("ids"))
	if !ok || len(ids) == 0 || len(ids) > MaxTickets || web.Repeated(ids) {
		b.Wrong("ids", wrongIDs)
		return nil
	}
	slices.Sort(ids)
	return ids
}

func (s *Service) readAction(b *web.Body) ticket.Action {
	if !b.Has("action") {
		return ticket.Action{}
	}
	a, err := s.tickets.Actions().Read(b.Raw("action"))
	var f *fault.Error
	if errors.As(ofAction(err), &f) {
		b.Wrong("action", f.Fields["action"][0])
	}
	return a
}

func (s *Service) answer(c *gin.Context, status int, r Run, err error) error {
	if err != nil {
		return err
	}
	return web.Send(c, status, s.viewOf(c.Request.Context())(r), r.Version)
}

// list answers GET /api/bulk.
//
// @Summary List one's own bulk runs
// @Description The newest first. Runs are remembered for 30 days.
// @ID listBulk
// @Tags bulk
// @Produce json
// @Param page query int false "The page" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next holds it"
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Router /api/bulk [get]
func (s *Service) list(c *gin.Context) error {
	q := web.ReadQuery(c, web.PageParams...)
	page := q.Page(web.ByID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.List(c.Request.Context(), authz.From(c.Request.Context()), page)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, s.viewOf(c.Request.Context()))
}

// get answers GET /api/bulk/{id}.
//
// @Summary Show a bulk run of one's own
// @ID getBulk
// @Tags bulk
// @Produce json
// @Param id path int true "The run" example(5)
// @Success 200 {object} View
// @Header 200 {string} ETag "The version"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Router /api/bulk/{id} [get]
func (s *Service) get(c *gin.Context) error { return s.verb(c, s.Get) }

// cancel answers POST /api/bulk/{id}/cancel.
//
// @Summary Cancel a bulk run
// @Description What it has done stays done. Cancelling it again changes nothing.
// @ID cancelBulk
// @Tags bulk
// @Produce json
// @Param id path int true "The run" example(5)
// @Success 200 {object} View
// @Header 200 {string} ETag "The version"
// @Failure 409 {object} web.Problem "It has ended (bulk.finished)"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Router /api/bulk/{id}/cancel [post]
func (s *Service) cancel(c *gin.Context) error { return s.verb(c, s.Cancel) }

type verb = func(ctx context.Context, by authz.Actor, id int64) (Run, error)

func (s *Service) verb(c *gin.Context, do verb) error {
	id, err := web.PathID(c, "bulk run")
	if err != nil {
		return err
	}
	r, err := do(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.answer(c, http.StatusOK, r, err)
}

// undo answers POST /api/bulk/{id}/undo.
//
// @Summary Undo a bulk run
// @Description Within an hour of its end. It is a run of its own, and leaves the tickets alone that somebody changed since.
// @ID undoBulk
// @Tags bulk
// @Produce json
// @Param id path int true "The run" example(5)
// @Success 202 {object} View
// @Header 202 {string} ETag "The version"
// @Failure 409 {object} web.Problem "It cannot be undone (bulk.no_undo)"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Router /api/bulk/{id}/undo [post]
func (s *Service) undo(c *gin.Context) error {
	id, err := web.PathID(c, "bulk run")
	if err != nil {
		return err
	}
	r, err := s.Undo(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.answer(c, http.StatusAccepted, r, err)
}

// items answers GET /api/bulk/{id}/items.
//
// @Summary Show what became of each ticket of a bulk run
// @ID listBulkItems
// @Tags bulk
// @Produce json
// @Param id path int true "The run" example(5)
// @Param state query string false "Only these" Enums(pending,done,skipped,failed,undone)
// @Param page query int false "The page" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next holds it"
// @Success 200 {object} web.List[ItemView]
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Router /api/bulk/{id}/items [get]
func (s *Service) items(c *gin.Context) error {
	id, err := web.PathID(c, "bulk run")
	if err != nil {
		return err
	}
	q := web.ReadQuery(c, append([]string{"state"}, web.PageParams...)...)
	states := []ItemState{ItemPending, ItemDone, ItemSkipped, ItemFailed, ItemUndone}
	names := make([]string, len(states))
	for i, st := range states {
		names[i] = string(st)
	}
	state := ItemState(q.OneOf("state", names...))
	page := q.Page(web.ByOldestID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.Items(c.Request.Context(), authz.From(c.Request.Context()), id, state, page)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, func(i Item) ItemView {
		return ItemView{TicketID: i.TicketID, State: string(i.State), Message: i.Message}
	})
}
