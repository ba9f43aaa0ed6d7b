package ticket

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/user"
)

var ctx = context.Background()

// desk is a world with a ticket service and people.
type desk struct {
	*testkit.World
	*Service
	t testing.TB
}

func newDesk(t testing.TB, w *testkit.World) *desk {
	return &desk{World: w, Service: New(w.DB, w.Bus, w.Clock), t: t}
}

// person creates an account and returns its actor.
func (d *desk) person(name string, role authz.Role) authz.Actor {
	d.t.Helper()
	u := user.User{
		Username: name, UsernameKey: name, Email: name + "@example.com", EmailKey: name + "@example.com",
		Role: role, IsActive: true, Version: 1, TokenVersion: 1, CreatedAt: d.Clock.Now(), UpdatedAt: d.Clock.Now(),
	}
	err := d.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error { return tx.Create(&u).Error })
	if err != nil {
		d.t.Fatal(err)
	}
	return authz.Person(u.ID, name, role, authz.Options{})
}

func (d *desk) open(by authz.Actor, title string) Full {
	d.t.Helper()
	f, err := d.Open(ctx, by, Draft{Title: title, Description: "It does not work: " + title})
	if err != nil {
		d.t.Fatal(err)
	}
	return f
}

// flavours returns people as what settings and teams can make of them.
func flavours(people ...authz.Actor) []authz.Actor {
	out := []authz.Actor{{}}
	for _, p := range people {
		out = append(out, p)
		settings := []authz.Options{{StaffSeesAll: true}, {ConfidentialHidden: true}, {DepartmentReads: true}}
		for _, o := range settings {
			q := authz.Person(p.ID, p.Username, p.Role, o)
			out = append(out, q.OfDepartment("finance", o))
		}
		if p.Role.WorksTickets() {
			out = append(out, p.InTeams([]int64{1}, nil), p.InTeams([]int64{2, 3}, []int64{1}), p.InTeams(nil, []int64{2}))
		}
	}
	return out
}

func ref[T any](v T) *T { return &v }

// fixture fills a desk with n tickets of random people, states and times.
func (d *desk) fixture(seed uint64, n int, people ...authz.Actor) []Ticket {
	d.t.Helper()
	r := rand.New(rand.NewPCG(seed, seed))
	words := []string{"Printer", "VPN", "passwört", "Экран", "100%", "under_score", "laptop", "noise", "日本語", "STRASSE", "naïve"}
	var staff []authz.Actor
	for _, p := range people {
		if p.Role.WorksTickets() {
			staff = append(staff, p)
		}
	}
	departments := []string{"", "Finance", "Büro"}
	for i, p := range people {
		if err := d.DB.Writer(ctx).Exec("UPDATE users SET department = ? WHERE id = ? AND department = ''", departments[i%3], p.ID).Error; err != nil {
			d.t.Fatal(err)
		}
	}
	var records []*Record
	for i := range n {
		t := Ticket{
			Title:       fmt.Sprintf("%s %s %d", words[r.IntN(len(words))], words[r.IntN(len(words))], i),
			Description: words[r.IntN(len(words))] + " and " + words[r.IntN(len(words))],
			Status:      Statuses[r.IntN(4)], Priority: Priorities[r.IntN(4)],
			CreatedByID: people[r.IntN(len(people))].ID,
			CreatedAt:   d.Clock.Now(), UpdatedAt: d.Clock.Now().Add(-time.Duration(r.IntN(20)) * time.Minute),
		}
		if r.IntN(3) > 0 {
			t.AssignedToID = ref(staff[r.IntN(len(staff))].ID)
		}
		if r.IntN(2) > 0 {
			t.TeamID = ref(int64(1 + r.IntN(3)))
		}
		t.Confidential = r.IntN(5) == 0
		for _, p := range people {
			if r.IntN(6) == 0 {
				t.Watchers = append(t.Watchers, p.ID)
			}
		}
		rec := &Record{Ticket: t}
		for range r.IntN(3) {
			rec.Comments = append(rec.Comments, Comment{
				AuthorID: t.CreatedByID, Content: "more", CreatedAt: t.CreatedAt, UpdatedAt: t.CreatedAt,
			})
		}
		records = append(records, rec)
	}
	err := d.Bus.Do(ctx, authz.System("test"), func(tx *event.Tx) error {
		if err := d.Import(tx, authz.System("test"), records); err != nil {
			return err
		}
		for _, rec := range records {
			for _, id := range rec.Ticket.Watchers {
				w := Watcher{TicketID: rec.Ticket.ID, UserID: &id, Kind: Watching, CreatedAt: tx.Now}
				if err := tx.Create(&w).Error; err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	out := make([]Ticket, n)
	for i, rec := range records {
		out[i] = rec.Ticket
	}
	return out
}
