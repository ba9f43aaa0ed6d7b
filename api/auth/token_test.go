package auth_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/auth"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

func TestAPITokens(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		sam, emma := h.Person("sam", authz.ITStaff), h.Person("emma", authz.Employee)
		made := sam.Post("/api/auth/tokens", obj{"name": "Monitoring", "id": 99, "token": "fxd_mine", "user_id": emma.ID}).
			Want(201).Is("name", "Monitoring").Is("expires_at", nil).Is("last_used_at", nil)
		secret := made.Text("token")
		if len(secret) != 44 || !strings.HasPrefix(secret, made.Text("prefix")) || len(made.Text("prefix")) != 10 || made.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the answer: %s", made.Raw)
		}
		var row auth.APIToken
		if err := h.DB.Read(context.Background()).Take(&row).Error; err != nil || strings.Contains(fmt.Sprint(row), secret[10:]) {
			t.Errorf("%v: the table holds %+v", err, row)
		}

		bot := h.Nobody()
		bot.Token = secret
		bot.Get("/api/auth/me").Want(200).Is("username", "sam")
		bot.Patch("/api/auth/me", obj{"phone": "1"}).Want(200)
		bot.Get("/api/tickets").Want(200)
		bot.Get("/api/users").Want(403)
		// It manages neither tokens nor passwords.
		bot.Get("/api/auth/tokens").WantCode(403, "auth.session_required")
		bot.Post("/api/auth/tokens", obj{"name": "more"}).WantCode(403, "auth.session_required")
		bot.Delete(fmt.Sprintf("/api/auth/tokens/%d", made.Int("id"))).WantCode(403, "auth.session_required")
		bot.Post("/api/auth/change_password", obj{"current_password": house.Password, "new_password": newPassword}).WantCode(403, "auth.session_required")
		bot.Post("/api/auth/logout", nil).Want(204)
		bot.Get("/api/auth/me").Want(200)

		list := sam.Get("/api/auth/tokens").Want(200).Is("count", 1)
		if r := list.Results()[0]; r["token"] != nil || r["hash"] != nil || r["last_used_at"] == nil {
			t.Errorf("the list shows %v", r)
		}
		emma.Get("/api/auth/tokens").Want(200).Is("count", 0)
		emma.Delete(fmt.Sprintf("/api/auth/tokens/%d", made.Int("id"))).WantCode(404, "token.not_found")
		sam.Delete("/api/auth/tokens/x").Want(404)
		sam.Do("DELETE", fmt.Sprintf("/api/auth/tokens/%d", made.Int("id")), nil, map[string]string{"If-Match": `"v1.x"`}).Want(412)
		sam.Delete(fmt.Sprintf("/api/auth/tokens/%d", made.Int("id"))).Want(204)
		sam.Delete(fmt.Sprintf("/api/auth/tokens/%d", made.Int("id"))).Want(404)
		bot.Get("/api/auth/me").WantCode(401, "auth.invalid_token")

		sam.Post("/api/auth/tokens", obj{}).WantFields("name")
		for _, name := range []any{"", " ", 1, nil, strings.Repeat("x", 101), "a\nb"} {
			sam.Post("/api/auth/tokens", obj{"name": name}).WantFields("name")
		}
		for _, days := range []any{0, -1, 3651, "7", 1.5, true} {
			sam.Post("/api/auth/tokens", obj{"name": "x", "expires_in_days": days}).WantFields("expires_in_days")
		}
		h.Nobody().Get("/api/auth/tokens").Want(401)
		h.Nobody().Post("/api/auth/tokens", obj{"name": "x"}).Want(401)
		sam.Get("/api/auth/tokens?search=x").WantFields("search")
	})
}

func TestAPITokenEnds(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		sam, ada := h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		bot := h.Nobody()
		bot.Token = sam.Post("/api/auth/tokens", obj{"name": "a week", "expires_in_days": 7}).Want(201).
			Is("expires_at", "2026-03-09T09:00:00Z").Text("token")
		forever := h.Nobody()
		forever.Token = sam.Post("/api/auth/tokens", obj{"name": "forever", "expires_in_days": nil}).Want(201).Text("token")
		h.Clock.Advance(7*24*time.Hour - time.Second)
		bot.Get("/api/auth/me").Want(200)
		h.Clock.Advance(time.Second)
		bot.Get("/api/auth/me").Want(401)
		forever.Get("/api/auth/me").Want(200)

		// A token does what its owner may do now.
		ada.SignIn("ada", house.Password)
		ada.Patch(fmt.Sprintf("/api/users/%d", sam.ID), obj{"role": "employee"}).Want(200)
		forever.Get("/api/auth/me").Want(200).Is("role", "employee")
		forever.Get("/api/assignees").Want(403)
		ada.Patch(fmt.Sprintf("/api/users/%d", sam.ID), obj{"is_active": false}).Want(200)
		forever.Get("/api/auth/me").Want(401)
		ada.Patch(fmt.Sprintf("/api/users/%d", sam.ID), obj{"is_active": true}).Want(200)
		forever.Get("/api/auth/me").Want(401)
	})
}

func TestAPITokenUseIsNotedOncePerMinute(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		sam := h.Person("sam", authz.ITStaff)
		bot := h.Nobody()
		bot.Token = sam.Post("/api/auth/tokens", obj{"name": "x"}).Want(201).Text("token")
		used := func() string {
			t.Helper()
			bot.Get("/api/auth/me").Want(200)
			return fmt.Sprint(sam.Get("/api/auth/tokens").Results()[0]["last_used_at"])
		}
		first := used()
		h.Clock.Advance(59 * time.Second)
		if used() != first {
			t.Error("noted twice in a minute")
		}
		h.Clock.Advance(time.Second)
		if used() == first {
			t.Error("not noted after a minute")
		}
	})
}

func TestTooManyAPITokens(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		sam := h.Person("sam", authz.ITStaff)
		for i := range 50 {
			sam.Post("/api/auth/tokens", obj{"name": fmt.Sprint(i)}).Want(201)
		}
		sam.Post("/api/auth/tokens", obj{"name": "one more"}).WantCode(409, "token.too_many")
		sam.Get("/api/auth/tokens?page=5").Want(200).Is("count", 50).Is("next", nil)
		sam.Get("/api/auth/tokens?page=6").Want(404)
	})
}

func TestPrune(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ctx := context.Background()
		left := func() string {
			var out []int64
			for _, table := range []string{"sessions", "refresh_tokens", "one_time_tokens"} {
				var n int64
				if err := h.DB.Read(ctx).Table(table).Count(&n).Error; err != nil {
					t.Fatal(err)
				}
				out = append(out, n)
			}
			return fmt.Sprint(out)
		}
		prune := func(want string) {
			t.Helper()
			if err := h.App.Auth.Prune(ctx, job.Job{}); err != nil {
				t.Fatal(err)
			}
			if got := left(); got != want {
				t.Errorf("left over: %s, want %s", got, want)
			}
		}
		emma, gone := h.Person("emma", authz.Employee), h.Person("gone", authz.Employee)
		emma.Post("/api/auth/refresh", nil).Want(200)
		emma.Post("/api/auth/forgot_password", obj{"email": "emma@example.com"}).Want(200)
		h.Drain(t)
		gone.Post("/api/auth/logout", nil).Want(204)
		prune("[2 3 1]")
		h.Clock.Advance(6 * 24 * time.Hour)
		prune("[2 3 1]")
		h.Clock.Advance(2 * 24 * time.Hour)
		prune("[2 2 1]") // a used refresh token is remembered for a week
		emma.Post("/api/auth/refresh", nil).Want(200)
		h.Clock.Advance(25 * 24 * time.Hour)
		prune("[1 1 0]")
		emma.Post("/api/auth/refresh", nil).Want(200)
		h.Clock.Advance(31 * 24 * time.Hour)
		prune("[0 0 0]")
		emma.Post("/api/auth/refresh", nil).Want(401)
	})
}
