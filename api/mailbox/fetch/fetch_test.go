package fetch_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox/fetch"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/testkit/mailserver"
)

type obj = map[string]any

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 300 {
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("it does not happen: %s", what)
}

// TestARealServer fetches from a real dovecot, by two replicas at once.
func TestARealServer(t *testing.T) {
	server := mailserver.StartDovecot(t)
	server.Maildir(t, "i")
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		server.Empty(t, "i")
		for i := range 5 {
			server.Put(t, "i", fmt.Sprintf("%d.a", i), fmt.Sprintf("From: lee@x.example\nSubject: n%d\nMessage-ID: <%d@x>\n\nx", i, i))
		}
		box := ada.Post("/api/mailboxes", obj{"name": "I", "address": "i@x.example", "source": "imap", "host": "127.0.0.1", "port": server.Port, "security": "none", "username": "i", "secret": "wrong"}).Want(201)
		url := fmt.Sprintf("/api/mailboxes/%d", box.Int("id"))
		ada.Post(url+"/test", nil).Want(200).Is("ok", false)
		ada.Patch(url, obj{"secret": mailserver.Password}).Want(200)
		ada.Post(url+"/test", nil).Want(200).Is("ok", true)

		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { fetch.New(h.App.Mailbox).Run(ctx); ended <- struct{}{} }()
		go func() { fetch.New(h.App.Mailbox).Run(ctx); ended <- struct{}{} }()
		count := func() int64 { return ada.Get("/api/mail_messages").Want(200).Int("count") }
		eventually(t, "five messages are fetched", func() bool { return count() == 5 })
		// The server says by IDLE that one more came.
		server.Put(t, "i", "6.a", "From: lee@x.example\nSubject: n6\nMessage-ID: <6@x>\n\nx")
		eventually(t, "a sixth one is fetched", func() bool { return count() == 6 })
		eventually(t, "all are marked as seen", func() bool {
			return server.Seen("i") == 6
		})
		stop()
		<-ended
		<-ended
		if err := h.App.Mailbox.Process(context.Background()); err != nil {
			t.Fatal(err)
		}
		ada.Get("/api/tickets").Is("count", 6)
		ada.Get(url).Is("last_error", "")
	})
}
