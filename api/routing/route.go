package routing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// The kinds of this package's jobs.
const (
	RouteJob  = "routing.route"  // a ticket may be for a queue
	DrainJob  = "routing.drain"  // somebody may have become free
	ReviewJob = "routing.review" // the queues have changed
	TickJob   = "routing.tick"   // hours begin, and absences end
)

const (
	batch      = 100
	maxReview  = 1000 // tickets that a job after a change of a queue takes up
	keepDecide = 20   // decisions that are shown of a ticket
)

type routeRef struct {
	TicketID int64 `json:"ticket_id"`
	BackFrom int64 `json:"back_from,omitempty"`
}

func system() authz.Actor { return authz.System("routing") }

// moving are the events after which another queue may take a ticket.
var moving = []string{
	ticket.Created, ticket.Updated, ticket.StatusChanged, ticket.PriorityChanged, ticket.Assigned, ticket.TeamChanged,
	ticket.ConfidentialChanged, ticket.CategoryChanged, ticket.SubstatusChanged, ticket.FieldChanged,
	ticket.InternalFieldChanged, ticket.Tagged, ticket.Restored, ticket.Unmerged,
}

// Follow hears of what happens to tickets, in the same transaction: what nobody has
// goes to a queue, and where somebody has one fewer, another one that waits may
// go to them. woken are further events after which a ticket may be for a queue.
func (s *Service) Follow(woken ...string) func(*event.Tx, event.Event) error {
	routed := append(slices.Clone(moving), woken...)
	return func(tx *event.Tx, e event.Event) error {
		gone := e.Type == ticket.Deleted || e.Type == ticket.Purged || e.Type == ticket.MergedInto
		if !gone && !slices.Contains(routed, e.Type) {
			return nil
		}
		if (e.Type == ticket.Assigned || e.Type == ticket.StatusChanged || gone) && e.ActorName != system().ActorName() {
			if err := s.freed(tx); err != nil {
				return err
			}
		}
		if gone || s.askedAlready(tx, e, routed) {
			return nil
		}
		var any []int64
		if err := tx.Model(&Queue{}).Where("enabled = ?", true).Limit(1).Pluck("id", &any).Error; err != nil {
			return fmt.Errorf("look for routing queues: %w", err)
		}
		if len(any) == 0 {
			return nil
		}
		ref := routeRef{TicketID: e.SubjectID}
		if e.Type == ticket.Assigned {
			var a ticket.Assignment
			if err := e.Decode(&a); err != nil {
				return err
			}
			if a.To != nil {
				return nil
			}
			if a.From != nil && e.ActorID != 0 {
				ref.BackFrom = a.From.ID
			}
		} else {
			t, err := ticket.Sights(tx.DB, []int64{e.SubjectID})
			if err != nil || t[e.SubjectID] == nil || t[e.SubjectID].AssignedToID != nil {
				return err
			}
		}
		return tx.Enqueue(job.New{Kind: RouteJob, Payload: ref})
	}
}

// askedAlready spares a second job for a ticket in one transaction. An assignment
// may take it back from whom the first one saw.
func (s *Service) askedAlready(tx *event.Tx, e event.Event, routed []string) bool {
	if e.Type == ticket.Assigned {
		return false
	}
	for _, before := range tx.Emitted() {
		if before.ID != e.ID && before.SubjectType == e.SubjectType && before.SubjectID == e.SubjectID && slices.Contains(routed, before.Type) &&
			before.Type != ticket.Assigned {
			return true
		}
	}
	return false
}

// freed has what waits looked at again, if anything does.
func (s *Service) freed(tx *event.Tx) error {
	var any []int64
	if err := tx.Model(&Wait{}).Limit(1).Pluck("ticket_id", &any).Error; err != nil {
		return fmt.Errorf("look for waiting tickets: %w", err)
	}
	if len(any) == 0 {
		return nil
	}
	return tx.Enqueue(job.New{Kind: DrainJob, Payload: struct{}{}})
}

// Freed is freed as a subscriber of events about people and teams.
func (s *Service) Freed(tx *event.Tx, _ event.Event) error { return s.freed(tx) }

// Route handles RouteJob.
func (s *Service) Route(ctx context.Context, j job.Job) error {
	var ref routeRef
	if err := j.Decode(&ref); err != nil {
		return err
	}
	var to *Queue
	err := s.bus.Do(ctx, system(), func(tx *event.Tx) error {
		to = nil
		held, err := ticket.Hold(tx.DB, []int64{ref.TicketID})
		if err != nil {
			return err
		}
		found, err := s.takers(tx.Ctx, tx.DB, held)
		if err != nil {
			return err
		}
		if to = found[ref.TicketID]; to == nil {
			return unwait(tx.DB, ref.TicketID)
		}
		return enqueue(tx, to, ref)
	})
	if err != nil || to == nil {
		return err
	}
	return s.drain(ctx, to.ID)
}

// enqueue lets a ticket wait. One that waits already keeps its place.
func enqueue(tx *event.Tx, q *Queue, ref routeRef) error {
	w := Wait{TicketID: ref.TicketID, QueueID: q.ID, Since: tx.Now, BackFrom: ref.BackFrom}
	res := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&w)
	if res.Error != nil {
		return fmt.Errorf("let ticket %d wait: %w", ref.TicketID, res.Error)
	}
	if res.RowsAffected == 1 {
		return nil
	}
	change := map[string]any{"queue_id": q.ID}
	if ref.BackFrom != 0 {
		change["back_from"] = ref.BackFrom
	}
	if err := tx.Model(&Wait{}).Where("ticket_id = ?", ref.TicketID).Updates(change).Error; err != nil {
		return fmt.Errorf("let ticket %d wait in another queue: %w", ref.TicketID, err)
	}
	return nil
}

func unwait(tx *gorm.DB, id int64) error {
	var there []int64
	if err := tx.Model(&Wait{}).Where("ticket_id = ?", id).Pluck("ticket_id", &there).Error; err != nil || len(there) == 0 {
		return err
	}
	if err := tx.Where("ticket_id = ?", id).Delete(&Wait{}).Error; err != nil {
		return fmt.Errorf("let ticket %d wait no longer: %w", id, err)
	}
	return nil
}

// drain gives the tickets of a queue to those who are free, in the order in which
// they wait. A ticket that takes more than those who are free can do does not stop
// the ones behind it.
func (s *Service) drain(ctx context.Context, id int64) error {
	q, err := find(s.db.Read(ctx), id)
	if errors.Is(err, error(errMissing)) || (err == nil && !q.Enabled) {
		return nil
	}
	if err != nil {
		return err
	}
	for last := int64(0); ; {
		var page []Wait
		if err := s.db.Read(ctx).Where("queue_id = ? AND id > ?", id, last).Order("id").Limit(batch).Find(&page).Error; err != nil {
			return fmt.Errorf("read what waits in routing queue %d: %w", id, err)
		}
		if len(page) == 0 {
			return nil
		}
		last = page[len(page)-1].ID
		more, err := s.give(ctx, &q, page)
		if err != nil || !more {
			return err
		}
	}
}

// give assigns those of the waiting tickets that somebody is fit for; false when
// nobody is free at all.
func (s *Service) give(ctx context.Context, q *Queue, page []Wait) (bool, error) {
	for len(page) > 0 {
		tx := s.db.Read(ctx)
		skills, err := loadSkills(tx)
		if err != nil {
			return false, err
		}
		members, err := candidates(tx, q, skills, s.clock.Now())
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(members, func(c Candidate) bool { return c.free() }) {
			return false, nil
		}
		wanted, err := needsOf(tx, skills, q, page)
		if err != nil {
			return false, err
		}
		given := -1
		for i, w := range page {
			n, there := wanted[w.TicketID]
			if there && Choose(q.Strategy, n, members).UserID == 0 {
				continue
			}
			if err := s.assign(ctx, q.ID, w.TicketID); err != nil {
				return false, err
			}
			given = i
			break
		}
		if given < 0 {
			return true, nil
		}
		page = page[given+1:]
	}
	return true, nil
}

// needsOf says what waiting tickets take; those that are gone are missing.
func needsOf(tx *gorm.DB, skills *skillSet, q *Queue, page []Wait) (map[int64]Need, error) {
	ids, backs := make([]int64, len(page)), map[int64]int64{}
	for i, w := range page {
		ids[i], backs[w.TicketID] = w.TicketID, w.BackFrom
	}
	var tickets []ticket.Ticket
	if err := tx.Where("id IN ?", ids).Find(&tickets).Error; err != nil {
		return nil, fmt.Errorf("read the waiting tickets: %w", err)
	}
	return needs(tx, skills, q, tickets, backs)
}

// assign gives one waiting ticket to whoever is fit for it now. All of it is one
// transaction behind the turnstile: what it counts is what holds when it commits.
// A ticket that somebody else assigned meanwhile is left alone.
func (s *Service) assign(ctx context.Context, queueID, ticketID int64) error {
	return s.bus.Do(ctx, system(), func(tx *event.Tx) error {
		if err := pass(tx); err != nil {
			return err
		}
		held, err := ticket.Hold(tx.DB, []int64{ticketID})
		if err != nil {
			return err
		}
		var w Wait
		err = tx.Where("ticket_id = ?", ticketID).Take(&w).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil // it was given to somebody already
		}
		if err != nil {
			return fmt.Errorf("read how ticket %d waits: %w", ticketID, err)
		}
		found, err := s.takers(tx.Ctx, tx.DB, held)
		if err != nil {
			return err
		}
		q := found[ticketID]
		if q == nil {
			return unwait(tx.DB, ticketID)
		}
		if q.ID != queueID || w.QueueID != queueID {
			if w.QueueID == q.ID {
				return nil
			}
			return tx.Enqueue(job.New{Kind: RouteJob, Payload: routeRef{TicketID: ticketID}})
		}
		return s.decide(tx, q, &held[0], &w)
	})
}

// pass goes through the turnstile, before anything else is read.
func pass(tx *event.Tx) error {
	res := tx.Model(&turnstile{}).Where("id = 1").UpdateColumn("n", gorm.Expr("n + 1"))
	if res.Error == nil && res.RowsAffected != 1 {
		res = tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&turnstile{ID: 1})
	}
	if res.Error != nil {
		return fmt.Errorf("take a turn at routing: %w", res.Error)
	}
	return nil
}

// decide chooses and assigns, by the action that people use, and writes down why.
func (s *Service) decide(tx *event.Tx, q *Queue, t *ticket.Ticket, w *Wait) error {
	choice, need, err := s.choose(tx.DB, q, t, w.BackFrom, tx.Now)
	if err != nil || choice.UserID == 0 {
		return err
	}
	u, err := user.Find(tx.DB, choice.UserID)
	if err != nil {
		return fmt.Errorf("read agent %d: %w", choice.UserID, err)
	}
	if t.TeamID == nil {
		if err := s.act(tx, t.ID, ticket.ActionAssignTeam, "team_id", q.TeamID); err != nil {
			return err
		}
	}
	if err := s.act(tx, t.ID, ticket.ActionAssign, "user_id", choice.UserID); err != nil {
		var f *fault.Error
		if errors.As(err, &f) && f.Kind == fault.Invalid {
			return nil // cannot be assigned any more; the next look finds another one
		}
		return err
	}
	d := Decision{
		TicketID: t.ID, QueueID: q.ID, Queue: q.Name, Strategy: q.Strategy, UserID: choice.UserID, Reason: choice.Reason,
		Skills: append([]int64{}, need.Skills...), Verdicts: choice.Verdicts, WaitedMS: max(0, tx.Now.Sub(w.Since).Milliseconds()), CreatedAt: tx.Now,
	}
	if err := tx.Create(&d).Error; err != nil {
		return fmt.Errorf("write down why ticket %d was assigned: %w", t.ID, err)
	}
	if err := unwait(tx.DB, t.ID); err != nil {
		return err
	}
	if err := tx.Model(&Queue{}).Where("id = ?", q.ID).UpdateColumn("turn", q.Turn+1).Error; err != nil {
		return fmt.Errorf("count the turns of routing queue %d: %w", q.ID, err)
	}
	turn := Turn{QueueID: q.ID, UserID: choice.UserID, Turn: q.Turn + 1}
	if err := tx.Save(&turn).Error; err != nil {
		return fmt.Errorf("note the turn of agent %d: %w", choice.UserID, err)
	}
	return tx.Emit(Routed, ticket.Subject, t.ID, Chosen{d.ID, q.Name, u.ID, u.Username, choice.Reason})
}

func (s *Service) act(tx *event.Tx, id int64, kind, name string, value int64) error {
	a, err := ticket.NewAction(kind, map[string]any{name: value})
	if err != nil {
		return err
	}
	_, err = s.tickets.Actions().Apply(tx, system(), id, etag.Condition{}, a)
	return err
}

// choose says who of a queue would get a ticket now.
func (s *Service) choose(tx *gorm.DB, q *Queue, t *ticket.Ticket, back int64, now time.Time) (Choice, Need, error) {
	skills, err := loadSkills(tx)
	if err != nil {
		return Choice{}, Need{}, err
	}
	wanted, err := needs(tx, skills, q, []ticket.Ticket{*t}, map[int64]int64{t.ID: back})
	if err != nil {
		return Choice{}, Need{}, err
	}
	members, err := candidates(tx, q, skills, now)
	if err != nil {
		return Choice{}, Need{}, err
	}
	return Choose(q.Strategy, wanted[t.ID], members), wanted[t.ID], nil
}

// Drain handles DrainJob and TickJob: every queue in which something waits.
func (s *Service) Drain(ctx context.Context, _ job.Job) error {
	var ids []int64
	if err := s.db.Read(ctx).Model(&Wait{}).Distinct("queue_id").Order("queue_id").Pluck("queue_id", &ids).Error; err != nil {
		return fmt.Errorf("look for queues in which something waits: %w", err)
	}
	for _, id := range ids {
		if err := s.drain(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// reviewRef is how far a review has come among the tickets that nobody has; zero for
// one that begins.
type reviewRef struct {
	Status ticket.Status `json:"status,omitempty"`
	After  int64         `json:"after,omitempty"`
}

// Review handles ReviewJob: what waits may be for another queue now, or for none,
// and tickets that nobody has may be for one. Of these it takes up so many at a time
// and leaves the others to the next job, so that nobody's new ticket waits for it.
func (s *Service) Review(ctx context.Context, j job.Job) error {
	var at reviewRef
	if err := j.Decode(&at); err != nil {
		return err
	}
	if at.Status == 0 {
		at.Status = ticket.Open
		if err := s.reviewWaits(ctx); err != nil {
			return err
		}
	}
	all, err := queues(s.db.Read(ctx))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(q Queue) bool { return q.Enabled }) {
		if err := s.reviewUnassigned(ctx, at); err != nil {
			return err
		}
	}
	return s.Drain(ctx, job.Job{})
}

func (s *Service) reviewWaits(ctx context.Context) error {
	for last := int64(0); ; {
		var ids []int64
		if err := s.db.Read(ctx).Model(&Wait{}).Where("ticket_id > ?", last).Order("ticket_id").Limit(batch).Pluck("ticket_id", &ids).Error; err != nil {
			return fmt.Errorf("read what waits: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		last = ids[len(ids)-1]
		if err := s.place(ctx, ids, nil); err != nil {
			return err
		}
	}
}

// reviewUnassigned takes up the next tickets that nobody has. The job that goes on
// behind them is committed with the last of them.
func (s *Service) reviewUnassigned(ctx context.Context, at reviewRef) error {
	for seen := 0; ; {
		var ids []int64
		err := s.db.Read(ctx).Model(&ticket.Ticket{}).Where("assigned_to_id IS NULL AND status = ? AND id > ?", at.Status, at.After).
			Order("id").Limit(batch).Pluck("id", &ids).Error
		if err != nil {
			return fmt.Errorf("read what nobody has: %w", err)
		}
		if len(ids) == 0 {
			if at.Status == ticket.InProgress {
				return nil
			}
			at = reviewRef{Status: ticket.InProgress}
			continue
		}
		at.After = ids[len(ids)-1]
		var next *reviewRef
		if seen += len(ids); seen >= maxReview {
			next = &at
		}
		if err := s.place(ctx, ids, next); err != nil || next != nil {
			return err
		}
	}
}

// place puts tickets into the queues that take them; next is where another job goes
// on, or nil.
func (s *Service) place(ctx context.Context, ids []int64, next *reviewRef) error {
	return s.bus.Do(ctx, system(), func(tx *event.Tx) error {
		held, err := ticket.Hold(tx.DB, ids)
		if err != nil {
			return err
		}
		found, err := s.takers(tx.Ctx, tx.DB, held)
		if err != nil {
			return err
		}
		for _, id := range ids {
			q := found[id]
			if q == nil {
				err = unwait(tx.DB, id)
			} else {
				err = enqueue(tx, q, routeRef{TicketID: id})
			}
			if err != nil {
				return err
			}
		}
		if next == nil {
			return nil
		}
		return tx.Enqueue(job.New{Kind: ReviewJob, Payload: *next})
	})
}

// Forget removes what is kept about a ticket that is gone for good.
func Forget(tx *event.Tx, e event.Event) error {
	for _, row := range []any{&Decision{}, &Wait{}} {
		if err := tx.Where("ticket_id = ?", e.SubjectID).Delete(row).Error; err != nil {
			return fmt.Errorf("delete how ticket %d was routed: %w", e.SubjectID, err)
		}
	}
	return nil
}
