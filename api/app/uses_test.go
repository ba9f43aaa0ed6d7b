package app_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestWhatIsUsedIsNotDeleted tries to delete each thing of the setup while each thing
// that can name it does: the answer says what, and nothing has changed. Without it, the
// same deletion goes through.
func TestWhatIsUsedIsNotDeleted(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada, sam := h.Person("ada", authz.Admin), h.Person("sam", authz.ITStaff)
		team := ada.Post("/api/teams", obj{"name": "Field"}).Want(201).Int("id")
		n := 0
		type target struct {
			id              int64
			path            string
			query           string // finds tickets by it
			action, content obj
		}
		name := func(kind string) string { n++; return fmt.Sprintf("%s %d", kind, n) }
		things := map[string]func() target{
			"category": func() target {
				id := ada.Post("/api/categories", obj{"name": name("Category")}).Want(201).Int("id")
				return target{id, "/api/categories", fmt.Sprintf(`category:"Category %d"`, n), obj{"type": "set_category", "category_id": id}, obj{"category": id}}
			},
			"tag": func() target {
				id := ada.Post("/api/tags", obj{"name": name("tag")}).Want(201).Int("id")
				return target{id, "/api/tags", fmt.Sprintf(`tag:"tag %d"`, n), obj{"type": "add_tag", "tag": fmt.Sprintf("Tag %d", n)}, obj{"tags": []string{fmt.Sprintf("tag %d", n)}}}
			},
			"field": func() target {
				made := ada.Post("/api/fields", obj{"name": name("Field"), "kind": "text", "everywhere": true}).Want(201)
				slug := made.Text("slug")
				return target{made.Int("id"), "/api/fields", "cf." + slug + ":any", obj{"type": "set_field", "field": slug, "value": "x"}, obj{"fields": obj{slug: "x"}}}
			},
			"substatus": func() target {
				made := ada.Post("/api/substatuses", obj{"label": name("Finer"), "state": "in_progress"}).Want(201)
				slug := made.Text("slug")
				return target{made.Int("id"), "/api/substatuses", "substatus:" + slug, obj{"type": "set_substatus", "substatus": slug}, nil}
			},
		}
		acts := []any{obj{"type": "set_priority", "priority": "high"}}
		// What names a thing: it is made, and answers where it is deleted.
		type user struct {
			kind string
			make func(x target) string // "" when it cannot name such a thing
		}
		post := func(where string, body obj) string {
			return fmt.Sprintf("%s/%d", where, ada.Post(where, body).Want(201).Int("id"))
		}
		users := []user{
			{"rule", func(x target) string {
				return post("/api/rules", obj{"name": "By query", "triggers": []string{"created"}, "condition": x.query, "actions": acts})
			}},
			{"rule", func(x target) string {
				return post("/api/rules", obj{"name": "By action", "triggers": []string{"created"}, "actions": []any{x.action}})
			}},
			{"sla_policy", func(x target) string {
				return post("/api/sla/policies", obj{"name": "Gold", "condition": x.query, "targets": obj{"resolution": 3600}})
			}},
			{"routing_queue", func(x target) string {
				return post("/api/routing/queues", obj{"name": "Those", "team_id": team, "condition": x.query})
			}},
			{"view", func(x target) string {
				return post("/api/views", obj{"name": "Shared", "q": x.query, "shared_with": "it_staff"})
			}},
			{"macro", func(x target) string {
				return post("/api/macros", obj{"name": "Shared", "actions": []any{x.action}, "shared_with": "it_staff"})
			}},
			{"template", func(x target) string {
				if x.content == nil {
					return ""
				}
				body := obj{"name": "Begin"}
				for k, v := range x.content {
					body[k] = v
				}
				return post("/api/templates", body)
			}},
			{"mailbox", func(x target) string {
				if x.content["category"] == nil {
					return ""
				}
				return post("/api/mailboxes", obj{"name": "Box", "address": "help@desk.example", "source": "smtp", "category_id": x.id})
			}},
		}
		for kind, thing := range things {
			for _, u := range users {
				x := thing()
				by := u.make(x)
				if by == "" {
					continue
				}
				one := fmt.Sprintf("%s/%d", x.path, x.id)
				before := ada.Get(x.path).Want(200).Raw
				refused := ada.Delete(one).WantCode(409, kind+".in_use")
				if names, _ := refused.JSON["errors"].(obj); len(names) != 1 || names[u.kind] == nil {
					t.Errorf("%s used by a %s: %s", kind, u.kind, refused.Raw)
				}
				if after := ada.Get(x.path).Want(200).Raw; string(after) != string(before) {
					t.Errorf("a refused deletion changed the list of %s:\n%s\n%s", kind, before, after)
				}
				ada.Delete(by).Want(204)
				ada.Delete(one).Want(204)
			}
		}
		// A column alone also needs its field; what somebody keeps for themselves does not.
		slug := ada.Post("/api/fields", obj{"name": "Shown", "kind": "text", "everywhere": true}).Want(201)
		view := post("/api/views", obj{"name": "Columns", "q": "", "columns": []string{"cf." + slug.Text("slug")}, "shared_with": "it_staff"})
		one := fmt.Sprintf("/api/fields/%d", slug.Int("id"))
		sam.Post("/api/views", obj{"name": "Mine", "q": "cf." + slug.Text("slug") + ":any"}).Want(201)
		ada.Delete(one).WantCode(409, "field.in_use").Is("errors.view.0", "Columns")
		ada.Delete(view).Want(204)
		ada.Delete(one).Want(204)
		sam.GetQuery("/api/tickets", "q", "cf.shown:any").WantFields("q")
	})
}

// TestMacrosTemplatesAndSkillsInUseAreNotDeleted is about what is used without a query.
func TestMacrosTemplatesAndSkillsInUseAreNotDeleted(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		macro := fmt.Sprint(ada.Post("/api/macros", obj{"name": "M", "content": "Hello", "shared_with": "it_staff"}).Want(201).Int("id"))
		rule := ada.Post("/api/rules", obj{"name": "Uses it", "triggers": []string{"created"}, "actions": []any{obj{"type": "apply_macro", "macro_id": ada.Get("/api/macros/" + macro).Int("id")}}}).Want(201).Int("id")
		ada.Delete("/api/macros/"+macro).WantCode(409, "macro.in_use").Is("errors.rule.0", "Uses it")
		ada.Delete(path("/api/rules/%d", rule)).Want(204)
		ada.Delete("/api/macros/" + macro).Want(204)

		template := ada.Post("/api/templates", obj{"name": "T", "title": "Backup"}).Want(201).Int("id")
		again := ada.Post("/api/recurrences", obj{"name": "Each day", "rule": "FREQ=DAILY", "start": "2026-03-03T09:00", "zone": "UTC", "template_id": template}).Want(201).Int("id")
		ada.Delete(path("/api/templates/%d", template)).WantCode(409, "template.in_use").Is("errors.recurrence.0", "Each day")
		ada.Get(path("/api/templates/%d", template)).Want(200)
		ada.Delete(path("/api/recurrences/%d", again)).Want(204)
		ada.Delete(path("/api/templates/%d", template)).Want(204)

		category := ada.Post("/api/categories", obj{"name": "Networks"}).Want(201).Int("id")
		ada.Put("/api/routing/skills", obj{"skills": []any{obj{"tag": "vpn", "categories": []int64{category}}}}).Want(200)
		tag := ada.Get("/api/tags").Field("tags.0.id")
		ada.Delete(path("/api/categories/%d", category)).WantCode(409, "category.in_use").Is("errors.skill.0", "vpn")
		ada.Delete(fmt.Sprintf("/api/tags/%v", tag)).WantCode(409, "tag.in_use").Is("errors.skill.0", "vpn")
		ada.Put("/api/routing/skills", obj{"skills": []any{}}).Want(200)
		ada.Delete(path("/api/categories/%d", category)).Want(204)
		ada.Delete(fmt.Sprintf("/api/tags/%v", tag)).Want(204)

		calendar := ada.Post("/api/calendars", obj{"name": "Office", "zone": "UTC", "hours": obj{"monday": []any{obj{"from": "09:00", "to": "17:00"}}}}).Want(201).Int("id")
		policy := ada.Post("/api/sla/policies", obj{"name": "Gold", "calendar_id": calendar, "targets": obj{"resolution": 3600}}).Want(201).Int("id")
		ada.Delete(path("/api/calendars/%d", calendar)).WantCode(409, "calendar.used").Has("Gold")
		ada.Delete(path("/api/sla/policies/%d", policy)).Want(204)
		ada.Delete(path("/api/calendars/%d", calendar)).Want(204)
	})
}

// TestPassedTimesUseNothing keeps macros and rules with a time to snooze or a due time
// that has passed, which need nothing that is deleted.
func TestPassedTimesUseNothing(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		soon := h.Clock.Now().Add(time.Minute).UTC().Format(time.RFC3339)
		past := h.Clock.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
		actions := []any{obj{"type": "snooze", "until": soon}, obj{"type": "set_due", "due_at": soon}}
		ada.Post("/api/macros", obj{"name": "M", "actions": actions, "shared_with": "it_staff"}).Want(201)
		ada.Post("/api/rules", obj{"name": "R", "triggers": []string{"created"}, "actions": actions}).Want(201)
		ada.Post("/api/rules", obj{"name": "R", "triggers": []string{"created"}, "actions": []any{obj{"type": "set_due", "due_at": past}}}).WantFields("actions")
		ada.Post("/api/rules", obj{"name": "R", "triggers": []string{"created"}, "actions": []any{obj{"type": "set_due", "due_at": nil}}}).Want(201)
		category := ada.Post("/api/categories", obj{"name": "Networks"}).Want(201).Int("id")
		h.Clock.Advance(2 * time.Minute)
		ada.Delete(path("/api/categories/%d", category)).Want(204)
	})
}

// TestWhatIsBrokenKeepsNothing has a shared macro, a view, a policy and a queue that nobody
// can understand any more: none of them keeps what it does not name.
func TestWhatIsBrokenKeepsNothing(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada, sam := h.Person("ada", authz.Admin), h.Person("sam", authz.ITStaff)
		made := func(where string, body obj) int64 { return ada.Post(where, body).Want(201).Int("id") }
		assign := obj{"type": "assign", "user_id": sam.ID}
		needed := made("/api/categories", obj{"name": "Needed"})
		made("/api/macros", obj{"name": "To Sam", "actions": []any{assign}, "shared_with": "it_staff"})
		made("/api/macros", obj{"name": "Both", "actions": []any{assign, obj{"type": "set_category", "category_id": needed}}, "shared_with": "it_staff"})
		made("/api/views", obj{"name": "Sam's", "q": "requester:sam", "shared_with": "it_staff"})
		made("/api/sla/policies", obj{"name": "Sam's", "condition": "requester:sam", "targets": obj{"resolution": 3600}})
		made("/api/routing/queues", obj{"name": "Sam's", "team_id": made("/api/teams", obj{"name": "Field"}), "condition": "requester:sam"})
		rule := made("/api/rules", obj{"name": "Sam's", "triggers": []string{"created"}, "condition": "requester:sam", "actions": []any{obj{"type": "set_priority", "priority": "high"}}})
		ada.Patch(path("/api/users/%d", sam.ID), obj{"username": "samuel", "is_active": false}).Want(200)
		for where, body := range map[string]obj{
			"/api/categories": {"name": "Unused"}, "/api/tags": {"name": "unused"},
			"/api/substatuses": {"label": "Unused", "state": "in_progress"}, "/api/fields": {"name": "Unused", "kind": "text"},
		} {
			ada.Delete(path(where+"/%d", made(where, body))).Want(204)
		}
		only := ada.Delete(path("/api/categories/%d", needed)).WantCode(409, "category.in_use").Is("errors.macro.0", "Both")
		if names, _ := only.JSON["errors"].(obj); len(names) != 1 {
			t.Errorf("what is broken keeps a category: %s", only.Raw)
		}
		// Whoever keeps the rule is told at once.
		h.Drain(t)
		ada.Get(path("/api/rules/%d", rule)).Want(200).Is("enabled", false).Has("sam")
	})
}

// TestNamesInUseStay gives new names to what conditions and actions name.
func TestNamesInUseStay(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada, sam := h.Person("ada", authz.Admin), h.Person("sam", authz.ITStaff)
		made := func(where string, body obj) int64 { return ada.Post(where, body).Want(201).Int("id") }
		top := made("/api/categories", obj{"name": "Hardware"})
		category := made("/api/categories", obj{"name": "Printer", "parent_id": top})
		team := made("/api/teams", obj{"name": "Field"})
		choice := ada.Post("/api/fields", obj{"name": "Colour", "kind": "choice", "everywhere": true, "options": []any{obj{"label": "Red"}, obj{"label": "Blue"}}}).Want(201)
		several := ada.Post("/api/fields", obj{"name": "Sizes", "kind": "multi_choice", "everywhere": true, "options": []any{obj{"label": "Broad"}}}).Want(201)
		labels := func(first string) obj {
			return obj{"options": []any{obj{"id": choice.Field("options.0.id"), "label": first, "active": true}, obj{"id": choice.Field("options.1.id"), "label": "Blue", "active": true}}}
		}
		acts := []any{obj{"type": "set_priority", "priority": "high"}}
		type user struct {
			kind, where string
			body        obj
		}
		by := func(q string) []user {
			return []user{
				{"rule", "/api/rules", obj{"name": "Named", "triggers": []string{"created"}, "condition": q, "actions": acts}},
				{"sla_policy", "/api/sla/policies", obj{"name": "Named", "condition": q, "targets": obj{"resolution": 3600}}},
				{"view", "/api/views", obj{"name": "Named", "q": q, "shared_with": "it_staff"}},
			}
		}
		queue := func(q string) user {
			return user{"routing_queue", "/api/routing/queues", obj{"name": "Named", "team_id": team, "condition": q}}
		}
		for _, c := range []struct {
			one, code string
			body      obj
			back      obj
			users     []user
		}{
			{path("/api/categories/%d", top), "category.in_use", obj{"name": "Devices"}, obj{"name": "Hardware"}, append(by(`category:"hardware/printer"`), queue("category:hardware"))},
			{path("/api/categories/%d", category), "category.in_use", obj{"parent_id": nil}, obj{"parent_id": top}, by(`category:"Hardware/Printer"`)[:1]},
			{path("/api/teams/%d", team), "team.in_use", obj{"name": "Outside"}, obj{"name": "Field"}, by("team:field")},
			{path("/api/fields/%d", choice.Int("id")), "field.in_use", labels("Crimson"), labels("Red"), append(by("cf.colour:red"), queue("cf.colour:red"),
				user{"macro", "/api/macros", obj{"name": "Named", "shared_with": "it_staff", "actions": []any{obj{"type": "set_field", "field": "colour", "value": "Red"}}}},
				user{"template", "/api/templates", obj{"name": "Named", "fields": obj{"colour": "red"}}})},
			{path("/api/fields/%d", several.Int("id")), "field.in_use", obj{"options": []any{obj{"id": several.Field("options.0.id"), "label": "Wide", "active": true}}},
				obj{"options": []any{obj{"id": several.Field("options.0.id"), "label": "Broad", "active": true}}}, []user{{"template", "/api/templates", obj{"name": "Named", "fields": obj{"sizes": []string{"Broad"}}}}}},
		} {
			for _, u := range c.users {
				used := path(u.where+"/%d", made(u.where, u.body))
				before := ada.Get(used).Want(200).Raw
				refused := ada.Patch(c.one, c.body).WantCode(409, c.code).Is("errors."+u.kind+".0", "Named").Has("under the name that it has")
				if names, _ := refused.JSON["errors"].(obj); len(names) != 1 {
					t.Errorf("%s used by a %s: %s", c.one, u.kind, refused.Raw)
				}
				if after := ada.Get(used).Want(200).Raw; string(after) != string(before) {
					t.Errorf("a refused name changed a %s:\n%s\n%s", u.kind, before, after)
				}
				ada.Delete(used).Want(204)
				ada.Patch(c.one, c.body).Want(200)
				ada.Patch(c.one, c.back).Want(200)
			}
		}
		// Other changes go through, and so do names that are still understood.
		made("/api/views", obj{"name": "Named", "q": "category:hardware team:field cf.colour:red", "shared_with": "it_staff"})
		ada.Patch(path("/api/categories/%d", top), obj{"name": "HARDWARE", "description": "Things"}).Want(200)
		ada.Patch(path("/api/teams/%d", team), obj{"restricted": true}).Want(200)
		ada.Patch(path("/api/fields/%d", choice.Int("id")), labels("RED")).Want(200)
		// A choice that a template does not name gets another name, whatever else is wrong with the template.
		made("/api/templates", obj{"name": "Old", "fields": obj{"colour": "Red", "sizes": []string{"Broad"}}})
		err := h.DB.Writer(t.Context()).Exec("UPDATE field_options SET label_key = 'vast', label = 'Vast' WHERE label_key = 'broad'").Error
		if err != nil {
			t.Fatal(err)
		}
		blue := obj{"options": []any{obj{"id": choice.Field("options.0.id"), "label": "RED", "active": true}, obj{"id": choice.Field("options.1.id"), "label": "Navy", "active": true}}}
		ada.Patch(path("/api/fields/%d", choice.Int("id")), blue).Want(200)
		// What somebody keeps for themselves does not count.
		other := made("/api/categories", obj{"name": "Mine"})
		sam.Post("/api/views", obj{"name": "Mine", "q": "category:mine"}).Want(201)
		ada.Patch(path("/api/categories/%d", other), obj{"name": "Yours"}).Want(200)
	})
}

// TestOldNamesOfTags renames a tag that is named everywhere.
func TestOldNamesOfTags(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		made := func(where string, body obj) int64 { return ada.Post(where, body).Want(201).Int("id") }
		tag := path("/api/tags/%d", made("/api/tags", obj{"name": "old"}))
		other := path("/api/tags/%d", made("/api/tags", obj{"name": "other"}))
		macro := made("/api/macros", obj{"name": "Tags", "actions": []any{obj{"type": "add_tag", "tag": "old"}}, "shared_with": "it_staff"})
		rule := made("/api/rules", obj{"name": "Old", "triggers": []string{"created"}, "condition": "tag:old", "actions": []any{obj{"type": "set_priority", "priority": "high"}}})
		ada.Patch(tag, obj{"name": "OLD"}).Want(200).Is("name", "OLD") // the same name
		ada.Patch(tag, obj{"name": "new"}).Want(200).Is("name", "new")
		h.Drain(t)
		ada.Get(path("/api/rules/%d", rule)).Want(200).Is("enabled", true)
		ticket := made("/api/tickets", obj{"title": "VPN", "description": "Down."})
		ada.Post(path("/api/tickets/%d/apply_macro", ticket), obj{"macro_id": macro}).Want(201)
		h.Drain(t)
		if tags, _ := ada.Get(path("/api/tickets/%d", ticket)).Want(200).JSON["tags"].([]any); len(tags) != 1 || tags[0] != "new" {
			t.Errorf("the ticket has the tags %v", tags)
		}
		if found := ada.GetQuery("/api/tickets", "q", "tag:old").Want(200).Results(); len(found) != 1 {
			t.Errorf("the old name finds %v", found)
		}
		if all, _ := ada.Get("/api/tags").Want(200).JSON["tags"].([]any); len(all) != 2 {
			t.Errorf("the tags are %v", all)
		}
		// As after a merge, the name is nobody else's while the tag is there.
		ada.Post("/api/tags", obj{"name": "Old"}).WantFields("name")
		ada.Patch(other, obj{"name": "old"}).WantFields("name")
		ada.Patch(tag, obj{"name": "old"}).Want(200).Is("name", "old")
		ada.Patch(tag, obj{"name": "new"}).Want(200).Is("name", "new")
		ada.Patch(other, obj{"name": "new"}).WantFields("name")
		// Whoever puts the old name on tickets keeps the tag.
		ada.Delete(path("/api/rules/%d", rule)).Want(204)
		ada.Delete(tag).WantCode(409, "tag.in_use").Is("errors.macro.0", "Tags")
		ada.Delete(path("/api/macros/%d", macro)).Want(204)
		ada.Delete(tag).Want(204)
		ada.Patch(other, obj{"name": "old"}).Want(200)
	})
}
