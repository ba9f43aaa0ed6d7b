package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/user"
)

// Granted is what somebody gets who has signed in.
type Granted struct {
	Access  string // for the Authorization header
	Refresh string // for the cookie
	User    user.User
}

// Login signs in with a username or address and a password. Whatever is wrong,
// the answer is the same, and takes as long.
func (s *Service) Login(ctx context.Context, address, name, plain string) (Granted, error) {
	limits := signIn(address, name)
	if err := s.brake.check(ctx, limits); err != nil {
		return Granted{}, err
	}
	u, err := user.ByLogin(s.db.Read(ctx), name)
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return Granted{}, fmt.Errorf("look for the account: %w", err)
	}
	passwords := s.users.Passwords()
	is, err := passwords.Verify(ctx, plain, u.PasswordHash, func() error { return s.brake.check(ctx, limits) })
	if err != nil {
		return Granted{}, err
	}
	if !is.OK || !u.CanSignIn() {
		return Granted{}, s.failed(ctx, limits, errCredentials)
	}
	newHash := ""
	if is.Outdated {
		if newHash, err = passwords.Hash(ctx, plain); err != nil {
			return Granted{}, err
		}
	}
	var out Granted
	err = s.bus.Do(ctx, u.Person(s.set.Authz), func(tx *event.Tx) error {
		out, err = s.enter(tx, u, newHash)
		return err
	})
	return out, err
}

// failed counts a failed attempt and returns its answer.
func (s *Service) failed(ctx context.Context, limits []use, answer error) error {
	err := s.brake.count(ctx, limits...)
	if err != nil && !fault.Is(err, fault.TooMany) {
		return err
	}
	return answer
}

// enter starts a session for an account whose owner has just proved to be there.
func (s *Service) enter(tx *event.Tx, u user.User, newHash string) (Granted, error) {
	// This also locks the row, so that a change of the password comes either
	// before, and is seen here, or after, and ends this session.
	ok, err := s.users.RecordSignIn(tx, u, newHash)
	if err != nil {
		return Granted{}, err
	}
	if !ok {
		return Granted{}, errCredentials
	}
	ses := session{UserID: u.ID, CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(sessionLifetime)}
	if err := tx.Create(&ses).Error; err != nil {
		return Granted{}, fmt.Errorf("start a session: %w", err)
	}
	if err := tx.Emit(SessionStarted, subject, u.ID, SessionRef{SessionID: ses.ID}); err != nil {
		return Granted{}, err
	}
	u.LastLoginAt = &tx.Now
	return s.grant(tx, u, ses.ID)
}

// grant makes the tokens of a session.
func (s *Service) grant(tx *event.Tx, u user.User, sessionID int64) (Granted, error) {
	secret, err := addRefresh(tx.DB, sessionID, tx.Now)
	if err != nil {
		return Granted{}, err
	}
	signed, err := s.access.sign(u.ID, sessionID, u.TokenVersion)
	if err != nil {
		return Granted{}, err
	}
	return Granted{Access: signed, Refresh: secret, User: u}, nil
}

// Refresh exchanges a refresh token, which works once. Whoever presents one
// that was used before has a copy, or the other one is a thief's: the session
// ends, and the error is errReused, which must not undo that.
func (s *Service) Refresh(ctx context.Context, secret string) (Granted, error) {
	if secret == "" {
		return Granted{}, errSession
	}
	_, ses, found, err := findRefresh(s.db.Read(ctx), secret)
	if err != nil {
		return Granted{}, err
	}
	if !found {
		return Granted{}, errSession
	}
	u, err := user.Find(s.db.Read(ctx), ses.UserID)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Granted{}, errSession
	}
	if err != nil {
		return Granted{}, fmt.Errorf("read the account of a session: %w", err)
	}
	var out Granted
	var reused bool
	err = s.bus.Do(ctx, u.Person(s.set.Authz), func(tx *event.Tx) error {
		reused = false
		t, ses, found, err := findRefresh(tx.DB, secret)
		if err != nil {
			return err
		}
		u, err := user.Find(tx.DB, ses.UserID)
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("read the account of a session: %w", err)
		}
		if !found || err != nil || ses.RevokedAt != nil || !tx.Now.Before(ses.ExpiresAt) || !u.CanSignIn() {
			return errSession
		}
		if t.UsedAt == nil {
			won, err := useRefresh(tx.DB, t, tx.Now)
			if err != nil {
				return err
			}
			reused = !won
		} else {
			reused = true
		}
		if reused {
			return s.end(tx, ses, "reuse")
		}
		if ok, err := prolong(tx.DB, ses.ID, tx.Now.Add(sessionLifetime)); err != nil || !ok {
			return errors.Join(err, ifNot(ok, errSession))
		}
		out, err = s.grant(tx, u, ses.ID)
		return err
	})
	if err != nil {
		return Granted{}, err
	}
	if reused {
		slog.WarnContext(ctx, "a used refresh token was presented; its session is ended", "user_id", u.ID, "session_id", ses.ID)
		return Granted{}, errReused
	}
	return out, nil
}

func ifNot(ok bool, err error) error {
	if ok {
		return nil
	}
	return err
}

// end revokes a session.
func (s *Service) end(tx *event.Tx, ses session, reason string) error {
	ended, err := revoke(tx.DB, ses.ID, tx.Now)
	if err != nil || !ended {
		return err
	}
	return tx.Emit(SessionRevoked, subject, ses.UserID, SessionRef{SessionID: ses.ID, Reason: reason})
}

// Logout ends the actor's session and the one that a refresh token belongs to.
// It is content when there is none.
func (s *Service) Logout(ctx context.Context, by authz.Actor, secret string) error {
	if by.SessionID == 0 && secret == "" {
		return nil
	}
	actor := by
	if by.IsNobody() {
		actor = self
	}
	return s.bus.Do(ctx, actor, func(tx *event.Tx) error {
		if by.SessionID != 0 {
			if err := s.end(tx, session{ID: by.SessionID, UserID: by.ID}, "logout"); err != nil {
				return err
			}
		}
		if secret == "" {
			return nil
		}
		_, ses, found, err := findRefresh(tx.DB, secret)
		if err != nil || !found {
			return err
		}
		return s.end(tx, ses, "logout")
	})
}
