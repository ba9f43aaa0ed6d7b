package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket/query"
)

// Condition is a query of the query language as a question about one ticket, for
// rules that apply to some tickets. It depends on nobody's point of view.
type Condition struct{ filter Filter }

// Timed reports whether the condition has to be read again to hold now.
func (c Condition) Timed() bool { return slices.ContainsFunc(c.filter.rest, query.Timed) }

// Condition reads a query; field is where mistakes in it are reported. Fields in
// without are refused: a rule must not depend on what follows from it.
func (s *Service) Condition(ctx context.Context, field, text string, without ...string) (Condition, error) {
	return s.Conditions(ctx)(field, text, without...)
}

// Conditions returns Condition for many queries, which share what has to be looked up.
func (s *Service) Conditions(ctx context.Context) func(field, text string, without ...string) (Condition, error) {
	by := authz.System("rule")
	var known []QueryField
	more := func() (_ []QueryField, err error) {
		if known == nil {
			known, err = s.fieldsFor(s.db.Read(ctx), by, false)
		}
		return known, err
	}
	return func(field, text string, without ...string) (Condition, error) {
		return s.readCondition(ctx, by, more, field, text, without)
	}
}

func (s *Service) readCondition(ctx context.Context, by authz.Actor, more func() ([]QueryField, error), field, text string, without []string) (Condition, error) {
	var c Condition
	fields := map[string]QueryField{}
	tree, err := query.Parse(text, query.Env{
		More: func() ([]query.Field, error) {
			found, err := more()
			out := make([]query.Field, len(found))
			for i, q := range found {
				out[i], fields[q.Name] = q.Field, q
			}
			return out, err
		},
		Now: s.clock.Now(), Zone: time.UTC, Me: nobody, Teams: []int64{nobody},
		Person: func(name string) (int64, bool, error) { return personNamed(s.db.Read(ctx), name) },
		Team:   func(name string) (int64, bool, error) { return teamNamed(s.db.Read(ctx), by, name) },
	})
	var wrong *query.Error
	if errors.As(err, &wrong) {
		return c, fault.Field(field, "%s.", wrong)
	}
	if err != nil {
		return c, err
	}
	if name := personal(tree, without); name != "" {
		return c, fault.Field(field, "A condition that holds for everybody cannot ask for %s.", name)
	}
	c.filter = Filter{rest: []query.Node{tree}, fields: fields, reader: by}
	return c, nil
}

// nobody is what "me" and "mine" mean in a rule; it is found and refused.
const nobody = -1

// personal returns what in a query is not about the ticket alone, or "".
func personal(n query.Node, without []string) string {
	inner := func(list []query.Node) string {
		for _, x := range list {
			if name := personal(x, without); name != "" {
				return name
			}
		}
		return ""
	}
	if field := query.FieldOf(n); slices.Contains(without, field) {
		return field + ":"
	}
	switch n := n.(type) {
	case query.And:
		return inner(n)
	case query.Or:
		return inner(n)
	case query.Not:
		return personal(n.Of, without)
	case query.Unread:
		return "is:unread"
	case query.Watching:
		return "watching:me"
	case query.Person:
		if slices.Contains(n.IDs, nobody) {
			return n.Mine()
		}
	}
	return ""
}

// FirstMatch returns for each ticket the index of the first condition that holds,
// in one query; a ticket that none holds for is missing.
func (s *Service) FirstMatch(tx *gorm.DB, ids []int64, conditions []Condition) (map[int64]int, error) {
	out := make(map[int64]int, len(ids))
	if len(ids) == 0 || len(conditions) == 0 {
		return out, nil
	}
	q := &sqlText{}
	q.add("SELECT t.id, CASE")
	for i, c := range conditions {
		q.add(" WHEN ")
		part := &sqlText{}
		c.filter.where(part)
		q.add(strings.TrimPrefix(part.sql.String(), " AND "), part.args...)
		q.add(" THEN " + strconv.Itoa(i))
	}
	q.add(" ELSE -1 END AS at FROM tickets AS t WHERE t.id IN ?", ids)
	var rows []struct {
		ID int64
		At int
	}
	if err := tx.Raw(q.sql.String(), q.args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("hold tickets against conditions: %w", err)
	}
	for _, r := range rows {
		if r.At >= 0 {
			out[r.ID] = r.At
		}
	}
	return out, nil
}

// Terms splits a query into the parts that must all hold.
func Terms(text string) []string { return query.Terms(text) }

// Holds reports which of the conditions hold for a ticket, in one query; false when
// there is no such ticket.
func (s *Service) Holds(tx *gorm.DB, id int64, conditions []Condition) ([]bool, bool, error) {
	q := &sqlText{}
	q.add("SELECT t.id")
	for _, c := range conditions {
		part := &sqlText{}
		c.filter.where(part)
		q.add(", CASE WHEN ")
		q.add(strings.TrimPrefix(part.sql.String(), " AND "), part.args...)
		q.add(" THEN 1 ELSE 0 END")
	}
	q.add(" FROM tickets AS t WHERE t.id = ?", id)
	rows, err := tx.Raw(q.sql.String(), q.args...).Rows()
	if err != nil {
		return nil, false, fmt.Errorf("hold ticket %d against conditions: %w", id, err)
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		return nil, false, rows.Err()
	}
	flags := make([]int, len(conditions)+1)
	to := make([]any, len(flags))
	for i := range flags {
		to[i] = &flags[i]
	}
	if err := rows.Scan(to...); err != nil {
		return nil, false, fmt.Errorf("hold ticket %d against conditions: %w", id, err)
	}
	out := make([]bool, len(conditions))
	for i := range out {
		out[i] = flags[i+1] == 1
	}
	return out, true, rows.Err()
}
