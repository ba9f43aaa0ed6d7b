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
// of a requester; and of those that are not confidential, the unassigned ones of a
// team (0 for none), the assigned ones of a team, and those of a team that are
// assigned to one person; and the confidential ones.
const (
	countAll = iota
	countAssignee
	countRequester
	_ // counted once, and left in older databases
	countQueue
	countTeam
	countTeamAssignee
	countConfidential
)

// teamAssignee is the ref of a countTeamAssignee.
func teamAssignee(team, person int64) int64 { return person<<20 | team&(1<<20-1) }

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
	var team int64
	if t.TeamID != nil {
		team = *t.TeamID
	}
	switch {
	case t.Confidential:
		add(countConfidential, 0, slot)
	case t.AssignedToID == nil:
		add(countQueue, team, slot)
	case team != 0:
		add(countTeam, team, slot)
		add(countTeamAssignee, teamAssignee(team, *t.AssignedToID), 0)
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

func readCounts(tx *gorm.DB, where string, args ...any) (Matrix, error) {
	return scanMatrix(tx, "SELECT status, priority, SUM(n) AS n FROM ticket_counts WHERE "+where+" GROUP BY status, priority", args...)
}

func scanMatrix(tx *gorm.DB, sql string, args ...any) (Matrix, error) {
	var rows []struct {
		Status   Status
		Priority Priority
		N        int64
	}
	if err := tx.Raw(sql, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the ticket counts: %w", err)
	}
	m := Matrix{}
	for _, r := range rows {
		if m[r.Status] == nil {
			m[r.Status] = map[Priority]int64{}
		}
		m[r.Status][r.Priority] += r.N
	}
	return m, nil
}

// visibleCounts returns the number of tickets an actor sees: from counters, and
// of what is the actor's own, which is little, by counting.
func (s *Service) visibleCounts(tx *gorm.DB, by authz.Actor) (Matrix, error) {
	t := tally{s: s, tx: tx, total: Matrix{}}
	switch {
	case by.IsNobody():
	case by.Can(authz.TicketViewAll) && by.Can(authz.TicketConfidential):
		t.counter(countAll, 0, 1)
	case by.Can(authz.TicketViewAll):
		t.counter(countAll, 0, 1)
		t.counter(countConfidential, 0, -1)
		t.rows(scopesOf(by)[1:]...)
	case by.Can(authz.TicketQueue):
		t.counter(countAssignee, by.ID, 1)
		t.queue(by)
		for _, team := range by.Teams {
			t.counter(countTeam, team, 1)
			t.counter(countTeamAssignee, teamAssignee(team, by.ID), -1)
		}
		t.rows(scopesOf(by)[2+len(by.Teams):]...)
	default:
		t.counter(countRequester, by.ID, 1)
		t.rows(scopesOf(by)[1:]...)
	}
	return t.total, t.err
}

// unassignedCounts returns the number of unassigned tickets an actor sees who
// works on tickets.
func (s *Service) unassignedCounts(tx *gorm.DB, by authz.Actor) (Matrix, error) {
	t := tally{s: s, tx: tx, total: Matrix{}}
	none := Filter{Unassigned: true}
	switch scopes := scopesOf(by); {
	case by.Can(authz.TicketViewAll) && by.Can(authz.TicketConfidential):
		t.counter(countAssignee, 0, 1)
	case by.Can(authz.TicketViewAll):
		t.queue(authz.Actor{})
		t.within(none, scopes[1:]...)
	case by.Can(authz.TicketQueue):
		t.queue(by)
		t.within(none, scopes[2:]...)
	}
	return t.total, t.err
}

// teamCounts returns the number of a team's tickets an actor sees who works on tickets.
func (s *Service) teamCounts(tx *gorm.DB, by authz.Actor, id int64) (Matrix, error) {
	t := tally{s: s, tx: tx, total: Matrix{}}
	only, all := Filter{Team: &id}, by.Can(authz.TicketViewAll)
	if all || !slices.Contains(by.OtherTeams, id) {
		t.counter(countQueue, id, 1)
	}
	if all || slices.Contains(by.Teams, id) {
		t.counter(countTeam, id, 1)
	} else {
		t.counter(countTeamAssignee, teamAssignee(id, by.ID), 1)
	}
	// What is confidential is counted one by one.
	switch scopes := scopesOf(by); {
	case all && by.Can(authz.TicketConfidential):
		t.within(only, scope{secret: true})
	case all:
		t.within(only, scopes[1:]...)
	default:
		t.within(only, scope{assignee: &by.ID, secret: true})
		t.within(only, scopes[2+len(by.Teams):]...)
	}
	return t.total, t.err
}

// tally adds up numbers of tickets.
type tally struct {
	s     *Service
	tx    *gorm.DB
	total Matrix
	err   error
}

func (t *tally) counter(scope int, ref, sign int64) {
	if t.err != nil {
		return
	}
	var m Matrix
	if m, t.err = readCounts(t.tx, "scope = ? AND ref = ?", scope, ref); t.err == nil {
		t.total.add(m, sign)
	}
}

// queue adds the unassigned tickets that are not of other teams.
func (t *tally) queue(by authz.Actor) {
	if t.err != nil {
		return
	}
	var m Matrix
	if m, t.err = readCounts(t.tx, "scope = ? AND ref NOT IN ?", countQueue, atLeastOne(by.OtherTeams)); t.err == nil {
		t.total.add(m, 1)
	}
}

// rows adds the tickets of scopes.
func (t *tally) rows(scopes ...scope) { t.within(Filter{}, scopes...) }

// within adds the tickets of scopes that a filter by people finds.
func (t *tally) within(f Filter, scopes ...scope) {
	for _, sc := range scopes {
		narrowed, ok := f.within(sc)
		if !ok || t.err != nil {
			continue
		}
		b := branch{scope: narrowed}
		q := &sqlText{}
		q.add("SELECT t.status, t.priority, COUNT(*) AS n")
		index := b.index(ByNewest)
		if b.secret && b.team != nil {
			index = "idx_tickets_team_sight"
		}
		f.source(t.s.db, q, b, index)
		q.add(" GROUP BY t.status, t.priority")
		var m Matrix
		if m, t.err = scanMatrix(t.tx, q.sql.String(), q.args...); t.err == nil {
			t.total.add(m, 1)
		}
	}
}

// Loads returns how many unfinished tickets people have.
func Loads(tx *gorm.DB, people []int64) (map[int64]int, error) {
	out := make(map[int64]int, len(people))
	var rows []struct {
		Ref int64
		N   int
	}
	err := tx.Raw("SELECT ref, SUM(n) AS n FROM ticket_counts WHERE scope = ? AND ref IN ? AND status IN ? GROUP BY ref",
		countAssignee, atLeastOne(people), []Status{Open, InProgress}).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count the tickets of people: %w", err)
	}
	for _, r := range rows {
		out[r.Ref] = r.N
	}
	return out, nil
}

// LastAssignee returns who has or had the newest of somebody's last tickets that
// anybody has, other than one; 0 for nobody.
func LastAssignee(tx *gorm.DB, requester, except int64) (int64, error) {
	const looked = 50
	var found []Ticket
	err := tx.Select("id", "assigned_to_id").Where("created_by_id = ? AND id <> ?", requester, except).Order("id DESC").Limit(looked).Find(&found).Error
	if err != nil {
		return 0, fmt.Errorf("read who had the last tickets of account %d: %w", requester, err)
	}
	for _, t := range found {
		if t.AssignedToID != nil {
			return *t.AssignedToID, nil
		}
	}
	return 0, nil
}
