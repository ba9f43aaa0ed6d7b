package ticket

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
)

// Progress is how much of something is done.
type Progress struct {
	Done  int `json:"done" example:"2"`
	Total int `json:"total" example:"5"`
} //@name Progress

// Snooze is until when a ticket rests.
type Snooze struct {
	// Until is null for a ticket that rests until somebody replies.
	Until *time.Time `json:"until" format:"date-time" extensions:"x-nullable" example:"2026-03-03T08:00:00Z"`
	// OnReply says that a reply of the requester ends it, too.
	OnReply bool `json:"on_reply" example:"true"`
} //@name TicketSnooze

// Extra is what features above tickets tell of one. All but MergedInto is for
// the IT staff only, and null for everybody else.
type Extra struct {
	// MergedInto is the ticket that this one is a part of now, as far as the caller
	// sees that one.
	MergedInto *int64 `json:"merged_into" extensions:"x-nullable"`
	// Parent is the ticket that this one is a part of the work for.
	Parent *int64 `json:"parent" extensions:"x-nullable"`
	// Children says how many of the tickets below this one are done.
	Children *Progress `json:"children" extensions:"x-nullable"`
	Snooze   *Snooze   `json:"snooze" extensions:"x-nullable"`
	// WokenAt is when it came back from resting; null once somebody acted on it.
	WokenAt   *time.Time `json:"woken_at" format:"date-time" extensions:"x-nullable"`
	Checklist *Progress  `json:"checklist" extensions:"x-nullable"`
} //@name TicketExtra

// ExtraSource fills in what it knows about tickets; out has an entry for each.
type ExtraSource func(tx *gorm.DB, by authz.Actor, tickets []Ticket, out map[int64]*Extra) error

// AddExtras adds a source, before anything runs.
func (s *Service) AddExtras(source ExtraSource) { s.extras = append(s.extras, source) }

// hangsOf is facetsOf with what the features above know.
func (s *Service) hangsOf(tx *gorm.DB, by authz.Actor, tickets []Ticket) (*facets, error) {
	f, err := facetsOf(tx, by, tickets)
	if err != nil || len(tickets) == 0 {
		return f, err
	}
	f.extras = make(map[int64]*Extra, len(tickets))
	for _, t := range tickets {
		f.extras[t.ID] = &Extra{}
	}
	for _, source := range s.extras {
		if err := source(tx, by, tickets, f.extras); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Other is the data of events that name another ticket.
type Other struct {
	TicketID int64  `json:"ticket_id,omitempty"`
	Kind     string `json:"kind,omitempty"`
}

// What happens between two tickets; the data is an Other. Links are told to the
// IT staff only.
const (
	MergedInto  = "ticket.merged"       // the subject became a part of the other one
	MergedIn    = "ticket.merged_in"    // the other one became a part of the subject
	Unmerged    = "ticket.unmerged"     // both are two again
	SplitOff    = "ticket.split_off"    // the other one was made of a part of the subject
	SplitFrom   = "ticket.split_from"   // the subject was made of a part of the other one
	SplitUndone = "ticket.split_undone" // the part came back
	Linked      = "internal.linked"     // kind says how
	Unlinked    = "internal.unlinked"
)

// otherIn returns the other ticket that an event names, or 0.
func otherIn(e event.Event) int64 {
	switch e.Type {
	case MergedInto, MergedIn, Unmerged, SplitOff, SplitFrom, SplitUndone, Linked, Unlinked:
		var o Other
		if json.Unmarshal([]byte(e.Data), &o) == nil {
			return o.TicketID
		}
	}
	return 0
}

// hideOthers takes from events the tickets that the actor does not see.
func hideOthers(tx *gorm.DB, by authz.Actor, events []event.Event) error {
	var ids []int64
	for _, e := range events {
		if id := otherIn(e); id != 0 {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	sights, err := Sights(tx, ids)
	if err != nil {
		return err
	}
	for i, e := range events {
		if id := otherIn(e); id != 0 && (sights[id] == nil || !canRead(by, sights[id])) {
			var o Other
			if err := e.Decode(&o); err != nil {
				return err
			}
			raw, err := json.Marshal(Other{Kind: o.Kind})
			if err != nil {
				return err
			}
			events[i].Data = string(raw)
		}
	}
	return nil
}
