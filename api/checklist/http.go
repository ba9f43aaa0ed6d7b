package checklist

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// View is an item of a checklist.
type View struct {
	ID       int64      `json:"id" example:"5"`
	TicketID int64      `json:"ticket_id" example:"42"`
	Position int        `json:"position" example:"1"`
	Text     string     `json:"text" example:"Back up the disk"`
	Required bool       `json:"required" example:"false"`
	DoneAt   *time.Time `json:"done_at" format:"date-time" extensions:"x-nullable"`
	DoneBy   *user.Card `json:"done_by" extensions:"x-nullable"`
	Version  int64      `json:"version" example:"1"`
} //@name ChecklistItem

// ListView is the checklist of a ticket.
type ListView struct {
	Results []View `json:"results"`
} //@name Checklist

// AddRequest is the body of new items.
type AddRequest struct {
	Items    []string `json:"items" validate:"required" minItems:"1" maxItems:"100" example:"Back up the disk"`
	Required bool     `json:"required" validate:"optional" example:"false"`
} //@name ChecklistAdd

// UpdateRequest is the body of a changed item; what is left out stays.
type UpdateRequest struct {
	Text     string `json:"text" validate:"optional" minLength:"1" maxLength:"500" example:"Back up the disk"`
	Required bool   `json:"required" validate:"optional" example:"true"`
	Done     bool   `json:"done" validate:"optional" example:"true"`
	Position int    `json:"position" validate:"optional" minimum:"1" maximum:"100" example:"2"`
} //@name ChecklistUpdate

// Routes registers the endpoints.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/tickets/:id/checklist", web.Handle(s.list))
	signedIn.POST("/tickets/:id/checklist", keys.Post(s.create))
	signedIn.GET("/checklist_items/:id", web.Handle(s.get))
	signedIn.PATCH("/checklist_items/:id", web.Handle(s.update))
	signedIn.DELETE("/checklist_items/:id", web.Handle(s.remove))
}

func (s *Service) views(ctx context.Context, items []Item) ([]View, error) {
	var ids []int64
	for _, it := range items {
		if it.DoneByID != nil {
			ids = append(ids, *it.DoneByID)
		}
	}
	people, err := user.Cards(s.db.Read(ctx), ids...)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(items))
	for i, it := range items {
		out[i] = View{ID: it.ID, TicketID: it.TicketID, Position: it.Position, Text: it.Text, Required: it.Required, Version: it.Version}
		if it.DoneAt != nil {
			at := it.DoneAt.UTC()
			out[i].DoneAt = &at
		}
		if it.DoneByID != nil {
			card := people[*it.DoneByID]
			out[i].DoneBy = &card
		}
	}
	return out, nil
}

func (s *Service) sendAll(c *gin.Context, status int, id int64) error {
	ctx := c.Request.Context()
	items, err := s.List(ctx, authz.From(ctx), id)
	if err != nil {
		return err
	}
	out, err := s.views(ctx, items)
	if err != nil {
		return err
	}
	return web.SendPlain(c, status, ListView{out})
}

func (s *Service) send(c *gin.Context, it Item, err error) error {
	if err != nil {
		return err
	}
	out, err := s.views(c.Request.Context(), []Item{it})
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, out[0], it.Version)
}

// list answers GET /api/tickets/{id}/checklist.
//
// @Summary Show the checklist of a ticket
// @ID listChecklist
// @Tags checklists
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Success 200 {object} ListView
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/checklist [get]
func (s *Service) list(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	return s.sendAll(c, http.StatusOK, id)
}

// create answers POST /api/tickets/{id}/checklist.
//
// @Summary Add to the checklist of a ticket
// @Description At its end. A ticket whose required items are not done cannot be resolved or closed.
// @ID addChecklist
// @Tags checklists
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param body body AddRequest true "The items"
// @Success 201 {object} ListView
// @Failure 409 {object} web.Problem "It has as many items as it can have (checklist.full)"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/checklist [post]
func (s *Service) create(c *gin.Context) error {
	ctx := c.Request.Context()
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	texts := ReadTexts(b, "items")
	required := b.Bool("required")
	b.Require("items")
	if err := b.Err(); err != nil {
		return err
	}
	if _, err := s.Add(ctx, authz.From(ctx), id, texts, required != nil && *required); err != nil {
		return err
	}
	return s.sendAll(c, http.StatusCreated, id)
}

// get answers GET /api/checklist_items/{id}.
//
// @Summary Show an item of a checklist
// @ID getChecklistItem
// @Tags checklists
// @Produce json
// @Param id path int true "The item" example(5)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/checklist_items/{id} [get]
func (s *Service) get(c *gin.Context) error {
	id, err := web.PathID(c, "checklist item")
	if err != nil {
		return err
	}
	it, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.send(c, it, err)
}

// update answers PATCH /api/checklist_items/{id}.
//
// @Summary Tick off or change an item of a checklist
// @ID updateChecklistItem
// @Tags checklists
// @Accept json
// @Produce json
// @Param id path int true "The item" example(5)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/checklist_items/{id} [patch]
func (s *Service) update(c *gin.Context) error {
	id, err := web.PathID(c, "checklist item")
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := Change{Text: b.Text("text", web.NotBlank, web.Max(MaxText)), Required: b.Bool("required"), Done: b.Bool("done")}
	if n := b.Int("position"); n != nil {
		at := int(min(max(*n, 0), MaxItems+1))
		if at < 1 || at > MaxItems {
			b.Wrong("position", "Must be a number from 1 to 100.")
		}
		ch.Position = &at
	}
	if err := b.Err(); err != nil {
		return err
	}
	it, err := s.Update(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c), ch)
	return s.send(c, it, err)
}

// remove answers DELETE /api/checklist_items/{id}.
//
// @Summary Delete an item of a checklist
// @ID deleteChecklistItem
// @Tags checklists
// @Produce json
// @Param id path int true "The item" example(5)
// @Param If-Match header string false "The ETag that the change is based on"
// @Success 204 "Deleted"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/checklist_items/{id} [delete]
func (s *Service) remove(c *gin.Context) error {
	id, err := web.PathID(c, "checklist item")
	if err != nil {
		return err
	}
	if err := s.Remove(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}
