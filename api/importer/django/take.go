package django

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// takeTickets decides what becomes of each ticket, and writes those that are
// new, with their comments and what can be told of their history.
func (r *run) takeTickets(tx *event.Tx, read *gorm.DB, list []*story) (*told, error) {
	t := &told{}
	keys := make([]string, len(list))
	var ids, commentIDs []int64
	for i, s := range list {
		keys[i] = importer.Key(noun, s.key)
		ids = append(ids, s.ticket.ID)
		for _, c := range s.comments {
			commentIDs = append(commentIDs, c.comment.ID)
		}
	}
	before, err := r.Source.Taken(read, keys)
	if err != nil {
		return nil, err
	}
	usedTickets, err := used(read, &ticket.Ticket{}, ids)
	if err != nil {
		return nil, err
	}
	numbers, err := r.numbers(read, commentIDs)
	if err != nil {
		return nil, err
	}
	var kept, fresh []*ticket.Record
	records := map[string]*ticket.Record{}
	at := map[string]int{} // key → line of the report
	for i, s := range list {
		l := importer.Line{Line: s.number, Key: noun + " " + s.key, ID: s.ticket.ID, Outcome: importer.Taken}
		switch id, ok := before[keys[i]]; {
		case ok:
			l.Outcome, l.ID = importer.Before, id
			for _, c := range s.comments {
				t.lines = append(t.lines, importer.Line{Line: c.number, Key: "comment", ID: c.comment.ID, Outcome: importer.Before})
			}
		case s.ticket.ID != 0 && usedTickets[s.ticket.ID], records[keys[i]] != nil:
			l.Outcome, l.ID, l.Reason = importer.Skipped, 0, fmt.Sprintf("ticket, its id belongs to another ticket: %d", s.ticket.ID)
			for _, c := range s.comments {
				t.lines = append(t.lines, importer.Line{Line: c.number, Outcome: importer.Skipped, Reason: "comment, its ticket is skipped"})
			}
		default:
			rec := r.record(s, numbers, t)
			if rec.Ticket.ID == 0 {
				fresh = append(fresh, rec)
			} else {
				kept = append(kept, rec)
			}
			records[keys[i]], at[keys[i]] = rec, len(t.lines)
		}
		t.lines = append(t.lines, l)
		t.lines = append(t.lines, s.skipped...)
	}
	if tx == nil {
		return t, nil
	}
	made := map[string]int64{}
	for _, part := range [][]*ticket.Record{kept, fresh} {
		if len(part) == 0 {
			continue
		}
		if err := r.Tickets.Import(tx, importer.By(), part); err != nil {
			return nil, err
		}
	}
	for k, rec := range records {
		made[k] = rec.Ticket.ID
		t.lines[at[k]].ID = rec.Ticket.ID
	}
	return t, r.Source.Remember(tx, noun, made)
}

// used returns which ids a table already has.
func used(read *gorm.DB, model any, ids []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	for part := range slices.Chunk(ids, 500) {
		var found []int64
		if err := read.Model(model).Where("id IN ?", part).Pluck("id", &found).Error; err != nil {
			return nil, fmt.Errorf("look for ids that are taken: %w", err)
		}
		for _, id := range found {
			out[id] = true
		}
	}
	return out, nil
}

// numbers gives each comment an id: its own, or where that is taken one above
// all others.
type numbers struct {
	used map[int64]bool
	next int64
}

func (r *run) numbers(read *gorm.DB, wanted []int64) (*numbers, error) {
	taken, err := used(read, &ticket.Comment{}, wanted)
	if err != nil {
		return nil, err
	}
	n := &numbers{used: taken}
	if err := read.Model(&ticket.Comment{}).Select("COALESCE(MAX(id), 0)").Scan(&n.next).Error; err != nil {
		return nil, fmt.Errorf("read the last comment's id: %w", err)
	}
	n.next = max(n.next, r.index.highestComment)
	return n, nil
}

func (n *numbers) of(id int64) (int64, bool) {
	if id != 0 && !n.used[id] {
		n.used[id] = true
		return id, true
	}
	n.next++
	return n.next, id == 0
}

// record is the ticket with its comments, and the events that they tell of.
func (r *run) record(s *story, ids *numbers, t *told) *ticket.Record {
	t.notes = append(t.notes, s.notes...)
	rec := &ticket.Record{Ticket: s.ticket}
	requester := r.nameOf(s.ticket.CreatedByID)
	rec.Events = append(rec.Events, happened(s.ticket.CreatedAt, s.ticket.CreatedByID, requester, ticket.Created, nil))
	h := history{run: r}
	for _, c := range s.comments {
		id, same := ids.of(c.comment.ID)
		if !same {
			t.note(c.number, fmt.Sprintf("id of a comment taken by another one, a new one is given: %d", c.comment.ID))
		}
		c.comment.ID = id
		rec.Comments = append(rec.Comments, c.comment)
		t.lines = append(t.lines, importer.Line{Line: c.number, Key: "comment", ID: id, Outcome: importer.Taken})
		if kind, data := h.tells(c); kind != "" {
			rec.Events = append(rec.Events, happened(c.comment.CreatedAt, c.author.ID, c.author.Username, kind, data))
		}
	}
	return rec
}

func (r *run) nameOf(id int64) string {
	if r.names == nil {
		r.names = make(map[int64]string, len(r.people))
		for _, p := range r.people {
			r.names[p.ID] = p.Username
		}
		if r.requester != nil {
			r.names[r.requester.ID] = r.requester.Username
		}
	}
	return r.names[id]
}

// history follows the system messages of a ticket.
type history struct {
	*run
	assignee *ticket.Person
}

// tells returns the event that a comment is the trace of, if it is of one.
func (h *history) tells(c said) (string, any) {
	if !c.comment.IsSystemMessage {
		return ticket.Commented, ticket.CommentRef{CommentID: c.comment.ID}
	}
	if name, ok := strings.CutPrefix(c.comment.Content, ticket.AssignedMessage("")); ok {
		a := ticket.Assignment{From: h.assignee}
		if p, ok := h.people[natural+name]; ok {
			a.To = &ticket.Person{ID: p.ID, Username: p.Username}
		} else {
			a.To = &ticket.Person{Username: name}
		}
		h.assignee = a.To
		return ticket.Assigned, a
	}
	for _, from := range ticket.Statuses {
		for _, to := range ticket.Statuses {
			if user.Fold(c.comment.Content) == user.Fold(ticket.StatusMessage(from, to)) {
				return ticket.StatusChanged, ticket.Change{From: from.String(), To: to.String()}
			}
		}
	}
	return "", nil
}

func happened(at time.Time, by int64, name, kind string, data any) event.Event {
	e := event.Event{Type: kind, ActorID: by, ActorName: name, CreatedAt: at}
	if data != nil {
		raw, err := json.Marshal(data)
		if err != nil {
			panic(err) // names and numbers cannot fail
		}
		e.Data = string(raw)
	}
	return e
}
