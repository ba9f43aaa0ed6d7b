// Package bench measures what people wait for, on a desk of the size that
// FIXDESK_BENCH_TICKETS says (100,000 unless set), on SQLite and, when
// FIXDESK_TEST_MYSQL names a server, on MySQL or MariaDB.
//
// The desk is filled once per engine and run by the demo generator. Lists are
// called as the API calls them: rows, count and people.
package bench

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/demo"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

var ctx = context.Background()

type subject struct {
	app                    *app.App
	employee, staff, admin authz.Actor
	recent                 int64
	callers                map[authz.Role]caller // on a desk of figures
}

func tickets() int {
	n, err := strconv.Atoi(os.Getenv("FIXDESK_BENCH_TICKETS"))
	if err != nil || n < 1 {
		return 100_000
	}
	return n
}

var filled = map[string]*subject{}

// each runs a benchmark on each engine.
func each(b *testing.B, run func(b *testing.B, s *subject)) {
	b.Run("sqlite", func(b *testing.B) { run(b, fill(b, "sqlite")) })
	if os.Getenv(testkit.MySQLEnv) != "" {
		b.Run("mysql", func(b *testing.B) { run(b, fill(b, "mysql")) })
	}
}

func fill(b *testing.B, engine string) *subject {
	b.Helper()
	if s := filled[engine]; s != nil {
		return s
	}
	dir, err := os.MkdirTemp("", "fixdesk-bench-")
	if err != nil {
		b.Fatal(err)
	}
	cleanups = append(cleanups, func() { _ = os.RemoveAll(dir) })
	url := "sqlite:" + filepath.Join(dir, "bench.db")
	if engine == "mysql" {
		fresh, drop, err := testkit.FreshMySQL()
		if err != nil {
			b.Fatal(err)
		}
		url = fresh
		cleanups = append(cleanups, drop)
	}
	set := config.Settings{
		Database: url, DataDir: dir, PublicURL: "http://localhost:8080",
		RateLimit: "off", Registration: "on", StaffScope: "queue",
	}
	if _, err := app.Migrate(ctx, set); err != nil {
		b.Fatal(err)
	}
	a, err := app.New(set, "bench", app.Parts{})
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	desk := demo.Desk{DB: a.DB, Bus: a.Bus, Clock: a.Clock, Users: a.User, Tickets: a.Ticket, DataDir: dir}
	if _, err := desk.Load(ctx, demo.Options{Tickets: tickets(), Comments: 5, Seed: 1}); err != nil {
		b.Fatal(err)
	}
	b.Logf("%s: %d tickets loaded in %s", engine, tickets(), time.Since(start).Round(100*time.Millisecond))
	s := &subject{app: a}
	s.employee, s.staff, s.admin = actor(b, a, "employee"), actor(b, a, "agent"), actor(b, a, "admin")
	rows, err := a.Ticket.List(ctx, s.admin, ticket.Filter{Sort: ticket.ByNewest}, web.Page{Number: 1, Size: 1})
	if err != nil {
		b.Fatal(err)
	}
	s.recent = rows.Rows[0].ID
	filled[engine] = s
	return s
}

func actor(b *testing.B, a *app.App, username string) authz.Actor {
	b.Helper()
	var u user.User
	if err := a.DB.Read(ctx).Where("username_key = ?", username).Take(&u).Error; err != nil {
		b.Fatal(err)
	}
	return authz.Person(u.ID, u.Username, u.Role, authz.Options{})
}

var cleanups []func()

func TestMain(m *testing.M) {
	code := m.Run()
	for _, s := range filled {
		_ = s.app.Close()
	}
	for _, c := range cleanups {
		c()
	}
	os.Exit(code)
}

func measure(b *testing.B, name string, call func() error) {
	b.Run(name, func(b *testing.B) {
		for b.Loop() {
			if err := call(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkLists(b *testing.B) {
	each(b, func(b *testing.B, s *subject) {
		for _, who := range []struct {
			name string
			by   authz.Actor
		}{{"employee", s.employee}, {"staff", s.staff}, {"admin", s.admin}} {
			for _, what := range []struct {
				name string
				f    ticket.Filter
			}{
				{"all", ticket.Filter{}},
				{"open", ticket.Filter{Statuses: []ticket.Status{ticket.Open}}},
				{"urgent", ticket.Filter{Priorities: []ticket.Priority{ticket.Urgent}}},
				{"open+high", ticket.Filter{Statuses: []ticket.Status{ticket.Open}, Priorities: []ticket.Priority{ticket.High}}},
				{"mine", ticket.Filter{AssignedTo: &who.by.ID}},
				{"unassigned+open", ticket.Filter{Unassigned: true, Statuses: []ticket.Status{ticket.Open}}},
				{"reported", ticket.Filter{CreatedBy: &s.employee.ID}},
				{"by updated", ticket.Filter{Sort: ticket.ByUpdated}},
				{"by priority", ticket.Filter{Sort: ticket.ByPriority}},
			} {
				if what.f.Sort == "" {
					what.f.Sort = ticket.ByNewest
				}
				measure(b, who.name+"/"+what.name, func() error {
					_, err := s.app.Ticket.List(ctx, who.by, what.f, web.Page{Number: 1, Size: 25})
					return err
				})
			}
		}
	})
}

// BenchmarkQueries lists what queries of the query language find, for people who
// have looked at the newest 5,000 tickets.
func BenchmarkQueries(b *testing.B) {
	each(b, func(b *testing.B, s *subject) {
		for _, who := range []struct {
			name string
			by   authz.Actor
		}{{"employee", s.employee}, {"staff", s.staff}, {"admin", s.admin}} {
			db := s.app.DB.Writer(ctx)
			if err := db.Exec("DELETE FROM ticket_reads WHERE user_id = ?", who.by.ID).Error; err != nil {
				b.Fatal(err)
			}
			err := db.Exec("INSERT INTO ticket_reads (user_id, ticket_id, event_id, seen_at)"+
				" SELECT ?, t.id, (SELECT MAX(id) FROM events), ? FROM tickets AS t ORDER BY t.id DESC LIMIT 5000", who.by.ID, s.app.Clock.Now()).Error
			if err != nil {
				b.Fatal(err)
			}
			for _, q := range []string{
				"is:unread", "is:unread status:done", "is:unread priority:urgent", "comments:0", "comments:>8", "closed:>=-1d",
				"department:Finance", "waiting:staff", "waiting:requester",
			} {
				measure(b, who.name+"/"+q, func() error {
					f, err := s.app.Ticket.Where(ctx, who.by, ticket.Filter{Sort: ticket.ByNewest}, q, time.UTC)
					if err != nil {
						return err
					}
					_, err = s.app.Ticket.List(ctx, who.by, f, web.Page{Number: 1, Size: 25})
					return err
				})
			}
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	each(b, func(b *testing.B, s *subject) {
		for _, who := range []struct {
			name string
			by   authz.Actor
		}{{"employee", s.employee}, {"staff", s.staff}, {"admin", s.admin}} {
			for name, needle := range map[string]string{
				"common word": "the", "word": "printer", "part of a word": "rinte", "phrase": "not working",
				"two letters": "vp", "missing": "zyzzyva",
			} {
				measure(b, who.name+"/"+name, func() error {
					_, err := s.app.Ticket.List(ctx, who.by, ticket.Filter{Sort: ticket.ByNewest, Search: needle}, web.Page{Number: 1, Size: 25})
					return err
				})
			}
		}
	})
}

func BenchmarkDashboard(b *testing.B) {
	each(b, func(b *testing.B, s *subject) {
		for name, by := range map[string]authz.Actor{"employee": s.employee, "staff": s.staff, "admin": s.admin} {
			measure(b, name, func() error {
				_, err := s.app.Report.Dashboard(ctx, by)
				return err
			})
		}
	})
}

func BenchmarkTicket(b *testing.B) {
	each(b, func(b *testing.B, s *subject) {
		measure(b, "show", func() error {
			_, err := s.app.Ticket.Get(ctx, s.admin, s.recent)
			return err
		})
		measure(b, "comments of all", func() error {
			_, err := s.app.Ticket.ListComments(ctx, s.staff, 0, web.Page{Number: 1, Size: 25})
			return err
		})
		measure(b, "open", func() error {
			_, err := s.app.Ticket.Open(ctx, s.employee, ticket.Draft{Title: "Printer on floor 3", Description: "It jams."})
			return err
		})
		n := 0
		measure(b, "change status", func() error {
			n++
			_, err := s.app.Ticket.UpdateStatus(ctx, s.admin, s.recent, etag.Condition{}, ticket.Statuses[n%2])
			return err
		})
	})
}
