package tag

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/job"
)

// MoveJob is the kind of job that takes the tickets of a tag that was merged or
// deleted from it. It can be cut off anywhere and goes on where it ended.
const MoveJob = "tag.move"

const moveRows = 200

// RunMove handles MoveJob.
func (s *Service) RunMove(ctx context.Context, j job.Job) error {
	e, err := s.bus.Cause(ctx, j)
	if err != nil {
		return err
	}
	for done := false; !done; {
		err := s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			var err error
			done, err = moveSome(tx, e.SubjectID)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// moveSome moves a few tickets; it reports true when there are none left.
func moveSome(tx *gorm.DB, id int64) (bool, error) {
	var t Tag
	err := tx.Take(&t, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !t.Leaving) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("read tag %d: %w", id, err)
	}
	var tickets []int64
	if err := tx.Model(&Link{}).Where("tag_id = ?", id).Order("ticket_id").Limit(moveRows).Pluck("ticket_id", &tickets).Error; err != nil {
		return false, fmt.Errorf("read the tickets of tag %d: %w", id, err)
	}
	if len(tickets) == 0 {
		if t.MergedInto == nil {
			err = tx.Where("id = ? AND leaving = ?", id, true).Delete(&Tag{}).Error
		} else {
			err = tx.Model(&Tag{}).Where("id = ?", id).Update("leaving", false).Error
		}
		if err != nil {
			return false, fmt.Errorf("end moving tag %d: %w", id, err)
		}
		return true, nil
	}
	if t.MergedInto != nil {
		var have []int64
		if err := tx.Model(&Link{}).Where("tag_id = ? AND ticket_id IN ?", *t.MergedInto, tickets).Pluck("ticket_id", &have).Error; err != nil {
			return false, fmt.Errorf("read the tickets of tag %d: %w", *t.MergedInto, err)
		}
		has := map[int64]bool{}
		for _, h := range have {
			has[h] = true
		}
		var links []Link
		for _, id := range tickets {
			if !has[id] {
				links = append(links, Link{TagID: *t.MergedInto, TicketID: id})
			}
		}
		if len(links) > 0 {
			if err := tx.Create(&links).Error; err != nil {
				return false, fmt.Errorf("move tickets to tag %d: %w", *t.MergedInto, err)
			}
		}
	}
	if err := tx.Where("tag_id = ? AND ticket_id IN ?", id, tickets).Delete(&Link{}).Error; err != nil {
		return false, fmt.Errorf("take tickets from tag %d: %w", id, err)
	}
	return false, nil
}
