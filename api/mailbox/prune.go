package mailbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/gorm"
)

const pruneRows = 200

// Prune forgets the content of messages that came before a time: of what is in a ticket
// all that it was made of, so that only the log and the place in the thread stay; of what
// was ignored everything. What waits for somebody to look (held, failed) stays.
func (s *Service) Prune(ctx context.Context, before time.Time) error {
	return errors.Join(s.prune(ctx, Done, before), s.prune(ctx, Ignored, before))
}

func (s *Service) prune(ctx context.Context, state State, before time.Time) error {
	for ctx.Err() == nil {
		var old []Message
		err := s.DB.Read(ctx).Select("id", "blob_key").Where("state = ? AND pruned_at IS NULL AND received_at < ?", state, before).
			Order("received_at").Limit(pruneRows).Find(&old).Error
		if err != nil {
			return fmt.Errorf("look for old messages: %w", err)
		}
		if len(old) == 0 {
			return nil
		}
		ids := make([]int64, len(old))
		for i, m := range old {
			ids[i] = m.ID
		}
		err = s.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			// The state once more: somebody may just let an ignored one in.
			of := tx.Where("id IN ? AND state = ?", ids, state)
			if state == Ignored {
				return of.Delete(&Message{}).Error
			}
			return of.Model(&Message{}).UpdateColumns(map[string]any{"raw": nil, "blob_key": "", "pruned_at": s.Clock.Now()}).Error
		})
		if err != nil {
			return fmt.Errorf("forget old messages: %w", err)
		}
		// Files without a row do no harm; a row without its file would.
		for _, m := range old {
			if m.BlobKey == "" || s.used(ctx, m.ID, m.BlobKey) {
				continue
			}
			if err := s.Store.Delete(ctx, m.BlobKey); err != nil {
				slog.WarnContext(ctx, "the file of an old message was not deleted", "mail_message_id", m.ID, "error", err)
			}
		}
	}
	return ctx.Err()
}

// used reports whether a message still lies in a file.
func (s *Service) used(ctx context.Context, id int64, key string) bool {
	var n int64
	err := s.DB.Read(ctx).Model(&Message{}).Where("id = ? AND blob_key = ?", id, key).Count(&n).Error
	return err != nil || n > 0
}
