package team_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func TestTeams(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, sol, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff), h.Person("ada", authz.Admin)
		// Who may do what.
		emma.Get("/api/teams").Want(403)
		emma.Post("/api/teams", obj{"name": "Network"}).Want(403)
		sam.Post("/api/teams", obj{"name": "Network"}).Want(403)
		ada.Post("/api/teams", obj{"name": "  "}).Want(400)
		ada.Post("/api/teams", obj{"name": strings.Repeat("x", 101)}).Want(400)
		team := ada.Post("/api/teams", obj{"name": "Network"}).Want(201).Is("is_active", true).Is("restricted", false)
		one := fmt.Sprintf("/api/teams/%d", team.Int("id"))
		ada.Post("/api/teams", obj{"name": "NETWORK"}).Want(409)
		other := ada.Post("/api/teams", obj{"name": "Büro"}).Want(201).Int("id")
		ada.Patch(fmt.Sprintf("/api/teams/%d", other), obj{"name": "network"}).Want(409)
		sam.Get("/api/teams/99").Want(404)
		sam.Get("/api/teams/x").Want(404)
		sam.Patch(one, obj{"name": "Mine"}).Want(403)
		member := func(c *house.Client) string { return fmt.Sprintf("%s/members/%d", one, c.ID) }
		sam.Put(member(sam), obj{"lead": true}).Want(403)
		ada.Put(member(emma), obj{}).Want(400)
		ada.Put(member(sam), obj{"lead": true}).Want(200).Is("members.0.lead", true)
		// A lead chooses the members, not the leads.
		sam.Get(one).Want(200).Is("mine", true).Is("can.manage_members", true).Is("can.appoint", false)
		sam.Put(member(sol), obj{"lead": true}).Want(403)
		sam.Put(member(sol), obj{"lead": false}).Want(200)
		sol.Delete(member(sam)).Want(403)
		sol.Get(one).Want(200).Is("mine", true).Is("can.manage_members", false)
		sol.Delete(member(sol)).Want(200)
		sol.Delete(member(sol)).Want(404)
		ada.Delete(member(sol)).Want(404)
		old := sam.Get(one).Want(200).Header.Get("ETag")
		ada.Patch(one, obj{"restricted": true}).Want(200)
		ada.Do("PATCH", one, obj{"restricted": false}, map[string]string{"If-Match": old}).Want(412)
		// Whoever leaves the IT staff leaves its teams.
		ada.Patch(fmt.Sprintf("/api/users/%d", sam.ID), obj{"role": "employee"}).Want(200)
		ada.Get(one).Want(200).Is("members", []any{})
	})
}

// TestTeamsSeeTheirTickets follows a ticket from team to team.
func TestTeamsSeeTheirTickets(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, sol, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff), h.Person("ada", authz.Admin)
		team := ada.Post("/api/teams", obj{"name": "Network"}).Want(201).Int("id")
		one := fmt.Sprintf("/api/teams/%d", team)
		ada.Put(fmt.Sprintf("%s/members/%d", one, sam.ID), obj{}).Want(200)
		id := emma.Post("/api/tickets", obj{"title": "VPN", "description": "down", "team_id": team}).Want(201).Is("team", nil).Int("id")
		ticket := fmt.Sprintf("/api/tickets/%d", id)
		emma.Post(ticket+"/assign_team", obj{"team_id": team}).Want(403)
		emma.Patch(ticket, obj{"team_id": team}).Want(403)
		sol.Post(ticket+"/assign_team", obj{"team_id": 99}).Want(400).WantFields("team_id")
		sol.Post(ticket+"/assign_team", obj{}).Want(400)
		sol.Post(ticket+"/assign", obj{"user_id": sol.ID}).Want(200)
		sam.Get(ticket).Want(404)
		// Not of the team, sol loses the ticket, which is then everybody's.
		sol.Post(ticket+"/assign_team", obj{"team_id": team}).Want(200).Is("team.name", "Network").Is("assigned_to", nil)
		emma.Get(ticket).Want(200).Is("team.name", "Network")
		emma.Get(ticket + "/events?page_size=100").Want(200)
		sol.Get(ticket).Want(200)
		ada.Patch(one, obj{"restricted": true}).Want(200)
		sol.Get(ticket).Want(404)
		sol.Get("/api/tickets?q=team:Network").Want(200).Is("count", 0)
		sam.Get("/api/tickets?q=team:network").Want(200).Is("count", 1)
		sam.Get("/api/tickets?q=team:mine").Want(200).Is("count", 1)
		sol.Get("/api/tickets?q=team:mine").Want(200).Is("count", 0)
		sam.Get("/api/tickets?q=team:nothing").Want(400)
		emma.Get("/api/tickets?q=team:network").Want(400)
		// Given to somebody, the whole team sees it.
		ada.Patch(ticket, obj{"assigned_to": ada.ID, "team_id": team}).Want(200).Is("assigned_to.username", "ada")
		sam.Get(ticket).Want(200).Is("can.assign", true)
		sam.Get("/api/tickets/count?q=team:mine").Want(200).Is("count", 1)
		// An inactive team takes nothing new.
		ada.Patch(one, obj{"is_active": false}).Want(200)
		other := emma.Post("/api/tickets", obj{"title": "VPN", "description": "again"}).Want(201).Int("id")
		sam.Post(fmt.Sprintf("/api/tickets/%d/assign_team", other), obj{"team_id": team}).Want(400)
		ada.Delete(fmt.Sprintf("%s/members/%d", one, sam.ID)).Want(200)
		sam.Get(ticket).Want(404)
		ada.Post(ticket+"/assign_team", obj{"team_id": nil}).Want(200).Is("team", nil)
	})
}

func TestOnBehalfAndWatchers(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, emil, sam, sol, ada := h.Person("emma", authz.Employee), h.Person("emil", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff), h.Person("ada", authz.Admin)
		emma.Get("/api/people?search=emil").Want(403)
		sam.Get("/api/people?search=emil").Want(200).Is("count", 1)
		body := obj{"title": "Phone", "description": "dead", "requester_id": emma.ID}
		emil.Post("/api/tickets", body).Want(201).Is("created_by.username", "emil").Is("opened_by", nil)
		sam.Post("/api/tickets", obj{"title": "x", "description": "y", "requester_id": 9999}).Want(400).WantFields("requester_id")
		made := sam.Post("/api/tickets", body).Want(201).Is("created_by.username", "emma").Is("opened_by.username", "sam")
		ticket := fmt.Sprintf("/api/tickets/%d", made.Int("id"))
		emma.Get(ticket).Want(200).Is("can.cc", true).Is("can.watch", false)
		emma.Post(ticket+"/watchers", obj{}).Want(403)
		// Watching keeps a ticket in sight, whoever has it.
		sol.Post(ticket+"/watchers", obj{}).Want(201)
		sol.Post(ticket+"/watchers", obj{}).Want(201)
		sam.Post(ticket+"/watchers", obj{"user_id": emil.ID}).Want(400).WantFields("user_id")
		ada.Post(ticket+"/assign", obj{"user_id": ada.ID}).Want(200)
		sam.Get(ticket).Want(404)
		sol.Get(ticket).Want(200).Is("watching", true)
		sol.Get("/api/tickets?q=watching:me").Want(200).Is("count", 1)
		// CC.
		emil.Get(ticket).Want(404)
		emma.Post(ticket+"/cc", obj{}).Want(400)
		emma.Post(ticket+"/cc", obj{"address": "nobody"}).Want(400)
		emma.Post(ticket+"/cc", obj{"address": "a@example.com", "user_id": emil.ID}).Want(400)
		// By ids employees would learn of every account.
		emma.Post(ticket+"/cc", obj{"user_id": emil.ID}).WantFields("user_id")
		emma.Post(ticket+"/cc", obj{"user_id": 9999}).WantFields("user_id")
		emma.Post(ticket+"/cc", obj{"address": "EMIL@example.com"}).Want(201).Is("results.0.user.username", "emil").Is("results.0.kind", "cc")
		emma.Post(ticket+"/cc", obj{"address": "lee@example.org"}).Want(201).Is("results.1.address", "lee@example.org").Is("results.1.user", nil)
		emma.Post(ticket+"/cc", obj{"address": "Lee@example.org"}).Want(201)
		list := emil.Get(ticket + "/watchers").Want(200).Results()
		if len(list) != 2 {
			t.Fatalf("emil sees %v", list)
		}
		emil.Post(ticket+"/add_comment", obj{"content": "I have it, too"}).Want(201)
		emil.Patch(ticket, obj{"title": "mine now"}).Want(403)
		emil.Post(ticket+"/close", obj{}).Want(403)
		emil.Post(ticket+"/cc", obj{"address": "x@example.org"}).Want(403)
		sol.Get(ticket+"/watchers").Want(200).Is("results.0.kind", "watcher")
		watcher := ada.Get(ticket + "/watchers").Results()[0]["id"]
		emma.Delete(fmt.Sprintf("%s/watchers/%v", ticket, watcher)).Want(404)
		emma.Delete(fmt.Sprintf("%s/watchers/%v", ticket, list[1]["id"])).Want(204)
		emil.Delete(fmt.Sprintf("%s/watchers/%v", ticket, list[0]["id"])).Want(204)
		emil.Get(ticket).Want(404)
		// They come back from the bin with the ticket, and go with it for good.
		ada.Delete(ticket).Want(204)
		sol.Get(ticket).Want(404)
		ada.Post(ticket+"/restore", obj{}).Want(200)
		sol.Get(ticket).Want(200).Is("watching", true)
		// Enough is enough.
		for i := range 49 {
			emma.Post(ticket+"/cc", obj{"address": fmt.Sprintf("p%d@example.org", i)}).Want(201)
		}
		emma.Post(ticket+"/cc", obj{"address": "p50@example.org"}).Want(409)
	})
}
