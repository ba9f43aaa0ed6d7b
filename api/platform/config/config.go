// Package config holds the settings of the program: from flags, then the
// environment, then an optional file, with all mistakes reported at once.
package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Settings are what an installation can choose. The tags are read by kong:
// each is a flag, an environment variable and a key of the settings file.
type Settings struct {
	Listen            string `help:"Address to listen on." env:"FIXDESK_LISTEN" default:":8080"`
	Database          string `help:"sqlite:PATH or mysql://user:password@host:3306/name." env:"FIXDESK_DATABASE" default:"sqlite:./data/fixdesk.db"`
	DataDir           string `help:"Folder for attachments and the generated secret." env:"FIXDESK_DATA_DIR" default:"./data" type:"path"`
	PublicURL         string `help:"Where people reach the desk; used in links." env:"FIXDESK_PUBLIC_URL" default:"http://localhost:8080"`
	Secret            string `help:"Signs tokens; generated into the data folder when empty." env:"FIXDESK_SECRET"`
	SMTP              string `help:"smtp://user:password@host:587; empty writes mail to the log." env:"FIXDESK_SMTP" name:"smtp"`
	MailFrom          string `help:"Sender of mail; default fixdesk@ the host of the public URL." env:"FIXDESK_MAIL_FROM"`
	SMTPListen        string `help:"Where the desk takes mail: :2525, smtps://:465, lmtp://127.0.0.1:2424, or several of them; empty for nowhere." env:"FIXDESK_SMTP_LISTEN" name:"smtp-listen"`
	SMTPCert          string `help:"File with the certificate chain of the mail listener, in PEM; with it clients may begin TLS." env:"FIXDESK_SMTP_CERT" name:"smtp-cert" type:"path"`
	SMTPKey           string `help:"File with the key of that certificate, in PEM." env:"FIXDESK_SMTP_KEY" name:"smtp-key" type:"path"`
	MailKeepDays      int    `help:"Days for which the content of mail that came is kept; 0 for ever." env:"FIXDESK_MAIL_KEEP_DAYS" name:"mail-keep-days" default:"365"`
	Redis             string `help:"redis://…, needed for more than one replica." env:"FIXDESK_REDIS"`
	RateLimit         string `help:"on or off." env:"FIXDESK_RATE_LIMIT" default:"on"`
	TrustedProxies    string `help:"Comma list of addresses or networks that may set X-Forwarded-For." env:"FIXDESK_TRUSTED_PROXIES"`
	Registration      string `help:"on or off: may employees register themselves?" env:"FIXDESK_REGISTRATION" default:"on"`
	StaffScope        string `help:"queue or all: do IT staff see their queue or every ticket?" env:"FIXDESK_STAFF_SCOPE" default:"queue"`
	ConfidentialScope string `help:"all or named: do administrators see every confidential ticket, or those that name them?" env:"FIXDESK_CONFIDENTIAL_SCOPE" name:"confidential-scope" default:"all"`
	DepartmentTickets string `help:"on or off: may employees read the tickets of their department?" env:"FIXDESK_DEPARTMENT_TICKETS" name:"department-tickets" default:"off"`
	ReopenDays        int    `help:"How many days requesters may reopen their tickets." env:"FIXDESK_REOPEN_DAYS" default:"14"`
	Blob              string `help:"Where attachments lie: empty for the data folder, or s3://key:secret@host:port/bucket?region=…&tls=on|off." env:"FIXDESK_BLOB"`
	AttachmentMax     int64  `help:"MiB that one attachment may have." env:"FIXDESK_ATTACHMENT_MAX" default:"25"`
	AttachmentAllow   string `help:"Comma list of media types that attachments may have, such as image/*,application/pdf; empty for any." env:"FIXDESK_ATTACHMENT_ALLOW"`
	AttachmentDeny    string `help:"Comma list of media types that attachments may not have." env:"FIXDESK_ATTACHMENT_DENY"`
	ClamAV            string `help:"Where clamd scans attachments: tcp://host:3310 or unix:///path; empty for no scanning." env:"FIXDESK_CLAMAV" name:"clamav"`
	WebhookPrivate    string `help:"Comma list of networks that webhooks may call although they are private, also by http, or on for all." env:"FIXDESK_WEBHOOK_ALLOW_PRIVATE" name:"webhook-allow-private"`
	LogLevel          string `help:"debug, info, warn or error." env:"FIXDESK_LOG_LEVEL" default:"info"`
}

// secretVariables may also be given as a file named by NAME_FILE.
var secretVariables = []string{"FIXDESK_SECRET", "FIXDESK_DATABASE", "FIXDESK_SMTP", "FIXDESK_REDIS", "FIXDESK_BLOB"}

// LoadSecretFiles sets each secret variable from the file that NAME_FILE names.
func LoadSecretFiles() error {
	var errs []error
	for _, name := range secretVariables {
		path := os.Getenv(name + "_FILE")
		if path == "" {
			continue
		}
		if os.Getenv(name) != "" {
			errs = append(errs, fmt.Errorf("%s and %s_FILE are both set; set one", name, name))
			continue
		}
		data, err := os.ReadFile(path) //nolint:gosec // the operator names the file
		if err != nil {
			errs = append(errs, fmt.Errorf("%s_FILE: %w", name, err))
			continue
		}
		if err := os.Setenv(name, strings.TrimRight(string(data), "\r\n")); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Check reports every mistake in the settings at once.
func (s Settings) Check() error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		add("FIXDESK_LISTEN: %q is no address; write :8080 or 127.0.0.1:8080", s.Listen)
	}
	if !strings.HasPrefix(s.Database, "sqlite:") && !strings.HasPrefix(s.Database, "mysql://") {
		add("FIXDESK_DATABASE: must start with sqlite: or mysql://")
	}
	if u, err := url.Parse(s.PublicURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		add("FIXDESK_PUBLIC_URL: %q is no http(s) address", s.PublicURL)
	}
	if s.Secret != "" && len(s.Secret) < 32 {
		add("FIXDESK_SECRET: needs at least 32 characters; make one with: openssl rand -hex 32")
	}
	if s.SMTP != "" && !strings.HasPrefix(s.SMTP, "smtp://") && !strings.HasPrefix(s.SMTP, "smtps://") {
		add("FIXDESK_SMTP: must start with smtp:// or smtps://")
	}
	if (s.SMTPCert == "") != (s.SMTPKey == "") {
		add("FIXDESK_SMTP_CERT and FIXDESK_SMTP_KEY: set both, or neither")
	}
	if s.Redis != "" && !strings.HasPrefix(s.Redis, "redis://") && !strings.HasPrefix(s.Redis, "rediss://") {
		add("FIXDESK_REDIS: must start with redis:// or rediss://")
	}
	for name, v := range map[string]string{"FIXDESK_RATE_LIMIT": s.RateLimit, "FIXDESK_REGISTRATION": s.Registration, "FIXDESK_DEPARTMENT_TICKETS": s.DepartmentTickets} {
		if v != "on" && v != "off" {
			add("%s: must be on or off, not %q", name, v)
		}
	}
	if s.AttachmentMax < 1 || s.AttachmentMax > 10240 {
		add("FIXDESK_ATTACHMENT_MAX: must be a number of MiB from 1 to 10240, not %d", s.AttachmentMax)
	}
	if s.Blob != "" && !strings.HasPrefix(s.Blob, "s3://") {
		add("FIXDESK_BLOB: must be empty or start with s3://")
	}
	if s.ClamAV != "" && !strings.HasPrefix(s.ClamAV, "tcp://") && !strings.HasPrefix(s.ClamAV, "unix:///") {
		add("FIXDESK_CLAMAV: must start with tcp:// or unix:///")
	}
	for name, list := range map[string]string{"FIXDESK_ATTACHMENT_ALLOW": s.AttachmentAllow, "FIXDESK_ATTACHMENT_DENY": s.AttachmentDeny} {
		for _, t := range MediaTypes(list) {
			if !mediaType.MatchString(t) {
				add("%s: %q is no media type; write image/png or image/*", name, t)
			}
		}
	}
	if s.WebhookPrivate != "on" {
		for part := range strings.SplitSeq(s.WebhookPrivate, ",") {
			if part = strings.TrimSpace(part); part != "" {
				if _, err := netip.ParsePrefix(part); err != nil {
					add("FIXDESK_WEBHOOK_ALLOW_PRIVATE: %q is no network; write 10.0.0.0/8, or on for all", part)
				}
			}
		}
	}
	if s.MailKeepDays < 0 || s.MailKeepDays > 36500 {
		add("FIXDESK_MAIL_KEEP_DAYS: must be a number of days from 0 (for ever) to 36500, not %d", s.MailKeepDays)
	}
	if s.ReopenDays < 0 || s.ReopenDays > 3650 {
		add("FIXDESK_REOPEN_DAYS: must be a number of days from 0 to 3650, not %d", s.ReopenDays)
	}
	if s.StaffScope != "queue" && s.StaffScope != "all" {
		add("FIXDESK_STAFF_SCOPE: must be queue or all, not %q", s.StaffScope)
	}
	if s.ConfidentialScope != "all" && s.ConfidentialScope != "named" {
		add("FIXDESK_CONFIDENTIAL_SCOPE: must be all or named, not %q", s.ConfidentialScope)
	}
	switch s.LogLevel {
	case "debug", "info", "warn", "error":
	default:
		add("FIXDESK_LOG_LEVEL: must be debug, info, warn or error, not %q", s.LogLevel)
	}
	if _, err := s.Proxies(); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

var mediaType = regexp.MustCompile(`^[a-z0-9.+-]+/([a-z0-9.+-]+|\*)$`)

// MediaTypes reads a comma list of media types.
func MediaTypes(list string) []string {
	out := []string{}
	for _, part := range strings.Split(list, ",") {
		if part = strings.ToLower(strings.TrimSpace(part)); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// Proxies returns the networks that may say who called.
func (s Settings) Proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	var errs []error
	for _, part := range strings.Split(s.TrustedProxies, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if addr, err := netip.ParseAddr(part); err == nil {
			out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
		} else if p, err := netip.ParsePrefix(part); err == nil {
			out = append(out, p)
		} else {
			errs = append(errs, fmt.Errorf("FIXDESK_TRUSTED_PROXIES: %q is neither an address nor a network", part))
		}
	}
	return out, errors.Join(errs...)
}

// MailAddress returns the address that the desk sends from.
func (s Settings) MailAddress() string {
	if s.MailFrom != "" {
		return s.MailFrom
	}
	return "fixdesk@" + s.PublicHost()
}

// PublicHost returns the host name of the public URL.
func (s Settings) PublicHost() string {
	u, err := url.Parse(s.PublicURL)
	if err != nil {
		return "localhost"
	}
	return u.Hostname()
}

const secretFile = "secret"

// LoadSecret returns the secret that signs tokens: the setting, or the one in
// the data folder, which it generates the first time.
func (s Settings) LoadSecret() ([]byte, error) {
	if s.Secret != "" {
		return []byte(s.Secret), nil
	}
	path := filepath.Join(s.DataDir, secretFile)
	if data, err := os.ReadFile(path); err == nil { //nolint:gosec // our own file
		if secret := strings.TrimSpace(string(data)); len(secret) >= 32 {
			return []byte(secret), nil
		}
		return nil, fmt.Errorf("the secret in %s is too short; delete the file to make a new one (everybody must sign in again)", path)
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	if err := os.MkdirAll(s.DataDir, 0o750); err != nil {
		return nil, fmt.Errorf("create the data folder: %w", err)
	}
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return nil, fmt.Errorf("generate the secret: %w", err)
	}
	secret := hex.EncodeToString(raw)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // our own file
	if errors.Is(err, os.ErrExist) {
		return s.LoadSecret() // another process was faster
	}
	if err != nil {
		return nil, fmt.Errorf("write the secret: %w", err)
	}
	if _, err := f.WriteString(secret + "\n"); err != nil {
		return nil, errors.Join(fmt.Errorf("write the secret: %w", err), f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("write the secret: %w", err)
	}
	return []byte(secret), nil
}
