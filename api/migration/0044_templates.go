package migration

import "time"

type template0044 struct {
	ID           int64     `gorm:"primaryKey;autoIncrement"`
	OwnerID      int64     `gorm:"not null"`
	Name         string    `gorm:"size:100;not null"`
	Shared       bool      `gorm:"not null;default:false"`
	ForEmployees bool      `gorm:"not null;default:false"`
	Data         []byte    `gorm:"type:longblob;not null"`
	Version      int64     `gorm:"not null;default:1"`
	CreatedAt    time.Time `gorm:"precision:6;not null"`
	UpdatedAt    time.Time `gorm:"precision:6;not null"`
}

func (template0044) TableName() string { return "ticket_templates" }

func templates() step { return step{version: 44, tables: []any{&template0044{}}} }
