package template_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

// TestTemplates makes templates and begins tickets with them.
func TestTemplates(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, sol, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff), h.Person("ada", authz.Admin)
		emma.Post("/api/templates", obj{"name": "x"}).Want(403)
		sam.Post("/api/templates", obj{}).WantFields("name")
		sam.Post("/api/templates", obj{"name": "x", "priority": "huge", "tags": []string{""}, "checklist": []string{" "}, "assigned_to": emma.ID, "team_id": 9, "category": 9}).
			WantFields("priority", "tags", "checklist", "assigned_to", "team_id", "category")
		sam.Post("/api/templates", obj{"name": "x", "checklist": []string{"a\x00b"}}).WantFields("checklist")
		sam.Post("/api/templates", obj{"name": "x", "for_employees": true}).WantCode(403, "template.offer_denied")
		made := sam.Post("/api/templates", obj{
			"name": "New colleague", "title": "Set up", "description": "Who?", "priority": "high", "tags": []string{"onboarding"},
			"assigned_to": sam.ID, "checklist": []string{"Laptop", "Badge"},
		}).Want(201)
		one, id := fmt.Sprintf("/api/templates/%d", made.Int("id")), made.Int("id")
		sol.Get(one).Want(404)
		emma.Get(one).Want(404)
		sam.Patch(one, obj{"shared": true}).Want(200).Is("title", "Set up").Is("version", 2)
		sol.Get(one).Want(200).Is("can.update", false)
		sol.Patch(one, obj{"name": "y"}).Want(403)
		emma.Post("/api/tickets", obj{"title": "t", "description": "d", "template_id": id}).WantFields("template_id")
		ada.Patch(one, obj{"for_employees": true}).Want(200)
		emma.Get(one).Want(200).Is("tags", "[]").Is("assigned_to", nil)
		ticket := emma.Post("/api/tickets", obj{"title": "t", "description": "d", "template_id": id}).Want(201).
			Is("priority", "high").Is("assigned_to.username", "sam")
		sam.Get(fmt.Sprintf("/api/tickets/%d", ticket.Int("id"))).Want(200).Is("checklist.total", 2).Is("tags.0", "onboarding")
		sol.Delete(one).Want(403)
		sam.Delete(one).Want(204)
		sam.Get(one).Want(404)
		emma.Post("/api/tickets", obj{"title": "t", "description": "d", "template_id": id}).WantFields("template_id")
		sol.Post(one+"/restore", nil).Want(403)
		sam.Post(one+"/restore", nil).Want(200).Is("title", "Set up")
		sam.Post(one+"/restore", nil).Want(404)
		emma.Post("/api/tickets", obj{"title": "t", "description": "d", "template_id": id}).Want(201)
		// After a day it is gone for good.
		sam.Delete(one).Want(204)
		h.Clock.Advance(25 * time.Hour)
		if err := h.App.Template.Prune(t.Context(), job.Job{}); err != nil {
			t.Fatal(err)
		}
		sam.SignIn(sam.Name, house.Password)
		sam.Post(one+"/restore", nil).Want(404)
	})
}
