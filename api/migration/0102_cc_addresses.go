package migration

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

// watcher0102 is found by its address alone when an account comes to have that.
type watcher0102 struct {
	ID        int64
	Address   *string `gorm:"size:254;index:idx_ticket_watchers_mail"`
	CreatedAt time.Time
}

func (watcher0102) TableName() string { return "ticket_watchers" }

type job0102 struct {
	ID          int64
	Kind        string
	Payload     string
	UniqueKey   string
	State       string
	MaxAttempts int
	RunAt       time.Time
	LastError   string
	CreatedAt   time.Time
}

func (job0102) TableName() string { return "jobs" }

func ccAddresses() step {
	return step{version: 102, indexes: []column{{&watcher0102{}, "idx_ticket_watchers_mail"}}, fill: claimAddresses}
}

// claimAddresses asks for the addresses in CC to be looked at once that an account may have come to
// have before. Done again it changes nothing.
func claimAddresses(ctx context.Context, d *db.DB) error {
	const key = "watcher.claim:0102"
	return d.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		var last []watcher0102
		if err := tx.Where("address IS NOT NULL").Order("id DESC").Limit(1).Find(&last).Error; err != nil {
			return fmt.Errorf("look for addresses in CC: %w", err)
		}
		var asked int64
		if err := tx.Model(&job0102{}).Where("unique_key = ?", key).Count(&asked).Error; err != nil {
			return fmt.Errorf("look for the job: %w", err)
		}
		if len(last) == 0 || asked > 0 {
			return nil
		}
		at := last[0].CreatedAt // a time that has passed: it is due at once
		j := job0102{Kind: "watcher.claim", Payload: "{}", UniqueKey: key, State: "ready", MaxAttempts: 12, RunAt: at, CreatedAt: at}
		if err := tx.Create(&j).Error; err != nil {
			return fmt.Errorf("ask for the addresses in CC to be looked at: %w", err)
		}
		return nil
	})
}
