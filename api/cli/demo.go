package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/calendar"
	"github.com/fixdesk/fixdesk/api/demo"
	"github.com/fixdesk/fixdesk/api/sla"
)

type demoCmd struct {
	Tickets  int    `help:"How many tickets to make up." default:"400"`
	Comments int    `help:"Messages per ticket, on average." default:"5"`
	Seed     uint64 `help:"The same seed makes up the same data." default:"1"`
	IfEmpty  bool   `help:"Only show the sign-ins when the database already has tickets."`
	Force    bool   `help:"Add to the tickets that are already there."`
}

// Run loads the demo and shows how to sign in.
func (c demoCmd) Run(w *world) error {
	if c.Tickets < 1 || c.Comments < 0 || c.Comments > 50 {
		return usage{errors.New("--tickets must be at least 1, --comments from 0 to 50")}
	}
	return withApp(w, func(a *app.App) error {
		d := demo.Desk{DB: a.DB, Bus: a.Bus, Clock: a.Clock, Users: a.User, Tickets: a.Ticket, DataDir: w.set.DataDir, Agree: agree(a)}
		if c.IfEmpty {
			empty, err := d.Empty(w.ctx)
			if err != nil {
				return err
			}
			if !empty {
				signIns, err := d.SignIns(w.ctx)
				if err != nil {
					return err
				}
				return c.show(w, signIns)
			}
		}
		bar := newProgress(w.err, "tickets")
		signIns, err := d.Load(w.ctx, demo.Options{
			Tickets: c.Tickets, Comments: c.Comments, Seed: c.Seed, Force: c.Force,
			Progress: func(done, total int) { bar.show(int64(done), int64(total)) },
		})
		bar.done()
		if errors.Is(err, demo.ErrNotEmpty) {
			return errors.New("the database already has tickets: --if-empty leaves it as it is, --force adds the demo to them")
		}
		if err != nil {
			return err
		}
		return c.show(w, signIns)
	})
}

func (demoCmd) show(w *world, signIns []demo.SignIn) error {
	_, err := fmt.Fprintf(w.out, "\n  Fixdesk: %s\n", w.set.PublicURL)
	intro := "\n  Demo sign-ins:\n"
	if len(signIns) == 0 {
		intro = "  Sign in with an account of this desk: fixdesk user list shows them.\n"
	}
	_, err2 := fmt.Fprint(w.out, intro)
	err = errors.Join(err, err2)
	for _, s := range signIns {
		_, err2 = fmt.Fprintf(w.out, "    %-10s %-22s (%s)\n", s.Username, s.Password, s.Role)
		err = errors.Join(err, err2)
	}
	_, err2 = fmt.Fprintln(w.out)
	return errors.Join(err, err2)
}

// agree makes office hours and two service levels that count in them.
func agree(a *app.App) func(context.Context, authz.Actor) error {
	return func(ctx context.Context, by authz.Actor) error {
		hours, zone, name := calendar.Week{}, "Europe/Berlin", "Office hours"
		for d := time.Monday; d <= time.Friday; d++ {
			hours[d] = []calendar.Span{{From: 8 * 60, To: 18 * 60}}
		}
		c, err := calendar.New(a.DB, a.Bus, a.Clock).Create(ctx, by, calendar.Changes{Name: &name, Zone: &zone, Hours: &hours})
		if err != nil {
			return err
		}
		yes := true
		for _, p := range []struct {
			name, condition   string
			first, resolution time.Duration
		}{
			{"Urgent and high", "priority:urgent,high", time.Hour, 8 * time.Hour},
			{"Everything else", "", 8 * time.Hour, 50 * time.Hour},
		} {
			goals := sla.Goals{FirstResponse: int64(p.first.Seconds()), NextResponse: int64(p.first.Seconds()), Resolution: int64(p.resolution.Seconds())}
			_, err := a.SLA.CreatePolicy(ctx, by, sla.PolicyChanges{
				Name: &p.name, Condition: &p.condition, Calendar: true, CalendarID: &c.ID, Targets: &goals, PauseWaiting: &yes,
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
}
