package migration

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

// webhook0012 keeps the list of events as JSON: it is read and written whole.
type webhook0012 struct {
	ID             int64      `gorm:"primaryKey;autoIncrement"`
	URL            string     `gorm:"type:text;not null"`
	Description    string     `gorm:"size:200;not null"`
	Kind           string     `gorm:"size:16;not null"`
	Events         string     `gorm:"type:text;not null"`
	Internal       bool       `gorm:"not null"`
	Confidential   bool       `gorm:"not null"`
	Active         bool       `gorm:"not null"`
	DisabledReason string     `gorm:"size:16;not null"`
	Secret         string     `gorm:"size:128;not null"`
	OldSecret      string     `gorm:"size:128;not null"`
	OldSecretUntil *time.Time `gorm:"precision:6"`
	Failures       int        `gorm:"not null"`
	FailingSince   *time.Time `gorm:"precision:6"`
	PausedUntil    *time.Time `gorm:"precision:6"`
	LastSuccessAt  *time.Time `gorm:"precision:6"`
	Version        int64      `gorm:"not null;default:1"`
	CreatedAt      time.Time  `gorm:"precision:6;not null"`
	UpdatedAt      time.Time  `gorm:"precision:6;not null"`
}

func (webhook0012) TableName() string { return "webhooks" }

type webhookDelivery0012 struct {
	ID         int64      `gorm:"primaryKey;autoIncrement;index:idx_webhook_deliveries_webhook,priority:2;index:idx_webhook_deliveries_state,priority:3"`
	WebhookID  int64      `gorm:"not null;index:idx_webhook_deliveries_webhook,priority:1;index:idx_webhook_deliveries_state,priority:1"`
	EventID    int64      `gorm:"not null"`
	MessageID  string     `gorm:"size:40;not null"`
	Type       string     `gorm:"size:64;not null"`
	TicketID   *int64     `gorm:"index:idx_webhook_deliveries_ticket"`
	Payload    string     `gorm:"type:text;not null"`
	State      string     `gorm:"size:10;not null;index:idx_webhook_deliveries_state,priority:2"`
	Run        int        `gorm:"not null"`
	Attempts   int        `gorm:"not null"`
	LastStatus int        `gorm:"not null"`
	LastError  string     `gorm:"size:500;not null"`
	NextAt     *time.Time `gorm:"precision:6"`
	CreatedAt  time.Time  `gorm:"precision:6;not null"`
	FinishedAt *time.Time `gorm:"precision:6;index:idx_webhook_deliveries_finished"`
}

func (webhookDelivery0012) TableName() string { return "webhook_deliveries" }

type webhookAttempt0012 struct {
	ID         int64     `gorm:"primaryKey;autoIncrement;index:idx_webhook_attempts_delivery,priority:2"`
	DeliveryID int64     `gorm:"not null;index:idx_webhook_attempts_delivery,priority:1"`
	At         time.Time `gorm:"precision:6;not null"`
	DurationMS int64     `gorm:"column:duration_ms;not null"`
	Status     int       `gorm:"not null"`
	Error      string    `gorm:"size:500;not null"`
	Response   string    `gorm:"type:text;not null"`
}

func (webhookAttempt0012) TableName() string { return "webhook_attempts" }

// feedSequence0012 has one row: the last number that was given out, and how
// often somebody took the turn to give out numbers.
type feedSequence0012 struct {
	ID    int64 `gorm:"primaryKey"`
	Last  int64 `gorm:"column:last_seq;not null"`
	Turns int64 `gorm:"not null"`
}

func (feedSequence0012) TableName() string { return "feed_sequences" }

// event0012 adds the place of an event in the feed; null until it is given.
type event0012 struct {
	FeedSeq *int64 `gorm:"index:idx_events_feed"`
}

func (event0012) TableName() string { return "events" }

func webhooks() step {
	return step{
		version: 12,
		tables:  []any{&webhook0012{}, &webhookDelivery0012{}, &webhookAttempt0012{}, &feedSequence0012{}},
		columns: []column{{&event0012{}, "FeedSeq"}},
		indexes: []column{{&event0012{}, "idx_events_feed"}},
		fill:    fillFeed,
	}
}

// fillFeed puts the events that are there into the feed in their order: what is
// committed before the program starts has no transaction that could come late.
func fillFeed(ctx context.Context, d *db.DB) error {
	var last int64
	if err := d.Read(ctx).Raw("SELECT COALESCE(MAX(id), 0) FROM events").Scan(&last).Error; err != nil {
		return fmt.Errorf("find the newest event: %w", err)
	}
	for from := int64(0); from < last; from += fillRows {
		err := d.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			return tx.Exec("UPDATE events SET feed_seq = id WHERE id > ? AND id <= ?", from, from+fillRows).Error
		})
		if err != nil {
			return fmt.Errorf("put the events into the feed: %w", err)
		}
	}
	return nil
}
