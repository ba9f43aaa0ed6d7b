package user

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// The verbs in this file are steps of package auth's: they check no permission,
// because whoever calls them has just been shown a password or a link.

// LinkLifetime is how long a registration holds its names while it waits for
// the link in its mail to be used.
const LinkLifetime = 24 * time.Hour

// Register makes an inactive employee's account that waits for the link in its
// mail. Whatever else the draft says of role and state is ignored.
func (s *Service) Register(ctx context.Context, by authz.Actor, d Draft) (User, error) {
	d.ID, d.Role, d.PasswordHash = 0, authz.Employee, ""
	d.Active, d.Verified, d.Invite, d.CreatedAt = false, false, false, time.Time{}
	if d.Password == "" {
		return User{}, fault.Field("password", "This field is required.")
	}
	u, err := s.prepare(ctx, d)
	if err != nil {
		return u, err
	}
	u.PendingLink = true
	err = s.bus.Do(ctx, by, func(tx *event.Tx) error {
		u.ID = 0
		u.index()
		if err := expire(tx, u, tx.Now.Add(-LinkLifetime)); err != nil {
			return err
		}
		if err := create(tx.DB, &u); err != nil {
			return err
		}
		return tx.Emit(Registered, subject, u.ID, nil)
	})
	return u, err
}

// Verify activates a registration whose link was used. It reports false when
// the account waits for no link.
func (s *Service) Verify(tx *event.Tx, id int64) (bool, error) {
	before, err := load(tx.DB, id)
	if err != nil {
		return false, err
	}
	if !before.PendingLink {
		return false, nil
	}
	u := before
	u.PendingLink, u.EmailVerified, u.IsActive, u.UpdatedAt = false, true, true, tx.Now
	if err := save(tx.DB, &before, &u); err != nil {
		return false, err
	}
	return true, tx.Emit(Verified, subject, id, nil)
}

// MayReset reports whether a link to choose a password may be sent to, and used
// by, the owner of the account's address.
func (u User) MayReset() bool { return u.AnonymisedAt == nil && (u.IsActive || u.PendingLink) }

// StorePassword gives an account a new password and makes all access tokens
// invalid. By a link, it also verifies the address.
func (s *Service) StorePassword(tx *event.Tx, id int64, hash string, how How) error {
	before, err := load(tx.DB, id)
	if err != nil {
		return err
	}
	if before.AnonymisedAt != nil {
		return errAnonymised
	}
	u := before
	u.PasswordHash, u.PendingPassword, u.UpdatedAt = hash, false, tx.Now
	u.TokenVersion++
	if how == ByLink {
		u.EmailVerified = true
		if u.PendingLink {
			u.PendingLink, u.IsActive = false, true
		}
	}
	if how == ByAdministrator && u.IsActive {
		u.EmailVerified = true
	}
	if err := save(tx.DB, &before, &u); err != nil {
		return err
	}
	if before.PendingLink && !u.PendingLink {
		if err := tx.Emit(Verified, subject, id, nil); err != nil {
			return err
		}
	}
	return tx.Emit(PasswordChanged, subject, id, Means{How: how})
}

// RecordSignIn notes that the owner of an account signed in, and keeps a newer
// hash of the password, if any. It reports false when the account was locked or
// its password changed since it was read.
func (s *Service) RecordSignIn(tx *event.Tx, u User, newHash string) (bool, error) {
	set := map[string]any{"last_login_at": tx.Now}
	if newHash != "" {
		set["password_hash"] = newHash
	}
	res := tx.Model(&User{}).
		Where("id = ? AND token_version = ? AND is_active = ? AND email_verified = ?", u.ID, u.TokenVersion, true, true).
		UpdateColumns(set)
	if res.Error != nil {
		return false, fmt.Errorf("note the sign-in of account %d: %w", u.ID, res.Error)
	}
	return res.RowsAffected == 1, nil
}

// Guest makes an employee's account without a password for whoever wrote a mail,
// or returns the one with the address. Its owner can ask for a link to choose a
// password, which is what shows that the address is theirs.
func (s *Service) Guest(ctx context.Context, by authz.Actor, d Draft) (User, error) {
	var u User
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		var err error
		if u, err = ByEmail(tx.DB, d.Email); err == nil || !errors.Is(err, gorm.ErrRecordNotFound) {
			return err
		}
		g := Draft{Email: d.Email, Username: d.Email, FullName: d.FullName, Language: d.Language, Role: authz.Employee, Active: true, Invite: true}
		if FullNameRule(g.FullName) != "" {
			g.FullName = ""
		}
		if UsernameRule(g.Username) != "" {
			g.Username = "mail-" + strings.ToLower(rand.Text()[:10])
		}
		if LanguageRule(g.Language) != "" {
			g.Language = ""
		}
		u = g.user(tx.Now)
		wrong := wrongFields{}
		if u.check(wrong); wrong.err() != nil {
			return wrong.err()
		}
		err = create(tx.DB, &u)
		if fault.Is(err, fault.Conflict) {
			return db.ErrLostRace // another message of theirs came at the same moment
		}
		if err != nil {
			return err
		}
		return tx.Emit(Created, subject, u.ID, nil)
	})
	return u, err
}
