package ticket

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/user"
)

// wanted is the naive meaning of a list: every ticket, one by one.
func wanted(all []Ticket, by authz.Actor, f Filter) []int64 {
	var out []Ticket
	for _, t := range all {
		text := user.Fold(f.Search)
		switch {
		case !canRead(by, &t),
			len(f.Statuses) > 0 && !slices.Contains(f.Statuses, t.Status),
			len(f.Priorities) > 0 && !slices.Contains(f.Priorities, t.Priority),
			f.AssignedTo != nil && !t.isAssignedTo(*f.AssignedTo),
			f.Unassigned && t.AssignedToID != nil,
			f.CreatedBy != nil && t.CreatedByID != *f.CreatedBy,
			f.Team != nil && (t.TeamID == nil || *t.TeamID != *f.Team),
			f.Watched && !slices.Contains(t.Watchers, by.ID),
			!strings.Contains(user.Fold(t.Title), text) && !strings.Contains(user.Fold(t.Description), text):
			continue
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b Ticket) int {
		by := 0
		switch f.Sort.column() {
		case "priority":
			by = cmp.Compare(a.Priority, b.Priority)
		case "status":
			by = cmp.Compare(a.Status, b.Status)
		case "updated_at":
			by = a.UpdatedAt.Compare(b.UpdatedAt)
		}
		c := cmp.Or(by, cmp.Compare(a.ID, b.ID))
		if f.Sort.descending() {
			return -c
		}
		return c
	})
	ids := make([]int64, len(out))
	for i, t := range out {
		ids[i] = t.ID
	}
	return ids
}

// walk follows a list to its end by cursors, and back again.
func (d *desk) walk(by authz.Actor, f Filter, size int) (forth, back []int64, count int64) {
	d.t.Helper()
	page := web.Page{Number: 1, Size: size}
	var last web.Cursor
	for {
		rows, err := d.List(ctx, by, f, page)
		if err != nil {
			d.t.Fatalf("list %+v: %v", f, err)
		}
		count = rows.Count
		for _, t := range rows.Rows {
			forth = append(forth, t.ID)
			last = rows.CursorOf(t)
		}
		if !rows.HasAfter {
			break
		}
		cur := last
		page = web.Page{Number: 1, Size: size, Cursor: &cur}
	}
	for len(forth) > 0 {
		cur := last
		cur.Back = true
		rows, err := d.List(ctx, by, f, web.Page{Number: 1, Size: size, Cursor: &cur})
		if err != nil {
			d.t.Fatalf("list back %+v: %v", f, err)
		}
		for _, t := range slices.Backward(rows.Rows) {
			back = append(back, t.ID)
		}
		if !rows.HasBefore {
			break
		}
		last = rows.CursorOf(rows.Rows[0])
	}
	slices.Reverse(back)
	return forth, back, count
}

func TestListsMeanWhatTheySay(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		people := []authz.Actor{
			d.person("emma", authz.Employee), d.person("emil", authz.Employee),
			d.person("sam", authz.ITStaff), d.person("sol", authz.ITStaff), d.person("ada", authz.Admin),
		}
		all := d.fixture(1, 160, people...)
		actors := flavours(people...)

		r := rand.New(rand.NewPCG(7, 7))
		pick := func(n int) bool { return r.IntN(n) == 0 }
		for i := range 1000 {
			// Half of the searches take the way of a long list.
			d.walkBelow = int64(i%2)*web.MaxCount - 1
			by := actors[r.IntN(len(actors))]
			f := Filter{Sort: Sort(Sorts[r.IntN(len(Sorts))])}
			for _, s := range Statuses {
				if pick(3) {
					f.Statuses = append(f.Statuses, s)
				}
			}
			for _, p := range Priorities {
				if pick(3) {
					f.Priorities = append(f.Priorities, p)
				}
			}
			switch r.IntN(4) {
			case 0:
				f.AssignedTo = &people[r.IntN(len(people))].ID
			case 1:
				f.Unassigned = true
			}
			if pick(4) {
				f.CreatedBy = &people[r.IntN(len(people))].ID
			}
			if pick(3) {
				f.Search = []string{"printer", "ße", "STRASSE", "ЭКРАН", "%", "_", "日本", "語", "nt", "t", " and n", "näive", "rinter 1", "zzz", "oise"}[r.IntN(15)]
			}
			if pick(5) {
				f.Team = ref(int64(1 + r.IntN(4)))
			}
			f.Watched, f.reader = pick(6), by
			want := wanted(all, by, f)
			forth, back, count := d.walk(by, f, 1+r.IntN(30))
			if !slices.Equal(forth, want) {
				t.Fatalf("case %d: %s lists %+v\n got %v\nwant %v", i, by.Role, f, forth, want)
			}
			if len(want) > 0 && !slices.Equal(back, want[:len(want)-1]) {
				t.Fatalf("case %d: %s lists %+v backwards\n got %v\nwant %v", i, by.Role, f, back, want[:len(want)-1])
			}
			if count != int64(len(want)) {
				t.Fatalf("case %d: %s counts %d for %+v, want %d", i, by.Role, count, f, len(want))
			}
		}
	})
}

func TestPageNumbers(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		ada := d.person("ada", authz.Admin)
		all := wanted(d.fixture(3, 25, ada), ada, Filter{Sort: ByNewest})
		for _, tc := range []struct {
			page, size int
			want       []int64
			missing    bool
		}{
			{1, 10, all[:10], false}, {2, 10, all[10:20], false}, {3, 10, all[20:], false},
			{4, 10, nil, true}, {1000, 100, nil, true},
		} {
			rows, err := d.List(ctx, ada, Filter{Sort: ByNewest}, web.Page{Number: tc.page, Size: tc.size})
			if fault.Is(err, fault.NotFound) != tc.missing {
				t.Fatalf("page %d: %v", tc.page, err)
			}
			var ids []int64
			for _, r := range rows.Rows {
				ids = append(ids, r.ID)
			}
			if !slices.Equal(ids, tc.want) {
				t.Errorf("page %d: got %v want %v", tc.page, ids, tc.want)
			}
		}
		if _, err := d.List(ctx, d.person("emma", authz.Employee), Filter{Sort: ByNewest}, web.Page{Number: 1, Size: 10}); err != nil {
			t.Errorf("the first page of an empty list: %v", err)
		}
	})
}

// TestRowsAddedWhileFollowing adds tickets between the pages: nobody may be
// shown twice or be left out.
func TestRowsAddedWhileFollowing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		sam := d.person("sam", authz.ITStaff)
		before := wanted(d.fixture(5, 40, sam), sam, Filter{Sort: ByNewest})
		var seen []int64
		page := web.Page{Number: 1, Size: 7}
		for {
			rows, err := d.List(ctx, sam, Filter{Sort: ByNewest}, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows.Rows {
				seen = append(seen, r.ID)
			}
			if !rows.HasAfter {
				break
			}
			d.open(sam, "another one")
			cur := rows.CursorOf(rows.Rows[len(rows.Rows)-1])
			page.Cursor = &cur
		}
		if !slices.Equal(seen, before) {
			t.Errorf("got %v want %v", seen, before)
		}
	})
}

// TestCommentListsFollowVisibility compares the lists that span tickets with the
// rule itself, after tickets have changed hands.
func TestCommentListsFollowVisibility(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		emma, sam, sol, ada := d.person("emma", authz.Employee), d.person("sam", authz.ITStaff), d.person("sol", authz.ITStaff), d.person("ada", authz.Admin)
		people := []authz.Actor{emma, sam, sol, ada}
		tickets := d.fixture(9, 40, people...)
		r := rand.New(rand.NewPCG(2, 2))
		for _, tk := range tickets {
			to := []*int64{nil, &sam.ID, &sol.ID, &ada.ID}[r.IntN(4)]
			if _, err := d.Assign(ctx, ada, tk.ID, etag.Condition{}, to); err != nil {
				t.Fatal(err)
			}
		}
		for _, by := range flavours(people...) {
			var want []int64
			var all []Comment
			if err := d.DB.Read(ctx).Order("id DESC").Find(&all).Error; err != nil {
				t.Fatal(err)
			}
			for _, c := range all {
				tk, err := load(d.DB.Read(ctx), c.TicketID)
				if err != nil {
					t.Fatal(err)
				}
				if canRead(by, tk) {
					want = append(want, c.ID)
				}
			}
			var got []int64
			page := web.Page{Number: 1, Size: 9}
			for {
				rows, err := d.ListComments(ctx, by, 0, page)
				if err != nil {
					t.Fatal(err)
				}
				if rows.Count != int64(len(want)) {
					t.Fatalf("%s counts %d comments, want %d", by.Username, rows.Count, len(want))
				}
				for _, c := range rows.Rows {
					got = append(got, c.ID)
				}
				if !rows.HasAfter {
					break
				}
				cur := rows.CursorOf(rows.Rows[len(rows.Rows)-1])
				page.Cursor = &cur
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s sees comments %v, want %v", by.Username, got, want)
			}
		}
	})
}

// TestNoListScans reads the plan of every kind of list on both engines.
func TestNoListScans(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		emma, sam, ada := d.person("emma", authz.Employee), d.person("sam", authz.ITStaff), d.person("ada", authz.Admin)
		d.lookAt(rand.New(rand.NewPCG(6, 6)), d.fixture(4, 2000, emma, sam, ada)[:300], []authz.Actor{emma, sam, ada})
		sorts := false // whether what a short index leads to may be sorted
		check := func(name string, q *sqlText) {
			t.Helper()
			plan, err := d.DB.Explain(ctx, q.sql.String(), q.args...)
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, q.sql.String())
			}
			for _, line := range strings.Split(plan, "\n") {
				if problem := scans(line); problem != "" && (!sorts || problem != "sorts tickets") {
					t.Errorf("%s: %s\n%s\n%s", name, problem, q.sql.String(), plan)
				}
			}
		}
		hidden := authz.Options{ConfidentialHidden: true}
		for _, by := range []authz.Actor{
			emma, sam, ada, sam.InTeams([]int64{1, 2}, []int64{3}), authz.Person(ada.ID, "ada", authz.Admin, hidden),
			authz.Person(emma.ID, "emma", authz.Employee, authz.Options{}).OfDepartment("finance", authz.Options{DepartmentReads: true}),
		} {
			for _, sort := range Sorts {
				for name, f := range map[string]Filter{
					"all": {}, "status": {Statuses: []Status{Open}}, "two statuses": {Statuses: []Status{Open, InProgress}},
					"priority": {Priorities: []Priority{Urgent}}, "both": {Statuses: []Status{Open}, Priorities: []Priority{High}},
					"assignee": {AssignedTo: &sam.ID}, "unassigned": {Unassigned: true}, "requester": {CreatedBy: &emma.ID},
					"both people": {CreatedBy: &emma.ID, AssignedTo: &sam.ID}, "reported, unassigned": {CreatedBy: &emma.ID, Unassigned: true},
					"team": {Team: ref(int64(1))}, "team, open": {Team: ref(int64(1)), Statuses: []Status{Open}},
					"watched":             {Watched: true, reader: by},
					"unassigned and open": {Unassigned: true, Statuses: []Status{Open}},
					"waiting":             {Statuses: []Status{Open, InProgress}, Replies: []LastReply{NoReply, RequesterReply}},
				} {
					f.Sort = Sort(sort)
					name := fmt.Sprintf("%s, %s, %s", by.Role, name, sort)
					branches := f.branches(scopesOf(by))
					if q := f.union(d.db, branches, nil, 0, 11, nil); q != nil {
						check(name, q)
						for _, b := range f.counting().branches(scopesOf(by)) {
							check(name+", count", f.count(d.db, b, nil, 10))
						}
					}
					cur := web.Cursor{ID: 1000, Key: "high"}
					if f.Sort.column() == "updated_at" {
						cur.Key = d.Clock.Now().Format(timeKey)
					}
					if f.Sort.column() == "due_at" {
						cur.Key = d.Clock.Now().Format(timeKey)
					}
					if q := f.union(d.db, branches, &cur, 0, 11, nil); q != nil {
						check(name+", cursor", q)
					}
				}
			}
			for _, sort := range []Sort{ByNewest, ByLeastUpdated, ByPriority, ByFirstStatus} {
				for _, text := range []string{
					"is:unread", "is:unread priority:high,low", "is:unread assignee:none", "is:unread status:done",
					"comments:0", "comments:>1", "is:confidential", "channel:phone", "channel:web,mail status:open", "closed:today", "status:open,closed waiting:requester", "status:closed waiting:staff",
				} {
					for _, d.walkBelow = range []int64{10, web.MaxCount} {
						name := fmt.Sprintf("%s, %s, %s, below %d", by.Role, text, sort, d.walkBelow)
						f, err := d.Where(ctx, by, Filter{Sort: sort}, text, time.UTC)
						if err != nil {
							t.Fatal(err)
						}
						f, p, err := d.plan(ctx, by, f)
						if err != nil {
							t.Fatal(err)
						}
						sorts = f.led != nil && (!f.led.Ordered || f.Sort.column() != "")
						for _, cur := range []*web.Cursor{nil, {ID: 1000, Key: map[string]string{"updated_at": d.Clock.Now().Format(timeKey), "status": "closed"}[f.Sort.column()]}} {
							if q := f.union(d.db, f.branches(scopesOf(by)), cur, 0, 11, f.extra(p.needle)); q != nil {
								check(name, q)
							}
						}
						sorts = false
					}
				}
			}
			for _, sc := range scopesOf(by) {
				q := d.commentWalk(sc, 0)
				q.add(" ORDER BY c.id DESC LIMIT 11")
				check(string(by.Role)+", comments", q)
			}
		}
		m, ok := d.db.MatchText(textIndex, "g", "printer")
		if !ok {
			t.Fatal("the text index knows no words")
		}
		f := Filter{Sort: ByNewest, by: ada}
		check("search", f.matches(d.db, m, "printer", nil, 0, 11, false))
	})
}

// scans says what is wrong with a line of a plan, or "". The small tables that
// a union makes of the pages of its walks may be read and sorted.
func scans(line string) string {
	if detail, ok := strings.CutPrefix(line[max(0, strings.Index(line, "detail=")):], "detail="); ok { // SQLite
		detail = strings.TrimSpace(detail)
		switch {
		case detail == "SCAN CONSTANT ROW", strings.HasPrefix(detail, "SCAN g VIRTUAL TABLE"), strings.HasPrefix(detail, "SCAN u"), strings.HasPrefix(detail, "SCAN b"):
		case strings.HasPrefix(detail, "SCAN t USING"), strings.HasPrefix(detail, "SCAN c USING"):
		case detail == "SCAN t", detail == "SCAN c": // along the ids, ended by LIMIT
		case strings.HasPrefix(detail, "SCAN"):
			return "scans"
		}
		return ""
	}
	if strings.Contains(line, "key=idx_tickets_confidential") {
		return "" // few
	}
	if strings.Contains(line, "table=t ") && strings.Contains(line, "filesort") && !strings.Contains(line, "table=g") {
		return "sorts tickets"
	}
	if (strings.Contains(line, "table=t ") || strings.Contains(line, "table=c ")) && strings.Contains(line, "type=ALL") {
		return "scans"
	}
	return ""
}
