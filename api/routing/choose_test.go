package routing_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/fixdesk/fixdesk/api/routing"
)

func random(r *rand.Rand) (routing.Strategy, routing.Need, []routing.Candidate) {
	var n routing.Need
	for skill := int64(1); skill <= 3; skill++ {
		if r.IntN(3) == 0 {
			n.Skills = append(n.Skills, skill)
		}
	}
	n.Last, n.Back = r.Int64N(8), r.Int64N(8)
	var list []routing.Candidate
	for id := int64(1); id <= r.Int64N(7); id++ {
		c := routing.Candidate{
			UserID: id, Active: r.IntN(8) > 0, Away: r.IntN(6) == 0, OffHours: r.IntN(6) == 0,
			Load: r.IntN(6), Capacity: r.IntN(6), Turn: r.Int64N(4),
		}
		for skill := int64(1); skill <= 3; skill++ {
			if r.IntN(3) > 0 {
				c.Skills = append(c.Skills, skill)
			}
		}
		list = append(list, c)
	}
	return routing.Strategies[r.IntN(len(routing.Strategies))], n, list
}

// fits says of one candidate, in the plainest words, whether they can have a ticket.
func fits(s routing.Strategy, n routing.Need, c routing.Candidate) bool {
	has := map[int64]bool{}
	for _, k := range c.Skills {
		has[k] = true
	}
	for _, k := range n.Skills {
		if s == routing.BySkill && !has[k] {
			return false
		}
	}
	return c.Active && !c.Away && !c.OffHours && c.Load < c.Capacity && c.UserID != n.Back
}

// TestChoosing holds the choice against what must be true of every choice.
func TestChoosing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		s, n, list := random(r)
		got := routing.Choose(s, n, list)
		about := fmt.Sprintf("%s %+v %+v: %+v", s, n, list, got)
		var fit []routing.Candidate
		for _, c := range list {
			if fits(s, n, c) {
				fit = append(fit, c)
			}
		}
		if (got.UserID == 0) != (len(fit) == 0) || len(got.Verdicts) != len(list) {
			t.Fatalf("somebody, or nobody: %s", about)
		}
		var chosen *routing.Candidate
		last := false
		for i, c := range fit {
			if c.UserID == got.UserID {
				chosen = &fit[i]
			}
			last = last || c.UserID == n.Last
		}
		if len(fit) > 0 && chosen == nil {
			t.Fatalf("one who is not fit: %s", about)
		}
		if last && got.UserID != n.Last {
			t.Fatalf("not the last one: %s", about)
		}
		for _, c := range fit {
			if last {
				break
			}
			if s == routing.RoundRobin && c.Turn < chosen.Turn || s != routing.RoundRobin && c.Load < chosen.Load {
				t.Fatalf("%d would have been better: %s", c.UserID, about)
			}
		}
		for i, v := range got.Verdicts {
			if v.Reason == "" || (v.UserID == got.UserID) != (i == 0 && got.UserID != 0) {
				t.Fatalf("reasons: %s", about)
			}
		}
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		if again := routing.Choose(s, n, list); !reflect.DeepEqual(again, got) {
			t.Fatalf("another order, another choice: %s, %+v", about, again)
		}
	}
}

// TestTurnsAreFair gives many tickets to three who are always fit.
func TestTurnsAreFair(t *testing.T) {
	list := []routing.Candidate{{UserID: 4}, {UserID: 2}, {UserID: 9}}
	given := map[int64]int{}
	for turn := int64(1); turn <= 100; turn++ {
		for i := range list {
			list[i].Active, list[i].Capacity = true, 1000
		}
		got := routing.Choose(routing.RoundRobin, routing.Need{}, list).UserID
		given[got]++
		for i := range list {
			if list[i].UserID == got {
				list[i].Turn = turn
				list[i].Load++
			}
		}
	}
	for id, n := range given {
		if n < 33 || n > 34 {
			t.Errorf("%d has %d", id, n)
		}
	}
}
