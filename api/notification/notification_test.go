package notification_test

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/notification"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

var ctx = context.Background()

// scene is a desk with a requester, two of the IT staff, and an administrator.
type scene struct {
	*house.House
	t                    *testing.T
	emma, sam, tina, ada *house.Client
}

func each(t *testing.T, test func(s *scene)) {
	t.Helper()
	house.Each(t, func(t *testing.T, h *house.House) {
		test(&scene{h, t, h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("tina", authz.ITStaff), h.Person("ada", authz.Admin)})
	})
}

// ticket opens one of emma's that sam has, and forgets what that told.
func (s *scene) ticket() int64 {
	s.t.Helper()
	id := s.emma.Post("/api/tickets", obj{"title": "Printer", "description": "It is on fire."}).Want(201).Int("id")
	s.ada.Post(fmt.Sprintf("/api/tickets/%d/assign", id), obj{"user_id": s.sam.ID}).Want(200)
	s.settle()
	return id
}

// settle lets everything that is due be told, and forgets it.
func (s *scene) settle() {
	s.t.Helper()
	s.advance(25 * time.Hour)
	s.process()
	for _, table := range []string{"notifications", "notification_messages"} {
		if err := s.DB.Writer(ctx).Exec("DELETE FROM " + table).Error; err != nil {
			s.t.Fatal(err)
		}
	}
	s.Mail.Clear()
}

// advance moves the clock; everybody signs in anew, for tokens end.
func (s *scene) advance(d time.Duration) {
	s.t.Helper()
	s.Clock.Advance(d)
	for _, c := range []*house.Client{s.emma, s.sam, s.tina, s.ada} {
		c.SignIn(c.Name, house.Password)
	}
}

func (s *scene) moveTo(at time.Time) { s.t.Helper(); s.advance(at.Sub(s.Clock.Now())) }

func (s *scene) process() {
	s.t.Helper()
	if err := s.App.Notification.Process(ctx); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) kinds(c *house.Client) string {
	s.t.Helper()
	var out []string
	for _, n := range c.Get("/api/notifications").Want(200).Results() {
		out = append(out, n["kind"].(string))
	}
	return strings.Join(out, " ")
}

func (s *scene) want(c *house.Client, kinds string) {
	s.t.Helper()
	if got := s.kinds(c); got != kinds {
		s.t.Errorf("%s was told %q, not %q", c.Name, got, kinds)
	}
}

func (s *scene) mails(want int) {
	s.t.Helper()
	if all := s.Mail.All(); len(all) != want {
		s.t.Errorf("%d mails, not %d: %+v", len(all), want, all)
	}
}

func (s *scene) choose(c *house.Client, body obj) {
	s.t.Helper()
	c.Patch("/api/notification_settings", body).Want(200)
}

func ways(kind string, inApp bool, mail string, push bool) obj {
	return obj{"kind": kind, "in_app": inApp, "mail": mail, "push": push}
}

func TestWhoIsTold(t *testing.T) {
	each(t, func(s *scene) {
		id := s.emma.Post("/api/tickets", obj{"title": "Printer", "description": "d"}).Want(201).Int("id")
		url := fmt.Sprintf("/api/tickets/%d", id)
		s.ada.Post(url+"/assign", obj{"user_id": s.sam.ID}).Want(200)
		s.want(s.sam, "assigned")
		s.want(s.ada, "")
		s.want(s.emma, "")
		s.sam.Post(url+"/add_comment", obj{"content": "Look, @tina!"}).Want(201)
		s.want(s.sam, "assigned") // not of one's own act
		s.want(s.emma, "reply")
		// Tina is called, but does not see a ticket that somebody else has.
		s.want(s.tina, "")
		s.ada.Post(url+"/watchers", obj{"user_id": s.tina.ID}).Want(201)
		s.want(s.tina, "watching")
		s.emma.Post(url+"/add_comment", obj{"content": "Hurry"}).Want(201)
		s.want(s.tina, "reply watching")
		s.want(s.sam, "reply assigned")
		// A note is nothing for the requester.
		s.tina.Post(url+"/notes", obj{"content": "She is angry, @sam"}).Want(201)
		s.want(s.sam, "mention reply assigned")
		s.want(s.emma, "reply")
		s.sam.Post(url+"/update_status", obj{"status": "resolved"}).Want(200)
		s.want(s.emma, "status reply")
		s.want(s.tina, "status reply watching")
		s.ada.Get("/api/notifications/unread").Want(200).Is("count", 0.0)
		s.sam.Get("/api/notifications/unread").Want(200).Is("count", 3.0).Is("more", false)
	})
}

func TestNobodyIsToldWhatTheyMayNotRead(t *testing.T) {
	each(t, func(s *scene) {
		id := s.ticket()
		url := fmt.Sprintf("/api/tickets/%d", id)
		s.ada.Post(url+"/watchers", obj{"user_id": s.tina.ID}).Want(201)
		s.emma.Post(url+"/add_comment", obj{"content": "x"}).Want(201)
		s.choose(s.tina, obj{"kinds": []obj{ways("reply", true, "at_once", false)}})
		s.emma.Post(url+"/add_comment", obj{"content": "secret words"}).Want(201)
		s.want(s.tina, "reply reply watching")
		one := s.tina.Get("/api/notifications").Results()[0]["id"].(float64)
		// She loses sight of it before it is sent, and before she looks.
		s.tina.Post(url+"/unwatch", nil).Want(204)
		s.want(s.tina, "")
		s.tina.Get("/api/notifications/unread").Want(200).Is("count", 0.0)
		s.tina.Post(fmt.Sprintf("/api/notifications/%.0f/read", one), nil).Want(404)
		s.advance(2 * time.Hour)
		s.process()
		for _, m := range s.Mail.All() {
			if m.To == "tina@example.com" {
				t := m.Text
				s.t.Error("told what she may not read: " + t)
			}
		}
		// Nor does anybody read the notifications of others.
		mine := s.sam.Get("/api/notifications").Results()[0]["id"].(float64)
		s.tina.Post(fmt.Sprintf("/api/notifications/%.0f/read", mine), nil).Want(404)
		s.tina.Post("/api/notifications/read", obj{"ticket_id": id}).Want(204)
		s.sam.Get("/api/notifications/unread").Want(200).Is("count", 2.0)
	})
}

func TestAMinuteIsOneMail(t *testing.T) {
	each(t, func(s *scene) {
		id := s.ticket()
		url := fmt.Sprintf("/api/tickets/%d", id)
		s.choose(s.sam, obj{"kinds": []obj{ways("reply", true, "at_once", false)}})
		s.Mail.Clear()
		for i := range 7 {
			s.emma.Post(url+"/add_comment", obj{"content": fmt.Sprintf("part %d", i)}).Want(201)
			s.Clock.Advance(8 * time.Second)
		}
		s.process()
		s.mails(0)
		s.Clock.Advance(5 * time.Second)
		s.process()
		s.mails(1)
		m := s.Mail.Last(s.t)
		if m.To != "sam@example.com" || !strings.Contains(m.Subject, fmt.Sprintf("[#%d] Printer", id)) || strings.Count(m.Text, "The emma") != 0 && !strings.Contains(m.Text, "part 6") {
			s.t.Errorf("%+v", m)
		}
		for i := range 7 {
			if !strings.Contains(m.Text, fmt.Sprintf("part %d", i)) {
				s.t.Errorf("part %d is missing: %s", i, m.Text)
			}
		}
		s.advance(time.Hour)
		s.process()
		s.mails(1)
		// What was read in the app meanwhile needs no mail; nor what was taken back.
		s.emma.Post(url+"/add_comment", obj{"content": "read"}).Want(201)
		s.sam.Post("/api/notifications/read", obj{"ticket_id": id}).Want(204)
		c := s.emma.Post(url+"/add_comment", obj{"content": "taken back"}).Want(201).Int("id")
		s.emma.Delete(fmt.Sprintf("/api/comments/%d", c)).Want(204)
		s.advance(time.Hour)
		s.process()
		s.mails(1)
	})
}

func TestRequestersHearOnce(t *testing.T) {
	each(t, func(s *scene) {
		id := s.ticket()
		url := fmt.Sprintf("/api/tickets/%d", id)
		s.choose(s.emma, obj{"kinds": []obj{ways("reply", true, "at_once", false), ways("status", true, "at_once", false)}})
		s.sam.Post(url+"/add_comment", obj{"content": "Done"}).Want(201)
		s.sam.Post(url+"/update_status", obj{"status": "resolved"}).Want(200)
		s.want(s.emma, "status reply")
		s.advance(time.Hour)
		s.process()
		for _, m := range s.Mail.All() {
			if m.To == "emma@example.com" {
				s.t.Errorf("a second mail: %s", m.Subject)
			}
		}
	})
}

func TestTwoReplicasTellOnce(t *testing.T) {
	each(t, func(s *scene) {
		id := s.ticket()
		url := fmt.Sprintf("/api/tickets/%d", id)
		s.choose(s.sam, obj{"kinds": []obj{ways("reply", true, "at_once", false)}})
		s.Mail.Clear()
		for range 3 {
			s.emma.Post(url+"/add_comment", obj{"content": "x"}).Want(201)
		}
		s.Clock.Advance(2 * time.Minute)
		other, err := app.New(settings(s.t, s.World), "test", app.Parts{DB: s.DB, Clock: s.Clock, Mail: s.Mail})
		if err != nil {
			s.t.Fatal(err)
		}
		var all sync.WaitGroup
		for _, n := range []*notification.Service{s.App.Notification, other.Notification, s.App.Notification, other.Notification} {
			all.Go(func() {
				if err := n.Process(ctx); err != nil {
					s.t.Error(err)
				}
			})
		}
		all.Wait()
		s.mails(1)
	})
}

func settings(t *testing.T, w *testkit.World) config.Settings {
	return config.Settings{
		Database: w.URL, DataDir: t.TempDir(), PublicURL: "http://desk.example.com", RateLimit: "off", StaffScope: "queue",
		ConfidentialScope: "all", DepartmentTickets: "off", AttachmentMax: 25, ReopenDays: 14,
	}
}

func TestWhatDiedIsSentAgain(t *testing.T) {
	each(t, func(s *scene) {
		id := s.ticket()
		s.choose(s.sam, obj{"kinds": []obj{ways("reply", true, "at_once", false)}})
		s.emma.Post(fmt.Sprintf("/api/tickets/%d/add_comment", id), obj{"content": "x"}).Want(201)
		s.Mail.Clear()
		s.Clock.Advance(2 * time.Minute)
		s.Mail.FailWith(errors.New("the line is cut"))
		s.process()
		s.mails(0)
		var m notification.Message
		if err := s.DB.Read(ctx).Take(&m).Error; err != nil || m.State != notification.Pending || m.Attempts != 1 {
			s.t.Fatalf("%+v %v", m, err)
		}
		s.Mail.FailWith(nil)
		// As if a process had died while it sent: nobody else sends before the lease ends.
		if err := s.DB.Writer(ctx).Model(&m).Updates(obj{"attempts": 2, "next_at": s.Clock.Now().Add(3 * time.Minute)}).Error; err != nil {
			s.t.Fatal(err)
		}
		s.process()
		s.mails(0)
		s.Clock.Advance(4 * time.Minute)
		s.process()
		s.mails(1)
		if got := s.Mail.Last(s.t).ID; got != m.MessageID {
			s.t.Errorf("another Message-ID: %s", got)
		}
		s.advance(time.Hour)
		s.process()
		s.mails(1)
	})
}

func TestQuietHoursAndDigests(t *testing.T) {
	each(t, func(s *scene) {
		a, b := s.ticket(), s.ticket()
		s.sam.Patch("/api/auth/me", obj{"time_zone": "Europe/Berlin"}).Want(200)
		s.choose(s.sam, obj{"kinds": []obj{ways("reply", true, "at_once", false)}, "quiet_from": "22:00", "quiet_to": "02:30", "digest_at": "09:15"})
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			s.t.Fatal(err)
		}
		// In the night to 28 March 2027 the clocks go from 2 to 3: 2:30 is left out.
		s.moveTo(time.Date(2027, 3, 27, 23, 0, 0, 0, berlin))
		s.Mail.Clear()
		for _, id := range []int64{a, b, a} {
			s.emma.Post(fmt.Sprintf("/api/tickets/%d/add_comment", id), obj{"content": "x"}).Want(201)
		}
		s.moveTo(time.Date(2027, 3, 28, 1, 59, 0, 0, berlin))
		s.process()
		s.mails(0)
		s.moveTo(time.Date(2027, 3, 28, 3, 31, 0, 0, berlin))
		s.process()
		s.mails(1)
		if m := s.Mail.Last(s.t); m.Subject != "News on 2 tickets" {
			s.t.Errorf("%q", m.Subject)
		}
		// In the night to 31 October 2:00 to 3:00 comes twice.
		s.moveTo(time.Date(2027, 10, 30, 23, 0, 0, 0, berlin))
		s.Mail.Clear()
		s.emma.Post(fmt.Sprintf("/api/tickets/%d/add_comment", a), obj{"content": "x"}).Want(201)
		s.moveTo(time.Date(2027, 10, 31, 0, 29, 0, 0, time.UTC)) // 2:29, the first one
		s.process()
		s.mails(0)
		s.moveTo(time.Date(2027, 10, 31, 1, 31, 0, 0, time.UTC)) // 2:31, the second one
		s.process()
		s.mails(1)
		// Once a day.
		s.choose(s.sam, obj{"kinds": []obj{ways("reply", true, "daily", false)}, "quiet_from": nil, "quiet_to": nil})
		s.moveTo(time.Date(2027, 11, 2, 10, 0, 0, 0, berlin))
		s.Mail.Clear()
		for _, id := range []int64{a, b} {
			s.emma.Post(fmt.Sprintf("/api/tickets/%d/add_comment", id), obj{"content": "x"}).Want(201)
			s.advance(3 * time.Hour)
		}
		s.moveTo(time.Date(2027, 11, 3, 9, 14, 0, 0, berlin))
		s.process()
		s.mails(0)
		s.moveTo(time.Date(2027, 11, 3, 9, 15, 0, 0, berlin))
		s.process()
		s.mails(1)
	})
}

func TestReading(t *testing.T) {
	each(t, func(s *scene) {
		a, b := s.ticket(), s.ticket()
		for _, id := range []int64{a, a, b, b} {
			s.emma.Post(fmt.Sprintf("/api/tickets/%d/add_comment", id), obj{"content": "x"}).Want(201)
		}
		unread := func(n float64) { s.t.Helper(); s.sam.Get("/api/notifications/unread").Want(200).Is("count", n) }
		unread(4)
		all := s.sam.Get("/api/notifications?page_size=2").Want(200)
		if all.Results()[0]["ticket"].(obj)["title"] != "Printer" || all.Results()[0]["read"] != false {
			s.t.Errorf("%v", all.Results()[0])
		}
		s.sam.Get(strings.TrimPrefix(all.Text("next"), s.URL)).Want(200)
		newest := all.Results()[0]["id"].(float64)
		s.sam.Post(fmt.Sprintf("/api/notifications/%.0f/read", newest), nil).Want(204)
		unread(3)
		s.sam.Post("/api/notifications/read", obj{"ticket_id": a}).Want(204)
		unread(1)
		if n := len(s.sam.Get("/api/notifications?unread=true").Results()); n != 1 {
			s.t.Errorf("%d unread", n)
		}
		s.emma.Post(fmt.Sprintf("/api/tickets/%d/add_comment", a), obj{"content": "x"}).Want(201)
		s.sam.Post("/api/notifications/read", obj{"up_to": newest}).Want(204)
		unread(1)
		for _, bad := range []obj{{}, {"up_to": "x"}, {"ticket_id": 1, "up_to": 1}, {"ticket_id": nil}} {
			s.sam.Post("/api/notifications/read", bad).Want(400)
		}
		s.sam.Get("/api/notifications?unread=maybe").Want(400)
		for _, bad := range []obj{
			{"kinds": []obj{{"kind": "reply"}}}, {"kinds": 3}, {"kinds": []obj{ways("nothing", true, "off", true)}}, {"kinds": []obj{ways("reply", true, "weekly", true)}},
			{"quiet_from": "22:00"}, {"quiet_from": "25:00", "quiet_to": "1:00"}, {"digest_at": nil}, {"digest_at": "x"},
		} {
			s.sam.Patch("/api/notification_settings", bad).Want(400)
		}
		s.sam.Get("/api/notification_settings").Want(200).Is("version", 0.0)
		if err := s.App.User.Delete(ctx, authz.System("test"), s.sam.ID, etag.Condition{}); err != nil {
			s.t.Fatal(err)
		}
		var left int64
		if err := s.DB.Read(ctx).Table("notifications").Where("user_id = ?", s.sam.ID).Count(&left).Error; err != nil || left != 0 {
			s.t.Errorf("%d are left: %v", left, err)
		}
	})
}

func device(t *testing.T, endpoint string) obj {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return obj{
		"endpoint": endpoint, "p256dh": base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()),
		"auth": base64.RawURLEncoding.EncodeToString(make([]byte, 16)), "device": "Test",
	}
}

func TestPush(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		h := house.New(t, w, func(set *config.Settings) { set.WebhookPrivate = "127.0.0.0/8" })
		s := &scene{h, t, h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("tina", authz.ITStaff), h.Person("ada", authz.Admin)}
		var good, answer atomic.Int64
		srv := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Content-Encoding") != "aes128gcm" || !strings.HasPrefix(r.Header.Get("Authorization"), "vapid t=") || r.Header.Get("TTL") == "" {
				t.Errorf("not as RFC 8291 and 8292 say: %v", r.Header)
			}
			if r.URL.Path == "/good" {
				good.Add(1)
				out.WriteHeader(201)
				return
			}
			out.WriteHeader(int(answer.Load()))
		}))
		defer srv.Close()
		key := s.sam.Get("/api/push_key").Want(200).Text("key")
		if again := s.emma.Get("/api/push_key").Want(200).Text("key"); again != key || len(key) != 87 {
			t.Errorf("the keys %q and %q", key, again)
		}
		s.sam.Post("/api/push_subscriptions", device(t, srv.URL+"/good")).Want(201)
		s.sam.Post("/api/push_subscriptions", device(t, srv.URL+"/bad")).Want(201)
		id := s.ticket()
		push := func() {
			t.Helper()
			s.emma.Post(fmt.Sprintf("/api/tickets/%d/add_comment", id), obj{"content": "x"}).Want(201)
			s.Clock.Advance(2 * time.Minute)
			s.process()
		}
		good.Store(0)
		answer.Store(503)
		s.sam.Post("/api/push_subscriptions", device(t, srv.URL+"/bad")).Want(201)
		push()
		if good.Load() != 1 {
			t.Errorf("%d pushes", good.Load())
		}
		answer.Store(410)
		s.advance(10 * time.Minute)
		s.process() // the device that has it gets it no second time
		if good.Load() != 1 {
			t.Errorf("%d pushes", good.Load())
		}
		left := s.sam.Get("/api/push_subscriptions").Want(200).Raw
		if n := strings.Count(string(left), `"id"`); n != 1 {
			t.Errorf("%d devices are left: %s", n, left)
		}
		// Whoever takes over the browser gets what is theirs only.
		s.tina.Post("/api/push_subscriptions", device(t, srv.URL+"/good")).Want(201)
		push()
		if good.Load() != 1 {
			t.Errorf("pushed to somebody else's browser")
		}
		mine := s.tina.Get("/api/push_subscriptions").Want(200).Raw
		var sub int64
		if _, err := fmt.Sscanf(string(mine[strings.Index(string(mine), `"id":`)+5:]), "%d", &sub); err != nil {
			t.Fatal(err)
		}
		s.sam.Delete(fmt.Sprintf("/api/push_subscriptions/%d", sub)).Want(404)
		s.tina.Delete(fmt.Sprintf("/api/push_subscriptions/%d", sub)).Want(204)
		for _, bad := range []obj{
			device(t, "ftp://example.com"), device(t, "https://u:p@example.com/x"),
			{"endpoint": "https://push.example.com", "p256dh": "x", "auth": "y"}, {},
		} {
			s.sam.Post("/api/push_subscriptions", bad).Want(400)
		}
	})
}
