package importer

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Outcome is what became of a record.
type Outcome string

// The outcomes.
const (
	Taken   Outcome = "taken"
	Before  Outcome = "taken before" // by an earlier run
	Skipped Outcome = "skipped"
)

// Line is one line of a report.
type Line struct {
	Line    int64   `json:"line,omitempty"` // in the file, or the object's number, from 1; 0 for the file as a whole
	Key     string  `json:"key,omitempty"`
	Outcome Outcome `json:"outcome"`
	ID      int64   `json:"id,omitempty"` // of the ticket or account
	Reason  string  `json:"reason,omitempty"`
	// Notes say what of a record that was taken was left out, and from which column.
	Notes []string `json:"notes,omitempty"`
}

// Sink takes the lines of a report as they come.
type Sink interface {
	Put(l Line) error
	Close() error
}

// Report counts what an import did, and says why it left things out.
type Report struct {
	Counts  map[Outcome]int64
	reasons map[string]int64
	notes   map[string]int64
	first   map[string]int64 // first line of a reason or note
	sink    Sink
}

// NewReport returns an empty report whose lines also go to the sink, if any.
func NewReport(sink Sink) *Report {
	return &Report{Counts: map[Outcome]int64{}, reasons: map[string]int64{}, notes: map[string]int64{}, first: map[string]int64{}, sink: sink}
}

// Add counts a record. A reason may end in details after a colon, which are
// listed but not counted apart.
func (r *Report) Add(l Line) error {
	r.Counts[l.Outcome]++
	if l.Outcome == Skipped {
		r.count(r.reasons, l.Reason, l.Line)
	}
	if r.sink == nil {
		return nil
	}
	return r.sink.Put(l)
}

// Note counts something that a reader should know about a record that was
// taken all the same.
func (r *Report) Note(line int64, note string) { r.count(r.notes, note, line) }

func (r *Report) count(in map[string]int64, what string, line int64) {
	what, _, _ = strings.Cut(what, ": ")
	in[what]++
	if first, ok := r.first[what]; !ok || (line > 0 && line < first) {
		r.first[what] = line
	}
}

// Close ends the listing.
func (r *Report) Close() error {
	if r.sink == nil {
		return nil
	}
	return r.sink.Close()
}

// Summary writes the counts for people. noun names the numbering: "line".
func (r *Report) Summary(w io.Writer, noun string, dryRun bool) error {
	b := bufio.NewWriter(w)
	verb := "taken"
	if dryRun {
		verb = "would be taken (dry run: nothing was written)"
	}
	_, _ = fmt.Fprintf(b, "%7d %s\n%7d taken before\n%7d skipped\n", r.Counts[Taken], verb, r.Counts[Before], r.Counts[Skipped])
	r.list(b, "skipped because:", r.reasons, noun)
	r.list(b, "to know:", r.notes, noun)
	return b.Flush()
}

func (r *Report) list(b *bufio.Writer, title string, m map[string]int64, noun string) {
	if len(m) == 0 {
		return
	}
	names := make([]string, 0, len(m))
	for k := range m {
		names = append(names, k)
	}
	slices.SortFunc(names, func(x, y string) int {
		if m[x] != m[y] {
			return int(m[y] - m[x])
		}
		return strings.Compare(x, y)
	})
	_, _ = fmt.Fprintln(b, title)
	for _, n := range names {
		_, _ = fmt.Fprintf(b, "%7d %s", m[n], n)
		if r.first[n] > 0 {
			_, _ = fmt.Fprintf(b, " (first: %s %d)", noun, r.first[n])
		}
		_, _ = fmt.Fprintln(b)
	}
}

// NewSink returns a sink that writes a listing: JSON lines when the name ends in
// .json, else CSV.
func NewSink(name string, w io.WriteCloser) (Sink, error) {
	b := bufio.NewWriter(w)
	if strings.HasSuffix(strings.ToLower(name), ".json") {
		return &jsonSink{b: b, w: w}, nil
	}
	c := csv.NewWriter(b)
	return &csvSink{c: c, b: b, w: w}, c.Write([]string{"line", "key", "outcome", "id", "reason", "notes"})
}

type csvSink struct {
	c *csv.Writer
	b *bufio.Writer
	w io.Closer
}

// Put implements Sink.
func (s *csvSink) Put(l Line) error {
	return s.c.Write([]string{number(l.Line), cell(l.Key), string(l.Outcome), number(l.ID), cell(l.Reason), cell(strings.Join(l.Notes, "; "))})
}

// Close implements Sink.
func (s *csvSink) Close() error {
	s.c.Flush()
	if err := s.c.Error(); err != nil {
		return err
	}
	if err := s.b.Flush(); err != nil {
		return err
	}
	return s.w.Close()
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// cell keeps a spreadsheet from taking a value of the file for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

type jsonSink struct {
	b     *bufio.Writer
	w     io.Closer
	begun bool
}

// Put implements Sink.
func (s *jsonSink) Put(l Line) error {
	raw, err := json.Marshal(l)
	if err != nil {
		return err
	}
	head := ",\n"
	if !s.begun {
		head, s.begun = "[\n", true
	}
	_, err = s.b.WriteString(head + string(raw))
	return err
}

// Close implements Sink.
func (s *jsonSink) Close() error {
	tail := "\n]\n"
	if !s.begun {
		tail = "[]\n"
	}
	if _, err := s.b.WriteString(tail); err != nil {
		return err
	}
	if err := s.b.Flush(); err != nil {
		return err
	}
	return s.w.Close()
}
