package sla

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// The kinds of jobs that count many tickets anew.
const (
	RecalculateJob = "sla.recalculate"
	// RequesterJob counts the tickets of a requester who moved to another
	// department.
	RequesterJob = "sla.recalculate_requester"
)

// Scope says which tickets a run counts.
type Scope string

// The scopes of a run.
const (
	OpenTickets Scope = "open" // that are not done
	AllTickets  Scope = "all"  // also those that are, where nothing was counted yet
)

// RunState is where a run stands.
type RunState string

// The states of a run.
const (
	RunRunning    RunState = "running"
	RunDone       RunState = "done"
	RunSuperseded RunState = "superseded" // by a later one
)

// Run is one counting of many tickets, in small transactions, with its progress.
type Run struct {
	ID        int64
	ActorID   int64
	Reason    string
	Scope     Scope
	Requester *int64 // only this one's tickets; nil for all
	State     RunState
	Status    ticket.Status // that it walks through
	LastID    int64         // of the last ticket counted in that status
	Total     int64
	Done      int64
	// SlowestMS is how long its longest transaction took, in milliseconds.
	SlowestMS  int64 `gorm:"column:slowest_ms"`
	CreatedAt  time.Time
	FinishedAt *time.Time
}

// TableName names the table for GORM.
func (Run) TableName() string { return "sla_runs" }

// Transactions are kept short, so that nobody who writes waits long: the number
// of tickets in each is fitted to what the ones before took.
const (
	wantedTime = 15 * time.Millisecond
	firstBatch = 4
	mostBatch  = 100
)

type runRef struct {
	RunID int64 `json:"run_id"`
}

// start writes a run; runs that are under way end, since it does their work too.
func (s *Service) start(tx *event.Tx, actor int64, reason string, scope Scope, requester *int64) (Run, error) {
	r := Run{ActorID: actor, Reason: reason, Scope: scope, Requester: requester, State: RunRunning, Status: ticket.Open, CreatedAt: tx.Now}
	if requester == nil {
		older := tx.Model(&Run{}).Where("state = ?", RunRunning)
		if scope == OpenTickets {
			older = older.Where("scope = ?", OpenTickets)
		}
		if err := older.Updates(map[string]any{"state": RunSuperseded, "finished_at": tx.Now}).Error; err != nil {
			return r, fmt.Errorf("end older runs: %w", err)
		}
	}
	if err := tx.Create(&r).Error; err != nil {
		return r, fmt.Errorf("start a run: %w", err)
	}
	return r, tx.Enqueue(job.New{Kind: RecalculateJob, Payload: runRef{r.ID}})
}

// Recalculate counts tickets anew, in the background.
func (s *Service) Recalculate(ctx context.Context, by authz.Actor, scope Scope) (Run, error) {
	var r Run
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errManageDenied
		}
		var err error
		r, err = s.start(tx, by.ID, "asked", scope, nil)
		return err
	})
	return r, err
}

// LastRun returns the newest run that counts all tickets, or nil.
func (s *Service) LastRun(ctx context.Context, by authz.Actor) (*Run, error) {
	if !canRead(by) {
		return nil, errReadDenied
	}
	var list []Run
	if err := s.db.Read(ctx).Where("requester IS NULL").Order("id DESC").Limit(1).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read the last run: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return &list[0], nil
}

// CalendarChanged hears, in the transaction, that calendars count differently.
func (s *Service) CalendarChanged(tx *event.Tx, e event.Event) error {
	var used int64
	if err := tx.Model(&Policy{}).Where("calendar_id = ?", e.SubjectID).Count(&used).Error; err != nil {
		return fmt.Errorf("look for policies of calendar %d: %w", e.SubjectID, err)
	}
	if used == 0 {
		return nil
	}
	_, err := s.start(tx, e.ActorID, "calendar", OpenTickets, nil)
	return err
}

// StatusesChanged hears, in the transaction, that clocks stand still in other finer
// statuses than before.
func (s *Service) StatusesChanged(tx *event.Tx, e event.Event) error {
	var c substatus.Change
	if err := e.Decode(&c); err != nil {
		return err
	}
	if !slices.Contains(c.Changed, "pauses_sla") {
		return nil
	}
	return s.rulesChanged(tx, e.ActorID)
}

// CategoryMoved hears, in the transaction, that a category is elsewhere in the
// tree: conditions name what is above.
func (s *Service) CategoryMoved(tx *event.Tx, e event.Event) error {
	var c category.Change
	if err := e.Decode(&c); err != nil {
		return err
	}
	if !slices.Contains(c.Changed, "parent_id") && !slices.Contains(c.Changed, "name") {
		return nil
	}
	return s.rulesChanged(tx, e.ActorID)
}

// rulesChanged counts what is open anew, if anything is agreed.
func (s *Service) rulesChanged(tx *event.Tx, actor int64) error {
	var any int64
	if err := tx.Model(&Policy{}).Where("enabled = ?", true).Limit(1).Count(&any).Error; err != nil {
		return fmt.Errorf("look for policies: %w", err)
	}
	if any == 0 {
		return nil
	}
	_, err := s.start(tx, actor, "policy", OpenTickets, nil)
	return err
}

// CalendarDeleted keeps a calendar in which a policy counts.
func (s *Service) CalendarDeleted(tx *event.Tx, e event.Event) error {
	var p []Policy
	if err := tx.Where("calendar_id = ?", e.SubjectID).Limit(1).Find(&p).Error; err != nil {
		return fmt.Errorf("look for policies of calendar %d: %w", e.SubjectID, err)
	}
	if len(p) > 0 {
		return fault.New(fault.Conflict, "calendar.used", "The SLA policy %q counts in this calendar. Give it another one first.", p[0].Name)
	}
	return nil
}

// RunRequester handles RequesterJob: policies may ask for the department.
func (s *Service) RunRequester(ctx context.Context, j job.Job) error {
	e, err := s.bus.Cause(ctx, j)
	if err != nil {
		return err
	}
	if !departmentChanged(e) {
		return nil
	}
	return s.bus.Do(ctx, authz.System("sla"), func(tx *event.Tx) error {
		var any int64
		if err := tx.Model(&Policy{}).Where("enabled = ?", true).Limit(1).Count(&any).Error; err != nil {
			return fmt.Errorf("look for policies: %w", err)
		}
		if any == 0 {
			return nil
		}
		_, err := s.start(tx, e.ActorID, "requester", OpenTickets, &e.SubjectID)
		return err
	})
}

// RunRecalculate handles RecalculateJob. It goes on where the last try ended.
func (s *Service) RunRecalculate(ctx context.Context, j job.Job) error {
	var ref runRef
	if err := j.Decode(&ref); err != nil {
		return err
	}
	var r Run
	err := s.db.Read(ctx).Take(&r, ref.RunID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read run %d: %w", ref.RunID, err)
	}
	if r.Total == 0 {
		if err := s.measure(ctx, &r); err != nil {
			return err
		}
	}
	size := firstBatch
	var b *rulebook
	for r.State == RunRunning {
		ids, err := s.batch(ctx, &r, size)
		if err != nil {
			return err
		}
		var took time.Duration
		if b, took, err = s.count(ctx, &r, ids, b); err != nil {
			return err
		}
		switch {
		case took > wantedTime:
			size = max(1, size*int(wantedTime)/int(took))
		case took < wantedTime/2:
			size = min(size+size/2+1, mostBatch)
		}
	}
	return nil
}

// measure finds out how much there is to do.
func (s *Service) measure(ctx context.Context, r *Run) error {
	q := s.db.Read(ctx).Model(&ticket.Ticket{})
	if r.Requester != nil {
		q = q.Where("created_by_id = ?", *r.Requester)
	}
	if r.Scope == OpenTickets {
		q = q.Where("status IN ?", []ticket.Status{ticket.Open, ticket.InProgress})
	}
	if err := q.Count(&r.Total).Error; err != nil {
		return fmt.Errorf("count the tickets of run %d: %w", r.ID, err)
	}
	return nil
}

// batch returns the next tickets of a run; it moves on to the next status at the
// end of one, and to RunDone at the end of the last.
func (s *Service) batch(ctx context.Context, r *Run, size int) ([]int64, error) {
	last := ticket.InProgress
	if r.Scope == AllTickets {
		last = ticket.Closed
	}
	for {
		ids, err := ticket.InStatus(s.db.Read(ctx), r.Status, r.Requester, r.LastID, size)
		if err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			r.LastID = ids[len(ids)-1]
			return ids, nil
		}
		if r.Status == last {
			r.State = RunDone
			return nil, nil
		}
		r.Status, r.LastID = r.Status+1, 0
	}
}

// count counts a batch, in one transaction with the run's progress. It returns how
// long it kept others from writing, and what applies, for the next batch.
func (s *Service) count(ctx context.Context, r *Run, ids []int64, b *rulebook) (_ *rulebook, took time.Duration, err error) {
	next := *r
	var begin time.Time
	err = s.bus.Do(ctx, authz.System("sla"), func(tx *event.Tx) error {
		begin = s.clock.Now() // not before: until here it waited for others
		next = *r
		var err error
		if b, err = s.rulesSince(tx, b); err != nil {
			return err
		}
		if len(ids) > 0 {
			if err := s.refresh(tx, b, ids, r.CreatedAt); err != nil {
				return err
			}
		}
		next.Done += int64(len(ids))
		next.Total = max(next.Total, next.Done)
		change := map[string]any{
			"state": next.State, "status": next.Status, "last_id": next.LastID, "done": next.Done,
			"total": next.Total, "slowest_ms": next.SlowestMS,
		}
		if next.State == RunDone {
			next.FinishedAt = &tx.Now
			change["finished_at"] = tx.Now
		}
		res := tx.Model(&Run{}).Where("id = ? AND state = ?", r.ID, RunRunning).Updates(change)
		if res.Error != nil {
			return fmt.Errorf("save run %d: %w", r.ID, res.Error)
		}
		if res.RowsAffected == 0 {
			next.State = RunSuperseded
		}
		return nil
	})
	took = s.clock.Now().Sub(begin)
	next.SlowestMS = max(next.SlowestMS, took.Milliseconds())
	*r = next
	return b, took, err
}

// rulesSince returns what applies: as it was read before, if nothing of it has
// changed since.
func (s *Service) rulesSince(tx *event.Tx, before *rulebook) (*rulebook, error) {
	var stamp []struct{ ID, Version int64 }
	err := tx.Raw("SELECT id, version FROM (SELECT 0 AS kind, position, id, version FROM sla_policies WHERE enabled = ?"+
		" UNION ALL SELECT 1, 0, id, version FROM calendars) AS u ORDER BY kind, position, id", true).Scan(&stamp).Error
	if err != nil {
		return nil, fmt.Errorf("look for changes of the SLA policies: %w", err)
	}
	as := fmt.Sprint(stamp)
	timed := func(c ticket.Condition) bool { return c.Timed() }
	if before != nil && before.stamp == as && !slices.ContainsFunc(before.conditions, timed) {
		return before, nil
	}
	b, err := s.rules(tx)
	if err == nil {
		b.stamp = as
	}
	return b, err
}

// departmentChanged reports whether a change of an account matters to policies.
func departmentChanged(e event.Event) bool {
	var f user.Fields
	if e.Decode(&f) != nil {
		return false
	}
	for _, name := range f.Changed {
		if name == "department" {
			return true
		}
	}
	return false
}
