package sla_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/sla"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// TestEscalation: each step once, when its moment comes, also when it moves.
func TestEscalation(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		policy(ada, obj{"name": "Low", "condition": "priority:low,medium", "targets": obj{"resolution": 3600}, "steps": []obj{
			{"target": "resolution", "offset_seconds": -600, "notify_assignee": true, "notify_user_ids": []int64{ada.ID}},
			{"target": "resolution", "offset_seconds": 300, "assign_to": sam.ID, "raise_priority": true},
		}})
		policy(ada, obj{"name": "High", "condition": "priority:>=high", "targets": obj{"resolution": 7200}, "steps": []obj{
			{"target": "resolution", "offset_seconds": 0, "raise_priority": true},
		}})
		h.Drain(t)
		one, id := open(emma, nil)
		pass(t, h, 52*time.Minute, emma, sam, ada)
		if n := strings.Count(events(ada, one), "note.sla_escalated"); n != 1 {
			t.Fatalf("%d escalations: %s", n, events(ada, one))
		}
		// The due time moves before the next step, and so does the step.
		ada.Post(one+"/assign", obj{"user_id": ada.ID}).Want(200)
		pass(t, h, 10*time.Minute, emma, sam, ada)
		ada.Get(one).Is("sla_state", "breached").Is("priority", "medium")
		pass(t, h, 5*time.Minute, emma, sam, ada)
		// Raised: the other policy gives it two hours from the beginning.
		ada.Get(one).Want(200).Is("priority", "high").Is("assigned_to.username", "sam").Is("sla_state", "ok").Is("due_at", "2026-03-02T11:00:00Z")
		got := ada.Get(fmt.Sprintf("/api/tickets/%d/sla", id)).Want(200).Is("policy.name", "High")
		is(t, "state", clockOf(t, got, "resolution")["state"], "running")
		pass(t, h, 2*time.Hour, emma, sam, ada)
		ada.Get(one).Is("priority", "urgent").Is("sla_state", "breached")
		for range 3 {
			if err := h.App.SLA.Tick(context.Background(), job.Job{}); err != nil {
				t.Fatal(err)
			}
		}
		pass(t, h, 24*time.Hour, emma, sam, ada)
		if got := events(ada, one); strings.Count(got, "note.sla_escalated") != 3 || strings.Count(got, "ticket.priority_changed") != 2 {
			t.Errorf("events: %s", got)
		}
		// Nobody, not the person who made the rule, is the author of what the desk wrote.
		if raw := string(emma.Get(one).Want(200).Raw); !strings.Contains(raw, `"username":"fixdesk"`) || strings.Contains(raw, "sla_escalated") {
			t.Errorf("ticket: %s", raw)
		}
	})
}

// TestPoliciesChange: order, conditions, calendars, deleting, restoring.
func TestPoliciesChange(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		one, id := open(emma, nil) // before there is any policy
		cal := office(ada)
		all := policy(ada, obj{"name": "All", "calendar_id": cal})
		h.Drain(t)
		ada.Get(one).Is("due_at", "2026-03-02T10:00:00Z")
		finance := policy(ada, obj{"name": "Finance", "condition": "department:Finance", "targets": obj{"first_response": 600}})
		order := fmt.Sprintf("/api/sla/policies/%d", finance)
		ada.Put("/api/sla/policies/order", obj{"ids": []int64{finance}}).WantFields("ids")
		ada.Put("/api/sla/policies/order", obj{"ids": []int64{finance, all}}).Want(200)
		h.Drain(t)
		ada.Get(one).Is("due_at", "2026-03-02T10:00:00Z")
		ada.Patch(fmt.Sprintf("/api/users/%d", emma.ID), obj{"department": "Finance"}).Want(200)
		h.Drain(t)
		ada.Get(one).Is("due_at", "2026-03-02T09:10:00Z")
		preview := sam.Get(fmt.Sprintf("/api/sla/preview?ticket_id=%d", id)).Want(200).Is("policy.name", "Finance")
		if !strings.Contains(string(preview.Raw), `"name":"All","enabled":true,"matches":true,"applies":false`) {
			t.Errorf("preview: %s", preview.Raw)
		}
		ada.Patch(order, obj{"enabled": false}).Want(200)
		h.Drain(t)
		ada.Get(one).Is("due_at", "2026-03-02T10:00:00Z")
		ada.Get("/api/sla/policies").Want(200).Is("run.state", "done").Is("run.done", 1).Is("run.total", 1)

		// A holiday in the calendar moves the due time to the next day.
		ada.Patch(fmt.Sprintf("/api/calendars/%d", cal), obj{"holidays": []obj{{"first": "2026-03-02", "name": "Carnival"}}}).Want(200)
		h.Drain(t)
		ada.Get(one).Is("due_at", "2026-03-03T09:00:00Z")
		ada.Delete(fmt.Sprintf("/api/calendars/%d", cal)).WantCode(409, "calendar.used")

		// A deleted ticket does nothing; restored, it goes on.
		ada.Delete(one).Want(204)
		pass(t, h, 23*time.Hour, emma, sam, ada)
		ada.Post(one+"/restore", obj{}).Want(200)
		ada.Get(one).Is("sla_state", "ok").Is("due_at", "2026-03-03T09:00:00Z")
		pass(t, h, 3*time.Hour, emma, sam, ada)
		if got := ada.Get(one).Is("sla_state", "breached"); strings.Count(events(ada, one), "note.sla_breached") != 1 {
			t.Errorf("ticket: %s", got.Raw)
		}
		ada.Delete(fmt.Sprintf("/api/sla/policies/%d", all)).Want(204)
		h.Drain(t)
		ada.Get(one).Is("sla_state", nil).Is("due_at", nil)
		ada.Delete(fmt.Sprintf("/api/calendars/%d", cal)).Want(204)
		sam.Get(one+"/sla").Want(200).Is("policy", nil)
	})
}

func TestHostilePolicies(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		emma.Get("/api/sla/policies").Want(403)
		sam.Post("/api/sla/policies", obj{}).Want(403)
		sam.Post("/api/sla/recalculate", obj{}).Want(403)
		sam.Get("/api/sla/report").Want(403)
		sam.Get("/api/sla/clocks").Want(403)
		one := fmt.Sprintf("/api/sla/policies/%d", policy(ada, nil))
		step := func(more obj) []obj {
			st := obj{"target": "resolution", "offset_seconds": 0, "notify_assignee": true}
			for k, v := range more {
				st[k] = v
			}
			return []obj{st}
		}
		for field, values := range map[string][]any{
			"name": {"", " ", nil, 5, strings.Repeat("x", 101)}, "enabled": {nil, "yes"},
			"condition":   {"priority:enormous", "assignee:me", "is:unread", "((", "assignee:nobody-has-this-name", nil},
			"calendar_id": {99, "x"}, "at_risk_percent": {0, 100, -1}, "pause_while_waiting": {5},
			"targets": {obj{}, nil, "soon", obj{"resolution": 0}, obj{"resolution": -5}, obj{"resolution": 1e12}, obj{"resolution": "1h"}, []int{1}},
			"steps": {nil, "x", obj{}, step(obj{"target": "all"}), step(obj{"offset_seconds": 1e12}), step(obj{"notify_assignee": false}), step(obj{"assign_to": emma.ID}),
				step(obj{"assign_to": 99}), step(obj{"offset_seconds": -8 * 3600}), step(obj{"id": "breach"}), step(obj{"id": "s1; drop"})},
		} {
			for _, v := range values {
				a := ada.Patch(one, obj{field: v})
				if a.Status != 400 || !strings.Contains(string(a.Raw), `"`+field) {
					t.Errorf("%s = %v: %d %s", field, v, a.Status, a.Raw)
				}
			}
		}
		ada.Post("/api/sla/policies", obj{}).WantFields("name", "targets")
		bad := obj{
			"name": "", "condition": "priority:wrong", "calendar_id": 99, "targets": obj{"first_response": 5, "resolution": "1h"},
			"steps": step(obj{"assign_to": 99}),
		}
		ada.Post("/api/sla/policies", bad).WantFields("name", "condition", "calendar_id", "targets.first_response", "targets.resolution", "steps")
		ada.Patch(one, bad).WantFields("name", "condition", "calendar_id", "targets.first_response", "targets.resolution", "steps")
		ada.Get(one).Want(200).Is("version", 1)
		ada.Patch(one, ada.Get(one).JSON).Want(200).Is("version", 1)
		ada.Get("/api/sla/preview").WantFields("ticket_id")
		ada.Get("/api/sla/preview?ticket_id=99").Want(404)
		ada.Get("/api/sla/report?by=nothing&from=x&priority=big").WantFields("by", "from", "priority")
		ada.Get("/api/sla/report?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z").WantFields("to")
		ada.Get("/api/sla/clocks?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z").WantFields("to")
		ada.Post("/api/sla/recalculate", obj{"scope": "everything"}).WantFields("scope")
		ada.Get("/api/sla/policies/99").Want(404)
	})
}

// TestReport: what was met and what was not, and the tickets behind the numbers.
func TestReport(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		policy(ada, obj{"targets": obj{"resolution": 3600}})
		h.Drain(t)
		for i := range 5 {
			one, _ := open(emma, obj{"title": fmt.Sprintf("Ticket %d", i)})
			ada.Post(one+"/assign", obj{"user_id": sam.ID}).Want(200)
			if i < 3 {
				sam.Post(one+"/update_status", obj{"status": "resolved"}).Want(200)
			}
		}
		pass(t, h, 2*time.Hour, emma, sam, ada)
		for _, by := range []string{"policy", "target", "priority", "assignee", "team", "day"} {
			ada.Get("/api/sla/report?by="+by).Want(200).Is("total.met", 3).Is("total.breached", 2).Is("total.percent", 60)
		}
		// People are called by their names.
		ada.Get("/api/sla/report?by=assignee").Is("rows.0.label", "The sam")
		list := ada.Get(fmt.Sprintf("/api/sla/clocks?outcome=breached&assigned_to=%d&page_size=1", sam.ID)).Want(200).Is("count", 2)
		next := list.Text("next")
		second := ada.Get(next).Want(200).Is("next", nil)
		if list.Raw == nil || string(list.Raw) == string(second.Raw) {
			t.Error("the second page is the first")
		}
		ada.Get("/api/sla/clocks?team_id=none").Want(200).Is("count", 5)
		ada.Get("/api/sla/clocks?priority=urgent").Want(200).Is("count", 0)
		ada.Get("/api/sla/report?to=2026-03-01T00:00:00Z").Want(200).Is("total.percent", nil)
	})
}

// TestImportedTickets: what comes with its history is counted at once.
func TestImportedTickets(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, ada := h.Person("emma", authz.Employee), h.Person("ada", authz.Admin)
		policy(ada, obj{"targets": obj{"resolution": 3600}})
		begin := h.Clock.Now().Add(-48 * time.Hour)
		done := begin.Add(30 * time.Minute)
		records := []*ticket.Record{
			{Ticket: ticket.Ticket{Title: "Done in time", Description: "d", Status: ticket.Resolved, Priority: ticket.Low, CreatedByID: emma.ID, CreatedAt: begin, UpdatedAt: done, ResolvedAt: &done}},
			{Ticket: ticket.Ticket{Title: "Open", Description: "d", Status: ticket.Open, Priority: ticket.Low, CreatedByID: emma.ID, CreatedAt: begin, UpdatedAt: begin}},
		}
		err := h.Bus.Do(context.Background(), authz.System("import"), func(tx *event.Tx) error {
			return h.App.Ticket.Import(tx, authz.System("import"), records)
		})
		if err != nil {
			t.Fatal(err)
		}
		h.Drain(t)
		ada.Get(fmt.Sprintf("/api/tickets/%d", records[0].Ticket.ID)).Want(200).Is("sla_state", "met")
		ada.Get(fmt.Sprintf("/api/tickets/%d", records[1].Ticket.ID)).Want(200).Is("sla_state", "breached")
		var n int64
		if err := h.DB.Read(context.Background()).Model(&event.Event{}).Where("type = ?", sla.Overdue).Count(&n).Error; err != nil || n != 0 {
			t.Errorf("%d breaches of the past were announced (%v)", n, err)
		}
	})
}

// TestAPolicyThatLostWhatItNames is about conditions that can no longer be read.
func TestAPolicyThatLostWhatItNames(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		rob := fmt.Sprintf("/api/users/%d", h.Person("rob", authz.Employee).ID)
		p := fmt.Sprintf("/api/sla/policies/%d", ada.Post("/api/sla/policies", obj{"name": "Robots", "condition": "requester:rob", "targets": obj{"resolution": 3600}}).Want(201).Is("problem", "").Int("id"))
		ada.Patch(rob, obj{"username": "droid"}).Want(200)
		ada.Get(p).Want(200).Has("Nobody has the user name")
		ada.Do("GET", "/api/sla/policies", nil, map[string]string{"Accept-Language": "de"}).Want(200).Has("Niemand hat den Benutzernamen")
		ada.Patch(p, obj{"name": "Robots of old"}).Want(200)
		ada.Patch(p, obj{"enabled": false}).Want(200).Is("enabled", false)
		ada.Patch(p, obj{"enabled": true}).WantFields("condition")
		ada.Patch(p, obj{"condition": "requester:machine"}).WantFields("condition")
		ada.Patch(p, obj{"condition": "requester:droid", "enabled": true}).Want(200).Is("problem", "")
	})
}

// TestShare: a share is rounded, not cut off.
func TestShare(t *testing.T) {
	for percent, s := range map[float64]sla.Share{66.7: {Met: 2, Breached: 1}, 33.3: {Met: 1, Breached: 2}, 100: {Met: 3}} {
		if got := s.Percent(); got == nil || *got != percent {
			t.Errorf("%v: %v", s, got)
		}
	}
}
