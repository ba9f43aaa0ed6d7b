package csv

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// rowsOf reads a whole text, errors in their place.
func rowsOf(t *testing.T, text string, columns int) []string {
	t.Helper()
	r := newReader(strings.NewReader(text), ',')
	r.columns = columns
	var out []string
	for {
		got, err := r.next()
		var bad *lineError
		switch {
		case errors.Is(err, io.EOF):
			if int(r.offset) != len(strings.TrimPrefix(text, byteOrderMark)) {
				t.Errorf("%d of %d bytes are accounted for", r.offset, len(text))
			}
			return out
		case errors.As(err, &bad):
			out = append(out, fmt.Sprintf("%d!", bad.line))
		case err != nil:
			t.Fatal(err)
		default:
			out = append(out, fmt.Sprintf("%d%q", got.line, got.fields))
		}
	}
}

func TestReader(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"plain":                {"a,b\nc,d\n", `[1["a" "b"] 2["c" "d"]]`},
		"no end, CRLF, mark":   {"\uFEFFa,b\r\nc,d", `[1["a" "b"] 2["c" "d"]]`},
		"quoted mark":          {"\uFEFF\"a\",b\n", `[1["a" "b"]]`},
		"blank lines":          {"a,b\n\n\r\nc,d\n", `[1["a" "b"] 4["c" "d"]]`},
		"over lines":           {"\"a\nb\",\"c\n\nd\"\ne,f\n", `[1["a\nb" "c\n\nd"] 5["e" "f"]]`},
		"doubled quotes":       {"\"a\"\"\nb\",c\nd,e\n", `[1["a\"\nb" "c"] 3["d" "e"]]`},
		"bare quotes":          {"5\" disk,b\n3\" disk,d\ne,f\n", `[1! 2! 3["e" "f"]]`},
		"never closed":         {"a,b\n\"c,d\ne,f\n", `[1["a" "b"] 2! 3["e" "f"]]`},
		"closed by the next":   {"\"a,b\nc,d\n\"e\",f\ng,h\n", `[1! 2["c" "d"] 3["e" "f"] 4["g" "h"]]`},
		"swallows and fits":    {"\"a,b\nc,\"d\ne,f\n", `[1! 2! 3["e" "f"]]`},
		"columns":              {"a\nb,c,d\ne,f\n", `[1! 2! 3["e" "f"]]`},
		"bytes":                {"\xff,b\nc,d\n", `[1! 2["c" "d"]]`},
		"text behind a quote":  {"\"a\"b,c\nd,e\n", `[1! 2["d" "e"]]`},
		"only an opened quote": {"\"", `[1!]`},
		"empty":                {"", `[]`},
	} {
		if got := fmt.Sprint(rowsOf(t, c.text, 2)); got != c.want {
			t.Errorf("%s: %s, wanted %s", name, got, c.want)
		}
	}
}

// FuzzReader looks for texts on which the reader hangs, loses count or invents
// rows with another number of columns.
func FuzzReader(f *testing.F) {
	for _, s := range []string{"a,b\n", "\"a\nb\",c\n\"", "a\"b,c\n\"d,e\n", "\r\n\"\"\"\n,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Count(text, "\n") + 1
		if got := rowsOf(t, text, 2); len(got) > lines {
			t.Errorf("%d records of %d lines", len(got), lines)
		}
	})
}

func TestDates(t *testing.T) {
	for _, c := range []struct{ format, zone, text, want string }{
		{"", "", "2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05.678901Z"},
		{"", "", "2026-01-02 03:04:05+02:00", "2026-01-02T01:04:05Z"},
		{"", "Europe/Berlin", "2026-07-02 03:04", "2026-07-02T01:04:00Z"},
		{"", "", "2026-01-02", "2026-01-02T00:00:00Z"},
		{"DD-MM-YYYY hh:mm", "", "29-02-2016 01:16", "2016-02-29T01:16:00Z"},
		{"M/D/YYYY hh:mm:ss AM", "", "7/4/2026 09:05:06 PM", "2026-07-04T21:05:06Z"},
		{"D MMM YY", "", "4 Jul 26", "2026-07-04T00:00:00Z"},
		{"DD-MM-YYYY", "", "31-02-2016", ""},
		{"DD-MM-YYYY", "", "2016-02-01", ""},
		{"", "", "0001-01-01", ""},
	} {
		var formats []string
		if c.format != "" {
			formats = []string{c.format}
		}
		d, err := newDates(formats, c.zone)
		if err != nil {
			t.Errorf("%s: %v", c.format, err)
			continue
		}
		got, err := d.parse(c.text)
		if (err != nil) != (c.want == "") || (err == nil && got.Format(time.RFC3339Nano) != c.want) {
			t.Errorf("%s as %q: %s, %v; wanted %s", c.text, c.format, got, err, c.want)
		}
	}
	for _, wrong := range []string{"tt.mm.jjjj", "YYYY", "%d-%m-%Y"} {
		if _, err := newDates([]string{wrong}, ""); err == nil {
			t.Errorf("%q was taken for a format", wrong)
		}
	}
	if _, err := newDates(nil, "Mars/Olympus"); err == nil {
		t.Error("Mars was taken for a time zone")
	}
}

func TestMapping(t *testing.T) {
	header := []string{"a", "b c", "d,e"}
	for _, c := range []struct {
		spec, target string
		fields       []string
		want         string
	}{
		{"title=a", "title", []string{" x ", "", ""}, " x "},
		{"title=a|b c", "title", []string{" ", "y", ""}, "y"},
		{"title=a|'none'", "title", []string{"", "", ""}, "none"},
		{"title=a|'none'", "title", []string{"?", "", ""}, "none"},
		{`title='{a}: {b c}\n{d,e} it\'s'`, "title", []string{"1", "2", "3"}, "1: 2\n3 it's"},
		{`title='{a}\nWhere: {b c}\nend'`, "title", []string{"1", "?", ""}, "1\nend"},
		{`title="{a}"|'b'`, "title", []string{"", "", ""}, "b"},
		{"title=b c , priority=a{1:urgent,*:low}", "priority", []string{"1", "", ""}, "urgent"},
		{"priority=a{1 - High:high,*:low}", "priority", []string{"1 - HIGH", "", ""}, "high"},
		{"priority=a{1:urgent,*:low}", "priority", []string{"7", "", ""}, "low"},
		{"priority=a{1:urgent,*:low}", "priority", []string{"", "", ""}, ""},
		{"priority=a{1:urgent,:medium}", "priority", []string{"", "", ""}, "medium"},
	} {
		m, err := parseMapping([]string{c.spec})
		if err == nil {
			err = m.bind(header)
		}
		if err != nil {
			t.Errorf("%s: %v", c.spec, err)
			continue
		}
		got, _, err := values{mapping: m, fields: c.fields, null: []string{"?"}}.get(c.target)
		if err != nil || got != c.want {
			t.Errorf("%s of %q: %q, %v; wanted %q", c.spec, c.fields, got, err, c.want)
		}
	}
}

func TestEncodings(t *testing.T) {
	for name, raw := range map[string]string{"utf-8": "Käse", "windows-1252": "K\xe4se", "latin-1": "K\xe4se", "utf-16": "\xff\xfeK\x00\xe4\x00s\x00e\x00"} {
		e, err := decoderOf(name)
		if err != nil {
			t.Fatal(err)
		}
		var in io.Reader = strings.NewReader(raw)
		if e != nil {
			in = e.NewDecoder().Reader(in)
		}
		if got, err := newReader(in, ';').next(); err != nil || got.fields[0] != "Käse" {
			t.Errorf("%s: %q, %v", name, got.fields, err)
		}
	}
	if _, err := decoderOf("ebcdic"); err == nil {
		t.Error("EBCDIC is not known")
	}
	for text, want := range map[string]rune{"": ',', ";": ';', "tab": '\t', `\t`: '\t', "|": '|'} {
		if got, err := delimiter(text); err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, wrong := range []string{"ab", `"`, "\n"} {
		if _, err := delimiter(wrong); err == nil {
			t.Errorf("%q was taken for a delimiter", wrong)
		}
	}
}
