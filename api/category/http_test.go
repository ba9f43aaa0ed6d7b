package category_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/ticket"
)

type obj = map[string]any

func at(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// TestACategoryWithAForm sets up a category with a form, files a ticket with it and
// works on it.
func TestACategoryWithAForm(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		for _, c := range []*house.Client{emma, sam} {
			c.Post("/api/categories", obj{"name": "Mine"}).WantCode(403, "category.manage_denied")
			c.Post("/api/fields", obj{"name": "Mine", "kind": "text"}).WantCode(403, "field.manage_denied")
			c.Post("/api/substatuses", obj{"label": "Mine", "state": "open"}).WantCode(403, "substatus.manage_denied")
		}
		asset := ada.Post("/api/fields", obj{"name": "Asset tag", "kind": "text", "required": "create", "employee_view": true, "employee_edit": true}).
			Want(201).Is("slug", "asset_tag").Int("id")
		ada.Post("/api/fields", obj{"name": "Asset  tag!", "kind": "text"}).Want(400)
		cost := ada.Post("/api/fields", obj{"slug": "cost", "name": "Cost", "kind": "number", "required": "resolve"}).Want(201).Int("id")
		site := ada.Post("/api/fields", obj{"name": "Site", "kind": "choice", "everywhere": true, "employee_view": true, "employee_edit": true,
			"options": []obj{{"label": "Berlin"}, {"label": "Paris"}}}).Want(201).Int("id")
		ada.Post("/api/fields", obj{"name": "x", "kind": "choice"}).Want(400)
		ada.Post("/api/fields", obj{"name": "x", "kind": "text", "employee_edit": true}).Want(400)

		hardware := ada.Post("/api/categories", obj{"name": "Hardware", "priority": "high", "fields": []int64{cost}}).Want(201).Int("id")
		printer := ada.Post("/api/categories", obj{"name": "Printer", "parent_id": hardware, "fields": []int64{asset}}).
			Want(201).Is("path", "Hardware/Printer").Int("id")
		ada.Post("/api/categories", obj{"name": "PRINTER", "parent_id": hardware}).Want(400)
		ada.Post("/api/categories", obj{"name": "A/B"}).Want(400)
		ada.Patch(at("/api/categories/%d", hardware), obj{"parent_id": printer}).Want(400)
		ada.Patch(at("/api/categories/%d", printer), obj{"fields": []int64{asset, 99}}).Want(400)
		ada.Delete(at("/api/categories/%d", hardware)).WantCode(409, "category.in_use")

		body := obj{"title": "No toner", "description": "It is empty.", "category": printer}
		emma.Post("/api/tickets", body).Want(400).Has("fields.asset_tag")
		body["fields"] = obj{"asset_tag": 7}
		emma.Post("/api/tickets", body).Want(400).Has("fields.asset_tag")
		body["fields"] = obj{"asset_tag": "LT-1", "site": "Rome"}
		emma.Post("/api/tickets", body).Want(400).Has("fields.site")
		// What an employee does not see, they cannot set, and learn nothing of.
		body["fields"] = obj{"asset_tag": "LT-1", "site": "berlin", "cost": "not even a number", "nosuch": 1}
		body["tags"] = []string{"mine"}
		first := emma.Post("/api/tickets", body).Want(201).Is("category.path", "Hardware/Printer").Is("priority", "high").
			Is("fields.asset_tag", "LT-1").Is("fields.site", "Berlin").Lacks("cost").Lacks("mine")
		id := first.Int("id")
		url := at("/api/tickets/%d", id)
		emma.Patch(url, obj{"category": hardware}).Want(403)
		emma.Patch(url, obj{"fields": obj{"asset_tag": "LT-2"}}).Want(200).Is("fields.asset_tag", "LT-2")
		emma.Put(url, first.JSON).Want(200).Is("fields.asset_tag", "LT-1")
		// What is required stays filled in, whoever empties it.
		for _, c := range []*house.Client{emma, ada} {
			for _, empty := range []any{nil, "", " ", []string{}} {
				c.Patch(url, obj{"fields": obj{"asset_tag": empty}}).WantFields("fields.asset_tag")
			}
		}

		sam.Patch(url, obj{"tags": []string{"VPN", "vpn", "Straße", "STRASSE"}}).Want(200)
		got := sam.Get(url).Want(200)
		if tags := fmt.Sprint(got.Field("tags")); tags != "[Straße VPN]" {
			t.Errorf("tags %s", tags)
		}
		emma.Get(url).Want(200).Lacks("VPN").Lacks("cost")
		sam.Post(url+"/update_status", obj{"status": "resolved"}).Want(400).Has("fields.cost")
		sam.Patch(url, obj{"fields": obj{"cost": 12.5, "nosuch": 1}}).Want(400).Has("fields.nosuch")
		sam.Patch(url, obj{"fields": obj{"cost": 12.5}}).Want(200).Is("fields.cost", 12.5)
		events := emma.Get(url + "/events?page_size=100").Want(200).Lacks("cost").Lacks("VPN").Lacks("internal.")
		_ = events.Results()
		sam.Get(url + "/events?page_size=100").Want(200).Has("internal.field_changed").Has("internal.tagged")

		for q, want := range map[string]int{
			"category:hardware": 1, `category:"Hardware/Printer"`: 1, "category:none": 0, "-category:any": 0, "tag:vpn": 1, "tag:strasse,vpn": 1,
			"-tag:vpn": 0, "tag:none": 0, "cf.cost:12.5": 1, "cf.cost:>12.5": 0, "cf.cost:12..13": 1, "cf.asset_tag:lt-1": 1, "cf.asset_tag:lt*": 1,
			"cf.site:berlin": 1, "cf.site:paris": 0, "cf.site:none": 0, "cf.site:any": 1,
		} {
			if got := len(sam.GetQuery("/api/tickets", "q", q).Want(200).Results()); got != want {
				t.Errorf("%s: %d tickets", q, got)
			}
		}
		for _, q := range []string{"tag:vpn", "cf.cost:12.5"} {
			emma.GetQuery("/api/tickets", "q", q).Want(400)
		}
		emma.Get("/api/tickets/query_fields").Want(200).Lacks("cf.cost").Lacks("tag:vpn").Has("cf.asset_tag")
		emma.Get("/api/fields").Want(200).Lacks("cost").Has("asset_tag")
		emma.Get("/api/tags").WantCode(403, "tag.denied")

		// In use: it is kept.
		ada.Delete(at("/api/fields/%d", cost)).WantCode(409, "field.in_use")
		ada.Patch(at("/api/fields/%d", cost), obj{"archived": true}).Want(200)
		sam.Get(url).Want(200).Is("fields.cost", 12.5)
		sam.Patch(url, obj{"fields": obj{"cost": 13}}).Want(400).Has("archived")
		ada.Patch(at("/api/fields/%d", site), obj{"options": []obj{{"label": "Paris"}, {"label": "Rome"}}}).Want(200)
		sam.Get(url).Want(200).Is("fields.site", "Berlin")
		sam.Patch(url, obj{"fields": obj{"site": "Rome"}}).Want(200).Is("fields.site", "Rome")
		sam.Patch(url, obj{"fields": obj{"site": "Berlin"}}).Want(400)
		ada.Patch(at("/api/categories/%d", hardware), obj{"active": false}).Want(200)
		body["fields"] = obj{"asset_tag": "LT-1"}
		emma.Post("/api/tickets", body).Want(400).Has("category")
		emma.Get("/api/categories").Want(200).Lacks("Printer")
		sam.Post(url+"/update_status", obj{"status": "resolved"}).Want(200)

		// Gone and back.
		ada.Delete(url).Want(204)
		if got := len(sam.GetQuery("/api/tickets", "q", "tag:vpn").Want(200).Results()); got != 0 {
			t.Errorf("%d deleted tickets are found", got)
		}
		ada.Post(url+"/restore", nil).Want(200).Is("fields.site", "Rome").Is("category.name", "Printer").Has("VPN")
	})
}

func TestFinerStatuses(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		waiting := ada.Post("/api/substatuses", obj{"label": "Waiting for requester", "state": "in_progress", "pauses_sla": true, "colour": "amber"}).
			Want(201).Is("slug", "waiting_for_requester").Int("id")
		ada.Post("/api/substatuses", obj{"label": "Working", "state": "in_progress", "is_default": true}).Want(201)
		ada.Post("/api/substatuses", obj{"label": "Open", "state": "open"}).Want(400)
		ada.Post("/api/substatuses", obj{"label": "x", "state": "burnt", "colour": "pink"}).Want(400).Has("state").Has("colour")
		ada.Patch(at("/api/substatuses/%d", waiting), obj{"state": "open"}).Want(400)

		url := at("/api/tickets/%d", emma.Post("/api/tickets", obj{"title": "a", "description": "b"}).Want(201).Is("substatus", nil).Int("id"))
		sam.Post(url+"/assign", obj{"user_id": sam.ID}).Want(200)
		sam.Patch(url, obj{"substatus": "waiting_for_requester"}).Want(200).Is("status", "in_progress").Is("substatus.label", "Waiting for requester")
		sam.Patch(url, obj{"substatus": "waiting_for_requester", "status": "resolved"}).Want(200).Is("status", "resolved").Is("substatus", nil)
		sam.Post(url+"/update_status", obj{"status": "in_progress"}).Want(200).Is("substatus.slug", "working")
		sam.Patch(url, obj{"substatus": "waiting_for_requester", "status": "closed"}).Want(400)
		sam.Patch(url, obj{"substatus": nil}).Want(200).Is("substatus", nil).Is("status", "in_progress")
		sam.Patch(url, obj{"substatus": "nosuch"}).Want(400)
		sam.Patch(url, obj{"substatus": "waiting_for_requester"}).Want(200)
		emma.Get(url).Want(200).Is("substatus.slug", "waiting_for_requester")
		emma.Patch(url, obj{"substatus": "working"}).Want(403)
		if got := len(emma.GetQuery("/api/tickets", "q", "substatus:waiting_for_requester").Want(200).Results()); got != 1 {
			t.Errorf("%d tickets wait", got)
		}
		ada.Delete(at("/api/substatuses/%d", waiting)).WantCode(409, "substatus.in_use")
		ada.Patch(at("/api/substatuses/%d", waiting), obj{"active": false}).Want(200)
		sam.Patch(url, obj{"title": "still there"}).Want(200).Is("substatus.slug", "waiting_for_requester")
	})
}

func TestTagsAreMerged(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		_ = emma
		ids := map[string][]int64{}
		for i, tags := range [][]string{{"a"}, {"b"}, {"a", "b"}, {"c"}, {"a", "c"}} {
			id := ada.Post("/api/tickets", obj{"title": at("t%d", i), "description": "d", "tags": tags}).Want(201).Int("id")
			for _, n := range tags {
				ids[n] = append(ids[n], id)
			}
		}
		tag := func(name string) int64 {
			return int64(sam.GetQuery("/api/tags", "search", name).Want(200).Field("tags").([]any)[0].(map[string]any)["id"].(float64))
		}
		a, b, c := tag("a"), tag("b"), tag("c")
		count := func(q string) int { return len(ada.GetQuery("/api/tickets", "q", q).Want(200).Results()) }
		sam.Post(at("/api/tags/%d/merge", a), obj{"into": b}).WantCode(403, "tag.manage_denied")
		ada.Post(at("/api/tags/%d/merge", a), obj{"into": a}).Want(400)
		ada.Post(at("/api/tags/%d/merge", a), obj{"into": 999}).Want(400)
		ada.Post(at("/api/tags/%d/merge", a), obj{"into": b}).Want(200).Is("name", "b")
		// The other way round, before the first has ended: nothing is lost.
		ada.Post(at("/api/tags/%d/merge", b), obj{"into": a}).Want(400)
		// It takes the other name while tickets are still on their way: both mean it.
		ada.Patch(at("/api/tags/%d", b), obj{"name": "A"}).Want(200).Is("name", "A")
		for range 2 {
			if n := count("tag:b"); n != 4 {
				t.Errorf("%d tickets have b", n)
			}
			if n := count("tag:a"); n != 4 {
				t.Errorf("%d tickets have a, which is b", n)
			}
			h.Drain(t)
		}
		ada.Post(at("/api/tags/%d/merge", b), obj{"into": c}).Want(200)
		h.Drain(t)
		if n := count("tag:a"); n != 5 {
			t.Errorf("%d tickets have a, which is c", n)
		}
		ada.Patch(at("/api/tags/%d", c), obj{"name": "B"}).Want(200).Is("name", "B") // b is another name of c: they swap
		ada.Patch(at("/api/tags/%d", c), obj{"name": "Network"}).Want(200)
		// In bulk, and back.
		by := authz.Person(ada.ID, "ada", authz.Admin, authz.Options{})
		off, err := ticket.NewAction(ticket.ActionRemoveTag, map[string]any{"tag": "network"})
		if err != nil {
			t.Fatal(err)
		}
		run, err := h.App.Bulk.Start(t.Context(), by, off, ids["a"])
		if err != nil {
			t.Fatal(err)
		}
		h.Drain(t)
		if n := count("tag:network"); n != 5-len(ids["a"]) {
			t.Errorf("%d tickets have it still", n)
		}
		if _, err := h.App.Bulk.Undo(t.Context(), by, run.ID); err != nil {
			t.Fatal(err)
		}
		h.Drain(t)
		if n := count("tag:network"); n != 5 {
			t.Errorf("%d tickets have it again", n)
		}
		ada.Post("/api/bulk", obj{"action": obj{"type": "add_tag", "tag": "a,b"}, "ids": ids["a"]}).Want(400)
		ada.Delete(at("/api/tags/%d", c)).Want(204)
		ada.GetQuery("/api/tickets", "q", "tag:network").Want(400)
		h.Drain(t)
		if n := count("tag:none"); n != 5 {
			t.Errorf("%d tickets have no tag", n)
		}
	})
}

// TestTheSetupRefusesNonsense sends what no administrator could work with afterwards.
func TestTheSetupRefusesNonsense(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		for _, unseen := range []string{" ", "\u202e", "\u200b\u200d", "\ufe0f", "\u3164", "\u2800", "\u00ad", "\U000e0041"} {
			ada.Post("/api/categories", obj{"name": unseen}).WantFields("name")
			ada.Post("/api/fields", obj{"name": unseen, "kind": "text", "slug": "unseen"}).WantFields("name")
			ada.Post("/api/substatuses", obj{"label": unseen, "state": "open", "slug": "unseen"}).WantFields("label")
			ada.Post("/api/teams", obj{"name": unseen}).WantFields("name")
			ada.Post("/api/views", obj{"name": unseen}).WantFields("name")
		}
		ada.Post("/api/categories", obj{"name": "\U0001f468\u200d\U0001f469"}).Want(201)

		hardware := at("/api/categories/%d", ada.Post("/api/categories", obj{"name": "Hardware"}).Want(201).Int("id"))
		for _, bad := range []any{nil, []any{nil}, []int64{0}, []int64{-1}} {
			ada.Patch(hardware, obj{"fields": bad}).WantFields("fields")
		}

		site := at("/api/fields/%d", ada.Post("/api/fields", obj{"name": "Site", "kind": "choice", "options": []obj{{"label": "Berlin"}}}).Want(201).Int("id"))
		for _, bad := range []any{
			nil, []any{}, []any{nil}, []obj{{}}, []obj{{"LABEL": "Rome"}}, []obj{{"label": "\x00"}}, []obj{{"label": nil}}, []obj{{"label": "\u202e"}},
			[]obj{{"label": "Rome", "active": nil}}, []obj{{"label": "Rome", "active": "no"}}, []obj{{"label": "Rome", "id": "x"}},
			// Nothing would be left to choose.
			[]obj{{"label": "Berlin", "active": false}},
		} {
			ada.Patch(site, obj{"options": bad}).WantFields("options")
			ada.Post("/api/fields", obj{"name": "Floor", "kind": "choice", "options": bad}).WantFields("options")
		}
		kept := ada.Patch(site, obj{"options": []obj{{"label": "Berlin", "active": false}, {"label": "Rome"}}}).Want(200).Int("options.1.id")
		// One is called something else, and another takes its name.
		ada.Patch(site, obj{"options": []obj{{"label": "Rome"}, {"id": kept, "label": "Roma"}}}).Want(200).
			Is("options.0.label", "Rome").Is("options.1.id", kept).Is("options.1.label", "Roma")
		ada.Patch(site, obj{"options": []obj{{"label": "Rome"}, {"id": kept, "label": "Rome"}}}).WantFields("options")
	})
}

// TestAPersonInAField is named by those who may not look through the accounts.
func TestAPersonInAField(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		eve := h.Person("eve", authz.Employee)
		ada.Post("/api/fields", obj{"name": "Stands in", "kind": "user", "required": "create", "everywhere": true, "employee_view": true, "employee_edit": true}).Want(201)
		with := func(who any) obj { return obj{"title": "a", "description": "b", "fields": obj{"stands_in": who}} }
		for _, bad := range []any{eve.ID, obj{"id": eve.ID}, 99999, "nobody@example.com", "eve", "\x00", []int64{eve.ID}} {
			emma.Post("/api/tickets", with(bad)).WantFields("fields.stands_in").Lacks("eve@")
		}
		emma.Post("/api/tickets", with(emma.ID)).Want(201).Is("fields.stands_in.username", "emma")
		email := sam.Post("/api/tickets", with(eve.ID)).Want(201).Text("fields.stands_in.email")
		made := emma.Post("/api/tickets", with(" "+email)).Want(201).Is("fields.stands_in.username", "eve")
		url := at("/api/tickets/%d", made.Int("id"))
		emma.Put(url, made.JSON).Want(200).Is("fields.stands_in.username", "eve")
		// Who is there already may have left since.
		ada.Patch(at("/api/users/%d", eve.ID), obj{"is_active": false}).Want(200)
		sam.Put(url, sam.Get(url).JSON).Want(200).Is("fields.stands_in.username", "eve")
		emma.Put(url, emma.Get(url).JSON).Want(200)
		sam.Post("/api/tickets", with(eve.ID)).WantFields("fields.stands_in")
		sam.Patch(url, obj{"fields": obj{"stands_in": obj{"id": sam.ID}}}).Want(200).Is("fields.stands_in.username", "sam")
		sam.Patch(url, obj{"fields": obj{"stands_in": eve.ID}}).WantFields("fields.stands_in")
	})
}

// TestNumbers are JSON numbers of whatever form.
func TestNumbers(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		cost := ada.Post("/api/fields", obj{"name": "Cost", "kind": "number"}).Want(201).Int("id")
		hardware := ada.Post("/api/categories", obj{"name": "Hardware", "fields": []int64{cost}}).Want(201).Int("id")
		url := at("/api/tickets/%d", sam.Post("/api/tickets", obj{"title": "a", "description": "b", "category": hardware}).Want(201).Int("id"))
		set := func(n string) obj { return obj{"fields": obj{"cost": json.RawMessage(n)}} }
		for sent, kept := range map[string]float64{"1e-06": 0.000001, "1e3": 1000, "1.5E+2": 150, "0.0000010": 0.000001, "-2": -2} {
			sam.Patch(url, set(sent)).Want(200).Is("fields.cost", kept)
		}
		for _, big := range []string{"1000000000000000000", "1e18", "-1e13", "1e999"} {
			sam.Patch(url, set(big)).Want(400).Has("Must be from -9223372036854 to 9223372036854.")
		}
		for _, fine := range []string{"1e-7", "0.1234567"} {
			sam.Patch(url, set(fine)).Want(400).Has("at most 6 decimals")
		}
		// Those who may not see a field learn nothing of it.
		sam.Get("/api/categories").Is("categories.0.form", at("[%d]", cost))
		emma.Get("/api/categories").Want(200).Is("categories.0.form", "[]").Is("categories.0.fields", "[]")
		emma.Post("/api/tickets", obj{"title": "a", "description": "b", "substatus": "no_such", "tags": 5, "team_id": 99}).Want(201)
		sam.Post("/api/tickets", obj{"title": "a", "description": "b", "substatus": "no_such"}).WantFields("substatus")
	})
}
