// Package recurring opens tickets again and again, at the dates of a rule: each
// date once, however many replicas run and whenever one of them dies.
package recurring

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/template"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// What happens to dates that passed while the program did not run.
const (
	CatchUpLatest = "latest" // one ticket for all of them
	CatchUpAll    = "all"    // one for each, up to maxCatchUp
)

// Recurrence is a ticket that is opened again and again.
type Recurrence struct {
	ID           int64
	OwnerID      int64 // who made it
	Name         string
	Rule         string // RFC 5545
	Starts       string // local time in Zone
	Zone         string
	CatchUp      string
	Enabled      bool
	RequesterID  int64
	TemplateID   *int64
	Title        string     // "" for the template's, or the name
	Description  string     // "" for the template's, or the title
	DueAt        *time.Time // the next date; nil when there is none, or switched off
	TryAt        *time.Time // DueAt, or later after a failure
	Problem      string     // why the last try failed
	LastRunAt    *time.Time
	LastTicketID *int64
	Runs         int64 // so that a change notices a run
	Version      int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
	DeletedAt    *time.Time // can be restored for a while
}

// TableName names the table for GORM.
func (Recurrence) TableName() string { return "recurrences" }

// Run is a date that had its ticket. Its key makes it once.
type Run struct {
	RecurrenceID int64 `gorm:"primaryKey;autoIncrement:false"`
	Occurrence   int64 `gorm:"primaryKey;autoIncrement:false"` // in microseconds
	TicketID     int64
	ByHand       bool
	CreatedAt    time.Time
}

// TableName names the table for GORM.
func (Run) TableName() string { return "recurrence_runs" }

// Changes is what a new recurrence is made of, or what an update asks for; nil
// leaves a field as it is.
type Changes struct {
	Name        *string
	Rule        *string
	Starts      *string
	Zone        *string
	CatchUp     *string
	Enabled     *bool
	RequesterID *int64
	Template    bool // TemplateID is meant
	TemplateID  *int64
	Title       *string
	Description *string

	Wrong error // what was found while they were read; it is said with the rest
}

func (c Changes) apply(r *Recurrence) {
	set(&r.Name, c.Name)
	set(&r.Rule, c.Rule)
	set(&r.Starts, c.Starts)
	set(&r.Zone, c.Zone)
	set(&r.CatchUp, c.CatchUp)
	set(&r.Enabled, c.Enabled)
	set(&r.RequesterID, c.RequesterID)
	set(&r.Title, c.Title)
	set(&r.Description, c.Description)
	if c.Template {
		r.TemplateID = c.TemplateID
	}
	r.Rule = Clean(r.Rule)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// What this package announces; the subject is the recurrence, that of Recurred the
// ticket.
const (
	Created  = "recurrence.created"
	Updated  = "recurrence.updated"
	Deleted  = "recurrence.deleted"
	Restored = "recurrence.restored"
	Failed   = "recurrence.failed"
	Recurred = "ticket.recurred"

	subject = "recurrence"
)

// Origin is the data of Recurred.
type Origin struct {
	RecurrenceID int64  `json:"recurrence_id"`
	Name         string `json:"name"`
}

const (
	maxRecurrences = 500
	keep           = 24 * time.Hour
	maxProblem     = 500
)

var (
	errMissing     = fault.Missing(subject)
	errDenied      = fault.Denied("recurrence.denied", "Recurring tickets are set up by IT staff and administrators.")
	errChanged     = fault.New(fault.Conflict, "recurrence.changed", "Somebody changed this recurring ticket at the same moment. Fetch it again, then repeat your change.").Because(db.ErrLostRace)
	errFull        = fault.New(fault.Conflict, "recurrence.full", "There are %d recurring tickets; delete some first.", maxRecurrences)
	errNoTemplate  = fault.Field("template_id", "There is no such template, or it is not for you.")
	errNoRequester = fault.Field("requester_id", "Must be somebody with an active account.")
)

// canChange is the rule of seeing and of changing: one's own, administrators all.
func canChange(by authz.Actor, r *Recurrence) bool {
	return by.Can(authz.DeskConfigure) || (by.Can(authz.TicketWork) && by.ID != 0 && r.OwnerID == by.ID)
}

// Service holds the verbs.
type Service struct {
	db      *db.DB
	bus     *event.Bus
	clock   clock.Clock
	tickets *ticket.Service
}

// New returns the service.
func New(d *db.DB, bus *event.Bus, c clock.Clock, tickets *ticket.Service) *Service {
	return &Service{d, bus, c, tickets}
}

// List returns the recurrences that the actor may change, by name.
func (s *Service) List(ctx context.Context, by authz.Actor) ([]Recurrence, error) {
	if !by.Can(authz.TicketWork) {
		return nil, errDenied
	}
	tx := s.db.Read(ctx).Where("deleted_at IS NULL")
	if !by.Can(authz.DeskConfigure) {
		tx = tx.Where("owner_id = ?", by.ID)
	}
	var all []Recurrence
	if err := tx.Order("name, id").Limit(maxRecurrences).Find(&all).Error; err != nil {
		return nil, fmt.Errorf("list the recurrences: %w", err)
	}
	return all, nil
}

// Get returns a recurrence.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Recurrence, error) {
	return find(s.db.Read(ctx), by, id, false)
}

func find(tx *gorm.DB, by authz.Actor, id int64, deleted bool) (Recurrence, error) {
	var r Recurrence
	if !by.Can(authz.TicketWork) {
		return r, errDenied
	}
	err := tx.Take(&r, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return r, errMissing
	}
	if err != nil {
		return r, fmt.Errorf("read recurrence %d: %w", id, err)
	}
	if (r.DeletedAt != nil) != deleted || !canChange(by, &r) {
		return Recurrence{}, errMissing
	}
	return r, nil
}

// Create makes a recurrence. Dates that have passed already get no ticket.
func (s *Service) Create(ctx context.Context, by authz.Actor, c Changes) (Recurrence, error) {
	var r Recurrence
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !by.Can(authz.TicketWork) || by.ID == 0 {
			return errDenied
		}
		var n int64
		if err := tx.Model(&Recurrence{}).Where("deleted_at IS NULL").Count(&n).Error; err != nil {
			return fmt.Errorf("count the recurrences: %w", err)
		}
		if n >= maxRecurrences {
			return errFull
		}
		r = Recurrence{OwnerID: by.ID, RequesterID: by.ID, CatchUp: CatchUpLatest, Enabled: true, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		c.apply(&r)
		if err := fault.All(c.Wrong, check(tx.DB, by, &Recurrence{}, &r, tx.Now)); err != nil {
			return err
		}
		if err := tx.Create(&r).Error; err != nil {
			return fmt.Errorf("make a recurrence: %w", err)
		}
		return tx.Emit(Created, subject, r.ID, nil)
	})
	return r, err
}

// check refuses what could not be carried out, and plans the next date anew where
// that is another one now.
func check(tx *gorm.DB, by authz.Actor, before, r *Recurrence, now time.Time) error {
	sched, when := r.schedule()
	var whose, with error
	if r.RequesterID != before.RequesterID {
		whose = requestable(tx, r.RequesterID)
	}
	if r.TemplateID != nil && (before.TemplateID == nil || *before.TemplateID != *r.TemplateID) {
		if _, _, with = template.Read(tx, by, *r.TemplateID); fault.Is(with, fault.NotFound) {
			with = errNoTemplate
		}
	}
	if err := fault.All(when, whose, with); err != nil {
		return err
	}
	r.Problem = ""
	switch {
	case !r.Enabled:
		r.DueAt, r.TryAt = nil, nil
	case !before.Enabled || r.Rule != before.Rule || r.Starts != before.Starts || r.Zone != before.Zone:
		r.plan(sched, now)
	default:
		r.TryAt = r.DueAt
	}
	return nil
}

func requestable(tx *gorm.DB, id int64) error {
	u, err := user.Find(tx, id)
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.IsActive) {
		return errNoRequester
	}
	if err != nil {
		return fmt.Errorf("read the requester: %w", err)
	}
	return nil
}

// plan sets the next date: the first one later than a time.
func (r *Recurrence) plan(sched *Schedule, after time.Time) {
	r.DueAt, r.TryAt = nil, nil
	if at, ok := sched.After(after); ok {
		r.DueAt, r.TryAt = &at, &at
	}
}

func (r *Recurrence) schedule() (*Schedule, error) { return ParseSchedule(r.Rule, r.Starts, r.Zone) }

// Update changes a recurrence. Another rule, start or zone, and switching it on,
// plans it anew from now.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, c Changes) (Recurrence, error) {
	return s.change(ctx, by, id, want, false, Updated, func(tx *event.Tx, r *Recurrence) error {
		before := *r
		c.apply(r)
		return fault.All(c.Wrong, check(tx.DB, by, &before, r, tx.Now))
	})
}

// Delete takes a recurrence away; for a day, Restore brings it back. Its tickets stay.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	_, err := s.change(ctx, by, id, want, false, Deleted, func(tx *event.Tx, r *Recurrence) error {
		r.DeletedAt, r.TryAt = &tx.Now, nil
		return nil
	})
	return err
}

// Restore brings a deleted recurrence back, as if it had not been gone.
func (s *Service) Restore(ctx context.Context, by authz.Actor, id int64) (Recurrence, error) {
	return s.change(ctx, by, id, etag.Condition{}, true, Restored, func(_ *event.Tx, r *Recurrence) error {
		r.DeletedAt, r.TryAt = nil, r.DueAt
		return nil
	})
}

func (s *Service) change(
	ctx context.Context, by authz.Actor, id int64, want etag.Condition, deleted bool, kind string,
	fn func(*event.Tx, *Recurrence) error,
) (Recurrence, error) {
	var r Recurrence
	err := s.bus.Do(ctx, by, func(tx *event.Tx) (err error) {
		if r, err = find(tx.DB, by, id, deleted); err != nil {
			return err
		}
		if err := want.Check(r.Version); err != nil {
			return err
		}
		was, runs := r.Version, r.Runs
		if err := fn(tx, &r); err != nil {
			return err
		}
		r.Version, r.UpdatedAt = was+1, tx.Now
		res := tx.Model(&Recurrence{}).Where("id = ? AND version = ? AND runs = ?", id, was, runs).
			Select("*").Omit("id", "owner_id", "created_at").Updates(&r)
		if res.Error != nil {
			return fmt.Errorf("save recurrence %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(kind, subject, id, nil)
	})
	return r, err
}

// Forget removes what is kept about a ticket that is gone for good; that its date
// had one stays.
func Forget(tx *event.Tx, e event.Event) error {
	if err := tx.Model(&Run{}).Where("ticket_id = ?", e.SubjectID).Update("ticket_id", 0).Error; err != nil {
		return fmt.Errorf("forget the recurrence of ticket %d: %w", e.SubjectID, err)
	}
	if err := tx.Model(&Recurrence{}).Where("last_ticket_id = ?", e.SubjectID).Update("last_ticket_id", nil).Error; err != nil {
		return fmt.Errorf("forget the recurrence of ticket %d: %w", e.SubjectID, err)
	}
	return nil
}

func short(text string) string {
	if r := []rune(strings.TrimSpace(text)); len(r) > maxProblem {
		return string(r[:maxProblem-1]) + "…"
	}
	return text
}
