package calendar

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// The limits of a calendar.
const (
	maxName     = 100
	maxSpans    = 12 // of one day
	maxHolidays = 3000
	maxDays     = 366 // of one holiday
)

// The days that holidays may lie on.
var (
	firstDay = mustDate("1970-01-01")
	lastDay  = mustDate("2199-12-31")
)

func mustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// check holds a whole calendar against the rules.
func check(tx *gorm.DB, c *Calendar) error {
	var twins int64
	if err := tx.Model(&Calendar{}).Where("name = ? AND id <> ?", c.Name, c.ID).Count(&twins).Error; err != nil {
		return fmt.Errorf("look for a calendar of the same name: %w", err)
	}
	var name, days, where, hours error
	if twins > 0 {
		name = fault.Field("name", "Another calendar has this name.")
	}
	if len(c.Holidays) > maxHolidays {
		days = fault.Field("holidays", "A calendar may have at most %d holidays.", maxHolidays)
	}
	zone, err := zoneNamed(c.Zone)
	if err != nil {
		where, zone = fault.Field("zone", "%s", capital(err.Error())), time.UTC
	}
	if _, err := NewSchedule(zone, c.Hours, c.Holidays); errors.Is(err, ErrNeverOpen) {
		hours = fault.Field("hours", "A calendar needs working hours on at least one day; without any, no time would ever pass in it.")
	}
	return fault.All(name, days, where, hours)
}

func zoneNamed(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, fmt.Errorf("must be a time zone of the IANA database, such as Europe/Berlin")
	}
	return zone, nil
}

func zoneRule(s string) string {
	if _, err := zoneNamed(s); err != nil {
		return capital(err.Error())
	}
	return ""
}

var dayNames = [7]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

var wallClock = regexp.MustCompile(`^([01]\d|2[0-3]):([0-5]\d)$`)

// minuteOf reads 09:30 as minutes of the day; a day ends at 24:00.
func minuteOf(s string) (int, bool) {
	if s == "24:00" {
		return minutesOfDay, true
	}
	m := wallClock.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	h, errH := strconv.Atoi(m[1])
	min, errM := strconv.Atoi(m[2])
	return h*60 + min, errH == nil && errM == nil
}

func clockOf(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// SpanInput is a part of a day as the API reads it.
type SpanInput struct {
	From string `json:"from" validate:"required" example:"09:00"`
	To   string `json:"to" validate:"required" example:"12:00"`
} //@name CalendarSpanInput

func spansOf(views []SpanInput) ([]Span, error) {
	if len(views) > maxSpans {
		return nil, fmt.Errorf("a day may have at most %d spans", maxSpans)
	}
	out := make([]Span, 0, len(views))
	for _, v := range views {
		from, okFrom := minuteOf(v.From)
		to, okTo := minuteOf(v.To)
		switch {
		case !okFrom || !okTo:
			return nil, fmt.Errorf("%q to %q: times are written 09:00, and 24:00 ends a day", v.From, v.To)
		case from >= to:
			return nil, fmt.Errorf("%s to %s: must end after it begins; write a night as two days", v.From, v.To)
		case len(out) > 0 && from < out[len(out)-1].To:
			return nil, fmt.Errorf("%s to %s: begins before the one above it ends", v.From, v.To)
		}
		// Spans without a break between them are one.
		if n := len(out); n > 0 && out[n-1].To == from {
			out[n-1].To = to
			continue
		}
		out = append(out, Span{from, to})
	}
	return out, nil
}

func viewsOf(spans []Span) []SpanView {
	out := make([]SpanView, len(spans))
	for i, s := range spans {
		out[i] = SpanView{clockOf(s.From), clockOf(s.To)}
	}
	return out
}

// readWeek reads the hours of a week as the API writes them; a day that is left
// out is a day on which nobody works.
func readWeek(b *web.Body, raw json.RawMessage) *Week {
	var days map[string][]SpanInput
	if err := json.Unmarshal(raw, &days); err != nil || days == nil {
		b.Wrong("hours", `Must be an object of days, such as {"monday": [{"from": "09:00", "to": "17:00"}]}.`)
		return nil
	}
	for name := range days {
		if !slices.Contains(dayNames[:], name) {
			b.Wrong("hours", capital(fmt.Sprintf("%q is no day; days are monday to sunday", name)))
		}
	}
	var w Week
	for i, name := range dayNames {
		spans, err := spansOf(days[name])
		if err != nil {
			b.Wrong("hours."+name, capital(err.Error()))
		}
		w[i] = spans
	}
	return &w
}

// HolidayInput is one or more days with other hours, as the API reads them.
type HolidayInput struct {
	First string `json:"first" validate:"required" format:"date" example:"2026-12-24"`
	// Last is the last of several days; when it is left out, there is one.
	Last string `json:"last" validate:"optional" format:"date" example:"2026-12-26"`
	Name string `json:"name" validate:"required" maxLength:"100" example:"Christmas"`
	// Hours are what is worked on these days; none for days off.
	Hours []SpanInput `json:"hours" validate:"optional"`
} //@name CalendarHolidayInput

func readHolidays(raw json.RawMessage) ([]Holiday, error) {
	var views []HolidayInput
	if err := json.Unmarshal(raw, &views); err != nil || views == nil {
		return nil, errors.New(`must be a list of days, such as [{"first": "2026-12-24", "last": "2026-12-26", "name": "Christmas"}]`)
	}
	if len(views) > maxHolidays {
		return nil, fmt.Errorf("a calendar may have at most %d holidays", maxHolidays)
	}
	out := make([]Holiday, 0, len(views))
	for i, v := range views {
		h, err := holidayOf(v)
		if err != nil {
			return nil, fmt.Errorf("number %d: %w", i+1, err)
		}
		out = append(out, h)
	}
	return out, nil
}

func holidayOf(v HolidayInput) (Holiday, error) {
	h := Holiday{Name: v.Name}
	if v.Last == "" {
		v.Last = v.First
	}
	var err error
	if h.First, err = ParseDate(v.First); err != nil {
		return h, fmt.Errorf("%q is no day; days are written 2026-12-24", v.First)
	}
	if h.Last, err = ParseDate(v.Last); err != nil {
		return h, fmt.Errorf("%q is no day; days are written 2026-12-24", v.Last)
	}
	if err := h.check(); err != nil {
		return h, err
	}
	if h.Hours, err = spansOf(v.Hours); err != nil {
		return h, err
	}
	return h, nil
}

func (h Holiday) check() error {
	switch {
	case strings.TrimSpace(h.Name) == "" || strings.ContainsRune(h.Name, 0):
		return errors.New("has no name")
	case utf8.RuneCountInString(h.Name) > maxName:
		return fmt.Errorf("its name may have at most %d characters", maxName)
	case h.First < firstDay || h.Last > lastDay:
		return fmt.Errorf("%s to %s: days lie between %s and %s", h.First, h.Last, firstDay, lastDay)
	case h.Last < h.First:
		return fmt.Errorf("%s to %s: ends before it begins", h.First, h.Last)
	case h.Last-h.First >= maxDays:
		return fmt.Errorf("%s to %s: may last at most %d days", h.First, h.Last, maxDays)
	}
	return nil
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(r)) + s[size:] + "."
}
