package ticket

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/web"
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
	_, led, n, err := s.lead(ctx, f, all)
	if err != nil || n >= 0 {
		return Tally{min(n, web.MaxCount), n <= web.MaxCount}, err
	}
	f.led = led
	needle := user.Fold(f.Search)
	extra := f.extra(needle)
	if led != nil {
		// What leads may hold as many as are counted anyway.
		return f.tally(tx, s.db, all, extra, max(rows, web.MaxCount))
	}
	t, err := f.tally(tx, s.db, all, extra, rows)
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
	if w := f.led; w != nil { // one walk for all of them
		walk, cond := &sqlText{}, f.sight(nil, extra)
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
		walk.add(" LIMIT ?", rows+1)
		then := ") AS t"
		if !w.knows(cond) {
			then = beside(d, cond)
		}
		t, _, err := tallyOver(tx, walk, cond, then, rows)
		return t, err
	}
	sum := Tally{Exact: true}
	for i, b := range branches {
		share := rows / (len(branches) - i) // what one does not need is left to the next
		walk := &sqlText{}
		walk.add("SELECT " + f.distinct(b) + "t.id")
		id := f.source(d, walk, b, f.index(b, ByNewest))
		if w := f.leader(b); w == nil || w.Ordered {
			walk.add(" ORDER BY " + id + " DESC")
		}
		walk.add(" LIMIT ?", share+1)
		cond := &sqlText{}
		cond.add("1 = 1")
		extra(cond)
		t, walked, err := tallyOver(tx, walk, cond, beside(d, cond), share)
		if err != nil {
			return sum, err
		}
		sum, rows = sum.plus(t), rows-min(walked, share)
	}
	return sum, nil
}

// beside ends a walk, as w, with its tickets. CROSS JOIN keeps SQLite from turning the order of
// the loops around.
func beside(d sqlSource, cond *sqlText) string {
	return ") AS w CROSS JOIN " + byID(d, cond) + " ON t.id = w.id"
}

// tallyOver counts the tickets of a walk that fulfil a condition, and those that it
// walked past.
func tallyOver(tx *gorm.DB, walk, cond *sqlText, then string, rows int) (Tally, int, error) {
	q := &sqlText{}
	q.add("SELECT COUNT(*) AS walked, COALESCE(SUM(CASE WHEN "+cond.sql.String()+" THEN 1 ELSE 0 END), 0) AS n FROM (", cond.args...)
	q.add(walk.sql.String()+then, walk.args...)
	var got struct {
		Walked int
		N      int64
	}
	if err := tx.Raw(q.sql.String(), q.args...).Scan(&got).Error; err != nil {
		return Tally{}, 0, fmt.Errorf("count the tickets: %w", err)
	}
	return Tally{min(got.N, web.MaxCount), got.Walked <= rows && got.N <= web.MaxCount}, got.Walked, nil
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
