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
