// Package watcher is how people say who watches a ticket and who is in CC; the
// verbs and the rule of what that lets them see are those of tickets.
package watcher

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Service holds the endpoints.
type Service struct {
	db      *db.DB
	bus     *event.Bus
	tickets *ticket.Service
}

// New returns the service.
func New(d *db.DB, bus *event.Bus, tickets *ticket.Service) *Service {
	return &Service{d, bus, tickets}
}

// Can says what the caller may do with a watcher.
type Can struct {
	Remove bool `json:"remove" example:"true"`
} //@name WatcherCan

// View is somebody whom a ticket concerns besides its requester and assignee: an
// account, or an address without one.
type View struct {
	ID        int64      `json:"id" example:"12"`
	Kind      string     `json:"kind" enums:"watcher,cc" example:"cc"`
	User      *user.Card `json:"user" extensions:"x-nullable"`
	Address   *string    `json:"address" extensions:"x-nullable" example:"lee@example.com"`
	AddedBy   user.Card  `json:"added_by"`
	CreatedAt time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:00:00Z"`
	Can       Can        `json:"can"`
} //@name Watcher

// ListView is everybody who watches a ticket or is in CC.
type ListView struct {
	Results []View `json:"results"`
} //@name WatcherList

// WatchRequest is the body of watching a ticket.
type WatchRequest struct {
	// UserID is who of the IT staff is to watch it, the caller when it is left out.
	UserID *int64 `json:"user_id" validate:"optional" extensions:"x-nullable" example:"3"`
} //@name WatcherAdd

// CCRequest is the body of adding somebody in CC: by account or by address.
type CCRequest struct {
	UserID  *int64 `json:"user_id" validate:"optional" extensions:"x-nullable" example:"7"`
	Address string `json:"address" validate:"optional" maxLength:"254" example:"lee@example.com"`
} //@name CCAdd

// Routes registers the endpoints.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/tickets/:id/watchers", web.Handle(s.list))
	signedIn.POST("/tickets/:id/watchers", keys.Post(s.watch))
	signedIn.POST("/tickets/:id/cc", keys.Post(s.cc))
	signedIn.POST("/tickets/:id/unwatch", keys.Post(s.unwatch))
	signedIn.DELETE("/tickets/:id/watchers/:watcher_id", web.Handle(s.remove))
}

func (s *Service) answer(c *gin.Context, status int, id int64) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	t, found, err := s.tickets.Watchers(ctx, by, id)
	if fault.Is(err, fault.NotFound) && status != http.StatusOK {
		return web.SendNothing(c) // whoever leaves may no longer see it
	}
	if err != nil {
		return err
	}
	return s.send(ctx, c, status, by, t, found)
}

func (s *Service) send(ctx context.Context, c *gin.Context, status int, by authz.Actor, t *ticket.Ticket, found []ticket.Watcher) error {
	var ids []int64
	for _, w := range found {
		ids = append(ids, w.AddedByID)
		if w.UserID != nil {
			ids = append(ids, *w.UserID)
		}
	}
	people, err := user.Cards(s.db.Read(ctx), ids...)
	if err != nil {
		return err
	}
	out := ListView{Results: make([]View, len(found))}
	for i, w := range found {
		v := View{
			ID: w.ID, Kind: string(w.Kind), Address: w.Address, AddedBy: people[w.AddedByID],
			CreatedAt: w.CreatedAt.UTC(), Can: Can{Remove: ticket.CanUnwatch(by, t, &w)},
		}
		if w.UserID != nil {
			card := people[*w.UserID]
			v.User = &card
		}
		out.Results[i] = v
	}
	return web.SendPlain(c, status, out)
}

// list answers GET /api/tickets/{id}/watchers.
//
// @Summary List who watches a ticket and who is in CC
// @Description Employees learn of those in CC only.
// @ID listWatchers
// @Tags watchers
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Success 200 {object} ListView
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/watchers [get]
func (s *Service) list(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	return s.answer(c, http.StatusOK, id)
}

// watch answers POST /api/tickets/{id}/watchers.
//
// @Summary Watch a ticket
// @Description Makes the caller a watcher, or whom they name of the IT staff. Watchers see the ticket whoever else has it. Again changes nothing.
// @ID watchTicket
// @Tags watchers
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param body body WatchRequest true "Who"
// @Success 201 {object} ListView
// @Failure 409 {object} web.Problem "The ticket has as many watchers as it can have"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/watchers [post]
func (s *Service) watch(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	who := b.ID("user_id")
	if err := b.Err(); err != nil {
		return err
	}
	if who == nil {
		who = &by.ID
	}
	if err := s.tickets.Watch(ctx, by, id, *who); err != nil {
		return err
	}
	return s.answer(c, http.StatusCreated, id)
}

// cc answers POST /api/tickets/{id}/cc.
//
// @Summary Put somebody in CC
// @Description By the requester and by those who work on the ticket. Employees name people by address. An account that is in CC sees the ticket and takes part in its conversation; so does one that has the address that is given. An address without an account that has proven it is kept for mail, until there is one.
// @ID addTicketCC
// @Tags watchers
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param body body CCRequest true "Who: an account or an address"
// @Success 201 {object} ListView
// @Failure 409 {object} web.Problem "The ticket has as many watchers as it can have"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/cc [post]
func (s *Service) cc(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	who, address := b.ID("user_id"), b.Text("address", user.EmailRule)
	if (who == nil) == !b.Has("address") {
		b.Wrong("address", "Name an account or an address, one of them.")
	}
	if err := b.Err(); err != nil {
		return err
	}
	if who != nil {
		err = s.tickets.AddCC(ctx, by, id, *who)
	} else {
		err = s.tickets.AddAddress(ctx, by, id, *address)
	}
	if err != nil {
		return err
	}
	return s.answer(c, http.StatusCreated, id)
}

// unwatch answers POST /api/tickets/{id}/unwatch.
//
// @Summary Stop watching a ticket
// @Description Takes the caller from its watchers and from CC. Whoever sees the ticket for no other reason no longer does. Again changes nothing.
// @ID unwatchTicket
// @Tags watchers
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Success 204 "Done"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/unwatch [post]
func (s *Service) unwatch(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	if err := s.tickets.Unwatch(c.Request.Context(), authz.From(c.Request.Context()), id); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// remove answers DELETE /api/tickets/{id}/watchers/{watcher_id}.
//
// @Summary Take somebody from those who watch a ticket or are in CC
// @ID removeWatcher
// @Tags watchers
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param watcher_id path int true "The watcher" example(12)
// @Success 204 "Done"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/watchers/{watcher_id} [delete]
func (s *Service) remove(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	watcher, err := strconv.ParseInt(c.Param("watcher_id"), 10, 64)
	if err != nil || watcher < 1 {
		return fault.Missing("watcher")
	}
	if err := s.tickets.RemoveWatcher(c.Request.Context(), authz.From(c.Request.Context()), id, watcher); err != nil {
		return err
	}
	return web.SendNothing(c)
}
