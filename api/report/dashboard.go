package report

import (
	"context"
	"fmt"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// DashboardView is the desk at a glance, for one person.
type DashboardView struct {
	Total       int64         `json:"total" example:"128"`
	PerStatus   StatusCounts  `json:"per_status"`
	PerPriority PriorityCount `json:"per_priority"`
	Unassigned  int64         `json:"unassigned" example:"4"`
	MineTotal   int64         `json:"mine_total" example:"6"`
	Recent      []ticket.View `json:"recent"`
	Mine        []ticket.View `json:"mine"`
	PerDay      []DayCount    `json:"per_day"`
} //@name Dashboard

// StatusCounts is the number of visible tickets in each status.
type StatusCounts struct {
	Open       int64 `json:"open" example:"12"`
	InProgress int64 `json:"in_progress" example:"8"`
	Resolved   int64 `json:"resolved" example:"30"`
	Closed     int64 `json:"closed" example:"78"`
} //@name StatusCounts

// PriorityCount is the number of visible tickets of each priority.
type PriorityCount struct {
	Low    int64 `json:"low" example:"20"`
	Medium int64 `json:"medium" example:"80"`
	High   int64 `json:"high" example:"20"`
	Urgent int64 `json:"urgent" example:"8"`
} //@name PriorityCounts

// DayCount is what happened on one day (UTC).
type DayCount struct {
	Date     string `json:"date" format:"date" example:"2026-03-02"`
	Created  int64  `json:"created" example:"9"`
	Resolved int64  `json:"resolved" example:"7"`
} //@name DayCounts

const (
	dashboardRows = 10
	dashboardDays = 30
)

// Dashboard returns the numbers and newest tickets of what the actor sees. It
// reads counters and walks indexes; it scans nothing.
func (s *Service) Dashboard(ctx context.Context, by authz.Actor) (DashboardView, error) {
	tx := s.db.Read(ctx)
	all, err := s.tickets.VisibleCounts(tx, by)
	if err != nil {
		return DashboardView{}, err
	}
	status := func(want ticket.Status) int64 {
		return all.Sum(func(s ticket.Status, _ ticket.Priority) bool { return s == want })
	}
	priority := func(want ticket.Priority) int64 {
		return all.Sum(func(_ ticket.Status, p ticket.Priority) bool { return p == want })
	}
	v := DashboardView{
		Total:       all.Sum(func(ticket.Status, ticket.Priority) bool { return true }),
		PerStatus:   StatusCounts{status(ticket.Open), status(ticket.InProgress), status(ticket.Resolved), status(ticket.Closed)},
		PerPriority: PriorityCount{priority(ticket.Low), priority(ticket.Medium), priority(ticket.High), priority(ticket.Urgent)},
		PerDay:      []DayCount{},
	}
	mine := ticket.Filter{Statuses: []ticket.Status{ticket.Open, ticket.InProgress}}
	counts := ticket.RequestedCounts
	if by.Can(authz.TicketQueue) {
		mine.AssignedTo = &by.ID
		counts = ticket.AssignedCounts
		none, err := s.tickets.UnassignedCounts(tx, by)
		if err != nil {
			return v, err
		}
		v.Unassigned = none.Sum(unfinished)
	} else {
		mine.CreatedBy = &by.ID
	}
	own, err := counts(tx, by.ID)
	if err != nil {
		return v, err
	}
	v.MineTotal = own.Sum(unfinished)
	if v.Mine, err = s.tickets.Newest(ctx, by, mine, dashboardRows); err != nil {
		return v, err
	}
	if v.Recent, err = s.tickets.Newest(ctx, by, ticket.Filter{}, dashboardRows); err != nil {
		return v, err
	}
	if by.Can(authz.ReportView) {
		v.PerDay, err = s.perDay(ctx)
	}
	return v, err
}

func unfinished(s ticket.Status, _ ticket.Priority) bool { return !s.Done() }

func (s *Service) perDay(ctx context.Context) ([]DayCount, error) {
	today := s.clock.Now().UTC()
	first := today.AddDate(0, 0, 1-dashboardDays).Format(time.DateOnly)
	var rows []struct {
		Day, Kind string
		N         int64
	}
	err := s.db.Read(ctx).Raw("SELECT day, kind, SUM(n) AS n FROM ticket_days WHERE day >= ? AND day <= ? GROUP BY day, kind",
		first, today.Format(time.DateOnly)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the tickets per day: %w", err)
	}
	out := make([]DayCount, dashboardDays)
	at := map[string]*DayCount{}
	for i := range out {
		out[i].Date = today.AddDate(0, 0, i+1-dashboardDays).Format(time.DateOnly)
		at[out[i].Date] = &out[i]
	}
	for _, r := range rows {
		if d := at[r.Day]; d != nil && r.Kind == ticket.DayCreated {
			d.Created = r.N
		} else if d != nil {
			d.Resolved = r.N
		}
	}
	return out, nil
}
