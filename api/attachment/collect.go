package attachment

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
)

// The kinds of this package's jobs.
const (
	CollectJob = "attachment.collect" // uploads that expired, contents that nobody has
	SweepJob   = "attachment.sweep"   // files that no row knows
	ScanJob    = "attachment.scan"
	RescanJob  = "attachment.rescan" // what waits for the scanner, or came before it
)

const batch = 200

// Collect handles CollectJob.
func (s *Service) Collect(ctx context.Context, _ job.Job) error {
	if err := s.collectUploads(ctx); err != nil {
		return err
	}
	return s.collectBlobs(ctx)
}

func (s *Service) collectUploads(ctx context.Context) error {
	for {
		var ids []int64
		var keys []string
		err := s.Bus.Do(ctx, authz.System("attachment"), func(tx *event.Tx) error {
			ids, keys = nil, nil
			err := tx.Model(&Attachment{}).Where("expires_at <= ? AND ticket_id IS NULL AND message_id IS NULL", tx.Now).
				Order("expires_at").Limit(batch).Pluck("id", &ids).Error
			if err != nil || len(ids) == 0 {
				return err
			}
			keys, err = dropUploads(tx.DB, ids)
			return err
		})
		if err != nil {
			return fmt.Errorf("collect uploads: %w", err)
		}
		if err := s.Store.Delete(ctx, keys...); err != nil {
			return fmt.Errorf("collect uploads: %w", err)
		}
		if len(ids) < batch {
			return nil
		}
	}
}

// collectBlobs takes away contents that no attachment has. The row goes first:
// an upload of the same content that comes at that moment either keeps the row by
// touching it, or finds none and stores the content under a key of its own.
func (s *Service) collectBlobs(ctx context.Context) error {
	var after string
	for {
		before := s.Clock.Now().Add(-grace)
		var found []Blob
		err := s.DB.Read(ctx).Where("sha256 > ? AND touched_at < ?", after, before).
			Where("NOT EXISTS (SELECT 1 FROM attachments AS a WHERE a.sha256 = attachment_blobs.sha256)").
			Order("sha256").Limit(batch).Find(&found).Error
		if err != nil {
			return fmt.Errorf("find contents that nobody has: %w", err)
		}
		for _, b := range found {
			gone := false
			err := s.Bus.Do(ctx, authz.System("attachment"), func(tx *event.Tx) error {
				res := tx.Exec("DELETE FROM attachment_blobs WHERE sha256 = ? AND blob_key = ? AND touched_at < ?"+
					" AND NOT EXISTS (SELECT 1 FROM attachments AS a WHERE a.sha256 = ?)", b.SHA256, b.BlobKey, before, b.SHA256)
				gone = res.RowsAffected == 1
				return res.Error
			})
			if err != nil {
				return fmt.Errorf("forget a content: %w", err)
			}
			if !gone {
				continue
			}
			if err := s.Store.Delete(ctx, append(thumbnailKeys(b.BlobKey), b.BlobKey)...); err != nil {
				return fmt.Errorf("delete a content: %w", err)
			}
		}
		if len(found) < batch {
			return nil
		}
		after = found[len(found)-1].SHA256
	}
}

// sweepAge is how old a file must be for the sweep: older than any upload that
// could still be about to write its row.
const sweepAge = 48 * time.Hour

// Sweep handles SweepJob: it takes away files that no row knows, which a crash
// between the file and its row leaves behind.
func (s *Service) Sweep(ctx context.Context, _ job.Job) error {
	var old []string
	flush := func() error {
		known, err := s.knownKeys(ctx, old)
		if err != nil {
			return err
		}
		var lost []string
		for _, key := range old {
			if !known[contentKey(key)] {
				lost = append(lost, key)
			}
		}
		old = old[:0]
		return s.Store.Delete(ctx, lost...)
	}
	before := s.Clock.Now().Add(-sweepAge)
	err := s.Store.Walk(ctx, "", func(i blob.Info) error {
		if i.Modified.After(before) || strings.HasPrefix(i.Key, "mail/") { // which is not ours
			return nil
		}
		if old = append(old, i.Key); len(old) < batch {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return fmt.Errorf("sweep the store: %w", err)
	}
	return nil
}

// contentKey is the key of the content that a file belongs to.
func contentKey(key string) string {
	if name, ok := strings.CutPrefix(key, thumbs); ok {
		_, name, _ = strings.Cut(name, "/") // the size
		return blobs + name
	}
	return key
}

func (s *Service) knownKeys(ctx context.Context, keys []string) (map[string]bool, error) {
	known := make(map[string]bool, len(keys))
	if len(keys) == 0 {
		return known, nil
	}
	// blob_key has no index; the hash in it leads to the row.
	sums, partIDs := []string{}, []string{}
	for _, key := range keys {
		switch k := contentKey(key); {
		case strings.HasPrefix(k, blobs):
			sum, _, _ := strings.Cut(k[strings.LastIndexByte(k, '/')+1:], "-")
			sums = append(sums, sum)
		case strings.HasPrefix(k, "parts/"):
			id, _, _ := strings.Cut(strings.TrimPrefix(k, "parts/"), "/")
			partIDs = append(partIDs, id)
		}
	}
	var found, pieces []string
	err := s.DB.Read(ctx).Model(&Blob{}).Where("sha256 IN ?", sums).Pluck("blob_key", &found).Error
	err = errors.Join(err, s.DB.Read(ctx).Model(&part{}).Where("attachment_id IN ?", partIDs).Pluck("blob_key", &pieces).Error)
	if err != nil {
		return nil, fmt.Errorf("look for files in use: %w", err)
	}
	for _, key := range append(found, pieces...) {
		known[key] = true
	}
	return known, nil
}

// Missing calls fn with every content that should be in the store and is not,
// or has another size, and returns how many there are in all.
func (s *Service) Missing(ctx context.Context, fn func(b Blob)) (int64, error) {
	var total int64
	var after string
	for {
		var found []Blob
		if err := s.DB.Read(ctx).Where("sha256 > ?", after).Order("sha256").Limit(batch).Find(&found).Error; err != nil {
			return total, fmt.Errorf("read contents: %w", err)
		}
		for _, b := range found {
			total++
			info, err := s.Store.Stat(ctx, b.BlobKey)
			if err != nil && !errors.Is(err, blob.ErrMissing) {
				return total, fmt.Errorf("look for a content: %w", err)
			}
			if err != nil || info.Size != b.Size {
				fn(b)
			}
		}
		if len(found) < batch {
			return total, nil
		}
		after = found[len(found)-1].SHA256
	}
}
