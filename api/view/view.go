// Package view keeps saved views: named lists of tickets, for one person or
// shared with a role, with the number of tickets that each of them holds.
package view

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/preference"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// View is a saved list of tickets. What it finds depends on who looks: "me" is
// whoever that is, and nobody sees a ticket in it that they would not see anyway.
type View struct {
	ID         int64
	OwnerID    int64
	Name       string
	Icon       string // an emoji, or nothing
	Q          string // in the query language
	Sort       ticket.Sort
	Columns    Columns    // none for the usual ones
	SharedWith authz.Role // "" for nobody
	Version    int64
	CreatedAt  time.Time
	UpdatedAt  time.Time
	DeletedAt  *time.Time // can be restored for a while
}

// TableName names the table for GORM.
func (View) TableName() string { return "views" }

// Draft is what a view is made of.
type Draft struct {
	Name       string
	Icon       string
	Q          string
	Sort       ticket.Sort
	Columns    Columns
	SharedWith authz.Role

	Wrong error // as in Changes
}

// Changes is what an update asks for; nil leaves a field as it is.
type Changes struct {
	Name       *string
	Icon       *string
	Q          *string
	Sort       *ticket.Sort
	Columns    *Columns
	SharedWith *authz.Role

	Wrong error // what was found while they were read; it is said with the rest
}

func (c Changes) apply(v *View) {
	set(&v.Name, c.Name)
	set(&v.Icon, c.Icon)
	set(&v.Q, c.Q)
	set(&v.Sort, c.Sort)
	set(&v.Columns, c.Columns)
	set(&v.SharedWith, c.SharedWith)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// What this package announces; the subject is the view.
const (
	Created  = "view.created"
	Updated  = "view.updated"
	Deleted  = "view.deleted"
	Restored = "view.restored"

	subject = "view"
)

// Audience is the data of this package's events: the roles with which the view
// was or is shared.
type Audience struct {
	Roles []authz.Role `json:"roles"`
}

// PruneJob removes deleted views for good.
const PruneJob = "view.prune"

const (
	maxOwn = 100 // views of one person
	keep   = 24 * time.Hour
	// placesName is the preference that holds the order of a person's rail.
	placesName = "views.order"
)

var (
	errMissing = fault.Missing("view")
	errChanged = fault.New(fault.Conflict, "view.changed", "Somebody changed this view at the same moment. Fetch it again, then repeat your change.").Because(db.ErrLostRace)
	errTooMany = fault.New(fault.Conflict, "view.too_many", "One person may keep at most %d views. Delete one that you do not need.", maxOwn)
)

// Service holds the verbs of saved views.
type Service struct {
	db      *db.DB
	bus     *event.Bus
	clock   clock.Clock
	tickets *ticket.Service
}

// New returns the service.
func New(d *db.DB, bus *event.Bus, c clock.Clock, tickets *ticket.Service) *Service {
	return &Service{db: d, bus: bus, clock: c, tickets: tickets}
}

// List returns the views of the actor's rail, their own and those shared with
// them, in the order that they gave them.
func (s *Service) List(ctx context.Context, by authz.Actor) ([]View, error) {
	tx := s.db.Read(ctx)
	var found []View
	if err := tx.Where("deleted_at IS NULL AND owner_id = ?", by.ID).Order("id").Find(&found).Error; err != nil {
		return nil, fmt.Errorf("list one's own views: %w", err)
	}
	var shared []View
	err := tx.Where("deleted_at IS NULL AND owner_id <> ? AND shared_with IN ?", by.ID, audiencesOf(by)).Order("id").Limit(maxOwn).Find(&shared).Error
	if err != nil {
		return nil, fmt.Errorf("list the views shared with one: %w", err)
	}
	found = append(found, shared...)
	return found, inOrder(tx, by, found)
}

// inOrder sorts views as the actor arranged them; those without a place come last.
func inOrder(tx *gorm.DB, by authz.Actor, views []View) error {
	var places struct {
		IDs []int64 `json:"ids"`
	}
	if _, err := preference.Read(tx, by, placesName, &places); err != nil {
		return err
	}
	at := make(map[int64]int, len(places.IDs))
	for i, id := range places.IDs {
		at[id] = i + 1
	}
	slices.SortStableFunc(views, func(a, b View) int {
		x, y := at[a.ID], at[b.ID]
		if x == 0 || y == 0 {
			return y - x
		}
		return x - y
	})
	return nil
}

// Shared returns a list of everything that is shared with any role, for those
// who look after it.
func (s *Service) Shared(ctx context.Context, by authz.Actor) ([]View, error) {
	if !by.Can(authz.ViewManage) {
		return nil, errManageDenied
	}
	var found []View
	if err := s.db.Read(ctx).Where("deleted_at IS NULL AND shared_with <> ''").Order("id").Limit(1000).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("list the shared views: %w", err)
	}
	return found, nil
}

// Get returns a view that the actor may read.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (View, error) {
	return readable(s.db.Read(ctx), by, id, false)
}

func readable(tx *gorm.DB, by authz.Actor, id int64, deleted bool) (View, error) {
	var v View
	err := tx.Take(&v, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return v, errMissing
	}
	if err != nil {
		return v, fmt.Errorf("read view %d: %w", id, err)
	}
	if (v.DeletedAt != nil) != deleted || !canRead(by, &v) {
		return View{}, errMissing
	}
	return v, nil
}

// Create keeps a new view of the actor's.
func (s *Service) Create(ctx context.Context, by authz.Actor, d Draft) (View, error) {
	var out View
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if by.ID == 0 {
			return errMissing
		}
		out = View{
			OwnerID: by.ID, Name: d.Name, Icon: d.Icon, Q: d.Q, Sort: d.Sort, Columns: d.Columns, SharedWith: d.SharedWith,
			Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		if err := fault.All(d.Wrong, s.check(tx, by, &View{}, &out)); err != nil {
			return err
		}
		if err := tx.Create(&out).Error; err != nil {
			return fmt.Errorf("create a view: %w", err)
		}
		return tx.Emit(Created, subject, out.ID, audience(&out))
	})
	return out, err
}

// check refuses what may not be: a query that cannot be understood, sharing that
// is not allowed, too many views.
func (s *Service) check(tx *event.Tx, by authz.Actor, before, v *View) error {
	if v.SharedWith != before.SharedWith && !canShare(by, v.SharedWith) {
		return errShareDenied
	}
	var which, order error
	if before.ID == 0 || v.Q != before.Q {
		_, which = s.tickets.Where(tx.Ctx, by, ticket.Filter{}, v.Q, time.UTC)
	}
	if before.ID == 0 || v.Sort != before.Sort {
		wrong, err := s.tickets.CheckSort(tx.DB, by, v.Sort)
		if err != nil {
			return err
		}
		if wrong != "" {
			order = fault.Field("sort", "%s", wrong)
		}
	}
	if err := fault.All(which, order); err != nil || before.ID != 0 {
		return err
	}
	var n int64
	if err := tx.Model(&View{}).Where("owner_id = ? AND deleted_at IS NULL", by.ID).Count(&n).Error; err != nil {
		return fmt.Errorf("count views: %w", err)
	}
	if n >= maxOwn {
		return errTooMany
	}
	return nil
}

// audience returns the roles that can see any of the views.
func audience(views ...*View) Audience {
	a := Audience{Roles: []authz.Role{}}
	for _, v := range views {
		for _, r := range authz.Roles {
			if sharedWith(r, v) && !slices.Contains(a.Roles, r) {
				a.Roles = append(a.Roles, r)
			}
		}
	}
	return a
}

// Update changes a view.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, c Changes) (View, error) {
	return s.change(ctx, by, id, want, false, func(tx *event.Tx, before View) (View, string, error) {
		v := before
		c.apply(&v)
		return v, Updated, fault.All(c.Wrong, s.check(tx, by, &before, &v))
	})
}

// Delete takes a view away; for a day, Restore brings it back.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	_, err := s.change(ctx, by, id, want, false, func(tx *event.Tx, v View) (View, string, error) {
		v.DeletedAt = &tx.Now
		return v, Deleted, nil
	})
	return err
}

// Restore brings a deleted view back.
func (s *Service) Restore(ctx context.Context, by authz.Actor, id int64) (View, error) {
	return s.change(ctx, by, id, etag.Condition{}, true, func(_ *event.Tx, v View) (View, string, error) {
		v.DeletedAt = nil
		return v, Restored, nil
	})
}

func (s *Service) change(
	ctx context.Context, by authz.Actor, id int64, want etag.Condition, deleted bool,
	next func(tx *event.Tx, before View) (View, string, error),
) (View, error) {
	var v View
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
		if v, what, err = next(tx, before); err != nil {
			return err
		}
		if same(&v, &before) {
			return nil
		}
		v.Version, v.UpdatedAt = before.Version+1, tx.Now
		res := tx.Model(&View{}).Where("id = ? AND version = ?", id, before.Version).Updates(map[string]any{
			"name": v.Name, "icon": v.Icon, "q": v.Q, "sort": v.Sort, "columns": v.Columns, "shared_with": v.SharedWith,
			"version": v.Version, "updated_at": v.UpdatedAt, "deleted_at": v.DeletedAt,
		})
		if res.Error != nil {
			return fmt.Errorf("save view %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(what, subject, id, audience(&before, &v))
	})
	return v, err
}

func same(a, b *View) bool {
	return a.Name == b.Name && a.Icon == b.Icon && a.Q == b.Q && a.Sort == b.Sort && a.Columns == b.Columns &&
		a.SharedWith == b.SharedWith && a.DeletedAt == b.DeletedAt
}

// Arrange gives the views of the actor's rail an order. Those that are not named
// come last; ids of others mean nothing.
func (s *Service) Arrange(ctx context.Context, by authz.Actor, ids []int64) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		return preference.Write(tx, by, placesName, map[string]any{"ids": ids})
	})
}

// Prune handles PruneJob.
func (s *Service) Prune(ctx context.Context, _ job.Job) error {
	err := s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		return tx.Where("deleted_at IS NOT NULL AND deleted_at < ?", s.clock.Now().Add(-keep)).Delete(&View{}).Error
	})
	if err != nil {
		return fmt.Errorf("prune deleted views: %w", err)
	}
	return nil
}

// Forget deletes the personal views of an account that is anonymised; what it
// shared stays.
func Forget(tx *event.Tx, e event.Event) error {
	if err := tx.Where("owner_id = ? AND shared_with = ''", e.SubjectID).Delete(&View{}).Error; err != nil {
		return fmt.Errorf("delete the views of account %d: %w", e.SubjectID, err)
	}
	return nil
}

// Columns are the names of a list's columns, with commas between them.
type Columns string

func (c Columns) list() []string {
	if c == "" {
		return []string{}
	}
	return strings.Split(string(c), ",")
}
