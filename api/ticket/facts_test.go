package ticket

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/migration"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket/stat"
	"github.com/fixdesk/fixdesk/api/user"
)

// checkStats compares the numbers of the reports with what tickets and comments
// say, worked out one by one.
func (d *desk) checkStats(all []Ticket) {
	d.t.Helper()
	tx := d.DB.Read(ctx)
	var comments []Comment
	if err := tx.Order("id").Find(&comments).Error; err != nil {
		d.t.Fatal(err)
	}
	var staff []int64
	if err := tx.Table("users").Where("role <> ?", authz.Employee).Pluck("id", &staff).Error; err != nil {
		d.t.Fatal(err)
	}
	works := map[int64]bool{}
	for _, id := range staff {
		works[id] = true
	}
	want := map[string]int64{}
	for _, t := range all {
		agent := int64(0)
		if t.AssignedToID != nil {
			agent = *t.AssignedToID
		}
		put := func(kind stat.Kind, at time.Time, bucket int64) {
			for dim, ref := range map[stat.Dimension]int64{stat.Whole: 0, stat.ByPriority: int64(t.Priority), stat.ByAgent: agent,
				stat.ByCategory: orZero(t.CategoryID), stat.ByTeam: orZero(t.TeamID), stat.ByChannel: orZero(t.Channel)} {
				want[fmt.Sprint(kind, dim, at.UTC().Format(time.DateOnly), ref, bucket)]++
			}
		}
		put(stat.Created, t.CreatedAt, t.ID%8)
		var first *time.Time
		for _, c := range comments {
			if c.TicketID == t.ID && !c.IsSystemMessage && c.AuthorID != t.CreatedByID && works[c.AuthorID] {
				first = &c.CreatedAt
				break
			}
		}
		if (first == nil) != (t.FirstRespondedAt == nil) || (first != nil && !first.Equal(*t.FirstRespondedAt)) {
			d.t.Errorf("ticket %d was first answered %v, want %v", t.ID, t.FirstRespondedAt, first)
		}
		if first != nil {
			put(stat.Responded, *first, stat.Bucket(first.Sub(t.CreatedAt)))
		}
		if (t.SolvedAt != nil) != t.Status.Done() {
			d.t.Errorf("ticket %d is %s and was solved %v", t.ID, t.Status, t.SolvedAt)
		}
		if t.SolvedAt != nil {
			put(stat.Solved, *t.SolvedAt, stat.Bucket(t.SolvedAt.Sub(t.CreatedAt)))
		}
	}
	var rows []struct {
		Kind           stat.Kind
		Dimension      stat.Dimension
		Day            int64
		Ref, Bucket, N int64
	}
	if err := tx.Raw("SELECT * FROM ticket_stats WHERE n <> 0").Scan(&rows).Error; err != nil {
		d.t.Fatal(err)
	}
	if len(rows) != len(want) {
		d.t.Errorf("%d numbers, want %d", len(rows), len(want))
	}
	for _, r := range rows {
		k := fmt.Sprint(r.Kind, r.Dimension, stat.Date(r.Day).Format(time.DateOnly), r.Ref, r.Bucket)
		if want[k] != r.N {
			d.t.Errorf("number %s is %d, want %d", k, r.N, want[k])
		}
	}
}

// TestStatsFollowTheTickets does everything that moves them, in random order.
func TestStatsFollowTheTickets(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		people := []authz.Actor{d.person("emma", authz.Employee), d.person("sam", authz.ITStaff), d.person("ada", authz.Admin)}
		ada := people[2]
		tickets := d.fixture(5, 12, people...)
		r := rand.New(rand.NewPCG(8, 8))
		var deleted []int64
		for i := range 250 {
			w.Clock.Advance(time.Duration(r.IntN(3*3600)) * time.Second)
			id := tickets[r.IntN(len(tickets))].ID
			by := people[r.IntN(3)]
			switch r.IntN(9) {
			case 0, 1:
				_, _ = d.UpdateStatus(ctx, ada, id, anyVersion, Statuses[r.IntN(4)])
			case 2:
				_, _ = d.Assign(ctx, ada, id, anyVersion, []*int64{nil, &people[1].ID, &ada.ID}[r.IntN(3)])
			case 3:
				_, _ = d.Update(ctx, ada, id, anyVersion, Changes{Priority: ref(Priorities[r.IntN(4)])})
			case 4:
				if d.Delete(ctx, ada, id, anyVersion) == nil {
					deleted = append(deleted, id)
				}
			case 5:
				if len(deleted) > 0 {
					_, _ = d.Restore(ctx, ada, deleted[r.IntN(len(deleted))])
				}
			case 6:
				_, _ = d.Comment(ctx, by, id, "hello")
			case 7:
				var c Comment
				if d.DB.Read(ctx).Where("is_system_message = ?", false).Offset(r.IntN(5)).Limit(1).Find(&c); c.ID != 0 {
					_ = d.DeleteComment(ctx, ada, c.ID, anyVersion)
				}
			case 8:
				_, _ = d.Reopen(ctx, ada, id, anyVersion, "again")
			}
			if i%50 == 49 {
				d.checkCounters()
			}
		}
		d.fixture(6, 10, people...)
		d.checkCounters()

		// An older database is filled in with the same.
		for _, sql := range []string{
			"DELETE FROM ticket_stats", "UPDATE tickets SET solved_at = NULL, first_responded_at = NULL",
			"DELETE FROM schema_migrations WHERE version_id >= 5",
		} {
			if err := d.DB.Writer(ctx).Exec(sql).Error; err != nil {
				t.Fatal(err)
			}
		}
		if _, err := migration.Up(ctx, d.DB); err != nil {
			t.Fatal(err)
		}
		d.checkCounters()
	})
}

// TestFirstResponse says whose word counts.
func TestFirstResponse(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		emma, sam, sol := d.person("emma", authz.Employee), d.person("sam", authz.ITStaff), d.person("sol", authz.ITStaff)
		say := func(by authz.Actor, id int64) Comment {
			t.Helper()
			w.Clock.Advance(time.Minute)
			c, err := d.Comment(ctx, by, id, "hello")
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		answered := func(id int64) *time.Time {
			f, err := d.Get(ctx, d.admin(), id)
			if err != nil {
				t.Fatal(err)
			}
			return f.FirstRespondedAt
		}
		f := d.open(emma, "Printer")
		say(emma, f.ID)
		if _, err := d.Assign(ctx, sam, f.ID, anyVersion, &sam.ID); err != nil {
			t.Fatal(err)
		}
		if at := answered(f.ID); at != nil {
			t.Errorf("the requester and an assignment answered at %v", at)
		}
		first := say(sam, f.ID)
		second := say(sam, f.ID)
		if at := answered(f.ID); at == nil || !at.Equal(first.CreatedAt) {
			t.Errorf("answered at %v, want %v", at, first.CreatedAt)
		}
		if err := d.DeleteComment(ctx, sam, first.ID, anyVersion); err != nil {
			t.Fatal(err)
		}
		if at := answered(f.ID); at == nil || !at.Equal(second.CreatedAt) {
			t.Errorf("answered at %v, want %v", at, second.CreatedAt)
		}
		own := d.open(sam, "My own")
		say(sam, own.ID)
		if at := answered(own.ID); at != nil {
			t.Errorf("somebody answered their own ticket at %v", at)
		}
		if say(sol, own.ID); answered(own.ID) == nil {
			t.Error("a colleague's answer does not count")
		}

		// When the first answer goes, the next one is that of whoever was of the staff then.
		kim := d.person("kim", authz.Employee)
		old := d.open(emma, "Old")
		if err := d.AddCC(ctx, sam, old.ID, kim.ID); err != nil {
			t.Fatal(err)
		}
		gone := say(sam, old.ID)
		say(kim, old.ID)
		next := say(sol, old.ID)
		w.Clock.Advance(time.Minute)
		for id, role := range map[int64]authz.Role{kim.ID: authz.ITStaff, sol.ID: authz.Employee} {
			if _, err := user.New(w.DB, w.Bus, w.Clock).Update(ctx, d.admin(), id, anyVersion, user.Changes{Role: &role}); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.DeleteComment(ctx, sam, gone.ID, anyVersion); err != nil {
			t.Fatal(err)
		}
		if at := answered(old.ID); at == nil || !at.Equal(next.CreatedAt) {
			t.Errorf("answered at %v, want %v", at, next.CreatedAt)
		}
	})
}

func (d *desk) admin() authz.Actor { return authz.System("test") }
