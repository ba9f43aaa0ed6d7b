package routing

import (
	"cmp"
	"slices"
)

// Strategy is how a queue chooses among those who are fit.
type Strategy string

// The strategies.
const (
	RoundRobin  Strategy = "round_robin"  // whose last turn is the longest ago
	LeastLoaded Strategy = "least_loaded" // who has the fewest open tickets
	BySkill     Strategy = "skill"        // who has every skill that it takes; of those, the least loaded
)

// Strategies lists every strategy.
var Strategies = []Strategy{RoundRobin, LeastLoaded, BySkill}

// Candidate is a member of a queue's team, as they stand now.
type Candidate struct {
	UserID   int64
	Active   bool
	Away     bool
	OffHours bool
	Load     int // open tickets
	Capacity int // how many they may have
	Skills   []int64
	Turn     int64 // when the queue last chose them; 0 for never
}

// Need is what a ticket asks for.
type Need struct {
	Skills []int64
	Last   int64 // who had the requester's last ticket; 0 for nobody, or where that is not heeded
	Back   int64 // who gave this ticket back; 0 for nobody
}

// Reason says what became of a candidate.
type Reason string

// The reasons. Chosen ones say why; the others why somebody was passed over.
const (
	Sticky      Reason = "sticky"      // had the requester's last ticket
	TurnIsTheir Reason = "turn"        // was longest without one
	FewestOpen  Reason = "fewest_open" // has the fewest open tickets
	BestSkilled Reason = "skilled"     // has the skills, and the fewest open tickets
	Inactive    Reason = "inactive"    // cannot be assigned tickets
	IsAway      Reason = "away"        // switched themselves to away
	NotAtWork   Reason = "off_hours"   // outside of their working hours
	Full        Reason = "full"        // has as many open tickets as they may
	GaveBack    Reason = "gave_back"   // had this ticket and gave it back
	LacksSkill  Reason = "lacks_skill" // does not have every skill that it takes
	NotLast     Reason = "not_last"    // fit, but another one had the requester's last ticket
	LaterTurn   Reason = "later_turn"  // fit, but it was another one's turn
	MoreOpen    Reason = "more_open"   // fit, but another one has fewer open tickets, or as many and waited longer
	notPassed   Reason = ""
)

// Verdict is what became of one candidate, with the figures it was judged by.
type Verdict struct {
	UserID   int64   `json:"user_id"`
	Reason   Reason  `json:"reason"`
	Load     int     `json:"load"`
	Capacity int     `json:"capacity"`
	Lacks    []int64 `json:"lacks,omitempty"` // skills
}

// Choice is who gets a ticket, or nobody, and what became of everybody.
type Choice struct {
	UserID   int64 // 0 for nobody
	Reason   Reason
	Verdicts []Verdict // the chosen one first, then by id
}

// Choose says who gets a ticket. It is pure: the same candidates in any order lead
// to the same choice.
func Choose(s Strategy, n Need, candidates []Candidate) Choice {
	candidates = slices.Clone(candidates)
	slices.SortFunc(candidates, func(a, b Candidate) int { return cmp.Compare(a.UserID, b.UserID) })
	var out Choice
	var best *Candidate
	for i := range candidates {
		c := &candidates[i]
		if c.unfit(s, n) != notPassed {
			continue
		}
		if best == nil || better(s, n, c, best) {
			best = c
		}
	}
	lost := MoreOpen
	if best != nil {
		out.UserID = best.UserID
		switch {
		case n.Last == best.UserID:
			out.Reason, lost = Sticky, NotLast
		case s == RoundRobin:
			out.Reason, lost = TurnIsTheir, LaterTurn
		case s == BySkill && len(n.Skills) > 0:
			out.Reason = BestSkilled
		default:
			out.Reason = FewestOpen
		}
	}
	for i := range candidates {
		c := &candidates[i]
		v := Verdict{UserID: c.UserID, Reason: c.unfit(s, n), Load: c.Load, Capacity: c.Capacity}
		switch {
		case c == best:
			v.Reason = out.Reason
		case v.Reason == notPassed:
			v.Reason = lost
		case v.Reason == LacksSkill:
			v.Lacks = c.lacks(n)
		}
		out.Verdicts = append(out.Verdicts, v)
	}
	slices.SortStableFunc(out.Verdicts, func(a, b Verdict) int {
		switch {
		case a.UserID == out.UserID:
			return -1
		case b.UserID == out.UserID:
			return 1
		}
		return 0
	})
	return out
}

// unfit says why a candidate cannot have the ticket, or notPassed.
func (c *Candidate) unfit(s Strategy, n Need) Reason {
	switch {
	case !c.Active:
		return Inactive
	case c.Away:
		return IsAway
	case c.OffHours:
		return NotAtWork
	case c.Load >= c.Capacity:
		return Full
	case n.Back == c.UserID:
		return GaveBack
	case s == BySkill && len(c.lacks(n)) > 0:
		return LacksSkill
	}
	return notPassed
}

// free reports whether a candidate could have any ticket at all.
func (c *Candidate) free() bool { return c.unfit(RoundRobin, Need{}) == notPassed }

func (c *Candidate) lacks(n Need) []int64 {
	var out []int64
	for _, skill := range n.Skills {
		if !slices.Contains(c.Skills, skill) {
			out = append(out, skill)
		}
	}
	return out
}

func better(s Strategy, n Need, a, b *Candidate) bool {
	if n.Last != 0 && (a.UserID == n.Last) != (b.UserID == n.Last) {
		return a.UserID == n.Last
	}
	if s == RoundRobin {
		return cmp.Or(cmp.Compare(a.Turn, b.Turn), cmp.Compare(a.UserID, b.UserID)) < 0
	}
	return cmp.Or(cmp.Compare(a.Load, b.Load), cmp.Compare(a.Turn, b.Turn), cmp.Compare(a.UserID, b.UserID)) < 0
}
