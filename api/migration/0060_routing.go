package migration

import "time"

type routingQueue0060 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement"`
	TeamID    int64     `gorm:"not null"`
	Position  int       `gorm:"not null"`
	Name      string    `gorm:"size:100;not null"`
	Enabled   bool      `gorm:"not null"`
	Strategy  string    `gorm:"size:16;not null"`
	Condition string    `gorm:"column:applies_to;type:text;not null"`
	Sticky    bool      `gorm:"not null"`
	Capacity  int       `gorm:"not null"`
	Turn      int64     `gorm:"not null;default:0"`
	Version   int64     `gorm:"not null;default:1"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
	UpdatedAt time.Time `gorm:"precision:6;not null"`
}

func (routingQueue0060) TableName() string { return "routing_queues" }

// routingAgent0060 keeps the skills as JSON: they are read and written whole.
type routingAgent0060 struct {
	UserID     int64 `gorm:"primaryKey;autoIncrement:false"`
	Capacity   *int
	CalendarID *int64     `gorm:"index:idx_routing_agents_calendar"`
	Skills     string     `gorm:"type:text;not null"`
	Away       bool       `gorm:"not null"`
	BackAt     *time.Time `gorm:"precision:6"`
	Version    int64      `gorm:"not null;default:1"`
	UpdatedAt  time.Time  `gorm:"precision:6;not null"`
}

func (routingAgent0060) TableName() string { return "routing_agents" }

type routingSkill0060 struct {
	TagID      int64  `gorm:"primaryKey;autoIncrement:false"`
	Categories string `gorm:"type:text;not null"`
}

func (routingSkill0060) TableName() string { return "routing_skills" }

type routingTurn0060 struct {
	QueueID int64 `gorm:"primaryKey;autoIncrement:false"`
	UserID  int64 `gorm:"primaryKey;autoIncrement:false"`
	Turn    int64 `gorm:"not null"`
}

func (routingTurn0060) TableName() string { return "routing_turns" }

// routingWait0060 is in the order of its ids.
type routingWait0060 struct {
	ID       int64     `gorm:"primaryKey;autoIncrement;index:idx_routing_waits_queue,priority:2"`
	TicketID int64     `gorm:"not null;uniqueIndex:idx_routing_waits_ticket"`
	QueueID  int64     `gorm:"not null;index:idx_routing_waits_queue,priority:1"`
	Since    time.Time `gorm:"precision:6;not null"`
	BackFrom int64     `gorm:"not null;default:0"`
}

func (routingWait0060) TableName() string { return "routing_waits" }

type routingDecision0060 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement;index:idx_routing_decisions_ticket,priority:2"`
	TicketID  int64     `gorm:"not null;index:idx_routing_decisions_ticket,priority:1"`
	QueueID   int64     `gorm:"not null"`
	Queue     string    `gorm:"size:100;not null"`
	Strategy  string    `gorm:"size:16;not null"`
	UserID    int64     `gorm:"not null"`
	Reason    string    `gorm:"size:16;not null"`
	Skills    string    `gorm:"type:text;not null"`
	Verdicts  string    `gorm:"type:mediumtext;not null"`
	WaitedMS  int64     `gorm:"column:waited_ms;not null"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
}

func (routingDecision0060) TableName() string { return "routing_decisions" }

// routingLock0060 has one row, through which every assignment goes.
type routingLock0060 struct {
	ID int64 `gorm:"primaryKey;autoIncrement:false"`
	N  int64 `gorm:"not null"`
}

func (routingLock0060) TableName() string { return "routing_locks" }

func routing() step {
	return step{version: 60, tables: []any{
		&routingQueue0060{}, &routingAgent0060{}, &routingSkill0060{}, &routingTurn0060{}, &routingWait0060{}, &routingDecision0060{}, &routingLock0060{},
	}}
}
