package migration

import "time"

// slaPolicy0011 keeps targets and escalation steps as JSON: they are read and
// written whole.
type slaPolicy0011 struct {
	ID           int64  `gorm:"primaryKey;autoIncrement"`
	Position     int    `gorm:"not null;index:idx_sla_policies_position"`
	Name         string `gorm:"size:100;not null"`
	Enabled      bool   `gorm:"not null"`
	Condition    string `gorm:"column:applies_to;type:text;not null"`
	CalendarID   *int64
	Targets      string    `gorm:"size:255;not null"`
	PauseWaiting bool      `gorm:"not null"`
	RiskPercent  int       `gorm:"not null"`
	Steps        string    `gorm:"type:text;not null"`
	Version      int64     `gorm:"not null;default:1"`
	CreatedAt    time.Time `gorm:"precision:6;not null"`
	UpdatedAt    time.Time `gorm:"precision:6;not null"`
}

func (slaPolicy0011) TableName() string { return "sla_policies" }

// slaClock0011 has a row for each time that somebody waits for a target.
type slaClock0011 struct {
	ID         int64      `gorm:"primaryKey;autoIncrement;index:idx_sla_clocks_next,priority:2;index:idx_sla_clocks_judged,priority:2"`
	TicketID   int64      `gorm:"not null;uniqueIndex:idx_sla_clocks_run,priority:1"`
	Target     string     `gorm:"size:16;not null;uniqueIndex:idx_sla_clocks_run,priority:2"`
	StartedAt  time.Time  `gorm:"precision:6;not null;uniqueIndex:idx_sla_clocks_run,priority:3"`
	StoppedAt  *time.Time `gorm:"precision:6"`
	Pauses     string     `gorm:"type:text;not null"`
	PolicyID   int64      `gorm:"not null;index:idx_sla_clocks_policy"`
	CalendarID *int64
	Goal       int64      `gorm:"not null"`
	Elapsed    int64      `gorm:"not null"`
	State      string     `gorm:"size:8;not null"`
	DueAt      *time.Time `gorm:"precision:6"`
	RiskAt     *time.Time `gorm:"precision:6"`
	BreachedAt *time.Time `gorm:"precision:6"`
	MetAt      *time.Time `gorm:"precision:6"`
	JudgedAt   *time.Time `gorm:"precision:6;index:idx_sla_clocks_judged,priority:1"`
	NextAt     *time.Time `gorm:"precision:6;index:idx_sla_clocks_next,priority:1"`
	Fired      string     `gorm:"type:text;not null"`
	Version    int64      `gorm:"not null;default:1"`
}

func (slaClock0011) TableName() string { return "sla_clocks" }

// slaRun0011 is one counting of all tickets again.
type slaRun0011 struct {
	ID         int64  `gorm:"primaryKey;autoIncrement"`
	ActorID    int64  `gorm:"not null"`
	Reason     string `gorm:"size:32;not null"`
	Scope      string `gorm:"size:8;not null"`
	Requester  *int64
	State      string     `gorm:"size:10;not null;index:idx_sla_runs_state"`
	Status     int        `gorm:"type:smallint;not null"`
	LastID     int64      `gorm:"not null"`
	Total      int64      `gorm:"not null"`
	Done       int64      `gorm:"not null"`
	SlowestMS  int64      `gorm:"column:slowest_ms;not null"`
	CreatedAt  time.Time  `gorm:"precision:6;not null"`
	FinishedAt *time.Time `gorm:"precision:6"`
}

func (slaRun0011) TableName() string { return "sla_runs" }

// ticket0011 adds by when something must happen on a ticket (source: 0 nobody
// says, 1 an SLA, 2 somebody by hand), and how it stands against its SLA: 0 none,
// 1 ok, 2 at risk, 3 breached, 4 paused, 5 met.
type ticket0011 struct {
	DueAt        *time.Time `gorm:"precision:6;index:idx_tickets_due,priority:1;index:idx_tickets_status_due,priority:2;index:idx_tickets_assignee_due,priority:2"`
	DueSource    int        `gorm:"type:smallint;not null;default:0"`
	SLAState     int        `gorm:"column:sla_state;type:smallint;not null;default:0;index:idx_tickets_sla_state,priority:1"`
	Status       int        `gorm:"type:smallint;index:idx_tickets_status_due,priority:1"`
	AssignedToID *int64     `gorm:"index:idx_tickets_assignee_due,priority:1"`
	ID           int64      `gorm:"index:idx_tickets_due,priority:2;index:idx_tickets_status_due,priority:3;index:idx_tickets_assignee_due,priority:3;index:idx_tickets_sla_state,priority:2"`
}

func (ticket0011) TableName() string { return "tickets" }

func slas() step {
	return step{
		version: 11,
		tables:  []any{&slaPolicy0011{}, &slaClock0011{}, &slaRun0011{}},
		columns: []column{{&ticket0011{}, "DueAt"}, {&ticket0011{}, "DueSource"}, {&ticket0011{}, "SLAState"}},
		indexes: []column{
			{&ticket0011{}, "idx_tickets_due"}, {&ticket0011{}, "idx_tickets_status_due"},
			{&ticket0011{}, "idx_tickets_assignee_due"}, {&ticket0011{}, "idx_tickets_sla_state"},
		},
	}
}
