package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/fixdesk/fixdesk/api/authz"
)

// session is one sign-in by password.
type session struct {
	ID        int64
	UserID    int64
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt *time.Time
}

func (session) TableName() string { return "sessions" }

// refreshToken keeps a session alive once.
type refreshToken struct {
	Hash      string `gorm:"primaryKey"`
	SessionID int64
	CreatedAt time.Time
	UsedAt    *time.Time
}

func (refreshToken) TableName() string { return "refresh_tokens" }

// purpose is what a link in a mail is good for.
type purpose string

const (
	forVerify purpose = "verify"
	forReset  purpose = "reset"
	forInvite purpose = "invite"
)

// oneTimeToken is a link in a mail.
type oneTimeToken struct {
	Hash      string `gorm:"primaryKey"`
	UserID    int64
	Purpose   purpose
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time
}

func (oneTimeToken) TableName() string { return "one_time_tokens" }

// APIToken lets a program act as the account it belongs to.
type APIToken struct {
	ID         int64
	UserID     int64
	Name       string
	Prefix     string // how it begins, to tell tokens apart
	Hash       string
	CreatedAt  time.Time
	LastUsedAt *time.Time // known to the minute
	ExpiresAt  *time.Time // nil for never
}

// TableName names the table for GORM.
func (APIToken) TableName() string { return "api_tokens" }

// newSecret returns n random bytes as text.
func newSecret(n int) (string, error) {
	raw := make([]byte, n)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// hashOf is how secrets are stored: they are random and long, so that a fast
// hash without salt is enough.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// caller is the row that a request's credentials lead to.
type caller struct {
	ID            int64
	Username      string
	Role          authz.Role
	Department    string
	IsActive      bool
	EmailVerified bool
	TokenVersion  int64
	TimeZone      string
	SessionID     int64
	TokenID       int64
	ExpiresAt     *time.Time
	RevokedAt     *time.Time
	LastUsedAt    *time.Time
}

const callerColumns = "u.id, u.username, u.role, u.department, u.is_active, u.email_verified, u.token_version, u.time_zone"

// callerBySession reads an account together with one of its sessions.
func callerBySession(tx *gorm.DB, userID, sessionID int64) (caller, error) {
	var c caller
	err := tx.Table("users AS u").Joins("JOIN sessions AS s ON s.user_id = u.id").
		Select(callerColumns+", s.id AS session_id, s.expires_at, s.revoked_at").
		Where("u.id = ? AND s.id = ?", userID, sessionID).Take(&c).Error
	return c, err
}

// callerByToken reads an account by the hash of one of its API tokens.
func callerByToken(tx *gorm.DB, hash string) (caller, error) {
	var c caller
	err := tx.Table("api_tokens AS t").Joins("JOIN users AS u ON u.id = t.user_id").
		Select(callerColumns+", t.id AS token_id, t.expires_at, t.last_used_at").
		Where("t.hash = ?", hash).Take(&c).Error
	return c, err
}

// valid reports whether the account and what it was found by are still good.
func (c caller) valid(now time.Time) bool {
	return c.IsActive && c.EmailVerified && c.RevokedAt == nil && (c.ExpiresAt == nil || now.Before(*c.ExpiresAt))
}

// findRefresh reads a refresh token and its session; found is false when there
// is none.
func findRefresh(tx *gorm.DB, secret string) (t refreshToken, s session, found bool, err error) {
	err = tx.Where("hash = ?", hashOf(secret)).Take(&t).Error
	if err == nil {
		err = tx.Take(&s, t.SessionID).Error
	}
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return t, s, false, nil
	}
	if err != nil {
		return t, s, false, fmt.Errorf("read a refresh token: %w", err)
	}
	return t, s, true, nil
}

// useRefresh marks a refresh token as used; false when somebody was faster.
func useRefresh(tx *gorm.DB, t refreshToken, now time.Time) (bool, error) {
	res := tx.Model(&refreshToken{}).Where("hash = ? AND used_at IS NULL", t.Hash).Update("used_at", now)
	if res.Error != nil {
		return false, fmt.Errorf("use a refresh token: %w", res.Error)
	}
	return res.RowsAffected == 1, nil
}

// addRefresh gives a session its next refresh token.
func addRefresh(tx *gorm.DB, sessionID int64, now time.Time) (string, error) {
	secret, err := newSecret(32)
	if err != nil {
		return "", err
	}
	t := refreshToken{Hash: hashOf(secret), SessionID: sessionID, CreatedAt: now}
	if err := tx.Create(&t).Error; err != nil {
		return "", fmt.Errorf("write a refresh token: %w", err)
	}
	return secret, nil
}

// prolong keeps a session for another while; false when it was revoked.
func prolong(tx *gorm.DB, id int64, until time.Time) (bool, error) {
	res := tx.Model(&session{}).Where("id = ? AND revoked_at IS NULL", id).Update("expires_at", until)
	if res.Error != nil {
		return false, fmt.Errorf("prolong session %d: %w", id, res.Error)
	}
	return res.RowsAffected == 1, nil
}

// revoke ends a session; false when it had ended before.
func revoke(tx *gorm.DB, id int64, now time.Time) (bool, error) {
	res := tx.Model(&session{}).Where("id = ? AND revoked_at IS NULL", id).Update("revoked_at", now)
	if res.Error != nil {
		return false, fmt.Errorf("revoke session %d: %w", id, res.Error)
	}
	return res.RowsAffected == 1, nil
}

// revokeAll ends every session of an account.
func revokeAll(tx *gorm.DB, userID int64, now time.Time) error {
	err := tx.Model(&session{}).Where("user_id = ? AND revoked_at IS NULL", userID).Update("revoked_at", now).Error
	if err != nil {
		return fmt.Errorf("revoke the sessions of account %d: %w", userID, err)
	}
	return nil
}

// spendLinks makes all links in mails to an account invalid. They are kept, so
// that a mail sent again cannot bring its link back to life.
func spendLinks(tx *gorm.DB, userID int64, now time.Time) error {
	err := tx.Model(&oneTimeToken{}).Where("user_id = ? AND used_at IS NULL", userID).Update("used_at", now).Error
	if err != nil {
		return fmt.Errorf("spend the links of account %d: %w", userID, err)
	}
	return nil
}

// dropTokens makes all API tokens of an account invalid.
func dropTokens(tx *gorm.DB, userID int64) error {
	if err := tx.Where("user_id = ?", userID).Delete(&APIToken{}).Error; err != nil {
		return fmt.Errorf("delete the API tokens of account %d: %w", userID, err)
	}
	return nil
}

// addLink writes a link's token, or gives the same one a new end when a mail is
// sent again; false when it was used meanwhile.
func addLink(tx *gorm.DB, t oneTimeToken) (bool, error) {
	err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&t).Error
	if err != nil {
		return false, fmt.Errorf("write the token of a link: %w", err)
	}
	res := tx.Model(&oneTimeToken{}).Where("hash = ? AND used_at IS NULL", t.Hash).Update("expires_at", t.ExpiresAt)
	if res.Error != nil {
		return false, fmt.Errorf("write the token of a link: %w", res.Error)
	}
	return res.RowsAffected == 1, nil
}

// findLink reads a link's token, or returns errLink.
func findLink(tx *gorm.DB, secret string, now time.Time, purposes ...purpose) (oneTimeToken, error) {
	var t oneTimeToken
	err := tx.Where("hash = ? AND purpose IN ?", hashOf(secret), purposes).Take(&t).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return t, errLink
	}
	if err != nil {
		return t, fmt.Errorf("read the token of a link: %w", err)
	}
	if t.UsedAt != nil || !now.Before(t.ExpiresAt) {
		return t, errLink
	}
	return t, nil
}

// useLink marks a link as used, or returns errLink when somebody was faster.
func useLink(tx *gorm.DB, t oneTimeToken, now time.Time) error {
	res := tx.Model(&oneTimeToken{}).Where("hash = ? AND used_at IS NULL", t.Hash).Update("used_at", now)
	if res.Error != nil {
		return fmt.Errorf("use a link: %w", res.Error)
	}
	if res.RowsAffected != 1 {
		return errLink
	}
	return nil
}
