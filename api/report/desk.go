package report

import (
	"context"
	"fmt"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket/stat"
	"github.com/fixdesk/fixdesk/api/user"
)

// Period is a range of days (UTC), both of which belong to it.
type Period struct{ First, Last int64 }

// before returns the days of the same number that end where the period begins.
func (p Period) before() Period { return Period{p.First - (p.Last - p.First + 1), p.First - 1} }

// MaxDays is how many days a report can cover.
const MaxDays = 3660

// DeskView is how the desk did in a period. All numbers are about the tickets as
// they are now.
type DeskView struct {
	From            string          `json:"from" format:"date" example:"2026-03-01"`
	To              string          `json:"to" format:"date" example:"2026-03-30"`
	PreviousFrom    string          `json:"previous_from" format:"date" example:"2026-01-30"`
	PreviousTo      string          `json:"previous_to" format:"date" example:"2026-02-28"`
	Interval        string          `json:"interval" enums:"day,week,month" example:"day"`
	PercentileError float64         `json:"percentile_error" example:"0.045"`
	Totals          NumbersView     `json:"totals"`
	Previous        NumbersView     `json:"previous"`
	Series          []PointView     `json:"series"`
	Breakdowns      []BreakdownView `json:"breakdowns"`
} //@name DeskReport

// NumbersView are the numbers of a period.
type NumbersView struct {
	Created       int64       `json:"created" example:"120"`
	Solved        int64       `json:"solved" example:"111"`
	Backlog       int64       `json:"backlog" example:"42"`
	FirstResponse TimesView   `json:"first_response"`
	Resolution    TimesView   `json:"resolution"`
	Queries       QueriesView `json:"queries"`
} //@name ReportNumbers

// TimesView says how long something took, in seconds; null when it never happened.
type TimesView struct {
	Count int64  `json:"count" example:"98"`
	P50   *int64 `json:"p50" extensions:"x-nullable" example:"2520"`
	P90   *int64 `json:"p90" extensions:"x-nullable" example:"14400"`
	P95   *int64 `json:"p95" extensions:"x-nullable" example:"28800"`
} //@name ReportTimes

// QueriesView holds a query for the tickets behind each number.
type QueriesView struct {
	Created   string `json:"created" example:"created:2026-03-01T00:00:00Z..2026-03-31T00:00:00Z"`
	Solved    string `json:"solved" example:"solved:2026-03-01T00:00:00Z..2026-03-31T00:00:00Z"`
	Responded string `json:"responded" example:"responded:2026-03-01T00:00:00Z..2026-03-31T00:00:00Z"`
	Backlog   string `json:"backlog" example:"status:unfinished"`
} //@name ReportQueries

// PointView is a day, a week or a month of a period.
type PointView struct {
	From string `json:"from" format:"date" example:"2026-03-01"`
	To   string `json:"to" format:"date" example:"2026-03-01"`
	NumbersView
} //@name ReportPoint

// BreakdownView splits a period by a dimension.
type BreakdownView struct {
	Dimension string    `json:"dimension" example:"priority"`
	Rows      []RowView `json:"rows"`
} //@name ReportBreakdown

// RowView is a part of a dimension. Its key is empty for the tickets without any.
type RowView struct {
	Key   string     `json:"key" example:"high"`
	Label string     `json:"label" example:"high"`
	User  *user.Card `json:"user" extensions:"x-nullable"`
	// Backlog is what is unfinished now.
	NumbersView
	PreviousCreated int64 `json:"previous_created" example:"30"`
	PreviousSolved  int64 `json:"previous_solved" example:"28"`
} //@name ReportRow

var errDenied = fault.Denied("report.view_denied", "Only administrators may see the reports.")

// canView is for reports about everybody's tickets.
func canView(by authz.Actor) bool { return by.Can(authz.ReportView) && by.Can(authz.TicketViewAll) }

// Desk reports on a period. It reads numbers that are kept per day: it costs as
// much as the period has days, however many tickets there are.
func (s *Service) Desk(ctx context.Context, by authz.Actor, p Period) (DeskView, error) {
	if !canView(by) {
		return DeskView{}, errDenied
	}
	tx := s.db.Read(ctx)
	prev := p.before()
	v := DeskView{
		From: date(p.First), To: date(p.Last), PreviousFrom: date(prev.First), PreviousTo: date(prev.Last),
		PercentileError: stat.MaxError,
	}
	days := map[int64]*tally{}
	at := func(day int64) *tally {
		if days[day] == nil {
			days[day] = newTally()
		}
		return days[day]
	}
	for _, kind := range kinds {
		rows, err := stat.PerDay(tx, kind, prev.First, p.Last)
		if err != nil {
			return v, err
		}
		for _, r := range rows {
			at(r.Day).add(kind, r.Bucket, r.N)
		}
	}
	backlog, err := s.backlogAfter(ctx, by, p.Last)
	if err != nil {
		return v, err
	}
	today := stat.Day(s.clock.Now())
	sum := func(first, last int64) *tally {
		out := newTally()
		for day := first; day <= last; day++ {
			if t := days[day]; t != nil {
				out.merge(t)
			}
		}
		return out
	}
	interval, spans := spansOf(p)
	v.Interval = interval
	v.Series = make([]PointView, len(spans))
	left := backlog
	for i := len(spans) - 1; i >= 0; i-- {
		t := sum(spans[i].First, spans[i].Last)
		v.Series[i] = PointView{From: date(spans[i].First), To: date(spans[i].Last), NumbersView: t.view(left, spans[i].queries("", today))}
		left -= t.created - t.solved()
	}
	v.Totals = sum(p.First, p.Last).view(backlog, p.queries("", today))
	v.Previous = sum(prev.First, prev.Last).view(left, prev.queries("", today))
	for _, d := range dimensions {
		b, err := s.breakdown(ctx, d, p, today)
		if err != nil {
			return v, err
		}
		v.Breakdowns = append(v.Breakdowns, b)
	}
	return v, nil
}

// backlogAfter returns how many of the tickets were there at the end of a day
// and not solved.
func (s *Service) backlogAfter(ctx context.Context, by authz.Actor, day int64) (int64, error) {
	tx := s.db.Read(ctx)
	now, err := s.tickets.VisibleCounts(tx, by)
	if err != nil {
		return 0, err
	}
	n := now.Sum(unfinished)
	for kind, sign := range map[stat.Kind]int64{stat.Created: -1, stat.Solved: 1} {
		later, err := stat.Since(tx, kind, day)
		if err != nil {
			return 0, err
		}
		n += sign * later
	}
	return n, nil
}

var kinds = []stat.Kind{stat.Created, stat.Responded, stat.Solved}

// tally collects the numbers of some days.
type tally struct {
	created             int64
	response, resolving stat.Histogram
}

func newTally() *tally { return &tally{response: stat.Histogram{}, resolving: stat.Histogram{}} }

func (t *tally) add(kind stat.Kind, bucket, n int64) {
	switch kind {
	case stat.Created:
		t.created += n
	case stat.Responded:
		t.response[bucket] += n
	case stat.Solved:
		t.resolving[bucket] += n
	}
}

func (t *tally) merge(o *tally) {
	t.created += o.created
	for b, n := range o.response {
		t.response[b] += n
	}
	for b, n := range o.resolving {
		t.resolving[b] += n
	}
}

func (t *tally) solved() int64 { return t.resolving.Count() }

func (t *tally) view(backlog int64, q QueriesView) NumbersView {
	return NumbersView{
		Created: t.created, Solved: t.solved(), Backlog: backlog,
		FirstResponse: times(t.response), Resolution: times(t.resolving), Queries: q,
	}
}

func times(h stat.Histogram) TimesView {
	at := func(p float64) *int64 {
		d, ok := h.Percentile(p)
		if !ok {
			return nil
		}
		s := int64(d.Round(time.Second) / time.Second)
		return &s
	}
	return TimesView{Count: h.Count(), P50: at(0.5), P90: at(0.9), P95: at(0.95)}
}

// spansOf splits a period into days, weeks from its beginning, or months, such
// that a chart of them can be read.
func spansOf(p Period) (string, []Period) {
	var out []Period
	switch days := p.Last - p.First + 1; {
	case days <= 100:
		for d := p.First; d <= p.Last; d++ {
			out = append(out, Period{d, d})
		}
		return "day", out
	case days <= 735:
		for d := p.First; d <= p.Last; d += 7 {
			out = append(out, Period{d, min(d+6, p.Last)})
		}
		return "week", out
	}
	for d := p.First; d <= p.Last; {
		t := stat.Date(d)
		next := stat.Day(time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC))
		out = append(out, Period{d, min(next-1, p.Last)})
		d = next
	}
	return "month", out
}

// queries are written with moments, not days, whose beginning would depend on
// the reader's time zone.
func (p Period) queries(part string, today int64) QueriesView {
	from, to := stat.Date(p.First).Format(time.RFC3339), stat.Date(p.Last+1).Format(time.RFC3339)
	within := func(field string) string { return join(fmt.Sprintf("%s:%s..%s", field, from, to), part) }
	q := QueriesView{
		Created: within("created"), Solved: within("solved"), Responded: within("responded"),
		Backlog: join(fmt.Sprintf("created:<%s (solved:never OR solved:>=%s)", to, to), part),
	}
	if p.Last >= today {
		q.Backlog = join("status:unfinished", part)
	}
	return q
}

func join(q, part string) string {
	if part == "" {
		return q
	}
	return q + " " + part
}

func date(day int64) string { return stat.Date(day).Format(time.DateOnly) }
