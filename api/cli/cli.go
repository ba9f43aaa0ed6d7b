// Package cli is the command line: it reads the settings, builds what a command
// needs, and says in one line what went wrong.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/fixdesk/fixdesk/api/platform/config"
)

// version is set when a release is built.
var version = "dev"

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// commands is the whole command line.
type commands struct {
	config.Settings `embed:"" group:"Settings"`

	ConfigFile kong.ConfigFlag `help:"File with settings, as JSON." name:"config" env:"FIXDESK_CONFIG" type:"path"`

	Serve       serveCmd       `cmd:"" help:"Migrate the database and serve the desk."`
	Migrate     migrateCmd     `cmd:"" help:"Bring the database to this program's schema, or show where it stands."`
	User        userCmd        `cmd:"" help:"Create, list and mend accounts."`
	Demo        demoCmd        `cmd:"" help:"Fill the database with believable people, tickets and conversations."`
	Import      importCmd      `cmd:"" help:"Take tickets over from elsewhere."`
	Backup      backupCmd      `cmd:"" help:"Write the whole database into a file."`
	Attachment  attachmentCmd  `cmd:"" help:"Attachments."`
	Restore     restoreCmd     `cmd:"" help:"Fill an empty database from a backup."`
	Healthcheck healthcheckCmd `cmd:"" help:"Ask a running server whether it is alive; for container health checks."`
	Version     versionCmd     `cmd:"" help:"Show the version."`
}

// world is what a command gets to work with.
type world struct {
	ctx context.Context //nolint:containedctx // lives as long as the command
	in  io.Reader
	out io.Writer
	err io.Writer
	set config.Settings
}

// usage marks a mistake in how the command was called.
type usage struct{ error }

// Run runs the command line and returns the exit code.
func Run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, args, os.Stdin, os.Stdout, os.Stderr)
}

func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	fail := func(code int, err error) int {
		_, _ = fmt.Fprintf(errOut, "fixdesk: %s\n", oneLine(err))
		return code
	}
	if err := config.LoadSecretFiles(); err != nil {
		return fail(exitUsage, err)
	}
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("fixdesk"),
		kong.Description("An IT support ticket system that a company runs itself."),
		kong.Configuration(fromFile), kong.Writers(out, errOut), kong.UsageOnError(),
		kong.Exit(func(code int) { exited = code }))
	if err != nil {
		return fail(exitFailed, err)
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		return fail(exitUsage, err)
	}
	if err := c.Check(); err != nil {
		return fail(exitUsage, err)
	}
	logTo(errOut, c.LogLevel)
	err = parsed.Run(&world{ctx: ctx, in: in, out: out, err: errOut, set: c.Settings})
	var wrong usage
	switch {
	case errors.As(err, &wrong):
		return fail(exitUsage, err)
	case err != nil:
		return fail(exitFailed, err)
	}
	return exitDone
}

// fromFile reads the settings file, which gives way to the environment.
func fromFile(r io.Reader) (kong.Resolver, error) {
	file, err := kong.JSON(r)
	if err != nil {
		return nil, err
	}
	return kong.ResolverFunc(func(c *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
		for _, name := range flag.Envs {
			if os.Getenv(name) != "" {
				return nil, nil //nolint:nilnil // how kong spells "not mine"
			}
		}
		return file.Resolve(c, parent, flag)
	}), nil
}

// logTo writes the log as JSON lines, times in UTC.
func logTo(w io.Writer, level string) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{
		Level: l,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				a.Value = slog.TimeValue(a.Value.Time().UTC())
			}
			return a
		},
	})))
}

// oneLine joins the lines of an error, so that scripts can read it.
func oneLine(err error) string {
	out := []rune{}
	for _, r := range err.Error() {
		if r == '\n' {
			out = append(out, ';', ' ')
			continue
		}
		out = append(out, r)
	}
	return string(out)
}
