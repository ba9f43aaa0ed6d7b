package app_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestConfidentialTicketsStayHidden looks through every door for a ticket that
// names only its requester and one member of the IT staff.
func TestConfidentialTicketsStayHidden(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		h := house.New(t, w, func(s *config.Settings) {
			s.StaffScope, s.ConfidentialScope, s.DepartmentTickets = "all", "named", "on"
		})
		emma, emil := h.Person("emma", authz.Employee), h.Person("emil", authz.Employee)
		sam, sol, ada := h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff), h.Person("ada", authz.Admin)
		for _, p := range []*house.Client{emma, emil} {
			ada.Patch(path("/api/users/%d", p.ID), obj{"department": "Finance"}).Want(200)
		}
		open := emma.Post("/api/tickets", ticketBody("Zebraprinter")).Want(201)
		id := open.Int("id")
		one := path("/api/tickets/%d", id)
		comment := emma.Post(one+"/add_comment", obj{"content": "Zebrawords"}).Want(201).Int("id")
		ada.Post(one+"/assign", obj{"user_id": sam.ID}).Want(200)
		note := sam.Post(one+"/notes", obj{"content": "Zebranote @sol"}).Want(201).Int("id")
		emil.Get(one).Want(200).Is("can.comment", false)
		emil.Post(one+"/add_comment", obj{"content": "me too"}).Want(403)
		emil.Post(one+"/messages", obj{"kind": "reply", "content": "me too"}).Want(403)
		emil.Post("/api/comments", obj{"ticket_id": id, "content": "me too"}).Want(403)
		sol.Get(one).Want(200)
		before := map[*house.Client]float64{}
		outsiders := []*house.Client{emil, sol, ada}
		for _, c := range outsiders {
			before[c] = number(c, "total")
		}

		emil.Patch(one, obj{"confidential": true}).Want(403)
		emma.Patch(one, obj{"confidential": true}).Want(200).Is("confidential", true)

		stream := map[*house.Client]<-chan house.Event{}
		for _, c := range outsiders {
			stream[c] = c.Stream("")
		}
		sam.Post(one+"/add_comment", obj{"content": "Zebra @sol @ada"}).Want(201)
		sam.Post("/api/presence", obj{"ticket_id": id, "client_id": "w"}).Want(204)
		for _, c := range outsiders {
			for _, doors := range []string{
				one, one + "/events", one + "/watchers", one + "/seen", one + "/drafts/reply", one + "/messages",
				path("/api/comments/%d", comment), path("/api/comments?ticket_id=%d", id),
			} {
				if a := c.Get(doors); a.Status != 404 {
					t.Errorf("%s gets %d at %s", c.Name, a.Status, doors)
				}
			}
			for _, doors := range []string{
				"/api/tickets?search=Zebra", "/api/tickets?q=Zebra", path("/api/tickets?ids=%d", id), "/api/tickets", "/api/comments",
				"/api/tickets?q=is:confidential", "/api/dashboard",
			} {
				if a := c.Get(doors).Want(200); bytes.Contains(a.Raw, []byte("Zebra")) {
					t.Errorf("%s finds it at %s: %s", c.Name, doors, a.Raw)
				}
			}
			c.Get("/api/tickets/count?q=Zebra").Want(200).Is("count", 0)
			lacks(t, c.Get("/api/tickets/similar?text=Zebraprinter").Want(200), "Zebra")
			c.Post(one+"/add_comment", obj{"content": "x"}).Want(404)
			c.Post("/api/comments", obj{"ticket_id": id, "content": "x"}).Want(404)
			c.Post(one+"/unwatch", obj{}).Want(404)
			c.Patch(one, obj{"confidential": false}).Want(404)
			if got := number(c, "total"); got != before[c]-1 {
				t.Errorf("%s counts %v tickets, want %v", c.Name, got, before[c]-1)
			}
		}
		for _, c := range []*house.Client{sol, ada} {
			c.Get(path("/api/notes/%d", note)).Want(404)
			c.Post(one+"/assign", obj{"user_id": c.ID}).Want(404)
			c.Post(one+"/watchers", obj{}).Want(404)
			if a := c.Get("/api/presence").Want(200); bytes.Contains(a.Raw, []byte("sam")) {
				t.Errorf("%s learns who looks at it: %s", c.Name, a.Raw)
			}
		}
		ada.Delete(one).Want(404)
		run := ada.Post("/api/bulk", obj{"action": obj{"type": "assign", "user_id": ada.ID}, "ids": []int64{id}})
		h.Drain(t)
		if run.Status == 202 || run.Status == 201 {
			sam.Get(one).Want(200).Is("assigned_to.username", "sam")
		}

		h.App.Realtime.Poll(context.Background())
		free := emma.Post("/api/tickets", ticketBody("For all")).Want(201).Int("id")
		h.App.Realtime.Poll(context.Background())
		for c, events := range stream {
			for e := range events {
				if e.Name == "change" && strings.Contains(e.Data, path(`"ticket_id":%d,`, id)) {
					t.Errorf("%s hears of it: %s", c.Name, e.Data)
				}
				if e.Name == "presence" && strings.Contains(e.Data, "sam") {
					t.Errorf("%s hears who looks at it: %s", c.Name, e.Data)
				}
				if e.Name == "change" && strings.Contains(e.Data, path(`"ticket_id":%d,`, free)) {
					break
				}
			}
		}

		// Whoever it names comes in, and goes again.
		sam.Post(one+"/watchers", obj{"user_id": sol.ID}).Want(201)
		sol.Get(one).Want(200).Is("watching", true)
		sol.Get("/api/tickets?q=watching:me+is:confidential").Want(200).Is("count", 1)
		emma.Get(one+"/watchers").Want(200).Is("results", []any{})
		lacks(t, emma.Get(one+"/events?page_size=100").Want(200), "watcher_added")
		emma.Post(one+"/cc", obj{"address": "emil@example.com"}).Want(201)
		emil.Get(one).Want(200).Is("can.comment", true)
		emil.Post(one+"/add_comment", obj{"content": "Thank you"}).Want(201)
		emil.Post(one+"/unwatch", obj{}).Want(204)
		emil.Get(one).Want(404)
		sol.Post(one+"/unwatch", obj{}).Want(204)
		sol.Get(one).Want(404)

		// Unassigned, an administrator sees it, so that somebody gets it.
		sam.Post(one+"/assign", obj{"user_id": nil}).Want(200)
		sam.Get(one).Want(404)
		ada.Get(one).Want(200)
		ada.Post(one+"/assign", obj{"user_id": sol.ID}).Want(200)
		ada.Get(one).Want(404)
		sol.Get(one).Want(200)
	})
}

func number(c *house.Client, name string) float64 {
	n, _ := c.Get("/api/dashboard").Want(200).JSON[name].(float64)
	return n
}

func lacks(t *testing.T, a *house.Answer, text string) {
	t.Helper()
	if bytes.Contains(a.Raw, []byte(text)) {
		t.Errorf("the answer holds %q: %s", text, a.Raw)
	}
}
