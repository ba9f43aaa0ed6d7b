package timeentry

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/sheet"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// ReportLineView is a part of a report. Its id is null for tickets without a team,
// category, tag or value, and for a checkbox that is not set; its label is a name, a path or a title.
type ReportLineView struct {
	ID      *int64     `json:"id" extensions:"x-nullable" example:"7"`
	Label   string     `json:"label" example:"Hardware/Printer"`
	User    *user.Card `json:"user" extensions:"x-nullable"`
	Minutes int64      `json:"minutes" example:"85"`
	Entries int64      `json:"entries" example:"3"`
	Tickets int64      `json:"tickets" example:"2"`
} //@name TimeReportLine

// ReportView is how long was worked, added up. By tag, or by a field with several
// choices, an entry counts in several lines, and once in the total.
type ReportView struct {
	From         string           `json:"from" format:"date" example:"2026-03-01"`
	To           string           `json:"to" format:"date" example:"2026-03-31"`
	Group        string           `json:"group" example:"user"`
	TotalMinutes int64            `json:"total_minutes" example:"85"`
	Results      []ReportLineView `json:"results"`
	// More says that there are lines of less time beyond the last.
	More bool `json:"more" example:"false"`
} //@name TimeReport

var reportParams = append([]string{"group", "team_id", "category_id", "of", "value_id"}, filterParams...)

// asked is a report that was asked for.
type asked struct {
	by    authz.Actor
	of    Filter
	group By
	lines []Line
}

// readReport makes the report that a request asks for.
func (s *Service) readReport(c *gin.Context) (asked, error) {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	q := web.ReadQuery(c, reportParams...)
	f := readFilter(q, by)
	f.bound(q, s.clock.Now())
	group := cmp.Or(q.Text("group"), string(ByUser))
	for name, id := range map[string]**int64{"team_id": &f.TeamID, "category_id": &f.CategoryID} {
		if q.Text(name) == "none" {
			*id = new(int64)
			continue
		}
		*id = q.Int(name)
	}
	if err := s.readOf(c, q, &f); err != nil {
		return asked{}, err
	}
	lines, err := s.Report(ctx, by, f, By(group))
	return asked{by: by, of: f, group: By(group), lines: lines}, err
}

// readOf reads which tag, or which value of a field, a report is only about.
func (s *Service) readOf(c *gin.Context, q *web.Query, f *Filter) error {
	of, value := q.Text("of"), q.Text("value_id")
	if value != "none" && of != "" {
		if id := q.Int("value_id"); id != nil {
			f.value = *id
		} else if value == "" {
			q.Wrong("value_id", "Is required with of.")
		}
	}
	if of == "" && value != "" {
		q.Wrong("of", "Is required with value_id.")
	}
	if err := q.Err(); err != nil || of == "" {
		return err
	}
	g, err := By(of).grouping(s.db.Read(c.Request.Context()))
	if err != nil || !g.many {
		return fault.Field("of", "Must be tag, or cf. and the slug of a field that is a choice, several choices or a checkbox.")
	}
	f.group = &g
	return nil
}

// bound gives a filter days where a request names none.
func (f *Filter) bound(q *web.Query, now time.Time) {
	if q.Err() != nil {
		return
	}
	if f.To == "" {
		// Written down by a calendar that can be a day ahead of UTC.
		f.To = now.UTC().AddDate(0, 0, 1).Format(dayFormat)
		if f.From > f.To {
			f.To = f.From
		}
	}
	to, _ := time.Parse(dayFormat, f.To)
	if f.From == "" {
		f.From = to.AddDate(0, 0, 1-UsualDays).Format(dayFormat)
	}
	from, _ := time.Parse(dayFormat, f.From)
	switch {
	case from.After(to):
		q.Wrong("from", "Must not be after to.")
	case to.Sub(from) >= MostDays*24*time.Hour:
		q.Wrong("from", "A report covers at most 3660 days.")
	}
}

// report answers GET /api/time_entries/report.
//
// @Summary Add work up by person, team, category, ticket, tag or field
// @Description On tickets that the caller sees, by what they have now: team, category, tags, or the values of one of the desk's own fields that is a choice, several choices or a checkbox (`cf.` and its slug). The most time first, at most 1000 lines. Without days, the last 90 up to tomorrow (a calendar can be ahead of UTC) are added up; at most 3660. `of` and `value_id` narrow it to tickets with a tag or a value, by the id of a line.
// @ID reportTime
// @Tags time
// @Produce json
// @Param group query string false "By what: user, team, category, ticket, tag, or cf. and a slug" default(user) example(tag)
// @Param ticket_id query int false "On this ticket" example(42)
// @Param user_id query string false "Of this person, or me" example(me)
// @Param team_id query string false "On tickets of this team, or of none" example(2)
// @Param category_id query string false "On tickets of this category, or of none" example(none)
// @Param of query string false "On tickets with a value of this: tag, or cf. and a slug" example(tag)
// @Param value_id query string false "Which value, or none" example(3)
// @Param from query string false "From this day on; 89 days before `to` unless given" example(2026-03-01)
// @Param to query string false "Up to this day; tomorrow unless given" example(2026-03-31)
// @Success 200 {object} ReportView
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/time_entries/report [get]
func (s *Service) report(c *gin.Context) error {
	r, err := s.readReport(c)
	if err != nil {
		return err
	}
	out := ReportView{From: r.of.From, To: r.of.To, Group: string(r.group), Results: make([]ReportLineView, len(r.lines)), More: len(r.lines) == MaxLines}
	for i, l := range r.lines {
		v := ReportLineView{Label: l.Label, User: l.User, Minutes: l.Minutes, Entries: l.Entries, Tickets: l.Tickets}
		if l.ID != 0 {
			v.ID = &l.ID
		}
		out.Results[i] = v
		out.TotalMinutes += l.Minutes
	}
	if out.More || r.group == ByTag || strings.HasPrefix(string(r.group), ticket.CustomPrefix) {
		sums, err := s.Sums(c.Request.Context(), r.by, r.of)
		if err != nil {
			return err
		}
		out.TotalMinutes = 0
		for _, n := range sums {
			out.TotalMinutes += n.Minutes
		}
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// reportCSV answers GET /api/time_entries/report/csv.
//
// @Summary Export work added up as CSV
// @Description The lines of the report: UTF-8 with a byte order mark; a text that a spreadsheet could take for a formula has an apostrophe before it.
// @ID exportTimeReport
// @Tags time
// @Produce text/csv
// @Param group query string false "By what: user, team, category, ticket, tag, or cf. and a slug" default(user) example(tag)
// @Param ticket_id query int false "On this ticket" example(42)
// @Param user_id query string false "Of this person, or me" example(me)
// @Param team_id query string false "On tickets of this team, or of none" example(2)
// @Param category_id query string false "On tickets of this category, or of none" example(none)
// @Param of query string false "On tickets with a value of this: tag, or cf. and a slug" example(tag)
// @Param value_id query string false "Which value, or none" example(3)
// @Param from query string false "From this day on; 89 days before `to` unless given" example(2026-03-01)
// @Param to query string false "Up to this day; tomorrow unless given" example(2026-03-31)
// @Success 200 {string} string "The table"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/time_entries/report/csv [get]
func (s *Service) reportCSV(c *gin.Context) error {
	r, err := s.readReport(c)
	if err != nil {
		return err
	}
	group := strings.TrimPrefix(string(r.group), ticket.CustomPrefix)
	var text strings.Builder
	to, err := sheet.NewCSV(&text)
	if err != nil {
		return err
	}
	if err := to.Row([]any{group + "_id", group, "minutes", "entries", "tickets"}); err != nil {
		return err
	}
	for _, l := range r.lines {
		var id any = ""
		if l.ID != 0 {
			id = l.ID
		}
		if err := to.Row([]any{id, l.Label, l.Minutes, l.Entries, l.Tickets}); err != nil {
			return err
		}
	}
	if err := to.Close(); err != nil {
		return err
	}
	head := c.Writer.Header()
	head.Set("Cache-Control", "no-store")
	head.Set("Content-Disposition", `attachment; filename="time-by-`+group+"-"+s.clock.Now().UTC().Format(time.DateOnly)+`.csv"`)
	c.Data(http.StatusOK, "text/csv; charset=utf-8", []byte(text.String()))
	return nil
}
