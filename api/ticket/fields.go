package ticket

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

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
	// Holds are the columns of tickets that an index of theirs holds besides the id.
	Holds []string
	// Once says that the index holds each ticket at most once, in whatever order.
	Once bool

	at    int    // which of a filter's conditions it is
	parts []Walk // for each value of several, the stretch of the index in the order of the ids
}

// again reports whether a walk may meet a ticket more than once.
func (w *Walk) again() bool { return !w.own() && !w.Ordered && !w.Once }

// inOrder reports whether the walk, or what it can be merged from, is in the order of the ids.
func (w *Walk) inOrder() bool { return w.Ordered || len(w.parts) > 0 }

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
		w, ok := f.walk(i, n)
		if !ok {
			continue
		}
		if !w.Ordered {
			w.parts = f.stretches(i, n)
		}
		out = append(out, w)
	}
	return out
}

// absorbed returns the indexes that hold what the filter itself asks for, whoever may see
// it. Each part of what an actor sees would look at the same tickets.
func (f Filter) absorbed() []Walk {
	var out []Walk
	if by := f.CreatedBy; by != nil {
		out = append(out, Walk{
			Table: table, Index: "idx_tickets_requester", Holds: []string{"created_by_id"}, Ordered: true, at: -1,
			Where: func(add query.Add) { add("t.created_by_id = ?", *by) },
		})
	}
	if len(f.Replies) > 0 && len(f.Statuses) > 0 {
		w := Walk{Table: table, Index: "idx_tickets_status_reply", Holds: []string{"status", "last_reply"}, at: -1}
		w.Where = func(add query.Add) { add("t.status IN ? AND t.last_reply IN ?", f.Statuses, f.Replies) }
		for _, st := range f.Statuses {
			for _, r := range f.Replies {
				w.parts = append(w.parts, Walk{
					Table: table, Index: w.Index, Holds: w.Holds, Ordered: true, at: -1,
					Where: func(add query.Add) { add("t.status = ? AND t.last_reply = ?", st, r) },
				})
			}
		}
		out = append(out, w)
	}
	return out
}

// walk returns the index that holds what a condition finds, or false.
func (f Filter) walk(i int, n query.Node) (w Walk, ok bool) {
	if index, ordered := columnIndex(n); index != "" {
		return Walk{Table: table, Index: index, Where: func(add query.Add) { f.sql().Write(add, n) }, Ordered: ordered, at: i}, true
	}
	field, known := f.fields[query.FieldOf(n)]
	if !known || field.Walk == nil {
		return w, false
	}
	w, ok = field.Walk(n)
	w.at = i
	return w, ok
}

// maxStretches is how many values a list is merged from, each along its own stretch of an
// index. More are looked at together.
const maxStretches = 24

// stretches returns a walk for each of the values that a condition names, or nil.
func (f Filter) stretches(i int, n query.Node) []Walk {
	var each []query.Node
	switch n := n.(type) {
	case query.Choice:
		for k := range n.Values {
			each = append(each, query.Choice{Field: n.Field, Values: n.Values[k : k+1]})
		}
	case query.Person:
		for k := range n.IDs {
			each = append(each, query.Person{Field: n.Field, IDs: n.IDs[k : k+1]})
		}
	}
	if len(each) > maxStretches {
		return nil
	}
	out := make([]Walk, len(each))
	for k, one := range each {
		w, ok := f.walk(i, one)
		if !ok || !w.Ordered {
			return nil
		}
		out[k] = w
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
			return columnIndexes[n.Field], len(n.IDs) == 1
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
	q.add(" FROM " + s.db.UseIndex(w.Table, w.alias(), w.Index) + " WHERE ")
	w.Where(q.add)
	if w.again() {
		all := &sqlText{}
		all.add("SELECT COUNT(*) FROM (SELECT DISTINCT "+w.id()+q.sql.String()+" LIMIT ?) AS u", append(q.args, limit)...)
		return scanCount(s.db.Read(ctx), all)
	}
	return countUpTo(s.db.Read(ctx), q, limit)
}

// leadRows is how long a list may be to lead itself instead of an index of a condition.
const leadRows = 500

// leading returns the indexes that could lead a list.
func (f Filter) leading(branches []branch) []Walk {
	walks := f.walks()
	if len(branches) > 1 {
		walks = append(walks, f.absorbed()...)
	}
	return walks
}

// lead chooses the index that leads a list: what finds few tickets, or, for the
// newest first, what holds them in that order. counted leads the counting,
// for which the order does not matter. n is the number of tickets that the walk
// holds where that is all that the filter asks for, or -1.
func (s *Service) lead(ctx context.Context, f Filter, branches []branch) (page, counted *Walk, n int64, err error) {
	walks := f.leading(branches)
	if len(walks) == 0 || f.IDs != nil {
		return nil, nil, -1, nil
	}
	sizes, known := make([]int64, len(walks)), true
	for i := range walks {
		limit := int64(web.MaxCount)
		if walks[i].again() { // to tell the same tickets apart costs as much as to look at them
			rows, err := s.looks(s.db.Read(ctx))
			if err != nil {
				return nil, nil, -1, err
			}
			limit = int64(min(rows, web.MaxCount))
		}
		if sizes[i], err = s.sizeOf(ctx, &walks[i], limit+1); err != nil {
			return nil, nil, -1, err
		}
		if sizes[i] > limit && limit < web.MaxCount {
			sizes[i], known = web.MaxCount+1, false
		}
	}
	alone := known && len(f.rest) == 1 && f.Search == "" && len(branches) == 1 && branches[0].all()
	if alone {
		n = sizes[0]
	} else {
		n = -1
	}
	var least int64
	if !alone {
		if least, err = s.lengthOf(ctx, f.listed(), branches, min(slices.Min(sizes), max(s.walkBelow, 0), s.leadRows)+1); err != nil {
			return nil, nil, -1, err
		}
	}
	small := !alone && least <= min(s.walkBelow, s.leadRows) // then the list itself may lead
	for i := range walks {
		w, size := &walks[i], sizes[i]
		switch {
		case size > s.walkBelow && (f.Search != "" || f.asksForUnread()): // the text index, or what can be unread, is shorter
		case size <= s.walkBelow && (!small || size < least) && (page == nil || size < least):
			page, counted, least, small = w, w, size, true
		case !small && counted == nil, !small && w.inOrder() && !counted.inOrder():
			counted = w
		}
	}
	if page == nil && counted != nil && counted.inOrder() && f.Sort.column() == "" {
		page = counted
	}
	return page, counted, n, nil
}

// lengthOf counts what a list holds that indexes alone find, but no further than limit.
func (s *Service) lengthOf(ctx context.Context, f Filter, branches []branch, limit int64) (int64, error) {
	if by := f.reader; !by.IsNobody() {
		if key, ok := f.counter(by); ok {
			m, err := s.read(s.db.Read(ctx), by, key)
			return m.Sum(f.wants), err
		}
	}
	return f.upTo(s.db.Read(ctx), s.db, branches, nil, limit)
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

// countUpTo counts the rows that follow FROM, but no further than limit. To step over so
// many entries of an index costs a tenth of what it costs to count them.
func countUpTo(tx *gorm.DB, from *sqlText, limit int64) (int64, error) {
	var there []int
	if err := tx.Raw("SELECT 1"+from.sql.String()+" LIMIT 1 OFFSET ?", append(slices.Clone(from.args), limit-1)...).Scan(&there).Error; err != nil {
		return 0, fmt.Errorf("count the tickets: %w", err)
	}
	if len(there) > 0 {
		return limit, nil
	}
	q := &sqlText{}
	q.add("SELECT COUNT(*)"+from.sql.String(), from.args...)
	return scanCount(tx, q)
}

// distinct is what a list needs that meets a ticket more than once.
func (f Filter) distinct(b branch) string {
	if w := f.leader(b); w != nil && w.again() {
		return "DISTINCT "
	}
	return ""
}

// along is union where one index leads the whole list: a single walk, on which each
// ticket is held against all that the list asks for. Branch by branch, one that holds next to
// nothing would walk to the end of the index.
func (f Filter) along(d *db.DB, cur *web.Cursor, skip, limit int, extra func(*sqlText)) *sqlText {
	back, column := cur != nil && cur.Back, f.Sort.column()
	within := cur
	if column == "" {
		within = nil
	}
	cond := f.sight(within, extra)
	if cond == nil {
		return nil
	}
	walks, distinct := []Walk{*f.led}, ""
	if column == "" && len(f.led.parts) > 0 {
		walks, distinct = f.led.parts, "DISTINCT "
	}
	all := &sqlText{}
	all.add("SELECT " + distinct + "u.id FROM (")
	for i := range walks {
		w := &walks[i]
		if i > 0 {
			all.add(" UNION ALL ")
		}
		all.add("SELECT * FROM (SELECT ")
		if !w.Ordered && w.again() {
			all.add("DISTINCT ")
		}
		all.add("t.id")
		if column != "" {
			all.add(", t." + column)
		}
		id := w.from(d, all, cond, column)
		all.add(" AND "+cond.sql.String(), cond.args...)
		if column == "" && cur != nil {
			op := " > ?"
			if f.Sort.descending() != back {
				op = " < ?"
			}
			all.add(" AND "+id+op, cur.ID)
		}
		order := f.Sort.order("t", back)
		if column == "" {
			order = strings.Replace(order, "t.id", id, 1)
		}
		all.add(" ORDER BY "+order+" LIMIT ?) AS b"+strconv.Itoa(i), skip+limit)
	}
	all.add(") AS u ORDER BY "+f.Sort.order("u", back)+" LIMIT ? OFFSET ?", limit, skip)
	return all
}

// from adds the tables of a walk along all it holds, for a condition on t and an order, and
// returns the column of the id that the walk is ordered by.
func (w *Walk) from(d sqlSource, q, cond *sqlText, column string) string {
	id := "t.id"
	switch {
	case w.own() && (column != "" || w.knows(cond) || cond.index() != narrowIndex):
		q.add(" FROM " + d.UseIndex(table, "t", w.Index) + " WHERE ")
		w.Where(q.add)
		return id
	case w.own(): // its index leads to the narrow one, not to the tickets
		q.add(" FROM (SELECT t.id FROM " + d.UseIndex(table, "t", w.Index) + " WHERE ")
		w.Where(q.add)
		q.add(") AS k CROSS JOIN " + byID(d, cond) + " ON t.id = k.id WHERE 1 = 1")
		id = "k.id"
	default:
		// CROSS JOIN keeps SQLite, and the pinned key the other engine, from turning
		// the order of the loops around.
		pinned := byID(d, cond)
		if column != "" {
			pinned = d.UseIndex(table, "t", db.PrimaryKey)
		}
		q.add(" FROM " + d.UseIndex(w.Table, w.alias(), w.Index) + " CROSS JOIN " + pinned + " ON t.id = k.ticket_id WHERE ")
		w.Where(q.add)
		id = w.id()
	}
	if w.Ordered {
		return id
	}
	return "t.id"
}

// sight writes what a ticket must be to be in the list, behind a cursor, wherever it was
// found; nil when none can be.
func (f Filter) sight(cur *web.Cursor, extra func(*sqlText)) *sqlText {
	parts := &sqlText{}
	for _, b := range f.branches([]scope{{}}) {
		part := &sqlText{}
		b.where(part)
		if !b.from(part, f.Sort, cur, "t.id") {
			continue
		}
		if parts.sql.Len() > 0 {
			parts.add(" OR ")
		}
		parts.add("("+part.sql.String()[len(" WHERE "):]+")", part.args...)
	}
	if parts.sql.Len() == 0 {
		return nil
	}
	q := &sqlText{}
	q.add("("+parts.sql.String()+") AND ", parts.args...)
	sees, args := visibleAmongMany(f.by)
	q.add(sees, args...)
	if extra != nil {
		extra(q)
	}
	return q
}

// narrowIndex holds of each ticket, by its id, what decides who sees it and what most
// conditions ask for. Of a million tickets it stays in memory, while the tickets do not.
const narrowIndex = "idx_tickets_narrow"

var narrowColumns = []string{"confidential", "assigned_to_id", "team_id", "created_by_id", "status", "priority", "last_reply", "department"}

var columnOfTicket = regexp.MustCompile(`\bt\.(\w+)`)

// asks reports whether a condition asks for nothing but the id and some columns of t.
func (q *sqlText) asks(columns []string) bool {
	for _, m := range columnOfTicket.FindAllStringSubmatch(q.sql.String(), -1) {
		if m[1] != "id" && !slices.Contains(columns, m[1]) {
			return false
		}
	}
	return true
}

// knows reports whether the walk's own index answers a condition.
func (w *Walk) knows(cond *sqlText) bool { return w.own() && cond.asks(w.Holds) }

// index names what to find tickets by their ids in that a condition is asked about.
func (q *sqlText) index() string {
	if q.asks(narrowColumns) {
		return narrowIndex
	}
	return db.PrimaryKey
}

// byID is the table of tickets as t, to be found by their ids.
func byID(d sqlSource, cond *sqlText) string { return d.UseIndex(table, "t", cond.index()) }

type sqlSource interface {
	UseIndex(table, alias, index string) string
}

const table = "tickets"
