package sla_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestFinerStatusStopsTheClocks lets a ticket wait in a finer status in which
// clocks stand still, and changes what that status does.
func TestFinerStatusStopsTheClocks(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		sam, ada := h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		finer := func(label, state string, pauses bool) string {
			return fmt.Sprintf("/api/substatuses/%d", ada.Post("/api/substatuses", obj{"label": label, "state": state, "pauses_sla": pauses}).Want(201).Int("id"))
		}
		parts := finer("Waiting for parts", "in_progress", true)
		finer("Being repaired", "in_progress", false)
		finer("On hold", "open", true)
		policy(ada, obj{"calendar_id": office(ada), "pause_while_waiting": false})
		one, _ := open(ada, nil)

		// Half an hour counts, then both clocks stand still.
		pass(t, h, 30*time.Minute, sam, ada)
		sam.Patch(one, obj{"substatus": "waiting_for_parts"}).Want(200).Is("status", "in_progress").Is("sla_state", "paused").Is("due_at", nil)
		pass(t, h, 2*time.Hour, sam, ada)
		got := sam.Get(one + "/sla").Want(200)
		for _, target := range []string{"first_response", "resolution"} {
			c := clockOf(t, got, target)
			is(t, target, c["state"], "paused")
			is(t, target+" because", c["paused_because"], "waiting")
			is(t, target+" in", c["paused_in"], "Waiting for parts")
			is(t, target+" elapsed", c["elapsed_seconds"], 30*60)
		}

		// Two hours later it goes on, due two hours later than it was.
		sam.Patch(one, obj{"substatus": "being_repaired"}).Want(200).Is("sla_state", "ok").Is("due_at", "2026-03-02T12:00:00Z")
		list := clockOf(t, sam.Get(one+"/sla").Want(200), "resolution")["stretches"].([]any)
		is(t, "why", list[1].(obj)["substatus"], "Waiting for parts")
		is(t, "for", list[1].(obj)["seconds"], 2*3600)

		// The status stops stopping: what has passed in it counts after all.
		ada.Patch(parts, obj{"colour": "amber"}).Want(200)
		h.Drain(t)
		is(t, "no run", ada.Get("/api/sla/policies").Field("run.reason"), "policy")
		before := ada.Get("/api/sla/policies").Int("run.id")
		ada.Patch(parts, obj{"pauses_sla": false}).Want(200)
		h.Drain(t)
		if ada.Get("/api/sla/policies").Int("run.id") == before {
			t.Error("nothing is counted anew")
		}
		sam.Get(one).Want(200).Is("sla_state", "breached")
		got = sam.Get(one + "/sla").Want(200)
		is(t, "counted", clockOf(t, got, "resolution")["elapsed_seconds"], 150*60)
		ada.Patch(parts, obj{"pauses_sla": true}).Want(200)
		h.Drain(t)
		sam.Get(one).Want(200).Is("sla_state", "ok").Is("due_at", "2026-03-02T12:00:00Z")

		// A status that is gone, and others' words, keep what they did.
		two, _ := open(ada, obj{"substatus": "on_hold"})
		sam.Get(two).Want(200).Is("sla_state", "paused")
		pass(t, h, 10*time.Minute, sam, ada)
		sam.Patch(two, obj{"substatus": nil}).Want(200).Is("sla_state", "ok").Is("due_at", "2026-03-02T12:40:00Z")
		is(t, "held", clockOf(t, sam.Get(two+"/sla").Want(200), "first_response")["elapsed_seconds"], 0)
		for _, s := range ada.Get("/api/substatuses").Want(200).Field("substatuses").([]any) {
			if m := s.(obj); m["slug"] == "on_hold" {
				ada.Delete(fmt.Sprintf("/api/substatuses/%v", m["id"])).Want(204)
			}
		}
		ada.Post("/api/sla/recalculate", obj{}).Want(202)
		h.Drain(t)
		sam.Get(two).Want(200).Is("due_at", "2026-03-02T12:40:00Z")

		// Staff who answer in a pausing status meet the target.
		sam.Patch(two, obj{"substatus": "waiting_for_parts"}).Want(200)
		sam.Post(two+"/add_comment", obj{"content": "It is on its way."}).Want(201)
		is(t, "met", clockOf(t, sam.Get(two+"/sla").Want(200), "first_response")["state"], "met")

		// Reopened into it, the resolution waits on.
		sam.Post(two+"/update_status", obj{"status": "resolved"}).Want(200).Is("sla_state", "met")
		pass(t, h, time.Hour, sam, ada)
		sam.Patch(two, obj{"substatus": "waiting_for_parts"}).Want(200).Is("status", "in_progress").Is("sla_state", "paused")
	})
}
