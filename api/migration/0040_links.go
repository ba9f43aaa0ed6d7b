package migration

import "time"

// ticket0040 is a part of another ticket once it was merged; its comments are
// there then.
type ticket0040 struct {
	ID           int64
	MergedIntoID *int64
}

func (ticket0040) TableName() string { return "tickets" }

// comment0040 remembers on what ticket it was written, where that is another one.
type comment0040 struct {
	ID       int64
	OriginID *int64 `gorm:"index:idx_comments_origin"`
}

func (comment0040) TableName() string { return "comments" }

// link0040 says how two tickets belong together, from the point of view of one of
// them: each link is two rows.
type link0040 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement"`
	TicketID  int64     `gorm:"not null;uniqueIndex:idx_ticket_links_pair,priority:1;index:idx_ticket_links_kind,priority:1;index:idx_ticket_links_other,priority:3"`
	OtherID   int64     `gorm:"not null;uniqueIndex:idx_ticket_links_pair,priority:2;index:idx_ticket_links_other,priority:2"`
	Kind      string    `gorm:"size:16;not null;index:idx_ticket_links_kind,priority:2;index:idx_ticket_links_other,priority:1"`
	CreatedBy int64     `gorm:"not null"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
}

func (link0040) TableName() string { return "ticket_links" }

type merge0040 struct {
	TicketID  int64     `gorm:"primaryKey;autoIncrement:false"`
	TargetID  int64     `gorm:"not null;index:idx_ticket_merges_target"`
	Data      []byte    `gorm:"type:longblob;not null"`
	CreatedBy int64     `gorm:"not null"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
}

func (merge0040) TableName() string { return "ticket_merges" }

type split0040 struct {
	TicketID  int64     `gorm:"primaryKey;autoIncrement:false"`
	SourceID  int64     `gorm:"not null;index:idx_ticket_splits_source"`
	Version   int64     `gorm:"not null"`
	Data      []byte    `gorm:"type:longblob;not null"`
	CreatedBy int64     `gorm:"not null"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
}

func (split0040) TableName() string { return "ticket_splits" }

func links() step {
	return step{
		version: 40,
		tables:  []any{&link0040{}, &merge0040{}, &split0040{}},
		columns: []column{{&ticket0040{}, "MergedIntoID"}, {&comment0040{}, "OriginID"}},
		indexes: []column{{&comment0040{}, "idx_comments_origin"}},
	}
}
