package draft

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// View is a draft.
type View struct {
	Kind      string    `json:"kind" enums:"reply,note,edit,ticket" example:"reply"`
	TicketID  *int64    `json:"ticket_id" extensions:"x-nullable" example:"42"`
	Title     string    `json:"title" example:""`
	Content   string    `json:"content" example:"A new cartri"`
	Version   int64     `json:"version" example:"3"`
	UpdatedAt time.Time `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name Draft

// PutRequest is the body of a draft.
type PutRequest struct {
	Title   string `json:"title" validate:"optional" maxLength:"200" example:""`
	Content string `json:"content" validate:"required" example:"A new cartridge"`
} //@name DraftPut

const maxTitle = 200

func viewOf(d Draft) View {
	v := View{Kind: string(d.Kind), Title: d.Title, Content: d.Content, Version: d.Version, UpdatedAt: d.UpdatedAt.UTC()}
	if d.TicketID != 0 {
		v.TicketID = &d.TicketID
	}
	return v
}

// Routes registers the endpoints of drafts.
func (s *Service) Routes(signedIn *gin.RouterGroup, _ *web.Keys) {
	signedIn.GET("/drafts", web.Handle(s.list))
	signedIn.GET("/drafts/ticket", web.Handle(s.getNew))
	signedIn.PUT("/drafts/ticket", web.Handle(s.putNew))
	signedIn.DELETE("/drafts/ticket", web.Handle(s.deleteNew))
	signedIn.GET("/tickets/:id/drafts/:kind", web.Handle(s.get))
	signedIn.PUT("/tickets/:id/drafts/:kind", web.Handle(s.put))
	signedIn.DELETE("/tickets/:id/drafts/:kind", web.Handle(s.delete))
}

// list answers GET /api/drafts.
//
// @Summary List one's own drafts
// @Description The newest hundred.
// @ID listDrafts
// @Tags drafts
// @Produce json
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/drafts [get]
func (s *Service) list(c *gin.Context) error {
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	found, err := s.List(c.Request.Context(), authz.From(c.Request.Context()))
	if err != nil {
		return err
	}
	return web.SendList(c, web.Rows[Draft]{Rows: found, Count: int64(len(found))}, viewOf)
}

// where reads which draft is meant.
func where(c *gin.Context) (int64, Kind, error) {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return 0, "", err
	}
	k := Kind(c.Param("kind"))
	if k != Reply && k != Note && k != Edit {
		return 0, "", fault.Missing("draft")
	}
	return id, k, nil
}

// get answers GET /api/tickets/{id}/drafts/{kind}.
//
// @Summary Show one's own draft on a ticket
// @ID getDraft
// @Tags drafts
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param kind path string true "What it is to become" Enums(reply, note, edit)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/drafts/{kind} [get]
func (s *Service) get(c *gin.Context) error {
	id, k, err := where(c)
	if err != nil {
		return err
	}
	return s.show(c, id, k)
}

// put answers PUT /api/tickets/{id}/drafts/{kind}.
//
// @Summary Keep one's own draft on a ticket
// @ID putDraft
// @Tags drafts
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param kind path string true "What it is to become" Enums(reply, note, edit)
// @Param body body PutRequest true "The draft"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/drafts/{kind} [put]
func (s *Service) put(c *gin.Context) error {
	id, k, err := where(c)
	if err != nil {
		return err
	}
	return s.write(c, id, k)
}

// delete answers DELETE /api/tickets/{id}/drafts/{kind}.
//
// @Summary Drop one's own draft on a ticket
// @ID deleteDraft
// @Tags drafts
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param kind path string true "What it is to become" Enums(reply, note, edit)
// @Success 204 "Gone"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/drafts/{kind} [delete]
func (s *Service) delete(c *gin.Context) error {
	id, k, err := where(c)
	if err != nil {
		return err
	}
	return s.drop(c, id, k)
}

// getNew answers GET /api/drafts/ticket.
//
// @Summary Show the draft of one's new ticket
// @ID getTicketDraft
// @Tags drafts
// @Produce json
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Failure 404 {object} web.Problem "No such draft"
// @Router /api/drafts/ticket [get]
func (s *Service) getNew(c *gin.Context) error { return s.show(c, 0, Ticket) }

// putNew answers PUT /api/drafts/ticket.
//
// @Summary Keep the draft of one's new ticket
// @ID putTicketDraft
// @Tags drafts
// @Accept json
// @Produce json
// @Param body body PutRequest true "The draft"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/drafts/ticket [put]
func (s *Service) putNew(c *gin.Context) error { return s.write(c, 0, Ticket) }

// deleteNew answers DELETE /api/drafts/ticket.
//
// @Summary Drop the draft of one's new ticket
// @ID deleteTicketDraft
// @Tags drafts
// @Produce json
// @Success 204 "Gone"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/drafts/ticket [delete]
func (s *Service) deleteNew(c *gin.Context) error { return s.drop(c, 0, Ticket) }

func (s *Service) show(c *gin.Context, id int64, k Kind) error {
	d, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), id, k)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, viewOf(d), d.Version)
}

func (s *Service) write(c *gin.Context, id int64, k Kind) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("content")
	content, title := b.Text("content"), b.Text("title", web.Max(maxTitle))
	if err := b.Err(); err != nil {
		return err
	}
	if title == nil {
		title = new(string)
	}
	d, err := s.Put(c.Request.Context(), authz.From(c.Request.Context()), id, k, web.IfMatch(c), *title, *content)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, viewOf(d), d.Version)
}

func (s *Service) drop(c *gin.Context, id int64, k Kind) error {
	if err := s.Delete(c.Request.Context(), authz.From(c.Request.Context()), id, k, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}
