package ticket

import (
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit"
)

// TestCountsAgreeWithSight holds the numbers of everybody, whatever settings and
// teams make of them, against the rule itself, and Visible, too.
func TestCountsAgreeWithSight(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		people := []authz.Actor{
			d.person("emma", authz.Employee), d.person("emil", authz.Employee),
			d.person("sam", authz.ITStaff), d.person("ada", authz.Admin),
		}
		all := d.fixture(11, 200, people...)
		tx := d.DB.Read(ctx)
		for _, by := range flavours(people...) {
			want, unassigned := Matrix{}, Matrix{}
			seen := map[int64]bool{}
			for _, tk := range all {
				if !canRead(by, &tk) {
					continue
				}
				seen[tk.ID] = true
				one := Matrix{tk.Status: {tk.Priority: 1}}
				want.add(one, 1)
				if tk.AssignedToID == nil {
					unassigned.add(one, 1)
				}
			}
			got, err := d.VisibleCounts(tx, by)
			if err != nil {
				t.Fatal(err)
			}
			none, err := d.UnassignedCounts(tx, by)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range Statuses {
				for _, p := range Priorities {
					if got[s][p] != want[s][p] {
						t.Errorf("%+v counts %d of %s and %s, want %d", by, got[s][p], s, p, want[s][p])
					}
					if by.Can(authz.TicketQueue) && none[s][p] != unassigned[s][p] {
						t.Errorf("%+v counts %d unassigned of %s and %s, want %d", by, none[s][p], s, p, unassigned[s][p])
					}
				}
			}
			cond, args := Visible(by)
			var ids []int64
			if err := tx.Raw("SELECT t.id FROM tickets AS t WHERE "+cond, args...).Scan(&ids).Error; err != nil {
				t.Fatal(err)
			}
			for _, id := range ids {
				if !seen[id] {
					t.Errorf("Visible shows ticket %d to %+v", id, by)
				}
			}
			if len(ids) != len(seen) {
				t.Errorf("Visible shows %+v %d tickets, want %d", by, len(ids), len(seen))
			}
		}
	})
}
