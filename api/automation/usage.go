package automation

import (
	"slices"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/macro"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/ticket"
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
		used := lost != "" && slices.ContainsFunc(r.Actions, func(a ticket.Action) bool { return a.Tags(lost) })
		if !used {
			_, err = parse("condition", r.Condition)
			if used, err = usage.Lost(err); err != nil {
				return nil, err
			}
			for _, a := range r.Actions {
				lost, err := macro.Lost(tx.DB, s.tickets.Actions(), by.ByRule(r.Name), a)
				if err != nil {
					return nil, err
				}
				used = used || lost
			}
		}
		if used {
			out = append(out, usage.Use{Kind: usage.Rule, Name: r.Name})
		}
	}
	return out, nil
}
