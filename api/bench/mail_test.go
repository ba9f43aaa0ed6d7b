package bench

import (
	"context"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/mail"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/mailserver"
)

// mails is how many messages BenchmarkMailIn brings.
func mails() int {
	if n, err := strconv.Atoi(os.Getenv("FIXDESK_BENCH_MAILS")); err == nil && n > 0 {
		return n
	}
	return 2000
}

// taker is a mail server that takes everything at once.
type taker struct{}

func (taker) Send(context.Context, mail.Message) error { return nil }

// BenchmarkMailIn brings 2,000 messages by SMTP over eight connections and waits
// until each is in a ticket and its acknowledgement has left: a fifth answers to
// earlier ones, the others open tickets; of 200 senders.
func BenchmarkMailIn(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { mailIn(b, "sqlite") })
	if os.Getenv(testkit.MySQLEnv) != "" {
		b.Run("mysql", func(b *testing.B) { mailIn(b, "mysql") })
	}
}

func mailIn(b *testing.B, engine string) {
	b.Helper()
	dir := b.TempDir()
	url := "sqlite:" + filepath.Join(dir, "bench.db")
	if engine == "mysql" {
		fresh, drop, err := testkit.FreshMySQL()
		if err != nil {
			b.Fatal(err)
		}
		url = fresh
		b.Cleanup(drop)
	}
	listen := fmt.Sprintf("127.0.0.1:%d", mailserver.FreePort(b))
	set := config.Settings{
		Database: url, DataDir: dir, PublicURL: "http://localhost:8080", RateLimit: "off", Registration: "on", StaffScope: "queue",
		MailFrom: "help@desk.example", SMTPListen: listen,
	}
	if _, err := app.Migrate(ctx, set); err != nil {
		b.Fatal(err)
	}
	a, err := app.New(set, "bench", app.Parts{Mail: taker{}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = a.Close() })
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	var lc net.ListenConfig
	web, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { ended <- a.Run(running, web) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	}()
	waitFor(b, func() bool {
		c, err := net.DialTimeout("tcp", listen, time.Second)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	count := func(query string) (n int) {
		if err := a.DB.Read(ctx).Raw(query).Scan(&n).Error; err != nil {
			b.Fatal(err)
		}
		return n
	}
	b.ResetTimer()
	for round := range b.N {
		n, first := mails(), round*mails()
		began := time.Now()
		var clients sync.WaitGroup
		for client := range 8 {
			clients.Go(func() { bring(b, listen, first, client, n) })
		}
		clients.Wait()
		stored := time.Since(began)
		waitFor(b, func() bool { return count("SELECT COUNT(*) FROM mail_messages WHERE state = 'received'") == 0 })
		handled := time.Since(began)
		waitFor(b, func() bool { return count("SELECT COUNT(*) FROM mail_outbox WHERE state = 'pending'") == 0 })
		sent := time.Since(began)
		if done := count("SELECT COUNT(*) FROM mail_messages WHERE state = 'done'"); done != first+n {
			b.Fatalf("%d of %d messages are in a ticket", done, first+n)
		}
		for what, took := range map[string]time.Duration{"stored/s": stored, "handled/s": handled, "with-answers/s": sent} {
			b.ReportMetric(float64(n)/took.Seconds(), what)
		}
	}
}

func bring(b *testing.B, address string, first, client, n int) {
	b.Helper()
	c, err := smtp.Dial(address)
	if err != nil {
		b.Error(err)
		return
	}
	defer func() { _ = c.Close() }()
	text := strings.Repeat("The printer on the second floor jams whenever somebody prints on both sides.\r\n", 12)
	for i := client; i < n; i += 8 {
		id, person, answers := first+i, (first+i)%200, ""
		if i%5 == 4 && i >= 200 {
			answers = fmt.Sprintf("In-Reply-To: <mail-%d@x.example>\r\n", id-200)
		}
		raw := fmt.Sprintf("From: Person %d <person%d@x.example>\r\nTo: help@desk.example\r\nSubject: Mail %d\r\nMessage-ID: <mail-%d@x.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n%s\r\nMessage %d.\r\n%s",
			person, person, id, id, answers, id, text)
		err := c.Mail(fmt.Sprintf("person%d@x.example", person))
		if err == nil {
			err = c.Rcpt("help@desk.example")
		}
		if err != nil {
			b.Error(err)
			return
		}
		w, err := c.Data()
		if err == nil {
			_, err = w.Write([]byte(raw))
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			b.Error(err)
			return
		}
	}
}

func waitFor(b *testing.B, done func() bool) {
	b.Helper()
	for end := time.Now().Add(10 * time.Minute); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			b.Fatal("it does not come to its end")
		}
	}
}
