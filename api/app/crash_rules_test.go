package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// replicas are programs on one database: two where the engine bears it, one on SQLite.
type replicas struct {
	t    *testing.T
	list []*program
	db   *db.DB
	dice *rand.Rand
}

func eachReplicas(t *testing.T, test func(t *testing.T, r *replicas)) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts the real program several times")
	}
	t.Parallel()
	binary := buildProgram(t)
	run := func(url string, n int) func(t *testing.T) {
		return func(t *testing.T) {
			if n > 1 {
				fresh, drop, err := testkit.FreshMySQL()
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(drop)
				url = fresh
			}
			r := &replicas{t: t, dice: rand.New(rand.NewPCG(3, 3))}
			data := t.TempDir()
			for range n {
				p := newProgram(t, binary, url)
				p.env = append(p.env, "FIXDESK_DATA_DIR="+data, "FIXDESK_SECRET="+strings.Repeat("s", 40), "FIXDESK_LOG_LEVEL=error", "FIXDESK_STAFF_SCOPE=all")
				r.list = append(r.list, p)
			}
			for name, role := range map[string]string{"ada": "admin", "sam": "it_staff", "kim": "it_staff"} {
				r.list[0].run(house.Password, "user", "create", "--username", name, "--email", name+"@example.com", "--role", role, "--password-stdin")
			}
			for _, p := range r.list {
				p.start()
			}
			var err error
			if r.db, err = db.Open(url, clock.System{}.Now); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = r.db.Close() })
			test(t, r)
		}
	}
	t.Run("sqlite", run("sqlite:"+filepath.Join(t.TempDir(), "x.db"), 1))
	if os.Getenv(testkit.MySQLEnv) != "" {
		t.Run("mysql", run("", 2))
	}
}

func (r *replicas) read() *gorm.DB { return r.db.Read(context.Background()) }

func (r *replicas) any() *program { return r.list[r.dice.IntN(len(r.list))] }

func (r *replicas) count(sql string, args ...any) int64 {
	r.t.Helper()
	var n int64
	if err := r.read().Raw(sql, args...).Scan(&n).Error; err != nil {
		r.t.Fatal(err)
	}
	return n
}

// none fails for each query that counts something that is not right.
func (r *replicas) none(queries map[string]string) {
	r.t.Helper()
	for what, sql := range queries {
		if n := r.count(sql); n != 0 {
			r.t.Errorf("%s: %d are not right", what, n)
		}
	}
}

// restart kills all programs, and starts them again when none is left.
func (r *replicas) restart() {
	r.t.Helper()
	for _, p := range r.list {
		p.kill()
	}
	for _, p := range r.list {
		p.start()
	}
}

// must calls the API until it answers with a status.
func (r *replicas) must(status int, method, at, token, key string, body any) obj {
	for range 400 {
		for _, p := range r.list {
			if got, out := p.call(method, at, token, key, body); got == status {
				return out
			} else if got >= 400 && got < 500 {
				r.t.Errorf("%s %s: %d %v", method, at, got, out)
				return nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	r.t.Errorf("%s %s: never %d", method, at, status)
	return nil
}

// killAround kills a program now and then and starts it again.
func (r *replicas) killAround(times int, rest func() bool) {
	for range times {
		for end := time.Now().Add(time.Duration(300+r.dice.IntN(900)) * time.Millisecond); time.Now().Before(end) && !rest(); {
			time.Sleep(20 * time.Millisecond)
		}
		p := r.any()
		p.kill()
		p.start()
	}
}

// TestRulesAndRoutingActOnceWhenKilled opens tickets on two programs that are killed
// at random, while people take some of them by hand: each rule acts once on each
// ticket, nobody gets a ticket that somebody else has, and what was taken by hand
// stays there.
func TestRulesAndRoutingActOnceWhenKilled(t *testing.T) {
	eachReplicas(t, func(t *testing.T, r *replicas) {
		const tickets, kills = 90, 4
		a := r.list[0]
		token := a.signIn()
		make1 := func(at string, body obj) int64 {
			out := r.must(http.StatusCreated, http.MethodPost, at, token, "", body)
			id, _ := out["id"].(float64)
			return int64(id)
		}
		team := make1("/api/teams", obj{"name": "Network"})
		people := map[string]int64{}
		for _, name := range []string{"ada", "sam", "kim"} {
			people[name] = r.count("SELECT id FROM users WHERE username = ?", name)
		}
		for _, name := range []string{"sam", "kim"} {
			r.must(http.StatusOK, http.MethodPut, path("/api/teams/%d/members/%d", team, people[name]), token, "", obj{})
		}
		make1("/api/routing/queues", obj{"name": "Network", "team_id": team, "capacity": 1000, "condition": "title:order"})
		rules := map[string]int64{
			"answer": make1("/api/rules", obj{"name": "Answer", "triggers": []string{"created"}, "condition": "title:order", "actions": []any{obj{"type": "reply", "content": "We have it."}}}),
			"raise":  make1("/api/rules", obj{"name": "Raise", "triggers": []string{"created"}, "condition": "title:order", "actions": []any{obj{"type": "set_priority", "priority": "high"}}}),
			"note":   make1("/api/rules", obj{"name": "Note", "triggers": []string{"updated"}, "condition": "priority:high", "actions": []any{obj{"type": "add_tag", "tag": "seen"}}}),
		}
		var mu sync.Mutex
		byHand := map[int64]bool{}
		var clients sync.WaitGroup
		for client := range 3 {
			clients.Go(func() {
				for i := client; i < tickets; i += 3 {
					title := fmt.Sprintf("order %d", i)
					out := r.must(http.StatusCreated, http.MethodPost, "/api/tickets", token, title, ticketBody(title))
					id, _ := out["id"].(float64)
					if i%4 == 0 {
						r.must(http.StatusOK, http.MethodPost, path("/api/tickets/%d/assign", int64(id)), token, "", obj{"user_id": people["ada"]})
						mu.Lock()
						byHand[int64(id)] = true
						mu.Unlock()
					}
				}
			})
		}
		waiting := func() bool {
			return r.count("SELECT COUNT(*) FROM jobs WHERE state IN ('ready', 'running') AND kind IN ('rule.event', 'routing.route', 'routing.drain')") > 0
		}
		r.killAround(kills, func() bool { return false })
		clients.Wait()
		for end := time.Now().Add(2 * time.Minute); waiting(); time.Sleep(200 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the jobs do not come to their end")
			}
		}
		if n := r.count("SELECT COUNT(*) FROM tickets"); n != tickets {
			t.Errorf("%d tickets", n)
		}
		if n := r.count("SELECT COUNT(*) FROM jobs WHERE state = 'dead'"); n != 0 {
			t.Errorf("%d jobs are dead", n)
		}
		// Each rule acted once on each ticket: by its log, by its doing, and by the timeline.
		for name, id := range rules {
			if n := r.count("SELECT COUNT(*) FROM rule_runs WHERE rule_id = ? AND state = 'applied'", id); n != tickets {
				t.Errorf("%s acted %d times", name, n)
			}
			if n := r.count("SELECT COUNT(*) FROM (SELECT ticket_id FROM rule_runs WHERE rule_id = ? AND state = 'applied' GROUP BY ticket_id HAVING COUNT(*) > 1) AS x", id); n != 0 {
				t.Errorf("%s acted on %d tickets more than once", name, n)
			}
		}
		r.none(map[string]string{
			"answers":     "SELECT COUNT(*) FROM (SELECT t.id FROM tickets AS t LEFT JOIN comments AS c ON c.ticket_id = t.id AND c.is_system_message = 0 GROUP BY t.id HAVING COUNT(c.id) <> 1) AS x",
			"priorities":  "SELECT COUNT(*) FROM tickets WHERE priority <> 3",
			"changes":     "SELECT COUNT(*) FROM (SELECT subject_id FROM events WHERE subject_type = 'ticket' AND type = 'ticket.priority_changed' GROUP BY subject_id HAVING COUNT(*) <> 1) AS x",
			"tags":        "SELECT COUNT(*) FROM (SELECT t.id FROM tickets AS t LEFT JOIN ticket_tags AS g ON g.ticket_id = t.id GROUP BY t.id HAVING COUNT(g.tag_id) <> 1) AS x",
			"applied":     "SELECT COUNT(*) FROM (SELECT subject_id FROM events WHERE subject_type = 'ticket' AND type = 'note.rule_applied' GROUP BY subject_id HAVING COUNT(*) <> 3) AS x",
			"nobody":      "SELECT COUNT(*) FROM tickets WHERE assigned_to_id IS NULL",
			"waits":       "SELECT COUNT(*) FROM routing_waits",
			"routed":      "SELECT COUNT(*) FROM (SELECT subject_id FROM events WHERE subject_type = 'ticket' AND type = 'internal.routed' GROUP BY subject_id HAVING COUNT(*) > 1) AS x",
			"decisions":   "SELECT COUNT(*) FROM (SELECT ticket_id FROM routing_decisions GROUP BY ticket_id HAVING COUNT(*) > 1) AS x",
			"assignments": "SELECT COUNT(*) FROM (SELECT subject_id FROM events WHERE type = 'ticket.assigned' AND actor_id = 0 GROUP BY subject_id HAVING COUNT(*) > 1) AS x",
		})
		for id := range byHand {
			if n := r.count("SELECT assigned_to_id FROM tickets WHERE id = ?", id); n != people["ada"] {
				t.Errorf("ticket %d was taken by hand and is account %d's", id, n)
			}
		}
	})
}
