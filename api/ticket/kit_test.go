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
		rec := &Record{Ticket: t}
		for range r.IntN(3) {
			rec.Comments = append(rec.Comments, Comment{
				AuthorID: t.CreatedByID, Content: "more", CreatedAt: t.CreatedAt, UpdatedAt: t.CreatedAt,
			})
		}
		records = append(records, rec)
	}
	err := d.Bus.Do(ctx, authz.System("test"), func(tx *event.Tx) error {
		return d.Import(tx, authz.System("test"), records)
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
