package ticket

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket/query"
)

// QueryField is a field of the query language beyond query.Fields: a tag, a
// category, a field of the installation's own, what a reactor keeps.
type QueryField struct {
	query.Field
	// Write writes a condition on the field as SQL about a ticket named t. It must
	// be true or false, never NULL.
	Write func(add query.Add, n query.Node)
	// Walk returns an index that holds what a condition finds; nil, or false, for
	// none. A field without one is only looked at on the way along a list.
	Walk func(n query.Node) (Walk, bool)
}

// Walk is an index that can lead a list.
type Walk struct {
	Table string // "tickets", or a table with a ticket_id
	Index string
	// Where writes the condition on Table, which is named t if it is tickets and
	// k otherwise. The names are the program's own; values are arguments.
	Where func(add query.Add)
	// Ordered says that the index holds each ticket once and in the order of the
	// tickets' ids: a list of the newest then needs no sorting.
	Ordered bool

	at int // which of a filter's conditions it is
}

func (w *Walk) own() bool { return w.Table == table }

func (w *Walk) alias() string {
	if w.own() {
		return "t"
	}
	return "k"
}

func (w *Walk) id() string {
	if w.own() {
		return "t.id"
	}
	return "k.ticket_id"
}

// FieldSource returns the fields that somebody may ask for. With offer, it also
// finds out which values to offer.
type FieldSource func(tx *gorm.DB, by authz.Actor, offer bool) ([]QueryField, error)

// AddQueryFields adds a source of fields, before anything runs.
func (s *Service) AddQueryFields(source FieldSource) { s.sources = append(s.sources, source) }

// fieldsFor lists the fields beyond query.Fields.
func (s *Service) fieldsFor(tx *gorm.DB, by authz.Actor, offer bool) ([]QueryField, error) {
	var out []QueryField
	for _, source := range s.sources {
		fields, err := source(tx, by, offer)
		if err != nil {
			return nil, fmt.Errorf("list the fields of queries: %w", err)
		}
		out = append(out, fields...)
	}
	return out, nil
}

// walks returns the indexes that hold what the conditions of a filter find.
func (f Filter) walks() []Walk {
	var out []Walk
	for i, n := range f.rest {
		if index, ordered := columnIndex(n); index != "" {
			out = append(out, Walk{Table: table, Index: index, Where: func(add query.Add) { f.sql().Write(add, n) }, Ordered: ordered, at: i})
			continue
		}
		if field, ok := f.fields[query.FieldOf(n)]; ok && field.Walk != nil {
			if w, ok := field.Walk(n); ok {
				w.at = i
				out = append(out, w)
			}
		}
	}
	return out
}

// columnIndex returns the index over a column of tickets that holds what a
// condition finds, or "", and whether it has that in the order of the ids.
func columnIndex(n query.Node) (index string, ordered bool) {
	switch n := n.(type) {
	case query.Times:
		if !n.Never {
			return columnIndexes[n.Field], false
		}
	case query.Range:
		return columnIndexes[n.Field], n.From != nil && n.To != nil && *n.From == *n.To
	case query.Confidential:
		return "idx_tickets_confidential", true
	case query.Person:
		if !n.None {
			return columnIndexes[n.Field], false
		}
	}
	return "", false
}

// columnIndexes are the indexes of the times, numbers and people of tickets.
var columnIndexes = map[string]string{
	"created": "idx_tickets_created", "updated": "idx_tickets_updated", "resolved": "idx_tickets_resolved",
	"closed": "idx_tickets_closed", "responded": "idx_tickets_responded", "solved": "idx_tickets_solved",
	"comments":  "idx_tickets_comments",
	"requester": "idx_tickets_requester", "assignee": "idx_tickets_assignee",
}

// looks walks along the tickets that the reader has looked at.
func (f Filter) looks() *Walk {
	return &Walk{
		Table: "ticket_reads", Index: "idx_ticket_reads_looks", Ordered: true,
		Where: func(add query.Add) { add("k.user_id = ?", f.reader.ID) },
	}
}

func (f Filter) asksForUnread() bool {
	return slices.ContainsFunc(f.rest, func(n query.Node) bool { _, ok := n.(query.Unread); return ok })
}

// leader is the index that a branch walks along instead of its own, or nil.
func (f Filter) leader(b branch) *Walk {
	if f.led != nil {
		return f.led
	}
	return b.led
}

// sizeOf counts what a walk holds, but no further than limit.
func (s *Service) sizeOf(ctx context.Context, w *Walk, limit int64) (int64, error) {
	q := &sqlText{}
	q.add("SELECT COUNT(*) FROM (SELECT ")
	if !w.own() && !w.Ordered {
		q.add("DISTINCT ")
	}
	q.add(w.id() + " FROM " + s.db.UseIndex(w.Table, w.alias(), w.Index) + " WHERE ")
	w.Where(q.add)
	q.add(" LIMIT ?) AS u", limit)
	return scanCount(s.db.Read(ctx), q)
}

// lead chooses the index that leads a list: what finds few tickets, or, for the
// newest first, what holds them in that order. counted leads the counting,
// for which the order does not matter. n is the number of tickets that the walk
// holds where that is all that the filter asks for, or -1.
func (s *Service) lead(ctx context.Context, f Filter, branches []branch) (page, counted *Walk, n int64, err error) {
	walks := f.walks()
	if len(walks) == 0 || f.IDs != nil {
		return nil, nil, -1, nil
	}
	least, err := scanCount(s.db.Read(ctx), f.listed().count(s.db, branches, nil))
	if err != nil {
		return nil, nil, -1, err
	}
	small := least <= s.walkBelow // then the list itself may lead
	for i := range walks {
		w := &walks[i]
		size, err := s.sizeOf(ctx, w, web.MaxCount+1)
		if err != nil {
			return nil, nil, -1, err
		}
		if len(f.rest) == 1 && f.Search == "" && len(branches) == 1 && branches[0].all() {
			n = size
			small = false
		} else {
			n = -1
		}
		switch {
		case size > s.walkBelow && (f.Search != "" || f.asksForUnread()): // the text index, or what can be unread, is shorter
		case size <= s.walkBelow && (!small || size < least):
			page, counted, least, small = w, w, size, true
		case !small && counted == nil, !small && w.Ordered && !counted.Ordered:
			counted = w
		}
	}
	if page == nil && counted != nil && counted.Ordered && f.Sort.column() == "" {
		page = counted
	}
	return page, counted, n, nil
}

// listed returns the filter without what only a look at each ticket can tell.
func (f Filter) listed() Filter {
	f.rest, f.led = nil, nil
	return f
}

// all reports whether a branch is every ticket.
func (b branch) all() bool {
	return b.assignee == nil && !b.unassigned && b.requester == nil && b.notAssignee == nil &&
		b.team == nil && b.watcher == nil && b.department == "" && !b.public && !b.secret &&
		b.status == 0 && len(b.statuses) == 0 && b.priority == 0 && len(b.priorities) == 0 && len(b.replies) == 0 && b.ids == nil
}

// source adds the tables that a branch walks along, and its conditions. It
// returns the column of the id that the walk is ordered by.
func (f Filter) source(d sqlSource, q *sqlText, b branch, index string) string {
	w := f.leader(b)
	switch {
	case w == nil && b.watcher != nil && f.IDs == nil:
		// What somebody watches is found by the list of that.
		q.add(" FROM " + d.UseIndex("ticket_watchers", "w", "idx_ticket_watchers_user") +
			" CROSS JOIN " + d.UseIndex(table, "t", db.PrimaryKey) + " ON t.id = w.ticket_id")
		by := *b.watcher
		b.watcher = nil
		b.where(q)
		q.add(" AND w.user_id = ?", by)
		return "t.id"
	case w == nil:
		q.add(" FROM " + d.UseIndex(table, "t", index))
		b.where(q)
		return "t.id"
	case w.own():
		q.add(" FROM " + d.UseIndex(table, "t", w.Index))
	default:
		// CROSS JOIN keeps SQLite, and the pinned key the other engine, from turning
		// the order of the loops around.
		q.add(" FROM " + d.UseIndex(w.Table, "k", w.Index) + " CROSS JOIN " + d.UseIndex(table, "t", db.PrimaryKey) + " ON t.id = k.ticket_id")
	}
	b.where(q)
	q.add(" AND ")
	w.Where(q.add)
	if w.Ordered {
		return w.id()
	}
	return "t.id"
}

// distinct is what a list needs that meets a ticket more than once.
func (f Filter) distinct(b branch) string {
	if w := f.leader(b); w != nil && !w.own() && !w.Ordered {
		return "DISTINCT "
	}
	return ""
}

type sqlSource interface {
	UseIndex(table, alias, index string) string
}

const table = "tickets"
