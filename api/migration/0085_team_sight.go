package migration

import "time"

// ticket0085 has an index that knows of a team's tickets what decides who of the staff
// sees them, so that they are counted without a look at each; and those of what requesters and
// teams have in the order in which it is due.
type ticket0085 struct {
	ID           int64      `gorm:"index:idx_tickets_requester_due,priority:3;index:idx_tickets_team_due,priority:3"`
	CreatedByID  int64      `gorm:"index:idx_tickets_requester_due,priority:1"`
	DueAt        *time.Time `gorm:"index:idx_tickets_requester_due,priority:2;index:idx_tickets_team_due,priority:2"`
	TeamID       *int64     `gorm:"index:idx_tickets_team_sight,priority:1;index:idx_tickets_team_due,priority:1"`
	Confidential bool       `gorm:"index:idx_tickets_team_sight,priority:2"`
	AssignedToID *int64     `gorm:"index:idx_tickets_team_sight,priority:3"`
}

func (ticket0085) TableName() string { return "tickets" }

func teamSight() step {
	return step{version: 85, indexes: []column{
		{&ticket0085{}, "idx_tickets_team_sight"}, {&ticket0085{}, "idx_tickets_requester_due"}, {&ticket0085{}, "idx_tickets_team_due"},
	}}
}
