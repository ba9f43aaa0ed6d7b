package migration

import "time"

// mailOut0056 keeps who is to be told of what. What a mail says is written when it
// is sent, so that nothing is told that has been taken back.
type mailOut0056 struct {
	ID         int64      `gorm:"primaryKey;autoIncrement;index:idx_mail_outbox_state,priority:2;index:idx_mail_outbox_ticket,priority:2"`
	EventID    int64      `gorm:"not null;uniqueIndex:idx_mail_outbox_once,priority:1"`
	Kind       string     `gorm:"size:20;not null;uniqueIndex:idx_mail_outbox_once,priority:3"`
	ToKey      string     `gorm:"size:64;not null;uniqueIndex:idx_mail_outbox_once,priority:2;index:idx_mail_outbox_to,priority:1"`
	ToAddress  string     `gorm:"size:320;not null"`
	UserID     *int64     `gorm:""`
	MailboxID  *int64     `gorm:""`
	TicketID   int64      `gorm:"not null;index:idx_mail_outbox_ticket,priority:1"`
	CommentID  *int64     `gorm:""`
	MessageID  string     `gorm:"size:190;not null"`
	Answers    string     `gorm:"type:text;not null"`
	State      string     `gorm:"size:10;not null;index:idx_mail_outbox_state,priority:1;index:idx_mail_outbox_due,priority:1"`
	Reason     string     `gorm:"size:40;not null"`
	LastError  string     `gorm:"size:500;not null"`
	Attempts   int        `gorm:"not null"`
	NextAt     time.Time  `gorm:"precision:6;not null;index:idx_mail_outbox_due,priority:2"`
	CreatedAt  time.Time  `gorm:"precision:6;not null;index:idx_mail_outbox_to,priority:2"`
	FinishedAt *time.Time `gorm:"precision:6"`
	Version    int64      `gorm:"not null;default:1"`
}

func (mailOut0056) TableName() string { return "mail_outbox" }

type mailTemplate0056 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement"`
	MailboxID int64     `gorm:"not null;uniqueIndex:idx_mail_templates_key,priority:1"`
	Kind      string    `gorm:"size:20;not null;uniqueIndex:idx_mail_templates_key,priority:2"`
	Language  string    `gorm:"size:8;not null;uniqueIndex:idx_mail_templates_key,priority:3"`
	Subject   string    `gorm:"size:500;not null"`
	Text      string    `gorm:"type:text;not null"`
	HTML      string    `gorm:"column:html;type:text;not null"`
	Version   int64     `gorm:"not null;default:1"`
	UpdatedAt time.Time `gorm:"precision:6;not null"`
}

func (mailTemplate0056) TableName() string { return "mail_templates" }

// mailAddress0056 keeps how mail to an address fares, once some did not arrive.
type mailAddress0056 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement"`
	ToKey     string    `gorm:"size:64;not null;uniqueIndex:idx_mail_addresses_key"`
	Address   string    `gorm:"size:320;not null"`
	State     string    `gorm:"size:8;not null"`
	Bounces   int       `gorm:"not null"`
	Status    string    `gorm:"size:20;not null"`
	Reason    string    `gorm:"size:300;not null"`
	UpdatedAt time.Time `gorm:"precision:6;not null"`
}

func (mailAddress0056) TableName() string { return "mail_addresses" }

type mailDomain0056 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement"`
	Domain    string    `gorm:"size:191;not null;uniqueIndex:idx_mail_domains_domain"`
	Selector  string    `gorm:"size:63;not null"`
	Key       string    `gorm:"column:private_key;type:text;not null"`
	PublicKey string    `gorm:"type:text;not null"`
	Active    bool      `gorm:"not null"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
}

func (mailDomain0056) TableName() string { return "mail_domains" }

func mailOut() step {
	return step{version: 56, tables: []any{&mailOut0056{}, &mailTemplate0056{}, &mailAddress0056{}, &mailDomain0056{}}}
}
