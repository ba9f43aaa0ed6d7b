package migration

import "time"

// The structs below are frozen: they say what the tables looked like when this
// migration was written, and are never changed afterwards.

type user0001 struct {
	ID              int64      `gorm:"primaryKey;autoIncrement"`
	Username        string     `gorm:"size:150;not null"`
	UsernameKey     string     `gorm:"size:191;not null;uniqueIndex:idx_users_username"`
	Email           string     `gorm:"size:254;not null"`
	EmailKey        string     `gorm:"size:254;not null;uniqueIndex:idx_users_email"`
	FullName        string     `gorm:"size:300;not null;default:''"`
	FirstName       string     `gorm:"size:150;not null;default:''"`
	LastName        string     `gorm:"size:150;not null;default:''"`
	Department      string     `gorm:"size:150;not null;default:''"`
	Phone           string     `gorm:"size:50;not null;default:''"`
	SearchKey       string     `gorm:"size:1200;not null;default:''"`
	Role            string     `gorm:"size:16;not null;index:idx_users_role,priority:1"`
	IsActive        bool       `gorm:"not null;index:idx_users_role,priority:2"`
	EmailVerified   bool       `gorm:"not null"`
	PasswordHash    string     `gorm:"size:255;not null;default:''"`
	TokenVersion    int64      `gorm:"not null;default:1"`
	Version         int64      `gorm:"not null;default:1"`
	CreatedAt       time.Time  `gorm:"precision:6;not null"`
	UpdatedAt       time.Time  `gorm:"precision:6;not null"`
	LastLoginAt     *time.Time `gorm:"precision:6"`
	AnonymisedAt    *time.Time `gorm:"precision:6"`
	PendingPassword bool       `gorm:"not null;default:false"`
	PendingLink     bool       `gorm:"not null;default:false"`
	AdminGuard      int64      `gorm:"not null;default:0"`
}

func (user0001) TableName() string { return "users" }

type session0001 struct {
	ID        int64      `gorm:"primaryKey;autoIncrement"`
	UserID    int64      `gorm:"not null;index:idx_sessions_user"`
	CreatedAt time.Time  `gorm:"precision:6;not null"`
	ExpiresAt time.Time  `gorm:"precision:6;not null;index:idx_sessions_expires"`
	RevokedAt *time.Time `gorm:"precision:6"`
}

func (session0001) TableName() string { return "sessions" }

type refreshToken0001 struct {
	Hash      string     `gorm:"size:64;primaryKey"`
	SessionID int64      `gorm:"not null;index:idx_refresh_tokens_session"`
	CreatedAt time.Time  `gorm:"precision:6;not null"`
	UsedAt    *time.Time `gorm:"precision:6;index:idx_refresh_tokens_used"`
}

func (refreshToken0001) TableName() string { return "refresh_tokens" }

type oneTimeToken0001 struct {
	Hash      string     `gorm:"size:64;primaryKey"`
	UserID    int64      `gorm:"not null;index:idx_one_time_tokens_user"`
	Purpose   string     `gorm:"size:16;not null"`
	CreatedAt time.Time  `gorm:"precision:6;not null"`
	ExpiresAt time.Time  `gorm:"precision:6;not null;index:idx_one_time_tokens_expires"`
	UsedAt    *time.Time `gorm:"precision:6"`
}

func (oneTimeToken0001) TableName() string { return "one_time_tokens" }

type apiToken0001 struct {
	ID         int64      `gorm:"primaryKey;autoIncrement"`
	UserID     int64      `gorm:"not null;index:idx_api_tokens_user"`
	Name       string     `gorm:"size:100;not null"`
	Prefix     string     `gorm:"size:16;not null"`
	Hash       string     `gorm:"size:64;not null;uniqueIndex:idx_api_tokens_hash"`
	CreatedAt  time.Time  `gorm:"precision:6;not null"`
	LastUsedAt *time.Time `gorm:"precision:6"`
	ExpiresAt  *time.Time `gorm:"precision:6"`
}

func (apiToken0001) TableName() string { return "api_tokens" }

type idempotencyKey0001 struct {
	ID          int64     `gorm:"primaryKey;autoIncrement"`
	Scope       string    `gorm:"size:64;not null;uniqueIndex:idx_idempotency_keys,priority:1"`
	Key         string    `gorm:"column:idem_key;size:255;not null;uniqueIndex:idx_idempotency_keys,priority:2"`
	Fingerprint string    `gorm:"size:64;not null"`
	Status      int       `gorm:"not null"`
	ETag        string    `gorm:"column:etag;size:128;not null;default:''"`
	Body        []byte    `gorm:"type:mediumblob"`
	CreatedAt   time.Time `gorm:"precision:6;not null;index:idx_idempotency_keys_created"`
}

func (idempotencyKey0001) TableName() string { return "idempotency_keys" }

type event0001 struct {
	ID          int64     `gorm:"primaryKey;autoIncrement"`
	Type        string    `gorm:"size:64;not null"`
	SubjectType string    `gorm:"size:32;not null;index:idx_events_subject,priority:1"`
	SubjectID   int64     `gorm:"not null;index:idx_events_subject,priority:2"`
	ActorID     int64     `gorm:"not null"`
	ActorName   string    `gorm:"size:191;not null"`
	CauseID     int64     `gorm:"not null;default:0"`
	Data        string    `gorm:"type:text;not null"`
	CreatedAt   time.Time `gorm:"precision:6;not null"`
}

func (event0001) TableName() string { return "events" }

type job0001 struct {
	ID          int64      `gorm:"primaryKey;autoIncrement"`
	Kind        string     `gorm:"size:64;not null"`
	Payload     string     `gorm:"type:text;not null"`
	UniqueKey   *string    `gorm:"size:191;uniqueIndex:idx_jobs_unique"`
	State       string     `gorm:"size:8;not null;index:idx_jobs_due,priority:1;index:idx_jobs_lease,priority:1"`
	Attempt     int        `gorm:"not null;default:0"`
	MaxAttempts int        `gorm:"not null"`
	RunAt       time.Time  `gorm:"precision:6;not null;index:idx_jobs_due,priority:2"`
	LeaseUntil  *time.Time `gorm:"precision:6;index:idx_jobs_lease,priority:2"`
	LastError   string     `gorm:"type:text;not null"`
	CreatedAt   time.Time  `gorm:"precision:6;not null"`
	FinishedAt  *time.Time `gorm:"precision:6"`
}

func (job0001) TableName() string { return "jobs" }

// ticket0001 has one index per way a list walks: each ends in the column that
// the list is sorted by and the id that breaks ties.
type ticket0001 struct {
	ID           int64      `gorm:"primaryKey;autoIncrement;index:idx_tickets_status,priority:2;index:idx_tickets_priority,priority:2;index:idx_tickets_status_priority,priority:3;index:idx_tickets_assignee,priority:2;index:idx_tickets_assignee_status,priority:3;index:idx_tickets_assignee_priority,priority:3;index:idx_tickets_requester,priority:2;index:idx_tickets_requester_status,priority:3;index:idx_tickets_updated,priority:2;index:idx_tickets_status_updated,priority:3;index:idx_tickets_assignee_updated,priority:3;index:idx_tickets_requester_updated,priority:3;index:idx_tickets_requester_assignee,priority:3"`
	Title        string     `gorm:"size:200;not null"`
	Description  string     `gorm:"type:mediumtext;not null"`
	Status       int        `gorm:"type:smallint;not null;index:idx_tickets_status,priority:1;index:idx_tickets_status_priority,priority:1;index:idx_tickets_assignee_status,priority:2;index:idx_tickets_requester_status,priority:2;index:idx_tickets_status_updated,priority:1"`
	Priority     int        `gorm:"type:smallint;not null;index:idx_tickets_priority,priority:1;index:idx_tickets_status_priority,priority:2;index:idx_tickets_assignee_priority,priority:2"`
	CreatedByID  int64      `gorm:"not null;index:idx_tickets_requester_assignee,priority:1;index:idx_tickets_requester,priority:1;index:idx_tickets_requester_status,priority:1;index:idx_tickets_requester_updated,priority:1"`
	AssignedToID *int64     `gorm:"index:idx_tickets_requester_assignee,priority:2;index:idx_tickets_assignee,priority:1;index:idx_tickets_assignee_status,priority:1;index:idx_tickets_assignee_priority,priority:1;index:idx_tickets_assignee_updated,priority:1"`
	CommentCount int        `gorm:"not null;default:0"`
	Version      int64      `gorm:"not null;default:1"`
	CreatedAt    time.Time  `gorm:"precision:6;not null"`
	UpdatedAt    time.Time  `gorm:"precision:6;not null;index:idx_tickets_updated,priority:1;index:idx_tickets_status_updated,priority:2;index:idx_tickets_assignee_updated,priority:2;index:idx_tickets_requester_updated,priority:2"`
	ResolvedAt   *time.Time `gorm:"precision:6"`
	ClosedAt     *time.Time `gorm:"precision:6"`
}

func (ticket0001) TableName() string { return "tickets" }

// comment0001 repeats the ticket's requester and assignee, so that the comments
// of all tickets a person sees can be listed newest first along an index.
type comment0001 struct {
	ID              int64     `gorm:"primaryKey;autoIncrement;index:idx_comments_ticket,priority:2;index:idx_comments_requester,priority:2;index:idx_comments_assignee,priority:2"`
	TicketID        int64     `gorm:"not null;index:idx_comments_ticket,priority:1"`
	AuthorID        int64     `gorm:"not null"`
	Content         string    `gorm:"type:mediumtext;not null"`
	IsSystemMessage bool      `gorm:"not null"`
	TicketRequester int64     `gorm:"not null;index:idx_comments_requester,priority:1"`
	TicketAssignee  *int64    `gorm:"index:idx_comments_assignee,priority:1"`
	Version         int64     `gorm:"not null;default:1"`
	CreatedAt       time.Time `gorm:"precision:6;not null"`
	UpdatedAt       time.Time `gorm:"precision:6;not null"`
}

func (comment0001) TableName() string { return "comments" }

type ticketText0001 struct {
	TicketID int64  `gorm:"primaryKey;autoIncrement:false"`
	Folded   string `gorm:"type:mediumtext;not null"`
}

func (ticketText0001) TableName() string { return "ticket_texts" }

// ticketCount0001 counts tickets by status and priority for one person or for
// all; slot spreads a busy counter over several rows.
type ticketCount0001 struct {
	Scope    int   `gorm:"primaryKey;autoIncrement:false;type:smallint"`
	Ref      int64 `gorm:"primaryKey;autoIncrement:false"`
	Status   int   `gorm:"primaryKey;autoIncrement:false;type:smallint"`
	Priority int   `gorm:"primaryKey;autoIncrement:false;type:smallint"`
	Slot     int   `gorm:"primaryKey;autoIncrement:false;type:smallint"`
	N        int64 `gorm:"not null"`
}

func (ticketCount0001) TableName() string { return "ticket_counts" }

type ticketDay0001 struct {
	Day  string `gorm:"primaryKey;size:10"`
	Kind string `gorm:"primaryKey;size:8"`
	Slot int    `gorm:"primaryKey;autoIncrement:false;type:smallint"`
	N    int64  `gorm:"not null"`
}

func (ticketDay0001) TableName() string { return "ticket_days" }

// importRecord0001 remembers what a source's record became, so that running an
// import again takes nothing twice.
type importRecord0001 struct {
	Source    string    `gorm:"primaryKey;size:128"`
	RecordKey string    `gorm:"primaryKey;size:191"`
	Noun      string    `gorm:"size:16;not null"`
	ObjectID  int64     `gorm:"not null"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
}

func (importRecord0001) TableName() string { return "import_records" }

func desk() step {
	return step{
		version: 1,
		tables: []any{
			&user0001{}, &session0001{}, &refreshToken0001{}, &oneTimeToken0001{}, &apiToken0001{},
			&idempotencyKey0001{}, &event0001{}, &job0001{}, &ticket0001{}, &comment0001{},
			&ticketText0001{}, &ticketCount0001{}, &ticketDay0001{}, &importRecord0001{},
		},
		textIndexes: []string{"ticket_grams"},
	}
}
