package calendar

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Routes registers the endpoints of calendars.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/calendars", web.Handle(s.list))
	signedIn.POST("/calendars", keys.Post(s.create))
	signedIn.GET("/calendars/:id", web.Handle(s.get))
	signedIn.PATCH("/calendars/:id", web.Handle(s.update))
	signedIn.DELETE("/calendars/:id", web.Handle(s.delete))
	signedIn.POST("/calendars/:id/import_holidays", keys.Post(s.importHolidays))
	signedIn.GET("/calendars/:id/intervals", web.Handle(s.intervals))
}

// list answers GET /api/calendars.
//
// @Summary List the calendars
// @Description The hours in which people work, in which SLA times are counted. Oldest first.
// @ID listCalendars
// @Tags calendars
// @Produce json
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/calendars [get]
func (s *Service) list(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	q := web.ReadQuery(c, web.PageParams...)
	page := q.Page(web.ByOldestID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.List(c.Request.Context(), by, page)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, viewFor(by))
}

// create answers POST /api/calendars.
//
// @Summary Make a calendar
// @ID createCalendar
// @Tags calendars
// @Accept json
// @Produce json
// @Param body body CreateRequest true "The calendar"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/calendars [post]
func (s *Service) create(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errManageDenied
	}
	ch, err := readChanges(c, "name", "zone", "hours")
	if err != nil {
		return err
	}
	cal, err := s.Create(c.Request.Context(), by, ch)
	return answer(c, http.StatusCreated, cal, err)
}

// get answers GET /api/calendars/{id}.
//
// @Summary Show a calendar
// @ID getCalendar
// @Tags calendars
// @Produce json
// @Param id path int true "The calendar" example(1)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/calendars/{id} [get]
func (s *Service) get(c *gin.Context) error {
	id, err := web.PathID(c, Subject)
	if err != nil {
		return err
	}
	cal, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), id)
	return answer(c, http.StatusOK, cal, err)
}

// update answers PATCH /api/calendars/{id}.
//
// @Summary Change a calendar
// @Description hours and holidays replace all that were there. SLA times of open tickets are counted again.
// @ID updateCalendar
// @Tags calendars
// @Accept json
// @Produce json
// @Param id path int true "The calendar" example(1)
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/calendars/{id} [patch]
func (s *Service) update(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	id, err := web.PathID(c, Subject)
	if err != nil {
		return err
	}
	if !canManage(by) {
		return errManageDenied
	}
	ch, err := readChanges(c)
	if err != nil {
		return err
	}
	cal, err := s.Update(c.Request.Context(), by, id, web.IfMatch(c), ch)
	return answer(c, http.StatusOK, cal, err)
}

// delete answers DELETE /api/calendars/{id}.
//
// @Summary Delete a calendar
// @ID deleteCalendar
// @Tags calendars
// @Produce json
// @Param id path int true "The calendar" example(1)
// @Success 204 "Deleted"
// @Failure 409 {object} web.Problem "Something still counts in it"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/calendars/{id} [delete]
func (s *Service) delete(c *gin.Context) error {
	id, err := web.PathID(c, Subject)
	if err != nil {
		return err
	}
	if err := s.Delete(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// importHolidays answers POST /api/calendars/{id}/import_holidays.
//
// @Summary Import days off from an iCalendar file
// @Description Adds the whole-day events of an iCalendar file (RFC 5545); those that come back are written down for the next five years. A file with anything wrong in it changes nothing. With dry_run the answer says what would be added.
// @ID importHolidays
// @Tags calendars
// @Accept json
// @Produce json
// @Param id path int true "The calendar" example(1)
// @Param body body ImportRequest true "The file"
// @Success 200 {object} ImportView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/calendars/{id}/import_holidays [post]
func (s *Service) importHolidays(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	id, err := web.PathID(c, Subject)
	if err != nil {
		return err
	}
	if !canManage(by) {
		return errManageDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	text, dry := b.Text("ics", web.NotBlank), b.Bool("dry_run")
	b.Require("ics")
	if err := b.Err(); err != nil {
		return err
	}
	cal, f, err := s.Import(c.Request.Context(), by, id, web.IfMatch(c), *text, dry != nil && *dry)
	if err != nil {
		return err
	}
	v := ImportView{Added: holidayViews(f.New), Known: f.Known, Skipped: f.Skipped, Calendar: viewFor(by)(cal)}
	if v.Skipped == nil {
		v.Skipped = []string{}
	}
	return web.SendPlain(c, http.StatusOK, v)
}

// The longest time that intervals are listed for, and how many.
const (
	maxAhead     = 400 * 24 * time.Hour
	maxIntervals = 1000
)

// intervals answers GET /api/calendars/{id}/intervals.
//
// @Summary Count the working time between two moments
// @Description Lists each stretch of time that is worked and each that is not, with the holiday that says so.
// @ID listCalendarIntervals
// @Tags calendars
// @Produce json
// @Param id path int true "The calendar" example(1)
// @Param from query string true "From when" format(date-time) example(2026-12-23T08:00:00Z)
// @Param to query string true "Until when, at most 400 days later" format(date-time) example(2026-12-28T17:00:00Z)
// @Success 200 {object} IntervalsView
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/calendars/{id}/intervals [get]
func (s *Service) intervals(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	id, err := web.PathID(c, Subject)
	if err != nil {
		return err
	}
	q := web.ReadQuery(c, "from", "to")
	read := func(name string) time.Time {
		t, err := time.Parse(time.RFC3339, q.Text(name))
		if err != nil || t.Year() < 1970 || t.Year() > 2199 {
			q.Wrong(name, "Must be a time such as 2026-12-23T08:00:00Z.")
		}
		return t.UTC()
	}
	from, to := read("from"), read("to")
	if err := q.Err(); err != nil {
		return err
	}
	if to.Before(from) || to.Sub(from) > maxAhead {
		return fault.Field("to", "Must be at most 400 days after from.")
	}
	cal, err := s.Get(c.Request.Context(), by, id)
	if err != nil {
		return err
	}
	schedule, err := cal.Schedule()
	if err != nil {
		return err
	}
	out := IntervalsView{Seconds: int64(schedule.Between(from, to) / time.Second), Intervals: []IntervalView{}}
	list, more := schedule.Intervals(from, to, maxIntervals)
	out.More = more
	for _, i := range list {
		out.Intervals = append(out.Intervals, i.View())
	}
	return web.SendPlain(c, http.StatusOK, out)
}

func readChanges(c *gin.Context, required ...string) (Changes, error) {
	b, err := web.ReadBody(c)
	if err != nil {
		return Changes{}, err
	}
	ch := Changes{Name: b.Text("name", web.NotBlank, web.Max(maxName)), Zone: b.Text("zone", zoneRule)}
	if raw := b.Raw("hours"); raw != nil {
		ch.Hours = readWeek(b, raw)
	}
	if raw := b.Raw("holidays"); raw != nil {
		if list, err := readHolidays(raw); err != nil {
			b.Wrong("holidays", capital(err.Error()))
		} else {
			ch.Holidays = &list
		}
	}
	b.Require(required...)
	ch.Wrong = b.Err()
	return ch, nil
}

func answer(c *gin.Context, status int, cal Calendar, err error) error {
	if err != nil {
		return err
	}
	return web.Send(c, status, viewFor(authz.From(c.Request.Context()))(cal), cal.Version)
}

// Explain turns what is wrong with a schedule into words for people.
func Explain(err error) string {
	switch {
	case errors.Is(err, ErrNeverOpen):
		return "The calendar has no working hours."
	case errors.Is(err, ErrTooFar):
		return "The calendar's working hours do not add up to this time within ten years."
	}
	return "The calendar cannot be used."
}
