package migration

import "time"

type recurrence0057 struct {
	ID           int64      `gorm:"primaryKey;autoIncrement"`
	OwnerID      int64      `gorm:"not null"`
	Name         string     `gorm:"size:100;not null"`
	Rule         string     `gorm:"size:300;not null"`
	Starts       string     `gorm:"size:16;not null"`
	Zone         string     `gorm:"size:64;not null"`
	CatchUp      string     `gorm:"size:12;not null"`
	Enabled      bool       `gorm:"not null"`
	RequesterID  int64      `gorm:"not null"`
	TemplateID   *int64     `gorm:""`
	Title        string     `gorm:"size:200;not null;default:''"`
	Description  string     `gorm:"type:mediumtext;not null"`
	DueAt        *time.Time `gorm:"precision:6"`
	TryAt        *time.Time `gorm:"precision:6;index:idx_recurrences_try"`
	Problem      string     `gorm:"size:500;not null;default:''"`
	LastRunAt    *time.Time `gorm:"precision:6"`
	LastTicketID *int64     `gorm:"index:idx_recurrences_ticket"`
	Runs         int64      `gorm:"not null;default:0"`
	Version      int64      `gorm:"not null;default:1"`
	CreatedAt    time.Time  `gorm:"precision:6;not null"`
	UpdatedAt    time.Time  `gorm:"precision:6;not null"`
	DeletedAt    *time.Time `gorm:"precision:6"`
}

func (recurrence0057) TableName() string { return "recurrences" }

// recurrenceRun0057 is a date that had its ticket. Its key makes it once.
type recurrenceRun0057 struct {
	RecurrenceID int64     `gorm:"primaryKey;autoIncrement:false"`
	Occurrence   int64     `gorm:"primaryKey;autoIncrement:false"`
	TicketID     int64     `gorm:"not null;index:idx_recurrence_runs_ticket"`
	ByHand       bool      `gorm:"not null"`
	CreatedAt    time.Time `gorm:"precision:6;not null"`
}

func (recurrenceRun0057) TableName() string { return "recurrence_runs" }

func recurrences() step {
	return step{version: 57, tables: []any{&recurrence0057{}, &recurrenceRun0057{}}}
}
