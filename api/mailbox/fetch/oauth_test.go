package fetch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox/fetch"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/testkit/mailserver"
)

// issuer gives out tokens, and a new refresh token with each, as Microsoft does.
type issuer struct {
	*httptest.Server
	mu      sync.Mutex
	n       int
	refresh string
	valid   map[string]bool
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	s := &issuer{valid: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.PostFormValue("grant_type") != "refresh_token" || r.PostFormValue("refresh_token") != s.refresh || r.PostFormValue("client_secret") != "client secret" {
			w.WriteHeader(http.StatusBadRequest)
			_ = json.NewEncoder(w).Encode(obj{"error": "invalid_grant"})
			return
		}
		s.n++
		access := fmt.Sprintf("access-%d", s.n)
		s.refresh, s.valid[access] = fmt.Sprintf("refresh-%d", s.n), true
		_ = json.NewEncoder(w).Encode(obj{"access_token": access, "refresh_token": s.refresh, "expires_in": 3600, "token_type": "Bearer"})
	})
	mux.HandleFunc("/introspect", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(obj{"active": s.valid[r.PostFormValue("token")], "username": "i"})
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// begin forgets what was given out before; what is valid now ends.
func (s *issuer) begin(refresh string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n, s.refresh, s.valid = 0, refresh, map[string]bool{}
}

func (s *issuer) revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.valid)
}

func (s *issuer) given() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

// TestXOAUTH2WithARealServer signs in to a real dovecot with tokens, which end or are taken back.
func TestXOAUTH2WithARealServer(t *testing.T) {
	tokens := newIssuer(t)
	server := mailserver.StartDovecotOAuth(t, tokens.URL+"/introspect")
	server.Maildir(t, "i")
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		server.Empty(t, "i")
		tokens.begin("refresh-0")
		box := ada.Post("/api/mailboxes", obj{
			"name": "I", "address": "i@x.example", "source": "imap", "host": "127.0.0.1", "port": server.Port, "security": "none", "username": "i", "auth": "oauth",
			"secret": "refresh-x", "oauth_token_url": "https://login.example/token", "oauth_client_id": "desk", "oauth_secret": "client secret",
		}).Want(201)
		url := fmt.Sprintf("/api/mailboxes/%d", box.Int("id"))
		// The one of the test speaks no TLS.
		if err := h.DB.Writer(t.Context()).Exec("UPDATE mailboxes SET oauth_token_url = ?", tokens.URL+"/token").Error; err != nil {
			t.Fatal(err)
		}
		ada.Post(url+"/test", nil).Want(200).Is("ok", false)
		ada.Patch(url, obj{"secret": "refresh-0"}).Want(200)
		if err := h.DB.Writer(t.Context()).Exec("UPDATE mailboxes SET oauth_token_url = ?", tokens.URL+"/token").Error; err != nil {
			t.Fatal(err)
		}
		f := fetch.New(h.App.Mailbox)
		put := func(n int) {
			server.Put(t, "i", fmt.Sprintf("%d.a", n), fmt.Sprintf("From: lee@x.example\nSubject: n%d\nMessage-ID: <o%d@x>\n\nx", n, n))
		}
		took := func(n int64) {
			t.Helper()
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() { f.Run(ctx); close(ended) }()
			eventually(t, fmt.Sprintf("%d messages are fetched", n), func() bool { return ada.Get("/api/mail_messages").Want(200).Int("count") == n })
			stop()
			<-ended
		}
		put(1)
		took(1)
		put(2)
		took(2)
		if n := tokens.given(); n != 1 {
			t.Errorf("%d tokens for two connections within the hour", n)
		}
		// An hour later the refresh token that came with the last one is used.
		h.Clock.Advance(2 * time.Hour)
		tokens.revoke()
		ada.SignIn("ada", house.Password)
		put(3)
		took(3)
		if n := tokens.given(); n != 2 {
			t.Errorf("%d tokens after the first ended, want 2", n)
		}
		// One that is taken back before its time is asked for anew.
		tokens.revoke()
		put(4)
		took(4)
		if n := tokens.given(); n != 3 {
			t.Errorf("%d tokens after one was taken back, want 3", n)
		}
		ada.Get(url).Want(200).Lacks("refresh-").Lacks("access-")
	})
}
