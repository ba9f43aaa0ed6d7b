package routing

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/ticket"
)

const maxAhead = 1000

// Waiting is how a ticket waits, and why nobody can have it now.
type Waiting struct {
	Wait
	Queue  Queue
	Ahead  int // tickets before it, at most 1,000
	Need   Need
	Choice Choice
}

// Story is why somebody has a ticket, or nobody does.
type Story struct {
	Waiting   *Waiting
	Decisions []Decision // the newest first
	names     map[int64]string
}

// Why returns the decisions about a ticket that the actor sees.
func (s *Service) Why(ctx context.Context, by authz.Actor, id int64) (Story, error) {
	var out Story
	tx := s.db.Read(ctx)
	t, err := ticket.Readable(tx, by, id)
	if err != nil {
		return out, err
	}
	if !canWork(by) {
		return out, errWork
	}
	if err := tx.Where("ticket_id = ?", id).Order("id DESC").Limit(keepDecide).Find(&out.Decisions).Error; err != nil {
		return out, fmt.Errorf("read why ticket %d was assigned: %w", id, err)
	}
	skills, err := loadSkills(tx)
	if err != nil {
		return out, err
	}
	out.names = skills.names
	var w Wait
	err = tx.Where("ticket_id = ?", id).Take(&w).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("read how ticket %d waits: %w", id, err)
	}
	q, err := find(tx, w.QueueID)
	if errors.Is(err, error(errMissing)) || !wants(t) {
		return out, nil // about to be looked at again
	}
	if err != nil {
		return out, err
	}
	out.Waiting = &Waiting{Wait: w, Queue: q}
	if out.Waiting.Choice, out.Waiting.Need, err = s.choose(tx, &q, t, w.BackFrom, s.clock.Now()); err != nil {
		return out, err
	}
	err = tx.Raw("SELECT COUNT(*) FROM (SELECT ticket_id FROM routing_waits WHERE queue_id = ? AND id < ? LIMIT ?) AS w",
		w.QueueID, w.ID, maxAhead).Scan(&out.Waiting.Ahead).Error
	if err != nil {
		return out, fmt.Errorf("count what waits before ticket %d: %w", id, err)
	}
	return out, nil
}

// Trial is who would get a ticket.
type Trial struct {
	Queue  *Queue // nil when none takes it
	Need   Need
	Choice Choice
	names  map[int64]string
}

// Hypothesis is a ticket that is not there: what it is like.
type Hypothesis struct {
	QueueID     int64
	CategoryID  *int64
	Tags        []string
	RequesterID int64
}

// Simulate says who would get a ticket now, if nobody had it. Nothing is changed.
func (s *Service) Simulate(ctx context.Context, by authz.Actor, id int64) (Trial, error) {
	var out Trial
	if !canManage(by) {
		return out, errDenied
	}
	tx := s.db.Read(ctx)
	t, err := ticket.Readable(tx, by, id)
	if fault.Is(err, fault.NotFound) {
		return out, fault.Field("ticket_id", "There is no such ticket.")
	}
	if err != nil {
		return out, err
	}
	free := *t
	free.AssignedToID = nil
	found, err := s.takers(ctx, tx, []ticket.Ticket{free})
	if err != nil {
		return out, err
	}
	skills, err := loadSkills(tx)
	if err != nil {
		return out, err
	}
	out.names = skills.names
	if out.Queue = found[id]; out.Queue == nil {
		return out, nil
	}
	out.Choice, out.Need, err = s.choose(tx, out.Queue, t, 0, s.clock.Now())
	return out, err
}

// Suppose says who of a queue would get a ticket that is not there.
func (s *Service) Suppose(ctx context.Context, by authz.Actor, h Hypothesis) (Trial, error) {
	var out Trial
	if !canManage(by) {
		return out, errDenied
	}
	tx := s.db.Read(ctx)
	q, err := find(tx, h.QueueID)
	if fault.Is(err, fault.NotFound) {
		return out, fault.Field("queue_id", "There is no such queue.")
	}
	if err != nil {
		return out, err
	}
	skills, err := loadSkills(tx)
	if err != nil {
		return out, err
	}
	out.Queue, out.names = &q, skills.names
	if q.Strategy == BySkill {
		tags, err := tag.Find(tx, h.Tags)
		if err != nil {
			return out, err
		}
		var ids []int64
		for _, t := range tags {
			ids = append(ids, t.ID)
		}
		out.Need.Skills = skills.needed(ids, h.CategoryID)
	}
	if q.Sticky && h.RequesterID != 0 {
		if out.Need.Last, err = ticket.LastAssignee(tx, h.RequesterID, 0); err != nil {
			return out, err
		}
	}
	members, err := candidates(tx, &q, skills, s.clock.Now())
	if err != nil {
		return out, err
	}
	out.Choice = Choose(q.Strategy, out.Need, members)
	return out, nil
}

// Waits returns a page of what waits in a queue, the longest first.
func (s *Service) Waits(ctx context.Context, by authz.Actor, id int64, page web.Page) (web.Rows[Wait], error) {
	if !canManage(by) {
		return web.Rows[Wait]{}, errDenied
	}
	tx := s.db.Read(ctx)
	if _, err := find(tx, id); err != nil {
		return web.Rows[Wait]{}, err
	}
	return web.OldestFirst(tx.Where("queue_id = ?", id), page, func(w Wait) int64 { return w.ID })
}
