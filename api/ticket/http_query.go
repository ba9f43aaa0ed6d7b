package ticket

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket/query"
)

// CountView is the number of tickets that a filter finds.
type CountView struct {
	Count int64 `json:"count" example:"12"`
	// Exact is false when there are more: above 10,000, and where too many would have to be looked at.
	Exact bool `json:"exact" example:"true"`
} //@name TicketCount

// FieldView is a field of the query language.
type FieldView struct {
	Name    string   `json:"name" example:"status"`
	Kind    string   `json:"kind" enums:"choice,person,number,time,text,flag" example:"choice"`
	Values  []string `json:"values" example:"open,in_progress"`
	Example string   `json:"example" example:"status:open,in_progress"`
} //@name QueryField

// FieldsView lists the fields of the query language.
type FieldsView struct {
	Fields []FieldView `json:"fields"`
} //@name QueryFields

// count answers GET /api/tickets/count.
//
// @Summary Count tickets
// @Description Takes the filters of the list, and answers its count alone.
// @ID countTickets
// @Tags tickets
// @Produce json
// @Param q query string false "A query in the query language (docs/reference/query.md)" example(status:open assignee:me)
// @Param tz query string false "The time zone in which the days of q begin; else that of the profile, else UTC" example(Europe/Berlin)
// @Param ids query string false "At most 100 ids, separated by commas" example(41,42)
// @Param status query string false "One or more of open, in_progress, resolved, closed, separated by commas" example(open)
// @Param priority query string false "One or more of low, medium, high, urgent, separated by commas" example(high)
// @Param search query string false "A phrase in title or description" example(printer)
// @Param assigned_to query string false "The assignee's id, me, or none" example(me)
// @Param created_by query string false "The requester's id, or me" example(7)
// @Param sort query string false "Changes nothing"
// @Success 200 {object} CountView
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/count [get]
func (s *Service) count(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	q := web.ReadQuery(c, filterParams...)
	f, err := s.readFilter(ctx, q, by)
	if err != nil {
		return err
	}
	if err := q.Err(); err != nil {
		return err
	}
	n, err := s.Count(ctx, by, f)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, CountView{Count: n.N, Exact: n.Exact})
}

// queryFields answers GET /api/tickets/query_fields.
//
// @Summary List the fields of the query language
// @Description Those that the caller may ask for, with the values that can be offered. The desk's own fields are among them.
// @ID listQueryFields
// @Tags tickets
// @Produce json
// @Success 200 {object} FieldsView
// @Security BearerAuth
// @x-authz {"employee":"any","it_staff":"any","admin":"any"}
// @Router /api/tickets/query_fields [get]
func (s *Service) queryFields(c *gin.Context) error {
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	more, err := s.fieldsFor(s.db.Read(ctx), authz.From(ctx), true)
	if err != nil {
		return err
	}
	fields := slices.Clone(query.Fields)
	is := slices.IndexFunc(fields, func(f query.Field) bool { return f.Name == "is" })
	fields[is].Values = slices.Clone(fields[is].Values)
	for _, f := range more {
		if what, ok := strings.CutPrefix(f.Name, "is:"); ok {
			fields[is].Values = append(fields[is].Values, what)
			continue
		}
		fields = append(fields, f.Field)
	}
	out := FieldsView{Fields: make([]FieldView, len(fields))}
	for i, f := range fields {
		out.Fields[i] = FieldView{Name: f.Name, Kind: string(f.Kind), Values: append([]string{}, f.Values...), Example: f.Example}
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// ReadFilter reads the parameters FilterParams of a request; what is wrong with
// them is in q, unless it cannot be told.
func (s *Service) ReadFilter(ctx context.Context, q *web.Query, by authz.Actor) (Filter, error) {
	return s.readFilter(ctx, q, by)
}
