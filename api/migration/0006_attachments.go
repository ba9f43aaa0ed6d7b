package migration

import "time"

// attachment0006 is a file that somebody sent, bound to what it belongs to. Its
// content is a row of its own, shared by all that have the same.
type attachment0006 struct {
	ID        int64      `gorm:"primaryKey;autoIncrement;index:idx_attachments_ticket,priority:2"`
	OwnerID   int64      `gorm:"not null;index:idx_attachments_owner,priority:1"`
	TicketID  *int64     `gorm:"index:idx_attachments_ticket,priority:1"`
	CommentID *int64     `gorm:"index:idx_attachments_comment"`
	NoteID    *int64     `gorm:"index:idx_attachments_note"`
	MessageID *int64     `gorm:"index:idx_attachments_message"`
	Name      string     `gorm:"size:255;not null"`
	Size      int64      `gorm:"not null"`
	Received  int64      `gorm:"not null;default:0"`
	MediaType string     `gorm:"size:127;not null;default:''"`
	SHA256    *string    `gorm:"column:sha256;size:64;index:idx_attachments_sha256"`
	Version   int64      `gorm:"not null;default:1"`
	CreatedAt time.Time  `gorm:"precision:6;not null"`
	UpdatedAt time.Time  `gorm:"precision:6;not null"`
	ExpiresAt *time.Time `gorm:"precision:6;index:idx_attachments_expires;index:idx_attachments_owner,priority:2"`
}

func (attachment0006) TableName() string { return "attachments" }

type attachmentBlob0006 struct {
	SHA256    string    `gorm:"column:sha256;primaryKey;size:64"`
	BlobKey   string    `gorm:"size:160;not null"`
	Size      int64     `gorm:"not null"`
	Width     int       `gorm:"not null;default:0"`
	Height    int       `gorm:"not null;default:0"`
	Scan      string    `gorm:"size:10;not null;default:'';index:idx_attachment_blobs_scan"`
	ScanWord  string    `gorm:"size:255;not null;default:''"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
	TouchedAt time.Time `gorm:"precision:6;not null;index:idx_attachment_blobs_touched"`
}

func (attachmentBlob0006) TableName() string { return "attachment_blobs" }

// attachmentPart0006 is what has come of an upload that is not complete.
type attachmentPart0006 struct {
	AttachmentID int64  `gorm:"primaryKey;autoIncrement:false"`
	Start        int64  `gorm:"primaryKey;autoIncrement:false"`
	Size         int64  `gorm:"not null"`
	BlobKey      string `gorm:"size:160;not null"`
}

func (attachmentPart0006) TableName() string { return "attachment_parts" }

func attachments() step {
	return step{version: 6, tables: []any{&attachment0006{}, &attachmentBlob0006{}, &attachmentPart0006{}}}
}
