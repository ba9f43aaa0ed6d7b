package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"text/template"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/platform/locale"
	"github.com/fixdesk/fixdesk/api/platform/mail"
	"github.com/fixdesk/fixdesk/api/user"
)

// The kinds of jobs that send mail.
const (
	MailVerify = "mail.verify_email"
	MailReset  = "mail.reset_password"
	MailInvite = "mail.invite"
)

// Jobs registers the handlers of this package's jobs.
func (s *Service) Jobs(w *job.Worker) {
	w.Handle(MailVerify, s.sends(verifyLetter))
	w.Handle(MailReset, s.sends(resetLetter))
	w.Handle(MailInvite, s.sends(inviteLetter))
}

// Subscribe makes the service hear of what happens to accounts: mails go out,
// and what has lost its ground ends in the same transaction.
func (s *Service) Subscribe(bus *event.Bus) {
	bus.Durable(user.Registered, MailVerify)
	bus.Durable(user.Invited, MailInvite)

	for _, e := range []string{user.PasswordChanged, user.RoleChanged, user.Deactivated, user.Anonymised} {
		bus.InTx(e, func(tx *event.Tx, e event.Event) error { return revokeAll(tx.DB, e.SubjectID, tx.Now) })
	}
	for _, e := range []string{user.PasswordChanged, user.Deactivated, user.Anonymised, user.Expired} {
		bus.InTx(e, func(tx *event.Tx, e event.Event) error { return spendLinks(tx.DB, e.SubjectID, tx.Now) })
	}
	for _, e := range []string{user.Deactivated, user.Anonymised} {
		bus.InTx(e, func(tx *event.Tx, e event.Event) error { return dropTokens(tx.DB, e.SubjectID) })
	}
	// A link that went to the old address proves nothing about the new one.
	bus.InTx(user.Updated, func(tx *event.Tx, e event.Event) error {
		var f user.Fields
		if err := e.Decode(&f); err != nil {
			return err
		}
		for _, name := range f.Changed {
			if name == "email" {
				return spendLinks(tx.DB, e.SubjectID, tx.Now)
			}
		}
		return nil
	})
}

// recipient is the payload of the jobs: the event that led to the mail, or the
// folded address that somebody typed.
type recipient struct {
	EventID int64  `json:"event_id,omitempty"`
	Email   string `json:"email,omitempty"`
}

// letter is a kind of mail with a link.
type letter struct {
	purpose  purpose
	lifetime time.Duration
	path     string
	subject  map[string]string    // by language
	wanted   func(user.User) bool // is the mail still, or at all, to be sent?
}

var (
	verifyLetter = letter{forVerify, user.LinkLifetime, "/verify-email", map[string]string{"en": "Confirm your e-mail address", "de": "Bestätigen Sie Ihre E-Mail-Adresse"},
		func(u user.User) bool { return u.PendingLink }}
	resetLetter = letter{forReset, resetLifetime, "/reset-password", map[string]string{"en": "Choose a new password", "de": "Wählen Sie ein neues Passwort"},
		func(u user.User) bool { return u.MayReset() }}
	inviteLetter = letter{forInvite, inviteLifetime, "/reset-password", map[string]string{"en": "Your account at the help desk", "de": "Ihr Konto beim Helpdesk"},
		func(u user.User) bool { return u.MayReset() && u.PendingPassword }}
)

//go:embed texts/*/*.txt
var texts embed.FS

// templates are the texts of the letters by language.
var templates = func() map[string]*template.Template {
	out := map[string]*template.Template{}
	for _, lang := range locale.Languages {
		out[lang] = template.Must(template.New("").Option("missingkey=error").ParseFS(texts, "texts/"+lang+"/*.txt"))
	}
	return out
}()

// sends returns the handler of the job that sends a letter.
func (s *Service) sends(l letter) job.Handler {
	return func(ctx context.Context, j job.Job) error {
		u, err := s.recipientOf(ctx, j)
		if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !l.wanted(u)) {
			return nil
		}
		if err != nil {
			return err
		}
		secret := s.links.secret(l.purpose, j, u.ID)
		var valid bool
		err = s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			now := s.clock.Now()
			valid, err = addLink(tx, oneTimeToken{
				Hash: hashOf(secret), UserID: u.ID, Purpose: l.purpose, CreatedAt: now, ExpiresAt: now.Add(l.lifetime),
			})
			return err
		})
		if err != nil || !valid {
			return err
		}
		m, err := l.write(u, s.set.PublicURL, secret)
		if err != nil {
			return err
		}
		m.ID = fmt.Sprintf("%s.%d.%d", l.purpose, j.ID, j.CreatedAt.Unix())
		return s.mail.Send(ctx, m)
	}
}

func (s *Service) recipientOf(ctx context.Context, j job.Job) (user.User, error) {
	var to recipient
	if err := j.Decode(&to); err != nil {
		return user.User{}, err
	}
	if to.EventID == 0 {
		return user.ByEmail(s.db.Read(ctx), to.Email)
	}
	e, err := s.bus.Find(ctx, to.EventID)
	if err != nil {
		return user.User{}, err
	}
	return user.Find(s.db.Read(ctx), e.SubjectID)
}

// write fills in the text. Nothing in it but the address and the username was
// chosen by a stranger, so that a registration cannot make the desk send
// advertisements.
func (l letter) write(u user.User, publicURL, secret string) (mail.Message, error) {
	lang := u.Language
	if templates[lang] == nil {
		lang = locale.Default
	}
	var text strings.Builder
	err := templates[lang].ExecuteTemplate(&text, string(l.purpose)+".txt", map[string]string{
		"Username": u.Username, "Desk": publicURL, "Link": publicURL + l.path + "?token=" + secret, "Lifetime": inWords(lang, l.lifetime),
	})
	if err != nil {
		return mail.Message{}, fmt.Errorf("write mail %s: %w", l.purpose, err)
	}
	return mail.Message{To: u.Email, Subject: l.subject[lang], Text: text.String()}, nil
}

func inWords(lang string, d time.Duration) string {
	switch hours := int(d.Hours()); {
	case lang == "de" && hours == 1:
		return "einer Stunde"
	case lang == "de" && hours <= 24:
		return fmt.Sprintf("%d Stunden", hours)
	case lang == "de":
		return fmt.Sprintf("%d Tagen", hours/24)
	case hours == 1:
		return "one hour"
	case hours <= 24:
		return fmt.Sprintf("%d hours", hours)
	default:
		return fmt.Sprintf("%d days", hours/24)
	}
}

// linkKey makes the tokens of links. A token is derived from the job that mails
// it, so that it need not be stored, and a mail that is sent again, because the
// first try seemed to fail, holds the same link.
type linkKey []byte

func (k linkKey) secret(p purpose, j job.Job, userID int64) string {
	m := hmac.New(sha256.New, k)
	_, _ = fmt.Fprintf(m, "%s\x00%d\x00%d\x00%d", p, j.ID, j.CreatedAt.UnixMicro(), userID) // a hash takes everything
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}
