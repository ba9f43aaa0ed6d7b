// Package demo fills a desk with believable people, tickets and conversations.
// What it makes up depends only on the seed and the time; what it writes is what
// the live verbs would have written.
package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Desk is what the demo is loaded into.
type Desk struct {
	DB      *db.DB
	Bus     *event.Bus
	Clock   clock.Clock
	Users   *user.Service
	Tickets *ticket.Service
	DataDir string // keeps the sign-ins
	// Agree makes what was agreed about service times, once the tickets are there;
	// nil for nothing.
	Agree func(ctx context.Context, by authz.Actor) error
}

// Options say how much is made up.
type Options struct {
	Tickets  int
	Comments int // messages of people per ticket, on average
	Seed     uint64
	// Force adds to tickets that are already there.
	Force bool
	// Progress hears how many tickets are written.
	Progress func(done, total int)
}

// ErrNotEmpty says that the desk already has tickets.
var ErrNotEmpty = errors.New("the database already has tickets")

// batch is how many tickets are written in a transaction.
const batch = 1000

// Load makes everything up and writes it. It returns the sign-ins.
func (d Desk) Load(ctx context.Context, o Options) ([]SignIn, error) {
	if !o.Force {
		if empty, err := d.Empty(ctx); err != nil {
			return nil, err
		} else if !empty {
			return nil, ErrNotEmpty
		}
	}
	by := authz.System("demo")
	signIns, fresh, err := d.signIns()
	if err != nil {
		return nil, err
	}
	a := &author{
		r: rand.New(rand.NewPCG(o.Seed, 2)), topics: topicWeights(), //nolint:gosec // made-up data needs no secrecy
		comments: o.Comments, now: d.Clock.Now(),
	}
	if err := d.populate(ctx, by, a, o, signIns, fresh); err != nil {
		return nil, err
	}
	if err := d.arrange(ctx, by, a, o.Seed); err != nil {
		return nil, fmt.Errorf("set up the demo: %w", err)
	}
	group, running := errgroup.WithContext(ctx)
	batches := make(chan []*record, 2)
	group.Go(func() error {
		defer close(batches)
		return a.write(running, o, batches)
	})
	group.Go(func() error {
		done := 0
		for records := range batches {
			if err := d.store(running, by, records); err != nil {
				return err
			}
			done += len(records)
			if o.Progress != nil {
				o.Progress(done, o.Tickets)
			}
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("load the demo: %w", err)
	}
	if a.setup != nil && d.Agree != nil {
		if err := d.Agree(ctx, by); err != nil {
			return nil, fmt.Errorf("agree on service times: %w", err)
		}
	}
	return d.usable(ctx, signIns)
}

// Empty reports whether the desk has no ticket.
func (d Desk) Empty(ctx context.Context) (bool, error) {
	var id int64
	err := d.DB.Read(ctx).Model(&ticket.Ticket{}).Limit(1).Pluck("id", &id).Error
	if err != nil {
		return false, fmt.Errorf("look for tickets: %w", err)
	}
	return id == 0, nil
}

// write makes up the tickets, oldest first, since ids are the order of lists.
func (a *author) write(ctx context.Context, o Options, out chan<- []*record) error {
	times := openingTimes(a.r, o.Tickets, a.now)
	for len(times) > 0 {
		records := make([]*record, min(batch, len(times)))
		for i := range records {
			records[i] = a.tell(times[i])
		}
		times = times[len(records):]
		select {
		case out <- records:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// store writes a batch. It may run again when the transaction lost a race, so
// it first forgets the ids of the time before.
func (d Desk) store(ctx context.Context, by authz.Actor, records []*record) error {
	return d.Bus.Do(ctx, by, func(tx *event.Tx) error {
		var last int64
		if err := tx.Model(&ticket.Comment{}).Select("COALESCE(MAX(id), 0)").Scan(&last).Error; err != nil {
			return fmt.Errorf("read the last comment's id: %w", err)
		}
		out := make([]*ticket.Record, len(records))
		for i, r := range records {
			r.Ticket.ID = 0
			for k := range r.Comments {
				last++
				r.Comments[k].ID = last
			}
			for k := range r.Events {
				r.Events[k].ID = 0
			}
			for e, c := range r.names {
				r.Events[e].Data = encode(ticket.CommentRef{CommentID: r.Comments[c].ID})
			}
			out[i] = &r.Record
		}
		return d.Tickets.Import(tx, by, out)
	})
}

// populate makes the accounts. The sign-ins take part in the stories more often
// than others, so that each of them has something to see.
func (d Desk) populate(ctx context.Context, by authz.Actor, a *author, o Options, signIns []SignIn, fresh bool) error {
	r := rand.New(rand.NewPCG(o.Seed, 1)) //nolint:gosec // made-up data needs no secrecy
	known, err := d.createSignIns(ctx, by, signIns, fresh)
	if err != nil {
		return err
	}
	hash, err := d.unknownHash(ctx)
	if err != nil {
		return err
	}
	taken := map[string]bool{"employee": true, "agent": true, "admin": true}
	agents := cast(r, min(max(6, o.Tickets/500), 60), authz.ITStaff, taken, hash, a.now)
	employees := cast(r, min(max(40, o.Tickets/20), 3000), authz.Employee, taken, hash, a.now)
	if a.agents, err = d.hire(ctx, by, agents); err != nil {
		return err
	}
	if a.employees, err = d.hire(ctx, by, employees); err != nil {
		return err
	}
	for _, u := range known {
		p := &person{account: &u}
		p.settle(r)
		switch {
		case u.Role == authz.Employee:
			for range max(1, len(a.employees)/20) {
				a.employees = append(a.employees, p)
			}
		case u.Username == "agent":
			a.agents = append(a.agents, p)
		}
	}
	return nil
}

// hire writes the accounts that are not there yet. A name that somebody else
// has is left out.
func (d Desk) hire(ctx context.Context, by authz.Actor, people []*person) ([]*person, error) {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = p.account.Username
	}
	var out []*person
	err := d.Bus.Do(ctx, by, func(tx *event.Tx) error {
		found, err := user.Named(tx.DB, names)
		if err != nil {
			return err
		}
		out = nil
		var missing []*user.User
		for _, p := range people {
			if u, ok := found[p.account.Username]; ok {
				if u.Email == p.account.Email && u.Role == p.account.Role && u.IsActive {
					known := *p
					known.account = &u
					out = append(out, &known)
				}
				continue
			}
			p.account.ID = 0
			missing = append(missing, p.account)
			out = append(out, p)
		}
		return d.Users.Import(tx, by, missing)
	})
	if err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, errors.New("no account of the demo could be made: all names are taken")
	}
	return out, nil
}

func find(tx *gorm.DB, name string) (user.User, bool, error) {
	found, err := user.Named(tx, []string{name})
	u, ok := found[name]
	return u, ok, err
}
