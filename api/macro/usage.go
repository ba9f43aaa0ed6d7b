package macro

import (
	"fmt"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/usage"
)

// Uses lists the shared macros that could not be used any more without what goes, or
// that would make a tag again. Whoever keeps one for themselves is told when they use it.
func Uses(tickets *ticket.Service) usage.Finder {
	return func(tx *event.Tx, gone event.Event) ([]usage.Use, error) {
		if gone.SubjectType == subject {
			return nil, nil // no macro uses another one
		}
		lost, err := tag.Gone(gone)
		if err != nil {
			return nil, err
		}
		var shared []Macro
		if err := tx.Where("deleted_at IS NULL AND (shared_with <> '' OR team_id IS NOT NULL)").Order("id").Find(&shared).Error; err != nil {
			return nil, fmt.Errorf("read the shared macros: %w", err)
		}
		by := authz.System("macro")
		var out []usage.Use
		for _, m := range shared {
			parts, err := Need(tx.DB, tickets.Actions(), by, m.Actions, lost)
			if err != nil {
				return nil, err
			}
			for _, part := range parts {
				out = append(out, usage.Use{Kind: usage.Macro, ID: m.ID, Part: part, Name: m.Name})
			}
		}
		return out, nil
	}
}

// Need returns which of the actions would make a tag again that goes, of any of its names,
// and which name something that is not there any more. An action with a time names nothing
// that goes, and that its time has passed is not asked here.
func Need(tx *gorm.DB, all *ticket.Actions, by authz.Actor, actions []ticket.Action, goes []string) ([]string, error) {
	var timed, out []string
	for _, k := range all.Kinds() {
		if slices.ContainsFunc(k.Params, func(p ticket.Param) bool { return p.Kind == ticket.ParamTime }) {
			timed = append(timed, k.Type)
		}
	}
	for i, a := range actions {
		if slices.ContainsFunc(goes, a.Tags) {
			out = append(out, "tag "+strconv.Itoa(i))
		}
		if slices.Contains(timed, a.Type) {
			continue
		}
		lost, err := usage.Lost(all.Check(tx, by, a))
		if err != nil {
			return nil, err
		}
		if lost {
			out = append(out, "action "+strconv.Itoa(i))
		}
	}
	return out, nil
}
