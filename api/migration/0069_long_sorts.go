package migration

// view0069 may be sorted by a field of the desk's own.
type view0069 struct {
	Sort string `gorm:"size:60;not null"`
}

func (view0069) TableName() string { return "views" }

func longSorts() step { return step{version: 69, widened: []column{{&view0069{}, "Sort"}}} }
