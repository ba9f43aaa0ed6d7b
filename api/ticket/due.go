package ticket

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/event"
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
	source := DueByRule
	if at == nil {
		source = NoDue
	}
	// due_at before due_source: MySQL assigns one after the other.
	err := tx.Exec("UPDATE tickets SET sla_state = ?, due_at = CASE WHEN due_source = ? THEN due_at ELSE ? END,"+
		" due_source = CASE WHEN due_source = ? THEN due_source ELSE ? END WHERE id = ?", state, DueByHand, at, DueByHand, source, id).Error
	if err != nil {
		return fmt.Errorf("write how ticket %d stands: %w", id, err)
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
