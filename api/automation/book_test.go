package automation_test

import (
	"context"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/platform/config"
)

// TestKeptRulesAreThoseThatHold changes rules and what they name by one program,
// while another one, which has read them before, does their work.
func TestKeptRulesAreThoseThatHold(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		set := config.Settings{
			Listen: "127.0.0.1:0", Database: s.URL, DataDir: t.TempDir(), PublicURL: "http://desk.example.com",
			RateLimit: "off", Registration: "on", StaffScope: "all", LogLevel: "error", ReopenDays: 14, AttachmentMax: 25, ConfidentialScope: "all", DepartmentTickets: "off",
		}
		second, err := app.New(set, "test", app.Parts{DB: s.DB, Clock: s.Clock, Mail: s.Mail})
		if err != nil {
			t.Fatal(err)
		}
		next := func(title, want string) {
			t.Helper()
			id := s.ticket(title)
			if err := second.Worker.Drain(context.Background()); err != nil {
				t.Fatal(err)
			}
			s.ada.Get(at("/api/tickets/%d", id)).Want(200).Is("tags", want)
		}
		next("printer", "[]")
		rule := s.rule(obj{"condition": "printer"})
		next("printer", "[seen]")
		s.ada.Patch(rule, obj{"condition": "scanner"}).Want(200)
		next("printer", "[]")
		next("scanner", "[seen]")
		s.ada.Patch(rule, obj{"actions": []any{obj{"type": "add_tag", "tag": "other"}}}).Want(200)
		next("scanner", "[other]")
		s.ada.Patch(rule, obj{"enabled": false}).Want(200)
		next("scanner", "[]")
		s.ada.Patch(rule, obj{"enabled": true}).Want(200)
		next("scanner", "[other]")
		s.ada.Delete(rule).Want(204)
		next("scanner", "[]")

		// What a condition names.
		top := s.ada.Post("/api/categories", obj{"name": "Hardware"}).Want(201).Int("id")
		s.rule(obj{"name": "Below", "condition": "category:Hardware"})
		next("x", "[]")
		below := s.ada.Post("/api/categories", obj{"name": "Mice", "parent_id": top}).Want(201).Int("id")
		id := s.emma.Post("/api/tickets", obj{"title": "x", "description": "d", "category": below}).Want(201).Int("id")
		if err := second.Worker.Drain(context.Background()); err != nil {
			t.Fatal(err)
		}
		s.ada.Get(at("/api/tickets/%d", id)).Want(200).Is("tags", "[seen]")

		// Order, and moments that are not those of the day on which the rule was read.
		one := s.ada.Get(s.rule(obj{"name": "One", "condition": "y", "stop": true, "actions": []any{obj{"type": "add_tag", "tag": "one"}}})).Int("id")
		two := s.ada.Get(s.rule(obj{"name": "Two", "condition": "y created:today", "stop": true, "actions": []any{obj{"type": "add_tag", "tag": "two"}}})).Int("id")
		next("y", "[one]")
		var ids []int64
		for _, r := range s.ada.Get("/api/rules").Want(200).Results() {
			if n := int64(r["id"].(float64)); n != one && n != two {
				ids = append(ids, n)
			}
		}
		s.ada.Put("/api/rules/order", obj{"ids": append([]int64{two, one}, ids...)}).Want(200)
		next("y", "[two]")
		s.pass(t, 15*time.Hour-10*time.Second) // ten seconds before midnight
		next("y", "[two]")
		s.Clock.Advance(20 * time.Second)
		next("y", "[two]")
	})
}
