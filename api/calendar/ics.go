package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"

	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// File is what an iCalendar file (RFC 5545) holds for a calendar.
type File struct {
	New     []Holiday // that the calendar does not have yet
	Known   int       // days that it has already
	Skipped []string  // the names of what does not last whole days
}

// How far from today days that come back every year are written down.
const (
	yearsBack  = 1
	yearsAhead = 5
	maxSkipped = 20 // names that are told
)

// readFile reads the whole-day events of a file. Anything that cannot be
// understood makes the whole file wrong: half of a year's holidays would be
// worse than none.
func readFile(text string, c Calendar, today Date) (File, error) {
	var f File
	wrong := func(format string, args ...any) (File, error) {
		return File{}, fault.Field("ics", "This file cannot be used: %s. Nothing was imported.", fmt.Sprintf(format, args...))
	}
	trimmed := strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if !strings.HasPrefix(trimmed, "BEGIN:VCALENDAR") {
		return wrong("it does not begin with BEGIN:VCALENDAR, as iCalendar files do")
	}
	if !strings.HasSuffix(trimmed, "END:VCALENDAR") {
		return wrong("it does not end with END:VCALENDAR, so something is missing")
	}
	parsed, err := parse(trimmed)
	if err != nil {
		return wrong("%s", err)
	}
	events := parsed.Events()
	if len(events) == 0 {
		return wrong("it has no events")
	}
	if len(events) > maxHolidays {
		return wrong("it has more than %d events", maxHolidays)
	}
	have := map[string]bool{}
	key := func(h Holiday) string { return h.First.String() + h.Last.String() + h.Name }
	for _, h := range c.Holidays {
		have[key(h)] = true
	}
	for i, e := range events {
		days, name, err := daysOf(e, today)
		if err != nil {
			return wrong("event %d (%s): %s", i+1, name, err)
		}
		if days == nil && len(f.Skipped) < maxSkipped {
			f.Skipped = append(f.Skipped, name)
		}
		for _, h := range days {
			if have[key(h)] {
				f.Known++
				continue
			}
			have[key(h)] = true
			f.New = append(f.New, h)
		}
		if len(f.New)+len(c.Holidays) > maxHolidays {
			return wrong("a calendar may have at most %d holidays", maxHolidays)
		}
	}
	slices.SortStableFunc(f.New, func(a, b Holiday) int { return int(a.First - b.First) })
	return f, nil
}

// parse keeps what a hostile file does to the parser from going further.
func parse(text string) (c *ical.Calendar, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it is malformed")
		}
	}()
	return ical.ParseCalendar(strings.NewReader(text))
}

// daysOf returns the days of an event; nil when it does not last whole days.
func daysOf(e *ical.VEvent, today Date) (days []Holiday, name string, err error) {
	name = "without a name"
	if p := e.GetProperty(ical.ComponentPropertySummary); p != nil && strings.TrimSpace(p.Value) != "" {
		name = strings.TrimSpace(ical.FromText(p.Value))
	}
	if r := []rune(name); len(r) > maxName {
		name = string(r[:maxName])
	}
	if p := e.GetProperty(ical.ComponentPropertyStatus); p != nil && p.Value == string(ical.ObjectStatusCancelled) {
		return []Holiday{}, name, nil
	}
	start := e.GetProperty(ical.ComponentPropertyDtStart)
	if start == nil {
		return nil, name, fmt.Errorf("has no DTSTART")
	}
	first, whole, err := wholeDay(start.Value)
	if err != nil || !whole {
		return nil, name, err
	}
	h := Holiday{First: first, Last: first, Name: name}
	if end := e.GetProperty(ical.ComponentPropertyDtEnd); end != nil {
		after, whole, err := wholeDay(end.Value)
		if err != nil || !whole {
			return nil, name, err
		}
		h.Last = max(after-1, first) // DTEND is the day after
		if after < first {
			return nil, name, fmt.Errorf("ends before it begins")
		}
	}
	if err := h.check(); err != nil {
		return nil, name, err
	}
	rule := e.GetProperty(ical.ComponentPropertyRrule)
	if rule == nil {
		return []Holiday{h}, name, nil
	}
	days, err = repeat(e, h, rule.Value, today)
	return days, name, err
}

// wholeDay reads 20261224, or 20261224T000000 as some programs write it.
func wholeDay(value string) (Date, bool, error) {
	day, clock, timed := strings.Cut(value, "T")
	t, err := time.Parse("20060102", day)
	if err != nil {
		return 0, false, fmt.Errorf("%q is no date", value)
	}
	return DateOf(t, time.UTC), !timed || clock == "000000", nil
}

// repeat writes down the days on which a holiday comes back.
func repeat(e *ical.VEvent, h Holiday, rule string, today Date) ([]Holiday, error) {
	option, err := rrule.StrToROption(rule)
	if err != nil {
		return nil, fmt.Errorf("its RRULE cannot be understood: %w", err)
	}
	if option.Freq > rrule.DAILY {
		return nil, fmt.Errorf("its RRULE repeats within a day")
	}
	option.Dtstart = time.Unix(int64(h.First)*daySeconds, 0).UTC()
	r, err := rrule.NewRRule(*option)
	if err != nil {
		return nil, fmt.Errorf("its RRULE is wrong: %w", err)
	}
	except := map[Date]bool{}
	for _, p := range e.GetProperties(ical.ComponentPropertyExdate) {
		for _, v := range strings.Split(p.Value, ",") {
			d, _, err := wholeDay(v)
			if err != nil {
				return nil, fmt.Errorf("its EXDATE is wrong: %w", err)
			}
			except[d] = true
		}
	}
	year := time.Unix(int64(today)*daySeconds, 0).UTC().Year()
	from := time.Date(year-yearsBack, 1, 1, 0, 0, 0, 0, time.UTC)
	until := time.Date(year+yearsAhead, 12, 31, 0, 0, 0, 0, time.UTC)
	out := []Holiday{}
	for _, t := range r.Between(from, until, true) {
		d := DateOf(t, time.UTC)
		if except[d] {
			continue
		}
		if len(out) == maxHolidays {
			return nil, fmt.Errorf("it comes back more than %d times", maxHolidays)
		}
		out = append(out, Holiday{First: d, Last: d + h.Last - h.First, Name: h.Name})
	}
	return out, nil
}
