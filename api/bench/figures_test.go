package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/demo"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// keepEnv names a folder in which the filled SQLite files stay for the next run.
const keepEnv = "FIXDESK_BENCH_KEEP"

// BenchmarkFigures holds a desk of FIXDESK_BENCH_TICKETS tickets (200 tags, 100 fields
// of its own, 50 rules) against one of 10,000 with as much of each, in turn: lists, filters by each
// kind of indexed field, orders, and one ticket. A list of the large desk is to
// cost at most 1.5 times what it costs on the small one.
func BenchmarkFigures(b *testing.B) {
	engines(b, func(b *testing.B, engine string) {
		desks := []*subject{figured(b, engine, 10_000), figured(b, engine, tickets())}
		b.ResetTimer()
		for _, who := range []string{"admin", "staff"} {
			worst := 0.0
			for _, q := range figureQueries {
				worst = max(worst, ratio(b, desks, who+" "+q, func(s *subject) error { return list(s, who, q, ticket.ByNewest) }))
			}
			for _, sort := range append(slices.Clone(ticket.Sorts), "category", "-substatus", "cf.bench_number_1", "-cf.bench_text_1", "cf.bench_choice_1") {
				worst = max(worst, ratio(b, desks, who+" sort "+sort, func(s *subject) error { return list(s, who, "", ticket.Sort(sort)) }))
			}
			b.ReportMetric(worst, who+"/worst-ratio")
		}
		ratio(b, desks, "show a ticket", func(s *subject) error {
			_, err := s.app.Ticket.Get(ctx, s.admin, s.recent)
			return err
		})
		ratio(b, desks, "create a ticket", func(s *subject) error {
			_, err := s.app.Ticket.Open(ctx, s.employee, ticket.Draft{Title: "Printer on floor 3", Description: "It jams."})
			return err
		})
	})
}

var figureQueries = []string{
	"", "status:open", "status:unfinished", "status:closed", "priority:urgent", "status:open priority:high", "assignee:none", "assignee:agent",
	"requester:employee", "team:Network", "department:Finance", `category:"Network"`, `category:"Hardware/Printers"`, "substatus:waiting_for_vendor",
	"tag:bench-7", "tag:bench-7 status:open", "tag:bench-7,bench-8", "cf.bench_number_1:500", "cf.bench_number_1:>=900", "cf.bench_text_1:value-7", `cf.bench_choice_1:"Option 2"`,
	"cf.bench_date_1:>=2026-01-01", "cf.bench_checkbox_1:yes", "due:<+2d", "due:any", "created:>=-7d", "updated:>=-1d", "closed:>=-1d", "comments:0",
	"waiting:staff", "is:confidential", "watching:me", "id:>9000",
}

func list(s *subject, who, q string, sort ticket.Sort) error {
	by := map[string]authz.Actor{"admin": s.admin, "staff": s.staff}[who]
	f, err := s.app.Ticket.Where(ctx, by, ticket.Filter{Sort: sort}, q, time.UTC)
	if err != nil {
		return err
	}
	_, err = s.app.Ticket.List(ctx, by, f, web.Page{Number: 1, Size: 25})
	return err
}

// ratio measures something on both desks in turn and returns how the fastest calls
// compare: others may use the machine, too.
func ratio(b *testing.B, desks []*subject, name string, call func(*subject) error) float64 {
	b.Helper()
	best := make([]time.Duration, len(desks))
	for round := range 20 {
		for i, s := range desks {
			begin := time.Now()
			if err := call(s); err != nil {
				b.Fatalf("%s: %v", name, err)
			}
			if took := time.Since(begin); round == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	r := float64(best[1]) / float64(best[0])
	mark := ""
	if r > 1.5 {
		mark = " !"
	}
	// Straight to the end: a benchmark's own log is cut after ten lines.
	_, _ = fmt.Fprintf(os.Stderr, "%-40s %8.2f ms %8.2f ms  %5.2f x%s\n", name, best[0].Seconds()*1000, best[1].Seconds()*1000, r, mark)
	return r
}

// figured opens a desk with so many tickets, and fills it unless it was kept.
func figured(b *testing.B, engine string, n int) *subject {
	b.Helper()
	dir := b.TempDir()
	if keep := os.Getenv(keepEnv); keep != "" && engine == "sqlite" {
		dir = filepath.Join(keep, strconv.Itoa(n))
		if err := os.MkdirAll(dir, 0o750); err != nil {
			b.Fatal(err)
		}
	}
	a := opened(b, engine, dir)
	s := &subject{app: a}
	var rules int64
	if err := a.DB.Read(ctx).Table("rules").Count(&rules).Error; err != nil {
		b.Fatal(err)
	}
	begin := time.Now()
	if rules == 0 { // the last thing that is filled
		desk := demo.Desk{DB: a.DB, Bus: a.Bus, Clock: a.Clock, Users: a.User, Tickets: a.Ticket, DataDir: dir}
		if _, err := desk.Load(ctx, demo.Options{Tickets: n, Comments: 1, Seed: 1, Force: true}); err != nil {
			b.Fatal(err)
		}
	}
	s.employee, s.staff, s.admin = actor(b, a, "employee"), actor(b, a, "agent"), actor(b, a, "admin")
	if rules == 0 {
		hang(b, s, n)
		addRules(b, s, 0)
		b.Logf("%s: %d tickets filled in %s", engine, n, time.Since(begin).Round(time.Second))
	}
	if err := a.DB.Read(ctx).Raw("SELECT MAX(id) FROM tickets").Scan(&s.recent).Error; err != nil {
		b.Fatal(err)
	}
	return s
}

// hang gives the tickets of a desk tags, fields of its own, times by which they are
// due and readers, straight into the tables.
func hang(b *testing.B, s *subject, n int) {
	b.Helper()
	db := s.app.DB.Writer(ctx)
	exec := func(sql string, args ...any) {
		if err := db.Exec(sql, args...).Error; err != nil {
			b.Fatalf("%s: %v", sql, err)
		}
	}
	for i := range 200 {
		if _, err := s.app.Tag.Create(ctx, s.admin, fmt.Sprintf("bench-%d", i)); err != nil {
			b.Fatal(err)
		}
	}
	var tag int64
	if err := db.Raw("SELECT MIN(id) FROM tags WHERE name LIKE 'bench-%'").Scan(&tag).Error; err != nil {
		b.Fatal(err)
	}
	fields := field.New(s.app.DB, s.app.Bus)
	kinds := []field.Kind{field.Number, field.Text, field.Choice, field.Date, field.Checkbox}
	made := make([]field.Field, 100)
	for i := range made {
		kind := kinds[i%len(kinds)]
		name, slug := fmt.Sprintf("Bench %s %d", kind, i/len(kinds)+1), fmt.Sprintf("bench_%s_%d", kind, i/len(kinds)+1)
		ch := field.Changes{Name: &name, Slug: &slug, Kind: &kind}
		if kind == field.Choice {
			ch.Options = &[]field.Option{{Label: "Option 1", Active: true}, {Label: "Option 2", Active: true}, {Label: "Option 3", Active: true}}
		}
		var err error
		if made[i], err = fields.Create(ctx, s.admin, ch); err != nil {
			b.Fatal(err)
		}
	}
	day := field.DayOf(time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC))
	now := time.Now().UTC().Truncate(time.Second)
	const step = 5000
	for from := 0; from <= n; from += step {
		within, to := "id > ? AND id <= ?", from+step
		exec("INSERT INTO ticket_tags (ticket_id, tag_id) SELECT id, ? + id % 200 FROM tickets WHERE "+within, tag, from, to)
		exec("INSERT INTO ticket_tags (ticket_id, tag_id) SELECT id, ? + (id * 7 + 3) % 200 FROM tickets WHERE "+within+" AND id % 3 = 0 AND (id * 7 + 3) % 200 <> id % 200", tag, from, to)
		// Five of the fields have a value on every second ticket, the others on one of 60.
		for i, f := range made {
			on := "id % 2 = 0"
			if i >= len(kinds) {
				on = fmt.Sprintf("id %% 60 = %d", i%60)
			}
			number, text := "NULL", "NULL"
			switch f.Kind {
			case field.Number:
				number = fmt.Sprintf("(id * 13 %% 1000) * %d", field.Scale)
			case field.Choice:
				number = fmt.Sprintf("%d + id %% 3", f.Options[0].ID)
			case field.Date:
				number = fmt.Sprintf("%d + id %% 400", day)
			case field.Checkbox:
				number = "1"
			default:
				text = "'value-' || (id % 5000)"
				if s.app.DB.Engine() == "mysql" {
					text = "CONCAT('value-', id % 5000)"
				}
			}
			exec("INSERT INTO ticket_field_values (ticket_id, field_id, seq, number_value, text_key) SELECT id, "+strconv.FormatInt(f.ID, 10)+", 0, "+number+", "+text+
				" FROM tickets WHERE "+within+" AND "+on, from, to)
		}
		exec("UPDATE tickets SET due_at = ?, due_source = 1, sla_state = 1 WHERE status IN (1, 2) AND "+within, now.Add(time.Duration(from%997-300)*time.Minute), from, to)
		exec("UPDATE tickets SET confidential = ? WHERE id % 500 = 0 AND "+within, true, from, to)
	}
	if strings.HasPrefix(s.app.DB.Engine(), "mysql") {
		exec("ANALYZE TABLE tickets, ticket_tags, ticket_field_values")
	}
}
