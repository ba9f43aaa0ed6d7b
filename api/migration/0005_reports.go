package migration

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

// ticket0005 adds the times of the first answer and of the solution.
type ticket0005 struct {
	ID               int64      `gorm:"index:idx_tickets_responded,priority:2;index:idx_tickets_solved,priority:2"`
	FirstRespondedAt *time.Time `gorm:"precision:6;index:idx_tickets_responded,priority:1"`
	SolvedAt         *time.Time `gorm:"precision:6;index:idx_tickets_solved,priority:1"`
}

func (ticket0005) TableName() string { return "tickets" }

// ticketStat0005 counts tickets by day, see package ticket/stat.
type ticketStat0005 struct {
	Kind      int   `gorm:"primaryKey;autoIncrement:false;type:smallint"`
	Dimension int   `gorm:"primaryKey;autoIncrement:false;type:smallint"`
	Day       int   `gorm:"primaryKey;autoIncrement:false"`
	Ref       int64 `gorm:"primaryKey;autoIncrement:false"`
	Bucket    int   `gorm:"primaryKey;autoIncrement:false;type:smallint"`
	N         int64 `gorm:"not null"`
}

func (ticketStat0005) TableName() string { return "ticket_stats" }

func reports() step {
	return step{
		version: 5,
		tables:  []any{&ticketStat0005{}},
		columns: []column{{&ticket0005{}, "FirstRespondedAt"}, {&ticket0005{}, "SolvedAt"}},
		indexes: []column{{&ticket0005{}, "idx_tickets_responded"}, {&ticket0005{}, "idx_tickets_solved"}},
		fill:    fillReports,
	}
}

// fillReports finds out when the tickets that are there were answered and
// solved, and counts them. Doing it again begins anew.
func fillReports(ctx context.Context, d *db.DB) error {
	var last int64
	if err := d.Read(ctx).Raw("SELECT COALESCE(MAX(id), 0) FROM tickets").Scan(&last).Error; err != nil {
		return fmt.Errorf("find the last ticket: %w", err)
	}
	if err := d.Writer(ctx).Exec("DELETE FROM ticket_stats").Error; err != nil {
		return fmt.Errorf("begin the numbers anew: %w", err)
	}
	for from := int64(0); from < last; from += fillRows {
		err := d.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			err := tx.Exec("UPDATE tickets SET solved_at = CASE WHEN status IN (3, 4) THEN COALESCE(resolved_at, closed_at, updated_at) END,"+
				" first_responded_at = (SELECT c.created_at FROM comments AS c JOIN users AS u ON u.id = c.author_id"+
				" WHERE c.ticket_id = tickets.id AND c.is_system_message = ? AND c.author_id <> tickets.created_by_id"+
				" AND u.role IN ('it_staff', 'admin') ORDER BY c.id LIMIT 1)"+
				" WHERE id > ? AND id <= ?", false, from, from+fillRows).Error
			if err != nil {
				return err
			}
			return countReports(d, tx, from, from+fillRows)
		})
		if err != nil {
			return fmt.Errorf("fill in the reports: %w", err)
		}
	}
	return nil
}

// countReports counts the tickets with ids above from, up to to, as package
// ticket/stat did when this step was written.
func countReports(d *db.DB, tx *gorm.DB, from, to int64) error {
	var rows []struct {
		ID               int64
		Priority         int64
		AssignedToID     *int64
		CreatedAt        time.Time
		FirstRespondedAt *time.Time
		SolvedAt         *time.Time
	}
	err := tx.Table("tickets").Select("id, priority, assigned_to_id, created_at, first_responded_at, solved_at").
		Where("id > ? AND id <= ?", from, to).Find(&rows).Error
	if err != nil {
		return err
	}
	n := map[[5]int64]int64{} // kind, dimension, day, ref, bucket
	for _, r := range rows {
		agent := int64(0)
		if r.AssignedToID != nil {
			agent = *r.AssignedToID
		}
		add := func(kind int64, at time.Time, bucket int64) {
			for dimension, ref := range []int64{0, r.Priority, agent} {
				n[[5]int64{kind, int64(dimension), day0005(at), ref, bucket}]++
			}
		}
		add(1, r.CreatedAt, r.ID%8)
		if r.FirstRespondedAt != nil {
			add(2, *r.FirstRespondedAt, bucket0005(r.FirstRespondedAt.Sub(r.CreatedAt)))
		}
		if r.SolvedAt != nil {
			add(3, *r.SolvedAt, bucket0005(r.SolvedAt.Sub(r.CreatedAt)))
		}
	}
	batch := make([][]any, 0, fillBatch)
	write := func() error {
		err := d.AddTo(tx, "ticket_stats", []string{"kind", "dimension", "day", "ref", "bucket"}, "n", batch)
		batch = batch[:0]
		return err
	}
	for k, v := range n {
		batch = append(batch, []any{k[0], k[1], k[2], k[3], k[4], v})
		if len(batch) == fillBatch {
			if err := write(); err != nil {
				return err
			}
		}
	}
	return write()
}

const fillBatch = 500

// day0005 counts days from 1970 in UTC.
func day0005(t time.Time) int64 { return t.UTC().Truncate(24*time.Hour).Unix() / 86400 }

// bucket0005 returns 0 below a minute, then a bucket for each eighth of a doubling.
func bucket0005(d time.Duration) int64 {
	factors := [8]int64{1000000000, 1090507733, 1189207115, 1296839555, 1414213562, 1542210825, 1681792831, 1834008086}
	for i := range int64(24 * 8) {
		if d < time.Duration(60*factors[i%8])<<(i/8) {
			return i
		}
	}
	return 24 * 8
}
