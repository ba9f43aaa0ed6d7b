package app_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	netmail "net/mail"
	"net/smtp"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/testkit/mailserver"
)

// mailProgram is the real binary with a listener for mail, before it is started.
func mailProgram(t *testing.T, path, address, smtpServer string, listen int) *program {
	t.Helper()
	p := newProgram(t, path, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	p.env = append(p.env, "FIXDESK_MAIL_FROM="+address, "FIXDESK_SMTP="+smtpServer, fmt.Sprintf("FIXDESK_SMTP_LISTEN=127.0.0.1:%d", listen))
	p.run(house.Password, "user", "create", "--username", "ada", "--email", "ada@staff.test", "--role", "admin", "--password-stdin")
	return p
}

// client is a mail program: it sends by postfix and reads from dovecot.
type client struct {
	t       *testing.T
	address string
	smtp    string
	imap    *imapclient.Client
}

// send sends a message, and keeps a copy beside what comes, as many do.
func (c *client) send(to string, header map[string]string, text string) {
	c.t.Helper()
	raw := fmt.Sprintf("From: Lee Nguyen <%s>\r\nTo: %s\r\nDate: %s\r\n", c.address, to, time.Now().Format(time.RFC1123Z))
	for k, v := range header {
		raw += k + ": " + v + "\r\n"
	}
	raw += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + strings.ReplaceAll(text, "\n", "\r\n")
	address, err := netmail.ParseAddress(to)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := smtp.SendMail(c.smtp, nil, c.address, []string{address.Address}, []byte(raw)); err != nil {
		c.t.Fatal(err)
	}
	a := c.imap.Append("INBOX", int64(len(raw)), nil)
	if _, err := a.Write([]byte(raw)); err != nil {
		c.t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		c.t.Fatal(err)
	}
	if _, err := a.Wait(); err != nil {
		c.t.Fatal(err)
	}
}

type read struct {
	header netmail.Header
	text   string
}

// inbox waits until so many messages are there.
func (c *client) inbox(n int) []read {
	c.t.Helper()
	for range 600 {
		s, err := c.imap.Select("INBOX", nil).Wait()
		if err != nil {
			c.t.Fatal(err)
		}
		if int(s.NumMessages) >= n {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	section := &imap.FetchItemBodySection{Peek: true}
	all, err := c.imap.Fetch(imap.SeqSet{imap.SeqRange{Start: 1, Stop: 0}}, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		c.t.Fatal(err)
	}
	if len(all) != n {
		c.t.Fatalf("%d messages in the inbox, want %d", len(all), n)
	}
	out := make([]read, n)
	for i, m := range all {
		msg, err := netmail.ReadMessage(bytes.NewReader(m.FindBodySection(section)))
		if err != nil {
			c.t.Fatal(err)
		}
		body, err := io.ReadAll(msg.Body)
		if err != nil {
			c.t.Fatal(err)
		}
		out[i] = read{msg.Header, string(body)}
	}
	return out
}

// threads returns how many conversations the server sees in the inbox (RFC 5256).
func (c *client) threads() int {
	c.t.Helper()
	found, err := c.imap.Thread(&imapclient.ThreadOptions{Algorithm: "REFERENCES", SearchCriteria: &imap.SearchCriteria{}}).Wait()
	if err != nil {
		c.t.Fatal(err)
	}
	return len(found)
}

// TestAConversationWithRealServers goes through postfix and dovecot: what somebody
// writes in their mail program becomes a ticket, the answer comes to their inbox in
// the same conversation, and their reply becomes a comment.
func TestAConversationWithRealServers(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the real program and mail servers")
	}
	t.Parallel()
	listen := mailserver.FreePort(t)
	dovecot := mailserver.StartDovecot(t)
	postfix := mailserver.StartPostfix(t, dovecot, "people.test", []string{"lee"}, map[string]int{"desk.test": listen})
	server := fmt.Sprintf("127.0.0.1:%d", postfix.Port)
	p := mailProgram(t, buildProgram(t), "help@desk.test", "smtp://"+server, listen)
	p.start()
	token := p.signIn()
	conn, err := imapclient.DialInsecure(fmt.Sprintf("127.0.0.1:%d", dovecot.Port), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.Login("lee", mailserver.Password).Wait(); err != nil {
		t.Fatal(err)
	}
	lee := &client{t: t, address: "lee@people.test", smtp: server, imap: conn}

	lee.send("Help <help@desk.test>", map[string]string{"Subject": "The printer jams", "Message-ID": "<first@people.test>"}, "On floor 3.\n")
	got := lee.inbox(2) // the copy, and the acknowledgement
	if a := got[1].header.Get("Auto-Submitted"); a != "auto-replied" {
		t.Errorf("the acknowledgement says %q of itself", a)
	}
	_, list := p.call(http.MethodGet, "/api/tickets", token, "", nil)
	rows, _ := list["results"].([]any)
	if len(rows) != 1 || rows[0].(obj)["title"] != "The printer jams" {
		t.Fatalf("tickets: %v", list)
	}
	id := int64(rows[0].(obj)["id"].(float64))
	if status, c := p.call(http.MethodPost, path("/api/tickets/%d/add_comment", id), token, "", obj{"content": "Is it the **blue** one?"}); status != http.StatusCreated {
		t.Fatalf("answer: %d %v", status, c)
	}
	got = lee.inbox(3)
	answer := got[2]
	if n := lee.threads(); n != 1 {
		t.Errorf("the mail program shows %d conversations", n)
	}
	if !strings.Contains(answer.text, "blue") || answer.header.Get("Auto-Submitted") != "" {
		t.Errorf("the answer: %v\n%s", answer.header, answer.text)
	}
	if _, err := netmail.ParseAddressList(answer.header.Get("From")); err != nil {
		t.Errorf("From of the answer: %v", err)
	}
	msgID := answer.header.Get("Message-Id")
	lee.send(answer.header.Get("Reply-To"), map[string]string{
		"Subject": "Re: " + answer.header.Get("Subject"), "Message-ID": "<second@people.test>",
		"In-Reply-To": msgID, "References": answer.header.Get("References") + " " + msgID,
	}, "Yes, the blue one.\n\nOn Monday, Help <help@desk.test> wrote:\n> "+strings.ReplaceAll(answer.text, "\n", "\n> "))
	p.eventually("the reply is a comment", func() bool {
		_, one := p.call(http.MethodGet, path("/api/tickets/%d", id), token, "", nil)
		comments, _ := one["comments"].([]any)
		return len(comments) == 2 && comments[1].(obj)["content"] == "Yes, the blue one."
	})
	if n := lee.threads(); n != 1 {
		t.Errorf("with the reply, the mail program shows %d conversations", n)
	}
	_, list = p.call(http.MethodGet, "/api/tickets", token, "", nil)
	if list["count"] != float64(1) {
		t.Errorf("%v tickets", list["count"])
	}
}

// TestTwoDesksDoNotAnswerEachOther connects two desks: each takes the other for a
// requester, and both acknowledge what they get.
func TestTwoDesksDoNotAnswerEachOther(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the real program twice")
	}
	t.Parallel()
	bin := buildProgram(t)
	ports := [2]int{mailserver.FreePort(t), mailserver.FreePort(t)}
	var desks [2]*program
	var tokens [2]string
	for i, address := range []string{"help@a.test", "help@b.test"} {
		desks[i] = mailProgram(t, bin, address, fmt.Sprintf("smtp://127.0.0.1:%d", ports[1-i]), ports[i])
		desks[i].start()
		tokens[i] = desks[i].signIn()
	}
	count := func(i int, path string) float64 {
		_, list := desks[i].call(http.MethodGet, path, tokens[i], "", nil)
		n, _ := list["count"].(float64)
		return n
	}
	// quiet waits until a message came to its end at both, and no answer is under way.
	quiet := func(what string, in [2]float64) {
		t.Helper()
		same := 0
		desks[0].eventually(what, func() bool {
			for i := range desks {
				if count(i, "/api/mail_messages") != in[i] || count(i, "/api/mail_messages?state=received") != 0 || count(i, "/api/mail_outbox?state=pending") != 0 {
					same = 0
					return false
				}
			}
			same++
			return same > 30 // and stays so
		})
	}
	// The other desk's address writes: one acknowledgement, which is not answered.
	raw := "From: help@b.test\r\nTo: help@a.test\r\nSubject: hello\r\nMessage-ID: <1@b.test>\r\n\r\nx\r\n"
	if err := smtp.SendMail(fmt.Sprintf("127.0.0.1:%d", ports[0]), nil, "help@b.test", []string{"help@a.test"}, []byte(raw)); err != nil {
		t.Fatal(err)
	}
	quiet("one acknowledgement", [2]float64{1, 1})
	// A person's answer opens a ticket at the other desk, which sees that it wants no
	// automatic answer (X-Auto-Response-Suppress).
	_, list := desks[0].call(http.MethodGet, "/api/tickets", tokens[0], "", nil)
	rows, _ := list["results"].([]any)
	if len(rows) != 1 {
		t.Fatalf("tickets: %v", list)
	}
	status, _ := desks[0].call(http.MethodPost, path("/api/tickets/%d/add_comment", int64(rows[0].(obj)["id"].(float64))), tokens[0], "", obj{"content": "How can we help?"})
	if status != http.StatusCreated {
		t.Fatal(status)
	}
	quiet("a person's answer", [2]float64{1, 2})
	for i, want := range []float64{2, 0} {
		if got := count(i, "/api/mail_outbox"); got != want {
			t.Errorf("desk %d sent %v mails, want %v", i, got, want)
		}
	}
	if got := count(1, "/api/mail_messages?state=ignored"); got != 1 {
		t.Errorf("%v messages were ignored", got)
	}
}
