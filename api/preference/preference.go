// Package preference keeps what a person has chosen for the app, such as the
// columns of lists, so that it follows them to another device. It knows no
// meaning: a preference is a name and a JSON value.
package preference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// Preference is one choice of one person.
type Preference struct {
	UserID    int64  `gorm:"primaryKey;autoIncrement:false"`
	Name      string `gorm:"primaryKey"`
	Value     string // JSON
	Version   int64
	UpdatedAt time.Time
}

// TableName names the table for GORM.
func (Preference) TableName() string { return "preferences" }

// The limits of what one person keeps.
const (
	maxValue = 16 << 10 // bytes
	maxNames = 100
)

var named = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)

// Valid reports whether a preference may have the name.
func Valid(name string) bool { return len(name) <= 64 && named.MatchString(name) }

var (
	errMissing = fault.Missing("preference")
	errChanged = fault.New(fault.Conflict, "preference.changed", "This preference was changed at the same moment. Fetch it again.").Because(db.ErrLostRace)
)

// Service holds the verbs. Each person has their own preferences only.
type Service struct {
	db  *db.DB
	bus *event.Bus
}

// New returns the service.
func New(d *db.DB, bus *event.Bus) *Service { return &Service{db: d, bus: bus} }

// List returns the actor's preferences by name.
func (s *Service) List(ctx context.Context, by authz.Actor) ([]Preference, error) {
	var out []Preference
	if err := s.db.Read(ctx).Where("user_id = ?", by.ID).Order("name").Limit(maxNames).Find(&out).Error; err != nil {
		return nil, fmt.Errorf("list preferences: %w", err)
	}
	return out, nil
}

// Get returns a preference of the actor's.
func (s *Service) Get(ctx context.Context, by authz.Actor, name string) (Preference, error) {
	p, found, err := load(s.db.Read(ctx), by, name)
	if err == nil && !found {
		err = errMissing
	}
	return p, err
}

func load(tx *gorm.DB, by authz.Actor, name string) (Preference, bool, error) {
	var p Preference
	err := tx.Where("user_id = ? AND name = ?", by.ID, name).Take(&p).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("read the preference %s: %w", name, err)
	}
	return p, true, nil
}

// Put writes a preference of the actor's.
func (s *Service) Put(ctx context.Context, by authz.Actor, name string, want etag.Condition, value json.RawMessage) (Preference, error) {
	var out Preference
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		var err error
		out, err = put(tx, by, name, want, string(value))
		return err
	})
	return out, err
}

func put(tx *event.Tx, by authz.Actor, name string, want etag.Condition, value string) (Preference, error) {
	was, known, err := load(tx.DB, by, name)
	if err != nil {
		return was, err
	}
	if err := want.Check(was.Version); err != nil {
		return was, err
	}
	p := Preference{UserID: by.ID, Name: name, Value: value, Version: was.Version + 1, UpdatedAt: tx.Now}
	if !known {
		var n int64
		if err := tx.Model(&Preference{}).Where("user_id = ?", by.ID).Count(&n).Error; err != nil {
			return p, fmt.Errorf("count preferences: %w", err)
		}
		if n >= maxNames {
			return p, fault.New(fault.Conflict, "preference.too_many", "One person may keep at most %d preferences.", maxNames)
		}
		err := tx.Create(&p).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return p, errChanged
		}
		return p, err
	}
	res := tx.Model(&Preference{}).Where("user_id = ? AND name = ? AND version = ?", by.ID, name, was.Version).
		Updates(map[string]any{"value": value, "version": p.Version, "updated_at": tx.Now})
	if res.Error != nil {
		return p, fmt.Errorf("save the preference %s: %w", name, res.Error)
	}
	if res.RowsAffected != 1 {
		return p, errChanged
	}
	return p, nil
}

// Delete drops a preference of the actor's; one that is not there is gone already.
func (s *Service) Delete(ctx context.Context, by authz.Actor, name string, want etag.Condition) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		p, known, err := load(tx.DB, by, name)
		if err != nil || !known {
			return err
		}
		if err := want.Check(p.Version); err != nil {
			return err
		}
		return tx.Where("user_id = ? AND name = ?", by.ID, name).Delete(&Preference{}).Error
	})
}

// Read decodes a preference of the actor's into v and reports whether there is
// one that fits.
func Read(tx *gorm.DB, by authz.Actor, name string, v any) (bool, error) {
	p, known, err := load(tx, by, name)
	if err != nil || !known {
		return false, err
	}
	return json.Unmarshal([]byte(p.Value), v) == nil, nil
}

// Write keeps v as a preference of the actor's.
func Write(tx *event.Tx, by authz.Actor, name string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode the preference %s: %w", name, err)
	}
	_, err = put(tx, by, name, etag.Condition{}, string(raw))
	return err
}

// Forget deletes the preferences of an account that is anonymised.
func Forget(tx *event.Tx, e event.Event) error {
	if err := tx.Where("user_id = ?", e.SubjectID).Delete(&Preference{}).Error; err != nil {
		return fmt.Errorf("delete the preferences of account %d: %w", e.SubjectID, err)
	}
	return nil
}
