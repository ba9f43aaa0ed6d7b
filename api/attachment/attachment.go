// Package attachment keeps the files that people send with tickets, comments
// and notes. A file is uploaded first, by somebody for whom alone it is; the
// transaction that writes the ticket, the comment or the note binds it, and from
// then on whoever may read that may read the file.
package attachment

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// Attachment is a file with a name. Until it is bound it belongs to its owner
// alone and expires.
type Attachment struct {
	ID        int64
	OwnerID   int64
	TicketID  *int64 // nil until it is bound
	CommentID *int64 // of a comment, or
	NoteID    *int64 // of an internal note, or of the ticket's description
	MessageID *int64 // of a message that waits to be sent
	Name      string
	Size      int64 // as announced
	Received  int64 // what has come of it
	MediaType string
	SHA256    *string `gorm:"column:sha256"` // nil until all of it is there
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
	ExpiresAt *time.Time
}

// TableName names the table for GORM.
func (Attachment) TableName() string { return "attachments" }

func (a *Attachment) complete() bool { return a.SHA256 != nil }
func (a *Attachment) bound() bool    { return a.TicketID != nil }

// Blob is the content of all attachments with the same one. BlobKey is where it
// lies in the store: each time a content comes anew it gets a new key, so that
// taking away an old one cannot hit it.
type Blob struct {
	SHA256    string `gorm:"column:sha256;primaryKey"`
	BlobKey   string
	Size      int64
	Width     int // of an image, else 0
	Height    int
	Scan      Scan
	ScanWord  string // what the scanner said
	CreatedAt time.Time
	TouchedAt time.Time // when it was last needed
}

// TableName names the table for GORM.
func (Blob) TableName() string { return "attachment_blobs" }

// part is a piece of an upload that is not complete.
type part struct {
	AttachmentID int64 `gorm:"primaryKey;autoIncrement:false"`
	Start        int64 `gorm:"primaryKey;autoIncrement:false"`
	Size         int64
	BlobKey      string
}

func (part) TableName() string { return "attachment_parts" }

// Scan is what a virus scanner has to do with a content, or did.
type Scan string

// The states of a scan.
const (
	Unscanned Scan = "" // there is no scanner
	Pending   Scan = "pending"
	Clean     Scan = "clean"
	Infected  Scan = "infected"
	Failed    Scan = "failed" // the scanner refuses to look at it
)

// Limits are what an installation allows.
type Limits struct {
	MaxSize int64    // bytes of one file
	Allowed []string // media types such as image/* ; none for any
	Denied  []string
}

// The limits that nobody has to choose.
const (
	MaxCount  = 20             // files of one ticket's description, comment or note
	keep      = 24 * time.Hour // how long an upload waits to be bound
	maxOwn    = 100            // uploads of one person that wait
	maxOwnBig = 20             // of the largest size
	maxParts  = 1000
	grace     = 24 * time.Hour // how long what nobody needs is kept
)

// What this package announces; the subject is the ticket. What is about notes
// begins as the events of notes do.
const (
	Added       = "attachment.added"
	Removed     = "attachment.removed"
	noteAdded   = "note.attachment_added"
	noteRemoved = "note.attachment_removed"
)

const subject = "ticket"

// Ref is the data of this package's events.
type Ref struct {
	AttachmentIDs []int64 `json:"attachment_ids"`
	CommentID     *int64  `json:"comment_id,omitempty"`
	NoteID        *int64  `json:"note_id,omitempty"`
	// Later tells files that were added to what was there from those that came
	// with it.
	Later bool `json:"later,omitempty"`
}

var (
	errMissing  = fault.Missing("attachment")
	errDenied   = fault.Denied("attachment.denied", "Only people send files.")
	errRemove   = fault.Denied("attachment.remove_denied", "Only whoever sent a file or an administrator may take it away.")
	errChanged  = fault.New(fault.Conflict, "attachment.changed", "This upload was changed at the same moment. Ask for its offset, then go on from there.").Because(db.ErrLostRace)
	errScanning = fault.New(fault.Conflict, "attachment.scanning", "The file is still being checked for viruses. Try again in a moment.")
	errInfected = fault.New(fault.Conflict, "attachment.infected", "A virus was found in the file. Nobody can download it.")
	errUnscaned = fault.New(fault.Conflict, "attachment.scan_failed", "The virus scanner could not check the file, so nobody can download it.")
	errLost     = fault.New(fault.NotFound, "attachment.lost", "The file is not in the store any more. Tell your administrator.")
	errAway     = fault.New(fault.Unavailable, "attachment.store_away", "The store of files does not answer. Try again in a moment.")
	errFull     = fault.New(fault.Unavailable, "attachment.no_space", "The server has no room left for files. Tell your administrator; nothing was kept.")
)

// Gate reports why an actor does not see a ticket.
type Gate func(tx *gorm.DB, by authz.Actor, ticketID int64) error

// Deps is what the service is made of.
type Deps struct {
	DB      *db.DB
	Bus     *event.Bus
	Clock   clock.Clock
	Store   blob.Store
	Spool   string // a folder for what is under way
	Limits  Limits
	Scanner Scanner // nil for none
	Gate    Gate
}

// Service holds the verbs of attachments.
type Service struct {
	Deps
	drawing chan struct{} // who draws thumbnails, for their memory's sake one at a time
}

// New returns the service.
func New(d Deps) *Service { return &Service{Deps: d, drawing: make(chan struct{}, 1)} }

// canRead is the rule: one's own until it is bound; then whoever sees the ticket,
// except that files of internal notes are for those who read these.
func (s *Service) canRead(tx *gorm.DB, by authz.Actor, a *Attachment) error {
	if !a.bound() {
		if by.ID == 0 || by.ID != a.OwnerID {
			return errMissing
		}
		return nil
	}
	if a.NoteID != nil && !by.Can(authz.NoteRead) {
		return errMissing
	}
	err := s.Gate(tx, by, *a.TicketID)
	if fault.Is(err, fault.NotFound) {
		return errMissing
	}
	return err
}

func canRemove(by authz.Actor, a *Attachment) bool {
	return by.Can(authz.CommentModify) || (by.ID != 0 && by.ID == a.OwnerID)
}

// readable returns an attachment that the actor may read.
func (s *Service) readable(tx *gorm.DB, by authz.Actor, id int64) (Attachment, error) {
	var a Attachment
	err := tx.Take(&a, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return a, errMissing
	}
	if err != nil {
		return a, fmt.Errorf("read attachment %d: %w", id, err)
	}
	return a, s.canRead(tx, by, &a)
}

// obstacle returns why a content may not be handed out, or nil. Without a
// scanner nobody waits for one; with one, what came before it waits.
func (s *Service) obstacle(b Blob) error {
	switch b.Scan {
	case Infected:
		return errInfected
	case Failed:
		return errUnscaned
	case Pending, Unscanned:
		if s.Scanner != nil {
			return errScanning
		}
	case Clean:
	}
	return nil
}
