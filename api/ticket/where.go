package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket/query"
	"github.com/fixdesk/fixdesk/api/user"
)

// Where adds what a query of the query language asks for to a filter. What an
// index serves becomes part of the filter itself; the rest is looked at on the
// way along the list. zone is where the days of the query begin.
func (s *Service) Where(ctx context.Context, by authz.Actor, f Filter, text string, zone *time.Location) (Filter, error) {
	fields := map[string]QueryField{}
	tree, err := query.Parse(text, query.Env{
		More: func() ([]query.Field, error) {
			more, err := s.fieldsFor(s.db.Read(ctx), by, false)
			out := make([]query.Field, len(more))
			for i, q := range more {
				out[i], fields[q.Name] = q.Field, q
			}
			return out, err
		},
		Now: s.clock.Now(), Zone: zone, Me: by.ID,
		Person: func(name string) (int64, bool, error) { return personNamed(s.db.Read(ctx), name) },
		Team:   func(name string) (int64, bool, error) { return teamNamed(s.db.Read(ctx), by, name) },
		Teams:  by.Teams,
	})
	var wrong *query.Error
	if errors.As(err, &wrong) {
		return f, fault.Field("q", "%s.", wrong)
	}
	if err != nil {
		return f, err
	}
	terms, ok := tree.(query.And)
	if !ok {
		terms = query.And{tree}
	}
	for _, n := range terms {
		if n, err = s.byRequesters(ctx, n); err != nil {
			return f, err
		}
		if !f.absorb(n) {
			f.rest = append(f.rest, n)
		}
	}
	if len(f.Replies) > 0 && len(f.Statuses) == 0 {
		f.Statuses = []Status{Open, InProgress} // the others wait for nobody
	}
	if len(f.Statuses) == 0 && len(scopesOf(by)) > 1 && slices.ContainsFunc(f.rest, isClosing) {
		f.Statuses = []Status{Closed} // each of the indexes of who sees only some has them apart
	}
	f.reader, f.fields = by, fields
	f.asked += "\x00" + text + "\x00" + zone.String()
	return f, nil
}

// isClosing reports whether a condition holds for nothing but closed tickets.
func isClosing(n query.Node) bool {
	at, ok := n.(query.Times)
	return ok && at.Field == "closed" && !at.Never
}

// knownRequesters is how many people a department may have for its tickets to be
// found by who reported them. In a larger one, a list meets its tickets soon.
const knownRequesters = 500

// byRequesters makes a condition on a department one on its people.
func (s *Service) byRequesters(ctx context.Context, n query.Node) (query.Node, error) {
	c, ok := n.(query.Choice)
	if !ok || c.Field != "department" {
		return n, nil
	}
	ids, err := user.InDepartments(s.db.Read(ctx), c.Values, knownRequesters+1)
	switch {
	case err != nil || len(ids) > knownRequesters:
		return n, err
	case len(ids) == 0:
		return query.Or{}, nil
	}
	return query.Person{Field: "requester", IDs: ids}, nil
}

func personNamed(tx *gorm.DB, name string) (int64, bool, error) {
	found, err := user.Named(tx, []string{name})
	u, ok := found[name]
	return u.ID, ok, err
}

// teamNamed finds a team for those who know of teams.
func teamNamed(tx *gorm.DB, by authz.Actor, name string) (int64, bool, error) {
	if !by.Can(authz.TicketQueue) {
		return 0, false, nil
	}
	t, found, err := team.Named(tx, name)
	return t.ID, found, err
}

// absorb makes a condition part of what the plan knows, if it can hold it.
func (f *Filter) absorb(n query.Node) bool {
	switch n := n.(type) {
	case query.Choice:
		switch n.Field {
		case "status":
			if len(f.Statuses) == 0 && len(f.Replies) == 0 {
				f.Statuses = named(n.Values, ParseStatus)
				return len(f.Statuses) > 0
			}
		case "priority":
			if len(f.Priorities) == 0 {
				f.Priorities = named(n.Values, ParsePriority)
				return len(f.Priorities) > 0
			}
		case "waiting":
			return f.absorbWaiting(n.Values)
		}
	case query.Watching:
		f.Watched = true
		return true
	case query.Person:
		if n.Field == "team" && n.None {
			return false
		}
		if len(n.IDs)+bit(n.None) != 1 {
			return false
		}
		switch {
		case n.Field == "requester" && f.CreatedBy == nil:
			f.CreatedBy = &n.IDs[0]
			return true
		case n.Field == "team" && f.Team == nil:
			f.Team = &n.IDs[0]
			return true
		case n.Field == "assignee" && f.AssignedTo == nil && !f.Unassigned:
			if n.None {
				f.Unassigned = true
			} else {
				f.AssignedTo = &n.IDs[0]
			}
			return true
		}
	case query.Text:
		// The longest phrase finds the fewest rows.
		if n.Field != "" {
			return false
		}
		if f.Search == "" {
			f.Search = n.Phrase
			return true
		}
		if len(n.Phrase) > len(f.Search) {
			f.rest = append(f.rest, query.Text{Phrase: f.Search})
			f.Search = n.Phrase
			return true
		}
	}
	return false
}

// absorbWaiting holds the last word, if the statuses leave it any meaning.
func (f *Filter) absorbWaiting(whom []string) bool {
	if len(f.Replies) > 0 {
		return false
	}
	named := len(f.Statuses) > 0
	f.Statuses = slices.DeleteFunc(slices.Clone(f.Statuses), Status.Done) // nobody is waited for there
	if named && len(f.Statuses) == 0 {
		f.rest = append(f.rest, query.Or{}) // nothing
	}
	if slices.Contains(whom, WaitingStaff) {
		f.Replies = append(f.Replies, NoReply, RequesterReply)
	}
	if slices.Contains(whom, WaitingRequester) {
		f.Replies = append(f.Replies, StaffReply)
	}
	return true
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func named[T any](names []string, parse func(string) (T, bool)) []T {
	var out []T
	for _, n := range names {
		if v, ok := parse(n); ok {
			out = append(out, v)
		}
	}
	return out
}

// sql is how this package's tables answer conditions.
func (f Filter) sql() query.SQL {
	ordinals := func(names []string) []int {
		var out []int
		for _, s := range named(names, ParseStatus) {
			out = append(out, int(s))
		}
		for _, p := range named(names, ParsePriority) {
			out = append(out, int(p))
		}
		return out
	}
	return query.SQL{
		Ordinals: ordinals, Fold: user.Fold, TextBreak: textBreak, StaffReply: int(StaffReply),
		Unfinished: []int{int(Open), int(InProgress)}, Reader: f.reader.ID, HiddenEvents: hidden(f.reader),
		More: func(add query.Add, name string, n query.Node) bool {
			field, ok := f.fields[name]
			if ok {
				field.Write(add, n)
			}
			return ok
		},
	}
}

// where adds what is left of the query.
func (f Filter) where(q *sqlText) {
	for i, n := range f.rest {
		if f.led != nil && f.led.at == i { // its index says so
			continue
		}
		q.add(" AND ")
		f.condition(q, n)
	}
}

func (f Filter) condition(q *sqlText, n query.Node) { f.sql().Write(q.add, n) }

// unreadOf returns which of the tickets have something that the actor has not seen.
func unreadOf(tx *gorm.DB, by authz.Actor, tickets []Ticket) (map[int64]bool, error) {
	out := map[int64]bool{}
	if len(tickets) == 0 || by.ID == 0 {
		return out, nil
	}
	ids := make([]int64, len(tickets))
	for i, t := range tickets {
		ids[i] = t.ID
	}
	q := &sqlText{}
	q.add("SELECT t.id FROM tickets AS t WHERE t.id IN ? AND ", ids)
	Filter{reader: by}.condition(q, query.Unread{})
	var found []int64
	if err := tx.Raw(q.sql.String(), q.args...).Scan(&found).Error; err != nil {
		return nil, fmt.Errorf("look for unread tickets: %w", err)
	}
	for _, id := range found {
		out[id] = true
	}
	return out, nil
}

// Count returns the number of tickets that a filter finds among those that the
// actor sees.
func (s *Service) Count(ctx context.Context, by authz.Actor, f Filter) (Tally, error) {
	_, p, err := s.plan(ctx, by, f)
	return Tally{min(p.count, web.MaxCount), !p.more && p.count <= web.MaxCount}, err
}
