package migration

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

// note0002 is a table of its own, so that no query about comments can ever
// return a note.
type note0002 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement;index:idx_notes_ticket,priority:2"`
	TicketID  int64     `gorm:"not null;index:idx_notes_ticket,priority:1"`
	AuthorID  int64     `gorm:"not null"`
	Content   string    `gorm:"type:mediumtext;not null"`
	Version   int64     `gorm:"not null;default:1"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
	UpdatedAt time.Time `gorm:"precision:6;not null"`
}

func (note0002) TableName() string { return "notes" }

type message0002 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement"`
	TicketID  int64     `gorm:"not null"`
	AuthorID  int64     `gorm:"not null;index:idx_messages_author,priority:1"`
	Kind      string    `gorm:"size:8;not null"`
	Content   string    `gorm:"type:mediumtext;not null"`
	Status    int       `gorm:"type:smallint;not null;default:0"`
	State     string    `gorm:"size:10;not null;index:idx_messages_author,priority:2;index:idx_messages_state,priority:1"`
	Reason    string    `gorm:"size:255;not null;default:''"`
	ReleaseAt time.Time `gorm:"precision:6;not null;index:idx_messages_state,priority:2"`
	CommentID *int64
	NoteID    *int64
	Version   int64     `gorm:"not null;default:1"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
	UpdatedAt time.Time `gorm:"precision:6;not null"`
}

func (message0002) TableName() string { return "messages" }

type draft0002 struct {
	UserID    int64     `gorm:"primaryKey;autoIncrement:false"`
	TicketID  int64     `gorm:"primaryKey;autoIncrement:false;index:idx_drafts_ticket"`
	Kind      string    `gorm:"primaryKey;size:8"`
	Title     string    `gorm:"size:200;not null;default:''"`
	Content   string    `gorm:"type:mediumtext;not null"`
	Version   int64     `gorm:"not null;default:1"`
	UpdatedAt time.Time `gorm:"precision:6;not null"`
}

func (draft0002) TableName() string { return "drafts" }

type ticketRead0002 struct {
	UserID   int64     `gorm:"primaryKey;autoIncrement:false"`
	TicketID int64     `gorm:"primaryKey;autoIncrement:false;index:idx_ticket_reads_ticket"`
	EventID  int64     `gorm:"not null"`
	SeenAt   time.Time `gorm:"precision:6;not null"`
}

func (ticketRead0002) TableName() string { return "ticket_reads" }

// presence0002 has a row for each window in which somebody looks at a ticket.
type presence0002 struct {
	UserID    int64     `gorm:"primaryKey;autoIncrement:false"`
	ClientID  string    `gorm:"primaryKey;size:64"`
	TicketID  int64     `gorm:"not null;index:idx_presences_ticket"`
	State     string    `gorm:"size:8;not null"`
	ExpiresAt time.Time `gorm:"precision:6;not null;index:idx_presences_expires"`
}

func (presence0002) TableName() string { return "presences" }

// deletedTicket0002 keeps what was deleted for as long as it can be restored.
type deletedTicket0002 struct {
	TicketID  int64     `gorm:"primaryKey;autoIncrement:false"`
	Data      []byte    `gorm:"type:longblob;not null"`
	DeletedBy int64     `gorm:"not null"`
	DeletedAt time.Time `gorm:"precision:6;not null;index:idx_deleted_tickets_at"`
}

func (deletedTicket0002) TableName() string { return "deleted_tickets" }

type bulkRun0002 struct {
	ID         int64  `gorm:"primaryKey;autoIncrement"`
	ActorID    int64  `gorm:"not null;index:idx_bulk_runs_actor"`
	Action     string `gorm:"size:255;not null"`
	State      string `gorm:"size:10;not null"`
	Total      int    `gorm:"not null"`
	Done       int    `gorm:"not null;default:0"`
	Failed     int    `gorm:"not null;default:0"`
	Skipped    int    `gorm:"not null;default:0"`
	UndoOf     *int64
	UndoneBy   *int64
	Version    int64      `gorm:"not null;default:1"`
	CreatedAt  time.Time  `gorm:"precision:6;not null;index:idx_bulk_runs_created"`
	FinishedAt *time.Time `gorm:"precision:6"`
}

func (bulkRun0002) TableName() string { return "bulk_runs" }

type bulkItem0002 struct {
	RunID    int64  `gorm:"primaryKey;autoIncrement:false;index:idx_bulk_items_state,priority:1"`
	TicketID int64  `gorm:"primaryKey;autoIncrement:false;index:idx_bulk_items_state,priority:3"`
	State    string `gorm:"size:8;not null;index:idx_bulk_items_state,priority:2"`
	Message  string `gorm:"size:255;not null;default:''"`
	Before   string `gorm:"size:255;not null;default:''"`
	After    int64  `gorm:"not null;default:0"`
}

func (bulkItem0002) TableName() string { return "bulk_items" }

// ticket0002 adds who had the last word: 0 nobody yet, 1 the requester, 2 others.
type ticket0002 struct {
	LastReply  int        `gorm:"type:smallint;not null;default:0"`
	CreatedAt  time.Time  `gorm:"index:idx_tickets_created,priority:1"`
	ResolvedAt *time.Time `gorm:"index:idx_tickets_resolved,priority:1"`
	ID         int64      `gorm:"index:idx_tickets_created,priority:2;index:idx_tickets_resolved,priority:2"`
}

func (ticket0002) TableName() string { return "tickets" }

func workspace() step {
	return step{
		version: 2,
		tables: []any{
			&note0002{}, &message0002{}, &draft0002{}, &ticketRead0002{}, &presence0002{},
			&deletedTicket0002{}, &bulkRun0002{}, &bulkItem0002{},
		},
		columns: []column{{&ticket0002{}, "LastReply"}},
		indexes: []column{{&ticket0002{}, "idx_tickets_created"}, {&ticket0002{}, "idx_tickets_resolved"}},
		fill:    fillLastReply,
	}
}

// fillRows is how many tickets one transaction fills, so that none is long.
const fillRows = 5000

// fillLastReply finds out who had the last word on the tickets that are there.
// Doing it again does no harm.
func fillLastReply(ctx context.Context, d *db.DB) error {
	var last int64
	if err := d.Read(ctx).Raw("SELECT COALESCE(MAX(id), 0) FROM tickets").Scan(&last).Error; err != nil {
		return fmt.Errorf("find the last ticket: %w", err)
	}
	for from := int64(0); from < last; from += fillRows {
		err := d.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			return tx.Exec("UPDATE tickets SET last_reply = COALESCE((SELECT CASE WHEN c.author_id = tickets.created_by_id THEN 1 ELSE 2 END"+
				" FROM comments AS c WHERE c.ticket_id = tickets.id AND c.is_system_message = ? ORDER BY c.id DESC LIMIT 1), 0)"+
				" WHERE comment_count > 0 AND id > ? AND id <= ?", false, from, from+fillRows).Error
		})
		if err != nil {
			return fmt.Errorf("fill in who had the last word: %w", err)
		}
	}
	return nil
}
