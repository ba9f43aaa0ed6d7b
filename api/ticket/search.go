package ticket

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/user"
)

// textIndex is the table of the full-text index over title and description.
const textIndex = "ticket_grams"

// ticketText keeps the folded text that a search looks through.
type ticketText struct {
	TicketID int64 `gorm:"primaryKey;autoIncrement:false"`
	Folded   string
}

func (ticketText) TableName() string { return "ticket_texts" }

// folded returns title and description as a search sees them, with a separator
// between them that ends a phrase.
func folded(t *Ticket) string { return user.Fold(t.Title) + textBreak + user.Fold(t.Description) }

const textBreak = "\x1e"

// contains checks the text itself, whatever index found the row.
func contains(q *sqlText, needle string) {
	q.add("INSTR((SELECT x.folded FROM ticket_texts AS x WHERE x.ticket_id = t.id), ?) > 0", needle)
}

// nearby is how many of the newest tickets are looked through before the text
// index is asked, where asking costs as much as there are matches. A word that
// is common enough to make that dear has a page of matches among them.
const nearby = 2000

// plan is how a search is run: by walking the list and looking into each text,
// or by asking the text index first.
type plan struct {
	match  *db.TextMatch // nil to walk
	count  int64
	more   bool   // count is not all of them
	needle string // the folded search
}

// planSearch chooses. It counts on the way, since either way depends on how
// many there are.
func (s *Service) planSearch(ctx context.Context, f Filter, needle string, branches []branch) (plan, error) {
	walk := f.extra(needle)
	match, indexed := s.db.MatchText(textIndex, "g", needle)
	few, err := s.fewInAll(ctx, f, branches)
	if err != nil {
		return plan{}, err
	}
	if !indexed || few {
		n, err := f.upTo(s.db.Read(ctx), s.db, branches, walk, web.MaxCount+1)
		return plan{count: n}, err
	}
	if !match.Streams {
		dense, err := s.dense(ctx, f, needle, branches)
		if err != nil {
			return plan{}, err
		}
		if dense {
			n, err := f.upTo(s.db.Read(ctx), s.db, branches, walk, web.MaxCount+1)
			return plan{count: n}, err
		}
	}
	n, err := scanCount(s.db.Read(ctx), f.matches(s.db, match, needle, nil, 0, web.MaxCount+1, true))
	if err != nil {
		return plan{}, err
	}
	if n > web.MaxCount && (!match.Streams || f.Sort.column() != "") {
		return plan{count: n}, nil
	}
	return plan{match: &match, count: n}, nil
}

// fewInAll reports whether the list without the search is short enough to look
// into each text.
func (s *Service) fewInAll(ctx context.Context, f Filter, branches []branch) (bool, error) {
	n, err := f.upTo(s.db.Read(ctx), s.db, branches, nil, max(s.walkBelow, 0)+1)
	return n <= s.walkBelow, err
}

// dense reports whether at least one in twenty of the newest tickets matches.
func (s *Service) dense(ctx context.Context, f Filter, needle string, branches []branch) (bool, error) {
	var newest int64
	if err := s.db.Read(ctx).Raw("SELECT COALESCE(MAX(id), 0) FROM tickets").Scan(&newest).Error; err != nil {
		return false, fmt.Errorf("find the newest ticket: %w", err)
	}
	n, err := f.upTo(s.db.Read(ctx), s.db, branches, func(q *sqlText) {
		q.add(" AND t.id > ? AND ", newest-nearby)
		contains(q, needle)
		f.where(q)
	}, web.MaxCount+1)
	return n >= min(nearby, newest)/20 && n > 0, err
}

// matches returns the ids of a page, or their number, by way of the text index.
func (f Filter) matches(d sqlSource, m db.TextMatch, needle string, cur *web.Cursor, skip, limit int, counting bool) *sqlText {
	back := cur != nil && cur.Back
	cond := f.sight(cur, f.where)
	if cond == nil {
		return nil
	}
	tickets := byID(d, cond)
	if f.Sort.column() != "" && !counting {
		tickets = d.UseIndex(table, "t", db.PrimaryKey)
	}
	q := &sqlText{}
	// CROSS JOIN keeps SQLite from turning the order of the loops around.
	q.add("SELECT t.id FROM "+textIndex+" AS g CROSS JOIN "+tickets+" ON t.id = g.rowid"+
		" CROSS JOIN ticket_texts AS x ON x.ticket_id = g.rowid WHERE "+m.Cond+" AND INSTR(x.folded, ?) > 0 AND ", m.Arg, needle)
	q.add(cond.sql.String(), cond.args...)
	if counting {
		q.add(" LIMIT ?", limit)
		all := &sqlText{}
		all.add("SELECT COUNT(*) FROM ("+q.sql.String()+") AS u", q.args...)
		return all
	}
	if f.Sort.column() == "" {
		if cur != nil {
			// The bound on the index itself lets it begin in the middle.
			op := " > "
			if f.Sort.descending() != back {
				op = " < "
			}
			q.add(" AND g.rowid"+op+"?", cur.ID)
		}
		dir := " ASC"
		if f.Sort.descending() != back {
			dir = " DESC"
		}
		q.add(" ORDER BY g.rowid" + dir)
	} else {
		q.add(" ORDER BY " + f.Sort.order("t", back))
	}
	q.add(" LIMIT ? OFFSET ?", limit, skip)
	return q
}

func scanCount(tx *gorm.DB, q *sqlText) (int64, error) {
	if q == nil {
		return 0, nil
	}
	var n int64
	if err := tx.Raw(q.sql.String(), q.args...).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("count the tickets: %w", err)
	}
	return n, nil
}

// extra returns what no index serves: a text to look into, and what is left of
// a query.
func (f Filter) extra(needle string) func(*sqlText) {
	if needle == "" && len(f.rest) == 0 {
		return nil
	}
	return func(q *sqlText) {
		if needle != "" {
			q.add(" AND ")
			contains(q, needle)
		}
		f.where(q)
	}
}

// exactBelow is how many tickets a desk may have for all of them to be looked at, so that
// every list is counted exactly up to web.MaxCount. On a larger one listRows are looked at
// to count a list of which no index alone knows the length: as many as a desk of so many
// tickets has in all, so that its lists are hardly dearer.
const (
	exactBelow = 100_000
	listRows   = web.MaxCount
)

// looks returns how many tickets may be looked at to count a list.
func (s *Service) looks(tx *gorm.DB) (int, error) {
	var last int64
	if err := tx.Raw("SELECT COALESCE(MAX(id), 0) FROM tickets").Scan(&last).Error; err != nil {
		return 0, fmt.Errorf("find the newest ticket: %w", err)
	}
	if last <= s.exactBelow {
		return int(s.exactBelow), nil
	}
	return s.listRows, nil
}

// plan decides how a list is found and counts it. The filter that it returns
// may be led by another index.
func (s *Service) plan(ctx context.Context, by authz.Actor, f Filter) (Filter, plan, error) {
	f.by = by
	all := f.counting().branches(scopesOf(by))
	p := plan{needle: user.Fold(f.Search)}
	if len(all) == 0 {
		return f, p, nil
	}
	tx := s.db.Read(ctx)
	if key, ok := f.counter(by); ok {
		m, err := s.read(tx, by, key)
		p.count = m.Sum(f.wants)
		return f, p, err
	}
	rows, err := s.looks(tx)
	if err != nil {
		return f, p, err
	}
	if t, ok, err := s.tallyWithout(ctx, by, f, rows); ok || err != nil {
		p.count, p.more = t.N, !t.Exact
		return f, p, err
	}
	if key, ok := s.key(f, rows, rows); ok {
		var t Tally
		f.led, t, err = s.remembered(ctx, key, f, all, rows)
		p.count, p.more = t.N, !t.Exact
		return f, p, err
	}
	page, counted, n, err := s.lead(ctx, f, all)
	if err != nil {
		return f, p, err
	}
	counting := f
	f.led, counting.led = page, counted
	switch {
	case n >= 0:
		p.count = n
	case p.needle != "" && counted == nil:
		needle := p.needle
		p, err = s.planSearch(ctx, f, needle, all)
		p.needle = needle
	default:
		var t Tally
		t, err = counting.tally(tx, s.db, all, counting.extra(p.needle), rows)
		p.count, p.more = t.N, !t.Exact
	}
	return f, p, err
}

// find returns a page of the tickets that a filter finds among those that the
// actor sees.
func (s *Service) find(ctx context.Context, by authz.Actor, f Filter, page web.Page) (web.Rows[Ticket], error) {
	out := web.Rows[Ticket]{CursorOf: cursorOf(f.Sort)}
	branches := f.branches(scopesOf(by))
	if len(branches) == 0 {
		_, err := page.Skip(0)
		return out, err
	}
	f, p, err := s.plan(ctx, by, f)
	if err != nil {
		return out, err
	}
	o, err := orderOf(s.db.Read(ctx), by, f.Sort)
	if err != nil {
		return out, err
	}
	out.Count, out.More = p.count, p.more
	known := p.count
	if p.more {
		known = web.MaxCount
	}
	skip, err := page.Skip(known)
	if err != nil {
		return out, err
	}
	var ids []int64
	if o != nil {
		out.CursorOf = o.cursorOf(f.Sort)
		if ids, err = s.sorted(ctx, by, f, p, o, page.Cursor, skip, page.Size+1); err != nil {
			return out, err
		}
	} else if ids, err = s.walked(ctx, f, p, branches, page.Cursor, skip, page.Size+1); err != nil {
		return out, err
	}
	if ids == nil {
		out.HasBefore = page.Cursor != nil && !page.Cursor.Back
		return out, nil
	}
	ids = web.Cut(&out, ids, page)
	if out.More {
		out.Count = max(out.Count, int64(skip+len(ids)))
	}
	out.Rows, err = ticketsInOrder(s.db.Read(ctx), ids)
	return out, err
}

// walked returns the ids of a page in an order that Sort.column knows.
func (s *Service) walked(ctx context.Context, f Filter, p plan, branches []branch, cur *web.Cursor, skip, limit int) ([]int64, error) {
	var q *sqlText
	if p.match != nil {
		q = f.matches(s.db, *p.match, p.needle, cur, skip, limit, false)
	} else {
		if ids, err := s.near(ctx, f, p, branches, cur, skip, limit); err != nil || ids != nil {
			return ids, err
		}
		q = f.union(s.db, branches, cur, skip, limit, f.extra(p.needle))
	}
	if q == nil {
		return nil, nil
	}
	ids := []int64{}
	if err := s.db.Read(ctx).Raw(q.sql.String(), q.args...).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("list the tickets: %w", err)
	}
	return ids, nil
}

// nearRows is how many tickets behind a place in a list are looked at together.
const nearRows = 4000

// near looks for a page among the tickets right behind the cursor, or at the beginning, first:
// what somebody sees has several parts, and one of which next to nothing fulfils a condition
// would be walked to its end. It returns nil if the page is not full, or if parts do better.
func (s *Service) near(ctx context.Context, f Filter, p plan, branches []branch, cur *web.Cursor, skip, limit int) ([]int64, error) {
	extra := f.extra(p.needle)
	long := p.more || p.count > s.nearRows/4
	plain := extra == nil && (len(branches) < 2 || len(f.Statuses) == 0 || len(f.Priorities) == 0)
	if plain || !long || f.led != nil || f.IDs != nil || f.Sort.column() != "" || f.asksForUnread() {
		return nil, nil
	}
	tx := s.db.Read(ctx)
	down := f.Sort.descending() != (cur != nil && cur.Back)
	var from int64
	switch {
	case cur != nil:
		from = cur.ID
	case down:
		if err := tx.Raw("SELECT COALESCE(MAX(id), 0) + 1 FROM tickets").Scan(&from).Error; err != nil {
			return nil, fmt.Errorf("find the newest ticket: %w", err)
		}
	}
	cond := f.sight(nil, extra)
	if cond == nil {
		return nil, nil
	}
	q := &sqlText{}
	q.add("SELECT t.id FROM " + byID(s.db, cond) + " WHERE ")
	if down {
		q.add("t.id < ? AND t.id > ? AND ", from, from-s.nearRows)
	} else {
		q.add("t.id > ? AND t.id < ? AND ", from, from+s.nearRows)
	}
	q.add(cond.sql.String(), cond.args...)
	dir := " ASC"
	if down {
		dir = " DESC"
	}
	q.add(" ORDER BY t.id"+dir+" LIMIT ?", skip+limit)
	var ids []int64
	if err := tx.Raw(q.sql.String(), q.args...).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("list the tickets: %w", err)
	}
	if len(ids) < skip+limit {
		return nil, nil
	}
	return ids[skip:], nil
}
