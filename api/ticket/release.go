package ticket

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/user"
)

// ReleaseJob is the kind of job that frees the tickets of somebody who no longer
// works on tickets. Its payload is the event.Ref of what happened to them.
const ReleaseJob = "ticket.release"

// RunRelease handles ReleaseJob.
func (s *Service) RunRelease(ctx context.Context, j job.Job) error {
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
		return fmt.Errorf("read the former assignee: %w", err)
	}
	if u.Assignable() {
		return nil // working on tickets again
	}
	// In the name of whoever made the change, so that the system messages have
	// an author; a change from the command line has none but the person itself.
	author := e.ActorID
	if author == 0 {
		author = u.ID
	}
	name := e.ActorName
	if e.ActorID == 0 {
		name = u.Username
	}
	by := authz.Person(author, name, authz.Admin, authz.Options{})
	return s.Release(ctx, by, u.ID, e.ID)
}
