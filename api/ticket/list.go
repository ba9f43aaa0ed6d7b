package ticket

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket/query"
)

// Filter says which of the visible tickets a list shows.
type Filter struct {
	Statuses   []Status    // none for all
	Priorities []Priority  // none for all
	AssignedTo *int64      // nil for all
	Unassigned bool        // only those without an assignee
	CreatedBy  *int64      // nil for all
	Search     string      // a phrase in title or description, as typed
	IDs        []int64     // only these; nil for all
	Replies    []LastReply // who has the last word; none for all
	Team       *int64      // nil for all
	Watched    bool        // only those that the reader watches
	Sort       Sort

	rest   []query.Node          // of a query, what the fields above do not hold
	fields map[string]QueryField // of rest, beyond query.Fields
	asked  string                // the query, as it was asked; empty for none
	reader authz.Actor           // who asks, for what depends on that
	by     authz.Actor           // who looks at the list
	led    *Walk                 // the index to walk along instead of the sort's own
}

// Sort is the order of a list, named as the API names it.
type Sort string

// The orders of a list. Ties go by id in the same direction.
const (
	ByNewest       Sort = "-created_at"
	ByOldest       Sort = "created_at"
	ByUpdated      Sort = "-updated_at"
	ByLeastUpdated Sort = "updated_at"
	ByPriority     Sort = "-priority"
	ByLeastUrgent  Sort = "priority"
	ByLastStatus   Sort = "-status"
	ByFirstStatus  Sort = "status"
	// What is due at no time comes last, whichever way.
	ByDue     Sort = "due_at"
	ByLastDue Sort = "-due_at"
)

// Sorts lists every order.
var Sorts = []string{string(ByNewest), string(ByOldest), string(ByUpdated), string(ByLeastUpdated), string(ByPriority), string(ByLeastUrgent), string(ByLastStatus), string(ByFirstStatus), string(ByDue), string(ByLastDue)}

func (s Sort) descending() bool { return s == "" || s[0] == '-' }

// column is what the list is sorted by before the id; empty for the id alone,
// which is the order of creation.
func (s Sort) column() string {
	switch s {
	case ByUpdated, ByLeastUpdated:
		return "updated_at"
	case ByPriority, ByLeastUrgent:
		return "priority"
	case ByLastStatus, ByFirstStatus:
		return "status"
	case ByDue, ByLastDue:
		return "due_at"
	case ByNewest, ByOldest, ByCategory, ByLastCategory, BySubstatus, ByLastSubstatus: // see order
	}
	return ""
}

// branch is a walk along one index in the order of the list. A list is the
// union of its branches, each cut to the length of the page, so that its cost
// depends on the page and not on the number of tickets.
type branch struct {
	scope
	status     Status   // 0 for all
	statuses   []Status // or any of these
	priority   Priority // 0 for all
	priorities []Priority
	replies    []LastReply
	ids        []int64
	due        dueBranch
	led        *Walk // the index to walk along, unless one leads the whole list
}

// branches splits a filter, within an actor's scopes, into walks.
func (f Filter) branches(scopes []scope) []branch {
	var out []branch
	for _, sc := range scopes {
		sc, ok := f.within(sc)
		if !ok {
			continue
		}
		for _, b := range f.byStatus(branch{scope: sc, replies: f.Replies, ids: f.IDs}) {
			for _, b := range f.byPriority(b) {
				for _, b := range f.byReply(b) {
					out = append(out, f.byDue(b)...)
				}
			}
		}
	}
	return out
}

// byStatus makes one walk per status that the filter names or the list is sorted
// by. Of what is done only tickets can be unread that the reader has looked at.
func (f Filter) byStatus(b branch) []branch {
	unread := f.asksForUnread() && f.IDs == nil
	sorted := f.Sort.column() == "status"
	statuses := f.Statuses
	if len(statuses) == 0 || len(statuses) == len(Statuses) {
		if !unread && !sorted {
			return []branch{b}
		}
		statuses = Statuses
	}
	var out []branch
	looked := b
	for _, st := range statuses {
		one := b
		one.status = st
		switch {
		case !unread || !st.Done():
			out = append(out, one)
		case sorted:
			one.led = f.looks()
			out = append(out, one)
		default:
			looked.statuses = append(looked.statuses, st)
		}
	}
	if len(looked.statuses) > 0 {
		looked.led = f.looks()
		out = append(out, looked)
	}
	return out
}

// within narrows a scope by the people of the filter, or reports that nothing
// is left of it.
func (f Filter) within(sc scope) (scope, bool) {
	if f.Unassigned {
		if sc.assignee != nil || sc.notAssignee != nil || f.AssignedTo != nil {
			return sc, false
		}
		sc.unassigned = true
	}
	if a := f.AssignedTo; a != nil {
		if sc.unassigned || (sc.assignee != nil && *sc.assignee != *a) || (sc.notAssignee != nil && *sc.notAssignee == *a) {
			return sc, false
		}
		sc.assignee, sc.notAssignee = a, nil
	}
	if r := f.CreatedBy; r != nil {
		if (sc.requester != nil && *sc.requester != *r) || sc.except.requester == *r {
			return sc, false
		}
		sc.requester = r
	}
	if id := f.Team; id != nil {
		if (sc.team != nil && *sc.team != *id) || slices.Contains(sc.except.teams, *id) {
			return sc, false
		}
		sc.team = id
	}
	if f.Watched {
		sc.watcher = &f.reader.ID
	}
	return sc, true
}

// byPriority makes one walk per priority where an index continues with it or
// the list is sorted by it.
func (f Filter) byPriority(b branch) []branch {
	priorities := f.Priorities
	if len(priorities) == len(Priorities) {
		priorities = nil
	}
	sorted := f.Sort.column() == "priority"
	switch {
	case sorted && len(priorities) == 0:
		priorities = Priorities
	case len(priorities) == 0:
		return []branch{b}
	case len(priorities) > 1 && !sorted && (b.byPerson() || b.led != nil || f.Sort.column() != ""):
		b.priorities = priorities
		return []branch{b}
	}
	out := make([]branch, len(priorities))
	for i, p := range priorities {
		out[i] = b
		out[i].priority = p
	}
	return out
}

// byReply makes one walk per last word where an index continues with it.
func (f Filter) byReply(b branch) []branch {
	if len(b.replies) < 2 || !b.byLastWord(f.Sort) {
		return []branch{b}
	}
	out := make([]branch, len(b.replies))
	for i := range b.replies {
		out[i] = b
		out[i].replies = b.replies[i : i+1]
	}
	return out
}

// dueBranch says whether a branch holds tickets that are due at a time.
type dueBranch int

const (
	dueOrNot dueBranch = iota
	dueSometime
	dueNever
)

// byDue makes a walk of what is due and one of what is not, where the list is
// sorted by that: they follow each other, in either direction.
func (f Filter) byDue(b branch) []branch {
	if f.Sort.column() != "due_at" {
		return []branch{b}
	}
	some, none := b, b
	some.due, none.due = dueSometime, dueNever
	return []branch{some, none}
}

// byLastWord reports whether the branch is one for the index of status and last
// word.
func (b branch) byLastWord(s Sort) bool {
	return len(b.replies) > 0 && b.status != 0 && b.priority == 0 && !b.byPerson() && s.column() != "updated_at"
}

// byPerson reports whether people or teams lead the walk, rather than a priority.
func (b branch) byPerson() bool {
	return b.assignee != nil || b.unassigned || b.requester != nil || b.team != nil || b.watcher != nil || b.department != "" || b.secret
}

// index names the index that holds the branch's rows in the list's order.
func (b branch) index(s Sort) string {
	assignee := b.assignee != nil || (b.unassigned && b.team == nil)
	if b.secret && b.due != dueSometime {
		return "idx_tickets_confidential"
	}
	if s.column() == "updated_at" {
		switch {
		case b.requester != nil:
			return "idx_tickets_requester_updated"
		case assignee:
			return "idx_tickets_assignee_updated"
		case b.team != nil:
			return "idx_tickets_team_updated"
		case b.department != "":
			return "idx_tickets_department_updated"
		case b.status != 0:
			return "idx_tickets_status_updated"
		}
		return "idx_tickets_updated"
	}
	if s.column() == "due_at" {
		switch {
		case assignee:
			return "idx_tickets_assignee_due"
		case b.requester != nil:
			return "idx_tickets_requester_due"
		case b.team != nil:
			return "idx_tickets_team_due"
		case b.byPerson() && b.due == dueNever: // in the order of the ids
		case b.byPerson():
			return "idx_tickets_due" // only what is unfinished is in it
		case b.status != 0:
			return "idx_tickets_status_due"
		default:
			return "idx_tickets_due"
		}
	}
	switch {
	case b.requester != nil && assignee:
		return "idx_tickets_requester_assignee"
	case b.requester != nil && b.status != 0:
		return "idx_tickets_requester_status"
	case b.requester != nil:
		return "idx_tickets_requester"
	case assignee && b.status != 0:
		return "idx_tickets_assignee_status"
	case assignee && b.priority != 0:
		return "idx_tickets_assignee_priority"
	case assignee:
		return "idx_tickets_assignee"
	case b.team != nil && b.status != 0:
		return "idx_tickets_team_status"
	case b.team != nil:
		return "idx_tickets_team"
	case b.department != "":
		return "idx_tickets_department"
	case b.byLastWord(s) && len(b.replies) == 1:
		return "idx_tickets_status_reply"
	case b.status != 0 && b.priority != 0:
		return "idx_tickets_status_priority"
	case b.status != 0:
		return "idx_tickets_status"
	case b.priority != 0:
		return "idx_tickets_priority"
	}
	return db.PrimaryKey
}

// sqlText collects SQL and its arguments. The SQL is made of this file's
// constants only; whatever a client sent is an argument.
type sqlText struct {
	sql  strings.Builder
	args []any
}

func (q *sqlText) add(sql string, args ...any) {
	q.sql.WriteString(sql)
	q.args = append(q.args, args...)
}

// index names the index to walk along for a branch.
func (f Filter) index(b branch, s Sort) string {
	if f.IDs != nil {
		return db.PrimaryKey
	}
	return b.index(s)
}

// where adds the branch's conditions.
func (b branch) where(q *sqlText) {
	q.add(" WHERE 1 = 1")
	b.scope.where(q)
	if b.status != 0 {
		q.add(" AND t.status = ?", int(b.status))
	}
	if len(b.statuses) > 0 {
		q.add(" AND t.status IN ?", b.statuses)
	}
	if b.priority != 0 {
		q.add(" AND t.priority = ?", int(b.priority))
	}
	if len(b.priorities) > 0 {
		q.add(" AND t.priority IN ?", b.priorities)
	}
	if len(b.replies) == 1 {
		q.add(" AND t.last_reply = ?", int(b.replies[0]))
	} else if len(b.replies) > 1 {
		q.add(" AND t.last_reply IN ?", b.replies)
	}
	if b.ids != nil {
		q.add(" AND t.id IN ?", b.ids)
	}
	switch b.due {
	case dueSometime:
		q.add(" AND t.due_at IS NOT NULL")
	case dueNever:
		q.add(" AND t.due_at IS NULL")
	case dueOrNot:
	}
}

const timeKey = "2006-01-02T15:04:05.999999Z"

// from adds the condition that the walk begins behind the cursor; it reports
// false when the branch lies wholly before it. id is the column to compare ids by.
func (b branch) from(q *sqlText, s Sort, cur *web.Cursor, id string) bool {
	if cur == nil {
		return true
	}
	op := ">"
	if s.descending() != cur.Back {
		op = "<"
	}
	switch s.column() {
	case "priority":
		at, _ := ParsePriority(cur.Key)
		switch {
		case b.priority == at:
			q.add(" AND "+id+" "+op+" ?", cur.ID)
		case (b.priority > at) == (op == "<"):
			return false
		}
	case "status":
		at, _ := ParseStatus(cur.Key)
		switch {
		case b.status == at:
			q.add(" AND "+id+" "+op+" ?", cur.ID)
		case (b.status > at) == (op == "<"):
			return false
		}
	case "updated_at":
		at, err := time.Parse(timeKey, cur.Key)
		if err != nil {
			return false
		}
		q.add(" AND t.updated_at "+op+"= ? AND (t.updated_at "+op+" ? OR "+id+" "+op+" ?)", at, at, cur.ID)
	case "due_at":
		at, err := time.Parse(timeKey, cur.Key)
		switch {
		case cur.Key == "" && b.due == dueNever:
			q.add(" AND "+id+" "+op+" ?", cur.ID)
		case cur.Key == "":
			return cur.Back
		case b.due == dueNever || err != nil:
			return !cur.Back && err == nil
		default:
			q.add(" AND t.due_at "+op+"= ? AND (t.due_at "+op+" ? OR "+id+" "+op+" ?)", at, at, cur.ID)
		}
	default:
		q.add(" AND "+id+" "+op+" ?", cur.ID)
	}
	return true
}

// cursorOf returns a ticket's place in a list.
func cursorOf(s Sort) func(Ticket) web.Cursor {
	return func(t Ticket) web.Cursor {
		c := web.Cursor{Sort: string(s), ID: t.ID}
		switch s.column() {
		case "priority":
			c.Key = t.Priority.String()
		case "status":
			c.Key = t.Status.String()
		case "updated_at":
			c.Key = t.UpdatedAt.UTC().Format(timeKey)
		case "due_at":
			if t.DueAt != nil {
				c.Key = t.DueAt.UTC().Format(timeKey)
			}
		}
		return c
	}
}

// order returns the ORDER BY terms over the columns of an alias.
func (s Sort) order(alias string, back bool) string {
	dir := " ASC"
	if s.descending() != back {
		dir = " DESC"
	}
	if c := s.column(); c == "due_at" {
		last := " ASC"
		if back {
			last = " DESC"
		}
		return alias + ".due_at IS NULL" + last + ", " + alias + ".due_at" + dir + ", " + alias + ".id" + dir
	} else if c != "" {
		return alias + "." + c + dir + ", " + alias + ".id" + dir
	}
	return alias + ".id" + dir
}

// union returns the ids of a page: skip rows, then at most limit.
// extra adds conditions on t that no index serves.
func (f Filter) union(d *db.DB, branches []branch, cur *web.Cursor, skip, limit int, extra func(*sqlText)) *sqlText {
	if f.led != nil {
		return f.along(d, cur, skip, limit, extra)
	}
	back := cur != nil && cur.Back
	column := ""
	if c := f.Sort.column(); c != "" {
		column = ", t." + c
	}
	var parts []*sqlText
	for _, b := range branches {
		q := &sqlText{}
		q.add("SELECT " + f.distinct(b) + "t.id" + column)
		id := f.source(d, q, b, f.index(b, f.Sort))
		if !b.from(q, f.Sort, cur, id) {
			continue
		}
		if extra != nil {
			extra(q)
		}
		order := f.Sort.order("t", back)
		if b.priority != 0 && f.Sort.column() == "priority" {
			order = ByNewest.order("t", back != (f.Sort == ByLeastUrgent))
		}
		if f.Sort.column() == "status" { // one in each branch
			order = ByNewest.order("t", back != (f.Sort == ByFirstStatus))
		}
		if _, within, ok := strings.Cut(order, ".due_at IS NULL"); ok { // alike in each branch
			_, order, _ = strings.Cut(within, ", ")
			if b.due == dueNever {
				_, order, _ = strings.Cut(order, ", ")
			}
		}
		if strings.HasPrefix(order, "t.id") {
			order = strings.Replace(order, "t.id", id, 1)
		}
		q.add(" ORDER BY "+order+" LIMIT ?", skip+limit)
		parts = append(parts, q)
	}
	all := &sqlText{}
	if len(parts) == 0 {
		return nil
	}
	all.add("SELECT u.id FROM (")
	for i, p := range parts {
		if i > 0 {
			all.add(" UNION ALL ")
		}
		all.add("SELECT * FROM ("+p.sql.String()+") AS b"+strconv.Itoa(i), p.args...)
	}
	all.add(") AS u ORDER BY "+f.Sort.order("u", back)+" LIMIT ? OFFSET ?", limit, skip)
	return all
}

// counting returns the filter without an order, which would only split walks.
func (f Filter) counting() Filter {
	f.Sort = ByNewest
	return f
}

// upTo counts what the branches hold, but no further than limit: one branch after the
// other, so that those that are no longer needed cost nothing.
func (f Filter) upTo(tx *gorm.DB, d *db.DB, branches []branch, extra func(*sqlText), limit int64) (int64, error) {
	var n int64
	for _, b := range branches {
		if n >= limit {
			break
		}
		var more int64
		var err error
		if extra == nil && f.led == nil && f.IDs == nil && b.everything() {
			q := &sqlText{}
			f.source(d, q, b, f.countIndex(b))
			more, err = countUpTo(tx, q, limit-n)
		} else {
			more, err = scanCount(tx, f.count(d, b, extra, limit-n))
		}
		if err != nil {
			return 0, err
		}
		n += more
	}
	return n, nil
}

// count returns the number of rows in a branch, counting no further than limit.
func (f Filter) count(d *db.DB, b branch, extra func(*sqlText), limit int64) *sqlText {
	index := f.index(b, ByNewest)
	if extra == nil && f.IDs == nil && f.led == nil {
		index = f.countIndex(b)
	}
	all := &sqlText{}
	all.add("SELECT COUNT(*) FROM (SELECT " + f.distinct(b) + "t.id")
	f.source(d, all, b, index)
	if extra != nil {
		extra(all)
	}
	all.add(" LIMIT ?) AS u", limit)
	return all
}

// countIndex names the index to count a branch along that nothing else is asked of:
// the narrowest that holds what decides.
func (f Filter) countIndex(b branch) string {
	index := f.index(b, ByNewest)
	switch {
	case index == db.PrimaryKey && b.public:
		return "idx_tickets_confidential"
	case index == db.PrimaryKey:
		return "idx_tickets_priority"
	case b.team != nil && (b.public || b.secret) && b.status == 0 && b.priority == 0 && b.requester == nil && b.department == "":
		return "idx_tickets_team_sight"
	}
	return index
}

// onlyCounted reports whether the filter asks for nothing that the counters of
// tickets by status and priority do not know.
func (f Filter) onlyCounted() bool {
	return f.AssignedTo == nil && !f.Unassigned && f.CreatedBy == nil && f.Team == nil && !f.Watched && f.Search == "" && f.IDs == nil && len(f.Replies) == 0 && len(f.rest) == 0
}

func (f Filter) wants(s Status, p Priority) bool {
	return (len(f.Statuses) == 0 || slices.Contains(f.Statuses, s)) &&
		(len(f.Priorities) == 0 || slices.Contains(f.Priorities, p))
}
