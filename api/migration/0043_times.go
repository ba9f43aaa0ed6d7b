package migration

import "time"

type timeEntry0043 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement"`
	TicketID  int64     `gorm:"not null;index:idx_time_entries_ticket"`
	UserID    int64     `gorm:"not null;index:idx_time_entries_user,priority:1"`
	Minutes   int       `gorm:"not null"`
	Note      string    `gorm:"size:500;not null;default:''"`
	Day       string    `gorm:"size:10;not null;index:idx_time_entries_user,priority:2;index:idx_time_entries_day"`
	Version   int64     `gorm:"not null;default:1"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
	UpdatedAt time.Time `gorm:"precision:6;not null"`
}

func (timeEntry0043) TableName() string { return "time_entries" }

// timer0043 is a timer that runs; its key lets each person have one.
type timer0043 struct {
	UserID    int64     `gorm:"primaryKey;autoIncrement:false"`
	TicketID  int64     `gorm:"not null;index:idx_timers_ticket"`
	StartedAt time.Time `gorm:"precision:6;not null"`
}

func (timer0043) TableName() string { return "timers" }

func times() step { return step{version: 43, tables: []any{&timeEntry0043{}, &timer0043{}}} }
