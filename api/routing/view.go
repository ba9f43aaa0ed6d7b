package routing

import (
	"time"

	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/user"
)

// View is a queue.
type View struct {
	ID       int64     `json:"id" example:"3"`
	Position int       `json:"position" example:"1"`
	Name     string    `json:"name" example:"Network"`
	Team     team.Card `json:"team"`
	Enabled  bool      `json:"enabled" example:"true"`
	Strategy string    `json:"strategy" enums:"round_robin,least_loaded,skill" example:"round_robin"`
	// Condition is a query of the query language. Empty, the queue takes all tickets of its team; else those of its team and of no team that fit.
	Condition string `json:"condition" example:"category:Network"`
	// Problem says why the condition cannot be read any more; the queue takes nothing then. Empty for none.
	Problem string `json:"problem" example:""`
	// Sticky gives a ticket to who had the requester's last one, when fit.
	Sticky bool `json:"sticky" example:"true"`
	// Capacity is how many open tickets members may have who have no limit of their own.
	Capacity int `json:"capacity" example:"10"`
	// Waiting is how many tickets wait in it, at most 1,000.
	Waiting   int       `json:"waiting" example:"0"`
	Version   int64     `json:"version" example:"1"`
	CreatedAt time.Time `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	UpdatedAt time.Time `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name RoutingQueue

// CreateRequest is the body of a new queue.
type CreateRequest struct {
	Name      string `json:"name" validate:"required" minLength:"1" maxLength:"100" example:"Network"`
	TeamID    int64  `json:"team_id" validate:"required" example:"2"`
	Enabled   bool   `json:"enabled" validate:"optional" default:"true"`
	Strategy  string `json:"strategy" validate:"optional" enums:"round_robin,least_loaded,skill" default:"round_robin"`
	Condition string `json:"condition" validate:"optional" maxLength:"2000" example:"category:Network"`
	Sticky    bool   `json:"sticky" validate:"optional" example:"true"`
	Capacity  int    `json:"capacity" validate:"optional" minimum:"1" maximum:"1000" default:"10" example:"10"`
} //@name RoutingQueueCreate

// UpdateRequest is the body of a change; what is left out stays as it is.
type UpdateRequest struct {
	Name      string `json:"name" validate:"optional" minLength:"1" maxLength:"100" example:"Network"`
	TeamID    int64  `json:"team_id" validate:"optional" example:"2"`
	Enabled   bool   `json:"enabled" validate:"optional" example:"true"`
	Strategy  string `json:"strategy" validate:"optional" enums:"round_robin,least_loaded,skill" example:"skill"`
	Condition string `json:"condition" validate:"optional" maxLength:"2000" example:"category:Network"`
	Sticky    bool   `json:"sticky" validate:"optional" example:"true"`
	Capacity  int    `json:"capacity" validate:"optional" minimum:"1" maximum:"1000" example:"10"`
} //@name RoutingQueueUpdate

// OrderRequest names every queue once.
type OrderRequest struct {
	IDs []int64 `json:"ids" validate:"required" maxItems:"100" example:"3,2"`
} //@name RoutingQueueOrder

// AgentView is what somebody of the IT staff is able to, and whether they are there.
type AgentView struct {
	User user.Card `json:"user"`
	// Capacity is how many open tickets they may have; null for what the queue says.
	Capacity *int `json:"capacity" extensions:"x-nullable" example:"8"`
	// CalendarID is the calendar of their working hours; null for any time.
	CalendarID *int64   `json:"calendar_id" extensions:"x-nullable" example:"1"`
	Skills     []string `json:"skills" example:"vpn"`
	Away       bool     `json:"away" example:"false"`
	// BackAt is when they are there again by themselves.
	BackAt *time.Time `json:"back_at" format:"date-time" extensions:"x-nullable"`
	// AtWork says whether it is in their working hours now.
	AtWork bool `json:"at_work" example:"true"`
	// OpenTickets is how many they have.
	OpenTickets int   `json:"open_tickets" example:"4"`
	Version     int64 `json:"version" example:"1"`
} //@name RoutingAgent

// AgentsView is the IT staff, or a team of it.
type AgentsView struct {
	Results []AgentView `json:"results"`
} //@name RoutingAgents

// AgentRequest is what somebody is able to; what is left out stays as it is.
type AgentRequest struct {
	Capacity   *int     `json:"capacity" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"1000" example:"8"`
	CalendarID *int64   `json:"calendar_id" validate:"optional" extensions:"x-nullable" example:"1"`
	Skills     []string `json:"skills" validate:"optional" maxItems:"100" example:"vpn"`
	Away       bool     `json:"away" validate:"optional" example:"false"`
} //@name RoutingAgentUpdate

// AvailabilityView says whether one is there.
type AvailabilityView struct {
	Away bool `json:"away" example:"true"`
	// BackAt is when one is there again by itself; null until one says so.
	BackAt *time.Time `json:"back_at" format:"date-time" extensions:"x-nullable"`
} //@name Availability

// AvailabilityRequest says whether one is there.
type AvailabilityRequest struct {
	Away   bool       `json:"away" validate:"required" example:"true"`
	BackAt *time.Time `json:"back_at" validate:"optional" format:"date-time" extensions:"x-nullable"`
} //@name AvailabilityUpdate

// SkillInput is a tag that says what it takes.
type SkillInput struct {
	Tag string `json:"tag" validate:"required" minLength:"1" maxLength:"50" example:"vpn"`
	// Categories, with what lies below them, take the skill, too.
	Categories []int64 `json:"categories" validate:"optional" maxItems:"100" example:"4"`
} //@name RoutingSkillInput

// SkillView is a skill.
type SkillView struct {
	Tag        string  `json:"tag" example:"vpn"`
	Categories []int64 `json:"categories" example:"4"`
} //@name RoutingSkill

// SkillsView is the desk's skills.
type SkillsView struct {
	Skills []SkillView `json:"skills"`
} //@name RoutingSkills

// SkillsRequest replaces the desk's skills.
type SkillsRequest struct {
	Skills []SkillInput `json:"skills" validate:"required" maxItems:"100"`
} //@name RoutingSkillsUpdate

// VerdictView is what became of one member of the team.
type VerdictView struct {
	User     user.Card `json:"user"`
	Reason   string    `json:"reason" enums:"sticky,turn,fewest_open,skilled,inactive,away,off_hours,full,gave_back,lacks_skill,not_last,later_turn,more_open" example:"full"`
	Open     int       `json:"open_tickets" example:"10"`
	Capacity int       `json:"capacity" example:"10"`
	// Lacks are the skills that are missing.
	Lacks []string `json:"lacks" example:"vpn"`
} //@name RoutingVerdict

// DecisionView is why somebody got a ticket.
type DecisionView struct {
	ID       int64     `json:"id" example:"12"`
	QueueID  int64     `json:"queue_id" example:"3"`
	Queue    string    `json:"queue" example:"Network"`
	Strategy string    `json:"strategy" enums:"round_robin,least_loaded,skill" example:"round_robin"`
	Agent    user.Card `json:"agent"`
	Reason   string    `json:"reason" enums:"sticky,turn,fewest_open,skilled" example:"turn"`
	// Skills are those that it took.
	Skills        []string      `json:"skills" example:"vpn"`
	WaitedSeconds int64         `json:"waited_seconds" example:"0"`
	Candidates    []VerdictView `json:"candidates"`
	CreatedAt     time.Time     `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name RoutingDecision

// WaitingView is a ticket that nobody is free for.
type WaitingView struct {
	QueueID int64     `json:"queue_id" example:"3"`
	Queue   string    `json:"queue" example:"Network"`
	Since   time.Time `json:"since" format:"date-time" example:"2026-03-02T09:10:00Z"`
	// Ahead is how many tickets wait longer, at most 1,000.
	Ahead  int      `json:"ahead" example:"2"`
	Skills []string `json:"skills" example:"vpn"`
	// Candidates says why nobody of the team can have it now.
	Candidates []VerdictView `json:"candidates"`
} //@name RoutingWaiting

// StoryView is why somebody has a ticket, or nobody does.
type StoryView struct {
	Waiting *WaitingView `json:"waiting" extensions:"x-nullable"`
	// Decisions are the last ones, the newest first.
	Decisions []DecisionView `json:"decisions"`
} //@name TicketRouting

// SimulateRequest names a ticket, or says what one of a queue would be like.
type SimulateRequest struct {
	TicketID    *int64   `json:"ticket_id" validate:"optional" extensions:"x-nullable" example:"42"`
	QueueID     *int64   `json:"queue_id" validate:"optional" extensions:"x-nullable" example:"3"`
	CategoryID  *int64   `json:"category_id" validate:"optional" extensions:"x-nullable" example:"4"`
	Tags        []string `json:"tags" validate:"optional" maxItems:"30" example:"vpn"`
	RequesterID *int64   `json:"requester_id" validate:"optional" extensions:"x-nullable" example:"7"`
} //@name RoutingSimulation

// TrialView is who would get a ticket now.
type TrialView struct {
	// QueueID is null when no queue takes it.
	QueueID *int64 `json:"queue_id" extensions:"x-nullable" example:"3"`
	Queue   string `json:"queue" example:"Network"`
	// Agent is null when nobody is free: it would wait.
	Agent      *user.Card    `json:"agent" extensions:"x-nullable"`
	Reason     string        `json:"reason" example:"turn"`
	Skills     []string      `json:"skills" example:"vpn"`
	Candidates []VerdictView `json:"candidates"`
} //@name RoutingTrial

// WaitView is a ticket in a queue.
type WaitView struct {
	TicketID int64     `json:"ticket_id" example:"42"`
	Title    string    `json:"title" example:"VPN drops"`
	Since    time.Time `json:"since" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name RoutingWait
