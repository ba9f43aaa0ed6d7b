package csv

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// builder turns a draft into a ticket with its history, once it is known which
// account each name is.
type builder struct {
	people map[string]importer.Person
	now    time.Time
	rec    *ticket.Record
	notes  []string
}

// record builds the ticket. requester is the account that reported it.
func (d draft) record(people map[string]importer.Person, requester importer.Person, now time.Time) (*ticket.Record, []string, error) {
	b := &builder{people: people, now: now, rec: &ticket.Record{}}
	t := &b.rec.Ticket
	*t = ticket.Ticket{
		Title: d.title, Description: d.description, Status: ticket.Open, Priority: d.last.priority,
		CreatedByID: requester.ID, CreatedAt: d.created,
	}
	if t.CreatedAt.IsZero() {
		t.CreatedAt = now
		b.notes = append(b.notes, "no time of creation, the time of the import is used")
	}
	t.UpdatedAt = t.CreatedAt
	if len(d.history) > 0 {
		t.Priority = d.history[0].priority
	}
	if err := b.event(t.CreatedAt, requester, ticket.Created, nil); err != nil {
		return nil, nil, err
	}
	var err error
	if len(d.history) > 0 {
		err = b.replay(d.history, requester)
	} else {
		err = b.stand(d, requester)
	}
	if err != nil {
		return nil, nil, err
	}
	b.finish(d)
	return b.rec, b.notes, nil
}

// replay writes what each state changed, as the live verbs would have.
func (b *builder) replay(history []state, requester importer.Person) error {
	for _, s := range history {
		at := s.at
		if at.Before(b.rec.Ticket.UpdatedAt) {
			at = b.rec.Ticket.UpdatedAt
		}
		assignee := b.assignee(s.assignee)
		actor := requester
		if who, ok := b.people[s.actor]; ok && s.actor != "" {
			actor = who
		} else if assignee != nil {
			actor = *assignee
		}
		if err := b.change(at, actor, s, assignee); err != nil {
			return err
		}
	}
	return nil
}

// stand writes where a ticket of which only one row is known stands. What has a
// time of its own appears in its history.
func (b *builder) stand(d draft, requester importer.Person) error {
	t := &b.rec.Ticket
	actor := requester
	if a := b.assignee(d.last.assignee); a != nil {
		t.AssignedToID = &a.ID
		actor = *a
	}
	for _, step := range []struct {
		to ticket.Status
		at time.Time
	}{{ticket.Resolved, d.resolved}, {ticket.Closed, d.closed}} {
		if step.at.IsZero() || d.last.status < step.to || step.at.Before(t.UpdatedAt) {
			continue
		}
		if err := b.move(step.at, actor, step.to); err != nil {
			return err
		}
	}
	t.Status = d.last.status
	return nil
}

// assignee returns who a name is, or nil for nobody and for those who cannot be
// given tickets.
func (b *builder) assignee(name string) *importer.Person {
	if name == "" {
		return nil
	}
	p, ok := b.people[name]
	switch {
	case !ok:
		b.notes = append(b.notes, "assignee unknown, left unassigned (--create-users makes accounts)")
		return nil
	case !p.WorksTickets:
		b.notes = append(b.notes, "assignee is an employee here, left unassigned")
		return nil
	}
	return &p
}

// change applies a state in the order of the live verbs: priority, assignee,
// status.
func (b *builder) change(at time.Time, actor importer.Person, s state, assignee *importer.Person) error {
	t := &b.rec.Ticket
	if s.priority != t.Priority {
		change := ticket.Change{From: t.Priority.String(), To: s.priority.String()}
		t.Priority, t.UpdatedAt = s.priority, at
		if err := b.event(at, actor, ticket.PriorityChanged, change); err != nil {
			return err
		}
	}
	if err := b.assign(at, actor, assignee); err != nil {
		return err
	}
	if s.status == 0 || s.status == t.Status {
		return nil
	}
	return b.move(at, actor, s.status)
}

func (b *builder) assign(at time.Time, actor importer.Person, to *importer.Person) error {
	t := &b.rec.Ticket
	if (to == nil && t.AssignedToID == nil) || (to != nil && t.AssignedToID != nil && to.ID == *t.AssignedToID) {
		return nil
	}
	var a ticket.Assignment
	if t.AssignedToID != nil {
		a.From = &ticket.Person{ID: *t.AssignedToID, Username: b.username(*t.AssignedToID)}
	}
	message := ticket.UnassignedMessage
	t.AssignedToID = nil
	if to != nil {
		id := to.ID
		t.AssignedToID = &id
		a.To = &ticket.Person{ID: to.ID, Username: to.Username}
		message = ticket.AssignedMessage(to.Username)
	}
	b.message(at, actor, message)
	return b.event(at, actor, ticket.Assigned, a)
}

func (b *builder) username(id int64) string {
	for _, p := range b.people {
		if p.ID == id {
			return p.Username
		}
	}
	return ""
}

func (b *builder) move(at time.Time, actor importer.Person, to ticket.Status) error {
	t := &b.rec.Ticket
	from := t.Status
	t.Status = to
	switch to {
	case ticket.Open, ticket.InProgress:
		t.ResolvedAt, t.ClosedAt = nil, nil
	case ticket.Resolved:
		t.ResolvedAt, t.ClosedAt = &at, nil
	case ticket.Closed:
		t.ClosedAt = &at
	}
	b.message(at, actor, ticket.StatusMessage(from, to))
	return b.event(at, actor, ticket.StatusChanged, ticket.Change{From: from.String(), To: to.String()})
}

func (b *builder) message(at time.Time, actor importer.Person, text string) {
	b.rec.Comments = append(b.rec.Comments, ticket.Comment{
		AuthorID: actor.ID, Content: text, IsSystemMessage: true, CreatedAt: at, UpdatedAt: at,
	})
	b.rec.Ticket.UpdatedAt = at
}

func (b *builder) event(at time.Time, actor importer.Person, kind string, data any) error {
	e := event.Event{Type: kind, ActorID: actor.ID, ActorName: actor.Username, CreatedAt: at}
	if data != nil {
		raw, err := json.Marshal(data)
		if err != nil {
			return fmt.Errorf("encode event %s: %w", kind, err)
		}
		e.Data = string(raw)
	}
	b.rec.Events = append(b.rec.Events, e)
	return nil
}

// finish lets the times that the file gives go before those of the history, and
// sees to it that they fit the status.
func (b *builder) finish(d draft) {
	t := &b.rec.Ticket
	if d.updated.After(t.UpdatedAt) {
		t.UpdatedAt = d.updated
	}
	last := t.UpdatedAt
	given := func(to **time.Time, at time.Time, wanted, needed bool) {
		switch {
		case !wanted:
			*to = nil
		case !at.IsZero() && !at.Before(t.CreatedAt):
			*to = &at
		case *to == nil && needed:
			*to = &last
		}
	}
	given(&t.ResolvedAt, d.resolved, t.Status.Done(), t.Status == ticket.Resolved)
	given(&t.ClosedAt, d.closed, t.Status == ticket.Closed, t.Status == ticket.Closed)
}
