package sla

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Slice says which clocks a report is about: those that were judged, met or
// breached, in a range of time. A ticket that is a part of another one is left out.
type Slice struct {
	From, To time.Time // To is not included
	Outcome  State     // "" for both
	Target   Target    // "" for all
	PolicyID *int64
	Priority ticket.Priority // 0 for all
	Assignee *int64          // nil for all, 0 for nobody
	Team     *int64          // nil for all, 0 for none
}

// By is what a report is split by.
type By string

// What a report can be split by.
const (
	ByPolicy   By = "policy"
	ByTarget   By = "target"
	ByPriority By = "priority"
	ByAssignee By = "assignee"
	ByTeam     By = "team"
	ByDay      By = "day"
)

// columns are what each split groups by; days are cut from the time, which both
// engines write alike.
var columns = map[By]string{
	ByPolicy: "c.policy_id", ByTarget: "c.target", ByPriority: "t.priority",
	ByAssignee: "COALESCE(t.assigned_to_id, 0)", ByTeam: "COALESCE(t.team_id, 0)", ByDay: "SUBSTR(c.judged_at, 1, 10)",
}

// Share is how many times were met.
type Share struct {
	Key      string
	Label    string
	Met      int64
	Breached int64
	Elapsed  int64 // working seconds of all that have stopped
	Stopped  int64
}

func (s *Service) slice(tx *gorm.DB, sl Slice) *gorm.DB {
	q := tx.Table(s.db.UseIndex("sla_clocks", "c", "idx_sla_clocks_judged")).
		Joins("JOIN tickets AS t ON t.id = c.ticket_id").
		Where("c.judged_at >= ? AND c.judged_at < ? AND t.merged_into_id IS NULL", sl.From.UTC(), sl.To.UTC())
	if sl.Outcome != "" {
		q = q.Where("c.state = ?", sl.Outcome)
	} else {
		q = q.Where("c.state IN ?", []State{Met, Breached})
	}
	if sl.Target != "" {
		q = q.Where("c.target = ?", sl.Target)
	}
	if sl.PolicyID != nil {
		q = q.Where("c.policy_id = ?", *sl.PolicyID)
	}
	if sl.Priority != 0 {
		q = q.Where("t.priority = ?", sl.Priority)
	}
	if sl.Assignee != nil && *sl.Assignee == 0 {
		q = q.Where("t.assigned_to_id IS NULL")
	} else if sl.Assignee != nil {
		q = q.Where("t.assigned_to_id = ?", *sl.Assignee)
	}
	if sl.Team != nil && *sl.Team == 0 {
		q = q.Where("t.team_id IS NULL")
	} else if sl.Team != nil {
		q = q.Where("t.team_id = ?", *sl.Team)
	}
	return q
}

// Report counts how many times were met, split by something.
func (s *Service) Report(ctx context.Context, by authz.Actor, sl Slice, split By) ([]Share, error) {
	if !canReport(by) {
		return nil, errReportDenied
	}
	tx := s.db.Read(ctx)
	var out []Share
	column := columns[split]
	err := s.slice(tx, sl).Select(column+" AS `key`, "+
		"SUM(CASE WHEN c.state = ? THEN 1 ELSE 0 END) AS met, SUM(CASE WHEN c.state = ? THEN 1 ELSE 0 END) AS breached, "+
		"SUM(CASE WHEN c.stopped_at IS NOT NULL THEN c.elapsed ELSE 0 END) AS elapsed, "+
		"SUM(CASE WHEN c.stopped_at IS NOT NULL THEN 1 ELSE 0 END) AS stopped", Met, Breached).
		Group(column).Order(column).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("count the met SLA times: %w", err)
	}
	return out, label(tx, out, split)
}

// label names what a report is split by.
func label(tx *gorm.DB, rows []Share, split By) error {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		rows[i].Label = r.Key
		ids[i], _ = strconv.ParseInt(r.Key, 10, 64)
	}
	switch split {
	case ByPriority:
		for i, id := range ids {
			rows[i].Key = ticket.Priority(id).String()
			rows[i].Label = rows[i].Key
		}
	case ByAssignee:
		people, err := user.Cards(tx, ids...)
		if err != nil {
			return err
		}
		for i, id := range ids {
			rows[i].Label = people[id].Name()
		}
	case ByTeam:
		var list []team.Team
		if err := tx.Where("id IN ?", ids).Find(&list).Error; err != nil {
			return fmt.Errorf("read the teams: %w", err)
		}
		names := map[int64]string{}
		for _, t := range list {
			names[t.ID] = t.Name
		}
		for i, id := range ids {
			rows[i].Label = names[id]
		}
	case ByPolicy:
		var list []Policy
		if err := tx.Find(&list).Error; err != nil {
			return fmt.Errorf("read the SLA policies: %w", err)
		}
		names := map[int64]string{}
		for _, p := range list {
			names[p.ID] = p.Name
		}
		for i, id := range ids {
			rows[i].Label = names[id]
		}
	case ByTarget, ByDay:
	}
	return nil
}

// Judged is a clock of a report with its ticket.
type Judged struct {
	Clock
	Ticket *ticket.Ticket // nil when the actor may not see it
}

const sortJudged = "-judged_at"

// Clocks returns a page of the clocks that a report is made of, the latest first.
func (s *Service) Clocks(ctx context.Context, by authz.Actor, sl Slice, page web.Page) (web.Rows[Judged], error) {
	out := web.Rows[Judged]{CursorOf: func(j Judged) web.Cursor {
		return web.Cursor{Sort: sortJudged, Key: j.JudgedAt.UTC().Format(time.RFC3339Nano), ID: j.ID}
	}}
	if !canReport(by) {
		return out, errReportDenied
	}
	tx := s.db.Read(ctx)
	limited := s.slice(tx, sl).Select("c.id").Limit(web.MaxCount + 1)
	if err := tx.Table("(?) AS l", limited).Count(&out.Count).Error; err != nil {
		return out, fmt.Errorf("count the clocks of a report: %w", err)
	}
	skip, err := page.Skip(out.Count)
	if err != nil {
		return out, err
	}
	q, order := s.slice(tx, sl), "c.judged_at DESC, c.id DESC"
	if cur := page.Cursor; cur != nil {
		at, err := time.Parse(time.RFC3339Nano, cur.Key)
		if err != nil {
			return out, web.PageMissing()
		}
		op := "<"
		if cur.Back {
			op, order = ">", "c.judged_at, c.id"
		}
		q = q.Where("c.judged_at "+op+"= ? AND (c.judged_at "+op+" ? OR c.id "+op+" ?)", at, at, cur.ID)
	}
	var ids []int64
	if err := q.Order(order).Offset(skip).Limit(page.Size+1).Pluck("c.id", &ids).Error; err != nil {
		return out, fmt.Errorf("list the clocks of a report: %w", err)
	}
	ids = web.Cut(&out, ids, page)
	if len(ids) == 0 {
		return out, nil
	}
	var clocks []Clock
	if err := tx.Where("id IN ?", ids).Order("judged_at DESC, id DESC").Find(&clocks).Error; err != nil {
		return out, fmt.Errorf("read the clocks of a report: %w", err)
	}
	for _, c := range clocks {
		j := Judged{Clock: c}
		if t, err := ticket.Readable(tx, by, c.TicketID); err == nil {
			j.Ticket = t
		}
		out.Rows = append(out.Rows, j)
	}
	return out, nil
}
