package migration

import "time"

// macro0047 keeps the actions as JSON: they are read and written whole.
type macro0047 struct {
	ID         int64      `gorm:"primaryKey;autoIncrement"`
	OwnerID    int64      `gorm:"not null;index:idx_macros_owner"`
	Name       string     `gorm:"size:400;not null"`
	Kind       string     `gorm:"size:8;not null"`
	Content    string     `gorm:"type:text;not null"`
	Actions    string     `gorm:"type:text;not null"`
	SharedWith string     `gorm:"size:16;not null;default:'';index:idx_macros_shared"`
	TeamID     *int64     `gorm:"index:idx_macros_team"`
	Version    int64      `gorm:"not null;default:1"`
	CreatedAt  time.Time  `gorm:"precision:6;not null"`
	UpdatedAt  time.Time  `gorm:"precision:6;not null"`
	DeletedAt  *time.Time `gorm:"precision:6;index:idx_macros_deleted"`
}

func (macro0047) TableName() string { return "macros" }

// macroRun0047 is one macro used on one ticket, with what takes it back.
type macroRun0047 struct {
	ID        int64      `gorm:"primaryKey;autoIncrement"`
	MacroID   int64      `gorm:"not null"`
	TicketID  int64      `gorm:"not null;index:idx_macro_runs_ticket"`
	ActorID   int64      `gorm:"not null"`
	Steps     string     `gorm:"type:mediumtext;not null"`
	After     int64      `gorm:"column:after_version;not null"`
	CreatedAt time.Time  `gorm:"precision:6;not null;index:idx_macro_runs_created"`
	UndoneAt  *time.Time `gorm:"precision:6"`
}

func (macroRun0047) TableName() string { return "macro_runs" }

func macros() step {
	return step{
		version: 47, tables: []any{&macro0047{}, &macroRun0047{}},
		// What a macro did is longer than what one action did.
		widened: []column{{&bulkItem0047{}, "Before"}},
	}
}

type bulkItem0047 struct {
	RunID    int64  `gorm:"primaryKey;autoIncrement:false"`
	TicketID int64  `gorm:"primaryKey;autoIncrement:false"`
	Before   string `gorm:"type:mediumtext;not null"`
}

func (bulkItem0047) TableName() string { return "bulk_items" }
