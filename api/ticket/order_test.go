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
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/testkit"
)

// hangingSorts are the orders by what hangOn hangs on tickets.
func hangingSorts() []Sort {
	var out []Sort
	for _, name := range []string{"category", "substatus", "cf.cost", "cf.asset", "cf.site", "cf.sites", "cf.due", "cf.vip", "cf.owner"} {
		out = append(out, Sort(name), Sort("-"+name))
	}
	return out
}

// naiveOrder puts tickets into an order by what the API would show.
func (d *desk) naiveOrder(all []Ticket, ids []int64, s Sort) []int64 {
	d.t.Helper()
	tree, err := category.Load(d.DB.Read(ctx))
	if err != nil {
		d.t.Fatal(err)
	}
	set, err := field.Load(d.DB.Read(ctx))
	if err != nil {
		d.t.Fatal(err)
	}
	values, err := field.Of(d.DB.Read(ctx), ids...)
	if err != nil {
		d.t.Fatal(err)
	}
	name := strings.TrimPrefix(string(s), "-")
	// What a ticket is sorted by as a text; "" for nothing.
	key := func(id int64) string {
		i := slices.IndexFunc(all, func(t Ticket) bool { return t.ID == id })
		switch name {
		case "category":
			h := hangs[id].choices["category"]
			if len(h) == 0 {
				return ""
			}
			at := slices.IndexFunc(tree.All(), func(c category.Category) bool { return fmt.Sprint(c.ID) == h[0] })
			return fmt.Sprintf("%03d", at)
		case "substatus":
			return strings.Join(hangs[all[i].ID].choices["substatus"], "")
		}
		f := set.Named(strings.TrimPrefix(name, "cf."))
		v := values[id][f.ID]
		switch {
		case len(v) == 0 && f.Kind == field.Checkbox:
			return "0"
		case len(v) == 0:
			return ""
		case f.Kind == field.Text:
			return *v[0].TextKey
		}
		return fmt.Sprintf("%020d", *v[0].NumberValue+1_000_000_000_000)
	}
	out := slices.Clone(ids)
	slices.SortFunc(out, func(a, b int64) int {
		x, y := key(a), key(b)
		if (x == "") != (y == "") {
			return cmp.Compare(len(y), len(x))
		}
		c := cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
		if s.descending() {
			return -c
		}
		return c
	})
	return out
}

func TestSortsByWhatHangs(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		people := []authz.Actor{
			d.person("emma", authz.Employee), d.person("emil", authz.Employee),
			d.person("sam", authz.ITStaff), d.person("sol", authz.ITStaff), d.person("ada", authz.Admin),
		}
		all := d.fixture(21, 150, people...)
		d.hangOn(rand.New(rand.NewPCG(8, 8)), all, people)
		// Names are in another order than ids.
		for i, p := range people {
			if err := w.DB.Writer(ctx).Exec("UPDATE users SET full_name = ? WHERE id = ?", fmt.Sprint("p", i), p.ID).Error; err != nil {
				t.Fatal(err)
			}
		}
		r := rand.New(rand.NewPCG(9, 9))
		actors := flavours(people...)[1:]
		for i := range 300 {
			d.walkBelow = int64(i%2)*web.MaxCount - 1
			by := actors[r.IntN(len(actors))]
			f := Filter{Sort: hangingSorts()[i%len(hangingSorts())], reader: by}
			text := []string{"", "", "status:open,in_progress", "priority:high", "printer", "is:unread", "cf.cost:>1", "category:any", "watching:me"}[r.IntN(9)]
			full, err := d.Where(ctx, by, f, text, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			ids, err := d.IDs(ctx, by, func() Filter { g := full; g.Sort = ByNewest; return g }())
			if err != nil {
				t.Fatal(err)
			}
			want := d.naiveOrder(all, ids, f.Sort)
			forth, back, count := d.walk(by, full, 1+r.IntN(30))
			if !slices.Equal(forth, want) {
				t.Fatalf("case %d, %s, %q: %s lists\n got %v\nwant %v", i, f.Sort, text, by.Role, forth, want)
			}
			if len(want) > 0 && !slices.Equal(back, want[:len(want)-1]) {
				t.Fatalf("case %d, %s, %q: %s lists backwards\n got %v\nwant %v", i, f.Sort, text, by.Role, back, want[:len(want)-1])
			}
			if count != int64(len(want)) {
				t.Fatalf("case %d: counts %d, want %d", i, count, len(want))
			}
			whole, err := d.IDs(ctx, by, full)
			if err != nil || !slices.Equal(whole, want) {
				t.Fatalf("case %d, %s: whole list %v, %v\nwant %v", i, f.Sort, whole, err, want)
			}
			rows, err := d.List(ctx, by, full, web.Page{Number: 2, Size: 7})
			if len(want) > 7 {
				var got []int64
				for _, x := range rows.Rows {
					got = append(got, x.ID)
				}
				if err != nil || !slices.Equal(got, want[7:min(14, len(want))]) {
					t.Fatalf("case %d, %s: second page %v, %v, want %v", i, f.Sort, got, err, want[7:min(14, len(want))])
				}
			}
		}
	})
}

// TestSortsThatAreNone refuses orders and places that the reader does not know.
func TestSortsThatAreNone(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		emma, sam := d.person("emma", authz.Employee), d.person("sam", authz.ITStaff)
		d.hangOn(rand.New(rand.NewPCG(8, 8)), d.fixture(2, 20, emma, sam), []authz.Actor{emma, sam})
		if err := w.DB.Writer(ctx).Exec("UPDATE fields SET employee_view = ? WHERE slug = 'cost'", false).Error; err != nil {
			t.Fatal(err)
		}
		for _, tc := range []struct {
			by   authz.Actor
			sort Sort
			ok   bool
		}{
			{sam, "cf.cost", true}, {emma, "cf.cost", false}, {emma, "-cf.asset", true}, {sam, "cf.gone", false},
			{sam, "--category", false}, {sam, "title", false}, {sam, "cf.", false}, {sam, "-", false}, {sam, "cf.cost; DROP TABLE tickets", false},
		} {
			if wrong, err := d.CheckSort(w.DB.Read(ctx), tc.by, tc.sort); err != nil || (wrong == "") != tc.ok {
				t.Errorf("%s sorts by %q: %q, %v", tc.by.Role, tc.sort, wrong, err)
			}
		}
		for _, walkBelow := range []int64{-1, web.MaxCount} {
			d.walkBelow = walkBelow
			for _, key := range []string{"x", "=x", "=999"} {
				_, err := d.List(ctx, sam, Filter{Sort: "category"}, web.Page{Number: 1, Size: 5, Cursor: &web.Cursor{Sort: "category", Key: key, ID: 3}})
				if !fault.Is(err, fault.Invalid) {
					t.Errorf("a cursor with the key %q: %v", key, err)
				}
			}
		}
	})
}

// TestNoSortedScans reads the plans of long lists that are sorted by what hangs on
// tickets: each walks along an index in the list's order.
func TestNoSortedScans(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		emma, sam, ada := d.person("emma", authz.Employee), d.person("sam", authz.ITStaff), d.person("ada", authz.Admin)
		all := d.fixture(4, 2000, emma, sam, ada)
		d.hangOn(rand.New(rand.NewPCG(8, 8)), all, []authz.Actor{emma, sam, ada})
		check := func(name string, own bool, q *sqlText) {
			t.Helper()
			plan, err := d.DB.Explain(ctx, q.sql.String(), q.args...)
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, q.sql.String())
			}
			for _, line := range strings.Split(plan, "\n") {
				problem := scans(line)
				if problem == "" && strings.Contains(line, "table=k ") && (strings.Contains(line, "filesort") || strings.Contains(line, "type=ALL")) {
					problem = "sorts or scans the values"
				}
				if problem != "" {
					t.Errorf("%s: %s\n%s\n%s", name, problem, q.sql.String(), plan)
				}
			}
			// Only the page is sorted, once, where the stretches come together.
			if n := strings.Count(plan, "TEMP B-TREE FOR ORDER BY"); n > 1 && own {
				t.Errorf("%s: sorts %d times\n%s\n%s", name, n, q.sql.String(), plan)
			}
		}
		for _, by := range []authz.Actor{emma, sam.InTeams([]int64{1, 2}, []int64{3}), ada} {
			for _, sort := range hangingSorts() {
				for _, text := range []string{"", "status:open,in_progress", "printer"} {
					f, err := d.Where(ctx, by, Filter{Sort: sort}, text, time.UTC)
					if err != nil {
						t.Fatal(err)
					}
					o, err := orderOf(d.DB.Read(ctx), by, sort)
					if err != nil {
						t.Fatal(err)
					}
					plain := f
					plain.Sort = ByOldest
					for _, back := range []bool{false, true} {
						r := run{s: d.Service, f: plain, o: o, branches: plain.branches(scopesOf(by)), needle: f.Search, down: sort.descending() != back, back: back}
						for _, st := range o.stretches(sort.descending()) {
							one := ref(int64(5))
							at := orderKey{number: one}
							if o.text() {
								at = orderKey{text: ref("lt-1")}
							}
							for _, cur := range []*web.Cursor{nil, {ID: 700, Back: back}} {
								check(fmt.Sprintf("%s, %s, %q, %+v", by.Role, sort, text, st), !st.none || o.field == nil, r.page([]stretch{st}, at, cur, 11))
							}
						}
					}
				}
			}
		}
	})
}

// TestValuesOfOneTicketAreFewToLookAt: a list that is not led by the values of a field
// looks at those of each ticket, and not at all that a range holds.
func TestValuesOfOneTicketAreFewToLookAt(t *testing.T) {
	w := testkit.SQLite(t)
	d := newDesk(t, w)
	emma, sam := d.person("emma", authz.Employee), d.person("sam", authz.ITStaff)
	d.hangOn(rand.New(rand.NewPCG(8, 8)), d.fixture(2, 200, emma, sam), []authz.Actor{emma, sam})
	d.walkBelow = -1
	for _, text := range []string{"cf.cost:>=5", "cf.cost:5..80", "cf.due:>=2026-01-01", "cf.asset:lt*", "cf.cost:none"} {
		f, err := d.Where(ctx, sam, Filter{Sort: ByNewest}, text, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		q := f.union(d.db, f.branches(scopesOf(sam)), nil, 0, 11, f.extra(""))
		plan, err := d.DB.Explain(ctx, q.sql.String(), q.args...)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, "SEARCH v") || strings.Contains(plan, "idx_field_values") {
			t.Errorf("%s\n%s\n%s", text, q.sql.String(), plan)
		}
	}
}
