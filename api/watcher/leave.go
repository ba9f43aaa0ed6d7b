package watcher

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// LeaveJob is the kind of job that takes somebody who has left the IT staff from the tickets that they
// watched: watching lets one see a ticket. Being in CC stays. Its payload is the event.Ref of what happened to them.
const LeaveJob = "watcher.leave"

// RunLeave handles LeaveJob.
func (s *Service) RunLeave(ctx context.Context, j job.Job) error {
	var ref event.Ref
	if err := j.Decode(&ref); err != nil {
		return err
	}
	e, err := s.bus.Find(ctx, ref.EventID)
	if err != nil {
		return err
	}
	u, err := user.Find(s.db.Read(ctx), e.SubjectID)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read who left the IT staff: %w", err)
	}
	if u.Role.WorksTickets() {
		return nil // back again
	}
	by := authz.Person(e.ActorID, e.ActorName, authz.Admin, authz.Options{})
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
