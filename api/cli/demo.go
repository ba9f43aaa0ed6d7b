package cli

import (
	"errors"
	"fmt"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/demo"
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
		d := demo.Desk{DB: a.DB, Bus: a.Bus, Clock: a.Clock, Users: a.User, Tickets: a.Ticket, DataDir: w.set.DataDir}
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
