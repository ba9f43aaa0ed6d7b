package csv

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// isoLayouts are read without being named.
var isoLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly,
}

// dates reads times as a file writes them.
type dates struct {
	layouts []string
	zone    *time.Location
}

// words are the parts of a date format, longest first where one begins another.
var words = []struct{ word, layout string }{
	{"YYYY", "2006"}, {"YY", "06"}, {"MMMM", "January"}, {"MMM", "Jan"}, {"MM", "01"}, {"M", "1"},
	{"DDDD", "Monday"}, {"DDD", "Mon"}, {"DD", "02"}, {"D", "2"},
	{"hh", "15"}, {"h", "3"}, {"mm", "04"}, {"ss", "05"}, {"AM", "PM"}, {"am", "pm"}, {"Z", "Z07:00"},
}

// newDates returns a reader for formats such as `DD-MM-YYYY hh:mm`; without any
// it reads ISO 8601.
func newDates(formats []string, zone string) (dates, error) {
	d := dates{zone: time.UTC, layouts: isoLayouts}
	if zone != "" {
		var err error
		if d.zone, err = time.LoadLocation(zone); err != nil {
			return d, fmt.Errorf("--time-zone: %q is no time zone; write one such as Europe/Berlin", zone)
		}
	}
	if len(formats) == 0 {
		return d, nil
	}
	d.layouts = nil
	for _, f := range formats {
		layout, err := layoutOf(f)
		if err != nil {
			return d, err
		}
		d.layouts = append(d.layouts, layout)
	}
	return d, nil
}

func layoutOf(format string) (string, error) {
	var b strings.Builder
	twelve := strings.Contains(format, "AM") || strings.Contains(format, "am")
	parts := 0
next:
	for rest := format; rest != ""; {
		for _, w := range words {
			if strings.HasPrefix(rest, w.word) {
				layout := w.layout
				if twelve && w.word == "hh" {
					layout = "03"
				}
				b.WriteString(layout)
				parts++
				rest = rest[len(w.word):]
				continue next
			}
		}
		c := rest[0]
		if c >= 'a' && c <= 'z' && c != 'T' || c >= '0' && c <= '9' {
			return "", fmt.Errorf("--date-format: %q is made of YYYY MM DD hh mm ss, for example DD-MM-YYYY hh:mm", format)
		}
		b.WriteByte(c)
		rest = rest[1:]
	}
	if parts < 3 {
		return "", fmt.Errorf("--date-format: %q names no year, month and day", format)
	}
	return b.String(), nil
}

var errDate = errors.New("not a date in the given format")

// parse reads a time, to the microsecond.
func (d dates) parse(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	for _, l := range d.layouts {
		t, err := time.ParseInLocation(l, s, d.zone)
		if err != nil {
			continue
		}
		if t.Year() < 1900 || t.Year() > 2200 {
			return t, errors.New("a year out of range")
		}
		return t.UTC().Truncate(time.Microsecond), nil
	}
	return time.Time{}, errDate
}
