// Package automation carries out the desk's rules: when something happens to a
// ticket, or when its time has come, those that fit act on it, in their order, each
// once, as jobs after the commit that caused them.
package automation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
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
	"github.com/fixdesk/fixdesk/api/ticket"
)

// The triggers of rules. Time is for those that look again and again.
const (
	OnCreated   = "created"
	OnUpdated   = "updated"
	OnCommented = "commented"
	OnNoted     = "noted"
	OnWarning   = "sla_warning"
	OnBreach    = "sla_breached"
)

// Triggers lists the events on which rules act.
var Triggers = []string{OnCreated, OnUpdated, OnCommented, OnNoted, OnWarning, OnBreach}

// Rule is what is done to which tickets, and when.
type Rule struct {
	ID        int64           `json:"-"`
	OwnerID   int64           `json:"-"` // in whose sight and name it acts
	Position  int             `json:"-"`
	Name      string          `json:"name"`
	Enabled   bool            `json:"enabled"`
	Problem   string          `json:"-"` // why the desk switched it off
	Triggers  []string        `json:"triggers" gorm:"serializer:json"`
	Every     int             `json:"every_minutes" gorm:"column:every_minutes"` // 0 for a rule on events
	Condition string          `json:"condition" gorm:"column:applies_to"`
	Actions   []ticket.Action `json:"actions" gorm:"serializer:json"`
	Stop      bool            `json:"stop"` // no later rule acts on the same event
	NextAt    *time.Time      `json:"-"`
	Version   int64           `json:"-"`
	CreatedAt time.Time       `json:"-"`
	UpdatedAt time.Time       `json:"-"`
	DeletedAt *time.Time      `json:"-"`
}

// TableName names the table for GORM.
func (Rule) TableName() string { return "rules" }

// Version is a rule as somebody saved it.
type Version struct {
	RuleID    int64 `gorm:"primaryKey;autoIncrement:false"`
	Version   int64 `gorm:"primaryKey;autoIncrement:false"`
	ActorID   int64
	Snapshot  Rule `gorm:"serializer:json"`
	CreatedAt time.Time
}

// TableName names the table for GORM.
func (Version) TableName() string { return "rule_versions" }

// Changes is what a new rule is made of, or what an update asks for; nil leaves a
// field as it is.
type Changes struct {
	Name      *string
	Enabled   *bool
	Triggers  *[]string
	Every     *int
	Condition *string
	Actions   *[]ticket.Action
	Stop      *bool

	Wrong error // what was found while they were read; it is said with the rest
}

func (c Changes) apply(r *Rule) {
	set(&r.Name, c.Name)
	set(&r.Enabled, c.Enabled)
	set(&r.Triggers, c.Triggers)
	set(&r.Every, c.Every)
	set(&r.Condition, c.Condition)
	set(&r.Actions, c.Actions)
	set(&r.Stop, c.Stop)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// What this package announces. Applied is about the ticket, the others about the rule.
const (
	Created  = "rule.created"
	Updated  = "rule.updated"
	Deleted  = "rule.deleted"
	Restored = "rule.restored"
	Disabled = "rule.disabled"
	Applied  = ticket.InternalPrefix + "rule_applied"

	subject = "rule"
)

// ByRule is the data of Applied.
type ByRule struct {
	RuleID int64  `json:"rule_id"`
	Rule   string `json:"rule"`
}

const (
	maxRules   = 200
	maxActions = 10
	minEvery   = 15
	maxEvery   = 7 * 24 * 60
)

var (
	errMissing = fault.Missing(subject)
	errDenied  = fault.Denied("rule.denied", "Only administrators look after rules.")
	errTooMany = fault.New(fault.Conflict, "rule.too_many", "There can be at most %d rules.", maxRules)
	errChanged = fault.New(fault.Conflict, "rule.changed", "Somebody changed this rule at the same moment. Fetch it again, then repeat your change.").Because(db.ErrLostRace)
)

// Service holds the verbs of rules.
type Service struct {
	db      *db.DB
	bus     *event.Bus
	clock   clock.Clock
	tickets *ticket.Service
	options authz.Options
	// triggerOf says which trigger an event pulls.
	triggerOf map[string]string
	kept      atomic.Pointer[book]
}

// New returns the service. The options are those of the installation, for acting in
// the name of a rule's owner.
func New(d *db.DB, bus *event.Bus, c clock.Clock, tickets *ticket.Service, o authz.Options) *Service {
	return &Service{db: d, bus: bus, clock: c, tickets: tickets, options: o, triggerOf: map[string]string{}}
}

// On lets an event pull a trigger.
func (s *Service) On(trigger string, eventTypes ...string) {
	for _, e := range eventTypes {
		s.triggerOf[e] = trigger
		s.bus.InTx(e, s.follow)
	}
}

func canManage(by authz.Actor) bool { return by.Can(authz.RuleManage) }

// List returns all rules in their order.
func (s *Service) List(ctx context.Context, by authz.Actor) ([]Rule, error) {
	if !canManage(by) {
		return nil, errDenied
	}
	return all(s.db.Read(ctx))
}

func all(tx *gorm.DB) ([]Rule, error) {
	var out []Rule
	if err := tx.Where("deleted_at IS NULL").Order("position, id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the rules: %w", err)
	}
	return out, nil
}

// Get returns a rule.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Rule, error) {
	if !canManage(by) {
		return Rule{}, errDenied
	}
	return find(s.db.Read(ctx), id, false)
}

func find(tx *gorm.DB, id int64, deletedToo bool) (Rule, error) {
	var r Rule
	err := tx.Take(&r, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && r.DeletedAt != nil && !deletedToo) {
		return Rule{}, errMissing
	}
	if err != nil {
		return r, fmt.Errorf("read rule %d: %w", id, err)
	}
	return r, nil
}

// Create adds a rule behind the others.
func (s *Service) Create(ctx context.Context, by authz.Actor, c Changes) (Rule, error) {
	var r Rule
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) || by.ID == 0 {
			return errDenied
		}
		var n struct{ N, Last int }
		if err := tx.Model(&Rule{}).Where("deleted_at IS NULL").Select("COUNT(*) AS n, COALESCE(MAX(position), 0) AS last").Scan(&n).Error; err != nil {
			return fmt.Errorf("count the rules: %w", err)
		}
		if n.N >= maxRules {
			return errTooMany
		}
		r = Rule{
			OwnerID: by.ID, Enabled: true, Triggers: []string{}, Actions: []ticket.Action{}, Position: n.Last + 1, Version: 1,
			CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		c.apply(&r)
		if err := fault.All(c.Wrong, s.check(tx, by, &r)); err != nil {
			return err
		}
		if err := r.plan(tx); err != nil {
			return err
		}
		if err := tx.Create(&r).Error; err != nil {
			return fmt.Errorf("create a rule: %w", err)
		}
		return r.keep(tx, by, Created)
	})
	return r, err
}

// plan says when a rule on time looks next, and asks for the job of that minute.
func (r *Rule) plan(tx *event.Tx) error {
	r.NextAt = nil
	if r.Every == 0 || !r.Enabled || r.DeletedAt != nil {
		return nil
	}
	next := tx.Now.Add(time.Duration(r.Every) * time.Minute).Truncate(time.Minute)
	r.NextAt = &next
	return tx.Enqueue(job.New{Kind: TickJob, Payload: struct{}{}, RunAt: next, UniqueKey: fmt.Sprintf("%s:%d", TickJob, next.Unix())})
}

// keep writes down a version and announces it.
func (r *Rule) keep(tx *event.Tx, by authz.Actor, what string) error {
	v := Version{RuleID: r.ID, Version: r.Version, ActorID: by.ActorID(), Snapshot: *r, CreatedAt: tx.Now}
	if err := tx.Create(&v).Error; err != nil {
		return fmt.Errorf("keep version %d of rule %d: %w", r.Version, r.ID, err)
	}
	if err := touch(tx); err != nil {
		return err
	}
	return tx.Emit(what, subject, r.ID, nil)
}

// check holds a whole rule against what is possible.
func (s *Service) check(tx *event.Tx, by authz.Actor, r *Rule) error {
	var when, which error
	switch {
	case len(r.Triggers) == 0 && r.Every == 0:
		when = fault.Field("triggers", "A rule needs an event, or a time.")
	case len(r.Triggers) > 0 && r.Every != 0:
		when = fault.Field("every_minutes", "A rule acts on events or on time, not on both.")
	case r.Every != 0 && (r.Every < minEvery || r.Every > maxEvery):
		when = fault.Field("every_minutes", "Must be from %d to %d.", minEvery, maxEvery)
	}
	if r.Every != 0 && strings.TrimSpace(r.Condition) == "" {
		which = fault.Field("condition", "A rule on time needs a condition, or it would act on every ticket.")
	} else {
		_, which = s.tickets.Condition(tx.Ctx, "condition", r.Condition)
	}
	return fault.All(when, which, s.checkActions(tx.DB, by, r.Actions))
}

// checkActions refuses actions that could not be carried out.
func (s *Service) checkActions(tx *gorm.DB, by authz.Actor, actions []ticket.Action) error {
	switch {
	case len(actions) == 0:
		return fault.Field("actions", "A rule needs at least one action.")
	case len(actions) > maxActions:
		return fault.Field("actions", "May have at most %d actions.", maxActions)
	}
	for i, a := range actions {
		if a.Type == ticket.ActionDelete {
			return fault.Field("actions", "Action %d: %s cannot be part of it.", i+1, a.Type)
		}
		if err := s.tickets.Actions().Check(tx, by, a); err != nil {
			return ofAction(i, err)
		}
	}
	return nil
}

// ofAction says which of the actions a fault is about.
func ofAction(i int, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || errors.Is(err, db.ErrLostRace) || f.Kind == fault.Internal {
		return err
	}
	return fault.Field("actions", "Action %d: %s", i+1, fault.Sentence(err))
}

// Update changes a rule, which is its caller's from then on.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, c Changes) (Rule, error) {
	return s.change(ctx, by, id, want, Updated, func(tx *event.Tx, r *Rule) error {
		c.apply(r)
		if c.Wrong == nil || !r.Enabled {
			return c.Wrong
		}
		return fault.All(c.Wrong, s.check(tx, by, r))
	})
}

// Delete takes a rule away. Restore brings it back.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	_, err := s.change(ctx, by, id, want, Deleted, func(tx *event.Tx, r *Rule) error {
		r.DeletedAt = &tx.Now
		return nil
	})
	return err
}

// Restore brings back a rule that was deleted, or, with a version, what it was then.
func (s *Service) Restore(ctx context.Context, by authz.Actor, id int64, version *int64) (Rule, error) {
	return s.change(ctx, by, id, etag.Condition{}, Restored, func(tx *event.Tx, r *Rule) error {
		r.DeletedAt = nil
		if version == nil {
			return nil
		}
		var v Version
		err := tx.Where("rule_id = ? AND version = ?", id, *version).Take(&v).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return fault.Field("version", "There is no such version.")
		}
		if err != nil {
			return fmt.Errorf("read version %d of rule %d: %w", *version, id, err)
		}
		was := v.Snapshot
		r.Name, r.Enabled, r.Triggers, r.Every = was.Name, was.Enabled, was.Triggers, was.Every
		r.Condition, r.Actions, r.Stop = was.Condition, was.Actions, was.Stop
		return nil
	})
}

func (s *Service) change(ctx context.Context, by authz.Actor, id int64, want etag.Condition, what string, next func(*event.Tx, *Rule) error) (Rule, error) {
	var r Rule
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) || by.ID == 0 {
			return errDenied
		}
		var err error
		if r, err = find(tx.DB, id, what == Restored); err != nil {
			return err
		}
		if err := want.Check(r.Version); err != nil {
			return err
		}
		before := r
		if err := next(tx, &r); err != nil {
			return err
		}
		if alike(&before, &r) {
			return nil
		}
		if r.DeletedAt == nil && (r.Enabled || what == Restored) {
			if err := s.check(tx, by, &r); err != nil {
				return err
			}
		}
		r.OwnerID, r.Version, r.UpdatedAt = by.ID, before.Version+1, tx.Now
		if r.Enabled {
			r.Problem = ""
		}
		if err := r.plan(tx); err != nil {
			return err
		}
		if r.Condition != before.Condition || r.Every != before.Every {
			// Who was dealt with by another condition was not by this one.
			if err := tx.Where("rule_id = ?", id).Delete(&Mark{}).Error; err != nil {
				return fmt.Errorf("forget the tickets of rule %d: %w", id, err)
			}
		}
		if err := save(tx, &r, before.Version); err != nil {
			return err
		}
		return r.keep(tx, by, what)
	})
	return r, err
}

func save(tx *event.Tx, r *Rule, was int64) error {
	res := tx.Model(&Rule{}).Where("id = ? AND version = ?", r.ID, was).Select("*").Omit("id", "created_at").Updates(r)
	if res.Error != nil {
		return fmt.Errorf("save rule %d: %w", r.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	return nil
}

func alike(a, b *Rule) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y) && (a.DeletedAt == nil) == (b.DeletedAt == nil)
}

// Reorder puts the rules into an order; it must name each of them once.
func (s *Service) Reorder(ctx context.Context, by authz.Actor, ids []int64) ([]Rule, error) {
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errDenied
		}
		have, err := all(tx.DB)
		if err != nil {
			return err
		}
		known := map[int64]Rule{}
		for _, r := range have {
			known[r.ID] = r
		}
		if !web.SameIDs(slices.Collect(maps.Keys(known)), ids) {
			return fault.Field("ids", "Must name every rule once. Somebody may have added or deleted one meanwhile.")
		}
		for i, id := range ids {
			if known[id].Position == i+1 {
				continue
			}
			if err := tx.Model(&Rule{}).Where("id = ?", id).UpdateColumn("position", i+1).Error; err != nil {
				return fmt.Errorf("order the rules: %w", err)
			}
			if err := tx.Emit(Updated, subject, id, nil); err != nil {
				return err
			}
		}
		return touch(tx)
	})
	if err != nil {
		return nil, err
	}
	return s.List(ctx, by)
}

// Versions lists a rule as it was saved, the newest first.
func (s *Service) Versions(ctx context.Context, by authz.Actor, id int64) ([]Version, error) {
	if !canManage(by) {
		return nil, errDenied
	}
	tx := s.db.Read(ctx)
	if _, err := find(tx, id, true); err != nil {
		return nil, err
	}
	var out []Version
	if err := tx.Where("rule_id = ?", id).Order("version DESC").Limit(100).Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the versions of rule %d: %w", id, err)
	}
	return out, nil
}
