package auth_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

func wantTooMany(t *testing.T, a *house.Answer) time.Duration {
	t.Helper()
	a.WantCode(429, "auth.too_many_attempts")
	seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		t.Errorf("Retry-After: %q", a.Header.Get("Retry-After"))
	}
	return time.Duration(seconds) * time.Second
}

func TestFailedSignInsAreLimited(t *testing.T) {
	limited(t, func(t *testing.T, h *house.House) {
		h.Person("emma", authz.Employee)
		h.Person("sam", authz.ITStaff)
		// An account that does not exist is limited like one that does.
		for _, name := range []string{"emma", "nobody"} {
			for i := range 10 {
				login(h.Nobody(), []string{name, strings.ToUpper(name)}[i%2], "wrong").Want(401)
			}
			wait := wantTooMany(t, login(h.Nobody(), name, "wrong"))
			wantTooMany(t, login(h.Nobody(), name, house.Password))
			login(h.Nobody(), "sam", house.Password).Want(200)
			h.Clock.Advance(wait)
			login(h.Nobody(), name, "wrong").Want(401)
			wantTooMany(t, login(h.Nobody(), name, house.Password))
		}
		h.Clock.Advance(time.Minute)
		login(h.Nobody(), "emma", house.Password).Want(200)
		// What succeeds is not counted.
		for range 30 {
			login(h.Nobody(), "sam", house.Password).Want(200)
		}
	})
}

func TestFailedSignInsOfAnAddressAreLimited(t *testing.T) {
	limited(t, func(t *testing.T, h *house.House) {
		h.Person("emma", authz.Employee)
		for i := range 60 {
			login(h.Nobody(), fmt.Sprintf("guess-%d", i), "wrong").Want(401)
		}
		wait := wantTooMany(t, login(h.Nobody(), "another", "wrong"))
		// Without trusted proxies nobody chooses their own address.
		a := h.Nobody().Do("POST", "/api/auth/login", obj{"username": "another", "password": "wrong"}, map[string]string{"X-Forwarded-For": "203.0.113.9"})
		wantTooMany(t, a)
		wantTooMany(t, login(h.Nobody(), "emma", house.Password))
		h.Clock.Advance(wait)
		login(h.Nobody(), "emma", house.Password).Want(200)
	})
}

// Guesses that arrive together cannot all slip through.
func TestParallelGuessesAreLimited(t *testing.T) {
	limited(t, func(t *testing.T, h *house.House) {
		h.Person("emma", authz.Employee)
		var wg sync.WaitGroup
		status := make([]int, 40)
		for i := range status {
			c := h.Nobody()
			wg.Go(func() { status[i] = login(c, "emma", "wrong").Status })
		}
		wg.Wait()
		slices.Sort(status)
		if tried := slices.Index(status, 429); tried < 10 || tried > 12 {
			t.Errorf("%d guesses were answered: %v", tried, status)
		}
	})
}

func TestConfirmationsAreLimited(t *testing.T) {
	limited(t, func(t *testing.T, h *house.House) {
		emma := h.Person("emma", authz.Employee)
		body := obj{"current_password": "wrong", "new_password": newPassword}
		for range 10 {
			emma.Post("/api/auth/change_password", body).WantFields("current_password")
		}
		wantTooMany(t, emma.Post("/api/auth/change_password", body))
		body["current_password"] = house.Password
		wantTooMany(t, emma.Post("/api/auth/change_password", body))
		h.Clock.Advance(time.Minute)
		emma.Post("/api/auth/change_password", body).Want(200)
	})
}

func TestPublicEndpointsAreLimited(t *testing.T) {
	limited(t, func(t *testing.T, h *house.House) {
		c := h.Nobody()
		for endpoint, tc := range map[string]struct {
			body   obj
			status int
			times  int
		}{
			"/api/auth/register":     {obj{}, 400, 20},
			"/api/auth/verify_email": {obj{"token": "x"}, 400, 30},
		} {
			for range tc.times {
				c.Post(endpoint, tc.body).Want(tc.status)
			}
			wantTooMany(t, c.Post(endpoint, tc.body))
		}
		// Trying links is one limit, whichever kind of link.
		wantTooMany(t, c.Post("/api/auth/reset_password", obj{"token": "x", "password": newPassword}))
		for i := range 20 {
			endpoint := []string{"/api/auth/forgot_password", "/api/auth/resend_verification"}[i%2]
			c.Post(endpoint, obj{"email": fmt.Sprintf("p%d@example.com", i)}).Want(200)
		}
		wantTooMany(t, c.Post("/api/auth/forgot_password", obj{"email": "x@example.com"}))
		wantTooMany(t, c.Post("/api/auth/resend_verification", obj{"email": "x@example.com"}))
	})
}

// However often somebody asks, a mailbox gets few mails, and the answer does not
// tell.
func TestMailsToOneMailboxAreLimited(t *testing.T) {
	limited(t, func(t *testing.T, h *house.House) {
		h.Person("emma", authz.Employee)
		var first string
		for i := range 6 {
			a := h.Nobody().Post("/api/auth/forgot_password", obj{"email": []string{"emma@example.com", "EMMA@Example.com"}[i%2]}).Want(200)
			if first == "" {
				first = string(a.Raw)
			}
			if string(a.Raw) != first {
				t.Errorf("the answer changed to %s", a.Raw)
			}
		}
		h.Drain(t)
		if n := len(h.Mail.All()); n != 3 {
			t.Errorf("%d mails", n)
		}
		h.Clock.Advance(20 * time.Minute)
		h.Nobody().Post("/api/auth/forgot_password", obj{"email": "emma@example.com"}).Want(200)
		h.Drain(t)
		if n := len(h.Mail.All()); n != 4 {
			t.Errorf("%d mails after a while", n)
		}
	})
}
