package macro

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/placeholder"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/markdown"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Can is what the caller may do with a macro.
type Can struct {
	Update bool `json:"update" example:"true"`
	Delete bool `json:"delete" example:"true"`
} //@name MacroCan

// ActionView is one action of a macro or a rule.
type ActionView struct {
	// Type is one of those that GET /api/actions lists.
	Type string `json:"type" example:"add_tag"`
	// Params holds what the action was given, by name.
	Params map[string]any `json:"params"`
	// Text says the action to people, in English.
	Text string `json:"text" example:"Add tag vpn"`
} //@name MacroAction

// View is a macro.
type View struct {
	ID         int64        `json:"id" example:"7"`
	Owner      user.Card    `json:"owner"`
	Name       string       `json:"name" example:"Restart the router"`
	Kind       string       `json:"kind" enums:"reply,note" example:"reply"`
	Content    string       `json:"content" example:"Hello {{requester.first_name}}, please restart the router."`
	Actions    []ActionView `json:"actions"`
	SharedWith *string      `json:"shared_with" enums:"it_staff,admin" extensions:"x-nullable" example:"it_staff"`
	Team       *team.Card   `json:"team" extensions:"x-nullable"`
	Version    int64        `json:"version" example:"1"`
	CreatedAt  time.Time    `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	UpdatedAt  time.Time    `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	Can        Can          `json:"can"`
} //@name Macro

// ActionInput is an action as it is sent: its type, and what it needs beside it,
// as GET /api/actions tells.
type ActionInput struct {
	Type string `json:"type" validate:"required" example:"add_tag"`
	Tag  string `json:"tag" validate:"optional" example:"vpn"`
} //@name MacroActionInput

// CreateRequest is the body of a new macro. It needs a text, an action, or both.
type CreateRequest struct {
	Name       string        `json:"name" validate:"required" minLength:"1" maxLength:"100" example:"Restart the router"`
	Kind       string        `json:"kind" validate:"optional" enums:"reply,note" default:"reply"`
	Content    string        `json:"content" validate:"optional" maxLength:"20000" example:"Hello {{requester.first_name}}, please restart the router."`
	Actions    []ActionInput `json:"actions" validate:"optional" maxItems:"10"`
	SharedWith *string       `json:"shared_with" validate:"optional" enums:"it_staff,admin" extensions:"x-nullable" example:"it_staff"`
	TeamID     *int64        `json:"team_id" validate:"optional" extensions:"x-nullable" example:"2"`
} //@name MacroCreate

// UpdateRequest is the body of a change; what is left out stays as it is.
type UpdateRequest struct {
	Name       string        `json:"name" validate:"optional" minLength:"1" maxLength:"100" example:"Restart the router"`
	Kind       string        `json:"kind" validate:"optional" enums:"reply,note"`
	Content    string        `json:"content" validate:"optional" maxLength:"20000" example:"It is known."`
	Actions    []ActionInput `json:"actions" validate:"optional" maxItems:"10"`
	SharedWith *string       `json:"shared_with" validate:"optional" enums:"it_staff,admin" extensions:"x-nullable" example:"it_staff"`
	TeamID     *int64        `json:"team_id" validate:"optional" extensions:"x-nullable" example:"2"`
} //@name MacroUpdate

// PreviewRequest names a macro, or holds one that is not saved yet.
type PreviewRequest struct {
	TicketID int64         `json:"ticket_id" validate:"required" example:"42"`
	MacroID  *int64        `json:"macro_id" validate:"optional" extensions:"x-nullable" example:"7"`
	Kind     string        `json:"kind" validate:"optional" enums:"reply,note"`
	Content  string        `json:"content" validate:"optional" maxLength:"20000" example:"It is known."`
	Actions  []ActionInput `json:"actions" validate:"optional" maxItems:"10"`
} //@name MacroPreviewRequest

// PreviewView is what a macro would do to a ticket.
type PreviewView struct {
	Kind        string   `json:"kind" enums:"reply,note" example:"reply"`
	Content     string   `json:"content" example:"Hello Amara, please restart the router."`
	ContentHTML string   `json:"content_html" example:"<p>Hello Amara, please restart the router.</p>"`
	Actions     []string `json:"actions" example:"Add tag vpn"`
} //@name MacroPreview

// ApplyRequest is the body of apply_macro.
type ApplyRequest struct {
	MacroID int64 `json:"macro_id" validate:"required" example:"7"`
	// Content is sent instead of the macro's text; empty for no message.
	Content *string `json:"content" validate:"optional" maxLength:"20000" extensions:"x-nullable" example:"It is known."`
} //@name MacroApply

// RunView is one use of a macro on a ticket.
type RunView struct {
	ID       int64 `json:"id" example:"3"`
	MacroID  int64 `json:"macro_id" example:"7"`
	TicketID int64 `json:"ticket_id" example:"42"`
	// MessageID is the message that waits to be sent; null when the macro has none.
	MessageID *int64   `json:"message_id" extensions:"x-nullable" example:"9"`
	Changes   []string `json:"changes" example:"Add tag vpn"`
	// TicketVersion is the version of the ticket after it.
	TicketVersion int64      `json:"ticket_version" example:"5"`
	CreatedAt     time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	UndoneAt      *time.Time `json:"undone_at" format:"date-time" extensions:"x-nullable"`
} //@name MacroRun

// PlaceholderView is something that stands for something in a text.
type PlaceholderView struct {
	Name    string `json:"name" example:"requester.first_name"`
	Example string `json:"example" example:"Amara"`
} //@name Placeholder

// PlaceholdersView lists the placeholders.
type PlaceholdersView struct {
	Placeholders []PlaceholderView `json:"placeholders"`
} //@name Placeholders

// Routes registers the endpoints of macros.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/placeholders", web.Handle(s.placeholders))
	signedIn.GET("/macros", web.Handle(s.list))
	signedIn.POST("/macros", keys.Post(s.create))
	signedIn.POST("/macros/preview", keys.Post(s.preview))
	signedIn.GET("/macros/:id", web.Handle(s.get))
	signedIn.PATCH("/macros/:id", web.Handle(s.update))
	signedIn.DELETE("/macros/:id", web.Handle(s.delete))
	signedIn.POST("/macros/:id/restore", keys.Post(s.restore))
	signedIn.POST("/tickets/:id/apply_macro", keys.Post(s.apply))
	signedIn.POST("/macro_runs/:id/undo", keys.Post(s.undo))
}

// ViewAction says an action as it is shown.
func ViewAction(a ticket.Action, text string) ActionView {
	v := ActionView{Type: a.Type, Params: map[string]any{}, Text: text}
	for name, raw := range a.Params {
		var value any
		_ = json.Unmarshal(raw, &value) // it was read before it was kept
		v.Params[name] = value
	}
	return v
}

func (s *Service) shower(ctx context.Context, by authz.Actor, macros ...Macro) (func(Macro) View, error) {
	tx := s.db.Read(ctx)
	ids := make([]int64, len(macros))
	var groups []int64
	for i, m := range macros {
		ids[i] = m.OwnerID
		if m.TeamID != nil {
			groups = append(groups, *m.TeamID)
		}
	}
	people, err := user.Cards(tx, ids...)
	if err != nil {
		return nil, err
	}
	teams, err := team.Cards(tx, groups...)
	return func(m Macro) View {
		v := View{
			ID: m.ID, Owner: people[m.OwnerID], Name: m.Name, Kind: m.Kind, Content: m.Content, Actions: make([]ActionView, len(m.Actions)),
			Version: m.Version, CreatedAt: m.CreatedAt.UTC(), UpdatedAt: m.UpdatedAt.UTC(),
			Can: Can{Update: canChange(by, &m), Delete: canChange(by, &m)},
		}
		for i, a := range m.Actions {
			v.Actions[i] = ViewAction(a, s.tickets.Actions().Describe(tx, a))
		}
		if m.SharedWith != "" {
			with := string(m.SharedWith)
			v.SharedWith = &with
		}
		if m.TeamID != nil {
			card := teams[*m.TeamID]
			v.Team = &card
		}
		return v
	}, err
}

func (s *Service) answer(c *gin.Context, status int, m Macro, err error) error {
	if err != nil {
		return err
	}
	show, err := s.shower(c.Request.Context(), authz.From(c.Request.Context()), m)
	if err != nil {
		return err
	}
	return web.Send(c, status, show(m), m.Version)
}

// placeholders answers GET /api/placeholders.
//
// @Summary List the placeholders
// @Description What can stand in the text of a macro or of a rule's reply, in double braces: `{{requester.first_name}}`. A backslash before the braces keeps them as they are.
// @ID listPlaceholders
// @Tags macros
// @Produce json
// @Success 200 {object} PlaceholdersView
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/placeholders [get]
func (s *Service) placeholders(c *gin.Context) error {
	if !authz.From(c.Request.Context()).Can(authz.TicketWork) {
		return errDenied
	}
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	out := PlaceholdersView{Placeholders: make([]PlaceholderView, len(placeholder.All))}
	for i, p := range placeholder.All {
		out.Placeholders[i] = PlaceholderView{p.Name, p.Example}
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// list answers GET /api/macros.
//
// @Summary List the macros
// @Description One's own and those shared with one, by name; with scope=all, for administrators, also those that are shared with others.
// @ID listMacros
// @Tags macros
// @Produce json
// @Param scope query string false "Which macros" Enums(usable, all) default(usable)
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/macros [get]
func (s *Service) list(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	q := web.ReadQuery(c, "scope")
	scope := q.OneOf("scope", "usable", "all")
	if err := q.Err(); err != nil {
		return err
	}
	found, err := s.List(ctx, by, scope == "all")
	if err != nil {
		return err
	}
	show, err := s.shower(ctx, by, found...)
	if err != nil {
		return err
	}
	return web.SendList(c, web.Rows[Macro]{Rows: found, Count: int64(len(found))}, show)
}

// readChanges reads the fields of a macro that can be set.
func (s *Service) readChanges(b *web.Body) Changes {
	c := Changes{
		Name:    b.Text("name", web.NotBlank, web.Max(100)),
		Kind:    b.Text("kind", web.OneOf(KindReply, KindNote)),
		Content: b.Text("content", web.Max(20_000)),
		Actions: ReadActions(s.tickets, b),
	}
	switch {
	case b.IsNull("shared_with"):
		c.SharedWith = new(authz.Role)
	case b.Has("shared_with"):
		if role := b.Text("shared_with", web.OneOf(authz.ITStaff, authz.Admin)); role != nil {
			r := authz.Role(*role)
			c.SharedWith = &r
		}
	}
	if c.Team = b.Has("team_id"); c.Team {
		c.TeamID = b.ID("team_id")
	}
	c.Wrong = b.Err()
	return c
}

// ReadActions reads the actions of a body; nil when there are none, or when they
// are wrong. Actions as they are shown, with their params apart, are read as well.
func ReadActions(tickets *ticket.Service, b *web.Body) *[]ticket.Action {
	if !b.Has("actions") {
		return nil
	}
	var raws []json.RawMessage
	if json.Unmarshal(b.Raw("actions"), &raws) != nil || b.IsNull("actions") || len(raws) > 50 {
		b.Wrong("actions", "Must be a list of actions.")
		return nil
	}
	out := make([]ticket.Action, 0, len(raws))
	for i, raw := range raws {
		a, err := tickets.Actions().Read(flat(raw))
		if err != nil {
			var f *fault.Error
			if errors.As(ofAction(i, err), &f) && len(f.Fields["actions"]) > 0 {
				b.Wrong("actions", f.Fields["actions"][0])
			} else {
				b.Wrong("actions", "Must be a list of actions.")
			}
			continue
		}
		out = append(out, a)
	}
	return &out
}

// flat puts the parameters of an action as it is shown beside its type.
func flat(raw json.RawMessage) json.RawMessage {
	var shown struct {
		Type   json.RawMessage            `json:"type"`
		Params map[string]json.RawMessage `json:"params"`
	}
	if json.Unmarshal(raw, &shown) != nil || shown.Params == nil || shown.Type == nil {
		return raw
	}
	shown.Params["type"] = shown.Type
	out, err := json.Marshal(shown.Params)
	if err != nil {
		return raw
	}
	return out
}

// create answers POST /api/macros.
//
// @Summary Make a macro
// @Description A text with placeholders, actions, or both. IT staff share theirs with the IT staff and their teams, administrators with anybody who works on tickets. A placeholder that is not on the list is refused.
// @ID createMacro
// @Tags macros
// @Accept json
// @Produce json
// @Param body body CreateRequest true "The macro"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "Too many macros (macro.too_many)"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Router /api/macros [post]
func (s *Service) create(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("name")
	ch := s.readChanges(b)
	m, err := s.Create(c.Request.Context(), authz.From(c.Request.Context()), ch)
	return s.answer(c, http.StatusCreated, m, err)
}

// get answers GET /api/macros/{id}.
//
// @Summary Show a macro
// @ID getMacro
// @Tags macros
// @Produce json
// @Param id path int true "The macro" example(7)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"visible"}
// @Router /api/macros/{id} [get]
func (s *Service) get(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	m, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.answer(c, http.StatusOK, m, err)
}

// update answers PATCH /api/macros/{id}.
//
// @Summary Change a macro
// @ID updateMacro
// @Tags macros
// @Accept json
// @Produce json
// @Param id path int true "The macro" example(7)
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"visible"}
// @Router /api/macros/{id} [patch]
func (s *Service) update(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := s.readChanges(b)
	m, err := s.Update(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c), ch)
	return s.answer(c, http.StatusOK, m, err)
}

// delete answers DELETE /api/macros/{id}.
//
// @Summary Delete a macro
// @Description It can be restored for a day.
// @ID deleteMacro
// @Tags macros
// @Produce json
// @Param id path int true "The macro" example(7)
// @Success 204 "Deleted"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"visible"}
// @Router /api/macros/{id} [delete]
func (s *Service) delete(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	if err := s.Delete(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// restore answers POST /api/macros/{id}/restore.
//
// @Summary Restore a macro that was deleted in the last day
// @ID restoreMacro
// @Tags macros
// @Produce json
// @Param id path int true "The macro" example(7)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"visible"}
// @Router /api/macros/{id}/restore [post]
func (s *Service) restore(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	m, err := s.Restore(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.answer(c, http.StatusOK, m, err)
}

// preview answers POST /api/macros/preview.
//
// @Summary Show what a macro would do to a ticket
// @Description With macro_id, a saved one; else the macro of the body, which need not be saved. Nothing is changed.
// @ID previewMacro
// @Tags macros
// @Accept json
// @Produce json
// @Param body body PreviewRequest true "The macro and the ticket"
// @Success 200 {object} PreviewView
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/macros/preview [post]
func (s *Service) preview(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("ticket_id")
	id, macroID := b.ID("ticket_id"), b.ID("macro_id")
	ch := s.readChanges(b)
	if err := b.Err(); err != nil {
		return err
	}
	if id == nil {
		return fault.Field("ticket_id", "Must be an id.")
	}
	m := Macro{Kind: KindReply}
	if macroID != nil {
		if m, err = s.Get(ctx, by, *macroID); err != nil {
			if fault.Is(err, fault.NotFound) {
				return fault.Field("macro_id", "There is no such macro.")
			}
			return err
		}
	}
	ch.apply(&m)
	p, err := s.Preview(ctx, by, *id, m)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, PreviewView{
		Kind: p.Kind, Content: p.Content, ContentHTML: markdown.Render(p.Content), Actions: p.Actions,
	})
}

// apply answers POST /api/tickets/{id}/apply_macro.
//
// @Summary Use a macro on a ticket
// @Description All of it happens, or nothing. Its message waits for ten seconds like every message, and the whole use can be taken back as long as it waits and nobody else has changed the ticket.
// @ID applyMacro
// @Tags macros
// @Accept json
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Param body body ApplyRequest true "The macro"
// @Success 201 {object} RunView
// @Failure 409 {object} web.Problem "There is nothing to do (macro.nothing)"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/apply_macro [post]
func (s *Service) apply(c *gin.Context) error {
	id, err := web.PathID(c, ticket.Subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("macro_id")
	macroID, content := b.ID("macro_id"), b.Text("content", web.Max(20_000))
	if b.IsNull("content") {
		content = nil
	}
	if err := b.Err(); err != nil {
		return err
	}
	if macroID == nil {
		return fault.Field("macro_id", "Must be an id.")
	}
	r, err := s.Apply(c.Request.Context(), authz.From(c.Request.Context()), id, *macroID, web.IfMatch(c), content)
	return s.answerRun(c, http.StatusCreated, r, err)
}

// undo answers POST /api/macro_runs/{id}/undo.
//
// @Summary Take the use of a macro back
// @ID undoMacro
// @Tags macros
// @Produce json
// @Param id path int true "The use" example(3)
// @Success 200 {object} RunView
// @Failure 409 {object} web.Problem "It was taken back already (macro.no_undo), or its message has been sent (message.sent)"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Router /api/macro_runs/{id}/undo [post]
func (s *Service) undo(c *gin.Context) error {
	id, err := web.PathID(c, "macro run")
	if err != nil {
		return err
	}
	r, err := s.Undo(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.answerRun(c, http.StatusOK, r, err)
}

func (s *Service) answerRun(c *gin.Context, status int, r Run, err error) error {
	if err != nil {
		return err
	}
	tx := s.db.Read(c.Request.Context())
	v := RunView{
		ID: r.ID, MacroID: r.MacroID, TicketID: r.TicketID, Changes: make([]string, len(r.Steps)), TicketVersion: r.After,
		CreatedAt: r.CreatedAt.UTC(),
	}
	if r.UndoneAt != nil {
		at := r.UndoneAt.UTC()
		v.UndoneAt = &at
	}
	for i, st := range r.Steps {
		v.Changes[i] = s.tickets.Actions().Describe(tx, st.Action)
		if st.Action.Type == KindReply || st.Action.Type == KindNote {
			var sent struct {
				MessageID int64 `json:"message_id"`
			}
			if json.Unmarshal(st.Before, &sent) == nil && sent.MessageID != 0 {
				v.MessageID = &sent.MessageID
			}
		}
	}
	return web.SendPlain(c, status, v)
}
