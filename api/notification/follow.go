package notification

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// noted is the type of the event that a note was written.
const noted = ticket.InternalPrefix + "created"

// Types lists the events that concern people, besides alarms.
var Types = []string{
	ticket.Assigned, ticket.Commented, noted, ticket.StatusChanged, ticket.WatcherAdded, ticket.CCAdded,
}

// stale is how old an event may be for people to be told of it: what an import
// brings in is no news.
const stale = time.Hour

// concern is why an event concerns whom, the first reason counts.
type concern struct {
	kinds     map[int64]Kind
	order     []int64
	detail    string
	commentID *int64
	noteID    *int64
}

func (c *concern) add(k Kind, people ...int64) {
	for _, id := range people {
		if _, known := c.kinds[id]; !known && id != 0 {
			c.kinds[id] = k
			c.order = append(c.order, id)
		}
	}
}

// takers are those who have to do with a ticket.
func takers(t *ticket.Ticket) []int64 {
	out := append([]int64{t.CreatedByID}, t.Watchers...)
	if t.AssignedToID != nil {
		out = append(out, *t.AssignedToID)
	}
	return out
}

// concerns finds out whom an event concerns.
func (s *Service) concerns(tx *gorm.DB, e event.Event, t *ticket.Ticket) (*concern, error) {
	c := &concern{kinds: map[int64]Kind{}}
	switch e.Type {
	case ticket.Assigned:
		var a ticket.Assignment
		if err := e.Decode(&a); err != nil {
			return nil, err
		}
		if a.To != nil {
			c.add(Assigned, a.To.ID)
		}
	case ticket.Commented, noted:
		var ref struct {
			ticket.CommentRef
			NoteID int64 `json:"note_id"`
		}
		if err := e.Decode(&ref); err != nil {
			return nil, err
		}
		if ref.CommentID != 0 {
			c.commentID = &ref.CommentID
		}
		if ref.NoteID != 0 {
			c.noteID = &ref.NoteID
		}
		c.add(Mention, ref.Mentions...)
		c.add(Reply, takers(t)...)
	case ticket.StatusChanged:
		var ch ticket.Change
		if err := e.Decode(&ch); err != nil {
			return nil, err
		}
		c.detail = ch.To
		c.add(Status, takers(t)...)
	case ticket.WatcherAdded, ticket.CCAdded:
		var ref ticket.WatcherRef
		if err := e.Decode(&ref); err != nil {
			return nil, err
		}
		c.add(Watching, ref.UserID)
	default:
		named, target, ok := s.Alarms(e)
		if !ok {
			return c, nil
		}
		c.detail = target
		if c.add(SLA, named...); len(named) > 0 {
			return c, nil
		}
		responsible, err := responsible(tx, t)
		if err != nil {
			return nil, err
		}
		c.add(SLA, responsible...)
		c.add(SLA, t.Watchers...)
	}
	return c, nil
}

// responsible are those who are to see to a ticket: whoever has it, else the leads of its
// team, or all of the team where nobody leads it, else the administrators.
func responsible(tx *gorm.DB, t *ticket.Ticket) ([]int64, error) {
	if t.AssignedToID != nil {
		return []int64{*t.AssignedToID}, nil
	}
	var out []int64
	if t.TeamID != nil {
		var all []team.Member
		if err := tx.Where("team_id = ?", *t.TeamID).Order("user_id").Find(&all).Error; err != nil {
			return nil, fmt.Errorf("read who belongs to team %d: %w", *t.TeamID, err)
		}
		led := slices.ContainsFunc(all, func(m team.Member) bool { return m.Lead })
		for _, m := range all {
			if m.Lead || !led {
				out = append(out, m.UserID)
			}
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	err := tx.Model(&user.User{}).Where("role = ? AND is_active = ?", authz.Admin, true).Order("id").Limit(maxResponsible).Pluck("id", &out).Error
	if err != nil {
		return nil, fmt.Errorf("read who the administrators are: %w", err)
	}
	return out, nil
}

// maxResponsible bounds how many administrators hear of a ticket that nobody has.
const maxResponsible = 100

// Follow writes down, in the transaction of an event, whom it concerns and how
// each of them hears of it. Nobody hears of their own acts, nor of what they may
// not read.
func (s *Service) Follow(tx *event.Tx, e event.Event) error {
	if tx.Now.Sub(e.CreatedAt) > stale {
		return nil
	}
	there, err := ticket.Sights(tx.DB, []int64{e.SubjectID})
	if err != nil {
		return fmt.Errorf("read the ticket of an event: %w", err)
	}
	t := there[e.SubjectID]
	if t == nil {
		return nil
	}
	c, err := s.concerns(tx.DB, e, t)
	if err != nil {
		return err
	}
	people := slices.DeleteFunc(c.order, func(id int64) bool { return id == e.ActorID })
	if len(people) == 0 {
		return nil
	}
	rows, err := s.rows(tx, e, t, c, people)
	if err != nil || len(rows) == 0 {
		return err
	}
	// The same event again, in whatever way, is heard of once.
	err = tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error
	if err != nil {
		return fmt.Errorf("write down whom event %d concerns: %w", e.ID, err)
	}
	return nil
}

func (s *Service) rows(tx *event.Tx, e event.Event, t *ticket.Ticket, c *concern, people []int64) ([]Notification, error) {
	var found []user.User
	if err := tx.Where("id IN ? AND is_active = ?", people, true).Order("id").Find(&found).Error; err != nil {
		return nil, fmt.Errorf("read whom an event concerns: %w", err)
	}
	settings, err := settingsOf(tx.DB, people...)
	if err != nil {
		return nil, err
	}
	told, err := s.Told(tx, e, people)
	if err != nil {
		return nil, err
	}
	var devices []int64
	if err := tx.Model(&Subscription{}).Distinct("user_id").Where("user_id IN ?", people).Pluck("user_id", &devices).Error; err != nil {
		return nil, fmt.Errorf("read who has devices: %w", err)
	}
	var out []Notification
	internal := ticket.Internal(e.Type)
	for _, u := range found {
		by, err := team.Join(tx.DB, u.Person(s.Options))
		if err != nil {
			return nil, err
		}
		if u.AnonymisedAt != nil || !mayKnow(by, internal, t) {
			continue
		}
		st := settings[u.ID]
		kind := c.kinds[u.ID]
		ways, loc := st.of(kind), zone(u.TimeZone)
		n := Notification{
			UserID: u.ID, EventID: e.ID, TicketID: t.ID, Kind: kind, Type: e.Type, Internal: internal, ActorID: e.ActorID,
			Detail: c.detail, CommentID: c.commentID, NoteID: c.noteID, InApp: ways.InApp, Unread: ways.InApp, CreatedAt: tx.Now,
		}
		if ways.Mail != Off && !slices.Contains(told, u.ID) {
			at := st.due(ways.Mail, tx.Now, loc)
			n.MailAt = &at
		}
		if ways.Push && slices.Contains(devices, u.ID) {
			at := st.due(AtOnce, tx.Now, loc)
			n.PushAt = &at
		}
		if n.InApp || n.MailAt != nil || n.PushAt != nil {
			out = append(out, n)
		}
	}
	return out, nil
}

// Forget deletes what is kept about a ticket that is gone for good.
func Forget(tx *event.Tx, e event.Event) error {
	if err := tx.Where("ticket_id = ?", e.SubjectID).Delete(&Notification{}).Error; err != nil {
		return fmt.Errorf("delete the notifications of ticket %d: %w", e.SubjectID, err)
	}
	return nil
}

// ForgetNote takes back what was to be told, or is shown, of a note that was
// deleted.
func ForgetNote(tx *event.Tx, e event.Event) error {
	var ref struct {
		NoteID int64 `json:"note_id"`
	}
	if err := e.Decode(&ref); err != nil {
		return err
	}
	if err := tx.Where("note_id = ?", ref.NoteID).Delete(&Notification{}).Error; err != nil {
		return fmt.Errorf("take back what tells of note %d: %w", ref.NoteID, err)
	}
	return nil
}

// ForgetPerson deletes what is kept for an account that is anonymised.
func ForgetPerson(tx *event.Tx, e event.Event) error {
	for _, rows := range []any{&Notification{}, &Settings{}, &Subscription{}} {
		if err := tx.Where("user_id = ?", e.SubjectID).Delete(rows).Error; err != nil {
			return fmt.Errorf("delete the notifications of account %d: %w", e.SubjectID, err)
		}
	}
	return nil
}

// person returns an account as an actor, false when it may not be used.
func (s *Service) person(tx *gorm.DB, id int64) (user.User, bool, error) {
	var u user.User
	res := tx.Where("id = ?", id).Limit(1).Find(&u)
	if res.Error != nil {
		return u, false, fmt.Errorf("read whom to tell: %w", res.Error)
	}
	return u, res.RowsAffected == 1 && u.IsActive && u.AnonymisedAt == nil, nil
}
