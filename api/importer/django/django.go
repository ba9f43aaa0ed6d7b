// Package django imports people, tickets and comments from the output of
// Django's dumpdata of the original ticket system. Ids and passwords are kept.
package django

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // time zones also where the system has none

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/user"
)

// Options say how a dump is taken over.
type Options struct {
	DryRun    bool
	Source    importer.Source
	Requester string // who reports tickets whose creator is gone
	TimeZone  string // of times without one; empty for UTC
	// Progress hears how much of the work is done, as bytes of the file.
	Progress func(done int64)
}

// OptionError is a mistake in the options.
type OptionError struct{ error }

// Unwrap returns the mistake itself.
func (e *OptionError) Unwrap() error { return e.error }

// File is a dump that can be read in any order.
type File interface {
	io.Reader
	io.ReaderAt
}

// batch is how many users or tickets are written in a transaction.
const batch = 300

// run is one import.
type run struct {
	importer.Desk
	Options
	file      File
	index     *index
	zone      *time.Location
	report    *importer.Report
	people    map[string]importer.Person // by reference
	ours      map[int64]bool             // accounts that came from this source
	requester *importer.Person
	names     map[int64]string // usernames by id, once all are known
	done      int64
	unreal    int64
}

// Import reads the dump and reports what became of each object. Run again, it
// takes nothing twice.
func Import(ctx context.Context, d importer.Desk, file File, o Options, report *importer.Report) error {
	r := &run{Desk: d, Options: o, file: file, report: report, people: map[string]importer.Person{}, zone: time.UTC}
	if o.TimeZone != "" {
		var err error
		if r.zone, err = time.LoadLocation(o.TimeZone); err != nil {
			return &OptionError{fmt.Errorf("--time-zone: %q is no time zone; write one such as Europe/Berlin", o.TimeZone)}
		}
	}
	if err := r.findRequester(ctx); err != nil {
		return err
	}
	var broken error
	r.index, broken = scan(file, r.skip)
	if r.index.objects == 0 && broken != nil {
		return broken
	}
	if broken != nil {
		if err := r.skip(0, broken.Error()); err != nil {
			return err
		}
	}
	for _, phase := range []func(context.Context) error{r.users, r.tickets, r.orphans} {
		if err := phase(ctx); err != nil {
			return importer.Interrupted(ctx, err)
		}
	}
	return broken
}

func (r *run) findRequester(ctx context.Context) error {
	if r.Requester == "" {
		return nil
	}
	found, err := user.Named(r.DB.Read(ctx), []string{r.Requester})
	if err != nil {
		return err
	}
	u, ok := found[r.Requester]
	if !ok {
		return &OptionError{fmt.Errorf("--requester: there is no account %q", r.Requester)}
	}
	who := importer.PersonOf(u)
	r.requester = &who
	return nil
}

func (r *run) skip(number int64, reason string) error {
	return r.report.Add(importer.Line{Line: number, Outcome: importer.Skipped, Reason: reason})
}

// told is what a batch has to report once it is committed.
type told struct {
	lines []importer.Line
	notes []note
}

type note struct {
	number int64
	text   string
}

func (t *told) note(number int64, text string) { t.notes = append(t.notes, note{number, text}) }

// batch runs build for a batch, in a transaction unless nothing is to be
// written (tx is nil), and then reports.
func (r *run) batch(ctx context.Context, objects int, build func(tx *event.Tx, read *gorm.DB) (*told, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var t *told
	var err error
	if r.DryRun {
		t, err = build(nil, r.DB.Read(ctx))
	} else {
		err = r.Batch(ctx, func(tx *event.Tx) error {
			var err error
			t, err = build(tx, tx.DB)
			return err
		})
	}
	if err != nil {
		return err
	}
	slices.SortStableFunc(t.lines, func(a, b importer.Line) int { return int(a.Line - b.Line) })
	for _, l := range t.lines {
		if err := r.report.Add(l); err != nil {
			return err
		}
	}
	for _, n := range t.notes {
		r.report.Note(n.number, n.text)
	}
	r.done += int64(objects)
	if r.Progress != nil {
		r.Progress(r.index.last() * r.done / max(r.index.objects, 1))
	}
	return nil
}

// last is where the last object ends.
func (x *index) last() int64 {
	var end int64
	for _, list := range [][]extent{x.users, x.tickets} {
		if len(list) > 0 {
			end = max(end, list[len(list)-1].to)
		}
	}
	for _, list := range x.comments {
		end = max(end, list[len(list)-1].to)
	}
	return end
}

// orphans reports the comments whose ticket is not in the dump.
func (r *run) orphans(context.Context) error {
	var all []extent
	for _, list := range r.index.comments {
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b extent) int { return int(a.number - b.number) })
	for _, e := range all {
		if err := r.skip(e.number, "comment on a ticket that is not in the dump or was skipped"); err != nil {
			return err
		}
	}
	return nil
}

// layouts are how Django writes times, with and without a time zone.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", time.DateOnly}

// at reads a time; an empty one is nil.
func (r *run) at(s string) (*time.Time, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil //nolint:nilnil // no time is no mistake
	}
	for _, l := range layouts {
		t, err := time.ParseInLocation(l, s, r.zone)
		if err != nil {
			continue
		}
		if t.Year() < 1900 || t.Year() > 2200 {
			return nil, fmt.Errorf("a year out of range: %q", s)
		}
		t = t.UTC().Truncate(time.Microsecond)
		return &t, nil
	}
	return nil, fmt.Errorf("not a time: %q", s)
}

var errNoName = errors.New("no username")
