// Package timeentry keeps how long people worked on tickets, written down
// afterwards or measured by a timer.
package timeentry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Entry is some minutes of work on a ticket.
type Entry struct {
	ID        int64
	TicketID  int64
	UserID    int64
	Minutes   int
	Note      string
	Day       string // of the work, 2026-03-02
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// TableName names the table for GORM.
func (Entry) TableName() string { return "time_entries" }

// Timer runs for somebody on a ticket; each person has at most one.
type Timer struct {
	UserID    int64 `gorm:"primaryKey;autoIncrement:false"`
	TicketID  int64
	StartedAt time.Time
}

// TableName names the table for GORM.
func (Timer) TableName() string { return "timers" }

// What this package announces about tickets, for the IT staff.
const (
	Added   = "internal.time_added"
	Updated = "internal.time_updated"
	Removed = "internal.time_removed"
)

// Ref is the data of these events.
type Ref struct {
	EntryID int64 `json:"entry_id"`
	Minutes int   `json:"minutes"`
}

// The limits of entries.
const (
	MaxMinutes = 24 * 60
	MaxNote    = 500 // code points
	dayFormat  = "2006-01-02"
)

var (
	errMissing = fault.Missing("time entry")
	errDenied  = fault.Denied("time_entry.denied", "Times are for IT staff and administrators.")
	errChange  = fault.Denied("time_entry.change_denied", "Only whoever wrote this entry or an administrator may change it.")
	errChanged = fault.New(fault.Conflict, "time_entry.changed", "Somebody changed this entry at the same moment. Fetch it again, then repeat your change.").Because(db.ErrLostRace)
	errNoTimer = fault.New(fault.Conflict, "timer.none", "No timer of yours is running.")
)

func canChange(by authz.Actor, e *Entry) bool {
	return by.Can(authz.TicketWork) && (by.ID == e.UserID || by.Can(authz.CommentModify))
}

// Service holds the verbs.
type Service struct {
	db    *db.DB
	bus   *event.Bus
	clock clock.Clock
}

// New returns the service.
func New(d *db.DB, bus *event.Bus, c clock.Clock) *Service { return &Service{d, bus, c} }

func worked(tx *gorm.DB, by authz.Actor, id int64) (*ticket.Ticket, error) {
	t, err := ticket.Readable(tx, by, id)
	if err == nil && (!by.Can(authz.TicketWork) || by.ID == 0) {
		return nil, errDenied
	}
	return t, err
}

// final returns the ticket on which work on another one is written down: itself,
// or what it was merged into.
func final(tx *event.Tx, by authz.Actor, id int64) (int64, error) {
	if _, err := worked(tx.DB, by, id); err != nil {
		return 0, err
	}
	held, err := ticket.Hold(tx.DB, []int64{id})
	if err != nil || len(held) == 0 {
		return 0, errors.Join(err, fault.Missing(ticket.Subject))
	}
	t, err := ticket.Final(tx.DB, &held[0])
	if err != nil {
		return 0, err
	}
	if !ticket.CanRead(by, t) {
		return 0, ticket.ErrMerged
	}
	return t.ID, nil
}

// IDs returns the ids of the entries of a ticket.
func IDs(tx *gorm.DB, ticketID int64) ([]int64, error) {
	var ids []int64
	if err := tx.Model(&Entry{}).Where("ticket_id = ?", ticketID).Order("id").Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("list the times of ticket %d: %w", ticketID, err)
	}
	return ids, nil
}

// Move takes entries from one ticket to another; what is not there any more is
// left out. It returns how many moved.
func Move(tx *event.Tx, ids []int64, from, to int64) (int64, error) {
	var moved int64
	for batch := range slices.Chunk(ids, 500) {
		res := tx.Model(&Entry{}).Where("id IN ? AND ticket_id = ?", batch, from).UpdateColumn("ticket_id", to)
		if res.Error != nil {
			return 0, fmt.Errorf("move times from ticket %d to %d: %w", from, to, res.Error)
		}
		moved += res.RowsAffected
	}
	return moved, nil
}

// Filter narrows a list of entries; the zero Filter is all that the actor may see.
type Filter struct {
	TicketID *int64
	UserID   *int64
	From, To string // days, both included; "" for no bound
	// Of tickets that now belong to a team or lie in a category; 0 for none.
	TeamID, CategoryID *int64
	// Of tickets that have now this value, by its reference, of what times are added up by.
	group *grouping
	value int64
}

func (f Filter) query(tx *gorm.DB, by authz.Actor) *gorm.DB {
	visible, args := ticket.Visible(by)
	for column, id := range map[string]*int64{"team_id": f.TeamID, "category_id": f.CategoryID} {
		switch {
		case id == nil:
		case *id == 0:
			visible += " AND t." + column + " IS NULL"
		default:
			visible += " AND t." + column + " = ?"
			args = append(slices.Clone(args), *id)
		}
	}
	q := tx.Model(&Entry{}).Where("EXISTS (SELECT 1 FROM tickets AS t WHERE t.id = time_entries.ticket_id AND "+visible+")", args...)
	if f.TicketID != nil {
		q = q.Where("time_entries.ticket_id = ?", *f.TicketID)
	}
	if f.UserID != nil {
		q = q.Where("time_entries.user_id = ?", *f.UserID)
	}
	if g := f.group; g != nil {
		q = q.Where("EXISTS (SELECT 1 FROM tickets AS w"+g.join+" WHERE w.id = time_entries.ticket_id AND "+g.ref+" = ?)", append(slices.Clone(g.args), f.value)...)
	}
	if f.From != "" {
		q = q.Where("time_entries.day >= ?", f.From)
	}
	if f.To != "" {
		q = q.Where("time_entries.day <= ?", f.To)
	}
	return q
}

// OfTicket returns the entries of a ticket, oldest first.
func (s *Service) OfTicket(ctx context.Context, by authz.Actor, id int64) ([]Entry, error) {
	tx := s.db.Read(ctx)
	if _, err := worked(tx, by, id); err != nil {
		return nil, err
	}
	var out []Entry
	if err := tx.Where("ticket_id = ?", id).Order("id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the times of ticket %d: %w", id, err)
	}
	return out, nil
}

// List returns a page of entries, the newest first.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, page web.Page) (web.Rows[Entry], error) {
	if !by.Can(authz.TicketWork) {
		return web.Rows[Entry]{}, errDenied
	}
	return web.NewestFirst(f.query(s.db.Read(ctx), by), page, func(e Entry) int64 { return e.ID })
}

// Sum is how long somebody worked.
type Sum struct {
	UserID  int64
	Minutes int64
	Entries int64
}

// Sums adds entries up by person.
func (s *Service) Sums(ctx context.Context, by authz.Actor, f Filter) ([]Sum, error) {
	if !by.Can(authz.TicketWork) {
		return nil, errDenied
	}
	var out []Sum
	err := f.query(s.db.Read(ctx), by).Select("user_id, SUM(minutes) AS minutes, COUNT(*) AS entries").
		Group("user_id").Order("minutes DESC, user_id").Find(&out).Error
	if err != nil {
		return nil, fmt.Errorf("add up times: %w", err)
	}
	return out, nil
}

// Each calls fn for all entries, in batches, oldest first.
func (s *Service) Each(ctx context.Context, by authz.Actor, f Filter, fn func([]Entry) error) error {
	if !by.Can(authz.TicketWork) {
		return errDenied
	}
	for after := int64(0); ; {
		var rows []Entry
		if err := f.query(s.db.Read(ctx), by).Where("id > ?", after).Order("id").Limit(1000).Find(&rows).Error; err != nil {
			return fmt.Errorf("read times: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		if err := fn(rows); err != nil {
			return err
		}
		after = rows[len(rows)-1].ID
	}
}

// Draft is what a new entry is made of.
type Draft struct {
	Minutes int
	Note    string
	Day     string // "" for today, where the actor is
}

// Add writes down work on a ticket.
func (s *Service) Add(ctx context.Context, by authz.Actor, id int64, d Draft) (Entry, error) {
	var e Entry
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		on, err := final(tx, by, id)
		if err != nil {
			return err
		}
		e, err = add(tx, by, on, d)
		return err
	})
	return e, err
}

func add(tx *event.Tx, by authz.Actor, id int64, d Draft) (Entry, error) {
	if d.Day == "" {
		d.Day = tx.Now.In(by.Location()).Format(dayFormat)
	}
	e := Entry{
		TicketID: id, UserID: by.ID, Minutes: d.Minutes, Note: d.Note, Day: d.Day,
		Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if err := tx.Create(&e).Error; err != nil {
		return e, fmt.Errorf("write down work on ticket %d: %w", id, err)
	}
	return e, tx.Emit(Added, ticket.Subject, id, Ref{e.ID, e.Minutes})
}

// Get returns an entry of a ticket that the actor sees.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Entry, error) {
	return find(s.db.Read(ctx), by, id)
}

func find(tx *gorm.DB, by authz.Actor, id int64) (Entry, error) {
	var e Entry
	if !by.Can(authz.TicketWork) {
		return e, errDenied
	}
	err := tx.Take(&e, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return e, errMissing
	}
	if err != nil {
		return e, fmt.Errorf("read time entry %d: %w", id, err)
	}
	if _, err := ticket.Readable(tx, by, e.TicketID); fault.Is(err, fault.NotFound) {
		return e, errMissing
	} else if err != nil {
		return e, err
	}
	return e, nil
}

// Change is what is to be different about an entry; nil leaves it.
type Change struct {
	Minutes *int
	Note    *string
	Day     *string
}

// Update changes an entry of the actor's own; administrators change all.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, c Change) (Entry, error) {
	var e Entry
	err := s.change(ctx, by, id, want, func(tx *event.Tx, now *Entry) error {
		was := *now
		if c.Minutes != nil {
			now.Minutes = *c.Minutes
		}
		if c.Note != nil {
			now.Note = *c.Note
		}
		if c.Day != nil {
			now.Day = *c.Day
		}
		e = *now
		if *now == was {
			return nil
		}
		now.Version++
		now.UpdatedAt = tx.Now
		res := tx.Model(&Entry{}).Where("id = ? AND version = ?", id, was.Version).Updates(map[string]any{
			"minutes": now.Minutes, "note": now.Note, "day": now.Day, "version": now.Version, "updated_at": now.UpdatedAt,
		})
		e = *now
		return s.written(tx, res, *now, Updated)
	})
	return e, err
}

// Remove deletes an entry of the actor's own; administrators delete all.
func (s *Service) Remove(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.change(ctx, by, id, want, func(tx *event.Tx, e *Entry) error {
		return s.written(tx, tx.Where("id = ? AND version = ?", id, e.Version).Delete(&Entry{}), *e, Removed)
	})
}

func (s *Service) change(ctx context.Context, by authz.Actor, id int64, want etag.Condition, fn func(*event.Tx, *Entry) error) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		e, err := find(tx.DB, by, id)
		if err != nil {
			return err
		}
		if !canChange(by, &e) {
			return errChange
		}
		if err := want.Check(e.Version); err != nil {
			return err
		}
		return fn(tx, &e)
	})
}

func (s *Service) written(tx *event.Tx, res *gorm.DB, e Entry, kind string) error {
	if res.Error != nil {
		return fmt.Errorf("save time entry %d: %w", e.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	return tx.Emit(kind, ticket.Subject, e.TicketID, Ref{e.ID, e.Minutes})
}

// Running returns the actor's timer and its ticket, or nil. A ticket that they
// no longer see has no title.
func (s *Service) Running(ctx context.Context, by authz.Actor) (*Timer, string, error) {
	tx := s.db.Read(ctx)
	if !by.Can(authz.TicketWork) {
		return nil, "", errDenied
	}
	t, err := running(tx, by)
	if err != nil || t == nil {
		return nil, "", err
	}
	on, err := ticket.Readable(tx, by, t.TicketID)
	switch {
	case err == nil:
		return t, on.Title, nil
	case fault.Is(err, fault.NotFound):
		return t, "", nil
	}
	return nil, "", err
}

func running(tx *gorm.DB, by authz.Actor) (*Timer, error) {
	var rows []Timer
	if err := tx.Where("user_id = ?", by.ID).Limit(1).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the timer: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil //nolint:nilnil // no timer is an answer
	}
	return &rows[0], nil
}

// Start lets a timer run on a ticket. One that runs on another ticket is stopped,
// and what it measured written down; on the same ticket it goes on.
func (s *Service) Start(ctx context.Context, by authz.Actor, id int64) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		id, err := final(tx, by, id)
		if err != nil {
			return err
		}
		t, err := running(tx.DB, by)
		if err != nil || (t != nil && t.TicketID == id) {
			return err
		}
		if t != nil {
			if _, err := s.stop(tx, by, t, ""); err != nil {
				return err
			}
		}
		err = tx.Create(&Timer{UserID: by.ID, TicketID: id, StartedAt: tx.Now}).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return db.ErrLostRace
		}
		if err != nil {
			return fmt.Errorf("start a timer: %w", err)
		}
		return nil
	})
}

// Stop ends the actor's timer and writes down what it measured: full minutes, at
// least one and at most a day.
func (s *Service) Stop(ctx context.Context, by authz.Actor, note string) (Entry, error) {
	var e Entry
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !by.Can(authz.TicketWork) {
			return errDenied
		}
		t, err := running(tx.DB, by)
		if err != nil {
			return err
		}
		if t == nil {
			return errNoTimer
		}
		e, err = s.stop(tx, by, t, note)
		return err
	})
	return e, err
}

func (s *Service) stop(tx *event.Tx, by authz.Actor, t *Timer, note string) (Entry, error) {
	res := tx.Where("user_id = ? AND started_at = ?", t.UserID, t.StartedAt.UTC()).Delete(&Timer{})
	if res.Error != nil {
		return Entry{}, fmt.Errorf("stop a timer: %w", res.Error)
	}
	if res.RowsAffected != 1 {
		return Entry{}, errNoTimer.Because(db.ErrLostRace)
	}
	minutes := min(max(int((tx.Now.Sub(t.StartedAt)+time.Minute-1)/time.Minute), 1), MaxMinutes)
	day := t.StartedAt.In(by.Location()).Format(dayFormat)
	on, err := final(tx, by, t.TicketID)
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		on = t.TicketID // what was measured is kept, even if they see the ticket no more
	case err != nil:
		return Entry{}, err
	}
	return add(tx, by, on, Draft{Minutes: minutes, Note: note, Day: day})
}

// Discard ends the actor's timer and writes nothing down.
func (s *Service) Discard(ctx context.Context, by authz.Actor) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !by.Can(authz.TicketWork) {
			return errDenied
		}
		if err := tx.Where("user_id = ?", by.ID).Delete(&Timer{}).Error; err != nil {
			return fmt.Errorf("discard a timer: %w", err)
		}
		return nil
	})
}

// Forget deletes the times of a ticket that is gone for good.
func Forget(tx *event.Tx, e event.Event) error {
	for _, row := range []any{&Entry{}, &Timer{}} {
		if err := tx.Where("ticket_id = ?", e.SubjectID).Delete(row).Error; err != nil {
			return fmt.Errorf("delete the times of ticket %d: %w", e.SubjectID, err)
		}
	}
	return nil
}
