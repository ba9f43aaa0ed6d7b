// Command clockdesk serves the desk with a clock that a browser journey moves. It is
// built by tests alone: the real program knows no such door.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/user"
)

type settings struct {
	config.Settings `embed:""`

	Clock    string                `help:"Where the clock is moved." env:"FIXDESK_TEST_CLOCK" required:""`
	Start    time.Time             `help:"What the clock shows first." env:"FIXDESK_TEST_START" required:""`
	People   map[string]authz.Role `help:"Who there is, as name=role;name=role." env:"FIXDESK_TEST_PEOPLE" required:""`
	Password string                `help:"Of all of them." env:"FIXDESK_TEST_PASSWORD" required:""`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var set settings
	kong.Parse(&set)
	err := serve(ctx, set)
	stop()
	if err != nil {
		slog.Error("clockdesk ended", "error", err)
		os.Exit(1)
	}
}

// moved is the machine's clock, so much ahead: it goes on by itself.
type moved struct{ ahead atomic.Int64 }

// Now implements clock.Clock.
func (m *moved) Now() time.Time { return clock.System{}.Now().Add(time.Duration(m.ahead.Load())) }

func serve(ctx context.Context, set settings) error {
	c := &moved{}
	c.ahead.Store(int64(set.Start.Sub(c.Now())))
	if _, err := app.Migrate(ctx, set.Settings); err != nil {
		return err
	}
	a, err := app.New(set.Settings, "clockdesk", app.Parts{Clock: c})
	if err != nil {
		return err
	}
	if err := people(ctx, a, set); err != nil {
		return errors.Join(err, a.Close())
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", set.Listen)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	door := &http.Server{Addr: set.Clock, Handler: c.door(a.Worker.Wake), ReadHeaderTimeout: time.Second}
	go func() {
		if err := door.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("nobody can move the clock", "error", err)
		}
	}()
	err = a.Run(ctx, l)
	return errors.Join(err, door.Close(), a.Close())
}

func people(ctx context.Context, a *app.App, set settings) error {
	hash, err := a.User.Passwords().Hash(ctx, set.Password)
	if err != nil {
		return err
	}
	for name, role := range set.People {
		if _, err := a.User.Create(ctx, authz.System("clockdesk"), user.Draft{
			Username: name, Email: name + "@example.org", Role: role, PasswordHash: hash, Active: true, Verified: true,
		}); err != nil {
			return err
		}
	}
	return nil
}

// door answers POST ?by=90m: the clock goes forward, and what is due then is looked
// for at once. GET tells the time.
func (m *moved) door(wake func()) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			by, err := time.ParseDuration(r.URL.Query().Get("by"))
			if err != nil || by < 0 {
				http.Error(w, "by: a duration such as 90m", http.StatusBadRequest)
				return
			}
			m.ahead.Add(int64(by))
			wake()
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]time.Time{"now": m.Now()})
	})
}
