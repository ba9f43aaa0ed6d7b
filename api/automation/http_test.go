package automation_test

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
	emma, sam, ada *house.Client
}

func each(t *testing.T, test func(t *testing.T, s scene)) {
	house.Each(t, func(t *testing.T, h *house.House) {
		test(t, scene{House: h, emma: h.Person("emma", authz.Employee), sam: h.Person("sam", authz.ITStaff), ada: h.Person("ada", authz.Admin)})
	})
}

func (s scene) ticket(title string) int64 {
	return s.emma.Post("/api/tickets", obj{"title": title, "description": "d"}).Want(201).Int("id")
}

func (s scene) rule(more obj) string {
	body := obj{"name": "R", "triggers": []string{"created"}, "actions": []any{obj{"type": "add_tag", "tag": "seen"}}}
	for k, v := range more {
		body[k] = v
	}
	return at("/api/rules/%d", s.ada.Post("/api/rules", body).Want(201).Int("id"))
}

func (s scene) pass(t *testing.T, d time.Duration) {
	t.Helper()
	s.Clock.Advance(d)
	s.Drain(t)
	for _, c := range []*house.Client{s.emma, s.sam, s.ada} {
		c.SignIn(c.Name, house.Password)
	}
}

// states lists what became of a rule, the newest first.
func states(t *testing.T, a *house.Answer) string {
	t.Helper()
	var out []string
	for _, r := range a.Want(200).Results() {
		out = append(out, fmt.Sprint(r["state"]))
	}
	return strings.Join(out, " ")
}

func TestARuleActsOnceAndSaysWhy(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		s.sam.Get("/api/rules").WantCode(403, "rule.denied")
		rule := s.rule(obj{"name": "Printers", "condition": "printer priority:medium", "actions": []any{
			obj{"type": "set_priority", "priority": "high"}, obj{"type": "add_tag", "tag": "printer"},
			obj{"type": "reply", "content": "Hello {{requester.username}}, we look at {{ticket.title}}."},
		}})
		fits, other := s.ticket("Printer"), s.ticket("Scanner")
		s.Drain(t)
		s.Drain(t)
		one := at("/api/tickets/%d", fits)
		s.ada.Get(one).Is("priority", "high").Is("tags", "[printer]").Is("comment_count", 1).Is("first_responded_at", nil).Is("waiting", "staff")
		s.emma.Get(one).Has("Hello emma, we look at Printer.")
		s.ada.Get(at("/api/tickets/%d", other)).Is("priority", "medium").Is("tags", "[]")
		if got := states(t, s.ada.Get(rule+"/runs")); got != "not_matched applied" {
			t.Errorf("runs: %s", got)
		}
		s.ada.Get(rule + "/runs?state=not_matched").Has("Does not hold: printer")
		german := map[string]string{"Accept-Language": "de"}
		s.ada.Do("GET", rule+"/runs", nil, german).Has("Trifft nicht zu: printer").Has("Priorität auf „Hoch“ setzen · Schlagwort „printer“ hinzufügen · Antworten: Hello")
		s.ada.Do("GET", "/api/rules", nil, german).Has(`"text":"Priorität auf „Hoch“ setzen"`)
		s.ada.Do("GET", rule+"/versions", nil, german).Has(`"text":"Schlagwort „printer“ hinzufügen"`)
		s.sam.Get(one + "/events?page_size=100").Has("note.rule_applied").Has("Printers")
		s.emma.Get(one + "/events?page_size=100").Lacks("rule_applied").Lacks("Printers")
	})
}

func TestRulesRunInOrderAndStop(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		a := s.rule(obj{"name": "A", "actions": []any{obj{"type": "set_priority", "priority": "low"}}})
		b := s.rule(obj{"name": "B", "condition": "priority:low", "stop": true, "actions": []any{obj{"type": "set_priority", "priority": "urgent"}}})
		c := s.rule(obj{"name": "C", "actions": []any{obj{"type": "add_tag", "tag": "late"}}})
		id := s.ticket("x")
		s.Drain(t)
		s.ada.Get(at("/api/tickets/%d", id)).Is("priority", "urgent").Is("tags", "[]")
		for _, r := range []string{a, b} {
			if got := states(t, s.ada.Get(r+"/runs")); got != "applied" {
				t.Errorf("%s: %s", r, got)
			}
		}
		s.ada.Get(c+"/runs").Is("count", 0)
		ids := []int64{s.ada.Get(c).Int("id"), s.ada.Get(a).Int("id"), s.ada.Get(b).Int("id")}
		s.ada.Put("/api/rules/order", obj{"ids": ids[:2]}).WantFields("ids")
		s.ada.Put("/api/rules/order", obj{"ids": ids}).Want(200).Is("results.0.name", "C")
		id = s.ticket("y")
		s.Drain(t)
		s.ada.Get(at("/api/tickets/%d", id)).Is("tags", "[late]")
	})
}

// TestLoopsEnd has two rules that set off each other, and one that sets off itself.
func TestLoopsEnd(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		a := s.rule(obj{"name": "A", "triggers": []string{"updated"}, "condition": "priority:high", "actions": []any{obj{"type": "set_priority", "priority": "low"}}})
		b := s.rule(obj{"name": "B", "triggers": []string{"updated"}, "condition": "priority:low", "actions": []any{obj{"type": "set_priority", "priority": "high"}}})
		id := s.ticket("x")
		s.ada.Patch(at("/api/tickets/%d", id), obj{"priority": "low"}).Want(200)
		s.Drain(t)
		if n := strings.Count(states(t, s.ada.Get(a+"/runs?page_size=100")), "applied") + strings.Count(states(t, s.ada.Get(b+"/runs?page_size=100")), "applied"); n != 2 {
			t.Errorf("%d applications", n)
		}
		s.ada.Get(b + "/runs?state=skipped").Has("Loop")
	})
}

// TestRulesThatLostSomething are switched off with the reason, not half carried out.
func TestRulesThatLostSomething(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		gus := s.Person("gus", authz.ITStaff)
		rule := s.rule(obj{"condition": "-assignee:gus", "actions": []any{
			obj{"type": "set_priority", "priority": "high"}, obj{"type": "assign", "user_id": gus.ID},
		}})
		s.ada.Patch(at("/api/users/%d", gus.ID), obj{"is_active": false}).Want(200)
		s.Drain(t)
		s.ada.Get(rule).Is("enabled", false).Has("Action 2")
		id := s.ticket("x")
		s.Drain(t)
		s.ada.Get(at("/api/tickets/%d", id)).Is("priority", "medium")
		s.ada.Patch(rule, obj{"enabled": true}).WantFields("actions")
		s.ada.Patch(rule, obj{"enabled": true, "actions": []any{obj{"type": "set_priority", "priority": "high"}}}).Want(200).Is("problem", "")
		s.ada.Get(rule+"/versions").Want(200).Is("count", 3)
		s.ada.Post(rule+"/restore", obj{"version": 1}).WantFields("actions")
		s.ada.Delete(rule).Want(204)
		s.ada.Get(rule).Want(404)
		s.ada.Post(rule+"/restore", obj{}).Want(200).Is("enabled", true)
	})
}

func TestRulesOnTimeActOnceWhileATicketFits(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		rule := s.rule(obj{"triggers": []string{}, "every_minutes": 60, "condition": "updated:<-3d status:open", "actions": []any{obj{"type": "note", "content": "Still open"}}})
		id := s.ticket("x")
		s.pass(t, 2*time.Hour)
		s.ada.Get(rule+"/runs").Is("count", 0)
		s.pass(t, 73*time.Hour)
		s.pass(t, 2*time.Hour)
		s.pass(t, 2*time.Hour)
		if got := states(t, s.ada.Get(rule+"/runs")); got != "applied" {
			t.Errorf("runs: %s", got)
		}
		s.ada.Get(at("/api/tickets/%d/notes", id)).Is("count", 1)
		s.ada.Post(at("/api/tickets/%d/add_comment", id), obj{"content": "We look"}).Want(201)
		s.pass(t, 2*time.Hour)
		s.pass(t, 80*time.Hour)
		s.pass(t, 2*time.Hour)
		s.ada.Get(at("/api/tickets/%d/notes", id)).Is("count", 2)
	})
}

func TestATrialChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		a, b := s.ticket("Printer"), s.ticket("Scanner")
		before := s.ada.Get(at("/api/tickets/%d", a)).Int("version")
		try := obj{"triggers": []string{"created"}, "condition": "printer", "actions": []any{obj{"type": "set_priority", "priority": "high"}}}
		s.sam.Post("/api/rules/try", try).WantCode(403, "rule.denied")
		s.ada.Post("/api/rules/try", try).Want(200).Is("fits", 1).Is("lines.0.ticket_id", a).Is("lines.0.state", "applied").Has("Set priority to high")
		try["condition"] = ""
		s.ada.Post("/api/rules/try", try).Want(200).Is("fits", 2).Is("lines.0.ticket_id", b)
		s.Drain(t)
		s.ada.Get(at("/api/tickets/%d", a)).Is("version", before).Is("priority", "medium")
		for _, mine := range []string{"assignee:me", "team:mine"} {
			try["condition"] = mine
			s.ada.Post("/api/rules/try", try).WantFields("condition").Has(mine)
		}
	})
}

func TestRulesThatCannotBe(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		act := []any{obj{"type": "add_tag", "tag": "x"}}
		for field, body := range map[string]obj{
			"triggers":      {"name": "x", "actions": act},
			"every_minutes": {"name": "x", "actions": act, "every_minutes": 1, "condition": "id:1"},
			"condition":     {"name": "x", "actions": act, "triggers": []string{"created"}, "condition": "cf.gone:1"},
			"actions":       {"name": "x", "actions": []any{obj{"type": "reply", "content": "{{nobody}}"}}, "triggers": []string{"created"}},
			"name":          {"name": " ", "actions": act, "triggers": []string{"created"}},
		} {
			s.ada.Post("/api/rules", body).Want(400).WantFields(field)
		}
		s.ada.Post("/api/rules", obj{"name": "", "condition": "priority:wrong AND (", "actions": []any{}, "triggers": []string{}}).
			WantFields("name", "condition", "actions", "triggers")
		s.ada.Get("/api/rules").Is("count", 0)
		rule := s.rule(obj{"actions": act})
		s.ada.Patch(rule, obj{"name": "", "condition": "((", "triggers": []string{"never"}}).WantFields("name", "condition", "triggers")
		s.ada.Post("/api/macros", obj{"name": "", "content": "{{nobody}}", "actions": []any{obj{"type": "assign", "user_id": 999}}, "team_id": 999}).
			WantFields("name", "content", "actions", "team_id")
	})
}

// TestOneEventManyWorkers runs the job of an event several times at once, as two
// replicas do when a lease ends.
func TestOneEventManyWorkers(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		rule := s.rule(obj{"actions": []any{obj{"type": "note", "content": "Once"}}})
		id := s.ticket("x")
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { s.Drain(t) })
		}
		wg.Wait()
		s.ada.Get(at("/api/tickets/%d/notes", id)).Is("count", 1)
		if got := states(t, s.ada.Get(rule+"/runs")); got != "applied" {
			t.Errorf("runs: %s", got)
		}
	})
}
