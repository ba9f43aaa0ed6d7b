package routing

import (
	"fmt"
	"slices"

	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/usage"
)

// Uses lists the queues whose conditions cannot be understood without what goes, and
// the skills that are it or are for it.
func (s *Service) Uses(tx *event.Tx, gone event.Event) ([]usage.Use, error) {
	var queues []Queue
	if err := tx.Order("position, id").Find(&queues).Error; err != nil {
		return nil, fmt.Errorf("read the routing queues: %w", err)
	}
	var out []usage.Use
	for i := range queues {
		_, err := s.condition(tx.Ctx, &queues[i])
		lost, err := usage.Lost(err)
		if err != nil {
			return nil, err
		}
		if lost {
			out = append(out, usage.Use{Kind: usage.Queue, ID: queues[i].ID, Name: queues[i].Name})
		}
	}
	skills, err := skillsOf(tx, gone)
	return append(out, skills...), err
}

func skillsOf(tx *event.Tx, gone event.Event) ([]usage.Use, error) {
	if gone.Type != tag.Deleted && gone.Type != category.Deleted {
		return nil, nil
	}
	var all []Skill
	if err := tx.Order("tag_id").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("read the skills: %w", err)
	}
	var out []usage.Use
	for _, k := range all {
		switch {
		case gone.Type == tag.Deleted && k.TagID == gone.SubjectID:
			names, err := tag.Gone(gone)
			if err != nil {
				return nil, err
			}
			out = append(out, usage.Use{Kind: usage.Skill, Name: names[0]})
		case gone.Type == category.Deleted && slices.Contains(k.Categories, gone.SubjectID):
			set, err := loadSkills(tx.DB)
			if err != nil {
				return nil, err
			}
			out = append(out, usage.Use{Kind: usage.Skill, Name: set.names[set.root[k.TagID]]})
		}
	}
	return out, nil
}
