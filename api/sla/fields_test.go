package sla_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

func idsOf(t *testing.T, a *house.Answer) []int64 {
	t.Helper()
	list, _ := a.Want(200).Field("results").([]any)
	var out []int64
	for _, r := range list {
		m, _ := r.(obj)
		id, _ := m["id"].(float64)
		out = append(out, int64(id))
	}
	return out
}

// TestDueInLists: sorted by it, searched for it, in both directions and page by page.
func TestDueInLists(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		for i, p := range []string{"urgent", "high", "medium"} {
			policy(ada, obj{"name": p, "condition": "priority:" + p, "targets": obj{"resolution": (i + 1) * 3600}})
		}
		h.Drain(t)
		var made []int64
		for _, p := range []string{"low", "medium", "urgent", "high", "low", "urgent"} {
			made = append(made, emma.Post("/api/tickets", obj{"title": p, "description": "d"}).Want(201).Int("id"))
			ada.Patch(fmt.Sprintf("/api/tickets/%d", made[len(made)-1]), obj{"priority": p}).Want(200)
		}
		want := []int64{made[2], made[5], made[3], made[1], made[0], made[4]}
		back := []int64{made[1], made[3], made[5], made[2], made[4], made[0]}
		for _, c := range []*house.Client{sam, ada, emma} {
			if got := idsOf(t, c.Get("/api/tickets?sort=due_at")); !slices.Equal(got, want) {
				t.Errorf("%s, by due time: %v, want %v", c.Name, got, want)
			}
			if got := idsOf(t, c.Get("/api/tickets?sort=-due_at")); !slices.Equal(got, back) {
				t.Errorf("%s, backwards: %v, want %v", c.Name, got, back)
			}
			// Page by page there and back again.
			for sort, order := range map[string][]int64{"due_at": want, "-due_at": back} {
				var there, again []int64
				last := ""
				for next := "/api/tickets?page_size=1&sort=" + sort; next != ""; {
					a := c.Get(next)
					there = append(there, idsOf(t, a)...)
					last, next = next, ""
					if a.Field("next") != nil {
						next = a.Text("next")
					}
				}
				for previous := last; previous != ""; {
					a := c.Get(previous)
					again = append(idsOf(t, a), again...)
					previous = ""
					if a.Field("previous") != nil {
						previous = a.Text("previous")
					}
				}
				if !slices.Equal(there, order) || !slices.Equal(again, order) {
					t.Errorf("%s by %s: %v, back %v, want %v", c.Name, sort, there, again, order)
				}
			}
		}
		find := func(q string, n int) {
			t.Helper()
			sam.Get("/api/tickets?q="+url.QueryEscape(q)).Want(200).Is("count", n)
		}
		find("due:none", 2)
		find("due:any", 4)
		find("due:<+90h sla:ok", 4)
		pass(t, h, 61*time.Minute, emma, sam, ada)
		find("sla:breached", 2)
		find("due:<now", 2)
		find("sla:breached,ok -due:none", 4)
		find("sla:none", 2)
		find("sla:paused", 0)
		find("due:>now priority:>=medium", 2)
		sam.Get("/api/tickets?q=sla:soon").WantFields("q")
		emma.Get("/api/tickets?q=sla:breached").WantFields("q")
		emma.Get("/api/tickets?q=" + url.QueryEscape("due:<now")).Want(200)
		// A rule must not depend on what follows from it.
		for _, q := range []string{"sla:breached", "-due:none", "(priority:low OR due:today)"} {
			ada.Post("/api/sla/policies", obj{"name": "x", "condition": q, "targets": obj{"resolution": 60}}).WantFields("condition")
		}
	})
}
