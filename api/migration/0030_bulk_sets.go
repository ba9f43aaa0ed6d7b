package migration

// bulkSet0030 holds the tickets of a large bulk run until they are its items.
type bulkSet0030 struct {
	RunID    int64  `gorm:"primaryKey;autoIncrement:false"`
	Query    string `gorm:"type:text;not null"`
	TimeZone string `gorm:"size:64;not null;default:''"`
	Tickets  []byte `gorm:"type:longblob;not null"`
}

func (bulkSet0030) TableName() string { return "bulk_sets" }

func bulkSets() step { return step{version: 30, tables: []any{&bulkSet0030{}}} }
