package watcher_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/user"
	"github.com/fixdesk/fixdesk/api/watcher"
)

const newPassword = "copper-walnut-sundial-86"

// following is who watches a ticket or is in CC, as names and addresses.
func following(ada *house.Client, one string) string {
	var out []string
	for _, w := range ada.Get(one + "/watchers").Want(200).Results() {
		name := fmt.Sprintf("<%v>", w["address"])
		if u, ok := w["user"].(obj); ok {
			name = u["username"].(string)
		}
		out = append(out, fmt.Sprint(w["kind"], " ", name))
	}
	return strings.Join(out, ", ")
}

func is(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func open(emma *house.Client, cc ...string) string {
	one := fmt.Sprintf("/api/tickets/%d", emma.Post("/api/tickets", obj{"title": "Printer", "description": "No toner."}).Want(201).Int("id"))
	for _, address := range cc {
		emma.Post(one+"/cc", obj{"address": address}).Want(201)
	}
	return one
}

// TestAnAddressInCCBecomesItsAccount lets somebody register who is in CC by address: they see the
// ticket once they have used the link, are told of it, and get each mail once.
func TestAnAddressInCCBecomesItsAccount(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, ada := h.Person("emma", authz.Employee), h.Person("ada", authz.Admin)
		one, other := open(emma, "Lee@Example.com"), open(emma)
		lee := h.Nobody()
		lee.Post("/api/auth/register", obj{"username": "lee", "email": "lee@example.com", "full_name": "Lee", "password": newPassword}).Want(201)
		h.Drain(t)
		is(t, "before the link", following(ada, one), "cc <lee@example.com>")
		// What waits to be sent to the address goes to the account, not nowhere.
		ada.Post(one+"/add_comment", obj{"content": "It comes."}).Want(201)
		text := h.Mail.Last(t).Text
		at := strings.Index(text, "token=")
		token, err := url.QueryUnescape(strings.Fields(text[at+len("token="):])[0])
		if err != nil {
			t.Fatal(err)
		}
		lee.Post("/api/auth/verify_email", obj{"token": token}).Want(200)
		h.Drain(t)
		is(t, "after the link", following(ada, one), "cc lee")
		lee.SignIn("lee", newPassword)
		lee.Get(one).Want(200)
		lee.Get(other).Want(404)
		if n := len(lee.Get("/api/tickets").Want(200).Results()); n != 1 {
			t.Errorf("%d tickets in the list", n)
		}
		told := lee.Get("/api/notifications").Want(200).Results()
		if len(told) != 1 || told[0]["kind"] != "watching" {
			t.Errorf("told of %v", told)
		}
		mails := func() (n int) {
			before := len(h.Mail.All())
			if err := h.App.Outbox.Process(context.Background()); err != nil {
				t.Fatal(err)
			}
			for _, m := range h.Mail.All()[before:] {
				if m.To == "lee@example.com" {
					n++
				}
			}
			return n
		}
		if n := mails(); n != 1 {
			t.Errorf("%d mails of what was written before", n)
		}
		ada.Post(one+"/add_comment", obj{"content": "It is there."}).Want(201)
		if n := mails(); n != 1 {
			t.Errorf("%d mails of one comment", n)
		}
		lee.Post(one+"/add_comment", obj{"content": "Thanks."}).Want(201)
		if n := mails(); n != 0 {
			t.Errorf("%d mails of their own words", n)
		}
	})
}

// TestWhoseAddressIsInCC tries each way in which an account comes to have an address.
func TestWhoseAddressIsInCC(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, ada := h.Person("emma", authz.Employee), h.Person("ada", authz.Admin)
		moved := h.Person("moved", authz.ITStaff)
		all := []string{"made", "invited", "guest", "imported", "asleep", "new"}
		var addresses []string
		for _, name := range all {
			addresses = append(addresses, name+"@example.com")
		}
		one := open(emma, addresses...)
		gone := open(emma, addresses[0])
		ada.Delete(gone).Want(204)

		system := authz.System("test")
		create := func(name string, d user.Draft) int64 {
			t.Helper()
			d.Username, d.Email, d.FullName, d.Role = name, name+"@example.com", name, authz.ITStaff
			u, err := h.App.User.Create(t.Context(), system, d)
			if err != nil {
				t.Fatal(err)
			}
			return u.ID
		}
		create("made", user.Draft{Password: newPassword, Active: true, Verified: true})
		create("invited", user.Draft{Active: true, Invite: true})
		if _, err := h.App.User.Guest(t.Context(), system, user.Draft{Email: "guest@example.com", FullName: "guest"}); err != nil {
			t.Fatal(err)
		}
		asleep := create("asleep", user.Draft{Password: newPassword, Verified: true})
		err := h.App.Bus.Do(t.Context(), system, func(tx *event.Tx) error {
			now := tx.Now
			return h.App.User.Import(tx, system, []*user.User{
				{Username: "imported", Email: "Imported@example.com", FullName: "x", Role: authz.Employee, IsActive: true, EmailVerified: true, CreatedAt: now, UpdatedAt: now},
				{Username: "idle", Email: "idle@example.com", FullName: "x", Role: authz.Employee, CreatedAt: now, UpdatedAt: now},
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		ada.Patch(fmt.Sprintf("/api/users/%d", moved.ID), obj{"email": "new@example.com"}).Want(200)
		h.Drain(t)
		is(t, "whose address is theirs", following(ada, one), "cc made, cc <invited@example.com>, cc <guest@example.com>, cc imported, cc <asleep@example.com>, cc moved")
		moved.Get(one).Want(200)

		// To be asleep no longer, and to have chosen a password by a link, counts; so does coming back.
		ada.Patch(fmt.Sprintf("/api/users/%d", asleep), obj{"is_active": true}).Want(200)
		u, err := user.ByEmail(h.DB.Read(t.Context()), "guest@example.com")
		if err == nil {
			err = h.App.Bus.Do(t.Context(), system, func(tx *event.Tx) error { return h.App.User.StorePassword(tx, u.ID, "x", user.ByLink) })
		}
		if err != nil {
			t.Fatal(err)
		}
		ada.Post(gone+"/restore", nil).Want(200)
		h.Drain(t)
		is(t, "later", following(ada, one), "cc made, cc <invited@example.com>, cc guest@example.com, cc imported, cc asleep, cc moved")
		is(t, "what came back", following(ada, gone), "cc made")

		// A desk that comes from an earlier release looks at all of them once.
		w := h.DB.Writer(t.Context())
		err = w.Exec("UPDATE ticket_watchers SET address = 'ada@example.com' WHERE address = 'invited@example.com'").Error
		if err == nil {
			err = job.Enqueue(w, h.Clock.Now(), job.New{Kind: watcher.ClaimJob, Payload: struct{}{}})
		}
		if err != nil {
			t.Fatal(err)
		}
		h.Drain(t)
		is(t, "from before", following(ada, one), "cc made, cc ada, cc guest@example.com, cc imported, cc asleep, cc moved")
	})
}

// TestAnAddressInCCAsItsAccountIsMade puts an address in CC while another transaction, which does not
// see it there, makes an account of it.
func TestAnAddressInCCAsItsAccountIsMade(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, lee, ada := h.Person("emma", authz.Employee), h.Person("lee", authz.Employee), h.Person("ada", authz.Admin)
		one := open(emma, "new@example.com", "nobody@example.com")
		// What that transaction leaves behind: the account, and nobody who looked for its address.
		err := h.DB.Writer(t.Context()).Exec("UPDATE users SET email = 'new@example.com', email_key = 'new@example.com' WHERE id = ?", lee.ID).Error
		if err != nil {
			t.Fatal(err)
		}
		h.Drain(t)
		h.Clock.Advance(time.Minute)
		h.Drain(t)
		is(t, "a moment later", following(ada, one), "cc lee, cc <nobody@example.com>")
		lee.Get(one).Want(200)
	})
}

// TestWhoTakesPartAlreadyIsInCCOnce gives the address in CC to those who are in CC, watch the ticket or
// reported it, and takes a merge back that brought an address along.
func TestWhoTakesPartAlreadyIsInCCOnce(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, lee, sam, ada := h.Person("emma", authz.Employee), h.Person("lee", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		one := open(emma, "lee@example.com", "lee@new.example", "sam@new.example", "emma@new.example")
		ada.Post(one+"/watchers", obj{"user_id": sam.ID}).Want(201)
		source, target := open(emma, "lee@new.example"), open(emma)
		var into int64
		if _, err := fmt.Sscanf(target, "/api/tickets/%d", &into); err != nil {
			t.Fatal(err)
		}
		ada.Post(source+"/merge", obj{"ticket_id": into}).Want(200)
		for _, c := range []*house.Client{emma, lee, sam} {
			ada.Patch(fmt.Sprintf("/api/users/%d", c.ID), obj{"email": c.Name + "@new.example"}).Want(200)
		}
		h.Drain(t)
		is(t, "once", following(ada, one), "cc lee, watcher sam")
		is(t, "by the merge", following(ada, target), "cc lee")
		var watchers []string
		if err := h.DB.Read(t.Context()).Table("tickets").Order("id").Pluck("watchers", &watchers).Error; err != nil {
			t.Fatal(err)
		}
		is(t, "on the tickets", fmt.Sprint(watchers), fmt.Sprintf("[%d,%d %d %d]", lee.ID, sam.ID, lee.ID, lee.ID))
		ada.Post(source+"/unmerge", nil).Want(200)
		is(t, "taken back", following(ada, target), "")
		is(t, "as it was", following(ada, source), "cc lee")
	})
}
