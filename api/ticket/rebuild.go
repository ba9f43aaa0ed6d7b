package ticket

import (
	"fmt"

	"github.com/fixdesk/fixdesk/api/platform/event"
)

// UnassignedMessage is what the system writes when a ticket is taken from its
// assignee, for importers that rebuild a history.
const UnassignedMessage = unassignedMessage

// Rebuild writes the search texts of the tickets that follow an id, at most
// limit of them, and returns the last one's id; 0 when there are none. It is for
// restored databases, whose backup holds what people wrote but no index of it.
func (s *Service) Rebuild(tx *event.Tx, after int64, limit int) (int64, error) {
	var tickets []*Ticket
	err := tx.Select("id", "title", "description").Where("id > ?", after).Order("id").Limit(limit).Find(&tickets).Error
	if err != nil {
		return 0, fmt.Errorf("read tickets to index: %w", err)
	}
	if len(tickets) == 0 {
		return 0, nil
	}
	return tickets[len(tickets)-1].ID, s.importTexts(tx, tickets)
}

// Retire makes sure that no ticket is given an id up to last, as belongs to
// tickets that are deleted: an id is never used again.
func (s *Service) Retire(tx *event.Tx, last int64) error {
	var highest int64
	if err := tx.Model(&Ticket{}).Select("COALESCE(MAX(id), 0)").Scan(&highest).Error; err != nil {
		return fmt.Errorf("read the last ticket's id: %w", err)
	}
	if highest >= last {
		return nil
	}
	// Both engines go on above the highest id they have seen.
	if err := tx.Create(&Ticket{ID: last, Status: Open, Priority: Low, CreatedAt: tx.Now, UpdatedAt: tx.Now}).Error; err != nil {
		return fmt.Errorf("retire ticket ids: %w", err)
	}
	if err := tx.Delete(&Ticket{}, last).Error; err != nil {
		return fmt.Errorf("retire ticket ids: %w", err)
	}
	return nil
}
