package django_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/importer/django"
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

type listing struct{ lines []importer.Line }

func (l *listing) Put(line importer.Line) error { l.lines = append(l.lines, line); return nil }
func (*listing) Close() error                   { return nil }

func run(t *testing.T, w *testkit.World, dump string, o django.Options) (*importer.Report, string) {
	t.Helper()
	report, text, err := try(w, dump, o)
	if err != nil {
		t.Fatal(err)
	}
	return report, text
}

func try(w *testkit.World, dump string, o django.Options) (*importer.Report, string, error) {
	var l listing
	report := importer.NewReport(&l)
	o.Source = "dump"
	if err := django.Import(context.Background(), desk(w), strings.NewReader(dump), o, report); err != nil {
		return report, "", err
	}
	var b bytes.Buffer
	err := report.Summary(&b, "object", false)
	for _, x := range l.lines {
		if x.Outcome == importer.Skipped {
			fmt.Fprintf(&b, "%d: %s\n", x.Line, x.Reason)
		}
	}
	return report, b.String(), err
}

func all[T any](t *testing.T, w *testkit.World) []T {
	t.Helper()
	var out []T
	if err := w.DB.Read(context.Background()).Order("id").Find(&out).Error; err != nil {
		t.Fatal(err)
	}
	return out
}

const hash = "pbkdf2_sha256$600000$abcdefghijkl$3FmcJ4fPFhY6DFkKfDYmxlg8IZQ6hlk0jKvIvsZxbGs="

const people = `
{"model": "tickets.user", "pk": 3, "fields": {"password": "` + hash + `", "last_login": "2024-05-02T08:00:00.123Z", "is_superuser": false,
  "username": "olga", "first_name": "Olga", "last_name": "Petrova", "email": "olga@example.com", "is_staff": false, "is_active": true,
  "date_joined": "2023-01-02T03:04:05.678901Z", "full_name": "Olga Petrova", "phone": "+49 1", "department": "Sales", "role": "employee", "groups": [], "user_permissions": []}},
{"model": "tickets.user", "pk": 7, "fields": {"username": "ines", "email": "ines@example.com", "password": "!unusable", "role": "it_staff", "is_active": true, "date_joined": "2023-01-02T03:04:05Z"}},
{"model": "tickets.user", "pk": 8, "fields": {"username": "root", "email": "", "password": "md5$x$y", "role": "employee", "is_superuser": true, "date_joined": "2023-01-02T03:04:05Z"}},
{"model": "tickets.user", "pk": 9, "fields": {"username": "hannah", "email": "OLGA@example.com", "role": "hr", "is_active": false, "date_joined": "2023-01-02T03:04:05Z"}},
{"model": "tickets.user", "pk": 10, "fields": {"username": "OLGA", "email": "other@example.com", "role": "boss"}},
{"model": "tickets.user", "pk": 11, "fields": {"username": "bad name!", "email": "x@example.com", "role": "employee"}},
{"model": "tickets.user", "pk": 12, "fields": {"username": 5}},
`

const dump = `[{"model": "tickets.comment", "pk": 90, "fields": {"ticket": 41, "author": 7, "content": "On it.", "is_system_message": false, "created_at": "2024-01-01T11:00:00Z"}},
{"model": "contenttypes.contenttype", "pk": 1, "fields": {}}, {"model": "contenttypes.contenttype", "pk": 2, "fields": {}},` + people + `
{"model": "tickets.ticket", "pk": 41, "fields": {"title": "Printer", "description": "broken 🖨️", "status": "resolved", "priority": "high", "created_by": 3, "assigned_to": 7,
  "created_at": "2024-01-01T10:00:00.123456Z", "updated_at": "2024-01-02T10:00:00Z", "resolved_at": "2024-01-02T10:00:00Z", "closed_at": null}},
{"model": "tickets.ticket", "pk": 42, "fields": {"title": " ", "description": "No title", "status": "open", "priority": "low", "created_by": 9, "assigned_to": 3, "created_at": "2024-01-03T10:00:00", "updated_at": null}},
{"model": "tickets.ticket", "pk": 43, "fields": {"title": "x", "description": "y", "status": "lost", "created_by": 3}},
{"model": "tickets.ticket", "pk": 44, "fields": {"title": "x", "description": "y", "status": "open", "created_by": 99}},
{"model": "tickets.ticket", "pk": 45, "fields": {"title": ["x"], "description": "y"}},
{"model": "tickets.comment", "pk": 92, "fields": {"ticket": 41, "author": 7, "content": "Status changed from Open to Resolved", "is_system_message": true, "created_at": "2024-01-02T10:00:00Z"}},
{"model": "tickets.comment", "pk": 89, "fields": {"ticket": 41, "author": 7, "content": "Ticket assigned to ines", "is_system_message": true, "created_at": "2024-01-01T10:30:00Z"}},
{"model": "tickets.comment", "pk": 93, "fields": {"ticket": 41, "author": 500, "content": "Who?", "created_at": "2024-01-02T10:00:00Z"}},
{"model": "tickets.comment", "pk": 94, "fields": {"ticket": 77, "author": 3, "content": "Where?", "created_at": "2024-01-02T10:00:00Z"}},
{"model": "tickets.comment", "pk": 95, "fields": {"ticket": 44, "author": 3, "content": "Lost", "created_at": "2024-01-02T10:00:00Z"}},
"nonsense"
]`

func TestDump(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		report, text := run(t, w, dump, django.Options{DryRun: true})
		if len(all[user.User](t, w))+len(all[ticket.Ticket](t, w))+len(all[event.Event](t, w)) != 0 {
			t.Error("a dry run wrote something")
		}
		wet, wetText := run(t, w, dump, django.Options{})
		if fmt.Sprint(report.Counts) != fmt.Sprint(wet.Counts) || text != wetText {
			t.Errorf("dry run:\n%s\nrun:\n%s", text, wetText)
		}
		for _, want := range []string{
			"10 taken", "2 unknown model contenttypes.contenttype", "1 user has the role hr", "1 user is a superuser",
			"1 user has an unknown role \"boss\"", "1 user without an address", "1 address taken by another user of the dump",
			"1 username taken by another user of the dump", "1 user whose password is hashed in a way", "9: user, username: ",
			"10: user, wrong type of field username", "13: ticket, unknown status: \"lost\"", "14: ticket, its creator is not in the dump",
			"15: ticket, wrong type of field title", "18: comment, its author is not in the dump: 500", "19: comment on a ticket that is not in the dump",
			"20: comment on a ticket that is not", "21: not an object of dumpdata", "1 ticket without a title", "1 ticket assigned to an employee",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("report lacks %q", want)
			}
		}
		if t.Failed() {
			t.Log(text)
		}
		checkPeople(t, w)
		checkTickets(t, w)
		again, text := run(t, w, dump, django.Options{})
		if again.Counts[importer.Taken] != 0 || again.Counts[importer.Before] != 10 || again.Counts[importer.Skipped] != wet.Counts[importer.Skipped] {
			t.Errorf("second run: %v\n%s", again.Counts, text)
		}
		if len(all[user.User](t, w)) != 5 || len(all[ticket.Ticket](t, w)) != 2 || len(all[ticket.Comment](t, w)) != 3 {
			t.Error("a second run wrote something")
		}
		checkNextIDs(t, w)
	})
}

func checkPeople(t *testing.T, w *testkit.World) {
	t.Helper()
	users := map[int64]user.User{}
	for _, u := range all[user.User](t, w) {
		users[u.ID] = u
	}
	olga := users[3]
	if olga.Username != "olga" || olga.PasswordHash != hash || olga.Phone != "+49 1" || olga.Department != "Sales" || olga.FirstName != "Olga" ||
		!olga.IsActive || !olga.EmailVerified || olga.CreatedAt.Format("2006-01-02T15:04:05.000000") != "2023-01-02T03:04:05.678901" {
		t.Errorf("olga: %+v", olga)
	}
	if u := users[8]; u.Role != authz.Admin || u.Email != "root@imported.invalid" || u.PasswordHash != "" {
		t.Errorf("root: %+v", u)
	}
	if u := users[9]; u.Role != authz.Employee || u.IsActive || u.EmailVerified || u.Email != "hannah@imported.invalid" {
		t.Errorf("hannah: %+v", u)
	}
	if u := users[10]; u.Username != "OLGA-2" || u.Role != authz.Employee {
		t.Errorf("OLGA: %+v", u)
	}
}

func checkTickets(t *testing.T, w *testkit.World) {
	t.Helper()
	tickets := all[ticket.Ticket](t, w)
	one, two := tickets[0], tickets[1]
	if one.ID != 41 || one.CreatedByID != 3 || *one.AssignedToID != 7 || one.Status != ticket.Resolved || one.Priority != ticket.High ||
		one.CreatedAt.Nanosecond() != 123456000 || one.CommentCount != 1 || one.Description != "broken 🖨️" || one.ResolvedAt == nil {
		t.Errorf("%+v", one)
	}
	if two.ID != 42 || two.Title != "No title" || two.AssignedToID != nil {
		t.Errorf("%+v", two)
	}
	var ids []int64
	for _, c := range all[ticket.Comment](t, w) {
		ids = append(ids, c.ID)
	}
	if fmt.Sprint(ids) != "[89 90 92]" {
		t.Errorf("comments %v", ids)
	}
	var story []string
	for _, e := range all[event.Event](t, w) {
		if e.SubjectID == 41 {
			story = append(story, e.Type+e.Data)
		}
	}
	want := `ticket.created{} ticket.assigned{"from":null,"to":{"id":7,"username":"ines"}} ticket.commented{"comment_id":90} ticket.status_changed{"from":"open","to":"resolved"}`
	if got := strings.Join(story, " "); got != want {
		t.Errorf("events %s", got)
	}
}

func checkNextIDs(t *testing.T, w *testkit.World) {
	t.Helper()
	d := desk(w)
	u, err := d.Users.Create(context.Background(), authz.System("test"), user.Draft{Username: "new", Email: "new@example.com", Role: authz.Admin, Active: true, Verified: true})
	if err != nil || u.ID <= 10 {
		t.Fatalf("next account has id %d, %v", u.ID, err)
	}
	by := authz.Person(u.ID, u.Username, u.Role, authz.Options{})
	next, err := d.Tickets.Open(context.Background(), by, ticket.Draft{Title: "t", Description: "d"})
	if err != nil || next.ID <= 42 {
		t.Errorf("next ticket has id %d, %v", next.ID, err)
	}
	c, err := d.Tickets.Comment(context.Background(), by, next.ID, "c")
	if err != nil || c.ID <= 92 {
		t.Errorf("next comment has id %d, %v", c.ID, err)
	}
}

const naturalDump = `
{"model": "tickets.user", "fields": {"username": "olga", "email": "olga@example.com", "role": "employee"}}
{"model": "tickets.user", "fields": {"username": "ines", "email": "ines@example.com", "role": "it_staff"}}
{"model": "tickets.ticket", "pk": 1, "fields": {"title": "a", "description": "b", "created_by": ["olga"], "assigned_to": ["ines"], "created_at": "2024-01-01T10:00:00Z"}}
{"model": "tickets.comment", "pk": 1, "fields": {"ticket": 1, "author": ["ines"], "content": "c", "created_at": "2024-01-01T10:00:00Z"}}
`

func TestNaturalKeysAndTakenIDs(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(naturalDump), "\n")
	for name, text := range map[string]string{"lines": naturalDump, "array": "\uFEFF [" + strings.Join(lines, ",") + "]"} {
		t.Run(name, func(t *testing.T) {
			testkit.Each(t, func(t *testing.T, w *testkit.World) {
				d := desk(w)
				here, err := d.Users.Create(context.Background(), authz.System("test"), user.Draft{Username: "Ines", Email: "i@example.com", Role: authz.ITStaff, Active: true, Verified: true})
				if err != nil {
					t.Fatal(err)
				}
				report, summary := run(t, w, text, django.Options{})
				if report.Counts[importer.Taken] != 3 || report.Counts[importer.Before] != 1 || !strings.Contains(summary, "same username") {
					t.Errorf("%s", summary)
				}
				tk := all[ticket.Ticket](t, w)[0]
				if tk.ID != 1 || *tk.AssignedToID != here.ID {
					t.Errorf("%+v", tk)
				}
				// Another source's ticket 1 is refused, its comment with it.
				var l listing
				other := importer.NewReport(&l)
				err = django.Import(context.Background(), d, strings.NewReader(text), django.Options{Source: "other"}, other)
				if err != nil || other.Counts[importer.Taken] != 0 || other.Counts[importer.Skipped] != 2 {
					t.Errorf("%v %v %+v", err, other.Counts, l.lines)
				}
			})
		})
	}
}

func TestBrokenOffDumpIsTakenSoFar(t *testing.T) {
	w := testkit.SQLite(t)
	lines := strings.Split(strings.TrimSpace(naturalDump), "\n")
	report, _, err := try(w, "["+strings.Join(lines[:3], ",")+`,{"model": "tick`, django.Options{})
	if err == nil || report.Counts[importer.Taken] != 3 {
		t.Errorf("%v, %v", err, report.Counts)
	}
	if _, _, err := try(w, "", django.Options{}); err == nil {
		t.Error("an empty file is no dump")
	}
}

func TestInterruptedRunGoesOn(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		var b strings.Builder
		b.WriteString(`[{"model": "tickets.user", "pk": 1, "fields": {"username": "olga", "email": "olga@example.com", "role": "employee"}}`)
		for i := 1; i <= 1000; i++ {
			fmt.Fprintf(&b, `,{"model": "tickets.ticket", "pk": %d, "fields": {"title": "a", "description": "b", "created_by": 1, "created_at": "2024-01-01T10:00:00Z"}}`, i)
			fmt.Fprintf(&b, `,{"model": "tickets.comment", "pk": %d, "fields": {"ticket": %d, "author": 1, "content": "c", "created_at": "2024-01-01T10:00:00Z"}}`, i, i)
		}
		b.WriteString("]")
		for stops := 1; ; stops++ {
			ctx, cancel := context.WithCancel(context.Background())
			batches := 0
			o := django.Options{Source: "dump", Progress: func(int64) {
				if batches++; batches == stops {
					cancel()
				}
			}}
			err := django.Import(ctx, desk(w), strings.NewReader(b.String()), o, importer.NewReport(nil))
			cancel()
			if err == nil {
				break
			}
			if !errors.Is(err, importer.ErrInterrupted) {
				t.Fatal(err)
			}
		}
		if n, c := len(all[ticket.Ticket](t, w)), len(all[ticket.Comment](t, w)); n != 1000 || c != 1000 {
			t.Errorf("%d tickets, %d comments", n, c)
		}
	})
}
