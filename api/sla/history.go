package sla

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// moment is something that matters for how long people wait: a public reply, a
// change of status, or of the finer one.
type moment struct {
	at     time.Time
	reply  ticket.LastReply // NoReply for a change
	status ticket.Status    // 0 for what is none
	finer  bool             // the finer status changed
	paused string           // with finer: the label of one that lets clocks stand still, or ""
}

// moments returns what happened to tickets, in order. A reply of an employee other
// than the requester counts as neither's.
func moments(tx *gorm.DB, tickets []ticket.Ticket) (map[int64][]moment, error) {
	ids := make([]int64, len(tickets))
	for i := range tickets {
		ids[i] = tickets[i].ID
	}
	if len(ids) == 0 {
		return nil, nil
	}
	out, err := replies(tx, tickets, ids)
	if err != nil {
		return nil, err
	}
	all, err := substatus.Load(tx)
	if err != nil {
		return nil, err
	}
	var events []event.Event
	err = tx.Where("subject_type = ? AND subject_id IN ? AND type IN ?", ticket.Subject, ids, []string{ticket.StatusChanged, ticket.SubstatusChanged}).
		Order("subject_id, id").Find(&events).Error
	if err != nil {
		return nil, fmt.Errorf("read the changes of status: %w", err)
	}
	began := map[int64]string{} // with which pausing status a ticket began
	moved := map[int64]bool{}   // whether its finer status ever changed
	for _, e := range events {
		m := moment{at: e.CreatedAt}
		if e.Type == ticket.StatusChanged {
			var c ticket.Change
			if err := e.Decode(&c); err != nil {
				return nil, err
			}
			to, ok := ticket.ParseStatus(c.To)
			if !ok {
				continue
			}
			m.status = to
		} else {
			var c ticket.FinerChange
			if err := e.Decode(&c); err != nil {
				return nil, err
			}
			if !moved[e.SubjectID] {
				moved[e.SubjectID], began[e.SubjectID] = true, pausing(all, c.WasSlug, c.Was, c.WasPaused)
			}
			m.finer, m.paused = true, pausing(all, c.Slug, c.Now, c.Paused)
		}
		out[e.SubjectID] = append(out[e.SubjectID], m)
	}
	for i := range tickets {
		t := &tickets[i]
		list := out[t.ID]
		slices.SortStableFunc(list, func(a, b moment) int { return a.at.Compare(b.at) })
		list = settled(t, list)
		switch x := current(all, t); {
		case moved[t.ID] && began[t.ID] != "":
			list = slices.Insert(list, 0, moment{at: t.CreatedAt, finer: true, paused: began[t.ID]})
		case !moved[t.ID] && x != nil && x.PausesSLA:
			// It has had it since it came into its status.
			at, after := t.CreatedAt, 0
			for i, m := range list {
				if m.status != 0 {
					at, after = m.at, i+1
				}
			}
			list = slices.Insert(list, after, moment{at: at, finer: true, paused: x.Label})
		}
		out[t.ID] = list
	}
	return out, nil
}

// replies returns the public replies on tickets, by what their authors were when
// they wrote them.
func replies(tx *gorm.DB, tickets []ticket.Ticket, ids []int64) (map[int64][]moment, error) {
	out := make(map[int64][]moment, len(tickets))
	requester := make(map[int64]int64, len(tickets))
	for i := range tickets {
		requester[tickets[i].ID] = tickets[i].CreatedByID
	}
	words, err := ticket.WordsOn(tx, ids)
	if err != nil {
		return nil, err
	}
	authors := make([]int64, len(words))
	for i, w := range words {
		authors[i] = w.AuthorID
	}
	// What somebody became since does not change who answered.
	roles, err := user.RolesOf(tx, authors...)
	if err != nil {
		return nil, err
	}
	for _, w := range words {
		m := moment{at: w.CreatedAt}
		switch {
		case w.AuthorID == requester[w.TicketID]:
			m.reply = ticket.RequesterReply
		case roles.At(w.AuthorID, w.CreatedAt).WorksTickets():
			m.reply = ticket.StaffReply
		default:
			continue
		}
		out[w.TicketID] = append(out[w.TicketID], m)
	}
	return out, nil
}

func current(all substatus.Set, t *ticket.Ticket) *substatus.Substatus {
	if t.SubstatusID == nil {
		return nil
	}
	return all.Find(*t.SubstatusID)
}

// pausing returns the label of a finer status if clocks stand still in it: as it
// is set now, or, of one that is gone, as it was then.
func pausing(all substatus.Set, slug, label string, then bool) string {
	if label == "" {
		return ""
	}
	x := all.Named(slug)
	if slug == "" { // written before slugs were
		if i := slices.IndexFunc(all, func(x substatus.Substatus) bool { return x.Label == label }); i >= 0 {
			x = &all[i]
		}
	}
	switch {
	case x == nil && then:
		return label
	case x != nil && x.PausesSLA:
		return x.Label
	}
	return ""
}

// settled adds the last change of status where the history does not tell of it,
// as with tickets that were imported without one.
func settled(t *ticket.Ticket, list []moment) []moment {
	status := ticket.Open
	for _, m := range list {
		if m.status != 0 {
			status = m.status
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
	return append(list, moment{at: at, status: t.Status})
}
