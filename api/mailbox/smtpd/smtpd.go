// Package smtpd listens for mail by SMTP and LMTP. It answers that a message was
// taken only when it is stored; it relays nothing.
package smtpd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/fixdesk/fixdesk/api/mailbox/parse"
)

// Store is where mail goes.
type Store struct {
	// Takes reports whether there is a mailbox for an address.
	Takes func(ctx context.Context, address string) (bool, error)
	// Deliver stores a message; without an error it survives whatever follows.
	Deliver func(ctx context.Context, raw []byte, from string, to []string, via string) error
}

// Listener answers at one address.
type Listener struct {
	network, address string
	lmtp             bool
	tls              bool // from the first byte (RFC 8314)
	protect          *tls.Config
}

// Read reads a comma list of addresses: `:25`, `smtps://:465`, `lmtp://127.0.0.1:24`,
// `lmtp+unix:///run/fixdesk.sock`. With protect clients may begin TLS (RFC 3207).
func Read(list string, protect *tls.Config) ([]Listener, error) {
	var out []Listener
	for part := range strings.SplitSeq(list, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		l := Listener{network: "tcp", address: strings.TrimPrefix(part, "smtp://")}
		if a, ok := strings.CutPrefix(part, "smtps://"); ok {
			l = Listener{network: "tcp", address: a, tls: true}
			if protect == nil {
				return nil, fmt.Errorf("FIXDESK_SMTP_LISTEN: %q needs a certificate: set FIXDESK_SMTP_CERT and FIXDESK_SMTP_KEY", part)
			}
		} else if a, ok := strings.CutPrefix(part, "lmtp+unix://"); ok {
			l = Listener{network: "unix", address: a, lmtp: true}
		} else if a, ok := strings.CutPrefix(part, "lmtp://"); ok {
			l = Listener{network: "tcp", address: a, lmtp: true}
		}
		if l.network == "tcp" {
			l.protect = protect // on this machine's own socket nobody listens in
			if _, _, err := net.SplitHostPort(l.address); err != nil {
				return nil, fmt.Errorf("FIXDESK_SMTP_LISTEN: %q is no address; write :2525 or lmtp://127.0.0.1:2424", part)
			}
		}
		out = append(out, l)
	}
	return out, nil
}

const (
	maxRecipients = 100
	maxClients    = 200
	// RFC 5321 ends lines at 1,000 octets; programs that write mail do not all know.
	maxLine = 256 << 10
)

// Open begins to listen; Serve answers.
func (l Listener) Open(ctx context.Context) (net.Listener, error) {
	var lc net.ListenConfig
	n, err := lc.Listen(ctx, l.network, l.address)
	if l.network == "unix" && errors.Is(err, syscall.EADDRINUSE) && l.abandoned(ctx) {
		n, err = lc.Listen(ctx, l.network, l.address)
	}
	if err != nil {
		return nil, fmt.Errorf("listen for mail on %s: %w", l.address, err)
	}
	return n, nil
}

// abandoned removes the socket of a program that was killed: its file stays, and nobody answers.
func (l Listener) abandoned(ctx context.Context) bool {
	var d net.Dialer
	c, err := d.DialContext(ctx, l.network, l.address)
	if err == nil {
		_ = c.Close()
		return false
	}
	return errors.Is(err, syscall.ECONNREFUSED) && os.Remove(l.address) == nil
}

// Serve answers until ctx ends, and lets messages under way come to their end.
func (l Listener) Serve(ctx context.Context, n net.Listener, domain string, store Store) error {
	via := "smtp"
	if l.lmtp {
		via = "lmtp"
	}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{ctx: ctx, store: store, via: via}, nil
	}))
	srv.Domain, srv.LMTP, srv.TLSConfig = domain, l.lmtp, l.protect
	srv.MaxMessageBytes, srv.MaxRecipients, srv.MaxLineLength = parse.MaxSize, maxRecipients, maxLine
	srv.ReadTimeout, srv.WriteTimeout = 5*time.Minute, time.Minute
	srv.EnableSMTPUTF8, srv.EnableBINARYMIME = true, true
	srv.ErrorLog = slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug)
	failed := make(chan error, 1)
	n = &limited{Listener: n, slots: make(chan struct{}, maxClients)}
	if l.tls {
		n = tls.NewListener(n, l.protect)
	}
	go func() { failed <- srv.Serve(n) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve mail: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		return errors.Join(err, srv.Close())
	}
	return nil
}

// limited keeps the number of clients within bounds.
type limited struct {
	net.Listener
	slots chan struct{}
}

func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case l.slots <- struct{}{}:
			return &conn{Conn: c, free: func() { <-l.slots }}, nil
		default:
			_, _ = c.Write([]byte("421 4.7.0 Too many connections, try again later\r\n"))
			_ = c.Close()
		}
	}
}

type conn struct {
	net.Conn
	free func()
}

func (c *conn) Close() error {
	if c.free != nil {
		c.free()
		c.free = nil
	}
	return c.Conn.Close()
}

type session struct {
	ctx   context.Context //nolint:containedctx // of the server that the session lives in
	store Store
	via   string
	from  string
	to    []string
}

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	ok, err := s.store.Takes(s.ctx, to)
	if err != nil {
		return later(err)
	}
	if !ok {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox here"}
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(r, parse.MaxSize+1))
	if err != nil {
		return err
	}
	if len(raw) > parse.MaxSize {
		_, _ = io.Copy(io.Discard, r)
		return smtp.ErrDataTooLarge
	}
	// Whoever is gone meanwhile sends it again, and it is recognised.
	if err := s.store.Deliver(context.WithoutCancel(s.ctx), raw, s.from, s.to, s.via); err != nil {
		return later(err)
	}
	return nil
}

// later asks the other server to try again: whatever is wrong here may be mended.
func later(err error) error {
	slog.Error("mail was not taken", "error", err)
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Not stored, try again later"}
}
