package mail_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/platform/mail"
	"github.com/fixdesk/fixdesk/api/testkit/mailserver"
)

// TestWhatAServerTookIsSent hangs up at each step: only a server that said 250 has
// the message, whatever happens next, and only one that refused the message itself
// is not asked again.
func TestWhatAServerTookIsSent(t *testing.T) {
	for step, want := range map[mailserver.Step]string{
		mailserver.Never: "sent", mailserver.AtGreeting: "again", mailserver.AtMail: "again", mailserver.AfterData: "again",
		mailserver.After250: "sent", mailserver.Refuse: "again", mailserver.Reject: "never",
	} {
		sink := mailserver.StartSink(t, func() mailserver.Step { return step })
		s, err := mail.NewSMTP(fmt.Sprintf("smtp://127.0.0.1:%d", sink.Port), "desk@desk.example", "desk.example")
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			err = s.Send(context.Background(), mail.Message{ID: "x", To: "lee@x.example", Subject: "Hello", Text: "x"})
			got := "sent"
			if err != nil {
				got = "again"
			}
			if mail.Permanent(err) {
				got = "never"
			}
			if got != want {
				t.Fatalf("step %d: %s (%v), want %s", step, got, err, want)
			}
		}
		if taken := len(sink.All()); (taken == 20) != (want == "sent") {
			t.Errorf("step %d: %d were taken", step, taken)
		}
	}
}

// TestNoHeadersAreInjected sends what people may have written into names and
// subjects.
func TestNoHeadersAreInjected(t *testing.T) {
	sink := mailserver.StartSink(t, nil)
	s, err := mail.NewSMTP(fmt.Sprintf("smtp://127.0.0.1:%d", sink.Port), "desk@desk.example", "desk.example")
	if err != nil {
		t.Fatal(err)
	}
	evil := "x\r\nBcc: eve@evil.example\r\n\r\nbody\x00"
	err = s.Send(context.Background(), mail.Message{
		ID: "x", To: "lee@x.example", ToName: evil, FromName: evil, ReplyTo: "desk@desk.example", Subject: evil, Text: evil,
		References: []string{evil}, Headers: map[string]string{"X-A": evil}, Files: []mail.File{{Name: evil, MediaType: "text/plain", Content: []byte("x")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := sink.All()[0]
	if got.Header.Get("Bcc") != "" || got.To != "lee@x.example" {
		t.Errorf("%v", got.Header)
	}
	if err := s.Send(context.Background(), mail.Message{ID: "x", To: "lee@x.example>\r\nRCPT TO:<eve@evil.example", Subject: "x", Text: "x"}); err == nil {
		t.Error("an address with a line break was taken")
	}
	for _, m := range sink.All() {
		if strings.Contains(m.To, "eve") {
			t.Errorf("sent to %s", m.To)
		}
	}
}
