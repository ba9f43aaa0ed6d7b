package migration

// user0004 holds what a person chose for themselves: the language and the time
// zone, both empty for the browser's, and that they have seen the tour.
type user0004 struct {
	Language string `gorm:"size:8;not null;default:''"`
	TimeZone string `gorm:"size:64;not null;default:''"`
	TourDone bool   `gorm:"not null;default:false"`
}

func (user0004) TableName() string { return "users" }

func person() step {
	t := &user0004{}
	return step{version: 4, columns: []column{{t, "Language"}, {t, "TimeZone"}, {t, "TourDone"}}}
}
