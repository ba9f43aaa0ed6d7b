package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/demo"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// keepEnv names a folder in which the filled SQLite files stay for the next run, as do
// databases on the server.
const keepEnv = "FIXDESK_BENCH_KEEP"

// onlyEnv is a regular expression of the names that are measured.
const onlyEnv = "FIXDESK_BENCH_ONLY"

// BenchmarkFigures holds a desk of FIXDESK_BENCH_TICKETS tickets (200 tags, 100 fields
// of its own, 50 rules) against one of 10,000 with as much of each, in turn: lists, filters by each
// kind of indexed field, orders, and one ticket, each as a request with all that the server does for it but the socket. A
// list of the large desk is to cost at most 1.5 times what it costs on the small one.
func BenchmarkFigures(b *testing.B) {
	slog.SetLogLoggerLevel(slog.LevelError) // not a line for each request
	engines(b, func(b *testing.B, engine string) {
		desks := []*subject{figured(b, engine, 10_000), figured(b, engine, tickets())}
		b.ResetTimer()
		for _, who := range []authz.Role{authz.Admin, authz.ITStaff} {
			worst := 0.0
			for _, q := range figureQueries {
				worst = max(worst, ratio(b, desks, string(who)+" "+q, list(who, q, string(ticket.ByNewest))))
			}
			for _, sort := range append(slices.Clone(ticket.Sorts), "category", "-substatus", "cf.bench_number_1", "-cf.bench_text_1", "cf.bench_choice_1") {
				worst = max(worst, ratio(b, desks, string(who)+" sort "+string(sort), list(who, "", string(sort))))
			}
			b.ReportMetric(worst, string(who)+"/worst-ratio")
		}
		ratio(b, desks, "show a ticket", func(s *subject) ([]byte, error) {
			return s.callers[authz.Admin].do(http.MethodGet, "/api/tickets/"+strconv.FormatInt(s.recent, 10), nil)
		})
		ratio(b, desks, "create a ticket", func(s *subject) ([]byte, error) {
			return s.callers[authz.Employee].do(http.MethodPost, "/api/tickets", map[string]string{"title": "Printer on floor 3", "description": "It jams."})
		})
	})
}

var figureQueries = []string{
	"", "status:open", "status:unfinished", "status:closed", "priority:urgent", "status:open priority:high", "assignee:none", "assignee:agent",
	"requester:employee", `team:"Bench team 1"`, "department:Finance", `category:"Network"`, `category:"Hardware/Printers"`, "substatus:waiting_for_vendor",
	"tag:bench-7", "tag:bench-7 status:open", "tag:bench-7 status:closed", "tag:bench-7,bench-8", "cf.bench_number_1:500", "cf.bench_number_1:>=900", "cf.bench_text_1:value-8", `cf.bench_choice_1:"Option 2"`,
	"cf.bench_date_1:>=2026-01-01", "cf.bench_checkbox_1:yes", "due:<+2d", "due:any", "created:>=-7d", "updated:>=-1d", "updated:>=-7d", "closed:>=-1d", "closed:>=-30d", "comments:0",
	"waiting:staff", "is:confidential", "watching:me", "id:>9000",
}

// caller is somebody who is signed in to a desk of figures.
type caller struct {
	handler http.Handler
	bearer  string
}

// signIn signs those in who came with the desk, by their roles.
func signIn(b *testing.B, s *subject, desk demo.Desk) map[authz.Role]caller {
	b.Helper()
	people, err := desk.SignIns(ctx)
	if err != nil {
		b.Fatal(err)
	}
	out := map[authz.Role]caller{}
	for _, p := range people {
		c := caller{handler: s.app.Server.Handler()}
		body, err := c.do(http.MethodPost, "/api/auth/login", map[string]string{"username": p.Username, "password": p.Password})
		if err != nil {
			b.Fatal(err)
		}
		var granted struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal(body, &granted); err != nil {
			b.Fatal(err)
		}
		c.bearer = granted.AccessToken
		out[p.Role] = c
	}
	return out
}

// do sends a request through all of the server but its socket, and returns the answer's body.
func (c caller) do(method, path string, in any) ([]byte, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Content-Type", "application/json")
	if c.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	if w.Code >= 300 {
		return nil, fmt.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Body.Bytes(), nil
}

// list asks for the first page of a list.
func list(who authz.Role, q, sort string) func(*subject) ([]byte, error) {
	path := "/api/tickets?" + url.Values{"q": {q}, "sort": {sort}, "page_size": {"25"}}.Encode()
	return func(s *subject) ([]byte, error) { return s.callers[who].do(http.MethodGet, path, nil) }
}

// ratio measures a request on both desks in turn and returns how the fastest
// compare: others may use the machine, too. It prints how many tickets are on the pages; where these are not
// as many, 0 is returned, because a page of eight is no measure for one of 25.
func ratio(b *testing.B, desks []*subject, name string, call func(*subject) ([]byte, error)) float64 {
	b.Helper()
	if only := os.Getenv(onlyEnv); only != "" && !regexp.MustCompile(only).MatchString(name) {
		return 0
	}
	best, rows := make([]time.Duration, len(desks)), make([]int, len(desks))
	for round := range 20 {
		for i, s := range desks {
			begin := time.Now()
			body, err := call(s)
			took := time.Since(begin)
			if err != nil {
				b.Fatalf("%s: %v", name, err)
			}
			if round == 0 || took < best[i] {
				best[i] = took
			}
			var page struct{ Results []json.RawMessage }
			if err := json.Unmarshal(body, &page); err != nil {
				b.Fatal(err)
			}
			rows[i] = len(page.Results)
		}
	}
	r, mark := float64(best[1])/float64(best[0]), ""
	switch {
	case rows[0] != rows[1]:
		mark = " other pages"
	case r > 1.5:
		mark = " !"
	}
	// Straight to the end: a benchmark's own log is cut after ten lines.
	_, _ = fmt.Fprintf(os.Stderr, "%-40s %8.2f ms %8.2f ms  %5.2f x  %2d %2d%s\n", name, best[0].Seconds()*1000, best[1].Seconds()*1000, r, rows[0], rows[1], mark)
	if rows[0] != rows[1] {
		return 0
	}
	return r
}

// seeded is how many tickets are made up; a larger desk holds each of them several times.
const seeded = 10_000

// figured opens a desk with so many tickets, and fills it unless it was kept.
func figured(b *testing.B, engine string, n int) *subject {
	b.Helper()
	dir := b.TempDir()
	url := ""
	if keep := os.Getenv(keepEnv); keep != "" {
		dir = filepath.Join(keep, engine+strconv.Itoa(n))
		if err := os.MkdirAll(dir, 0o750); err != nil {
			b.Fatal(err)
		}
		if engine == "mysql" {
			var err error
			if url, err = testkit.KeptMySQL("fixdesk_bench_" + strconv.Itoa(n)); err != nil {
				b.Fatal(err)
			}
		}
	}
	a := openedAt(b, engine, dir, url)
	s := &subject{app: a}
	var rules int64
	if err := a.DB.Read(ctx).Table("rules").Count(&rules).Error; err != nil {
		b.Fatal(err)
	}
	begin := time.Now()
	desk := demo.Desk{DB: a.DB, Bus: a.Bus, Clock: a.Clock, Users: a.User, Tickets: a.Ticket, DataDir: dir}
	if rules == 0 { // the last thing that is filled
		if _, err := desk.Load(ctx, demo.Options{Tickets: min(n, seeded), Comments: 1, Seed: 1, Force: true}); err != nil {
			b.Fatal(err)
		}
	}
	s.employee, s.staff, s.admin = actor(b, a, "employee"), actor(b, a, "agent"), actor(b, a, "admin")
	if rules == 0 {
		indexed := func() {}
		if n > seeded {
			indexed = multiply(b, s, n/seeded)
			b.Logf("%s: multiplied after %s", engine, time.Since(begin).Round(time.Second))
		}
		hang(b, s, n)
		b.Logf("%s: hung after %s", engine, time.Since(begin).Round(time.Second))
		indexed()
		if engine == "mysql" {
			if err := a.DB.Writer(ctx).Exec("ANALYZE TABLE tickets, ticket_tags, ticket_field_values, comments, events").Error; err != nil {
				b.Fatal(err)
			}
		}
		addRules(b, s, 0)
		b.Logf("%s: %d tickets filled in %s", engine, n, time.Since(begin).Round(time.Second))
	}
	s.callers = signIn(b, s, desk)
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
	team := teamed(b, s)
	const step = 5000
	var dues strings.Builder
	var times []any
	for i := range 200 {
		dues.WriteString(" WHEN id % 200 = ? THEN ?")
		times = append(times, i, now.Add(time.Duration(i*7919%200-60)*3*time.Hour+time.Duration(i)*time.Minute))
	}
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
				text = "'value-' || (id % 200)"
				if s.app.DB.Engine() == "mysql" {
					text = "CONCAT('value-', id % 200)"
				}
			}
			exec("INSERT INTO ticket_field_values (ticket_id, field_id, seq, number_value, text_key) SELECT id, "+strconv.FormatInt(f.ID, 10)+", 0, "+number+", "+text+
				" FROM tickets WHERE "+within+" AND "+on, from, to)
		}
		exec("UPDATE tickets SET team_id = ? + id % ?, confidential = (id % 500 = 0), due_source = CASE WHEN status IN (1, 2) THEN 1 ELSE 0 END,"+
			" sla_state = CASE WHEN status IN (1, 2) THEN 1 ELSE 0 END, due_at = CASE WHEN status NOT IN (1, 2) THEN NULL "+dues.String()+" END WHERE "+within,
			slices.Concat([]any{team, figureTeams}, times, []any{from, to})...)
	}
	// Somebody watches as many tickets however many there are.
	exec("INSERT INTO ticket_watchers (ticket_id, user_id, kind, added_by_id, created_at) SELECT id, ?, 'watcher', ?, ? FROM tickets WHERE id % ? = 0", s.staff.ID, s.admin.ID, now, max(n/200, 1))
	exec("UPDATE tickets SET watchers = ? WHERE id IN (SELECT ticket_id FROM ticket_watchers)", strconv.FormatInt(s.staff.ID, 10))
	count(s, exec)
}

// figureTeams is how many teams the tickets are spread over; staff belong to three of them,
// and three others keep their queue to themselves.
const figureTeams = 12

// teamed makes teams with members, and returns the first one's id.
func teamed(b *testing.B, s *subject) int64 {
	b.Helper()
	teams := team.New(s.app.DB, s.app.Bus)
	lead, first := false, int64(0)
	for i := range figureTeams {
		name, restricted := fmt.Sprintf("Bench team %d", i), i >= figureTeams-3
		made, err := teams.Create(ctx, s.admin, team.Changes{Name: &name, Restricted: &restricted})
		if err != nil {
			b.Fatal(err)
		}
		if i == 0 {
			first = made.ID
		}
		if i < 3 {
			if _, err := teams.SetMember(ctx, s.admin, made.ID, s.staff.ID, &lead); err != nil {
				b.Fatal(err)
			}
		}
	}
	return first
}

// count sets the counters that depend on teams and on what is confidential.
func count(s *subject, exec func(string, ...any)) {
	exec("DELETE FROM ticket_counts WHERE scope >= 4")
	for _, x := range []struct{ scope, ref, where string }{
		{"4", "COALESCE(team_id, 0)", "confidential = ? AND assigned_to_id IS NULL"},
		{"5", "team_id", "confidential = ? AND assigned_to_id IS NOT NULL AND team_id IS NOT NULL"},
		{"6", "assigned_to_id * 1048576 + team_id", "confidential = ? AND assigned_to_id IS NOT NULL AND team_id IS NOT NULL"},
		{"7", "id - id", "confidential <> ?"},
	} {
		exec("INSERT INTO ticket_counts (scope, ref, status, priority, slot, n) SELECT "+x.scope+", "+x.ref+", status, priority, 0, COUNT(*) FROM tickets WHERE "+x.where+
			" GROUP BY "+x.ref+", status, priority", false)
	}
}
