package notification_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/sla"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// alarm says that a target of a ticket is near.
func (s *scene) alarm(id int64) {
	s.t.Helper()
	err := s.App.Bus.Do(ctx, authz.System("sla"), func(tx *event.Tx) error {
		return tx.Emit(sla.Warned, ticket.Subject, id, sla.Alarm{Target: sla.FirstResponse, Policy: "Urgent"})
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestSomebodyHearsOfATicketThatNobodyHas(t *testing.T) {
	each(t, func(s *scene) {
		open := func() int64 {
			return s.emma.Post("/api/tickets", obj{"title": "Printer", "description": "d"}).Want(201).Int("id")
		}
		// Without a team: the administrators.
		s.alarm(open())
		s.want(s.ada, "sla")
		s.want(s.sam, "")
		s.want(s.emma, "")
		// In a team: all of it, unless somebody leads it.
		team := s.ada.Post("/api/teams", obj{"name": "Network"}).Want(201).Int("id")
		for _, c := range []*house.Client{s.sam, s.tina} {
			s.ada.Put(fmt.Sprintf("/api/teams/%d/members/%d", team, c.ID), obj{"lead": false}).Want(200)
		}
		ofTeam := func() int64 {
			id := open()
			s.ada.Patch(fmt.Sprintf("/api/tickets/%d", id), obj{"team_id": team}).Want(200)
			s.settle()
			return id
		}
		s.alarm(ofTeam())
		s.want(s.sam, "sla")
		s.want(s.tina, "sla")
		s.want(s.ada, "")
		s.ada.Put(fmt.Sprintf("/api/teams/%d/members/%d", team, s.tina.ID), obj{"lead": true}).Want(200)
		id := ofTeam()
		s.alarm(id)
		s.want(s.sam, "")
		s.want(s.tina, "sla")
		// Whoever has it hears of it alone.
		s.ada.Post(fmt.Sprintf("/api/tickets/%d/assign", id), obj{"user_id": s.sam.ID}).Want(200)
		s.settle()
		s.alarm(id)
		s.want(s.sam, "sla")
		s.want(s.tina, "")
		s.want(s.ada, "")
	})
}

func TestANoteThatWasDeletedIsToldToNobody(t *testing.T) {
	each(t, func(s *scene) {
		id := s.ticket()
		s.ada.Post(fmt.Sprintf("/api/tickets/%d/watchers", id), obj{"user_id": s.tina.ID}).Want(201)
		s.settle()
		s.choose(s.sam, obj{"kinds": []obj{ways("reply", true, "at_once", false)}})
		write := func() int64 {
			return s.tina.Post(fmt.Sprintf("/api/tickets/%d/notes", id), obj{"content": "She is angry."}).Want(201).Int("id")
		}
		gone, stays := write(), write()
		s.want(s.sam, "reply reply")
		s.tina.Delete(fmt.Sprintf("/api/notes/%d", gone)).Want(204)
		s.want(s.sam, "reply")
		s.tina.Delete(fmt.Sprintf("/api/notes/%d", stays)).Want(204)
		s.want(s.sam, "")
		before := len(s.Mail.All())
		s.advance(time.Hour)
		s.process()
		if n := len(s.Mail.All()) - before; n != 0 {
			s.t.Errorf("%d mails tell of notes that are gone", n)
		}
	})
}

// TestAPushCanBeReadByItsBrowserOnly opens what is pushed as a browser does (RFC 8291, section 3.4,
// and RFC 8188).
func TestAPushCanBeReadByItsBrowserOnly(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		h := house.New(t, w, func(set *config.Settings) { set.WebhookPrivate = "127.0.0.0/8" })
		s := &scene{h, t, h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("tina", authz.ITStaff), h.Person("ada", authz.Admin)}
		var body []byte
		srv := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			body, _ = io.ReadAll(r.Body)
			out.WriteHeader(http.StatusCreated)
		}))
		defer srv.Close()
		browser, err := ecdh.P256().GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		auth := make([]byte, 16)
		_, _ = rand.Read(auth)
		s.sam.Post("/api/push_subscriptions", obj{
			"endpoint": srv.URL + "/x", "auth": base64.RawURLEncoding.EncodeToString(auth),
			"p256dh": base64.RawURLEncoding.EncodeToString(browser.PublicKey().Bytes()), "device": "Firefox",
		}).Want(201)
		id := s.ticket()
		s.choose(s.sam, obj{"kinds": []obj{ways("reply", true, "off", true)}})
		body = nil
		s.emma.Post(fmt.Sprintf("/api/tickets/%d/add_comment", id), obj{"content": "Hurry"}).Want(201)
		s.Clock.Advance(2 * time.Minute)
		s.process()
		if bytes.Contains(body, []byte("Printer")) {
			t.Errorf("it is not sealed: %q", body)
		}
		var got struct{ Title, Body, Path, Tag string }
		if err := json.Unmarshal(opened(t, body, browser, auth), &got); err != nil {
			t.Fatal(err)
		}
		if got.Title != fmt.Sprintf("#%d Printer", id) || got.Path != fmt.Sprintf("/tickets/%d", id) || got.Body == "" || got.Tag == "" {
			t.Errorf("%+v", got)
		}
	})
}

func opened(t *testing.T, body []byte, browser *ecdh.PrivateKey, auth []byte) []byte {
	t.Helper()
	if len(body) < 86 || body[20] != 65 || int(binary.BigEndian.Uint32(body[16:20])) < len(body)-86 {
		t.Fatalf("no message of one record: %d bytes", len(body))
	}
	salt, sender, sealed := body[:16], body[21:86], body[86:]
	public, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		t.Fatal(err)
	}
	shared, err := browser.ECDH(public)
	if err != nil {
		t.Fatal(err)
	}
	derive := func(secret, salt []byte, info string, size int) []byte {
		key, err := hkdf.Key(sha256.New, secret, salt, info, size)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	ikm := derive(shared, auth, "WebPush: info\x00"+string(browser.PublicKey().Bytes())+string(sender), 32)
	block, err := aes.NewCipher(derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gcm.Open(nil, derive(ikm, salt, "Content-Encoding: nonce\x00", 12), sealed, nil)
	if err != nil {
		t.Fatal(err)
	}
	plain = bytes.TrimRight(plain, "\x00")
	if len(plain) == 0 || plain[len(plain)-1] != 2 {
		t.Fatalf("it does not end as the last record does: %q", plain)
	}
	return plain[:len(plain)-1]
}

// TestNoMoreThanOneCanLookAt keeps the newest thousand of a person, however many there are, and what
// is not too old.
func TestNoMoreThanOneCanLookAt(t *testing.T) {
	each(t, func(s *scene) {
		id := s.ticket()
		fill := func(n, from int) {
			for i := range n {
				err := s.DB.Writer(ctx).Exec(`INSERT INTO notifications (user_id, event_id, ticket_id, kind, type, internal, actor_id, detail, in_app, unread, created_at)
					VALUES (?, ?, ?, 'reply', 'ticket.commented', ?, ?, '', ?, ?, ?)`, s.sam.ID, 1_000_000+from+i, id, false, s.emma.ID, true, true, s.Clock.Now()).Error
				if err != nil {
					s.t.Fatal(err)
				}
			}
		}
		count := func() (n int64) {
			s.DB.Read(ctx).Raw("SELECT COUNT(*) FROM notifications").Scan(&n)
			return n
		}
		prune := func() {
			s.t.Helper()
			if err := s.App.Notification.Prune(ctx, job.Job{}); err != nil {
				s.t.Fatal(err)
			}
		}
		fill(1010, 0)
		prune()
		if n := count(); n != 1000 {
			s.t.Errorf("%d are left, want 1000", n)
		}
		s.advance(91 * 24 * time.Hour)
		fill(3, 5000)
		prune()
		if n := count(); n != 3 {
			s.t.Errorf("%d are left, want the new ones", n)
		}
	})
}
