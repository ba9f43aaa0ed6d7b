// Package calendar says when people work: hours for each day of the week with
// breaks, and holidays, in a time zone. Schedule, which counts the time in
// them, is pure.
package calendar

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"time"
)

// Date is a day of a calendar, counted from 1970-01-01.
type Date int64

const daySeconds = 24 * 60 * 60

// DateOf returns the day on which the clocks of the location show t.
func DateOf(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
}

// ParseDate reads a day such as 2026-12-24.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	return DateOf(t, time.UTC), err
}

// String returns the day as 2026-12-24.
func (d Date) String() string { return time.Unix(int64(d)*daySeconds, 0).UTC().Format(time.DateOnly) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday((int64(d)%7 + 7 + 4) % 7) }

// MarshalText writes the day as 2026-12-24.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a day such as 2026-12-24.
func (d *Date) UnmarshalText(text []byte) error {
	var err error
	*d, err = ParseDate(string(text))
	return err
}

// Span is a part of a day, in minutes that the clocks on the wall show, from 0
// to 1440. From belongs to it, To does not.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Week is the hours of each day, by time.Weekday; what lies between two spans of
// a day is a break. No span is a day on which nobody works.
type Week [7][]Span

// AroundTheClock is a week without an end.
func AroundTheClock() Week {
	var w Week
	for i := range w {
		w[i] = []Span{{0, minutesOfDay}}
	}
	return w
}

const minutesOfDay = 24 * 60

// Holiday is one or more days with other hours than their day of the week.
// Where holidays overlap, only the time that all of them leave is worked.
type Holiday struct {
	First Date   `json:"first"`
	Last  Date   `json:"last"`
	Name  string `json:"name"`
	Hours []Span `json:"hours,omitempty"` // none for a day off
}

// ErrNeverOpen says that a calendar has no hours at all: no time would ever pass in it.
var ErrNeverOpen = errors.New("the calendar has no working hours")

// ErrTooFar says that a time cannot be reached within Horizon.
var ErrTooFar = errors.New("the working hours do not add up to that within ten years")

// Horizon is how far ahead Add looks.
const Horizon = 10 * 366 * 24 * time.Hour

// Schedule counts working time. It is immutable.
type Schedule struct {
	zone  *time.Location
	week  Week
	other map[Date]otherDay
}

type otherDay struct {
	hours []Span
	name  string
}

// NewSchedule returns the schedule of a calendar, or ErrNeverOpen. The spans of
// a day must be in order and apart; Check says whether they are.
func NewSchedule(zone *time.Location, week Week, holidays []Holiday) (*Schedule, error) {
	s := &Schedule{zone: zone, week: week, other: map[Date]otherDay{}}
	open := slices.ContainsFunc(week[:], func(d []Span) bool { return len(d) > 0 })
	for _, h := range holidays {
		open = open || len(h.Hours) > 0
		for d := h.First; d <= h.Last; d++ {
			o, twice := s.other[d]
			if !twice {
				s.other[d] = otherDay{h.Hours, h.Name}
				continue
			}
			if !slices.Contains(strings.Split(o.name, nameBreak), h.Name) {
				o.name += nameBreak + h.Name
			}
			s.other[d] = otherDay{intersect(o.hours, h.Hours), o.name}
		}
	}
	if !open {
		return nil, ErrNeverOpen
	}
	return s, nil
}

const nameBreak = ", "

// Zone returns where the schedule's clocks hang.
func (s *Schedule) Zone() *time.Location { return s.zone }

func intersect(a, b []Span) []Span {
	var out []Span
	for _, x := range a {
		for _, y := range b {
			if from, to := max(x.From, y.From), min(x.To, y.To); from < to {
				out = append(out, Span{from, to})
			}
		}
	}
	return out
}

// Interval is a stretch of time that is worked throughout, or not at all.
type Interval struct {
	From, To time.Time
	Open     bool
	Holiday  string // its name, where a holiday says so
}

// Seconds returns how long the interval is.
func (i Interval) Seconds() int64 { return int64(i.To.Sub(i.From) / time.Second) }

// pieces yields what follows from a moment, without a gap, for Horizon. It goes
// from day to day, and from one offset of the zone to the next, within which the
// clocks on the wall run like every other clock: so an hour that clocks skip is
// never worked, and one that they show twice is worked twice.
func (s *Schedule) pieces(from time.Time) iter.Seq[Interval] {
	return func(yield func(Interval) bool) {
		end := from.Add(Horizon)
		for at := from.UTC(); at.Before(end); {
			local := at.In(s.zone)
			_, offset := local.Zone()
			day := DateOf(at, s.zone)
			midnight := time.Unix(int64(day)*daySeconds-int64(offset), 0).UTC()
			until := midnight.Add(daySeconds * time.Second)
			if _, change := local.ZoneBounds(); !change.IsZero() && change.Before(until) {
				until = change.UTC()
			}
			hours, name := s.hours(day)
			for _, span := range hours {
				opens, closes := midnight.Add(time.Duration(span.From)*time.Minute), midnight.Add(time.Duration(span.To)*time.Minute)
				if closes.After(until) {
					closes = until
				}
				if opens.Before(at) {
					opens = at
				}
				if !opens.Before(closes) {
					continue
				}
				if opens.After(at) && !yield(Interval{at, opens, false, name}) {
					return
				}
				if !yield(Interval{opens, closes, true, name}) {
					return
				}
				at = closes
			}
			if at.Before(until) && !yield(Interval{at, until, false, name}) {
				return
			}
			at = until
		}
	}
}

func (s *Schedule) hours(d Date) ([]Span, string) {
	if o, is := s.other[d]; is {
		return o.hours, o.name
	}
	return s.week[d.Weekday()], ""
}

// Between returns the working time from one moment to a later one; none when it
// is not later.
func (s *Schedule) Between(from, to time.Time) time.Duration {
	var sum time.Duration
	for from.Before(to) {
		end := to
		if far := from.Add(Horizon); far.Before(to) {
			end = far
		}
		for p := range s.pieces(from) {
			if !p.From.Before(end) {
				break
			}
			if p.To.After(end) {
				p.To = end
			}
			if p.Open {
				sum += p.To.Sub(p.From)
			}
		}
		from = end
	}
	return sum
}

// Add returns the first moment by which the working time since from is d, or
// ErrTooFar.
func (s *Schedule) Add(from time.Time, d time.Duration) (time.Time, error) {
	if d <= 0 {
		return from, nil
	}
	for p := range s.pieces(from) {
		if !p.Open {
			continue
		}
		if length := p.To.Sub(p.From); length < d {
			d -= length
			continue
		}
		return p.From.Add(d), nil
	}
	return time.Time{}, ErrTooFar
}

// Intervals lists what lies between two moments, at most limit of them, with
// neighbours of the same kind joined; more says that some are left out.
func (s *Schedule) Intervals(from, to time.Time, limit int) (out []Interval, more bool) {
	for p := range s.pieces(from) {
		if !p.From.Before(to) {
			break
		}
		if p.To.After(to) {
			p.To = to
		}
		if n := len(out); n > 0 && out[n-1].Open == p.Open && out[n-1].Holiday == p.Holiday {
			out[n-1].To = p.To
			continue
		}
		if len(out) == limit {
			return out, true
		}
		out = append(out, p)
	}
	return out, false
}

// Open reports whether a moment is worked.
func (s *Schedule) Open(at time.Time) bool {
	for p := range s.pieces(at) {
		return p.Open
	}
	return false
}
