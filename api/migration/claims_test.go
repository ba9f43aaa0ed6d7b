package migration_test

import (
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/migration"
	"github.com/fixdesk/fixdesk/api/platform/db"
)

// TestAddressesInCCAreLookedAtOnce brings a desk up to date that has addresses in CC, and one that has none.
func TestAddressesInCCAreLookedAtOnce(t *testing.T) {
	eachFresh(t, func(t *testing.T, open func() *db.DB) {
		d := open()
		ctx := t.Context()
		w := d.Writer(ctx)
		jobs := func(want int64) {
			t.Helper()
			if _, err := migration.Up(ctx, d); err != nil {
				t.Fatal(err)
			}
			var n int64
			if err := d.Read(ctx).Table("jobs").Where("kind = ? AND state = ? AND payload = ?", "watcher.claim", "ready", "{}").Count(&n).Error; err != nil {
				t.Fatal(err)
			}
			if n != want {
				t.Errorf("%d jobs, want %d", n, want)
			}
		}
		jobs(0)
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		if err := w.Exec("INSERT INTO ticket_watchers (ticket_id, address, kind, added_by_id, created_at) VALUES (1, 'lee@example.com', 'cc', 7, ?)", at).Error; err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := w.Exec("DELETE FROM schema_migrations WHERE version_id >= 102").Error; err != nil {
				t.Fatal(err)
			}
			jobs(1)
		}
	})
}
