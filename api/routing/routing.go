// Package routing gives tickets to agents: each queue takes some of the tickets that
// nobody has, and chooses among the members of its team who is there, has room and
// is able. What nobody is free for waits in order.
package routing

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Queue is which tickets go to which team, and how somebody of it is chosen.
type Queue struct {
	ID       int64
	TeamID   int64
	Position int
	Name     string
	Enabled  bool
	Strategy Strategy
	// Condition is a query. A queue takes the tickets of its team that fit; with a
	// condition, also those of no team, which it gives to its team.
	Condition string `gorm:"column:applies_to"`
	Sticky    bool   // to who had the requester's last ticket, when fit
	Capacity  int    // open tickets of members who have no limit of their own
	Turn      int64  // how often it has chosen somebody
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// TableName names the table for GORM.
func (Queue) TableName() string { return "routing_queues" }

// Agent is what somebody of the IT staff is able to, and whether they are there.
type Agent struct {
	UserID     int64 `gorm:"primaryKey;autoIncrement:false"`
	Capacity   *int  // nil for the queue's
	CalendarID *int64
	Skills     []int64 `gorm:"serializer:json"` // tags
	Away       bool
	BackAt     *time.Time // until when away; nil until they say so
	Version    int64
	UpdatedAt  time.Time
}

// TableName names the table for GORM.
func (Agent) TableName() string { return "routing_agents" }

func (a *Agent) awayAt(now time.Time) bool { return a.Away && (a.BackAt == nil || a.BackAt.After(now)) }

// Skill is a tag that says what it takes. It is taken by tickets that have the tag,
// and by those of the categories and what lies below them.
type Skill struct {
	TagID      int64   `gorm:"primaryKey;autoIncrement:false"`
	Categories []int64 `gorm:"serializer:json"`
}

// TableName names the table for GORM.
func (Skill) TableName() string { return "routing_skills" }

// Turn is when a queue last chose somebody.
type Turn struct {
	QueueID int64 `gorm:"primaryKey;autoIncrement:false"`
	UserID  int64 `gorm:"primaryKey;autoIncrement:false"`
	Turn    int64
}

// TableName names the table for GORM.
func (Turn) TableName() string { return "routing_turns" }

// Wait is a ticket that nobody was free for.
type Wait struct {
	ID       int64 // its place
	TicketID int64
	QueueID  int64
	Since    time.Time
	BackFrom int64 // who gave it back; 0 for nobody
}

// TableName names the table for GORM.
func (Wait) TableName() string { return "routing_waits" }

// Decision is why somebody got a ticket.
type Decision struct {
	ID        int64
	TicketID  int64
	QueueID   int64
	Queue     string // its name then
	Strategy  Strategy
	UserID    int64
	Reason    Reason
	Skills    []int64   `gorm:"serializer:json"`
	Verdicts  []Verdict `gorm:"serializer:json"`
	WaitedMS  int64     `gorm:"column:waited_ms"`
	CreatedAt time.Time
}

// TableName names the table for GORM.
func (Decision) TableName() string { return "routing_decisions" }

// turnstile is the one row through which every assignment goes: two of them never
// count the same free place.
type turnstile struct {
	ID int64 `gorm:"primaryKey;autoIncrement:false"`
	N  int64
}

func (turnstile) TableName() string { return "routing_locks" }

// What this package announces. Routed is about the ticket, the agent's about the
// account, the others about the queue.
const (
	Created             = "routing_queue.created"
	Updated             = "routing_queue.updated"
	Deleted             = "routing_queue.deleted"
	SkillsChanged       = "routing_skills.changed"
	AgentUpdated        = "routing_agent.updated"
	AvailabilityChanged = "routing_agent.availability_changed"
	Routed              = "internal.routed"

	// Subject is the subject type of what happens to queues.
	Subject = "routing_queue"

	agentSubject = "user"
)

// Chosen is the data of Routed.
type Chosen struct {
	DecisionID int64  `json:"decision_id"`
	Queue      string `json:"queue"`
	UserID     int64  `json:"user_id"`
	Username   string `json:"username"`
	Reason     Reason `json:"reason"`
}

const (
	maxQueues     = 100
	maxCapacity   = 1000
	maxSkills     = 100
	maxCategories = 100
)

// Service holds the verbs.
type Service struct {
	db      *db.DB
	bus     *event.Bus
	clock   clock.Clock
	tickets *ticket.Service
}

// New returns the service.
func New(d *db.DB, bus *event.Bus, c clock.Clock, tickets *ticket.Service) *Service {
	return &Service{db: d, bus: bus, clock: c, tickets: tickets}
}

// Changes is what a new queue is made of, or what an update asks for; nil leaves a
// field as it is.
type Changes struct {
	Name      *string
	TeamID    *int64
	Enabled   *bool
	Strategy  *string
	Condition *string
	Sticky    *bool
	Capacity  *int

	Wrong error // what was found while they were read; it is said with the rest
}

func (c Changes) apply(q *Queue) {
	set(&q.Name, c.Name)
	set(&q.TeamID, c.TeamID)
	set(&q.Enabled, c.Enabled)
	if c.Strategy != nil {
		q.Strategy = Strategy(*c.Strategy)
	}
	set(&q.Condition, c.Condition)
	set(&q.Sticky, c.Sticky)
	set(&q.Capacity, c.Capacity)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// List returns all queues in their order.
func (s *Service) List(ctx context.Context, by authz.Actor) ([]Queue, error) {
	if !canManage(by) {
		return nil, errDenied
	}
	return queues(s.db.Read(ctx))
}

func queues(tx *gorm.DB) ([]Queue, error) {
	var out []Queue
	if err := tx.Order("position, id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the routing queues: %w", err)
	}
	return out, nil
}

// Get returns a queue.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Queue, error) {
	if !canManage(by) {
		return Queue{}, errDenied
	}
	return find(s.db.Read(ctx), id)
}

func find(tx *gorm.DB, id int64) (Queue, error) {
	var q Queue
	err := tx.Take(&q, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return q, errMissing
	}
	if err != nil {
		return q, fmt.Errorf("read routing queue %d: %w", id, err)
	}
	return q, nil
}

// check holds a whole queue against what is possible. One whose team or condition no
// longer is can be switched off all the same.
func (s *Service) check(tx *event.Tx, q, before *Queue) error {
	var how, most, who error
	if !slices.Contains(Strategies, q.Strategy) {
		how = fault.Field("strategy", "Must be one of: round_robin, least_loaded, skill.")
	}
	if q.Capacity < 1 || q.Capacity > maxCapacity {
		most = fault.Field("capacity", "Must be from 1 to %d.", maxCapacity)
	}
	on := before == nil || (q.Enabled && !before.Enabled)
	if !on && q.TeamID == before.TeamID && q.Condition == before.Condition {
		return fault.All(how, most)
	}
	to, err := team.Find(tx.DB, q.TeamID)
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !to.IsActive) {
		who = errNoTeam
	} else if err != nil {
		return fmt.Errorf("read team %d: %w", q.TeamID, err)
	}
	_, which := s.condition(tx.Ctx, q)
	return fault.All(how, most, who, which)
}

// condition reads a queue's condition. What follows from routing cannot be asked for.
func (s *Service) condition(ctx context.Context, q *Queue) (ticket.Condition, error) {
	return s.tickets.Condition(ctx, "condition", q.Condition, "assignee", "team")
}

// Create adds a queue behind the others.
func (s *Service) Create(ctx context.Context, by authz.Actor, c Changes) (Queue, error) {
	var q Queue
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errDenied
		}
		var n struct{ N, Last int }
		if err := tx.Model(&Queue{}).Select("COUNT(*) AS n, COALESCE(MAX(position), 0) AS last").Scan(&n).Error; err != nil {
			return fmt.Errorf("count the routing queues: %w", err)
		}
		if n.N >= maxQueues {
			return errTooMany
		}
		q = Queue{Enabled: true, Strategy: RoundRobin, Capacity: 10, Position: n.Last + 1, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		c.apply(&q)
		if err := fault.All(c.Wrong, s.check(tx, &q, nil)); err != nil {
			return err
		}
		if err := tx.Create(&q).Error; err != nil {
			return fmt.Errorf("create a routing queue: %w", err)
		}
		return tx.Emit(Created, Subject, q.ID, nil)
	})
	return q, err
}

// Update changes a queue. What waits is looked at again.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, c Changes) (Queue, error) {
	var q Queue
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errDenied
		}
		var err error
		if q, err = find(tx.DB, id); err != nil {
			return err
		}
		if err := want.Check(q.Version); err != nil {
			return err
		}
		before := q
		c.apply(&q)
		if q == before {
			return c.Wrong
		}
		if err := fault.All(c.Wrong, s.check(tx, &q, &before)); err != nil {
			return err
		}
		q.Version, q.UpdatedAt = before.Version+1, tx.Now
		res := tx.Model(&Queue{}).Where("id = ? AND version = ?", id, before.Version).
			Select("team_id", "name", "enabled", "strategy", "applies_to", "sticky", "capacity", "version", "updated_at").Updates(&q)
		if res.Error != nil {
			return fmt.Errorf("save routing queue %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		if err := tx.Enqueue(job.New{Kind: ReviewJob, Payload: struct{}{}}); err != nil {
			return err
		}
		return tx.Emit(Updated, Subject, id, nil)
	})
	return q, err
}

// Delete takes a queue away; its tickets stay with whom they are. What waits in it
// is looked at again.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errDenied
		}
		q, err := find(tx.DB, id)
		if err != nil {
			return err
		}
		if err := want.Check(q.Version); err != nil {
			return err
		}
		res := tx.Where("id = ? AND version = ?", id, q.Version).Delete(&Queue{})
		if res.Error != nil {
			return fmt.Errorf("delete routing queue %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		if err := tx.Where("queue_id = ?", id).Delete(&Turn{}).Error; err != nil {
			return fmt.Errorf("forget the turns of routing queue %d: %w", id, err)
		}
		if err := tx.Enqueue(job.New{Kind: ReviewJob, Payload: struct{}{}}); err != nil {
			return err
		}
		return tx.Emit(Deleted, Subject, id, nil)
	})
}

// Reorder puts the queues into an order; it must name each of them once. A ticket
// goes to the first that takes it.
func (s *Service) Reorder(ctx context.Context, by authz.Actor, ids []int64) ([]Queue, error) {
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errDenied
		}
		have, err := queues(tx.DB)
		if err != nil {
			return err
		}
		known := map[int64]int{}
		for _, q := range have {
			known[q.ID] = q.Position
		}
		if !web.SameIDs(slices.Collect(maps.Keys(known)), ids) {
			return fault.Field("ids", "Must name every queue once. Somebody may have added or deleted one meanwhile.")
		}
		for i, id := range ids {
			if known[id] == i+1 {
				continue
			}
			if err := tx.Model(&Queue{}).Where("id = ?", id).UpdateColumn("position", i+1).Error; err != nil {
				return fmt.Errorf("order the routing queues: %w", err)
			}
			if err := tx.Emit(Updated, Subject, id, nil); err != nil {
				return err
			}
		}
		return tx.Enqueue(job.New{Kind: ReviewJob, Payload: struct{}{}})
	})
	if err != nil {
		return nil, err
	}
	return s.List(ctx, by)
}
