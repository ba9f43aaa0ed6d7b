package timeentry

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/sheet"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Can says what the caller may do with an entry.
type Can struct {
	Update bool `json:"update" example:"true"`
	Delete bool `json:"delete" example:"true"`
} //@name TimeEntryCan

// View is some minutes of work on a ticket.
type View struct {
	ID        int64     `json:"id" example:"9"`
	TicketID  int64     `json:"ticket_id" example:"42"`
	User      user.Card `json:"user"`
	Minutes   int       `json:"minutes" example:"25"`
	Note      string    `json:"note" example:"Changed the roller"`
	Date      string    `json:"date" format:"date" example:"2026-03-02"`
	CreatedAt time.Time `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	Version   int64     `json:"version" example:"1"`
	Can       Can       `json:"can"`
} //@name TimeEntry

// TicketView is the work on one ticket.
type TicketView struct {
	TotalMinutes int    `json:"total_minutes" example:"85"`
	Results      []View `json:"results"`
} //@name TicketTime

// SumView is how long somebody worked.
type SumView struct {
	User    user.Card `json:"user"`
	Minutes int64     `json:"minutes" example:"85"`
	Entries int64     `json:"entries" example:"3"`
} //@name TimeSum

// SumsView is how long people worked.
type SumsView struct {
	TotalMinutes int64     `json:"total_minutes" example:"85"`
	Results      []SumView `json:"results"`
} //@name TimeSums

// CreateRequest is the body of a new entry.
type CreateRequest struct {
	Minutes int    `json:"minutes" validate:"required" minimum:"1" maximum:"1440" example:"25"`
	Note    string `json:"note" validate:"optional" maxLength:"500" example:"Changed the roller"`
	Date    string `json:"date" validate:"optional" format:"date" example:"2026-03-02"`
} //@name TimeEntryCreate

// UpdateRequest is the body of a changed entry; what is left out stays.
type UpdateRequest struct {
	Minutes int    `json:"minutes" validate:"optional" minimum:"1" maximum:"1440" example:"25"`
	Note    string `json:"note" validate:"optional" maxLength:"500" example:"Changed the roller"`
	Date    string `json:"date" validate:"optional" format:"date" example:"2026-03-02"`
} //@name TimeEntryUpdate

// TimerView is the caller's timer; null when none runs.
type TimerView struct {
	Timer *RunningView `json:"timer" extensions:"x-nullable"`
} //@name Timer

// RunningView is a timer that runs. Title is empty when its ticket is not visible any more.
type RunningView struct {
	TicketID  int64     `json:"ticket_id" example:"42"`
	Title     string    `json:"title" example:"Printer on floor 3 is out of toner"`
	StartedAt time.Time `json:"started_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name RunningTimer

// StartRequest is the body of starting a timer.
type StartRequest struct {
	TicketID int64 `json:"ticket_id" validate:"required" example:"42"`
} //@name TimerStart

// StopRequest is the body of stopping it.
type StopRequest struct {
	Note string `json:"note" validate:"optional" maxLength:"500" example:"Changed the roller"`
} //@name TimerStop

// Routes registers the endpoints.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/tickets/:id/time_entries", web.Handle(s.ofTicket))
	signedIn.POST("/tickets/:id/time_entries", keys.Post(s.create))
	signedIn.GET("/time_entries", web.Handle(s.list))
	signedIn.GET("/time_entries/summary", web.Handle(s.summary))
	signedIn.GET("/time_entries/export", web.Handle(s.export))
	signedIn.GET("/time_entries/report", web.Handle(s.report))
	signedIn.GET("/time_entries/report/csv", web.Handle(s.reportCSV))
	signedIn.GET("/time_entries/:id", web.Handle(s.get))
	signedIn.PATCH("/time_entries/:id", web.Handle(s.update))
	signedIn.DELETE("/time_entries/:id", web.Handle(s.remove))
	signedIn.GET("/timer", web.Handle(s.timer))
	signedIn.POST("/timer/start", keys.Post(s.start))
	signedIn.POST("/timer/stop", keys.Post(s.stopTimer))
	signedIn.POST("/timer/discard", keys.Post(s.discard))
}

func views(tx *gorm.DB, by authz.Actor, entries []Entry) (func(Entry) View, error) {
	ids := make([]int64, len(entries))
	for i, e := range entries {
		ids[i] = e.UserID
	}
	people, err := user.Cards(tx, ids...)
	return func(e Entry) View {
		may := canChange(by, &e)
		return View{
			ID: e.ID, TicketID: e.TicketID, User: people[e.UserID], Minutes: e.Minutes, Note: e.Note, Date: e.Day,
			CreatedAt: e.CreatedAt.UTC(), Version: e.Version, Can: Can{may, may},
		}
	}, err
}

func (s *Service) send(c *gin.Context, status int, e Entry, err error) error {
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	view, err := views(s.db.Read(ctx), authz.From(ctx), []Entry{e})
	if err != nil {
		return err
	}
	return web.Send(c, status, view(e), e.Version)
}

// ofTicket answers GET /api/tickets/{id}/time_entries.
//
// @Summary Show the work on a ticket
// @ID listTicketTime
// @Tags time
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Success 200 {object} TicketView
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/time_entries [get]
func (s *Service) ofTicket(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	rows, err := s.OfTicket(ctx, by, id)
	if err != nil {
		return err
	}
	view, err := views(s.db.Read(ctx), by, rows)
	if err != nil {
		return err
	}
	out := TicketView{Results: make([]View, len(rows))}
	for i, e := range rows {
		out.Results[i] = view(e)
		out.TotalMinutes += e.Minutes
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// readDay takes a day from a body.
func readDay(b *web.Body) *string {
	return b.Text("date", func(text string) string {
		if at, err := time.Parse(dayFormat, text); err != nil || at.Year() < 2000 || at.Year() > 2100 {
			return "Must be a day such as 2026-03-02."
		}
		return ""
	})
}

func readMinutes(b *web.Body) *int {
	n := b.Int("minutes")
	if n == nil {
		if b.IsNull("minutes") {
			b.Wrong("minutes", "Must be a number from 1 to 1440.")
		}
		return nil
	}
	if *n < 1 || *n > MaxMinutes {
		b.Wrong("minutes", "Must be a number from 1 to 1440.")
	}
	m := int(min(max(*n, 0), MaxMinutes))
	return &m
}

// create answers POST /api/tickets/{id}/time_entries.
//
// @Summary Write down work on a ticket
// @Description Of the caller; today, in their time zone, unless they say another day.
// @ID createTimeEntry
// @Tags time
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param body body CreateRequest true "The work"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/time_entries [post]
func (s *Service) create(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	minutes, note, day := readMinutes(b), b.Text("note", web.Max(MaxNote)), readDay(b)
	b.Require("minutes")
	if err := b.Err(); err != nil {
		return err
	}
	d := Draft{Minutes: *minutes}
	if note != nil {
		d.Note = *note
	}
	if day != nil {
		d.Day = *day
	}
	e, err := s.Add(c.Request.Context(), authz.From(c.Request.Context()), id, d)
	return s.send(c, http.StatusCreated, e, err)
}

var filterParams = []string{"ticket_id", "user_id", "from", "to"}

func readFilter(q *web.Query, by authz.Actor) Filter {
	f := Filter{TicketID: q.Int("ticket_id")}
	if q.Text("user_id") == "me" {
		f.UserID = &by.ID
	} else {
		f.UserID = q.Int("user_id")
	}
	for name, day := range map[string]*string{"from": &f.From, "to": &f.To} {
		*day = q.Text(name)
		if _, err := time.Parse(dayFormat, *day); *day != "" && err != nil {
			q.Wrong(name, "Must be a day such as 2026-03-02.")
		}
	}
	return f
}

// list answers GET /api/time_entries.
//
// @Summary List work
// @Description On tickets that the caller sees, the newest first.
// @ID listTimeEntries
// @Tags time
// @Produce json
// @Param ticket_id query int false "On this ticket" example(42)
// @Param user_id query string false "Of this person, or me" example(me)
// @Param from query string false "From this day on" example(2026-03-01)
// @Param to query string false "Up to this day" example(2026-03-31)
// @Param page query int false "The page" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next holds it"
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/time_entries [get]
func (s *Service) list(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	q := web.ReadQuery(c, append(filterParams, web.PageParams...)...)
	f, page := readFilter(q, by), q.Page(web.ByID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.List(ctx, by, f, page)
	if err != nil {
		return err
	}
	view, err := views(s.db.Read(ctx), by, rows.Rows)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, view)
}

// summary answers GET /api/time_entries/summary.
//
// @Summary Add work up by person
// @ID sumTimeEntries
// @Tags time
// @Produce json
// @Param ticket_id query int false "On this ticket" example(42)
// @Param user_id query string false "Of this person, or me" example(me)
// @Param from query string false "From this day on; 89 days before `to` unless given" example(2026-03-01)
// @Param to query string false "Up to this day; tomorrow unless given" example(2026-03-31)
// @Success 200 {object} SumsView
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/time_entries/summary [get]
func (s *Service) summary(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	q := web.ReadQuery(c, filterParams...)
	f := readFilter(q, by)
	f.bound(q, s.clock.Now())
	if err := q.Err(); err != nil {
		return err
	}
	sums, err := s.Sums(ctx, by, f)
	if err != nil {
		return err
	}
	ids := make([]int64, len(sums))
	for i, n := range sums {
		ids[i] = n.UserID
	}
	people, err := user.Cards(s.db.Read(ctx), ids...)
	if err != nil {
		return err
	}
	out := SumsView{Results: make([]SumView, len(sums))}
	for i, n := range sums {
		out.Results[i] = SumView{people[n.UserID], n.Minutes, n.Entries}
		out.TotalMinutes += n.Minutes
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// export answers GET /api/time_entries/export.
//
// @Summary Export work as CSV
// @Description All that the list holds, oldest first: UTF-8 with a byte order mark; a text that a spreadsheet could take for a formula has an apostrophe before it.
// @ID exportTimeEntries
// @Tags time
// @Produce text/csv
// @Param ticket_id query int false "On this ticket" example(42)
// @Param user_id query string false "Of this person, or me" example(me)
// @Param from query string false "From this day on" example(2026-03-01)
// @Param to query string false "Up to this day" example(2026-03-31)
// @Success 200 {string} string "The table"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/time_entries/export [get]
func (s *Service) export(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	q := web.ReadQuery(c, filterParams...)
	f := readFilter(q, by)
	if err := q.Err(); err != nil {
		return err
	}
	if !by.Can(authz.TicketWork) {
		return errDenied
	}
	// Written to memory first: an error then is an answer, and entries are short.
	var text strings.Builder
	to, err := sheet.NewCSV(&text)
	if err != nil {
		return err
	}
	if err := to.Row([]any{"id", "date", "user", "ticket_id", "title", "minutes", "note"}); err != nil {
		return err
	}
	if err := s.Each(ctx, by, f, func(rows []Entry) error { return s.rows(ctx, to, rows) }); err != nil {
		return err
	}
	if err := to.Close(); err != nil {
		return err
	}
	head := c.Writer.Header()
	head.Set("Cache-Control", "no-store")
	head.Set("Content-Disposition", `attachment; filename="time-`+s.clock.Now().UTC().Format(dayFormat)+`.csv"`)
	c.Data(http.StatusOK, "text/csv; charset=utf-8", []byte(text.String()))
	return nil
}

func (s *Service) rows(ctx context.Context, to sheet.Writer, rows []Entry) error {
	var people, tickets []int64
	for _, e := range rows {
		people, tickets = append(people, e.UserID), append(tickets, e.TicketID)
	}
	cards, err := user.Cards(s.db.Read(ctx), people...)
	if err != nil {
		return err
	}
	var named []ticket.Ticket
	if err := s.db.Read(ctx).Select("id", "title").Where("id IN ?", tickets).Find(&named).Error; err != nil {
		return err
	}
	titles := make(map[int64]string, len(named))
	for _, t := range named {
		titles[t.ID] = t.Title
	}
	for _, e := range rows {
		if err := to.Row([]any{e.ID, e.Day, cards[e.UserID].Username, e.TicketID, titles[e.TicketID], int64(e.Minutes), e.Note}); err != nil {
			return err
		}
	}
	return nil
}

// get answers GET /api/time_entries/{id}.
//
// @Summary Show some work
// @ID getTimeEntry
// @Tags time
// @Produce json
// @Param id path int true "The entry" example(9)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/time_entries/{id} [get]
func (s *Service) get(c *gin.Context) error {
	id, err := web.PathID(c, "time entry")
	if err != nil {
		return err
	}
	e, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.send(c, http.StatusOK, e, err)
}

// update answers PATCH /api/time_entries/{id}.
//
// @Summary Change some work
// @Description Their own; administrators all.
// @ID updateTimeEntry
// @Tags time
// @Accept json
// @Produce json
// @Param id path int true "The entry" example(9)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"author","admin":"any"}
// @Router /api/time_entries/{id} [patch]
func (s *Service) update(c *gin.Context) error {
	id, err := web.PathID(c, "time entry")
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := Change{Minutes: readMinutes(b), Note: b.Text("note", web.Max(MaxNote)), Day: readDay(b)}
	if err := b.Err(); err != nil {
		return err
	}
	e, err := s.Update(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c), ch)
	return s.send(c, http.StatusOK, e, err)
}

// remove answers DELETE /api/time_entries/{id}.
//
// @Summary Delete some work
// @Description Their own; administrators all.
// @ID deleteTimeEntry
// @Tags time
// @Produce json
// @Param id path int true "The entry" example(9)
// @Param If-Match header string false "The ETag that the change is based on"
// @Success 204 "Deleted"
// @Security BearerAuth
// @x-authz {"it_staff":"author","admin":"any"}
// @Router /api/time_entries/{id} [delete]
func (s *Service) remove(c *gin.Context) error {
	id, err := web.PathID(c, "time entry")
	if err != nil {
		return err
	}
	if err := s.Remove(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

func (s *Service) sendTimer(c *gin.Context, status int) error {
	ctx := c.Request.Context()
	t, title, err := s.Running(ctx, authz.From(ctx))
	if err != nil {
		return err
	}
	out := TimerView{}
	if t != nil {
		out.Timer = &RunningView{t.TicketID, title, t.StartedAt.UTC()}
	}
	return web.SendPlain(c, status, out)
}

// timer answers GET /api/timer.
//
// @Summary Show the caller's timer
// @ID getTimer
// @Tags time
// @Produce json
// @Success 200 {object} TimerView
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Router /api/timer [get]
func (s *Service) timer(c *gin.Context) error { return s.sendTimer(c, http.StatusOK) }

// start answers POST /api/timer/start.
//
// @Summary Start the timer on a ticket
// @Description Each person has one. One that runs on another ticket is stopped, and what it measured is written down; on the same ticket it goes on.
// @ID startTimer
// @Tags time
// @Accept json
// @Produce json
// @Param body body StartRequest true "The ticket"
// @Success 200 {object} TimerView
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Failure 404 {object} web.Problem "No such ticket"
// @Router /api/timer/start [post]
func (s *Service) start(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	id := b.ID("ticket_id")
	b.Require("ticket_id")
	if b.IsNull("ticket_id") {
		b.Wrong("ticket_id", "Must be an id.")
	}
	if err := b.Err(); err != nil {
		return err
	}
	if err := s.Start(c.Request.Context(), authz.From(c.Request.Context()), *id); err != nil {
		return err
	}
	return s.sendTimer(c, http.StatusOK)
}

// stopTimer answers POST /api/timer/stop.
//
// @Summary Stop the timer and write down what it measured
// @Description Full minutes, at least one and at most a day.
// @ID stopTimer
// @Tags time
// @Accept json
// @Produce json
// @Param body body StopRequest false "What was done"
// @Success 201 {object} View
// @Failure 409 {object} web.Problem "None is running (timer.none)"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Router /api/timer/stop [post]
func (s *Service) stopTimer(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	note := b.Text("note", web.Max(MaxNote))
	if err := b.Err(); err != nil {
		return err
	}
	text := ""
	if note != nil {
		text = *note
	}
	e, err := s.Stop(c.Request.Context(), authz.From(c.Request.Context()), text)
	return s.send(c, http.StatusCreated, e, err)
}

// discard answers POST /api/timer/discard.
//
// @Summary Stop the timer and write nothing down
// @ID discardTimer
// @Tags time
// @Produce json
// @Success 204 "Done"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Router /api/timer/discard [post]
func (s *Service) discard(c *gin.Context) error {
	if err := s.Discard(c.Request.Context(), authz.From(c.Request.Context())); err != nil {
		return err
	}
	return web.SendNothing(c)
}
