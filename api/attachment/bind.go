package attachment

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Target is what files are bound to: a comment or a note of a ticket, or, with
// neither, its description.
type Target struct {
	TicketID  int64
	CommentID *int64
	NoteID    *int64
	// Later says that the target was there before its files.
	Later bool
}

// Field is the name of the field that requests name files in.
const Field = "attachment_ids"

// ReadIDs takes the ids of files from a body; nil when there are none.
func ReadIDs(b *web.Body) []int64 { return b.IDs(Field, MaxCount) }

// Bind gives uploads of the actor's own to what they were sent with, in the
// transaction that writes it. Files that it has already stay as they are.
func Bind(tx *event.Tx, by authz.Actor, ids []int64, to Target) error {
	if len(ids) == 0 {
		return nil
	}
	found, err := take(tx.DB, by, ids)
	if err != nil {
		return err
	}
	var bound []int64
	for _, a := range found {
		if a.TicketID != nil && *a.TicketID == to.TicketID && same(a.CommentID, to.CommentID) && same(a.NoteID, to.NoteID) {
			continue
		}
		if a.bound() || a.MessageID != nil || a.OwnerID != by.ID || by.ID == 0 {
			return unusable(a.ID)
		}
		change := map[string]any{
			"ticket_id": to.TicketID, "comment_id": to.CommentID, "note_id": to.NoteID, "expires_at": nil,
			"version": a.Version + 1, "updated_at": tx.Now,
		}
		res := tx.Model(&Attachment{}).Where("id = ? AND version = ? AND ticket_id IS NULL", a.ID, a.Version).Updates(change)
		if res.Error != nil {
			return fmt.Errorf("bind attachment %d: %w", a.ID, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		bound = append(bound, a.ID)
	}
	if len(bound) == 0 {
		return nil
	}
	var n int64
	if err := of(tx.DB, to).Model(&Attachment{}).Count(&n).Error; err != nil {
		return fmt.Errorf("count the files of ticket %d: %w", to.TicketID, err)
	}
	if n > MaxCount {
		return fault.Field(Field, "There may be at most %d files.", MaxCount)
	}
	kind := Added
	if to.NoteID != nil {
		kind = noteAdded
	}
	return tx.Emit(kind, subject, to.TicketID, Ref{AttachmentIDs: bound, CommentID: to.CommentID, NoteID: to.NoteID, Later: to.Later})
}

func unusable(id int64) error {
	return fault.Field(Field, "There is no upload %d of yours that can be sent; it may have expired, or have been sent already.", id)
}

func same(a, b *int64) bool { return (a == nil && b == nil) || (a != nil && b != nil && *a == *b) }

// take reads files that are complete, in the order of their ids.
func take(tx *gorm.DB, by authz.Actor, ids []int64) ([]Attachment, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids) // so that transactions lock in one order
	ids = slices.Compact(ids)
	if len(ids) > MaxCount {
		return nil, fault.Field(Field, "There may be at most %d files.", MaxCount)
	}
	var found []Attachment
	if err := tx.Where("id IN ?", ids).Order("id").Find(&found).Error; err != nil {
		return nil, fmt.Errorf("read the files to bind: %w", err)
	}
	for i, id := range ids {
		if i >= len(found) || found[i].ID != id || (found[i].OwnerID != by.ID && !found[i].bound()) {
			return nil, unusable(id)
		}
		if !found[i].complete() {
			return nil, fault.Field(Field, "Upload %d is not complete.", id)
		}
	}
	blobs, err := blobsOf(tx, found)
	if err != nil {
		return nil, err
	}
	for _, a := range found {
		if !a.bound() && blobs[*a.SHA256].Scan == Infected {
			return nil, fault.Field(Field, "A virus was found in %s.", a.Name)
		}
	}
	return found, nil
}

// of narrows a query to the files of one target.
func of(tx *gorm.DB, t Target) *gorm.DB {
	switch {
	case t.CommentID != nil:
		return tx.Where("comment_id = ?", *t.CommentID)
	case t.NoteID != nil:
		return tx.Where("note_id = ?", *t.NoteID)
	}
	return tx.Where("ticket_id = ? AND comment_id IS NULL AND note_id IS NULL", t.TicketID)
}

// Hold keeps uploads of the actor's own for a message that waits to be sent.
func Hold(tx *event.Tx, by authz.Actor, ids []int64, messageID int64) error {
	if len(ids) == 0 {
		return nil
	}
	found, err := take(tx.DB, by, ids)
	if err != nil {
		return err
	}
	for _, a := range found {
		if a.bound() || a.MessageID != nil {
			return unusable(a.ID)
		}
		res := tx.Model(&Attachment{}).Where("id = ? AND version = ? AND ticket_id IS NULL", a.ID, a.Version).Updates(map[string]any{
			"message_id": messageID, "expires_at": nil, "version": a.Version + 1, "updated_at": tx.Now,
		})
		if res.Error != nil {
			return fmt.Errorf("hold attachment %d: %w", a.ID, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
	}
	return nil
}

// Unhold gives the files of a message back to their owner, to be bound or to be
// sent with another one, and returns their ids.
func Unhold(tx *event.Tx, messageID int64) ([]int64, error) {
	ids, err := Held(tx.DB, messageID)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	err = tx.Model(&Attachment{}).Where("message_id = ?", messageID).Updates(map[string]any{
		"message_id": nil, "expires_at": tx.Now.Add(keep), "version": gorm.Expr("version + 1"), "updated_at": tx.Now,
	}).Error
	if err != nil {
		return nil, fmt.Errorf("give back the files of message %d: %w", messageID, err)
	}
	return ids, nil
}

// Held returns the ids of the files of a message.
func Held(tx *gorm.DB, messageID int64) ([]int64, error) {
	ids := []int64{}
	if err := tx.Model(&Attachment{}).Where("message_id = ?", messageID).Order("id").Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("read the files of message %d: %w", messageID, err)
	}
	return ids, nil
}

// GiveBack makes the files of a note that is deleted uploads of their owners again,
// so that whoever takes the deletion back can send them once more.
func GiveBack(tx *event.Tx, noteID int64) error {
	err := tx.Model(&Attachment{}).Where("note_id = ?", noteID).Updates(map[string]any{
		"ticket_id": nil, "note_id": nil, "expires_at": tx.Now.Add(keep), "version": gorm.Expr("version + 1"), "updated_at": tx.Now,
	}).Error
	if err != nil {
		return fmt.Errorf("give back the files of note %d: %w", noteID, err)
	}
	return nil
}

// Drop takes away the files of a comment that is deleted.
func Drop(tx *gorm.DB, t Target) error {
	if err := of(tx, t).Delete(&Attachment{}).Error; err != nil {
		return fmt.Errorf("delete the files of ticket %d: %w", t.TicketID, err)
	}
	return nil
}

// Forget takes away the files of a ticket that is gone for good.
func Forget(tx *event.Tx, e event.Event) error {
	if err := tx.Where("ticket_id = ?", e.SubjectID).Delete(&Attachment{}).Error; err != nil {
		return fmt.Errorf("delete the files of ticket %d: %w", e.SubjectID, err)
	}
	return nil
}

// Listed is an attachment with its content.
type Listed struct {
	Attachment
	Blob Blob
}

// Of lists the files of a ticket's description and comments, in the order in
// which they came, and, with notes, those of its internal notes.
func Of(tx *gorm.DB, ticketID int64, notes bool) ([]Listed, error) {
	q := tx.Where("ticket_id = ?", ticketID)
	if !notes {
		q = q.Where("note_id IS NULL")
	}
	return list(tx, q)
}

// OfComments lists the files of comments.
func OfComments(tx *gorm.DB, ids ...int64) ([]Listed, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return list(tx, tx.Where("comment_id IN ?", ids))
}

// OfNotes lists the files of internal notes.
func OfNotes(tx *gorm.DB, ids ...int64) ([]Listed, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return list(tx, tx.Where("note_id IN ?", ids))
}

func list(tx, q *gorm.DB) ([]Listed, error) {
	var rows []Attachment
	if err := q.Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list attachments: %w", err)
	}
	blobs, err := blobsOf(tx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Listed, len(rows))
	for i, a := range rows {
		out[i].Attachment = a
		if a.SHA256 != nil {
			out[i].Blob = blobs[*a.SHA256]
		}
	}
	return out, nil
}

func blobsOf(tx *gorm.DB, rows []Attachment) (map[string]Blob, error) {
	var sums []string
	for _, a := range rows {
		if a.SHA256 != nil {
			sums = append(sums, *a.SHA256)
		}
	}
	out := make(map[string]Blob, len(sums))
	if len(sums) == 0 {
		return out, nil
	}
	var found []Blob
	if err := tx.Where("sha256 IN ?", sums).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("read contents: %w", err)
	}
	for _, b := range found {
		out[b.SHA256] = b
	}
	return out, nil
}

// Carry takes the files of comments and notes along to the ticket that these were
// moved to.
func Carry(tx *event.Tx, comments, notes []int64, ticketID int64) error {
	for column, ids := range map[string][]int64{"comment_id": comments, "note_id": notes} {
		if len(ids) == 0 {
			continue
		}
		err := tx.Model(&Attachment{}).Where(column+" IN ?", ids).
			Updates(map[string]any{"ticket_id": ticketID, "version": gorm.Expr("version + 1"), "updated_at": tx.Now}).Error
		if err != nil {
			return fmt.Errorf("carry files to ticket %d: %w", ticketID, err)
		}
	}
	return nil
}

// Quote gives the files of a ticket's description to the comment of another
// ticket that repeats it; Unquote gives them back.
func Quote(tx *event.Tx, from, to, comment int64) error {
	return rebind(tx, of(tx.DB, Target{TicketID: from}), to, &comment)
}

// Unquote takes back what Quote did.
func Unquote(tx *event.Tx, from, comment int64) error {
	return rebind(tx, of(tx.DB, Target{CommentID: &comment}), from, nil)
}

func rebind(tx *event.Tx, q *gorm.DB, ticketID int64, comment *int64) error {
	err := q.Model(&Attachment{}).Updates(map[string]any{
		"ticket_id": ticketID, "comment_id": comment, "version": gorm.Expr("version + 1"), "updated_at": tx.Now,
	}).Error
	if err != nil {
		return fmt.Errorf("give files to ticket %d: %w", ticketID, err)
	}
	return nil
}
