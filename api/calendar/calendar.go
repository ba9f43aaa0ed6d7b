package calendar

import (
	"context"
	"encoding/json"
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
)

// Calendar is a row: what a schedule is made of.
type Calendar struct {
	ID        int64
	Name      string
	Zone      string
	Hours     Week      `gorm:"serializer:json"`
	Holidays  []Holiday `gorm:"serializer:json"`
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// TableName names the table for GORM.
func (Calendar) TableName() string { return "calendars" }

// Schedule returns what counts time in the calendar.
func (c *Calendar) Schedule() (*Schedule, error) {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, fmt.Errorf("zone of calendar %d: %w", c.ID, err)
	}
	return NewSchedule(zone, c.Hours, c.Holidays)
}

// What this package announces; the subject is the calendar. Whoever cannot do
// without a calendar vetoes Deleted.
const (
	Created = "calendar.created"
	Updated = "calendar.updated"
	Deleted = "calendar.deleted"

	// Subject is the subject type of these events.
	Subject = "calendar"
)

// Fields is the data of Updated: which fields changed.
type Fields struct {
	Changed []string `json:"changed"`
}

// canRead is for those who work in these hours; canManage for who sets them.
func canRead(by authz.Actor) bool   { return by.Can(authz.TicketWork) }
func canManage(by authz.Actor) bool { return by.Can(authz.CalendarManage) }

var (
	errMissing      = fault.Missing(Subject)
	errReadDenied   = fault.Denied("calendar.read_denied", "Only IT staff and administrators see calendars.")
	errManageDenied = fault.Denied("calendar.manage_denied", "Only administrators change calendars.")
	errChanged      = fault.New(fault.Conflict, "calendar.changed", "Somebody changed this calendar at the same moment. Fetch it again, then repeat your change.").
			Because(db.ErrLostRace)
)

// Service holds the verbs of calendars.
type Service struct {
	db    *db.DB
	bus   *event.Bus
	clock clock.Clock
}

// New returns the service.
func New(d *db.DB, bus *event.Bus, c clock.Clock) *Service {
	return &Service{db: d, bus: bus, clock: c}
}

// Find reads a calendar, or gorm.ErrRecordNotFound, for what counts in it.
func Find(tx *gorm.DB, id int64) (Calendar, error) {
	var c Calendar
	err := tx.Take(&c, id).Error
	return c, err
}

// All reads every calendar by id, for what counts in them. There are few.
func All(tx *gorm.DB) (map[int64]Calendar, error) {
	var list []Calendar
	if err := tx.Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read the calendars: %w", err)
	}
	out := make(map[int64]Calendar, len(list))
	for _, c := range list {
		out[c.ID] = c
	}
	return out, nil
}

// List returns a page of the calendars, the oldest first.
func (s *Service) List(ctx context.Context, by authz.Actor, page web.Page) (web.Rows[Calendar], error) {
	if !canRead(by) {
		return web.Rows[Calendar]{}, errReadDenied
	}
	return web.OldestFirst(s.db.Read(ctx), page, func(c Calendar) int64 { return c.ID })
}

// Get returns a calendar.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Calendar, error) {
	if !canRead(by) {
		return Calendar{}, errReadDenied
	}
	return get(s.db.Read(ctx), id)
}

func get(tx *gorm.DB, id int64) (Calendar, error) {
	c, err := Find(tx, id)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return c, errMissing
	}
	if err != nil {
		return c, fmt.Errorf("read calendar %d: %w", id, err)
	}
	return c, nil
}

// Changes is what a change asks for; nil leaves a field.
type Changes struct {
	Name     *string
	Zone     *string
	Hours    *Week
	Holidays *[]Holiday

	Wrong error // what was found while they were read; it is said with the rest
}

// Create makes a calendar. What is nil in the changes is missing.
func (s *Service) Create(ctx context.Context, by authz.Actor, ch Changes) (Calendar, error) {
	var c Calendar
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errManageDenied
		}
		c = Calendar{Zone: "UTC", Holidays: []Holiday{}, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		ch.apply(&c)
		if err := fault.All(ch.Wrong, check(tx.DB, &c)); err != nil {
			return err
		}
		if err := tx.Create(&c).Error; err != nil {
			return fmt.Errorf("create a calendar: %w", err)
		}
		return tx.Emit(Created, Subject, c.ID, nil)
	})
	return c, err
}

// apply sets what is asked for and returns the names of what differs.
func (ch Changes) apply(c *Calendar) []string {
	var changed []string
	if ch.Name != nil && *ch.Name != c.Name {
		c.Name = *ch.Name
		changed = append(changed, "name")
	}
	if ch.Zone != nil && *ch.Zone != c.Zone {
		c.Zone = *ch.Zone
		changed = append(changed, "zone")
	}
	if ch.Hours != nil && !equalJSON(*ch.Hours, c.Hours) {
		c.Hours = *ch.Hours
		changed = append(changed, "hours")
	}
	if ch.Holidays != nil && !equalJSON(*ch.Holidays, c.Holidays) {
		c.Holidays = slices.Clone(*ch.Holidays)
		slices.SortStableFunc(c.Holidays, func(a, b Holiday) int { return int(a.First - b.First) })
		changed = append(changed, "holidays")
	}
	return changed
}

func equalJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// Update changes a calendar.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, ch Changes) (Calendar, error) {
	return s.change(ctx, by, id, want, func(Calendar) (Changes, error) { return ch, nil })
}

func (s *Service) change(ctx context.Context, by authz.Actor, id int64, want etag.Condition, decide func(Calendar) (Changes, error)) (Calendar, error) {
	var c Calendar
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canRead(by) {
			return errReadDenied
		}
		if !canManage(by) {
			return errManageDenied
		}
		var err error
		if c, err = get(tx.DB, id); err != nil {
			return err
		}
		if err := want.Check(c.Version); err != nil {
			return err
		}
		ch, err := decide(c)
		if err != nil {
			return err
		}
		changed := ch.apply(&c)
		if len(changed) == 0 {
			return ch.Wrong
		}
		if err := fault.All(ch.Wrong, check(tx.DB, &c)); err != nil {
			return err
		}
		was := c.Version
		c.Version, c.UpdatedAt = was+1, tx.Now
		res := tx.Model(&Calendar{}).Where("id = ? AND version = ?", id, was).
			Select("name", "zone", "hours", "holidays", "version", "updated_at").Updates(&c)
		if res.Error != nil {
			return fmt.Errorf("save calendar %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(Updated, Subject, id, Fields{changed})
	})
	return c, err
}

// Import adds the days off that an iCalendar file holds, all of them or, when
// the file is broken, none. Days that are there already are not added again.
func (s *Service) Import(ctx context.Context, by authz.Actor, id int64, want etag.Condition, file string, dry bool) (Calendar, File, error) {
	var f File
	if dry {
		if !canManage(by) {
			return Calendar{}, f, errManageDenied
		}
		c, err := s.Get(ctx, by, id)
		if err == nil {
			f, err = readFile(file, c, s.today(c))
		}
		return c, f, err
	}
	c, err := s.change(ctx, by, id, want, func(c Calendar) (Changes, error) {
		var err error
		if f, err = readFile(file, c, s.today(c)); err != nil {
			return Changes{}, err
		}
		all := append(slices.Clone(c.Holidays), f.New...)
		return Changes{Holidays: &all}, nil
	})
	return c, f, err
}

// today is the day on which the calendar's clocks stand.
func (s *Service) today(c Calendar) Date {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		zone = time.UTC
	}
	return DateOf(s.clock.Now(), zone)
}

// Delete removes a calendar that nothing needs any more.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canRead(by) {
			return errReadDenied
		}
		if !canManage(by) {
			return errManageDenied
		}
		c, err := get(tx.DB, id)
		if err != nil {
			return err
		}
		if err := want.Check(c.Version); err != nil {
			return err
		}
		res := tx.Where("id = ? AND version = ?", id, c.Version).Delete(&Calendar{})
		if res.Error != nil {
			return fmt.Errorf("delete calendar %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(Deleted, Subject, id, nil)
	})
}
