package app_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/outbox"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/testkit/mailserver"
)

// mailsEnv makes the proof over mail a longer one: 10000 for the figure in
// docs/reference/performance.md.
const mailsEnv = "FIXDESK_TEST_MAILS"

// TestNoMailIsLostOrDoubledWhenKilled lets two replicas take in mail from an IMAP
// server and by SMTP and answer it, kills them at random, and cuts the connections
// to the mail servers at each step of their protocols.
func TestNoMailIsLostOrDoubledWhenKilled(t *testing.T) {
	if testing.Short() || os.Getenv(testkit.MySQLEnv) == "" {
		t.Skip("starts the real program several times, on MySQL or MariaDB")
	}
	t.Parallel()
	mails, kills := 200, 3
	if n, err := strconv.Atoi(os.Getenv(mailsEnv)); err == nil && n > 0 {
		mails, kills = n, max(4, n/500)
	}
	d := newMailDesk(t, mails)
	began := time.Now()
	d.deliver()
	for range kills {
		// At random, as long as there is something to do.
		until := time.Now().Add(300*time.Millisecond + time.Duration(d.dice.N(1200))*time.Millisecond*time.Duration(1+mails/2000))
		for time.Now().Before(until) && !d.settled() {
			time.Sleep(50 * time.Millisecond)
		}
		p := d.replicas[d.dice.N(2)]
		p.kill()
		d.kills++
		p.start()
	}
	d.clients.Wait()
	// A mail that is refused or cut off again and again waits longer each time.
	for end := time.Now().Add(5*time.Minute + time.Duration(mails)*100*time.Millisecond); !d.settled(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("it does not come to its end: %v", d.states())
			break
		}
	}
	took := time.Since(began)
	d.check()
	t.Logf("%d mails in %s, %d kills, %d cuts by IMAP, cuts by SMTP %v, %d repeats of clients: %d sent twice", mails, took.Round(time.Second), d.kills, d.cutter.Cuts.Load(), d.sink.Cuts, d.repeats.Load(), d.doubled)
}

type mailDesk struct {
	t        *testing.T
	mails    int
	dice     *mailserver.Dice
	imap     *mailserver.Dovecot
	cutter   *mailserver.Cutter
	sink     *mailserver.Sink
	replicas [2]*program
	listen   [2]string
	db       *db.DB
	clients  sync.WaitGroup
	repeats  atomic.Int64
	kills    int
	doubled  int
}

func newMailDesk(t *testing.T, mails int) *mailDesk {
	t.Helper()
	d := &mailDesk{t: t, mails: mails, dice: mailserver.NewDice(5)}
	d.imap = mailserver.StartDovecot(t)
	d.imap.Maildir(t, "desk")
	// The flag is set by STORE; what is cut before is fetched again.
	d.cutter = mailserver.CutBefore(t, d.dice, d.imap.Port, " STORE ", 60, 400)
	d.sink = mailserver.StartSink(t, func() mailserver.Step {
		if !d.dice.One(20) {
			return mailserver.Never
		}
		return mailserver.AtGreeting + mailserver.Step(d.dice.N(5))
	})
	url, drop, err := testkit.FreshMySQL()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop)
	path, data := buildProgram(t), t.TempDir()
	for i := range d.replicas {
		p := newProgram(t, path, url)
		d.listen[i] = fmt.Sprintf("127.0.0.1:%d", mailserver.FreePort(t))
		p.env = append(p.env, "FIXDESK_DATA_DIR="+data, "FIXDESK_SECRET="+strings.Repeat("s", 40), "FIXDESK_LOG_LEVEL=error",
			"FIXDESK_MAIL_FROM=help@desk.example", "FIXDESK_SMTP_LISTEN="+d.listen[i], fmt.Sprintf("FIXDESK_SMTP=smtp://127.0.0.1:%d", d.sink.Port))
		d.replicas[i] = p
	}
	a := d.replicas[0]
	a.run(house.Password, "user", "create", "--username", "ada", "--email", "ada@example.com", "--role", "admin", "--password-stdin")
	a.start()
	status, made := a.call(http.MethodPost, "/api/mailboxes", a.signIn(), "", obj{
		"name": "IMAP", "address": "desk@desk.example", "source": "imap", "host": "127.0.0.1", "port": d.cutter.Port, "security": "none",
		"username": "desk", "secret": mailserver.Password,
	})
	if status != http.StatusCreated {
		t.Fatalf("mailbox: %d %v", status, made)
	}
	d.replicas[1].start()
	if d.db, err = db.Open(url, clock.System{}.Now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.db.Close() })
	return d
}

func (d *mailDesk) raw(i int) string {
	people := max(d.mails/8, 1)
	answers := ""
	if i%5 == 4 && i >= 2*people {
		answers = fmt.Sprintf("In-Reply-To: <mail-%d@x.example>\n", i-2*people)
	}
	return fmt.Sprintf("From: Person %[2]d <person%[2]d@x.example>\nTo: help@desk.example\nSubject: Mail %[1]d\nMessage-ID: <mail-%[1]d@x.example>\n%[3]s\nThis is token-%[1]d.\n", i, i%people, answers)
}

// deliver sends every other mail by SMTP and puts the others into the mailbox.
func (d *mailDesk) deliver() {
	for client := range 4 {
		d.clients.Go(func() {
			for i := client; i < d.mails; i += 4 {
				if i%2 == 0 {
					d.imap.Put(d.t, "desk", fmt.Sprintf("%d.a", i), d.raw(i))
					continue
				}
				for !d.send(d.listen[d.dice.N(2)], d.raw(i)) {
					d.repeats.Add(1)
					time.Sleep(20 * time.Millisecond)
				}
			}
		})
	}
}

// send reports whether the server took a mail; sometimes it does not wait for the
// answer.
func (d *mailDesk) send(address, raw string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	c, err := smtp.NewClient(conn, "127.0.0.1")
	if err != nil {
		return false
	}
	if err := errors.Join(c.Mail("x@x.example"), c.Rcpt("help@desk.example")); err != nil {
		return false
	}
	w, err := c.Data()
	if err != nil {
		return false
	}
	if _, err := w.Write([]byte(raw)); err != nil || d.dice.One(200) {
		return false
	}
	if d.dice.One(100) {
		_ = c.Text.PrintfLine(".") // all of it is there, and the client is gone
		return false
	}
	return w.Close() == nil
}

func (d *mailDesk) read() *gorm.DB { return d.db.Read(context.Background()) }

func (d *mailDesk) states() map[string]int64 {
	out := map[string]int64{}
	for name, q := range map[string]string{
		"in": "SELECT COUNT(*) FROM mail_messages", "waiting": "SELECT COUNT(*) FROM mail_messages WHERE state = 'received'",
		"to send": "SELECT COUNT(*) FROM mail_outbox WHERE state = 'pending'", "sent": "SELECT COUNT(*) FROM mail_outbox WHERE state = 'sent'",
	} {
		var n int64
		if err := d.read().Raw(q).Scan(&n).Error; err != nil {
			d.t.Fatal(err)
		}
		out[name] = n
	}
	out["seen"] = int64(d.imap.Seen("desk"))
	return out
}

func (d *mailDesk) settled() bool {
	s := d.states()
	return s["in"] == int64(d.mails) && s["waiting"] == 0 && s["to send"] == 0 && s["seen"] == int64((d.mails+1)/2)
}

var tokens = regexp.MustCompile(`token-(\d+)\.`)

func (d *mailDesk) check() {
	t := d.t
	var messages []mailbox.Message
	if err := d.read().Omit("raw").Find(&messages).Error; err != nil {
		t.Fatal(err)
	}
	ids, opened := map[string]int{}, map[string]bool{}
	for _, m := range messages {
		ids[m.MessageID]++
		if m.State != mailbox.Done {
			t.Errorf("%s is %s (%s) after %d attempts", m.MessageID, m.State, m.ReasonText, m.Attempts)
		}
		opened[m.MessageID] = m.CommentID == nil
	}
	var texts []string
	err := d.read().Raw("SELECT description FROM tickets UNION ALL SELECT content FROM comments WHERE is_system_message = ?", false).Scan(&texts).Error
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, text := range texts {
		for _, m := range tokens.FindAllStringSubmatch(text, -1) {
			found[m[1]]++
		}
	}
	if len(texts) != d.mails {
		t.Errorf("%d tickets and comments of %d mails", len(texts), d.mails)
	}
	var out []outbox.Mail
	if err := d.read().Find(&out).Error; err != nil {
		t.Fatal(err)
	}
	told, sent := map[string]int{}, map[string]int{}
	for _, m := range out {
		told[m.Answers]++
		if m.State != outbox.Sent {
			t.Errorf("the mail %s is %s (%s)", m.MessageID, m.State, m.LastError)
		}
	}
	answers := map[string]string{} // what it answers → its id
	for _, m := range d.sink.All() {
		sent[m.ID()]++
		what := strings.Trim(m.Header.Get("In-Reply-To"), "<>")
		if other := answers[what]; other != "" && other != m.ID() {
			t.Errorf("the answer to %s went out as %s and as %s", what, other, m.ID())
		}
		answers[what] = m.ID()
	}
	for i := range d.mails {
		id := fmt.Sprintf("mail-%d@x.example", i)
		if ids[id] != 1 || found[strconv.Itoa(i)] != 1 {
			t.Errorf("%s was stored %d times and is in %d texts", id, ids[id], found[strconv.Itoa(i)])
		}
		if (told[id] == 1) != opened[id] || told[id] > 1 {
			t.Errorf("%s opened a ticket: %v, and was acknowledged %d times", id, opened[id], told[id])
		}
	}
	for _, m := range out {
		if sent[m.MessageID] == 0 {
			t.Errorf("%s never left", m.MessageID)
		}
		if sent[m.MessageID] > 1 {
			d.doubled += sent[m.MessageID] - 1
			t.Logf("%s left %d times", m.MessageID, sent[m.MessageID])
		}
	}
	// A kill between 250 and the commit doubles what each worker has in hand, and
	// nothing else may.
	if most := d.kills * 4; d.doubled > most || (d.mails >= 10_000 && d.doubled*1000 > d.mails) {
		t.Errorf("%d of %d mails were sent twice", d.doubled, len(out))
	}
}
