// Package csv imports tickets from CSV files: one ticket per row, or several
// rows that are successive states of one ticket.
package csv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	_ "time/tzdata" // time zones also where the system has none
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/user"
)

// Options say how a file is read.
type Options struct {
	Map         []string // target=source pairs; see parseMapping
	Events      bool     // rows are states; those with the same key are one ticket
	OrderBy     []string // columns that put the states of a ticket in order
	DateFormats []string // such as DD-MM-YYYY hh:mm; none for ISO 8601
	TimeZone    string   // of times without one; empty for UTC
	Null        []string // what the file writes for nothing
	Delimiter   string   // empty for a comma
	Encoding    string   // empty for UTF-8
	Requester   string   // who reports what names nobody known
	CreateUsers bool     // make inactive accounts for people who are not known
	DryRun      bool
	Source      importer.Source
	// Progress hears how many bytes of the file are read.
	Progress func(done int64)
	// Say hears what the operator should know while the import runs.
	Say func(message string)
}

// batch is how many tickets are written in a transaction.
const batch = 500

// run is one import.
type run struct {
	setup *setup
	importer.Desk
	Options
	plan      plan
	order     []int // columns of OrderBy
	open      func() (io.ReadCloser, error)
	comma     rune
	decoder   encoding.Encoding
	people    *importer.People
	requester *importer.Person
	report    *importer.Report
	seen      map[digest]bool
}

// Import reads the file that open opens, more than once in events mode, and
// reports what became of each record. Run again, it takes nothing twice. An
// *OptionError says that the options are wrong and nothing was done.
func Import(ctx context.Context, d importer.Desk, open func() (io.ReadCloser, error), o Options, report *importer.Report) error {
	r := &run{
		Desk: d, Options: o, open: open, report: report,
		people: importer.NewPeople(d, o.Source, o.CreateUsers), seen: map[digest]bool{},
	}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	return importer.Interrupted(ctx, r.all(ctx))
}

// OptionError is a mistake in the options.
type OptionError struct{ error }

// Unwrap returns the mistake itself.
func (e *OptionError) Unwrap() error { return e.error }

func (r *run) prepare(ctx context.Context) error {
	var err error
	if r.plan.mapping, err = parseMapping(r.Map); err != nil {
		return &OptionError{err}
	}
	if r.plan.dates, err = newDates(r.DateFormats, r.TimeZone); err != nil {
		return &OptionError{err}
	}
	r.plan.null = r.Null
	if r.comma, err = delimiter(r.Delimiter); err != nil {
		return &OptionError{err}
	}
	if r.decoder, err = decoderOf(r.Encoding); err != nil {
		return &OptionError{err}
	}
	required := []string{toTitle, toDescription}
	if r.Events {
		required = append(required, toKey, toChanged, toStatus)
	}
	for _, target := range required {
		if r.plan.mapping[target] == nil {
			return &OptionError{fmt.Errorf("--map must say where %s comes from", target)}
		}
	}
	if r.plan.mapping[toRequester] == nil && r.Requester == "" {
		return &OptionError{errors.New("--map requester=COLUMN or --requester USERNAME must say who reports the tickets")}
	}
	if err := r.bind(); err != nil {
		return err
	}
	if r.setup, err = loadSetup(r.DB.Read(ctx), r.plan.mapping); err != nil {
		return err
	}
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

func delimiter(s string) (rune, error) {
	switch s {
	case "":
		return ',', nil
	case `\t`, "tab":
		return '\t', nil
	}
	c, n := utf8.DecodeRuneInString(s)
	if n != len(s) || strings.ContainsRune("\"\r\n\uFFFD", c) {
		return 0, fmt.Errorf("--delimiter: %q is not one character", s)
	}
	return c, nil
}

var encodings = map[string]encoding.Encoding{
	"": nil, "utf-8": nil, "utf8": nil,
	"windows-1252": charmap.Windows1252, "cp1252": charmap.Windows1252,
	"latin-1": charmap.ISO8859_1, "iso-8859-1": charmap.ISO8859_1, "iso-8859-15": charmap.ISO8859_15,
	"utf-16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
}

func decoderOf(name string) (encoding.Encoding, error) {
	e, ok := encodings[strings.ToLower(name)]
	if !ok {
		return nil, fmt.Errorf("--encoding: %q is not known; there are utf-8, utf-16, windows-1252, latin-1 and iso-8859-15", name)
	}
	return e, nil
}

// start opens the file behind its header.
func (r *run) start() (*reader, []string, func(), error) {
	f, err := r.open()
	if err != nil {
		return nil, nil, nil, err
	}
	var in io.Reader = f
	// A decoder of UTF-8 would hide what is not valid.
	if r.decoder != nil {
		in = r.decoder.NewDecoder().Reader(f)
	}
	rd := newReader(in, r.comma)
	head, err := rd.next()
	if err == nil && len(head.fields) > 0 {
		rd.columns = len(head.fields)
		return rd, head.fields, func() { _ = f.Close() }, nil
	}
	_ = f.Close()
	if errors.Is(err, io.EOF) {
		err = errors.New("the file is empty")
	}
	return nil, nil, nil, fmt.Errorf("read the header: %w", err)
}

// bind looks up the columns in the header.
func (r *run) bind() error {
	_, header, end, err := r.start()
	if err != nil {
		return err
	}
	end()
	for i, h := range header {
		header[i] = strings.TrimSpace(h)
	}
	if err := r.plan.mapping.bind(header); err != nil {
		return &OptionError{err}
	}
	for _, c := range r.OrderBy {
		i := slices.Index(header, c)
		if i < 0 {
			return &OptionError{fmt.Errorf("--order-by: the file has no column %q", c)}
		}
		r.order = append(r.order, i)
	}
	return nil
}

// skip reports a line that is left out.
func (r *run) skip(line int64, reason string) error {
	return r.report.Add(importer.Line{Line: line, Outcome: importer.Skipped, Reason: reason})
}

// groups opens the file and says how its rows are put together.
func (r *run) groups() (next func() (group, error), rd *reader, end func(), err error) {
	scattering := false
	if r.Events {
		first, _, end, err := r.start()
		if err != nil {
			return nil, nil, nil, err
		}
		joined, err := together(&single{r: first, plan: r.plan, broken: func(int64, string) error { return nil }, seen: map[digest]int{}})
		end()
		if err != nil {
			return nil, nil, nil, err
		}
		scattering = !joined
	}
	rd, _, end, err = r.start()
	if err != nil {
		return nil, nil, nil, err
	}
	s := single{r: rd, plan: r.plan, broken: r.skip, seen: map[digest]int{}}
	switch {
	case scattering:
		r.Say("The rows of some tickets do not follow each other: the whole file is kept in memory.")
		return (&scattered{single: s}).next, rd, end, nil
	case r.Events:
		return (&adjacent{single: s}).next, rd, end, nil
	}
	return s.next, rd, end, nil
}

// all imports the file, batch by batch.
func (r *run) all(ctx context.Context) error {
	next, rd, end, err := r.groups()
	if err != nil {
		return err
	}
	defer end()
	var drafts []draft
	flush := func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := r.write(ctx, drafts)
		drafts = drafts[:0]
		if r.Progress != nil {
			r.Progress(rd.offset)
		}
		return err
	}
	for {
		g, err := next()
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return err
		}
		d, ok, err := r.read(g)
		if err != nil {
			return err
		}
		if ok {
			drafts = append(drafts, d)
		}
		if len(drafts) == batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// read makes a draft of a group, or reports why there is none.
func (r *run) read(g group) (draft, bool, error) {
	refuse := func(reason string) (draft, bool, error) {
		return draft{}, false, r.report.Add(importer.Line{Line: g.rows[0].line, Key: g.key, Outcome: importer.Skipped, Reason: reason})
	}
	if r.seen[digestOf(g.key)] {
		return refuse("the same key came earlier in this file: " + g.key)
	}
	r.seen[digestOf(g.key)] = true
	var d draft
	var err error
	if r.Events {
		d, err = r.plan.story(g, r.order, r.skip)
	} else if d, err = r.plan.draft(g.rows[0]); err == nil {
		d.settle()
	}
	if err != nil {
		return refuse(err.Error())
	}
	d.key = g.key
	return d, true, nil
}

// write imports a batch of drafts in one transaction, together with the memory
// of them, and then reports them.
func (r *run) write(ctx context.Context, drafts []draft) error {
	if len(drafts) == 0 {
		return nil
	}
	// Lists show tickets in the order of their ids.
	slices.SortStableFunc(drafts, func(a, b draft) int { return a.created.Compare(b.created) })
	b := &batchRun{run: r, drafts: drafts}
	var err error
	if r.DryRun {
		err = b.build(nil, r.DB.Read(ctx))
	} else {
		err = r.Batch(ctx, func(tx *event.Tx) error {
			if err := b.build(tx, tx.DB); err != nil {
				return err
			}
			return b.store(tx)
		})
	}
	if err != nil {
		return err
	}
	return b.tell()
}
