package migration

// webhookAttempt0075 keeps what a chat was sent, which is not the delivery's message.
type webhookAttempt0075 struct {
	Request *string `gorm:"type:text"`
}

func (webhookAttempt0075) TableName() string { return "webhook_attempts" }

func webhookRequests() step {
	return step{version: 75, columns: []column{{&webhookAttempt0075{}, "Request"}}}
}
