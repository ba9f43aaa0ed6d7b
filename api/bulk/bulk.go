// Package bulk does one thing to many tickets: as a job, with the rights of
// whoever asked, with a result per ticket, and so that it can be cancelled and
// undone.
package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// State is where a run stands.
type State string

// The states of a run.
const (
	Running   State = "running"
	Done      State = "done"
	Cancelled State = "cancelled"
)

// Run is one thing done to many tickets, or taken back from them.
type Run struct {
	ID         int64
	ActorID    int64
	Action     string
	State      State
	Total      int
	Done       int
	Failed     int
	Skipped    int
	UndoOf     *int64
	UndoneBy   *int64
	Version    int64
	CreatedAt  time.Time
	FinishedAt *time.Time
}

// TableName names the table for GORM.
func (Run) TableName() string { return "bulk_runs" }

// ItemState is what became of one ticket of a run.
type ItemState string

// The states of an item.
const (
	ItemPending ItemState = "pending"
	ItemDone    ItemState = "done"
	ItemSkipped ItemState = "skipped"
	ItemFailed  ItemState = "failed"
	ItemUndone  ItemState = "undone"
)

// Item is one ticket of a run: how it was before, and the version that the run
// made of it.
type Item struct {
	RunID    int64 `gorm:"primaryKey;autoIncrement:false"`
	TicketID int64 `gorm:"primaryKey;autoIncrement:false"`
	State    ItemState
	Message  string
	Before   string
	After    int64
}

// TableName names the table for GORM.
func (Item) TableName() string { return "bulk_items" }

// What this package announces to whoever asked; the subject is the run.
const (
	Started  = "bulk.started"
	Progress = "bulk.progress"

	subject = "bulk"
)

// Counts is the data of this package's events.
type Counts struct {
	State   State `json:"state"`
	Done    int   `json:"done"` // tickets that are dealt with, in whatever way
	Total   int   `json:"total"`
	Failed  int   `json:"failed"`
	Skipped int   `json:"skipped"`
}

// MaxTickets is how many tickets a run takes that names them.
const MaxTickets = 1000

// How long a run can be undone, and how long it is remembered.
const (
	undoTime = time.Hour
	keep     = 30 * 24 * time.Hour
)

var (
	errMissing  = fault.Missing("bulk run")
	errDenied   = fault.Denied("bulk.denied", "Only IT staff and administrators change many tickets at once.")
	errFinished = fault.New(fault.Conflict, "bulk.finished", "This run has ended; it can no longer be cancelled.")
	errNoUndo   = fault.New(fault.Conflict, "bulk.no_undo", "This run cannot be undone: it still runs, did nothing, was undone already, or ended more than an hour ago.")
	errRaced    = fault.New(fault.Conflict, "bulk.changed", "This run changed at the same moment.").Because(db.ErrLostRace)
)

// Service holds the verbs of bulk runs.
type Service struct {
	db      *db.DB
	bus     *event.Bus
	clock   clock.Clock
	tickets *ticket.Service
	options authz.Options
}

// New returns the service. The options are those of the installation, for acting
// in the name of whoever asked.
func New(d *db.DB, bus *event.Bus, c clock.Clock, tickets *ticket.Service, o authz.Options) *Service {
	return &Service{db: d, bus: bus, clock: c, tickets: tickets, options: o}
}

// Start begins to do something to the tickets of these ids.
func (s *Service) Start(ctx context.Context, by authz.Actor, a ticket.Action, ids []int64) (Run, error) {
	if err := s.may(ctx, by, a); err != nil {
		return Run{}, err
	}
	items := make([]Item, len(ids))
	for i, id := range ids {
		items[i] = Item{TicketID: id, State: ItemPending}
	}
	return s.start(ctx, by, a, nil, func(*event.Tx) (content, error) {
		return content{total: len(items), items: items}, nil
	})
}

// may refuses what the actor cannot ask for.
func (s *Service) may(ctx context.Context, by authz.Actor, a ticket.Action) error {
	if !by.Can(authz.BulkRun) || by.ID == 0 {
		return errDenied
	}
	if err := s.tickets.Actions().Check(s.db.Read(ctx), by, a); err != nil {
		return ofAction(err)
	}
	return nil
}

// ofAction names the field of a request that a fault about an action belongs to.
func ofAction(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Fields == nil {
		return err
	}
	names := slices.Sorted(maps.Keys(f.Fields))
	var messages []string
	for _, name := range names {
		for _, m := range f.Fields[name] {
			messages = append(messages, name+": "+m)
		}
	}
	return f.WithField("action", strings.Join(messages, " "))
}

// start writes a run with its tickets; the job follows from the event.
func (s *Service) start(ctx context.Context, by authz.Actor, a ticket.Action, undoOf *int64, collect func(*event.Tx) (content, error)) (Run, error) {
	raw, err := json.Marshal(a)
	if err != nil {
		return Run{}, fmt.Errorf("encode a bulk action: %w", err)
	}
	var r Run
	err = s.bus.Do(ctx, by, func(tx *event.Tx) error {
		in, err := collect(tx)
		if err != nil {
			return err
		}
		r = Run{
			ActorID: by.ID, Action: string(raw), State: Running, Total: in.total, UndoOf: undoOf,
			Version: 1, CreatedAt: tx.Now,
		}
		if err := tx.Create(&r).Error; err != nil {
			return fmt.Errorf("start a bulk run: %w", err)
		}
		for i := range in.items {
			in.items[i].RunID = r.ID
		}
		if err := tx.CreateInBatches(in.items, 200).Error; err != nil {
			return fmt.Errorf("write the tickets of a bulk run: %w", err)
		}
		if in.set != nil {
			in.set.RunID = r.ID
			if err := tx.Create(in.set).Error; err != nil {
				return fmt.Errorf("write the set of a bulk run: %w", err)
			}
		}
		if undoOf != nil {
			res := tx.Model(&Run{}).Where("id = ? AND undone_by IS NULL", *undoOf).
				Updates(map[string]any{"undone_by": r.ID, "version": gorm.Expr("version + 1")})
			if res.Error != nil {
				return fmt.Errorf("mark bulk run %d: %w", *undoOf, res.Error)
			}
			if res.RowsAffected != 1 {
				return errNoUndo
			}
		}
		return tx.Emit(Started, subject, r.ID, r.counts())
	})
	return r, err
}

func (r Run) counts() Counts {
	return Counts{State: r.State, Done: r.Done + r.Failed + r.Skipped, Total: r.Total, Failed: r.Failed, Skipped: r.Skipped}
}

// List returns a page of the actor's own runs, the newest first.
func (s *Service) List(ctx context.Context, by authz.Actor, page web.Page) (web.Rows[Run], error) {
	if !by.Can(authz.BulkRun) {
		return web.Rows[Run]{}, errDenied
	}
	return web.NewestFirst(s.db.Read(ctx).Where("actor_id = ?", by.ID), page, func(r Run) int64 { return r.ID })
}

// Get returns a run of the actor's own.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Run, error) {
	return own(s.db.Read(ctx), by, id)
}

func own(tx *gorm.DB, by authz.Actor, id int64) (Run, error) {
	var r Run
	if !by.Can(authz.BulkRun) {
		return r, errDenied
	}
	err := tx.Where("actor_id = ?", by.ID).Take(&r, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) || by.ID == 0 {
		return r, errMissing
	}
	if err != nil {
		return r, fmt.Errorf("read bulk run %d: %w", id, err)
	}
	return r, nil
}

// Items returns a page of what became of the tickets of an own run, by their
// numbers; "" for all states.
func (s *Service) Items(ctx context.Context, by authz.Actor, id int64, state ItemState, page web.Page) (web.Rows[Item], error) {
	out := web.Rows[Item]{CursorOf: func(i Item) web.Cursor { return web.Cursor{Sort: web.ByOldestID, ID: i.TicketID} }}
	tx := s.db.Read(ctx)
	if _, err := own(tx, by, id); err != nil {
		return out, err
	}
	query := tx.Where("run_id = ?", id)
	if state != "" {
		query = query.Where("state = ?", state)
	}
	query = query.Session(&gorm.Session{})
	if err := query.Model(&Item{}).Count(&out.Count).Error; err != nil {
		return out, fmt.Errorf("count the tickets of bulk run %d: %w", id, err)
	}
	skip, err := page.Skip(out.Count)
	if err != nil {
		return out, err
	}
	order := "ticket_id"
	if c := page.Cursor; c != nil && c.Back {
		order, query = "ticket_id DESC", query.Where("ticket_id < ?", c.ID)
	} else if c != nil {
		query = query.Where("ticket_id > ?", c.ID)
	}
	var found []Item
	if err := query.Order(order).Offset(skip).Limit(page.Size + 1).Find(&found).Error; err != nil {
		return out, fmt.Errorf("read the tickets of bulk run %d: %w", id, err)
	}
	out.Rows = web.Cut(&out, found, page)
	return out, nil
}

// Cancel stops an own run; what it has done stays done. Cancelling it again
// changes nothing.
func (s *Service) Cancel(ctx context.Context, by authz.Actor, id int64) (Run, error) {
	var r Run
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		var err error
		if r, err = own(tx.DB, by, id); err != nil {
			return err
		}
		switch r.State {
		case Cancelled:
			return nil
		case Done:
			return errFinished
		case Running:
		}
		return settle(tx, &r, Cancelled)
	})
	return r, err
}

// Undo takes an own run back from the tickets that nobody changed since, as a
// run of its own.
func (s *Service) Undo(ctx context.Context, by authz.Actor, id int64) (Run, error) {
	r, err := own(s.db.Read(ctx), by, id)
	if err != nil {
		return Run{}, err
	}
	var a ticket.Action
	if err := json.Unmarshal([]byte(r.Action), &a); err != nil {
		return Run{}, fmt.Errorf("read the action of bulk run %d: %w", id, err)
	}
	return s.start(ctx, by, a, &r.ID, func(tx *event.Tx) (content, error) {
		r, err := own(tx.DB, by, id)
		if err != nil {
			return content{}, err
		}
		if !r.canUndo(tx.Now) {
			return content{}, errNoUndo
		}
		var ids []int64
		if err := tx.Model(&Item{}).Where("run_id = ? AND state = ?", id, ItemDone).Order("ticket_id").Pluck("ticket_id", &ids).Error; err != nil {
			return content{}, fmt.Errorf("read what bulk run %d did: %w", id, err)
		}
		return itemsOrSet(ids, func() ([]Item, error) { return s.itemsOf(tx, Run{UndoOf: &id}, ids) })
	})
}

func (r Run) canUndo(now time.Time) bool {
	return r.State != Running && r.Done > 0 && r.UndoOf == nil && r.UndoneBy == nil &&
		r.FinishedAt != nil && now.Sub(*r.FinishedAt) < undoTime
}

// settle counts what became of a run's tickets and moves it to a state, by
// compare-and-swap, and tells whoever asked.
func settle(tx *event.Tx, r *Run, to State) error {
	var groups []struct {
		State ItemState
		N     int
	}
	err := tx.Model(&Item{}).Select("state, count(*) AS n").Where("run_id = ?", r.ID).Group("state").Find(&groups).Error
	if err != nil {
		return fmt.Errorf("count bulk run %d: %w", r.ID, err)
	}
	next := *r
	next.State, next.Version, next.Done, next.Failed, next.Skipped = to, r.Version+1, 0, 0, 0
	for _, g := range groups {
		switch g.State {
		case ItemDone, ItemUndone:
			next.Done += g.N
		case ItemFailed:
			next.Failed = g.N
		case ItemSkipped:
			next.Skipped = g.N
		case ItemPending:
		}
	}
	if to != Running {
		next.FinishedAt = &tx.Now
	}
	res := tx.Model(&Run{}).Where("id = ? AND version = ?", r.ID, r.Version).Updates(map[string]any{
		"state": next.State, "version": next.Version, "done": next.Done, "failed": next.Failed,
		"skipped": next.Skipped, "finished_at": next.FinishedAt,
	})
	if res.Error != nil {
		return fmt.Errorf("save bulk run %d: %w", r.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errRaced
	}
	*r = next
	return tx.Emit(Progress, subject, r.ID, r.counts())
}

// Prune handles PruneJob: it forgets old runs.
func (s *Service) Prune(ctx context.Context, _ job.Job) error {
	old := s.db.Writer(ctx).Model(&Run{}).Select("id").Where("created_at < ?", s.clock.Now().Add(-keep))
	var ids []int64
	if err := old.Limit(1000).Find(&ids).Error; err != nil {
		return fmt.Errorf("find old bulk runs: %w", err)
	}
	for _, id := range ids {
		err := s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			if err := tx.Where("run_id = ?", id).Delete(&Item{}).Error; err != nil {
				return err
			}
			if err := tx.Where("run_id = ?", id).Delete(&Set{}).Error; err != nil {
				return err
			}
			return tx.Delete(&Run{}, id).Error
		})
		if err != nil {
			return fmt.Errorf("prune bulk run %d: %w", id, err)
		}
	}
	return nil
}
