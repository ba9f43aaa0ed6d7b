package recurring

import (
	"fmt"

	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/template"
	"github.com/fixdesk/fixdesk/api/usage"
)

// Uses lists the recurrences that begin their tickets with the template that goes.
func Uses(tx *event.Tx, gone event.Event) ([]usage.Use, error) {
	if gone.Type != template.Deleted {
		return nil, nil
	}
	var names []string
	err := tx.Model(&Recurrence{}).Where("template_id = ? AND deleted_at IS NULL", gone.SubjectID).Order("id").Pluck("name", &names).Error
	if err != nil {
		return nil, fmt.Errorf("look for recurrences of template %d: %w", gone.SubjectID, err)
	}
	return usage.Named(usage.Recurrence, names), nil
}
