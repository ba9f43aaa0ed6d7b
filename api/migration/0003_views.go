package migration

import "time"

type view0003 struct {
	ID         int64      `gorm:"primaryKey;autoIncrement"`
	OwnerID    int64      `gorm:"not null;index:idx_views_owner"`
	Name       string     `gorm:"size:400;not null"`
	Icon       string     `gorm:"size:64;not null;default:''"`
	Q          string     `gorm:"type:text;not null"`
	Sort       string     `gorm:"size:20;not null"`
	Columns    string     `gorm:"size:1000;not null;default:''"`
	SharedWith string     `gorm:"size:16;not null;default:'';index:idx_views_shared"`
	Version    int64      `gorm:"not null;default:1"`
	CreatedAt  time.Time  `gorm:"precision:6;not null"`
	UpdatedAt  time.Time  `gorm:"precision:6;not null"`
	DeletedAt  *time.Time `gorm:"precision:6;index:idx_views_deleted"`
}

func (view0003) TableName() string { return "views" }

// preference0003 holds what a person has chosen for the app, by name, as JSON.
type preference0003 struct {
	UserID    int64     `gorm:"primaryKey;autoIncrement:false"`
	Name      string    `gorm:"primaryKey;size:64"`
	Value     string    `gorm:"type:mediumtext;not null"`
	Version   int64     `gorm:"not null;default:1"`
	UpdatedAt time.Time `gorm:"precision:6;not null"`
}

func (preference0003) TableName() string { return "preferences" }

// ticket0003 lets lists of who has to act next walk along an index.
type ticket0003 struct {
	ID        int64 `gorm:"index:idx_tickets_status_reply,priority:3"`
	Status    int   `gorm:"index:idx_tickets_status_reply,priority:1"`
	LastReply int   `gorm:"index:idx_tickets_status_reply,priority:2"`
}

func (ticket0003) TableName() string { return "tickets" }

type user0003 struct {
	Department string `gorm:"index:idx_users_department"`
}

func (user0003) TableName() string { return "users" }

func views() step {
	return step{
		version: 3,
		tables:  []any{&view0003{}, &preference0003{}},
		indexes: []column{{&ticket0003{}, "idx_tickets_status_reply"}, {&user0003{}, "idx_users_department"}},
	}
}
