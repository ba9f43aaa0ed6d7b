package automation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket"
)

const (
	tryBack   = 30 * 24 * time.Hour
	tryEvents = 20_000 // that are looked at, the newest first
	tryShown  = 50
)

// Trial is what a rule would have done.
type Trial struct {
	Looked int // events, or tickets for a rule on time
	Fits   int // tickets
	More   bool
	Lines  []TrialLine
}

// TrialLine is what a rule would have done to one ticket.
type TrialLine struct {
	Ticket ticket.Ticket
	Cause  string
	At     *time.Time
	State  State
	Reason string
}

// errUndo ends every trial: nothing of it stays.
var errUndo = errors.New("only tried")

// Try holds a rule that need not be saved against the events of the last 30 days, or,
// on time, against all tickets, as they are now, and says what it would have done.
// Its actions are carried out in a transaction that is taken back.
func (s *Service) Try(ctx context.Context, by authz.Actor, c Changes) (Trial, error) {
	var t Trial
	if !canManage(by) || by.ID == 0 {
		return t, errDenied
	}
	r := Rule{Name: "Trial", Enabled: true, OwnerID: by.ID}
	c.apply(&r)
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error { return fault.All(c.Wrong, s.check(tx, by, &r)) })
	if err != nil {
		return t, err
	}
	list, err := s.prepareTrial(ctx, by, r)
	if err != nil {
		return t, err
	}
	x := &list[0]
	causes, ids, err := s.candidates(ctx, x, &t)
	if err != nil {
		return t, err
	}
	whole, err := s.tickets.Condition(ctx, "condition", r.Condition)
	if err != nil {
		return t, err
	}
	var fits []int64
	for part := range slices.Chunk(ids, 500) {
		found, err := s.tickets.FirstMatch(s.db.Read(ctx), part, []ticket.Condition{whole})
		if err != nil {
			return t, err
		}
		for _, id := range part {
			if _, ok := found[id]; ok {
				fits = append(fits, id)
			}
		}
	}
	t.Fits = len(fits)
	for _, id := range fits[:min(len(fits), tryShown)] {
		line, err := s.tryOn(ctx, x, id)
		if err != nil {
			return t, err
		}
		if line == nil {
			t.Fits--
			continue
		}
		if e, ok := causes[id]; ok {
			line.Cause, line.At = e.Type, &e.CreatedAt
		} else {
			line.Cause = onTime
		}
		t.Lines = append(t.Lines, *line)
	}
	t.More = t.More || len(fits) > tryShown
	return t, nil
}

func (s *Service) prepareTrial(ctx context.Context, by authz.Actor, r Rule) ([]ready, error) {
	x := ready{Rule: r, by: by.ByRule(r.Name), terms: ticket.Terms(r.Condition)}
	if err := x.read(s.tickets.Conditions(ctx)); err != nil {
		return nil, err
	}
	return []ready{x}, nil
}

// candidates lists the tickets that a rule would have been asked about, and the
// newest event of each.
func (s *Service) candidates(ctx context.Context, r *ready, t *Trial) (map[int64]event.Event, []int64, error) {
	causes := map[int64]event.Event{}
	if r.Every > 0 {
		ids, err := s.matching(ctx, r, sweepTickets+1)
		t.Looked, t.More = len(ids), len(ids) > sweepTickets
		return causes, ids, err
	}
	var ids []int64
	since := s.clock.Now().Add(-tryBack)
	for last := int64(0); t.Looked < tryEvents; {
		q := s.db.Read(ctx).Order("id DESC").Limit(1000)
		if last > 0 {
			q = q.Where("id < ?", last)
		}
		var page []event.Event
		if err := q.Find(&page).Error; err != nil {
			return nil, nil, fmt.Errorf("read the events of the last days: %w", err)
		}
		for _, e := range page {
			if e.CreatedAt.Before(since) {
				return causes, ids, nil
			}
			t.Looked++
			if e.SubjectType != ticket.Subject || !slices.Contains(r.Triggers, s.triggerOf[e.Type]) {
				continue
			}
			if _, ok := causes[e.SubjectID]; !ok {
				causes[e.SubjectID] = e
				ids = append(ids, e.SubjectID)
			}
		}
		if len(page) < 1000 {
			return causes, ids, nil
		}
		last = page[len(page)-1].ID
	}
	t.More = true
	return causes, ids, nil
}

// tryOn carries a rule out on a ticket and takes it back; nil for a ticket that the
// owner does not see.
func (s *Service) tryOn(ctx context.Context, r *ready, id int64) (*TrialLine, error) {
	line := &TrialLine{State: Did}
	err := s.bus.Do(ctx, r.by, func(tx *event.Tx) error {
		t, err := ticket.Readable(tx.DB, r.by, id)
		if err != nil {
			return err
		}
		line.Ticket = *t
		texts, err := s.carryOut(tx, r, id, 0)
		if err != nil {
			return err
		}
		line.Reason = joined(texts)
		return errUndo
	})
	var f *fault.Error
	switch {
	case errors.Is(err, errUndo):
		return line, nil
	case errors.Is(err, errSame):
		line.State, line.Reason = Unchanged, "The ticket already is so."
		return line, nil
	case fault.Is(err, fault.NotFound):
		return nil, nil //nolint:nilnil // it is not shown
	case errors.As(err, &f) && f.Kind != fault.Internal:
		line.State, line.Reason = Failed, fault.Sentence(err)
		return line, nil
	}
	return nil, err
}
