package migration

import "time"

// calendar0010 keeps hours and holidays as JSON: they are read and written whole.
type calendar0010 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement"`
	Name      string    `gorm:"size:100;not null"`
	Zone      string    `gorm:"size:64;not null"`
	Hours     string    `gorm:"type:text;not null"`
	Holidays  string    `gorm:"type:mediumtext;not null"`
	Version   int64     `gorm:"not null;default:1"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
	UpdatedAt time.Time `gorm:"precision:6;not null"`
}

func (calendar0010) TableName() string { return "calendars" }

func calendars() step { return step{version: 10, tables: []any{&calendar0010{}}} }
