package sla

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/calendar"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Why a stretch of time counts, or does not.
const (
	whyWorking = "working"
	whyClosed  = "closed"
	whyHoliday = "holiday"
)

// Stretch is a part of a clock's time that counts throughout, or not at all.
type Stretch struct {
	From, To time.Time
	Reason   string // why it counts or not: working, closed, holiday, or a pause's reason
	Holiday  string
	Status   string // the finer status in which clocks stand still
	Ahead    bool   // still to come, if nothing else happens
}

// Counts reports whether the stretch counts.
func (s Stretch) Counts() bool { return s.Reason == whyWorking }

// maxStretches is how many stretches of a clock are told; the latest are.
const maxStretches = 300

// explain lists what a clock's time consists of, from its beginning to its end:
// when it stopped, else when its time is up, else now.
func explain(r *run, s *calendar.Schedule, due *time.Time, now time.Time) (out []Stretch, leftOut int) {
	end := now
	if due != nil && due.After(now) {
		end = *due
	}
	if r.stopped != nil {
		end = *r.stopped
	}
	add := func(from, to time.Time, reason, holiday, status string) {
		if !from.Before(to) {
			return
		}
		if from.Before(now) && now.Before(to) {
			out = append(out, Stretch{from, now, reason, holiday, status, false})
			from = now
		}
		out = append(out, Stretch{from, to, reason, holiday, status, !from.Before(now)})
	}
	counted := func(from, to time.Time) {
		list, _ := s.Intervals(from, to, 1<<16)
		for _, i := range list {
			switch {
			case i.Open:
				add(i.From, i.To, whyWorking, i.Holiday, "")
			case i.Holiday != "":
				add(i.From, i.To, whyHoliday, i.Holiday, "")
			default:
				add(i.From, i.To, whyClosed, "", "")
			}
		}
	}
	at := r.started
	for _, p := range r.pauses {
		counted(at, earlier(p.From, end))
		stop := end
		if p.To != nil {
			stop = earlier(*p.To, end)
		}
		add(p.From, stop, p.Reason, "", p.Status)
		at = stop
	}
	counted(at, end)
	if n := len(out); n > maxStretches {
		return out[n-maxStretches:], n - maxStretches
	}
	return out, 0
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Account is how a ticket stands, with everything that says why.
type Account struct {
	Ticket    ticket.Ticket
	Policy    *Policy
	Calendars map[int64]calendar.Calendar
	Policies  map[int64]Policy
	Clocks    []Clock
	Due       *time.Time
	State     ticket.SLAState
	Schedules map[int64]*calendar.Schedule
	Now       time.Time
	Matches   map[int64]bool // by policy; of a preview only
}

// Of tells how a ticket that the actor sees stands. preview counts it as it would
// be counted now, without changing anything.
func (s *Service) Of(ctx context.Context, by authz.Actor, id int64, preview bool) (Account, error) {
	tx := s.db.Read(ctx)
	a := Account{Now: s.clock.Now(), Policies: map[int64]Policy{}, Matches: map[int64]bool{}}
	t, err := ticket.Readable(tx, by, id)
	if err != nil {
		return a, err
	}
	if !canRead(by) {
		return a, errReadDenied
	}
	a.Ticket = *t
	if a.Calendars, err = calendar.All(tx); err != nil {
		return a, err
	}
	b, err := s.rulesOf(tx)
	if err != nil {
		return a, err
	}
	if err := b.load(tx); err != nil {
		return a, err
	}
	a.Schedules = b.schedules
	var all []Policy
	if err := tx.Order("position, id").Find(&all).Error; err != nil {
		return a, fmt.Errorf("read the SLA policies: %w", err)
	}
	for _, p := range all {
		a.Policies[p.ID] = p
	}
	list, err := s.stand(tx, b, []ticket.Ticket{*t}, a.Now, a.Now)
	if err != nil {
		return a, err
	}
	st := &list[0]
	a.Policy = st.policy
	if preview {
		a.Clocks = st.clocks
		for i, p := range b.policies {
			hit, err := s.tickets.FirstMatch(tx, []int64{id}, b.conditions[i:i+1])
			if err != nil {
				return a, err
			}
			_, a.Matches[p.ID] = hit[id]
		}
	} else {
		err := tx.Where("ticket_id = ?", id).Order("id").Find(&a.Clocks).Error
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return a, fmt.Errorf("read the clocks of ticket %d: %w", id, err)
		}
		st.clocks = a.Clocks
	}
	a.Due, a.State = st.due(a.Now)
	return a, nil
}
