package message_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func at(format string, args ...any) string { return fmt.Sprintf(format, args...) }

type scene struct {
	*house.House
	emma, eric, sam, ada *house.Client
	ticket               int64
}

func each(t *testing.T, test func(t *testing.T, s scene)) {
	house.Each(t, func(t *testing.T, h *house.House) {
		s := scene{
			House: h, emma: h.Person("emma", authz.Employee), eric: h.Person("eric", authz.Employee),
			sam: h.Person("sam", authz.ITStaff), ada: h.Person("ada", authz.Admin),
		}
		s.ticket = s.emma.Post("/api/tickets", obj{"title": "Printer", "description": "No toner."}).Want(201).Int("id")
		test(t, s)
	})
}

func (s scene) comments(c *house.Client) int {
	list, _ := c.Get(at("/api/tickets/%d", s.ticket)).Want(200).Field("comments").([]any)
	return len(list)
}

// TestUndoReallyUnsends holds a reply back, takes one back and sends another.
func TestUndoReallyUnsends(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		url := at("/api/tickets/%d/messages", s.ticket)
		a := s.sam.Post(url, obj{"kind": "reply", "content": "Wrong person!"}).Want(201).Is("state", "held")
		if n := s.comments(s.emma); n != 0 {
			t.Fatalf("the requester already sees %d comments", n)
		}
		if rows := s.ada.Get(url).Want(200).Results(); len(rows) != 0 {
			t.Errorf("somebody else sees %d waiting messages", len(rows))
		}
		s.ada.Get(at("/api/messages/%d", a.Int("id"))).Want(404)
		s.ada.Delete(at("/api/messages/%d", a.Int("id"))).Want(404)
		if rows := s.sam.Get(url).Want(200).Results(); len(rows) != 1 {
			t.Errorf("the author sees %d waiting messages", len(rows))
		}
		s.sam.Delete(at("/api/messages/%d", a.Int("id"))).Want(204)
		s.sam.Delete(at("/api/messages/%d", a.Int("id"))).Want(204)
		s.sam.Post(at("/api/messages/%d/send", a.Int("id")), nil).WantCode(409, "message.cancelled")

		b := s.sam.Post(url, obj{"kind": "reply", "content": "On **its** way.", "status": "resolved", "hold_seconds": 20}).
			Want(201).Is("content_html", "<p>On <strong>its</strong> way.</p>")
		s.Clock.Advance(10 * time.Second)
		s.Drain(t)
		if n := s.comments(s.emma); n != 0 {
			t.Fatalf("sent too early: %d comments", n)
		}
		s.Clock.Advance(11 * time.Second)
		s.Drain(t)
		s.Drain(t)
		got := s.emma.Get(at("/api/tickets/%d", s.ticket)).Want(200).Is("status", "resolved").Is("comments.0.content", "On **its** way.")
		if n, _ := got.Field("comments").([]any); len(n) != 2 { // the reply, and the change of status
			t.Errorf("%d comments, want 2", len(n))
		}
		sent := s.sam.Get(at("/api/messages/%d", b.Int("id"))).Want(200).Is("state", "sent")
		if sent.Int("comment_id") == 0 {
			t.Error("the message does not name its comment")
		}
		s.sam.Delete(at("/api/messages/%d", b.Int("id"))).WantCode(409, "message.sent")
		s.sam.Post(at("/api/messages/%d/send", b.Int("id")), nil).Want(200)
		if n := s.comments(s.emma); n != 2 {
			t.Errorf("sent again: %d comments", n)
		}
	})
}

// TestRightsAreCheckedAgainWhenAMessageGoesOut takes the right away meanwhile.
func TestRightsAreCheckedAgainWhenAMessageGoesOut(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		url := at("/api/tickets/%d/messages", s.ticket)
		m := s.sam.Post(url, obj{"kind": "note", "content": "psst"}).Want(201).Int("id")
		n := s.sam.Post(url, obj{"kind": "reply", "content": "hello"}).Want(201).Int("id")
		s.ada.Patch(at("/api/users/%d", s.sam.ID), obj{"role": "employee"}).Want(200)
		s.Clock.Advance(time.Minute)
		s.Drain(t)
		if c := s.comments(s.emma); c != 0 {
			t.Errorf("%d comments", c)
		}
		if rows := s.ada.Get(at("/api/tickets/%d/notes", s.ticket)).Want(200).Results(); len(rows) != 0 {
			t.Errorf("%d notes", len(rows))
		}
		s.sam.SignIn("sam", house.Password)
		for _, id := range []int64{m, n} {
			a := s.sam.Get(at("/api/messages/%d", id)).Want(200).Is("state", "cancelled")
			if a.Text("reason") == "" {
				t.Error("no reason given")
			}
		}
	})
}

// TestAChecklistKeepsBackTheReplyThatResolves: whoever sends hears at once that the ticket
// cannot be resolved; what comes to be missing while the reply is held gives it back.
func TestAChecklistKeepsBackTheReplyThatResolves(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		before := s.sam.Get(at("/api/tickets/%d", s.ticket)).Want(200).Raw
		// With a key, all of a request is one transaction.
		m := s.sam.Do(http.MethodPost, at("/api/tickets/%d/messages", s.ticket), obj{"kind": "reply", "content": "Done.", "status": "resolved"},
			map[string]string{"Idempotency-Key": "once"}).Want(201)
		if now := s.sam.Get(at("/api/tickets/%d", s.ticket)).Want(200).Raw; string(now) != string(before) {
			t.Errorf("what is held changed the ticket: %s, was %s", now, before)
		}
		s.sam.Post(at("/api/tickets/%d/checklist", s.ticket), obj{"items": []string{"Measure"}, "required": true}).Want(201)
		refused := s.sam.Post(at("/api/tickets/%d/messages", s.ticket), obj{"kind": "reply", "content": "Done.", "status": "resolved"})
		refused.WantCode(409, "checklist.incomplete")
		s.sam.Get(at("/api/tickets/%d/messages", s.ticket)).Want(200).Is("count", 1)
		s.Clock.Advance(11 * time.Second)
		s.Drain(t)
		s.sam.Get(at("/api/messages/%d", m.Int("id"))).Want(200).Is("state", "cancelled")
		s.emma.Get(at("/api/tickets/%d", s.ticket)).Want(200).Is("status", "open")
		if n := s.comments(s.emma); n != 0 {
			t.Errorf("the requester sees %d comments", n)
		}
	})
}

// TestAReplyThatResolvesGoesWhereTheTicketWent: it is held and sent as on any other ticket.
func TestAReplyThatResolvesGoesWhereTheTicketWent(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		into := s.emma.Post("/api/tickets", obj{"title": "The same", "description": "Again."}).Want(201).Int("id")
		s.sam.Post(at("/api/tickets/%d/merge", s.ticket), obj{"ticket_id": into}).Want(200)
		m := s.sam.Post(at("/api/tickets/%d/messages", s.ticket), obj{"kind": "reply", "content": "Done.", "status": "resolved"}).Want(201)
		s.Clock.Advance(11 * time.Second)
		s.Drain(t)
		s.sam.Get(at("/api/messages/%d", m.Int("id"))).Want(200).Is("state", "sent")
		s.emma.Get(at("/api/tickets/%d", into)).Want(200).Is("status", "resolved")
	})
}

func TestAnAnswerMeanwhileRefusesAReply(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		url := at("/api/tickets/%d/messages", s.ticket)
		first := s.emma.Post(at("/api/tickets/%d/add_comment", s.ticket), obj{"content": "Hello?"}).Want(201).Int("id")
		s.ada.Post(at("/api/tickets/%d/add_comment", s.ticket), obj{"content": "I have it."}).Want(201)
		body := obj{"kind": "reply", "content": "I take it.", "last_comment_id": first}
		s.sam.Post(url, body).WantCode(409, "ticket.answered")
		s.sam.Post(url, obj{"kind": "note", "content": "n", "last_comment_id": first}).Want(201)
		delete(body, "last_comment_id")
		body["hold_seconds"] = 0
		s.sam.Post(url, body).Want(201).Is("state", "sent")
	})
}

func TestHostileMessages(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		url := at("/api/tickets/%d/messages", s.ticket)
		s.sam.Post(url, obj{}).WantFields("kind", "content")
		s.sam.Post(url, obj{"kind": "mail", "content": " ", "hold_seconds": 61, "status": "done"}).WantFields("kind", "content", "hold_seconds", "status")
		s.sam.Post(url, obj{"kind": "reply", "content": "a\x00"}).WantFields("content")
		s.emma.Post(url, obj{"kind": "note", "content": "x"}).WantCode(403, "note.denied")
		s.emma.Post(url, obj{"kind": "reply", "content": "x", "status": "closed"}).WantCode(403, "ticket.work_denied")
		s.eric.Post(url, obj{"kind": "reply", "content": "x"}).Want(404)
		s.eric.Get(url).Want(404)
		s.emma.Post(url, obj{"kind": "reply", "content": strings.Repeat("x", 2<<20)}).Want(http.StatusRequestEntityTooLarge)
	})
}

// TestNotesAreInvisible compares all that an employee can see before and after a
// note, byte for byte.
func TestNotesAreInvisible(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		look := func() string {
			var all strings.Builder
			for _, path := range []string{
				"/api/tickets", "/api/tickets?search=spare", "/api/tickets?sort=-updated_at", "/api/comments", "/api/dashboard",
				at("/api/tickets/%d", s.ticket), at("/api/tickets/%d/events", s.ticket), at("/api/comments?ticket_id=%d", s.ticket),
			} {
				a := s.emma.Get(path).Want(200)
				all.WriteString(path + "\n" + a.Header.Get("ETag") + "\n" + string(a.Raw) + "\n")
			}
			for _, path := range []string{at("/api/tickets/%d/notes", s.ticket), "/api/notes/1", "/api/notes/999"} {
				all.WriteString(path + s.emma.Get(path).Want(403).Text("code") + "\n")
			}
			return all.String()
		}
		before := look()
		s.Clock.Advance(time.Minute)
		notes := at("/api/tickets/%d/notes", s.ticket)
		n := s.sam.Post(notes, obj{"content": "The **spare** is in room 12. @emma @ada"}).Want(201).
			Is("content_html", `<p>The <strong>spare</strong> is in room 12. <span class="mention">@emma</span> <span class="mention">@ada</span></p>`).Int("id")
		s.sam.Patch(at("/api/notes/%d", n), obj{"content": "The spare is gone."}).Want(200)
		s.Drain(t)
		if after := look(); after != before {
			t.Errorf("an employee notices a note:\n%s\nbefore:\n%s", after, before)
		}
		if rows := s.ada.Get(notes).Want(200).Results(); len(rows) != 1 || rows[0]["content"] != "The spare is gone." {
			t.Errorf("an administrator sees %v", rows)
		}
		if rows := s.sam.Get(at("/api/tickets/%d/events", s.ticket)).Want(200).Results(); len(rows) != 3 {
			t.Errorf("staff see %d events, want 3", len(rows))
		}
		s.ada.Patch(at("/api/notes/%d", n), obj{"content": "x"}).Want(200)
		s.sam.Delete(at("/api/notes/%d", n)).Want(204)
		s.sam.Get(at("/api/notes/%d", n)).Want(404)
		other := s.Person("sue", authz.ITStaff)
		m := s.sam.Post(notes, obj{"content": "mine"}).Want(201).Int("id")
		other.Patch(at("/api/notes/%d", m), obj{"content": "x"}).Want(403)
		other.Delete(at("/api/notes/%d", m)).Want(403)
		s.eric.Get(notes).Want(404)
	})
}

// TestRequestersCloseAndReopen moves the clock over the end of the window.
func TestRequestersCloseAndReopen(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		url := at("/api/tickets/%d", s.ticket)
		s.emma.Get(url).Is("can.close", true).Is("can.reopen", false).Is("waiting", "staff")
		s.eric.Post(url+"/close", nil).Want(404)
		s.emma.Post(url+"/close", nil).Want(200).Is("status", "closed").Is("can.reopen", true).Is("waiting", nil)
		s.emma.Post(url+"/close", nil).Want(200)
		s.emma.Post(url+"/reopen", obj{"content": "Empty again."}).Want(200).Is("status", "open").Is("comments.1.content", "Empty again.")
		s.emma.Post(url+"/reopen", obj{}).Want(200).Is("status", "open")
		s.sam.Post(url+"/add_comment", obj{"content": "Filled."}).Want(201)
		s.emma.Get(url).Is("waiting", "requester")
		s.sam.Post(url+"/update_status", obj{"status": "resolved"}).Want(200)
		s.Clock.Advance(15 * 24 * time.Hour)
		s.emma.SignIn("emma", house.Password)
		s.sam.SignIn("sam", house.Password)
		s.emma.Get(url).Is("can.reopen", false)
		s.emma.Post(url+"/reopen", obj{"content": "Still?"}).WantCode(409, "ticket.reopen_late")
		if n := s.emma.Get(url).Int("comment_count"); n != 2 {
			t.Errorf("a refused reopening left %d comments", n)
		}
		s.emma.Post(url+"/update_status", obj{"status": "open"}).Want(403)
		s.sam.Post(url+"/reopen", obj{}).Want(200).Is("status", "open")
	})
}

// TestWhyAReplyWasNotSent names the field that was missing.
func TestWhyAReplyWasNotSent(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		url := at("/api/tickets/%d/messages", s.ticket)
		reply := obj{"kind": "reply", "content": "Done.", "status": "resolved", "hold_seconds": 1}
		id := s.sam.Post(url, reply).Want(201).Int("id")
		s.ada.Post("/api/fields", obj{"name": "Cause", "kind": "text", "required": "resolve", "everywhere": true}).Want(201)
		s.sam.Post(url, reply).WantFields("fields.cause") // at once where it is known
		s.Clock.Advance(2 * time.Second)
		s.Drain(t)
		s.sam.Get(at("/api/messages/%d", id)).Is("state", "cancelled").Is("reason", "cause: This field is required.")
	})
}
