package message

import (
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/placeholder"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// The actions of this package.
const (
	ActionReply = "reply"
	ActionNote  = "note"
)

// maxPrepared is how long a prepared text may be, in code points.
const maxPrepared = 20_000

// Actions are writing to the requester and writing a note: texts in which
// placeholders are filled in for each ticket. publicURL is where the desk is reached.
func (s *Service) Actions(publicURL string) []ticket.ActionKind {
	return []ticket.ActionKind{s.action(ActionReply, Reply, "Reply: ", publicURL), s.action(ActionNote, Note, "Internal note: ", publicURL)}
}

func (s *Service) action(name string, kind Kind, words, publicURL string) ticket.ActionKind {
	return ticket.ActionKind{
		Type:   name,
		Params: []ticket.Param{{Name: "content", Kind: ticket.ParamMarkdown, Max: maxPrepared}},
		Check: func(_ *gorm.DB, _ authz.Actor, a ticket.Action) error {
			return placeholder.Wrong("content", a.Text("content"))
		},
		Apply: func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a ticket.Action) (ticket.Done, error) {
			return s.sendPrepared(tx, by, id, want, kind, publicURL, a.Text("content"))
		},
		Undo: s.takeBack,
		Describe: func(_ *gorm.DB, a ticket.Action) string {
			text := []rune(a.Text("content"))
			if len(text) > 80 {
				text = append(text[:79], '…')
			}
			return words + string(text)
		},
	}
}

type sent struct {
	MessageID int64 `json:"message_id"`
}

// sendPrepared holds what a person sends for a while, as everything they send;
// what a rule sends goes out with the rule's other actions.
func (s *Service) sendPrepared(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, kind Kind, publicURL, text string) (ticket.Done, error) {
	t, err := ticket.Readable(tx.DB, by, id)
	if err != nil {
		return ticket.Done{}, err
	}
	if err := want.Check(t.Version); err != nil {
		return ticket.Done{}, err
	}
	content, err := placeholder.In(tx.DB, by, t, publicURL, text)
	if err != nil {
		return ticket.Done{}, err
	}
	var hold time.Duration
	if !by.Automatic() {
		hold = DefaultHold
	}
	m, err := s.Send(tx.Ctx, by, id, Draft{Kind: kind, Content: content, Hold: hold})
	if err != nil {
		return ticket.Done{}, err
	}
	before, err := json.Marshal(sent{m.ID})
	if err != nil {
		return ticket.Done{}, fmt.Errorf("encode what was sent: %w", err)
	}
	if hold == 0 {
		if t, err = ticket.Readable(tx.DB, by, id); err != nil {
			return ticket.Done{}, err
		}
	}
	return ticket.Done{Before: before, Version: t.Version, Changed: true}, nil
}

// takeBack takes back what still waits.
func (s *Service) takeBack(tx *event.Tx, by authz.Actor, _ int64, _ etag.Condition, _ ticket.Action, before json.RawMessage) error {
	var was sent
	if err := json.Unmarshal(before, &was); err != nil {
		return fmt.Errorf("read what was sent: %w", err)
	}
	m, err := own(tx.DB, by, was.MessageID)
	switch {
	case fault.Is(err, fault.NotFound):
		return errSent // and forgotten since
	case err != nil:
		return err
	case m.State == Sent:
		return errSent
	case m.State == Cancelled:
		return nil
	}
	return move(tx, &m, Cancelled, nil)
}
