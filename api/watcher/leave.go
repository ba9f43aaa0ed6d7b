package watcher

import (
	"context"
	"fmt"

	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// LeaveJob is the kind of job that takes somebody who has left the IT staff from the tickets that they
// watched: watching lets one see a ticket. Being in CC stays. Its payload is the event.Ref of what happened to them.
const LeaveJob = "watcher.leave"

// RunLeave handles LeaveJob.
func (s *Service) RunLeave(ctx context.Context, j job.Job) error {
	u, by, e, err := s.tickets.Leaver(ctx, j)
	if err != nil || e.ID == 0 || u.Role.WorksTickets() {
		return err // nobody any more, or back again
	}
	const batch = 100
	for last := int64(0); ; {
		var rows []ticket.Watcher
		err := s.db.Read(ctx).Where("user_id = ? AND kind = ? AND id > ?", u.ID, ticket.Watching, last).Order("id").Limit(batch).Find(&rows).Error
		if err != nil {
			return fmt.Errorf("list what user %d watches: %w", u.ID, err)
		}
		for _, w := range rows {
			if err := s.tickets.RemoveWatcher(ctx, by, w.TicketID, w.ID); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			last = w.ID
		}
		if len(rows) < batch {
			return nil
		}
	}
}
