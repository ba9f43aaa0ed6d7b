package migration

import "time"

// template0080 can be brought back for a day.
type template0080 struct {
	DeletedAt *time.Time `gorm:"precision:6"`
}

func (template0080) TableName() string { return "ticket_templates" }

func templateUndo() step {
	return step{version: 80, columns: []column{{&template0080{}, "DeletedAt"}}}
}
