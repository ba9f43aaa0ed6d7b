package sla

import (
	"fmt"

	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/usage"
)

// Uses lists the policies whose conditions cannot be understood without what goes.
func (s *Service) Uses(tx *event.Tx, _ event.Event) ([]usage.Use, error) {
	var all []Policy
	if err := tx.Order("position, id").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("read the SLA policies: %w", err)
	}
	var out []usage.Use
	for _, p := range all {
		_, err := s.condition(tx.DB, p.Condition)
		lost, err := usage.Lost(err)
		if err != nil {
			return nil, err
		}
		if lost {
			out = append(out, usage.Use{Kind: usage.Policy, ID: p.ID, Name: p.Name})
		}
	}
	return out, nil
}
