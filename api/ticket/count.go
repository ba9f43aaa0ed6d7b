package ticket

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/ticket/stat"
)

// What a counter counts: all tickets, those of an assignee (0 for none), those
// of a requester, and those of a requester which are unassigned or assigned to
// the same person.
const (
	countAll = iota
	countAssignee
	countRequester
	countOwn
)

// slots spreads the counters that every ticket moves over several rows, so that
// writers seldom wait for each other.
const slots = 8

type countKey struct {
	scope    int
	ref      int64
	status   Status
	priority Priority
	slot     int64
}

func compareKeys(a, b countKey) int {
	return cmp.Or(cmp.Compare(a.scope, b.scope), cmp.Compare(a.ref, b.ref),
		cmp.Compare(a.status, b.status), cmp.Compare(a.priority, b.priority), cmp.Compare(a.slot, b.slot))
}

// counts collects what a transaction adds to the counters.
type counts struct {
	tickets map[countKey]int64
	days    map[dayKey]int64
	stats   stat.Changes
}

type dayKey struct {
	day, kind string
	slot      int64
}

// The kinds of events that the table ticket_days counts.
const (
	DayCreated  = "created"
	DayResolved = "resolved"
)

func newCounts() *counts {
	return &counts{tickets: map[countKey]int64{}, days: map[dayKey]int64{}, stats: stat.Changes{}}
}

// move counts that before became after; nil for a ticket that is not there.
func (c *counts) move(before, after *Ticket) {
	c.ticket(before, -1)
	c.ticket(after, 1)
}

func (c *counts) ticket(t *Ticket, n int64) {
	if t == nil {
		return
	}
	c.stats.Add(facts(t), n)
	slot := t.ID % slots
	add := func(scope int, ref, slot int64) {
		c.tickets[countKey{scope, ref, t.Status, t.Priority, slot}] += n
	}
	add(countAll, 0, slot)
	if t.AssignedToID == nil {
		add(countAssignee, 0, slot)
	} else {
		add(countAssignee, *t.AssignedToID, 0)
	}
	add(countRequester, t.CreatedByID, 0)
	if t.AssignedToID == nil || *t.AssignedToID == t.CreatedByID {
		add(countOwn, t.CreatedByID, 0)
	}
}

func (c *counts) day(at time.Time, kind string, id, n int64) {
	c.days[dayKey{at.UTC().Format(time.DateOnly), kind, id % slots}] += n
}

// write adds everything to the tables, in the order of the keys.
func (c *counts) write(d *db.DB, tx *gorm.DB) error {
	keys := make([]countKey, 0, len(c.tickets))
	for k, n := range c.tickets {
		if n != 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, compareKeys)
	for batch := range slices.Chunk(keys, 500) {
		rows := make([][]any, len(batch))
		for i, k := range batch {
			rows[i] = []any{k.scope, k.ref, int(k.status), int(k.priority), k.slot, c.tickets[k]}
		}
		if err := d.AddTo(tx, "ticket_counts", []string{"scope", "ref", "status", "priority", "slot"}, "n", rows); err != nil {
			return fmt.Errorf("count tickets: %w", err)
		}
	}
	days := make([]dayKey, 0, len(c.days))
	for k, n := range c.days {
		if n != 0 {
			days = append(days, k)
		}
	}
	slices.SortFunc(days, func(a, b dayKey) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.kind, b.kind), cmp.Compare(a.slot, b.slot))
	})
	for batch := range slices.Chunk(days, 500) {
		rows := make([][]any, len(batch))
		for i, k := range batch {
			rows[i] = []any{k.day, k.kind, k.slot, c.days[k]}
		}
		if err := d.AddTo(tx, "ticket_days", []string{"day", "kind", "slot"}, "n", rows); err != nil {
			return fmt.Errorf("count tickets per day: %w", err)
		}
	}
	return c.stats.Write(d, tx)
}

// Matrix holds the number of tickets by status and priority.
type Matrix map[Status]map[Priority]int64

func (m Matrix) add(other Matrix, sign int64) {
	for s, row := range other {
		for p, n := range row {
			if m[s] == nil {
				m[s] = map[Priority]int64{}
			}
			m[s][p] += sign * n
		}
	}
}

// Sum adds up the tickets that the filter wants.
func (m Matrix) Sum(want func(Status, Priority) bool) int64 {
	var n int64
	for s, row := range m {
		for p, v := range row {
			if want(s, p) {
				n += v
			}
		}
	}
	return n
}

func readCounts(tx *gorm.DB, scope int, ref int64) (Matrix, error) {
	var rows []struct {
		Status   Status
		Priority Priority
		N        int64
	}
	err := tx.Raw("SELECT status, priority, SUM(n) AS n FROM ticket_counts WHERE scope = ? AND ref = ? GROUP BY status, priority", scope, ref).
		Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the ticket counts: %w", err)
	}
	m := Matrix{}
	for _, r := range rows {
		if m[r.Status] == nil {
			m[r.Status] = map[Priority]int64{}
		}
		m[r.Status][r.Priority] = r.N
	}
	return m, nil
}

// visibleCounts returns the number of tickets an actor sees.
func visibleCounts(tx *gorm.DB, by authz.Actor) (Matrix, error) {
	type term struct {
		scope int
		ref   int64
		sign  int64
	}
	var terms []term
	switch {
	case by.IsNobody():
	case by.Can(authz.TicketViewAll):
		terms = []term{{countAll, 0, 1}}
	case by.Can(authz.TicketQueue):
		// Mine, the unassigned, and what I reported unless already counted.
		terms = []term{{countAssignee, by.ID, 1}, {countAssignee, 0, 1}, {countRequester, by.ID, 1}, {countOwn, by.ID, -1}}
	default:
		terms = []term{{countRequester, by.ID, 1}}
	}
	total := Matrix{}
	for _, t := range terms {
		m, err := readCounts(tx, t.scope, t.ref)
		if err != nil {
			return nil, err
		}
		total.add(m, t.sign)
	}
	return total, nil
}
