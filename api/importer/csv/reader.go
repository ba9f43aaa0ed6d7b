package csv

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A record ends where its quotes are balanced. One that has not ended within
// these limits is broken: a quote that is never closed would swallow the rest of
// the file.
const (
	maxRecordLines = 5000
	maxRecordBytes = 16 << 20
)

// byteOrderMark is what some programs write before UTF-8.
const byteOrderMark = "\uFEFF"

// row is a record of the file.
type row struct {
	line   int64 // where it begins, from 1
	fields []string
	raw    string
}

// lineError is a line that cannot be read.
type lineError struct {
	line   int64
	reason string
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.reason) }

// reader splits a file into records such that a broken one costs one line and
// not the rest of the file: after it, reading goes on with the next line.
type reader struct {
	in      *bufio.Reader
	comma   rune
	columns int      // 0 until the header is read
	pending []string // lines that were read ahead
	line    int64    // lines taken so far
	atEnd   bool
	offset  int64 // bytes taken so far, for progress
}

func newReader(in io.Reader, comma rune) *reader {
	r := &reader{in: bufio.NewReaderSize(in, 1<<16), comma: comma}
	if mark, err := r.in.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		_, _ = r.in.Discard(len(byteOrderMark))
	}
	return r
}

// peek returns the line that is n lines ahead, with its end.
func (r *reader) peek(n int) (string, bool, error) {
	for len(r.pending) <= n && !r.atEnd {
		line, err := r.readLine()
		if errors.Is(err, io.EOF) {
			r.atEnd = true
		} else if err != nil {
			return "", false, fmt.Errorf("read the file: %w", err)
		}
		if line != "" {
			r.pending = append(r.pending, line)
		}
	}
	if n >= len(r.pending) {
		return "", false, nil
	}
	return r.pending[n], true, nil
}

// readLine reads to the end of a line, but no more than a record may have: of a
// longer one the rest follows as if it were the next line, to be refused.
func (r *reader) readLine() (string, error) {
	var b strings.Builder
	for {
		part, err := r.in.ReadSlice('\n')
		b.Write(part)
		if !errors.Is(err, bufio.ErrBufferFull) || b.Len() > maxRecordBytes {
			if errors.Is(err, bufio.ErrBufferFull) {
				err = nil
			}
			return b.String(), err
		}
	}
}

func (r *reader) take(n int) {
	for _, l := range r.pending[:n] {
		r.offset += int64(len(l))
		if strings.HasSuffix(l, "\n") || r.atEnd {
			r.line++
		}
	}
	r.pending = r.pending[n:]
}

// next returns the next record, a *lineError for a line that is broken, or
// io.EOF.
func (r *reader) next() (row, error) {
	for {
		first, ok, err := r.peek(0)
		if err != nil {
			return row{}, err
		}
		if !ok {
			return row{}, io.EOF
		}
		if strings.Trim(first, "\r\n") != "" {
			break
		}
		r.take(1)
	}
	at := r.line + 1
	broken := func(format string, args ...any) (row, error) {
		r.take(1)
		return row{line: at}, &lineError{at, fmt.Sprintf(format, args...)}
	}
	var text strings.Builder
	quotes, lines := 0, 0
	for lines == 0 || quotes%2 == 1 {
		l, ok, err := r.peek(lines)
		if err != nil {
			return row{}, err
		}
		if !ok {
			return broken("a quote is opened and never closed: searched to the end of the file")
		}
		if lines >= maxRecordLines || text.Len()+len(l) > maxRecordBytes {
			return broken("a quote is opened and not closed: searched %d lines", lines)
		}
		text.WriteString(l)
		quotes += strings.Count(l, `"`)
		lines++
		if lines == 1 && quotes%2 == 1 {
			// What is wrong before any quote is opened, no later line can mend.
			if _, reason, bare := r.parse(l); bare {
				return broken("%s", reason)
			}
		}
	}
	raw := text.String()
	if !utf8.ValidString(raw) {
		if lines > 1 {
			return broken("not valid UTF-8, or a quote that is not closed")
		}
		return broken("not valid UTF-8: --encoding names another one")
	}
	fields, reason, _ := r.parse(raw)
	switch {
	case reason != "" && lines > 1:
		return broken("a quote is not closed, or misplaced: %s", reason)
	case reason != "":
		return broken("%s", reason)
	case r.columns > 0 && len(fields) != r.columns && lines > 1:
		return broken("%d columns in place of %d: or a quote that is not closed", len(fields), r.columns)
	case r.columns > 0 && len(fields) != r.columns:
		return broken("wrong number of columns: %d in place of %d", len(fields), r.columns)
	}
	r.take(lines)
	return row{line: at, fields: fields, raw: raw}, nil
}

// parse takes one record apart, or says what is wrong with it; bare is true for
// a quote in a field that is not quoted.
func (r *reader) parse(raw string) (fields []string, reason string, bare bool) {
	c := csv.NewReader(strings.NewReader(raw))
	c.Comma = r.comma
	c.FieldsPerRecord = -1
	fields, err := c.Read()
	var wrong *csv.ParseError
	switch {
	case errors.As(err, &wrong) && errors.Is(err, csv.ErrQuote):
		return nil, fmt.Sprintf("misplaced quote: column %d", wrong.Column), false
	case errors.As(err, &wrong) && errors.Is(err, csv.ErrBareQuote):
		return nil, fmt.Sprintf("quote in a field that is not quoted: column %d", wrong.Column), true
	case err != nil:
		return nil, err.Error(), false
	}
	if _, err := c.Read(); !errors.Is(err, io.EOF) {
		return nil, "misplaced quote", false
	}
	return fields, "", false
}
