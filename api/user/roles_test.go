package user_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/user"
)

// TestRolesOfThePast asks for what somebody was between changes of their role, and by which way
// the answer is found.
func TestRolesOfThePast(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		sam, ada := h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		var at []time.Time
		for _, role := range []string{"employee", "admin", "it_staff"} {
			at = append(at, h.Clock.Now())
			h.Clock.Advance(time.Minute)
			ada.Patch(fmt.Sprintf("/api/users/%d", sam.ID), obj{"role": role}).Want(200)
			ada.Patch(fmt.Sprintf("/api/users/%d", sam.ID), obj{"department": role}).Want(200)
		}
		at = append(at, h.Clock.Now())
		tx := h.DB.Read(t.Context())
		roles, err := user.RolesOf(tx, sam.ID, ada.ID, sam.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got []authz.Role
		for _, moment := range at {
			got = append(got, roles.At(sam.ID, moment))
		}
		if is, want := fmt.Sprint(got), "[it_staff employee admin it_staff]"; is != want {
			t.Errorf("%s, want %s", is, want)
		}
		if a, nobody := roles.At(ada.ID, at[0]), roles.At(99, at[0]); a != authz.Admin || nobody != "" {
			t.Errorf("who never changed was %q, nobody %q", a, nobody)
		}

		// Others have a past, too; none of it is read.
		w := h.DB.Writer(t.Context())
		for from := range 40 {
			rows := strings.TrimSuffix(strings.Repeat(fmt.Sprintf("(%d, 'admin', '2026-03-02 09:00:00'), ", 1000+from), 50), ", ")
			if err := w.Exec("INSERT INTO past_roles (user_id, role, ended_at) VALUES " + rows).Error; err != nil {
				t.Fatal(err)
			}
		}
		plan, err := h.DB.Explain(t.Context(), "SELECT * FROM past_roles WHERE user_id IN (?, ?) ORDER BY user_id, ended_at, id", sam.ID, ada.ID)
		if err != nil {
			t.Fatal(err)
		}
		if way := fmt.Sprint(plan); !strings.Contains(way, "USING INDEX idx_past_roles_user") && !strings.Contains(way, " key=idx_past_roles_user") {
			t.Errorf("the way to the roles of the past: %s", way)
		}
	})
}
