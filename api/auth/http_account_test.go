package auth_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

func registration(name string) obj {
	return obj{"username": name, "email": name + "@example.com", "full_name": "Emma Weber", "password": newPassword}
}

func TestRegistration(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		c := h.Nobody()
		body := registration("emma")
		for name, value := range (obj{"role": "admin", "is_active": true, "email_verified": true, "id": 77, "is_superuser": true, "department": "Board"}) {
			body[name] = value
		}
		a := c.Post("/api/auth/register", body).Want(201).Is("username", "emma").Is("email", "emma@example.com").
			Is("full_name", "Emma Weber").Is("is_active", false)
		if len(a.JSON) != 5 || a.Header.Get("Set-Cookie") != "" {
			t.Errorf("the answer: %s", a.Raw)
		}
		login(c, "emma", newPassword).Want(401)
		if n := len(h.Mail.All()); n != 0 {
			t.Errorf("%d mails before the job", n)
		}
		h.Drain(t)
		m := h.Mail.Last(t)
		path, token := linkIn(t, m.Text)
		if len(h.Mail.All()) != 1 || m.To != "emma@example.com" || path != "/verify-email" || !strings.Contains(m.Text, "http://desk.example.com/verify-email?token=") {
			t.Errorf("mail %+v", m)
		}
		// Neither job nor table knows the token.
		for _, table := range []string{"one_time_tokens", "jobs", "events", "users"} {
			var rows []obj
			if err := h.DB.Read(context.Background()).Table(table).Find(&rows).Error; err != nil {
				t.Fatal(err)
			}
			if strings.Contains(fmt.Sprint(rows), token) || strings.Contains(fmt.Sprint(rows), newPassword) {
				t.Errorf("table %s holds a secret", table)
			}
		}
		c.Post("/api/auth/reset_password", obj{"token": token, "password": newPassword}).WantCode(400, "auth.invalid_link")
		c.Post("/api/auth/verify_email", obj{"token": token}).Want(200)
		c.Post("/api/auth/verify_email", obj{"token": token}).WantCode(400, "auth.invalid_link")
		login(c, "emma", newPassword).Want(200).Is("user.role", "employee").Is("user.department", "").Is("user.email_verified", true)
	})
}

func TestRegistrationIsRefused(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		h.Person("taken", authz.Admin)
		c := h.Nobody()
		c.Post("/api/auth/register", obj{}).WantFields("username", "email", "full_name", "password")
		c.Post("/api/auth/register", obj{"username": "a b", "email": "x", "full_name": " ", "password": "password1234"}).
			WantFields("username", "email", "full_name", "password")
		c.Post("/api/auth/register", obj{"username": nil, "email": 1, "full_name": []int{}, "password": true}).
			WantFields("username", "email", "full_name", "password")
		for field, values := range map[string][]any{
			"username":  {"ab", "taken@example.com", "x@y.z", "a\u0000b", "new\nline", strings.Repeat("x", 151), "deleted-1"},
			"email":     {"Emma <emma@example.com>", "emma@example.com\n", "a@b@c", strings.Repeat("x", 250) + "@example.com"},
			"full_name": {"", "\u200b", "a\x1bb", strings.Repeat("x", 301)},
			"password":  {"short", strings.Repeat("qx7", 86), "emma@example.com", "emmaemmaemma", "Password1234"},
		} {
			for _, v := range values {
				body := registration("emma")
				body[field] = v
				c.Post("/api/auth/register", body).WantFields(field)
			}
		}
		for _, body := range []obj{
			{"username": "TAKEN", "email": "new@example.com", "full_name": "x", "password": newPassword},
			{"username": "fresh", "email": "Taken@Example.com", "full_name": "x", "password": newPassword},
		} {
			a := c.Post("/api/auth/register", body).WantCode(409, "user.taken")
			if len(a.JSON["errors"].(obj)) != 1 {
				t.Errorf("wrong fields in %s", a.Raw)
			}
		}
		for _, bad := range []string{"", "[]", "null", "{", `{"username":"a","username":"b"}`, "\xff"} {
			c.Post("/api/auth/register", bad).Want(400)
		}
		h.Drain(t)
		if n := len(h.Mail.All()); n != 0 {
			t.Errorf("%d mails were sent", n)
		}
	})
}

func TestRegistrationClosed(t *testing.T) {
	h := house.New(t, testkit.SQLite(t), func(s *config.Settings) { s.Registration = "off" })
	h.Nobody().Post("/api/auth/register", registration("emma")).WantCode(403, "auth.registration_closed")
	h.Nobody().Get("/api/config").Want(200).Is("registration", false).Is("password_min_length", 12).Is("version", "test").Is("demo", false)
}

func TestVerificationExpires(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		c := h.Nobody()
		c.Post("/api/auth/register", registration("emma")).Want(201)
		h.Drain(t)
		_, late := linkIn(t, h.Mail.Last(t).Text)
		h.Clock.Advance(24 * time.Hour)
		for _, token := range []string{late, late + "x", "", "x", strings.Repeat("x", 100_000), "\u202e"} {
			c.Post("/api/auth/verify_email", obj{"token": token}).WantCode(400, "auth.invalid_link")
		}
		c.Post("/api/auth/verify_email", obj{}).WantFields("token")
		c.Post("/api/auth/verify_email", obj{"token": 1}).WantFields("token")

		c.Post("/api/auth/resend_verification", obj{"email": "EMMA@example.com"}).Want(200)
		h.Drain(t)
		_, fresh := linkIn(t, h.Mail.Last(t).Text)
		if fresh == late {
			t.Fatal("the same link again")
		}
		c.Post("/api/auth/verify_email", obj{"token": fresh}).Want(200)
		login(c, "emma", newPassword).Want(200)
	})
}

// A mail whose sending failed is sent again with the same link and the same
// Message-ID, since the first one may have arrived after all.
func TestMailIsSentAgain(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		c := h.Nobody()
		h.Mail.FailWith(errors.New("connection refused"))
		c.Post("/api/auth/register", registration("emma")).Want(201)
		h.Drain(t)
		ada.Get("/api/jobs?state=ready").Want(200).Is("count", 1)
		h.Mail.FailWith(nil)
		h.Clock.Advance(time.Minute)
		h.Drain(t)
		first := h.Mail.Last(t)
		var j job.Job
		if err := h.DB.Read(context.Background()).Where("kind = ?", "mail.verify_email").Take(&j).Error; err != nil {
			t.Fatal(err)
		}
		if j.Payload != "{}" || j.State != job.Done {
			t.Errorf("the job is left as %+v", j)
		}
		exec(t, h, `UPDATE jobs SET state = 'ready', payload = '{"email":"emma@example.com"}' WHERE id = ?`, j.ID)
		h.Drain(t)
		second := h.Mail.Last(t)
		if len(h.Mail.All()) != 2 || !reflect.DeepEqual(first, second) {
			t.Errorf("sent %+v and then %+v", first, second)
		}
		_, token := linkIn(t, second.Text)
		c.Post("/api/auth/verify_email", obj{"token": token}).Want(200)
		// Once more does not bring the link back to life.
		exec(t, h, `UPDATE jobs SET state = 'ready', payload = '{"email":"emma@example.com"}' WHERE id = ?`, j.ID)
		exec(t, h, "UPDATE users SET pending_link = ? WHERE username = 'emma'", true)
		h.Drain(t)
		if len(h.Mail.All()) != 2 {
			t.Error("a used link was mailed again")
		}
		c.Post("/api/auth/verify_email", obj{"token": token}).Want(400)
	})
}

// Nobody learns from these answers who has an account.
func TestEqualAnswers(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		h.Person("emma", authz.Employee)
		off := h.Person("off", authz.Employee)
		exec(t, h, "UPDATE users SET is_active = ? WHERE id = ?", false, off.ID)
		h.Nobody().Post("/api/auth/register", registration("waiting")).Want(201)
		h.Drain(t)
		before := len(h.Mail.All())
		for _, endpoint := range []string{"/api/auth/forgot_password", "/api/auth/resend_verification"} {
			var answers []string
			jobs := countJobs(t, h)
			for i, email := range []string{"emma@example.com", "nobody@example.com", "off@example.com", "waiting@example.com"} {
				a := h.Nobody().Post(endpoint, obj{"email": email}).Want(200)
				answers = append(answers, string(a.Raw))
				if answers[i] != answers[0] {
					t.Errorf("%s answers %s to %s", endpoint, a.Raw, email)
				}
				if now := countJobs(t, h); now != jobs+int64(i)+1 {
					t.Errorf("%s: %d jobs for %s", endpoint, now-jobs, email)
				}
			}
			h.Nobody().Post(endpoint, obj{}).WantFields("email")
			h.Nobody().Post(endpoint, obj{"email": "nowhere"}).WantFields("email")
			h.Nobody().Post(endpoint, obj{"email": nil}).WantFields("email")
			h.Nobody().Post(endpoint, "x").Want(400)
		}
		h.Drain(t)
		var to []string
		for _, m := range h.Mail.All()[before:] {
			path, _ := linkIn(t, m.Text)
			to = append(to, m.To+path)
		}
		want := "[emma@example.com/reset-password waiting@example.com/reset-password waiting@example.com/verify-email]"
		if fmt.Sprint(to) != want {
			t.Errorf("mails to %v, want %s", to, want)
		}
	})
}

func TestResetPassword(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, c := h.Person("emma", authz.Employee), h.Nobody()
		forget := func() string {
			c.Post("/api/auth/forgot_password", obj{"email": "emma@example.com"}).Want(200)
			h.Drain(t)
			m := h.Mail.Last(t)
			path, token := linkIn(t, m.Text)
			if path != "/reset-password" || m.To != "emma@example.com" {
				t.Fatalf("mail %+v", m)
			}
			return token
		}
		older, newer := forget(), forget()
		c.Post("/api/auth/reset_password", obj{"token": newer, "password": "password1234"}).WantFields("password")
		c.Post("/api/auth/reset_password", obj{"token": newer, "password": "emma@example.com"}).WantFields("password")
		c.Post("/api/auth/reset_password", obj{"token": newer}).WantFields("password")
		c.Post("/api/auth/reset_password", obj{"password": 1}).WantFields("token", "password")
		c.Post("/api/auth/reset_password", obj{"token": "x", "password": "short"}).WantCode(400, "auth.invalid_link")
		c.Post("/api/auth/verify_email", obj{"token": newer}).WantCode(400, "auth.invalid_link")
		emma.Get("/api/auth/me").Want(200)

		c.Post("/api/auth/reset_password", obj{"token": newer, "password": newPassword}).Want(200)
		emma.Get("/api/auth/me").Want(401)
		emma.Post("/api/auth/refresh", nil).Want(401)
		login(c, "emma", house.Password).Want(401)
		login(c, "emma", newPassword).Want(200)
		for _, token := range []string{newer, older} { // one use ends them all
			c.Post("/api/auth/reset_password", obj{"token": token, "password": "some-other-words-77"}).WantCode(400, "auth.invalid_link")
		}
		late := forget()
		h.Clock.Advance(time.Hour)
		c.Post("/api/auth/reset_password", obj{"token": late, "password": "some-other-words-77"}).WantCode(400, "auth.invalid_link")
		locked := forget()
		ada := h.Person("ada", authz.Admin)
		ada.Patch(fmt.Sprintf("/api/users/%d", emma.ID), obj{"is_active": false}).Want(200)
		c.Post("/api/auth/reset_password", obj{"token": locked, "password": "some-other-words-77"}).WantCode(400, "auth.invalid_link")
		if got := lastEvents(t, h, emma.ID, 9); !strings.Contains(strings.Join(got, "\n"), `user.password_changed by emma "how":"link"`) {
			t.Errorf("events %q", got)
		}
	})
}

// The link to a new password proves the address as well as the other one does.
func TestResetOfARegistration(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		c := h.Nobody()
		c.Post("/api/auth/register", registration("emma")).Want(201)
		h.Drain(t)
		_, verify := linkIn(t, h.Mail.Last(t).Text)
		c.Post("/api/auth/forgot_password", obj{"email": "emma@example.com"}).Want(200)
		h.Drain(t)
		_, reset := linkIn(t, h.Mail.Last(t).Text)
		c.Post("/api/auth/reset_password", obj{"token": reset, "password": "some-other-words-77"}).Want(200)
		login(c, "emma", newPassword).Want(401)
		login(c, "emma", "some-other-words-77").Want(200).Is("user.email_verified", true)
		c.Post("/api/auth/verify_email", obj{"token": verify}).Want(400)
	})
}

func TestChangePassword(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, other := h.Person("emma", authz.Employee), h.Nobody()
		other.SignIn("emma", house.Password)
		change := func(c *house.Client, current, next any) *house.Answer {
			return c.Post("/api/auth/change_password", obj{"current_password": current, "new_password": next})
		}
		change(emma, "wrong", newPassword).WantFields("current_password")
		change(emma, house.Password, "short").WantFields("new_password")
		change(emma, house.Password, house.Password).WantFields("new_password")
		change(emma, 1, nil).WantFields("current_password", "new_password")
		emma.Post("/api/auth/change_password", obj{}).WantFields("current_password", "new_password")
		change(h.Nobody(), house.Password, newPassword).Want(401)
		other.Get("/api/auth/me").Want(200)

		old := emma.Cookie(CookieName)
		was := emma.Token
		emma.Token = change(emma, house.Password, newPassword).Want(200).Is("user.username", "emma").Text("access_token")
		emma.Get("/api/auth/me").Want(200)
		emma.Post("/api/auth/refresh", nil).Want(200)
		other.Get("/api/auth/me").Want(401)
		other.Post("/api/auth/refresh", nil).Want(401)
		stale := h.Nobody()
		stale.Token = was
		stale.SetCookie(CookieName, old)
		stale.Get("/api/auth/me").Want(401)
		stale.Post("/api/auth/refresh", nil).Want(401)
		login(h.Nobody(), "emma", house.Password).Want(401)
		login(h.Nobody(), "emma", newPassword).Want(200)
	})
}

func countJobs(t *testing.T, h *house.House) int64 {
	t.Helper()
	var n int64
	if err := h.DB.Read(context.Background()).Model(&job.Job{}).Count(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}
