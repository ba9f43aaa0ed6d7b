package mailbox

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/mailbox/thread"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
)

// ForgetJob is the kind of job that deletes the files of messages whose ticket is
// gone for good.
const ForgetJob = "mail.forget"

type forgetRef struct {
	Keys []string `json:"keys"`
}

const (
	// purged is why a message is ignored whose ticket is gone.
	purged     = "purged"
	purgedText = "its ticket was deleted for good"
	forgetRows = 100
)

// Forget takes what came for a ticket that is gone for good out of the mail log. Of
// each message only its hash stays, so that the same one, fetched again, does not
// open the ticket anew; that goes with what was ignored. What still waits for
// somebody to look at stays, and is about no ticket any more.
func Forget(tx *event.Tx, e event.Event) error {
	of := tx.Where("ticket_id = ?", e.SubjectID).Session(&gorm.Session{})
	var keys []string
	err := of.Model(&Message{}).Where("state IN ? AND blob_key <> ''", []State{Done, Ignored}).Pluck("blob_key", &keys).Error
	if err != nil {
		return fmt.Errorf("look for the mail of ticket %d: %w", e.SubjectID, err)
	}
	empty := Message{State: Ignored, Reason: purged, ReasonText: purgedText, EnvelopeTo: []string{}, Trace: []thread.Step{}}
	err = of.Model(&Message{}).Where("state IN ?", []State{Done, Ignored}).Select(
		"state", "reason", "reason_text", "message_id", "from_name", "from_address", "from_key", "subject", "raw", "blob_key",
		"envelope_from", "envelope_to", "auto", "trace", "ticket_id", "comment_id").Updates(&empty).Error
	if err != nil {
		return fmt.Errorf("forget the mail of ticket %d: %w", e.SubjectID, err)
	}
	err = of.Model(&Message{}).UpdateColumns(map[string]any{"ticket_id": nil, "comment_id": nil}).Error
	if err != nil {
		return fmt.Errorf("take mail from ticket %d: %w", e.SubjectID, err)
	}
	for len(keys) > 0 {
		n := min(len(keys), forgetRows)
		if err := tx.Enqueue(job.New{Kind: ForgetJob, Payload: forgetRef{keys[:n]}}); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// RunForget handles ForgetJob.
func (s *Service) RunForget(ctx context.Context, j job.Job) error {
	var ref forgetRef
	if err := j.Decode(&ref); err != nil {
		return err
	}
	if err := s.Store.Delete(ctx, ref.Keys...); err != nil {
		return fmt.Errorf("delete the mail of a ticket that is gone: %w", err)
	}
	return nil
}
