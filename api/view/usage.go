package view

import (
	"fmt"
	"slices"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/usage"
)

// Uses lists the shared views that ask for what goes, are sorted by it or show it.
// Whoever keeps one for themselves is told when they open it.
func (s *Service) Uses(tx *event.Tx, gone event.Event) ([]usage.Use, error) {
	column := ""
	if gone.Type == field.Deleted {
		var was struct {
			Slug string `json:"slug"`
		}
		if err := gone.Decode(&was); err != nil {
			return nil, err
		}
		column = ticket.CustomPrefix + was.Slug
	}
	var shared []View
	if err := tx.Where("deleted_at IS NULL AND shared_with <> ''").Order("id").Find(&shared).Error; err != nil {
		return nil, fmt.Errorf("list the shared views: %w", err)
	}
	by := authz.System("view")
	var out []usage.Use
	for _, v := range shared {
		used := column != "" && slices.Contains(v.Columns.list(), column)
		_, err := s.tickets.Where(tx.Ctx, by, ticket.Filter{}, v.Q, time.UTC)
		lost, err := usage.Lost(err)
		if err != nil {
			return nil, err
		}
		wrong, err := s.tickets.CheckSort(tx.DB, by, v.Sort)
		if err != nil {
			return nil, err
		}
		for part, is := range map[string]bool{"column": used, "q": lost, "sort": wrong != ""} {
			if is {
				out = append(out, usage.Use{Kind: usage.View, ID: v.ID, Part: part, Name: v.Name})
			}
		}
	}
	return out, nil
}
