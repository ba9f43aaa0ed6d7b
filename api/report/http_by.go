package report

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/sheet"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// split answers GET /api/reports/by.
//
// @Summary Report on the desk by tag or field
// @Description The numbers of `GET /api/reports/desk`, split by `tag`, or by one of the desk's own fields that is a choice, several choices or a checkbox (`cf.` and its slug). A ticket with several values counts in each. At most 200 rows, those with most tickets first. Unlike the other numbers these are read from the tickets: refused when more than 200,000 tickets were created, answered or solved in the period, or are unfinished.
// @ID getSplitReport
// @Tags reports
// @Produce json
// @Param by query string true "What to split by" example(tag)
// @Param from query string false "The first day; 29 days before `to` unless given" format(date) example(2026-03-01)
// @Param to query string false "The last day; today (UTC) unless given" format(date) example(2026-03-30)
// @Success 200 {object} ByView
// @Failure 400 {object} web.Problem "A wrong or unknown parameter, or too many tickets"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not an administrator"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/reports/by [get]
func (s *Service) split(c *gin.Context) error {
	v, err := s.readBy(c)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, v)
}

func (s *Service) readBy(c *gin.Context) (ByView, error) {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if !canView(by) {
		return ByView{}, errDenied
	}
	q := web.ReadQuery(c, "by", "from", "to")
	p, name := s.period(q), q.Text("by")
	if name == "" {
		q.Wrong("by", "Is required.")
	}
	if err := q.Err(); err != nil {
		return ByView{}, err
	}
	return s.By(ctx, by, name, p)
}

// splitTable answers GET /api/reports/by/csv.
//
// @Summary Get the report by tag or field as a table
// @Description `GET /api/reports/by` as CSV (UTF-8 with byte order mark; durations in seconds). A text that a spreadsheet could take for a formula has an apostrophe before it.
// @ID getSplitReportTable
// @Tags reports
// @Produce text/csv
// @Param by query string true "What to split by" example(tag)
// @Param from query string false "The first day; 29 days before `to` unless given" format(date) example(2026-03-01)
// @Param to query string false "The last day; today (UTC) unless given" format(date) example(2026-03-30)
// @Success 200 {string} string "The table"
// @Failure 400 {object} web.Problem "A wrong or unknown parameter, or too many tickets"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not an administrator"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/reports/by/csv [get]
func (s *Service) splitTable(c *gin.Context) error {
	v, err := s.readBy(c)
	if err != nil {
		return err
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", `attachment; filename="report-`+strings.TrimPrefix(v.By, "cf.")+"-"+v.From+"-"+v.To+`.csv"`)
	c.Header("Cache-Control", "no-store")
	c.Status(http.StatusOK)
	w, err := sheet.NewCSV(c.Writer)
	if err != nil {
		return nil // the client is gone
	}
	rows := [][]any{slices.Concat([]any{v.By}, numberNames)}
	for _, r := range v.Rows {
		rows = append(rows, slices.Concat([]any{r.Label}, r.cells()))
	}
	for _, row := range rows {
		if err := w.Row(row); err != nil {
			return nil
		}
	}
	_ = w.Close()
	return nil
}
