package webhook

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// PruneJob is the kind of job that forgets old deliveries.
const PruneJob = "webhook.prune"

const (
	keepLog    = 30 * 24 * time.Hour
	pruneRows  = 500
	maxReplays = 1000 // at a time
	attemptLog = 50   // shown of a delivery
)

// Deliveries returns a page of a webhook's deliveries in a state, or, for "", of
// all, newest first.
func (s *Service) Deliveries(ctx context.Context, by authz.Actor, id int64, state State, page web.Page) (web.Rows[Delivery], error) {
	if _, err := s.Get(ctx, by, id); err != nil {
		return web.Rows[Delivery]{}, err
	}
	q := s.db.Read(ctx).Where("webhook_id = ?", id)
	if state != "" {
		q = q.Where("state = ?", state)
	}
	return web.NewestFirst(q, page, func(d Delivery) int64 { return d.ID })
}

// Delivery returns a delivery and its attempts, the newest first.
func (s *Service) Delivery(ctx context.Context, by authz.Actor, id int64) (Delivery, []Attempt, error) {
	var d Delivery
	if !canManage(by) {
		return d, nil, errDenied
	}
	if err := find(s.db.Read(ctx), id, &d); err != nil {
		return d, nil, err
	}
	var log []Attempt
	if err := s.db.Read(ctx).Where("delivery_id = ?", id).Order("id DESC").Limit(attemptLog).Find(&log).Error; err != nil {
		return d, nil, fmt.Errorf("read the attempts of delivery %d: %w", id, err)
	}
	return d, log, nil
}

func find(tx *gorm.DB, id int64, d *Delivery) error {
	err := tx.Take(d, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return errDeliveryMissing
	}
	if err != nil {
		return fmt.Errorf("read delivery %d: %w", id, err)
	}
	return nil
}

// Replay sends a delivery again that is not under way, with the same webhook-id.
func (s *Service) Replay(ctx context.Context, by authz.Actor, id int64) (Delivery, error) {
	var d Delivery
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errDenied
		}
		d = Delivery{}
		if err := find(tx.DB, id, &d); err != nil {
			return err
		}
		if d.State == Pending {
			return errPending
		}
		if err := again(tx, &d); err != nil {
			return err
		}
		return tx.Emit(Replayed, Subject, d.WebhookID, map[string]any{"delivery_id": id})
	})
	return d, err
}

// again makes a delivery that ended begin anew.
func again(tx *event.Tx, d *Delivery) error {
	run := d.Run + 1
	res := tx.Model(&Delivery{}).Where("id = ? AND run = ? AND state <> ?", d.ID, d.Run, Pending).Updates(map[string]any{
		"state": Pending, "run": run, "attempts": 0, "next_at": tx.Now, "finished_at": nil,
	})
	if res.Error != nil {
		return fmt.Errorf("replay delivery %d: %w", d.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errPending
	}
	now := tx.Now
	d.State, d.Run, d.Attempts, d.NextAt, d.FinishedAt = Pending, run, 0, &now, nil
	return enqueue(tx, d.ID, run, tx.Now)
}

// Range says which deliveries are to be sent again: those of a state that began
// in a time.
type Range struct {
	State    State
	From, To time.Time
}

// ReplayRange sends a range of deliveries again, the oldest first, at most
// maxReplays of them, and returns how many, and whether there are more.
func (s *Service) ReplayRange(ctx context.Context, by authz.Actor, id int64, r Range) (n int, more bool, err error) {
	err = s.bus.Do(ctx, by, func(tx *event.Tx) error {
		n, more = 0, false
		if !canManage(by) {
			return errDenied
		}
		if _, err := get(tx.DB, id); err != nil {
			return err
		}
		var list []Delivery
		err := tx.Where("webhook_id = ? AND state = ? AND created_at >= ? AND created_at <= ?", id, r.State, r.From, r.To).
			Order("id").Limit(maxReplays + 1).Find(&list).Error
		if err != nil {
			return fmt.Errorf("find the deliveries of webhook %d: %w", id, err)
		}
		if len(list) > maxReplays {
			list, more = list[:maxReplays], true
		}
		for i := range list {
			if err := again(tx, &list[i]); err != nil {
				return err
			}
		}
		if n = len(list); n == 0 {
			return nil
		}
		return tx.Emit(Replayed, Subject, id, map[string]any{"count": n})
	})
	return n, more, err
}

// Test sends a message that says nothing and returns what came of it. It is sent
// once, also where the webhook is disabled.
func (s *Service) Test(ctx context.Context, by authz.Actor, id int64) (Delivery, []Attempt, error) {
	var w Webhook
	var d Delivery
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errDenied
		}
		var err error
		if w, err = get(tx.DB, id); err != nil {
			return err
		}
		raw, err := testMessage(tx.Now, id)
		if err != nil {
			return err
		}
		// Should the program stop now, the job sends it a minute later.
		d = Delivery{WebhookID: id, Type: testType, Payload: raw}
		return begin(tx, &d, tx.Now.Add(time.Minute))
	})
	if err != nil {
		return d, nil, err
	}
	o, err := s.attempt(ctx, &w, &d)
	if err != nil {
		return d, nil, err
	}
	// The caller may be gone by now; what came of it is written down all the same.
	ctx = context.WithoutCancel(ctx)
	if err := s.record(ctx, d, o, true); err != nil {
		return d, nil, err
	}
	return s.Delivery(ctx, by, d.ID)
}

// Prune forgets deliveries that ended a while ago; it is a job.
func (s *Service) Prune(ctx context.Context, _ job.Job) error {
	for {
		n := 0
		err := s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			var ids []int64
			err := tx.Model(&Delivery{}).Where("finished_at < ?", s.clock.Now().Add(-keepLog)).Order("finished_at").Limit(pruneRows).Pluck("id", &ids).Error
			if n = len(ids); err != nil || n == 0 {
				return err
			}
			if err := tx.Where("delivery_id IN ?", ids).Delete(&Attempt{}).Error; err != nil {
				return err
			}
			return tx.Where("id IN ?", ids).Delete(&Delivery{}).Error
		})
		if err != nil {
			return fmt.Errorf("forget old deliveries: %w", err)
		}
		if n < pruneRows {
			return nil
		}
	}
}
