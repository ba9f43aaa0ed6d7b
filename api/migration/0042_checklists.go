package migration

import "time"

type checklistItem0042 struct {
	ID        int64      `gorm:"primaryKey;autoIncrement"`
	TicketID  int64      `gorm:"not null;index:idx_checklist_items_ticket,priority:1"`
	Position  int        `gorm:"not null;index:idx_checklist_items_ticket,priority:2"`
	Text      string     `gorm:"size:500;not null"`
	Required  bool       `gorm:"not null;default:false"`
	DoneAt    *time.Time `gorm:"precision:6"`
	DoneByID  *int64
	Version   int64     `gorm:"not null;default:1"`
	CreatedBy int64     `gorm:"not null"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
	UpdatedAt time.Time `gorm:"precision:6;not null"`
}

func (checklistItem0042) TableName() string { return "checklist_items" }

func checklists() step { return step{version: 42, tables: []any{&checklistItem0042{}}} }
