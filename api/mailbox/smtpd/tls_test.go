package smtpd_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/mailbox/smtpd"
)

// issue writes a certificate for a name and its key, and returns what trusts it.
func issue(t *testing.T, certFile, keyFile, name string, serial int64) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(c)
	return pool
}

// listen starts a listener until the test ends and returns where it is.
func listen(t *testing.T, list string, protect *tls.Config, got chan<- string) string {
	t.Helper()
	all, err := smtpd.Read(list, protect)
	if err != nil {
		t.Fatal(err)
	}
	n, err := all[0].Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		defer close(ended)
		_ = all[0].Serve(ctx, n, "desk.example", smtpd.Store{
			Takes: func(context.Context, string) (bool, error) { return true, nil },
			Deliver: func(_ context.Context, raw []byte, _ string, _ []string, _ string) error {
				got <- string(raw)
				return nil
			},
		})
	}()
	t.Cleanup(func() { stop(); <-ended })
	return n.Addr().String()
}

func send(c *smtp.Client, text string) error {
	if err := errors.Join(c.Mail("a@x.example"), c.Rcpt("help@desk.example")); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	_, err = w.Write([]byte("Subject: " + text + "\r\n\r\nx\r\n"))
	return errors.Join(err, w.Close(), c.Quit())
}

func TestMailByTLS(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	trust := issue(t, certFile, keyFile, "mx.desk.example", 1)
	protect, err := smtpd.Certificate(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 10)
	starting, whole := listen(t, "127.0.0.1:0", protect, got), listen(t, "smtps://127.0.0.1:0", protect, got)
	client := &tls.Config{RootCAs: trust, ServerName: "mx.desk.example", MinVersion: tls.VersionTLS12}
	took := func(want string) {
		t.Helper()
		select {
		case raw := <-got:
			if !strings.Contains(raw, want) {
				t.Errorf("it took %q, want %s", raw, want)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%s did not come", want)
		}
	}
	byStartTLS := func(trust *tls.Config, text string) error {
		c, err := smtp.Dial(starting)
		if err != nil {
			return err
		}
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return errors.New("it does not offer STARTTLS")
		}
		if err := c.StartTLS(trust); err != nil {
			return err
		}
		return send(c, text)
	}
	if err := byStartTLS(client, "one"); err != nil {
		t.Fatal(err)
	}
	took("one")
	// Who does not ask for it is served as before.
	c, err := smtp.Dial(starting)
	if err != nil {
		t.Fatal(err)
	}
	if err := send(c, "two"); err != nil {
		t.Fatal(err)
	}
	took("two")
	conn, err := (&tls.Dialer{Config: client}).DialContext(t.Context(), "tcp", whole)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = smtp.NewClient(conn, "mx.desk.example"); err != nil {
		t.Fatal(err)
	}
	if err := send(c, "three"); err != nil {
		t.Fatal(err)
	}
	took("three")
	// What is said before TLS is not taken for what is said in it.
	plain, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", starting)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = plain.Close() }()
	buf := make([]byte, 4096)
	_, _ = plain.Read(buf)
	_, _ = plain.Write([]byte("EHLO x\r\nSTARTTLS\r\nMAIL FROM:<evil@x.example>\r\nRCPT TO:<help@desk.example>\r\n"))
	for text := ""; !strings.Contains(text, "220 2.0.0"); {
		_ = plain.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := plain.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		text += string(buf[:n])
	}
	_ = plain.SetReadDeadline(time.Time{})
	inner := tls.Client(plain, client)
	_ = inner.SetDeadline(time.Now().Add(5 * time.Second))
	if err := inner.Handshake(); err == nil {
		_, _ = inner.Write([]byte("DATA\r\n"))
		n, _ := inner.Read(buf)
		if answer := string(buf[:n]); strings.HasPrefix(answer, "2") || strings.HasPrefix(answer, "3") {
			t.Errorf("commands from before TLS were carried out: %q", answer)
		}
	}

	// A renewed certificate is used by the next connection; one that is half written is not.
	if err := os.WriteFile(certFile, []byte("-----BEGIN"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := byStartTLS(client, "four"); err != nil {
		t.Errorf("while it is replaced: %v", err)
	}
	took("four")
	renewed := issue(t, certFile, keyFile, "mx.desk.example", 2)
	if err := byStartTLS(&tls.Config{RootCAs: renewed, ServerName: "mx.desk.example", MinVersion: tls.VersionTLS12}, "five"); err != nil {
		t.Errorf("renewed: %v", err)
	}
	took("five")
}

func TestSettingsThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	issue(t, file("c.pem"), file("k.pem"), "a.example", 1)
	issue(t, file("other.pem"), file("otherkey.pem"), "b.example", 2)
	for name, of := range map[string][2]string{
		"one of them":   {file("c.pem"), ""},
		"the other one": {"", file("k.pem")},
		"missing":       {file("nothing.pem"), file("k.pem")},
		"no match":      {file("c.pem"), file("otherkey.pem")},
		"swapped":       {file("k.pem"), file("c.pem")},
		"a folder":      {dir, file("k.pem")},
	} {
		if _, err := smtpd.Certificate(of[0], of[1]); err == nil || !strings.Contains(err.Error(), "FIXDESK_SMTP_CERT") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c, err := smtpd.Certificate("", ""); c != nil || err != nil {
		t.Errorf("nothing: %v %v", c, err)
	}
	for _, list := range []string{"smtps://:465", "2525", "smtps://x"} {
		if _, err := smtpd.Read(list, nil); err == nil || !strings.Contains(err.Error(), "FIXDESK_SMTP_LISTEN") {
			t.Errorf("%s: %v", list, err)
		}
	}
}
