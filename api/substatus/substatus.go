// Package substatus keeps the finer statuses inside the four states of a
// ticket, such as "waiting for the requester" inside in progress.
package substatus

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// Substatus is a finer status. State is the ordinal of the ticket's status that
// it lies in; that never changes. PausesSLA stops the clocks of service levels.
type Substatus struct {
	ID        int64
	Slug      string
	Label     string
	State     int
	Colour    string
	Position  int
	Active    bool
	IsDefault bool // tickets that enter the state get it
	PausesSLA bool `gorm:"column:pauses_sla"`
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// TableName names the table for GORM.
func (Substatus) TableName() string { return "substatuses" }

// What this package announces; the subject is the substatus.
const (
	Created = "substatus.created"
	Updated = "substatus.updated"
	Deleted = "substatus.deleted"

	// Subject is the subject type of these events.
	Subject = "substatus"
)

// Change is the data of these events; Changed names what differs after an update.
type Change struct {
	Slug    string   `json:"slug"`
	Changed []string `json:"changed,omitempty"`
}

// States are the names of the states, by their ordinals.
var States = []string{"", "open", "in_progress", "resolved", "closed"}

// Colours are the tokens of the app's palette; "" is the state's own.
var Colours = []string{"", "blue", "violet", "green", "grey", "amber", "red", "teal"}

const maxSubstatuses = 50

func canManage(by authz.Actor) bool { return by.Can(authz.DeskConfigure) }

var (
	errMissing = fault.Missing(Subject)
	errManage  = fault.Denied("substatus.manage_denied", "Only administrators change the finer statuses.")
	errChanged = fault.New(fault.Conflict, "substatus.changed", "Somebody changed this status at the same moment. Fetch it again, then repeat your change.").Because(db.ErrLostRace)
	errTaken   = fault.Field("slug", "There is a status of this name already.")
	errInUse   = fault.New(fault.Conflict, "substatus.in_use", "Tickets have this status. Deactivate it instead.")
	errTooMany = fault.New(fault.Conflict, "substatus.too_many", "There may be at most %d finer statuses.", maxSubstatuses)
)

// Set is all substatuses in the order of the screen.
type Set []Substatus

// Load reads all of them.
func Load(tx *gorm.DB) (Set, error) {
	var out Set
	if err := tx.Order("state, position, id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the substatuses: %w", err)
	}
	return out, nil
}

// Find returns the one with the id, or nil.
func (s Set) Find(id int64) *Substatus {
	return s.first(func(x Substatus) bool { return x.ID == id })
}

// Named returns the one with the slug, or nil.
func (s Set) Named(slug string) *Substatus {
	return s.first(func(x Substatus) bool { return x.Slug == slug })
}

// Default returns what tickets that enter a state get, or nil.
func (s Set) Default(state int) *Substatus {
	return s.first(func(x Substatus) bool { return x.State == state && x.IsDefault && x.Active })
}

func (s Set) first(fits func(Substatus) bool) *Substatus {
	if i := slices.IndexFunc(s, fits); i >= 0 {
		return &s[i]
	}
	return nil
}

// Service holds the verbs of substatuses.
type Service struct {
	db    *db.DB
	bus   *event.Bus
	inUse func(tx *gorm.DB, id int64) (bool, error)
}

// New returns the service.
func New(d *db.DB, bus *event.Bus) *Service {
	return &Service{db: d, bus: bus, inUse: func(*gorm.DB, int64) (bool, error) { return false, nil }}
}

// SetInUse tells who knows whether tickets have a substatus.
func (s *Service) SetInUse(fn func(tx *gorm.DB, id int64) (bool, error)) { s.inUse = fn }

// All returns all of them.
func (s *Service) All(ctx context.Context, by authz.Actor) (Set, error) {
	if by.IsNobody() {
		return nil, errMissing
	}
	return Load(s.db.Read(ctx))
}

// Changes is what a change asks for; nil leaves a field.
type Changes struct {
	Slug      *string
	Label     *string
	State     *int // heeded for new ones
	Colour    *string
	Position  *int
	Active    *bool
	IsDefault *bool
	PausesSLA *bool
}

func (ch Changes) apply(s *Substatus) {
	set(&s.Slug, ch.Slug)
	set(&s.Label, ch.Label)
	set(&s.Colour, ch.Colour)
	set(&s.Position, ch.Position)
	set(&s.Active, ch.Active)
	set(&s.IsDefault, ch.IsDefault)
	set(&s.PausesSLA, ch.PausesSLA)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// slugOf makes a slug of a label.
func slugOf(label string) string {
	slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(label), "_"), "_")
	return slug[:min(len(slug), 40)]
}

// Create makes a substatus.
func (s *Service) Create(ctx context.Context, by authz.Actor, ch Changes) (Substatus, error) {
	var out Substatus
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errManage
		}
		all, err := Load(tx.DB)
		if err != nil {
			return err
		}
		if len(all) >= maxSubstatuses {
			return errTooMany
		}
		out = Substatus{Active: true, Position: len(all), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		ch.apply(&out)
		set(&out.State, ch.State)
		if out.Slug == "" {
			out.Slug = slugOf(out.Label)
		}
		if out.Slug == "" || slices.Contains(States, out.Slug) || out.Slug == "none" || out.Slug == "any" {
			return fault.Field("slug", "Must be a name of its own: letters, digits and _.")
		}
		err = tx.Create(&out).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return errTaken
		}
		if err != nil {
			return fmt.Errorf("create a substatus: %w", err)
		}
		if err := onlyDefault(tx.DB, out); err != nil {
			return err
		}
		return tx.Emit(Created, Subject, out.ID, Change{Slug: out.Slug})
	})
	return out, err
}

// onlyDefault makes a default the only one of its state.
func onlyDefault(tx *gorm.DB, s Substatus) error {
	if !s.IsDefault {
		return nil
	}
	err := tx.Model(&Substatus{}).Where("state = ? AND id <> ? AND is_default = ?", s.State, s.ID, true).
		Updates(map[string]any{"is_default": false, "version": gorm.Expr("version + 1")}).Error
	if err != nil {
		return fmt.Errorf("move the default of a state: %w", err)
	}
	return nil
}

func get(tx *gorm.DB, id int64) (Substatus, error) {
	var s Substatus
	err := tx.Take(&s, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return s, errMissing
	}
	if err != nil {
		return s, fmt.Errorf("read substatus %d: %w", id, err)
	}
	return s, nil
}

// Update changes a substatus, but not its state.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, ch Changes) (Substatus, error) {
	var out Substatus
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errManage
		}
		var err error
		if out, err = get(tx.DB, id); err != nil {
			return err
		}
		if err := want.Check(out.Version); err != nil {
			return err
		}
		if ch.State != nil && *ch.State != out.State {
			return fault.Field("state", "The state of a status cannot change: tickets in it would move. Make another one.")
		}
		if ch.Slug != nil && *ch.Slug != out.Slug {
			return fault.Field("slug", "Links and views name it; it cannot change.")
		}
		before := out
		ch.apply(&out)
		was := out.Version
		out.Version, out.UpdatedAt = was+1, tx.Now
		res := tx.Model(&Substatus{}).Where("id = ? AND version = ?", id, was).
			Select("label", "colour", "position", "active", "is_default", "pauses_sla", "version", "updated_at").Updates(&out)
		if res.Error != nil {
			return fmt.Errorf("save substatus %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		if err := onlyDefault(tx.DB, out); err != nil {
			return err
		}
		return tx.Emit(Updated, Subject, id, Change{out.Slug, differences(before, out)})
	})
	return out, err
}

func differences(a, b Substatus) []string {
	var out []string
	for _, d := range []struct {
		name string
		is   bool
	}{
		{"label", a.Label != b.Label}, {"colour", a.Colour != b.Colour}, {"position", a.Position != b.Position},
		{"active", a.Active != b.Active}, {"is_default", a.IsDefault != b.IsDefault}, {"pauses_sla", a.PausesSLA != b.PausesSLA},
	} {
		if d.is {
			out = append(out, d.name)
		}
	}
	return out
}

// Delete removes a substatus that no ticket has.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errManage
		}
		x, err := get(tx.DB, id)
		if err != nil {
			return err
		}
		if err := want.Check(x.Version); err != nil {
			return err
		}
		used, err := s.inUse(tx.DB, id)
		if err != nil {
			return err
		}
		if used {
			return errInUse
		}
		res := tx.Where("id = ? AND version = ?", id, x.Version).Delete(&Substatus{})
		if res.Error != nil {
			return fmt.Errorf("delete substatus %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(Deleted, Subject, id, Change{Slug: x.Slug})
	})
}
