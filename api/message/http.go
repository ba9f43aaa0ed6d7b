package message

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/markdown"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// View is a message that waits to be sent, or was.
type View struct {
	ID            int64     `json:"id" example:"9"`
	TicketID      int64     `json:"ticket_id" example:"42"`
	Kind          string    `json:"kind" enums:"reply,note" example:"reply"`
	Content       string    `json:"content" example:"A new cartridge is on its way."`
	ContentHTML   string    `json:"content_html" example:"<p>A new cartridge is on its way.</p>"`
	Status        *string   `json:"status" enums:"open,in_progress,resolved,closed" extensions:"x-nullable" example:"resolved"`
	State         string    `json:"state" enums:"held,sent,cancelled" example:"held"`
	Reason        string    `json:"reason" example:""`
	ReleaseAt     time.Time `json:"release_at" format:"date-time" example:"2026-03-02T09:10:10Z"`
	CommentID     *int64    `json:"comment_id" extensions:"x-nullable" example:"7"`
	NoteID        *int64    `json:"note_id" extensions:"x-nullable" example:"3"`
	AttachmentIDs []int64   `json:"attachment_ids" example:"12"` // while it waits
	Version       int64     `json:"version" example:"1"`
	CreatedAt     time.Time `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name Message

// SendRequest is the body of a new message.
type SendRequest struct {
	Kind          string  `json:"kind" validate:"required" enums:"reply,note" example:"reply"`
	Content       string  `json:"content" validate:"required" minLength:"1" example:"A new cartridge is on its way."`
	Status        string  `json:"status" validate:"optional" enums:"open,in_progress,resolved,closed" example:"resolved"`
	Attachments   []int64 `json:"attachment_ids" validate:"optional" maxItems:"20" example:"12"`
	HoldSeconds   int     `json:"hold_seconds" validate:"optional" minimum:"0" maximum:"60" default:"10" example:"10"`
	LastCommentID int64   `json:"last_comment_id" validate:"optional" extensions:"x-nullable" example:"6"`
} //@name MessageSend

func viewOf(m Message, files []int64) View {
	v := View{
		AttachmentIDs: files,
		ID:            m.ID, TicketID: m.TicketID, Kind: string(m.Kind), Content: m.Content, ContentHTML: markdown.Render(m.Content),
		State: string(m.State), Reason: m.Reason,
		ReleaseAt: m.ReleaseAt.UTC(), CommentID: m.CommentID, NoteID: m.NoteID, Version: m.Version, CreatedAt: m.CreatedAt.UTC(),
	}
	if m.Status != 0 {
		name := m.Status.String()
		v.Status = &name
	}
	return v
}

// Routes registers the endpoints of held messages.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/tickets/:id/messages", web.Handle(s.list))
	signedIn.POST("/tickets/:id/messages", keys.Post(s.send))
	signedIn.GET("/messages/:id", web.Handle(s.get))
	signedIn.DELETE("/messages/:id", web.Handle(s.unsend))
	signedIn.POST("/messages/:id/send", keys.Post(s.sendNow))
}

// send answers POST /api/tickets/{id}/messages.
//
// @Summary Send a reply or an internal note that can be taken back
// @Description The message waits at the server for `hold_seconds`; until then only its author sees it and may take it back. Then it becomes a comment or an internal note, and the ticket moves to `status` when one is given. With `last_comment_id`, the newest comment that the author has read, the reply is refused when somebody else wrote one since.
// @ID sendMessage
// @Tags messages
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param body body SendRequest true "The message"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "Somebody else has answered meanwhile (ticket.answered), or the ticket cannot take the status now"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/messages [post]
func (s *Service) send(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	d := Draft{Hold: DefaultHold, LastCommentID: b.Int("last_comment_id")}
	b.Require("kind", "content")
	if k := b.Text("kind", web.OneOf(Reply, Note)); k != nil {
		d.Kind = Kind(*k)
	}
	if text := b.Text("content", web.NotBlank); text != nil {
		d.Content = *text
	}
	if b.Has("status") && !b.IsNull("status") {
		if name := b.Text("status"); name != nil {
			var ok bool
			if d.Status, ok = ticket.ParseStatus(*name); !ok {
				b.Wrong("status", "Must be one of: open, in_progress, resolved, closed.")
			}
		}
	}
	d.Attachments = attachment.ReadIDs(b)
	if n := b.Int("hold_seconds"); n != nil {
		if *n < 0 || *n > int64(MaxHold/time.Second) {
			b.Wrong("hold_seconds", "Must be a whole number from 0 to 60.")
		} else {
			d.Hold = time.Duration(*n) * time.Second
		}
	}
	if err := b.Err(); err != nil {
		return err
	}
	m, err := s.Send(c.Request.Context(), authz.From(c.Request.Context()), id, d)
	return s.answer(c, http.StatusCreated, m, err)
}

func (s *Service) answer(c *gin.Context, status int, m Message, err error) error {
	if err != nil {
		return err
	}
	files, err := attachment.Held(s.db.Read(c.Request.Context()), m.ID)
	if err != nil {
		return err
	}
	return web.Send(c, status, viewOf(m, files), m.Version)
}

// list answers GET /api/tickets/{id}/messages.
//
// @Summary List one's own messages that wait on a ticket
// @ID listMessages
// @Tags messages
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/tickets/{id}/messages [get]
func (s *Service) list(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	found, err := s.List(c.Request.Context(), authz.From(c.Request.Context()), id)
	if err != nil {
		return err
	}
	files := map[int64][]int64{}
	for _, m := range found {
		if files[m.ID], err = attachment.Held(s.db.Read(c.Request.Context()), m.ID); err != nil {
			return err
		}
	}
	return web.SendList(c, web.Rows[Message]{Rows: found, Count: int64(len(found))}, func(m Message) View { return viewOf(m, files[m.ID]) })
}

// get answers GET /api/messages/{id}.
//
// @Summary Show a message of one's own
// @ID getMessage
// @Tags messages
// @Produce json
// @Param id path int true "The message" example(9)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/messages/{id} [get]
func (s *Service) get(c *gin.Context) error {
	id, err := web.PathID(c, "message")
	if err != nil {
		return err
	}
	m, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.answer(c, http.StatusOK, m, err)
}

// unsend answers DELETE /api/messages/{id}.
//
// @Summary Take back a message that still waits
// @ID unsendMessage
// @Tags messages
// @Produce json
// @Param id path int true "The message" example(9)
// @Success 204 "Taken back"
// @Failure 409 {object} web.Problem "It has been sent (message.sent)"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/messages/{id} [delete]
func (s *Service) unsend(c *gin.Context) error {
	id, err := web.PathID(c, "message")
	if err != nil {
		return err
	}
	if err := s.Unsend(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// sendNow answers POST /api/messages/{id}/send.
//
// @Summary Send a message without waiting any longer
// @ID sendMessageNow
// @Tags messages
// @Produce json
// @Param id path int true "The message" example(9)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "It was taken back (message.cancelled)"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/messages/{id}/send [post]
func (s *Service) sendNow(c *gin.Context) error {
	id, err := web.PathID(c, "message")
	if err != nil {
		return err
	}
	m, err := s.SendNow(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.answer(c, http.StatusOK, m, err)
}
