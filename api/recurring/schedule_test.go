package recurring

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// TestWrongRules gives rules that are refused, and which field they are about.
func TestWrongRules(t *testing.T) {
	const start, zone = "2026-03-02T09:00", "Europe/Berlin"
	for _, rule := range []string{
		"", "x", "FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "INTERVAL=2", "FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;INTERVAL=0",
		"FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;INTERVAL=367", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=99999", "FREQ=DAILY;COUNT=2;UNTIL=20270101",
		"FREQ=DAILY;UNTIL=tomorrow", "FREQ=DAILY;UNTIL=20269999", "FREQ=DAILY;BYHOUR=1", "FREQ=DAILY;BYMINUTE=1,2", "FREQ=DAILY;BYSECOND=1", "FREQ=YEARLY;BYWEEKNO=1",
		"FREQ=YEARLY;BYYEARDAY=1", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=MONTHLY;BYDAY=0MO", "FREQ=MONTHLY;BYDAY=6MO", "FREQ=WEEKLY;BYDAY=,",
		"FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYMONTH=-1",
		"FREQ=DAILY;BYDAY=MO;BYSETPOS=1", "FREQ=MONTHLY;BYSETPOS=1", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
		"FREQ=DAILY;UNTIL=20200101", "FREQ=DAILY;WKST=X", "FREQ=DAILY;", "FREQ=DAILY\nDTSTART:20260101", "DTSTART=20260101;FREQ=DAILY",
		"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=DAILY;BYDAY=" + strings.Repeat("MO,", 200) + "MO", "ФREQ=DAILY",
	} {
		field(t, rule, start, zone, "rule")
	}
	for _, bad := range []string{"", "2026-03-02", "2026-03-02T09:00:00Z", "2026-02-30T09:00", "1999-01-01T09:00", "2100-01-01T09:00", "9999-12-31T23:59"} {
		field(t, "FREQ=DAILY", bad, zone, "start")
	}
	for _, bad := range []string{"", "Local", "Nowhere", "../etc/passwd", "+01:00"} {
		field(t, "FREQ=DAILY", start, bad, "zone")
	}
}

func field(t *testing.T, rule, start, zone, want string) {
	t.Helper()
	_, err := ParseSchedule(rule, start, zone)
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields[want]) == 0 {
		t.Errorf("%q %q %q: %v, want a word about the %s", rule, start, zone, err, want)
	}
}

// TestDates holds some rules against dates that were found with a calendar.
func TestDates(t *testing.T) {
	for name, tc := range map[string]struct {
		rule, start, zone string
		want              []string
	}{
		"nine stays nine": {"FREQ=DAILY;COUNT=3", "2026-03-28T09:00", "Europe/Berlin",
			[]string{"2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"}},
		"a time that is skipped": {"FREQ=DAILY;COUNT=3", "2026-03-28T02:30", "Europe/Berlin",
			[]string{"2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"}},
		"a time that is there twice": {"RRULE:FREQ=DAILY;COUNT=3", "2026-10-24T02:30", "Europe/Berlin",
			[]string{"2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
		"a change of half an hour": {"freq=daily;count=2", "2026-10-03T02:15", "Australia/Lord_Howe",
			[]string{"2026-10-02T15:45:00Z", "2026-10-03T15:45:00Z"}},
		"the first Monday": {"FREQ=MONTHLY;BYDAY=1MO;COUNT=3", "2026-03-02T09:00", "America/New_York",
			[]string{"2026-03-02T14:00:00Z", "2026-04-06T13:00:00Z", "2026-05-04T13:00:00Z"}},
		"the last working day": {"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", "2026-05-01T17:00", "UTC",
			[]string{"2026-05-29T17:00:00Z", "2026-06-30T17:00:00Z"}},
		"a leap day": {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=2", "2026-01-01T00:00", "UTC",
			[]string{"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"}},
		"a day as the end is whole": {"FREQ=DAILY;UNTIL=20260303", "2026-03-02T23:30", "America/New_York",
			[]string{"2026-03-03T04:30:00Z", "2026-03-04T04:30:00Z"}},
		"an end in UTC": {"FREQ=DAILY;UNTIL=20260303T043000Z", "2026-03-02T23:30", "America/New_York", []string{"2026-03-03T04:30:00Z"}},
	} {
		s, err := ParseSchedule(tc.rule, tc.start, tc.zone)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := texts(s.From(time.Time{}, len(tc.want)+1)[:len(tc.want)]); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

func texts(dates []time.Time) []string {
	out := make([]string, len(dates))
	for i, d := range dates {
		out[i] = d.UTC().Format(time.RFC3339)
	}
	return out
}

// TestAgainstTheCalendar looks at every day and every minute of years around clock
// changes, leap days and ends of months, and asks whether a rule of random parts
// names it; the schedule must name the same times.
func TestAgainstTheCalendar(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "UTC"}
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 7))
		zone := zones[r.IntN(len(zones))]
		from := time.Date(2026, time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(5), 15*r.IntN(4), 0, 0, time.UTC)
		n := naive{start: from, interval: 1 + r.IntN(3), freq: []string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}[r.IntN(4)]}
		rule := fmt.Sprintf("FREQ=%s;INTERVAL=%d", n.freq, n.interval)
		names := []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}
		if (n.freq == "DAILY" || n.freq == "WEEKLY") && r.IntN(2) == 0 {
			n.weekdays = map[time.Weekday]bool{time.Weekday(r.IntN(7)): true, time.Weekday(r.IntN(7)): true}
			var list []string
			for d := range n.weekdays {
				list = append(list, names[d])
			}
			rule += ";BYDAY=" + strings.Join(list, ",")
		}
		if n.freq == "MONTHLY" && r.IntN(3) > 0 {
			if r.IntN(2) == 0 {
				n.monthDay = []int{1, 15, 29, 30, 31, -1, -2}[r.IntN(7)]
				rule += fmt.Sprintf(";BYMONTHDAY=%d", n.monthDay)
			} else {
				n.nth, n.weekday = []int{1, 2, 5, -1}[r.IntN(4)], time.Weekday(r.IntN(7))
				rule += fmt.Sprintf(";BYDAY=%d%s", n.nth, names[n.weekday])
			}
		}
		if n.freq == "DAILY" && r.IntN(3) == 0 {
			n.month = time.Month(1 + r.IntN(12))
			rule += fmt.Sprintf(";BYMONTH=%d", n.month)
		}
		if r.IntN(3) == 0 {
			n.until = from.AddDate(0, 1+r.IntN(20), 0)
			rule += ";UNTIL=" + n.until.Format("20060102T150405")
		} else if r.IntN(2) == 0 {
			n.count = 1 + r.IntN(40)
			rule += fmt.Sprintf(";COUNT=%d", n.count)
		}
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		end := from.AddDate(5, 0, 0)
		want := n.dates(loc, end)
		s, err := ParseSchedule(rule, from.Format(startLayout), zone)
		if err != nil {
			if len(want) > 0 {
				t.Errorf("%s of %s in %s: %v, but the calendar has %v", rule, from, zone, err, texts(want))
			}
			continue
		}
		var got []time.Time
		s.walk(func(local time.Time) bool {
			if local.Before(end) {
				got = append(got, instant(local, loc))
			}
			return local.Before(end)
		})
		if !slices.Equal(texts(got), texts(want)) {
			t.Errorf("%s of %s in %s:\n got %v\nwant %v", rule, from, zone, texts(got), texts(want))
		}
		// The next one is the first of those that come later.
		at := from.Add(time.Duration(r.IntN(400*24*60)) * time.Minute)
		after, ok := s.After(at)
		i := slices.IndexFunc(want, func(d time.Time) bool { return d.After(at) })
		if i >= 0 && (!ok || !after.Equal(want[i])) {
			t.Errorf("%s of %s in %s after %s: %s %v", rule, from, zone, at, after, ok)
		}
	}
}

// naive is a rule as somebody with a paper calendar would read it.
type naive struct {
	start    time.Time // local
	freq     string
	interval int
	weekdays map[time.Weekday]bool
	monthDay int
	nth      int
	weekday  time.Weekday
	month    time.Month
	until    time.Time
	count    int
}

func (n naive) on(day time.Time) bool {
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	days := int(midnight(day).Sub(midnight(n.start)).Hours() / 24)
	months := (day.Year()-n.start.Year())*12 + int(day.Month()) - int(n.start.Month())
	monday := func(t time.Time) time.Time { return midnight(t).AddDate(0, 0, -(int(t.Weekday())+6)%7) }
	if n.month != 0 && day.Month() != n.month {
		return false
	}
	switch n.freq {
	case "DAILY":
		return days%n.interval == 0 && (n.weekdays == nil || n.weekdays[day.Weekday()])
	case "WEEKLY":
		weeks := int(monday(day).Sub(monday(n.start)).Hours() / 24 / 7)
		return weeks%n.interval == 0 && (n.weekdays[day.Weekday()] || (n.weekdays == nil && day.Weekday() == n.start.Weekday()))
	case "MONTHLY":
		last := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
		switch {
		case months%n.interval != 0:
			return false
		case n.monthDay > 0:
			return day.Day() == n.monthDay
		case n.monthDay < 0:
			return day.Day() == last+1+n.monthDay
		case n.nth > 0:
			return day.Weekday() == n.weekday && (day.Day()-1)/7+1 == n.nth
		case n.nth < 0:
			return day.Weekday() == n.weekday && day.Day() > last-7
		}
		return day.Day() == n.start.Day()
	}
	return (day.Year()-n.start.Year())%n.interval == 0 && day.Month() == n.start.Month() && day.Day() == n.start.Day()
}

// dates walks through the minutes of the days that fit, to find the first one at
// which the clock shows the time, or the first after the clock skipped it.
func (n naive) dates(loc *time.Location, end time.Time) []time.Time {
	var out []time.Time
	for day := n.start; day.Before(end); day = day.AddDate(0, 0, 1) {
		if !n.on(day) || (!n.until.IsZero() && day.After(n.until)) {
			continue
		}
		if n.count > 0 && len(out) == n.count {
			break
		}
		shown := func(at time.Time) string { return at.In(loc).Format(startLayout) }
		midnight := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
		var found time.Time
		for at := midnight.Add(-15 * time.Hour); at.Before(midnight.Add(36 * time.Hour)); at = at.Add(15 * time.Minute) {
			if shown(at) == day.Format(startLayout) {
				found = at
				break
			}
		}
		if found.IsZero() { // skipped: as long after the change as the clock would have gone on
			for at := midnight.Add(-15 * time.Hour); ; at = at.Add(15 * time.Minute) {
				if shown(at) > day.Format(startLayout) {
					_, before := at.Add(-15 * time.Minute).In(loc).Zone()
					found = day.Add(-time.Duration(before) * time.Second)
					break
				}
			}
		}
		out = append(out, found)
	}
	return out
}
