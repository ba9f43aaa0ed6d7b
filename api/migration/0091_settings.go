package migration

import "time"

// settings0091 is one row: what administrators have chosen for the whole desk.
type settings0091 struct {
	ID           int64     `gorm:"primaryKey;autoIncrement:false"`
	EmployeeTags bool      `gorm:"not null"`
	Version      int64     `gorm:"not null"`
	UpdatedAt    time.Time `gorm:"precision:6;not null"`
}

func (settings0091) TableName() string { return "desk_settings" }

func deskSettings() step { return step{version: 91, tables: []any{&settings0091{}}} }
