package outbox_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// TestTheMailOfATicket says who may see it and what became of each.
func TestTheMailOfATicket(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		id := s.take("From: Emma <emma@example.com>\nSubject: Printer\nMessage-ID: <first@x>\n\nIt jams.")
		url := at("/api/tickets/%d/mail_log", id)
		s.sam.Get(url).Is("received.0.from_address", "emma@example.com").Is("received.0.comment_id", nil).
			Is("sent.0.kind", "received").Is("sent.0.fate", "waiting").Is("sent.0.next_at", nil).Is("sent.0.comment_id", nil)
		s.sent()
		// People's own addresses and what servers say are for administrators.
		s.emma.Post(at("/api/tickets/%d/cc", id), obj{"address": "lee@other.example"}).Want(201)
		answer := s.sam.Post(at("/api/tickets/%d/add_comment", id), obj{"content": "Hello."}).Want(201).Int("id")
		s.Mail.FailWith(errors.New("421 not now"))
		s.sent()
		s.Mail.FailWith(nil)
		got := s.sam.Get(url).Is("sent.2.fate", "sent").
			Is("sent.1.fate", "retrying").Is("sent.1.person.username", "emma").Is("sent.1.address", "").Is("sent.1.problem", "").
			Is("sent.1.comment_id", float64(answer)).Is("sent.0.address", "lee@other.example").Is("sent.0.person", nil)
		got.Lacks("421").Lacks(`"next_at":"0001`)
		s.ada.Get(url).Is("sent.1.address", "emma@example.com").Is("sent.1.problem", "421 not now")
		s.Clock.Advance(time.Minute)
		s.sent()
		s.sam.Get(url).Is("sent.0.fate", "sent").Is("sent.1.fate", "sent").Is("sent.1.attempts", float64(2))
		// By mail, with the comment that it became.
		if back := s.take("From: emma@example.com\nSubject: Re\nMessage-ID: <second@x>\nReferences: <first@x>\n\nThanks."); back != id {
			t.Fatalf("the answer went to %d", back)
		}
		s.sam.Get(url).Is("received.0.state", "done").Lacks(`"received":[{"comment_id":null`)

		s.emma.Get(url).WantCode(403, "mail.ticket_denied")
		s.Person("emil", authz.Employee).Get(url).Want(404)
		s.Nobody().Get(url).Want(401)
		s.sam.Get(url + "?x=1").Want(400)

		// What is said in the ticket that it was merged into is seen there.
		other := s.emma.Post("/api/tickets", obj{"title": "Other", "description": "x"}).Want(201).Int("id")
		s.sam.Post(at("/api/tickets/%d/merge", id), obj{"ticket_id": other}).Want(200)
		if merged := s.sam.Get(at("/api/tickets/%d/mail_log", other)).Want(200); len(merged.JSON["sent"].([]any)) < 2 {
			t.Errorf("the mail of comments that were moved: %s", merged.Raw)
		}
	})
}

// TestMailGoesWithItsTicket purges a ticket: neither what came for it nor what was
// told of it stays.
func TestMailGoesWithItsTicket(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		large := strings.Repeat("It jams.\n", 20_000) // lies in the store of files
		id := s.take("From: Emma <emma@example.com>\nSubject: Printer\nMessage-ID: <first@x>\n\n" + large)
		small := s.take("From: Emma <emma@example.com>\nSubject: Re\nMessage-ID: <small@x>\nReferences: <first@x>\n\nStill.")
		kept := s.take("From: Emma <emma@example.com>\nSubject: Other\nMessage-ID: <other@x>\n\nIt jams too.")
		s.sent()
		var key string
		if err := s.DB.Read(ctx).Raw("SELECT blob_key FROM mail_messages WHERE ticket_id = ? AND blob_key <> ''", id).Scan(&key).Error; err != nil || key == "" || small != id {
			t.Fatalf("%q %v, the small one in %d", key, err, small)
		}
		s.ada.Delete(at("/api/tickets/%d", id)).Want(204)
		s.Clock.Advance(ticket.KeepDeleted + time.Minute)
		s.ada.SignIn("ada", house.Password)
		if err := s.App.Ticket.RunPurge(ctx, job.Job{}); err != nil {
			t.Fatal(err)
		}
		s.Drain(t)
		count := func(query string, args ...any) (n int64) {
			t.Helper()
			if err := s.DB.Read(ctx).Raw(query, args...).Scan(&n).Error; err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := count("SELECT COUNT(*) FROM mail_outbox WHERE ticket_id = ?", id); n != 0 {
			t.Errorf("%d mails about it are left", n)
		}
		if n := count("SELECT COUNT(*) FROM mail_outbox WHERE ticket_id = ?", kept); n != 1 {
			t.Errorf("%d mails about the other one are left, want 1", n)
		}
		if n := count("SELECT COUNT(*) FROM mail_messages WHERE ticket_id = ? OR message_id IN ?", id, []string{"first@x", "small@x"}); n != 0 {
			t.Error("its messages are left")
		}
		if n := count("SELECT COUNT(*) FROM mail_messages WHERE reason = 'purged' AND COALESCE(LENGTH(raw), 0) = 0 AND blob_key = '' AND subject = '' AND from_address = ''"); n != 2 {
			t.Errorf("of %d messages only the mark is left, want 2", n)
		}
		if _, err := s.App.Mailbox.Store.Open(ctx, key); !errors.Is(err, blob.ErrMissing) {
			t.Errorf("the file of its message: %v", err)
		}
		if n := count("SELECT COUNT(*) FROM mail_messages WHERE ticket_id = ? AND LENGTH(raw) > 0", kept); n != 1 {
			t.Error("the message of the other one is gone")
		}
		// Fetched again, it does not open the ticket anew.
		if again := s.take("From: Emma <emma@example.com>\nSubject: Printer\nMessage-ID: <first@x>\n\n" + large); again != 0 {
			t.Errorf("it opened ticket %d", again)
		}
		m := s.ada.Get("/api/mail_messages?state=ignored").Is("count", 2).Is("results.0.reason_text", "its ticket was deleted for good").Results()[0]
		s.ada.Get(at("/api/mail_messages/%d", int64(m["id"].(float64)))).Is("parts", nil)
	})
}
