package outbox

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/locale"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Fate is what became of a mail, for those who work on its ticket.
type Fate string //@name MailFate

// The fates.
const (
	Waiting  Fate = "waiting"
	Retrying Fate = "retrying" // the mail server did not take it yet
	Taken    Fate = "sent"     // and no report says that it did not arrive
	Late     Fate = "delayed"  // a report says that it has not arrived yet
	Returned Fate = "bounced"
	GivenUp  Fate = "given_up"
	Dropped  Fate = "cancelled"
	HeldBack Fate = "held_back" // mail to the address does not arrive
)

// logMails is how many mails about a ticket are listed.
const logMails = 200

// ReceivedView is a message that came for a ticket.
type ReceivedView struct {
	ID          int64         `json:"id" example:"7"`
	CommentID   *int64        `json:"comment_id" extensions:"x-nullable" example:"9"`
	State       mailbox.State `json:"state" enums:"received,done,ignored,held,failed" example:"done"`
	ReasonText  string        `json:"reason_text" example:""`
	FromName    string        `json:"from_name" example:"Amara Okafor"`
	FromAddress string        `json:"from_address" example:"amara@example.com"`
	ReceivedAt  time.Time     `json:"received_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name MailReceived

// DeliveryView is a mail about a ticket to one person, and what became of it.
type DeliveryView struct {
	ID        int64  `json:"id" example:"9"`
	Kind      Kind   `json:"kind" enums:"received,opened,reply,finished" example:"reply"`
	CommentID *int64 `json:"comment_id" extensions:"x-nullable" example:"7"`
	// Person is whose account it went to; the address of an account is shown to
	// administrators only.
	Person  *user.Card `json:"person" extensions:"x-nullable"`
	Address string     `json:"address" example:"lee@example.com"`
	Fate    Fate       `json:"fate" enums:"waiting,retrying,sent,delayed,bounced,given_up,cancelled,held_back" example:"sent"`
	// Status says why it did not arrive (RFC 3463).
	Status string `json:"status" example:"5.1.1"`
	// Problem is what the mail server said; shown to administrators only.
	Problem    string     `json:"problem" example:""`
	Attempts   int        `json:"attempts" example:"1"`
	CreatedAt  time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	NextAt     *time.Time `json:"next_at" format:"date-time" extensions:"x-nullable"`
	FinishedAt *time.Time `json:"finished_at" format:"date-time" extensions:"x-nullable"`
	BouncedAt  *time.Time `json:"bounced_at" format:"date-time" extensions:"x-nullable"`
	DelayedAt  *time.Time `json:"delayed_at" format:"date-time" extensions:"x-nullable"`
} //@name MailDelivery

// LogView is the mail of a ticket, in and out.
type LogView struct {
	Received []ReceivedView `json:"received"`
	Sent     []DeliveryView `json:"sent"`
} //@name TicketMailLog

func (m Mail) fate() Fate {
	switch {
	case m.State == Pending && m.LastError != "":
		return Retrying
	case m.State == Pending:
		return Waiting
	case m.State == Sent && m.BouncedAt != nil:
		return Returned
	case m.State == Sent && m.DelayedAt != nil:
		return Late
	case m.State == Sent:
		return Taken
	case m.State == Suppressed:
		return HeldBack
	case m.State == Cancelled:
		return Dropped
	}
	return GivenUp
}

// logOfTicket answers GET /api/tickets/{id}/mail_log.
//
// @Summary List the mail of a ticket, in and out
// @Description For those who work on a ticket that they see: which messages came for it, and what became of each mail about it. The newest 100 and 200. The address of an account and what the mail server said are shown to administrators only.
// @ID getTicketMailLog
// @Tags mail
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Success 200 {object} LogView
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/mail_log [get]
func (s *Service) logOfTicket(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	tx := s.DB.Read(ctx)
	if _, err := ticket.Readable(tx, by, id); err != nil {
		return err
	}
	if !by.Can(authz.NoteRead) {
		return fault.Denied("mail.ticket_denied", "Only IT staff and administrators see the mail of a ticket.")
	}
	came, err := mailbox.Log(tx, id)
	if err != nil {
		return err
	}
	went, err := mailbox.About(tx, id, logMails, func(m Mail) int64 { return m.ID })
	if err != nil {
		return err
	}
	var ids []int64
	for _, m := range went {
		if m.UserID != nil {
			ids = append(ids, *m.UserID)
		}
	}
	people, err := user.Cards(tx, ids...)
	if err != nil {
		return err
	}
	out := LogView{Received: make([]ReceivedView, len(came)), Sent: make([]DeliveryView, len(went))}
	for i, m := range came {
		out.Received[i] = ReceivedView{
			ID: m.ID, CommentID: m.CommentID, State: m.State, ReasonText: locale.Translate(web.Language(c), m.ReasonText),
			FromName: m.FromName, FromAddress: m.FromAddress, ReceivedAt: m.ReceivedAt.UTC(),
		}
	}
	for i, m := range went {
		out.Sent[i] = deliveryView(m, people, canManage(by))
	}
	return web.SendPlain(c, http.StatusOK, out)
}

func deliveryView(m Mail, people map[int64]user.Card, all bool) DeliveryView {
	v := DeliveryView{
		ID: m.ID, Kind: m.Kind, CommentID: m.CommentID, Fate: m.fate(), Status: m.BounceStatus, Attempts: m.Attempts,
		CreatedAt: m.CreatedAt.UTC(), FinishedAt: m.FinishedAt, BouncedAt: m.BouncedAt, DelayedAt: m.DelayedAt,
	}
	if v.Fate == Retrying {
		next := m.NextAt.UTC()
		v.NextAt = &next
	}
	if m.UserID != nil {
		if card, ok := people[*m.UserID]; ok {
			v.Person = &card
		}
	}
	// Whoever reads the ticket as staff sees who is in CC, and with it addresses
	// without an account.
	if m.UserID == nil || all {
		v.Address = m.ToAddress
	}
	if all {
		v.Problem = m.LastError
	}
	return v
}
