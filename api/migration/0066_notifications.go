package migration

import "time"

// notification0066 is one row for each person and event. What is to leave by mail
// or push has a time until a message takes it up.
type notification0066 struct {
	ID        int64      `gorm:"primaryKey;autoIncrement"`
	UserID    int64      `gorm:"not null;index:idx_notifications_once,unique,priority:2;index:idx_notifications_list,priority:1;index:idx_notifications_unread,priority:1;index:idx_notifications_ticket,priority:2"`
	EventID   int64      `gorm:"not null;index:idx_notifications_once,unique,priority:1"`
	TicketID  int64      `gorm:"not null;index:idx_notifications_ticket,priority:1"`
	Kind      string     `gorm:"size:12;not null"`
	Type      string     `gorm:"size:64;not null"`
	Internal  bool       `gorm:"not null"`
	ActorID   int64      `gorm:"not null"`
	Detail    string     `gorm:"size:64;not null"`
	CommentID *int64     `gorm:""`
	InApp     bool       `gorm:"not null;index:idx_notifications_list,priority:2"`
	Unread    bool       `gorm:"not null;index:idx_notifications_unread,priority:2"`
	MailAt    *time.Time `gorm:"precision:6;index:idx_notifications_mail_at"`
	MailID    *int64     `gorm:"index:idx_notifications_mail"`
	PushAt    *time.Time `gorm:"precision:6;index:idx_notifications_push_at"`
	PushID    *int64     `gorm:"index:idx_notifications_push"`
	CreatedAt time.Time  `gorm:"precision:6;not null"`
	ReadAt    *time.Time `gorm:"precision:6"`
}

func (notification0066) TableName() string { return "notifications" }

// notificationMessage0066 is one mail or push; which notifications it tells of,
// they say themselves.
type notificationMessage0066 struct {
	ID         int64      `gorm:"primaryKey;autoIncrement"`
	UserID     int64      `gorm:"not null"`
	Channel    string     `gorm:"size:8;not null"`
	MessageID  string     `gorm:"size:40;not null"`
	State      string     `gorm:"size:10;not null;index:idx_notification_messages_due,priority:1"`
	Attempts   int        `gorm:"not null"`
	NextAt     time.Time  `gorm:"precision:6;not null;index:idx_notification_messages_due,priority:2"`
	Done       string     `gorm:"type:text;not null"`
	LastError  string     `gorm:"size:500;not null"`
	CreatedAt  time.Time  `gorm:"precision:6;not null"`
	FinishedAt *time.Time `gorm:"precision:6"`
}

func (notificationMessage0066) TableName() string { return "notification_messages" }

type notificationSetting0066 struct {
	UserID    int64     `gorm:"primaryKey;autoIncrement:false"`
	Kinds     string    `gorm:"type:text;not null"`
	QuietFrom *int      `gorm:""`
	QuietTo   *int      `gorm:""`
	DigestAt  int       `gorm:"not null"`
	Version   int64     `gorm:"not null;default:1"`
	UpdatedAt time.Time `gorm:"precision:6;not null"`
}

func (notificationSetting0066) TableName() string { return "notification_settings" }

// pushKey0066 has one row: who the desk is for the services that push.
type pushKey0066 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement:false"`
	Public    string    `gorm:"size:120;not null"`
	Private   string    `gorm:"size:200;not null"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
}

func (pushKey0066) TableName() string { return "push_keys" }

type pushSubscription0066 struct {
	ID           int64      `gorm:"primaryKey;autoIncrement"`
	UserID       int64      `gorm:"not null;index:idx_push_subscriptions_user"`
	EndpointHash string     `gorm:"size:64;not null;uniqueIndex:idx_push_subscriptions_endpoint"`
	Endpoint     string     `gorm:"type:text;not null"`
	P256dh       string     `gorm:"column:p256dh;size:120;not null"`
	Auth         string     `gorm:"size:120;not null"`
	Device       string     `gorm:"size:200;not null"`
	CreatedAt    time.Time  `gorm:"precision:6;not null"`
	LastAt       *time.Time `gorm:"precision:6"`
}

func (pushSubscription0066) TableName() string { return "push_subscriptions" }

func notifications() step {
	return step{version: 66, tables: []any{
		&notification0066{}, &notificationMessage0066{}, &notificationSetting0066{}, &pushKey0066{}, &pushSubscription0066{},
	}}
}
