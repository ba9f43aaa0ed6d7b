package user_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/user"
)

type obj = map[string]any

func account(id int64) string { return fmt.Sprintf("/api/users/%d", id) }

// events returns the types of what happened to an account, oldest first.
func events(t *testing.T, h *house.House, id int64) []string {
	t.Helper()
	all, err := h.App.Bus.Of(context.Background(), "user", id, nil, 0, false, 100)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range all {
		if !strings.HasPrefix(e.Type, "session.") {
			out = append(out, strings.TrimSpace(e.Type+" "+strings.Trim(e.Data, "{}")))
		}
	}
	return out
}

func wantEvents(t *testing.T, h *house.House, id int64, want ...string) {
	t.Helper()
	if got := events(t, h, id); !slices.Equal(got, want) {
		t.Errorf("events of account %d\n got %q\nwant %q", id, got, want)
	}
}

func TestAccountsAreForAdministrators(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff)
		for _, c := range []*house.Client{emma, sam} {
			c.Get("/api/users").WantCode(403, "user.manage_denied")
			c.Get("/api/users?nonsense=1").Want(403)
			c.Get(account(emma.ID)).Want(403)
			c.Get(account(999)).Want(403)
			c.Post("/api/users", obj{"username": "mallory", "email": "m@example.com", "role": "admin"}).Want(403)
			c.Post("/api/users", "not json").Want(403)
			c.Put(account(c.ID), obj{"username": "x", "email": "y", "role": "admin"}).Want(403)
			c.Patch(account(c.ID), obj{"role": "admin"}).Want(403)
			c.Delete(account(c.ID)).Want(403)
			h.Nobody().Get("/api/users").WantCode(401, "auth.required")
		}
		emma.Get("/api/assignees").WantCode(403, "user.assignees_denied")
		h.Nobody().Get("/api/assignees").Want(401)
		sam.Get("/api/assignees").Want(200).Is("count", 1)
		emma.Get("/api/auth/me").Is("role", "employee")
	})
}

func TestCreateAccount(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		made := ada.Post("/api/users", obj{
			"username": "Nadia.K", "email": "Nadia@Example.com", "role": "it_staff", "first_name": "Nadia", "last_name": "Kowalczyk",
			"department": "IT", "phone": "+48 22 1234567", "password": "seven-quiet-lanterns",
			"id": 99, "is_active": false, "version": 7, "email_verified": false, "created_at": "1999-01-01T00:00:00Z", "permissions": []string{"x"},
		}).Want(201)
		made.Is("username", "Nadia.K").Is("email", "Nadia@Example.com").Is("full_name", "Nadia Kowalczyk").Is("is_active", true).
			Is("email_verified", true).Is("version", 1).Is("last_login_at", nil)
		if strings.Contains(string(made.Raw), "password") || strings.Contains(string(made.Raw), "argon") {
			t.Errorf("the answer tells too much: %s", made.Raw)
		}
		id := made.Int("id")
		wantEvents(t, h, id, "user.created")
		h.Drain(t)
		if n := len(h.Mail.All()); n != 0 {
			t.Errorf("%d mails for an account with a password", n)
		}
		nadia := h.Nobody()
		nadia.SignIn("nadia.k", "seven-quiet-lanterns")
		nadia.SignIn("NADIA@EXAMPLE.COM", "seven-quiet-lanterns")
		ada.Get(account(id)).Is("version", 1)
		if ada.Get(account(id)).Field("last_login_at") == nil {
			t.Error("the sign-in left no trace")
		}

		// Everything that is wrong, at once.
		ada.Post("/api/users", obj{}).WantFields("username", "email", "role")
		ada.Post("/api/users", obj{
			"username": "a b", "email": "nowhere", "role": "boss", "full_name": "x\ny", "first_name": 1, "last_name": strings.Repeat("x", 151),
			"department": nil, "phone": strings.Repeat("1", 51), "password": "short",
		}).WantFields("username", "email", "role", "full_name", "first_name", "last_name", "department", "phone", "password")
		ada.Post("/api/users", obj{"username": "joe", "email": "joe@example.com", "role": "employee", "password": "joe@example.com"}).WantFields("password")
		ada.Post("/api/users", obj{"username": "someone@example.com", "email": "joe@example.com", "role": "employee"}).WantFields("username")
		for _, body := range []obj{
			{"username": "NADIA.k", "email": "other@example.com", "role": "employee"},
			{"username": "other", "email": "nadia@example.COM", "role": "employee"},
		} {
			ada.Post("/api/users", body).WantCode(409, "user.taken")
		}
		both := ada.Post("/api/users", obj{"username": "nadia.k", "email": "nadia@example.com", "role": "employee"}).Want(409)
		both.Field("errors.username")
		both.Field("errors.email")
		ada.Get("/api/users").Is("count", 2)

		// The same request with the same key is one account.
		key := map[string]string{"Idempotency-Key": "k-1"}
		body := obj{"username": "joe@example.com", "email": "Joe@example.com", "role": "employee"}
		first := ada.Do("POST", "/api/users", body, key).Want(201)
		again := ada.Do("POST", "/api/users", body, key).Want(201)
		if first.Int("id") != again.Int("id") {
			t.Error("a repeated request made another account")
		}
	})
}

func TestInvitation(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		id := ada.Post("/api/users", obj{"username": "nadia", "email": "nadai@example.com", "role": "it_staff"}).
			Want(201).Is("is_active", true).Is("email_verified", false).Int("id")
		wantEvents(t, h, id, "user.created", "user.invited")
		h.Drain(t)
		wrong := h.Mail.Last(t)
		if wrong.To != "nadai@example.com" {
			t.Errorf("invited %s", wrong.To)
		}
		h.Nobody().Post("/api/auth/login", obj{"username": "nadia", "password": ""}).Want(401)

		// The address was mistyped: the first link is worth nothing, another one goes out.
		ada.Patch(account(id), obj{"email": "nadia@example.com"}).Want(200)
		h.Drain(t)
		right := h.Mail.Last(t)
		if right.To != "nadia@example.com" || right.ID == wrong.ID {
			t.Errorf("invited %s by %s", right.To, right.ID)
		}
		h.Nobody().Post("/api/auth/reset_password", obj{"token": token(t, wrong.Text), "password": "seven-quiet-lanterns"}).Want(400)
		h.Clock.Advance(6 * 24 * time.Hour)
		h.Nobody().Post("/api/auth/reset_password", obj{"token": token(t, right.Text), "password": "seven-quiet-lanterns"}).Want(200)
		h.Nobody().SignIn("nadia", "seven-quiet-lanterns")
		ada.SignIn("ada", house.Password)
		ada.Get(account(id)).Is("email_verified", true)
		ada.Patch(account(id), obj{"email": "n@example.com"}).Want(200)
		h.Drain(t)
		if h.Mail.Last(t).To != "nadia@example.com" {
			t.Error("invited again though there is a password")
		}
	})
}

// token returns the token of the link in a mail.
func token(t *testing.T, text string) string {
	t.Helper()
	for _, word := range strings.Fields(text) {
		if u, err := url.Parse(word); err == nil && u.Query().Get("token") != "" {
			return u.Query().Get("token")
		}
	}
	t.Fatalf("no link in %q", text)
	return ""
}

func TestUpdateAccount(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada, emma := h.Person("ada", authz.Admin), h.Person("emma", authz.Employee)
		h.Person("taken", authz.Employee)
		one := account(emma.ID)
		was := ada.Get(one).Want(200)

		ada.Patch(one, obj{}).Want(200).Is("version", 1)
		ada.Patch(one, obj{"username": "emma", "is_active": true, "role": "employee", "last_login_at": nil}).Want(200).Is("version", 1)
		ada.Patch(one, obj{"department": "Finance", "phone": "7", "username": "taken"}).WantCode(409, "user.taken")
		ada.Patch(one, obj{"department": "Finance", "phone": "7\n", "role": 3}).WantFields("phone", "role")
		ada.Get(one).Is("version", 1).Is("department", "")
		changed := ada.Patch(one, obj{"department": "Finance", "username": "Emma.W", "email_verified": false}).
			Want(200).Is("version", 2).Is("department", "Finance").Is("email_verified", true)
		wantEvents(t, h, emma.ID, "user.created", `user.updated "changed":["username","department"]`)
		emma.Get("/api/auth/me").Want(200).Is("username", "Emma.W")

		// A stale condition changes nothing, also with a role.
		stale := map[string]string{"If-Match": was.Header.Get("ETag")}
		ada.Do("PATCH", one, obj{"role": "admin"}, stale).WantCode(412, "request.stale")
		ada.Do("PUT", one, was.JSON, stale).Want(412)
		ada.Do("DELETE", one, nil, stale).Want(412)
		ada.Do("PATCH", one, obj{"role": "it_staff"}, map[string]string{"If-Match": changed.Header.Get("ETag")}).
			Want(200).Is("role", "it_staff").Is("version", 3)
		emma.Get("/api/auth/me").WantCode(401, "auth.invalid_token")
		emma.SignIn("emma.w", house.Password)
		emma.Get("/api/auth/me").Want(200).Is("role", "it_staff")

		ada.Put(one, obj{"username": "emma"}).WantFields("email", "role")
		ada.Patch(one, obj{"is_active": false}).Want(200).Is("is_active", false)
		emma.Get("/api/auth/me").Want(401)
		h.Nobody().Post("/api/auth/login", obj{"username": "emma.w", "password": house.Password}).WantCode(401, "auth.invalid_credentials")
		ada.Patch(one, obj{"is_active": true}).Want(200)
		emma.Get("/api/auth/me").Want(401)
		emma.SignIn("emma.w", house.Password)
		wantEvents(t, h, emma.ID, "user.created", `user.updated "changed":["username","department"]`,
			`user.role_changed "from":"employee","to":"it_staff"`, "user.deactivated", "user.activated")

		for _, id := range []string{"0", "x", "-1", "007", "99999999999999999999", "%20"} {
			ada.Get("/api/users/" + id).Want(404)
			ada.Patch("/api/users/"+id, obj{"role": "admin"}).Want(404)
			ada.Delete("/api/users/" + id).Want(404)
		}
		ada.Get(account(9999)).WantCode(404, "user.not_found")
		if a := ada.Do("GET", one, nil, map[string]string{"If-None-Match": ada.Get(one).Header.Get("ETag")}); a.Status != 304 {
			t.Errorf("If-None-Match: %d", a.Status)
		}
	})
}

// A username that is the address stays it, so that it never becomes another's.
func TestUsernameFollowsAddress(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		one := account(ada.Post("/api/users", obj{"username": "joe@example.com", "email": "joe@example.com", "role": "employee"}).Want(201).Int("id"))
		ada.Patch(one, obj{"email": "joseph@example.com"}).Want(200).Is("username", "joseph@example.com")
		ada.Patch(one, obj{"email": "j@example.com", "username": "joe@example.com"}).WantFields("username")
		ada.Patch(one, obj{"username": "joseph"}).Want(200)
		ada.Patch(one, obj{"username": "ada@example.com"}).WantFields("username")
	})
}

func TestDeleteAccount(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada, sam := h.Person("ada", authz.Admin), h.Person("sam", authz.ITStaff)
		ada.Patch(account(sam.ID), obj{"phone": "123", "department": "Secret service"}).Want(200)
		ticket := sam.Post("/api/tickets", obj{"title": "Mine", "description": "x"}).Want(201).Int("id")
		sam.Post(fmt.Sprintf("/api/tickets/%d/add_comment", ticket), obj{"content": "also mine"}).Want(201)
		api := sam.Post("/api/auth/tokens", obj{"name": "script"}).Want(201).Text("token")

		ada.Delete(account(sam.ID)).Want(204)
		gone := ada.Get(account(sam.ID)).Want(200)
		name := fmt.Sprintf("deleted-%d", sam.ID)
		gone.Is("username", name).Is("email", name+"@deleted.invalid").Is("is_active", false).Is("full_name", "").Is("phone", "").Is("department", "")
		if strings.Contains(string(gone.Raw), "sam") || strings.Contains(string(gone.Raw), "Secret") {
			t.Errorf("something is left: %s", gone.Raw)
		}
		ada.Get("/api/users?search=sam").Want(200).Is("count", 0)
		ada.Get(fmt.Sprintf("/api/tickets/%d", ticket)).Want(200).Is("created_by.username", name).Is("comment_count", 1)
		wantEvents(t, h, sam.ID, "user.created", `user.updated "changed":["department","phone"]`,
			fmt.Sprintf(`api_token.created "token_id":%d`, 1), "user.deactivated", "user.anonymised")

		sam.Get("/api/auth/me").Want(401)
		sam.Token = api
		sam.Get("/api/auth/me").Want(401)
		sam.Post("/api/auth/refresh", nil).Want(401)
		h.Nobody().Post("/api/auth/login", obj{"username": "sam", "password": house.Password}).Want(401)
		h.Nobody().Post("/api/auth/login", obj{"username": name, "password": house.Password}).Want(401)
		h.Nobody().Post("/api/auth/forgot_password", obj{"email": name + "@example.com"}).Want(200)

		ada.Delete(account(sam.ID)).Want(204)
		ada.Patch(account(sam.ID), obj{"is_active": true}).WantCode(409, "user.anonymised")
		ada.Delete(account(12345)).Want(404)
		// The names are free again.
		ada.Post("/api/users", obj{"username": "sam", "email": "sam@example.com", "role": "employee"}).Want(201)
	})
}

func TestLastAdministrator(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		// Invited, deactivated and deleted administrators cannot take over.
		ada.Post("/api/users", obj{"username": "invited", "email": "invited@example.com", "role": "admin"}).Want(201)
		off := h.Person("off", authz.Admin)
		ada.Patch(account(off.ID), obj{"is_active": false}).Want(200)
		for _, body := range []obj{{"role": "employee"}, {"is_active": false}, {"role": "it_staff", "is_active": false}} {
			ada.Patch(account(ada.ID), body).WantCode(409, "user.last_admin")
		}
		ada.Delete(account(ada.ID)).WantCode(409, "user.last_admin")
		ada.Get(account(ada.ID)).Is("role", "admin").Is("is_active", true).Is("version", 1)
		ada.Patch(account(ada.ID), obj{"department": "Board"}).Want(200)

		ada.Patch(account(off.ID), obj{"is_active": true}).Want(200)
		ada.Patch(account(ada.ID), obj{"role": "employee"}).Want(200)
		off.SignIn("off", house.Password)
		off.Patch(account(off.ID), obj{"role": "employee"}).WantCode(409, "user.last_admin")
	})
}

// Two administrators who remove each other at the same moment: one stays.
func TestLastAdministratorRace(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ctx := context.Background()
		for round := range 6 {
			a, b := h.Person(fmt.Sprintf("a%02d", round), authz.Admin), h.Person(fmt.Sprintf("b%02d", round), authz.Admin)
			done := make(chan error, 2)
			for _, pair := range [][2]int64{{a.ID, b.ID}, {b.ID, a.ID}} {
				go func() {
					by := authz.Person(pair[0], "admin", authz.Admin, authz.Options{})
					if round%2 == 0 {
						role := authz.Employee
						_, err := h.App.User.Update(ctx, by, pair[1], none, user.Changes{Role: &role})
						done <- err
					} else {
						done <- h.App.User.Delete(ctx, by, pair[1], none)
					}
				}()
			}
			err1, err2 := <-done, <-done
			if (err1 == nil) == (err2 == nil) {
				t.Fatalf("round %d: %v and %v", round, err1, err2)
			}
			// Leave none of this round, but by the back door.
			err := h.App.Bus.Do(ctx, authz.System("test"), func(tx *event.Tx) error {
				return tx.Exec("UPDATE users SET is_active = ? WHERE id IN ?", false, []int64{a.ID, b.ID}).Error
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestListAccounts(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		var want []string
		for i := range 23 {
			role, active := authz.Roles[i%2], i%3 != 0
			name := fmt.Sprintf("person-%02d", i)
			_, err := h.App.User.Create(context.Background(), authz.System("test"), user.Draft{
				Username: name, Email: name + "@example.com", FullName: "Straße 100% № " + name, Role: role, Active: active, Verified: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, name)
		}
		slices.Reverse(want)
		want = append(want, "ada")

		var got []string
		next := "/api/users?page_size=7"
		for pages := 0; next != "" && pages < 10; pages++ {
			list := ada.Get(next).Want(200).Is("count", 24).Is("count_exact", true)
			for _, r := range list.Results() {
				got = append(got, fmt.Sprint(r["username"]))
			}
			next, _ = list.Field("next").(string)
		}
		if !slices.Equal(got, want) {
			t.Errorf("followed\n got %q\nwant %q", got, want)
		}
		second := ada.Get("/api/users?page_size=7&page=2").Want(200)
		first := ada.Get(second.Text("previous")).Want(200)
		if first.Results()[0]["username"] != "person-22" || len(first.Results()) != 7 {
			t.Errorf("previous of the second page: %s", first.Raw)
		}
		ada.Get("/api/users?page=3").Want(200).Is("next", nil)
		for _, q := range []string{"page=4", "page=1001", "page=9223372036854775807", "page=200&page_size=100"} {
			ada.Get("/api/users?"+q).WantCode(404, "page.not_found")
		}
		for query, field := range map[string]string{
			"?q=x": "q", "?role=hr": "role", "?is_active=yes": "is_active", "?page=0": "page", "?page_size=0": "page_size", "?search=%ff": "search",
		} {
			ada.Get("/api/users" + query).WantFields(field)
		}
		for query, count := range map[string]int{
			"search=STRASSE": 23, "search=100%25": 23, "search=_": 0, "search=%25%25": 0, "search=person-1": 10, "search=@EXAMPLE.com": 24,
			"role=employee": 12, "role=it_staff": 11, "role=admin": 1, "is_active=false": 8, "role=employee&is_active=true&search=person-0": 3, "search=&role=": 24,
		} {
			ada.Get("/api/users?"+query).Want(200).Is("count", count)
		}
		// Only those who can be given tickets, and of them only what everybody sees.
		list := ada.Get("/api/assignees?page_size=100").Want(200).Is("count", 8)
		for _, r := range list.Results() {
			if r["role"] == "employee" || r["phone"] != nil || r["is_active"] != nil {
				t.Errorf("an assignee: %v", r)
			}
		}
		ada.Get("/api/assignees?search=person-1").Want(200).Is("count", 4)
		raw, err := json.Marshal(ada.Get("/api/users").JSON)
		if err != nil || strings.Contains(string(raw), "argon") {
			t.Error("hashes are shown")
		}
	})
}

// TestPeopleAreFoundByTelephone searches for who calls, however the number is written.
func TestPeopleAreFoundByTelephone(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		ada.Patch(fmt.Sprintf("/api/users/%d", emma.ID), obj{"phone": "+49 (30) 123-45/67"}).Want(200)
		for search, n := range map[string]int{
			"030 1234567": 1, "(30) 12345": 1, "+4930": 1, "4567": 1, "567": 0, "030 1234568": 0, "30x1234": 0,
		} {
			sam.GetQuery("/api/people", "search", search).Want(200).Is("count", n)
		}
		emma.GetQuery("/api/people", "search", "4567").Want(403)
	})
}
