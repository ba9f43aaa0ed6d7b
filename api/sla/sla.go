// Package sla keeps what was agreed about how soon people are answered and
// helped: policies, a clock for each target of each ticket, and what happens
// before and after a time is up.
//
// A clock's times are counted anew from the ticket's history whenever something
// happens to it, in the same transaction. What is counted is pure (clock.go).
package sla

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/calendar"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Goals are the working seconds that a policy allows for each target; 0 for
// targets that it has not.
type Goals struct {
	FirstResponse int64 `json:"first_response,omitempty"`
	NextResponse  int64 `json:"next_response,omitempty"`
	Resolution    int64 `json:"resolution,omitempty"`
}

func (g Goals) of(t Target) int64 {
	switch t {
	case FirstResponse:
		return g.FirstResponse
	case NextResponse:
		return g.NextResponse
	case Resolution:
		return g.Resolution
	}
	return 0
}

// Step is what happens some working time before or after a target's time is up.
type Step struct {
	ID     string `json:"id"`
	Target Target `json:"target"`
	// Offset is in working seconds: before the time is up when negative.
	Offset        int64   `json:"offset"`
	Notify        bool    `json:"notify,omitempty"` // the assignee
	NotifyUsers   []int64 `json:"notify_users,omitempty"`
	AssignTo      *int64  `json:"assign_to,omitempty"`
	RaisePriority bool    `json:"raise_priority,omitempty"`
}

// Policy is what was agreed for some tickets. The first enabled one, by
// position, whose condition holds applies.
type Policy struct {
	ID           int64
	Position     int
	Name         string
	Enabled      bool
	Condition    string `gorm:"column:applies_to"` // in the query language; "" for every ticket
	CalendarID   *int64 // nil for around the clock
	Targets      Goals  `gorm:"serializer:json"`
	PauseWaiting bool   // the resolution stands still while the requester has to act
	RiskPercent  int    // of a target's time, from which on it is at risk
	Steps        []Step `gorm:"serializer:json"`
	Version      int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// TableName names the table for GORM.
func (Policy) TableName() string { return "sla_policies" }

// State is where a clock stands.
type State string

// The states of a clock.
const (
	Running  State = "running"
	Paused   State = "paused"
	Met      State = "met"
	Breached State = "breached" // whether it still runs or not
)

// Clock is the time for one target of one ticket. Times and states follow from
// the ticket's history, the policy and the calendar; one that has stopped is
// left as it was judged, unless its ticket is reopened.
type Clock struct {
	ID         int64
	TicketID   int64
	Target     Target
	StartedAt  time.Time
	StoppedAt  *time.Time
	Pauses     []Pause `gorm:"serializer:json"`
	PolicyID   int64
	CalendarID *int64
	Goal       int64 // working seconds
	Elapsed    int64 // working seconds until it stopped or paused, or else until it was counted
	State      State
	DueAt      *time.Time
	RiskAt     *time.Time
	BreachedAt *time.Time
	MetAt      *time.Time
	JudgedAt   *time.Time // met or breached, whichever
	NextAt     *time.Time // when to look at it again
	Fired      []string   `gorm:"serializer:json"` // what was done about it, once and for all
	Version    int64
}

// TableName names the table for GORM.
func (Clock) TableName() string { return "sla_clocks" }

func (c *Clock) run() *run {
	return &run{target: c.Target, started: c.StartedAt, stopped: c.StoppedAt, pauses: c.Pauses}
}

// What this package announces about tickets; it is for the IT staff.
const (
	Warned    = ticket.InternalPrefix + "sla_at_risk"
	Overdue   = ticket.InternalPrefix + "sla_breached"
	Escalated = ticket.InternalPrefix + "sla_escalated"
)

// What this package announces about policies.
const (
	PolicyCreated = "sla_policy.created"
	PolicyUpdated = "sla_policy.updated"
	PolicyDeleted = "sla_policy.deleted"

	policySubject = "sla_policy"
)

// Alarm is the data of Warned, Overdue and Escalated.
type Alarm struct {
	Target   Target     `json:"target"`
	PolicyID int64      `json:"policy_id"`
	Policy   string     `json:"policy"`
	DueAt    *time.Time `json:"due_at,omitempty"`
	Offset   int64      `json:"offset,omitempty"`
	// Notify lists who is told; a step that tells nobody has none.
	Notify []int64 `json:"notify,omitempty"`
	// Refused lists the parts of a step that could not be done: "assign" to somebody
	// who can have no tickets, "notify" of somebody who may not see the ticket.
	Refused []string `json:"refused,omitempty"`
}

// Fields is the data of PolicyUpdated.
type Fields struct {
	Changed []string `json:"changed"`
}

var (
	errMissing      = fault.Missing(policySubject)
	errReadDenied   = fault.Denied("sla.read_denied", "Only IT staff and administrators see SLA policies.")
	errManageDenied = fault.Denied("sla.manage_denied", "Only administrators change SLA policies.")
	errReportDenied = fault.Denied("sla.report_denied", "Only administrators see reports.")
	errChanged      = fault.New(fault.Conflict, "sla.changed", "Somebody changed this policy at the same moment. Fetch it again, then repeat your change.").
			Because(db.ErrLostRace)
	errRaced = fault.New(fault.Conflict, "sla.raced", "The ticket changed at the same moment.").Because(db.ErrLostRace)
)

func canRead(by authz.Actor) bool   { return by.Can(authz.TicketWork) }
func canManage(by authz.Actor) bool { return by.Can(authz.SLAManage) }
func canReport(by authz.Actor) bool { return by.Can(authz.ReportView) }

// Service holds the verbs of policies and keeps the clocks.
type Service struct {
	db      *db.DB
	bus     *event.Bus
	clock   clock.Clock
	tickets *ticket.Service
	options authz.Options
}

// New returns the service. The options say what people may do, and with it whom
// a step of an escalation can tell of a ticket.
func New(d *db.DB, bus *event.Bus, c clock.Clock, tickets *ticket.Service, o authz.Options) *Service {
	return &Service{db: d, bus: bus, clock: c, tickets: tickets, options: o}
}

// rulebook is what applies at a moment.
type rulebook struct {
	policies   []Policy // that are enabled, in order
	conditions []ticket.Condition
	schedules  map[int64]*calendar.Schedule // by calendar; 0 is around the clock
	broken     map[int64]error
	stamp      string // of the policies and calendars that it was made of
}

var aroundTheClock = func() *calendar.Schedule {
	s, err := calendar.NewSchedule(time.UTC, calendar.AroundTheClock(), nil)
	if err != nil {
		panic(err)
	}
	return s
}()

func (s *Service) rules(tx *event.Tx) (*rulebook, error) { return s.rulesOf(tx.DB) }

func (s *Service) rulesOf(tx *gorm.DB) (*rulebook, error) {
	b := &rulebook{schedules: map[int64]*calendar.Schedule{0: aroundTheClock}, broken: map[int64]error{}}
	if err := tx.Where("enabled = ?", true).Order("position, id").Find(&b.policies).Error; err != nil {
		return nil, fmt.Errorf("read the SLA policies: %w", err)
	}
	if len(b.policies) == 0 {
		return b, nil
	}
	usable := b.policies[:0]
	for _, p := range b.policies {
		c, err := s.condition(tx, p.Condition)
		if fault.Is(err, fault.Invalid) {
			// It names what is gone, such as an account: it holds for nothing.
			continue
		}
		if err != nil {
			return nil, err
		}
		usable = append(usable, p)
		b.conditions = append(b.conditions, c)
	}
	b.policies = usable
	return b, b.load(tx)
}

// load makes the schedules of the calendars.
func (b *rulebook) load(tx *gorm.DB) error {
	all, err := calendar.All(tx)
	if err != nil {
		return err
	}
	for id, c := range all {
		schedule, err := c.Schedule()
		if err != nil {
			b.broken[id] = err
			continue
		}
		b.schedules[id] = schedule
	}
	return nil
}

func (s *Service) condition(tx *gorm.DB, text string) (ticket.Condition, error) {
	return s.tickets.Condition(tx.Statement.Context, "condition", text, "due", "sla")
}

// schedule returns how a calendar counts; nil when it cannot.
func (b *rulebook) schedule(id *int64) *calendar.Schedule {
	if id == nil {
		return b.schedules[0]
	}
	return b.schedules[*id]
}

// count fills in what follows from a run under a policy: times, states, and when
// to look again. What was done already stays done.
func (c *Clock) count(s *calendar.Schedule, p *Policy, now time.Time) {
	r := c.run()
	c.Goal, c.PolicyID, c.CalendarID = p.Targets.of(c.Target), p.ID, p.CalendarID
	goal := time.Duration(c.Goal) * time.Second
	c.DueAt, c.RiskAt, c.BreachedAt, c.MetAt, c.JudgedAt, c.NextAt = nil, nil, nil, nil, nil, nil
	if s == nil {
		c.State = Paused // in a calendar that cannot be read no time passes
		return
	}
	read, err := r.read(s, goal, now)
	c.Elapsed = int64(read.elapsed / time.Second)
	c.DueAt, c.BreachedAt = micro(read.due), micro(read.breached)
	switch {
	case c.BreachedAt != nil:
		c.State, c.JudgedAt = Breached, c.BreachedAt
	case c.StoppedAt != nil:
		c.State, c.MetAt, c.JudgedAt = Met, c.StoppedAt, c.StoppedAt
	case r.paused() != nil || err != nil:
		c.State, c.DueAt = Paused, nil
	default:
		c.State = Running
	}
	if c.StoppedAt == nil {
		c.RiskAt = c.at(r, s, goal*time.Duration(p.RiskPercent)/100)
	}
	c.NextAt = c.next(c.marks(r, s, p))
}

func micro(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	m := t.UTC().Truncate(time.Microsecond)
	return &m
}

func (c *Clock) at(r *run, s *calendar.Schedule, d time.Duration) *time.Time {
	if d < 0 {
		d = 0
	}
	t, err := r.reach(s, d)
	if err != nil {
		return nil
	}
	return micro(t)
}

// mark is a moment at which something is to be done about a clock.
type mark struct {
	kind string // of a step, or markRisk or markBreach
	at   time.Time
	step *Step
}

// key names a mark of a clock, once and for all: what one policy asked for is
// not done for another one.
func (c *Clock) key(m mark) string { return strconv.FormatInt(c.PolicyID, 10) + "/" + m.kind }

const (
	markRisk   = "risk"
	markBreach = "breach"
)

// marks lists the marks of a clock, in order. One that has stopped has at most
// its breach.
func (c *Clock) marks(r *run, s *calendar.Schedule, p *Policy) []mark {
	var out []mark
	if c.StoppedAt != nil {
		if c.BreachedAt != nil {
			out = append(out, mark{markBreach, *c.BreachedAt, nil})
		}
		return out
	}
	if s == nil {
		return nil
	}
	if c.RiskAt != nil {
		out = append(out, mark{markRisk, *c.RiskAt, nil})
	}
	goal := time.Duration(c.Goal) * time.Second
	if due := c.at(r, s, goal); due != nil {
		out = append(out, mark{markBreach, *due, nil})
	}
	for i := range p.Steps {
		st := &p.Steps[i]
		if st.Target != c.Target {
			continue
		}
		if at := c.at(r, s, goal+time.Duration(st.Offset)*time.Second); at != nil {
			out = append(out, mark{st.ID, *at, st})
		}
	}
	slices.SortStableFunc(out, func(a, b mark) int { return a.at.Compare(b.at) })
	return out
}

// next returns the first moment of what was not done yet.
func (c *Clock) next(marks []mark) *time.Time {
	for _, m := range marks {
		if !slices.Contains(c.Fired, c.key(m)) {
			at := m.at
			return &at
		}
	}
	return nil
}

// skip marks what would have been done until then as done, without doing it.
func (c *Clock) skip(marks []mark, until time.Time) {
	for _, m := range marks {
		if !m.at.After(until) && !slices.Contains(c.Fired, c.key(m)) {
			c.Fired = append(c.Fired, c.key(m))
		}
	}
	c.NextAt = c.next(marks)
}
