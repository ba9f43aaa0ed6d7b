package recurring

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/fixdesk/fixdesk/api/platform/fault"
)

const (
	startLayout = "2006-01-02T15:04"
	maxRule     = 300
	horizon     = 50 // years within which a rule has to have a date
)

// Schedule is when a recurrence is due: a rule, whose dates are counted by the
// clocks of a time zone. What is every day at nine stays at nine when the clocks
// are changed.
type Schedule struct {
	option rrule.ROption
	zone   *time.Location
}

var (
	errZone = fault.Field("zone", "Must be a time zone of the IANA database, such as Europe/Berlin.")
	pairs   = regexp.MustCompile(`^[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9,+-]+)*$`)
	// days of months, the longest that each can have
	monthDays = [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	freqs     = map[string]rrule.Frequency{"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY, "YEARLY": rrule.YEARLY}
	weekdays  = map[string]rrule.Weekday{"MO": rrule.MO, "TU": rrule.TU, "WE": rrule.WE, "TH": rrule.TH, "FR": rrule.FR, "SA": rrule.SA, "SU": rrule.SU}
)

// ParseSchedule reads a rule of RFC 5545 (section 3.3.10, without what is more
// often than daily), the local time of its first date and a zone of the IANA
// database.
func ParseSchedule(rule, start, zone string) (*Schedule, error) {
	loc, where := readZone(zone)
	at, wrong := readStart(start)
	var when error
	if wrong != "" {
		when = fault.Field("start", "%s", wrong)
	}
	s := &Schedule{option: rrule.ROption{Dtstart: at, Interval: 1, Wkst: rrule.MO}, zone: loc}
	if err := fault.All(where, when, s.read(rule)); err != nil {
		return nil, err
	}
	if err := s.fits(); err != nil {
		return nil, err
	}
	return s, nil
}

func readStart(text string) (at time.Time, wrong string) {
	at, err := time.Parse(startLayout, text)
	if err != nil || at.Year() < 2000 || at.Year() > 2099 {
		return at, "Must be a local date and time such as 2026-03-02T09:00, between 2000 and 2099."
	}
	return at, ""
}

// startRule says of every start that is none what one is, however long it is.
func startRule(text string) string {
	_, wrong := readStart(text)
	return wrong
}

func readZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errZone
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, errZone
	}
	return loc, nil
}

// Clean puts the text of a rule as it is kept.
func Clean(rule string) string {
	return strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(rule)), "RRULE:")
}

func (s *Schedule) read(rule string) error {
	rule = Clean(rule)
	if len(rule) > maxRule || !pairs.MatchString(rule) {
		return fault.Field("rule", "Must be a rule as in RFC 5545, such as FREQ=WEEKLY;BYDAY=MO.")
	}
	said := map[string]bool{}
	for _, pair := range strings.Split(rule, ";") {
		name, value, _ := strings.Cut(pair, "=")
		if said[name] {
			return fault.Field("rule", "Says %s twice.", name)
		}
		said[name] = true
		if err := s.part(name, value); err != nil {
			return err
		}
	}
	switch {
	case !said["FREQ"]:
		return fault.Field("rule", "FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY.")
	case said["COUNT"] && said["UNTIL"]:
		return fault.Field("rule", "May end after a number of times or at a date, not both.")
	}
	return nil
}

func (s *Schedule) part(name, value string) (err error) {
	o := &s.option
	switch name {
	case "FREQ":
		f, ok := freqs[value]
		if !ok {
			return fault.Field("rule", "FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY.")
		}
		o.Freq = f
	case "INTERVAL":
		o.Interval, err = number(name, value, 1, 366)
	case "COUNT":
		o.Count, err = number(name, value, 1, 10_000)
	case "UNTIL":
		o.Until, err = s.until(value)
	case "BYMONTH":
		o.Bymonth, err = numbers(name, value, 12, false)
	case "BYMONTHDAY":
		o.Bymonthday, err = numbers(name, value, 31, true)
	case "BYSETPOS":
		o.Bysetpos, err = numbers(name, value, 31, true)
	case "BYDAY":
		o.Byweekday, err = days(value)
	case "WKST":
		day, ok := weekdays[value]
		if !ok {
			return fault.Field("rule", "WKST must be a day of the week, such as MO.")
		}
		o.Wkst = day
	default:
		return fault.Field("rule", "May have FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS and WKST; the time of day is that of the start.")
	}
	return err
}

func number(name, value string, least, most int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return 0, fault.Field("rule", "The number of %s must be one from %d to %d.", name, least, most)
	}
	return n, nil
}

func numbers(name, value string, most int, negative bool) ([]int, error) {
	var out []int
	for _, text := range strings.Split(value, ",") {
		n, err := strconv.Atoi(text)
		if size := max(n, -n); err != nil || size < 1 || size > most || (n < 0 && !negative) {
			return nil, fault.Field("rule", "The numbers of %s must be ones of 1 to %d.", name, most)
		}
		out = append(out, n)
	}
	return out, nil
}

func days(value string) ([]rrule.Weekday, error) {
	var out []rrule.Weekday
	for _, text := range strings.Split(value, ",") {
		at := max(len(text)-2, 0)
		day, ok := weekdays[text[at:]]
		nth := 0
		if ok && at > 0 {
			n, err := strconv.Atoi(text[:at])
			ok = err == nil && n != 0 && max(n, -n) <= 5
			nth = n
		}
		if !ok {
			return nil, fault.Field("rule", "BYDAY must be days of the week, such as MO, 1MO for the first or -1FR for the last one.")
		}
		if nth != 0 {
			day = day.Nth(nth)
		}
		out = append(out, day)
	}
	return out, nil
}

// until reads the end: a day counts whole, a time without Z is local.
func (s *Schedule) until(value string) (time.Time, error) {
	if t, err := time.Parse("20060102", value); err == nil {
		return t.Add(24*time.Hour - time.Second), nil
	}
	if t, err := time.Parse("20060102T150405", value); err == nil {
		return t, nil
	}
	if t, err := time.Parse("20060102T150405Z", value); err == nil {
		return wall(t, s.zone), nil
	}
	return time.Time{}, fault.Field("rule", "UNTIL must be a date such as 20261231, or a date and time such as 20261231T170000Z.")
}

// fits refuses what RFC 5545 forbids together, and dates that never are.
func (s *Schedule) fits() error {
	o := s.option
	nth := false
	for _, day := range o.Byweekday {
		nth = nth || day.N() != 0
	}
	byDay := o.Freq == rrule.DAILY || o.Freq == rrule.WEEKLY
	switch {
	case nth && byDay:
		return fault.Field("rule", "The first or last day of the week goes with MONTHLY and YEARLY only.")
	case len(o.Bymonthday) > 0 && o.Freq == rrule.WEEKLY, len(o.Bysetpos) > 0 && byDay:
		return fault.Field("rule", "BYMONTHDAY and BYSETPOS go with MONTHLY and YEARLY only.")
	case len(o.Bysetpos) > 0 && len(o.Byweekday)+len(o.Bymonthday)+len(o.Bymonth) == 0:
		return fault.Field("rule", "BYSETPOS chooses among days; say BYDAY or BYMONTHDAY, too.")
	}
	if _, ok := s.after(o.Dtstart.Add(-time.Second)); !s.possible() || !ok {
		return fault.Field("rule", "Has no date in the next %d years.", horizon)
	}
	return nil
}

// possible reports whether one of the months has one of the days.
func (s *Schedule) possible() bool {
	if len(s.option.Bymonthday) == 0 || len(s.option.Bymonth) == 0 {
		return true
	}
	for _, m := range s.option.Bymonth {
		for _, d := range s.option.Bymonthday {
			if max(d, -d) <= monthDays[m-1] {
				return true
			}
		}
	}
	return false
}

// walk calls fn with the local times of all dates, in order, until it returns
// false. The library counts them by clocks that are never changed.
func (s *Schedule) walk(fn func(local time.Time) bool) {
	o := s.option
	if end := o.Dtstart.AddDate(2*horizon, 0, 0); o.Until.IsZero() || o.Until.After(end) {
		o.Until = end
	}
	r, err := rrule.NewRRule(o)
	if err != nil {
		return
	}
	for next := r.Iterator(); ; {
		local, ok := next()
		if !ok || !fn(local) {
			return
		}
	}
}

func (s *Schedule) after(local time.Time) (time.Time, bool) {
	var found time.Time
	s.walk(func(at time.Time) bool {
		found = at
		return !at.After(local)
	})
	return found, found.After(local)
}

// After returns the first date later than t.
func (s *Schedule) After(t time.Time) (time.Time, bool) {
	dates := s.From(t.Add(time.Microsecond), 1)
	if len(dates) == 0 {
		return time.Time{}, false
	}
	return dates[0], true
}

// From returns the first dates not before t.
func (s *Schedule) From(t time.Time, most int) []time.Time {
	var out []time.Time
	s.walk(func(local time.Time) bool {
		if at := instant(local, s.zone); !at.Before(t) {
			out = append(out, at)
		}
		return len(out) < most
	})
	return out
}

// Between returns the dates from the first time to the last one.
func (s *Schedule) Between(first, last time.Time) []time.Time {
	var out []time.Time
	s.walk(func(local time.Time) bool {
		at := instant(local, s.zone)
		if !at.Before(first) && !at.After(last) {
			out = append(out, at)
		}
		return !at.After(last)
	})
	return out
}

// wall returns what the clocks of a zone show, as a time that no clock change touches.
func wall(t time.Time, zone *time.Location) time.Time {
	l := t.In(zone)
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), time.UTC)
}

// instant returns when the clocks of a zone show a local time. Of two such times
// it is the first one; a time that the clocks skip is as long after the change as
// it would have been without it (RFC 5545, section 3.3.5).
func instant(local time.Time, zone *time.Location) time.Time {
	_, before := local.Add(-24 * time.Hour).In(zone).Zone()
	_, after := local.Add(24 * time.Hour).In(zone).Zone()
	at := local.Add(-time.Duration(before) * time.Second)
	if later := local.Add(-time.Duration(after) * time.Second); !wall(at, zone).Equal(local) && wall(later, zone).Equal(local) {
		return later
	}
	return at
}
