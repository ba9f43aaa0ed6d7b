package ticket

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/user"
)

var anyVersion = etag.Condition{}

func contents(f Full) []string {
	var out []string
	for _, c := range f.Comments {
		prefix := ""
		if c.IsSystemMessage {
			prefix = "* "
		}
		out = append(out, prefix+c.Content)
	}
	return out
}

func (d *desk) eventTypes(id int64) []string {
	d.t.Helper()
	events, err := d.Bus.Of(ctx, subject, id, nil, 0, false, 100)
	if err != nil {
		d.t.Fatal(err)
	}
	var out []string
	for _, e := range events {
		out = append(out, e.Type)
	}
	return out
}

func equal[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s\n got %v\nwant %v", what, got, want)
	}
}

func TestLifeOfATicket(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		emma, sam, ada := d.person("emma", authz.Employee), d.person("sam", authz.ITStaff), d.person("ada", authz.Admin)
		f := d.open(emma, "Printer")
		if f.Status != Open || f.Priority != Medium || f.CreatedByID != emma.ID || f.Version != 1 {
			t.Fatalf("a new ticket is %+v", f.Ticket)
		}
		step := func(f Full, err error) Full {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			w.Clock.Advance(time.Minute)
			return f
		}
		step(d.Assign(ctx, sam, f.ID, anyVersion, &sam.ID))
		step(d.Assign(ctx, sam, f.ID, anyVersion, &sam.ID)) // again: nothing
		step(d.UpdateStatus(ctx, sam, f.ID, anyVersion, InProgress))
		step(d.UpdateStatus(ctx, sam, f.ID, anyVersion, InProgress)) // again: nothing
		if _, err := d.Comment(ctx, emma, f.ID, "  It still jams. \u202e "); err != nil {
			t.Fatal(err)
		}
		resolved := step(d.UpdateStatus(ctx, sam, f.ID, anyVersion, Resolved))
		closed := step(d.UpdateStatus(ctx, sam, f.ID, anyVersion, Closed))
		if closed.ResolvedAt == nil || !closed.ResolvedAt.Equal(*resolved.ResolvedAt) || closed.ClosedAt == nil {
			t.Errorf("closing keeps resolved_at: %v %v", closed.ResolvedAt, closed.ClosedAt)
		}
		again := step(d.UpdateStatus(ctx, sam, f.ID, anyVersion, Resolved))
		if again.ClosedAt != nil || !again.ResolvedAt.After(*resolved.ResolvedAt) {
			t.Errorf("resolving again sets a new time: %v %v", again.ResolvedAt, again.ClosedAt)
		}
		open := step(d.UpdateStatus(ctx, sam, f.ID, anyVersion, Open))
		if open.ResolvedAt != nil || open.ClosedAt != nil {
			t.Errorf("reopening clears: %v %v", open.ResolvedAt, open.ClosedAt)
		}
		step(d.Assign(ctx, ada, f.ID, anyVersion, nil))
		end, err := d.Get(ctx, emma, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "conversation", contents(end), []string{
			"* Ticket assigned to sam", "* Status changed from Open to In Progress", "  It still jams. \u202e ",
			"* Status changed from In Progress to Resolved", "* Status changed from Resolved to Closed",
			"* Status changed from Closed to Resolved", "* Status changed from Resolved to Open", "* Ticket unassigned",
		})
		equal(t, "timeline", d.eventTypes(f.ID), []string{
			Created, Assigned, StatusChanged, Commented, StatusChanged, StatusChanged, StatusChanged, StatusChanged, Assigned,
		})
		if end.CommentCount != 1 {
			t.Errorf("counts %d comments, want 1: system messages are none", end.CommentCount)
		}
		for _, c := range end.Comments {
			if !c.UpdatedAt.Equal(c.CreatedAt) {
				t.Errorf("%q counts as edited: nobody edited it", c.Content)
			}
		}
	})
}

func TestWhoMayChangeWhat(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		emma, emil := d.person("emma", authz.Employee), d.person("emil", authz.Employee)
		sam, sol, ada := d.person("sam", authz.ITStaff), d.person("sol", authz.ITStaff), d.person("ada", authz.Admin)
		high, closed := High, Closed
		title := Changes{Title: ref("New title")}
		type try struct {
			name string
			by   authz.Actor
			prep func(id int64)
			c    Changes
			want fault.Kind // Internal for allowed
		}
		assigned := func(to authz.Actor) func(int64) {
			return func(id int64) {
				if _, err := d.Assign(ctx, ada, id, anyVersion, &to.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		working := func(id int64) {
			if _, err := d.UpdateStatus(ctx, ada, id, anyVersion, InProgress); err != nil {
				t.Fatal(err)
			}
		}
		for _, tc := range []try{
			{"the requester changes the title of an open ticket", emma, nil, title, 0},
			{"the requester changes a ticket in progress", emma, working, title, fault.Forbidden},
			{"the requester raises the priority", emma, nil, Changes{Title: ref("x"), Priority: &high}, fault.Forbidden},
			{"the requester closes", emma, nil, Changes{Status: &closed}, fault.Forbidden},
			{"the requester assigns", emma, nil, Changes{Assign: true, AssignedTo: &sam.ID}, fault.Forbidden},
			{"the requester sends everything back as it was", emma, nil, Changes{Title: ref("t"), Status: ref(Open), Priority: ref(Medium), Assign: true}, 0},
			{"another employee", emil, nil, title, fault.NotFound},
			{"staff, unassigned", sam, nil, Changes{Status: &closed, Priority: &high}, 0},
			{"staff, assigned to somebody else", sam, assigned(sol), title, fault.NotFound},
			{"staff assigns to an employee", sam, nil, Changes{Title: ref("x"), Assign: true, AssignedTo: &emil.ID}, fault.Invalid},
			{"staff assigns to nobody who exists", sam, nil, Changes{Assign: true, AssignedTo: ref(int64(99999))}, fault.Invalid},
			{"admin, any", ada, assigned(sol), Changes{Title: ref("x"), Status: &closed}, 0},
			{"nobody", authz.Actor{}, nil, title, fault.NotFound},
		} {
			f := d.open(emma, "Printer")
			if tc.prep != nil {
				tc.prep(f.ID)
			}
			before, err := d.Get(ctx, ada, f.ID)
			if err != nil {
				t.Fatal(err)
			}
			_, err = d.Update(ctx, tc.by, f.ID, anyVersion, tc.c)
			if tc.want == 0 {
				if err != nil {
					t.Errorf("%s: %v", tc.name, err)
				}
				continue
			}
			if !fault.Is(err, tc.want) {
				t.Errorf("%s: %v", tc.name, err)
			}
			after, err := d.Get(ctx, ada, f.ID)
			if err != nil {
				t.Fatal(err)
			}
			if after.Version != before.Version || after.Title != before.Title || len(after.Comments) != len(before.Comments) {
				t.Errorf("%s: changed something although refused", tc.name)
			}
		}
	})
}

func TestCommentRules(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		emma, emil := d.person("emma", authz.Employee), d.person("emil", authz.Employee)
		sam, sol, ada := d.person("sam", authz.ITStaff), d.person("sol", authz.ITStaff), d.person("ada", authz.Admin)
		f := d.open(emma, "Printer")
		if _, err := d.Assign(ctx, ada, f.ID, anyVersion, &sol.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Comment(ctx, sam, f.ID, "hello"); !fault.Is(err, fault.NotFound) {
			t.Errorf("staff who does not see the ticket comments on it: %v", err)
		}
		if _, err := d.CommentAnywhere(ctx, sam, f.ID, "hello"); err != nil {
			t.Errorf("staff may comment on any ticket by its id: %v", err)
		}
		if _, err := d.CommentAnywhere(ctx, emil, f.ID, "hello"); !fault.Is(err, fault.NotFound) {
			t.Errorf("an employee comments on a ticket of another: %v", err)
		}
		c, err := d.Comment(ctx, emma, f.ID, "mine")
		if err != nil {
			t.Fatal(err)
		}
		system := func() Comment {
			g, err := d.Get(ctx, ada, f.ID)
			if err != nil {
				t.Fatal(err)
			}
			return g.Comments[0]
		}()
		for _, tc := range []struct {
			name string
			by   authz.Actor
			id   int64
			want fault.Kind
		}{
			{"another sees it but is not the author", sol, c.ID, fault.Forbidden},
			{"not visible", sam, c.ID, fault.NotFound},
			{"system message, by an admin", ada, system.ID, fault.Forbidden},
			{"system message, by who caused it", ada, system.ID, fault.Forbidden},
			{"no such comment", ada, 99999, fault.NotFound},
		} {
			if _, err := d.EditComment(ctx, tc.by, tc.id, anyVersion, ref("changed")); !fault.Is(err, tc.want) {
				t.Errorf("edit: %s: %v", tc.name, err)
			}
			if err := d.DeleteComment(ctx, tc.by, tc.id, anyVersion); !fault.Is(err, tc.want) {
				t.Errorf("delete: %s: %v", tc.name, err)
			}
		}
		e, err := d.EditComment(ctx, emma, c.ID, etag.Parse(`"v1.x"`), ref("better"))
		if err != nil || e.Content != "better" || e.Version != 2 {
			t.Errorf("the author edits: %+v %v", e, err)
		}
		if _, err := d.EditComment(ctx, emma, c.ID, etag.Parse(`"v1.x"`), ref("stale")); !fault.Is(err, fault.Stale) {
			t.Errorf("a stale edit: %v", err)
		}
		if err := d.DeleteComment(ctx, ada, c.ID, anyVersion); err != nil {
			t.Errorf("an admin deletes: %v", err)
		}
		g, err := d.Get(ctx, ada, f.ID)
		if err != nil || g.CommentCount != 1 {
			t.Errorf("counts %d comments, %v", g.CommentCount, err)
		}
	})
}

func TestDeleteLeavesNothing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		emma, sam, ada := d.person("emma", authz.Employee), d.person("sam", authz.ITStaff), d.person("ada", authz.Admin)
		f := d.open(emma, "Printer")
		for _, by := range []authz.Actor{emma, sam} {
			if err := d.Delete(ctx, by, f.ID, anyVersion); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s deletes: %v", by.Role, err)
			}
		}
		if err := d.Delete(ctx, ada, f.ID, anyVersion); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Get(ctx, ada, f.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a deleted ticket: %v", err)
		}
		rows, err := d.List(ctx, ada, Filter{Sort: ByNewest, Search: "printer"}, firstPage)
		if err != nil || rows.Count != 0 || len(rows.Rows) != 0 {
			t.Errorf("search finds a deleted ticket: %+v %v", rows, err)
		}
		if next := d.open(emma, "Next"); next.ID <= f.ID {
			t.Errorf("id %d is used again as %d", f.ID, next.ID)
		}
		equal(t, "audit", d.eventTypes(f.ID), []string{Created, Deleted})
	})
}

// TestEditsAtOnce lets many people change one ticket at the same moment: each
// change that is reported as done has its system message and its count.
func TestEditsAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		ada := d.person("ada", authz.Admin)
		f := d.open(ada, "Printer")
		var mu sync.Mutex
		var wg sync.WaitGroup
		done := 0
		for i := range 24 {
			wg.Go(func() {
				var err error
				switch i % 3 {
				case 0:
					_, err = d.Comment(ctx, ada, f.ID, "hello")
				case 1:
					_, err = d.Update(ctx, ada, f.ID, anyVersion, Changes{Priority: ref(Priorities[i%4])})
				default:
					_, err = d.UpdateStatus(ctx, ada, f.ID, anyVersion, Statuses[i%4])
				}
				if err != nil && !fault.Is(err, fault.Conflict) {
					t.Errorf("edit %d: %v", i, err)
				}
				if err == nil && i%3 == 0 {
					mu.Lock()
					done++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		g, err := d.Get(ctx, ada, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		if g.CommentCount != done {
			t.Errorf("counts %d comments, %d were written", g.CommentCount, done)
		}
		last := "open"
		for _, c := range g.Comments {
			if !c.IsSystemMessage {
				continue
			}
			from := strings.ToLower(strings.ReplaceAll(strings.Split(strings.TrimPrefix(c.Content, "Status changed from "), " to ")[0], " ", "_"))
			if from != last {
				t.Errorf("the history has a gap: %q after %q", c.Content, last)
			}
			last = strings.ToLower(strings.ReplaceAll(strings.Split(c.Content, " to ")[1], " ", "_"))
		}
		if last != g.Status.String() {
			t.Errorf("the history ends in %s, the ticket is %s", last, g.Status)
		}
		d.checkCounters()
	})
}

// checkCounters compares every counter with what the tickets say.
func (d *desk) checkCounters() {
	d.t.Helper()
	var all []Ticket
	if err := d.DB.Read(ctx).Find(&all).Error; err != nil {
		d.t.Fatal(err)
	}
	want := newCounts()
	for _, t := range all {
		want.move(nil, &t)
	}
	var rows []struct {
		Scope    int
		Ref      int64
		Status   Status
		Priority Priority
		Slot     int64
		N        int64
	}
	if err := d.DB.Read(ctx).Raw("SELECT * FROM ticket_counts WHERE n <> 0").Scan(&rows).Error; err != nil {
		d.t.Fatal(err)
	}
	if len(rows) != len(want.tickets) {
		d.t.Errorf("%d counters, want %d", len(rows), len(want.tickets))
	}
	for _, r := range rows {
		k := countKey{r.Scope, r.Ref, r.Status, r.Priority, r.Slot}
		if want.tickets[k] != r.N {
			d.t.Errorf("counter %+v is %d, want %d", k, r.N, want.tickets[k])
		}
	}
	d.checkStats(all)
}

func TestCounters(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		people := []authz.Actor{d.person("emma", authz.Employee), d.person("sam", authz.ITStaff), d.person("sol", authz.ITStaff), d.person("ada", authz.Admin)}
		ada := people[3]
		tickets := d.fixture(11, 60, people...)
		r := rand.New(rand.NewPCG(3, 3))
		for range 120 {
			id := tickets[r.IntN(len(tickets))].ID
			switch r.IntN(4) {
			case 0:
				_, _ = d.UpdateStatus(ctx, ada, id, anyVersion, Statuses[r.IntN(4)])
			case 1:
				_, _ = d.Assign(ctx, ada, id, anyVersion, []*int64{nil, &people[1].ID, &people[2].ID, &ada.ID}[r.IntN(4)])
			case 2:
				_, _ = d.Update(ctx, ada, id, anyVersion, Changes{Priority: ref(Priorities[r.IntN(4)])})
			case 3:
				_ = d.Delete(ctx, ada, id, anyVersion)
				d.open(people[r.IntN(4)], "new")
			}
		}
		d.checkCounters()
		var all []Ticket
		if err := d.DB.Read(ctx).Find(&all).Error; err != nil {
			t.Fatal(err)
		}
		for _, by := range people {
			tx := d.DB.Read(ctx)
			counts, err := d.VisibleCounts(tx, by)
			if err != nil {
				t.Fatal(err)
			}
			for name, f := range map[string]Filter{
				"all": {}, "resolved": {Statuses: []Status{Resolved}}, "urgent": {Priorities: []Priority{Urgent}},
			} {
				f.Sort = ByNewest
				if got, want := counts.Sum(f.wants), int64(len(wanted(all, by, f))); got != want {
					t.Errorf("%s: %s %d, want %d", by.Username, name, got, want)
				}
			}
			mine := Filter{Sort: ByNewest, Statuses: []Status{Open, InProgress}, AssignedTo: &by.ID}
			count := AssignedCounts
			if !by.Role.WorksTickets() {
				mine.AssignedTo, mine.CreatedBy, count = nil, &by.ID, RequestedCounts
			}
			own, err := count(tx, by.ID)
			if err != nil {
				t.Fatal(err)
			}
			want := wanted(all, by, mine)
			if got := own.Sum(mine.wants); got != int64(len(want)) {
				t.Errorf("%s: mine %d, want %d", by.Username, got, len(want))
			}
			newest, err := d.Newest(ctx, by, mine, 3)
			if err != nil || len(newest) != min(3, len(want)) || (len(want) > 0 && newest[0].ID != want[0]) {
				t.Errorf("%s: newest %v %v, want the first of %d", by.Username, newest, err, len(want))
			}
		}
	})
}

func TestReleaseWhenSomebodyLeaves(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		emma, sam, sol := d.person("emma", authz.Employee), d.person("sam", authz.ITStaff), d.person("sol", authz.ITStaff)
		unfinished, finished := d.open(emma, "a"), d.open(emma, "b")
		for _, f := range []Full{unfinished, finished} {
			if _, err := d.Assign(ctx, sam, f.ID, anyVersion, &sam.ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.UpdateStatus(ctx, sam, finished.ID, anyVersion, Resolved); err != nil {
			t.Fatal(err)
		}
		w.Worker.Handle(ReleaseJob, d.RunRelease)
		w.Bus.Durable("user.deactivated", ReleaseJob)
		err := d.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			return tx.Model(&user.User{}).Where("id = ?", sam.ID).Update("is_active", false).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		leave(t, d, sol, sam.ID)
		w.Drain(t)
		f, err := d.Get(ctx, sol, unfinished.ID)
		if err != nil || f.AssignedToID != nil {
			t.Errorf("the unfinished ticket: %v %v", f.AssignedToID, err)
		}
		if g, _ := load(d.DB.Read(ctx), finished.ID); !g.isAssignedTo(sam.ID) {
			t.Errorf("the finished ticket lost its assignee")
		}
		d.checkCounters()
	})
}

var firstPage = web.Page{Number: 1, Size: 10}

func leave(t *testing.T, d *desk, by authz.Actor, id int64) {
	t.Helper()
	err := d.Bus.Do(ctx, by, func(tx *event.Tx) error { return tx.Emit("user.deactivated", "user", id, nil) })
	if err != nil {
		t.Fatal(err)
	}
}
