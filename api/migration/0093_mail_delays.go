package migration

import "time"

// mailOut0093 says that a delivery report came about a mail that has not arrived yet.
type mailOut0093 struct {
	DelayedAt *time.Time `gorm:"precision:6"`
}

func (mailOut0093) TableName() string { return "mail_outbox" }

func mailDelays() step {
	return step{version: 93, columns: []column{{&mailOut0093{}, "DelayedAt"}}}
}
