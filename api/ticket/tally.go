package ticket

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket/known"
	"github.com/fixdesk/fixdesk/api/ticket/query"
	"github.com/fixdesk/fixdesk/api/user"
)

// Tally is a number of tickets; there are more than N unless it is exact.
type Tally struct {
	N     int64
	Exact bool
}

func (t Tally) plus(o Tally) Tally {
	n := t.N + o.N
	return Tally{min(n, web.MaxCount), t.Exact && o.Exact && n <= web.MaxCount}
}

// Tally counts what a filter finds among what the actor sees, for a number that
// stands beside something. It costs little however many tickets there are:
// counters answer what they know, indexes are counted up to web.MaxCount, and
// of a walk on which every ticket has to be looked at, the newest rows are.
func (s *Service) Tally(ctx context.Context, by authz.Actor, f Filter, rows int) (Tally, error) {
	tx := s.db.Read(ctx)
	f.by = by
	if key, ok := f.counter(by); ok {
		m, err := s.read(tx, by, key)
		return Tally{m.Sum(f.wants), true}, err
	}
	if t, ok, err := s.tallyWithout(ctx, by, f, rows); ok || err != nil {
		return t, err
	}
	all := f.counting().branches(scopesOf(by))
	if len(all) == 0 {
		return Tally{0, true}, nil
	}
	looks, err := s.looks(tx)
	if err != nil {
		return Tally{}, err
	}
	if key, ok := s.key(f, looks, rows); ok {
		_, t, err := s.remembered(ctx, key, f, all, rows)
		return t, err
	}
	_, led, n, err := s.lead(ctx, f, all)
	if err != nil || n >= 0 {
		return Tally{min(n, web.MaxCount), n <= web.MaxCount}, err
	}
	f.led = led
	if led != nil {
		// What leads may hold as many as are counted anyway.
		return f.tally(tx, s.db, all, f.extra(user.Fold(f.Search)), max(rows, web.MaxCount))
	}
	needle := user.Fold(f.Search)
	t, err := f.tally(tx, s.db, all, f.extra(needle), rows)
	if err != nil || t.Exact || needle == "" || t.N*20 >= int64(rows) {
		return t, err
	}
	// A rare phrase is what the text index is for.
	match, indexed := s.db.MatchText(textIndex, "g", needle)
	if !indexed {
		return t, nil
	}
	n, err = scanCount(tx, f.matches(s.db, match, needle, nil, 0, web.MaxCount+1, true))
	return Tally{min(n, web.MaxCount), n <= web.MaxCount}, err
}

// tallyWithout counts what is left when those few are left out that an index holds:
// all, without them. It reports false for a filter that asks for anything else.
func (s *Service) tallyWithout(ctx context.Context, by authz.Actor, f Filter, rows int) (Tally, bool, error) {
	if len(f.rest) != 1 || f.Search != "" || f.IDs != nil {
		return Tally{}, false, nil
	}
	not, ok := f.rest[0].(query.Not)
	if !ok {
		return Tally{}, false, nil
	}
	those := f
	those.rest = []query.Node{not.Of}
	if field, ok := f.fields[query.FieldOf(not.Of)]; !ok || field.Kind != query.KindFlag || len(those.walks()) != 1 {
		return Tally{}, false, nil
	}
	few, err := s.Tally(ctx, by, those, rows)
	if err != nil || !few.Exact {
		return Tally{}, false, err
	}
	all, err := s.Tally(ctx, by, f.listed(), rows)
	return Tally{max(all.N-few.N, 0), all.Exact}, true, err
}

// tally counts along the branches. Where extra has to be asked about each ticket,
// it looks at that many of them in each branch: the newest, unless another index
// leads.
func (f Filter) tally(tx *gorm.DB, d *db.DB, branches []branch, extra func(*sqlText), rows int) (Tally, error) {
	if extra == nil && f.led == nil {
		n, err := f.upTo(tx, d, branches, nil, web.MaxCount+1)
		return Tally{min(n, web.MaxCount), n <= web.MaxCount}, err
	}
	if extra == nil {
		extra = func(*sqlText) {}
	}
	if f.led != nil { // one walk for all of them
		t, _, err := f.over(d, extra).tally(tx, rows)
		return t, err
	}
	sum := Tally{Exact: true}
	for i, b := range branches {
		share := rows / (len(branches) - i) // what one does not need is left to the next
		t, walked, err := f.overBranch(d, b, extra).tally(tx, share)
		if err != nil {
			return sum, err
		}
		sum, rows = sum.plus(t), rows-min(walked, share)
	}
	return sum, nil
}

// found returns the ids of what tally counts, in any order, but no more than limit.
func (f Filter) found(tx *gorm.DB, d *db.DB, branches []branch, extra func(*sqlText), limit int) ([]int64, error) {
	if extra == nil {
		extra = func(*sqlText) {}
	}
	if f.led != nil {
		return f.over(d, extra).ids(tx, limit)
	}
	var out []int64
	for _, b := range branches {
		ids, err := f.overBranch(d, b, extra).ids(tx, limit-len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, ids...)
	}
	return out, nil
}

// looking is a walk on which each ticket is held against a condition.
type looking struct {
	walk, cond *sqlText // walk is without a limit
	then       string   // ends the walk, with the tickets as t
}

// over is the walk along what leads.
func (f Filter) over(d *db.DB, extra func(*sqlText)) looking {
	w, walk, cond := f.led, &sqlText{}, f.sight(nil, extra)
	walk.add("SELECT ")
	if w.again() {
		walk.add("DISTINCT ")
	}
	walk.add(w.id() + " AS id")
	for _, column := range w.Holds {
		walk.add(", t." + column)
	}
	walk.add(" FROM " + d.UseIndex(w.Table, w.alias(), w.Index) + " WHERE ")
	w.Where(walk.add)
	if w.Ordered {
		walk.add(" ORDER BY " + w.id() + " DESC")
	}
	then := ") AS t"
	if !w.knows(cond) {
		then = beside(d, cond)
	}
	return looking{walk, cond, then}
}

// overBranch is the walk along a branch.
func (f Filter) overBranch(d *db.DB, b branch, extra func(*sqlText)) looking {
	walk := &sqlText{}
	walk.add("SELECT " + f.distinct(b) + "t.id")
	id := f.source(d, walk, b, f.index(b, ByNewest))
	if w := f.leader(b); w == nil || w.Ordered {
		walk.add(" ORDER BY " + id + " DESC")
	}
	cond := &sqlText{}
	cond.add("1 = 1")
	extra(cond)
	return looking{walk, cond, beside(d, cond)}
}

// beside ends a walk, as w, with its tickets. CROSS JOIN keeps SQLite from turning the order of
// the loops around.
func beside(d sqlSource, cond *sqlText) string {
	return ") AS w CROSS JOIN " + byID(d, cond) + " ON t.id = w.id"
}

// tally counts the tickets that fulfil the condition among so many rows, and those that it walked past.
func (l looking) tally(tx *gorm.DB, rows int) (Tally, int, error) {
	q := &sqlText{}
	q.add("SELECT COUNT(*) AS walked, COALESCE(SUM(CASE WHEN "+l.cond.sql.String()+" THEN 1 ELSE 0 END), 0) AS n FROM (", l.cond.args...)
	q.add(l.walk.sql.String(), l.walk.args...)
	q.add(" LIMIT ?"+l.then, rows+1)
	var got struct {
		Walked int
		N      int64
	}
	if err := tx.Raw(q.sql.String(), q.args...).Scan(&got).Error; err != nil {
		return Tally{}, 0, fmt.Errorf("count the tickets: %w", err)
	}
	return Tally{min(got.N, web.MaxCount), got.Walked <= rows && got.N <= web.MaxCount}, got.Walked, nil
}

// ids returns the tickets that fulfil the condition, but no more than limit.
func (l looking) ids(tx *gorm.DB, limit int) ([]int64, error) {
	q := &sqlText{}
	q.add("SELECT t.id FROM ("+l.walk.sql.String()+l.then, l.walk.args...)
	q.add(" WHERE "+l.cond.sql.String(), l.cond.args...)
	q.add(" LIMIT ?", limit)
	var out []int64
	if err := tx.Raw(q.sql.String(), q.args...).Scan(&out).Error; err != nil {
		return nil, fmt.Errorf("find the tickets: %w", err)
	}
	return out, nil
}

// remembered returns what leads a list of a large desk, and how many tickets are in it: what was
// found is remembered, and only what changed since is held against it.
func (s *Service) remembered(ctx context.Context, key string, f Filter, branches []branch, rows int) (*Walk, Tally, error) {
	tx, walks := s.db.Read(ctx), f.leading(branches)
	place := func(w *Walk) int {
		return slices.IndexFunc(walks, func(one Walk) bool { return w != nil && one.at == w.at && one.Index == w.Index })
	}
	led := func(at int) Filter {
		along := f
		if at >= 0 {
			along.led = &walks[at]
		}
		return along
	}
	n, exact, way, err := s.known.Count(ctx, key, known.Finder{
		Max: web.MaxCount,
		Count: func(ctx context.Context) (int64, bool, known.Way, error) {
			page, counted, n, err := s.lead(ctx, f, branches)
			way := known.Way{Page: place(page), Counted: place(counted)}
			if err != nil || n >= 0 {
				return n, n <= web.MaxCount, way, err
			}
			along, rows := led(way.Counted), rows
			if along.led != nil { // which may hold as many as are counted anyway
				rows = max(rows, web.MaxCount)
			}
			t, err := along.tally(tx, s.db, branches, along.extra(""), rows)
			return t.N, t.Exact, way, err
		},
		All: func(_ context.Context, way known.Way) ([]int64, error) {
			along := led(way.Counted)
			return along.found(tx, s.db, branches, along.extra(""), web.MaxCount+1)
		},
		Among: func(_ context.Context, ids []int64) ([]int64, error) {
			cond, q := f.counting().sight(nil, f.extra("")), &sqlText{}
			q.add("SELECT t.id FROM "+byID(s.db, cond)+" WHERE t.id IN ? AND ", ids)
			q.add(cond.sql.String(), cond.args...)
			var in []int64
			err := tx.Raw(q.sql.String(), q.args...).Scan(&in).Error
			return in, err
		},
	})
	return led(way.Page).led, Tally{min(n, web.MaxCount), exact}, err
}

// key says all that decides what is counted of a query on a large desk, and false for a filter that is none, or
// whose number is not to be remembered: what is read and watched changes without an event.
func (s *Service) key(f Filter, looks, rows int) (string, bool) {
	if int64(looks) == s.exactBelow || f.asked == "" || len(f.rest)+len(f.absorbed()) == 0 || f.Search != "" || f.IDs != nil || f.Watched || f.asksForUnread() {
		return "", false
	}
	cond := f.counting().sight(nil, nil)
	if cond == nil {
		return "", false
	}
	key, err := json.Marshal([]any{rows, f.asked, f.by.ID, f.by.Role, cond.sql.String(), cond.args})
	return string(key), err == nil
}

// counterKey names a counter; the zero key is everything that the actor sees.
type counterKey struct {
	one   bool
	scope int
	ref   int64
}

func (s *Service) read(tx *gorm.DB, by authz.Actor, k counterKey) (Matrix, error) {
	switch {
	case !k.one:
		return s.visibleCounts(tx, by)
	case k.scope == countAssignee && k.ref == 0:
		return s.unassignedCounts(tx, by)
	case k.scope == countTeam:
		return s.teamCounts(tx, by, k.ref)
	}
	return readCounts(tx, "scope = ? AND ref = ?", k.scope, k.ref)
}

// counter returns the counter that knows the number for the actor, if one does:
// it must count nothing that the actor does not see.
func (f Filter) counter(by authz.Actor) (counterKey, bool) {
	people := f
	people.AssignedTo, people.Unassigned, people.CreatedBy, people.Team = nil, false, nil, nil
	all, queue := by.Can(authz.TicketViewAll) && by.Can(authz.TicketConfidential), by.Can(authz.TicketQueue)
	switch {
	case by.IsNobody() || !people.onlyCounted():
		return counterKey{}, false
	case f.Team != nil:
		return counterKey{true, countTeam, *f.Team}, (all || queue) && f.AssignedTo == nil && !f.Unassigned && f.CreatedBy == nil
	case f.CreatedBy != nil && (f.AssignedTo != nil || f.Unassigned):
		return counterKey{}, false
	case f.CreatedBy != nil:
		return counterKey{true, countRequester, *f.CreatedBy}, all || *f.CreatedBy == by.ID
	case f.Unassigned && f.AssignedTo == nil:
		return counterKey{true, countAssignee, 0}, all || queue
	case f.AssignedTo != nil && !f.Unassigned:
		// The counter of nobody is that of the unassigned.
		return counterKey{true, countAssignee, *f.AssignedTo}, *f.AssignedTo != 0 && (all || (queue && *f.AssignedTo == by.ID))
	}
	return counterKey{}, f.AssignedTo == nil && !f.Unassigned
}
