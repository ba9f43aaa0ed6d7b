package sla

import (
	"errors"
	"slices"
	"time"

	"github.com/fixdesk/fixdesk/api/calendar"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Target is what is agreed to happen in time.
type Target string

// The targets.
const (
	FirstResponse Target = "first_response" // the first public answer of the IT staff
	NextResponse  Target = "next_response"  // an answer to each later message of the requester
	Resolution    Target = "resolution"     // resolved or closed
)

// Targets lists every target.
var Targets = []Target{FirstResponse, NextResponse, Resolution}

// Why time does not count although people work.
const (
	pausedWaiting = "waiting" // for the requester
	pausedDone    = "done"    // resolved, until it was reopened
	pausedStatus  = "status"  // in a finer status in which clocks stand still
)

// Pause is a time that does not count; To is nil while it lasts.
type Pause struct {
	From   time.Time  `json:"from"`
	To     *time.Time `json:"to"`
	Reason string     `json:"reason"`
	Status string     `json:"status,omitempty"` // the finer status that the reason names
}

// run is how long somebody had to wait for one target, as the history tells it:
// nothing in it depends on a policy's times or a calendar.
type run struct {
	target  Target
	started time.Time
	stopped *time.Time
	pauses  []Pause
}

// paused returns the pause that lasts, or nil.
func (r *run) paused() *Pause {
	if n := len(r.pauses); n > 0 && r.pauses[n-1].To == nil {
		return &r.pauses[n-1]
	}
	return nil
}

// hold lets the run stand still from a moment on, for a reason; it replaces the
// one for which it does so already.
func (r *run) hold(at time.Time, reason, status string) {
	if r.stopped != nil {
		return
	}
	if p := r.paused(); p != nil {
		if p.Reason == reason && p.Status == status {
			return
		}
		r.resume(at)
	}
	r.pauses = append(r.pauses, Pause{From: at, Reason: reason, Status: status})
}

func (r *run) resume(at time.Time) {
	if p := r.paused(); p != nil {
		if !at.After(p.From) {
			r.pauses = r.pauses[:len(r.pauses)-1]
			return
		}
		p.To = &at
	}
}

func (r *run) stop(at time.Time) {
	if r.stopped == nil {
		r.resume(at)
		r.stopped = &at
	}
}

// reopen lets a run that stopped go on with the time it had left.
func (r *run) reopen(at time.Time) {
	since := *r.stopped
	r.stopped = nil
	if at.After(since) {
		r.pauses = append(r.pauses, Pause{From: since, To: &at, Reason: pausedDone})
	}
}

// story is a ticket's history while it is told.
type story struct {
	first, whole run
	next         []*run
	pauseWaiting bool
	done         bool
	unanswered   *run // the response that stopped since the ticket is done, not by a reply
	last         ticket.LastReply
	finer        string // the finer status in which clocks stand still; "" for none
}

// replay tells a ticket's history as runs: the first response, each later one,
// and the resolution. pauseWaiting lets the resolution stand still while the
// ticket waits for its requester.
func replay(created time.Time, moments []moment, pauseWaiting bool) []run {
	s := story{
		first: run{target: FirstResponse, started: created}, whole: run{target: Resolution, started: created},
		pauseWaiting: pauseWaiting, last: ticket.NoReply,
	}
	for _, m := range moments {
		if m.at.Before(created) {
			m.at = created
		}
		s.tell(m)
		s.still(m.at)
	}
	out := []run{s.first, s.whole}
	for _, r := range s.next {
		out = append(out, *r)
	}
	return out
}

// awaited returns the response that is awaited: the first, or else a next one; or nil.
func (s *story) awaited() *run {
	if s.first.stopped == nil {
		return &s.first
	}
	if n := len(s.next); n > 0 && s.next[n-1].stopped == nil {
		return s.next[n-1]
	}
	return nil
}

func (s *story) tell(m moment) {
	at := m.at
	switch {
	case m.finer:
		s.finer = m.paused
	case m.reply == ticket.StaffReply:
		s.last, s.unanswered = m.reply, nil
		if r := s.awaited(); r != nil {
			r.stop(at)
		}
	case m.reply == ticket.RequesterReply:
		s.last = m.reply
		if !s.done && s.awaited() == nil {
			s.ask(at)
		}
	case m.status.Done() && !s.done:
		s.done = true
		if s.unanswered = s.awaited(); s.unanswered != nil {
			s.unanswered.stop(at)
		}
		s.whole.stop(at)
	case m.status != 0 && !m.status.Done() && s.done:
		s.done = false
		s.whole.reopen(at)
		switch {
		case s.unanswered != nil:
			s.unanswered.reopen(at)
			s.unanswered = nil
		case s.last == ticket.RequesterReply:
			s.ask(at)
		}
	}
}

// ask begins a next response.
func (s *story) ask(at time.Time) {
	s.next = append(s.next, &run{target: NextResponse, started: at})
}

// still lets the runs that go on stand still, or go on, as the ticket is now.
func (s *story) still(at time.Time) {
	if s.done {
		return
	}
	settle := func(r *run, waiting bool) {
		switch {
		case r.stopped != nil:
		case s.finer != "":
			r.hold(at, pausedStatus, s.finer)
		case waiting:
			r.hold(at, pausedWaiting, "")
		default:
			r.resume(at)
		}
	}
	settle(&s.whole, s.pauseWaiting && s.last == ticket.StaffReply)
	if r := s.awaited(); r != nil {
		settle(r, false)
	}
}

// reading is what a run means under a target and a calendar at a moment.
type reading struct {
	elapsed  time.Duration // until it stopped, paused, or now
	due      *time.Time    // nil while it stands still, or when it cannot be reached
	breached *time.Time    // when the time was up; nil unless it is
}

// read counts a run. It is pure.
func (r *run) read(s *calendar.Schedule, target time.Duration, now time.Time) (reading, error) {
	out := reading{}
	at, err := r.reach(s, target)
	if err != nil && !errors.Is(err, calendar.ErrTooFar) {
		return out, err
	}
	end := now
	if r.stopped != nil {
		end = *r.stopped
	}
	out.elapsed = r.elapsed(s, end)
	if at == nil {
		return out, err
	}
	out.due = at
	if at.Before(end) {
		out.breached = at
	}
	return out, nil
}

// stretches are the parts of a run in which time can pass; the last has no end
// while nothing has stopped it.
func (r *run) stretches() [][2]*time.Time {
	var out [][2]*time.Time
	from := r.started
	for _, p := range r.pauses {
		begin, end := from, p.From
		if end.After(begin) {
			out = append(out, [2]*time.Time{&begin, &end})
		}
		if p.To == nil {
			return out
		}
		from = *p.To
	}
	begin := from
	return append(out, [2]*time.Time{&begin, r.stopped})
}

// elapsed returns the working time of the run until a moment.
func (r *run) elapsed(s *calendar.Schedule, until time.Time) time.Duration {
	var sum time.Duration
	for _, st := range r.stretches() {
		end := until
		if st[1] != nil && st[1].Before(end) {
			end = *st[1]
		}
		sum += s.Between(*st[0], end)
	}
	return sum
}

// reach returns when the working time of the run is d: in the past, or in the
// future if nothing else happens; nil while it stands still before that. For a
// run that stopped it says when it would have been.
func (r *run) reach(s *calendar.Schedule, d time.Duration) (*time.Time, error) {
	list := r.stretches()
	for i, st := range list {
		last := i == len(list)-1 && (st[1] == nil || r.stopped != nil) && r.paused() == nil
		if !last {
			if spent := s.Between(*st[0], *st[1]); spent < d {
				d -= spent
				continue
			}
		}
		at, err := s.Add(*st[0], d)
		if err != nil {
			return nil, err
		}
		return &at, nil
	}
	return nil, nil
}

func sameTime(a, b *time.Time) bool {
	return (a == nil && b == nil) || (a != nil && b != nil && a.Equal(*b))
}

func samePauses(a, b []Pause) bool {
	return slices.EqualFunc(a, b, func(x, y Pause) bool {
		return x.From.Equal(y.From) && sameTime(x.To, y.To) && x.Reason == y.Reason && x.Status == y.Status
	})
}
