package ticket

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket/query"
	"github.com/fixdesk/fixdesk/api/user"
)

// holds is the naive meaning of a condition. seen tells what is unread.
func holds(n query.Node, t Ticket, departments map[int64]string, unread map[int64]bool) bool {
	if f := query.FieldOf(n); strings.HasPrefix(f, CustomPrefix) || f == "category" || f == "tag" || f == "substatus" {
		return holdsFacet(n, hangs[t.ID])
	}
	switch n := n.(type) {
	case query.And:
		for _, p := range n {
			if !holds(p, t, departments, unread) {
				return false
			}
		}
		return true
	case query.Or:
		return slices.ContainsFunc(n, func(p query.Node) bool { return holds(p, t, departments, unread) })
	case query.Not:
		return !holds(n.Of, t, departments, unread)
	case query.Choice:
		value := map[string]string{
			"status": t.Status.String(), "priority": t.Priority.String(), "waiting": t.Waiting(), "department": departments[t.CreatedByID],
		}[n.Field]
		return slices.Contains(n.Values, value)
	case query.Person:
		id := &t.CreatedByID
		if n.Field == "assignee" {
			id = t.AssignedToID
		}
		return (id == nil && n.None) || (id != nil && slices.Contains(n.IDs, *id))
	case query.Range:
		v := map[string]int64{"id": t.ID, "comments": int64(t.CommentCount)}[n.Field]
		return (n.From == nil || v >= *n.From) && (n.To == nil || v <= *n.To)
	case query.Times:
		at := map[string]*time.Time{"created": &t.CreatedAt, "updated": &t.UpdatedAt, "resolved": t.ResolvedAt, "closed": t.ClosedAt}[n.Field]
		if n.Never || at == nil {
			return n.Never == (at == nil)
		}
		return (n.From == nil || !at.Before(*n.From)) && (n.To == nil || at.Before(*n.To))
	case query.Text:
		in := map[string]string{"title": t.Title, "description": t.Description, "": t.Title + "\x1e" + t.Description}[n.Field]
		return strings.Contains(user.Fold(in), user.Fold(n.Phrase))
	case query.Unread:
		return unread[t.ID]
	case query.Confidential:
		return t.Confidential
	}
	panic(fmt.Sprintf("%T", n))
}

// randomQuery writes a query of a few terms.
func randomQuery(r *rand.Rand, depth int) string {
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	term := func() string {
		if depth > 0 && r.IntN(5) == 0 {
			return "(" + randomQuery(r, depth-1) + ")"
		}
		if hangs != nil && r.IntN(2) == 0 {
			return one(facetTerms...)
		}
		return one(
			"status:"+one("open", "closed", "unfinished", "done", "open,resolved"),
			"priority:"+one("low", ">=high", "<medium", "medium,urgent"),
			"assignee:"+one("me", "none", "any", "sam", "sol,none"),
			"requester:"+one("me", "emma", "emil,sam"),
			"waiting:"+one("staff", "requester"), `department:`+one(`"Human Resources"`, "IT"),
			"is:unread", "is:confidential", "id:"+one(">50", "10..90", "<30"), "comments:"+one("0", ">0"),
			"created:"+one("today", ">-12h", "<2026-03-02", "2026-03"), "updated:"+one(">=-1d", "2026-03-01..2026-03-02"),
			"resolved:"+one("never", "today", ">=-7d"), "closed:"+one("never", "2026"),
			"title:"+one("printer", `"e "`), "description:"+one("a", "x"), one("printer", "ä", "VPN", `"not work"`, "zzz"),
		)
	}
	parts := make([]string, 1+r.IntN(3))
	for i := range parts {
		parts[i] = one("", "", "-") + term()
	}
	return strings.Join(parts, one(" ", " ", " OR "))
}

// lookAt makes things happen on tickets and lets people look at some of them, to
// the end or before.
func (d *desk) lookAt(r *rand.Rand, all []Ticket, people []authz.Actor) {
	d.t.Helper()
	exec := func(sql string, args ...any) {
		if err := d.DB.Writer(ctx).Exec(sql, args...).Error; err != nil {
			d.t.Fatal(err)
		}
	}
	for range 2 * len(all) {
		kind := []string{"comment.created", "note.created", "ticket.updated"}[r.IntN(3)]
		exec("INSERT INTO events (type, subject_type, subject_id, actor_id, actor_name, cause_id, data, created_at) VALUES (?, 'ticket', ?, ?, '', 0, '{}', ?)",
			kind, all[r.IntN(len(all))].ID, people[r.IntN(len(people))].ID, d.Clock.Now())
	}
	var last int64
	if err := d.DB.Read(ctx).Raw("SELECT MAX(id) FROM events").Scan(&last).Error; err != nil {
		d.t.Fatal(err)
	}
	for _, p := range people {
		for _, t := range all {
			if r.IntN(3) == 0 {
				exec("INSERT INTO ticket_reads (user_id, ticket_id, event_id, seen_at) VALUES (?, ?, ?, ?)", p.ID, t.ID, r.Int64N(last+1), d.Clock.Now())
			}
		}
	}
}

// naiveUnread is the meaning of is:unread, event by event.
func (d *desk) naiveUnread(by authz.Actor, all []Ticket) map[int64]bool {
	d.t.Helper()
	var events []event.Event
	if err := d.DB.Read(ctx).Where("subject_type = 'ticket'").Find(&events).Error; err != nil {
		d.t.Fatal(err)
	}
	var looks []struct{ TicketID, EventID int64 }
	if err := d.DB.Read(ctx).Table("ticket_reads").Where("user_id = ?", by.ID).Find(&looks).Error; err != nil {
		d.t.Fatal(err)
	}
	upTo := map[int64]int64{}
	for _, t := range all {
		if t.Status.Done() {
			upTo[t.ID] = math.MaxInt64
		}
	}
	for _, l := range looks {
		upTo[l.TicketID] = l.EventID
	}
	out := map[int64]bool{}
	for _, e := range events {
		secret := slices.ContainsFunc(hidden(by), func(prefix string) bool { return strings.HasPrefix(e.Type, prefix) })
		if !secret && e.ActorID != by.ID && e.ID > upTo[e.SubjectID] {
			out[e.SubjectID] = true
		}
	}
	return out
}

func TestQueriesMeanWhatTheySay(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		people := []authz.Actor{
			d.person("emma", authz.Employee), d.person("emil", authz.Employee),
			d.person("sam", authz.ITStaff), d.person("sol", authz.ITStaff), d.person("ada", authz.Admin),
		}
		departments := map[int64]string{}
		for i, p := range people {
			departments[p.ID] = []string{"Human Resources", "IT", ""}[i%3]
			if err := w.DB.Writer(ctx).Model(&user.User{}).Where("id = ?", p.ID).Update("department", departments[p.ID]).Error; err != nil {
				t.Fatal(err)
			}
		}
		all := d.fixture(3, 140, people...)
		d.hangOn(rand.New(rand.NewPCG(4, 4)), all, people)
		d.lookAt(rand.New(rand.NewPCG(5, 5)), all, people)
		actors := flavours(people...)[1:]
		r := rand.New(rand.NewPCG(11, 11))
		found := 0
		for i := range 700 {
			d.walkBelow, d.nearRows = []int64{-1, 10, web.MaxCount - 1}[i%3], []int64{4, 40, 4000}[r.IntN(3)]
			// A third of the lists are those of a large desk, which counts only so far.
			d.exactBelow, d.listRows, d.leadRows = []int64{0, web.MaxCount, web.MaxCount}[r.IntN(3)], 3, 3
			exact := d.exactBelow > 0
			by := people[r.IntN(len(people))]
			text := randomQuery(r, 2)
			switch r.IntN(6) {
			case 0:
				text = "is:unread"
			case 1:
				text = "is:unread " + text
			case 2:
				text = "is:unread (" + text + ")"
			}
			if r.IntN(2) == 0 {
				by = actors[r.IntN(len(actors))]
			}
			if strings.Contains(text, "tag:") && !by.Can(authz.TicketWork) {
				by = people[3] // employees know of no tags
			}
			f := Filter{Sort: Sort(Sorts[r.IntN(len(Sorts))])}
			full, err := d.Where(ctx, by, f, text, time.UTC)
			if err != nil {
				t.Fatalf("%s asks %q: %v", by.Username, text, err)
			}
			tree, err := query.Parse(text, query.Env{Now: w.Clock.Now(), Zone: time.UTC, Me: by.ID, Person: func(name string) (int64, bool, error) {
				return personNamed(w.DB.Read(ctx), name)
			}, More: func() ([]query.Field, error) {
				fields, err := facetFields(w.DB.Read(ctx), people[4], false)
				out := make([]query.Field, len(fields))
				for i, f := range fields {
					out[i] = f.Field
				}
				return out, err
			}})
			if err != nil {
				t.Fatal(err)
			}
			unread := d.naiveUnread(by, all)
			if same, err := unreadOf(w.DB.Read(ctx), by, all); err != nil || !maps.Equal(same, unread) {
				t.Fatalf("%s has not read %v, %v, want %v", by.Username, same, err, unread)
			}
			var matching []Ticket
			for _, ticket := range all {
				if holds(tree, ticket, departments, unread) {
					matching = append(matching, ticket)
				}
			}
			want := wanted(matching, by, f)
			found += len(want)
			forth, back, count := d.walk(by, full, 1+r.IntN(40))
			if !slices.Equal(forth, want) || !slices.Equal(back, want[:max(len(want)-1, 0)]) || count > int64(len(want)) || (exact && count != int64(len(want))) {
				t.Fatalf("%s asks %q, sorted %s (way %d):\n forth %v\n back  %v\n want  %v\n count %d",
					by.Username, text, f.Sort, i%3, forth, back, want, count)
			}
			if n, err := d.Count(ctx, by, full); err != nil || n.N > int64(len(want)) || ((exact || n.Exact) && n != (Tally{int64(len(want)), true})) {
				t.Errorf("%q: counted %v %v, want %d", text, n, err, len(want))
			}
			for _, rows := range []int{5, 1000} {
				n, err := d.Tally(ctx, by, full, rows)
				if all := int64(len(want)); err != nil || n.N > all || (n.Exact && n.N < all) || (!n.Exact && rows > len(matching)+140) {
					t.Errorf("%s asks %q: %v %v in %d rows, want %d", by.Username, text, n, err, rows, len(want))
				}
			}
		}
		if found < 1000 {
			t.Errorf("the queries find %d tickets in all: too few to mean much", found)
		}
	})
}

// TestUnreadSaysNothingOfNotes writes a note on a ticket that its requester has
// read to the end.
func TestUnreadSaysNothingOfNotes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		emma, sam, sol := d.person("emma", authz.Employee), d.person("sam", authz.ITStaff), d.person("sol", authz.ITStaff)
		tk := d.open(emma, "Printer").Ticket
		unread := func(by authz.Actor) bool {
			m, err := unreadOf(w.DB.Read(ctx), by, []Ticket{tk})
			if err != nil {
				t.Fatal(err)
			}
			return m[tk.ID]
		}
		if unread(emma) || !unread(sam) {
			t.Errorf("new: requester %t, staff %t", unread(emma), unread(sam))
		}
		note := "INSERT INTO events (type, subject_type, subject_id, actor_id, actor_name, cause_id, data, created_at) VALUES ('note.created', 'ticket', ?, ?, 'sam', 0, '{}', ?)"
		if err := w.DB.Writer(ctx).Exec(note, tk.ID, sam.ID, w.Clock.Now()).Error; err != nil {
			t.Fatal(err)
		}
		if unread(emma) {
			t.Error("an employee notices a note")
		}
		if !unread(sol) {
			t.Error("staff do not notice a note")
		}
		if _, err := d.Comment(ctx, sam, tk.ID, "hello"); err != nil {
			t.Fatal(err)
		}
		if !unread(emma) {
			t.Error("a comment is not unread")
		}
		if _, err := d.Where(ctx, emma, Filter{}, "status:dead", time.UTC); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	})
}
