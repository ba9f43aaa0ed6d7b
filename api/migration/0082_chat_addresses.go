package migration

// webhook0082 keeps the address of a chat, which is all that one needs to write there,
// sealed; url shows where it leads.
type webhook0082 struct {
	Address string `gorm:"type:text"`
}

func (webhook0082) TableName() string { return "webhooks" }

func chatAddresses() step {
	return step{version: 82, columns: []column{{&webhook0082{}, "Address"}}}
}
