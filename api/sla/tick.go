package sla

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/calendar"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// TickJob is the kind of job that looks at the clocks whose moment has come.
// Whoever writes such a moment asks for the job of its minute; one is asked for
// now and then in any case.
const TickJob = "sla.tick"

const tickRows = 100

// Tick handles TickJob.
func (s *Service) Tick(ctx context.Context, _ job.Job) error {
	for {
		var ids []int64
		err := s.db.Read(ctx).Model(&Clock{}).Where("next_at <= ?", s.clock.Now()).Order("next_at, id").Limit(tickRows).Pluck("id", &ids).Error
		if err != nil {
			return fmt.Errorf("look for clocks: %w", err)
		}
		for _, id := range ids {
			if err := s.ring(ctx, id); err != nil {
				return err
			}
		}
		if len(ids) < tickRows {
			return nil
		}
	}
}

// ring does what a clock's moments ask for, each of them once, in one
// transaction with the note that it was done.
func (s *Service) ring(ctx context.Context, id int64) error {
	by := authz.System("sla")
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		var c Clock
		err := tx.Take(&c, id).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read clock %d: %w", id, err)
		}
		tickets, err := ticket.Hold(tx.DB, []int64{c.TicketID})
		if err != nil {
			return err
		}
		// Read again: only now nobody else changes it.
		if err := tx.Take(&c, id).Error; err != nil || c.NextAt == nil || c.NextAt.After(tx.Now) {
			if errors.Is(err, gorm.ErrRecordNotFound) {
				return nil
			}
			return err
		}
		if len(tickets) == 0 {
			c.NextAt = nil
			return c.save(tx)
		}
		var p Policy
		err = tx.Take(&p, c.PolicyID).Error
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("read the policy of clock %d: %w", id, err)
		}
		b := &rulebook{schedules: map[int64]*calendar.Schedule{0: aroundTheClock}, broken: map[int64]error{}}
		if err := b.load(tx.DB); err != nil {
			return err
		}
		schedule := b.schedule(c.CalendarID)
		if c.StoppedAt == nil {
			c.count(schedule, &p, tx.Now)
		}
		marks := c.marks(c.run(), schedule, &p)
		var due []mark
		for _, m := range marks {
			if !m.at.After(tx.Now) && !slices.Contains(c.Fired, c.key(m)) {
				due = append(due, m)
				c.Fired = append(c.Fired, c.key(m))
			}
		}
		c.NextAt = c.next(marks)
		if err := c.save(tx); err != nil {
			return err
		}
		if c.NextAt != nil {
			if err := schedule1(tx, *c.NextAt); err != nil {
				return err
			}
		}
		for _, m := range due {
			if err := s.fire(tx, by, &c, &p, m); err != nil {
				return err
			}
		}
		return s.restate(tx, c.TicketID)
	})
}

func schedule1(tx *event.Tx, next time.Time) error {
	return schedule(tx, map[time.Time]bool{tickAt(next, tx.Now): true})
}

// restate writes down how a ticket stands now that time has passed.
func (s *Service) restate(tx *event.Tx, id int64) error {
	tickets, err := ticket.Hold(tx.DB, []int64{id})
	if err != nil || len(tickets) == 0 {
		return err
	}
	st := standing{ticket: tickets[0], was: map[int64]Clock{}}
	if err := tx.Where("ticket_id = ?", id).Order("id").Find(&st.clocks).Error; err != nil {
		return fmt.Errorf("read the clocks of ticket %d: %w", id, err)
	}
	for _, c := range st.clocks {
		st.was[c.ID] = c
	}
	_, err = st.write(tx, map[time.Time]bool{}) // all of them are known
	return err
}

// fire announces one moment and does what its step asks for.
func (s *Service) fire(tx *event.Tx, by authz.Actor, c *Clock, p *Policy, m mark) error {
	a := Alarm{Target: c.Target, PolicyID: c.PolicyID, Policy: p.Name, DueAt: c.DueAt}
	switch m.kind {
	case markRisk:
		return tx.Emit(Warned, ticket.Subject, c.TicketID, a)
	case markBreach:
		return tx.Emit(Overdue, ticket.Subject, c.TicketID, a)
	}
	a.Offset = m.step.Offset
	f, err := s.tickets.Get(tx.Ctx, by, c.TicketID)
	if err != nil {
		return err
	}
	named := slices.Clone(m.step.NotifyUsers)
	if m.step.Notify && f.AssignedToID != nil && !slices.Contains(named, *f.AssignedToID) {
		named = append(named, *f.AssignedToID)
	}
	ch := ticket.Changes{}
	if to := m.step.AssignTo; to != nil {
		u, err := user.Find(tx.DB, *to)
		switch {
		case err != nil && !errors.Is(err, gorm.ErrRecordNotFound):
			return fmt.Errorf("read whom a step assigns to: %w", err)
		case err != nil || !u.Assignable():
			a.Refused = append(a.Refused, "assign")
		default:
			ch.Assign, ch.AssignedTo = true, to
		}
	}
	if m.step.RaisePriority && f.Priority < ticket.Urgent {
		next := f.Priority + 1
		ch.Priority = &next
	}
	if ch.Assign || ch.Priority != nil {
		after, err := s.tickets.Update(tx.Ctx, by, c.TicketID, etag.Condition{}, ch)
		switch {
		case fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden):
			// What may be done changed; the event says what was meant.
		case err != nil:
			return err
		default:
			f = after
		}
	}
	// People are told last: whoever the step gives the ticket to sees it only now, and whoever it
	// takes it from may not any more.
	if a.Notify, err = s.mayKnow(tx, &f.Ticket, named); err != nil {
		return err
	}
	if len(a.Notify) < len(named) {
		a.Refused = append(a.Refused, "notify")
	}
	return tx.Emit(Escalated, ticket.Subject, c.TicketID, a)
}

// mayKnow returns those of the people who may know what an SLA says of a ticket.
func (s *Service) mayKnow(tx *event.Tx, t *ticket.Ticket, people []int64) ([]int64, error) {
	if len(people) == 0 {
		return nil, nil
	}
	var found []user.User
	if err := tx.Where("id IN ? AND anonymised_at IS NULL", people).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("read whom a step tells: %w", err)
	}
	var out []int64
	for _, u := range found {
		by, err := team.Join(tx.DB, u.Person(s.options))
		if err != nil {
			return nil, err
		}
		if canRead(by) && ticket.CanRead(by, t) {
			out = append(out, u.ID)
		}
	}
	return out, nil
}
