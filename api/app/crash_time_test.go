package app_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/automation"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/sla"
)

// tick asks for jobs of a kind, so many that every replica has several at a time.
func (r *replicas) tick(kind string) {
	r.t.Helper()
	now := time.Now().UTC()
	err := r.db.Tx(r.t.Context(), func(_ context.Context, tx *gorm.DB) error {
		for range 6 {
			if err := job.Enqueue(tx, now, job.New{Kind: kind, Payload: struct{}{}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// exec changes what the programs believe of time: they have no clock that could be moved.
func (r *replicas) exec(sql string, args ...any) {
	r.t.Helper()
	if err := r.db.Writer(r.t.Context()).Exec(sql, args...).Error; err != nil {
		r.t.Fatal(err)
	}
}

// settle kills programs around while something goes on, as long as they are at it, and
// waits for its end.
func (r *replicas) settle(kinds []string, left func() int64) (killed int) {
	r.t.Helper()
	all, limit := left(), time.Now().Add(3*time.Minute)
	for killed < 2 && time.Now().Before(limit) {
		n := left()
		if n == 0 {
			break
		}
		if n > all-all*int64(killed+1)/4 {
			time.Sleep(2 * time.Millisecond)
			continue
		}
		r.restart()
		killed++
		for _, kind := range kinds {
			r.tick(kind)
		}
	}
	for left() > 0 || r.count("SELECT COUNT(*) FROM jobs WHERE state IN ('ready', 'running') AND run_at <= ? AND kind IN ?", time.Now().UTC(), append(kinds, automation.SweepJob, "rule.event")) > 0 {
		if time.Now().After(limit) {
			r.t.Fatalf("%d are left", left())
		}
		time.Sleep(100 * time.Millisecond)
	}
	return killed
}

// TestWhatTimeBringsHappensOnceWhenKilled lets the steps of a policy and a rule on time become due
// for many tickets at once, on two programs that both look and are both killed in the middle
// of it: each step is taken once, and the rule acts once on each ticket, however often it looks.
func TestWhatTimeBringsHappensOnceWhenKilled(t *testing.T) {
	eachReplicas(t, func(t *testing.T, r *replicas) {
		const tickets = 150
		token := r.list[0].signIn()
		sam := r.count("SELECT id FROM users WHERE username = 'sam'")
		for i := range tickets {
			title := fmt.Sprintf("order %d", i)
			r.must(http.StatusCreated, http.MethodPost, "/api/tickets", token, title, obj{"title": title, "description": "It is for the desk.", "priority": "low"})
		}
		r.must(http.StatusCreated, http.MethodPost, "/api/sla/policies", token, "", obj{
			"name": "Everything", "targets": obj{"resolution": 3600},
			"steps": []obj{
				{"target": "resolution", "offset_seconds": -600, "raise_priority": true},
				{"target": "resolution", "offset_seconds": 600, "assign_to": sam},
				{"target": "resolution", "offset_seconds": 1200, "raise_priority": true},
			},
		})
		for end := time.Now().Add(time.Minute); r.count("SELECT COUNT(*) FROM sla_clocks WHERE next_at IS NOT NULL") < tickets; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the tickets get no clocks")
			}
		}
		killed := 0
		// To begin with the first step is due, then all of the others.
		for _, wave := range []struct {
			ago    time.Duration
			events int64
		}{{55 * time.Minute, 1}, {3 * time.Hour, 3}} {
			now := time.Now().UTC()
			r.exec("UPDATE tickets SET created_at = ?", now.Add(-wave.ago)) // for what counts a clock anew
			r.exec("UPDATE sla_clocks SET started_at = ?, next_at = ?", now.Add(-wave.ago), now)
			r.tick(sla.TickJob)
			killed += r.settle([]string{sla.TickJob}, func() int64 {
				return r.count("SELECT COUNT(*) FROM sla_clocks WHERE next_at <= ?", now)
			})
			for what, n := range map[string]int64{
				"steps":      r.count("SELECT COUNT(*) FROM (SELECT t.id FROM tickets AS t LEFT JOIN events AS e ON e.subject_type = 'ticket' AND e.subject_id = t.id AND e.type = ? GROUP BY t.id HAVING COUNT(e.id) <> ?) AS x", sla.Escalated, wave.events),
				"priorities": r.count("SELECT COUNT(*) FROM tickets WHERE priority <> ?", 2+wave.events/3),
				"raised":     r.count("SELECT COUNT(*) FROM (SELECT subject_id FROM events WHERE type = 'ticket.priority_changed' GROUP BY subject_id HAVING COUNT(*) <> ?) AS x", 1+wave.events/3),
				"assigned":   r.count("SELECT COUNT(*) FROM (SELECT subject_id FROM events WHERE type = 'ticket.assigned' GROUP BY subject_id HAVING COUNT(*) <> 1) AS x"),
				"assignees":  tickets*(wave.events/3) - r.count("SELECT COUNT(*) FROM tickets WHERE assigned_to_id = ?", sam),
			} {
				if n != 0 {
					t.Errorf("%s: the %s of %d tickets are wrong", wave.ago, what, n)
				}
			}
		}

		made := r.must(http.StatusCreated, http.MethodPost, "/api/rules", token, "", obj{
			"name": "Remind", "every_minutes": 15, "condition": "title:order", "actions": []any{obj{"type": "reply", "content": "Still waiting."}, obj{"type": "add_tag", "tag": "late"}},
		})
		number, _ := made["id"].(float64)
		rule := int64(number)
		for range 2 { // the second time nothing fits that did not before
			r.exec("UPDATE rules SET next_at = ? WHERE id = ?", time.Now().UTC().Add(-time.Minute), rule)
			r.tick(automation.TickJob)
			killed += r.settle([]string{automation.TickJob}, func() int64 {
				return tickets - r.count("SELECT COUNT(*) FROM rule_runs WHERE rule_id = ? AND state = 'applied'", rule)
			})
		}
		r.none(map[string]string{
			"runs":    "SELECT COUNT(*) FROM (SELECT t.id FROM tickets AS t LEFT JOIN rule_runs AS x ON x.ticket_id = t.id AND x.state = 'applied' GROUP BY t.id HAVING COUNT(x.id) <> 1) AS y",
			"replies": "SELECT COUNT(*) FROM (SELECT t.id FROM tickets AS t LEFT JOIN comments AS c ON c.ticket_id = t.id AND c.is_system_message = 0 GROUP BY t.id HAVING COUNT(c.id) <> 1) AS y",
			"tags":    "SELECT COUNT(*) FROM (SELECT t.id FROM tickets AS t LEFT JOIN ticket_tags AS g ON g.ticket_id = t.id GROUP BY t.id HAVING COUNT(g.tag_id) <> 1) AS y",
			"dead":    "SELECT COUNT(*) FROM jobs WHERE state = 'dead'",
		})
		t.Logf("%d tickets, killed %d times", tickets, killed)
		if killed < 3 {
			t.Error("it was hardly ever killed; the test proves little")
		}
	})
}
