package migration

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

// facetReports counts the tickets by category and by team, too.
func facetReports() step { return step{version: 35, fill: fillFacetReports} }

// fillFacetReports does again what was done when it was interrupted: it begins
// anew.
func fillFacetReports(ctx context.Context, d *db.DB) error {
	var last int64
	if err := d.Read(ctx).Raw("SELECT COALESCE(MAX(id), 0) FROM tickets").Scan(&last).Error; err != nil {
		return fmt.Errorf("find the last ticket: %w", err)
	}
	if err := d.Writer(ctx).Exec("DELETE FROM ticket_stats WHERE dimension IN (3, 4)").Error; err != nil {
		return fmt.Errorf("begin the numbers anew: %w", err)
	}
	for from := int64(0); from < last; from += fillRows {
		err := d.Tx(ctx, func(_ context.Context, tx *gorm.DB) error { return countFacets(d, tx, from, from+fillRows) })
		if err != nil {
			return fmt.Errorf("fill in the reports: %w", err)
		}
	}
	return nil
}

// countFacets counts the tickets with ids above from, up to to, as package
// ticket/stat did when this step was written.
func countFacets(d *db.DB, tx *gorm.DB, from, to int64) error {
	var rows []struct {
		ID               int64
		CategoryID       *int64
		TeamID           *int64
		CreatedAt        time.Time
		FirstRespondedAt *time.Time
		SolvedAt         *time.Time
	}
	err := tx.Table("tickets").Select("id, category_id, team_id, created_at, first_responded_at, solved_at").
		Where("id > ? AND id <= ?", from, to).Find(&rows).Error
	if err != nil {
		return err
	}
	n := map[[5]int64]int64{} // kind, dimension, day, ref, bucket
	for _, r := range rows {
		refs := [2]int64{}
		for i, id := range []*int64{r.CategoryID, r.TeamID} {
			if id != nil {
				refs[i] = *id
			}
		}
		add := func(kind int64, at time.Time, bucket int64) {
			for i, ref := range refs {
				n[[5]int64{kind, int64(i) + 3, day0005(at), ref, bucket}]++
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
	batch := make([][]any, 0, len(n))
	for k, v := range n {
		batch = append(batch, []any{k[0], k[1], k[2], k[3], k[4], v})
	}
	for len(batch) > 0 {
		part := batch[:min(len(batch), fillBatch)]
		batch = batch[len(part):]
		if err := d.AddTo(tx, "ticket_stats", []string{"kind", "dimension", "day", "ref", "bucket"}, "n", part); err != nil {
			return err
		}
	}
	return nil
}
