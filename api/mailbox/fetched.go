package mailbox

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

// Fetched returns the mailboxes that are fetched from a server.
func (s *Service) Fetched(ctx context.Context) ([]Mailbox, error) {
	var out []Mailbox
	err := s.DB.Read(ctx).Where("active = ? AND source = ?", true, IMAP).Order("id").Limit(maxMailboxes).Find(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read the mailboxes to fetch: %w", err)
	}
	return out, nil
}

// Lease makes owner the one who fetches a mailbox for a while, unless somebody
// else is. Two who fetch at once would do no harm, only work for nothing.
func (s *Service) Lease(ctx context.Context, id int64, owner string, d time.Duration) (bool, error) {
	now := s.Clock.Now()
	var ok bool
	err := s.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		res := tx.Model(&Mailbox{}).Where("id = ? AND active = ? AND (lease_owner = ? OR lease_until IS NULL OR lease_until < ?)", id, true, owner, now).
			UpdateColumns(map[string]any{"lease_owner": owner, "lease_until": now.Add(d)})
		ok = res.RowsAffected == 1
		return res.Error
	})
	return ok, err
}

// Unlease lets others fetch a mailbox at once.
func (s *Service) Unlease(ctx context.Context, id int64, owner string) error {
	return s.DB.Writer(ctx).Model(&Mailbox{}).Where("id = ? AND lease_owner = ?", id, owner).UpdateColumn("lease_until", nil).Error
}

// Note keeps how fetching a mailbox went; nil for well.
func (s *Service) Note(ctx context.Context, id int64, problem error) error {
	now := s.Clock.Now()
	to := map[string]any{"last_fetched_at": now, "last_error": ""}
	if problem != nil {
		to = map[string]any{"last_error": db.Cut(plain(problem.Error()), 500), "last_error_at": now}
	}
	return s.DB.Writer(ctx).Model(&Mailbox{}).Where("id = ?", id).UpdateColumns(to).Error
}

// Reached keeps up to which message a mailbox was fetched.
func (s *Service) Reached(ctx context.Context, id, validity, uid int64) error {
	return s.DB.Writer(ctx).Model(&Mailbox{}).Where("id = ?", id).
		UpdateColumns(map[string]any{"uid_validity": validity, "last_uid": uid}).Error
}

// Renew keeps a refresh token that a server gave in the place of the last one, and
// returns how it is kept.
func (s *Service) Renew(ctx context.Context, b Mailbox, token string) (sealed string, err error) {
	if sealed, err = s.Box.Seal(token); err != nil {
		return "", err
	}
	return sealed, s.DB.Writer(ctx).Model(&Mailbox{}).Where("id = ? AND secret = ?", b.ID, b.Secret).UpdateColumn("secret", sealed).Error
}
