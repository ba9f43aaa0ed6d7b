package report

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/sheet"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket/stat"
)

// defaultDays is how many days a report covers unless asked otherwise.
const defaultDays = 30

// desk answers GET /api/reports/desk.
//
// @Summary Report on the desk
// @Description Tickets created, answered for the first time and solved in a period, how long that took, and the backlog at its end, with the period of the same length before it. Days are those of UTC. Numbers are about the tickets as they are now: one that was reopened is not solved, one that was deleted was never there. `first_response` counts tickets whose first public answer by IT staff other than the requester fell into the period, `resolution` those solved in it; percentiles are at most `percentile_error` (4.5 %) or 30 seconds away from the nearest rank. `queries` find the tickets behind each number. `series` has a point per day, per week above 100 days, per month above 735. The rows of `breakdowns` have in `backlog` what is unfinished now; the agent is the assignee.
// @ID getDeskReport
// @Tags reports
// @Produce json
// @Param from query string false "The first day; 29 days before `to` unless given" format(date) example(2026-03-01)
// @Param to query string false "The last day; today (UTC) unless given" format(date) example(2026-03-30)
// @Success 200 {object} DeskView
// @Failure 400 {object} web.Problem "A wrong or unknown parameter"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not an administrator"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/reports/desk [get]
func (s *Service) desk(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if !canView(by) {
		return errDenied
	}
	q := web.ReadQuery(c, "from", "to")
	p := s.period(q)
	if err := q.Err(); err != nil {
		return err
	}
	v, err := s.Desk(ctx, by, p)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, v)
}

// deskTable answers GET /api/reports/desk/csv.
//
// @Summary Get a table of the report on the desk
// @Description A table of `GET /api/reports/desk` as CSV (UTF-8 with byte order mark; durations in seconds). A text that a spreadsheet could take for a formula has an apostrophe before it.
// @ID getDeskReportTable
// @Tags reports
// @Produce text/csv
// @Param table query string true "The table" Enums(series, priority, agent, category, team, channel)
// @Param from query string false "The first day; 29 days before `to` unless given" format(date) example(2026-03-01)
// @Param to query string false "The last day; today (UTC) unless given" format(date) example(2026-03-30)
// @Success 200 {string} string "The table"
// @Failure 400 {object} web.Problem "A wrong or unknown parameter"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not an administrator"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/reports/desk/csv [get]
func (s *Service) deskTable(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if !canView(by) {
		return errDenied
	}
	q := web.ReadQuery(c, "table", "from", "to")
	p := s.period(q)
	names := []string{"series"}
	for _, d := range dimensions {
		names = append(names, d.name)
	}
	table := q.OneOf("table", names...)
	if q.Text("table") == "" {
		q.Wrong("table", "Is required.")
	}
	if err := q.Err(); err != nil {
		return err
	}
	v, err := s.Desk(ctx, by, p)
	if err != nil {
		return err
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", `attachment; filename="report-`+table+"-"+v.From+"-"+v.To+`.csv"`)
	c.Header("Cache-Control", "no-store")
	c.Status(http.StatusOK)
	w, err := sheet.NewCSV(c.Writer)
	if err != nil {
		return nil // the client is gone
	}
	for _, row := range v.table(table) {
		if err := w.Row(row); err != nil {
			return nil
		}
	}
	_ = w.Close()
	return nil
}

// numberNames heads what cells returns.
var numberNames = []any{
	"created", "solved", "backlog",
	"first_response_count", "first_response_p50_seconds", "first_response_p90_seconds", "first_response_p95_seconds",
	"resolution_count", "resolution_p50_seconds", "resolution_p90_seconds", "resolution_p95_seconds",
}

// table returns the rows of a table below its header.
func (v DeskView) table(name string) [][]any {
	if name == "series" {
		out := [][]any{slices.Concat([]any{"from", "to"}, numberNames)}
		for _, p := range v.Series {
			out = append(out, slices.Concat([]any{p.From, p.To}, p.cells()))
		}
		return out
	}
	out := [][]any{slices.Concat([]any{name}, numberNames, []any{"previous_created", "previous_solved"})}
	for _, b := range v.Breakdowns {
		if b.Dimension != name {
			continue
		}
		for _, r := range b.Rows {
			out = append(out, slices.Concat([]any{r.Label}, r.cells(), []any{r.PreviousCreated, r.PreviousSolved}))
		}
	}
	return out
}

func (n NumbersView) cells() []any {
	out := []any{n.Created, n.Solved, n.Backlog}
	for _, t := range []TimesView{n.FirstResponse, n.Resolution} {
		out = append(out, t.Count)
		for _, p := range []*int64{t.P50, t.P90, t.P95} {
			if p == nil {
				out = append(out, nil)
			} else {
				out = append(out, *p)
			}
		}
	}
	return out
}

// period reads the days of a report.
func (s *Service) period(q *web.Query) Period {
	day := func(name string, otherwise int64) int64 {
		text := q.Text(name)
		if text == "" {
			return otherwise
		}
		t, err := time.Parse(time.DateOnly, text)
		if err != nil || t.Year() < 1970 {
			q.Wrong(name, "Must be a day such as 2026-03-31, from 1970 on.")
			return otherwise
		}
		return stat.Day(t)
	}
	p := Period{Last: day("to", stat.Day(s.clock.Now()))}
	p.First = day("from", p.Last+1-defaultDays)
	switch {
	case q.Err() != nil:
	case p.First > p.Last:
		q.Wrong("from", "Must not be after to.")
	case p.Last-p.First >= MaxDays:
		q.Wrong("from", "A report covers at most 3660 days.")
	}
	return p
}
