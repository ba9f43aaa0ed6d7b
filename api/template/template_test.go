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

// TestFieldsOfTemplates begins tickets with fields that employees may not set, or not see.
func TestFieldsOfTemplates(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		for name, more := range map[string]obj{
			"hidden": {}, "shown": {"employee_view": true}, "own": {"employee_view": true, "employee_edit": true},
			"who": {"kind": "user", "employee_view": true, "employee_edit": true},
		} {
			body := obj{"name": name, "kind": "text", "everywhere": true}
			for k, v := range more {
				body[k] = v
			}
			ada.Post("/api/fields", body).Want(201)
		}
		id := ada.Post("/api/templates", obj{"name": "x", "for_employees": true, "fields": obj{
			"hidden": "secret words", "shown": "b", "own": "c", "who": sam.ID,
		}}).Want(201).Is("fields.hidden", "secret words").Int("id")
		one := fmt.Sprintf("/api/templates/%d", id)
		for _, path := range []string{one, "/api/templates"} {
			emma.Get(path).Want(200).Has(`"shown":"b"`).Lacks("hidden").Lacks("secret words")
			sam.Get(path).Want(200).Has("secret words")
		}
		made := emma.Post("/api/tickets", obj{"title": "t", "description": "d", "template_id": id, "fields": obj{"own": "mine", "hidden": "hers"}}).
			Want(201).Is("fields.shown", "b").Is("fields.own", "mine").Is("fields.who.username", "sam").Lacks("secret words")
		sam.Get(fmt.Sprintf("/api/tickets/%d", made.Int("id"))).Want(200).Is("fields.hidden", "secret words")
	})
}

// TestWhatATemplateNamesGoes begins tickets with a template that names who left and what was given up.
func TestWhatATemplateNamesGoes(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		group := ada.Post("/api/teams", obj{"name": "Network"}).Want(201).Int("id")
		class := ada.Post("/api/categories", obj{"name": "Hardware"}).Want(201).Int("id")
		asset := ada.Post("/api/fields", obj{"name": "Asset", "kind": "text", "everywhere": true}).Want(201).Int("id")
		id := ada.Post("/api/templates", obj{
			"name": "x", "for_employees": true, "assigned_to": sam.ID, "team_id": group, "category": class, "tags": []string{"old"}, "fields": obj{"asset": "x"},
		}).Want(201).Int("id")
		body := obj{"title": "t", "description": "d", "template_id": id}
		emma.Post("/api/tickets", body).Want(201).Is("assigned_to.username", "sam").Is("category.path", "Hardware")
		ada.Patch(fmt.Sprintf("/api/users/%d", sam.ID), obj{"is_active": false}).Want(200)
		ada.Patch(fmt.Sprintf("/api/teams/%d", group), obj{"is_active": false}).Want(200)
		ada.Patch(fmt.Sprintf("/api/categories/%d", class), obj{"active": false}).Want(200)
		ada.Patch(fmt.Sprintf("/api/fields/%d", asset), obj{"archived": true}).Want(200)
		for _, c := range []*house.Client{emma, ada} {
			made := c.Post("/api/tickets", body).Want(201)
			ada.Get(fmt.Sprintf("/api/tickets/%d", made.Int("id"))).Is("assigned_to", nil).Is("team", nil).Is("category", nil).Is("tags", "[old]")
		}
		run := ada.Post("/api/recurrences", obj{"name": "r", "rule": "FREQ=DAILY", "start": "2026-03-02T12:00", "zone": "UTC", "template_id": id}).Want(201)
		ada.Post(fmt.Sprintf("/api/recurrences/%d/run", run.Int("id")), obj{}).Want(201)
	})
}
