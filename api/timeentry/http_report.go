package timeentry

import (
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/sheet"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/user"
)

// ReportLineView is a part of a report. Its id is null for tickets without a team, or
// without a category; its label is a name, a path or a title.
type ReportLineView struct {
	ID      *int64     `json:"id" extensions:"x-nullable" example:"7"`
	Label   string     `json:"label" example:"Hardware/Printer"`
	User    *user.Card `json:"user" extensions:"x-nullable"`
	Minutes int64      `json:"minutes" example:"85"`
	Entries int64      `json:"entries" example:"3"`
	Tickets int64      `json:"tickets" example:"2"`
} //@name TimeReportLine

// ReportView is how long was worked, added up.
type ReportView struct {
	Group        string           `json:"group" enums:"user,team,category,ticket" example:"user"`
	TotalMinutes int64            `json:"total_minutes" example:"85"`
	Results      []ReportLineView `json:"results"`
	// More says that there are lines of less time beyond the last.
	More bool `json:"more" example:"false"`
} //@name TimeReport

var reportParams = append([]string{"group", "team_id", "category_id"}, filterParams...)

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
	group := q.OneOf("group", Groups...)
	if group == "" {
		group = string(ByUser)
	}
	for name, id := range map[string]**int64{"team_id": &f.TeamID, "category_id": &f.CategoryID} {
		if q.Text(name) == "none" {
			*id = new(int64)
			continue
		}
		*id = q.Int(name)
	}
	if err := q.Err(); err != nil {
		return asked{}, err
	}
	lines, err := s.Report(ctx, by, f, By(group))
	return asked{by: by, of: f, group: By(group), lines: lines}, err
}

// report answers GET /api/time_entries/report.
//
// @Summary Add work up by person, team, category or ticket
// @Description On tickets that the caller sees, by the team and the category that they have now; the most time first, at most 1000 lines.
// @ID reportTime
// @Tags time
// @Produce json
// @Param group query string false "By what" Enums(user, team, category, ticket) default(user)
// @Param ticket_id query int false "On this ticket" example(42)
// @Param user_id query string false "Of this person, or me" example(me)
// @Param team_id query string false "On tickets of this team, or of none" example(2)
// @Param category_id query string false "On tickets of this category, or of none" example(none)
// @Param from query string false "From this day on" example(2026-03-01)
// @Param to query string false "Up to this day" example(2026-03-31)
// @Success 200 {object} ReportView
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/time_entries/report [get]
func (s *Service) report(c *gin.Context) error {
	r, err := s.readReport(c)
	if err != nil {
		return err
	}
	out := ReportView{Group: string(r.group), Results: make([]ReportLineView, len(r.lines)), More: len(r.lines) == MaxLines}
	for i, l := range r.lines {
		v := ReportLineView{Label: l.Label, User: l.User, Minutes: l.Minutes, Entries: l.Entries, Tickets: l.Tickets}
		if l.ID != 0 {
			v.ID = &l.ID
		}
		out.Results[i] = v
		out.TotalMinutes += l.Minutes
	}
	if out.More {
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
// @Param group query string false "By what" Enums(user, team, category, ticket) default(user)
// @Param ticket_id query int false "On this ticket" example(42)
// @Param user_id query string false "Of this person, or me" example(me)
// @Param team_id query string false "On tickets of this team, or of none" example(2)
// @Param category_id query string false "On tickets of this category, or of none" example(none)
// @Param from query string false "From this day on" example(2026-03-01)
// @Param to query string false "Up to this day" example(2026-03-31)
// @Success 200 {string} string "The table"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/time_entries/report/csv [get]
func (s *Service) reportCSV(c *gin.Context) error {
	r, err := s.readReport(c)
	if err != nil {
		return err
	}
	group := string(r.group)
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
