package mailbox

import (
	"cmp"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// logRows is how many messages of a ticket are listed.
const logRows = 100

// Log reads what came for a ticket or is a comment of it now, the newest first,
// without what the messages say.
func Log(tx *gorm.DB, ticketID int64) ([]Message, error) {
	return About(tx.Omit("raw", "trace"), ticketID, logRows, func(m Message) int64 { return m.ID })
}

// About reads rows of mail about a ticket or about a comment that is in it now: those
// with the greatest ids, each once, and at most so many.
func About[T any](tx *gorm.DB, ticketID int64, most int, id func(T) int64) ([]T, error) {
	tx = tx.Session(&gorm.Session{})
	var out []T
	find := func(where string, arg any) error {
		var rows []T
		if err := tx.Where(where, arg).Order("id DESC").Limit(most).Find(&rows).Error; err != nil {
			return fmt.Errorf("read the mail of ticket %d: %w", ticketID, err)
		}
		out = append(out, rows...)
		return nil
	}
	if err := find("ticket_id = ?", ticketID); err != nil {
		return nil, err
	}
	if err := find("comment_id IN (SELECT id FROM comments WHERE ticket_id = ?)", ticketID); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b T) int { return cmp.Compare(id(b), id(a)) })
	out = slices.CompactFunc(out, func(a, b T) bool { return id(a) == id(b) })
	return out[:min(len(out), most)], nil
}
