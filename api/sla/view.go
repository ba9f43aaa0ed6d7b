package sla

import (
	"time"

	"github.com/fixdesk/fixdesk/api/ticket"
)

// Can is what the caller may do with a policy.
type Can struct {
	Update bool `json:"update" example:"true"`
	Delete bool `json:"delete" example:"true"`
} //@name SLAPolicyCan

// GoalsView is the working time that a policy allows for each target, in seconds;
// null for targets that it has no time for.
type GoalsView struct {
	FirstResponse *int64 `json:"first_response" extensions:"x-nullable" example:"3600"`
	NextResponse  *int64 `json:"next_response" extensions:"x-nullable" example:"7200"`
	Resolution    *int64 `json:"resolution" extensions:"x-nullable" example:"28800"`
} //@name SLATargets

// StepView is what happens some working time before or after a time is up.
type StepView struct {
	ID     string `json:"id" example:"s1"`
	Target string `json:"target" enums:"first_response,next_response,resolution" example:"resolution"`
	// OffsetSeconds is negative before the time is up.
	OffsetSeconds  int64   `json:"offset_seconds" example:"-1800"`
	NotifyAssignee bool    `json:"notify_assignee" example:"true"`
	NotifyUserIDs  []int64 `json:"notify_user_ids" example:"3"`
	AssignTo       *int64  `json:"assign_to" extensions:"x-nullable" example:"3"`
	RaisePriority  bool    `json:"raise_priority" example:"false"`
} //@name SLAStep

// PolicyView is a policy.
type PolicyView struct {
	ID        int64  `json:"id" example:"1"`
	Position  int    `json:"position" example:"1"`
	Name      string `json:"name" example:"Urgent"`
	Enabled   bool   `json:"enabled" example:"true"`
	Condition string `json:"condition" example:"priority:urgent"`
	// Problem says why the condition cannot be read any more; the policy applies to nothing then. Empty for none.
	Problem string `json:"problem" example:""`
	// CalendarID names the hours in which time is counted; null for around the clock.
	CalendarID        *int64     `json:"calendar_id" extensions:"x-nullable" example:"1"`
	Targets           GoalsView  `json:"targets"`
	PauseWhileWaiting bool       `json:"pause_while_waiting" example:"true"`
	AtRiskPercent     int        `json:"at_risk_percent" example:"80"`
	Steps             []StepView `json:"steps"`
	Version           int64      `json:"version" example:"2"`
	CreatedAt         time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	UpdatedAt         time.Time  `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	Can               Can        `json:"can"`
} //@name SLAPolicy

// PoliciesView lists the policies in the order in which they are tried.
type PoliciesView struct {
	Policies []PolicyView `json:"policies"`
	// Run is how far the last counting of all tickets is; null when there was none.
	Run *RunView `json:"run" extensions:"x-nullable"`
} //@name SLAPolicies

// RunView is one counting of many tickets.
type RunView struct {
	ID         int64      `json:"id" example:"7"`
	Reason     string     `json:"reason" enums:"asked,policy,calendar,requester" example:"policy"`
	Scope      string     `json:"scope" enums:"open,all" example:"open"`
	State      string     `json:"state" enums:"running,done,superseded" example:"running"`
	Total      int64      `json:"total" example:"1200"`
	Done       int64      `json:"done" example:"300"`
	CreatedAt  time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	FinishedAt *time.Time `json:"finished_at" format:"date-time" extensions:"x-nullable"`
} //@name SLARun

// GoalsInput is the targets of a policy as the API reads them.
type GoalsInput struct {
	FirstResponse *int64 `json:"first_response" validate:"optional" extensions:"x-nullable" example:"3600"`
	NextResponse  *int64 `json:"next_response" validate:"optional" extensions:"x-nullable" example:"7200"`
	Resolution    *int64 `json:"resolution" validate:"optional" extensions:"x-nullable" example:"28800"`
} //@name SLATargetsInput

// StepInput is a step as the API reads it. Steps keep their id, by which it is
// known for which tickets they were done already; new ones have none.
type StepInput struct {
	ID             string  `json:"id" validate:"optional" example:"s1"`
	Target         string  `json:"target" validate:"required" enums:"first_response,next_response,resolution" example:"resolution"`
	OffsetSeconds  int64   `json:"offset_seconds" validate:"required" example:"-1800"`
	NotifyAssignee bool    `json:"notify_assignee" validate:"optional" example:"true"`
	NotifyUserIDs  []int64 `json:"notify_user_ids" validate:"optional" example:"3"`
	AssignTo       *int64  `json:"assign_to" validate:"optional" extensions:"x-nullable" example:"3"`
	RaisePriority  bool    `json:"raise_priority" validate:"optional" example:"false"`
} //@name SLAStepInput

// PolicyCreate is the body of a new policy.
type PolicyCreate struct {
	Name              string      `json:"name" validate:"required" minLength:"1" maxLength:"100" example:"Urgent"`
	Enabled           bool        `json:"enabled" validate:"optional" default:"true" example:"true"`
	Condition         string      `json:"condition" validate:"optional" example:"priority:urgent"`
	CalendarID        *int64      `json:"calendar_id" validate:"optional" extensions:"x-nullable" example:"1"`
	Targets           GoalsInput  `json:"targets" validate:"required"`
	PauseWhileWaiting bool        `json:"pause_while_waiting" validate:"optional" example:"true"`
	AtRiskPercent     int         `json:"at_risk_percent" validate:"optional" minimum:"1" maximum:"99" default:"80" example:"80"`
	Steps             []StepInput `json:"steps" validate:"optional"`
} //@name SLAPolicyCreate

// PolicyUpdate is the body of a changed policy; what is left out stays.
type PolicyUpdate struct {
	Name              string      `json:"name" validate:"optional" minLength:"1" maxLength:"100" example:"Urgent"`
	Enabled           bool        `json:"enabled" validate:"optional" example:"true"`
	Condition         string      `json:"condition" validate:"optional" example:"priority:urgent"`
	CalendarID        *int64      `json:"calendar_id" validate:"optional" extensions:"x-nullable" example:"1"`
	Targets           GoalsInput  `json:"targets" validate:"optional"`
	PauseWhileWaiting bool        `json:"pause_while_waiting" validate:"optional" example:"true"`
	AtRiskPercent     int         `json:"at_risk_percent" validate:"optional" minimum:"1" maximum:"99" example:"80"`
	Steps             []StepInput `json:"steps" validate:"optional"`
} //@name SLAPolicyUpdate

// OrderRequest is the body of a new order of the policies.
type OrderRequest struct {
	IDs []int64 `json:"ids" validate:"required" example:"2,1"`
} //@name SLAPolicyOrder

// RecalculateRequest is the body of a counting of all tickets.
type RecalculateRequest struct {
	// Scope is open for the tickets that are not done, or all for those as well
	// that are done, where nothing was counted yet.
	Scope string `json:"scope" validate:"optional" enums:"open,all" default:"open" example:"open"`
} //@name SLARecalculate

// NamedView is something with a name.
type NamedView struct {
	ID   int64  `json:"id" example:"1"`
	Name string `json:"name" example:"Office hours Berlin"`
} //@name SLANamed

// StretchView is a part of a clock's time.
type StretchView struct {
	From    time.Time `json:"from" format:"date-time" example:"2026-03-02T08:00:00Z"`
	To      time.Time `json:"to" format:"date-time" example:"2026-03-02T11:00:00Z"`
	Seconds int64     `json:"seconds" example:"10800"`
	Counts  bool      `json:"counts" example:"true"`
	// Reason says why it counts or not: within the working hours, outside them, on
	// a holiday, while waiting for the requester, or while the ticket was done.
	Reason  string  `json:"reason" enums:"working,closed,holiday,waiting,done" example:"working"`
	Holiday *string `json:"holiday" extensions:"x-nullable" example:"Christmas"`
	// Substatus is the finer status in which it waited, if that is why it does not count.
	Substatus *string `json:"substatus" extensions:"x-nullable" example:"Waiting for parts"`
	// Ahead is still to come, if nothing else happens.
	Ahead bool `json:"ahead" example:"false"`
} //@name SLAStretch

// ClockView is the time for one target of a ticket.
type ClockView struct {
	Target    string     `json:"target" enums:"first_response,next_response,resolution" example:"resolution"`
	State     string     `json:"state" enums:"running,at_risk,paused,met,breached" example:"running"`
	Policy    *NamedView `json:"policy" extensions:"x-nullable"`
	Calendar  *NamedView `json:"calendar" extensions:"x-nullable"`
	Zone      string     `json:"zone" example:"Europe/Berlin"`
	StartedAt time.Time  `json:"started_at" format:"date-time" example:"2026-03-02T09:00:00Z"`
	StoppedAt *time.Time `json:"stopped_at" format:"date-time" extensions:"x-nullable"`
	DueAt     *time.Time `json:"due_at" format:"date-time" extensions:"x-nullable" example:"2026-03-02T13:00:00Z"`
	// BreachedAt is when the time was up, MetAt when the target was reached in time.
	BreachedAt     *time.Time `json:"breached_at" format:"date-time" extensions:"x-nullable"`
	MetAt          *time.Time `json:"met_at" format:"date-time" extensions:"x-nullable"`
	GoalSeconds    int64      `json:"goal_seconds" example:"14400"`
	ElapsedSeconds int64      `json:"elapsed_seconds" example:"3600"`
	// PausedBecause says why time stands still now.
	PausedBecause *string `json:"paused_because" enums:"waiting,done,closed_for_good" extensions:"x-nullable"`
	// PausedIn is the finer status in which it stands still, if that is why.
	PausedIn  *string       `json:"paused_in" extensions:"x-nullable" example:"Waiting for parts"`
	Stretches []StretchView `json:"stretches"`
	// LeftOut is how many of the earliest stretches are not listed.
	LeftOut int `json:"left_out" example:"0"`
} //@name SLAClock

// TicketView is how a ticket stands against what was agreed, and why.
type TicketView struct {
	TicketID int64       `json:"ticket_id" example:"42"`
	Policy   *NamedView  `json:"policy" extensions:"x-nullable"`
	State    *string     `json:"state" enums:"ok,at_risk,breached,paused,met" extensions:"x-nullable" example:"ok"`
	DueAt    *time.Time  `json:"due_at" format:"date-time" extensions:"x-nullable" example:"2026-03-02T13:00:00Z"`
	Clocks   []ClockView `json:"clocks"`
} //@name TicketSLA

// MatchView is whether a policy's condition holds for a ticket.
type MatchView struct {
	ID      int64  `json:"id" example:"1"`
	Name    string `json:"name" example:"Urgent"`
	Enabled bool   `json:"enabled" example:"true"`
	Matches bool   `json:"matches" example:"true"`
	// Applies is true for the first one that matches.
	Applies bool `json:"applies" example:"true"`
} //@name SLAMatch

// PreviewView is what would apply to a ticket if it were counted now.
type PreviewView struct {
	TicketView
	Policies []MatchView `json:"policies"`
} //@name SLAPreview

func secondsView(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

func runView(r *Run) *RunView {
	if r == nil {
		return nil
	}
	return &RunView{
		ID: r.ID, Reason: r.Reason, Scope: string(r.Scope), State: string(r.State), Total: max(r.Total, r.Done), Done: r.Done,
		CreatedAt: r.CreatedAt.UTC(), FinishedAt: utc(r.FinishedAt),
	}
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

func (a *Account) view() TicketView {
	v := TicketView{TicketID: a.Ticket.ID, DueAt: utc(a.Due), Clocks: make([]ClockView, len(a.Clocks))}
	if a.Policy != nil {
		v.Policy = &NamedView{a.Policy.ID, a.Policy.Name}
	}
	if name := a.State.String(); name != "" {
		v.State = &name
	}
	for i := range a.Clocks {
		v.Clocks[i] = a.clockView(&a.Clocks[i])
	}
	return v
}

func (a *Account) clockView(c *Clock) ClockView {
	v := ClockView{
		Target: string(c.Target), State: string(c.State), Zone: "UTC", StartedAt: c.StartedAt.UTC(), StoppedAt: utc(c.StoppedAt),
		DueAt: utc(c.DueAt), BreachedAt: utc(c.BreachedAt), MetAt: utc(c.MetAt), GoalSeconds: c.Goal, ElapsedSeconds: c.Elapsed,
		Stretches: []StretchView{},
	}
	if p, ok := a.Policies[c.PolicyID]; ok {
		v.Policy = &NamedView{p.ID, p.Name}
	}
	key := int64(0)
	if c.CalendarID != nil {
		key = *c.CalendarID
		if cal, ok := a.Calendars[key]; ok {
			v.Calendar, v.Zone = &NamedView{cal.ID, cal.Name}, cal.Zone
		}
	}
	r := c.run()
	switch {
	case c.StoppedAt != nil:
	case r.paused() != nil:
		v.PausedBecause, v.PausedIn = told(*r.paused())
	case c.State == Paused:
		never := "closed_for_good"
		v.PausedBecause = &never
	}
	schedule := a.Schedules[key]
	if schedule == nil {
		return v // the calendar is gone; what was judged stays
	}
	if c.StoppedAt == nil {
		v.ElapsedSeconds = int64(r.elapsed(schedule, a.Now) / time.Second)
		if c.State == Running && c.DueAt != nil && c.DueAt.Before(a.Now) {
			v.State = string(Breached)
		} else if c.State == Running && c.standing(a.Now) == ticket.SLAAtRisk {
			v.State = ticket.SLAAtRisk.String()
		}
	}
	list, leftOut := explain(r, schedule, c.DueAt, a.Now)
	v.LeftOut = leftOut
	for _, st := range list {
		sv := StretchView{
			From: st.From.UTC(), To: st.To.UTC(), Seconds: int64(st.To.Sub(st.From) / time.Second),
			Counts: st.Counts(), Reason: st.Reason, Ahead: st.Ahead,
		}
		if st.Status != "" {
			sv.Reason, sv.Substatus = pausedWaiting, &st.Status
		}
		if st.Holiday != "" {
			sv.Holiday = &st.Holiday
		}
		v.Stretches = append(v.Stretches, sv)
	}
	return v
}

// told says why time stands still as the API does: who is in a finer status waits.
func told(p Pause) (reason, status *string) {
	why := p.Reason
	if why != pausedStatus {
		return &why, nil
	}
	why = pausedWaiting
	return &why, &p.Status
}
