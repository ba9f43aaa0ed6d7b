package auth

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/user"
	"github.com/fixdesk/fixdesk/api/user/password"
)

// Register makes an account for somebody who has none. It stays inactive until
// the link in the mail that follows is used.
func (s *Service) Register(ctx context.Context, d user.Draft) (user.User, error) {
	if !s.set.Registration {
		return user.User{}, errNoSignUp
	}
	return s.users.Register(ctx, self, d)
}

// VerifyEmail activates the registration whose link is used.
func (s *Service) VerifyEmail(ctx context.Context, secret string) error {
	t, err := findLink(s.db.Read(ctx), secret, s.clock.Now(), forVerify)
	if err != nil {
		return err
	}
	return s.bus.Do(ctx, self, func(tx *event.Tx) error {
		if err := useLink(tx.DB, t, tx.Now); err != nil {
			return err
		}
		ok, err := s.users.Verify(tx, t.UserID)
		if err != nil || !ok {
			return errors.Join(err, ifNot(ok, errLink))
		}
		return spendLinks(tx.DB, t.UserID, tx.Now)
	})
}

// ResendVerification asks for another mail to a registration. It does the same
// whether there is one or not: the job finds out.
func (s *Service) ResendVerification(ctx context.Context, email string) error {
	return s.mailTo(ctx, MailVerify, email)
}

// ForgotPassword asks for a mail with a link to choose a password. It does the
// same whether there is an account or not.
func (s *Service) ForgotPassword(ctx context.Context, email string) error {
	return s.mailTo(ctx, MailReset, email)
}

func (s *Service) mailTo(ctx context.Context, kind, email string) error {
	may, err := s.brake.mayMail(ctx, email)
	if err != nil || !may {
		return err
	}
	return s.bus.Do(ctx, self, func(tx *event.Tx) error {
		return tx.Enqueue(job.New{Kind: kind, Payload: recipient{Email: user.Key(email)}})
	})
}

// ResetPassword gives the account whose link is used a new password and ends its
// sessions.
func (s *Service) ResetPassword(ctx context.Context, secret, plain string) error {
	tx := s.db.Read(ctx)
	t, err := findLink(tx, secret, s.clock.Now(), forReset, forInvite)
	if err != nil {
		return err
	}
	u, err := user.Find(tx, t.UserID)
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.MayReset()) {
		return errLink
	}
	if err != nil {
		return fmt.Errorf("read the account of a link: %w", err)
	}
	hash, err := s.newPassword(ctx, "password", plain, u)
	if err != nil {
		return err
	}
	return s.bus.Do(ctx, u.Person(s.set.Authz), func(tx *event.Tx) error {
		if err := useLink(tx.DB, t, tx.Now); err != nil {
			return err
		}
		return s.users.StorePassword(tx, u.ID, hash, user.ByLink)
	})
}

// newPassword checks a new password and hashes it.
func (s *Service) newPassword(ctx context.Context, field, plain string, u user.User) (string, error) {
	if message := password.Check(plain, u.Personal()...); message != "" {
		return "", fault.Field(field, "%s", message)
	}
	return s.users.Passwords().Hash(ctx, plain)
}

// ChangePassword gives the actor a new password, ends all their sessions, and
// starts a new one.
func (s *Service) ChangePassword(ctx context.Context, by authz.Actor, address, current, plain string) (Granted, error) {
	if !hasSession(by) {
		return Granted{}, errNeedSession
	}
	limits := confirm(address, by.ID)
	if err := s.brake.check(ctx, limits); err != nil {
		return Granted{}, err
	}
	u, err := s.users.Me(ctx, by)
	if err != nil {
		return Granted{}, err
	}
	is, err := s.users.Passwords().Verify(ctx, current, u.PasswordHash, func() error { return s.brake.check(ctx, limits) })
	if err != nil {
		return Granted{}, err
	}
	if !is.OK {
		return Granted{}, s.failed(ctx, limits, fault.Field("current_password", "Is not your current password."))
	}
	if plain == current {
		return Granted{}, fault.Field("new_password", "Must differ from the current one.")
	}
	hash, err := s.newPassword(ctx, "new_password", plain, u)
	if err != nil {
		return Granted{}, err
	}
	var out Granted
	err = s.bus.Do(ctx, by, func(tx *event.Tx) error {
		now, err := user.Find(tx.DB, u.ID)
		if err != nil {
			return fmt.Errorf("read the account: %w", err)
		}
		if now.TokenVersion != u.TokenVersion {
			return errToken // changed elsewhere since the current password was checked
		}
		if err := s.users.StorePassword(tx, u.ID, hash, user.ByOwner); err != nil {
			return err
		}
		if now, err = user.Find(tx.DB, u.ID); err != nil {
			return fmt.Errorf("read the account: %w", err)
		}
		out, err = s.enter(tx, now, "")
		return err
	})
	return out, err
}
