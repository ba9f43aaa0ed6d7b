package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/importer/csv"
	"github.com/fixdesk/fixdesk/api/importer/django"
)

type importCmd struct {
	CSV    importCSVCmd    `cmd:"" name:"csv" help:"Import tickets from a CSV file."`
	Django importDjangoCmd `cmd:"" help:"Import people, tickets and comments from Django's dumpdata."`
}

// importFlags are common to all sources.
type importFlags struct {
	File      string `arg:"" help:"The file to import." type:"existingfile"`
	DryRun    bool   `help:"Report what would happen and write nothing."`
	Source    string `help:"Name under which records are remembered, so that running the import again takes nothing twice; default: the file's name."`
	Report    string `help:"Write what became of each record into this file: JSON if it ends in .json, else CSV." type:"path"`
	Requester string `help:"Username or address of who reports tickets that name nobody known here."`
	TimeZone  string `help:"Time zone of times that name none, such as Europe/Berlin; default UTC."`
}

type importCSVCmd struct {
	importFlags `embed:""`

	Map         []string `help:"target=column pairs; see docs/guide/import.md." sep:"none" required:""`
	Events      bool     `help:"Rows with the same key are successive states of one ticket."`
	OrderBy     []string `help:"Columns that put the states of a ticket in order."`
	DateFormat  []string `help:"Format of times, such as DD-MM-YYYY hh:mm; default ISO 8601." sep:"none"`
	Null        []string `help:"What the file writes for nothing, such as ? or NULL." sep:"none"`
	Delimiter   string   `help:"One character, or tab." default:","`
	Encoding    string   `help:"utf-8, utf-16, windows-1252, latin-1 or iso-8859-15." default:"utf-8"`
	CreateUsers bool     `help:"Make inactive accounts for people who are not known here."`
}

// Run imports the file.
func (c importCSVCmd) Run(w *world) error {
	return c.run(w, "line", func(d importer.Desk, source importer.Source, report *importer.Report, progress func(int64)) error {
		err := csv.Import(w.ctx, d, func() (io.ReadCloser, error) { return os.Open(c.File) }, csv.Options{
			Map: c.Map, Events: c.Events, OrderBy: c.OrderBy, DateFormats: c.DateFormat, TimeZone: c.TimeZone,
			Null: c.Null, Delimiter: c.Delimiter, Encoding: c.Encoding, Requester: c.Requester,
			CreateUsers: c.CreateUsers, DryRun: c.DryRun, Source: source, Progress: progress,
			Say: func(m string) { _, _ = fmt.Fprintln(w.err, m) },
		}, report)
		var wrong *csv.OptionError
		if errors.As(err, &wrong) {
			return usage{err}
		}
		return err
	})
}

type importDjangoCmd struct {
	importFlags `embed:""`
}

// Run imports the dump.
func (c importDjangoCmd) Run(w *world) error {
	return c.run(w, "object", func(d importer.Desk, source importer.Source, report *importer.Report, progress func(int64)) error {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		err = django.Import(w.ctx, d, f, django.Options{
			DryRun: c.DryRun, Source: source, Requester: c.Requester, TimeZone: c.TimeZone, Progress: progress,
		}, report)
		var wrong *django.OptionError
		if errors.As(err, &wrong) {
			err = usage{err}
		}
		return errors.Join(err, f.Close())
	})
}

// run prepares an import and shows its report, also when it ends early.
func (f importFlags) run(w *world, noun string, do func(importer.Desk, importer.Source, *importer.Report, func(int64)) error) error {
	name := f.Source
	if name == "" {
		name = filepath.Base(f.File)
	}
	source, err := importer.NewSource(name)
	if err != nil {
		return usage{err}
	}
	info, err := os.Stat(f.File)
	if err != nil {
		return err
	}
	var sink importer.Sink
	if f.Report != "" {
		out, err := os.OpenFile(f.Report, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return usage{fmt.Errorf("--report: %w", err)}
		}
		if sink, err = importer.NewSink(f.Report, out); err != nil {
			return err
		}
	}
	report := importer.NewReport(sink)
	return withApp(w, func(a *app.App) error {
		d := importer.Desk{DB: a.DB, Bus: a.Bus, Clock: a.Clock, Users: a.User, Tickets: a.Ticket}
		bar := newProgress(w.err, "bytes")
		err := do(d, source, report, func(done int64) { bar.show(min(done, info.Size()), info.Size()) })
		bar.done()
		if wrong := (usage{}); errors.As(err, &wrong) {
			return errors.Join(err, report.Close())
		}
		return errors.Join(err, report.Summary(w.out, noun, f.DryRun), report.Close())
	})
}
