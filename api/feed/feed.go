// Package feed hands out everything that happened, in an order in which nothing
// can be missed, for other systems that keep up with the desk.
package feed

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// SettleJob is the kind of job that numbers what nobody has asked for.
const SettleJob = "feed.settle"

const (
	// batch is how many events one transaction numbers, and one query reads.
	batch = 500
	// maxBatches bounds the work of one request: events that the caller may not
	// see, or did not ask for, are walked over.
	maxBatches = 10
	perPerson  = 5
)

var (
	errDenied  = fault.Denied("feed.denied", "Only administrators read the event feed.")
	errTooMany = fault.New(fault.TooMany, "feed.too_many", "This account follows the feed too often already. Close some of the streams.")
)

func canRead(by authz.Actor) bool { return by.Can(authz.WebhookManage) }

// sequence is the only row of its table. Whoever writes to it has the turn to
// give out numbers until its transaction ends.
type sequence struct {
	ID    int64
	Last  int64 `gorm:"column:last_seq"`
	Turns int64
}

// TableName names the table for GORM.
func (sequence) TableName() string { return "feed_sequences" }

// Entry is an event with its place in the feed.
type Entry struct {
	event.Event
	Seq int64 `gorm:"column:feed_seq"`
}

// Service holds the verbs of the feed.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	identify func(ctx context.Context, header string) (authz.Actor, error)

	mu      sync.Mutex
	news    chan struct{} // closed when something happened
	closed  chan struct{}
	streams map[int64]int
}

// New returns the service. identify tells whose an Authorization header is, so
// that a stream ends when its token does.
func New(d *db.DB, c clock.Clock, identify func(context.Context, string) (authz.Actor, error)) *Service {
	return &Service{
		db: d, clock: c, identify: identify,
		news: make(chan struct{}), closed: make(chan struct{}), streams: map[int64]int{},
	}
}

// Wake makes the streams look for events now; it is a Live subscriber.
func (s *Service) Wake(event.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.news)
	s.news = make(chan struct{})
}

// Run ends the streams when ctx ends.
func (s *Service) Run(ctx context.Context) {
	<-ctx.Done()
	close(s.closed)
}

func (s *Service) waiting() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.news
}

func (s *Service) join(by authz.Actor) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams[by.ID] >= perPerson {
		return errTooMany
	}
	s.streams[by.ID]++
	return nil
}

func (s *Service) leave(by authz.Actor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams[by.ID]--; s.streams[by.ID] == 0 {
		delete(s.streams, by.ID)
	}
}

// RunSettle numbers what is new; it is a job.
func (s *Service) RunSettle(ctx context.Context, _ job.Job) error {
	for {
		n, err := s.settle(ctx)
		if err != nil || n < batch {
			return err
		}
	}
}

// settle gives the events that were committed their place in the feed, at most
// batch of them, and returns how many there were.
//
// The ids of events cannot be that place: they are given out before the
// transaction commits, so a smaller one may appear after a larger one was read.
// Places are given after the commit, by one writer at a time, and become visible
// together: whoever has read up to a place has seen all before it for good,
// however long a transaction took.
func (s *Service) settle(ctx context.Context) (int, error) {
	var one int64
	if err := s.db.Read(ctx).Raw("SELECT id FROM events WHERE feed_seq IS NULL LIMIT 1").Scan(&one).Error; err != nil {
		return 0, fmt.Errorf("look for events that are not in the feed: %w", err)
	}
	if one == 0 {
		return 0, nil
	}
	n := 0
	err := s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		n = 0
		last, err := takeTurn(tx)
		if err != nil {
			return err
		}
		var ids []int64
		if err := tx.Raw("SELECT id FROM events WHERE feed_seq IS NULL ORDER BY id LIMIT ?", batch).Scan(&ids).Error; err != nil {
			return err
		}
		for _, id := range ids {
			last++
			if err := tx.Table("events").Where("id = ?", id).Update("feed_seq", last).Error; err != nil {
				return err
			}
		}
		n = len(ids)
		return tx.Model(&sequence{}).Where("id = 1").Update("last_seq", last).Error
	})
	if err != nil {
		return 0, fmt.Errorf("put events into the feed: %w", err)
	}
	return n, nil
}

// takeTurn waits until no other writer gives out numbers and returns the last
// one. The write comes before any read, so that what is read was committed after
// the writer before was done.
func takeTurn(tx *gorm.DB) (int64, error) {
	for range 2 {
		res := tx.Exec("UPDATE feed_sequences SET turns = turns + 1 WHERE id = 1")
		if res.Error != nil {
			return 0, res.Error
		}
		if res.RowsAffected == 1 {
			break
		}
		// The first time ever.
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&sequence{ID: 1}).Error; err != nil {
			return 0, err
		}
	}
	var last, used int64
	if err := tx.Raw("SELECT last_seq FROM feed_sequences WHERE id = 1").Scan(&last).Error; err != nil {
		return 0, err
	}
	// The newest events may have been purged, and numbers must not come twice.
	err := tx.Raw("SELECT COALESCE(MAX(feed_seq), 0) FROM events").Scan(&used).Error
	return max(last, used), err
}

// Slice is a piece of the feed. Next is where to go on: everything up to it has
// been looked at.
type Slice struct {
	Entries []Entry
	Next    int64
	More    bool
}

// After returns what happened after a place in the feed, at most limit events of
// the types; no types are all.
func (s *Service) After(ctx context.Context, by authz.Actor, after int64, limit int, types []string) (Slice, error) {
	out := Slice{Next: after}
	if !canRead(by) {
		return out, errDenied
	}
	if n, err := s.settle(ctx); err != nil {
		return out, err
	} else if n == batch {
		out.More = true
	}
	for range maxBatches {
		var found []Entry
		err := s.db.Read(ctx).Table("events").Where("feed_seq > ?", out.Next).Order("feed_seq").Limit(batch).Find(&found).Error
		if err != nil {
			return out, fmt.Errorf("read the feed after %d: %w", out.Next, err)
		}
		seen, err := s.visible(ctx, by, found)
		if err != nil {
			return out, err
		}
		for _, e := range found {
			if len(out.Entries) == limit {
				out.More = true
				return out, nil
			}
			out.Next = e.Seq
			if seen[e.Seq] && wanted(types, e.Type) {
				out.Entries = append(out.Entries, e)
			}
		}
		if len(found) < batch {
			return out, nil
		}
	}
	out.More = true
	return out, nil
}

// Newest returns the last place of the feed.
func (s *Service) Newest(ctx context.Context, by authz.Actor) (int64, error) {
	if !canRead(by) {
		return 0, errDenied
	}
	if err := s.RunSettle(ctx, job.Job{}); err != nil {
		return 0, err
	}
	var last int64
	if err := s.db.Read(ctx).Raw("SELECT COALESCE(MAX(feed_seq), 0) FROM events").Scan(&last).Error; err != nil {
		return 0, fmt.Errorf("find the end of the feed: %w", err)
	}
	return last, nil
}

// wanted reports whether a type is among the types, which may end with .* for
// all of a noun.
func wanted(types []string, name string) bool {
	return len(types) == 0 || slices.ContainsFunc(types, func(t string) bool {
		noun, all := strings.CutSuffix(t, ".*")
		return t == name || (all && strings.HasPrefix(name, noun+"."))
	})
}

// visible reports which entries an actor may see: those about tickets that it
// can read, now or when they were deleted, and all about anything else.
func (s *Service) visible(ctx context.Context, by authz.Actor, list []Entry) (map[int64]bool, error) {
	var ids []int64
	for _, e := range list {
		if e.SubjectType == ticket.Subject && !slices.Contains(ids, e.SubjectID) {
			ids = append(ids, e.SubjectID)
		}
	}
	tickets, err := ticket.Sights(s.db.Read(ctx), ids)
	if err != nil {
		return nil, fmt.Errorf("read the tickets of the feed: %w", err)
	}
	out := make(map[int64]bool, len(list))
	for _, e := range list {
		out[e.Seq] = sees(by, e, tickets[e.SubjectID])
	}
	return out, nil
}

func sees(by authz.Actor, e Entry, t *ticket.Ticket) bool {
	if e.SubjectType != ticket.Subject {
		return true
	}
	if strings.HasPrefix(e.Type, ticket.InternalPrefix) && !by.Can(authz.NoteRead) {
		return false
	}
	if t == nil && e.Type == ticket.Deleted {
		var was ticket.Sight
		if err := e.Decode(&was); err != nil {
			return false
		}
		t = was.Ticket(e.SubjectID)
	}
	if t == nil {
		// It is gone, and what it was is not known any more.
		return by.Can(authz.TicketViewAll) && by.Can(authz.TicketConfidential)
	}
	return ticket.CanRead(by, t)
}
