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
	var out []Message
	comments := tx.Table("comments").Select("id").Where("ticket_id = ?", ticketID)
	find := func(where string, arg any) error {
		var rows []Message
		err := tx.Omit("raw", "trace").Where(where, arg).Order("id DESC").Limit(logRows).Find(&rows).Error
		if err != nil {
			return fmt.Errorf("read the mail of ticket %d: %w", ticketID, err)
		}
		out = append(out, rows...)
		return nil
	}
	if err := find("ticket_id = ?", ticketID); err != nil {
		return nil, err
	}
	if err := find("comment_id IN (?)", comments); err != nil {
		return nil, err
	}
	return Newest(out, logRows, func(m Message) int64 { return m.ID }), nil
}

// Newest returns the rows with the greatest ids, each once.
func Newest[T any](rows []T, most int, id func(T) int64) []T {
	slices.SortFunc(rows, func(a, b T) int { return cmp.Compare(id(b), id(a)) })
	rows = slices.CompactFunc(rows, func(a, b T) bool { return id(a) == id(b) })
	return rows[:min(len(rows), most)]
}
