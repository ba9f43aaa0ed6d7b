package calendar

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
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
	maxNever   = 20 // rules that never hold: to see that takes thousands of years each
)

// errNever is for a rule such as every 30 February.
var errNever = errors.New("its RRULE never holds")

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
	moved, err := movedDays(events)
	if err != nil {
		return wrong("%s", err)
	}
	have := map[string]bool{}
	key := func(h Holiday) string { return h.First.String() + h.Last.String() + h.Name }
	for _, h := range c.Holidays {
		have[key(h)] = true
	}
	never := 0
	for i, e := range events {
		days, name, err := daysOf(e, today, moved)
		if errors.Is(err, errNever) && never < maxNever {
			never++
			days, err = []Holiday{}, nil
		}
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
	c, err = ical.ParseCalendar(strings.NewReader(text))
	if err != nil && strings.Count(err.Error(), ": ") > 1 {
		// Parts within parts are told of with a sentence for each.
		return nil, errors.New("it is malformed")
	}
	return c, err
}

// movedDays are the days on which an event that comes back does not, because the
// file has an event of its own for that day (RFC 5545, section 3.8.4.4).
func movedDays(events []*ical.VEvent) (map[string]map[Date]bool, error) {
	out := map[string]map[Date]bool{}
	for i, e := range events {
		p := e.GetProperty(ical.ComponentPropertyRecurrenceId)
		if p == nil {
			continue
		}
		d, _, err := wholeDay(p.Value)
		if err != nil {
			return nil, fmt.Errorf("event %d: its RECURRENCE-ID is wrong: %w", i+1, err)
		}
		if len(p.ICalParameters["RANGE"]) > 0 {
			return nil, fmt.Errorf("event %d: its RECURRENCE-ID is about more than one day", i+1)
		}
		if out[e.Id()] == nil {
			out[e.Id()] = map[Date]bool{}
		}
		out[e.Id()][d] = true
	}
	return out, nil
}

// daysOf returns the days of an event; nil when it does not last whole days.
func daysOf(e *ical.VEvent, today Date, moved map[string]map[Date]bool) (days []Holiday, name string, err error) {
	name = "without a name"
	if p := e.GetProperty(ical.ComponentPropertySummary); p != nil {
		if words := strings.Fields(ical.FromText(p.Value)); len(words) > 0 {
			name = strings.Join(words, " ")
		}
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
	if lasts := e.GetProperty(ical.ComponentPropertyDuration); lasts != nil {
		days, ok := wholeDays(lasts.Value)
		if !ok {
			return nil, name, nil
		}
		h.Last = first + days - 1
	}
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
	days, err = repeat(e, h, today, moved[e.Id()])
	return days, name, err
}

var dayCount = regexp.MustCompile(`^\+?P(\d{1,4})([DW])$`)

// wholeDays reads a DURATION of days or weeks, which is how long a whole day may
// last (RFC 5545, section 3.6.1).
func wholeDays(value string) (Date, bool) {
	m := dayCount.FindStringSubmatch(value)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	if m[2] == "W" {
		n *= 7
	}
	return Date(n), err == nil && n > 0
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

// repeat writes down the days on which a holiday is: its own, and those on which it
// comes back, without what the file excepts or moves.
func repeat(e *ical.VEvent, h Holiday, today Date, moved map[Date]bool) ([]Holiday, error) {
	except, err := datesOf(e, ical.ComponentPropertyExdate, "EXDATE")
	if err != nil {
		return nil, err
	}
	more, err := datesOf(e, ical.ComponentPropertyRdate, "RDATE")
	if err != nil {
		return nil, err
	}
	rules := e.GetProperties(ical.ComponentPropertyRrule)
	if len(rules) > 1 {
		return nil, fmt.Errorf("it has more than one RRULE")
	}
	starts := []Date{h.First}
	if len(rules) == 1 {
		if starts, err = startsOf(rules[0].Value, h.First, today); err != nil {
			return nil, err
		}
	}
	starts = append(starts, slices.Sorted(maps.Keys(more))...)
	out, seen := []Holiday{}, map[Date]bool{}
	single := e.GetProperty(ical.ComponentPropertyRecurrenceId) != nil
	for _, d := range starts {
		if except[d] || seen[d] || (moved[d] && !single) {
			continue
		}
		if len(out) == maxHolidays {
			return nil, fmt.Errorf("it comes back more than %d times", maxHolidays)
		}
		seen[d] = true
		again := Holiday{First: d, Last: d + h.Last - h.First, Name: h.Name}
		if err := again.check(); err != nil {
			return nil, err
		}
		out = append(out, again)
	}
	return out, nil
}

// datesOf reads the dates that a property lists.
func datesOf(e *ical.VEvent, property ical.ComponentProperty, name string) (map[Date]bool, error) {
	out := map[Date]bool{}
	for _, p := range e.GetProperties(property) {
		for v := range strings.SplitSeq(p.Value, ",") {
			d, _, err := wholeDay(v)
			if err != nil {
				return nil, fmt.Errorf("its %s is wrong: %w", name, err)
			}
			out[d] = true
		}
	}
	return out, nil
}

// startsOf lists when a rule holds in the years that are written down.
func startsOf(rule string, first, today Date) ([]Date, error) {
	option, err := rrule.StrToROption(rule)
	if err != nil {
		return nil, fmt.Errorf("its RRULE cannot be understood: %w", err)
	}
	if option.Freq > rrule.DAILY {
		return nil, fmt.Errorf("its RRULE repeats within a day")
	}
	option.Dtstart = time.Unix(int64(first)*daySeconds, 0).UTC()
	r, err := rrule.NewRRule(*option)
	if err != nil {
		return nil, fmt.Errorf("its RRULE is wrong: %w", err)
	}
	year := time.Unix(int64(today)*daySeconds, 0).UTC().Year()
	from := time.Date(year-yearsBack, 1, 1, 0, 0, 0, 0, time.UTC)
	until := time.Date(year+yearsAhead, 12, 31, 0, 0, 0, 0, time.UTC)
	out := []Date{}
	next := r.Iterator()
	t, ok := next()
	if !ok {
		return nil, errNever
	}
	for ; ok && !t.After(until); t, ok = next() {
		if !t.Before(from) {
			out = append(out, DateOf(t, time.UTC))
		}
	}
	return out, nil
}
