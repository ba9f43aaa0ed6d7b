package mailbox_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// hanging is a store from which nothing ever comes back while it is stuck.
type hanging struct {
	blob.Store
	stuck chan struct{}
	calls *atomic.Int64
}

func (h hanging) Open(_ context.Context, _ string) (blob.File, error) {
	h.calls.Add(1)
	<-h.stuck
	return nil, errors.New("gone")
}

// TestAPoisonMessageHoldsNobodyUp brings a message that cannot be handled, each time
// for another reason, and others behind it. What the others wait for is at most one
// first attempt and one that is made alone: in the program less than a minute.
func TestAPoisonMessageHoldsNobodyUp(t *testing.T) {
	if longest := (mailbox.FirstPatience + mailbox.Patience) * 4 / 3; longest >= time.Minute {
		t.Errorf("two attempts take up to %s", longest)
	}
	for name, poison := range map[string]func(tx *event.Tx) error{
		"panics":        func(*event.Tx) error { panic("poison") },
		"fails":         func(*event.Tx) error { return errors.New("poison") },
		"takes forever": func(tx *event.Tx) error { <-tx.Ctx.Done(); return tx.Ctx.Err() },
		"hangs":         nil,
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *scene) {
				s.App.Mailbox.FirstPatience, s.App.Mailbox.Patience = time.Second, 1500*time.Millisecond
				var calls atomic.Int64
				size := 1
				if poison == nil {
					stuck := make(chan struct{})
					t.Cleanup(func() { close(stuck) })
					s.App.Mailbox.Store = hanging{s.App.Mailbox.Store, stuck, &calls}
					size = 200_000 // lies in the store
				}
				s.App.Bus.InTx(ticket.Created, func(tx *event.Tx, e event.Event) error {
					var title string
					if err := tx.Raw("SELECT title FROM tickets WHERE id = ?", e.SubjectID).Scan(&title).Error; err != nil || title != "Poison" || poison == nil {
						return err
					}
					calls.Add(1)
					return poison(tx)
				})
				receive := func(raw string) int64 {
					t.Helper()
					id, _, err := s.App.Mailbox.Receive(ctx, s.box, []byte(raw), mailbox.Envelope{To: []string{"help@desk.example.com"}})
					if err != nil {
						t.Fatal(err)
					}
					return id
				}
				process := func() {
					t.Helper()
					if err := s.App.Mailbox.Process(ctx); err != nil {
						t.Fatal(err)
					}
				}
				state := func(id int64) (m mailbox.Message) {
					t.Helper()
					if err := s.DB.Read(ctx).Omit("raw").Take(&m, id).Error; err != nil {
						t.Fatal(err)
					}
					return m
				}
				bad := receive(s.letter("lee@other.example", "Poison", strings.Repeat("x\r\n", size)))
				var others []int64
				for range 25 {
					others = append(others, receive(s.letter("emma@example.com", "Fine", "It jams.")))
				}
				process()
				// Those that were under way beside it may wait with it for the one writer of
				// SQLite, and are tried again after a pause; nobody else waits at all.
				waited := time.Duration(0)
				for ; ; waited += 5 * time.Second {
					undone := 0
					for _, id := range others {
						if state(id).State != mailbox.Done {
							undone++
						}
					}
					if undone == 0 {
						break
					}
					if undone > 3 || waited > 10*time.Second {
						t.Fatalf("%d messages behind it are not done after a pause of %s", undone, waited)
					}
					s.Clock.Advance(5 * time.Second)
					process()
				}
				if n := calls.Load(); n > 2 {
					t.Fatalf("it was tried %d times before the others were done", n)
				}
				// It is tried again alone, and what comes meanwhile is done before.
				for i := 0; state(bad).State == mailbox.Received; i++ {
					if i > 60 {
						t.Fatal("it is tried for ever")
					}
					s.Clock.Advance(5 * time.Second)
					next, before := receive(s.letter("emma@example.com", "Fine", "It jams.")), calls.Load()
					process()
					if m := state(next); m.State != mailbox.Done || calls.Load() > before+1 {
						t.Fatalf("what came meanwhile is %s; it was tried %d times in one go", m.State, calls.Load()-before)
					}
				}
				m := state(bad)
				if m.State != mailbox.Failed || m.ReasonText == "" || calls.Load() < 2 {
					t.Errorf("it is %s (%q) after %d attempts", m.State, m.ReasonText, m.Attempts)
				}
				// The lists would refuse it: time has gone by.
				s.ada.SignIn("ada", house.Password)
				s.ada.Get("/api/mail_messages?state=failed").Is("count", 1).Is("results.0.subject", "Poison")
			})
		})
	}
}
