package auth

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/job"
)

// pruneRows is how many rows are deleted in one transaction, so that nobody
// waits long for it.
const pruneRows = 500

// Prune deletes sessions, refresh tokens and links that are of no use any more.
// It is the handler of a scheduled job.
func (s *Service) Prune(ctx context.Context, _ job.Job) error {
	now := s.clock.Now()
	gone := now.Add(-sessionLifetime)
	for {
		var ids []int64
		err := s.db.Read(ctx).Model(&session{}).Where("expires_at < ? OR revoked_at < ?", now, gone).Limit(pruneRows).Pluck("id", &ids).Error
		if err != nil {
			return fmt.Errorf("look for ended sessions: %w", err)
		}
		if len(ids) == 0 {
			break
		}
		err = s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			if err := tx.Where("session_id IN ?", ids).Delete(&refreshToken{}).Error; err != nil {
				return err
			}
			return tx.Where("id IN ?", ids).Delete(&session{}).Error
		})
		if err != nil {
			return fmt.Errorf("delete ended sessions: %w", err)
		}
	}
	if err := pruneByHash[refreshToken](ctx, s, "used_at < ?", now.Add(-usedKept)); err != nil {
		return err
	}
	// Used links are kept a while longer than they were good for: see spendLinks.
	return pruneByHash[oneTimeToken](ctx, s, "expires_at < ?", gone)
}

func pruneByHash[T any](ctx context.Context, s *Service, condition string, arg any) error {
	for {
		var hashes []string
		err := s.db.Read(ctx).Model(new(T)).Where(condition, arg).Limit(pruneRows).Pluck("hash", &hashes).Error
		if err != nil {
			return fmt.Errorf("look for old tokens: %w", err)
		}
		if len(hashes) == 0 {
			return nil
		}
		err = s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			return tx.Where("hash IN ?", hashes).Delete(new(T)).Error
		})
		if err != nil {
			return fmt.Errorf("delete old tokens: %w", err)
		}
	}
}
