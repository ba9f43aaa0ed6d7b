package django

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// noun of tickets among what was taken.
const noun = "ticket"

type ticketFields struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Status      string `json:"status"`
	Priority    string `json:"priority"`
	CreatedBy   ref    `json:"created_by"`
	AssignedTo  ref    `json:"assigned_to"`
	CreatedAt   string `json:"created_at"`
	UpdatedAt   string `json:"updated_at"`
	ResolvedAt  string `json:"resolved_at"`
	ClosedAt    string `json:"closed_at"`
}

type commentFields struct {
	Author          ref    `json:"author"`
	Content         string `json:"content"`
	IsSystemMessage bool   `json:"is_system_message"`
	CreatedAt       string `json:"created_at"`
	UpdatedAt       string `json:"updated_at"`
}

// story is a ticket of the dump with its comments.
type story struct {
	number   int64
	key      string
	ticket   ticket.Ticket
	comments []said
	notes    []note
	skipped  []importer.Line // comments that are left out
	count    int             // of objects
}

// said is a comment with what its event needs.
type said struct {
	number  int64
	comment ticket.Comment
	author  importer.Person
}

// tickets takes the tickets over with their comments, batch by batch.
func (r *run) tickets(ctx context.Context) error {
	for part := range slices.Chunk(r.index.tickets, batch) {
		var list []*story
		objects := 0
		for _, e := range part {
			s, err := r.readTicket(e)
			var broken *brokenError
			switch {
			case errors.As(err, &broken):
				objects++
				if err := r.skip(e.number, "ticket, "+err.Error()); err != nil {
					return err
				}
			case err != nil:
				return err
			default:
				objects += s.count
				list = append(list, s)
			}
		}
		err := r.batch(ctx, objects, func(tx *event.Tx, read *gorm.DB) (*told, error) { return r.takeTickets(tx, read, list) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) readTicket(e extent) (*story, error) {
	var f ticketFields
	o, err := e.read(r.file, &f)
	if err != nil {
		return nil, err
	}
	s := &story{number: e.number, count: 1, key: "object " + strconv.FormatInt(e.number, 10)}
	t := &s.ticket
	if o.PK != "" {
		s.key = string(o.PK)
		if n, err := strconv.ParseInt(string(o.PK), 10, 64); err == nil && n > 0 {
			t.ID = n
		}
	}
	if err := s.texts(f); err != nil {
		return nil, &brokenError{err}
	}
	var ok bool
	if t.Status, ok = ticket.ParseStatus(cmp.Or(f.Status, "open")); !ok {
		return nil, &brokenError{fmt.Errorf("unknown status: %q", f.Status)}
	}
	if t.Priority, ok = ticket.ParsePriority(cmp.Or(f.Priority, "medium")); !ok {
		return nil, &brokenError{fmt.Errorf("unknown priority: %q", f.Priority)}
	}
	if err := r.ticketPeople(s, f); err != nil {
		return nil, err
	}
	if err := r.ticketTimes(s, f); err != nil {
		return nil, err
	}
	if o.PK == "" {
		return s, nil
	}
	defer delete(r.index.comments, string(o.PK)) // what is left belongs to no ticket
	for _, c := range r.index.comments[string(o.PK)] {
		s.count++
		if err := r.readComment(s, c); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(s.comments, func(a, b said) int { return a.comment.CreatedAt.Compare(b.comment.CreatedAt) })
	return s, nil
}

func (s *story) texts(f ticketFields) error {
	title := f.Title
	if importer.Blank(title) {
		title = importer.OneLine(f.Description)
		s.note("ticket without a title, the beginning of its description is used")
	}
	cut := false
	if s.ticket.Title, cut = importer.Cut(title); cut {
		s.note("title cut to 200 characters")
	}
	s.ticket.Description = f.Description
	if importer.Blank(f.Description) {
		s.ticket.Description = f.Title
		s.note("ticket without a description, its title is used")
	}
	return importer.CheckTexts(s.ticket)
}

func (s *story) note(text string) { s.notes = append(s.notes, note{s.number, text}) }

func (r *run) ticketPeople(s *story, f ticketFields) error {
	requester, ok := r.people[string(f.CreatedBy)]
	if !ok {
		if r.requester == nil {
			return &brokenError{fmt.Errorf("its creator is not in the dump (--requester names another): %s", f.CreatedBy)}
		}
		requester = *r.requester
		s.note("ticket whose creator is not in the dump, the one of --requester is used")
	}
	s.ticket.CreatedByID = requester.ID
	if f.AssignedTo == "" {
		return nil
	}
	assignee, ok := r.people[string(f.AssignedTo)]
	switch {
	case !ok:
		s.note("ticket whose assignee is not in the dump, left unassigned")
	case !assignee.WorksTickets:
		s.note("ticket assigned to an employee, left unassigned")
	default:
		s.ticket.AssignedToID = &assignee.ID
	}
	return nil
}

func (r *run) ticketTimes(s *story, f ticketFields) error {
	t := &s.ticket
	created, err := r.at(f.CreatedAt)
	if err != nil {
		return &brokenError{err}
	}
	if created == nil {
		now := r.Clock.Now()
		created = &now
		s.note("ticket without a time of creation, the time of the import is used")
	}
	t.CreatedAt, t.UpdatedAt = *created, *created
	updated, err := r.at(f.UpdatedAt)
	if err != nil {
		return &brokenError{err}
	}
	if updated != nil {
		t.UpdatedAt = *updated
	}
	if t.ResolvedAt, err = r.at(f.ResolvedAt); err != nil {
		return &brokenError{err}
	}
	if t.ClosedAt, err = r.at(f.ClosedAt); err != nil {
		return &brokenError{err}
	}
	// The times must hold what the status says.
	updatedAt := t.UpdatedAt
	if t.Status == ticket.Resolved && t.ResolvedAt == nil {
		t.ResolvedAt = &updatedAt
	}
	if t.Status == ticket.Closed && t.ClosedAt == nil {
		t.ClosedAt = &updatedAt
	}
	if !t.Status.Done() {
		t.ResolvedAt = nil
	}
	if t.Status != ticket.Closed {
		t.ClosedAt = nil
	}
	return nil
}

func (r *run) readComment(s *story, e extent) error {
	skip := func(reason string) error {
		s.skipped = append(s.skipped, importer.Line{Line: e.number, Outcome: importer.Skipped, Reason: "comment, " + reason})
		return nil
	}
	var f commentFields
	o, err := e.read(r.file, &f)
	var broken *brokenError
	if errors.As(err, &broken) {
		return skip(err.Error())
	}
	if err != nil {
		return err
	}
	author, ok := r.people[string(f.Author)]
	if !ok {
		return skip("its author is not in the dump: " + string(f.Author))
	}
	if importer.Blank(f.Content) {
		return skip("it is empty")
	}
	if err := importer.CheckText(f.Content); err != nil {
		return skip(err.Error())
	}
	created, err := r.at(f.CreatedAt)
	if err != nil {
		return skip(err.Error())
	}
	if created == nil {
		created = &s.ticket.CreatedAt
	}
	c := ticket.Comment{
		AuthorID: author.ID, Content: f.Content, IsSystemMessage: f.IsSystemMessage, CreatedAt: *created, UpdatedAt: *created,
	}
	if updated, err := r.at(f.UpdatedAt); err == nil && updated != nil {
		c.UpdatedAt = *updated
	}
	if n, err := strconv.ParseInt(string(o.PK), 10, 64); err == nil && n > 0 {
		c.ID = n
	}
	s.comments = append(s.comments, said{e.number, c, author})
	return nil
}
