package routing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/calendar"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// skillSet is the desk's skills: tags that were merged are what they were merged
// into, and tags that are gone are none.
type skillSet struct {
	root  map[int64]int64 // of a tag; 0 for what is no skill any more
	names map[int64]string
	of    map[int64][]int64 // what a category takes
	tree  *category.Tree
	list  []Skill
}

func loadSkills(tx *gorm.DB) (*skillSet, error) {
	out := &skillSet{root: map[int64]int64{}, names: map[int64]string{}, of: map[int64][]int64{}}
	if err := tx.Order("tag_id").Find(&out.list).Error; err != nil {
		return nil, fmt.Errorf("read the skills: %w", err)
	}
	if len(out.list) == 0 {
		return out, nil
	}
	ids := make([]int64, len(out.list))
	for i, s := range out.list {
		ids[i] = s.TagID
	}
	var tags []tag.Tag
	if err := tx.Where("id IN ?", ids).Find(&tags).Error; err != nil {
		return nil, fmt.Errorf("read the tags of the skills: %w", err)
	}
	for _, t := range tags {
		roots, err := tag.Roots(tx, []tag.Tag{t})
		if err != nil {
			return nil, err
		}
		if len(roots) == 1 {
			out.root[t.ID], out.root[roots[0].ID] = roots[0].ID, roots[0].ID
			out.names[roots[0].ID] = roots[0].Name
		}
	}
	for _, s := range out.list {
		if root := out.root[s.TagID]; root != 0 {
			for _, c := range s.Categories {
				out.of[c] = append(out.of[c], root)
			}
		}
	}
	if len(out.of) > 0 {
		var err error
		if out.tree, err = category.Load(tx); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// resolve returns skills as they are now, each once.
func (s *skillSet) resolve(tags []int64) []int64 {
	var out []int64
	for _, id := range tags {
		if root := s.root[id]; root != 0 && !slices.Contains(out, root) {
			out = append(out, root)
		}
	}
	slices.Sort(out)
	return out
}

// needed returns what tags and a category take.
func (s *skillSet) needed(tags []int64, categoryID *int64) []int64 {
	all := slices.Clone(tags)
	if categoryID != nil && s.tree != nil {
		for c, skills := range s.of {
			if c == *categoryID || slices.Contains(s.tree.Below(c), *categoryID) {
				all = append(all, skills...)
			}
		}
	}
	return s.resolve(all)
}

// needs says what tickets take in a queue; backs are who gave them back.
func needs(tx *gorm.DB, skills *skillSet, q *Queue, tickets []ticket.Ticket, backs map[int64]int64) (map[int64]Need, error) {
	ids := make([]int64, len(tickets))
	for i, t := range tickets {
		ids[i] = t.ID
	}
	tags := map[int64][]tag.Tag{}
	if q.Strategy == BySkill && len(skills.list) > 0 {
		var err error
		if tags, err = tag.Of(tx, ids...); err != nil {
			return nil, err
		}
	}
	out := make(map[int64]Need, len(tickets))
	for _, t := range tickets {
		n := Need{Back: backs[t.ID]}
		if q.Strategy == BySkill {
			var own []int64
			for _, x := range tags[t.ID] {
				own = append(own, x.ID)
			}
			n.Skills = skills.needed(own, t.CategoryID)
		}
		if q.Sticky {
			var err error
			if n.Last, err = ticket.LastAssignee(tx, t.CreatedByID, t.ID); err != nil {
				return nil, err
			}
		}
		out[t.ID] = n
	}
	return out, nil
}

// candidates reads the members of a queue's team as they stand now.
func candidates(tx *gorm.DB, q *Queue, skills *skillSet, now time.Time) ([]Candidate, error) {
	var members []team.Member
	if err := tx.Where("team_id = ?", q.TeamID).Order("user_id").Find(&members).Error; err != nil {
		return nil, fmt.Errorf("read the members of team %d: %w", q.TeamID, err)
	}
	if len(members) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(members))
	for i, m := range members {
		ids[i] = m.UserID
	}
	var users []user.User
	if err := tx.Where("id IN ?", ids).Order("id").Find(&users).Error; err != nil {
		return nil, fmt.Errorf("read the members of team %d: %w", q.TeamID, err)
	}
	agents, err := agentsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	loads, err := ticket.Loads(tx, ids)
	if err != nil {
		return nil, err
	}
	var turns []Turn
	if err := tx.Where("queue_id = ?", q.ID).Find(&turns).Error; err != nil {
		return nil, fmt.Errorf("read the turns of routing queue %d: %w", q.ID, err)
	}
	turnOf := map[int64]int64{}
	for _, t := range turns {
		turnOf[t.UserID] = t.Turn
	}
	open, err := openCalendars(tx, agents, now)
	if err != nil {
		return nil, err
	}
	out := make([]Candidate, len(users))
	for i, u := range users {
		a := agents[u.ID]
		c := Candidate{
			UserID: u.ID, Active: u.Assignable(), Away: a.awayAt(now), Load: loads[u.ID], Capacity: q.Capacity,
			Skills: skills.resolve(a.Skills), Turn: turnOf[u.ID],
		}
		if a.Capacity != nil {
			c.Capacity = *a.Capacity
		}
		if a.CalendarID != nil {
			c.OffHours = !open[*a.CalendarID]
		}
		out[i] = c
	}
	return out, nil
}

// agentsOf reads what is kept about people; who has nothing of their own is there,
// without limits.
func agentsOf(tx *gorm.DB, ids []int64) (map[int64]Agent, error) {
	out := make(map[int64]Agent, len(ids))
	for _, id := range ids {
		out[id] = Agent{UserID: id}
	}
	for part := range slices.Chunk(ids, 500) {
		var rows []Agent
		if err := tx.Where("user_id IN ?", part).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("read what agents are able to: %w", err)
		}
		for _, a := range rows {
			out[a.UserID] = a
		}
	}
	return out, nil
}

// openCalendars says of the agents' calendars which are at work now.
func openCalendars(tx *gorm.DB, agents map[int64]Agent, now time.Time) (map[int64]bool, error) {
	out := map[int64]bool{}
	for _, a := range agents {
		if a.CalendarID == nil {
			continue
		}
		if _, known := out[*a.CalendarID]; known {
			continue
		}
		c, err := calendar.Find(tx, *a.CalendarID)
		if err != nil {
			return nil, fmt.Errorf("read calendar %d: %w", *a.CalendarID, err)
		}
		hours, err := c.Schedule()
		if err != nil {
			return nil, err
		}
		out[c.ID] = hours.Open(now)
	}
	return out, nil
}

// wants reports whether a ticket is to be given to somebody at all. What is
// confidential is for people to hand on.
func wants(t *ticket.Ticket) bool {
	return t.AssignedToID == nil && !t.Status.Done() && t.MergedIntoID == nil && !t.Confidential
}

// takers returns for each ticket the first queue that takes it; those that none
// takes, or that rest, are missing. A queue whose condition cannot be read takes nothing.
func (s *Service) takers(ctx context.Context, tx *gorm.DB, tickets []ticket.Ticket) (map[int64]*Queue, error) {
	all, err := queues(tx)
	if err != nil {
		return nil, err
	}
	var ready []*Queue
	var tests []ticket.Condition
	for i := range all {
		q := &all[i]
		if !q.Enabled {
			continue
		}
		c, err := s.condition(ctx, q)
		if fault.Is(err, fault.Invalid) {
			continue
		}
		if err != nil {
			return nil, err
		}
		ready, tests = append(ready, q), append(tests, c)
	}
	out := map[int64]*Queue{}
	byTeam := map[int64][]int64{}
	for i := range tickets {
		if t := &tickets[i]; wants(t) {
			var of int64
			if t.TeamID != nil {
				of = *t.TeamID
			}
			byTeam[of] = append(byTeam[of], t.ID)
		}
	}
	if len(ready) == 0 || len(byTeam) == 0 {
		return out, nil
	}
	resting, err := s.tickets.Condition(ctx, "condition", "is:snoozed")
	if err != nil {
		return nil, err
	}
	for of, ids := range byTeam {
		// The first answer is for those that rest.
		asked, takes := []ticket.Condition{resting}, []*Queue{nil}
		for i, q := range ready {
			if q.TeamID == of || (of == 0 && q.Condition != "") {
				asked, takes = append(asked, tests[i]), append(takes, q)
			}
		}
		if len(asked) == 1 {
			continue
		}
		found, err := s.tickets.FirstMatch(tx, ids, asked)
		if err != nil {
			return nil, err
		}
		for id, at := range found {
			if takes[at] != nil {
				out[id] = takes[at]
			}
		}
	}
	return out, nil
}
