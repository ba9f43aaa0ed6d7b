package macro

import (
	"fmt"
	"slices"

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
			used := slices.ContainsFunc(m.Actions, func(a ticket.Action) bool { return lost != "" && a.Tags(lost) })
			for _, a := range m.Actions {
				wrong, err := Lost(tx.DB, tickets.Actions(), by, a)
				if err != nil {
					return nil, err
				}
				used = used || wrong
			}
			if used {
				out = append(out, usage.Use{Kind: usage.Macro, Name: m.Name})
			}
		}
		return out, nil
	}
}

// Lost reports whether something that an action names is not there any more. An action
// with a time names nothing that goes, and that its time has passed is not asked here.
func Lost(tx *gorm.DB, all *ticket.Actions, by authz.Actor, a ticket.Action) (bool, error) {
	for _, k := range all.Kinds() {
		if k.Type == a.Type && slices.ContainsFunc(k.Params, func(p ticket.Param) bool { return p.Kind == ticket.ParamTime }) {
			return false, nil
		}
	}
	return usage.Lost(all.Check(tx, by, a))
}
