// Package mail hands messages to an SMTP server, or writes them to the log when
// none is set.
package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Message is one plain-text mail to one person. ID is the local part of its
// Message-ID and stays the same when sending is tried again.
type Message struct {
	ID      string
	To      string
	Subject string
	Text    string
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

// SMTP delivers through a mail server.
type SMTP struct {
	client *gomail.Client
	from   string
	domain string
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
		gomail.WithTimeout(30 * time.Second),
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

// Send delivers the message; an error means that it may be sent again.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	msg := gomail.NewMsg()
	if err := msg.From(s.from); err != nil {
		return fmt.Errorf("mail sender: %w", err)
	}
	if err := msg.To(m.To); err != nil {
		return fmt.Errorf("mail recipient: %w", err)
	}
	msg.SetMessageIDWithValue(m.ID + "@" + s.domain)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834
	msg.Subject(m.Subject)
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if err := s.client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("send mail: %w", err)
	}
	return nil
}
