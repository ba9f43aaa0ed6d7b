package outbox

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// Domain is a domain that the desk signs mail of (RFC 6376).
type Domain struct {
	ID        int64
	Domain    string
	Selector  string
	Key       string `gorm:"column:private_key"` // sealed
	PublicKey string // Base64, as it stands in the DNS
	Active    bool
	CreatedAt time.Time
}

// TableName names the table for GORM.
func (Domain) TableName() string { return "mail_domains" }

// Record returns the name and the text of the DNS record that shows the key.
func (d Domain) Record() (name, text string) {
	return d.Selector + "._domainkey." + d.Domain, "v=DKIM1; k=rsa; p=" + d.PublicKey
}

// Lookup asks the DNS for texts.
type Lookup func(ctx context.Context, name string) ([]string, error)

const maxDomains = 50

var (
	domainName     = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
	errNoDomain    = fault.Missing("mail domain")
	errDomainTaken = fault.New(fault.Conflict, "mail_domain.taken", "The desk signs mail of this domain already.")
)

// Domains lists the domains that the desk signs mail of.
func (s *Service) Domains(ctx context.Context, by authz.Actor) ([]Domain, error) {
	var out []Domain
	if !canManage(by) {
		return nil, errDenied
	}
	if err := s.DB.Read(ctx).Order("domain").Limit(maxDomains).Find(&out).Error; err != nil {
		return nil, fmt.Errorf("list the mail domains: %w", err)
	}
	return out, nil
}

// AddDomain makes a key for a domain. It signs from when it is switched on: once
// the record is in the DNS.
func (s *Service) AddDomain(ctx context.Context, by authz.Actor, name string) (Domain, error) {
	var d Domain
	if !canManage(by) {
		return d, errDenied
	}
	name = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), "."))
	if !domainName.MatchString(name) || len(name) > 191 {
		return d, fault.Field("domain", "Must be a domain, such as example.com.")
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return d, fmt.Errorf("make a key: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return d, fmt.Errorf("write a key: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return d, fmt.Errorf("write a key: %w", err)
	}
	sealed, err := s.Box.Seal(base64.StdEncoding.EncodeToString(private))
	if err != nil {
		return d, err
	}
	err = s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		d = Domain{Domain: name, Selector: "fixdesk" + tx.Now.Format("200601"), Key: sealed, PublicKey: base64.StdEncoding.EncodeToString(public), CreatedAt: tx.Now}
		err := tx.Create(&d).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return errDomainTaken
		}
		if err != nil {
			return fmt.Errorf("keep a mail domain: %w", err)
		}
		return tx.Emit("mail_domain.created", "mail_domain", d.ID, nil)
	})
	return d, err
}

func (s *Service) domain(ctx context.Context, by authz.Actor, id int64) (Domain, error) {
	var d Domain
	if !canManage(by) {
		return d, errDenied
	}
	err := s.DB.Read(ctx).Take(&d, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return d, errNoDomain
	}
	return d, err
}

// SwitchDomain begins or ends to sign mail of a domain.
func (s *Service) SwitchDomain(ctx context.Context, by authz.Actor, id int64, on bool) (Domain, error) {
	d, err := s.domain(ctx, by, id)
	if err != nil {
		return d, err
	}
	err = s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		d.Active = on
		if err := tx.Model(&Domain{}).Where("id = ?", id).Update("active", on).Error; err != nil {
			return fmt.Errorf("switch the signing of a domain: %w", err)
		}
		return tx.Emit("mail_domain.updated", "mail_domain", id, nil)
	})
	return d, err
}

// DropDomain forgets a domain and its key.
func (s *Service) DropDomain(ctx context.Context, by authz.Actor, id int64) error {
	if _, err := s.domain(ctx, by, id); err != nil {
		return err
	}
	return s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		if err := tx.Delete(&Domain{}, id).Error; err != nil {
			return fmt.Errorf("forget a mail domain: %w", err)
		}
		return tx.Emit("mail_domain.deleted", "mail_domain", id, nil)
	})
}

// signed are the fields that a signature covers (RFC 6376, 5.4.1).
var signed = []string{
	"From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Reply-To", "MIME-Version", "Content-Type",
	"Content-Transfer-Encoding", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post",
}

// Sign returns the signature of a message from a domain, or "" when the desk
// signs none of it.
func (s *Service) Sign(ctx context.Context, domain string, raw []byte) (string, error) {
	var d Domain
	err := s.DB.Read(ctx).Where("domain = ? AND active = ?", strings.ToLower(domain), true).Take(&d).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read a mail domain: %w", err)
	}
	text, err := s.Box.Open(d.Key)
	if err != nil {
		return "", fmt.Errorf("the key of %s: %w", d.Domain, err)
	}
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", fmt.Errorf("read the key of %s: %w", d.Domain, err)
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return "", fmt.Errorf("read the key of %s: %w", d.Domain, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return "", errors.New("the key cannot sign")
	}
	signing, err := dkim.NewSigner(&dkim.SignOptions{
		Domain: d.Domain, Selector: d.Selector, Signer: signer, HeaderKeys: signed,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		return "", fmt.Errorf("sign a mail: %w", err)
	}
	if _, err := bytes.NewReader(raw).WriteTo(signing); err != nil {
		return "", errors.Join(err, signing.Close())
	}
	if err := signing.Close(); err != nil {
		return "", fmt.Errorf("sign a mail: %w", err)
	}
	_, value, _ := strings.Cut(signing.Signature(), ":")
	return strings.TrimSpace(value), nil
}

// Finding is what the DNS says of one thing.
type Finding struct {
	What    string // spf, dkim or dmarc
	OK      bool
	Name    string // of the record
	Found   string
	Problem string
	Wanted  string // what would be right
}

// lookupPatience is how long a look into the DNS may take.
const lookupPatience = 8 * time.Second

// CheckDomain looks at what the DNS says of who may send mail of a domain.
func (s *Service) CheckDomain(ctx context.Context, by authz.Actor, name string) ([]Finding, error) {
	if !canManage(by) {
		return nil, errDenied
	}
	name = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), "."))
	if !domainName.MatchString(name) {
		return nil, fault.Field("domain", "Must be a domain, such as example.com.")
	}
	var d Domain
	err := s.DB.Read(ctx).Where("domain = ?", name).Take(&d).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, fmt.Errorf("read a mail domain: %w", err)
	}
	ctx, stop := context.WithTimeout(ctx, lookupPatience)
	defer stop()
	return []Finding{s.checkSPF(ctx, name), s.checkDKIM(ctx, name, d), s.checkDMARC(ctx, name)}, nil
}

// texts returns the records of a name that begin with a word.
func (s *Service) texts(ctx context.Context, name, begins string) ([]string, string) {
	all, err := s.Lookup(ctx, name)
	var dns *net.DNSError
	if err != nil && (!errors.As(err, &dns) || !dns.IsNotFound) {
		return nil, "The DNS could not be asked: " + db.Cut(err.Error(), 200)
	}
	var out []string
	for _, t := range all {
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(t)), begins) {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return nil, "There is no such record."
	}
	return out, ""
}

func (s *Service) checkSPF(ctx context.Context, name string) Finding {
	f := Finding{What: "spf", Name: name, Wanted: "v=spf1 mx -all"}
	found, problem := s.texts(ctx, name, "v=spf1")
	if problem != "" {
		f.Problem = problem
		return f
	}
	f.Found = found[0]
	switch {
	case len(found) > 1:
		f.Problem = "There are several records; one is allowed (RFC 7208, 3.2)."
	case strings.Contains(f.Found, "+all") || strings.HasSuffix(strings.TrimSpace(f.Found), " all"):
		f.Problem = "It lets everybody send mail of this domain."
	default:
		f.OK, f.Wanted = true, ""
	}
	return f
}

func (s *Service) checkDKIM(ctx context.Context, name string, d Domain) Finding {
	f := Finding{What: "dkim", Name: "fixdesk._domainkey." + name}
	if d.ID == 0 {
		f.Problem = "The desk has no key for this domain. Add the domain to sign its mail."
		return f
	}
	f.Name, f.Wanted = d.Record()
	found, problem := s.texts(ctx, f.Name, "v=dkim1")
	if problem != "" {
		f.Problem = problem
		return f
	}
	f.Found = found[0]
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	switch {
	case !strings.Contains(squeeze(f.Found), "p="+d.PublicKey):
		f.Problem = "The record has another key than the desk."
	case !d.Active:
		f.Problem = "The record is right; switch signing on."
	default:
		f.OK, f.Wanted = true, ""
	}
	return f
}

func (s *Service) checkDMARC(ctx context.Context, name string) Finding {
	f := Finding{What: "dmarc", Name: "_dmarc." + name, Wanted: "v=DMARC1; p=quarantine; rua=mailto:postmaster@" + name}
	found, problem := s.texts(ctx, f.Name, "v=dmarc1")
	if problem != "" {
		f.Problem = problem
		return f
	}
	f.Found = found[0]
	policy := ""
	for part := range strings.SplitSeq(f.Found, ";") {
		if key, value, ok := strings.Cut(part, "="); ok && strings.TrimSpace(key) == "p" {
			policy = strings.ToLower(strings.TrimSpace(value))
		}
	}
	switch policy {
	case "quarantine", "reject":
		f.OK, f.Wanted = true, ""
	case "none":
		f.Problem = "It only watches (p=none): forged mail of this domain is delivered."
	default:
		f.Problem = "It has no policy (p=)."
	}
	return f
}
