package smtpd_test

import (
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/fixdesk/fixdesk/api/mailbox/smtpd"
)

// TestMailByLMTP delivers as the mail server of the same machine does: each recipient has an
// answer of their own, over a socket that a killed program may have left behind.
func TestMailByLMTP(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.sock")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	if all, _ := smtpd.Read("lmtp+unix://"+path, nil); len(all) != 1 {
		t.Fatal("no listener")
	} else if n, err := all[0].Open(t.Context()); err == nil {
		_ = n.Close()
		t.Fatal("it took the socket of a program that runs")
	}
	if err := left.Close(); err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 10)
	for _, address := range []string{listen(t, "lmtp+unix://"+path, nil, got), listen(t, "lmtp://127.0.0.1:0", nil, got)} {
		network := "tcp"
		if address == path {
			network = "unix"
		}
		var d net.Dialer
		conn, err := d.DialContext(t.Context(), network, address)
		if err != nil {
			t.Fatal(err)
		}
		c := smtp.NewClientLMTP(conn)
		to := []string{"help@desk.example", "it@desk.example"}
		if err := errors.Join(c.Mail("a@x.example", nil), c.Rcpt(to[0], nil), c.Rcpt(to[1], nil)); err != nil {
			t.Fatal(err)
		}
		w, err := c.Data()
		if err != nil {
			t.Fatal(err)
		}
		// Longer than RFC 5321 lets a line be.
		if _, err := w.Write([]byte("Subject: By LMTP\r\n\r\n" + strings.Repeat("x", 100_000) + "\r\n")); err != nil {
			t.Fatal(err)
		}
		answers, err := w.CloseWithLMTPResponse()
		if err := errors.Join(err, c.Quit()); err != nil {
			t.Fatal(err)
		}
		for _, rcpt := range to {
			if answers[rcpt] == nil {
				t.Errorf("%s: no answer for %s: %v", network, rcpt, answers)
			}
		}
		if raw := <-got; !strings.Contains(raw, "By LMTP") {
			t.Errorf("it took %.60q", raw)
		}
	}
}
