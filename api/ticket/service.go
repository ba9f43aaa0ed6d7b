package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket/known"
	"github.com/fixdesk/fixdesk/api/user"
)

// Service holds the verbs of tickets and comments.
type Service struct {
	db    *db.DB
	bus   *event.Bus
	clock clock.Clock
	// walkBelow is how long a list may be for a search to look into each text
	// of it instead of asking the text index.
	walkBelow int64
	// exactBelow is how many tickets a desk may have for every list to be counted
	// exactly; on a larger one, listRows of them are looked at.
	exactBelow   int64
	listRows     int
	leadRows     int64 // see lead
	nearRows     int64
	reopenWindow time.Duration
	actions      Actions
	sources      []FieldSource
	extras       []ExtraSource
	templates    TemplateSource
	known        *known.Lists
}

// harmless begin the types of events that change what is in no list.
var harmless = []string{
	"session.", "api_token.", "bulk.", "macro.", "view.", "template.", "recurrence.", "webhook.", "rule.", "job.", "mail", "message.", "attachment.",
	"user.password_changed", "user.verified",
}

// New returns the service.
func New(d *db.DB, bus *event.Bus, c clock.Clock) *Service {
	s := &Service{db: d, bus: bus, clock: c, walkBelow: web.MaxCount, exactBelow: exactBelow, listRows: listRows, leadRows: leadRows, nearRows: nearRows, reopenWindow: DefaultReopenWindow}
	s.known = known.New(d, c, subject, harmless...)
	s.actions.Register(s.ownActions()...)
	s.actions.Register(s.facetActions()...)
	s.actions.Register(s.setDueAction())
	s.AddQueryFields(facetFields)
	return s
}

// Draft is what a new ticket is made of.
type Draft struct {
	Title       string
	Description string
	Priority    Priority // 0 for Medium
	AssignedTo  *int64   // heeded for those who may assign
	Attachments []int64  // uploads of the requester's
	// Requester is for whom it is opened, nil for the actor; with TeamID, heeded
	// for those who work on tickets.
	Requester    *int64
	TeamID       *int64
	Confidential bool
	Channel      *int64 // how it came in, nil for not known
	Template     *int64 // what it begins with, nil for nothing
	Facets              // tags and finer status are heeded for those who work on tickets
}

// Changes is what an update asks for; nil leaves a field as it is.
type Changes struct {
	Title        *string
	Description  *string
	Status       *Status
	Priority     *Priority
	Assign       bool   // AssignedTo is meant
	AssignedTo   *int64 // nil for nobody
	Move         bool   // TeamID is meant
	TeamID       *int64 // nil for no team
	Confidential *bool
	Attachments  []int64 // uploads of the actor's, for the description
	Facets
}

// Full is a ticket with its conversation, oldest first.
type Full struct {
	Ticket
	Comments []Comment
	Files    []attachment.Listed // of the description and of the comments
}

// Open reports a problem.
func (s *Service) Open(ctx context.Context, by authz.Actor, d Draft) (Full, error) {
	var out Full
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if by.ID == 0 {
			return fault.Denied("ticket.open_denied", "Only people report problems.")
		}
		t := Ticket{
			Title: d.Title, Description: d.Description, Status: Open, Priority: d.Priority,
			CreatedByID: by.ID, Channel: d.Channel, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		then, fill, err := s.begin(tx, by, &d)
		if err != nil {
			return err
		}
		t.Priority = d.Priority
		h, err := s.openWith(tx, by, &t, d.Facets)
		if err != nil {
			return err
		}
		if err := s.prepare(tx, by, &t, d); err != nil {
			return err
		}
		if err := create(s.db, tx.DB, &t); err != nil {
			return err
		}
		n := newCounts()
		n.move(nil, &t)
		n.day(t.CreatedAt, DayCreated, t.ID, 1)
		if err := n.write(s.db, tx.DB); err != nil {
			return err
		}
		if err := h.write(tx, &t); err != nil {
			return err
		}
		if err := h.tag(tx, by, &t, Changes{Facets: d.Facets}); err != nil {
			return err
		}
		if err := tx.Emit(Created, subject, t.ID, nil); err != nil {
			return err
		}
		if t.Confidential {
			if err := tx.Emit(ConfidentialChanged, subject, t.ID, Switch{true}); err != nil {
				return err
			}
			if err := keepSight(tx, by, &t); err != nil {
				return err
			}
		}
		if err := attachment.Bind(tx, by, d.Attachments, attachment.Target{TicketID: t.ID}); err != nil {
			return err
		}
		if d.AssignedTo != nil && by.Can(authz.TicketWork) {
			if err := s.change(tx, by, &t, Changes{Assign: true, AssignedTo: d.AssignedTo}); err != nil {
				return err
			}
		}
		if err := s.follow(tx, by, &t, then, fill); err != nil {
			return err
		}
		out, err = changed(tx.DB, &t)
		return err
	})
	return out, err
}

// Get returns a ticket that the actor sees.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Full, error) {
	tx := s.db.Read(ctx)
	t, err := readable(tx, by, id)
	if err != nil {
		return Full{}, err
	}
	return full(tx, t)
}

// Readable returns a ticket that the actor sees, for what hangs on it.
func Readable(tx *gorm.DB, by authz.Actor, id int64) (*Ticket, error) { return readable(tx, by, id) }

// CanComment is the rule of taking part in the conversation.
func CanComment(by authz.Actor, t *Ticket) bool { return canComment(by, t) }

// CanRead is the rule of visibility for what hangs on a ticket.
func CanRead(by authz.Actor, t *Ticket) bool { return canRead(by, t) }

func readable(tx *gorm.DB, by authz.Actor, id int64) (*Ticket, error) {
	t, err := load(tx, id)
	if err != nil {
		return nil, err
	}
	if !canRead(by, t) {
		return nil, errMissing
	}
	return t, nil
}

func full(tx *gorm.DB, t *Ticket) (Full, error) {
	comments, err := commentsOf(tx, t.ID)
	if err != nil {
		return Full{}, err
	}
	files, err := attachment.Of(tx, t.ID, false)
	return Full{Ticket: *t, Comments: comments, Files: files}, err
}

// List returns a page of the tickets that the actor sees.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, page web.Page) (web.Rows[Ticket], error) {
	return s.find(ctx, by, f, page)
}

// Update changes a ticket. Nothing is changed when any part of it is refused.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, c Changes) (Full, error) {
	return s.edit(ctx, by, id, want, c, func(t *Ticket) error {
		if c.touchesWork(t) && !canWork(by, t) {
			return errWorkDenied
		}
		if c.Confidential != nil && *c.Confidential != t.Confidential && !canSetConfidential(by, t) {
			return errSecretDenied
		}
		if !canUpdate(by, t) && (!c.onlyConfidential() || !canSetConfidential(by, t)) {
			return errUpdateDenied
		}
		return nil
	})
}

// UpdateStatus moves a ticket to a status; the same status changes nothing.
func (s *Service) UpdateStatus(ctx context.Context, by authz.Actor, id int64, want etag.Condition, to Status) (Full, error) {
	return s.work(ctx, by, id, want, Changes{Status: &to})
}

// Assign gives a ticket to a member of the IT staff or an administrator, or to
// nobody. The status stays.
func (s *Service) Assign(ctx context.Context, by authz.Actor, id int64, want etag.Condition, to *int64) (Full, error) {
	return s.work(ctx, by, id, want, Changes{Assign: true, AssignedTo: to})
}

func (s *Service) work(ctx context.Context, by authz.Actor, id int64, want etag.Condition, c Changes) (Full, error) {
	return s.edit(ctx, by, id, want, c, func(t *Ticket) error {
		if !canWork(by, t) {
			return errWorkDenied
		}
		return nil
	})
}

func (s *Service) edit(ctx context.Context, by authz.Actor, id int64, want etag.Condition, c Changes, allowed func(*Ticket) error) (Full, error) {
	var out Full
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := readable(tx.DB, by, id)
		if err != nil {
			return err
		}
		if err := allowed(t); err != nil {
			return err
		}
		if err := want.Check(t.Version); err != nil {
			return err
		}
		if t.MergedIntoID != nil {
			return ErrMerged
		}
		if c.Confidential != nil && *c.Confidential && !t.Confidential {
			if err := keepSight(tx, by, t); err != nil {
				return err
			}
		}
		if err := s.change(tx, by, t, c); err != nil {
			return err
		}
		if err := attachment.Bind(tx, by, c.Attachments, attachment.Target{TicketID: t.ID, Later: true}); err != nil {
			return err
		}
		out, err = changed(tx.DB, t)
		return err
	})
	return out, err
}

// touchesWork reports whether the changes move what only those who work on
// tickets may move. Values that are sent back as they were move nothing.
func (c Changes) touchesWork(t *Ticket) bool {
	return (c.Status != nil && *c.Status != t.Status) ||
		(c.Priority != nil && *c.Priority != t.Priority) ||
		(c.Assign && !sameID(c.AssignedTo, t.AssignedToID)) ||
		(c.Move && !sameID(c.TeamID, t.TeamID)) || c.touches(t)
}

// change applies changes that are allowed and writes what follows from them:
// system messages, events and counters.
func (s *Service) change(tx *event.Tx, by authz.Actor, t *Ticket, c Changes) error {
	before := *t
	var texts []string
	if c.Title != nil && *c.Title != t.Title {
		t.Title = *c.Title
		texts = append(texts, "title")
	}
	if c.Description != nil && *c.Description != t.Description {
		t.Description = *c.Description
		texts = append(texts, "description")
	}
	if c.Priority != nil {
		t.Priority = *c.Priority
	}
	h, err := s.hang(tx, by, t, c, false)
	if err != nil {
		return err
	}
	var assignment *Assignment
	if c.Assign && !sameID(c.AssignedTo, t.AssignedToID) {
		if assignment, err = assign(tx.DB, t, c.AssignedTo); err != nil {
			return err
		}
	}
	var moved *Move
	if c.Move && !sameID(c.TeamID, t.TeamID) {
		if moved, assignment, err = move(tx.DB, t, c, assignment); err != nil {
			return err
		}
	}
	if c.Confidential != nil {
		t.Confidential = *c.Confidential
	}
	seen := len(texts) > 0 || t.Priority != before.Priority || t.Status != before.Status || assignment != nil || moved != nil ||
		t.Confidential != before.Confidential || h.row()
	if !seen && !h.any() {
		return nil
	}
	if seen || slices.ContainsFunc(h.fields, func(r refilled) bool { return r.field.EmployeeView }) {
		t.UpdatedAt = tx.Now // else employees would see that something changed
	}
	if err := save(s.db, tx.DB, &before, t); err != nil {
		return err
	}
	n := newCounts()
	n.move(&before, t)
	if t.Status.Done() && !before.Status.Done() {
		n.day(tx.Now, DayResolved, t.ID, 1)
	}
	if err := n.write(s.db, tx.DB); err != nil {
		return err
	}
	if err := announceSight(tx, &before, t, moved); err != nil {
		return err
	}
	if err := announce(tx, by, &before, t, texts, assignment); err != nil {
		return err
	}
	return h.announce(tx, t)
}

// assign checks the new assignee and sets it.
func assign(tx *gorm.DB, t *Ticket, to *int64) (*Assignment, error) {
	a := &Assignment{}
	if t.AssignedToID != nil {
		from, err := user.Find(tx, *t.AssignedToID)
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return nil, fmt.Errorf("read the assignee: %w", err)
		}
		a.From = &Person{ID: *t.AssignedToID, Username: from.Username}
	}
	if to != nil {
		u, err := user.Find(tx, *to)
		if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.Assignable()) {
			return nil, errNotAssignable
		}
		if err != nil {
			return nil, fmt.Errorf("read the new assignee: %w", err)
		}
		a.To = &Person{ID: u.ID, Username: u.Username}
	}
	t.AssignedToID = to
	return a, nil
}

// announce writes the system messages and the events of a change.
func announce(tx *event.Tx, by authz.Actor, before, t *Ticket, texts []string, a *Assignment) error {
	if len(texts) > 0 {
		if err := tx.Emit(Updated, subject, t.ID, Texts{texts}); err != nil {
			return err
		}
	}
	if t.Priority != before.Priority {
		if err := tx.Emit(PriorityChanged, subject, t.ID, Change{before.Priority.String(), t.Priority.String()}); err != nil {
			return err
		}
	}
	if a != nil {
		message := unassignedMessage
		if a.To != nil {
			message = assignedMessage(a.To.Username)
		}
		if err := systemMessage(tx, by, t, message); err != nil {
			return err
		}
		if err := tx.Emit(Assigned, subject, t.ID, a); err != nil {
			return err
		}
	}
	if t.Status != before.Status {
		if err := systemMessage(tx, by, t, statusMessage(before.Status, t.Status)); err != nil {
			return err
		}
		return tx.Emit(StatusChanged, subject, t.ID, Change{before.Status.String(), t.Status.String()})
	}
	return nil
}

func systemMessage(tx *event.Tx, by authz.Actor, t *Ticket, text string) error {
	return addComment(tx.DB, t, &Comment{
		AuthorID: by.ActorID(), Content: text, IsSystemMessage: true, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	})
}

// Delete removes a ticket and its conversation; for KeepDeleted, Restore brings
// them back. Its events stay.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := readable(tx.DB, by, id)
		if err != nil {
			return err
		}
		if !canDelete(by, t) {
			return errDeleteDenied
		}
		if err := want.Check(t.Version); err != nil {
			return err
		}
		return s.discard(tx, by, t)
	})
}

func (s *Service) discard(tx *event.Tx, by authz.Actor, t *Ticket) error {
	if err := keepRemains(tx, by, t); err != nil {
		return err
	}
	if err := remove(s.db, tx.DB, t); err != nil {
		return err
	}
	n := newCounts()
	n.move(t, nil)
	if err := n.write(s.db, tx.DB); err != nil {
		return err
	}
	return tx.Emit(Deleted, subject, t.ID, sightOf(t))
}

// Timeline returns a page of what happened to a ticket that the actor sees, in
// the order it happened.
func (s *Service) Timeline(ctx context.Context, by authz.Actor, id int64, page web.Page) (web.Rows[event.Event], error) {
	out := web.Rows[event.Event]{CursorOf: func(e event.Event) web.Cursor { return web.Cursor{Sort: "id", ID: e.ID} }}
	if _, err := readable(s.db.Read(ctx), by, id); err != nil {
		return out, err
	}
	var err error
	if out.Count, err = s.bus.CountOf(ctx, subject, id, hidden(by), web.MaxCount+1); err != nil {
		return out, err
	}
	var from int64
	back := false
	if page.Cursor != nil {
		from, back = page.Cursor.ID, page.Cursor.Back
	}
	events, err := s.bus.Of(ctx, subject, id, hidden(by), from, back, page.Size+1)
	out.Rows = web.Cut(&out, events, page)
	return out, err
}

// hidden begins the types of events that the actor may not know of.
func hidden(by authz.Actor) []string {
	if by.Can(authz.NoteRead) {
		return nil
	}
	return internalPrefixes
}

// Release takes the unfinished tickets from somebody who no longer works on
// tickets, a few in each transaction, so that they show up as unassigned.
func (s *Service) Release(ctx context.Context, by authz.Actor, assignee int64, cause int64) error {
	const batch = 50
	for {
		var ids []int64
		err := s.db.Read(ctx).Model(&Ticket{}).
			Where("assigned_to_id = ? AND status IN ?", assignee, []Status{Open, InProgress}).
			Limit(batch).Pluck("id", &ids).Error
		if err != nil {
			return fmt.Errorf("list the tickets of a former assignee: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		err = s.bus.Do(ctx, by, func(tx *event.Tx) error {
			tx.Because(cause)
			for _, id := range ids {
				t, err := load(tx.DB, id)
				if fault.Is(err, fault.NotFound) {
					continue
				}
				if err != nil {
					return err
				}
				if !t.isAssignedTo(assignee) {
					continue
				}
				if err := s.change(tx, by, t, Changes{Assign: true}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
