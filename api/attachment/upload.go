package attachment

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"syscall"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/user"
)

// Begin announces a file, of which nothing has come yet.
func (s *Service) Begin(ctx context.Context, by authz.Actor, name string, size int64) (Attachment, error) {
	var a Attachment
	if by.ID == 0 {
		return a, errDenied
	}
	if err := s.checkSize(size); err != nil {
		return a, err
	}
	if !utf8.ValidString(name) {
		return a, fault.Field("name", "Must be valid UTF-8.")
	}
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		if err := s.quota(tx.DB, by, size); err != nil {
			return err
		}
		expires := tx.Now.Add(keep)
		a = Attachment{
			OwnerID: by.ID, Name: cleanName(name), Size: size, Version: 1,
			CreatedAt: tx.Now, UpdatedAt: tx.Now, ExpiresAt: &expires,
		}
		if err := tx.Create(&a).Error; err != nil {
			return fmt.Errorf("announce a file: %w", err)
		}
		return nil
	})
	return a, err
}

func (s *Service) checkSize(size int64) error {
	switch {
	case size == 0:
		return fault.New(fault.Invalid, "attachment.empty", "The file is empty.")
	case size < 0:
		return fault.Field("size", "Must be the number of bytes of the file.")
	case size > s.Limits.MaxSize:
		return tooLarge(s.Limits.MaxSize)
	}
	return nil
}

func tooLarge(limit int64) error {
	return fault.New(fault.TooLarge, "attachment.too_large", "A file may have at most %s.", megabytes(limit))
}

func megabytes(n int64) string {
	if n < 1<<20 {
		return strconv.FormatInt(n, 10) + " bytes"
	}
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', -1, 64) + " MiB"
}

// quota keeps one person from filling the store with what belongs to nothing.
func (s *Service) quota(tx *gorm.DB, by authz.Actor, size int64) error {
	// Others that begin at the same moment wait for what this one counts.
	err := tx.Model(&user.User{}).Where("id = ?", by.ID).UpdateColumn("version", gorm.Expr("version")).Error
	if err != nil {
		return fmt.Errorf("hold account %d: %w", by.ID, err)
	}
	var waiting struct{ N, Bytes int64 }
	err = tx.Model(&Attachment{}).Where("owner_id = ? AND expires_at IS NOT NULL", by.ID).
		Select("COUNT(*) AS n, COALESCE(SUM(size), 0) AS bytes").Scan(&waiting).Error
	if err != nil {
		return fmt.Errorf("sum up the uploads of account %d: %w", by.ID, err)
	}
	if waiting.N >= maxOwn || waiting.Bytes+size > maxOwnBig*s.Limits.MaxSize {
		return fault.New(fault.Conflict, "attachment.quota", "You have too many uploads that were not sent with anything. Send or cancel some of them first.")
	}
	return nil
}

// unfinished returns an upload of the actor's own of which something is missing.
func (s *Service) unfinished(tx *gorm.DB, by authz.Actor, id int64) (Attachment, error) {
	a, err := s.readable(tx, by, id)
	if err == nil && (a.OwnerID != by.ID || a.bound()) {
		err = errMissing
	}
	return a, err
}

// Progress returns an upload of the actor's own; Received says how far it has come.
func (s *Service) Progress(ctx context.Context, by authz.Actor, id int64) (Attachment, error) {
	return s.unfinished(s.DB.Read(ctx), by, id)
}

// Receive takes what comes of a file from the offset on. What has come when the
// line breaks is kept, so that the client can go on from there. length is what
// the client says it sends, or -1.
func (s *Service) Receive(ctx context.Context, by authz.Actor, id int64, want etag.Condition, offset int64, body io.Reader, length int64) (Attachment, error) {
	a, err := s.unfinished(s.DB.Read(ctx), by, id)
	if err != nil {
		return a, err
	}
	if err := want.Check(a.Version); err != nil {
		return a, err
	}
	if a.complete() || offset != a.Received {
		return a, fault.New(fault.Conflict, "attachment.wrong_offset", "The upload goes on at byte %d.", a.Received)
	}
	left := a.Size - a.Received
	if length > left {
		return a, fault.New(fault.TooLarge, "attachment.longer_than_announced", "The file was announced with %d bytes; that is %d more.", a.Size, length-left)
	}
	sp, err := s.spool(body, left+1)
	if err != nil {
		return a, err
	}
	defer sp.close()
	if sp.size > left {
		return a, fault.New(fault.TooLarge, "attachment.longer_than_announced", "The file was announced with %d bytes; more came.", a.Size)
	}
	// What is here is kept, even when its sender is gone.
	ctx = context.WithoutCancel(ctx)
	switch sp.size {
	case 0:
	case left:
		err = s.complete(ctx, by, &a, sp)
	default:
		err = s.keepPart(ctx, by, &a, sp)
	}
	if err == nil && sp.broken != nil {
		err = fault.New(fault.Invalid, "attachment.interrupted", "The upload was interrupted; it goes on at byte %d.", a.Received).Because(sp.broken)
	}
	return a, err
}

// Upload takes a whole file at once.
func (s *Service) Upload(ctx context.Context, by authz.Actor, name string, body io.Reader) (Attachment, error) {
	var a Attachment
	if by.ID == 0 {
		return a, errDenied
	}
	sp, err := s.spool(body, s.Limits.MaxSize+1)
	if err != nil {
		return a, err
	}
	defer sp.close()
	if sp.broken != nil {
		return a, fault.New(fault.Invalid, "request.unreadable", "The body could not be read to its end.").Because(sp.broken)
	}
	if a, err = s.Begin(ctx, by, name, sp.size); err != nil {
		return a, err
	}
	if err := s.complete(ctx, by, &a, sp); err != nil {
		return a, errors.Join(err, s.forgetUpload(context.WithoutCancel(ctx), by, a.ID))
	}
	return a, nil
}

// spooled is what has come of a file, in a temporary one.
type spooled struct {
	*os.File
	size   int64
	broken error // why no more came
}

func (s *spooled) close() {
	err := errors.Join(s.Close(), os.Remove(s.Name()))
	if err != nil {
		slog.Warn("a temporary file cannot be removed", "error", err)
	}
}

// spool reads at most limit bytes into a temporary file.
func (s *Service) spool(r io.Reader, limit int64) (*spooled, error) {
	if err := os.MkdirAll(s.Spool, 0o750); err != nil {
		return nil, spoolError(err)
	}
	f, err := os.CreateTemp(s.Spool, "upload-*")
	if err != nil {
		return nil, spoolError(err)
	}
	from := &sourceReader{r: r}
	n, err := io.Copy(f, io.LimitReader(from, limit))
	sp := &spooled{File: f, size: n}
	if err != nil && from.err == nil { // writing failed, not reading
		sp.close()
		return nil, spoolError(err)
	}
	sp.broken = from.err
	return sp, nil
}

func spoolError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errFull.Because(err)
	}
	return fmt.Errorf("keep what was uploaded: %w", err)
}

// storeError says of what the store cannot do now that it is not the fault of whoever asked.
func storeError(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, blob.ErrFull):
		return errFull.Because(err)
	case errors.Is(err, blob.ErrAway):
		slog.ErrorContext(ctx, "the store of attachments does not answer", "error", err)
		return errAway.Because(err)
	}
	return fmt.Errorf("use the store of files: %w", err)
}

// sourceReader remembers why reading ended.
type sourceReader struct {
	r   io.Reader
	err error
}

func (s *sourceReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func random() string { return rand.Text()[:16] }

// keepPart keeps a piece of a file, at the end of what was there.
func (s *Service) keepPart(ctx context.Context, by authz.Actor, a *Attachment, sp *spooled) error {
	if _, err := sp.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read what was uploaded: %w", err)
	}
	p := part{AttachmentID: a.ID, Start: a.Received, Size: sp.size, BlobKey: fmt.Sprintf("parts/%d/%s", a.ID, random())}
	if err := s.Store.Put(ctx, p.BlobKey, sp, sp.size); err != nil {
		return storeError(ctx, err)
	}
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		var n int64
		if err := tx.Model(&part{}).Where("attachment_id = ?", a.ID).Count(&n).Error; err != nil {
			return fmt.Errorf("count the parts of upload %d: %w", a.ID, err)
		}
		if n >= maxParts {
			return fault.New(fault.Conflict, "attachment.too_many_parts", "The file came in too many pieces. Begin again with larger ones.")
		}
		err := tx.Create(&p).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return raced(a)
		}
		if err != nil {
			return fmt.Errorf("note a part of upload %d: %w", a.ID, err)
		}
		expires := tx.Now.Add(keep)
		return s.save(tx, a, map[string]any{"received": a.Received + p.Size, "expires_at": expires})
	})
	if err != nil {
		return errors.Join(err, s.Store.Delete(ctx, p.BlobKey))
	}
	a.Received += p.Size
	return nil
}

func raced(a *Attachment) *fault.Error {
	return fault.New(fault.Conflict, "attachment.wrong_offset", "Somebody else sends to upload %d at the same time. Ask for its offset.", a.ID)
}

// save writes columns of an attachment if nobody else has since it was read.
func (s *Service) save(tx *event.Tx, a *Attachment, change map[string]any) error {
	change["version"], change["updated_at"] = a.Version+1, tx.Now
	res := tx.Model(&Attachment{}).Where("id = ? AND version = ?", a.ID, a.Version).Updates(change)
	if res.Error != nil {
		return fmt.Errorf("save attachment %d: %w", a.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return raced(a)
	}
	a.Version, a.UpdatedAt = a.Version+1, tx.Now
	return nil
}

// complete puts the pieces of a file together, with the last one still in the
// spool: when that fails, the client sends the last one again.
func (s *Service) complete(ctx context.Context, by authz.Actor, a *Attachment, last *spooled) error {
	whole := last
	var parts []part
	if a.Received > 0 {
		if err := s.DB.Read(ctx).Where("attachment_id = ?", a.ID).Order("start").Find(&parts).Error; err != nil {
			return fmt.Errorf("read the parts of upload %d: %w", a.ID, err)
		}
		var err error
		// Whoever sent the last piece at the same time may have taken the others away.
		if n := len(parts); n == 0 || parts[n-1].Start+parts[n-1].Size != a.Received {
			return raced(a)
		}
		if whole, err = s.join(ctx, parts, last); errors.Is(err, blob.ErrMissing) {
			return raced(a).Because(err)
		} else if err != nil {
			return err
		}
		defer whole.close()
	}
	if whole.size != a.Size {
		return fmt.Errorf("upload %d has %d bytes, not %d", a.ID, whole.size, a.Size)
	}
	mediaType, width, height, err := look(whole)
	if err != nil {
		return fmt.Errorf("look at upload %d: %w", a.ID, err)
	}
	if err := s.Limits.check(mediaType); err != nil {
		return errors.Join(err, s.forgetUpload(ctx, by, a.ID))
	}
	b := Blob{Size: a.Size, Width: width, Height: height}
	if err := s.settle(ctx, by, a, mediaType, b, whole); err != nil {
		return err
	}
	keys := make([]string, len(parts))
	for i, p := range parts {
		keys[i] = p.BlobKey
	}
	if err := s.Store.Delete(ctx, keys...); err != nil {
		slog.WarnContext(ctx, "the parts of an upload stay for the sweep", "attachment_id", a.ID, "error", err)
	}
	return nil
}

func (s *Service) join(ctx context.Context, parts []part, last *spooled) (*spooled, error) {
	readers := make([]io.Reader, 0, len(parts)+1)
	for _, p := range parts {
		readers = append(readers, &lazyBlob{ctx: ctx, store: s.Store, key: p.BlobKey})
	}
	if _, err := last.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read what was uploaded: %w", err)
	}
	whole, err := s.spool(io.MultiReader(append(readers, last)...), s.Limits.MaxSize+1)
	if err != nil {
		return nil, err
	}
	if whole.broken != nil {
		whole.close()
		return nil, storeError(ctx, whole.broken)
	}
	return whole, nil
}

// lazyBlob opens a file when it is read and closes it at its end.
type lazyBlob struct {
	ctx   context.Context //nolint:containedctx // lives only inside join
	store blob.Store
	key   string
	file  blob.File
}

func (l *lazyBlob) Read(p []byte) (int, error) {
	if l.file == nil {
		var err error
		if l.file, err = l.store.Open(l.ctx, l.key); err != nil {
			return 0, err
		}
	}
	n, err := l.file.Read(p)
	if err != nil {
		err = errors.Join(err, l.file.Close())
		if errors.Is(err, io.EOF) {
			err = io.EOF
		}
	}
	return n, err
}

// errGone undoes a transaction whose content was taken away meanwhile.
var errGone = errors.New("the content was taken away")

// settle stores a content, unless it is there, and gives it to its attachment.
func (s *Service) settle(ctx context.Context, by authz.Actor, a *Attachment, mediaType string, b Blob, whole *spooled) error {
	sum, err := digest(whole)
	if err != nil {
		return err
	}
	b.SHA256 = sum
	for range 5 {
		known, err := s.known(ctx, sum)
		if err != nil {
			return err
		}
		if known.BlobKey == "" {
			b.BlobKey = fmt.Sprintf(blobs+"%s/%s/%s-%s", sum[:2], sum[2:4], sum, random())
			if err := s.put(ctx, b.BlobKey, whole); err != nil {
				return err
			}
		} else if err := s.mend(ctx, known, whole); err != nil {
			return err
		}
		err = s.give(ctx, by, a, mediaType, known, b)
		if err != nil && known.BlobKey == "" {
			// Somebody else stored the same at the same moment, or all failed.
			err = errors.Join(err, s.Store.Delete(ctx, b.BlobKey))
		}
		if errors.Is(err, errGone) || errors.Is(err, gorm.ErrDuplicatedKey) {
			continue
		}
		return err
	}
	return fmt.Errorf("store the content of upload %d: too many lost races", a.ID)
}

func digest(f io.ReadSeeker) (string, error) {
	h := sha256.New()
	_, err := f.Seek(0, io.SeekStart)
	if err == nil {
		_, err = io.Copy(h, f)
	}
	if err != nil {
		return "", fmt.Errorf("read what was uploaded: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (s *Service) put(ctx context.Context, key string, f *spooled) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read what was uploaded: %w", err)
	}
	if err := s.Store.Put(ctx, key, f, f.size); err != nil {
		return storeError(ctx, err)
	}
	return nil
}

func (s *Service) known(ctx context.Context, sum string) (Blob, error) {
	var b Blob
	err := s.DB.Read(ctx).Where("sha256 = ?", sum).Take(&b).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return b, fmt.Errorf("look for a content: %w", err)
	}
	return b, nil
}

// mend puts back a content that should be in the store and is not.
func (s *Service) mend(ctx context.Context, b Blob, whole *spooled) error {
	info, err := s.Store.Stat(ctx, b.BlobKey)
	if errors.Is(err, blob.ErrMissing) || (err == nil && info.Size != b.Size) {
		return s.put(ctx, b.BlobKey, whole)
	}
	if err != nil {
		return storeError(ctx, err)
	}
	return nil
}

// give writes which content an attachment has.
func (s *Service) give(ctx context.Context, by authz.Actor, a *Attachment, mediaType string, known, b Blob) error {
	was := *a
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		*a = was
		if known.BlobKey != "" {
			b = known
			// Keeps the collector from it; when that was faster, the row is gone.
			res := tx.Model(&Blob{}).Where("sha256 = ? AND blob_key = ?", b.SHA256, b.BlobKey).Update("touched_at", tx.Now)
			if res.Error != nil {
				return fmt.Errorf("use a content again: %w", res.Error)
			}
			if res.RowsAffected != 1 {
				// MySQL also counts no row that had the very same time.
				var n int64
				if err := tx.Model(&Blob{}).Where("sha256 = ? AND blob_key = ?", b.SHA256, b.BlobKey).Count(&n).Error; err != nil || n == 0 {
					return errors.Join(errGone, err)
				}
			}
		} else {
			b.CreatedAt, b.TouchedAt = tx.Now, tx.Now
			if s.Scanner != nil {
				b.Scan = Pending
			}
			if err := tx.Create(&b).Error; err != nil {
				return fmt.Errorf("note a content: %w", err)
			}
		}
		if err := tx.Where("attachment_id = ?", a.ID).Delete(&part{}).Error; err != nil {
			return fmt.Errorf("forget the parts of upload %d: %w", a.ID, err)
		}
		expires := tx.Now.Add(keep)
		err := s.save(tx, a, map[string]any{"received": a.Size, "media_type": mediaType, "sha256": b.SHA256, "expires_at": expires})
		if err != nil {
			return err
		}
		if s.Scanner != nil && b.Scan != Clean && b.Scan != Infected {
			return tx.Enqueue(job.New{Kind: ScanJob, Payload: scanRef{b.SHA256}, MaxAttempts: scanTries})
		}
		return nil
	})
	if err != nil {
		*a = was
		return err
	}
	a.Received, a.MediaType, a.SHA256 = a.Size, mediaType, &b.SHA256
	return nil
}

// forgetUpload takes away an upload that came to nothing.
func (s *Service) forgetUpload(ctx context.Context, by authz.Actor, id int64) error {
	var keys []string
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		var err error
		keys, err = dropUploads(tx.DB, []int64{id})
		return err
	})
	if err != nil {
		return err
	}
	if err := s.Store.Delete(ctx, keys...); err != nil {
		slog.WarnContext(ctx, "the parts of an upload stay for the sweep", "attachment_id", id, "error", err)
	}
	return nil
}

// dropUploads deletes rows that are bound to nothing and returns the keys of
// their parts.
func dropUploads(tx *gorm.DB, ids []int64) ([]string, error) {
	var keys []string
	if err := tx.Model(&part{}).Where("attachment_id IN ?", ids).Pluck("blob_key", &keys).Error; err != nil {
		return nil, fmt.Errorf("read the parts of uploads: %w", err)
	}
	if err := tx.Where("attachment_id IN ?", ids).Delete(&part{}).Error; err != nil {
		return nil, fmt.Errorf("forget the parts of uploads: %w", err)
	}
	if err := tx.Where("id IN ? AND ticket_id IS NULL", ids).Delete(&Attachment{}).Error; err != nil {
		return nil, fmt.Errorf("forget uploads: %w", err)
	}
	return keys, nil
}
