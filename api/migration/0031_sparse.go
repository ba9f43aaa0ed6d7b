package migration

import "time"

// ticket0031 has indexes for conditions that find few tickets.
type ticket0031 struct {
	ID           int64      `gorm:"index:idx_tickets_comments,priority:2;index:idx_tickets_closed,priority:2"`
	CommentCount int        `gorm:"index:idx_tickets_comments,priority:1"`
	ClosedAt     *time.Time `gorm:"index:idx_tickets_closed,priority:1"`
}

func (ticket0031) TableName() string { return "tickets" }

// ticketRead0031 lists what somebody has looked at, and how far, in one index.
type ticketRead0031 struct {
	UserID   int64 `gorm:"index:idx_ticket_reads_looks,priority:1"`
	TicketID int64 `gorm:"index:idx_ticket_reads_looks,priority:2"`
	EventID  int64 `gorm:"index:idx_ticket_reads_looks,priority:3"`
}

func (ticketRead0031) TableName() string { return "ticket_reads" }

func sparse() step {
	return step{version: 31, indexes: []column{
		{&ticket0031{}, "idx_tickets_comments"}, {&ticket0031{}, "idx_tickets_closed"},
		{&ticketRead0031{}, "idx_ticket_reads_looks"},
	}}
}
