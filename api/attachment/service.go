package attachment

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// Get returns an attachment that the actor may read.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Listed, error) {
	tx := s.DB.Read(ctx)
	a, err := s.readable(tx, by, id)
	if err != nil {
		return Listed{}, err
	}
	return s.withBlob(tx, a)
}

func (s *Service) withBlob(tx *gorm.DB, a Attachment) (Listed, error) {
	blobs, err := blobsOf(tx, []Attachment{a})
	if err != nil || a.SHA256 == nil {
		return Listed{Attachment: a}, err
	}
	return Listed{a, blobs[*a.SHA256]}, nil
}

// Open opens the content of an attachment that the actor may read.
func (s *Service) Open(ctx context.Context, by authz.Actor, id int64) (Listed, blob.File, error) {
	l, err := s.content(ctx, by, id)
	if err != nil {
		return l, nil, err
	}
	f, err := s.Store.Open(ctx, l.Blob.BlobKey)
	if errors.Is(err, blob.ErrMissing) {
		return l, nil, errLost
	}
	if err != nil {
		return l, nil, storeError(ctx, err)
	}
	return l, f, nil
}

// content returns an attachment whose content may be handed out to the actor.
func (s *Service) content(ctx context.Context, by authz.Actor, id int64) (Listed, error) {
	l, err := s.Get(ctx, by, id)
	if err != nil {
		return l, err
	}
	if !l.complete() {
		return l, fault.New(fault.Conflict, "attachment.incomplete", "The file is still being uploaded.")
	}
	return l, s.obstacle(l.Blob)
}

// List returns the files of a ticket that the actor may read.
func (s *Service) List(ctx context.Context, by authz.Actor, ticketID int64) ([]Listed, error) {
	tx := s.DB.Read(ctx)
	if err := s.Gate(tx, by, ticketID); err != nil {
		return nil, err
	}
	return Of(tx, ticketID, by.Can(authz.NoteRead))
}

// Remove takes away an attachment, or an upload before it is bound.
func (s *Service) Remove(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.takeAway(ctx, by, id, want, s.readable)
}

// Cancel takes back an upload of the actor's own that hangs on nothing yet.
func (s *Service) Cancel(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.takeAway(ctx, by, id, want, s.unfinished)
}

func (s *Service) takeAway(ctx context.Context, by authz.Actor, id int64, want etag.Condition, find func(*gorm.DB, authz.Actor, int64) (Attachment, error)) error {
	var keys []string
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		a, err := find(tx.DB, by, id)
		if err != nil {
			return err
		}
		if !canRemove(by, &a) {
			return errRemove
		}
		if err := want.Check(a.Version); err != nil {
			return err
		}
		if !a.bound() {
			keys, err = dropUploads(tx.DB, []int64{id})
			return err
		}
		res := tx.Where("id = ? AND version = ?", a.ID, a.Version).Delete(&Attachment{})
		if res.Error != nil {
			return fmt.Errorf("delete attachment %d: %w", a.ID, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		kind := Removed
		if a.NoteID != nil {
			kind = noteRemoved
		}
		return tx.Emit(kind, subject, *a.TicketID, Ref{AttachmentIDs: []int64{a.ID}, CommentID: a.CommentID, NoteID: a.NoteID, Later: true})
	})
	if err != nil {
		return err
	}
	return s.Store.Delete(ctx, keys...)
}
