package calendar

import (
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
)

// Can is what the caller may do with a calendar.
type Can struct {
	Update bool `json:"update" example:"true"`
	Delete bool `json:"delete" example:"true"`
} //@name CalendarCan

// SpanView is a part of a day.
type SpanView struct {
	From string `json:"from" example:"09:00"`
	To   string `json:"to" example:"12:00"`
} //@name CalendarSpan

// HolidayView is one or more days with other hours.
type HolidayView struct {
	First string `json:"first" format:"date" example:"2026-12-24"`
	Last  string `json:"last" format:"date" example:"2026-12-26"`
	Name  string `json:"name" example:"Christmas"`
	// Hours are what is worked on these days; none for days off.
	Hours []SpanView `json:"hours"`
} //@name CalendarHoliday

// WeekInput is the hours of each day as the API reads them; a day that is left
// out is a day off.
type WeekInput struct {
	Monday    []SpanInput `json:"monday" validate:"optional"`
	Tuesday   []SpanInput `json:"tuesday" validate:"optional"`
	Wednesday []SpanInput `json:"wednesday" validate:"optional"`
	Thursday  []SpanInput `json:"thursday" validate:"optional"`
	Friday    []SpanInput `json:"friday" validate:"optional"`
	Saturday  []SpanInput `json:"saturday" validate:"optional"`
	Sunday    []SpanInput `json:"sunday" validate:"optional"`
} //@name CalendarWeekInput

// WeekView is the hours of each day; what lies between two spans is a break, and
// a day without any is a day off.
type WeekView struct {
	Monday    []SpanView `json:"monday"`
	Tuesday   []SpanView `json:"tuesday"`
	Wednesday []SpanView `json:"wednesday"`
	Thursday  []SpanView `json:"thursday"`
	Friday    []SpanView `json:"friday"`
	Saturday  []SpanView `json:"saturday"`
	Sunday    []SpanView `json:"sunday"`
} //@name CalendarWeek

// View is a calendar.
type View struct {
	ID        int64         `json:"id" example:"1"`
	Name      string        `json:"name" example:"Office hours Berlin"`
	Zone      string        `json:"zone" example:"Europe/Berlin"`
	Hours     WeekView      `json:"hours"`
	Holidays  []HolidayView `json:"holidays"`
	Version   int64         `json:"version" example:"2"`
	CreatedAt time.Time     `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	UpdatedAt time.Time     `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	Can       Can           `json:"can"`
} //@name Calendar

// CreateRequest is the body of a new calendar.
type CreateRequest struct {
	Name     string         `json:"name" validate:"required" minLength:"1" maxLength:"100" example:"Office hours Berlin"`
	Zone     string         `json:"zone" validate:"required" example:"Europe/Berlin"`
	Hours    WeekInput      `json:"hours" validate:"required"`
	Holidays []HolidayInput `json:"holidays" validate:"optional"`
} //@name CalendarCreate

// UpdateRequest is the body of a changed calendar; what is left out stays.
type UpdateRequest struct {
	Name     string         `json:"name" validate:"optional" minLength:"1" maxLength:"100" example:"Office hours Berlin"`
	Zone     string         `json:"zone" validate:"optional" example:"Europe/Berlin"`
	Hours    WeekInput      `json:"hours" validate:"optional"`
	Holidays []HolidayInput `json:"holidays" validate:"optional"`
} //@name CalendarUpdate

// ImportRequest is the body of an import of holidays.
type ImportRequest struct {
	ICS    string `json:"ics" validate:"required" minLength:"1" example:"BEGIN:VCALENDAR"`
	DryRun bool   `json:"dry_run" validate:"optional" example:"true"`
} //@name CalendarImport

// ImportView is what an import added, or would add.
type ImportView struct {
	Added []HolidayView `json:"added"`
	Known int           `json:"known" example:"3"`
	// Skipped names events that do not last whole days.
	Skipped  []string `json:"skipped" example:"Summer party"`
	Calendar View     `json:"calendar"`
} //@name CalendarImportResult

// IntervalView is a stretch of time that is worked throughout, or not at all.
type IntervalView struct {
	From    time.Time `json:"from" format:"date-time" example:"2026-03-02T08:00:00Z"`
	To      time.Time `json:"to" format:"date-time" example:"2026-03-02T11:00:00Z"`
	Open    bool      `json:"open" example:"true"`
	Holiday *string   `json:"holiday" extensions:"x-nullable" example:"Christmas"`
	Seconds int64     `json:"seconds" example:"10800"`
} //@name CalendarInterval

// View returns an interval as it is sent.
func (i Interval) View() IntervalView {
	v := IntervalView{From: i.From.UTC(), To: i.To.UTC(), Open: i.Open, Seconds: i.Seconds()}
	if i.Holiday != "" {
		v.Holiday = &i.Holiday
	}
	return v
}

// IntervalsView is the working time between two moments.
type IntervalsView struct {
	Seconds   int64          `json:"seconds" example:"25200"`
	Intervals []IntervalView `json:"intervals"`
	// More says that there are more intervals than are listed.
	More bool `json:"more" example:"false"`
} //@name CalendarIntervals

func weekView(w Week) WeekView {
	day := func(d time.Weekday) []SpanView { return viewsOf(w[d]) }
	return WeekView{
		Monday: day(time.Monday), Tuesday: day(time.Tuesday), Wednesday: day(time.Wednesday), Thursday: day(time.Thursday),
		Friday: day(time.Friday), Saturday: day(time.Saturday), Sunday: day(time.Sunday),
	}
}

func holidayViews(list []Holiday) []HolidayView {
	out := make([]HolidayView, len(list))
	for i, h := range list {
		out[i] = HolidayView{First: h.First.String(), Last: h.Last.String(), Name: h.Name, Hours: viewsOf(h.Hours)}
	}
	return out
}

func viewFor(by authz.Actor) func(Calendar) View {
	return func(c Calendar) View {
		return View{
			ID: c.ID, Name: c.Name, Zone: c.Zone, Hours: weekView(c.Hours), Holidays: holidayViews(c.Holidays),
			Version: c.Version, CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
			Can: Can{Update: canManage(by), Delete: canManage(by)},
		}
	}
}
