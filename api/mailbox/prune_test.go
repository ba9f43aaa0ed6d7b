package mailbox_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"path/filepath"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestOldMailIsForgotten keeps the log of what is in a ticket, and all of what somebody has to
// look at.
func TestOldMailIsForgotten(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		dir := ""
		h := house.New(t, w, func(s *config.Settings) { dir = s.DataDir })
		s := &scene{House: h, t: t, emma: h.Person("emma", authz.Employee), ada: h.Person("ada", authz.Admin)}
		s.box = s.ada.Post("/api/mailboxes", obj{"name": "Help", "address": "help@desk.example.com"}).Want(201).Int("id")
		files := func() (n int) {
			_ = filepath.WalkDir(filepath.Join(dir, "attachments", "mail"), func(_ string, e os.DirEntry, _ error) error {
				if e != nil && !e.IsDir() {
					n++
				}
				return nil
			})
			return n
		}
		large := strings.Repeat("It jams. It still jams.\r\n", 8000)
		small := s.take(s.letter("emma@example.com", "Small", "It jams."))
		big := s.take(s.letter("emma@example.com", "Big", large))
		auto := s.take(s.letter("lee@x.example", "Away", "away", "Auto-Submitted: auto-replied"))
		held := s.take(s.letter("Shop <no-reply@x.example>", "Code", large))
		is(t, auto, "ignored", "auto_reply")
		is(t, held, "held", "no_reply")
		if files() != 2 {
			t.Fatalf("%d files of mail, want 2", files())
		}
		s.Clock.Advance(100 * 24 * time.Hour)
		s.ada.SignIn("ada", house.Password)
		late := s.take(s.letter("emma@example.com", "Late", "It jams."))
		prune := func() {
			t.Helper()
			if err := h.App.Mailbox.Prune(ctx, s.Clock.Now().Add(-90*24*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		prune()
		prune() // again changes nothing
		for name, m := range map[string]map[string]any{"small": small, "big": big} {
			got := s.ada.Get(at("/api/mail_messages/%d", idOf(m))).Want(200).Is("state", "done").Is("parts", nil)
			if trace, _ := got.JSON["trace"].([]any); len(trace) == 0 || got.Text("from_address") != "emma@example.com" {
				t.Errorf("%s: its log is gone: %v", name, got.JSON)
			}
			var row struct {
				Raw     []byte
				BlobKey string
			}
			if err := h.DB.Read(ctx).Raw("SELECT raw, blob_key FROM mail_messages WHERE id = ?", idOf(m)).Scan(&row).Error; err != nil || len(row.Raw) > 0 || row.BlobKey != "" {
				t.Errorf("%s: its content is there: %d bytes, %q %v", name, len(row.Raw), row.BlobKey, err)
			}
		}
		if a := s.ada.Get(at("/api/tickets/%d/mail", is(t, small, "done", ""))).Want(200).Results(); len(a) != 1 {
			t.Errorf("the mail of the ticket: %v", a)
		}
		s.ada.Get(at("/api/mail_messages/%d", idOf(auto))).Want(404)
		s.ada.Get(at("/api/mail_messages/%d/source", idOf(held))).Want(200)
		s.ada.Get(at("/api/mail_messages/%d/source", idOf(late))).Want(200)
		if files() != 1 {
			t.Errorf("%d files of mail are left, want that of the quarantine", files())
		}
		// It is still known, and what answers it finds its ticket.
		if again := s.take(s.letter("emma@example.com", "Re", "Still.", "References: <m1@example.com>")); is(t, again, "done", "") != is(t, small, "done", "") {
			t.Error("an answer to a message that was forgotten opened another ticket")
		}
	})
}
