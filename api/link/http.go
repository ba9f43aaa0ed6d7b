package link

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// OtherView is the ticket at the other end of a link.
type OtherView struct {
	ID       int64  `json:"id" example:"41"`
	Title    string `json:"title" example:"The whole floor is offline"`
	Status   string `json:"status" enums:"open,in_progress,resolved,closed" example:"open"`
	Priority string `json:"priority" enums:"low,medium,high,urgent" example:"high"`
} //@name LinkedTicket

// View is a link, seen from the ticket that it is listed of.
type View struct {
	// ID is null for what was merged into the ticket.
	ID *int64 `json:"id" extensions:"x-nullable" example:"7"`
	// Kind says what the ticket is to the other one.
	Kind      string     `json:"kind" enums:"duplicate_of,has_duplicate,caused_by,causes,child_of,parent_of,related_to,merged_in" example:"child_of"`
	Ticket    OtherView  `json:"ticket"`
	CreatedAt *time.Time `json:"created_at" format:"date-time" extensions:"x-nullable"`
} //@name TicketLink

// ListView is the links of a ticket.
type ListView struct {
	Results []View `json:"results"`
} //@name TicketLinks

// Request is the body of a new link.
type Request struct {
	Kind     string `json:"kind" validate:"required" enums:"duplicate_of,has_duplicate,caused_by,causes,child_of,parent_of,related_to" example:"child_of"`
	TicketID int64  `json:"ticket_id" validate:"required" example:"41"`
} //@name TicketLinkCreate

// MergeRequest is the body of merge.
type MergeRequest struct {
	TicketID int64 `json:"ticket_id" validate:"required" example:"41"`
} //@name TicketMerge

// SplitRequest is the body of split.
type SplitRequest struct {
	Title       string  `json:"title" validate:"required" minLength:"1" maxLength:"200" example:"Second screen, too"`
	Description string  `json:"description" validate:"optional" minLength:"1" example:"The second screen stays dark."`
	CommentIDs  []int64 `json:"comment_ids" validate:"optional" maxItems:"500" example:"7"`
	NoteIDs     []int64 `json:"note_ids" validate:"optional" maxItems:"500" example:"3"`
} //@name TicketSplit

// Routes registers the endpoints.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/tickets/:id/links", web.Handle(s.list))
	signedIn.POST("/tickets/:id/links", keys.Post(s.create))
	signedIn.DELETE("/links/:id", web.Handle(s.remove))
	signedIn.POST("/tickets/:id/merge", keys.Post(s.postMerge))
	signedIn.POST("/tickets/:id/unmerge", keys.Post(s.postUnmerge))
	signedIn.POST("/tickets/:id/split", keys.Post(s.postSplit))
	signedIn.POST("/tickets/:id/unsplit", keys.Post(s.postUnsplit))
}

func (s *Service) send(c *gin.Context, status int, id int64) error {
	ctx := c.Request.Context()
	rows, others, err := s.List(ctx, authz.From(ctx), id)
	if err != nil {
		return err
	}
	out := ListView{Results: make([]View, len(rows))}
	for i, l := range rows {
		t := others[l.OtherID]
		v := View{Kind: string(l.Kind), Ticket: OtherView{t.ID, t.Title, t.Status.String(), t.Priority.String()}}
		if l.ID != 0 {
			at := l.CreatedAt.UTC()
			v.ID, v.CreatedAt = &l.ID, &at
		}
		out.Results[i] = v
	}
	return web.SendPlain(c, status, out)
}

// list answers GET /api/tickets/{id}/links.
//
// @Summary List what a ticket is linked to
// @Description Only tickets that the caller sees as well; and what was merged into it.
// @ID listTicketLinks
// @Tags links
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Success 200 {object} ListView
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/links [get]
func (s *Service) list(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	return s.send(c, http.StatusOK, id)
}

// create answers POST /api/tickets/{id}/links.
//
// @Summary Link a ticket to another one
// @Description Both must be visible to the caller. The other ticket gets the other side of the link. A ticket has at most one parent, and none below itself. The same link again changes nothing.
// @ID createTicketLink
// @Tags links
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param body body Request true "The link"
// @Success 201 {object} ListView
// @Failure 409 {object} web.Problem "They are linked already (link.exists), it has a parent (link.has_parent), or the link would close a ring (link.cycle)"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/links [post]
func (s *Service) create(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	kind := b.Text("kind", web.OneOf(Kinds...))
	other := needID(b, "ticket_id")
	b.Require("kind")
	if err := b.Err(); err != nil {
		return err
	}
	if _, err := s.Add(c.Request.Context(), authz.From(c.Request.Context()), id, Kind(*kind), other); err != nil {
		return err
	}
	return s.send(c, http.StatusCreated, id)
}

// needID reads an id that must be there.
func needID(b *web.Body, name string) int64 {
	id := b.ID(name)
	b.Require(name)
	if b.IsNull(name) {
		b.Wrong(name, "Must be an id.")
	}
	if id == nil {
		return 0
	}
	return *id
}

// remove answers DELETE /api/links/{id}.
//
// @Summary Take a link away
// @Description From both of its tickets, which the caller must see.
// @ID deleteTicketLink
// @Tags links
// @Produce json
// @Param id path int true "The link" example(7)
// @Success 204 "Done"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/links/{id} [delete]
func (s *Service) remove(c *gin.Context) error {
	ctx := c.Request.Context()
	if !authz.From(ctx).Can(authz.TicketWork) {
		return errDenied
	}
	id, err := web.PathID(c, "link")
	if err != nil {
		return err
	}
	if err := s.Remove(ctx, authz.From(ctx), id); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// postMerge answers POST /api/tickets/{id}/merge.
//
// @Summary Merge a ticket into another one
// @Description The ticket is closed and becomes a part of the other one: its description, conversation and notes go there, its requester and those who follow it take part there, and later replies go there. Answers the other one. Confidential tickets are merged only where nobody learns anything by it.
// @ID mergeTicket
// @Tags links
// @Accept json
// @Produce json
// @Param id path int true "The ticket that becomes a part" example(42)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body MergeRequest true "What it becomes a part of"
// @Success 200 {object} ticket.DetailView
// @Failure 409 {object} web.Problem "One of them was merged already (ticket.merged, ticket.merge_target_merged), or one is confidential (ticket.merge_confidential)"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/merge [post]
func (s *Service) postMerge(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	into := needID(b, "ticket_id")
	if err := b.Err(); err != nil {
		return err
	}
	if err := s.Merge(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c), into); err != nil {
		return err
	}
	return s.tickets.SendTicket(c, http.StatusOK, into)
}

// postUnmerge answers POST /api/tickets/{id}/unmerge.
//
// @Summary Take a merge back
// @Description The ticket is one of its own again, as it was; what was written since stays where it is. Answers the ticket.
// @ID unmergeTicket
// @Tags links
// @Produce json
// @Param id path int true "The ticket that was merged" example(42)
// @Param If-Match header string false "The ETag that the change is based on"
// @Success 200 {object} ticket.DetailView
// @Failure 409 {object} web.Problem "It is not merged (ticket.not_merged), or what it was merged into was merged further or deleted (ticket.merged_further, ticket.merge_target_gone)"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/unmerge [post]
func (s *Service) postUnmerge(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	if err := s.Unmerge(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return s.tickets.SendTicket(c, http.StatusOK, id)
}

// postSplit answers POST /api/tickets/{id}/split.
//
// @Summary Split a ticket in two
// @Description Makes a new ticket of some comments and notes, which go there. Its requester is whoever wrote the first of them and is no IT staff, else that of the ticket; category, tags, fields, priority, team, assignee and whether it is confidential are the same. Answers the new ticket.
// @ID splitTicket
// @Tags links
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body SplitRequest true "What becomes a new ticket"
// @Success 201 {object} ticket.DetailView
// @Failure 409 {object} web.Problem "It was merged into another one (ticket.merged)"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/split [post]
func (s *Service) postSplit(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	title := b.Text("title", web.NotBlank, web.Max(200))
	description := b.Text("description", web.NotBlank)
	p := Part{Comments: b.IDs("comment_ids", MaxParts), Notes: b.IDs("note_ids", MaxParts)}
	b.Require("title")
	if err := b.Err(); err != nil {
		return err
	}
	p.Title = *title
	if description != nil {
		p.Description = *description
	}
	made, err := s.Split(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c), p)
	if err != nil {
		return err
	}
	return s.tickets.SendTicket(c, http.StatusCreated, made)
}

// postUnsplit answers POST /api/tickets/{id}/unsplit.
//
// @Summary Take a split back
// @Description As long as nobody has worked on the new ticket: what went there returns, and it is deleted. Answers the ticket that it was split from.
// @ID unsplitTicket
// @Tags links
// @Produce json
// @Param id path int true "The ticket that was split off" example(43)
// @Param If-Match header string false "The ETag that the change is based on"
// @Success 200 {object} ticket.DetailView
// @Failure 409 {object} web.Problem "It was not split off (ticket.not_split), or somebody has worked on it (ticket.split_used)"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/unsplit [post]
func (s *Service) postUnsplit(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	back, err := s.Unsplit(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c))
	if err != nil {
		return err
	}
	return s.tickets.SendTicket(c, http.StatusOK, back)
}
