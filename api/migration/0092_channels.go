package migration

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

// ticket0092 says how a ticket came in. Of those that are there it is not known.
type ticket0092 struct {
	ID      int64
	Channel *int `gorm:"index:idx_tickets_channel"`
}

func (ticket0092) TableName() string { return "tickets" }

func channels() step {
	return step{
		version: 92,
		columns: []column{{&ticket0092{}, "Channel"}},
		indexes: []column{{&ticket0092{}, "idx_tickets_channel"}},
		fill:    fillChannels,
	}
}

// fillChannels counts the tickets that are there as those of no channel, which is all
// of them. Done again it begins anew.
func fillChannels(ctx context.Context, d *db.DB) error {
	err := d.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		if err := tx.Exec("DELETE FROM ticket_stats WHERE dimension = 5").Error; err != nil {
			return err
		}
		return tx.Exec("INSERT INTO ticket_stats (kind, dimension, day, ref, bucket, n)" +
			" SELECT kind, 5, day, 0, bucket, n FROM ticket_stats WHERE dimension = 0").Error
	})
	if err != nil {
		return fmt.Errorf("count the tickets by channel: %w", err)
	}
	return nil
}
