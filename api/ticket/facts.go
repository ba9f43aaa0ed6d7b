package ticket

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/ticket/stat"
	"github.com/fixdesk/fixdesk/api/user"
)

// dimensions are what the numbers of the reports are split by. A new one also
// needs a migration that fills it in, and a name in package report.
var dimensions = []struct {
	dimension stat.Dimension
	of        func(*Ticket) int64 // 0 for none
}{
	{stat.ByPriority, func(t *Ticket) int64 { return int64(t.Priority) }},
	{stat.ByAgent, func(t *Ticket) int64 { return orZero(t.AssignedToID) }},
	{stat.ByCategory, func(t *Ticket) int64 { return orZero(t.CategoryID) }},
	{stat.ByTeam, func(t *Ticket) int64 { return orZero(t.TeamID) }},
	{stat.ByChannel, func(t *Ticket) int64 { return orZero(t.Channel) }},
}

func orZero(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

// facts are what the reports count of a ticket.
func facts(t *Ticket) stat.Facts {
	f := stat.Facts{ID: t.ID, Created: t.CreatedAt, Responded: t.FirstRespondedAt, Solved: t.SolvedAt}
	for _, d := range dimensions {
		f.Refs = append(f.Refs, stat.Ref{Dimension: d.dimension, ID: d.of(t)})
	}
	return f
}

// respond notes the first answer of the IT staff on a ticket whose row is
// locked by what came before.
func (s *Service) respond(tx *event.Tx, by authz.Actor, t *Ticket, at time.Time) error {
	if t.FirstRespondedAt != nil || by.Automatic() || by.ID == t.CreatedByID || !by.Can(authz.TicketWork) {
		return nil
	}
	// What the ticket was read as may be older than the lock.
	now, err := load(tx.DB, t.ID)
	if err != nil {
		return err
	}
	if now.FirstRespondedAt != nil {
		return nil
	}
	t.FirstRespondedAt = &at
	return s.setFirstResponse(tx, now, &at)
}

// setFirstResponse changes the time of the first answer.
func (s *Service) setFirstResponse(tx *event.Tx, t *Ticket, at *time.Time) error {
	before := *t
	t.FirstRespondedAt = at
	if err := tx.Model(&Ticket{}).Where("id = ?", t.ID).Update("first_responded_at", at).Error; err != nil {
		return fmt.Errorf("note the first answer on ticket %d: %w", t.ID, err)
	}
	n := newCounts()
	n.move(&before, t)
	return n.write(s.db, tx.DB)
}

// withdrawResponse finds the first answer anew when the one that was it is gone.
func (s *Service) withdrawResponse(tx *event.Tx, gone *Comment) error {
	t, err := load(tx.DB, gone.TicketID)
	if err != nil {
		return err
	}
	if t.FirstRespondedAt == nil || !t.FirstRespondedAt.Equal(gone.CreatedAt) || gone.AuthorID == t.CreatedByID {
		return nil
	}
	comments, err := commentsOf(tx.DB, t.ID)
	if err != nil {
		return err
	}
	roles, err := rolesAmong(tx.DB, comments)
	if err != nil {
		return err
	}
	return s.setFirstResponse(tx, t, firstResponse(t, comments, roles))
}

// firstResponse returns when somebody of the IT staff, other than the requester,
// first wrote in public; nil for never. The comments are the oldest first.
func firstResponse(t *Ticket, comments []Comment, roles user.Roles) *time.Time {
	for _, c := range comments {
		if !c.IsSystemMessage && c.OriginID == nil && c.AuthorID != t.CreatedByID && c.AuthorID != 0 && roles.At(c.AuthorID, c.CreatedAt).WorksTickets() {
			at := c.CreatedAt
			return &at
		}
	}
	return nil
}

// rolesAmong reads what the authors of comments are, and were when they wrote them.
func rolesAmong(tx *gorm.DB, comments []Comment) (user.Roles, error) {
	ids := make([]int64, len(comments))
	for i, c := range comments {
		ids[i] = c.AuthorID
	}
	return user.RolesOf(tx, ids...)
}

// settle completes what follows from a ticket and its comments that come from
// elsewhere.
func (t *Ticket) settle(comments []Comment, roles user.Roles) {
	if t.FirstRespondedAt == nil {
		t.FirstRespondedAt = firstResponse(t, comments, roles)
	}
	switch {
	case !t.Status.Done():
		t.SolvedAt = nil
	case t.SolvedAt != nil:
	case t.ResolvedAt != nil:
		t.SolvedAt = t.ResolvedAt
	case t.ClosedAt != nil:
		t.SolvedAt = t.ClosedAt
	default:
		at := t.UpdatedAt
		t.SolvedAt = &at
	}
}
