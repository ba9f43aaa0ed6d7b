package migration_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/migration"
	"github.com/fixdesk/fixdesk/api/platform/db"
)

// TestRolesOfThePastAreTakenFromTheHistory brings a desk up to date on which roles were changed.
func TestRolesOfThePastAreTakenFromTheHistory(t *testing.T) {
	eachFresh(t, func(t *testing.T, open func() *db.DB) {
		d := open()
		ctx := t.Context()
		if _, err := migration.Up(ctx, d); err != nil {
			t.Fatal(err)
		}
		exec := executor(t, d)
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		for i, e := range []struct {
			kind, data string
			who        int64
		}{
			{"user.created", "{}", 7},
			{"user.role_changed", `{"from":"employee","to":"it_staff"}`, 7},
			{"user.session_started", "{}", 7},
			{"user.role_changed", `{"from":"admin","to":"it_staff"}`, 3},
			{"user.role_changed", `{"from":"it_staff","to":"admin"}`, 7},
		} {
			exec("INSERT INTO events (type, subject_type, subject_id, actor_id, actor_name, data, created_at) VALUES (?, 'user', ?, 1, 'ada', ?, ?)",
				e.kind, e.who, e.data, at.Add(time.Duration(i)*time.Hour))
		}
		exec("DROP TABLE past_roles")
		for range 2 {
			exec("DELETE FROM schema_migrations WHERE version_id >= 103")
			if _, err := migration.Up(ctx, d); err != nil {
				t.Fatal(err)
			}
			var rows []struct {
				UserID  int64
				Role    string
				EndedAt time.Time
			}
			if err := d.Read(ctx).Table("past_roles").Order("user_id, ended_at").Find(&rows).Error; err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, r := range rows {
				got += fmt.Sprint(r.UserID, " ", r.Role, " until ", r.EndedAt.UTC().Hour(), "; ")
			}
			if want := "3 admin until 12; 7 employee until 10; 7 it_staff until 13; "; got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
	})
}
