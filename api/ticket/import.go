package ticket

import (
	"context"
	"fmt"
	"slices"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/tag"
)

// Record is a ticket that comes from elsewhere, with its history. Ids of 0 are
// given out; other ids are kept. Of its history nothing is announced to
// subscribers.
type Record struct {
	Ticket   Ticket
	Comments []Comment // oldest first
	Events   []event.Event
	Tags     []string
	Values   []field.Value // of the desk's own fields
	// Followers are watchers and people in CC, each once.
	Followers []Watcher
}

const bulkRows = 200

// Import writes records with many rows in each statement. It is part of the
// caller's transaction, so that what an importer notes about a record and the
// record itself are written together or not at all. The ids of new rows are set
// in the records.
func (s *Service) Import(tx *event.Tx, by authz.Actor, records []*Record) error {
	if !by.Can(authz.TicketViewAll) {
		return fault.Denied("ticket.import_denied", "Only the system and administrators import tickets.")
	}
	var said []Comment
	for _, r := range records {
		said = append(said, r.Comments...)
	}
	roles, err := rolesAmong(tx.DB, said)
	if err != nil {
		return err
	}
	tickets := make([]*Ticket, len(records))
	n := newCounts()
	for i, r := range records {
		r.Ticket.settle(r.Comments, roles)
		r.Ticket.Version = 1
		r.Ticket.CommentCount, r.Ticket.LastReply = 0, NoReply
		for _, c := range r.Comments {
			if !c.IsSystemMessage {
				r.Ticket.CommentCount++
				r.Ticket.LastReply = r.Ticket.replyBy(c.AuthorID)
			}
		}
		for _, w := range r.Followers {
			if w.UserID != nil {
				r.Ticket.Watchers = append(r.Ticket.Watchers, *w.UserID)
			}
		}
		tickets[i] = &r.Ticket
	}
	if err := setDepartments(tx.DB, tickets...); err != nil {
		return err
	}
	if err := tx.CreateInBatches(tickets, bulkRows).Error; err != nil {
		return fmt.Errorf("import tickets: %w", err)
	}
	var comments []*Comment
	var events []*event.Event
	for _, r := range records {
		t := &r.Ticket
		n.move(nil, t)
		n.day(t.CreatedAt, DayCreated, t.ID, 1)
		if t.ResolvedAt != nil {
			n.day(*t.ResolvedAt, DayResolved, t.ID, 1)
		}
		for i := range r.Comments {
			c := &r.Comments[i]
			c.TicketID, c.Version = t.ID, 1
			c.repeat(t)
			comments = append(comments, c)
		}
		for i := range r.Events {
			e := &r.Events[i]
			e.SubjectType, e.SubjectID = subject, t.ID
			if e.Data == "" {
				e.Data = "{}"
			}
			events = append(events, e)
		}
	}
	if err := s.importTexts(tx, tickets); err != nil {
		return err
	}
	if len(comments) > 0 {
		if err := tx.CreateInBatches(comments, bulkRows).Error; err != nil {
			return fmt.Errorf("import comments: %w", err)
		}
	}
	if len(events) > 0 {
		if err := tx.CreateInBatches(events, bulkRows).Error; err != nil {
			return fmt.Errorf("import events: %w", err)
		}
	}
	if err := n.write(s.db, tx.DB); err != nil {
		return err
	}
	if err := hangImported(tx, records); err != nil {
		return err
	}
	ids := make([]int64, len(tickets))
	for i, t := range tickets {
		ids[i] = t.ID
	}
	return tx.Emit(Imported, "import", 0, ImportedTickets{ids})
}

// hangImported writes the tags and fields of records.
func hangImported(tx *event.Tx, records []*Record) error {
	known := map[string]int64{}
	var links []tag.Link
	var values []field.Value
	for _, r := range records {
		on := map[int64]bool{}
		for _, name := range r.Tags {
			key := tag.Key(name)
			if known[key] == 0 {
				found, err := tag.Ensure(tx, []string{name})
				if err != nil {
					return err
				}
				known[key] = found[0].ID
			}
			if id := known[key]; !on[id] {
				on[id] = true
				links = append(links, tag.Link{TagID: id, TicketID: r.Ticket.ID})
			}
		}
		for _, v := range r.Values {
			v.TicketID = r.Ticket.ID
			values = append(values, v)
		}
	}
	var followers []Watcher
	for _, r := range records {
		for _, w := range r.Followers {
			w.TicketID, w.CreatedAt = r.Ticket.ID, r.Ticket.CreatedAt
			followers = append(followers, w)
		}
	}
	if len(followers) > 0 {
		if err := tx.CreateInBatches(followers, bulkRows).Error; err != nil {
			return fmt.Errorf("import watchers: %w", err)
		}
	}
	if err := tag.Import(tx, links); err != nil {
		return err
	}
	return field.Import(tx.DB, values)
}

func (s *Service) importTexts(tx *event.Tx, tickets []*Ticket) error {
	for batch := range slices.Chunk(tickets, bulkRows) {
		texts := make([]ticketText, len(batch))
		rows := make([]db.Text, len(batch))
		for i, t := range batch {
			texts[i] = ticketText{TicketID: t.ID, Folded: folded(t)}
			rows[i] = db.Text{ID: t.ID, Text: texts[i].Folded}
		}
		if err := tx.Create(&texts).Error; err != nil {
			return fmt.Errorf("import search texts: %w", err)
		}
		if err := s.db.PutTexts(tx.DB, textIndex, rows...); err != nil {
			return fmt.Errorf("index imported tickets: %w", err)
		}
	}
	return nil
}

// Exists reports which of the ids are taken, for importers that keep ids.
func (s *Service) Exists(ctx context.Context, ids []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	for batch := range slices.Chunk(ids, 1000) {
		var found []int64
		if err := s.db.Read(ctx).Model(&Ticket{}).Where("id IN ?", batch).Pluck("id", &found).Error; err != nil {
			return nil, fmt.Errorf("look for tickets: %w", err)
		}
		for _, id := range found {
			out[id] = true
		}
	}
	return out, nil
}

// StatusMessage is what the system writes when a status changes, for importers
// that rebuild a history.
func StatusMessage(from, to Status) string { return statusMessage(from, to) }

// AssignedMessage is what the system writes when a ticket is assigned.
func AssignedMessage(username string) string { return assignedMessage(username) }
