package migration

import "time"

// rule0048 keeps triggers and actions as JSON: they are read and written whole.
type rule0048 struct {
	ID        int64      `gorm:"primaryKey;autoIncrement"`
	OwnerID   int64      `gorm:"not null"`
	Position  int        `gorm:"not null;index:idx_rules_position"`
	Name      string     `gorm:"size:400;not null"`
	Enabled   bool       `gorm:"not null"`
	Problem   string     `gorm:"size:1000;not null;default:''"`
	Triggers  string     `gorm:"size:255;not null"`
	Every     int        `gorm:"column:every_minutes;not null;default:0"`
	Condition string     `gorm:"column:applies_to;type:text;not null"`
	Actions   string     `gorm:"type:mediumtext;not null"`
	Stop      bool       `gorm:"not null"`
	NextAt    *time.Time `gorm:"precision:6;index:idx_rules_next"`
	Version   int64      `gorm:"not null;default:1"`
	CreatedAt time.Time  `gorm:"precision:6;not null"`
	UpdatedAt time.Time  `gorm:"precision:6;not null"`
	DeletedAt *time.Time `gorm:"precision:6"`
}

func (rule0048) TableName() string { return "rules" }

// ruleVersion0048 is a rule as it was saved.
type ruleVersion0048 struct {
	RuleID    int64     `gorm:"primaryKey;autoIncrement:false"`
	Version   int64     `gorm:"primaryKey;autoIncrement:false"`
	ActorID   int64     `gorm:"not null"`
	Snapshot  string    `gorm:"type:mediumtext;not null"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
}

func (ruleVersion0048) TableName() string { return "rule_versions" }

// ruleRun0048 is what became of a rule at one event, or of a ticket at one time.
// Its key makes it once.
type ruleRun0048 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement;index:idx_rule_runs_rule,priority:2;index:idx_rule_runs_state,priority:3"`
	RunKey    string    `gorm:"size:64;not null;uniqueIndex:idx_rule_runs_key"`
	RuleID    int64     `gorm:"not null;index:idx_rule_runs_rule,priority:1;index:idx_rule_runs_state,priority:1"`
	Version   int64     `gorm:"not null"`
	TicketID  int64     `gorm:"not null;index:idx_rule_runs_ticket"`
	EventID   int64     `gorm:"not null"`
	Cause     string    `gorm:"size:64;not null"`
	State     string    `gorm:"size:12;not null;index:idx_rule_runs_state,priority:2"`
	Reason    string    `gorm:"size:2000;not null"`
	Stopped   bool      `gorm:"not null"`
	CreatedAt time.Time `gorm:"precision:6;not null;index:idx_rule_runs_created"`
}

func (ruleRun0048) TableName() string { return "rule_runs" }

// ruleMark0048 is a ticket that a rule on time has dealt with, as long as it fits.
type ruleMark0048 struct {
	RuleID   int64 `gorm:"primaryKey;autoIncrement:false"`
	TicketID int64 `gorm:"primaryKey;autoIncrement:false"`
}

func (ruleMark0048) TableName() string { return "rule_marks" }

func rules() step {
	return step{version: 48, tables: []any{&rule0048{}, &ruleVersion0048{}, &ruleRun0048{}, &ruleMark0048{}}}
}
