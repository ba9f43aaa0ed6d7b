package attachment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
)

// Scanner looks for viruses. found is the name of one, or "". refused says why
// it will never look at this content; an error, that it cannot look now.
type Scanner interface {
	Scan(ctx context.Context, content io.Reader) (found, refused string, err error)
}

const (
	scanAgain = 30 * time.Second
	scanTries = 500 // for more than four hours; then RescanJob begins anew
)

type scanRef struct {
	SHA256 string `json:"sha256"`
}

// RunScan handles ScanJob.
func (s *Service) RunScan(ctx context.Context, j job.Job) error {
	var r scanRef
	if err := j.Decode(&r); err != nil {
		return err
	}
	b, err := s.known(ctx, r.SHA256)
	if err != nil {
		return err
	}
	if b.BlobKey == "" || b.Scan == Clean || b.Scan == Infected || s.Scanner == nil {
		return nil
	}
	f, err := s.Store.Open(ctx, b.BlobKey)
	if errors.Is(err, blob.ErrMissing) {
		return nil // there is nothing to hand out
	}
	if err != nil {
		return fmt.Errorf("open a content to scan: %w", err)
	}
	found, refused, err := s.Scanner.Scan(ctx, f)
	if err := errors.Join(err, f.Close()); err != nil {
		slog.WarnContext(ctx, "the virus scanner does not answer; it will be asked again", "error", err)
		return job.Retry(scanAgain)
	}
	verdict, word := Clean, ""
	switch {
	case found != "":
		verdict, word = Infected, found
		slog.WarnContext(ctx, "a virus was found in an attachment", "sha256", b.SHA256, "virus", found)
	case refused != "":
		verdict, word = Failed, refused
	}
	word = db.Cut(word, 255)
	return s.Bus.Do(ctx, authz.System("attachment"), func(tx *event.Tx) error {
		err := tx.Model(&Blob{}).Where("sha256 = ? AND blob_key = ?", b.SHA256, b.BlobKey).
			Updates(map[string]any{"scan": verdict, "scan_word": word}).Error
		if err != nil {
			return fmt.Errorf("note what the scanner said: %w", err)
		}
		// The tickets that have it, so that open screens look again.
		var rows []Attachment
		if err := tx.Where("sha256 = ? AND ticket_id IS NOT NULL", b.SHA256).Limit(batch).Find(&rows).Error; err != nil {
			return fmt.Errorf("find who has a content: %w", err)
		}
		for _, a := range rows {
			kind := "attachment.scanned"
			if a.NoteID != nil {
				kind = "note.attachment_scanned"
			}
			ref := Ref{AttachmentIDs: []int64{a.ID}, CommentID: a.CommentID, NoteID: a.NoteID}
			if err := tx.Emit(kind, subject, *a.TicketID, ref); err != nil {
				return err
			}
		}
		return nil
	})
}

// Rescan handles RescanJob: whatever has not been looked at gets its turn, also
// what came before there was a scanner.
func (s *Service) Rescan(ctx context.Context, _ job.Job) error {
	if s.Scanner == nil {
		return nil
	}
	for _, state := range []Scan{Pending, Unscanned} {
		var sums []string
		err := s.DB.Read(ctx).Model(&Blob{}).Where("scan = ?", state).Limit(5*batch).Pluck("sha256", &sums).Error
		if err != nil {
			return fmt.Errorf("find what was not scanned: %w", err)
		}
		for _, sum := range sums {
			err := s.Bus.Do(ctx, authz.System("attachment"), func(tx *event.Tx) error {
				// One at a time for each content, however often this runs.
				key := fmt.Sprintf("scan:%s:%d", sum, tx.Now.Unix()/int64((6*time.Hour).Seconds()))
				return tx.Enqueue(job.New{Kind: ScanJob, Payload: scanRef{sum}, UniqueKey: key, MaxAttempts: scanTries})
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
