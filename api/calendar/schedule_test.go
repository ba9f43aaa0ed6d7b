package calendar_test

import (
	"errors"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"github.com/fixdesk/fixdesk/api/calendar"
)

// oracle counts working minutes in the plainest way: it looks at the clock on the
// wall once a minute. It shares no code with the package.
type oracle struct {
	zone     *time.Location
	week     calendar.Week
	holidays []calendar.Holiday
}

func (o oracle) open(at time.Time) bool {
	local := at.In(o.zone)
	minute := local.Hour()*60 + local.Minute()
	within := func(spans []calendar.Span) bool {
		for _, s := range spans {
			if s.From <= minute && minute < s.To {
				return true
			}
		}
		return false
	}
	today := local.Format("2006-01-02")
	special, open := false, true
	for _, h := range o.holidays {
		if h.First.String() <= today && today <= h.Last.String() {
			special, open = true, open && within(h.Hours)
		}
	}
	if special {
		return open
	}
	return within(o.week[local.Weekday()])
}

func (o oracle) between(from, to time.Time) time.Duration {
	n := 0
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		if o.open(at) {
			n++
		}
	}
	return time.Duration(n) * time.Minute
}

// moments are where counting goes wrong: clocks that go forward and back, by half
// an hour, at midnight; a day that a country left out; leap days; years' ends.
var moments = map[string][]string{
	"Europe/Berlin":       {"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2028-02-29T12:00:00Z"},
	"America/New_York":    {"2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"},
	"Australia/Lord_Howe": {"2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"},
	"Pacific/Apia":        {"2011-12-30T10:00:00Z", "2012-03-31T14:00:00Z"},
	"America/Sao_Paulo":   {"2018-11-04T03:00:00Z", "2019-02-17T02:00:00Z"},
	"Africa/Casablanca":   {"2026-02-15T02:00:00Z", "2026-03-22T02:00:00Z"},
	"Asia/Kathmandu":      {"2024-02-29T00:00:00Z"},
	"America/St_Johns":    {"2026-03-08T05:30:00Z", "2026-11-01T04:30:00Z"},
	"Pacific/Kiritimati":  {"1994-12-31T10:00:00Z"},
	"UTC":                 {"2023-12-31T23:00:00Z", "2024-02-29T00:00:00Z", "2100-02-28T23:00:00Z"},
}

func load(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// spans draws the hours of a day: mostly odd ones, around midnight and the hours
// in which clocks change.
func spans(t *rapid.T, label string) []calendar.Span {
	if rapid.IntRange(0, 3).Draw(t, label+" kind") == 0 {
		return []calendar.Span{{From: 0, To: 1440}}
	}
	edges := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 240), rapid.IntRange(0, 1440)), 0, 6).Draw(t, label)
	slices.Sort(edges)
	edges = slices.Compact(edges)
	var out []calendar.Span
	for i := 0; i+1 < len(edges); i += 2 {
		out = append(out, calendar.Span{From: edges[i], To: edges[i+1]})
	}
	return out
}

func draw(t *rapid.T) (oracle, time.Time) {
	names := make([]string, 0, len(moments))
	for n := range moments {
		names = append(names, n)
	}
	slices.Sort(names)
	name := rapid.SampledFrom(names).Draw(t, "zone")
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	around, err := time.Parse(time.RFC3339, rapid.SampledFrom(moments[name]).Draw(t, "around"))
	if err != nil {
		t.Fatal(err)
	}
	o := oracle{zone: zone}
	for d := range o.week {
		o.week[d] = spans(t, time.Weekday(d).String())
	}
	first := calendar.DateOf(around, zone)
	for range rapid.IntRange(0, 4).Draw(t, "holidays") {
		h := calendar.Holiday{Name: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "name"), Hours: nil}
		h.First = first + calendar.Date(rapid.IntRange(-4, 4).Draw(t, "first"))
		h.Last = h.First + calendar.Date(rapid.IntRange(0, 3).Draw(t, "days"))
		if rapid.Bool().Draw(t, "half a day") {
			h.Hours = spans(t, "holiday")
		}
		o.holidays = append(o.holidays, h)
	}
	return o, around
}

// TestScheduleAgreesWithTheOracle is what the counting of SLA times rests on.
func TestScheduleAgreesWithTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, around := draw(t)
		s, err := calendar.NewSchedule(o.zone, o.week, o.holidays)
		if errors.Is(err, calendar.ErrNeverOpen) {
			if o.between(around.Add(-14*24*time.Hour), around.Add(14*24*time.Hour)) != 0 {
				t.Fatal("refused though it has hours")
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		from := around.Add(time.Duration(rapid.IntRange(-6*1440, 2*1440).Draw(t, "from")) * time.Minute)
		to := from.Add(time.Duration(rapid.IntRange(-10, 7*1440).Draw(t, "length")) * time.Minute)
		want := o.between(from, to)
		if got := s.Between(from, to); got != want {
			t.Fatalf("from %s to %s: %s, want %s", from, to, got, want)
		}
		// The intervals cover everything once, and add up to the same.
		list, more := s.Intervals(from, to, 1000)
		var sum time.Duration
		edge := from
		for i, p := range list {
			if !p.From.Equal(edge) || !p.From.Before(p.To) || (i > 0 && list[i-1].Open == p.Open && list[i-1].Holiday == p.Holiday) {
				t.Fatalf("interval %d is %+v after %s", i, p, edge)
			}
			if edge = p.To; p.Open {
				sum += p.To.Sub(p.From)
			}
			if p.Open != o.open(p.From) || s.Open(p.From) != p.Open {
				t.Fatalf("%+v is open: %v", p, o.open(p.From))
			}
		}
		if more || sum != want || (from.Before(to) && !edge.Equal(to)) {
			t.Fatalf("the intervals reach %s and add up to %s, want %s and %s", edge, sum, to, want)
		}
		// Adding is the inverse of counting, and never later than it must be.
		if want == 0 {
			return
		}
		d := time.Duration(rapid.Int64Range(1, int64(want/time.Second)).Draw(t, "seconds")) * time.Second
		due, err := s.Add(from, d)
		if err != nil || s.Between(from, due) != d || s.Between(from, due.Add(-time.Second)) != d-time.Second || due.After(to) {
			t.Fatalf("%s after %s is %s (%v)", d, from, due, err)
		}
		if m := due.Truncate(time.Minute); o.between(from, m) > d || o.between(from, m.Add(time.Minute)) < d {
			t.Fatalf("%s after %s is %s, which the oracle does not find", d, from, due)
		}
	})
}

func TestKnownDays(t *testing.T) {
	office := calendar.Week{}
	for d := time.Monday; d <= time.Friday; d++ {
		office[d] = []calendar.Span{{From: 9 * 60, To: 12 * 60}, {From: 13 * 60, To: 17 * 60}}
	}
	night := calendar.AroundTheClock()
	date := func(s string) calendar.Date {
		d, err := calendar.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	tests := []struct {
		name, zone string
		week       calendar.Week
		holidays   []calendar.Holiday
		from, to   string
		want       time.Duration
	}{
		{"a day with its break", "Europe/Berlin", office, nil, "2026-03-02T00:00:00+01:00", "2026-03-03T00:00:00+01:00", 7 * time.Hour},
		{"a week-end", "Europe/Berlin", office, nil, "2026-03-06T16:00:00+01:00", "2026-03-09T10:00:00+01:00", 2 * time.Hour},
		{"a short day", "Europe/Berlin", night, nil, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 23 * time.Hour},
		{"a long day", "Europe/Berlin", night, nil, "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", 25 * time.Hour},
		{"half an hour", "Australia/Lord_Howe", night, nil, "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z", 24*time.Hour + 30*time.Minute},
		{"the day that never was", "Pacific/Apia", calendar.Week{5: {{From: 0, To: 1440}}}, nil, "2011-12-29T12:00:00Z", "2012-01-02T00:00:00Z", 0},
		{"a leap day", "UTC", night, nil, "2028-02-28T00:00:00Z", "2028-03-01T00:00:00Z", 48 * time.Hour},
		{"no leap day", "UTC", night, nil, "2100-02-28T00:00:00Z", "2100-03-01T00:00:00Z", 24 * time.Hour},
		{"a holiday", "Europe/Berlin", office, []calendar.Holiday{{First: date("2026-12-24"), Last: date("2026-12-26"), Name: "Christmas"}}, "2026-12-23T00:00:00+01:00", "2026-12-28T00:00:00+01:00", 7 * time.Hour},
		{"a half day within days off", "Europe/Berlin", office, []calendar.Holiday{
			{First: date("2026-12-24"), Last: date("2026-12-24"), Name: "Eve", Hours: []calendar.Span{{From: 540, To: 720}}},
			{First: date("2026-12-21"), Last: date("2026-12-31"), Name: "Shut"},
		}, "2026-12-20T00:00:00+01:00", "2027-01-01T00:00:00+01:00", 0},
		{"a Saturday that is worked", "Europe/Berlin", office, []calendar.Holiday{{First: date("2026-03-07"), Last: date("2026-03-07"), Name: "Move", Hours: []calendar.Span{{From: 600, To: 720}}}}, "2026-03-07T00:00:00+01:00", "2026-03-08T00:00:00+01:00", 2 * time.Hour},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := calendar.NewSchedule(load(t, test.zone), test.week, test.holidays)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Between(at(t, test.from), at(t, test.to)); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
	if _, err := calendar.NewSchedule(time.UTC, calendar.Week{}, nil); !errors.Is(err, calendar.ErrNeverOpen) {
		t.Errorf("an empty calendar: %v", err)
	}
	once, err := calendar.NewSchedule(time.UTC, calendar.Week{}, []calendar.Holiday{{First: date("2026-03-07"), Last: date("2026-03-07"), Hours: []calendar.Span{{From: 0, To: 60}}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := once.Add(at(t, "2026-03-02T00:00:00Z"), 2*time.Hour); !errors.Is(err, calendar.ErrTooFar) {
		t.Errorf("more than there is: %v", err)
	}
	if years := once.Between(at(t, "1990-01-01T00:00:00Z"), at(t, "2030-01-01T00:00:00Z")); years != time.Hour {
		t.Errorf("forty years: %s", years)
	}
	for _, s := range []string{"1969-12-31", "1970-01-01", "2026-03-02", "2100-02-28"} {
		d := date(s)
		if want, _ := time.Parse(time.DateOnly, s); d.String() != s || d.Weekday() != want.Weekday() {
			t.Errorf("%s: %s, %s", s, d, d.Weekday())
		}
	}
}
