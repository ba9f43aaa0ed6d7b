package webhook

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// DeliverJob is the kind of job that makes one attempt.
const DeliverJob = "webhook.deliver"

type deliverRef struct {
	DeliveryID int64 `json:"delivery_id"`
	Run        int   `json:"run"`
}

// message is the body of a webhook.
type message struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"`
}

type messageData struct {
	EventID  int64 `json:"event_id"`
	TicketID int64 `json:"ticket_id,omitempty"`
	UserID   int64 `json:"user_id,omitempty"`
	TeamID   int64 `json:"team_id,omitempty"`
	// ActorID is 0 for the desk itself.
	ActorID int64          `json:"actor_id"`
	Changes map[string]any `json:"changes,omitempty"`
}

// passed are the names in an event's data that leave the house: ids, names of
// fields and small values, no names of people.
var passed = []string{"changed", "from", "to", "comment_id", "note_id", "attachment_ids", "watcher_id", "user_id", "confidential", "lead"}

func messageOf(e event.Event) (string, error) {
	d := messageData{EventID: e.ID, ActorID: e.ActorID}
	switch e.SubjectType {
	case ticket.Subject:
		d.TicketID = e.SubjectID
	case "user":
		d.UserID = e.SubjectID
	case "team":
		d.TeamID = e.SubjectID
	}
	var all map[string]any
	if err := e.Decode(&all); err != nil {
		return "", err
	}
	for name, value := range all {
		if !slices.Contains(passed, name) {
			continue
		}
		if of, ok := value.(map[string]any); ok {
			value = map[string]any{"id": of["id"]}
		}
		if d.Changes == nil {
			d.Changes = map[string]any{}
		}
		d.Changes[name] = value
	}
	raw, err := json.Marshal(message{e.Type, e.CreatedAt.UTC(), d})
	if err != nil {
		return "", fmt.Errorf("write the message of event %d: %w", e.ID, err)
	}
	return string(raw), nil
}

// Follow writes down, in the transaction of an event, who is to hear of it.
func (s *Service) Follow(tx *event.Tx, e event.Event) error {
	if !slices.Contains(Types, e.Type) {
		return nil
	}
	var all []Webhook
	if err := tx.Where("active = ?", true).Order("id").Find(&all).Error; err != nil {
		return fmt.Errorf("read the webhooks: %w", err)
	}
	asked := all[:0]
	for _, w := range all {
		if len(w.Events) == 0 || slices.Contains(w.Events, e.Type) {
			asked = append(asked, w)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	ofTicket := e.SubjectType == ticket.Subject
	var t *ticket.Ticket
	if ofTicket {
		var err error
		if t, err = sight(tx, e); err != nil {
			return err
		}
	}
	body, err := messageOf(e)
	if err != nil {
		return err
	}
	for i := range asked {
		w := &asked[i]
		if !hears(w, e.Type, ofTicket, t) {
			continue
		}
		d := Delivery{WebhookID: w.ID, EventID: e.ID, Type: e.Type, Payload: body}
		if ofTicket {
			d.TicketID = &e.SubjectID
		}
		if err := begin(tx, &d, tx.Now); err != nil {
			return err
		}
	}
	return nil
}

// sight returns what says who sees the ticket of an event, nil when it is gone.
func sight(tx *event.Tx, e event.Event) (*ticket.Ticket, error) {
	if e.Type == ticket.Deleted {
		var was ticket.Sight
		if err := e.Decode(&was); err != nil {
			return nil, err
		}
		return was.Ticket(e.SubjectID), nil
	}
	found, err := ticket.Sights(tx.DB, []int64{e.SubjectID})
	if err != nil {
		return nil, fmt.Errorf("read ticket %d: %w", e.SubjectID, err)
	}
	return found[e.SubjectID], nil
}

// begin writes a new delivery and its first job.
func begin(tx *event.Tx, d *Delivery, at time.Time) error {
	d.MessageID, d.State, d.Run, d.CreatedAt, d.NextAt = newMessageID(), Pending, 1, tx.Now, &at
	if err := tx.Create(d).Error; err != nil {
		return fmt.Errorf("write a delivery: %w", err)
	}
	return enqueue(tx, d.ID, d.Run, at)
}

func enqueue(tx *event.Tx, id int64, run int, at time.Time) error {
	return tx.Enqueue(job.New{Kind: DeliverJob, Payload: deliverRef{id, run}, RunAt: at})
}

func testMessage(now time.Time, id int64) (string, error) {
	raw, err := json.Marshal(message{testType, now.UTC(), map[string]int64{"webhook_id": id}})
	if err != nil {
		return "", fmt.Errorf("write a test message: %w", err)
	}
	return string(raw), nil
}
