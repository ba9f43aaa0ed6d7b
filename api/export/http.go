package export

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/sheet"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
)

const (
	// writeTime is how long a client may take for what is written at once.
	writeTime = 60 * time.Second
	// findTime is how long the search for the tickets may take.
	findTime = 30 * time.Second
)

// Routes registers the endpoints of exports.
func (s *Service) Routes(signedIn *gin.RouterGroup) {
	signedIn.GET("/tickets/export", web.Handle(s.export))
	signedIn.GET("/tickets/export_columns", web.Handle(s.listColumns))
}

// ColumnView is a column that an export can hold.
type ColumnView struct {
	Name    string `json:"name" example:"requester_email"`
	Title   string `json:"title" example:"Requester's e-mail"`
	Default bool   `json:"default" example:"false"`
} //@name ExportColumn

// ColumnsView lists columns.
type ColumnsView struct {
	Columns []ColumnView `json:"columns"`
} //@name ExportColumns

// listColumns answers GET /api/tickets/export_columns.
//
// @Summary List the columns of exports
// @Description The columns that the caller may export, in their usual order.
// @ID listExportColumns
// @Tags tickets
// @Produce json
// @Success 200 {object} ColumnsView
// @Failure 401 {object} web.Problem "Not signed in"
// @Security BearerAuth
// @x-authz {"employee":"any","it_staff":"any","admin":"any"}
// @Router /api/tickets/export_columns [get]
func (s *Service) listColumns(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	out := ColumnsView{Columns: []ColumnView{}}
	columns, err := available(s.db.Read(c.Request.Context()), by)
	if err != nil {
		return err
	}
	for _, col := range columns {
		out.Columns = append(out.Columns, ColumnView{col.Name, col.Title, col.Default})
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// export answers GET /api/tickets/export.
//
// @Summary Export tickets as CSV or Excel
// @Description All tickets that `GET /api/tickets` lists with the same parameters, each exactly once, as it is when it is written. CSV is UTF-8 with a byte order mark, has times in RFC 3339 (UTC) and durations in seconds, and is sent while it is written; a text that a spreadsheet could take for a formula has an apostrophe before it, which `fixdesk import csv` takes off again. Excel has real times in the zone of `tz`, and texts cut to the 32,767 characters that a cell holds. `X-Total-Count` is the number of tickets found. A connection that ends without the end of the answer means that the export is incomplete.
// @ID exportTickets
// @Tags tickets
// @Produce text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
// @Param format query string false "The format" Enums(csv, xlsx) default(csv)
// @Param columns query string false "The columns, separated by commas, in this order" example(id,title,status)
// @Param q query string false "A query in the query language (docs/reference/query.md)" example(status:open assignee:me printer)
// @Param tz query string false "The time zone of q's days, and of times in Excel" default(UTC) example(Europe/Berlin)
// @Param ids query string false "At most 100 ids, separated by commas: of them, those that the other parameters find" example(41,42)
// @Param status query string false "One or more of open, in_progress, resolved, closed, separated by commas" example(open,in_progress)
// @Param priority query string false "One or more of low, medium, high, urgent, separated by commas" example(high,urgent)
// @Param search query string false "A phrase in title or description, upper and lower case alike" example(printer)
// @Param assigned_to query string false "The assignee's id, me, or none" example(me)
// @Param created_by query string false "The requester's id, or me" example(7)
// @Param sort query string false "The order" Enums(-created_at, created_at, -updated_at, updated_at, -priority, priority, -status, status, due_at, -due_at) default(-created_at)
// @Success 200 {string} string "The table"
// @Header 200 {integer} X-Total-Count "How many tickets were found"
// @Failure 400 {object} web.Problem "A wrong or unknown parameter"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 429 {object} web.Problem "Too many exports are running"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/export [get]
func (s *Service) export(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	q := web.ReadQuery(c, append([]string{"format", "columns"}, ticket.FilterParams...)...)
	f, err := s.tickets.ReadFilter(ctx, q, by)
	if err != nil {
		return err
	}
	format := q.OneOf("format", "csv", "xlsx")
	names := q.List("columns")
	if err := q.Err(); err != nil {
		return err
	}
	columns, err := columnsFor(s.db.Read(ctx), by, names)
	if err != nil {
		return err
	}
	leave, err := s.enter(by)
	if err != nil {
		return err
	}
	defer leave()
	finding, cancel := context.WithTimeout(ctx, findTime)
	defer cancel()
	ids, err := s.tickets.IDs(finding, by, f)
	if err != nil {
		return err
	}
	rc := http.NewResponseController(c.Writer)
	// The server's limits are for answers that are short.
	_ = rc.SetReadDeadline(time.Time{})
	out := &patient{out: c.Writer, rc: rc}
	head := c.Writer.Header()
	head.Set("Cache-Control", "no-store")
	head.Set("X-Total-Count", strconv.Itoa(len(ids)))
	name := "tickets-" + s.now().UTC().Format("2006-01-02-1504")
	var to sheet.Writer
	if format == "xlsx" {
		zone, err := time.LoadLocation(q.Text("tz"))
		if err != nil {
			return err
		}
		if to, err = sheet.NewExcel(out, "Tickets", zone); err != nil {
			return err
		}
		head.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		head.Set("Content-Disposition", `attachment; filename="`+name+`.xlsx"`)
	} else {
		head.Set("Content-Type", "text/csv; charset=utf-8")
		head.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
		c.Status(http.StatusOK)
		if to, err = sheet.NewCSV(out); err != nil {
			return nil // the client is gone
		}
	}
	err = s.write(ctx, by, to, columns, format == "xlsx", ids, func() error {
		if format == "xlsx" {
			return nil // nothing to send before the end
		}
		return rc.Flush()
	})
	if err == nil {
		return nil
	}
	if !c.Writer.Written() {
		return err
	}
	if !errors.Is(ctx.Err(), context.Canceled) {
		slog.WarnContext(ctx, "an export broke off", "error", err, "request_id", web.RequestID(c))
	}
	// An end that looks whole would be taken for one.
	panic(http.ErrAbortHandler)
}

// patient gives every write its own time, which is the network's, whatever time
// it is for the desk.
type patient struct {
	out io.Writer
	rc  *http.ResponseController
}

func (p *patient) Write(data []byte) (int, error) {
	_ = p.rc.SetWriteDeadline(clock.System{}.Now().Add(writeTime))
	return p.out.Write(data)
}
