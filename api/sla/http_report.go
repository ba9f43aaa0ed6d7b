package sla

import (
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// ShareView is how many times were met in one part of a report.
type ShareView struct {
	// Key is what the clocks of this part are filtered by: an id, a name or a day.
	Key      string `json:"key" example:"3"`
	Label    string `json:"label" example:"Urgent"`
	Met      int64  `json:"met" example:"46"`
	Breached int64  `json:"breached" example:"4"`
	// Percent is how many of a hundred were met, null without any.
	Percent *float64 `json:"percent" extensions:"x-nullable" example:"92"`
	// AverageSeconds is the working time that they took, of those that have ended.
	AverageSeconds *int64 `json:"average_seconds" extensions:"x-nullable" example:"5400"`
} //@name SLAShare

// ReportView is how many times were met in a range of time.
type ReportView struct {
	From  time.Time   `json:"from" format:"date-time" example:"2026-03-01T00:00:00Z"`
	To    time.Time   `json:"to" format:"date-time" example:"2026-04-01T00:00:00Z"`
	By    string      `json:"by" enums:"policy,target,priority,assignee,team,day" example:"policy"`
	Total ShareView   `json:"total"`
	Rows  []ShareView `json:"rows"`
} //@name SLAReport

// JudgedView is one time that was met or not.
type JudgedView struct {
	TicketID int64 `json:"ticket_id" example:"42"`
	// Title and the rest of the ticket are null when one may not see it.
	Title          *string    `json:"title" extensions:"x-nullable" example:"Printer on floor 3 is out of toner"`
	Priority       *string    `json:"priority" enums:"low,medium,high,urgent" extensions:"x-nullable" example:"high"`
	AssignedTo     *user.Card `json:"assigned_to" extensions:"x-nullable"`
	Target         string     `json:"target" enums:"first_response,next_response,resolution" example:"resolution"`
	State          string     `json:"state" enums:"met,breached" example:"breached"`
	PolicyID       int64      `json:"policy_id" example:"1"`
	GoalSeconds    int64      `json:"goal_seconds" example:"14400"`
	ElapsedSeconds int64      `json:"elapsed_seconds" example:"15000"`
	StartedAt      time.Time  `json:"started_at" format:"date-time" example:"2026-03-02T09:00:00Z"`
	StoppedAt      *time.Time `json:"stopped_at" format:"date-time" extensions:"x-nullable"`
	JudgedAt       time.Time  `json:"judged_at" format:"date-time" example:"2026-03-02T13:00:00Z"`
} //@name SLAJudged

// Percent is how many of a hundred were met, to one decimal; nil for none of none.
func (s Share) Percent() *float64 {
	n := s.Met + s.Breached
	if n == 0 {
		return nil
	}
	percent := math.Round(float64(s.Met)*1000/float64(n)) / 10
	return &percent
}

func shareView(s Share) ShareView {
	v := ShareView{Key: s.Key, Label: s.Label, Met: s.Met, Breached: s.Breached}
	v.Percent = s.Percent()
	if s.Stopped > 0 {
		average := s.Elapsed / s.Stopped
		v.AverageSeconds = &average
	}
	return v
}

var sliceParams = []string{"from", "to", "outcome", "target", "policy_id", "priority", "assigned_to", "team_id"}

// readSlice reads what a report is about; without a range, the last 30 days.
func (s *Service) readSlice(q *web.Query) Slice {
	now := s.clock.Now()
	moment := func(name string, otherwise time.Time) time.Time {
		v := q.Text(name)
		if v == "" {
			return otherwise
		}
		t, err := time.Parse(time.RFC3339, v)
		if err != nil || t.Year() < 1970 || t.Year() > 2199 {
			q.Wrong(name, "Must be a time such as 2026-03-01T00:00:00Z.")
			return otherwise
		}
		return t.UTC()
	}
	sl := Slice{To: moment("to", now.Add(time.Second))}
	sl.From = moment("from", sl.To.AddDate(0, 0, -30))
	if sl.To.Before(sl.From) {
		q.Wrong("to", "To may not be before from.")
	}
	sl.Outcome = State(q.OneOf("outcome", string(Met), string(Breached)))
	targets := make([]string, len(Targets))
	for i, t := range Targets {
		targets[i] = string(t)
	}
	sl.Target = Target(q.OneOf("target", targets...))
	sl.PolicyID = q.Int("policy_id")
	if name := q.Text("priority"); name != "" {
		p, ok := ticket.ParsePriority(name)
		if !ok {
			q.Wrong("priority", "Must be one of: low, medium, high, urgent.")
		}
		sl.Priority = p
	}
	someOrNone := func(name string) *int64 {
		if q.Text(name) == "none" {
			none := int64(0)
			return &none
		}
		return q.Int(name)
	}
	sl.Assignee, sl.Team = someOrNone("assigned_to"), someOrNone("team_id")
	return sl
}

// report answers GET /api/sla/report.
//
// @Summary Report how many SLA times were met
// @Description Counts the times that were met or breached in a range of time; a time counts when it is met, or when it is up. GET /api/sla/clocks with the same filters lists them.
// @ID reportSLA
// @Tags sla
// @Produce json
// @Param by query string false "What to split by" Enums(policy, target, priority, assignee, team, day) default(policy)
// @Param from query string false "From when; 30 days before the end" format(date-time) example(2026-03-01T00:00:00Z)
// @Param to query string false "Until when; now" format(date-time) example(2026-04-01T00:00:00Z)
// @Param outcome query string false "Only one outcome" Enums(met, breached)
// @Param target query string false "Only one target" Enums(first_response, next_response, resolution)
// @Param policy_id query int false "Only one policy" example(1)
// @Param priority query string false "Only tickets of this priority now" Enums(low, medium, high, urgent)
// @Param assigned_to query string false "Only tickets that this person has now, or none" example(3)
// @Param team_id query string false "Only tickets that this team has now, or none" example(2)
// @Success 200 {object} ReportView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/sla/report [get]
func (s *Service) report(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if !canReport(by) {
		return errReportDenied
	}
	q := web.ReadQuery(c, append([]string{"by"}, sliceParams...)...)
	sl := s.readSlice(q)
	split := By(q.OneOf("by", string(ByPolicy), string(ByTarget), string(ByPriority), string(ByAssignee), string(ByTeam), string(ByDay)))
	if split == "" {
		split = ByPolicy
	}
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.Report(ctx, by, sl, split)
	if err != nil {
		return err
	}
	out := ReportView{From: sl.From, To: sl.To, By: string(split), Rows: make([]ShareView, len(rows))}
	var total Share
	for i, r := range rows {
		out.Rows[i] = shareView(r)
		total.Met, total.Breached, total.Elapsed, total.Stopped = total.Met+r.Met, total.Breached+r.Breached, total.Elapsed+r.Elapsed, total.Stopped+r.Stopped
	}
	out.Total = shareView(total)
	return web.SendPlain(c, http.StatusOK, out)
}

// listClocks answers GET /api/sla/clocks.
//
// @Summary List the SLA times that a report is made of
// @Description The latest first.
// @ID listSLAClocks
// @Tags sla
// @Produce json
// @Param from query string false "From when; 30 days before the end" format(date-time) example(2026-03-01T00:00:00Z)
// @Param to query string false "Until when; now" format(date-time) example(2026-04-01T00:00:00Z)
// @Param outcome query string false "Only one outcome" Enums(met, breached)
// @Param target query string false "Only one target" Enums(first_response, next_response, resolution)
// @Param policy_id query int false "Only one policy" example(1)
// @Param priority query string false "Only tickets of this priority now" Enums(low, medium, high, urgent)
// @Param assigned_to query string false "Only tickets that this person has now, or none" example(3)
// @Param team_id query string false "Only tickets that this team has now, or none" example(2)
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[JudgedView]
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/sla/clocks [get]
func (s *Service) listClocks(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if !canReport(by) {
		return errReportDenied
	}
	q := web.ReadQuery(c, slices.Concat(sliceParams, web.PageParams)...)
	sl, page := s.readSlice(q), q.Page(sortJudged)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.Clocks(ctx, by, sl, page)
	if err != nil {
		return err
	}
	var ids []int64
	for _, j := range rows.Rows {
		if j.Ticket != nil && j.Ticket.AssignedToID != nil {
			ids = append(ids, *j.Ticket.AssignedToID)
		}
	}
	people, err := user.Cards(s.db.Read(ctx), ids...)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, func(j Judged) JudgedView {
		v := JudgedView{
			TicketID: j.TicketID, Target: string(j.Target), State: string(j.State), PolicyID: j.PolicyID,
			GoalSeconds: j.Goal, ElapsedSeconds: j.Elapsed, StartedAt: j.StartedAt.UTC(), StoppedAt: utc(j.StoppedAt), JudgedAt: j.JudgedAt.UTC(),
		}
		if t := j.Ticket; t != nil {
			priority := t.Priority.String()
			v.Title, v.Priority = &t.Title, &priority
			if t.AssignedToID != nil {
				card := people[*t.AssignedToID]
				v.AssignedTo = &card
			}
		}
		return v
	})
}
