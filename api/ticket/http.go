package ticket

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"
	_ "time/tzdata" // zones, wherever the program runs

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Routes registers the endpoints of tickets and comments.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/tickets", web.Handle(s.list))
	signedIn.POST("/tickets", keys.Post(s.open))
	signedIn.GET("/tickets/count", web.Handle(s.count))
	signedIn.GET("/tickets/query_fields", web.Handle(s.queryFields))
	signedIn.GET("/tickets/:id", web.Handle(s.get))
	signedIn.PUT("/tickets/:id", web.Handle(s.replace))
	signedIn.PATCH("/tickets/:id", web.Handle(s.update))
	signedIn.DELETE("/tickets/:id", web.Handle(s.delete))
	signedIn.GET("/tickets/:id/events", web.Handle(s.events))
	signedIn.POST("/tickets/:id/add_comment", keys.Post(s.addComment))
	signedIn.POST("/tickets/:id/update_status", keys.Post(s.updateStatus))
	signedIn.POST("/tickets/:id/assign", keys.Post(s.assign))
	signedIn.POST("/tickets/:id/assign_team", keys.Post(s.assignTeam))
	signedIn.POST("/tickets/:id/set_due", keys.Post(s.postDue))
	signedIn.POST("/tickets/:id/close", keys.Post(s.closeTicket))
	signedIn.POST("/tickets/:id/reopen", keys.Post(s.reopen))
	signedIn.POST("/tickets/:id/restore", keys.Post(s.restoreDeleted))

	signedIn.GET("/comments", web.Handle(s.listComments))
	signedIn.POST("/comments", keys.Post(s.createComment))
	signedIn.GET("/comments/:id", web.Handle(s.getComment))
	signedIn.PUT("/comments/:id", web.Handle(s.replaceComment))
	signedIn.PATCH("/comments/:id", web.Handle(s.updateComment))
	signedIn.DELETE("/comments/:id", web.Handle(s.deleteComment))

	signedIn.GET("/actions", web.Handle(s.listActions))
}

// list answers GET /api/tickets.
//
// @Summary List tickets
// @Description The tickets that the caller sees: their own (employee), those assigned to them, unassigned, of their teams or reported by them (IT staff), all (admin), and those that they watch or are in CC of. Confidential tickets are seen by those only whom they name. Newest first unless sorted otherwise. Items come without comments.
// @ID listTickets
// @Tags tickets
// @Produce json
// @Param q query string false "A query in the query language (docs/reference/query.md)" example(status:open assignee:me printer)
// @Param tz query string false "The time zone in which the days of q begin; else that of the profile, else UTC" example(Europe/Berlin)
// @Param ids query string false "At most 100 ids, separated by commas: of them, those that the other parameters find" example(41,42)
// @Param status query string false "One or more of open, in_progress, resolved, closed, separated by commas" example(open,in_progress)
// @Param priority query string false "One or more of low, medium, high, urgent, separated by commas" example(high,urgent)
// @Param search query string false "A phrase in title or description, upper and lower case alike" example(printer)
// @Param assigned_to query string false "The assignee's id, me, or none" example(me)
// @Param created_by query string false "The requester's id, or me" example(7)
// @Param sort query string false "The order: created_at, updated_at, priority, status, due_at, category, substatus, or cf. and the slug of a field; turned around with a minus before it" default(-created_at)
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[ItemView]
// @Header 200 {string} ETag "Changes when the answer does"
// @Failure 400 {object} web.Problem "A wrong or unknown parameter"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 404 {object} web.Problem "A page beyond the last"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets [get]
func (s *Service) list(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	q := web.ReadQuery(c, append(filterParams, web.PageParams...)...)
	f, err := s.readFilter(ctx, q, by)
	if err != nil {
		return err
	}
	page := q.Page(string(f.Sort))
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.List(ctx, by, f, page)
	if err != nil {
		return err
	}
	p, err := peopleOf(s.db.Read(ctx), rows.Rows, nil)
	if err != nil {
		return err
	}
	unread, err := unreadOf(s.db.Read(ctx), by, rows.Rows)
	if err != nil {
		return err
	}
	hangs, err := s.hangsOf(s.db.Read(ctx), by, rows.Rows)
	if err != nil {
		return err
	}
	view := s.viewFor(by, p, hangs)
	return web.SendList(c, rows, func(t Ticket) ItemView { return ItemView{view(t), unread[t.ID]} })
}

// filterParams are the parameters that narrow a list of tickets.
var filterParams = []string{"q", "tz", "ids", "status", "priority", "search", "assigned_to", "created_by", "sort"}

// maxIDs is how many tickets a list can be asked for by their ids.
const maxIDs = 100

// readFilter reads the parameters; what is wrong with them is in q, unless it
// cannot be told.
func (s *Service) readFilter(ctx context.Context, q *web.Query, by authz.Actor) (Filter, error) {
	f := readFields(q, by)
	if v := q.Text("sort"); v != "" {
		wrong, err := s.CheckSort(s.db.Read(ctx), by, Sort(v))
		if err != nil {
			return f, err
		}
		if f.Sort = Sort(v); wrong != "" {
			q.Wrong("sort", wrong)
		}
	}
	for _, text := range q.List("ids") {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id < 1 || len(f.IDs) >= maxIDs {
			q.Wrong("ids", "Must be at most 100 ids, separated by commas.")
			break
		}
		f.IDs = append(f.IDs, id)
	}
	out, err := s.Where(ctx, by, f, q.Text("q"), ReadZone(q, by))
	var wrong *fault.Error
	if errors.As(err, &wrong) && wrong.Fields != nil {
		for _, message := range wrong.Fields["q"] {
			q.Wrong("q", message)
		}
		return f, nil
	}
	return out, err
}

// ReadZone reads tz, the time zone in which the days of a query begin: by
// default the caller's own.
func ReadZone(q *web.Query, by authz.Actor) *time.Location {
	name := q.Text("tz")
	if name == "" {
		return by.Location()
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		q.Wrong("tz", "Must be a time zone such as Europe/Berlin.")
		return time.UTC
	}
	return zone
}

func readFields(q *web.Query, by authz.Actor) Filter {
	f := Filter{Sort: ByNewest, Search: q.Text("search")}
	for _, name := range q.List("status") {
		if st, ok := ParseStatus(name); ok {
			f.Statuses = append(f.Statuses, st)
		} else {
			q.Wrong("status", "Must be one or more of: open, in_progress, resolved, closed.")
		}
	}
	for _, name := range q.List("priority") {
		if p, ok := ParsePriority(name); ok {
			f.Priorities = append(f.Priorities, p)
		} else {
			q.Wrong("priority", "Must be one or more of: low, medium, high, urgent.")
		}
	}
	switch q.Text("assigned_to") {
	case "me":
		f.AssignedTo = &by.ID
	case "none":
		f.Unassigned = true
	default:
		f.AssignedTo = q.Int("assigned_to")
	}
	if q.Text("created_by") == "me" {
		f.CreatedBy = &by.ID
	} else {
		f.CreatedBy = q.Int("created_by")
	}
	return f
}

// open answers POST /api/tickets.
//
// @Summary Report a problem
// @Description Creates an open ticket of the caller or, by IT staff and administrators, of the requester they name. A status is ignored, and so are an assignee, a team and a requester when an employee names them.
// @ID createTicket
// @Tags tickets
// @Accept json
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body CreateRequest true "The ticket"
// @Success 201 {object} DetailView
// @Header 201 {string} ETag "For If-Match"
// @Failure 400 {object} web.Problem "A wrong body"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 409 {object} web.Problem "A request with the same key is under way"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Failure 422 {object} web.Problem "The key was used for another request"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/tickets [post]
func (s *Service) open(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := readChanges(b, by.Can(authz.TicketWork))
	var requester *int64
	if by.Can(authz.TicketWork) && b.Has("requester_id") {
		requester = b.ID("requester_id")
	}
	if !by.Can(authz.TicketWork) {
		b.Ignore("substatus")
	}
	facets, err := readFacets(s.db.Read(ctx), b, by)
	if err != nil {
		return err
	}
	template, channel := b.ID("template_id"), channelOf(b, by)
	b.Require("title", "description")
	if err := b.Err(); err != nil {
		return err
	}
	d := Draft{Template: template, Channel: channel, Title: *ch.Title, Description: *ch.Description, AssignedTo: ch.AssignedTo, Requester: requester, TeamID: ch.TeamID, Attachments: ch.Attachments, Facets: facets}
	if ch.Confidential != nil {
		d.Confidential = *ch.Confidential
	}
	if ch.Priority != nil {
		d.Priority = *ch.Priority
	}
	f, err := s.Open(ctx, by, d)
	return s.answer(c, http.StatusCreated, by, f, err)
}

// readChanges reads the fields of a ticket that can be set. The assignee is
// read only from those who may set one.
func readChanges(b *web.Body, mayAssign bool) Changes {
	ch := Changes{
		Title:       b.Text("title", web.NotBlank, web.Max(maxTitle)),
		Description: b.Text("description", web.NotBlank),
		Attachments: attachment.ReadIDs(b),
	}
	if name := b.Text("status"); name != nil {
		if st, ok := ParseStatus(*name); ok {
			ch.Status = &st
		} else {
			b.Wrong("status", "Must be one of: open, in_progress, resolved, closed.")
		}
	}
	if name := b.Text("priority"); name != nil {
		if p, ok := ParsePriority(*name); ok {
			ch.Priority = &p
		} else {
			b.Wrong("priority", "Must be one of: low, medium, high, urgent.")
		}
	}
	if mayAssign && b.Has("assigned_to") {
		ch.Assign, ch.AssignedTo = true, b.ID("assigned_to")
	}
	if mayAssign && b.Has("team_id") {
		ch.Move, ch.TeamID = true, b.ID("team_id")
	}
	ch.Confidential = b.Bool("confidential")
	return ch
}

func (s *Service) answer(c *gin.Context, status int, by authz.Actor, f Full, err error) error {
	if err != nil {
		return err
	}
	p, err := peopleOf(s.db.Read(c.Request.Context()), []Ticket{f.Ticket}, f.Comments)
	if err != nil {
		return err
	}
	hangs, err := s.hangsOf(s.db.Read(c.Request.Context()), by, []Ticket{f.Ticket})
	if err != nil {
		return err
	}
	return web.Send(c, status, s.detailFor(by, p, hangs, f), f.Version)
}

// get answers GET /api/tickets/{id}.
//
// @Summary Show a ticket
// @Description The ticket with its comments, oldest first.
// @ID getTicket
// @Tags tickets
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param If-None-Match header string false "Answers 304 when the ETag is still the same"
// @Success 200 {object} DetailView
// @Header 200 {string} ETag "For If-Match and If-None-Match"
// @Success 304 "Unchanged"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 404 {object} web.Problem "No such ticket, or not visible"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id} [get]
func (s *Service) get(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	f, err := s.Get(c.Request.Context(), by, id)
	return s.answer(c, http.StatusOK, by, f, err)
}

// replace answers PUT /api/tickets/{id}.
//
// @Summary Replace a ticket's fields
// @Description Needs title and description; what is left out stays. Employees may change title and description of their own open tickets. `assigned_to` takes an id, null, or a user object as answers embed it.
// @ID replaceTicket
// @Tags tickets
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body ReplaceRequest true "The fields"
// @Success 200 {object} DetailView
// @Header 200 {string} ETag "For If-Match"
// @Failure 400 {object} web.Problem "A wrong body; nothing is changed"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not allowed; nothing is changed"
// @Failure 404 {object} web.Problem "No such ticket, or not visible"
// @Failure 409 {object} web.Problem "Changed at the same moment"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Security BearerAuth
// @x-authz {"employee":"limited","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id} [put]
func (s *Service) replace(c *gin.Context) error { return s.put(c, "title", "description") }

// update answers PATCH /api/tickets/{id}.
//
// @Summary Change a ticket's fields
// @Description Changes the fields that are sent. Employees may change title and description of their own open tickets.
// @ID updateTicket
// @Tags tickets
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body UpdateRequest true "The fields"
// @Success 200 {object} DetailView
// @Header 200 {string} ETag "For If-Match"
// @Failure 400 {object} web.Problem "A wrong body; nothing is changed"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not allowed; nothing is changed"
// @Failure 404 {object} web.Problem "No such ticket, or not visible"
// @Failure 409 {object} web.Problem "Changed at the same moment"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Security BearerAuth
// @x-authz {"employee":"limited","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id} [patch]
func (s *Service) update(c *gin.Context) error { return s.put(c) }

func (s *Service) put(c *gin.Context, required ...string) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := readChanges(b, true)
	if ch.Facets, err = readFacets(s.db.Read(ctx), b, by); err != nil {
		return err
	}
	b.Require(required...)
	if err := b.Err(); err != nil {
		return err
	}
	f, err := s.Update(ctx, by, id, web.IfMatch(c), ch)
	return s.answer(c, http.StatusOK, by, f, err)
}

// delete answers DELETE /api/tickets/{id}.
//
// @Summary Delete a ticket
// @Description Deletes the ticket with its conversation. For 24 hours it can be restored; then it is gone for good. The id is never used again.
// @ID deleteTicket
// @Tags tickets
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param If-Match header string false "The ETag that the change is based on"
// @Success 204 "Deleted"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not allowed"
// @Failure 404 {object} web.Problem "No such ticket, or not visible"
// @Failure 409 {object} web.Problem "Changed at the same moment"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/tickets/{id} [delete]
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

// events answers GET /api/tickets/{id}/events.
//
// @Summary Show a ticket's timeline
// @Description What happened to the ticket, in the order it happened.
// @ID listTicketEvents
// @Tags tickets
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next holds it"
// @Success 200 {object} web.List[EventView]
// @Failure 400 {object} web.Problem "A wrong or unknown parameter"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 404 {object} web.Problem "No such ticket, or not visible"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/events [get]
func (s *Service) events(c *gin.Context) error {
	ctx := c.Request.Context()
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	q := web.ReadQuery(c, "page_size", "cursor")
	page := q.Page("id")
	if err := q.Err(); err != nil {
		return err
	}
	by := authz.From(ctx)
	rows, err := s.Timeline(ctx, by, id, page)
	if err != nil {
		return err
	}
	if err := hideOthers(s.db.Read(ctx), by, rows.Rows); err != nil {
		return err
	}
	p, err := peopleIn(s.db.Read(ctx), rows.Rows)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, eventFor(p))
}
