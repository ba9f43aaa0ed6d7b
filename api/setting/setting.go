// Package setting keeps what administrators choose for the whole desk while it
// runs, as opposed to what the operator sets where it is started.
package setting

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// Settings are the choices. There is one row of them, or none as long as nobody
// has chosen anything.
type Settings struct {
	ID int64 `gorm:"primaryKey;autoIncrement:false"`
	// EmployeeTags shows employees the tags of the tickets that they see.
	EmployeeTags bool
	Version      int64
	UpdatedAt    time.Time
}

// TableName names the table for GORM.
func (Settings) TableName() string { return "desk_settings" }

const (
	// Updated is announced when a setting changes; its data are the new ones.
	Updated = "settings.updated"
	// Subject is the subject type of that event.
	Subject = "settings"

	only = 1 // the id of the row
)

// Changes is what an update asks for; nil leaves a setting as it is.
type Changes struct {
	EmployeeTags *bool `json:"employee_tags,omitempty"`
}

var (
	errDenied  = fault.Denied("settings.denied", "Only administrators see and change the settings of the desk.")
	errChanged = fault.New(fault.Conflict, "settings.changed", "Somebody changed the settings at the same moment. Fetch them again, then repeat your change.").
			Because(db.ErrLostRace)
)

func canManage(by authz.Actor) bool { return by.Can(authz.DeskConfigure) }

func load(tx *gorm.DB) (Settings, error) {
	s := Settings{ID: only, Version: 1}
	err := tx.Take(&s, only).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("read the settings of the desk: %w", err)
	}
	return s, nil
}

// Widen adds to what a role may do what the settings of the desk let it do.
func Widen(tx *gorm.DB, role authz.Role, o authz.Options) (authz.Options, error) {
	if role.WorksTickets() {
		return o, nil // they may all of it anyway
	}
	s, err := load(tx)
	o.EmployeeTags = s.EmployeeTags
	return o, err
}

// Service holds the verbs.
type Service struct {
	db  *db.DB
	bus *event.Bus
}

// New returns the service.
func New(d *db.DB, bus *event.Bus) *Service { return &Service{db: d, bus: bus} }

// Get returns the settings.
func (s *Service) Get(ctx context.Context, by authz.Actor) (Settings, error) {
	if !canManage(by) {
		return Settings{}, errDenied
	}
	return load(s.db.Read(ctx))
}

// Update changes settings.
func (s *Service) Update(ctx context.Context, by authz.Actor, want etag.Condition, ch Changes) (Settings, error) {
	var out Settings
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errDenied
		}
		was, err := load(tx.DB)
		if err != nil {
			return err
		}
		if err := want.Check(was.Version); err != nil {
			return err
		}
		out = was
		if ch.EmployeeTags == nil || *ch.EmployeeTags == was.EmployeeTags {
			return nil
		}
		out.EmployeeTags, out.Version, out.UpdatedAt = *ch.EmployeeTags, was.Version+1, tx.Now
		if err := write(tx, was, out); err != nil {
			return err
		}
		return tx.Emit(Updated, Subject, only, ch)
	})
	return out, err
}

// write puts settings in the place of those that were read.
func write(tx *event.Tx, was, now Settings) error {
	if was.UpdatedAt.IsZero() {
		err := tx.Create(&now).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return errChanged
		}
		if err != nil {
			return fmt.Errorf("write the settings of the desk: %w", err)
		}
		return nil
	}
	res := tx.Model(&Settings{}).Where("id = ? AND version = ?", only, was.Version).
		Updates(map[string]any{"employee_tags": now.EmployeeTags, "version": now.Version, "updated_at": now.UpdatedAt})
	if res.Error != nil {
		return fmt.Errorf("write the settings of the desk: %w", res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	return nil
}
