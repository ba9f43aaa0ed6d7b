package demo_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/demo"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

func desk(t testing.TB, w *testkit.World) demo.Desk {
	t.Helper()
	return demo.Desk{
		DB: w.DB, Bus: w.Bus, Clock: w.Clock, Users: user.New(w.DB, w.Bus, w.Clock),
		Tickets: ticket.New(w.DB, w.Bus, w.Clock), DataDir: t.TempDir(),
	}
}

type found struct {
	users    map[int64]user.User
	tickets  []ticket.Ticket
	comments map[int64][]ticket.Comment
	events   map[int64][]event.Event
}

func read(t *testing.T, w *testkit.World) found {
	t.Helper()
	tx := w.DB.Read(context.Background())
	f := found{users: map[int64]user.User{}, comments: map[int64][]ticket.Comment{}, events: map[int64][]event.Event{}}
	var users []user.User
	var comments []ticket.Comment
	var events []event.Event
	for _, q := range []error{
		tx.Find(&users).Error, tx.Order("id").Find(&f.tickets).Error,
		tx.Order("id").Find(&comments).Error, tx.Where("subject_type = 'ticket'").Order("id").Find(&events).Error,
	} {
		if q != nil {
			t.Fatal(q)
		}
	}
	for _, u := range users {
		f.users[u.ID] = u
	}
	for _, c := range comments {
		f.comments[c.TicketID] = append(f.comments[c.TicketID], c)
	}
	for _, e := range events {
		f.events[e.SubjectID] = append(f.events[e.SubjectID], e)
	}
	return f
}

func TestLoad(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := desk(t, w)
		var last int
		signIns, err := d.Load(context.Background(), demo.Options{Tickets: 1200, Comments: 5, Seed: 7, Progress: func(done, _ int) { last = done }})
		if err != nil {
			t.Fatal(err)
		}
		if last != 1200 {
			t.Errorf("progress ended at %d", last)
		}
		if len(signIns) != 3 {
			t.Errorf("sign-ins: %v", signIns)
		}
		f := read(t, w)
		if len(f.tickets) != 1200 {
			t.Fatalf("%d tickets", len(f.tickets))
		}
		messages := 0
		statuses := map[ticket.Status]int{}
		for i, tk := range f.tickets {
			if i > 0 && tk.CreatedAt.Before(f.tickets[i-1].CreatedAt) {
				t.Fatalf("ticket %d is older than the one before it", tk.ID)
			}
			statuses[tk.Status]++
			messages += tk.CommentCount
			checkStory(t, f, tk, w.Clock.Now())
		}
		if average := float64(messages) / 1200; average < 4.4 || average > 5.6 {
			t.Errorf("%.2f messages per ticket, wanted about 5", average)
		}
		for _, s := range ticket.Statuses {
			if statuses[s] < 5 {
				t.Errorf("only %d tickets are %s", statuses[s], s)
			}
		}
		for _, name := range []string{"employee", "agent", "admin"} {
			if !mentions(f, name) {
				t.Errorf("nothing to see for %s", name)
			}
		}
		again, err := d.Load(context.Background(), demo.Options{Tickets: 10, Seed: 7})
		if !errors.Is(err, demo.ErrNotEmpty) {
			t.Errorf("second load: %v, %v", again, err)
		}
	})
}

func mentions(f found, username string) bool {
	for _, u := range f.users {
		if u.Username != username {
			continue
		}
		for _, tk := range f.tickets {
			if tk.CreatedByID == u.ID || (tk.AssignedToID != nil && *tk.AssignedToID == u.ID) || username == "admin" {
				return true
			}
		}
	}
	return false
}

// checkStory replays a ticket's events and compares them with where it stands.
func checkStory(t *testing.T, f found, tk ticket.Ticket, now time.Time) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Errorf("ticket %d (%s): "+format, append([]any{tk.ID, tk.Title}, args...)...)
	}
	if strings.ContainsAny(tk.Title+tk.Description, "{}[]|") || utf8.RuneCountInString(tk.Title) > 200 || len(tk.Description) < 20 {
		fail("text: %q", tk.Description)
	}
	status, at := ticket.Open, tk.CreatedAt
	var assignee *int64
	said := 0
	byID := map[int64]ticket.Comment{}
	for _, c := range f.comments[tk.ID] {
		byID[c.ID] = c
		if strings.ContainsAny(c.Content, "{}[]|") {
			fail("comment: %q", c.Content)
		}
	}
	for i, e := range f.events[tk.ID] {
		if e.CreatedAt.Before(at) || e.CreatedAt.After(now) {
			fail("event %d %s at %s, before it %s", i, e.Type, e.CreatedAt, at)
		}
		at = e.CreatedAt
		switch e.Type {
		case ticket.Created:
			if i != 0 || e.ActorID != tk.CreatedByID {
				fail("created event: %+v", e)
			}
		case ticket.StatusChanged:
			var c ticket.Change
			if err := e.Decode(&c); err != nil || c.From != status.String() {
				fail("status event %+v while %s", e, status)
			}
			status, _ = ticket.ParseStatus(c.To)
		case ticket.Assigned:
			var a ticket.Assignment
			if err := e.Decode(&a); err != nil || a.To == nil || f.users[a.To.ID].Username != a.To.Username {
				fail("assignment %+v", e)
			}
			assignee = &a.To.ID
		case ticket.Commented:
			var ref ticket.CommentRef
			if err := e.Decode(&ref); err != nil || byID[ref.CommentID].AuthorID != e.ActorID || byID[ref.CommentID].IsSystemMessage {
				fail("comment event %+v: %+v", e, byID[ref.CommentID])
			}
			said++
		}
	}
	if status != tk.Status || said != tk.CommentCount || (assignee == nil) != (tk.AssignedToID == nil) || !at.Equal(tk.UpdatedAt) {
		fail("events end at %s, %d, %v, %s; ticket has %s, %d, %v, %s", status, said, assignee, at, tk.Status, tk.CommentCount, tk.AssignedToID, tk.UpdatedAt)
	}
	if (tk.ClosedAt != nil) != (tk.Status == ticket.Closed) || (tk.ResolvedAt != nil) != tk.Status.Done() {
		fail("times of %s: %v %v", tk.Status, tk.ResolvedAt, tk.ClosedAt)
	}
}

func TestSeedDecides(t *testing.T) {
	text := func(seed uint64) string {
		w := testkit.SQLite(t)
		if _, err := desk(t, w).Load(context.Background(), demo.Options{Tickets: 60, Comments: 3, Seed: seed}); err != nil {
			t.Fatal(err)
		}
		f := read(t, w)
		var b strings.Builder
		for _, tk := range f.tickets {
			fmt.Fprintln(&b, tk.Title, tk.Description, f.users[tk.CreatedByID].Username, tk.Status, tk.UpdatedAt)
			for _, c := range f.comments[tk.ID] {
				fmt.Fprintln(&b, c.Content, c.CreatedAt)
			}
		}
		return b.String()
	}
	one, same, other := text(1), text(1), text(2)
	if one != same {
		t.Error("the same seed made different data")
	}
	if one == other {
		t.Error("different seeds made the same data")
	}
}

func TestSignInsAreKeptAndPrivate(t *testing.T) {
	w := testkit.SQLite(t)
	d := desk(t, w)
	first, err := d.Load(context.Background(), demo.Options{Tickets: 5, Comments: 1, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := d.SignIns(context.Background())
	if err != nil || fmt.Sprint(first) != fmt.Sprint(kept) {
		t.Errorf("made %v, kept %v, %v", first, kept, err)
	}
	info, err := os.Stat(filepath.Join(d.DataDir, "demo-accounts.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	// The file is lost: new passwords for the same accounts.
	if err := os.Remove(filepath.Join(d.DataDir, "demo-accounts.json")); err != nil {
		t.Fatal(err)
	}
	again, err := d.Load(context.Background(), demo.Options{Tickets: 5, Comments: 1, Seed: 2, Force: true})
	if err != nil || len(again) != 3 || again[0].Password == first[0].Password {
		t.Errorf("%v, %v", again, err)
	}
	if kept, err := d.SignIns(context.Background()); err != nil || fmt.Sprint(kept) != fmt.Sprint(again) {
		t.Errorf("kept %v, %v", kept, err)
	}
	// More on top of it uses the same people again.
	if _, err := d.Load(context.Background(), demo.Options{Tickets: 5, Comments: 1, Seed: 1, Force: true}); err != nil {
		t.Fatal(err)
	}
	if f := read(t, w); len(f.tickets) != 15 {
		t.Errorf("%d tickets after forcing more", len(f.tickets))
	}
}

// BenchmarkLoad measures one load: FIXDESK_BENCH_TICKETS tickets, or 2,000.
func BenchmarkLoad(b *testing.B) {
	n := 2000
	if v, err := strconv.Atoi(os.Getenv("FIXDESK_BENCH_TICKETS")); err == nil {
		n = v
	}
	worlds := map[string]func(testing.TB) *testkit.World{"sqlite": testkit.SQLite}
	if os.Getenv(testkit.MySQLEnv) != "" {
		worlds["mysql"] = testkit.MySQL
	}
	for name, world := range worlds {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := desk(b, world(b)).Load(context.Background(), demo.Options{Tickets: n, Comments: 5, Seed: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestSomebodyElsesNamesAreLeftAlone(t *testing.T) {
	w := testkit.SQLite(t)
	d := desk(t, w)
	_, err := d.Users.Create(context.Background(), authz.System("test"), user.Draft{
		Username: "admin", Email: "boss@example.com", Role: authz.Admin, Password: "Kettle-orbit-meadow-42", Active: true, Verified: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	signIns, err := d.Load(context.Background(), demo.Options{Tickets: 5, Comments: 1, Seed: 1})
	if err != nil || len(signIns) != 2 {
		t.Errorf("%v, %v", signIns, err)
	}
}
