package migration

// ruleEdition0070 is one row that counts what rules may mean something else after:
// changes of rules, and of what their conditions and actions name.
type ruleEdition0070 struct {
	ID int64 `gorm:"primaryKey;autoIncrement:false"`
	N  int64 `gorm:"not null"`
}

func (ruleEdition0070) TableName() string { return "rule_editions" }

func ruleEditions() step { return step{version: 70, tables: []any{&ruleEdition0070{}}} }
