package migration

import "time"

// mailOut0081 says that a delivery report came about a mail, and finds the mail of a
// comment, wherever that was moved to.
type mailOut0081 struct {
	CommentID    *int64     `gorm:"index:idx_mail_outbox_comment"`
	BouncedAt    *time.Time `gorm:"precision:6"`
	BounceStatus string     `gorm:"size:20;not null;default:''"`
}

func (mailOut0081) TableName() string { return "mail_outbox" }

type mailMessage0081 struct {
	CommentID *int64 `gorm:"index:idx_mail_messages_comment"`
}

func (mailMessage0081) TableName() string { return "mail_messages" }

func mailDelivery() step {
	return step{
		version: 81,
		columns: []column{{&mailOut0081{}, "BouncedAt"}, {&mailOut0081{}, "BounceStatus"}},
		indexes: []column{{&mailOut0081{}, "idx_mail_outbox_comment"}, {&mailMessage0081{}, "idx_mail_messages_comment"}},
	}
}
