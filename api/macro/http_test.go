package macro_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func at(format string, args ...any) string { return fmt.Sprintf(format, args...) }

type scene struct {
	*house.House
	emma, sam, zoe, ada *house.Client
}

func each(t *testing.T, test func(t *testing.T, s scene)) {
	house.Each(t, func(t *testing.T, h *house.House) {
		test(t, scene{
			House: h, emma: h.Person("emma", authz.Employee), sam: h.Person("sam", authz.ITStaff),
			zoe: h.Person("zoe", authz.ITStaff), ada: h.Person("ada", authz.Admin),
		})
	})
}

func (s scene) ticket(title string) int64 {
	return s.emma.Post("/api/tickets", obj{"title": title, "description": "d"}).Want(201).Int("id")
}

// TestWhoHasAMacro shares macros and looks who sees and changes them.
func TestWhoHasAMacro(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		one := s.sam.Post("/api/macros", obj{"name": "Mine", "content": "Hello {{requester.name}}"}).Want(201).
			Is("shared_with", nil).Is("kind", "reply").Is("can.update", true)
		url := at("/api/macros/%d", one.Int("id"))
		s.emma.Get("/api/macros").WantCode(403, "macro.denied")
		s.emma.Get(url).WantCode(403, "macro.denied")
		s.emma.Post("/api/macros", obj{"name": "x", "content": "y"}).WantCode(403, "macro.denied")
		s.emma.Get("/api/placeholders").Want(403)
		s.sam.Get("/api/placeholders").Want(200).Has("requester.first_name")
		s.zoe.Get(url).Want(404)
		s.ada.Get(url).Want(404)
		s.sam.Patch(url, obj{"shared_with": "admin"}).WantCode(403, "macro.share_denied")
		s.sam.Patch(url, obj{"shared_with": "employee"}).WantFields("shared_with")
		s.sam.Patch(url, obj{"shared_with": "it_staff"}).Want(200).Is("shared_with", "it_staff")
		s.zoe.Get(url).Want(200).Is("can.update", false)
		s.zoe.Patch(url, obj{"name": "Hers"}).WantCode(403, "macro.change_denied")
		s.zoe.Delete(url).WantCode(403, "macro.change_denied")
		s.ada.Patch(url, obj{"name": "Ours"}).Want(200).Is("owner.username", "sam")
		team := s.ada.Post("/api/teams", obj{"name": "Network"}).Want(201).Int("id")
		s.sam.Patch(url, obj{"team_id": team}).WantCode(403, "macro.share_denied")
		s.ada.Patch(url, obj{"team_id": 999}).WantFields("team_id")
		s.ada.Patch(url, obj{"shared_with": nil, "team_id": team}).Want(200).Is("team.name", "Network")
		s.zoe.Get(url).Want(404)
		s.ada.Put(at("/api/teams/%d/members/%d", team, s.zoe.ID), obj{}).Want(200)
		s.zoe.Get(url).Want(200)
		s.ada.Get("/api/macros?scope=all").Want(200).Is("count", 1)

		s.sam.Delete(url).Want(204)
		s.zoe.Get(url).Want(404)
		s.zoe.Get("/api/macros").Want(200).Is("count", 0)
		s.sam.Post(url+"/restore", obj{}).Want(200)
		s.zoe.Get("/api/macros").Want(200).Is("count", 1)
	})
}

// TestMacrosThatCannotBe are refused as a whole, with the reason.
func TestMacrosThatCannotBe(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		for what, c := range map[string]struct {
			body  obj
			field string
			has   string
		}{
			"nothing in it":       {obj{"name": "x"}, "content", "needs a text"},
			"unknown placeholder": {obj{"name": "x", "content": "{{user.password}}"}, "content", "no placeholder {{user.password}}"},
			"unknown action":      {obj{"name": "x", "actions": []any{obj{"type": "explode"}}}, "actions", "Action 1"},
			"lacks a parameter":   {obj{"name": "x", "actions": []any{obj{"type": "add_tag"}}}, "actions", "Action 1"},
			"somebody unknown":    {obj{"name": "x", "actions": []any{obj{"type": "assign", "user_id": 9999}}}, "actions", "Action 1"},
			"deletes":             {obj{"name": "x", "actions": []any{obj{"type": "delete"}}}, "actions", "Action 1"},
			"a macro in it":       {obj{"name": "x", "actions": []any{obj{"type": "apply_macro", "macro_id": 1}}}, "actions", "Action 1"},
			"no list":             {obj{"name": "x", "actions": obj{}}, "actions", "list"},
			"too many":            {obj{"name": "x", "actions": []any{tag(1), tag(2), tag(3), tag(4), tag(5), tag(6), tag(7), tag(8), tag(9), tag(10), tag(11)}}, "actions", "at most"},
			"no name":             {obj{"name": " ", "content": "x"}, "name", ""},
			"other kind":          {obj{"name": "x", "content": "x", "kind": "mail"}, "kind", ""},
			"too long":            {obj{"name": "x", "content": strings.Repeat("x", 20001)}, "content", ""},
		} {
			t.Run(what, func(*testing.T) { s.ada.Post("/api/macros", c.body).Want(400).WantFields(c.field).Has(c.has) })
		}
		s.ada.Get("/api/macros").Want(200).Is("count", 0)
	})
}

func tag(n int) obj { return obj{"type": "add_tag", "tag": at("t%d", n)} }

// TestUseAndTakeBack uses a macro on a ticket whose title is an attack.
func TestUseAndTakeBack(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		id := s.ticket("<script>x</script> **[y](https://evil.example)** @zoe")
		one := at("/api/tickets/%d", id)
		macro := s.sam.Post("/api/macros", obj{
			"name": "Take it", "content": "Hello {{requester.username}}, about *{{ticket.title}}*: {{agent.name}} has it.",
			"actions": []any{
				obj{"type": "assign", "user_id": s.sam.ID}, obj{"type": "update_status", "status": "in_progress"},
				obj{"type": "set_priority", "priority": "high"}, obj{"type": "add_tag", "tag": "taken"},
			},
		}).Want(201).Is("actions.0.text", "Assign to sam").Int("id")
		before := s.sam.Get(one).Want(200)
		seen := s.sam.Post("/api/macros/preview", obj{"ticket_id": id, "macro_id": macro}).Want(200).
			Has("Assign to sam").Has("Set priority to high").Lacks("<script>x").Lacks(`href`)
		if text := seen.Text("content"); !strings.Contains(text, `\<script\>`) {
			t.Errorf("not escaped: %s", text)
		}
		s.sam.Get(one).Is("version", before.Int("version"))
		s.emma.Post("/api/macros/preview", obj{"ticket_id": id, "content": "x"}).Want(403)
		// A time is for somebody who may be elsewhere.
		due := s.ticket("Until then")
		s.sam.Post(at("/api/tickets/%d/set_due", due), obj{"due_at": "+3d"}).Want(200)
		s.sam.Post("/api/macros/preview", obj{"ticket_id": due, "content": "By {{ticket.due}}"}).Want(200).Has(" UTC\"")
		s.emma.Post(one+"/apply_macro", obj{"macro_id": macro}).Want(403)
		s.zoe.Post(one+"/apply_macro", obj{"macro_id": macro}).WantFields("macro_id")
		s.sam.Do("POST", one+"/apply_macro", obj{"macro_id": macro}, map[string]string{"If-Match": `"v9."`}).Want(412)

		run := s.sam.Post(one+"/apply_macro", obj{"macro_id": macro}).Want(201)
		s.sam.Get(one).Is("status", "in_progress").Is("priority", "high").Is("assigned_to.username", "sam").Is("tags", "[taken]").Is("comment_count", 0)
		held := s.sam.Get(one + "/messages").Want(200)
		held.Is("count", 1).Is("results.0.id", run.Int("message_id")).Lacks("<script>").Has("emma")
		s.zoe.Post(at("/api/macro_runs/%d/undo", run.Int("id")), obj{}).Want(404)
		s.sam.Post(at("/api/macro_runs/%d/undo", run.Int("id")), obj{}).Want(200)
		s.sam.Get(one).Is("status", "open").Is("priority", "medium").Is("assigned_to", nil).Is("tags", "[]")
		s.sam.Get(one+"/messages").Want(200).Is("count", 0)
		s.sam.Post(at("/api/macro_runs/%d/undo", run.Int("id")), obj{}).WantCode(409, "macro.no_undo")
		s.Clock.Advance(time.Minute)
		s.Drain(t)
		s.SignIn(t)
		s.sam.Get(one).Is("comment_count", 0)

		// The second time it is sent.
		s.sam.Post(one+"/apply_macro", obj{"macro_id": macro, "content": "Dear {{requester.nmae}}"}).WantFields("content").Has("{{requester.nmae}}")
		run = s.sam.Post(one+"/apply_macro", obj{"macro_id": macro, "content": "Other words"}).Want(201)
		s.Clock.Advance(11 * time.Second)
		s.Drain(t)
		s.emma.Get(one).Is("comment_count", 1).Has("Other words")
		s.sam.Post(at("/api/macro_runs/%d/undo", run.Int("id")), obj{}).Want(409)
		s.sam.Get(one).Is("status", "in_progress")
		s.sam.Post(one+"/apply_macro", obj{"macro_id": macro, "content": ""}).WantCode(409, "macro.nothing")
	})
}

func (s scene) SignIn(t *testing.T) {
	t.Helper()
	for _, c := range []*house.Client{s.emma, s.sam, s.zoe, s.ada} {
		c.SignIn(c.Name, house.Password)
	}
}

// TestNothingIsHalfUsed has a macro whose last action is refused.
func TestNothingIsHalfUsed(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		id := s.ticket("Printer")
		one := at("/api/tickets/%d", id)
		gone := s.Person("gus", authz.ITStaff)
		macro := s.ada.Post("/api/macros", obj{
			"name": "Hand over", "content": "On its way", "shared_with": "it_staff",
			"actions": []any{obj{"type": "set_priority", "priority": "urgent"}, obj{"type": "assign", "user_id": gone.ID}},
		}).Want(201).Int("id")
		s.ada.Patch(at("/api/users/%d", gone.ID), obj{"is_active": false}).Want(200)
		s.Drain(t)
		before := s.ada.Get(one).Int("version")
		s.sam.Post(one+"/apply_macro", obj{"macro_id": macro}).Want(400)
		s.ada.Get(one).Is("priority", "medium").Is("version", before)
		s.sam.Get(one+"/messages").Is("count", 0)
		// In bulk, it is said of each ticket, or of all at the start.
		s.sam.Post("/api/bulk", obj{"action": obj{"type": "apply_macro", "macro_id": macro}, "ids": []int64{id}}).Want(400).Has("can no longer be used")
	})
}

// TestManyTickets uses a macro in bulk and takes it back; messages that are out stay.
func TestManyTickets(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		a, b := s.ticket("A"), s.ticket("B")
		macro := s.sam.Post("/api/macros", obj{
			"name": "Outage", "content": "{{ticket.title}} is known", "actions": []any{tag(1), obj{"type": "set_priority", "priority": "high"}},
		}).Want(201).Int("id")
		start := func() string {
			id := s.sam.Post("/api/bulk", obj{"action": obj{"type": "apply_macro", "macro_id": macro}, "ids": []int64{a, b}}).Want(202).
				Is("action.text", "Use macro Outage").Int("id")
			s.Drain(t)
			return at("/api/bulk/%d", id)
		}
		run := start()
		s.sam.Get(run).Is("state", "done").Is("done", 2).Is("can.undo", true)
		s.sam.Get(at("/api/tickets/%d", a)).Is("tags", "[t1]").Is("priority", "high")
		undo := s.sam.Post(run+"/undo", obj{}).Want(202).Int("id")
		s.Drain(t)
		s.sam.Get(at("/api/bulk/%d", undo)).Is("done", 2)
		s.sam.Get(at("/api/tickets/%d", a)).Is("tags", "[]").Is("priority", "medium")
		s.Clock.Advance(time.Minute)
		s.Drain(t)
		s.SignIn(t)
		s.sam.Get(at("/api/tickets/%d", a)).Is("comment_count", 0)
		run = start()
		s.Clock.Advance(time.Minute)
		s.Drain(t)
		s.SignIn(t)
		s.emma.Get(at("/api/tickets/%d", b)).Is("comment_count", 1).Has("B is known")
		undo = s.sam.Post(run+"/undo", obj{}).Want(202).Int("id")
		s.Drain(t)
		s.sam.Get(at("/api/bulk/%d", undo)).Is("state", "done").Is("failed", 2)
		s.sam.Get(at("/api/tickets/%d", a)).Is("priority", "high")
	})
}

// TestTwoTakeItBackAtOnce lets one of them do it.
func TestTwoTakeItBackAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		id := s.ticket("A")
		macro := s.sam.Post("/api/macros", obj{"name": "x", "actions": []any{obj{"type": "set_priority", "priority": "low"}}}).Want(201).Int("id")
		run := s.sam.Post(at("/api/tickets/%d/apply_macro", id), obj{"macro_id": macro}).Want(201).Is("message_id", nil).Int("id")
		var wg sync.WaitGroup
		statuses := make([]int, 6)
		for i := range statuses {
			wg.Go(func() { statuses[i] = s.sam.Post(at("/api/macro_runs/%d/undo", run), obj{}).Status })
		}
		wg.Wait()
		n := 0
		for _, st := range statuses {
			if st == 200 {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%v", statuses)
		}
		s.sam.Get(at("/api/tickets/%d", id)).Is("priority", "medium")
	})
}
