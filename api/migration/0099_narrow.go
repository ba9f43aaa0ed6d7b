package migration

// ticket0099 has an index that knows of each ticket, by its id, what decides who sees it and
// what most conditions ask for. It is some fifty bytes wide, where a ticket is as long as its
// description: of a million tickets it stays in the memory of a database.
type ticket0099 struct {
	ID           int64  `gorm:"index:idx_tickets_narrow,priority:1"`
	Confidential bool   `gorm:"index:idx_tickets_narrow,priority:2"`
	AssignedToID *int64 `gorm:"index:idx_tickets_narrow,priority:3"`
	TeamID       *int64 `gorm:"index:idx_tickets_narrow,priority:4"`
	CreatedByID  int64  `gorm:"index:idx_tickets_narrow,priority:5"`
	Status       int    `gorm:"index:idx_tickets_narrow,priority:6"`
	Priority     int    `gorm:"index:idx_tickets_narrow,priority:7"`
	LastReply    int    `gorm:"index:idx_tickets_narrow,priority:8"`
	Department   string `gorm:"index:idx_tickets_narrow,priority:9"`
}

func (ticket0099) TableName() string { return "tickets" }

func narrow() step {
	return step{version: 99, indexes: []column{{&ticket0099{}, "idx_tickets_narrow"}}}
}
