package sla

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/calendar"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/user"
)

// The limits of policies.
const (
	maxName     = 100
	maxPolicies = 50
	maxSteps    = 20
	maxSeconds  = 400 * 24 * 3600
	defaultRisk = 80
)

// PolicyChanges is what a change of a policy asks for; nil leaves a field.
type PolicyChanges struct {
	Name         *string
	Enabled      *bool
	Condition    *string
	Calendar     bool // CalendarID is meant
	CalendarID   *int64
	Targets      *Goals
	PauseWaiting *bool
	RiskPercent  *int
	Steps        *[]Step

	Wrong error // what was found while they were read; it is said with the rest
}

// Policies lists every policy in the order in which they are tried.
func (s *Service) Policies(ctx context.Context, by authz.Actor) ([]Policy, error) {
	if !canRead(by) {
		return nil, errReadDenied
	}
	var out []Policy
	if err := s.db.Read(ctx).Order("position, id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the SLA policies: %w", err)
	}
	return out, nil
}

// Policy returns a policy.
func (s *Service) Policy(ctx context.Context, by authz.Actor, id int64) (Policy, error) {
	if !canRead(by) {
		return Policy{}, errReadDenied
	}
	return policyOf(s.db.Read(ctx), id)
}

func policyOf(tx *gorm.DB, id int64) (Policy, error) {
	var p Policy
	err := tx.Take(&p, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return p, errMissing
	}
	if err != nil {
		return p, fmt.Errorf("read SLA policy %d: %w", id, err)
	}
	return p, nil
}

// manage runs a change of policies; all tickets are counted anew after it.
func (s *Service) manage(ctx context.Context, by authz.Actor, fn func(tx *event.Tx) (bool, error)) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canRead(by) {
			return errReadDenied
		}
		if !canManage(by) {
			return errManageDenied
		}
		counts, err := fn(tx)
		if err != nil || !counts {
			return err
		}
		_, err = s.start(tx, by.ActorID(), "policy", OpenTickets, nil)
		return err
	})
}

// CreatePolicy adds a policy behind the others.
func (s *Service) CreatePolicy(ctx context.Context, by authz.Actor, ch PolicyChanges) (Policy, error) {
	var p Policy
	err := s.manage(ctx, by, func(tx *event.Tx) (bool, error) {
		var n struct{ N, Last int }
		if err := tx.Model(&Policy{}).Select("COUNT(*) AS n, COALESCE(MAX(position), 0) AS last").Scan(&n).Error; err != nil {
			return false, fmt.Errorf("count the SLA policies: %w", err)
		}
		if n.N >= maxPolicies {
			return false, fault.New(fault.Conflict, "sla.too_many", "There can be at most %d policies.", maxPolicies)
		}
		p = Policy{Enabled: true, RiskPercent: defaultRisk, Steps: []Step{}, Position: n.Last + 1, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		ch.apply(&p)
		if err := fault.All(ch.Wrong, s.check(tx, &p, nil)); err != nil {
			return false, err
		}
		if err := tx.Create(&p).Error; err != nil {
			return false, fmt.Errorf("create an SLA policy: %w", err)
		}
		return p.Enabled, tx.Emit(PolicyCreated, policySubject, p.ID, nil)
	})
	return p, err
}

// apply sets what is asked for and returns the names of what differs.
func (ch PolicyChanges) apply(p *Policy) []string {
	before := *p
	var out []string
	note := func(name string, differs bool) {
		if differs {
			out = append(out, name)
		}
	}
	if ch.Name != nil {
		p.Name = *ch.Name
		note("name", p.Name != before.Name)
	}
	if ch.Enabled != nil {
		p.Enabled = *ch.Enabled
		note("enabled", p.Enabled != before.Enabled)
	}
	if ch.Condition != nil {
		p.Condition = *ch.Condition
		note("condition", p.Condition != before.Condition)
	}
	if ch.Calendar {
		p.CalendarID = ch.CalendarID
		note("calendar_id", !sameID(p.CalendarID, before.CalendarID))
	}
	if ch.Targets != nil {
		p.Targets = *ch.Targets
		note("targets", p.Targets != before.Targets)
	}
	if ch.PauseWaiting != nil {
		p.PauseWaiting = *ch.PauseWaiting
		note("pause_while_waiting", p.PauseWaiting != before.PauseWaiting)
	}
	if ch.RiskPercent != nil {
		p.RiskPercent = *ch.RiskPercent
		note("at_risk_percent", p.RiskPercent != before.RiskPercent)
	}
	if ch.Steps != nil {
		p.Steps = numbered(*ch.Steps)
		note("steps", !equalJSON(p.Steps, before.Steps))
	}
	return out
}

// numbered gives steps that are new a name of their own, by which it is known
// what was done already.
func numbered(steps []Step) []Step {
	out := slices.Clone(steps)
	used := map[string]bool{"": true}
	for i := range out {
		if used[out[i].ID] {
			out[i].ID = ""
		}
		used[out[i].ID] = true
	}
	n := 1
	for i := range out {
		for out[i].ID == "" {
			if id := fmt.Sprintf("s%d", n); !used[id] {
				out[i].ID, used[id] = id, true
			}
			n++
		}
	}
	return out
}

func equalJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// people are the ids that steps name.
func people(steps []Step) []int64 {
	var out []int64
	for _, st := range steps {
		out = append(out, st.NotifyUsers...)
		if st.AssignTo != nil {
			out = append(out, *st.AssignTo)
		}
	}
	return out
}

// check holds a whole policy against the rules. Whom it has named before may have left
// since: a step does then what is left of it, and the policy can be changed all the same.
// So may what its condition names: it can be switched off then, or be called something else.
func (s *Service) check(tx *event.Tx, p, before *Policy) error {
	var aims, which, hours error
	if p.Targets == (Goals{}) {
		aims = fault.Field("targets", "A policy needs a time for at least one target.")
	}
	if before == nil || p.Condition != before.Condition || (p.Enabled && !before.Enabled) {
		_, which = s.condition(tx.DB, p.Condition)
	}
	if p.CalendarID != nil {
		_, err := calendar.Find(tx.DB, *p.CalendarID)
		if errors.Is(err, gorm.ErrRecordNotFound) {
			hours = fault.Field("calendar_id", "There is no such calendar.")
		} else if err != nil {
			return fmt.Errorf("read the calendar of a policy: %w", err)
		}
	}
	return fault.All(aims, which, hours, checkSteps(tx, p, before))
}

func checkSteps(tx *event.Tx, p, before *Policy) error {
	var named []int64
	if before != nil {
		named = people(before.Steps)
	}
	for i, st := range p.Steps {
		if p.Targets.of(st.Target) == 0 {
			return fault.Field("steps", "Step %d is about a target that the policy has no time for.", i+1)
		}
		if -st.Offset >= p.Targets.of(st.Target) {
			return fault.Field("steps", "Step %d would come before the time has begun.", i+1)
		}
		for _, id := range people([]Step{st}) {
			if slices.Contains(named, id) {
				continue
			}
			u, err := user.Find(tx.DB, id)
			if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.Assignable()) {
				return fault.Field("steps", "Step %d names somebody who is not active IT staff or an administrator.", i+1)
			}
			if err != nil {
				return fmt.Errorf("read whom a step names: %w", err)
			}
		}
	}
	return nil
}

// UpdatePolicy changes a policy.
func (s *Service) UpdatePolicy(ctx context.Context, by authz.Actor, id int64, want etag.Condition, ch PolicyChanges) (Policy, error) {
	var p Policy
	err := s.manage(ctx, by, func(tx *event.Tx) (bool, error) {
		var err error
		if p, err = policyOf(tx.DB, id); err != nil {
			return false, err
		}
		if err := want.Check(p.Version); err != nil {
			return false, err
		}
		before := p
		changed := ch.apply(&p)
		if len(changed) == 0 {
			return false, ch.Wrong
		}
		if err := fault.All(ch.Wrong, s.check(tx, &p, &before)); err != nil {
			return false, err
		}
		was := p.Version
		p.Version, p.UpdatedAt = was+1, tx.Now
		res := tx.Model(&Policy{}).Where("id = ? AND version = ?", id, was).Select("*").Omit("id", "position", "created_at").Updates(&p)
		if res.Error != nil {
			return false, fmt.Errorf("save SLA policy %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return false, errChanged
		}
		return !slices.Equal(changed, []string{"name"}), tx.Emit(PolicyUpdated, policySubject, id, Fields{changed})
	})
	return p, err
}

// DeletePolicy removes a policy. What was judged by it stays judged.
func (s *Service) DeletePolicy(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.manage(ctx, by, func(tx *event.Tx) (bool, error) {
		p, err := policyOf(tx.DB, id)
		if err != nil {
			return false, err
		}
		if err := want.Check(p.Version); err != nil {
			return false, err
		}
		res := tx.Where("id = ? AND version = ?", id, p.Version).Delete(&Policy{})
		if res.Error != nil {
			return false, fmt.Errorf("delete SLA policy %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return false, errChanged
		}
		return true, tx.Emit(PolicyDeleted, policySubject, id, nil)
	})
}

// Reorder puts the policies into an order; it must name each of them once.
func (s *Service) Reorder(ctx context.Context, by authz.Actor, ids []int64) ([]Policy, error) {
	err := s.manage(ctx, by, func(tx *event.Tx) (bool, error) {
		var have []int64
		if err := tx.Model(&Policy{}).Order("position, id").Pluck("id", &have).Error; err != nil {
			return false, fmt.Errorf("read the order of the SLA policies: %w", err)
		}
		if slices.Equal(have, ids) {
			return false, nil
		}
		if !web.SameIDs(have, ids) {
			return false, fault.Field("ids", "Must name every policy once. Somebody may have added or deleted one meanwhile.")
		}
		for i, id := range ids {
			err := tx.Model(&Policy{}).Where("id = ?", id).Updates(map[string]any{"position": i + 1, "version": gorm.Expr("version + 1"), "updated_at": tx.Now}).Error
			if err != nil {
				return false, fmt.Errorf("order the SLA policies: %w", err)
			}
		}
		return true, tx.Emit(PolicyUpdated, policySubject, ids[0], Fields{[]string{"position"}})
	})
	if err != nil {
		return nil, err
	}
	return s.Policies(ctx, by)
}
