// Package mail hands messages to an SMTP server, or writes them to the log when
// none is set.
package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// Message is one mail to one person. ID is the local part of its Message-ID, or
// all of it, and stays the same when sending is tried again. What is empty is
// left out.
type Message struct {
	ID      string
	To      string
	Subject string
	Text    string

	ToName     string
	From       string // another sender than the desk's
	FromName   string
	ReplyTo    string
	HTML       string
	References []string // the last one is what it answers
	Date       time.Time
	Headers    map[string]string
	// ByPerson says that a person wrote it, and no program on its own account.
	ByPerson bool
	Files    []File
}

// File goes with a message.
type File struct {
	Name      string
	MediaType string
	Content   []byte
}

// Sender delivers a message or says why not.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Log writes messages to the log: the way to use the desk before it has a mail
// server.
type Log struct{}

// Send logs the whole message, with the links in it.
func (Log) Send(ctx context.Context, m Message) error {
	slog.InfoContext(ctx, "mail not sent: FIXDESK_SMTP is not set", "message_id", m.ID, "to", m.To, "subject", m.Subject, "text", m.Text)
	return nil
}

const (
	greeting = 30 * time.Second
	// A server that has the whole message may take its time to answer, and whoever
	// does not wait for the answer sends it twice (RFC 1047; RFC 5321, 4.5.3.2.6).
	delivery = 5 * time.Minute
)

// Sign returns the value of the DKIM-Signature field of a message from a domain,
// or "" for none.
type Sign func(ctx context.Context, domain string, raw []byte) (string, error)

// SMTP delivers through a mail server.
type SMTP struct {
	client *gomail.Client
	from   string
	domain string
	sign   Sign
}

// NewSMTP reads `smtp://user:password@host:587` (STARTTLS, required when a user
// is named) or `smtps://…:465` (TLS from the start). from is the sender's
// address.
func NewSMTP(raw, from, domain string) (*SMTP, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, fmt.Errorf("smtp: write smtp://user:password@host:587 or smtps://user:password@host:465")
	}
	opts := []gomail.Option{
		gomail.WithTimeout(greeting),
		gomail.WithTLSConfig(&tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}),
	}
	port := 587
	if u.Scheme == "smtps" {
		port = 465
		opts = append(opts, gomail.WithSSL())
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return nil, fmt.Errorf("smtp: the port must be a number")
		}
	}
	opts = append(opts, gomail.WithPort(port))
	if name := u.User.Username(); name != "" {
		password, _ := u.User.Password()
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(name), gomail.WithPassword(password), gomail.WithTLSPolicy(gomail.TLSMandatory))
	} else {
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	client, err := gomail.NewClient(u.Hostname(), opts...)
	if err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	return &SMTP{client: client, from: from, domain: domain}, nil
}

// SetSign says who signs.
func (s *SMTP) SetSign(fn Sign) { s.sign = fn }

// Permanent reports whether trying again is in vain: the server refuses the
// recipient or the message for good (RFC 5321, 4.2.1).
func Permanent(err error) bool {
	var r *refusal
	var reply *textproto.Error
	return errors.As(err, &r) && errors.As(r.error, &reply) && reply.Code >= 500 && reply.Code <= 599
}

// refusal is what a server said of a message, and not of whoever came with it.
type refusal struct{ error }

func (r *refusal) Unwrap() error { return r.error }

// line takes line breaks out: they would begin a header of their own.
func line(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return ' '
		}
		return r
	}, s)
}

// Send delivers the message; an error means that it may be sent again, unless it
// is Permanent.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	msg, from, err := s.build(m)
	if err != nil {
		return err
	}
	if s.sign != nil {
		var raw bytes.Buffer
		if _, err := msg.WriteTo(&raw); err != nil {
			return fmt.Errorf("write mail: %w", err)
		}
		value, err := s.sign(ctx, from[strings.LastIndexByte(from, '@')+1:], raw.Bytes())
		if err != nil {
			return fmt.Errorf("sign mail: %w", err)
		}
		if value != "" {
			msg.SetGenHeaderPreformatted("DKIM-Signature", value)
		}
	}
	c, err := s.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("reach the mail server: %w", err)
	}
	err = hand(c, msg, from, m.To)
	// Whatever goes wrong once the server has taken the message, the message is
	// taken: to send it again would double it. Nobody waits for the farewell.
	go func() { _ = s.client.CloseWithSMTPClient(c) }()
	if err != nil {
		return fmt.Errorf("send mail: %w", &refusal{err})
	}
	return nil
}

// hand gives a message to the server. It ends with the answer to the message.
func hand(c *smtp.Client, msg *gomail.Msg, from, to string) error {
	if err := c.UpdateDeadline(delivery); err != nil {
		return err
	}
	if err := c.Mail(from); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := msg.WriteTo(w); err != nil {
		return err
	}
	return w.Close()
}

func (s *SMTP) build(m Message) (*gomail.Msg, string, error) {
	id := m.ID
	if !strings.Contains(id, "@") {
		id += "@" + s.domain
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP))
	from := s.from
	if m.From != "" {
		from = m.From
	}
	if err := msg.FromFormat(line(m.FromName), from); err != nil {
		return nil, "", fmt.Errorf("mail sender: %w", err)
	}
	if err := msg.AddToFormat(line(m.ToName), m.To); err != nil {
		return nil, "", fmt.Errorf("mail recipient: %w", err)
	}
	if m.ReplyTo != "" {
		if err := msg.ReplyToFormat(line(m.FromName), m.ReplyTo); err != nil {
			return nil, "", fmt.Errorf("mail reply address: %w", err)
		}
	}
	msg.SetMessageIDWithValue(id)
	if !m.Date.IsZero() {
		msg.SetDateWithValue(m.Date)
	}
	refs := make([]string, len(m.References))
	for i, r := range m.References {
		refs[i] = line(r)
	}
	if n := len(refs); n > 0 {
		msg.SetGenHeaderPreformatted("In-Reply-To", "<"+refs[n-1]+">")
		msg.SetGenHeaderPreformatted("References", "<"+strings.Join(refs, ">\r\n <")+">")
	}
	if !m.ByPerson && m.Headers["Auto-Submitted"] == "" {
		msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834
	}
	for name, value := range m.Headers {
		msg.SetGenHeader(gomail.Header(name), line(value))
	}
	msg.Subject(line(m.Subject))
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	for _, f := range m.Files {
		if err := msg.AttachReader(line(f.Name), bytes.NewReader(f.Content), gomail.WithFileContentType(gomail.ContentType(f.MediaType))); err != nil {
			return nil, "", fmt.Errorf("mail attachment: %w", err)
		}
	}
	return msg, from, nil
}
