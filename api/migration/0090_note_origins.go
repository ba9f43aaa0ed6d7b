package migration

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

// note0090 remembers on what ticket it was written, where that is another one.
type note0090 struct {
	ID       int64
	OriginID *int64
}

func (note0090) TableName() string { return "notes" }

func noteOrigins() step {
	return step{version: 90, columns: []column{{&note0090{}, "OriginID"}}, fill: fillNoteOrigins}
}

// fillNoteOrigins marks the notes that merges and splits have moved before, the
// oldest of them first: what moved twice was written where it moved from at first.
// Done again it changes nothing.
func fillNoteOrigins(ctx context.Context, d *db.DB) error {
	var moves []struct {
		Origin, Place int64
		Data          []byte
	}
	err := d.Read(ctx).Raw("SELECT origin, place, data FROM (" +
		"SELECT ticket_id AS origin, target_id AS place, data, created_at FROM ticket_merges UNION ALL " +
		"SELECT source_id AS origin, ticket_id AS place, data, created_at FROM ticket_splits) AS moves ORDER BY created_at, origin").Scan(&moves).Error
	if err != nil {
		return fmt.Errorf("read the merges and splits: %w", err)
	}
	for _, m := range moves {
		var moved struct {
			Notes []int64 `json:"notes"`
		}
		if json.Unmarshal(m.Data, &moved) != nil || len(moved.Notes) == 0 {
			continue
		}
		err := d.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			for from := 0; from < len(moved.Notes); from += 500 {
				part := moved.Notes[from:min(from+500, len(moved.Notes))]
				err := tx.Exec("UPDATE notes SET origin_id = ? WHERE id IN ? AND ticket_id <> ? AND origin_id IS NULL", m.Origin, part, m.Origin).Error
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("mark the notes of ticket %d: %w", m.Origin, err)
		}
	}
	return nil
}
