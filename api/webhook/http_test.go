package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

// call is what a receiver was sent.
type call struct {
	head http.Header
	body string
	path string
}

// receiver is the other end.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	calls  []call
	answer func(w http.ResponseWriter)
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		r.calls = append(r.calls, call{req.Header, string(body), req.URL.Path})
		answer := r.answer
		r.mu.Unlock()
		if answer != nil {
			answer(w)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) status(code int, head ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = func(w http.ResponseWriter) {
		for i := 0; i+1 < len(head); i += 2 {
			w.Header().Set(head[i], head[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, strings.Repeat("é", 2000))
	}
}

// take returns what came since it was last asked.
func (r *receiver) take() []call {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.calls
	r.calls = nil
	return out
}

func (r *receiver) one(t *testing.T) call {
	t.Helper()
	got := r.take()
	if len(got) != 1 {
		t.Fatalf("%d messages, want 1: %+v", len(got), got)
	}
	return got[0]
}

// verify is a receiver's own reading of the specification: it returns how many
// of the signatures are by the secret.
func verify(t *testing.T, c call, secret string) int {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || !strings.HasPrefix(secret, "whsec_") || len(key) < 24 || len(key) > 64 {
		t.Fatalf("the secret %q: %v", secret, err)
	}
	if _, err := strconv.ParseInt(c.head.Get("webhook-timestamp"), 10, 64); err != nil || strings.Contains(c.head.Get("webhook-id"), ".") {
		t.Errorf("headers: %v", c.head)
	}
	h := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(h, "%s.%s.%s", c.head.Get("webhook-id"), c.head.Get("webhook-timestamp"), c.body)
	good := 0
	for _, s := range strings.Fields(c.head.Get("webhook-signature")) {
		version, value, _ := strings.Cut(s, ",")
		sum, err := base64.StdEncoding.DecodeString(value)
		if err == nil && version == "v1" && hmac.Equal(sum, h.Sum(nil)) {
			good++
		}
	}
	return good
}

// each runs a test in a desk that may call this machine.
func each(t *testing.T, test func(t *testing.T, h *house.House, ada *house.Client, r *receiver)) {
	t.Helper()
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		h := house.New(t, w, func(s *config.Settings) { s.WebhookPrivate = "127.0.0.0/8" })
		test(t, h, h.Person("ada", authz.Admin), newReceiver(t))
	})
}

func newTicket(c *house.Client, title string) int64 {
	return int64(c.Post("/api/tickets", obj{"title": title, "description": "It smokes."}).Want(201).JSON["id"].(float64))
}

func path(what string, id any, rest string) string {
	return fmt.Sprintf("/api/%s/%v%s", what, id, rest)
}

func TestStandardWebhooks(t *testing.T) {
	each(t, func(t *testing.T, h *house.House, ada *house.Client, r *receiver) {
		made := ada.Post("/api/webhooks", obj{"url": r.URL + "/hook", "events": []string{"ticket.created", "ticket.status_changed"}}).Want(201)
		hook, secret := made.JSON["id"], made.Text("secret")
		if list := string(ada.Get("/api/webhooks").Want(200).Is("count", 1).Raw); strings.Contains(list, "whsec_") {
			t.Errorf("the secret is shown again: %s", list)
		}
		id := newTicket(h.Person("emma", authz.Employee), "Printer is on fire")
		// The event is committed and nothing sent: the program may die here.
		if got := r.take(); len(got) != 0 {
			t.Fatalf("sent before the job: %v", got)
		}
		h.Drain(t)
		c := r.one(t)
		var body struct {
			Type      string
			Timestamp time.Time
			Data      map[string]any
		}
		if err := json.Unmarshal([]byte(c.body), &body); err != nil {
			t.Fatal(err)
		}
		if body.Type != "ticket.created" || !body.Timestamp.Equal(testkit.Start) || body.Data["ticket_id"] != float64(id) || strings.Contains(c.body, "Printer") {
			t.Errorf("the body is %s", c.body)
		}
		if n := verify(t, c, secret); n != 1 {
			t.Errorf("%d good signatures: %v", n, c.head)
		}
		c.body += " "
		if verify(t, c, secret) != 0 {
			t.Error("a changed body is taken for signed")
		}

		// For a day both secrets sign.
		second := ada.Post(path("webhooks", hook, "/rotate_secret"), nil).Want(200).Text("secret")
		ada.Patch(path("tickets", id, ""), obj{"status": "in_progress"}).Want(200)
		h.Drain(t)
		if c := r.one(t); verify(t, c, secret) != 1 || verify(t, c, second) != 1 || !strings.Contains(c.body, `"from":"open","to":"in_progress"`) {
			t.Errorf("while rotating: %v %s", c.head, c.body)
		}
		h.Clock.Advance(25 * time.Hour)
		ada.SignIn("ada", house.Password)
		ada.Post(path("webhooks", hook, "/test"), nil).Want(200).Is("state", "delivered").Is("type", "webhook.test")
		if c := r.one(t); verify(t, c, secret) != 0 || verify(t, c, second) != 1 {
			t.Errorf("after rotating: %v", c.head)
		}
		h.Clock.Advance(2 * time.Minute)
		h.Drain(t)
		if got := r.take(); len(got) != 0 {
			t.Errorf("the test was sent twice: %v", got)
		}
	})
}

func TestRetriesAndReplay(t *testing.T) {
	each(t, func(t *testing.T, h *house.House, ada *house.Client, r *receiver) {
		hook := ada.Post("/api/webhooks", obj{"url": r.URL, "events": []string{"ticket.created"}}).Want(201).JSON["id"]
		r.status(500)
		newTicket(ada, "One")
		ids := map[string]bool{}
		n := 0
		for _, wait := range []time.Duration{0, 6 * time.Second, 6 * time.Minute, 33 * time.Minute, 133 * time.Minute, 6 * time.Hour, 11 * time.Hour, 16 * time.Hour, 22 * time.Hour, 27 * time.Hour} {
			h.Clock.Advance(wait)
			h.Drain(t)
			// Held back for a while, because it fails so often.
			h.Clock.Advance(15 * time.Minute * time.Duration(min(n/4, 1)))
			h.Drain(t)
			for _, c := range r.take() {
				ids[c.head.Get("webhook-id")] = true
				n++
			}
		}
		if n != 10 || len(ids) != 1 {
			t.Errorf("%d attempts with %d ids, want 10 with one", n, len(ids))
		}
		ada.SignIn("ada", house.Password)
		dead := ada.Get(path("webhooks", hook, "/deliveries?state=dead")).Want(200).Is("count", 1).Results()[0]
		log := ada.Get(path("webhook_deliveries", dead["id"], "")).Want(200).JSON["log"].([]any)
		first := log[0].(obj)
		if len(log) != 10 || first["status"] != 500.0 || len(first["response"].(string)) > 1024 {
			t.Errorf("the log: %v", log)
		}
		r.status(204)
		ada.Post(path("webhook_deliveries", dead["id"], "/replay"), nil).Want(200).Is("state", "pending")
		ada.Post(path("webhook_deliveries", dead["id"], "/replay"), nil).WantCode(409, "webhook.pending")
		h.Clock.Advance(12 * time.Minute)
		h.Drain(t)
		if c := r.one(t); !ids[c.head.Get("webhook-id")] {
			t.Errorf("a replay has another id: %v", c.head)
		}
		ada.SignIn("ada", house.Password)
		ada.Post(path("webhooks", hook, "/replay"), obj{}).Want(200).Is("count", 0)
		ada.Post(path("webhooks", hook, "/replay"), obj{"state": "delivered", "from": "2026-03-01T00:00:00Z"}).Want(200).Is("count", 1).Is("more", false)
		ada.Post(path("webhooks", hook, "/replay"), obj{"state": "pending", "to": "soon"}).WantFields("state", "to")
		h.Drain(t)
		r.one(t)

		h.Clock.Advance(31 * 24 * time.Hour)
		if err := h.App.Webhook.Prune(t.Context(), job.Job{}); err != nil {
			t.Fatal(err)
		}
		ada.SignIn("ada", house.Password)
		ada.Get(path("webhook_deliveries", dead["id"], "")).Want(404)
	})
}

func TestWhatAReceiverAnswers(t *testing.T) {
	each(t, func(t *testing.T, h *house.House, ada *house.Client, r *receiver) {
		hook := ada.Post("/api/webhooks", obj{"url": r.URL, "events": []string{"ticket.created"}}).Want(201).JSON["id"]
		// 429 holds everything back for as long as was asked.
		r.status(429, "Retry-After", "600")
		newTicket(ada, "One")
		h.Drain(t)
		r.one(t)
		newTicket(ada, "Two")
		h.Clock.Advance(9 * time.Minute)
		h.Drain(t)
		if got := r.take(); len(got) != 0 {
			t.Errorf("sent while it asked for a pause: %v", got)
		}
		r.status(200)
		h.Clock.Advance(5 * time.Minute)
		h.Drain(t)
		if got := r.take(); len(got) != 2 {
			t.Errorf("%d after the pause, want 2", len(got))
		}
		// A redirect is a failure.
		r.status(307, "Location", r.URL+"/elsewhere")
		ada.SignIn("ada", house.Password)
		ada.Post(path("webhooks", hook, "/test"), nil).Want(200).Is("state", "dead").Is("last_status", 307)
		r.one(t)
		// 410 is the end, until somebody says otherwise.
		r.status(410)
		newTicket(ada, "Three")
		newTicket(ada, "Four")
		h.Drain(t)
		r.one(t)
		ada.Get(path("webhooks", hook, "")).Want(200).Is("active", false).Is("disabled_reason", "gone")
		ada.Get(path("webhooks", hook, "/deliveries?state=cancelled")).Want(200).Is("count", 1)
		r.status(200)
		ada.Patch(path("webhooks", hook, ""), obj{"active": true}).Want(200).Is("active", true).Is("disabled_reason", nil)
		ada.Post(path("webhooks", hook, "/replay"), obj{"state": "cancelled"}).Want(200).Is("count", 1)
		h.Drain(t)
		r.one(t)
		// Days without any success are the end, too.
		r.status(500)
		for day := range 7 {
			newTicket(ada, fmt.Sprintf("Day %d", day))
			h.Drain(t)
			h.Clock.Advance(24 * time.Hour)
			ada.SignIn("ada", house.Password)
		}
		ada.Get(path("webhooks", hook, "")).Want(200).Is("active", false).Is("disabled_reason", "failing")
		ada.Delete(path("webhooks", hook, "")).Want(204)
		ada.Get(path("webhooks", hook, "")).Want(404)
		h.Drain(t)
	})
}

func TestWhoHears(t *testing.T) {
	each(t, func(t *testing.T, h *house.House, ada *house.Client, r *receiver) {
		hook := ada.Post("/api/webhooks", obj{"url": r.URL}).Want(201).JSON["id"]
		id := newTicket(ada, "One")
		h.Drain(t)
		r.take()
		ada.Post(path("tickets", id, "/notes"), obj{"content": "the secret word"}).Want(201)
		h.Drain(t)
		if got := r.take(); len(got) != 0 {
			t.Errorf("a note was announced: %v", got)
		}
		ada.Patch(path("webhooks", hook, ""), obj{"events": []string{"note.created"}}).WantFields("events")
		ada.Patch(path("webhooks", hook, ""), obj{"internal": true}).Want(200)
		ada.Post(path("tickets", id, "/notes"), obj{"content": "the secret word"}).Want(201)
		h.Drain(t)
		if c := r.one(t); !strings.Contains(c.body, `"note.created"`) || strings.Contains(c.body, "secret word") {
			t.Errorf("a note: %s", c.body)
		}
		ada.Patch(path("tickets", id, ""), obj{"confidential": true}).Want(200)
		ada.Patch(path("tickets", id, ""), obj{"title": "Two"}).Want(200)
		h.Drain(t)
		if got := r.take(); len(got) != 0 {
			t.Errorf("a confidential ticket was announced: %v", got)
		}
		ada.Patch(path("webhooks", hook, ""), obj{"confidential": true}).Want(200)
		ada.Patch(path("tickets", id, ""), obj{"title": "Three"}).Want(200)
		h.Drain(t)
		if c := r.one(t); !strings.Contains(c.body, `"changed":["title"]`) {
			t.Errorf("an edit: %s", c.body)
		}
		for _, c := range []*house.Client{h.Person("sam", authz.ITStaff), h.Person("emma", authz.Employee)} {
			c.Get("/api/webhooks").WantCode(403, "webhook.denied")
			c.Post("/api/webhooks", obj{"url": r.URL}).Want(403)
			c.Get(path("webhooks", hook, "/deliveries")).Want(403)
			c.Post(path("webhooks", hook, "/rotate_secret"), nil).Want(403)
			c.Post(path("webhooks", hook, "/test"), nil).Want(403)
			c.Patch(path("webhooks", hook, ""), obj{"active": false}).Want(403)
		}
		h.Nobody().Get("/api/webhooks").Want(401)
		ada.Post("/api/webhooks", obj{}).WantFields("url")
		ada.Post("/api/webhooks", obj{"url": "ftp://x"}).WantFields("url")
		ada.Post("/api/webhooks", obj{"url": r.URL, "kind": "irc", "events": []string{"ticket.exploded"}}).WantFields("kind", "events")
		ada.Post("/api/webhooks", obj{"url": r.URL, "kind": "slack", "internal": true}).WantFields("internal")
	})
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		h := house.New(t, w, nil)
		ada, r := h.Person("ada", authz.Admin), newReceiver(t)
		ada.Post("/api/webhooks", obj{"url": r.URL}).WantFields("url") // http
		port := r.URL[strings.LastIndex(r.URL, ":"):]
		for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "169.254.169.254"} {
			hook := ada.Post("/api/webhooks", obj{"url": "https://" + host + port}).Want(201).JSON["id"]
			a := ada.Post(path("webhooks", hook, "/test"), nil).Want(200).Is("state", "dead").Is("last_status", nil)
			if !strings.Contains(a.Text("last_error"), "prohibited") {
				t.Errorf("%s: %s", host, a.Text("last_error"))
			}
		}
		if got := r.take(); len(got) != 0 {
			t.Errorf("called: %v", got)
		}
	})
}

func TestChats(t *testing.T) {
	each(t, func(t *testing.T, h *house.House, ada *house.Client, r *receiver) {
		title := "<!here> @channel @all & [x](http://evil.example) | \u202egnp.exe **bold**"
		for kind, want := range map[string][]string{
			"slack":      {`<http://desk.example.com/tickets/`, `&lt;!here&gt;`, `&amp;`, `new ticket by ada`},
			"mattermost": {`](http://desk.example.com/tickets/`, `\<\!here\>`, `\[x\]\(http\://evil\.example\)`},
			"teams":      {`"AdaptiveCard"`, `"url":"http://desk.example.com/tickets/`, `<!here>`},
		} {
			hook := ada.Post("/api/webhooks", obj{"url": r.URL, "kind": kind, "events": []string{"ticket.created"}}).Want(201).JSON["id"]
			newTicket(ada, title)
			h.Drain(t)
			c := r.one(t)
			var plain any
			if err := json.Unmarshal([]byte(c.body), &plain); err != nil {
				t.Fatal(err)
			}
			var text strings.Builder
			enc := json.NewEncoder(&text)
			enc.SetEscapeHTML(false)
			_ = enc.Encode(plain)
			said := strings.ReplaceAll(text.String(), `\\`, `\`)
			for _, part := range want {
				if !strings.Contains(said, part) {
					t.Errorf("%s: no %q in %s", kind, part, said)
				}
			}
			for _, bad := range []string{"@channel", "@all", "\u202e", "It smokes"} {
				if strings.Contains(said, bad) {
					t.Errorf("%s: %q in %s", kind, bad, said)
				}
			}
			if kind == "slack" && strings.Contains(said, "<!") {
				t.Errorf("slack is called out: %s", said)
			}
			if c.head.Get("webhook-signature") != "" {
				t.Errorf("%s: signed", kind)
			}
			ada.Delete(path("webhooks", hook, "")).Want(204)
		}
	})
}
