package csv_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/importer/csv"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

func desk(w *testkit.World) importer.Desk {
	return importer.Desk{
		DB: w.DB, Bus: w.Bus, Clock: w.Clock,
		Users: user.New(w.DB, w.Bus, w.Clock), Tickets: ticket.New(w.DB, w.Bus, w.Clock),
	}
}

func text(s string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }
}

// listing collects a report's lines.
type listing struct{ lines []importer.Line }

func (l *listing) Put(line importer.Line) error { l.lines = append(l.lines, line); return nil }
func (*listing) Close() error                   { return nil }

func (l *listing) String() string {
	var b strings.Builder
	for _, x := range l.lines {
		fmt.Fprintf(&b, "%d %s", x.Line, x.Outcome)
		if x.Reason != "" {
			fmt.Fprintf(&b, ": %s", x.Reason)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func run(t *testing.T, w *testkit.World, file string, o csv.Options) (*importer.Report, *listing) {
	t.Helper()
	var l listing
	report := importer.NewReport(&l)
	if o.Source == "" {
		o.Source = "test"
	}
	o.Say = func(string) {}
	if err := csv.Import(context.Background(), desk(w), text(file), o, report); err != nil {
		t.Fatal(err)
	}
	return report, &l
}

func person(t *testing.T, w *testkit.World, name string, role authz.Role) user.User {
	t.Helper()
	u, err := desk(w).Users.Create(context.Background(), authz.System("test"), user.Draft{
		Username: name, Email: name + "@example.com", Role: role, Active: true, Verified: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func count(t *testing.T, w *testkit.World, table string) int64 {
	t.Helper()
	var n int64
	if err := w.DB.Read(context.Background()).Table(table).Count(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func tickets(t *testing.T, w *testkit.World) []ticket.Ticket {
	t.Helper()
	var out []ticket.Ticket
	if err := w.DB.Read(context.Background()).Order("id").Find(&out).Error; err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBrokenLinesStopNothing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		person(t, w, "olga", authz.Employee)
		long := strings.Repeat("word ", 60)
		file := "title,body,urgency,opened\n" + // 1
			"Printer,It is broken,1,2026-01-02 10:00\n" +
			"Too,few\n" +
			"Quote \"in the middle,body,1,2026-01-02\n" +
			"\"never closed,body,1,2026-01-02\n" + // 5
			"Fine,again,2,2026-01-03\n" +
			"\"Two\nlines\",\"a \"\"quoted\"\" word\nand more\",2,2026-01-04T00:00:00.123456Z\n" + // 7-9
			"Bad date,body,1,02.01.2026\n" + // 10
			"Bad utf \xff,body,1,2026-01-02\n" +
			"Bad urgency,body,9,2026-01-02\n" +
			",only a body " + long + ",1,2026-01-02\n" +
			"No body, ,1,2026-01-02\n" +
			"\n" + // 15
			"Nul\x00,body,1,2026-01-02\n" +
			"Last,without a line end,,2026-01-02"
		o := csv.Options{Requester: "olga", Map: []string{"title=title|body,description=body", "priority=urgency{1:urgent,2:low}", "created_at=opened"}}
		report, l := run(t, w, file, o)
		want := `2 taken
3 skipped: wrong number of columns: 2 in place of 4
4 skipped: quote in a field that is not quoted: column 7
5 skipped: a quote is not closed, or misplaced: misplaced quote: column 1
6 taken
7 taken
10 skipped: created_at, not a date in the given format (column opened): "02.01.2026"
11 skipped: not valid UTF-8: --encoding names another one
12 skipped: priority is not in the table of the mapping (column urgency): "9"
13 taken
14 skipped: no description (column body)
16 skipped: contains the character U+0000 (column title or body)
17 taken
`
		if got := byLine(l); got != want {
			t.Errorf("report:\n%s\nwanted:\n%s", got, want)
		}
		var out bytes.Buffer
		if err := report.Summary(&out, "line", false); err != nil || !strings.Contains(out.String(), "1 title taken from body (first: line 13)") {
			t.Errorf("summary, %v:\n%s", err, out.String())
		}
		all := tickets(t, w)
		if len(all) != 5 {
			t.Fatalf("%d tickets", len(all))
		}
		for _, tk := range all {
			switch tk.Title {
			case "Two\nlines":
				if tk.Description != "a \"quoted\" word\nand more" || tk.CreatedAt.Nanosecond() != 123456000 || tk.Priority != ticket.Low {
					t.Errorf("record over several lines: %+v", tk)
				}
			case "Last":
				if tk.Priority != ticket.Medium {
					t.Errorf("without a priority: %+v", tk)
				}
			}
			if len([]rune(tk.Title)) > 200 {
				t.Errorf("title of %d characters", len([]rune(tk.Title)))
			}
		}
		report, _ = run(t, w, file, o)
		if report.Counts[importer.Taken] != 0 || report.Counts[importer.Before] != 5 || count(t, w, "tickets") != 5 {
			t.Errorf("second run: %v", report.Counts)
		}
	})
}

// TestSkippedRowsNameTheirColumn has one fault in every value that can keep a row out.
func TestSkippedRowsNameTheirColumn(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		person(t, w, "olga", authz.Employee)
		file := "no,head,kind,note,state,urgency,by,opened\n" +
			",A,x,y,open,low,olga,2026-01-02\n" +
			"2,,x,y,open,low,olga,2026-01-02\n" +
			"3,A,,,open,low,olga,2026-01-02\n" +
			"4,A,x,y,gone,low,olga,2026-01-02\n" +
			"5,A,x,y,open,huge,olga,2026-01-02\n" +
			"6,A,x,y,open,low,nobody,2026-01-02\n" +
			"7,A,x,y,open,low,,2026-01-02\n" +
			"8,A,x,y,open,low,olga,soon\n" +
			"9,A,x,y,open,low,olga,2026-01-02\n"
		report, l := run(t, w, file, csv.Options{Map: []string{
			"key=no,title=head,status=state,priority=urgency,requester=by,created_at=opened", "description='{kind}\\n{note}'",
		}})
		want := `2 skipped: no key (column no)
3 skipped: no title (column head)
4 skipped: no description (column kind or note)
5 skipped: unknown status (column state): "gone"
6 skipped: unknown priority (column urgency): "huge"
7 skipped: unknown requester, --create-users makes accounts, --requester names one (column by): nobody
8 skipped: no requester, --requester names one (column by)
9 skipped: created_at, not a date in the given format (column opened): "soon"
10 taken
`
		if got := byLine(l); got != want {
			t.Errorf("report:\n%s\nwanted:\n%s", got, want)
		}
		var out bytes.Buffer
		if err := report.Summary(&out, "line", false); err != nil || !strings.Contains(out.String(), "1 unknown status (column state) (first: line 5)") {
			t.Errorf("summary, %v:\n%s", err, out.String())
		}
	})
}

// byLine is the report in the order of the file: unreadable lines are reported
// before the batch around them.
func byLine(l *listing) string {
	sorted := listing{append([]importer.Line(nil), l.lines...)}
	for i := range sorted.lines {
		for j := i; j > 0 && sorted.lines[j].Line < sorted.lines[j-1].Line; j-- {
			sorted.lines[j], sorted.lines[j-1] = sorted.lines[j-1], sorted.lines[j]
		}
	}
	return sorted.String()
}

func TestUnclosedQuoteCostsOneLine(t *testing.T) {
	w := testkit.SQLite(t)
	person(t, w, "olga", authz.Employee)
	var b strings.Builder
	b.WriteString("title,body\n")
	for i := range 12000 {
		if i == 3000 {
			b.WriteString("\"opened,never closed\n")
			continue
		}
		fmt.Fprintf(&b, "Title %d,Body\n", i)
	}
	report, l := run(t, w, b.String(), csv.Options{Requester: "olga", Map: []string{"title=title", "description=body"}})
	if report.Counts[importer.Taken] != 11999 || report.Counts[importer.Skipped] != 1 {
		t.Errorf("counts %v", report.Counts)
	}
	for _, x := range l.lines {
		if x.Outcome == importer.Skipped && (x.Line != 3002 || !strings.Contains(x.Reason, "a quote is opened and not closed")) {
			t.Errorf("%+v", x)
		}
	}
}

func TestPeopleAndDryRun(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		olga := person(t, w, "olga", authz.Employee)
		file := "t,d,who,for\nA,a,OLGA,Bo\nB,b,olga@example.com,bo\nC,c,Jürgen Straße,olga\nD,d,jürgen straße,\nE,e,,\n"
		o := csv.Options{Map: []string{"title=t,description=d,requester=who,assignee=for"}, CreateUsers: true, DryRun: true}
		tables := []string{"users", "tickets", "events", "comments", "import_records", "ticket_counts", "ticket_texts"}
		before := map[string]int64{}
		for _, table := range tables {
			before[table] = count(t, w, table)
		}
		dry, dryList := run(t, w, file, o)
		for _, table := range tables {
			if n := count(t, w, table); n != before[table] {
				t.Errorf("a dry run wrote %d rows of %s", n-before[table], table)
			}
		}
		o.DryRun = false
		wet, wetList := run(t, w, file, o)
		if fmt.Sprint(dry.Counts) != fmt.Sprint(wet.Counts) || dryList.String() != wetList.String() {
			t.Errorf("dry run: %v\n%s\nrun: %v\n%s", dry.Counts, dryList, wet.Counts, wetList)
		}
		var one, two bytes.Buffer
		if err := errors.Join(dry.Summary(&one, "line", false), wet.Summary(&two, "line", false)); err != nil || one.String() != two.String() {
			t.Errorf("%v, dry run:\n%s\nrun:\n%s", err, one.String(), two.String())
		}
		if wet.Counts[importer.Taken] != 4 || count(t, w, "users") != 3 {
			t.Errorf("counts %v, %d users", wet.Counts, count(t, w, "users"))
		}
		found, err := user.Named(w.DB.Read(context.Background()), []string{"person-bo", "jurgen-strasse"})
		if err != nil {
			t.Fatal(err)
		}
		bo, jurgen := found["person-bo"], found["jurgen-strasse"]
		if bo.Role != authz.ITStaff || bo.IsActive || bo.EmailVerified || bo.PasswordHash != "" || bo.Email != "person-bo@imported.invalid" {
			t.Errorf("account of an assignee: %+v", bo)
		}
		if jurgen.Role != authz.Employee || jurgen.FullName != "Jürgen Straße" {
			t.Errorf("account of a requester: %+v", jurgen)
		}
		for _, tk := range tickets(t, w) {
			switch tk.Title {
			case "A", "B":
				if tk.CreatedByID != olga.ID || tk.AssignedToID == nil || *tk.AssignedToID != bo.ID {
					t.Errorf("%+v", tk)
				}
			case "C", "D":
				if tk.CreatedByID != jurgen.ID || tk.AssignedToID != nil {
					t.Errorf("%+v", tk)
				}
			}
		}
	})
}

const incidents = `number,state,mods,at,by,who,for,opened,prio,resolved,closed
I1,New,0,01-03-2016 10:00,Ann,Cal,?,01-03-2016 09:00,3 - Moderate,?,?
I1,Active,1,01-03-2016 11:00,Ann,Cal,Res 1,01-03-2016 09:00,3 - Moderate,?,?
I1,Awaiting,3,01-03-2016 12:00,Ann,Cal,Res 2,01-03-2016 09:00,1 - Critical,?,?
I1,Closed,10,05-03-2016 12:00,?,Cal,Res 2,01-03-2016 09:00,1 - Critical,04-03-2016 08:30,05-03-2016 12:00
I1,Resolved,9,04-03-2016 08:00,?,Cal,Res 2,01-03-2016 09:00,1 - Critical,04-03-2016 08:30,05-03-2016 12:00
I2,New,0,02-03-2016 10:00,Ann,Cal,?,02-03-2016 09:00,3 - Moderate,?,?
`

func eventsOptions() csv.Options {
	return csv.Options{
		Map: []string{
			"key=number,title='Incident {number}',description='Reported by {who}\nFor {for}'",
			"status=state{New:open,Resolved:resolved,Closed:closed,*:in_progress}",
			"priority=prio{1 - Critical:urgent,3 - Moderate:medium}", "requester=who,assignee=for,actor=by",
			"created_at=opened,changed_at=at,resolved_at=resolved,closed_at=closed",
		},
		Events: true, OrderBy: []string{"mods"}, DateFormats: []string{"DD-MM-YYYY hh:mm"}, Null: []string{"?"}, CreateUsers: true,
	}
}

const history = `09:00 cal ticket.created {}
11:00 ann "Ticket assigned to res-1"
11:00 ann ticket.assigned {"from":null,"to":"res-1"}
11:00 ann "Status changed from Open to In Progress"
11:00 ann ticket.status_changed {"from":"open","to":"in_progress"}
12:00 ann ticket.priority_changed {"from":"medium","to":"urgent"}
12:00 ann "Ticket assigned to res-2"
12:00 ann ticket.assigned {"from":"res-1","to":"res-2"}
08:00 res-2 "Status changed from In Progress to Resolved"
08:00 res-2 ticket.status_changed {"from":"in_progress","to":"resolved"}
12:00 res-2 "Status changed from Resolved to Closed"
12:00 res-2 ticket.status_changed {"from":"resolved","to":"closed"}
`

func TestEventsBecomeHistory(t *testing.T) {
	lines := strings.SplitAfter(strings.TrimSuffix(incidents, "\n"), "\n")
	lines[len(lines)-1] += "\n"
	apart := strings.Join([]string{lines[0], lines[1], lines[6], lines[2], lines[3], lines[4], lines[5]}, "")
	for name, file := range map[string]string{"adjacent": incidents, "scattered": apart} {
		t.Run(name, func(t *testing.T) {
			testkit.Each(t, func(t *testing.T, w *testkit.World) {
				report, l := run(t, w, file, eventsOptions())
				if report.Counts[importer.Taken] != 2 {
					t.Fatalf("counts %v:\n%s", report.Counts, l)
				}
				tk := tickets(t, w)[0]
				if got := timeline(t, w, tk.ID); got != history {
					t.Errorf("history:\n%s\nwanted:\n%s", got, history)
				}
				if tk.Status != ticket.Closed || tk.Priority != ticket.Urgent || tk.Title != "Incident I1" || tk.Description != "Reported by Cal\nFor Res 2" ||
					tk.ResolvedAt.Format("02 15:04") != "04 08:30" || tk.ClosedAt.Format("02 15:04") != "05 12:00" || tk.CommentCount != 0 {
					t.Errorf("%+v", tk)
				}
			})
		})
	}
}

// timeline interleaves a ticket's events and comments as they were written.
func timeline(t *testing.T, w *testkit.World, id int64) string {
	t.Helper()
	tx := w.DB.Read(context.Background())
	var comments []ticket.Comment
	var events []event.Event
	var users []user.User
	if err := errors.Join(tx.Where("ticket_id = ?", id).Order("id").Find(&comments).Error,
		tx.Where("subject_id = ? AND subject_type = 'ticket'", id).Order("id").Find(&events).Error, tx.Find(&users).Error); err != nil {
		t.Fatal(err)
	}
	names := map[int64]string{}
	for _, u := range users {
		names[u.ID] = u.Username
	}
	var b strings.Builder
	for _, e := range events {
		data := e.Data
		switch e.Type {
		case ticket.Assigned:
			var a ticket.Assignment
			if err := e.Decode(&a); err != nil {
				t.Fatal(err)
			}
			name := func(p *ticket.Person) any {
				if p == nil {
					return nil
				}
				return p.Username
			}
			raw, err := json.Marshal(map[string]any{"from": name(a.From), "to": name(a.To)})
			if err != nil {
				t.Fatal(err)
			}
			data = string(raw)
			fallthrough
		case ticket.StatusChanged:
			if len(comments) > 0 {
				c := comments[0]
				comments = comments[1:]
				fmt.Fprintf(&b, "%s %s %q\n", c.CreatedAt.Format("15:04"), names[c.AuthorID], c.Content)
			}
		}
		fmt.Fprintf(&b, "%s %s %s %s\n", e.CreatedAt.Format("15:04"), names[e.ActorID], e.Type, data)
	}
	return b.String()
}

func TestInterruptedRunGoesOn(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		person(t, w, "olga", authz.Employee)
		var b strings.Builder
		b.WriteString("title,body,for\n")
		for i := range 2300 {
			fmt.Fprintf(&b, "Title %d,Body,Agent %d\n", i%1900, i%7)
		}
		o := csv.Options{Requester: "olga", Map: []string{"title=title,description=body,assignee=for"}, CreateUsers: true, Source: "test", Say: func(string) {}}
		for stops := 1; ; stops++ {
			ctx, cancel := context.WithCancel(context.Background())
			batches := 0
			o.Progress = func(int64) {
				if batches++; batches == stops {
					cancel()
				}
			}
			err := csv.Import(ctx, desk(w), text(b.String()), o, importer.NewReport(nil))
			cancel()
			if err == nil {
				break
			}
			if !errors.Is(err, importer.ErrInterrupted) {
				t.Fatal(err)
			}
		}
		if n := count(t, w, "tickets"); n != 2300 {
			t.Errorf("%d tickets", n)
		}
		if n := count(t, w, "users"); n != 8 {
			t.Errorf("%d users", n)
		}
		if n := count(t, w, "ticket_texts"); n != 2300 {
			t.Errorf("%d texts", n)
		}
	})
}
