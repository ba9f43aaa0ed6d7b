package ticket

import (
	"slices"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
)

// scope is one part of what an actor sees: a conjunction that an index serves,
// and what is left out on the way along it. The parts of an actor's scopes share
// no ticket.
type scope struct {
	assignee    *int64 // this assignee
	unassigned  bool   // or none
	requester   *int64 // this requester
	team        *int64 // this team
	watcher     *int64 // watched by this person
	department  string // of this department
	secret      bool   // only what is confidential
	public      bool   // only what is not
	notAssignee *int64 // assigned, but not to this one

	except exception
}

// everything reports whether a scope leaves nothing out for which a look at the ticket is needed.
func (sc scope) everything() bool {
	return sc.assignee == nil && !sc.unassigned && sc.requester == nil && sc.team == nil && sc.watcher == nil &&
		sc.department == "" && !sc.secret && !sc.public && sc.notAssignee == nil
}

// exception is what other scopes of the same actor hold already, or what the
// scope does not reach. It needs no index: it holds few of the rows walked.
type exception struct {
	requester int64   // not this requester
	teams     []int64 // of none of these teams
	queue     *authz.Actor
	own       *authz.Actor
	depart    string // not public in this department
}

// scopesOf returns what an actor sees; empty for nothing.
func scopesOf(by authz.Actor) []scope {
	me := by.ID
	switch {
	case by.IsNobody():
		return nil
	case by.Can(authz.TicketViewAll) && by.Can(authz.TicketConfidential):
		return []scope{{}}
	case by.Can(authz.TicketViewAll):
		return []scope{{public: true}, {secret: true, except: exception{own: &by}}}
	case by.Can(authz.TicketQueue):
		out := []scope{{assignee: &me}, {unassigned: true, public: true, except: exception{teams: by.OtherTeams}}}
		for _, id := range by.Teams {
			out = append(out, scope{team: &id, public: true, notAssignee: &me})
		}
		return append(out,
			scope{requester: &me, except: exception{queue: &by}},
			scope{watcher: &me, except: exception{queue: &by, requester: me}})
	}
	out := []scope{{requester: &me}}
	if by.Department != "" {
		out = append(out, scope{department: by.Department, public: true, except: exception{requester: me}})
	}
	return append(out, scope{watcher: &me, except: exception{requester: me, depart: by.Department}})
}

// where adds the conditions on t.
func (e exception) where(q *sqlText) {
	if e.requester != 0 {
		q.add(" AND t.created_by_id <> ?", e.requester)
	}
	if len(e.teams) > 0 {
		q.add(" AND COALESCE(t.team_id, 0) NOT IN ?", e.teams)
	}
	if e.depart != "" {
		q.add(" AND NOT (t.confidential = ? AND t.department = ?)", false, e.depart)
	}
	if by := e.queue; by != nil {
		q.add(" AND NOT (COALESCE(t.assigned_to_id, 0) = ? OR (t.confidential = ? AND ((t.assigned_to_id IS NULL", by.ID, false)
		exception{teams: by.OtherTeams}.where(q)
		q.add(") OR (t.assigned_to_id IS NOT NULL AND COALESCE(t.team_id, 0) IN ?))))", atLeastOne(by.Teams))
	}
	if by := e.own; by != nil {
		q.add(" AND (t.created_by_id = ? OR COALESCE(t.assigned_to_id, 0) = ?", by.ID, by.ID)
		if by.Can(authz.TicketTriage) {
			q.add(" OR t.assigned_to_id IS NULL")
		}
		q.add(" OR EXISTS (SELECT 1 FROM ticket_watchers AS wo WHERE wo.ticket_id = t.id AND wo.user_id = ?))", by.ID)
	}
}

// atLeastOne makes a list of ids fit for IN.
func atLeastOne(ids []int64) []int64 {
	if len(ids) == 0 {
		return []int64{-1}
	}
	return ids
}

// where adds the scope's conditions on t.
func (sc scope) where(q *sqlText) {
	if sc.assignee != nil {
		q.add(" AND t.assigned_to_id = ?", *sc.assignee)
	}
	if sc.unassigned {
		q.add(" AND t.assigned_to_id IS NULL")
	}
	if sc.requester != nil {
		q.add(" AND t.created_by_id = ?", *sc.requester)
	}
	if sc.team != nil {
		q.add(" AND t.team_id = ?", *sc.team)
	}
	if sc.department != "" {
		q.add(" AND t.department = ?", sc.department)
	}
	if sc.notAssignee != nil {
		q.add(" AND t.assigned_to_id <> ?", *sc.notAssignee)
	}
	if sc.watcher != nil {
		q.add(" AND EXISTS (SELECT 1 FROM ticket_watchers AS wx WHERE wx.ticket_id = t.id AND wx.user_id = ?)", *sc.watcher)
	}
	sc.hidden(q)
}

// hidden adds the conditions that concern neither people nor teams.
func (sc scope) hidden(q *sqlText) {
	if sc.public || sc.secret {
		q.add(" AND t.confidential = ?", sc.secret)
	}
	sc.except.where(q)
}

// Visible returns the condition, on the alias t of tickets, that a ticket is
// visible to the actor, for those who read the table themselves.
func Visible(by authz.Actor) (sql string, args []any) {
	return visible(by, "EXISTS (SELECT 1 FROM ticket_watchers AS wo WHERE wo.ticket_id = t.id AND wo.user_id = ?)")
}

// visibleAmongMany is Visible for thousands of tickets: what the actor watches is read once
// and not asked for at each of them, which would cost most of all.
func visibleAmongMany(by authz.Actor) (sql string, args []any) {
	return visible(by, "t.id IN (SELECT wo.ticket_id FROM ticket_watchers AS wo WHERE wo.user_id = ?)")
}

// visible says what scopesOf says, not taken apart for indexes.
func visible(by authz.Actor, watched string) (sql string, args []any) {
	q, me := &sqlText{}, by.ID
	switch {
	case by.IsNobody():
		return "1 = 0", nil
	case by.Can(authz.TicketViewAll) && by.Can(authz.TicketConfidential):
		return "1 = 1", nil
	case by.Can(authz.TicketViewAll):
		q.add("(t.confidential = ? OR t.assigned_to_id = ?", false, me)
		if by.Can(authz.TicketTriage) {
			q.add(" OR t.assigned_to_id IS NULL")
		}
	case by.Can(authz.TicketQueue):
		q.add("((t.confidential = ? AND ((t.assigned_to_id IS NULL", false)
		exception{teams: by.OtherTeams}.where(q)
		q.add(") OR (t.assigned_to_id IS NOT NULL AND t.team_id IN ?))) OR t.assigned_to_id = ?", atLeastOne(by.Teams), me)
	default:
		q.add("(1 = 0")
		if by.Department != "" {
			q.add(" OR (t.confidential = ? AND t.department = ?)", false, by.Department)
		}
	}
	q.add(" OR t.created_by_id = ? OR "+watched+")", me, me)
	return q.sql.String(), q.args
}

// sightColumns are what canRead looks at.
var sightColumns = []string{
	"id", "created_by_id", "assigned_to_id", "team_id", "confidential", "watchers", "department", "status", "version",
}

// Sights reads of tickets what CanRead looks at, and their status and version.
// Those that do not exist are not in the answer.
func Sights(tx *gorm.DB, ids []int64) (map[int64]*Ticket, error) {
	out := make(map[int64]*Ticket, len(ids))
	for batch := range slices.Chunk(ids, 500) {
		var found []*Ticket
		if err := tx.Select(sightColumns).Where("id IN ?", batch).Find(&found).Error; err != nil {
			return nil, err
		}
		for _, t := range found {
			out[t.ID] = t
		}
	}
	return out, nil
}
