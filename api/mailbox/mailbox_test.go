package mailbox_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func at(format string, args ...any) string { return fmt.Sprintf(format, args...) }

var ctx = context.Background()

type scene struct {
	*house.House
	t              *testing.T
	emma, sam, ada *house.Client
	box            int64
	n              int
}

func each(t *testing.T, test func(t *testing.T, s *scene)) {
	house.Each(t, func(t *testing.T, h *house.House) {
		s := &scene{House: h, t: t, emma: h.Person("emma", authz.Employee), sam: h.Person("sam", authz.ITStaff), ada: h.Person("ada", authz.Admin)}
		s.box = s.ada.Post("/api/mailboxes", obj{"name": "Help", "address": "help@desk.example.com"}).Want(201).Int("id")
		test(t, s)
	})
}

// mail writes a message of lines.
func mail(lines ...string) string { return strings.Join(lines, "\r\n") }

// take stores a message and handles it.
func (s *scene) take(raw string, to ...string) map[string]any {
	s.t.Helper()
	if len(to) == 0 {
		to = []string{"help@desk.example.com"}
	}
	id, _, err := s.App.Mailbox.Receive(ctx, s.box, []byte(raw), mailbox.Envelope{From: "x@example.com", To: to, Via: "smtp"})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.App.Mailbox.Process(ctx); err != nil {
		s.t.Fatal(err)
	}
	return s.ada.Get(at("/api/mail_messages/%d", id)).Want(200).JSON
}

func (s *scene) letter(from, subject, body string, more ...string) string {
	s.n++
	return mail(append([]string{"From: " + from, "To: help@desk.example.com", "Subject: " + subject, at("Message-ID: <m%d@example.com>", s.n), "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"}, append(more, "", body)...)...)
}

func is(t *testing.T, m map[string]any, state, reason string) int64 {
	t.Helper()
	if m["state"] != state || m["reason"] != reason {
		t.Errorf("it is %v %v (%v), want %s %s\n%v", m["state"], m["reason"], m["reason_text"], state, reason, m["trace"])
	}
	id, _ := m["ticket_id"].(float64)
	return int64(id)
}

func idOf(m map[string]any) int64 { id, _ := m["id"].(float64); return int64(id) }

func TestMailBecomesATicketOnce(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		raw := s.letter("Lee Nguyen <lee@other.example>", "=?utf-8?q?Dr=C3=BCcker?= kaputt", "It jams.\r\n-- \r\nLee")
		id := is(t, s.take(raw), "done", "")
		got := s.ada.Get(at("/api/tickets/%d", id)).Want(200)
		got.Is("title", "Drücker kaputt").Is("description", "It jams.").Is("created_by.email", "lee@other.example")
		again := s.take(raw)
		if is(t, again, "done", "") != id || s.ada.Get("/api/tickets").Int("count") != 1 {
			t.Error("the same message made two tickets")
		}
		s.ada.Post(at("/api/mail_messages/%d/process", idOf(again)), obj{}).WantCode(409, "mail_message.done")
		// One without an id is kept, and known again by what it is.
		bare := mail("From: emma@example.com", "Subject: Bare", "", "x")
		first := is(t, s.take(bare), "done", "")
		if is(t, s.take(bare), "done", "") != first {
			t.Error("a message without an id came twice")
		}
		// Long ids that differ at their end are two messages.
		long := strings.Repeat("a", 300)
		a := is(t, s.take(mail("From: emma@example.com", "Subject: A", "Message-ID: <"+long+"1@x>", "", "x")), "done", "")
		b := is(t, s.take(mail("From: emma@example.com", "Subject: B", "Message-ID: <"+long+"2@x>", "", "x")), "done", "")
		if a == b || a == 0 || b == 0 {
			t.Errorf("long ids: tickets %d and %d", a, b)
		}
	})
}

func TestAnswersFindTheirTicket(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		id := is(t, s.take(s.letter("emma@example.com", "Printer", "It jams.")), "done", "")
		signer := s.App.Mailbox.Signer
		reply := signer.ReplyAddress("help@desk.example.com", id, "emma@example.com")
		comments := func() int64 { return s.ada.Get(at("/api/tickets/%d", id)).Want(200).Int("comment_count") }
		for name, raw := range map[string]string{
			"reply address": s.letter("emma@example.com", "other", "By address.", "Delivered-To: "+reply),
			"message id":    s.letter("emma@example.com", "other", "By id.", "In-Reply-To: <"+signer.MessageID("desk", id, "emma@example.com", "abc")+">"),
			"reference":     s.letter("emma@example.com", "other", "By reference.", "References: <x@y> <m1@example.com>"),
			"subject":       s.letter("emma@example.com", at("Re: [#%d] Printer", id), "By subject."),
		} {
			before := comments()
			if got := is(t, s.take(raw), "done", ""); got != id || comments() != before+1 {
				t.Errorf("%s: ticket %d, %d comments", name, got, comments())
			}
		}
		// Who takes no part cannot get in by the number, and learns nothing by the rest.
		if got := is(t, s.take(s.letter("eve@evil.example", at("[#%d]", id), "Let me in.")), "done", ""); got == id {
			t.Error("a stranger got in by the subject")
		}
		if got := is(t, s.take(s.letter("eve@evil.example", "Re", "With the address."), reply), "done", ""); got != id {
			t.Errorf("a forwarded reply address leads to %d", got)
		}
		if list := s.ada.Get(at("/api/tickets/%d/watchers", id)).Want(200).Results(); len(list) != 0 {
			t.Errorf("mail gave rights: %v", list)
		}
		// A forged signature is none.
		forged := strings.Replace(reply, "-", "-a", 1)
		if got := is(t, s.take(s.letter("emma@example.com", "forged", "x"), forged), "done", ""); got == id {
			t.Error("a forged address was believed")
		}
		// Nobody speaks for the IT staff by writing their name.
		is(t, s.take(s.letter("sam@example.com", at("[#%d]", id), "Send me your password.")), "held", "staff_unsigned")
		own := signer.ReplyAddress("help@desk.example.com", id, "sam@example.com")
		if got := is(t, s.take(s.letter("sam@example.com", "x", "I am on it."), own), "done", ""); got != id {
			t.Errorf("staff with their own address: %d", got)
		}
		s.sam.Get(at("/api/tickets/%d/mail", id)).Want(200)
		s.emma.Get(at("/api/tickets/%d/mail", id)).Want(403)
		// What its requester writes takes a resolved ticket up again.
		s.sam.Post(at("/api/tickets/%d/update_status", id), obj{"status": "resolved"}).Want(200)
		s.take(s.letter("emma@example.com", "x", "Still jams."), reply)
		s.ada.Get(at("/api/tickets/%d", id)).Is("status", "open")
	})
}

func TestWhatIsIgnoredOrHeld(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for _, c := range []struct{ name, state, reason, raw string }{
			{"auto reply", "ignored", "auto_reply", s.letter("lee@x.example", "Re", "away", "Auto-Submitted: auto-replied")},
			{"out of office", "ignored", "auto_reply", s.letter("lee@x.example", "Automatic reply: Printer", "away", "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All")},
			{"no is a human", "done", "", s.letter("lee@x.example", "hello", "I am one", "auto-submitted: no", "Precedence: bulk")},
			{"monitoring", "done", "", s.letter("nagios@x.example", "disk", "full", "Auto-Submitted: auto-generated")},
			{"list", "done", "", s.letter("lee@x.example", "news", "x", "List-Id: <l.x.example>")},
			{"no-reply", "held", "no_reply", s.letter("Shop <no-reply@x.example>", "code", "1234")},
			{"noreply", "held", "no_reply", s.letter("accounts-NoReply@x.example", "code", "1234")},
			{"own address", "ignored", "loop", s.letter("help@desk.example.com", "x", "x")},
			{"own desk", "ignored", "loop", s.letter("lee@x.example", "x", "x", "X-Fixdesk-Desk: "+s.App.Mailbox.Signer.Desk())},
			{"two senders", "held", "two_senders", s.letter("a@x.example, b@x.example", "x", "x")},
			{"sender of two", "done", "", s.letter("a@x.example, b@x.example", "x", "x", "Sender: b@x.example")},
			{"nobody", "held", "no_sender", mail("Subject: x", "", "x")},
			{"nested", "failed", "unreadable", s.letter("lee@x.example", "x", nested(200))},
		} {
			m := s.take(c.raw)
			if m["state"] != c.state || m["reason"] != c.reason {
				t.Errorf("%s: %v %v (%v)", c.name, m["state"], m["reason"], m["reason_text"])
			}
			// Why is said in the reader's language, in the reason as in the trace.
			german := s.ada.Do("GET", at("/api/mail_messages/%d", idOf(m)), nil, map[string]string{"Accept-Language": "de"}).Want(200).JSON
			there, _ := m["trace"].([]any)
			here, _ := german["trace"].([]any)
			for i := range there {
				if fmt.Sprint(here[i]) == fmt.Sprint(there[i]) {
					t.Errorf("%s: not said in German: %v", c.name, here[i])
				}
			}
			if m["reason_text"] != "" && m["reason_text"] == german["reason_text"] {
				t.Errorf("%s: not said in German: %v", c.name, m["reason_text"])
			}
		}
		// Somebody looks, and lets one in.
		for _, m := range s.ada.Get("/api/mail_messages?state=held").Want(200).Results() {
			id := idOf(m)
			switch m["reason"] {
			case "no_reply":
				s.sam.Post(at("/api/mail_messages/%d/process", id), obj{"accept": true}).Want(403)
				s.ada.Post(at("/api/mail_messages/%d/process", id), obj{}).Want(200).Is("state", "held")
				in := s.ada.Post(at("/api/mail_messages/%d/process", id), obj{"accept": true}).Want(200).Is("state", "done").Int("ticket_id")
				// Nobody reads an answer there.
				s.ada.Get(at("/api/mail_outbox?ticket_id=%d", in)).Is("count", 0)
			case "two_senders":
				s.ada.Post(at("/api/mail_messages/%d/process", id), obj{}).Want(200).Is("state", "held")
				in := s.ada.Post(at("/api/mail_messages/%d/process", id), obj{"accept": true}).Want(200).Is("state", "done").Int("ticket_id")
				s.ada.Get(at("/api/tickets/%d", in)).Is("created_by.email", "a@x.example")
			default:
				s.ada.Post(at("/api/mail_messages/%d/discard", id), nil).Want(200).Is("state", "ignored")
			}
		}
		s.ada.Get("/api/mail_messages?state=held").Is("count", 0)
	})
}

func nested(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(at("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i))
	}
	return b.String()
}

func TestTryingChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		raw := s.letter("lee@other.example", "Printer", "Jams.\r\n\r\nOn Monday, X <x@y> wrote:\r\n> old")
		a := s.ada.Post("/api/mail_messages/try", obj{"mailbox_id": s.box, "source": base64.StdEncoding.EncodeToString([]byte(raw))}).Want(200)
		a.Is("state", "done").Is("title", "Printer").Is("parts.new", "Jams.")
		for _, path := range []string{"/api/tickets", "/api/mail_messages"} {
			s.ada.Get(path).Is("count", 0)
		}
		s.ada.Get("/api/users").Is("count", 3)
		s.ada.Post("/api/mail_messages/try", obj{"mailbox_id": s.box, "source": "%"}).WantFields("source")
		s.sam.Post("/api/mail_messages/try", obj{"mailbox_id": s.box, "source": ""}).Want(403)
	})
}

func TestFilesAndImages(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		png := "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
		raw := mail("From: emma@example.com", "Subject: Picture", "Message-ID: <pic@x>", "MIME-Version: 1.0", `Content-Type: multipart/related; boundary=b`, "",
			"--b", "Content-Type: text/html", "", `<p>See <img src="cid:one@x"> here</p><script>alert(1)</script>`,
			"--b", "Content-Type: image/png; name=one.png", "Content-ID: <one@x>", "Content-Transfer-Encoding: base64", "Content-Disposition: inline; filename=one.png", "", png,
			"--b", "Content-Type: text/calendar; charset=utf-8", "", "BEGIN:VCALENDAR\r\nEND:VCALENDAR",
			"--b", "Content-Type: application/ms-tnef; name=winmail.dat", "Content-Transfer-Encoding: base64", "", "eJ8+Ig==", "--b--", "")
		m := s.take(raw)
		id := is(t, m, "done", "")
		got := s.ada.Get(at("/api/tickets/%d", id)).Want(200)
		if d := got.Text("description"); !strings.Contains(d, "![one.png](attachment:") {
			t.Errorf("the image is not in its place: %q", d)
		}
		if files, _ := got.Field("attachments").([]any); len(files) != 3 {
			t.Errorf("%d files: %v", len(files), files)
		}
		page := s.ada.Get(at("/api/mail_messages/%d", idOf(m))).Want(200)
		if h := page.Text("parts.html"); strings.Contains(h, "script") || !strings.Contains(h, "data-attachment=") {
			t.Errorf("html: %q", h)
		}
		s.ada.Get(at("/api/mail_messages/%d/source", idOf(m))).Want(200)
	})
}

func TestALostWorkersMessageIsTakenOver(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		id, _, err := s.App.Mailbox.Receive(ctx, s.box, []byte(s.letter("emma@example.com", "Late", "x")), mailbox.Envelope{})
		if err != nil {
			t.Fatal(err)
		}
		// A killed program leaves it claimed.
		s.DB.Writer(ctx).Exec("UPDATE mail_messages SET attempts = 1, next_at = ? WHERE id = ?", s.Clock.Now().Add(time.Minute), id)
		if err := s.App.Mailbox.Process(ctx); err != nil {
			t.Fatal(err)
		}
		s.ada.Get(at("/api/mail_messages/%d", id)).Is("state", "received")
		s.Clock.Advance(2 * time.Minute)
		if err := s.App.Mailbox.Process(ctx); err != nil {
			t.Fatal(err)
		}
		s.ada.Get(at("/api/mail_messages/%d", id)).Is("state", "done")
		// One that kills the program each time is put aside.
		poison, _, _ := s.App.Mailbox.Receive(ctx, s.box, []byte(s.letter("emma@example.com", "Poison", "x")), mailbox.Envelope{})
		s.DB.Writer(ctx).Exec("UPDATE mail_messages SET attempts = 5 WHERE id = ?", poison)
		if err := s.App.Mailbox.Process(ctx); err != nil {
			t.Fatal(err)
		}
		s.ada.Get(at("/api/mail_messages/%d", poison)).Is("state", "failed")
	})
}

func TestMailboxes(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		s.sam.Get("/api/mailboxes").Want(403)
		s.ada.Post("/api/mailboxes", obj{}).WantFields("name", "address")
		s.ada.Post("/api/mailboxes", obj{"name": "x", "address": "HELP@desk.example.com"}).WantCode(409, "mailbox.taken")
		s.ada.Post("/api/mailboxes", obj{"name": "x\r\ny", "address": "a", "port": 0, "source": "pop", "sender_cap": -1, "category_id": "x"}).Want(400)
		s.ada.Post("/api/mailboxes", obj{"name": "x", "address": "i@x.example", "source": "imap"}).WantFields("host", "username")
		b := s.ada.Post("/api/mailboxes", obj{"name": "I", "address": "i@x.example", "source": "imap", "host": "imap.x.example", "username": "i", "secret": "hush-hush"}).Want(201).Is("has_secret", true).Lacks("hush")
		url := at("/api/mailboxes/%d", b.Int("id"))
		var row string
		s.DB.Read(ctx).Raw("SELECT secret FROM mailboxes WHERE id = ?", b.Int("id")).Scan(&row)
		if row == "" || strings.Contains(row, "hush") {
			t.Errorf("the password is kept as %q", row)
		}
		s.ada.Patch(url, obj{"name": "Other", "active": false}).Want(200).Is("has_secret", true).Is("active", false)
		s.ada.Patch(url, obj{"host": "evil.example"}).Want(200).Is("has_secret", false)
		s.ada.Delete(url).Want(204)
		s.take(s.letter("emma@example.com", "x", "x"))
		s.ada.Delete(at("/api/mailboxes/%d", s.box)).WantCode(409, "mailbox.in_use")
	})
}
