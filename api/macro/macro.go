// Package macro keeps prepared answers: a text with placeholders, actions that go
// with it, or both. A macro is used on one ticket or on many; on each of them all
// of it happens, or nothing.
package macro

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
	"github.com/fixdesk/fixdesk/api/placeholder"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// The kinds of a macro's text: what its requester reads, or an internal note.
const (
	KindReply = "reply"
	KindNote  = "note"
)

// Macro is one prepared answer.
type Macro struct {
	ID         int64
	OwnerID    int64
	Name       string
	Kind       string
	Content    string          // Markdown with placeholders; "" for none
	Actions    []ticket.Action `gorm:"serializer:json"`
	SharedWith authz.Role      // "" for nobody
	TeamID     *int64          // whose members also have it
	Version    int64
	CreatedAt  time.Time
	UpdatedAt  time.Time
	DeletedAt  *time.Time // can be restored for a while
}

// TableName names the table for GORM.
func (Macro) TableName() string { return "macros" }

// Changes is what a new macro is made of, or what an update asks for; nil leaves
// a field as it is.
type Changes struct {
	Name       *string
	Kind       *string
	Content    *string
	Actions    *[]ticket.Action
	SharedWith *authz.Role
	Team       bool // TeamID is meant
	TeamID     *int64

	Wrong error // what was found while they were read; it is said with the rest
}

func (c Changes) apply(m *Macro) {
	set(&m.Name, c.Name)
	set(&m.Kind, c.Kind)
	set(&m.Content, c.Content)
	set(&m.Actions, c.Actions)
	set(&m.SharedWith, c.SharedWith)
	if c.Team {
		m.TeamID = c.TeamID
	}
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// What this package announces; the subject is the macro.
const (
	Created  = "macro.created"
	Updated  = "macro.updated"
	Deleted  = "macro.deleted"
	Restored = "macro.restored"

	subject = "macro"
)

// PruneJob removes deleted macros for good, and what takes old uses back.
const PruneJob = "macro.prune"

const (
	maxOwn     = 200 // macros of one person
	maxActions = 10
	keep       = 24 * time.Hour
)

var (
	errMissing      = fault.Missing("macro")
	errDenied       = fault.Denied("macro.denied", "Macros are for IT staff and administrators.")
	errChangeDenied = fault.Denied("macro.change_denied", "Only its owner or an administrator may change this macro.")
	errShareDenied  = fault.Denied("macro.share_denied", "IT staff may share macros with the IT staff and with their own teams, administrators with anybody.")
	errChanged      = fault.New(fault.Conflict, "macro.changed", "Somebody changed this macro at the same moment. Fetch it again, then repeat your change.").Because(db.ErrLostRace)
	errTooMany      = fault.New(fault.Conflict, "macro.too_many", "One person may keep at most %d macros. Delete one that you do not need.", maxOwn)
)

// Service holds the verbs of macros.
type Service struct {
	db        *db.DB
	bus       *event.Bus
	clock     clock.Clock
	tickets   *ticket.Service
	publicURL string
}

// New returns the service; publicURL is where the desk is reached.
func New(d *db.DB, bus *event.Bus, c clock.Clock, tickets *ticket.Service, publicURL string) *Service {
	return &Service{db: d, bus: bus, clock: c, tickets: tickets, publicURL: publicURL}
}

// canRead is for one's own macros, those shared with one, and, for those who look
// after them, whatever is shared with anybody.
func canRead(by authz.Actor, m *Macro) bool {
	switch {
	case by.ID == 0 || !by.Can(authz.TicketWork):
		return false
	case m.OwnerID == by.ID:
		return true
	case m.TeamID != nil && slices.Contains(by.Teams, *m.TeamID):
		return true
	case m.SharedWith != "" && (m.SharedWith == by.Role || by.Role == authz.Admin):
		return true
	}
	return by.Can(authz.MacroManage) && (m.SharedWith != "" || m.TeamID != nil)
}

func canChange(by authz.Actor, m *Macro) bool {
	return canRead(by, m) && (m.OwnerID == by.ID || by.Can(authz.MacroManage))
}

// canShare is for what a change adds to those who have a macro.
func canShare(by authz.Actor, before, m *Macro) bool {
	if by.Can(authz.MacroManage) {
		return true
	}
	if m.SharedWith != "" && m.SharedWith != before.SharedWith && (m.SharedWith != authz.ITStaff || !by.Can(authz.MacroShare)) {
		return false
	}
	return m.TeamID == nil || same(m.TeamID, before.TeamID) || (by.Can(authz.MacroShare) && slices.Contains(by.Teams, *m.TeamID))
}

func same(a, b *int64) bool { return (a == nil && b == nil) || (a != nil && b != nil && *a == *b) }

// List returns the macros that the actor has, by name; with all, for those who look
// after them, also those that are shared with others only.
func (s *Service) List(ctx context.Context, by authz.Actor, all bool) ([]Macro, error) {
	if !by.Can(authz.TicketWork) || by.ID == 0 {
		return nil, errDenied
	}
	tx := s.db.Read(ctx)
	q := tx.Where("owner_id = ?", by.ID).Or("shared_with IN ?", audiences(by))
	if len(by.Teams) > 0 {
		q = q.Or("team_id IN ?", by.Teams)
	}
	if all && by.Can(authz.MacroManage) {
		q = q.Or("shared_with <> '' OR team_id IS NOT NULL")
	}
	var found []Macro
	if err := tx.Where("deleted_at IS NULL").Where(q).Order("id").Limit(1000).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("list the macros: %w", err)
	}
	slices.SortStableFunc(found, func(a, b Macro) int { return strings.Compare(user.Fold(a.Name), user.Fold(b.Name)) })
	return found, nil
}

func audiences(by authz.Actor) []authz.Role {
	if by.Role == authz.Admin {
		return []authz.Role{authz.ITStaff, authz.Admin}
	}
	return []authz.Role{by.Role}
}

// Get returns a macro that the actor has.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Macro, error) {
	return readable(s.db.Read(ctx), by, id, false)
}

func readable(tx *gorm.DB, by authz.Actor, id int64, deleted bool) (Macro, error) {
	var m Macro
	if !by.Can(authz.TicketWork) {
		return m, errDenied
	}
	err := tx.Take(&m, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return m, errMissing
	}
	if err != nil {
		return m, fmt.Errorf("read macro %d: %w", id, err)
	}
	if (m.DeletedAt != nil) != deleted || !canRead(by, &m) {
		return Macro{}, errMissing
	}
	return m, nil
}

// Create keeps a new macro of the actor's.
func (s *Service) Create(ctx context.Context, by authz.Actor, c Changes) (Macro, error) {
	var m Macro
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !by.Can(authz.TicketWork) || by.ID == 0 {
			return errDenied
		}
		m = Macro{OwnerID: by.ID, Kind: KindReply, Actions: []ticket.Action{}, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		c.apply(&m)
		if err := s.check(tx.DB, by, &Macro{}, &m, c.Wrong); err != nil {
			return err
		}
		var n int64
		if err := tx.Model(&Macro{}).Where("owner_id = ? AND deleted_at IS NULL", by.ID).Count(&n).Error; err != nil {
			return fmt.Errorf("count macros: %w", err)
		}
		if n >= maxOwn {
			return errTooMany
		}
		if err := tx.Create(&m).Error; err != nil {
			return fmt.Errorf("create a macro: %w", err)
		}
		return tx.Emit(Created, subject, m.ID, nil)
	})
	return m, err
}

// check refuses what could not be carried out, and sharing that is not allowed; read is what
// was wrong with it already.
func (s *Service) check(tx *gorm.DB, by authz.Actor, before, m *Macro, read error) error {
	if !canShare(by, before, m) {
		return errShareDenied
	}
	var with, to, text error
	if m.SharedWith == authz.Employee {
		with = fault.Field("shared_with", "Must be one of: it_staff, admin.")
	}
	if m.TeamID != nil && !same(m.TeamID, before.TeamID) {
		_, err := team.Find(tx, *m.TeamID)
		if errors.Is(err, gorm.ErrRecordNotFound) {
			to = fault.Field("team_id", "There is no such team.")
		} else if err != nil {
			return fmt.Errorf("read the team of a macro: %w", err)
		}
	}
	if text = placeholder.Wrong("content", m.Content); read == nil && strings.TrimSpace(m.Content) == "" && len(m.Actions) == 0 {
		text = fault.Field("content", "A macro needs a text, or at least one action.")
	}
	return fault.All(read, with, to, text, s.CheckActions(tx, by, m.Actions, ActionApply, "reply", "note"))
}

// CheckActions refuses actions that could not be carried out, and those of the types
// in without.
func (s *Service) CheckActions(tx *gorm.DB, by authz.Actor, actions []ticket.Action, without ...string) error {
	if len(actions) > maxActions {
		return fault.Field("actions", "May have at most %d actions.", maxActions)
	}
	without = append(without, ticket.ActionDelete)
	for i, a := range actions {
		if slices.Contains(without, a.Type) {
			return fault.Field("actions", "Action %d: %s cannot be part of it.", i+1, strings.ReplaceAll(a.Type, "_", " "))
		}
		if err := s.tickets.Actions().Check(tx, by, a); err != nil {
			return ofAction(i, err)
		}
	}
	return nil
}

// ofAction says which of the actions a fault is about.
func ofAction(i int, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		return err
	}
	var messages []string
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		messages = append(messages, f.Fields[name]...)
	}
	if messages == nil {
		messages = []string{f.Detail}
	}
	return fault.Field("actions", "Action %d: %s", i+1, strings.Join(messages, " "))
}

// Update changes a macro.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, c Changes) (Macro, error) {
	return s.change(ctx, by, id, want, false, func(tx *event.Tx, before Macro) (Macro, string, error) {
		m := before
		c.apply(&m)
		return m, Updated, s.check(tx.DB, by, &before, &m, c.Wrong)
	})
}

// Delete takes a macro away; for a day, Restore brings it back.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	_, err := s.change(ctx, by, id, want, false, func(tx *event.Tx, m Macro) (Macro, string, error) {
		m.DeletedAt = &tx.Now
		return m, Deleted, nil
	})
	return err
}

// Restore brings a deleted macro back.
func (s *Service) Restore(ctx context.Context, by authz.Actor, id int64) (Macro, error) {
	return s.change(ctx, by, id, etag.Condition{}, true, func(_ *event.Tx, m Macro) (Macro, string, error) {
		m.DeletedAt = nil
		return m, Restored, nil
	})
}

func (s *Service) change(
	ctx context.Context, by authz.Actor, id int64, want etag.Condition, deleted bool,
	next func(tx *event.Tx, before Macro) (Macro, string, error),
) (Macro, error) {
	var m Macro
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		before, err := readable(tx.DB, by, id, deleted)
		if err != nil {
			return err
		}
		if !canChange(by, &before) {
			return errChangeDenied
		}
		if err := want.Check(before.Version); err != nil {
			return err
		}
		what := ""
		if m, what, err = next(tx, before); err != nil {
			return err
		}
		if alike(&m, &before) {
			return nil
		}
		m.Version, m.UpdatedAt = before.Version+1, tx.Now
		res := tx.Model(&Macro{}).Where("id = ? AND version = ?", id, before.Version).Select("*").Omit("id", "owner_id", "created_at").Updates(&m)
		if res.Error != nil {
			return fmt.Errorf("save macro %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(what, subject, id, nil)
	})
	return m, err
}

func alike(a, b *Macro) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// Prune handles PruneJob.
func (s *Service) Prune(ctx context.Context, _ job.Job) error {
	limit := s.clock.Now().Add(-keep)
	err := s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		if err := tx.Where("deleted_at IS NOT NULL AND deleted_at < ?", limit).Delete(&Macro{}).Error; err != nil {
			return err
		}
		return tx.Where("created_at < ?", limit).Delete(&Run{}).Error
	})
	if err != nil {
		return fmt.Errorf("prune macros: %w", err)
	}
	return nil
}

// Forget deletes the personal macros of an account that is anonymised; what it
// shared stays.
func Forget(tx *event.Tx, e event.Event) error {
	if err := tx.Where("owner_id = ? AND shared_with = '' AND team_id IS NULL", e.SubjectID).Delete(&Macro{}).Error; err != nil {
		return fmt.Errorf("delete the macros of account %d: %w", e.SubjectID, err)
	}
	return nil
}
