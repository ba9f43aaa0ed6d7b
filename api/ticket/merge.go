package ticket

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/substatus"
)

// ErrMerged refuses changes of a ticket that is a part of another one.
var ErrMerged = fault.New(fault.Conflict, "ticket.merged", "This ticket was merged into another one.")

// State is where a ticket stands, with the times that say since when.
type State struct {
	Status      Status     `json:"status"`
	SubstatusID *int64     `json:"substatus_id"`
	ResolvedAt  *time.Time `json:"resolved_at"`
	ClosedAt    *time.Time `json:"closed_at"`
	SolvedAt    *time.Time `json:"solved_at"`
}

// StateOf returns where a ticket stands.
func StateOf(t *Ticket) State {
	return State{t.Status, t.SubstatusID, t.ResolvedAt, t.ClosedAt, t.SolvedAt}
}

// SetMerged closes a ticket that becomes a part of another one, or, with back,
// makes it one of its own again that stands where it stood.
func (s *Service) SetMerged(tx *event.Tx, by authz.Actor, t *Ticket, into *int64, back *State) error {
	before := *t
	t.MergedIntoID, t.UpdatedAt = into, tx.Now
	switch {
	case back != nil:
		t.Status, t.SubstatusID, t.ResolvedAt, t.ClosedAt, t.SolvedAt = back.Status, back.SubstatusID, back.ResolvedAt, back.ClosedAt, back.SolvedAt
		if err := dropFacets(tx, t); err != nil {
			return err
		}
	case t.Status != Closed:
		t.moveTo(Closed, tx.Now)
		all, err := substatus.Load(tx.DB)
		if err != nil {
			return err
		}
		t.SubstatusID = nil
		if d := all.Default(int(Closed)); d != nil {
			t.SubstatusID = &d.ID
		}
	}
	if err := save(s.db, tx.DB, &before, t); err != nil {
		return err
	}
	n := newCounts()
	n.move(&before, t)
	if t.Status.Done() && !before.Status.Done() {
		n.day(tx.Now, DayResolved, t.ID, 1)
	}
	if err := n.write(s.db, tx.DB); err != nil {
		return err
	}
	return announce(tx, by, &before, t, nil, nil)
}

// HidePart keeps a ticket that was merged as confidential as what it is a part of.
func (s *Service) HidePart(tx *event.Tx, by authz.Actor, id int64, on bool) error {
	t, err := load(tx.DB, id)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.change(tx, by, t, Changes{Confidential: &on})
}

// Final follows a ticket that was merged to the one that it is a part of now.
func Final(tx *gorm.DB, t *Ticket) (*Ticket, error) {
	for steps := 0; t.MergedIntoID != nil; steps++ {
		next, err := load(tx, *t.MergedIntoID)
		if fault.Is(err, fault.NotFound) || steps > 100 {
			return nil, ErrMerged
		}
		if err != nil {
			return nil, err
		}
		t = next
	}
	return t, nil
}

// CommentIDs returns the ids of what people wrote on a ticket in public.
func CommentIDs(tx *gorm.DB, ticketID int64) ([]int64, error) {
	var ids []int64
	err := tx.Model(&Comment{}).Where("ticket_id = ? AND is_system_message = ?", ticketID, false).Order("id").Pluck("id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("list the comments of ticket %d: %w", ticketID, err)
	}
	return ids, nil
}

// MoveComments takes comments with their files from one ticket to another, and
// remembers where each was written: the clocks of either ticket count what was
// said there. What is not there any more is left out. It returns how many moved.
func MoveComments(tx *event.Tx, ids []int64, from, to *Ticket) (int64, error) {
	var moved int64
	for batch := range slices.Chunk(ids, 500) {
		res := tx.Model(&Comment{}).Where("id IN ? AND ticket_id = ? AND is_system_message = ?", batch, from.ID, false).UpdateColumns(map[string]any{
			"ticket_id": to.ID, "ticket_requester": to.CreatedByID, "ticket_assignee": to.AssignedToID,
			"ticket_team": to.TeamID, "ticket_department": to.Department,
			"origin_id": gorm.Expr("CASE WHEN COALESCE(origin_id, ?) = ? THEN NULL ELSE COALESCE(origin_id, ?) END", from.ID, to.ID, from.ID),
		})
		if res.Error != nil {
			return 0, fmt.Errorf("move comments from ticket %d to %d: %w", from.ID, to.ID, res.Error)
		}
		moved += res.RowsAffected
		if err := attachment.Carry(tx, batch, nil, to.ID); err != nil {
			return 0, err
		}
	}
	for t, n := range map[*Ticket]int64{from: -moved, to: moved} {
		if err := recount(tx, t.ID, n); err != nil {
			return 0, err
		}
	}
	return moved, nil
}

func recount(tx *event.Tx, id, more int64) error {
	err := tx.Model(&Ticket{}).Where("id = ?", id).
		UpdateColumns(map[string]any{"comment_count": gorm.Expr("comment_count + ?", more), "updated_at": tx.Now}).Error
	if err != nil {
		return fmt.Errorf("count the comments of ticket %d: %w", id, err)
	}
	return nil
}

// Quote writes the description of one ticket, with its files, as a comment of
// another, in its requester's name and at the time when it was written.
func Quote(tx *event.Tx, from, in *Ticket, content string) (int64, error) {
	c := Comment{TicketID: in.ID, AuthorID: from.CreatedByID, Content: content, OriginID: &from.ID, Version: 1, CreatedAt: from.CreatedAt, UpdatedAt: from.CreatedAt}
	c.repeat(in)
	if err := tx.Create(&c).Error; err != nil {
		return 0, fmt.Errorf("quote ticket %d: %w", from.ID, err)
	}
	if err := attachment.Quote(tx, from.ID, in.ID, c.ID); err != nil {
		return 0, err
	}
	return c.ID, recount(tx, in.ID, 1)
}

// Unquote takes such a comment away again; nothing happens when it is gone.
func Unquote(tx *event.Tx, comment int64, from, in *Ticket) error {
	if err := attachment.Unquote(tx, from.ID, comment); err != nil {
		return err
	}
	res := tx.Where("id = ? AND ticket_id = ?", comment, in.ID).Delete(&Comment{})
	if res.Error != nil {
		return fmt.Errorf("take back the quotation of ticket %d: %w", from.ID, res.Error)
	}
	return recount(tx, in.ID, -res.RowsAffected)
}

// Join lets people take part in a ticket who do not yet, and returns the ids of
// the watchers that were made for that.
func Join(tx *event.Tx, by authz.Actor, t *Ticket, people []Watcher) ([]int64, error) {
	var added []int64
	for _, w := range people {
		if w.UserID != nil && *w.UserID == t.CreatedByID {
			continue
		}
		w.ID = 0
		ok, err := addWatcher(tx, by, t, &w)
		if err != nil {
			return nil, err
		}
		if ok {
			added = append(added, w.ID)
		}
	}
	return added, nil
}

// Part takes watchers from a ticket that are still there.
func Part(tx *event.Tx, t *Ticket, ids []int64) error {
	for _, id := range ids {
		var w Watcher
		err := tx.Where("id = ? AND ticket_id = ?", id, t.ID).Take(&w).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read watcher %d: %w", id, err)
		}
		if err := removeWatcher(tx, t, w); err != nil {
			return err
		}
	}
	return nil
}

// WatchersOf returns everybody who watches a ticket or is in CC.
func WatchersOf(tx *gorm.DB, id int64) ([]Watcher, error) {
	var out []Watcher
	if err := tx.Where("ticket_id = ?", id).Order("id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the watchers of ticket %d: %w", id, err)
	}
	return out, nil
}

// Discard takes back a ticket that was made a moment ago, as if it were deleted
// by whoever made it.
func (s *Service) Discard(tx *event.Tx, by authz.Actor, t *Ticket) error { return s.discard(tx, by, t) }

// errMergedMeanwhile lets the transaction be run again, which then finds the other ticket.
var errMergedMeanwhile = ErrMerged.Because(db.ErrLostRace)

// WordsOn returns what people wrote on tickets in public, wherever it is now.
func WordsOn(tx *gorm.DB, ids []int64) ([]Comment, error) {
	var here, away []Comment
	q := tx.Select("id", "ticket_id", "author_id", "created_at", "origin_id").Where("is_system_message = ?", false).Session(&gorm.Session{})
	// Asked for origin_id IS NULL, SQLite would read the index of that: nearly all comments.
	if err := q.Where("ticket_id IN ?", ids).Order("ticket_id, id").Find(&here).Error; err != nil {
		return nil, fmt.Errorf("read who replied: %w", err)
	}
	here = slices.DeleteFunc(here, func(c Comment) bool { return c.OriginID != nil })
	if err := q.Where("origin_id IN ?", ids).Order("origin_id, id").Find(&away).Error; err != nil {
		return nil, fmt.Errorf("read who replied on what was moved: %w", err)
	}
	for i := range away {
		away[i].TicketID = *away[i].OriginID
	}
	return append(here, away...), nil
}
