package sla_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

// office makes a calendar of nine to five on weekdays in Berlin. The world begins
// on a Monday at ten o'clock there.
func office(admin *house.Client) int64 {
	day := []obj{{"from": "09:00", "to": "17:00"}}
	return admin.Post("/api/calendars", obj{"name": "Office", "zone": "Europe/Berlin", "hours": obj{
		"monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day,
	}}).Want(201).Int("id")
}

func policy(admin *house.Client, more obj) int64 {
	body := obj{"name": "Standard", "targets": obj{"first_response": 3600, "next_response": 7200, "resolution": 8 * 3600}, "pause_while_waiting": true}
	for k, v := range more {
		body[k] = v
	}
	return admin.Post("/api/sla/policies", body).Want(201).Int("id")
}

func open(c *house.Client, more obj) (one string, id int64) {
	body := obj{"title": "Printer", "description": "It jams."}
	for k, v := range more {
		body[k] = v
	}
	id = c.Post("/api/tickets", body).Want(201).Int("id")
	return fmt.Sprintf("/api/tickets/%d", id), id
}

// pass lets time pass and signs the people in again.
func pass(t *testing.T, h *house.House, d time.Duration, people ...*house.Client) {
	t.Helper()
	h.Clock.Advance(d)
	h.Drain(t)
	for _, c := range people {
		c.SignIn(c.Name, house.Password)
	}
}

// clockOf returns the last clock of a target.
func clockOf(t *testing.T, a *house.Answer, target string) obj {
	t.Helper()
	list, _ := a.Field("clocks").([]any)
	var out obj
	for _, c := range list {
		if m, ok := c.(obj); ok && m["target"] == target {
			out = m
		}
	}
	if out == nil {
		t.Fatalf("no clock for %s in %s", target, a.Raw)
	}
	return out
}

func is(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestLifeOfAClock follows a ticket through an answer, waiting, a reopening and a
// week-end.
func TestLifeOfAClock(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		policy(ada, obj{"calendar_id": office(ada)})
		made := emma.Post("/api/tickets", obj{"title": "Printer", "description": "It jams."}).Want(201).
			Is("due_at", "2026-03-02T10:00:00Z").Is("due_source", "sla").Is("sla_state", nil)
		one := fmt.Sprintf("/api/tickets/%d", made.Int("id"))
		sam.Get(one).Want(200).Is("sla_state", "ok").Is("due_at", "2026-03-02T10:00:00Z")
		emma.Get(one+"/sla").WantCode(403, "sla.read_denied")

		// After 48 of 60 minutes it is at risk, after 60 it is breached.
		pass(t, h, 49*time.Minute, emma, sam, ada)
		sam.Get(one).Is("sla_state", "at_risk")
		pass(t, h, 12*time.Minute, emma, sam, ada)
		sam.Get(one).Is("sla_state", "breached")
		got := sam.Get(one + "/sla").Want(200)
		is(t, "first", clockOf(t, got, "first_response")["state"], "breached")
		is(t, "breached at", clockOf(t, got, "first_response")["breached_at"], "2026-03-02T10:00:00Z")
		types := events(sam, one)
		for _, want := range []string{"note.sla_at_risk", "note.sla_breached"} {
			if strings.Count(types, want) != 1 {
				t.Errorf("%s: %s", want, types)
			}
		}
		if strings.Contains(events(emma, one), "sla") {
			t.Error("the requester is told of breaches")
		}

		// An answer stops the first clock and lets the other stand still.
		sam.Post(one+"/add_comment", obj{"content": "Which floor?"}).Want(201)
		sam.Get(one).Is("sla_state", "paused").Is("due_at", nil)
		pass(t, h, 24*time.Hour, emma, sam, ada)
		got = sam.Get(one + "/sla").Want(200)
		is(t, "resolution", clockOf(t, got, "resolution")["state"], "paused")
		is(t, "because", clockOf(t, got, "resolution")["paused_because"], "waiting")
		is(t, "elapsed", clockOf(t, got, "resolution")["elapsed_seconds"], 61*60)

		// The requester's word starts the next clock. Tuesday 11:01 in Berlin.
		emma.Post(one+"/add_comment", obj{"content": "The third."}).Want(201)
		sam.Get(one).Is("sla_state", "ok").Is("due_at", "2026-03-03T12:01:00Z")
		got = sam.Get(one + "/sla").Want(200)
		is(t, "next due", clockOf(t, got, "next_response")["due_at"], "2026-03-03T12:01:00Z")
		// 6:59 hours are left: until five o'clock 5:59, and one on Wednesday.
		is(t, "resolution due", clockOf(t, got, "resolution")["due_at"], "2026-03-04T09:00:00Z")
		pass(t, h, 30*time.Minute, emma, sam, ada)
		sam.Post(one+"/update_status", obj{"status": "resolved"}).Want(200).Is("due_at", nil).Is("sla_state", "breached")
		got = sam.Get(one + "/sla").Want(200)
		is(t, "next", clockOf(t, got, "next_response")["state"], "met")
		is(t, "resolution", clockOf(t, got, "resolution")["state"], "met")
		is(t, "elapsed", clockOf(t, got, "resolution")["elapsed_seconds"], 91*60)

		// What passed while it was done does not count after it is reopened.
		pass(t, h, 72*time.Hour, emma, sam, ada)
		sam.Post(one+"/update_status", obj{"status": "in_progress"}).Want(200)
		got = sam.Get(one + "/sla").Want(200)
		whole := clockOf(t, got, "resolution")
		is(t, "reopened", whole["state"], "running")
		is(t, "elapsed", whole["elapsed_seconds"], 91*60)
		is(t, "due", whole["due_at"], "2026-03-09T09:00:00Z") // 5:29 are left of Friday, and one more on Monday
		var reasons []string
		for _, s := range whole["stretches"].([]any) {
			m := s.(obj)
			reasons = append(reasons, fmt.Sprintf("%s %v", m["reason"], m["seconds"]))
		}
		if !strings.Contains(strings.Join(reasons, ", "), "done 259200") {
			t.Errorf("stretches: %v", reasons)
		}
	})
}

func events(c *house.Client, one string) string {
	return string(c.Get(one + "/events?page_size=100").Want(200).Raw)
}
