package migration

import "time"

type mailbox0055 struct {
	ID             int64      `gorm:"primaryKey;autoIncrement"`
	Name           string     `gorm:"size:100;not null"`
	Address        string     `gorm:"size:254;not null"`
	AddressKey     string     `gorm:"size:254;not null;uniqueIndex:idx_mailboxes_address"`
	Active         bool       `gorm:"not null"`
	Source         string     `gorm:"size:8;not null"`
	Host           string     `gorm:"size:255;not null"`
	Port           int        `gorm:"not null"`
	Security       string     `gorm:"size:10;not null"`
	Username       string     `gorm:"size:254;not null"`
	Auth           string     `gorm:"size:10;not null"`
	Secret         string     `gorm:"type:text;not null"`
	OAuthTokenURL  string     `gorm:"column:oauth_token_url;size:500;not null"`
	OAuthClientID  string     `gorm:"column:oauth_client_id;size:255;not null"`
	OAuthSecret    string     `gorm:"column:oauth_secret;type:text;not null"`
	Folder         string     `gorm:"size:255;not null"`
	CategoryID     *int64     `gorm:""`
	TeamID         *int64     `gorm:""`
	SenderName     string     `gorm:"size:100;not null"`
	Language       string     `gorm:"size:8;not null"`
	UnknownSenders string     `gorm:"size:8;not null"`
	SenderCap      int        `gorm:"not null"`
	PlusAddress    bool       `gorm:"not null"`
	CatchAll       bool       `gorm:"not null"`
	Acknowledge    bool       `gorm:"not null"`
	UIDValidity    int64      `gorm:"column:uid_validity;not null"`
	LastUID        int64      `gorm:"column:last_uid;not null"`
	LastFetchedAt  *time.Time `gorm:"precision:6"`
	LastError      string     `gorm:"size:500;not null"`
	LastErrorAt    *time.Time `gorm:"precision:6"`
	LeaseOwner     string     `gorm:"size:40;not null"`
	LeaseUntil     *time.Time `gorm:"precision:6"`
	Version        int64      `gorm:"not null;default:1"`
	CreatedAt      time.Time  `gorm:"precision:6;not null"`
	UpdatedAt      time.Time  `gorm:"precision:6;not null"`
}

func (mailbox0055) TableName() string { return "mailboxes" }

// mailMessage0055 keeps a small message in its row, so that one transaction and
// one write to the disk take it in; a large one lies in the store of files.
type mailMessage0055 struct {
	ID           int64      `gorm:"primaryKey;autoIncrement;index:idx_mail_messages_box_state,priority:3;index:idx_mail_messages_box,priority:2;index:idx_mail_messages_state,priority:2;index:idx_mail_messages_ticket,priority:2"`
	MailboxID    int64      `gorm:"not null;uniqueIndex:idx_mail_messages_hash,priority:1;index:idx_mail_messages_box_state,priority:1;index:idx_mail_messages_box,priority:1"`
	Hash         string     `gorm:"size:64;not null;uniqueIndex:idx_mail_messages_hash,priority:2;index:idx_mail_messages_id"`
	MessageID    string     `gorm:"type:text;not null"`
	State        string     `gorm:"size:10;not null;index:idx_mail_messages_state,priority:1;index:idx_mail_messages_due,priority:1;index:idx_mail_messages_box_state,priority:2"`
	Reason       string     `gorm:"size:40;not null"`
	ReasonText   string     `gorm:"size:1000;not null"`
	FromName     string     `gorm:"size:300;not null"`
	FromAddress  string     `gorm:"size:320;not null"`
	FromKey      string     `gorm:"size:64;not null;index:idx_mail_messages_from,priority:1"`
	Subject      string     `gorm:"size:1000;not null"`
	Size         int64      `gorm:"not null"`
	Raw          []byte     `gorm:"type:longblob"`
	BlobKey      string     `gorm:"size:200;not null"`
	EnvelopeFrom string     `gorm:"size:320;not null"`
	EnvelopeTo   string     `gorm:"type:text;not null"`
	Source       string     `gorm:"size:8;not null"`
	Auto         string     `gorm:"size:10;not null"`
	TicketID     *int64     `gorm:"index:idx_mail_messages_ticket,priority:1"`
	CommentID    *int64     `gorm:""`
	Trace        string     `gorm:"type:text;not null"`
	Attempts     int        `gorm:"not null"`
	NextAt       time.Time  `gorm:"precision:6;not null;index:idx_mail_messages_due,priority:2"`
	ReceivedAt   time.Time  `gorm:"precision:6;not null;index:idx_mail_messages_from,priority:2"`
	ProcessedAt  *time.Time `gorm:"precision:6"`
	Version      int64      `gorm:"not null;default:1"`
}

func (mailMessage0055) TableName() string { return "mail_messages" }

func mailIn() step {
	return step{version: 55, tables: []any{&mailbox0055{}, &mailMessage0055{}}}
}
