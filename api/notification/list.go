package notification

import (
	"context"
	"fmt"
	"slices"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// maxUnread is how far unread notifications are counted.
const maxUnread = 100

// Entry is a notification with what is shown of its ticket and of who did it.
type Entry struct {
	Notification
	Title  string
	Status ticket.Status
	Actor  user.Card
}

// List returns a page of what the actor was notified of and may still know of,
// the newest first.
func (s *Service) List(ctx context.Context, by authz.Actor, unread bool, page web.Page) (web.Rows[Entry], error) {
	tx := s.DB.Read(ctx)
	q := visible(tx, by)
	if unread {
		q = q.Where("unread = ?", true)
	}
	found, err := web.NewestFirst(q, page, func(n Notification) int64 { return n.ID })
	out := web.Rows[Entry]{
		Count: found.Count, More: found.More, HasBefore: found.HasBefore, HasAfter: found.HasAfter,
		CursorOf: func(e Entry) web.Cursor { return found.CursorOf(e.Notification) },
	}
	if err != nil {
		return out, err
	}
	var tickets, people []int64
	for _, n := range found.Rows {
		tickets, people = append(tickets, n.TicketID), append(people, n.ActorID)
	}
	var titles []ticket.Ticket
	if err := tx.Select("id", "title", "status").Where("id IN ?", tickets).Find(&titles).Error; err != nil {
		return out, fmt.Errorf("read the titles of notifications: %w", err)
	}
	about := map[int64]ticket.Ticket{}
	for _, t := range titles {
		about[t.ID] = t
	}
	cards, err := user.Cards(tx, people...)
	if err != nil {
		return out, err
	}
	for _, n := range found.Rows {
		t := about[n.TicketID]
		out.Rows = append(out.Rows, Entry{n, t.Title, t.Status, cards[n.ActorID]})
	}
	return out, nil
}

// Unread counts what the actor has not read, but no further than maxUnread.
func (s *Service) Unread(ctx context.Context, by authz.Actor) (int64, error) {
	tx := s.DB.Read(ctx)
	var n int64
	some := visible(tx.Model(&Notification{}), by).Where("unread = ?", true).Select("id").Limit(maxUnread)
	if err := tx.Table("(?) AS l", some).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count what is unread: %w", err)
	}
	return n, nil
}

// Selection says what to mark as read: some notifications, those of a ticket, or
// all up to one.
type Selection struct {
	IDs      []int64
	TicketID int64
	UpTo     int64
}

// Read marks notifications of the actor's as read.
func (s *Service) Read(ctx context.Context, by authz.Actor, what Selection) error {
	changed := int64(0)
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		q := tx.Model(&Notification{}).Where("user_id = ? AND unread = ?", by.ID, true)
		switch {
		case what.IDs != nil:
			q = q.Where("id IN ?", what.IDs)
		case what.TicketID != 0:
			q = q.Where("ticket_id = ?", what.TicketID)
		default:
			q = q.Where("id <= ?", what.UpTo)
		}
		// By their numbers, so that nothing but these rows is locked.
		var found []int64
		if err := q.Order("id").Limit(10*maxRows).Pluck("id", &found).Error; err != nil {
			return fmt.Errorf("look for what was read: %w", err)
		}
		for some := range slices.Chunk(found, batch) {
			res := tx.Model(&Notification{}).Where("id IN ?", some).Updates(map[string]any{"unread": false, "read_at": tx.Now})
			if res.Error != nil {
				return fmt.Errorf("mark as read: %w", res.Error)
			}
		}
		changed = int64(len(found))
		return nil
	})
	if err == nil && changed > 0 && s.Show != nil {
		s.Show(by.ID)
	}
	return err
}

// ReadOne marks one notification of the actor's as read, or not.
func (s *Service) ReadOne(ctx context.Context, by authz.Actor, id int64) error {
	var n Notification
	err := visible(s.DB.Read(ctx), by).Where("notifications.id = ?", id).Limit(1).Find(&n).Error
	if err != nil {
		return fmt.Errorf("read notification %d: %w", id, err)
	}
	if n.ID == 0 {
		return errMissing
	}
	return s.Read(ctx, by, Selection{IDs: []int64{id}})
}
