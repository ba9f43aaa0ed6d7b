package migration

import "time"

// mailMessage0076 says when the content of a message was forgotten.
type mailMessage0076 struct {
	State      string     `gorm:"size:10;not null;index:idx_mail_messages_keep,priority:1"`
	PrunedAt   *time.Time `gorm:"precision:6;index:idx_mail_messages_keep,priority:2"`
	ReceivedAt time.Time  `gorm:"precision:6;not null;index:idx_mail_messages_keep,priority:3"`
}

func (mailMessage0076) TableName() string { return "mail_messages" }

// What is forgotten after a while is found by its age.
type mailOut0076 struct {
	CreatedAt time.Time `gorm:"precision:6;not null;index:idx_mail_outbox_created"`
}

func (mailOut0076) TableName() string { return "mail_outbox" }

type notification0076 struct {
	NoteID    *int64    `gorm:"index:idx_notifications_note"`
	CreatedAt time.Time `gorm:"precision:6;not null;index:idx_notifications_created"`
}

func (notification0076) TableName() string { return "notifications" }

type notificationMessage0076 struct {
	CreatedAt time.Time `gorm:"precision:6;not null;index:idx_notification_messages_created"`
}

func (notificationMessage0076) TableName() string { return "notification_messages" }

func keeping() step {
	return step{
		version: 76,
		columns: []column{{&mailMessage0076{}, "PrunedAt"}, {&notification0076{}, "NoteID"}},
		indexes: []column{
			{&mailMessage0076{}, "idx_mail_messages_keep"}, {&mailOut0076{}, "idx_mail_outbox_created"},
			{&notification0076{}, "idx_notifications_note"}, {&notification0076{}, "idx_notifications_created"},
			{&notificationMessage0076{}, "idx_notification_messages_created"},
		},
	}
}
