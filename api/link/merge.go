package link

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Merge is that one ticket is a part of another, with what it takes to part them.
type Merge struct {
	TicketID  int64 `gorm:"primaryKey;autoIncrement:false"`
	TargetID  int64
	Data      []byte
	CreatedBy int64
	CreatedAt time.Time
}

// TableName names the table for GORM.
func (Merge) TableName() string { return "ticket_merges" }

// mergeData is the data of a Merge.
type mergeData struct {
	State    ticket.State `json:"state"`
	Comments []int64      `json:"comments,omitempty"`
	Notes    []int64      `json:"notes,omitempty"`
	Items    []int64      `json:"items,omitempty"` // of the checklist
	Times    []int64      `json:"times,omitempty"`
	Watchers []int64      `json:"watchers,omitempty"` // of the target, that came with it
	Quote    int64        `json:"quote"`              // the comment that repeats the description

	Rest json.RawMessage `json:"rest,omitempty"`
}

// part is one kind of what moves with a ticket, and what of it has moved.
type part struct {
	Rows
	ids *[]int64
}

func (s *Service) parts(d *mergeData) []part {
	return []part{{s.moved.Notes, &d.Notes}, {s.moved.Checklist, &d.Items}, {s.moved.Times, &d.Times}}
}

var (
	errMerged       = fault.New(fault.Conflict, "ticket.merged", "This ticket was merged into another one already.")
	errTargetMerged = fault.New(fault.Conflict, "ticket.merge_target_merged", "The ticket to merge into was itself merged into another one.")
	errNotMerged    = fault.New(fault.Conflict, "ticket.not_merged", "This ticket is not merged into another one.")
	errFurther      = fault.New(fault.Conflict, "ticket.merged_further", "What it was merged into was merged into another ticket since; undo that first.")
	errTargetGone   = fault.New(fault.Conflict, "ticket.merge_target_gone", "What it was merged into was deleted; the conversation is there. Restore it first.")
	errSecret       = fault.New(fault.Conflict, "ticket.merge_confidential", "One of the tickets is confidential, and merging would show it to people who do not see it now. Make both confidential and name the same people first.")
)

// Merge makes a ticket a part of another one: its conversation, notes, checklist
// and times go there, its people take part there, and it is closed.
func (s *Service) Merge(ctx context.Context, by authz.Actor, id int64, want etag.Condition, into int64) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error { return s.merge(tx, by, id, want, into) })
}

func (s *Service) merge(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, into int64) error {
	source, target, err := both(tx, by, id, into)
	if err != nil {
		return err
	}
	if err := want.Check(source.Version); err != nil {
		return err
	}
	switch {
	case source.MergedIntoID != nil:
		return errMerged
	case target.MergedIntoID != nil:
		return errTargetMerged
	}
	watchers, err := ticket.WatchersOf(tx.DB, source.ID)
	if err != nil {
		return err
	}
	if err := keepsSecrets(tx.DB, source, target, watchers); err != nil {
		return err
	}
	d := mergeData{State: ticket.StateOf(source)}
	if d.Rest, err = s.moved.Rest.Read(tx.DB, source.ID); err != nil {
		return err
	}
	if d.Comments, err = ticket.CommentIDs(tx.DB, source.ID); err != nil {
		return err
	}
	if _, err := ticket.MoveComments(tx, d.Comments, source, target); err != nil {
		return err
	}
	if d.Quote, err = ticket.Quote(tx, source, target, "**"+escaped(source.Title)+"**\n\n"+source.Description); err != nil {
		return err
	}
	for _, p := range s.parts(&d) {
		if *p.ids, err = p.IDs(tx.DB, source.ID); err != nil {
			return err
		}
		if _, err := p.Move(tx, *p.ids, source.ID, target.ID); err != nil {
			return err
		}
	}
	people := append(watchers, ticket.Watcher{UserID: &source.CreatedByID, Kind: ticket.CC})
	if d.Watchers, err = ticket.Join(tx, by, target, people); err != nil {
		return err
	}
	if err := s.tickets.SetMerged(tx, by, source, &target.ID, nil); err != nil {
		return err
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode the merge of ticket %d: %w", id, err)
	}
	row := Merge{TicketID: source.ID, TargetID: target.ID, Data: raw, CreatedBy: by.ID, CreatedAt: tx.Now}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("note the merge of ticket %d: %w", id, err)
	}
	return between(tx, source.ID, ticket.MergedInto, target.ID, ticket.MergedIn)
}

// between tells two tickets of what happened between them.
func between(tx *event.Tx, a int64, aType string, b int64, bType string) error {
	if err := tx.Emit(aType, ticket.Subject, a, ticket.Other{TicketID: b}); err != nil {
		return err
	}
	return tx.Emit(bType, ticket.Subject, b, ticket.Other{TicketID: a})
}

// keepsSecrets refuses to merge where somebody who is named by one ticket would
// learn what a confidential one says.
func keepsSecrets(tx *gorm.DB, source, target *ticket.Ticket, watchers []ticket.Watcher) error {
	if !source.Confidential && !target.Confidential {
		return nil
	}
	if !source.Confidential || !target.Confidential {
		return errSecret
	}
	others, err := ticket.WatchersOf(tx, target.ID)
	if err != nil {
		return err
	}
	coming := *source
	coming.AssignedToID = nil // stays behind
	here, there := named(source, watchers), named(target, others)
	for _, pair := range []struct{ all, of map[string]bool }{{named(&coming, watchers), there}, {there, here}} {
		for key := range pair.all {
			if !pair.of[key] {
				return errSecret
			}
		}
	}
	return nil
}

// named lists whom a ticket names, accounts and addresses.
func named(t *ticket.Ticket, watchers []ticket.Watcher) map[string]bool {
	out := map[string]bool{who(&t.CreatedByID, nil): true}
	if t.AssignedToID != nil {
		out[who(t.AssignedToID, nil)] = true
	}
	for _, w := range watchers {
		out[who(w.UserID, w.Address)] = true
	}
	return out
}

func who(id *int64, address *string) string {
	if id != nil {
		return fmt.Sprint(*id)
	}
	return *address
}

// Unmerge makes a ticket one of its own again, as it was before it was merged.
// What was written since stays where it is.
func (s *Service) Unmerge(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error { return s.unmerge(tx, by, id, want) })
}

func (s *Service) unmerge(tx *event.Tx, by authz.Actor, id int64, want etag.Condition) error {
	t, err := worked(tx.DB, by, id)
	if err != nil {
		return err
	}
	if t.MergedIntoID == nil {
		return errNotMerged
	}
	source, target, err := both(tx, by, id, *t.MergedIntoID)
	if errors.Is(err, errOther) {
		if there, err := ticket.Sights(tx.DB, []int64{*t.MergedIntoID}); err != nil || there[*t.MergedIntoID] != nil {
			return errors.Join(err, ticket.ErrMerged)
		}
		return errTargetGone
	}
	if err != nil {
		return err
	}
	if err := want.Check(source.Version); err != nil {
		return err
	}
	var row Merge
	err = tx.Take(&row, id).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound), source.MergedIntoID == nil:
		return errNotMerged
	case err != nil:
		return fmt.Errorf("read the merge of ticket %d: %w", id, err)
	case target.MergedIntoID != nil:
		return errFurther
	}
	var d mergeData
	if err := json.Unmarshal(row.Data, &d); err != nil {
		return fmt.Errorf("decode the merge of ticket %d: %w", id, err)
	}
	if err := s.tickets.SetMerged(tx, by, source, nil, &d.State); err != nil {
		return err
	}
	if err := ticket.Unquote(tx, d.Quote, source, target); err != nil {
		return err
	}
	if _, err := ticket.MoveComments(tx, d.Comments, target, source); err != nil {
		return err
	}
	for _, p := range s.parts(&d) {
		if _, err := p.Move(tx, *p.ids, target.ID, source.ID); err != nil {
			return err
		}
	}
	if err := ticket.Part(tx, target, d.Watchers); err != nil {
		return err
	}
	res := tx.Where("ticket_id = ?", id).Delete(&Merge{})
	if res.Error != nil {
		return fmt.Errorf("forget the merge of ticket %d: %w", id, res.Error)
	}
	if err := between(tx, source.ID, ticket.Unmerged, target.ID, ticket.Unmerged); err != nil || len(d.Rest) == 0 {
		return err
	}
	return s.moved.Rest.Bring(tx, source.ID, d.Rest)
}

// escaped makes a title fit for bold Markdown on one line.
func escaped(title string) string {
	out := make([]rune, 0, len(title))
	for _, r := range title {
		switch r {
		case '\\', '*', '_', '`', '[', ']', '<', '>', '#', '~', '|', '!', '&':
			out = append(out, '\\', r)
		case '\n', '\r':
			out = append(out, ' ')
		default:
			out = append(out, r)
		}
	}
	return string(out)
}

// HideParts keeps what was merged into a ticket as confidential as the ticket: its title and
// description are in both. It follows ticket.ConfidentialChanged.
func (s *Service) HideParts(tx *event.Tx, e event.Event) error {
	var now ticket.Switch
	if err := e.Decode(&now); err != nil {
		return err
	}
	var parts []int64
	if err := tx.Model(&Merge{}).Where("target_id = ?", e.SubjectID).Order("ticket_id").Pluck("ticket_id", &parts).Error; err != nil {
		return fmt.Errorf("find what was merged into ticket %d: %w", e.SubjectID, err)
	}
	// Whoever may change the whole need not see its parts.
	by := authz.Person(e.ActorID, e.ActorName, authz.Admin, authz.Options{})
	for _, id := range parts {
		if err := s.tickets.HidePart(tx, by, id, now.Confidential); err != nil {
			return err
		}
	}
	return nil
}
