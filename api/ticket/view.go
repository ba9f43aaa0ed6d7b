package ticket

import (
	"log/slog"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/markdown"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket/channel"
	"github.com/fixdesk/fixdesk/api/user"
)

// Can says what the caller may do with a ticket.
type Can struct {
	Update       bool `json:"update" example:"true"`
	UpdateStatus bool `json:"update_status" example:"true"`
	Assign       bool `json:"assign" example:"true"`
	Comment      bool `json:"comment" example:"true"`
	Delete       bool `json:"delete" example:"false"`
	Close        bool `json:"close" example:"true"`
	Reopen       bool `json:"reopen" example:"false"`
	// Watch is for oneself and others of the IT staff, CC for everybody else.
	Watch        bool `json:"watch" example:"true"`
	CC           bool `json:"cc" example:"true"`
	Confidential bool `json:"confidential" example:"true"`
} //@name TicketCan

// View is a ticket in a list.
type View struct {
	ID          int64      `json:"id" example:"42"`
	Title       string     `json:"title" example:"Printer on floor 3 is out of toner"`
	Description string     `json:"description" example:"It says 'replace cartridge' since this morning."`
	Status      string     `json:"status" enums:"open,in_progress,resolved,closed" example:"open"`
	Priority    string     `json:"priority" enums:"low,medium,high,urgent" example:"medium"`
	CreatedBy   user.Card  `json:"created_by"`
	AssignedTo  *user.Card `json:"assigned_to" extensions:"x-nullable"`
	Team        *team.Card `json:"team" extensions:"x-nullable"`
	// OpenedBy opened the ticket for its requester; null when they did themselves.
	OpenedBy *user.Card `json:"opened_by" extensions:"x-nullable"`
	// Channel is how the ticket came in; null when that is not known.
	Channel *string `json:"channel" extensions:"x-nullable" example:"phone"`
	// Confidential tickets are seen by those only whom they name, and by administrators.
	Confidential bool `json:"confidential" example:"false"`
	// Watching says whether the caller watches the ticket or is in CC.
	Watching   bool       `json:"watching" example:"false"`
	CreatedAt  time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:00:00Z"`
	UpdatedAt  time.Time  `json:"updated_at" format:"date-time" example:"2026-03-02T09:30:00Z"`
	ResolvedAt *time.Time `json:"resolved_at" format:"date-time" extensions:"x-nullable"`
	ClosedAt   *time.Time `json:"closed_at" format:"date-time" extensions:"x-nullable"`
	// FirstRespondedAt is when the IT staff first wrote to the requester.
	FirstRespondedAt *time.Time `json:"first_responded_at" format:"date-time" extensions:"x-nullable"`
	// SolvedAt is since when nobody needs to work on the ticket.
	SolvedAt     *time.Time `json:"solved_at" format:"date-time" extensions:"x-nullable"`
	CommentCount int        `json:"comment_count" example:"3"`
	// Category is what the ticket is about, and Substatus its finer status.
	Category  *CategoryView  `json:"category" extensions:"x-nullable"`
	Substatus *SubstatusView `json:"substatus" extensions:"x-nullable"`
	// Tags are shown to the IT staff, and to employees where the desk is set so.
	Tags []string `json:"tags" example:"vpn"`
	// Fields holds the desk's own fields, by slug: those that the caller may see.
	Fields map[string]any `json:"fields"`
	// Waiting says for whom the ticket waits: the IT staff until they have the
	// last word, then the requester; null when it is done.
	Waiting *string `json:"waiting" enums:"staff,requester" extensions:"x-nullable" example:"staff"`
	// DueAt is by when something must happen, for the requester as well as for
	// the staff: the next time that an SLA names, or one set by hand. It is null
	// while the time stands still.
	DueAt     *time.Time `json:"due_at" format:"date-time" extensions:"x-nullable" example:"2026-03-02T13:00:00Z"`
	DueSource *string    `json:"due_source" enums:"sla,manual" extensions:"x-nullable" example:"sla"`
	// SLAState says how the ticket stands against its SLA; for the staff only.
	SLAState *string `json:"sla_state" enums:"ok,at_risk,breached,paused,met" extensions:"x-nullable" example:"ok"`
	Extra
	Version int64 `json:"version" example:"2"`
	Can     Can   `json:"can"`
} //@name Ticket

// ItemView is a ticket in a list, for one reader.
type ItemView struct {
	View
	Unread bool `json:"unread" example:"true"`
} //@name TicketItem

// DetailView is a ticket with its conversation, oldest first.
type DetailView struct {
	View
	DescriptionHTML string            `json:"description_html" example:"<p>It says 'replace cartridge' since this morning.</p>"`
	Comments        []CommentView     `json:"comments"`
	Attachments     []attachment.View `json:"attachments"` // of the description
} //@name TicketDetail

// CommentCan says what the caller may do with a comment.
type CommentCan struct {
	Update bool `json:"update" example:"true"`
	Delete bool `json:"delete" example:"true"`
} //@name CommentCan

// CommentView is a comment.
type CommentView struct {
	ID              int64     `json:"id" example:"7"`
	TicketID        int64     `json:"ticket_id" example:"42"`
	Author          user.Card `json:"author"`
	Content         string    `json:"content" example:"A new cartridge is on its way."`
	ContentHTML     string    `json:"content_html" example:"<p>A new cartridge is on its way.</p>"`
	IsSystemMessage bool      `json:"is_system_message" example:"false"`
	// Moved says that it was written on another ticket, before a merge or a split.
	Moved bool `json:"moved" example:"false"`
	// MovedFrom is that ticket, for the IT staff.
	MovedFrom   *int64            `json:"moved_from" extensions:"x-nullable" example:"41"`
	Attachments []attachment.View `json:"attachments"`
	CreatedAt   time.Time         `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	UpdatedAt   time.Time         `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	Version     int64             `json:"version" example:"1"`
	Can         CommentCan        `json:"can"`
} //@name Comment

// EventView is one entry of a ticket's timeline. What data holds depends on the
// type: {"from","to"} for changes of status, priority, assignee and team, {"changed"}
// for changed texts, {"comment_id"} for comments, {"user"} for watchers and CC (null
// for an address), {"confidential"} for that,
// {"was","now"} for category, finer status and fields, {"added","removed"} for tags.
type EventView struct {
	ID        int64          `json:"id" example:"120"`
	Type      string         `json:"type" example:"ticket.status_changed"`
	Actor     *user.Card     `json:"actor" extensions:"x-nullable"`
	Data      map[string]any `json:"data"`
	CreatedAt time.Time      `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name TicketEvent

type people map[int64]user.Card

// names holds who and what is named by the objects that are sent.
type names struct {
	people
	teams map[int64]team.Card
}

// peopleOf reads everybody who appears in tickets and comments.
func peopleOf(tx *gorm.DB, tickets []Ticket, comments []Comment) (names, error) {
	ids := make([]int64, 0, 2*len(tickets)+len(comments))
	var groups []int64
	for _, t := range tickets {
		ids = append(ids, t.CreatedByID)
		if t.OpenedByID != nil {
			ids = append(ids, *t.OpenedByID)
		}
		if t.TeamID != nil && !slices.Contains(groups, *t.TeamID) {
			groups = append(groups, *t.TeamID)
		}
		if t.AssignedToID != nil {
			ids = append(ids, *t.AssignedToID)
		}
	}
	for _, c := range comments {
		ids = append(ids, c.AuthorID)
	}
	found, err := user.Cards(tx, ids...)
	if err != nil {
		return names{}, err
	}
	teams, err := team.Cards(tx, groups...)
	return names{found, teams}, err
}

// peopleIn reads everybody who acted in events or was assigned by them.
func peopleIn(tx *gorm.DB, events []event.Event) (people, error) {
	ids := make([]int64, 0, len(events))
	for _, e := range events {
		ids = append(ids, e.ActorID)
		if w := watcherIn(e); w != nil {
			ids = append(ids, w.UserID)
		}
		if a := assignmentIn(e); a != nil {
			for _, p := range []*Person{a.From, a.To} {
				if p != nil {
					ids = append(ids, p.ID)
				}
			}
		}
	}
	return user.Cards(tx, ids...)
}

// assignmentIn returns what an event of the type Assigned says, or nil.
func assignmentIn(e event.Event) *Assignment {
	var a Assignment
	if e.Type != Assigned || e.Decode(&a) != nil {
		return nil
	}
	return &a
}

// watcherIn returns what an event about a watcher says, or nil.
func watcherIn(e event.Event) *WatcherRef {
	switch e.Type {
	case WatcherAdded, WatcherRemoved, CCAdded, CCRemoved:
		var w WatcherRef
		if e.Decode(&w) == nil {
			return &w
		}
	}
	return nil
}

// named puts the names that people go by today in the place of those they had:
// whoever was anonymised since is not named.
func (a *Assignment) named(p people) map[string]any {
	return map[string]any{"from": p.show(a.From), "to": p.show(a.To)}
}

func (p people) show(who *Person) any {
	if who == nil {
		return nil
	}
	return map[string]any{"id": who.ID, "username": p[who.ID].Username}
}

func (s *Service) viewFor(by authz.Actor, p names, hangs *facets) func(Ticket) View {
	now := s.clock.Now()
	return func(t Ticket) View {
		v := View{
			ID: t.ID, Title: t.Title, Description: t.Description,
			Status: t.Status.String(), Priority: t.Priority.String(),
			CreatedBy: p.people[t.CreatedByID], Confidential: t.Confidential,
			Watching: by.ID != 0 && slices.Contains(t.Watchers, by.ID), CreatedAt: t.CreatedAt.UTC(), UpdatedAt: t.UpdatedAt.UTC(),
			ResolvedAt: utc(t.ResolvedAt), ClosedAt: utc(t.ClosedAt),
			FirstRespondedAt: utc(t.FirstRespondedAt), SolvedAt: utc(t.SolvedAt),
			CommentCount: t.CommentCount, Version: t.Version, Channel: channel.Name(t.Channel),
			Can: Can{
				Update: canUpdate(by, &t), UpdateStatus: canWork(by, &t), Assign: canWork(by, &t),
				Comment: canComment(by, &t), Delete: canDelete(by, &t),
				Close: canClose(by, &t), Reopen: canReopen(by, &t, now, s.reopenWindow),
				Watch: canWatch(by, &t), CC: canCC(by, &t), Confidential: canSetConfidential(by, &t),
			},
		}
		hangs.show(&t, &v)
		if t.MergedIntoID != nil {
			v.Can = Can{Comment: v.Can.Comment, Delete: v.Can.Delete}
		}
		if w := t.Waiting(); w != "" {
			v.Waiting = &w
		}
		v.DueAt = utc(t.DueAt)
		if name := t.DueSource.String(); name != "" {
			v.DueSource = &name
		}
		if name := t.SLAState.String(); name != "" && by.Can(authz.TicketWork) {
			v.SLAState = &name
		}
		if t.AssignedToID != nil {
			card := p.people[*t.AssignedToID]
			v.AssignedTo = &card
		}
		if t.OpenedByID != nil {
			card := p.people[*t.OpenedByID]
			v.OpenedBy = &card
		}
		if t.TeamID != nil {
			card := p.teams[*t.TeamID]
			v.Team = &card
		}
		return v
	}
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

func (s *Service) detailFor(by authz.Actor, p names, hangs *facets, f Full) DetailView {
	d := DetailView{
		View: s.viewFor(by, p, hangs)(f.Ticket), DescriptionHTML: markdown.Render(f.Description),
		Comments:    make([]CommentView, len(f.Comments)),
		Attachments: attachment.Views(by, f.Files, func(l attachment.Listed) bool { return l.CommentID == nil }),
	}
	view := commentFor(by, p.people, f.Files)
	for i, c := range f.Comments {
		d.Comments[i] = view(c)
	}
	return d
}

func commentFor(by authz.Actor, p people, files []attachment.Listed) func(Comment) CommentView {
	of := make(map[int64][]attachment.View)
	for _, l := range files {
		if l.CommentID != nil {
			of[*l.CommentID] = append(of[*l.CommentID], attachment.ViewFor(by)(l))
		}
	}
	return func(c Comment) CommentView {
		v := CommentView{
			ID: c.ID, TicketID: c.TicketID, Author: p[c.AuthorID], Content: c.Content, ContentHTML: markdown.Render(c.Content),
			IsSystemMessage: c.IsSystemMessage, Moved: c.OriginID != nil, CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
			Version: c.Version, Attachments: append([]attachment.View{}, of[c.ID]...),
			Can: CommentCan{Update: canChangeComment(by, &c), Delete: canChangeComment(by, &c)},
		}
		if by.Can(authz.TicketWork) {
			v.MovedFrom = c.OriginID
		}
		return v
	}
}

func eventFor(p people) func(event.Event) EventView {
	return func(e event.Event) EventView {
		v := EventView{ID: e.ID, Type: e.Type, Data: map[string]any{}, CreatedAt: e.CreatedAt.UTC()}
		a, w := assignmentIn(e), watcherIn(e)
		switch {
		case a != nil:
			v.Data = a.named(p)
		case w != nil && w.UserID != 0:
			v.Data = map[string]any{"user": p.show(&Person{ID: w.UserID})}
		case w != nil:
			v.Data = map[string]any{"user": nil}
		case e.Type == Deleted: // who saw it then is nobody's business
			v.Data = map[string]any{}
		}
		if a != nil || w != nil || e.Type == Deleted {
			// said above
		} else if err := e.Decode(&v.Data); err != nil {
			slog.Error("an event's data cannot be read", "error", err)
		}
		if e.ActorID != 0 {
			card := p[e.ActorID]
			v.Actor = &card
		}
		return v
	}
}

// The bodies of requests. They are for the document; the handlers read the
// fields one by one, so as to report all wrong ones at once.

// CreateRequest is the body of a new ticket.
type CreateRequest struct {
	Title       string `json:"title" validate:"required" minLength:"1" maxLength:"200" example:"Printer on floor 3 is out of toner"`
	Description string `json:"description" validate:"required" minLength:"1" example:"It says 'replace cartridge' since this morning."`
	Priority    string `json:"priority" validate:"optional" enums:"low,medium,high,urgent" default:"medium" example:"medium"`
	AssignedTo  *int64 `json:"assigned_to" validate:"optional" extensions:"x-nullable" example:"3"`
	// RequesterID is for whom the ticket is opened; IT staff and administrators only.
	RequesterID  *int64         `json:"requester_id" validate:"optional" extensions:"x-nullable" example:"7"`
	TeamID       *int64         `json:"team_id" validate:"optional" extensions:"x-nullable" example:"2"`
	Confidential bool           `json:"confidential" validate:"optional" example:"false"`
	Attachments  []int64        `json:"attachment_ids" validate:"optional" maxItems:"20" example:"12"`
	Category     *int64         `json:"category" validate:"optional" extensions:"x-nullable" example:"3"`
	Substatus    *string        `json:"substatus" validate:"optional" extensions:"x-nullable" example:"waiting_for_requester"`
	Tags         []string       `json:"tags" validate:"optional" example:"vpn"`
	Fields       map[string]any `json:"fields" validate:"optional"`
	// Channel is how it came in, for IT staff and administrators to say; otherwise web for the app, api for programs.
	Channel string `json:"channel" validate:"optional" enums:"web,mail,api,phone" example:"phone"`
	// TemplateID is what the ticket begins with: it says what the request does not.
	TemplateID *int64 `json:"template_id" validate:"optional" extensions:"x-nullable" example:"4"`
} //@name TicketCreate

// ReplaceRequest is the body of a PUT; what is left out stays as it is.
type ReplaceRequest struct {
	Title        string         `json:"title" validate:"required" minLength:"1" maxLength:"200" example:"Printer on floor 3 is out of toner"`
	Description  string         `json:"description" validate:"required" minLength:"1" example:"It says 'replace cartridge' since this morning."`
	Status       string         `json:"status" validate:"optional" enums:"open,in_progress,resolved,closed" example:"in_progress"`
	Priority     string         `json:"priority" validate:"optional" enums:"low,medium,high,urgent" example:"high"`
	AssignedTo   *int64         `json:"assigned_to" validate:"optional" extensions:"x-nullable" example:"3"`
	TeamID       *int64         `json:"team_id" validate:"optional" extensions:"x-nullable" example:"2"`
	Confidential bool           `json:"confidential" validate:"optional" example:"false"`
	Attachments  []int64        `json:"attachment_ids" validate:"optional" maxItems:"20" example:"12"`
	Category     *int64         `json:"category" validate:"optional" extensions:"x-nullable" example:"3"`
	Substatus    *string        `json:"substatus" validate:"optional" extensions:"x-nullable" example:"waiting_for_requester"`
	Tags         []string       `json:"tags" validate:"optional" example:"vpn"`
	Fields       map[string]any `json:"fields" validate:"optional"`
} //@name TicketReplace

// UpdateRequest is the body of a PATCH; what is left out stays as it is.
type UpdateRequest struct {
	Title        string         `json:"title" validate:"optional" minLength:"1" maxLength:"200" example:"Printer on floor 3 is out of toner"`
	Description  string         `json:"description" validate:"optional" minLength:"1" example:"It says 'replace cartridge' since this morning."`
	Status       string         `json:"status" validate:"optional" enums:"open,in_progress,resolved,closed" example:"in_progress"`
	Priority     string         `json:"priority" validate:"optional" enums:"low,medium,high,urgent" example:"high"`
	AssignedTo   *int64         `json:"assigned_to" validate:"optional" extensions:"x-nullable" example:"3"`
	TeamID       *int64         `json:"team_id" validate:"optional" extensions:"x-nullable" example:"2"`
	Confidential bool           `json:"confidential" validate:"optional" example:"false"`
	Attachments  []int64        `json:"attachment_ids" validate:"optional" maxItems:"20" example:"12"`
	Category     *int64         `json:"category" validate:"optional" extensions:"x-nullable" example:"3"`
	Substatus    *string        `json:"substatus" validate:"optional" extensions:"x-nullable" example:"waiting_for_requester"`
	Tags         []string       `json:"tags" validate:"optional" example:"vpn"`
	Fields       map[string]any `json:"fields" validate:"optional"`
} //@name TicketUpdate

// StatusRequest is the body of update_status.
type StatusRequest struct {
	Status string `json:"status" validate:"required" enums:"open,in_progress,resolved,closed" example:"resolved"`
} //@name StatusUpdate

// AssignRequest is the body of assign; null takes the ticket from its assignee.
type AssignRequest struct {
	UserID *int64 `json:"user_id" validate:"required" extensions:"x-nullable" example:"3"`
} //@name Assignment

// TeamRequest is the body of assign_team; null takes the ticket from its team.
type TeamRequest struct {
	TeamID *int64 `json:"team_id" validate:"required" extensions:"x-nullable" example:"2"`
} //@name TeamAssignment

// ReopenRequest is the body of reopen.
type ReopenRequest struct {
	Content string `json:"content" validate:"optional" minLength:"1" example:"It is out of toner again."`
} //@name TicketReopen

// ContentRequest is the body of add_comment and of an edited comment.
type ContentRequest struct {
	Content     string  `json:"content" validate:"required" minLength:"1" example:"A new cartridge is on its way."`
	Attachments []int64 `json:"attachment_ids" validate:"optional" maxItems:"20" example:"12"`
} //@name CommentContent

// CommentRequest is the body of a new comment.
type CommentRequest struct {
	TicketID    int64   `json:"ticket_id" validate:"required" example:"42"`
	Content     string  `json:"content" validate:"required" minLength:"1" example:"A new cartridge is on its way."`
	Attachments []int64 `json:"attachment_ids" validate:"optional" maxItems:"20" example:"12"`
} //@name CommentCreate
