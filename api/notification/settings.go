package notification

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
)

// Mode is how mail of a kind goes out.
type Mode string //@name NotificationMailMode

// The modes.
const (
	Off    Mode = "off"
	AtOnce Mode = "at_once"
	Hourly Mode = "hourly"
	Daily  Mode = "daily"
)

// Modes lists every mode.
var Modes = []Mode{Off, AtOnce, Hourly, Daily}

// Channels says how somebody hears of a kind.
type Channels struct {
	InApp bool `json:"in_app"`
	Mail  Mode `json:"mail"`
	Push  bool `json:"push"`
}

// Settings is how somebody wants to be told. Times of day are minutes after
// midnight in their time zone.
type Settings struct {
	UserID    int64             `gorm:"primaryKey;autoIncrement:false"`
	Kinds     map[Kind]Channels `gorm:"serializer:json"`
	QuietFrom *int
	QuietTo   *int
	DigestAt  int
	Version   int64
	UpdatedAt time.Time
}

// TableName names the table for GORM.
func (Settings) TableName() string { return "notification_settings" }

// window is for how long what happens to a ticket becomes one message.
const window = time.Minute

const digestAt = 8 * 60

// preset is what holds until somebody chooses. What a requester hears by mail
// comes from the mail of the ticket itself.
var preset = map[Kind]Channels{
	Assigned: {true, AtOnce, true},
	Mention:  {true, AtOnce, true},
	Reply:    {true, Hourly, true},
	Status:   {true, Off, false},
	SLA:      {true, AtOnce, true},
	Watching: {true, Off, false},
}

func (st Settings) of(k Kind) Channels {
	if c, ok := st.Kinds[k]; ok {
		return c
	}
	return preset[k]
}

func unset(userID int64) Settings { return Settings{UserID: userID, DigestAt: digestAt} }

// settingsOf reads the settings of people; who has none has the preset.
func settingsOf(tx *gorm.DB, people ...int64) (map[int64]Settings, error) {
	out := make(map[int64]Settings, len(people))
	for _, id := range people {
		out[id] = unset(id)
	}
	var found []Settings
	if err := tx.Where("user_id IN ?", people).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("read how people want to be told: %w", err)
	}
	for _, st := range found {
		out[st.UserID] = st
	}
	return out, nil
}

// zone is a time zone by its name, UTC for none.
func zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return loc
}

const day = 24 * 60

func minute(t time.Time) int { return t.Hour()*60 + t.Minute() }

// quiet reports whether nothing may be heard at a time of day.
func (st Settings) quiet(at int) bool {
	switch {
	case st.QuietFrom == nil || st.QuietTo == nil || *st.QuietFrom == *st.QuietTo:
		return false
	case *st.QuietFrom < *st.QuietTo:
		return at >= *st.QuietFrom && at < *st.QuietTo
	}
	return at >= *st.QuietFrom || at < *st.QuietTo
}

// awake returns the first time from at on that is not quiet where somebody is.
func (st Settings) awake(at time.Time, loc *time.Location) time.Time {
	local := at.In(loc)
	if !st.quiet(minute(local)) {
		return at
	}
	end := onDay(local, 0, *st.QuietTo)
	if !end.After(local) {
		end = onDay(local, 1, *st.QuietTo)
	}
	// A time of day that a change of clocks leaves out may have come out earlier.
	for n := 0; st.quiet(minute(end)) && n < day; n++ {
		end = end.Add(time.Minute)
	}
	return end.UTC()
}

// onDay is a time of day so many days later.
func onDay(t time.Time, days, at int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, at/60, at%60, 0, 0, t.Location())
}

// due returns when something that happens now leaves in a mode.
func (st Settings) due(m Mode, now time.Time, loc *time.Location) time.Time {
	local := now.In(loc)
	at := now.Add(window)
	switch m {
	case Hourly:
		at = local.Truncate(time.Minute).Add(time.Duration(60-local.Minute()) * time.Minute)
	case Daily:
		at = onDay(local, 0, st.DigestAt)
		if !at.After(local) {
			at = onDay(local, 1, st.DigestAt)
		}
	case AtOnce, Off:
	}
	return st.awake(at.UTC(), loc)
}

// Settings returns how the actor wants to be told.
func (s *Service) Settings(ctx context.Context, by authz.Actor) (Settings, error) {
	found, err := settingsOf(s.DB.Read(ctx), by.ID)
	return found[by.ID], err
}

// SettingChanges is what a change of settings asks for; nil leaves a part.
type SettingChanges struct {
	Kinds    map[Kind]Channels
	Quiet    bool // whether From and To are asked for
	From, To *int
	DigestAt *int
}

// Choose changes how the actor wants to be told.
func (s *Service) Choose(ctx context.Context, by authz.Actor, want etag.Condition, ch SettingChanges) (Settings, error) {
	var st Settings
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		st = Settings{}
		err := tx.Where("user_id = ?", by.ID).Take(&st).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			st = unset(by.ID)
		} else if err != nil {
			return fmt.Errorf("read how somebody wants to be told: %w", err)
		}
		if err := want.Check(st.Version); err != nil {
			return err
		}
		kinds := map[Kind]Channels{}
		for _, k := range Kinds {
			kinds[k] = st.of(k)
			if c, ok := ch.Kinds[k]; ok {
				kinds[k] = c
			}
		}
		st.Kinds = kinds
		if ch.Quiet {
			st.QuietFrom, st.QuietTo = ch.From, ch.To
		}
		if ch.DigestAt != nil {
			st.DigestAt = *ch.DigestAt
		}
		was := st.Version
		st.Version, st.UpdatedAt = was+1, tx.Now
		if was == 0 {
			err := tx.Create(&st).Error
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return db.ErrLostRace
			}
			return err
		}
		res := tx.Model(&Settings{}).Where("user_id = ? AND version = ?", by.ID, was).
			Select("kinds", "quiet_from", "quiet_to", "digest_at", "version", "updated_at").Updates(&st)
		if res.Error != nil {
			return fmt.Errorf("keep how somebody wants to be told: %w", res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return nil
	})
	return st, err
}
