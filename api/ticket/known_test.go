package ticket

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/testkit"
)

// TestNumbersOfLargeDesksFollowWhatChanges changes tickets at random, and holds what is remembered of lists against
// what a service counts that has not seen any of them.
func TestNumbersOfLargeDesksFollowWhatChanges(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		d.exactBelow, d.listRows, d.leadRows = 0, web.MaxCount, 3
		people := []authz.Actor{
			d.person("emma", authz.Employee), d.person("emil", authz.Employee),
			d.person("sam", authz.ITStaff), d.person("sol", authz.ITStaff), d.person("ada", authz.Admin),
		}
		sam, ada := people[2], people[4]
		all := d.fixture(3, 140, people...)
		d.hangOn(rand.New(rand.NewPCG(4, 4)), all, people)
		r := rand.New(rand.NewPCG(12, 12))
		var queries []string
		for len(queries) < 12 {
			if q := randomQuery(r, 1); !strings.Contains(q, "unread") {
				queries = append(queries, q)
			}
		}
		actors := flavours(people[2:]...)[1:]
		ids := make([]int64, len(all))
		for i, one := range all {
			ids[i] = one.ID
		}
		change := func() error {
			id := ids[r.IntN(len(ids))]
			var err error
			switch r.IntN(7) {
			case 0:
				ids = append(ids, d.open(people[r.IntN(len(people))], "Printer").ID)
			case 1:
				_, err = d.UpdateStatus(ctx, ada, id, etag.Condition{}, Statuses[r.IntN(len(Statuses))])
			case 2:
				_, err = d.Assign(ctx, ada, id, etag.Condition{}, []*int64{nil, &sam.ID, &ada.ID}[r.IntN(3)])
			case 3:
				_, err = d.Update(ctx, ada, id, etag.Condition{}, Changes{Priority: ref(Priorities[r.IntN(len(Priorities))])})
			case 4:
				_, err = d.SetConfidential(ctx, ada, id, etag.Condition{}, r.IntN(2) == 0)
			case 5:
				_, err = d.Comment(ctx, ada, id, "hello")
			case 6:
				if err = d.Delete(ctx, ada, id, etag.Condition{}); err == nil {
					ids = slices.DeleteFunc(ids, func(one int64) bool { return one == id })
				}
			}
			return err
		}
		found := int64(0)
		for i := range 60 {
			for range r.IntN(4) {
				if err := change(); err != nil {
					t.Fatal(err)
				}
			}
			for range 3 {
				by, text := actors[r.IntN(len(actors))], queries[r.IntN(len(queries))]
				f, err := d.Where(ctx, by, Filter{Sort: Sort(Sorts[r.IntN(len(Sorts))])}, text, time.UTC)
				if err != nil {
					t.Fatal(err)
				}
				want, err := New(w.DB, w.Bus, w.Clock).Count(ctx, by, f)
				if err != nil {
					t.Fatal(err)
				}
				found += want.N
				if got, err := d.Count(ctx, by, f); err != nil || got != want {
					t.Errorf("after %d rounds %s asks %q: %v %v, want %v", i, by.Username, text, got, err, want)
				}
				if got, err := d.Tally(ctx, by, f, web.MaxCount); err != nil || got != want {
					t.Errorf("after %d rounds %s asks %q for a number: %v %v, want %v", i, by.Username, text, got, err, want)
				}
			}
		}
		if found < 500 {
			t.Errorf("the queries find %d tickets in all: too few to mean much", found)
		}
	})
}
