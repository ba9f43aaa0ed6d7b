package automation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// The kinds of this package's jobs.
const (
	EventJob = "rule.event"
	TickJob  = "rule.tick"
	SweepJob = "rule.sweep"
	CheckJob = "rule.check"
	PruneJob = "rule.prune"
)

// State is what became of a rule at one event.
type State string

// The states of a run.
const (
	Did        State = "applied"
	Unchanged  State = "unchanged"   // it fits, and the ticket already is so
	NotMatched State = "not_matched" // its condition does not hold
	Skipped    State = "skipped"     // loop protection, or no sight of the ticket
	Failed     State = "failed"      // an action was refused; nothing was changed
)

// States lists every state.
var States = []State{Did, Unchanged, NotMatched, Skipped, Failed}

// Run is what became of a rule at one event, or of a ticket at one time.
type Run struct {
	ID        int64
	RunKey    string // makes it once
	RuleID    int64
	Version   int64
	TicketID  int64
	EventID   int64  // 0 for a rule on time
	Cause     string // the type of the event, or "time"
	State     State
	Reason    string
	Stopped   bool // no later rule was asked
	CreatedAt time.Time
}

// TableName names the table for GORM.
func (Run) TableName() string { return "rule_runs" }

// Mark is a ticket that a rule on time has dealt with, as long as it fits.
type Mark struct {
	RuleID   int64 `gorm:"primaryKey;autoIncrement:false"`
	TicketID int64 `gorm:"primaryKey;autoIncrement:false"`
}

// TableName names the table for GORM.
func (Mark) TableName() string { return "rule_marks" }

const (
	maxDepth  = 5   // rules that set off each other
	maxChain  = 60  // events that are followed back
	maxReason = 450 // code points
	onTime    = "time"
)

type eventRef struct {
	EventID int64  `json:"event_id"`
	Trigger string `json:"trigger"`
}

// follow asks for the rules of an event, once for each trigger of a ticket and
// transaction; it is a subscriber in the transaction.
func (s *Service) follow(tx *event.Tx, e event.Event) error {
	trigger := s.triggerOf[e.Type]
	for _, earlier := range tx.Emitted() {
		if earlier.ID == e.ID {
			break
		}
		before := s.triggerOf[earlier.Type]
		if earlier.SubjectID == e.SubjectID && earlier.SubjectType == e.SubjectType &&
			(before == trigger || (before == OnCreated && trigger == OnUpdated)) {
			return nil
		}
	}
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM (SELECT 1 FROM rules WHERE enabled = ? AND deleted_at IS NULL AND triggers LIKE ? LIMIT 1) AS r",
		true, `%"`+trigger+`"%`).Scan(&n).Error
	if err != nil {
		return fmt.Errorf("look for rules: %w", err)
	}
	if n == 0 {
		return nil
	}
	return tx.Enqueue(job.New{Kind: EventJob, Payload: eventRef{e.ID, trigger}})
}

// ready is a rule with what it takes to run it.
type ready struct {
	Rule
	by    authz.Actor
	terms []string
	tests []ticket.Condition
	timed bool // the tests ask for moments that depend on when they were read
}

// read reads the parts of the condition.
func (r *ready) read(parse func(field, text string, without ...string) (ticket.Condition, error)) error {
	for _, term := range r.terms {
		c, err := parse("condition", term)
		if err != nil {
			return err
		}
		r.tests, r.timed = append(r.tests, c), r.timed || c.Timed()
	}
	return nil
}

// prepare returns the rules that can run, and switches off those that cannot:
// what they name is gone, or their owner may no longer.
func (s *Service) prepare(ctx context.Context, rules []Rule) ([]ready, error) {
	var out []ready
	actors := map[int64]authz.Actor{}
	parse := s.tickets.Conditions(ctx)
	for _, r := range rules {
		by, known := actors[r.OwnerID]
		if !known {
			var err error
			if by, err = s.owner(ctx, r); err != nil {
				return nil, err
			}
			actors[r.OwnerID] = by
		}
		x := ready{Rule: r, by: by.ByRule(r.Name), terms: ticket.Terms(r.Condition)}
		problem := ""
		if !by.Can(authz.RuleManage) {
			problem = "Whoever saved it last is no longer an administrator. Save it again."
		}
		if err := x.read(parse); fault.Is(err, fault.Invalid) {
			problem = fault.Sentence(err)
		} else if err != nil {
			return nil, err
		}
		if problem == "" {
			err := s.checkActions(s.db.Read(ctx), x.by, r.Actions)
			switch {
			case fault.Is(err, fault.Invalid), fault.Is(err, fault.Forbidden), fault.Is(err, fault.NotFound):
				problem = fault.Sentence(err)
			case err != nil:
				return nil, err
			}
		}
		if problem != "" {
			if err := s.disable(ctx, r, problem); err != nil {
				return nil, err
			}
			continue
		}
		out = append(out, x)
	}
	return out, nil
}

// owner is in whose name a rule acts; nobody when their account is gone.
func (s *Service) owner(ctx context.Context, r Rule) (authz.Actor, error) {
	u, err := user.Find(s.db.Read(ctx), r.OwnerID)
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.IsActive) {
		return authz.Actor{}, nil
	}
	if err != nil {
		return authz.Actor{}, fmt.Errorf("read the owner of rule %d: %w", r.ID, err)
	}
	return team.Join(s.db.Read(ctx), u.Person(s.options))
}

// disable switches a rule off, visibly, instead of carrying out half of it.
func (s *Service) disable(ctx context.Context, r Rule, problem string) error {
	return s.bus.Do(ctx, authz.System("rule"), func(tx *event.Tx) error {
		res := tx.Model(&Rule{}).Where("id = ? AND version = ? AND enabled = ?", r.ID, r.Version, true).
			Updates(map[string]any{"enabled": false, "problem": short(problem), "next_at": nil, "version": r.Version + 1, "updated_at": tx.Now})
		if res.Error != nil {
			return fmt.Errorf("disable rule %d: %w", r.ID, res.Error)
		}
		if res.RowsAffected != 1 {
			return nil // somebody changed it meanwhile
		}
		r.Enabled, r.Version = false, r.Version+1
		return r.keep(tx, authz.System("rule"), Disabled)
	})
}

func short(text string) string {
	if r := []rune(text); len(r) > maxReason {
		return string(r[:maxReason-1]) + "…"
	}
	return text
}

// RunEvent handles EventJob.
func (s *Service) RunEvent(ctx context.Context, j job.Job) error {
	var ref eventRef
	if err := j.Decode(&ref); err != nil {
		return err
	}
	e, err := s.bus.Find(ctx, ref.EventID)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	kept, err := s.book(ctx)
	if err != nil {
		return err
	}
	list := slices.DeleteFunc(slices.Clone(kept), func(r ready) bool {
		// A rule does not act on what was there before it.
		return !slices.Contains(r.Triggers, ref.Trigger) || r.CreatedAt.After(e.CreatedAt)
	})
	if list, err = s.asOfNow(ctx, list); err != nil || len(list) == 0 {
		return err
	}
	done, err := s.doneAt(ctx, e.ID)
	if err != nil {
		return err
	}
	chain, err := s.chain(ctx, e)
	if err != nil {
		return err
	}
	return s.walk(ctx, list, e, done, chain)
}

// doneAt returns what became of rules at an event before the program stopped.
func (s *Service) doneAt(ctx context.Context, eventID int64) (map[int64]Run, error) {
	var rows []Run
	prefix := fmt.Sprintf("e%d:", eventID)
	// The end of the range: ';' follows ':'.
	if err := s.db.Read(ctx).Where("run_key >= ? AND run_key < ?", prefix, fmt.Sprintf("e%d;", eventID)).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the runs at event %d: %w", eventID, err)
	}
	out := map[int64]Run{}
	for _, r := range rows {
		out[r.RuleID] = r
	}
	return out, nil
}

// chain returns the rules whose doing led to an event.
func (s *Service) chain(ctx context.Context, e event.Event) ([]int64, error) {
	var out []int64
	for range maxChain {
		if e.Type == Applied {
			var by ByRule
			if err := e.Decode(&by); err != nil {
				return nil, err
			}
			out = append(out, by.RuleID)
		}
		if e.CauseID == 0 {
			break
		}
		var err error
		if e, err = s.bus.Find(ctx, e.CauseID); errors.Is(err, gorm.ErrRecordNotFound) {
			break
		} else if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// walk asks the rules in their order. Conditions are held against the ticket all
// at once, and again after each rule that changed it.
func (s *Service) walk(ctx context.Context, list []ready, e event.Event, done map[int64]Run, chain []int64) error {
	var log []Run
	note := func(r *ready, state State, reason string) {
		log = append(log, r.run(e, state, reason, s.clock.Now()))
	}
	var holds [][]bool
	fresh := false
	for i := range list {
		r := &list[i]
		if was, ok := done[r.ID]; ok {
			if was.Stopped {
				break
			}
			continue
		}
		if slices.Contains(chain, r.ID) {
			note(r, Skipped, "Loop: what happened is the doing of this rule.")
			continue
		}
		if len(chain) >= maxDepth {
			note(r, Skipped, fmt.Sprintf("Loop: %d rules have set off each other already.", len(chain)))
			continue
		}
		if !fresh {
			var err error
			if holds, err = s.test(s.db.Read(ctx), e.SubjectID, list[i:]); err != nil {
				return err
			}
			holds = append(make([][]bool, i), holds...)
			fresh = true
		}
		if holds[i] == nil {
			note(r, Skipped, "The ticket is gone.")
			continue
		}
		if why := r.unmet(holds[i]); why != "" {
			note(r, NotMatched, why)
			continue
		}
		run, err := s.apply(ctx, r, r.run(e, Did, "", s.clock.Now()), e.ID, nil)
		if err != nil {
			return errors.Join(s.write(ctx, log), err)
		}
		fresh = run.State != Did
		if run.Stopped {
			break
		}
	}
	return s.write(ctx, log)
}

func (r *ready) run(e event.Event, state State, reason string, now time.Time) Run {
	return Run{
		RunKey: fmt.Sprintf("e%d:r%d", e.ID, r.ID), RuleID: r.ID, Version: r.Version, TicketID: e.SubjectID, EventID: e.ID, Cause: e.Type,
		State: state, Reason: short(reason), CreatedAt: now,
	}
}

// unmet names the parts of the condition that do not hold.
func (r *ready) unmet(holds []bool) string {
	var out []string
	for i, ok := range holds {
		if !ok {
			out = append(out, r.terms[i])
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "Does not hold: " + strings.Join(out, " ")
}

// test holds a ticket against the parts of all conditions in one query; nil for a
// ticket that is gone.
func (s *Service) test(tx *gorm.DB, id int64, list []ready) ([][]bool, error) {
	var tests []ticket.Condition
	for _, r := range list {
		tests = append(tests, r.tests...)
	}
	flat, found, err := s.tickets.Holds(tx, id, tests)
	if err != nil {
		return nil, err
	}
	out := make([][]bool, len(list))
	for i, r := range list {
		if found {
			out[i] = append([]bool{}, flat[:len(r.tests)]...)
			flat = flat[len(r.tests):]
		}
	}
	return out, nil
}

// write adds lines to the log; those that are there stay.
func (s *Service) write(ctx context.Context, log []Run) error {
	if len(log) == 0 {
		return nil
	}
	err := s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		rows := slices.Clone(log)
		return tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, 100).Error
	})
	if err != nil {
		return fmt.Errorf("write the log of rules: %w", err)
	}
	return nil
}

// errDone says that the run was done already, errSame that it would change nothing.
var (
	errDone = errors.New("done already")
	errSame = errors.New("nothing to change")
)

// apply carries out a rule on one ticket, whole, in one transaction with its line of
// the log: that makes it once. also runs in that transaction.
func (s *Service) apply(ctx context.Context, r *ready, run Run, cause int64, also func(*event.Tx) error) (Run, error) {
	err := s.bus.Do(ctx, r.by, func(tx *event.Tx) error {
		run.ID, run.State, run.Reason, run.Stopped, run.CreatedAt = 0, Did, "", r.Stop, tx.Now
		res := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&run)
		if res.Error != nil {
			return fmt.Errorf("write the log of rule %d: %w", r.ID, res.Error)
		}
		if res.RowsAffected != 1 {
			return errDone
		}
		if also != nil {
			if err := also(tx); err != nil {
				return err
			}
		}
		texts, err := s.carryOut(tx, r, run.TicketID, cause)
		if err != nil {
			return err
		}
		run.Reason = short(joined(texts))
		return tx.Model(&Run{}).Where("run_key = ?", run.RunKey).Update("reason", run.Reason).Error
	})
	var f *fault.Error
	switch {
	case err == nil:
		return run, nil
	case errors.Is(err, errDone):
		err := s.db.Read(ctx).Where("run_key = ?", run.RunKey).Take(&run).Error
		return run, err
	case errors.Is(err, errSame):
		run.State, run.Reason = Unchanged, "The ticket already is so."
	case fault.Is(err, fault.NotFound):
		run.State, run.Reason, run.Stopped = Skipped, "The ticket is gone, or the owner of the rule does not see it.", false
	case errors.As(err, &f) && f.Kind != fault.Internal && !errors.Is(err, db.ErrLostRace):
		run.State, run.Reason, run.Stopped = Failed, short(fault.Sentence(err)), false
	default:
		return run, err // tried again
	}
	run.ID = 0
	err = s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		row := run
		if also != nil && run.State == Unchanged {
			if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&Mark{r.ID, run.TicketID}).Error; err != nil {
				return err
			}
		}
		return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
	})
	if err != nil {
		return run, fmt.Errorf("write the log of rule %d: %w", r.ID, err)
	}
	return run, nil
}

// carryOut does all actions of a rule that still fits, and says what they were.
func (s *Service) carryOut(tx *event.Tx, r *ready, ticketID, cause int64) ([]string, error) {
	if _, err := ticket.Hold(tx.DB, []int64{ticketID}); err != nil {
		return nil, err
	}
	if _, err := ticket.Readable(tx.DB, r.by, ticketID); err != nil {
		return nil, err
	}
	holds, err := s.test(tx.DB, ticketID, []ready{*r})
	if err != nil {
		return nil, err
	}
	if holds[0] == nil || r.unmet(holds[0]) != "" {
		return nil, errSame // somebody was faster
	}
	tx.Because(cause)
	if err := tx.Emit(Applied, ticket.Subject, ticketID, ByRule{r.ID, r.Name}); err != nil {
		return nil, err
	}
	emitted := tx.Emitted()
	tx.Because(emitted[len(emitted)-1].ID)
	changed := false
	var texts []string
	for i, a := range r.Actions {
		done, err := s.tickets.Actions().Apply(tx, r.by, ticketID, etag.Condition{}, a)
		if err != nil {
			return nil, ofAction(i, err)
		}
		changed = changed || done.Changed
		texts = append(texts, s.tickets.Actions().Describe(tx.DB, a))
	}
	if !changed {
		return nil, errSame
	}
	return texts, nil
}

// between stands between what the actions of a rule did.
const between = " · "

func joined(texts []string) string { return strings.Join(texts, between) }
