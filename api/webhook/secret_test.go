package webhook_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/secret"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/webhook"
)

const (
	oldKey = "an old secret of the desk, long enough it is"
	newKey = "a new secret of the desk, which opens nothing"
)

func TestSecretsAreSealed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		desk := func(key string) *house.House {
			return house.New(t, w, func(s *config.Settings) { s.WebhookPrivate, s.Secret = "127.0.0.0/8", key })
		}
		h := desk(oldKey)
		ada, r := h.Person("ada", authz.Admin), newReceiver(t)
		made := ada.Post("/api/webhooks", obj{"url": r.URL}).Want(201)
		hook, plain := made.JSON["id"], made.Text("secret")
		kept := func() (row struct{ Secret, OldSecret string }) {
			t.Helper()
			if err := h.DB.Read(t.Context()).Raw("SELECT secret, old_secret FROM webhooks WHERE id = ?", hook).Scan(&row).Error; err != nil {
				t.Fatal(err)
			}
			return row
		}
		if row := kept(); row.Secret == "" || strings.Contains(row.Secret, plain[10:20]) || strings.HasPrefix(row.Secret, "whsec_") {
			t.Errorf("it is kept as %q", row.Secret)
		}

		// From before secrets were sealed: they sign all the same, and the next start seals them.
		if err := h.DB.Writer(t.Context()).Exec("UPDATE webhooks SET secret = ?, old_secret = ?, old_secret_until = ? WHERE id = ?",
			plain, "whsec_"+strings.Repeat("QUJD", 10), h.Clock.Now().Add(time.Hour), hook).Error; err != nil {
			t.Fatal(err)
		}
		sent := func() call {
			t.Helper()
			ada.Post(path("webhooks", hook, "/test"), nil).Want(200).Is("state", "delivered")
			return r.one(t)
		}
		both := func(what string) {
			t.Helper()
			if c := sent(); verify(t, c, plain) != 1 || verify(t, c, "whsec_"+strings.Repeat("QUJD", 10)) != 1 {
				t.Errorf("%s: %v", what, c.head)
			}
		}
		both("before")
		for range 2 {
			if err := webhook.SealSecrets(t.Context(), h.DB, func() (*secret.Box, error) { return secret.New("webhook", []byte(oldKey)) }); err != nil {
				t.Fatal(err)
			}
		}
		if row := kept(); !strings.HasPrefix(row.Secret, "v1.") || !strings.HasPrefix(row.OldSecret, "v1.") {
			t.Errorf("they are not sealed: %+v", row)
		}
		both("after")

		// Under another key nothing is sent unsigned; a new secret helps, and the old one is left out.
		h = desk(newKey)
		ada = h.Nobody()
		ada.SignIn("ada", house.Password)
		a := ada.Post(path("webhooks", hook, "/test"), nil).Want(200).Is("state", "dead")
		if !strings.Contains(a.Text("last_error"), "FIXDESK_SECRET") || len(r.take()) != 0 {
			t.Errorf("another key: %s", a.Text("last_error"))
		}
		plain = ada.Post(path("webhooks", hook, "/rotate_secret"), nil).Want(200).Text("secret")
		if c := sent(); verify(t, c, plain) != 1 || len(strings.Fields(c.head.Get("webhook-signature"))) != 1 {
			t.Errorf("rotated: %v", c.head)
		}
	})
}

func TestThereAreNotTooManyWebhooks(t *testing.T) {
	each(t, func(t *testing.T, h *house.House, ada *house.Client, r *receiver) {
		for i := range 100 {
			ada.Post("/api/webhooks", obj{"url": fmt.Sprintf("%s/%d", r.URL, i), "active": false}).Want(201)
		}
		ada.Post("/api/webhooks", obj{"url": r.URL}).WantCode(409, "webhook.too_many")
		first := ada.Get("/api/webhooks?page_size=1").Want(200).Results()[0]
		ada.Delete(path("webhooks", first["id"], "")).Want(204)
		ada.Post("/api/webhooks", obj{"url": r.URL}).Want(201)
	})
}

func TestTypesAreListed(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		internal := map[string]any{}
		for _, one := range ada.Get("/api/webhook_types").Want(200).Results() {
			internal[one["type"].(string)] = one["internal"]
		}
		if len(internal) != len(webhook.Types) || internal["note.created"] != true || internal["ticket.created"] != false {
			t.Errorf("%v", internal)
		}
		h.Person("sam", authz.ITStaff).Get("/api/webhook_types").WantCode(http.StatusForbidden, "webhook.denied")
		h.Nobody().Get("/api/webhook_types").Want(401)
	})
}

// TestTheLogShowsWhatWasSent looks at what a chat was sent, and at a message of the standard.
func TestTheLogShowsWhatWasSent(t *testing.T) {
	each(t, func(t *testing.T, h *house.House, ada *house.Client, r *receiver) {
		for kind, own := range map[string]bool{"standard": false, "slack": true} {
			hook := ada.Post("/api/webhooks", obj{"url": r.URL, "kind": kind, "events": []string{"ticket.created"}}).Want(201).JSON["id"]
			newTicket(ada, "Printer")
			h.Drain(t)
			c := r.one(t)
			list := ada.Get(path("webhooks", hook, "/deliveries")).Want(200).Results()
			log := ada.Get(path("webhook_deliveries", list[0]["id"], "")).Want(200)
			tries, _ := log.JSON["log"].([]any)
			first, _ := tries[0].(obj)
			said := first["request"]
			if !own {
				if said != "" {
					t.Errorf("%s: %v", kind, said)
				}
				said = log.Text("payload")
			}
			if said != c.body {
				t.Errorf("%s: the log says %v, sent was %s", kind, said, c.body)
			}
			ada.Delete(path("webhooks", hook, "")).Want(204)
		}
	})
}

// TestAddressesOfChatsAreSealed shows where a chat is, and to nobody what lets one
// write there.
func TestAddressesOfChatsAreSealed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		desk := func(key string) *house.House {
			return house.New(t, w, func(s *config.Settings) { s.WebhookPrivate, s.Secret = "127.0.0.0/8", key })
		}
		h := desk(oldKey)
		ada, r := h.Person("ada", authz.Admin), newReceiver(t)
		made := ada.Post("/api/webhooks", obj{"url": r.URL + "/services/T0/zq-secret", "kind": "slack"}).Want(201).Is("url", r.URL+"/…").Lacks("zq-secret")
		hook := made.JSON["id"]
		one := path("webhooks", hook, "")
		row := func() (v struct{ URL, Address string }) {
			t.Helper()
			if err := h.DB.Read(t.Context()).Raw("SELECT url, address FROM webhooks WHERE id = ?", hook).Scan(&v).Error; err != nil {
				t.Fatal(err)
			}
			return v
		}
		if v := row(); v.Address == "" || strings.Contains(v.URL+v.Address, "zq-secret") {
			t.Errorf("it is kept as %q and %q", v.URL, v.Address)
		}
		sent := func(state, want string) {
			t.Helper()
			ada.Post(one+"/test", nil).Want(200).Is("state", state).Lacks("zq-")
			if state == "delivered" && r.one(t).path != want {
				t.Errorf("it did not go to %s", want)
			}
		}
		sent("delivered", "/services/T0/zq-secret")
		// What was fetched can be put back; another address takes its place.
		ada.Get(one).Is("url", r.URL+"/…").Lacks("zq-secret")
		ada.Patch(one, obj{"url": r.URL + "/…", "description": "x"}).Want(200)
		sent("delivered", "/services/T0/zq-secret")
		ada.Patch(one, obj{"url": "https://other.example/…"}).WantFields("url")
		ada.Patch(one, obj{"url": r.URL + "/services/zq-other"}).Want(200).Is("url", r.URL+"/…").Lacks("zq-other")
		sent("delivered", "/services/zq-other")
		// From before: the next start seals it.
		if err := h.DB.Writer(t.Context()).Exec("UPDATE webhooks SET url = ?, address = NULL WHERE id = ?", r.URL+"/zq-old", hook).Error; err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := webhook.SealSecrets(t.Context(), h.DB, func() (*secret.Box, error) { return secret.New("webhook", []byte(oldKey)) }); err != nil {
				t.Fatal(err)
			}
		}
		if v := row(); strings.Contains(v.URL+v.Address, "zq-old") || v.Address == "" {
			t.Errorf("it is still kept as %q", v.URL)
		}
		sent("delivered", "/zq-old")
		// Where nobody answers, the log does not say where that was.
		r.Close()
		sent("dead", "")
	})
}
