package mailserver

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Postfix is Debian's mail server: it delivers to the mailboxes of a dovecot, and
// hands the mail of other domains on to where they are served.
type Postfix struct{ Port int }

// StartPostfix starts one until the test ends. It knows the domain whose users have
// mailboxes in dovecot, and for other domains the port where mail for them is taken. The
// server needs root; without it, or without the server, the test is skipped, but
// not in CI.
func StartPostfix(t *testing.T, d *Dovecot, domain string, users []string, others map[string]int) *Postfix {
	t.Helper()
	path := program(t, "postfix", "postfix")
	if os.Getuid() != 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("postfix needs root: run the tests of this package as root")
		}
		t.Skip("postfix needs root")
	}
	dir := folder(t)
	p := &Postfix{Port: FreePort(t)}
	transport, virtual := "", ""
	for _, u := range users {
		d.Maildir(t, u)
		virtual += fmt.Sprintf("%s@%s %s/\n", u, domain, u)
	}
	for name, port := range others {
		transport += fmt.Sprintf("/@%s$/ smtp:[127.0.0.1]:%d\n", strings.ReplaceAll(name, ".", `\.`), port)
	}
	for name, text := range map[string]string{
		"main.cf": fmt.Sprintf(`
compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
maillog_file = %[1]s/log/mail
maillog_file_prefixes = %[1]s
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.%[2]s
mydestination =
mynetworks = 127.0.0.0/8
recipient_delimiter = +
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:there is no local mail
virtual_mailbox_domains = %[2]s
virtual_mailbox_base = %[3]s/mail
virtual_mailbox_maps = texthash:%[1]s/virtual
virtual_uid_maps = static:%[4]s
virtual_gid_maps = static:%[5]s
virtual_minimum_uid = 1
transport_maps = regexp:%[1]s/transport
relay_domains = %[6]s
smtp_dns_support_level = disabled
smtp_tls_security_level = none
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
biff = no
`, dir, domain, d.dir, d.own.uid, d.own.gid, strings.Join(keys(others), " ")),
		"master.cf": fmt.Sprintf(`
%d        inet       n - n - - smtpd
pickup    unix       n - n 60 1 pickup
cleanup   unix       n - n - 0 cleanup
qmgr      unix       n - n 1 1 qmgr
tlsmgr    unix       - - n 1000 1 tlsmgr
rewrite   unix       - - n - - trivial-rewrite
bounce    unix       - - n - 0 bounce
defer     unix       - - n - 0 bounce
trace     unix       - - n - 0 bounce
verify    unix       - - n - 1 verify
flush     unix       n - n 1000 0 flush
proxymap  unix       - - n - - proxymap
smtp      unix       - - n - - smtp
error     unix       - - n - - error
retry     unix       - - n - - error
virtual   unix       - n n - - virtual
anvil     unix       - - n - 1 anvil
scache    unix       - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`, p.Port),
		"virtual":   virtual,
		"transport": transport,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, sub := range []string{"queue", "data", "log"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "chown", "postfix", filepath.Join(dir, "data")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Cleanup(func() {
		// The server in the foreground leaves its children running when it is killed.
		_ = exec.CommandContext(context.Background(), path, "-c", dir, "stop").Run()
	})
	run(t, exec.CommandContext(context.Background(), path, "-c", dir, "start-fg"), filepath.Join(dir, "log", "mail"))
	Await(t, p.Port)
	return p
}

func keys(m map[string]int) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}
