// Package sheet writes tables for spreadsheets: CSV and Excel, row by row, with
// text that a spreadsheet never takes for a formula.
package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Number is a decimal number as its digits say it.
type Number string

// Writer takes the rows of a table. A value is nil, a string, an int, an int64, a
// Number, a bool, a time.Time or a time.Duration. Nothing is complete before Close.
type Writer interface {
	Row(values []any) error
	// Flush hands on what was written so far, where that is possible.
	Flush() error
	Close() error
}

// Mark is the byte order mark that a CSV begins with: without it, Excel takes
// UTF-8 for the code page of the machine.
const Mark = "\uFEFF"

// formula are the characters with which a spreadsheet may begin a formula, the
// full-width ones among them.
const formula = "=+-@\t\r\n＝＋－＠"

// Safe returns a text such that no spreadsheet takes it for a formula: an
// apostrophe goes before it when it begins like one. Plain undoes it.
func Safe(text string) string {
	if suspicious(text) {
		return "'" + text
	}
	return text
}

// Plain returns a text as it was before Safe.
func Plain(text string) string {
	if rest, ok := strings.CutPrefix(text, "'"); ok && suspicious(rest) {
		return rest
	}
	return text
}

// suspicious texts begin like a formula, or like one that was made safe: else
// Plain could not tell them apart.
func suspicious(text string) bool {
	rest := strings.TrimLeft(text, "'")
	for _, first := range rest {
		return strings.ContainsRune(formula, first)
	}
	return false
}

type csvWriter struct {
	out    *csv.Writer
	record []string
}

// NewCSV begins a CSV (UTF-8 with byte order mark, lines that end with LF: with
// CR LF the writer would change the texts). Times are RFC 3339
// in UTC, durations whole seconds.
func NewCSV(out io.Writer) (Writer, error) {
	if _, err := io.WriteString(out, Mark); err != nil {
		return nil, fmt.Errorf("write the table: %w", err)
	}
	return &csvWriter{out: csv.NewWriter(out)}, nil
}

func (w *csvWriter) Row(values []any) error {
	w.record = w.record[:0]
	for _, v := range values {
		w.record = append(w.record, csvText(v))
	}
	return w.out.Write(w.record)
}

func csvText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return Safe(v)
	case Number:
		return string(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case time.Duration:
		return strconv.FormatInt(int64(v/time.Second), 10)
	}
	return Safe(fmt.Sprint(v))
}

func (w *csvWriter) Flush() error {
	w.out.Flush()
	return w.out.Error()
}

func (w *csvWriter) Close() error { return w.Flush() }
