package migration

import "time"

// snooze0041 is a ticket that rests while woken_at is null, and one that came back
// when it is not.
type snooze0041 struct {
	TicketID  int64      `gorm:"primaryKey;autoIncrement:false;index:idx_ticket_snoozes_woken,priority:2"`
	Until     *time.Time `gorm:"precision:6"`
	OnReply   bool       `gorm:"not null"`
	ByID      int64      `gorm:"not null"`
	CreatedAt time.Time  `gorm:"precision:6;not null"`
	WokenAt   *time.Time `gorm:"precision:6;index:idx_ticket_snoozes_woken,priority:1"`
}

func (snooze0041) TableName() string { return "ticket_snoozes" }

func snoozes() step { return step{version: 41, tables: []any{&snooze0041{}}} }
