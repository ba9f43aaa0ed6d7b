package setting_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

// TestEmployeesSeeTagsWhereTheyMay switches the tags on for employees and off again.
func TestEmployeesSeeTagsWhereTheyMay(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, emil := h.Person("emma", authz.Employee), h.Person("emil", authz.Employee)
		sam, ada := h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		one := fmt.Sprintf("/api/tickets/%d", emma.Post("/api/tickets", obj{"title": "Laptop", "description": "dead"}).Want(201).Int("id"))
		emma.Post("/api/tickets", obj{"title": "Screen", "description": "dark"}).Want(201)
		other := fmt.Sprintf("/api/tickets/%d", emil.Post("/api/tickets", obj{"title": "Secret", "description": "x"}).Want(201).Int("id"))
		sam.Patch(one, obj{"tags": []string{"vpn"}}).Want(200)
		sam.Patch(other, obj{"tags": []string{"hidden-word"}}).Want(200)

		for _, c := range []*house.Client{emma, sam} {
			c.Get("/api/settings").WantCode(403, "settings.denied")
			c.Patch("/api/settings", obj{"employee_tags": true}).WantCode(403, "settings.denied")
		}
		unseen := func() {
			t.Helper()
			emma.Get(one).Want(200).Lacks("vpn")
			emma.Get("/api/tickets").Want(200).Lacks("vpn")
			emma.GetQuery("/api/tickets", "q", "tag:vpn").Want(400)
			emma.Get("/api/tickets/query_fields").Want(200).Lacks(`"tag"`)
			emma.Get("/api/tickets/export").Want(200).Lacks("vpn")
			emma.Get("/api/tickets/export?columns=id,tags").Want(400)
			emma.Get("/api/auth/me").Want(200).Lacks("tag.read")
		}
		unseen()

		ada.Get("/api/settings").Want(200).Is("employee_tags", false).Is("version", 1)
		ada.Patch("/api/settings", obj{"employee_tags": "yes"}).WantFields("employee_tags")
		ada.Patch("/api/settings", obj{}).Want(200).Is("version", 1)
		ada.Patch("/api/settings", obj{"employee_tags": true}).Want(200).Is("employee_tags", true).Is("version", 2)
		ada.Do("PATCH", "/api/settings", obj{"employee_tags": false}, map[string]string{"If-Match": `"v1"`}).Want(412)

		emma.Get("/api/auth/me").Want(200).Has("tag.read")
		emma.Get(one).Want(200).Has(`"tags":["vpn"]`)
		emma.Get("/api/tickets").Want(200).Has("vpn")
		emma.GetQuery("/api/tickets", "q", "tag:vpn").Want(200).Is("count", int64(1)).Has("Laptop")
		emma.GetQuery("/api/tickets", "q", "tag:none").Want(200).Is("count", int64(1)).Has("Screen")
		emma.Get("/api/tickets/export").Want(200).Has("vpn")
		emma.Get(one + "/events").Want(200).Lacks("vpn")
		// Which other tags there are stays unknown, whether one guesses right or wrong.
		emma.Get("/api/tags").Want(403)
		emma.Get("/api/tickets/query_fields").Want(200).Has(`"tag"`).Lacks("hidden-word")
		for _, guess := range []string{"tag:hidden-word", "tag:no-such-word"} {
			emma.GetQuery("/api/tickets", "q", guess).Want(200).Is("count", int64(0))
		}
		sam.GetQuery("/api/tickets", "q", "tag:no-such-word").Want(400)
		// Seeing is not putting.
		emma.Patch(one, obj{"tags": []string{"mine"}}).Want(200).Has(`"tags":["vpn"]`)
		emma.Post("/api/tickets", obj{"title": "New", "description": "x", "tags": []string{"mine"}}).Want(201).Lacks("mine")

		ada.Patch("/api/settings", obj{"employee_tags": false}).Want(200).Is("version", 3)
		unseen()
	})
}

// TestTheFirstSettingsAreWrittenOnce lets several administrators choose at the same moment.
func TestTheFirstSettingsAreWrittenOnce(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() { ada.Patch("/api/settings", obj{"employee_tags": i%2 == 0}).Want(200) })
		}
		all.Wait()
		if v := ada.Get("/api/settings").Want(200).Int("version"); v < 2 || v > 5 {
			t.Errorf("version %d after four changes", v)
		}
	})
}
