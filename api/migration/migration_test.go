package migration_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/migration"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

var ctx = context.Background()

// executor returns a way to write to a desk that ends the test when it fails.
func executor(t *testing.T, d *db.DB) func(sql string, args ...any) {
	t.Helper()
	return func(sql string, args ...any) {
		t.Helper()
		if err := d.Writer(t.Context()).Exec(sql, args...).Error; err != nil {
			t.Fatal(err)
		}
	}
}

// eachFresh runs a test on an empty database without any table.
func eachFresh(t *testing.T, test func(t *testing.T, open func() *db.DB)) {
	t.Helper()
	opener := func(t *testing.T, url string) func() *db.DB {
		return func() *db.DB {
			d, err := db.Open(url, clock.System{}.Now)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = d.Close() })
			return d
		}
	}
	t.Run("sqlite", func(t *testing.T) { test(t, opener(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))) })
	if os.Getenv(testkit.MySQLEnv) != "" {
		t.Run("mysql", func(t *testing.T) {
			url, drop, err := testkit.FreshMySQL()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(drop)
			test(t, opener(t, url))
		})
	}
}

func TestFreshInstall(t *testing.T) {
	eachFresh(t, func(t *testing.T, open func() *db.DB) {
		d := open()
		if s, err := migration.Check(ctx, d); err != nil || s.Current != 0 {
			t.Fatalf("an empty database: %+v %v", s, err)
		}
		if n, err := migration.Up(ctx, d); err != nil || n == 0 {
			t.Fatalf("the first run: %d %v", n, err)
		}
		if n, err := migration.Up(ctx, d); err != nil || n != 0 {
			t.Errorf("the second run: %d %v", n, err)
		}
		if s, err := migration.Check(ctx, d); err != nil || s.Current != migration.Latest() {
			t.Errorf("afterwards: %+v %v", s, err)
		}
		// Every column of a model exists.
		for _, model := range []any{&user.User{}, &ticket.Ticket{}, &ticket.Comment{}, &event.Event{}, &job.Job{}} {
			if err := d.Read(ctx).Limit(1).Find(model).Error; err != nil {
				t.Errorf("%T: %v", model, err)
			}
			stmt := d.Read(ctx).Model(model)
			if err := stmt.Statement.Parse(model); err != nil {
				t.Fatal(err)
			}
			for _, f := range stmt.Statement.Schema.DBNames {
				if !d.Read(ctx).Migrator().HasColumn(model, f) {
					t.Errorf("%T: no column %s", model, f)
				}
			}
		}
	})
}

// TestReplicasStartTogether migrates one database from several sides at once.
func TestReplicasStartTogether(t *testing.T) {
	eachFresh(t, func(t *testing.T, open func() *db.DB) {
		var wg sync.WaitGroup
		for range 3 {
			d := open()
			wg.Go(func() {
				if _, err := migration.Up(ctx, d); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

// TestACutOffMigrationGoesOn leaves half of the tables, as a crash on MySQL does.
func TestACutOffMigrationGoesOn(t *testing.T) {
	eachFresh(t, func(t *testing.T, open func() *db.DB) {
		d := open()
		if _, err := migration.Up(ctx, d); err != nil {
			t.Fatal(err)
		}
		w := d.Writer(ctx)
		for _, sql := range []string{"DROP TABLE comments", "DROP TABLE ticket_grams", "DELETE FROM schema_migrations WHERE version_id > 0"} {
			if err := w.Exec(sql).Error; err != nil {
				t.Fatal(err)
			}
		}
		if _, err := migration.Up(ctx, d); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"comments", "ticket_grams"} {
			if !d.Read(ctx).Migrator().HasTable(table) {
				t.Errorf("no table %s", table)
			}
		}
	})
}

// TestUpgradeFillsWhoHadTheLastWord upgrades a database of the first release.
func TestUpgradeFillsWhoHadTheLastWord(t *testing.T) {
	eachFresh(t, func(t *testing.T, open func() *db.DB) {
		d := open()
		if _, err := migration.Up(ctx, d); err != nil {
			t.Fatal(err)
		}
		w := d.Writer(ctx)
		exec := executor(t, d)
		for _, index := range []string{"idx_tickets_status_reply", "idx_tickets_narrow"} {
			if err := w.Migrator().DropIndex("tickets", index); err != nil {
				t.Fatal(err)
			}
		}
		for _, sql := range []string{
			"DROP TABLE notes", "ALTER TABLE tickets DROP COLUMN last_reply",
			"DELETE FROM schema_migrations WHERE version_id > 1",
		} {
			exec(sql)
		}
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		for id, count := range map[int]int{1: 0, 2: 2, 3: 1} {
			exec("INSERT INTO tickets (id, title, description, status, priority, created_by_id, comment_count, version, created_at, updated_at)"+
				" VALUES (?, 'a', 'b', 1, 2, 7, ?, 1, ?, ?)", id, count, at, at)
		}
		for id, c := range [][3]any{{2, 8, false}, {2, 7, false}, {2, 8, true}, {3, 8, false}} {
			exec("INSERT INTO comments (id, ticket_id, author_id, content, is_system_message, ticket_requester, version, created_at, updated_at)"+
				" VALUES (?, ?, ?, 'c', ?, 7, 1, ?, ?)", id+1, c[0], c[1], c[2], at, at)
		}
		if _, err := migration.Up(ctx, d); err != nil {
			t.Fatal(err)
		}
		var got []int
		if err := d.Read(ctx).Table("tickets").Order("id").Pluck("last_reply", &got).Error; err != nil {
			t.Fatal(err)
		}
		if want := []int{0, 1, 2}; !slices.Equal(got, want) {
			t.Errorf("last_reply %v, want %v", got, want)
		}
	})
}

func TestANewerSchemaIsRefused(t *testing.T) {
	eachFresh(t, func(t *testing.T, open func() *db.DB) {
		d := open()
		if _, err := migration.Up(ctx, d); err != nil {
			t.Fatal(err)
		}
		if err := d.Writer(ctx).Exec("INSERT INTO schema_migrations (version_id, is_applied) VALUES (?, ?)", 9999, true).Error; err != nil {
			t.Fatal(err)
		}
		_, err := migration.Up(ctx, d)
		if !errors.Is(err, migration.ErrNewer) || !strings.Contains(err.Error(), "install the newer release") {
			t.Errorf("a newer schema: %v", err)
		}
	})
}
