package migration

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

// pastRole0103 is a role that an account had until a moment.
type pastRole0103 struct {
	ID      int64     `gorm:"primaryKey;autoIncrement"`
	UserID  int64     `gorm:"not null;index:idx_past_roles_user,priority:1"`
	Role    string    `gorm:"size:16;not null"`
	EndedAt time.Time `gorm:"precision:6;not null;index:idx_past_roles_user,priority:2"`
}

func (pastRole0103) TableName() string { return "past_roles" }

func pastRoles() step {
	return step{version: 103, tables: []any{&pastRole0103{}}, fill: fillPastRoles}
}

// fillPastRoles takes the roles of the past from the history. Done again it changes nothing.
func fillPastRoles(ctx context.Context, d *db.DB) error {
	return d.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		var changes []struct {
			SubjectID int64
			Data      string
			CreatedAt time.Time
		}
		err := tx.Table("events").Select("subject_id", "data", "created_at").
			Where("subject_type = ? AND type = ?", "user", "user.role_changed").Order("subject_id, id").Find(&changes).Error
		if err != nil {
			return fmt.Errorf("read the changes of roles: %w", err)
		}
		if err := tx.Where("1 = 1").Delete(&pastRole0103{}).Error; err != nil {
			return fmt.Errorf("begin the roles of the past anew: %w", err)
		}
		rows := make([]pastRole0103, 0, len(changes))
		for _, c := range changes {
			var data struct {
				From string `json:"from"`
			}
			if json.Unmarshal([]byte(c.Data), &data) == nil && data.From != "" {
				rows = append(rows, pastRole0103{UserID: c.SubjectID, Role: data.From, EndedAt: c.CreatedAt})
			}
		}
		if len(rows) == 0 {
			return nil
		}
		if err := tx.CreateInBatches(rows, 200).Error; err != nil {
			return fmt.Errorf("note the roles of the past: %w", err)
		}
		return nil
	})
}
