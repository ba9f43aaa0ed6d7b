package notification

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/platform/mail"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// PruneJob is the kind of job that forgets what is old.
const PruneJob = "notification.prune"

const (
	pollEvery = 5 * time.Second
	batch     = 200
	// lease is until when nobody else sends a message that somebody began to send.
	lease       = 3 * time.Minute
	patience    = 2 * time.Minute
	maxAttempts = 10
	// Changes to more tickets than that, at once, are one message.
	maxTickets = 5
	// maxWaiting is how many notifications one message takes up.
	maxWaiting = 500
	keepRows   = 90 * 24 * time.Hour
	maxRows    = 1000 // of one person
	// pruneWithin is more than the time between two runs of the job.
	pruneWithin = 3 * time.Hour
	keepSent    = 30 * 24 * time.Hour
)

// Run sends what is due until ctx ends.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if err := s.Process(ctx); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "telling people failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Process gathers what is due into messages, and sends them.
func (s *Service) Process(ctx context.Context) error {
	return errors.Join(s.gatherAll(ctx, Mail), s.gatherAll(ctx, Push), s.sendAll(ctx))
}

func (s *Service) gatherAll(ctx context.Context, c Channel) error {
	for ctx.Err() == nil {
		var due []Notification
		err := s.DB.Read(ctx).Select("id", "user_id").Where(c.at()+" <= ?", s.Clock.Now()).Order(c.at()).Limit(batch).Find(&due).Error
		if err != nil {
			return fmt.Errorf("look for what is to be told: %w", err)
		}
		if len(due) == 0 {
			return nil
		}
		var people []int64
		for _, n := range due {
			if !slices.Contains(people, n.UserID) {
				people = append(people, n.UserID)
			}
		}
		for _, id := range people {
			if err := s.gather(ctx, c, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// gather makes messages of what is due for somebody: one for each ticket, or one
// for all that was held back or is too much.
func (s *Service) gather(ctx context.Context, c Channel, userID int64) error {
	return s.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		now := s.Clock.Now()
		var waiting []Notification
		err := tx.Where("user_id = ? AND "+c.at()+" IS NOT NULL", userID).Order(c.at() + ", id").Limit(maxWaiting).Find(&waiting).Error
		if err != nil {
			return fmt.Errorf("read what waits for somebody: %w", err)
		}
		u, ok, err := s.person(tx, userID)
		if err != nil {
			return err
		}
		settings, err := settingsOf(tx, userID)
		if err != nil {
			return err
		}
		st := settings[userID]
		if at := st.awake(now, zone(u.TimeZone)); ok && at.After(now) {
			return tx.Model(&Notification{}).Where("id IN ? AND "+c.at()+" <= ?", ids(waiting), now).Update(c.at(), at).Error
		}
		var drop, due []Notification
		held := false
		for _, n := range waiting {
			at := n.at(c)
			switch {
			// Whoever saw it in the app meanwhile need not be told again.
			case !ok, n.ReadAt != nil, !st.wants(c, n.Kind):
				drop = append(drop, n)
			case !at.After(now):
				due = append(due, n)
				held = held || at.Sub(n.CreatedAt) > window
			}
		}
		if len(drop) > 0 {
			if err := tx.Model(&Notification{}).Where("id IN ?", ids(drop)).Update(c.at(), nil).Error; err != nil {
				return fmt.Errorf("drop what nobody wants to hear: %w", err)
			}
		}
		for _, group := range groups(c, due, waiting, drop, held) {
			if err := take(tx, c, userID, now, group); err != nil {
				return err
			}
		}
		return nil
	})
}

func (n Notification) at(c Channel) time.Time {
	if c == Mail {
		return *n.MailAt
	}
	return *n.PushAt
}

func (st Settings) wants(c Channel, k Kind) bool {
	if c == Mail {
		return st.of(k).Mail != Off
	}
	return st.of(k).Push
}

func ids(rows []Notification) []int64 {
	out := make([]int64, len(rows))
	for i, n := range rows {
		out[i] = n.ID
	}
	return out
}

// groups says what becomes one message.
func groups(c Channel, due, waiting, dropped []Notification, held bool) [][]Notification {
	if len(due) == 0 {
		return nil
	}
	var order []int64
	of := map[int64][]Notification{}
	for _, n := range due {
		if of[n.TicketID] == nil {
			order = append(order, n.TicketID)
		}
		of[n.TicketID] = append(of[n.TicketID], n)
	}
	gone := ids(dropped)
	for _, n := range waiting {
		// What happened to the same ticket within the minute goes with it.
		if of[n.TicketID] != nil && n.at(c).Sub(n.CreatedAt) <= window && !slices.Contains(gone, n.ID) &&
			!slices.ContainsFunc(of[n.TicketID], func(o Notification) bool { return o.ID == n.ID }) {
			of[n.TicketID] = append(of[n.TicketID], n)
		}
	}
	var out [][]Notification
	for _, id := range order {
		out = append(out, of[id])
	}
	if held || len(out) > maxTickets {
		return [][]Notification{slices.Concat(out...)}
	}
	return out
}

// take makes a message of notifications, unless another replica was faster.
func take(tx *gorm.DB, c Channel, userID int64, now time.Time, group []Notification) error {
	m := Message{UserID: userID, Channel: c, MessageID: "n-" + strings.ToLower(rand.Text()), State: Pending, Done: []int64{}, NextAt: now, CreatedAt: now}
	if err := tx.Create(&m).Error; err != nil {
		return fmt.Errorf("make a message: %w", err)
	}
	res := tx.Model(&Notification{}).Where("id IN ? AND "+c.at()+" IS NOT NULL", ids(group)).
		Updates(map[string]any{c.at(): nil, c.id(): m.ID})
	if res.Error != nil {
		return fmt.Errorf("take up notifications: %w", res.Error)
	}
	if res.RowsAffected != int64(len(group)) {
		return db.ErrLostRace
	}
	return nil
}

func (s *Service) sendAll(ctx context.Context) error {
	for ctx.Err() == nil {
		var due []Message
		err := s.DB.Read(ctx).Where("state = ? AND next_at <= ?", Pending, s.Clock.Now()).Order("next_at, id").Limit(20).Find(&due).Error
		if err != nil {
			return fmt.Errorf("look for messages to send: %w", err)
		}
		if len(due) == 0 {
			return nil
		}
		for _, m := range due {
			if err := s.handle(context.WithoutCancel(ctx), m); err != nil {
				return err
			}
		}
	}
	return nil
}

// handle claims a message, sends it, and writes down what came of it.
func (s *Service) handle(ctx context.Context, m Message) error {
	until := s.Clock.Now().Add(lease)
	taken := false
	err := s.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		res := tx.Model(&Message{}).Where("id = ? AND state = ? AND attempts = ?", m.ID, Pending, m.Attempts).
			Updates(map[string]any{"attempts": m.Attempts + 1, "next_at": until})
		taken = res.RowsAffected == 1
		return res.Error
	})
	if err != nil || !taken {
		return err
	}
	m.Attempts++
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	state, err := s.send(ctx, &m)
	to := map[string]any{"state": state, "finished_at": s.Clock.Now(), "last_error": ""}
	if err != nil {
		to["last_error"] = cut(err.Error(), 500)
		switch {
		case mail.Permanent(err), m.Attempts >= maxAttempts:
			to["state"] = Dead
		default:
			to["state"], to["finished_at"] = Pending, nil
			to["next_at"] = s.Clock.Now().Add(min(15*time.Second<<min(m.Attempts-1, 10), time.Hour))
		}
		slog.WarnContext(ctx, "somebody was not told", "message", m.ID, "channel", m.Channel, "attempt", m.Attempts, "error", err)
	}
	done := m
	return s.DB.Tx(context.WithoutCancel(ctx), func(_ context.Context, tx *gorm.DB) error {
		own := tx.Model(&Message{}).Where("id = ? AND state = ? AND attempts = ?", m.ID, Pending, m.Attempts)
		if err := own.Session(&gorm.Session{}).Select("done").Updates(&done).Error; err != nil {
			return err
		}
		return own.Session(&gorm.Session{}).Updates(to).Error
	})
}

func cut(text string, most int) string {
	r := []rune(strings.ToValidUTF8(text, "\uFFFD"))
	return string(r[:min(len(r), most)])
}

// news is what a message tells of, as things are now.
type news struct {
	to    user.User
	by    authz.Actor
	rows  []Notification
	about map[int64]ticket.Ticket
	cards map[int64]user.Card
	said  map[int64]string // what comments say
}

// news reads what a message still has to tell.
func (s *Service) news(ctx context.Context, m *Message) (*news, error) {
	tx := s.DB.Read(ctx)
	u, ok, err := s.person(tx, m.UserID)
	if err != nil || !ok {
		return nil, err
	}
	by, err := team.Join(tx, u.Person(s.Options))
	if err != nil {
		return nil, err
	}
	var rows []Notification
	if err := tx.Where(m.Channel.id()+" = ?", m.ID).Order("ticket_id, id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read what a message tells: %w", err)
	}
	n := &news{to: u, by: by, about: map[int64]ticket.Ticket{}, said: map[int64]string{}}
	var tickets, comments, people []int64
	for _, r := range rows {
		tickets = append(tickets, r.TicketID)
		people = append(people, r.ActorID)
		if r.CommentID != nil {
			comments = append(comments, *r.CommentID)
		}
	}
	there, err := ticket.Sights(tx, tickets)
	if err != nil {
		return nil, fmt.Errorf("read the tickets of a message: %w", err)
	}
	var titles []ticket.Ticket
	if err := tx.Select("id", "title", "status").Where("id IN ?", tickets).Find(&titles).Error; err != nil {
		return nil, fmt.Errorf("read the titles of a message: %w", err)
	}
	for _, t := range titles {
		n.about[t.ID] = t
	}
	var texts []ticket.Comment
	if err := tx.Select("id", "content").Where("id IN ?", comments).Find(&texts).Error; err != nil {
		return nil, fmt.Errorf("read the comments of a message: %w", err)
	}
	for _, c := range texts {
		n.said[c.ID] = c.Content
	}
	if n.cards, err = user.Cards(tx, people...); err != nil {
		return nil, err
	}
	for _, r := range rows {
		_, titled := n.about[r.TicketID]
		_, said := n.said[deref(r.CommentID)]
		// A comment that was taken back is told to nobody.
		if titled && mayKnow(by, r.Internal, there[r.TicketID]) && (r.CommentID == nil || said) {
			n.rows = append(n.rows, r)
		}
	}
	return n, nil
}

func deref(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

// send makes one attempt.
func (s *Service) send(ctx context.Context, m *Message) (State, error) {
	n, err := s.news(ctx, m)
	if err != nil {
		return Pending, err
	}
	if n == nil || len(n.rows) == 0 {
		return Dropped, nil
	}
	if m.Channel == Push {
		return s.push(ctx, m, n)
	}
	bounces, err := s.Bounces(s.DB.Read(ctx), n.to.Email)
	if err != nil {
		return Pending, err
	}
	if bounces || n.to.Email == "" {
		return Dropped, nil
	}
	return Sent, s.Sender.Send(ctx, s.letter(m, n))
}

// Prune forgets what is old, and what is more than a person can look at; it is a job.
func (s *Service) Prune(ctx context.Context, _ job.Job) error {
	now := s.Clock.Now()
	if err := s.pruneRows(ctx, func(tx *gorm.DB) *gorm.DB {
		return tx.Model(&Notification{}).Where("created_at < ?", now.Add(-keepRows))
	}, &Notification{}); err != nil {
		return err
	}
	if err := s.pruneRows(ctx, func(tx *gorm.DB) *gorm.DB {
		return tx.Model(&Message{}).Where("state <> ? AND created_at < ?", Pending, now.Add(-keepSent))
	}, &Message{}); err != nil {
		return err
	}
	var many []int64
	// Who got none since the last time cannot have too many since then.
	err := s.DB.Read(ctx).Model(&Notification{}).Where("created_at > ?", now.Add(-pruneWithin)).Distinct("user_id").Pluck("user_id", &many).Error
	if err != nil {
		return fmt.Errorf("look for who may have many notifications: %w", err)
	}
	for _, id := range many {
		var last []int64
		err := s.DB.Read(ctx).Model(&Notification{}).Where("user_id = ?", id).Order("id DESC").Offset(maxRows-1).Limit(1).Pluck("id", &last).Error
		if err != nil {
			return fmt.Errorf("look for the oldest notification to keep: %w", err)
		}
		if len(last) == 0 {
			continue
		}
		if err := s.pruneRows(ctx, func(tx *gorm.DB) *gorm.DB {
			return tx.Model(&Notification{}).Where("user_id = ? AND id < ? AND mail_at IS NULL AND push_at IS NULL", id, last[0])
		}, &Notification{}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) pruneRows(ctx context.Context, which func(*gorm.DB) *gorm.DB, table any) error {
	for {
		var found []int64
		if err := which(s.DB.Read(ctx)).Order("created_at").Limit(batch).Pluck("id", &found).Error; err != nil || len(found) == 0 {
			return err
		}
		err := s.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error { return tx.Where("id IN ?", found).Delete(table).Error })
		if err != nil {
			return fmt.Errorf("forget old notifications: %w", err)
		}
	}
}
