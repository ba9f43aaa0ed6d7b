// Package mailserver starts real mail servers for tests, on ports of their own and
// with folders of their own, and servers that fail at the moment they are told to.
package mailserver

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
	"syscall"
	"testing"
	"time"
)

// Password opens every mailbox.
const Password = "open-sesame"

// Dovecot is Debian's IMAP server. Every name is a user.
type Dovecot struct {
	Port int
	dir  string
	own  owner
}

// owner is who may write the mail: dovecot and postfix do nothing as root.
type owner struct{ uid, gid, login, group string }

// StartDovecot starts one until the test ends. CI installs it; elsewhere the test
// is skipped without it.
func StartDovecot(t *testing.T) *Dovecot {
	t.Helper()
	return startDovecot(t, "")
}

// StartDovecotOAuth starts one that asks at an address whose a token is (RFC 7662),
// and knows no passwords.
func StartDovecotOAuth(t *testing.T, introspect string) *Dovecot {
	t.Helper()
	file := filepath.Join(folder(t), "oauth2.conf")
	conf := "introspection_mode = post\nintrospection_url = " + introspect + "\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n"
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	return startDovecot(t, "auth_mechanisms = xoauth2 oauthbearer\npassdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = "+file+"\n}\n")
}

func startDovecot(t *testing.T, auth string) *Dovecot {
	t.Helper()
	if auth == "" {
		auth = "passdb {\n  driver = static\n  args = password=" + Password + "\n}\n"
	}
	path := program(t, "dovecot", "dovecot-imapd")
	dir := folder(t)
	d := &Dovecot{Port: FreePort(t), dir: dir, own: whoOwns(t)}
	me := current(t)
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
mail_location = maildir:%[1]s/mail/%%n
%[8]s
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
`, dir, me.Username, d.Port, d.own.group, d.own.uid, d.own.gid, d.own.login, auth)
	file := filepath.Join(dir, "dovecot.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, exec.CommandContext(context.Background(), path, "-F", "-c", file), filepath.Join(dir, "log"))
	Await(t, d.Port)
	return d
}

// Maildir returns the folder of a user's mail, which it makes.
func (d *Dovecot) Maildir(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(d.dir, "mail", name)
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.MkdirAll(filepath.Join(path, sub), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	d.own.give(t, filepath.Join(d.dir, "mail"))
	return path
}

// Put delivers a message to a user. Lines may end with \n.
func (d *Dovecot) Put(t *testing.T, user, name, raw string) {
	t.Helper()
	path := filepath.Join(d.dir, "mail", user, "tmp", name)
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(raw, "\n", "\r\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, filepath.Join(d.dir, "mail", user, "new", name)); err != nil {
		t.Fatal(err)
	}
}

// Seen counts the messages of a user that somebody has seen.
func (d *Dovecot) Seen(user string) int {
	seen, _ := filepath.Glob(filepath.Join(d.dir, "mail", user, "cur", "*:2,*S*"))
	return len(seen)
}

// Read returns the messages of a user as they lie there.
func (d *Dovecot) Read(t *testing.T, user string) []string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(d.dir, "mail", user, "*", "*"))
	var out []string
	for _, f := range files {
		if sub := filepath.Base(filepath.Dir(f)); sub != "new" && sub != "cur" {
			continue
		}
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(raw))
	}
	return out
}

// Empty removes all mail of a user.
func (d *Dovecot) Empty(t *testing.T, user string) {
	t.Helper()
	for _, sub := range []string{"new", "cur"} {
		old, _ := filepath.Glob(filepath.Join(d.dir, "mail", user, sub, "*"))
		for _, f := range old {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// program finds a server that Debian has.
func program(t *testing.T, name, deb string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	path := "/usr/sbin/" + name
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing: apt-get install %s", name, deb)
		}
		t.Skipf("%s is missing: apt-get install %s", name, deb)
	}
	return path
}

func folder(t *testing.T) string {
	t.Helper()
	// Sockets have short paths only, so that the folder of the test will not do.
	dir, err := os.MkdirTemp("", "fixdesk-mail")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func current(t *testing.T) *user.User {
	t.Helper()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	return me
}

func whoOwns(t *testing.T) owner {
	t.Helper()
	me := current(t)
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		t.Fatal(err)
	}
	o := owner{uid: me.Uid, gid: me.Gid, login: me.Username, group: group.Name}
	if me.Uid == "0" {
		mail, err := user.Lookup("mail")
		if err != nil {
			t.Fatal(err)
		}
		o.uid, o.gid, o.login = mail.Uid, mail.Gid, "dovenull"
	}
	return o
}

func (o owner) give(t *testing.T, path string) {
	t.Helper()
	if o.login != "dovenull" {
		return
	}
	if out, err := exec.CommandContext(t.Context(), "chown", "-R", o.uid+":"+o.gid, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// run starts a server until the test ends.
func run(t *testing.T, cmd *exec.Cmd, logFile string) {
	t.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		_, _ = cmd.Process.Wait()
		late.Stop()
		if t.Failed() {
			log, _ := os.ReadFile(logFile)
			t.Logf("%s: %s %s", cmd.Path, out.String(), log[max(0, len(log)-4000):])
		}
	})
}

// FreePort returns a port that nobody uses.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // a TCP listener has one
}

// Await waits until somebody answers at a port.
func Await(t testing.TB, port int) {
	t.Helper()
	dial := net.Dialer{Timeout: time.Second}
	for range 1200 { // a minute: postfix looks at all its files first
		if c, err := dial.DialContext(t.Context(), "tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nobody answers at port %d", port)
}
