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
	u, by, e, err := s.Leaver(ctx, j)
	if err != nil || e.ID == 0 || u.Assignable() {
		return err // nobody any more, or working on tickets again
	}
	return s.Release(ctx, by, u.ID, e.ID)
}

// Leaver returns whose account changed in the event that started a job, and in whose name to do what
// follows from that; no event when the account is gone.
func (s *Service) Leaver(ctx context.Context, j job.Job) (u user.User, by authz.Actor, e event.Event, err error) {
	if e, err = s.bus.Cause(ctx, j); err != nil {
		return u, by, e, err
	}
	u, err = user.Find(s.db.Read(ctx), e.SubjectID)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return u, by, event.Event{}, nil
	}
	if err != nil {
		return u, by, e, fmt.Errorf("read who left the IT staff: %w", err)
	}
	// In the name of whoever made the change, so that the system messages have
	// an author; a change from the command line has none but the person itself.
	author, name := e.ActorID, e.ActorName
	if author == 0 {
		author, name = u.ID, u.Username
	}
	return u, authz.Person(author, name, authz.Admin, authz.Options{}), e, nil
}
