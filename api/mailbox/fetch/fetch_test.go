package fetch_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox/fetch"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

// dovecot starts Debian's IMAP server on a free port and returns the port and the
// folder of the mailbox. CI installs it; without it the test is skipped.
func dovecot(t *testing.T) (port int, maildir string) {
	t.Helper()
	path, err := exec.LookPath("dovecot")
	if err != nil {
		if path = "/usr/sbin/dovecot"; !exists(path) {
			if os.Getenv("CI") != "" {
				t.Fatal("dovecot is missing: apt-get install dovecot-imapd")
			}
			t.Skip("dovecot is missing: apt-get install dovecot-imapd")
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port = l.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // a TCP listener has one
	_ = l.Close()
	dir, err := os.MkdirTemp("", "fixdesk-dovecot")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		t.Fatal(err)
	}
	login := me.Username
	if me.Uid == "0" {
		login = "dovenull" // dovecot does nothing as root
	}
	uid, gid := me.Uid, me.Gid
	if uid == "0" {
		mail, err := user.Lookup("mail")
		if err != nil {
			t.Fatal(err)
		}
		uid, gid = mail.Uid, mail.Gid
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	maildir = filepath.Join(dir, "mail")
	for _, d := range []string{"new", "cur", "tmp"} {
		if err := os.MkdirAll(filepath.Join(maildir, d), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	if uid != me.Uid {
		if out, err := exec.CommandContext(t.Context(), "chown", "-R", uid+":"+gid, maildir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	conf := fmt.Sprintf(`
protocols = imap
listen = 127.0.0.1
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
ssl = no
disable_plaintext_auth = no
default_internal_user = %[2]s
default_internal_group = %[4]s
default_login_user = %[7]s
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:%[1]s/mail
passdb {
  driver = static
  args = password=open-sesame
}
userdb {
  driver = static
  args = uid=%[5]s gid=%[6]s home=%[1]s
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %[3]d
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`, dir, me.Username, port, group.Name, uid, gid, login)
	file := filepath.Join(dir, "dovecot.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), path, "-F", "-c", file)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_, _ = cmd.Process.Wait()
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Logf("dovecot: %s %s", out.String(), log)
		}
	})
	for range 100 {
		if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			_ = c.Close()
			return port, maildir
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("dovecot does not start: %s", out.String())
	return 0, ""
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func put(t *testing.T, maildir, name, raw string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(maildir, "new", name), []byte(strings.ReplaceAll(raw, "\n", "\r\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}

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
	port, maildir := dovecot(t)
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		for _, d := range []string{"new", "cur"} {
			old, _ := filepath.Glob(filepath.Join(maildir, d, "*"))
			for _, f := range old {
				_ = os.Remove(f)
			}
		}
		for i := range 5 {
			put(t, maildir, fmt.Sprintf("%d.a", i), fmt.Sprintf("From: lee@x.example\nSubject: n%d\nMessage-ID: <%d@x>\n\nx", i, i))
		}
		box := ada.Post("/api/mailboxes", obj{"name": "I", "address": "i@x.example", "source": "imap", "host": "127.0.0.1", "port": port, "security": "none", "username": "i", "secret": "wrong"}).Want(201)
		url := fmt.Sprintf("/api/mailboxes/%d", box.Int("id"))
		ada.Post(url+"/test", nil).Want(200).Is("ok", false)
		ada.Patch(url, obj{"secret": "open-sesame"}).Want(200)
		ada.Post(url+"/test", nil).Want(200).Is("ok", true)

		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { fetch.New(h.App.Mailbox).Run(ctx); ended <- struct{}{} }()
		go func() { fetch.New(h.App.Mailbox).Run(ctx); ended <- struct{}{} }()
		count := func() int64 { return ada.Get("/api/mail_messages").Want(200).Int("count") }
		eventually(t, "five messages are fetched", func() bool { return count() == 5 })
		// The server says by IDLE that one more came.
		put(t, maildir, "6.a", "From: lee@x.example\nSubject: n6\nMessage-ID: <6@x>\n\nx")
		eventually(t, "a sixth one is fetched", func() bool { return count() == 6 })
		eventually(t, "all are marked as seen", func() bool {
			seen, _ := filepath.Glob(filepath.Join(maildir, "cur", "*:2,*S*"))
			return len(seen) == 6
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
