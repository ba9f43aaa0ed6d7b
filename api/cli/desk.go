package cli

import (
	"errors"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/authz"
)

// withApp migrates the database where it must, so that every command works on a
// fresh machine, and gives the command the assembled desk.
func withApp(w *world, do func(a *app.App) error) error {
	if _, err := app.Migrate(w.ctx, w.set); err != nil {
		return err
	}
	a, err := app.New(w.set, version, app.Parts{})
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

// operator is whoever can run commands on the server's machine.
func operator() authz.Actor { return authz.System("cli") }
