package automation

import (
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/macro"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/usage"
)

// Uses lists the rules in force that could not act any more without what goes, or
// that would make a tag again.
func (s *Service) Uses(tx *event.Tx, gone event.Event) ([]usage.Use, error) {
	rules, err := all(tx.DB)
	if err != nil {
		return nil, err
	}
	lost, err := tag.Gone(gone)
	if err != nil {
		return nil, err
	}
	parse := s.tickets.Conditions(tx.Ctx)
	var out []usage.Use
	for _, r := range rules {
		if !r.Enabled {
			continue // one learns of it when one switches it on
		}
		by, err := s.owner(tx.Ctx, r)
		if err != nil {
			return nil, err
		}
		if !by.Can(authz.RuleManage) {
			continue // it does nothing any more
		}
		_, err = parse("condition", r.Condition)
		unread, err := usage.Lost(err)
		if err != nil {
			return nil, err
		}
		parts, err := macro.Need(tx.DB, s.tickets.Actions(), by.ByRule(r.Name), r.Actions, lost)
		if err != nil {
			return nil, err
		}
		if unread {
			parts = append(parts, "condition")
		}
		for _, part := range parts {
			out = append(out, usage.Use{Kind: usage.Rule, ID: r.ID, Part: part, Name: r.Name})
		}
	}
	return out, nil
}
