package realtime

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// State is what somebody does on a ticket.
type State string

// What somebody can be doing on a ticket.
const (
	Viewing State = "viewing"
	Typing  State = "typing"
	Away    State = "away"
)

const (
	// lifetime is how long somebody counts as there without saying so again.
	lifetime   = 45 * time.Second
	maxClient  = 64
	maxWindows = 50
)

// PruneJob is the kind of job that forgets who was there.
const PruneJob = "presence.prune"

var errPresenceDenied = fault.Denied("presence.denied", "Only IT staff and administrators see who looks at a ticket.")

var errWindows = fault.New(fault.TooMany, "presence.too_many", "This account looks at too many tickets at once.")

// presence is one window in which somebody looks at a ticket.
type presence struct {
	UserID    int64  `gorm:"primaryKey;autoIncrement:false"`
	ClientID  string `gorm:"primaryKey"`
	TicketID  int64
	State     State
	ExpiresAt time.Time
}

func (presence) TableName() string { return "presences" }

// PresentPerson is somebody who looks at a ticket.
type PresentPerson struct {
	User  user.Card `json:"user"`
	State string    `json:"state" enums:"viewing,typing,away" example:"typing"`
} //@name PresentPerson

// Presence is who looks at a ticket; nobody when the list is empty.
type Presence struct {
	TicketID int64           `json:"ticket_id" example:"42"`
	People   []PresentPerson `json:"people"`
} //@name Presence

// PresenceList is who looks at which of the visible tickets.
type PresenceList struct {
	Results []Presence `json:"results"`
} //@name PresenceList

// PresenceRequest is the body of setting one's presence.
type PresenceRequest struct {
	TicketID *int64 `json:"ticket_id" validate:"required" extensions:"x-nullable" example:"42"`
	State    string `json:"state" validate:"optional" enums:"viewing,typing,away" default:"viewing" example:"typing"`
	ClientID string `json:"client_id" validate:"required" minLength:"1" maxLength:"64" example:"w-81f3"`
} //@name PresenceSet

func asciiOnly(s string) string {
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return "May have printable ASCII characters only."
		}
	}
	return ""
}

// SetPresence says which ticket the actor looks at in one window; nil for none.
func (h *Hub) SetPresence(ctx context.Context, by authz.Actor, client string, ticketID *int64, state State) error {
	if !by.Can(authz.TicketQueue) || by.ID == 0 {
		return errPresenceDenied
	}
	err := h.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		now := h.clock.Now()
		if ticketID == nil {
			return tx.Where("user_id = ? AND client_id = ?", by.ID, client).Delete(&presence{}).Error
		}
		if _, err := ticket.Readable(tx, by, *ticketID); err != nil {
			return err
		}
		row := presence{UserID: by.ID, ClientID: client, TicketID: *ticketID, State: state, ExpiresAt: now.Add(lifetime)}
		res := tx.Model(&presence{}).Where("user_id = ? AND client_id = ?", by.ID, client).
			Updates(map[string]any{"ticket_id": row.TicketID, "state": row.State, "expires_at": row.ExpiresAt})
		if res.Error != nil || res.RowsAffected > 0 {
			return res.Error
		}
		var n int64
		if err := tx.Model(&presence{}).Where("user_id = ? AND expires_at > ?", by.ID, now).Count(&n).Error; err != nil {
			return err
		}
		if n >= maxWindows {
			return errWindows
		}
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
	if err != nil {
		return fmt.Errorf("note who looks at a ticket: %w", err)
	}
	h.nudge()
	return nil
}

// everybody reads who is where, each person once per ticket with the liveliest
// of their windows.
func (h *Hub) everybody(ctx context.Context) (map[int64]Presence, error) {
	var rows []presence
	if err := h.db.Read(ctx).Where("expires_at > ?", h.clock.Now()).Limit(5000).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read who is there: %w", err)
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.UserID
	}
	cards, err := user.Cards(h.db.Read(ctx), ids...)
	if err != nil {
		return nil, err
	}
	lively := map[State]int{Typing: 0, Viewing: 1, Away: 2}
	slices.SortFunc(rows, func(a, b presence) int {
		return cmp.Or(cmp.Compare(a.UserID, b.UserID), cmp.Compare(lively[a.State], lively[b.State]))
	})
	out := map[int64]Presence{}
	for _, r := range rows {
		p := out[r.TicketID]
		p.TicketID = r.TicketID
		if n := len(p.People); n == 0 || p.People[n-1].User.ID != r.UserID {
			p.People = append(p.People, PresentPerson{User: cards[r.UserID], State: string(r.State)})
		}
		out[r.TicketID] = p
	}
	return out, nil
}

// presentFor returns who is on the tickets that the actor sees; all is what
// everybody returned, or nil to read it.
func (h *Hub) presentFor(ctx context.Context, by authz.Actor, all map[int64]Presence) ([]Presence, error) {
	if all == nil {
		var err error
		if all, err = h.everybody(ctx); err != nil {
			return nil, err
		}
	}
	ids := make([]int64, 0, len(all))
	for id := range all {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	out := []Presence{}
	tickets, err := h.tickets(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if t := tickets[id]; t != nil && ticket.CanRead(by, t) {
			out = append(out, all[id])
		}
	}
	return out, nil
}

func (h *Hub) tickets(ctx context.Context, ids []int64) (map[int64]*ticket.Ticket, error) {
	out, err := ticket.Sights(h.db.Read(ctx), ids)
	if err != nil {
		return nil, fmt.Errorf("read tickets: %w", err)
	}
	return out, nil
}

// pollPresence tells the streams where somebody came or went.
func (h *Hub) pollPresence(ctx context.Context) error {
	var staff []*conn
	for _, c := range h.listeners() {
		if c.by.Can(authz.TicketQueue) {
			staff = append(staff, c)
		}
	}
	if len(staff) == 0 {
		return nil
	}
	all, err := h.everybody(ctx)
	if err != nil {
		return err
	}
	changed, err := h.compare(all)
	if err != nil || len(changed) == 0 {
		return err
	}
	ids := make([]int64, len(changed))
	for i, p := range changed {
		ids[i] = p.TicketID
	}
	tickets, err := h.tickets(ctx, ids)
	if err != nil {
		return err
	}
	for _, p := range changed {
		data, err := json.Marshal(p)
		if err != nil {
			return fmt.Errorf("say who is there: %w", err)
		}
		for _, c := range staff {
			if t := tickets[p.TicketID]; t != nil && ticket.CanRead(c.by, t) {
				c.send(message{name: "presence", data: data})
			}
		}
	}
	return nil
}

// compare remembers who is where and returns the tickets where that changed.
func (h *Hub) compare(all map[int64]Presence) ([]Presence, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var changed []Presence
	for id, p := range all {
		raw, err := json.Marshal(p.People)
		if err != nil {
			return nil, fmt.Errorf("compare who is there: %w", err)
		}
		if h.present[id] != string(raw) {
			h.present[id] = string(raw)
			changed = append(changed, p)
		}
	}
	for id := range h.present {
		if _, there := all[id]; !there {
			delete(h.present, id)
			changed = append(changed, Presence{TicketID: id, People: []PresentPerson{}})
		}
	}
	return changed, nil
}

// Prune handles PruneJob.
func (h *Hub) Prune(ctx context.Context, _ job.Job) error {
	if err := h.db.Writer(ctx).Where("expires_at < ?", h.clock.Now().Add(-time.Hour)).Delete(&presence{}).Error; err != nil {
		return fmt.Errorf("forget who was there: %w", err)
	}
	return nil
}
