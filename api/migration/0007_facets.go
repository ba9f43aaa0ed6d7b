package migration

import "time"

// tag0007 keeps the names of tags that were merged, so that they go on meaning
// something.
type tag0007 struct {
	ID         int64     `gorm:"primaryKey;autoIncrement"`
	Name       string    `gorm:"size:50;not null"`
	NameKey    string    `gorm:"size:191;not null;uniqueIndex:idx_tags_key"`
	MergedInto *int64    `gorm:"index:idx_tags_merged"`
	Leaving    bool      `gorm:"not null;default:false"`
	Version    int64     `gorm:"not null;default:1"`
	CreatedAt  time.Time `gorm:"precision:6;not null"`
	UpdatedAt  time.Time `gorm:"precision:6;not null"`
}

func (tag0007) TableName() string { return "tags" }

// ticketTag0007 is walked by tag in the order of the tickets' ids.
type ticketTag0007 struct {
	TagID    int64 `gorm:"primaryKey;autoIncrement:false;index:idx_ticket_tags_tag,priority:1"`
	TicketID int64 `gorm:"primaryKey;autoIncrement:false;index:idx_ticket_tags_tag,priority:2;index:idx_ticket_tags_ticket"`
}

func (ticketTag0007) TableName() string { return "ticket_tags" }

type category0007 struct {
	ID          int64  `gorm:"primaryKey;autoIncrement"`
	ParentID    int64  `gorm:"not null;uniqueIndex:idx_categories_name,priority:1"`
	Name        string `gorm:"size:100;not null"`
	NameKey     string `gorm:"size:191;not null;uniqueIndex:idx_categories_name,priority:2"`
	Description string `gorm:"size:500;not null;default:''"`
	Position    int    `gorm:"not null;default:0"`
	Active      bool   `gorm:"not null;default:true"`
	TeamID      *int64
	Priority    int       `gorm:"type:smallint;not null;default:0"`
	Version     int64     `gorm:"not null;default:1"`
	CreatedAt   time.Time `gorm:"precision:6;not null"`
	UpdatedAt   time.Time `gorm:"precision:6;not null"`
}

func (category0007) TableName() string { return "categories" }

// categoryField0007 is the form of a category.
type categoryField0007 struct {
	CategoryID int64 `gorm:"primaryKey;autoIncrement:false"`
	FieldID    int64 `gorm:"primaryKey;autoIncrement:false;index:idx_category_fields_field"`
}

func (categoryField0007) TableName() string { return "category_fields" }

type field0007 struct {
	ID           int64      `gorm:"primaryKey;autoIncrement"`
	Slug         string     `gorm:"size:40;not null;uniqueIndex:idx_fields_slug"`
	Name         string     `gorm:"size:100;not null"`
	Kind         string     `gorm:"size:16;not null"`
	Help         string     `gorm:"size:500;not null;default:''"`
	Required     string     `gorm:"size:8;not null;default:''"`
	EmployeeView bool       `gorm:"not null;default:false"`
	EmployeeEdit bool       `gorm:"not null;default:false"`
	Everywhere   bool       `gorm:"not null;default:false"`
	Position     int        `gorm:"not null;default:0"`
	ArchivedAt   *time.Time `gorm:"precision:6"`
	Version      int64      `gorm:"not null;default:1"`
	CreatedAt    time.Time  `gorm:"precision:6;not null"`
	UpdatedAt    time.Time  `gorm:"precision:6;not null"`
}

func (field0007) TableName() string { return "fields" }

type fieldOption0007 struct {
	ID       int64  `gorm:"primaryKey;autoIncrement"`
	FieldID  int64  `gorm:"not null;uniqueIndex:idx_field_options_label,priority:1"`
	Label    string `gorm:"size:100;not null"`
	LabelKey string `gorm:"size:191;not null;uniqueIndex:idx_field_options_label,priority:2"`
	Position int    `gorm:"not null;default:0"`
	Active   bool   `gorm:"not null;default:true"`
}

func (fieldOption0007) TableName() string { return "field_options" }

// ticketFieldValue0007 holds each value of a ticket's fields in a column of its
// type: number for numbers (in millionths), days, choices, people and yes or no;
// key for the folded beginning of a text, and value for the text itself.
type ticketFieldValue0007 struct {
	TicketID    int64   `gorm:"primaryKey;autoIncrement:false;index:idx_field_values_number,priority:3;index:idx_field_values_text,priority:3"`
	FieldID     int64   `gorm:"primaryKey;autoIncrement:false;index:idx_field_values_number,priority:1;index:idx_field_values_text,priority:1"`
	Seq         int     `gorm:"primaryKey;autoIncrement:false"`
	NumberValue *int64  `gorm:"index:idx_field_values_number,priority:2"`
	TextKey     *string `gorm:"size:120;index:idx_field_values_text,priority:2"`
	TextValue   *string `gorm:"type:text"`
}

func (ticketFieldValue0007) TableName() string { return "ticket_field_values" }

type substatus0007 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement"`
	Slug      string    `gorm:"size:40;not null;uniqueIndex:idx_substatuses_slug"`
	Label     string    `gorm:"size:60;not null"`
	State     int       `gorm:"type:smallint;not null"`
	Colour    string    `gorm:"size:16;not null;default:''"`
	Position  int       `gorm:"not null;default:0"`
	Active    bool      `gorm:"not null;default:true"`
	IsDefault bool      `gorm:"not null;default:false"`
	PausesSLA bool      `gorm:"column:pauses_sla;not null;default:false"`
	Version   int64     `gorm:"not null;default:1"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
	UpdatedAt time.Time `gorm:"precision:6;not null"`
}

func (substatus0007) TableName() string { return "substatuses" }

type ticket0007 struct {
	CategoryID  *int64 `gorm:"index:idx_tickets_category,priority:1"`
	SubstatusID *int64 `gorm:"index:idx_tickets_substatus,priority:1"`
	ID          int64  `gorm:"index:idx_tickets_category,priority:2;index:idx_tickets_substatus,priority:2"`
}

func (ticket0007) TableName() string { return "tickets" }

// The actions of bulk runs, and how tickets were before, may be long now.
type bulkRun0007 struct {
	Action string `gorm:"type:text;not null"`
}

func (bulkRun0007) TableName() string { return "bulk_runs" }

type bulkItem0007 struct {
	Before string `gorm:"type:text;not null"`
}

func (bulkItem0007) TableName() string { return "bulk_items" }

func facets() step {
	return step{
		version: 7,
		tables: []any{
			&tag0007{}, &ticketTag0007{}, &category0007{}, &categoryField0007{}, &field0007{}, &fieldOption0007{},
			&ticketFieldValue0007{}, &substatus0007{},
		},
		columns: []column{{&ticket0007{}, "CategoryID"}, {&ticket0007{}, "SubstatusID"}},
		indexes: []column{{&ticket0007{}, "idx_tickets_category"}, {&ticket0007{}, "idx_tickets_substatus"}},
		widened: []column{{&bulkRun0007{}, "Action"}, {&bulkItem0007{}, "Before"}},
	}
}
