package sla

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Follow hears of everything that happens to tickets, in the same transaction,
// and counts their clocks anew.
func (s *Service) Follow(tx *event.Tx, e event.Event) error {
	if strings.HasPrefix(e.Type, ticket.InternalPrefix) || e.Type == ticket.Purged {
		return nil
	}
	if e.Type == ticket.Deleted {
		// Until it is restored, nobody waits for it.
		err := tx.Model(&Clock{}).Where("ticket_id = ?", e.SubjectID).
			Updates(map[string]any{"next_at": nil, "version": gorm.Expr("version + 1")}).Error
		if err != nil {
			return fmt.Errorf("stop the clocks of ticket %d: %w", e.SubjectID, err)
		}
		return nil
	}
	b, err := s.rules(tx)
	if err != nil {
		return err
	}
	return s.refresh(tx, b, []int64{e.SubjectID}, time.Time{})
}

// Imported hears, in the transaction, of tickets that came with their history.
func (s *Service) Imported(tx *event.Tx, e event.Event) error {
	var list ticket.ImportedTickets
	if err := e.Decode(&list); err != nil {
		return err
	}
	b, err := s.rules(tx)
	if err != nil {
		return err
	}
	for ids := range slices.Chunk(list.IDs, mostBatch) {
		if err := s.refresh(tx, b, ids, tx.Now); err != nil {
			return err
		}
	}
	return nil
}

// Forget deletes the clocks of a ticket that is gone for good.
func Forget(tx *event.Tx, e event.Event) error {
	if err := tx.Where("ticket_id = ?", e.SubjectID).Delete(&Clock{}).Error; err != nil {
		return fmt.Errorf("delete the clocks of ticket %d: %w", e.SubjectID, err)
	}
	return nil
}

// standing is what applies to one ticket and how its clocks stand.
type standing struct {
	ticket ticket.Ticket
	policy *Policy // nil for none
	clocks []Clock // as they should be
	was    map[int64]Clock
	gone   []int64
}

// refresh counts the clocks of tickets anew and writes what differs. Nothing
// is done about moments up to quiet: what changed is the rule, not the ticket.
func (s *Service) refresh(tx *event.Tx, b *rulebook, ids []int64, quiet time.Time) error {
	if len(b.policies) == 0 {
		var kept int64
		if err := tx.Model(&Clock{}).Where("ticket_id IN ?", ids).Limit(1).Count(&kept).Error; err != nil {
			return fmt.Errorf("look for clocks: %w", err)
		}
		if kept == 0 {
			return nil
		}
	}
	tickets, err := ticket.Hold(tx.DB, ids)
	if err != nil {
		return err
	}
	list, err := s.stand(tx.DB, b, tickets, tx.Now, quiet)
	if err != nil {
		return err
	}
	ticks := map[time.Time]bool{}
	var fresh []*Clock
	for i := range list {
		begun, err := list[i].write(tx, ticks)
		if err != nil {
			return err
		}
		fresh = append(fresh, begun...)
	}
	if len(fresh) > 0 {
		if err := tx.CreateInBatches(fresh, 50).Error; err != nil {
			return fmt.Errorf("start clocks: %w", err)
		}
	}
	return schedule(tx, ticks)
}

// stand works out how tickets stand, without writing anything.
func (s *Service) stand(tx *gorm.DB, b *rulebook, tickets []ticket.Ticket, now time.Time, quiet time.Time) ([]standing, error) {
	ids := make([]int64, len(tickets))
	for i, t := range tickets {
		ids[i] = t.ID
	}
	if len(ids) == 0 {
		return nil, nil
	}
	match, err := s.tickets.FirstMatch(tx, ids, b.conditions)
	if err != nil {
		return nil, err
	}
	told, err := moments(tx, tickets)
	if err != nil {
		return nil, err
	}
	var rows []Clock
	if err := tx.Where("ticket_id IN ?", ids).Order("ticket_id, id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the clocks: %w", err)
	}
	had := map[int64][]Clock{}
	for _, c := range rows {
		had[c.TicketID] = append(had[c.TicketID], c)
	}
	out := make([]standing, len(tickets))
	for i, t := range tickets {
		st := standing{ticket: t, was: map[int64]Clock{}}
		if at, ok := match[t.ID]; ok {
			st.policy = &b.policies[at]
		}
		st.settle(b, told[t.ID], had[t.ID], now, quiet)
		out[i] = st
	}
	return out, nil
}

// settle turns a ticket's history into clocks, and holds them against those that
// are there.
func (st *standing) settle(b *rulebook, told []moment, had []Clock, now time.Time, quiet time.Time) {
	p := st.policy
	runs := replay(st.ticket.CreatedAt, told, p != nil && p.PauseWaiting)
	used := map[int64]bool{}
	for _, r := range runs {
		i := slices.IndexFunc(had, func(c Clock) bool { return c.Target == r.target && c.StartedAt.Equal(r.started) })
		if i < 0 && (p == nil || p.Targets.of(r.target) == 0) {
			continue
		}
		var c Clock
		if i >= 0 {
			c = had[i]
			if c.StoppedAt != nil && sameTime(c.StoppedAt, r.stopped) {
				// Judged: later rules do not judge it again.
				used[c.ID] = true
				st.was[c.ID] = c
				st.clocks = append(st.clocks, c)
				continue
			}
			if p == nil || p.Targets.of(r.target) == 0 {
				continue // nothing is agreed any more
			}
			used[c.ID] = true
			st.was[c.ID] = c
			c.Fired = slices.Clone(c.Fired)
		} else {
			c = Clock{TicketID: st.ticket.ID, Target: r.target, StartedAt: r.started, Fired: []string{}, Version: 1}
		}
		c.StoppedAt, c.Pauses = r.stopped, r.pauses
		if c.Pauses == nil {
			c.Pauses = []Pause{}
		}
		schedule := b.schedule(p.CalendarID)
		c.count(schedule, p, now)
		until := quiet
		if i < 0 && quiet.IsZero() {
			until = now
		}
		c.skip(c.marks(c.run(), schedule, p), until)
		st.clocks = append(st.clocks, c)
	}
	for _, c := range had {
		if !used[c.ID] {
			st.gone = append(st.gone, c.ID)
		}
	}
}

// due returns by when the next thing must happen on the ticket, and how it stands.
func (st *standing) due(now time.Time) (*time.Time, ticket.SLAState) {
	var due *time.Time
	state := ticket.SLANone
	judged := ticket.SLANone
	for i := range st.clocks {
		c := &st.clocks[i]
		if c.StoppedAt != nil {
			if judged != ticket.SLABreached {
				judged = ticket.SLAMet
			}
			if c.State == Breached {
				judged = ticket.SLABreached
			}
			continue
		}
		if c.DueAt != nil && (due == nil || c.DueAt.Before(*due)) {
			due = c.DueAt
		}
		state = worse(state, c.standing(now))
	}
	if state == ticket.SLANone {
		state = judged
	}
	return due, state
}

// standing is how an open clock stands.
func (c *Clock) standing(now time.Time) ticket.SLAState {
	switch {
	case c.State == Breached:
		return ticket.SLABreached
	case c.State == Paused:
		return ticket.SLAPaused
	case c.RiskAt != nil && !c.RiskAt.After(now):
		return ticket.SLAAtRisk
	}
	return ticket.SLAOk
}

// worse returns what is to be told of two states: one breach counts more than
// anything, one clock that runs more than one that stands still.
func worse(a, b ticket.SLAState) ticket.SLAState {
	order := []ticket.SLAState{ticket.SLANone, ticket.SLAPaused, ticket.SLAOk, ticket.SLAAtRisk, ticket.SLABreached}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}

func (c *Clock) equals(o *Clock) bool {
	return sameTime(c.StoppedAt, o.StoppedAt) && samePauses(c.Pauses, o.Pauses) && c.PolicyID == o.PolicyID &&
		sameID(c.CalendarID, o.CalendarID) && c.Goal == o.Goal && c.State == o.State && sameTime(c.DueAt, o.DueAt) &&
		sameTime(c.RiskAt, o.RiskAt) && sameTime(c.BreachedAt, o.BreachedAt) && sameTime(c.MetAt, o.MetAt) &&
		sameTime(c.NextAt, o.NextAt) && slices.Equal(c.Fired, o.Fired) && (c.State == Running || c.Elapsed == o.Elapsed)
}

func sameID(a, b *int64) bool {
	return (a == nil && b == nil) || (a != nil && b != nil && *a == *b)
}

// write writes what differs, but for clocks that begin: it returns these, so that
// those of many tickets are written at once. ticks collects when somebody must look again.
func (st *standing) write(tx *event.Tx, ticks map[time.Time]bool) (fresh []*Clock, err error) {
	if len(st.gone) > 0 {
		if err := tx.Where("id IN ?", st.gone).Delete(&Clock{}).Error; err != nil {
			return nil, fmt.Errorf("delete clocks of ticket %d: %w", st.ticket.ID, err)
		}
	}
	for i := range st.clocks {
		c := &st.clocks[i]
		was, known := st.was[c.ID]
		if known && c.equals(&was) {
			continue
		}
		if !known {
			fresh = append(fresh, c)
		} else if err := c.save(tx); err != nil {
			return nil, err
		}
		if c.NextAt != nil {
			ticks[tickAt(*c.NextAt, tx.Now)] = true
		}
	}
	due, state := st.due(tx.Now)
	t := &st.ticket
	if state == t.SLAState && (t.DueSource == ticket.DueByHand || sameTime(due, t.DueAt)) {
		return fresh, nil
	}
	return fresh, ticket.SetDue(tx, t.ID, due, state)
}

func (c *Clock) save(tx *event.Tx) error {
	was := c.Version
	c.Version++
	res := tx.Model(&Clock{}).Where("id = ? AND version = ?", c.ID, was).Select("*").Omit("id", "ticket_id", "target", "started_at").Updates(c)
	if res.Error != nil {
		return fmt.Errorf("save a clock of ticket %d: %w", c.TicketID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errRaced
	}
	return nil
}

// tickAt is the full minute by which somebody looks at a clock: always one to
// come, so that the job of a minute cannot have run before it was asked for.
func tickAt(next, now time.Time) time.Time {
	if next.Before(now) {
		next = now
	}
	return next.Truncate(time.Minute).Add(time.Minute)
}

// schedule makes sure that there is a job for each of the minutes.
func schedule(tx *event.Tx, ticks map[time.Time]bool) error {
	for at := range ticks {
		err := tx.Enqueue(job.New{
			Kind: TickJob, Payload: struct{}{}, RunAt: at, UniqueKey: TickJob + "@" + strconv.FormatInt(at.Unix(), 10),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
