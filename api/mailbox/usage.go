package mailbox

import (
	"fmt"

	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/usage"
)

// Uses lists the mailboxes whose tickets come into the category that goes.
func Uses(tx *event.Tx, gone event.Event) ([]usage.Use, error) {
	if gone.Type != category.Deleted {
		return nil, nil
	}
	var names []string
	if err := tx.Model(&Mailbox{}).Where("category_id = ?", gone.SubjectID).Order("id").Pluck("name", &names).Error; err != nil {
		return nil, fmt.Errorf("look for mailboxes of category %d: %w", gone.SubjectID, err)
	}
	return usage.Named(usage.Mailbox, names), nil
}
