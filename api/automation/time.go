package automation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/ticket"
)

const (
	sweepTickets = 1000 // that a rule on time deals with at a time
	keepRuns     = 14 * 24 * time.Hour
	keepOthers   = 3 * 24 * time.Hour // lines about rules that did not fit
	keepLines    = 5000               // of one rule
)

type sweepRef struct {
	RuleID int64 `json:"rule_id"`
	Slot   int64 `json:"slot"`
}

// Tick handles TickJob: it sends the rules on time on their way that are due.
func (s *Service) Tick(ctx context.Context, _ job.Job) error {
	var due []Rule
	err := s.db.Read(ctx).Where("next_at <= ? AND enabled = ? AND deleted_at IS NULL", s.clock.Now(), true).Find(&due).Error
	if err != nil {
		return fmt.Errorf("look for rules that are due: %w", err)
	}
	for _, r := range due {
		err := s.bus.Do(ctx, authz.System("rule"), func(tx *event.Tx) error {
			was := r.NextAt
			if err := r.plan(tx); err != nil {
				return err
			}
			// Where two are at it, one of them moves the time.
			res := tx.Model(&Rule{}).Where("id = ? AND next_at = ?", r.ID, was).UpdateColumn("next_at", r.NextAt)
			if res.Error != nil || res.RowsAffected != 1 {
				return res.Error
			}
			return tx.Enqueue(job.New{Kind: SweepJob, Payload: sweepRef{r.ID, tx.Now.Unix()}})
		})
		if err != nil {
			return fmt.Errorf("plan rule %d: %w", r.ID, err)
		}
	}
	return nil
}

// Sweep handles SweepJob: a rule on time acts on the tickets that fit now and did
// not when it last looked.
func (s *Service) Sweep(ctx context.Context, j job.Job) error {
	var ref sweepRef
	if err := j.Decode(&ref); err != nil {
		return err
	}
	r, err := find(s.db.Read(ctx), ref.RuleID, true)
	if errors.Is(err, error(errMissing)) || (err == nil && (!r.Enabled || r.DeletedAt != nil || r.Every == 0)) {
		return nil
	}
	if err != nil {
		return err
	}
	list, err := s.prepare(ctx, []Rule{r})
	if err != nil || len(list) == 0 {
		return err
	}
	x := &list[0]
	if err := s.unmark(ctx, x); err != nil {
		return err
	}
	ids, err := s.matching(ctx, x, sweepTickets)
	if err != nil {
		return err
	}
	var marked []int64
	if err := s.db.Read(ctx).Model(&Mark{}).Where("rule_id = ?", r.ID).Pluck("ticket_id", &marked).Error; err != nil {
		return fmt.Errorf("read the tickets of rule %d: %w", r.ID, err)
	}
	known := map[int64]bool{}
	for _, id := range marked {
		known[id] = true
	}
	for _, id := range ids {
		if known[id] {
			continue
		}
		run := Run{RunKey: fmt.Sprintf("t%d:%d:%d", r.ID, id, ref.Slot), RuleID: r.ID, Version: r.Version, TicketID: id, Cause: onTime}
		_, err := s.apply(ctx, x, run, 0, func(tx *event.Tx) error {
			res := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&Mark{r.ID, id})
			if res.Error == nil && res.RowsAffected != 1 {
				return errSame
			}
			return res.Error
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// matching lists tickets that fit a rule, as its owner sees them.
func (s *Service) matching(ctx context.Context, r *ready, limit int) ([]int64, error) {
	f, err := s.tickets.Where(ctx, r.by, ticket.Filter{Sort: ticket.ByOldest}, r.Condition, time.UTC)
	if err != nil {
		return nil, err
	}
	return s.tickets.IDsUpTo(ctx, r.by, f, limit)
}

// unmark forgets the tickets that no longer fit: they may fit again.
func (s *Service) unmark(ctx context.Context, r *ready) error {
	for last := int64(0); ; {
		var ids []int64
		err := s.db.Read(ctx).Model(&Mark{}).Where("rule_id = ? AND ticket_id > ?", r.ID, last).Order("ticket_id").Limit(500).Pluck("ticket_id", &ids).Error
		if err != nil {
			return fmt.Errorf("read the tickets of rule %d: %w", r.ID, err)
		}
		if len(ids) == 0 {
			return nil
		}
		last = ids[len(ids)-1]
		whole, err := s.tickets.Condition(ctx, "condition", r.Condition)
		if err != nil {
			return err
		}
		fit, err := s.tickets.FirstMatch(s.db.Read(ctx), ids, []ticket.Condition{whole})
		if err != nil {
			return err
		}
		var gone []int64
		for _, id := range ids {
			if _, ok := fit[id]; !ok {
				gone = append(gone, id)
			}
		}
		if len(gone) == 0 {
			continue
		}
		err = s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			return tx.Where("rule_id = ? AND ticket_id IN ?", r.ID, gone).Delete(&Mark{}).Error
		})
		if err != nil {
			return fmt.Errorf("forget tickets of rule %d: %w", r.ID, err)
		}
	}
}

// CheckAll handles CheckJob: rules whose fields, tags or people are gone are
// switched off with the reason, before they are needed.
func (s *Service) CheckAll(ctx context.Context, _ job.Job) error {
	rules, err := all(s.db.Read(ctx))
	if err != nil {
		return err
	}
	var on []Rule
	for _, r := range rules {
		if r.Enabled {
			on = append(on, r)
		}
	}
	_, err = s.prepare(ctx, on)
	return err
}

// Prune handles PruneJob: the log does not grow for ever.
func (s *Service) Prune(ctx context.Context, _ job.Job) error {
	now := s.clock.Now()
	var rules []int64
	if err := s.db.Read(ctx).Model(&Rule{}).Pluck("id", &rules).Error; err != nil {
		return fmt.Errorf("read the rules: %w", err)
	}
	return s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		if err := tx.Where("created_at < ?", now.Add(-keepRuns)).Delete(&Run{}).Error; err != nil {
			return fmt.Errorf("prune the log of rules: %w", err)
		}
		if err := tx.Where("created_at < ? AND state = ?", now.Add(-keepOthers), NotMatched).Delete(&Run{}).Error; err != nil {
			return fmt.Errorf("prune the log of rules: %w", err)
		}
		for _, id := range rules {
			var oldest int64
			err := tx.Model(&Run{}).Where("rule_id = ?", id).Order("id DESC").Offset(keepLines).Limit(1).Pluck("id", &oldest).Error
			if err != nil {
				return fmt.Errorf("prune the log of rule %d: %w", id, err)
			}
			if oldest == 0 {
				continue
			}
			if err := tx.Where("rule_id = ? AND id <= ?", id, oldest).Delete(&Run{}).Error; err != nil {
				return fmt.Errorf("prune the log of rule %d: %w", id, err)
			}
		}
		return nil
	})
}

// Forget removes what is kept about a ticket that is gone for good.
func Forget(tx *event.Tx, e event.Event) error {
	if err := tx.Where("ticket_id = ?", e.SubjectID).Delete(&Run{}).Error; err != nil {
		return fmt.Errorf("delete the rule runs of ticket %d: %w", e.SubjectID, err)
	}
	return nil
}
