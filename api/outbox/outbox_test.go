package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/platform/mail"
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
}

func each(t *testing.T, test func(t *testing.T, s *scene)) {
	house.Each(t, func(t *testing.T, h *house.House) {
		s := &scene{House: h, t: t, emma: h.Person("emma", authz.Employee), sam: h.Person("sam", authz.ITStaff), ada: h.Person("ada", authz.Admin)}
		s.box = s.ada.Post("/api/mailboxes", obj{"name": "Help", "address": "help@desk.example.com"}).Want(201).Int("id")
		test(t, s)
	})
}

// sent sends what is due and returns the mails that are new.
func (s *scene) sent() []mail.Message {
	s.t.Helper()
	before := len(s.Mail.All())
	if err := s.App.Outbox.Process(ctx); err != nil {
		s.t.Fatal(err)
	}
	return s.Mail.All()[before:]
}

func (s *scene) take(raw string, to ...string) int64 {
	s.t.Helper()
	id, _, err := s.App.Mailbox.Receive(ctx, s.box, []byte(strings.ReplaceAll(raw, "\n", "\r\n")), mailbox.Envelope{To: to})
	if err == nil {
		err = s.App.Mailbox.Process(ctx)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	m := s.ada.Get(at("/api/mail_messages/%d", id)).Want(200)
	if n, ok := m.Field("ticket_id").(float64); ok {
		return int64(n)
	}
	return 0
}

func TestAConversationByMail(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		id := s.take("From: Emma <emma@example.com>\nSubject: Printer\nMessage-ID: <first@x>\n\nIt jams.")
		ack := s.sent()
		if len(ack) != 1 || ack[0].To != "emma@example.com" || ack[0].Headers["Auto-Submitted"] != "auto-replied" || ack[0].References[1] != "first@x" {
			t.Fatalf("the acknowledgement: %+v", ack)
		}
		if !strings.Contains(ack[0].Subject, at("[#%d] Printer", id)) || !strings.HasPrefix(ack[0].Text, "##-") {
			t.Errorf("%q\n%s", ack[0].Subject, ack[0].Text)
		}
		// An answer waits until it cannot be taken back any more.
		m := s.sam.Post(at("/api/tickets/%d/messages", id), obj{"kind": "reply", "content": "A **new** cartridge <b>comes</b>.", "hold_seconds": 20}).Want(201)
		if got := s.sent(); len(got) != 0 {
			t.Fatalf("sent while it can be taken back: %+v", got)
		}
		_ = m
		s.Clock.Advance(21 * time.Second)
		s.Drain(t)
		got := s.sent()
		if len(got) != 1 || !strings.Contains(got[0].HTML, "<strong>new</strong>") || strings.Contains(got[0].HTML, "<b>comes") || !got[0].ByPerson {
			t.Fatalf("the answer: %+v", got)
		}
		if got[0].References[0] != ack[0].References[0] || got[0].Headers["Auto-Submitted"] != "" || got[0].ID == ack[0].ID {
			t.Errorf("one thread: %v and %v", got[0].References, ack[0].References)
		}
		// Notes stay in the house.
		s.sam.Post(at("/api/tickets/%d/notes", id), obj{"content": "psst"}).Want(201)
		s.sam.Post(at("/api/tickets/%d/watchers", id), obj{}).Want(201)
		if got := s.sent(); len(got) != 0 {
			t.Errorf("a note left: %+v", got)
		}
		// What she answers comes back as a comment, and is not sent to her.
		if back := s.take("From: emma@example.com\nSubject: "+got[0].Subject+"\nMessage-ID: <second@x>\n\nThanks!\n\nOn Monday, Help <h@x> wrote:\n> "+strings.ReplaceAll(got[0].Text, "\n", "\n> "), got[0].ReplyTo); back != id {
			t.Fatalf("the answer went to %d", back)
		}
		s.ada.Get(at("/api/tickets/%d", id)).Is("comments.1.content", "Thanks!")
		if got := s.sent(); len(got) != 0 {
			t.Errorf("she was told of her own words: %+v", got)
		}
		// People in CC are told, with a way out.
		s.emma.Post(at("/api/tickets/%d/cc", id), obj{"address": "lee@other.example"}).Want(201)
		s.sam.Post(at("/api/tickets/%d/add_comment", id), obj{"content": "Done."}).Want(201)
		got = s.sent()
		if len(got) != 2 {
			t.Fatalf("%d mails: %+v", len(got), got)
		}
		for _, m := range got {
			link := strings.Trim(m.Headers["List-Unsubscribe"], "<>")
			if (link != "") != (m.To == "lee@other.example") {
				t.Errorf("%s: unsubscribe %q", m.To, link)
			}
			inText, inHTML := strings.Contains(m.Text, "no more mail about this ticket: http"), strings.Contains(m.HTML, ">http://desk.example.com/api/mail/unsubscribe?")
			if inText != (link != "") || inHTML != (link != "") || link != "" && !strings.Contains(m.Text, link) {
				t.Errorf("%s: the way out in the text: %s\n%s", m.To, m.Text, m.HTML)
			}
			if link != "" {
				path := strings.TrimPrefix(link, "http://desk.example.com")
				s.Nobody().Do("POST", strings.Replace(path, "token=", "token=x", 1), "List-Unsubscribe=One-Click", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}).Want(400)
				// Who opens it in a browser is asked first; programs that look at links change nothing.
				s.Nobody().Get(strings.Replace(path, "token=", "token=x", 1)).WantCode(400, "mail.unsubscribe_token")
				wrong := s.Nobody().Do("GET", strings.Replace(path, "token=", "token=x", 1), nil, map[string]string{"Accept": "text/html"}).Want(200)
				if text := string(wrong.Raw); !strings.Contains(text, "This link is not valid.") || strings.Contains(text, "<form") {
					t.Errorf("the page of a wrong link: %s", text)
				}
				page := s.Nobody().Do("GET", path, nil, map[string]string{"Accept": "text/html", "Accept-Language": "de"}).Want(200)
				if text := string(page.Raw); !strings.Contains(text, `<form method="post">`) || !strings.Contains(text, `lang="de"`) || !strings.Contains(text, at("Ticket #%d an lee@other.example?", id)) {
					t.Errorf("the page: %s", text)
				}
				if p := page.Header.Get("Content-Security-Policy"); !strings.Contains(p, "form-action 'self'") || strings.Contains(p, "script-src") {
					t.Errorf("its policy: %s", p)
				}
				if list := s.ada.Get(at("/api/tickets/%d/watchers", id)).Results(); len(list) != 2 {
					t.Errorf("looking at the link took somebody out: %v", list)
				}
				done := s.Nobody().Do("POST", path, "", map[string]string{"Accept": "text/html,*/*", "Content-Type": "application/x-www-form-urlencoded"}).Want(200)
				if !strings.Contains(string(done.Raw), at("From now on lee@other.example gets no mail about ticket #%d.", id)) {
					t.Errorf("done: %s", done.Raw)
				}
				s.Nobody().Do("POST", path, "List-Unsubscribe=One-Click", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}).Want(204)
			}
		}
		if list := s.ada.Get(at("/api/tickets/%d/watchers", id)).Results(); len(list) != 1 {
			t.Errorf("still there: %v", list)
		}
		s.Clock.Advance(time.Minute)
		s.sam.Post(at("/api/tickets/%d/update_status", id), obj{"status": "resolved"}).Want(200)
		if got := s.sent(); len(got) != 1 || !strings.Contains(got[0].Text, "resolved") {
			t.Errorf("resolved: %+v", got)
		}
	})
}

func TestNothingLoops(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for name, head := range map[string]string{
			"automatic": "Auto-Submitted: auto-generated", "suppressed": "x-auto-response-suppress: aLL", "list": "List-Id: <x>", "bulk": "Precedence: bulk",
		} {
			if s.take("From: lee@x.example\nSubject: "+name+"\nMessage-ID: <"+name+"@x>\n"+head+"\n\nx") == 0 {
				t.Errorf("%s: no ticket", name)
			}
			if got := s.sent(); len(got) != 0 {
				t.Errorf("%s was answered: %+v", name, got)
			}
		}
		s.take("From: lee@x.example\nSubject: human\nMessage-ID: <human@x>\nAuto-Submitted: no\n\nx")
		if got := s.sent(); len(got) != 1 {
			t.Errorf("a human was not answered: %+v", got)
		}
		// A program that does not say what it is gets a few answers in an hour.
		answers := 0
		for i := range 30 {
			s.take(at("From: bot@x.example\nSubject: n\nMessage-ID: <bot%d@x>\n\nx", i))
			answers += len(s.sent())
		}
		if answers != 10 {
			t.Errorf("%d answers to a program", answers)
		}
	})
}

func TestFailuresKeepTheMessageID(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		id := s.emma.Post("/api/tickets", obj{"title": "Printer", "description": "x"}).Want(201).Int("id")
		s.sam.Post(at("/api/tickets/%d/add_comment", id), obj{"content": "Hello."}).Want(201)
		s.Mail.FailWith(errors.New("421 not now"))
		s.sent()
		first := s.ada.Get("/api/mail_outbox").Want(200).Results()[0]
		if first["state"] != "pending" || first["attempts"].(float64) != 1 || first["last_error"] == "" {
			t.Errorf("%v", first)
		}
		s.Mail.FailWith(nil)
		if got := s.sent(); len(got) != 0 {
			t.Error("no pause before the second try")
		}
		s.Clock.Advance(time.Minute)
		got := s.sent()
		if len(got) != 1 || got[0].ID != first["message_id"] {
			t.Fatalf("%+v, want the id %v", got, first["message_id"])
		}
		s.Clock.Advance(time.Hour)
		if again := s.sent(); len(again) != 0 {
			t.Error("sent twice")
		}
		s.sam.SignIn("sam", house.Password)
		s.ada.SignIn("ada", house.Password)
		// A comment that is gone meanwhile is not told of.
		c := s.sam.Post(at("/api/tickets/%d/add_comment", id), obj{"content": "Oops."}).Want(201).Int("id")
		s.sam.Delete(at("/api/comments/%d", c)).Want(204)
		if got := s.sent(); len(got) != 0 {
			t.Errorf("%+v", got)
		}
		s.ada.Get("/api/mail_outbox?state=cancelled").Is("count", 1)
		s.sam.Get("/api/mail_outbox").Want(403)
	})
}

// reportOf is a delivery report; %s is the Message-ID that it is about.
func reportOf(action, status string) string {
	return "From: MAILER-DAEMON@mx\nSubject: report\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n" + action +
		"\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; emma@example.com\nAction: " + action +
		"\nStatus: " + status + "\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <%s>\n--b--\n"
}

func TestBounces(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		id := s.emma.Post("/api/tickets", obj{"title": "Printer", "description": "x"}).Want(201).Int("id")
		s.sam.Post(at("/api/tickets/%d/add_comment", id), obj{"content": "Hello."}).Want(201)
		m := s.sent()[0]
		report := reportOf("failed", "5.1.1")
		// A forged report about another mail says nothing.
		s.take(at(report, "forged@x"))
		s.ada.Get("/api/mail_addresses").Is("count", 0)
		if got := s.take(at(report, m.ID)); got != id {
			t.Errorf("the report is shown at %d", got)
		}
		s.ada.Get("/api/mail_outbox").Is("results.0.state", "sent").Is("results.0.bounce_status", "5.1.1").Lacks(`"bounced_at":null`)
		s.sam.Get(at("/api/tickets/%d/mail_log", id)).Is("sent.0.fate", "bounced").Is("sent.0.status", "5.1.1").Is("received.0.state", "ignored")
		list := s.ada.Get("/api/mail_addresses").Is("count", 1).Is("results.0.state", "hard")
		s.sam.Post(at("/api/tickets/%d/add_comment", id), obj{"content": "Again."}).Want(201)
		if got := s.sent(); len(got) != 0 {
			t.Errorf("sent to a dead address: %+v", got)
		}
		held := s.ada.Get("/api/mail_outbox?state=suppressed").Is("count", 1).Results()[0]
		s.ada.Delete(at("/api/mail_addresses/%d", int64(list.Results()[0]["id"].(float64)))).Want(204)
		s.ada.Post(at("/api/mail_outbox/%d/retry", int64(held["id"].(float64))), nil).Want(200)
		if got := s.sent(); len(got) != 1 {
			t.Errorf("not sent again: %+v", got)
		}
		// One that was returned can be sent again, too.
		first := s.ada.Get("/api/mail_outbox").Want(200).Results()[1]
		s.ada.Post(at("/api/mail_outbox/%d/retry", int64(first["id"].(float64))), nil).Want(200).Is("bounced_at", nil).Is("bounce_status", "")
		if got := s.sent(); len(got) != 1 || got[0].ID != m.ID {
			t.Errorf("not sent again: %+v", got)
		}
		s.sam.Get(at("/api/tickets/%d/mail_log", id)).Is("sent.1.fate", "sent").Is("sent.1.status", "")
	})
}

// TestALateMailIsNoLostOne reads reports of a server that goes on trying.
func TestALateMailIsNoLostOne(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		id := s.emma.Post("/api/tickets", obj{"title": "Printer", "description": "x"}).Want(201).Int("id")
		s.sam.Post(at("/api/tickets/%d/add_comment", id), obj{"content": "Hello."}).Want(201)
		m := s.sent()[0]
		url := at("/api/tickets/%d/mail_log", id)
		if got := s.take(at(reportOf("delayed (in queue)", "4.4.1"), m.ID)); got != id {
			t.Errorf("the report is shown at %d", got)
		}
		s.sam.Get(url).Is("sent.0.fate", "delayed").Is("sent.0.status", "4.4.1").Is("sent.0.bounced_at", nil).Lacks(`"delayed_at":null`).
			Is("received.0.reason_text", "delivery report: a mail has not arrived yet, and is tried again")
		s.ada.Get("/api/mail_outbox").Is("results.0.state", "sent").Is("results.0.bounced_at", nil).Lacks(`"delayed_at":null`)
		s.ada.Get("/api/mail_addresses").Is("count", 0)
		newest := s.ada.Get("/api/mail_messages").Results()[0]["id"].(float64)
		if page := string(s.ada.Get(at("/api/mail_messages/%d", int64(newest))).Want(200).Raw); !strings.Contains(page, "Not delivered yet to emma@example.com, it is tried again: 4.4.1") {
			t.Errorf("why: %s", page)
		}
		// It arrives after all.
		s.take(at(reportOf("delivered", "2.0.0"), m.ID))
		s.sam.Get(url).Is("sent.0.fate", "sent").Is("sent.0.status", "").Is("sent.0.delayed_at", nil)
		// Or it does not; what was said before that comes too late.
		s.take(at(reportOf("failed", "5.4.7"), m.ID))
		s.take(at(reportOf("delayed", "4.4.1"), m.ID))
		s.sam.Get(url).Is("sent.0.fate", "bounced").Is("sent.0.status", "5.4.7")
		s.ada.Get("/api/mail_addresses").Is("count", 1).Is("results.0.bounces", 1.0)
	})
}

func TestTemplates(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		s.sam.Get("/api/mail_templates").Want(403)
		s.ada.Get("/api/mail_templates").Want(200)
		body := obj{"kind": "reply", "language": "en", "subject": "About {{ticket.title}}", "text": "{{comment.text}}", "html": "<p onclick=x>{{comment.text}}</p><script>x</script>{{ticket.title}}"}
		s.ada.Post("/api/mail_templates/preview", body).Want(200).Is("subject", "About The printer jams").Lacks("script").Lacks("onclick")
		s.ada.Post("/api/mail_templates/test", body).Want(200).Is("ok", true)
		s.ada.Post("/api/mail_templates", obj{"kind": "reply", "language": "en", "subject": "{{user.password_hash}}", "text": "x"}).WantFields("subject")
		s.ada.Post("/api/mail_templates", obj{"kind": "x", "language": "fr", "subject": "a", "text": "x"}).WantFields("kind", "language")
		s.ada.Post("/api/mail_templates", body).Want(200).Is("custom", true)
		id := s.emma.Post("/api/tickets", obj{"title": "A <i>\r\nBcc: eve@x</i>", "description": "x"}).Want(201).Int("id")
		s.sam.Post(at("/api/tickets/%d/add_comment", id), obj{"content": "{{ticket.url}} <script>"}).Want(201)
		m := s.sent()[0]
		if strings.ContainsAny(m.Subject, "\r\n") || strings.Contains(m.HTML, "<script") || strings.Contains(m.HTML, "<i>") || !strings.Contains(m.Text, "{{ticket.url}}") {
			t.Errorf("%q %q %q", m.Subject, m.Text, m.HTML)
		}
		s.ada.Post("/api/mail_templates/reset", obj{"kind": "reply", "language": "en"}).Want(200).Is("custom", false)
	})
}

func TestDomains(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		records := map[string][]string{}
		s.App.Outbox.Lookup = func(_ context.Context, name string) ([]string, error) { return records[name], nil }
		s.ada.Post("/api/mail_domains", obj{"domain": "no domain"}).WantFields("domain")
		d := s.ada.Post("/api/mail_domains", obj{"domain": "Desk.example.com"}).Want(201).Is("domain", "desk.example.com").Is("active", false)
		s.ada.Post("/api/mail_domains", obj{"domain": "desk.example.com"}).WantCode(409, "mail_domain.taken")
		raw := []byte("From: help@desk.example.com\r\nTo: lee@x\r\nSubject: x\r\n\r\nx\r\n")
		if v, err := s.App.Outbox.Sign(ctx, "desk.example.com", raw); v != "" || err != nil {
			t.Errorf("signs before it is switched on: %q %v", v, err)
		}
		url := at("/api/mail_domains/%d", d.Int("id"))
		s.ada.Patch(url, obj{"active": true}).Want(200).Is("active", true)
		if v, err := s.App.Outbox.Sign(ctx, "desk.example.com", raw); !strings.Contains(v, "d=desk.example.com") || err != nil {
			t.Errorf("%q %v", v, err)
		}
		s.ada.Get("/api/mail_check?domain=desk.example.com").Want(200).Is("results.0.ok", false).Is("results.1.ok", false).Is("results.2.ok", false)
		records["desk.example.com"] = []string{"v=spf1 mx -all"}
		records["_dmarc.desk.example.com"] = []string{"v=DMARC1; p=reject"}
		records[d.Text("record_name")] = []string{d.Text("record_value")}
		s.ada.Get("/api/mail_check?domain=desk.example.com").Want(200).Is("results.0.ok", true).Is("results.1.ok", true).Is("results.2.ok", true)
		s.ada.Delete(url).Want(204)
		s.sam.Get("/api/mail_domains").Want(403)
	})
}
