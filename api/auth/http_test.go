package auth_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/user"
)

type obj = map[string]any

const (
	CookieName  = "fixdesk_refresh"
	newPassword = "nine-early-sparrows"
)

// limited runs a test in a house with its limits on.
func limited(t *testing.T, test func(t *testing.T, h *house.House)) {
	t.Helper()
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		test(t, house.New(t, w, func(s *config.Settings) { s.RateLimit = "on" }))
	})
}

func login(c *house.Client, name, password string) *house.Answer {
	return c.Post("/api/auth/login", obj{"username": name, "password": password})
}

// lastEvents returns the newest events of an account, oldest first.
func lastEvents(t *testing.T, h *house.House, id int64, n int) []string {
	t.Helper()
	all, err := h.App.Bus.Of(context.Background(), "user", id, nil, 1<<40, true, n)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range slices.Backward(all) {
		out = append(out, e.Type+" by "+e.ActorName+" "+strings.Trim(e.Data, "{}"))
	}
	return out
}

// exec changes the database behind everybody's back.
func exec(t *testing.T, h *house.House, sql string, args ...any) {
	t.Helper()
	err := h.App.Bus.Do(context.Background(), authz.System("test"), func(tx *event.Tx) error { return tx.Exec(sql, args...).Error })
	if err != nil {
		t.Fatal(err)
	}
}

func linkIn(t *testing.T, text string) (path, token string) {
	t.Helper()
	for _, word := range strings.Fields(text) {
		if u, err := url.Parse(word); err == nil && u.Query().Get("token") != "" {
			return u.Path, u.Query().Get("token")
		}
	}
	t.Fatalf("no link in %q", text)
	return "", ""
}

func TestLogin(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma := h.Person("emma", authz.Employee)
		c := h.Nobody()
		a := login(c, "Emma", house.Password).Want(200)
		a.Is("token_type", "Bearer").Is("expires_in", 900).Is("user.username", "emma").Is("user.role", "employee").Is("user.permissions", "[]")
		if a.Header.Get("Cache-Control") != "no-store" || strings.Contains(string(a.Raw), "refresh") {
			t.Errorf("the answer: %v %s", a.Header, a.Raw)
		}
		cookie := a.Header.Get("Set-Cookie")
		for _, part := range []string{CookieName + "=", "Path=/api/auth", "Max-Age=2592000", "HttpOnly", "SameSite=Strict"} {
			if !strings.Contains(cookie, part) {
				t.Errorf("the cookie %q lacks %s", cookie, part)
			}
		}
		if strings.Contains(cookie, "Secure") || strings.Contains(cookie, "Domain") {
			t.Errorf("the cookie %q", cookie)
		}
		login(h.Nobody(), "EMMA@example.com", house.Password).Want(200)
		if got := lastEvents(t, h, emma.ID, 1); !strings.HasPrefix(got[0], "session.started by emma") {
			t.Errorf("events %q", got)
		}

		// Wrong anything is one answer.
		off, unverified := h.Person("off", authz.Employee), h.Person("unverified", authz.Employee)
		exec(t, h, "UPDATE users SET is_active = ? WHERE id = ?", false, off.ID)
		exec(t, h, "UPDATE users SET email_verified = ? WHERE id = ?", false, unverified.ID)
		exec(t, h, "UPDATE users SET password_hash = '' WHERE id = ?", h.Person("hashless", authz.Employee).ID)
		var first string
		for _, try := range [][2]string{
			{"emma", house.Password + "x"}, {"emma", ""}, {"emma", strings.ToUpper(house.Password)}, {"emma ", house.Password}, {"emma@example.com ", house.Password},
			{"nobody", house.Password}, {"", house.Password}, {"", ""}, {"off", house.Password}, {"unverified", house.Password},
			{"hashless", ""}, {"emma", strings.Repeat("x", 100_000)}, {strings.Repeat("😀", 10_000), "x"}, {"emma' OR '1'='1", "x"}, {"%", "x"},
		} {
			a := login(h.Nobody(), try[0], try[1]).WantCode(401, "auth.invalid_credentials")
			delete(a.JSON, "request_id")
			if got := fmt.Sprint(a.JSON); first == "" {
				first = got
			} else if got != first {
				t.Errorf("%q answers differently: %s", try[0], got)
			}
			if a.Header.Get("Set-Cookie") != "" || a.Header.Get("WWW-Authenticate") == "" {
				t.Errorf("headers %v", a.Header)
			}
		}
		c.Post("/api/auth/login", obj{}).WantFields("username", "password")
		c.Post("/api/auth/login", obj{"username": 1, "password": nil}).WantFields("username", "password")
		c.Post("/api/auth/login", "[]").Want(400)
		c.Post("/api/auth/login", "").Want(400)
		c.Do("POST", "/api/auth/login", "username=emma&password=x", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}).Want(415)
		c.Get("/api/auth/login").Want(405)
		// A token that is no good is no reason not to sign in.
		c.Do("POST", "/api/auth/login", obj{"username": "emma", "password": house.Password}, map[string]string{"Authorization": "Bearer x"}).Want(200)
	})
}

func TestSecureCookie(t *testing.T) {
	h := house.New(t, testkit.SQLite(t), func(s *config.Settings) { s.PublicURL = "https://desk.example.com/" })
	h.Person("emma", authz.Employee)
	if cookie := login(h.Nobody(), "emma", house.Password).Header.Get("Set-Cookie"); !strings.Contains(cookie, "; Secure") {
		t.Errorf("the cookie %q", cookie)
	}
}

func TestCredentials(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma := h.Person("emma", authz.Employee)
		api := emma.Post("/api/auth/tokens", obj{"name": "script"}).Want(201).Text("token")
		for header, code := range map[string]string{
			"":                                   "auth.required",
			"Bearer":                             "auth.invalid_token",
			"Bearer ":                            "auth.invalid_token",
			"Bearer x":                           "auth.invalid_token",
			"Bearer fxd_":                        "auth.invalid_token",
			"Bearer fxd_" + api:                  "auth.invalid_token",
			"Bearer " + strings.ToUpper(api):     "auth.invalid_token",
			"Basic " + emma.Token:                "auth.invalid_token",
			emma.Token:                           "auth.invalid_token",
			"Bearer " + emma.Token + "x":         "auth.invalid_token",
			"Bearer " + emma.Token + " " + "x":   "auth.invalid_token",
			"Bearer fxd_\xff' OR 1=1":            "auth.invalid_token",
			"Bearer " + strings.Repeat("x", 5e4): "auth.invalid_token",
		} {
			a := h.Nobody().Do("GET", "/api/auth/me", nil, map[string]string{"Authorization": header}).WantCode(401, code)
			if a.Header.Get("WWW-Authenticate") == "" {
				t.Errorf("%q: no WWW-Authenticate", header)
			}
		}
		for _, header := range []string{"Bearer " + emma.Token, "bearer " + emma.Token, "BEARER  " + api} {
			h.Nobody().Do("GET", "/api/auth/me", nil, map[string]string{"Authorization": header}).Want(200).Is("id", emma.ID)
		}
		h.Nobody().Get("/api/auth/me?access_token=" + emma.Token).Want(401)
		h.Clock.Advance(15 * time.Minute)
		emma.Get("/api/auth/me").WantCode(401, "auth.invalid_token")
	})
}

func TestMe(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		sam, ada := h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		ada.Get("/api/auth/me").Want(200).Is("permissions", "[ticket.view_all ticket.queue ticket.work ticket.delete ticket.triage comment.moderate note.read note.write tag.read bulk.run view.share view.manage calendar.manage desk.configure sla.manage user.manage team.manage job.manage webhook.manage report.view macro.share macro.manage rule.manage routing.manage ticket.view_confidential]")
		was := sam.Get("/api/auth/me").Want(200).Is("permissions", "[ticket.queue ticket.work note.read note.write tag.read bulk.run view.share macro.share]")
		sam.Patch("/api/auth/me", obj{
			"full_name": "Sam Lee", "first_name": "Sam", "last_name": "Lee", "phone": "+1", "department": "Helpdesk",
			"role": "admin", "username": "root", "email": "root@example.com", "is_active": false, "permissions": []string{"user.manage"}, "id": 1, "password": "x",
		}).Want(200).Is("full_name", "Sam Lee").Is("department", "Helpdesk").Is("role", "it_staff").Is("username", "sam").
			Is("email", "sam@example.com").Is("is_active", true).Is("version", 2)
		sam.Do("PATCH", "/api/auth/me", obj{"phone": "2"}, map[string]string{"If-Match": was.Header.Get("ETag")}).WantCode(412, "request.stale")
		sam.Patch("/api/auth/me", obj{"phone": "1\n2", "full_name": nil, "first_name": []int{}}).WantFields("phone", "full_name", "first_name")
		sam.Get("/api/auth/me").Is("phone", "+1").Is("version", 2)
		fresh := sam.Get("/api/auth/me").Header.Get("ETag")
		if a := sam.Do("GET", "/api/auth/me", nil, map[string]string{"If-None-Match": fresh}); a.Status != http.StatusNotModified {
			t.Errorf("If-None-Match: %d", a.Status)
		}
		sam.Do("PATCH", "/api/auth/me", obj{"phone": ""}, map[string]string{"If-Match": fresh}).Want(200).Is("phone", "")
		h.Nobody().Patch("/api/auth/me", obj{}).Want(401)
	})
}

func TestRefresh(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma := h.Person("emma", authz.Employee)
		seen := map[string]bool{emma.Cookie(CookieName): true}
		for range 5 {
			h.Clock.Advance(29 * 24 * time.Hour) // each use keeps the session for another month
			emma.Token = emma.Post("/api/auth/refresh", nil).Want(200).Is("user.id", emma.ID).Text("access_token")
			emma.Get("/api/auth/me").Want(200)
			if seen[emma.Cookie(CookieName)] {
				t.Fatal("a refresh token came twice")
			}
			seen[emma.Cookie(CookieName)] = true
		}
		h.Clock.Advance(30 * 24 * time.Hour)
		emma.Post("/api/auth/refresh", nil).WantCode(401, "auth.session_ended")

		for _, value := range []string{"", "x", "\"", strings.Repeat("x", 5000), "' OR '1'='1"} {
			c := h.Nobody()
			c.SetCookie(CookieName, value)
			c.Post("/api/auth/refresh", nil).WantCode(401, "auth.session_ended")
		}
		h.Nobody().Post("/api/auth/refresh", nil).Want(401)
		// The token is a cookie and nothing else.
		emma.SignIn("emma", house.Password)
		h.Nobody().Post("/api/auth/refresh", obj{"refresh_token": emma.Cookie(CookieName)}).Want(401)
		h.Nobody().Do("GET", "/api/auth/me", nil, map[string]string{"Authorization": "Bearer " + emma.Cookie(CookieName)}).Want(401)
	})
}

// Whoever presents a token for the second time ends the session for both.
func TestRefreshReuse(t *testing.T) {
	for name, header := range map[string]map[string]string{"plain": nil, "with a key": {"Idempotency-Key": "k"}} {
		t.Run(name, func(t *testing.T) { testRefreshReuse(t, header) })
	}
}

func testRefreshReuse(t *testing.T, header map[string]string) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, thief := h.Person("emma", authz.Employee), h.Nobody()
		other := h.Nobody()
		other.SignIn("emma", house.Password)
		stolen := emma.Cookie(CookieName)
		thief.SetCookie(CookieName, stolen)
		thief.Token = thief.Do("POST", "/api/auth/refresh", nil, nil).Want(200).Text("access_token")
		thief.Get("/api/auth/me").Want(200)

		emma.Do("POST", "/api/auth/refresh", nil, header).WantCode(401, "auth.session_ended")
		thief.Get("/api/auth/me").Want(401)
		emma.Get("/api/auth/me").Want(401)
		thief.Post("/api/auth/refresh", nil).Want(401)
		if emma.Cookie(CookieName) != "" {
			t.Error("the useless cookie stays")
		}
		if got := lastEvents(t, h, emma.ID, 1); !strings.HasPrefix(got[0], "session.revoked by emma") || !strings.HasSuffix(got[0], `"reason":"reuse"`) {
			t.Errorf("events %q", got)
		}
		// Her other session is another matter.
		other.Post("/api/auth/refresh", nil).Want(200)
	})
}

// Of several that present the same token at the same moment, at most one wins,
// and the session is over.
func TestRefreshRace(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma := h.Person("emma", authz.Employee)
		for range 5 {
			emma.SignIn("emma", house.Password)
			const n = 4
			var wg sync.WaitGroup
			status := make([]int, n)
			for i := range n {
				c := h.Nobody()
				c.SetCookie(CookieName, emma.Cookie(CookieName))
				wg.Go(func() { status[i] = c.Post("/api/auth/refresh", nil).Status })
			}
			wg.Wait()
			slices.Sort(status)
			if !slices.Equal(status, []int{200, 401, 401, 401}) {
				t.Errorf("answers %v", status)
			}
			emma.Get("/api/auth/me").Want(401)
		}
	})
}

// A lost answer can be had again by the same key, without a false alarm.
func TestRefreshAgainByKey(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma := h.Person("emma", authz.Employee)
		old, key := emma.Cookie(CookieName), map[string]string{"Idempotency-Key": "page-load-1"}
		first := emma.Do("POST", "/api/auth/refresh", nil, key).Want(200)
		next := emma.Cookie(CookieName)
		emma.SetCookie(CookieName, old)
		again := emma.Do("POST", "/api/auth/refresh", nil, key).Want(200)
		if first.Text("access_token") != again.Text("access_token") || emma.Cookie(CookieName) != next {
			t.Error("the repetition got another answer")
		}
		emma.Post("/api/auth/refresh", nil).Want(200)
	})
}

func TestLogout(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma := h.Person("emma", authz.Employee)
		second := h.Nobody()
		second.SignIn("emma", house.Password)
		kept := emma.Cookie(CookieName)
		a := emma.Post("/api/auth/logout", nil).Want(204)
		if !strings.Contains(a.Header.Get("Set-Cookie"), "Max-Age=0") || emma.Cookie(CookieName) != "" {
			t.Errorf("the cookie stays: %q", a.Header.Get("Set-Cookie"))
		}
		emma.Get("/api/auth/me").Want(401)
		emma.SetCookie(CookieName, kept)
		emma.Post("/api/auth/refresh", nil).Want(401)
		emma.Post("/api/auth/logout", nil).Want(204)
		second.Get("/api/auth/me").Want(200)

		// The cookie alone is enough, and so is the access token alone.
		cookieOnly := h.Nobody()
		cookieOnly.SetCookie(CookieName, second.Cookie(CookieName))
		cookieOnly.Post("/api/auth/logout", nil).Want(204)
		second.Get("/api/auth/me").Want(401)
		third := h.Nobody()
		third.SignIn("emma", house.Password)
		tokenOnly := h.Nobody()
		tokenOnly.Token = third.Token
		tokenOnly.Post("/api/auth/logout", nil).Want(204)
		third.Post("/api/auth/refresh", nil).Want(401)
		if got := lastEvents(t, h, emma.ID, 1); !strings.HasSuffix(got[0], `"reason":"logout"`) {
			t.Errorf("events %q", got)
		}
		h.Nobody().Post("/api/auth/logout", nil).Want(204)
		h.Nobody().Do("POST", "/api/auth/logout", "not json", map[string]string{"Authorization": "Bearer x"}).Want(204)
	})
}

// An account taken over from Django signs in with its old password, whose hash
// is then made anew.
func TestDjangoPassword(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ctx, cli := context.Background(), authz.System("cli")
		const hash = "pbkdf2_sha256$1000$pepper$yt8jeL2Bwrwc7B7QD0lBV4ZK83U4VnUeUhEedexDsfc="
		u, err := h.App.User.Create(ctx, cli, user.Draft{
			Username: "olga", Email: "olga@example.com", Role: authz.Employee, PasswordHash: hash, Active: true, Verified: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		login(h.Nobody(), "olga", "wrong").Want(401)
		login(h.Nobody(), "olga", hash).Want(401)
		if now, err := user.Find(h.DB.Read(ctx), u.ID); err != nil || now.PasswordHash != hash {
			t.Fatalf("%v: a wrong password changed the hash to %q", err, now.PasswordHash)
		}
		for range 2 {
			login(h.Nobody(), "olga", "пароль со вкусом чая").Want(200)
		}
		now, err := user.Find(h.DB.Read(ctx), u.ID)
		if err != nil || !strings.HasPrefix(now.PasswordHash, "$argon2id$") || now.Version != u.Version {
			t.Errorf("%v: the hash is %q", err, now.PasswordHash)
		}
	})
}
