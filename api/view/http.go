package view

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/gin-gonic/gin"
	"github.com/rivo/uniseg"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/query"
	"github.com/fixdesk/fixdesk/api/user"
)

// Can is what the caller may do with a view.
type Can struct {
	Update bool `json:"update" example:"true"`
	Delete bool `json:"delete" example:"true"`
	// ShareWith lists the roles with which the caller may share it.
	ShareWith []string `json:"share_with" enums:"admin,it_staff,employee" example:"it_staff"`
} //@name ViewCan

// Shown is a saved view.
type Shown struct {
	ID         int64     `json:"id" example:"7"`
	Owner      user.Card `json:"owner"`
	Name       string    `json:"name" example:"Urgent printers"`
	Icon       string    `json:"icon" example:"🖨️"`
	Q          string    `json:"q" example:"printer priority:urgent status:unfinished"`
	Sort       string    `json:"sort" example:"-created_at"`
	Columns    []string  `json:"columns" example:"requester,updated"`
	SharedWith *string   `json:"shared_with" enums:"employee,it_staff,admin" extensions:"x-nullable" example:"it_staff"`
	Version    int64     `json:"version" example:"1"`
	CreatedAt  time.Time `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	UpdatedAt  time.Time `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	Can        Can       `json:"can"`
} //@name View

// CountView is the number beside a view.
type CountView struct {
	// Key names a built-in view: unassigned, mine, waiting, unread or all.
	Key    *string `json:"key" enums:"unassigned,mine,waiting,unread,all" extensions:"x-nullable" example:"mine"`
	ViewID *int64  `json:"view_id" extensions:"x-nullable" example:"7"`
	// Count is null when the view's query can no longer be understood.
	Count *int64 `json:"count" extensions:"x-nullable" example:"12"`
	// CountExact is false when there are more.
	CountExact bool `json:"count_exact" example:"true"`
} //@name ViewCount

// CountsView lists the numbers beside the views.
type CountsView struct {
	Counts []CountView `json:"counts"`
} //@name ViewCounts

// CreateRequest is the body of a new view.
type CreateRequest struct {
	Name       string   `json:"name" validate:"required" minLength:"1" maxLength:"100" example:"Urgent printers"`
	Icon       string   `json:"icon" validate:"optional" maxLength:"16" example:"🖨️"`
	Q          string   `json:"q" validate:"optional" maxLength:"2000" example:"printer priority:urgent status:unfinished"`
	Sort       string   `json:"sort" validate:"optional" default:"-created_at" example:"-priority"`
	Columns    []string `json:"columns" validate:"optional" maxItems:"20" example:"requester,updated"`
	SharedWith *string  `json:"shared_with" validate:"optional" enums:"employee,it_staff,admin" extensions:"x-nullable" example:"it_staff"`
} //@name ViewCreate

// UpdateRequest is the body of a change; what is left out stays as it is.
type UpdateRequest struct {
	Name       string   `json:"name" validate:"optional" minLength:"1" maxLength:"100" example:"Urgent printers"`
	Icon       string   `json:"icon" validate:"optional" maxLength:"16" example:"🖨️"`
	Q          string   `json:"q" validate:"optional" maxLength:"2000" example:"printer priority:urgent status:unfinished"`
	Sort       string   `json:"sort" validate:"optional" example:"-priority"`
	Columns    []string `json:"columns" validate:"optional" maxItems:"20" example:"requester,updated"`
	SharedWith *string  `json:"shared_with" validate:"optional" enums:"employee,it_staff,admin" extensions:"x-nullable" example:"it_staff"`
} //@name ViewUpdate

// OrderRequest is the body of an order of views.
type OrderRequest struct {
	IDs []int64 `json:"ids" validate:"required" maxItems:"1000" example:"7,3"`
} //@name ViewOrder

// Routes registers the endpoints of saved views.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/views", web.Handle(s.list))
	signedIn.POST("/views", keys.Post(s.create))
	signedIn.GET("/views/counts", web.Handle(s.counts))
	signedIn.PUT("/views/order", web.Handle(s.arrange))
	signedIn.GET("/views/:id", web.Handle(s.get))
	signedIn.PATCH("/views/:id", web.Handle(s.update))
	signedIn.DELETE("/views/:id", web.Handle(s.delete))
	signedIn.POST("/views/:id/restore", keys.Post(s.restore))
}

func (s *Service) shower(c *gin.Context, by authz.Actor, views ...View) (func(View) Shown, error) {
	ids := make([]int64, len(views))
	for i, v := range views {
		ids[i] = v.OwnerID
	}
	people, err := user.Cards(s.db.Read(c.Request.Context()), ids...)
	share := audiencesFor(by)
	return func(v View) Shown {
		out := Shown{
			ID: v.ID, Owner: people[v.OwnerID], Name: v.Name, Icon: v.Icon, Q: v.Q, Sort: string(v.Sort), Columns: v.Columns.list(),
			Version: v.Version, CreatedAt: v.CreatedAt.UTC(), UpdatedAt: v.UpdatedAt.UTC(),
			Can: Can{Update: canChange(by, &v), Delete: canChange(by, &v), ShareWith: []string{}},
		}
		if out.Can.Update {
			out.Can.ShareWith = share
		}
		if v.SharedWith != "" {
			with := string(v.SharedWith)
			out.SharedWith = &with
		}
		return out
	}, err
}

func (s *Service) answer(c *gin.Context, status int, v View, err error) error {
	if err != nil {
		return err
	}
	show, err := s.shower(c, authz.From(c.Request.Context()), v)
	if err != nil {
		return err
	}
	return web.Send(c, status, show(v), v.Version)
}

// list answers GET /api/views.
//
// @Summary List the saved views
// @Description One's own and those shared with one, in the order that one gave them; with scope=shared, for administrators, everything that is shared with anybody.
// @ID listViews
// @Tags views
// @Produce json
// @Param scope query string false "Which views" Enums(rail, shared) default(rail)
// @Success 200 {object} web.List[Shown]
// @Failure 403 {object} web.Problem "Not allowed"
// @Security BearerAuth
// @x-authz {"employee":"visible","it_staff":"visible","admin":"any"}
// @Router /api/views [get]
func (s *Service) list(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	q := web.ReadQuery(c, "scope")
	scope := q.OneOf("scope", "rail", "shared")
	if err := q.Err(); err != nil {
		return err
	}
	read := s.List
	if scope == "shared" {
		read = s.Shared
	}
	found, err := read(ctx, by)
	if err != nil {
		return err
	}
	show, err := s.shower(c, by, found...)
	if err != nil {
		return err
	}
	return web.SendList(c, web.Rows[View]{Rows: found, Count: int64(len(found))}, show)
}

// counts answers GET /api/views/counts.
//
// @Summary Count the tickets of each view
// @Description For the built-in views and those of the list, as the caller sees them. A number costs little however many tickets there are: where no counter or index answers, the newest tickets are looked at and count_exact is false.
// @ID listViewCounts
// @Tags views
// @Produce json
// @Param tz query string false "The time zone in which the days of the queries begin; the caller's own by default" example(Europe/Berlin)
// @Success 200 {object} CountsView
// @Security BearerAuth
// @x-authz {"employee":"visible","it_staff":"visible","admin":"any"}
// @Router /api/views/counts [get]
func (s *Service) counts(c *gin.Context) error {
	ctx := c.Request.Context()
	q := web.ReadQuery(c, "tz")
	zone := ticket.ReadZone(q, authz.From(ctx))
	if err := q.Err(); err != nil {
		return err
	}
	found, err := s.Counts(ctx, authz.From(ctx), zone)
	if err != nil {
		return err
	}
	out := CountsView{Counts: make([]CountView, len(found))}
	for i, n := range found {
		v := &out.Counts[i]
		if n.Key != "" {
			v.Key = &n.Key
		} else {
			v.ViewID = &n.View
		}
		if n.Tally != nil {
			v.Count, v.CountExact = &n.Tally.N, n.Tally.Exact
		}
	}
	return web.SendPlain(c, http.StatusOK, out)
}

var columnName = regexp.MustCompile(`^[a-z][a-z0-9_.]{0,39}$`)

const (
	maxColumns = 20
	maxOrder   = 1000
)

// oneSign refuses what would not fit the room of an icon. An emoji may be several
// code points; what counts is one extended grapheme cluster (Unicode Annex 29).
func oneSign(s string) string {
	if uniseg.GraphemeClusterCount(s) > 1 || strings.ContainsFunc(s, unicode.IsControl) {
		return "Must be one emoji or letter."
	}
	return ""
}

// readChanges reads the fields of a view that can be set.
func readChanges(b *web.Body) Changes {
	c := Changes{
		Name: b.Text("name", web.NotBlank, web.Max(100)),
		Icon: b.Text("icon", web.Max(16), oneSign),
		Q:    b.Text("q", web.Max(query.MaxLength)),
	}
	if sort := b.Text("sort", ticket.SortName); sort != nil {
		s := ticket.Sort(*sort)
		c.Sort = &s
	}
	if b.Has("columns") {
		c.Columns = readColumns(b)
	}
	switch {
	case b.IsNull("shared_with"):
		c.SharedWith = new(authz.Role)
	case b.Has("shared_with"):
		if role := b.Text("shared_with", web.OneOf(authz.Roles...)); role != nil {
			r := authz.Role(*role)
			c.SharedWith = &r
		}
	}
	c.Wrong = b.Err()
	return c
}

func readColumns(b *web.Body) *Columns {
	var names []string
	wrong := json.Unmarshal(b.Raw("columns"), &names) != nil || b.IsNull("columns") || len(names) > maxColumns
	for i, name := range names {
		wrong = wrong || !columnName.MatchString(name) || slices.Contains(names[:i], name)
	}
	if wrong {
		b.Wrong("columns", "Must be a list of at most 20 different names of columns.")
		return nil
	}
	joined := Columns(strings.Join(names, ","))
	return &joined
}

// create answers POST /api/views.
//
// @Summary Save a view
// @Description Keeps a list of tickets: a query, an order, columns. IT staff may share it with the IT staff, administrators with any role; "me" in its query is whoever looks.
// @ID createView
// @Tags views
// @Accept json
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body CreateRequest true "The view"
// @Success 201 {object} Shown
// @Header 201 {string} ETag "For If-Match"
// @Failure 403 {object} web.Problem "Not allowed to share it so (view.share_denied)"
// @Failure 409 {object} web.Problem "Too many views (view.too_many)"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/views [post]
func (s *Service) create(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("name")
	ch := readChanges(b)
	v := View{Sort: ticket.ByNewest}
	ch.apply(&v)
	made, err := s.Create(c.Request.Context(), authz.From(c.Request.Context()), Draft{
		Name: v.Name, Icon: v.Icon, Q: v.Q, Sort: v.Sort, Columns: v.Columns, SharedWith: v.SharedWith, Wrong: ch.Wrong,
	})
	return s.answer(c, http.StatusCreated, made, err)
}

// get answers GET /api/views/{id}.
//
// @Summary Show a view
// @ID getView
// @Tags views
// @Produce json
// @Param id path int true "The view" example(7)
// @Success 200 {object} Shown
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"employee":"visible","it_staff":"visible","admin":"visible"}
// @Router /api/views/{id} [get]
func (s *Service) get(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	v, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.answer(c, http.StatusOK, v, err)
}

// update answers PATCH /api/views/{id}.
//
// @Summary Change a view
// @Description By its owner; a shared one by an administrator too.
// @ID updateView
// @Tags views
// @Accept json
// @Produce json
// @Param id path int true "The view" example(7)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body UpdateRequest true "The fields"
// @Success 200 {object} Shown
// @Header 200 {string} ETag "For If-Match"
// @Failure 403 {object} web.Problem "Not allowed"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"visible"}
// @Router /api/views/{id} [patch]
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
	v, err := s.Update(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c), ch)
	return s.answer(c, http.StatusOK, v, err)
}

// delete answers DELETE /api/views/{id}.
//
// @Summary Delete a view
// @Description For 24 hours it can be restored.
// @ID deleteView
// @Tags views
// @Produce json
// @Param id path int true "The view" example(7)
// @Param If-Match header string false "The ETag that the change is based on"
// @Success 204 "Deleted"
// @Failure 403 {object} web.Problem "Not allowed"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"visible"}
// @Router /api/views/{id} [delete]
func (s *Service) delete(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	if err := s.Delete(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// restore answers POST /api/views/{id}/restore.
//
// @Summary Restore a deleted view
// @ID restoreView
// @Tags views
// @Produce json
// @Param id path int true "The view" example(7)
// @Success 200 {object} Shown
// @Header 200 {string} ETag "For If-Match"
// @Failure 404 {object} web.Problem "No such view, or it is not deleted"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"visible"}
// @Router /api/views/{id}/restore [post]
func (s *Service) restore(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	v, err := s.Restore(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.answer(c, http.StatusOK, v, err)
}

// arrange answers PUT /api/views/order.
//
// @Summary Arrange one's views
// @Description Gives the list of views an order for the caller alone. Views that are not named come last.
// @ID arrangeViews
// @Tags views
// @Accept json
// @Produce json
// @Param body body OrderRequest true "The views, the first one first"
// @Success 204 "Arranged"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/views/order [put]
func (s *Service) arrange(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("ids")
	ids, ok := web.ListOfIDs(b.Raw("ids"))
	if b.Has("ids") && (!ok || len(ids) > maxOrder || web.Repeated(ids)) {
		b.Wrong("ids", "Must be a list of at most 1,000 different ids of views.")
	}
	if err := b.Err(); err != nil {
		return err
	}
	if err := s.Arrange(c.Request.Context(), authz.From(c.Request.Context()), ids); err != nil {
		return err
	}
	return web.SendNothing(c)
}
