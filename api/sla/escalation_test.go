package sla_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestStepsHappenOnce: when several look at once, after what counts the clock anew to the same time,
// and not while it stands still. Whoever a step names and is gone keeps nothing else of it,
// and no other step, from happening.
func TestStepsHappenOnce(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada, gone := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin), h.Person("gone", authz.ITStaff)
		named := policy(ada, obj{"targets": obj{"resolution": 3600}, "pause_while_waiting": true, "steps": []obj{
			{"target": "resolution", "offset_seconds": -1200, "assign_to": gone.ID, "raise_priority": true, "notify_user_ids": []int64{gone.ID, ada.ID}},
			{"target": "resolution", "offset_seconds": -600, "assign_to": sam.ID},
			{"target": "resolution", "offset_seconds": 600, "raise_priority": true},
		}})
		if err := h.DB.Writer(context.Background()).Exec("UPDATE users SET is_active = ? WHERE id = ?", false, gone.ID).Error; err != nil {
			t.Fatal(err)
		}
		// The policy can be changed all the same, but nobody names them anew.
		ada.Patch(fmt.Sprintf("/api/sla/policies/%d", named), obj{"name": "Renamed"}).Want(200)
		ada.Patch(fmt.Sprintf("/api/sla/policies/%d", policy(ada, obj{"name": "Another", "condition": "department:Nowhere"})), obj{"steps": []obj{
			{"target": "resolution", "offset_seconds": 600, "assign_to": gone.ID},
		}}).WantFields("steps")
		one, _ := open(emma, obj{"priority": "low"})
		steps := func(want int, when string) {
			t.Helper()
			if n := strings.Count(events(ada, one), `"note.sla_escalated"`); n != want {
				t.Fatalf("%s: %d steps, want %d: %s", when, n, want, events(ada, one))
			}
		}
		ticks := func() { // several at once, as replicas have them
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					if err := h.App.SLA.Tick(context.Background(), job.Job{}); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
		}
		h.Drain(t)
		h.Clock.Advance(41 * time.Minute)
		ticks()
		pass(t, h, 0, emma, sam, ada)
		steps(1, "before the breach")
		ada.Get(one).Want(200).Is("priority", "medium").Is("assigned_to", nil)
		if raw := events(ada, one); !strings.Contains(raw, `"refused":["assign"]`) {
			t.Errorf("the step does not say what it could not do: %s", raw)
		}

		// Counted anew to the same time.
		policy(ada, obj{"name": "Other", "condition": "department:Nowhere"})
		h.Drain(t)
		ticks()
		steps(1, "counted anew")

		// Its clock stands still while it waits for the requester.
		ada.Post(one+"/update_status", obj{"status": "in_progress"}).Want(200)
		sam.Post(one+"/assign", obj{"user_id": sam.ID}).Want(200)
		sam.Post(one+"/add_comment", obj{"content": "Which printer?"}).Want(201)
		h.Drain(t)
		ada.Get(one).Is("sla_state", "paused")
		pass(t, h, 5*time.Hour, emma, sam, ada)
		ticks()
		steps(1, "paused")
		emma.Post(one+"/add_comment", obj{"content": "The one on floor 3."}).Want(201)
		ada.Post(one+"/assign", obj{"user_id": ada.ID}).Want(200)
		h.Drain(t)
		h.Clock.Advance(10 * time.Minute)
		ticks()
		pass(t, h, 0, emma, sam, ada)
		steps(2, "going on")
		ada.Get(one).Is("assigned_to.username", "sam")
		h.Clock.Advance(3 * time.Hour) // past all of them at once
		ticks()
		pass(t, h, 0, emma, sam, ada)
		ticks()
		steps(3, "at the end")
		ada.Get(one).Is("priority", "high").Is("sla_state", "breached")
	})
}

// TestStepTellsWhoSeesTheTicket: the timeline says that somebody was told only of whoever is.
func TestStepTellsWhoSeesTheTicket(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, rosa, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("rosa", authz.ITStaff), h.Person("ada", authz.Admin)
		policy(ada, obj{"targets": obj{"resolution": 3600}, "steps": []obj{
			{"target": "resolution", "offset_seconds": -1200, "notify_user_ids": []int64{sam.ID, rosa.ID}},
		}})
		plain, _ := open(emma, nil)
		secret, _ := open(rosa, obj{"confidential": true})
		h.Drain(t)
		pass(t, h, 41*time.Minute, emma, sam, rosa, ada)
		if raw := events(ada, plain); !strings.Contains(raw, fmt.Sprintf(`"notify":[%d,%d]`, sam.ID, rosa.ID)) || strings.Contains(raw, "refused") {
			t.Errorf("an open ticket: %s", raw)
		}
		if raw := events(rosa, secret); !strings.Contains(raw, fmt.Sprintf(`"notify":[%d]`, rosa.ID)) || !strings.Contains(raw, `"refused":["notify"]`) {
			t.Errorf("a confidential ticket: %s", raw)
		}
		sam.Get("/api/notifications?page_size=50").Want(200).Is("count", 1)
		rosa.Get("/api/notifications?page_size=50").Want(200).Is("count", 2)
	})
}

// TestStepTellsWhomItGivesTheTicket: it tells those who see the ticket once it has done what it asks for.
func TestStepTellsWhomItGivesTheTicket(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, rosa, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("rosa", authz.ITStaff), h.Person("ada", authz.Admin)
		policy(ada, obj{"targets": obj{"resolution": 3600}, "steps": []obj{
			{"target": "resolution", "offset_seconds": -1200, "assign_to": rosa.ID, "notify_assignee": true, "notify_user_ids": []int64{rosa.ID}},
		}})
		one, _ := open(emma, nil)
		sam.Post(one+"/assign", obj{"user_id": sam.ID}).Want(200)
		rosa.Get(one).Want(404)
		h.Drain(t)
		pass(t, h, 41*time.Minute, emma, sam, rosa, ada)
		rosa.Get(one).Want(200)
		sam.Get(one).Want(404)
		if raw := events(ada, one); !strings.Contains(raw, fmt.Sprintf(`"notify":[%d]`, rosa.ID)) || !strings.Contains(raw, `"refused":["notify"]`) {
			t.Errorf("the step does not say whom it told: %s", raw)
		}
		rosa.Get("/api/notifications?page_size=50").Want(200).Is("count", 2) // that it is theirs, and why
		sam.Get("/api/notifications?page_size=50").Want(200).Is("count", 0)
	})
}
