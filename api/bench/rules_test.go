package bench

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/automation"
	"github.com/fixdesk/fixdesk/api/demo"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/routing"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// opened returns a desk with its files in a folder.
func opened(b *testing.B, engine, dir string) *app.App {
	b.Helper()
	return openedAt(b, engine, dir, "")
}

// openedAt is opened on a database that is kept; "" for a fresh one.
func openedAt(b *testing.B, engine, dir, url string) *app.App {
	b.Helper()
	switch {
	case url != "":
	case engine == "sqlite":
		url = "sqlite:" + filepath.Join(dir, "bench.db")
	default:
		fresh, drop, err := testkit.FreshMySQL()
		if err != nil {
			b.Fatal(err)
		}
		url = fresh
		b.Cleanup(drop)
	}
	set := config.Settings{Database: url, DataDir: dir, PublicURL: "http://localhost:8080", RateLimit: "off", Registration: "on", StaffScope: "queue"}
	if _, err := app.Migrate(ctx, set); err != nil {
		b.Fatal(err)
	}
	a, err := app.New(set, "bench", app.Parts{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = a.Close() })
	return a
}

// small opens a desk of 2,000 tickets.
func small(b *testing.B, engine string) *subject {
	b.Helper()
	dir := b.TempDir()
	a := opened(b, engine, dir)
	desk := demo.Desk{DB: a.DB, Bus: a.Bus, Clock: a.Clock, Users: a.User, Tickets: a.Ticket, DataDir: dir}
	if _, err := desk.Load(ctx, demo.Options{Tickets: 2000, Comments: 2, Seed: 1}); err != nil {
		b.Fatal(err)
	}
	s := &subject{app: a}
	s.employee, s.staff, s.admin = actor(b, a, "employee"), actor(b, a, "agent"), actor(b, a, "admin")
	return s
}

// addRules makes 50 rules on new tickets, of which acting fit the ticket that
// BenchmarkRules opens.
func addRules(b *testing.B, s *subject, acting int) {
	b.Helper()
	conditions := []string{
		"priority:urgent department:Finance", `title:"out of toner" status:open`, "tag:vip -tag:vendor", `category:"Hardware" priority:>=high`,
		"cf.cost:>=500 team:Workplace", "(assignee:none OR team:none) description:crash", "substatus:any comments:>3", "cf.site:Warehouse",
		"is:confidential", "created:<-7d status:unfinished", `requester:agent priority:low,medium`, "sla:breached OR due:<now",
	}
	rules := automation.New(s.app.DB, s.app.Bus, s.app.Clock, s.app.Ticket, authz.Options{})
	for i := range 50 {
		name, condition := fmt.Sprintf("Rule %d", i), conditions[i%len(conditions)]
		if i < acting {
			condition = "priority:medium status:open"
		}
		tag, err := ticket.NewAction("add_tag", map[string]any{"tag": fmt.Sprintf("rule-%d", i)})
		if err != nil {
			b.Fatal(err)
		}
		ch := automation.Changes{Name: &name, Triggers: &[]string{automation.OnCreated}, Condition: &condition, Actions: &[]ticket.Action{tag}}
		if _, err := rules.Create(ctx, s.admin, ch); err != nil {
			b.Fatalf("%s: %v", condition, err)
		}
	}
}

// open opens a ticket and runs what follows from it; it returns how long the
// request took, and how long all of it.
func open(b *testing.B, s *subject) (request, all time.Duration) {
	b.Helper()
	begin := time.Now()
	if _, err := s.app.Ticket.Open(ctx, s.employee, ticket.Draft{Title: "Printer on floor 3", Description: "It jams.", Priority: ticket.Medium}); err != nil {
		b.Fatal(err)
	}
	request = time.Since(begin)
	if err := s.app.Worker.Drain(ctx); err != nil {
		b.Fatal(err)
	}
	return request, time.Since(begin)
}

// compare opens tickets on desks in turn and reports the medians of the times, and
// how often they hold those of the first.
func compare(b *testing.B, names []string, desks []*subject) {
	b.Helper()
	for range 20 {
		for _, s := range desks {
			open(b, s)
		}
	}
	requests, alls := make([][]time.Duration, len(desks)), make([][]time.Duration, len(desks))
	for b.Loop() {
		for i, s := range desks {
			request, all := open(b, s)
			requests[i], alls[i] = append(requests[i], request), append(alls[i], all)
		}
	}
	median := func(list []time.Duration) float64 {
		slices.SortFunc(list, func(a, b time.Duration) int { return cmp.Compare(a, b) })
		return float64(list[len(list)/2].Microseconds()) / 1000
	}
	request, all := median(requests[0]), median(alls[0])
	for i, name := range names {
		r, a := median(requests[i]), median(alls[i])
		b.Logf("%-22s request %.2f ms (%.2f x), with its jobs %.2f ms (%.2f x)", name, r, r/request, a, a/all)
		if i > 0 {
			b.ReportMetric(r/request, name+"/request-ratio")
			b.ReportMetric(a/all, name+"/ratio")
		}
	}
}

// engines runs a benchmark on each engine, without the large desk.
func engines(b *testing.B, run func(b *testing.B, engine string)) {
	b.Run("sqlite", func(b *testing.B) { run(b, "sqlite") })
	if os.Getenv(testkit.MySQLEnv) != "" {
		b.Run("mysql", func(b *testing.B) { run(b, "mysql") })
	}
}

// BenchmarkRules opens tickets with no rule, with 50 that do not fit, and with 50 of
// which 2 act, in turn.
func BenchmarkRules(b *testing.B) {
	engines(b, func(b *testing.B, engine string) {
		none, some, acting := small(b, engine), small(b, engine), small(b, engine)
		addRules(b, some, 0)
		addRules(b, acting, 2)
		compare(b, []string{"none", "50-rules", "50-rules,2-act"}, []*subject{none, some, acting})
	})
}

// BenchmarkRouting opens tickets with no queue, and with one that gives each of them
// to a member of a team.
func BenchmarkRouting(b *testing.B) {
	engines(b, func(b *testing.B, engine string) {
		none, one := small(b, engine), small(b, engine)
		teams, err := team.New(one.app.DB, one.app.Bus).List(ctx, one.admin)
		if err != nil || len(teams) == 0 {
			b.Fatal(teams, err)
		}
		name, condition, capacity := "Printers", "printer", 1000
		_, err = routing.New(one.app.DB, one.app.Bus, one.app.Clock, one.app.Ticket).Create(ctx, one.admin, routing.Changes{Name: &name, TeamID: &teams[0].ID, Condition: &condition, Capacity: &capacity})
		if err != nil {
			b.Fatal(err)
		}
		if err := one.app.Worker.Drain(ctx); err != nil {
			b.Fatal(err)
		}
		compare(b, []string{"none", "one-queue"}, []*subject{none, one})
	})
}
