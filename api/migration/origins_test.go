package migration_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/migration"
	"github.com/fixdesk/fixdesk/api/platform/db"
)

// TestNotesThatMovedAreMarked brings a desk up to date on which notes were moved by
// merges, one of them twice, and by a split.
func TestNotesThatMovedAreMarked(t *testing.T) {
	eachFresh(t, func(t *testing.T, open func() *db.DB) {
		d := open()
		ctx := t.Context()
		if _, err := migration.Up(ctx, d); err != nil {
			t.Fatal(err)
		}
		exec := executor(t, d)
		exec("ALTER TABLE notes DROP COLUMN origin_id")
		exec("DELETE FROM schema_migrations WHERE version_id >= 90")
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		for id, ticket := range []int64{3, 3, 3, 4, 1} {
			exec("INSERT INTO notes (id, ticket_id, author_id, content, version, created_at, updated_at) VALUES (?, ?, 7, 'n', 1, ?, ?)", id+1, ticket, at, at)
		}
		// 1 went into 2, that into 3; 4 was split off 3. Note 5 was on 1 and is there again.
		exec("INSERT INTO ticket_merges (ticket_id, target_id, data, created_by, created_at) VALUES (2, 3, ?, 7, ?)", `{"notes":[1,2]}`, at.Add(time.Hour))
		exec("INSERT INTO ticket_merges (ticket_id, target_id, data, created_by, created_at) VALUES (1, 2, ?, 7, ?)", `{"notes":[1,5]}`, at)
		exec("INSERT INTO ticket_splits (ticket_id, source_id, version, data, created_by, created_at) VALUES (4, 3, 1, ?, 7, ?)", `{"notes":[4]}`, at)
		if _, err := migration.Up(ctx, d); err != nil {
			t.Fatal(err)
		}
		var got []struct {
			ID     int64
			Origin int64
		}
		if err := d.Read(ctx).Raw("SELECT id, COALESCE(origin_id, 0) AS origin FROM notes ORDER BY id").Scan(&got).Error; err != nil {
			t.Fatal(err)
		}
		if is, want := fmt.Sprint(got), "[{1 1} {2 2} {3 0} {4 3} {5 0}]"; is != want {
			t.Errorf("origins %s, want %s", is, want)
		}
	})
}
