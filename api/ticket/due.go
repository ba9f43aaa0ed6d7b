package ticket

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/user"
)

// DueSource says who set a due time. It is stored as its ordinal.
type DueSource int

// Who can have set a due time.
const (
	NoDue     DueSource = iota
	DueByRule           // what was agreed for tickets like this one
	DueByHand           // somebody; no rule changes it
)

var dueSourceNames = map[DueSource]string{DueByRule: "sla", DueByHand: "manual"}

// String returns the name that the API uses; "" for none.
func (s DueSource) String() string { return dueSourceNames[s] }

// SLAState says how a ticket stands against what was agreed. It is stored as its
// ordinal.
type SLAState int

// The states of what was agreed.
const (
	SLANone SLAState = iota
	SLAOk
	SLAAtRisk
	SLABreached
	SLAPaused
	SLAMet
)

var slaStateNames = map[SLAState]string{SLAOk: "ok", SLAAtRisk: "at_risk", SLABreached: "breached", SLAPaused: "paused", SLAMet: "met"}

// SLAStates lists the names of the states, as the API uses them.
var SLAStates = []string{"ok", "at_risk", "breached", "paused", "met"}

// String returns the name that the API uses; "" for none.
func (s SLAState) String() string { return slaStateNames[s] }

// ParseSLAState returns the state with the name, or false.
func ParseSLAState(name string) (SLAState, bool) { return lookUp(slaStateNames, name) }

// SetDue writes down by when something must happen on a ticket, and how it stands
// against that; nil for no such time. A time that somebody set by hand stays.
// The ticket's version stays as well: nobody changed what people wrote.
func SetDue(tx *event.Tx, id int64, at *time.Time, state SLAState) error {
	res := tx.Model(&Ticket{}).Where("id = ?", id).UpdateColumn("sla_state", state)
	if res.Error != nil {
		return fmt.Errorf("write how ticket %d stands: %w", id, res.Error)
	}
	source := DueByRule
	if at == nil {
		source = NoDue
	}
	err := tx.Model(&Ticket{}).Where("id = ? AND due_source <> ?", id, DueByHand).
		UpdateColumns(map[string]any{"due_at": at, "due_source": source}).Error
	if err != nil {
		return fmt.Errorf("write by when ticket %d is due: %w", id, err)
	}
	return nil
}

// Hold keeps others from changing the tickets until the transaction ends, and
// returns those that are there. Every change of a ticket begins with its row, so
// what is read afterwards belongs together.
func Hold(tx *gorm.DB, ids []int64) ([]Ticket, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	if err := tx.Model(&Ticket{}).Where("id IN ?", ids).UpdateColumn("version", gorm.Expr("version")).Error; err != nil {
		return nil, fmt.Errorf("hold tickets: %w", err)
	}
	return ticketsInOrder(tx, ids)
}

// refreshDue reads again what others wrote while the ticket changed.
func refreshDue(tx *gorm.DB, t *Ticket) error {
	var now Ticket
	err := tx.Select("due_at", "due_source", "sla_state").Where("id = ?", t.ID).Limit(1).Find(&now).Error
	if err != nil {
		return fmt.Errorf("read by when ticket %d is due: %w", t.ID, err)
	}
	t.DueAt, t.DueSource, t.SLAState = now.DueAt, now.DueSource, now.SLAState
	return nil
}

// changed is full for a ticket of which others may have written since it was read.
func changed(tx *gorm.DB, t *Ticket) (Full, error) {
	if err := refreshDue(tx, t); err != nil {
		return Full{}, err
	}
	return full(tx, t)
}

// Moment is something that matters for how long people wait: a public reply or a
// change of status.
type Moment struct {
	At     time.Time
	Reply  LastReply // NoReply for a change of status
	Status Status    // 0 for a reply
}

// Moments returns what happened to tickets, in order, for what is counted from
// it. A reply of an employee other than the requester counts as neither's.
func Moments(tx *gorm.DB, tickets []Ticket) (map[int64][]Moment, error) {
	out := make(map[int64][]Moment, len(tickets))
	ids := make([]int64, len(tickets))
	byID := make(map[int64]*Ticket, len(tickets))
	for i := range tickets {
		ids[i] = tickets[i].ID
		byID[ids[i]] = &tickets[i]
	}
	if len(ids) == 0 {
		return out, nil
	}
	var words []Comment
	err := tx.Select("id", "ticket_id", "author_id", "created_at").
		Where("ticket_id IN ? AND is_system_message = ?", ids, false).Order("ticket_id, id").Find(&words).Error
	if err != nil {
		return nil, fmt.Errorf("read who replied: %w", err)
	}
	authors := make([]int64, len(words))
	for i, w := range words {
		authors[i] = w.AuthorID
	}
	people, err := user.Cards(tx, authors...)
	if err != nil {
		return nil, err
	}
	for _, w := range words {
		m := Moment{At: w.CreatedAt}
		switch author := people[w.AuthorID]; {
		case w.AuthorID == byID[w.TicketID].CreatedByID:
			m.Reply = RequesterReply
		case authz.Role(author.Role).WorksTickets():
			m.Reply = StaffReply
		default:
			continue
		}
		out[w.TicketID] = append(out[w.TicketID], m)
	}
	var events []event.Event
	err = tx.Where("subject_type = ? AND subject_id IN ? AND type = ?", subject, ids, StatusChanged).Order("subject_id, id").Find(&events).Error
	if err != nil {
		return nil, fmt.Errorf("read the changes of status: %w", err)
	}
	for _, e := range events {
		var c Change
		if err := e.Decode(&c); err != nil {
			return nil, err
		}
		if to, ok := ParseStatus(c.To); ok {
			out[e.SubjectID] = append(out[e.SubjectID], Moment{At: e.CreatedAt, Status: to})
		}
	}
	for id, list := range out {
		slices.SortStableFunc(list, func(a, b Moment) int { return a.At.Compare(b.At) })
		out[id] = list
	}
	for id, t := range byID {
		out[id] = settled(t, out[id])
	}
	return out, nil
}

// settled adds the last change of status where the history does not tell of it,
// as with tickets that were imported without one.
func settled(t *Ticket, list []Moment) []Moment {
	status := Open
	for _, m := range list {
		if m.Status != 0 {
			status = m.Status
		}
	}
	if status == t.Status {
		return list
	}
	at := t.UpdatedAt
	switch {
	case t.ResolvedAt != nil:
		at = *t.ResolvedAt
	case t.ClosedAt != nil:
		at = *t.ClosedAt
	}
	return append(list, Moment{At: at, Status: t.Status})
}

// InStatus returns the ids of the tickets in a status that follow an id, at most
// limit of them; those of one requester, or of all.
func InStatus(tx *gorm.DB, s Status, requester *int64, after int64, limit int) ([]int64, error) {
	q := tx.Model(&Ticket{}).Where("status = ? AND id > ?", s, after)
	if requester != nil {
		q = q.Where("created_by_id = ?", *requester)
	}
	var ids []int64
	if err := q.Order("id").Limit(limit).Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("list tickets in a status: %w", err)
	}
	return ids, nil
}
