package cli

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/migration"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
)

type serveCmd struct{}

// Run serves until the program is told to stop.
func (serveCmd) Run(w *world) error {
	n, err := app.Migrate(w.ctx, w.set)
	if err != nil {
		return err
	}
	if n > 0 {
		slog.InfoContext(w.ctx, "database migrated", "steps", n, "schema", migration.Latest())
	}
	a, err := app.New(w.set, version, app.Parts{})
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(w.ctx, "tcp", w.set.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s: %w", w.set.Listen, err), a.Close())
	}
	slog.InfoContext(w.ctx, "fixdesk serves", "url", w.set.PublicURL, "listen", l.Addr().String(), "version", version, "database", a.DB.Engine())
	err = a.Run(w.ctx, l)
	slog.InfoContext(w.ctx, "fixdesk stopped")
	return errors.Join(err, a.Close())
}

type versionCmd struct{}

// Run shows the version.
func (versionCmd) Run(w *world) error {
	_, err := fmt.Fprintf(w.out, "fixdesk %s (schema %d)\n", version, migration.Latest())
	return err
}

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Run what is pending."`
	Status migrateStatusCmd `cmd:"" help:"Show the schema versions of the database and of this program."`
}

type migrateUpCmd struct{}

// Run migrates.
func (migrateUpCmd) Run(w *world) error {
	n, err := app.Migrate(w.ctx, w.set)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.out, "%d migration steps run; the database has schema %d\n", n, migration.Latest())
	return err
}

type migrateStatusCmd struct{}

// Run shows the versions.
func (migrateStatusCmd) Run(w *world) error {
	d, err := db.Open(w.set.Database, clock.System{}.Now)
	if err != nil {
		return err
	}
	s, err := migration.Check(w.ctx, d)
	if err == nil {
		_, err = fmt.Fprintf(w.out, "database %d, program %d, pending %d\n", s.Current, s.Latest, s.Latest-s.Current)
	}
	return errors.Join(err, d.Close())
}

type healthcheckCmd struct{}

// Run asks the server that this machine runs.
func (healthcheckCmd) Run(w *world) error {
	host, port, err := net.SplitHostPort(w.set.Listen)
	if err != nil {
		return usage{err}
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	req, err := http.NewRequestWithContext(w.ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	res, err := (&http.Client{Timeout: 5 * time.Second}).Do(req)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1000))
	if err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not well: %s %s", res.Status, strings.TrimSpace(string(body)))
	}
	return nil
}
