package app_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/sla"
)

// TestCountingAnewSurvivesAKill kills the program while it counts the clocks of many
// tickets anew: the job goes on where it was, and ends with each ticket counted
// once and right.
func TestCountingAnewSurvivesAKill(t *testing.T) {
	eachReplicas(t, func(t *testing.T, r *replicas) {
		const tickets, kills = 1500, 3
		a := r.list[0]
		a.run("", "demo", "--tickets", fmt.Sprint(tickets), "--comments", "2", "--force")
		token := a.signIn()
		unfinished := r.count("SELECT COUNT(*) FROM tickets WHERE status IN (1, 2)")
		if unfinished < 100 {
			// Most of what the demo tells is over; all of it waits again.
			if err := r.db.Writer(t.Context()).Exec("UPDATE tickets SET status = 2, solved_at = NULL, resolved_at = NULL, closed_at = NULL").Error; err != nil {
				t.Fatal(err)
			}
			unfinished = tickets
		}
		for r.count("SELECT COUNT(*) FROM sla_policies") > 0 {
			id := r.count("SELECT MIN(id) FROM sla_policies")
			r.must(http.StatusNoContent, http.MethodDelete, path("/api/sla/policies/%d", id), token, "", nil)
		}
		r.must(http.StatusCreated, http.MethodPost, "/api/sla/policies", token, "", obj{
			"name": "Everything", "targets": obj{"first_response": 3600, "resolution": 8 * 3600},
		})
		state := func() (done int64, ended bool) {
			return r.count("SELECT done FROM sla_runs ORDER BY id DESC LIMIT 1"), r.count("SELECT COUNT(*) FROM sla_runs WHERE state = 'running'") == 0
		}
		killed := 0
		for range kills {
			before, ended := state()
			for end := time.Now().Add(40 * time.Second); time.Now().Before(end) && !ended; time.Sleep(2 * time.Millisecond) {
				var done int64
				if done, ended = state(); done > before+unfinished/10 {
					break
				}
			}
			if ended {
				break
			}
			r.restart()
			killed++
		}
		for end := time.Now().Add(3 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
			done, ended := state()
			if ended {
				if done != unfinished {
					t.Errorf("%d of %d tickets were counted", done, unfinished)
				}
				break
			}
			if time.Now().After(end) {
				t.Fatal("it does not come to its end")
			}
		}
		t.Logf("%d tickets, %d kills", unfinished, killed)
		if killed == 0 {
			t.Fatal("it was never killed; the test proves nothing")
		}
		if n := r.count("SELECT COUNT(*) FROM (SELECT t.id FROM tickets AS t LEFT JOIN sla_clocks AS c ON c.ticket_id = t.id AND c.target = 'resolution'" +
			" WHERE t.status IN (1, 2) GROUP BY t.id HAVING COUNT(c.id) <> 1) AS x"); n != 0 {
			t.Errorf("%d tickets have not one clock for the resolution", n)
		}
		// Counted once more by a program that nobody kills, no clock says anything else.
		before := r.clocks()
		token = a.signIn()
		r.must(http.StatusAccepted, http.MethodPost, "/api/sla/recalculate", token, "", obj{})
		for end := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
			if _, ended := state(); ended {
				break
			}
			if time.Now().After(end) {
				t.Fatal("it does not come to its end")
			}
		}
		after := r.clocks()
		if len(before) != len(after) {
			t.Errorf("%d clocks, and then %d", len(before), len(after))
		}
		for of, was := range before {
			if after[of] != was {
				t.Errorf("the clock of %s said %s, and then %s", of, was, after[of])
			}
		}
	})
}

// clocks returns what each clock promises, by its ticket and target.
func (r *replicas) clocks() map[string]string {
	var list []sla.Clock
	if err := r.db.Read(r.t.Context()).Find(&list).Error; err != nil {
		r.t.Fatal(err)
	}
	out := map[string]string{}
	for _, c := range list {
		of := fmt.Sprintf("%d %s", c.TicketID, c.Target)
		if _, twice := out[of]; twice {
			r.t.Errorf("two clocks of %s", of)
		}
		due := "never"
		if c.DueAt != nil {
			due = c.DueAt.UTC().Format(time.RFC3339)
		}
		out[of] = fmt.Sprintf("policy %d, %d s, due %s", c.PolicyID, c.Goal, due)
	}
	return out
}
