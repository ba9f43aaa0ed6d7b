package snooze_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func open(c *house.Client, title string) (one string, id int64) {
	id = c.Post("/api/tickets", obj{"title": title, "description": "It jams."}).Want(201).Int("id")
	return fmt.Sprintf("/api/tickets/%d", id), id
}

func found(c *house.Client, q string) int64 {
	return c.GetQuery("/api/tickets", "q", q).Want(200).Int("count")
}

func is(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func unassigned(c *house.Client) any {
	return c.Get("/api/views/counts").Want(200).Field("counts.0.count")
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

// TestSnoozing lets tickets rest until a time, until a reply, and ends it by hand.
func TestSnoozing(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff)
		a, idA := open(emma, "A")
		b, _ := open(emma, "B")
		c, _ := open(emma, "C")
		emma.Post(a+"/snooze", obj{"on_reply": true}).Want(403)
		for _, body := range []obj{{}, {"until": "soon"}, {"until": "2001-01-01T00:00:00Z"}, {"until": "2999-01-01T00:00:00Z"}, {"until": "+9999w"}, {"until": nil}, {"until": 5}} {
			sam.Post(a+"/snooze", body).WantFields("until")
		}
		sam.Do(http.MethodPost, a+"/snooze", obj{"on_reply": true}, map[string]string{"If-Match": `"v9.x"`}).Want(412)
		is(t, "before", unassigned(sam), 3)

		until := h.Clock.Now().Add(2 * time.Hour).Format(time.RFC3339)
		sam.Post(a+"/snooze", obj{"until": until}).Want(200).Is("snooze.until", until).Is("snooze.on_reply", false)
		sam.Post(b+"/snooze", obj{"on_reply": true}).Want(200).Is("snooze.until", nil)
		emma.Get(a).Want(200).Is("snooze", nil)
		is(t, "resting", unassigned(sam), 1)
		is(t, "the queue", found(sam, "assignee:none status:unfinished -is:snoozed"), 1)
		is(t, "those that rest", found(sam, "is:snoozed"), 2)
		emma.GetQuery("/api/tickets", "q", "is:snoozed").Want(400)
		pass(t, h, time.Hour, emma, sam)
		sam.Get(a).Is("snooze.until", until)
		// Another time: the job of the first one finds that it is not the time yet.
		sam.Post(a+"/snooze", obj{"until": "+4h"}).Want(200)
		pass(t, h, 2*time.Hour, emma, sam)
		is(t, "still", found(sam, "is:snoozed"), 2)
		pass(t, h, 3*time.Hour, emma, sam)
		sam.Get(a).Want(200).Is("snooze", nil)
		if sam.Get(a).Field("woken_at") == nil {
			t.Error("a came back and does not say so")
		}
		is(t, "woken", found(sam, "is:woken"), 1)
		sam.Post(a+"/assign", obj{"user_id": sam.ID}).Want(200).Is("woken_at", nil)

		// A reply of the staff lets it rest on; one of the requester wakes it.
		sam.Post(b+"/add_comment", obj{"content": "Still there?"}).Want(201)
		sam.Get(b).Is("snooze.on_reply", true)
		emma.Post(b+"/add_comment", obj{"content": "Yes"}).Want(201)
		sam.Get(b).Is("snooze", nil)
		is(t, "woken by the reply", found(sam, "is:woken"), 1)
		why := map[any]bool{}
		for _, e := range append(sam.Get(a+"/events?page_size=100").Results(), sam.Get(b+"/events?page_size=100").Results()...) {
			if e["type"] == "internal.woken" {
				m, _ := e["data"].(obj)
				why[m["why"]] = true
			}
		}
		is(t, "why they came back", why, map[any]bool{"time": true, "reply": true})

		sam.Post(c+"/snooze", obj{"until": "+1d", "on_reply": true}).Want(200)
		sam.Post(c+"/unsnooze", obj{}).Want(200).Is("snooze", nil).Is("woken_at", nil)
		sam.Post(c+"/unsnooze", obj{}).Want(200)
		sam.Post(c+"/snooze", obj{"until": "+1d"}).Want(200)
		sam.Post(c+"/update_status", obj{"status": "resolved"}).Want(200).Is("snooze", nil)
		sam.Post(c+"/snooze", obj{"until": "+1d"}).WantCode(409, "snooze.done")
		pass(t, h, 48*time.Hour, emma, sam)
		sam.Get(c).Is("woken_at", nil)

		// Many at once, and back.
		run := sam.Post("/api/bulk", obj{"action": obj{"type": "snooze", "until": "+1w"}, "q": "status:unfinished"}).Want(202)
		h.Drain(t)
		is(t, "all rest", found(sam, "is:snoozed"), 2)
		sam.Post(fmt.Sprintf("/api/bulk/%d/undo", run.Int("id")), obj{}).Want(202)
		h.Drain(t)
		is(t, "none rests", found(sam, "is:snoozed"), 0)
		sam.Get(b).Want(200).Is("snooze", nil)
		sam.Post("/api/bulk", obj{"action": obj{"type": "snooze"}, "ids": []int64{idA}}).WantFields("action")
	})
}

// TestDueByHand sets a time by hand beside an SLA, whose clocks go on.
func TestDueByHand(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		ada.Post("/api/sla/policies", obj{"name": "Standard", "targets": obj{"resolution": 3600}}).Want(201)
		a, idA := open(emma, "A")
		b, _ := open(emma, "B")
		agreed := sam.Get(a).Want(200).Is("due_source", "sla").Text("due_at")
		emma.Post(a+"/set_due", obj{"due_at": "+1d"}).Want(403)
		for _, body := range []obj{{}, {"due_at": "x"}, {"due_at": "2001-01-01T00:00:00Z"}, {"due_at": 7}} {
			sam.Post(a+"/set_due", body).WantFields("due_at")
		}
		sam.Do(http.MethodPost, a+"/set_due", obj{"due_at": "+1d"}, map[string]string{"If-Match": `"v9.x"`}).Want(412)
		clocks := sam.Get(a + "/sla").Want(200).Raw
		now := sam.Post(a+"/set_due", obj{"due_at": "2026-03-02T09:30:00Z"}).Want(200).Is("due_at", "2026-03-02T09:30:00Z").Is("due_source", "manual")
		if string(clocks) != string(sam.Get(a+"/sla").Raw) {
			t.Error("the clocks of the SLA changed")
		}
		emma.Get(a).Want(200).Is("due_at", "2026-03-02T09:30:00Z")
		first := sam.Get("/api/tickets?sort=due_at").Want(200).Int("results.0.id")
		is(t, "what is due first", first, idA)
		is(t, "due:", found(sam, "due:<2026-03-02T09:45:00Z"), 1)
		sam.Patch(a, obj{"priority": "urgent"}).Want(200).Is("due_source", "manual")
		sam.Do(http.MethodPost, a+"/set_due", obj{"due_at": nil}, map[string]string{"If-Match": now.Header.Get("ETag")}).Want(412)
		sam.Post(a+"/set_due", obj{"due_at": nil}).Want(200).Is("due_at", agreed).Is("due_source", "sla")
		is(t, "two changes", len(sam.Get(a+"/events?page_size=100").Results()), 4)

		run := sam.Post("/api/bulk", obj{"action": obj{"type": "set_due", "due_at": "+3d"}, "q": "status:unfinished"}).Want(202)
		h.Drain(t)
		sam.Get(b).Is("due_source", "manual")
		sam.Post(fmt.Sprintf("/api/bulk/%d/undo", run.Int("id")), obj{}).Want(202)
		h.Drain(t)
		sam.Get(b).Is("due_source", "sla").Is("due_at", agreed)
		sam.Get("/api/actions").Want(200).Has(`"set_due"`).Has(`"snooze"`).Has(`"merge"`)
	})
}
