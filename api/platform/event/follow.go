package event

import (
	"context"
	"fmt"
	"time"

	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
)

const (
	// OverlapRows is how far events may be out of order: numbers of rows are given out
	// before their transactions commit, and a smaller number may appear after a larger one.
	// Among so many of the last numbers, those that are missing are looked for again for
	// overlapTime.
	OverlapRows = 200
	overlapTime = 30 * time.Second
	followed    = 500
)

// Follower reads the events as they are committed, each once. It is not safe for
// concurrent use.
type Follower struct {
	db    *db.DB
	clock clock.Clock
	last  int64
	moved time.Time
	seen  map[int64]struct{}
}

// NewFollower returns a follower of all events; Begin lets it leave out those that are there.
func NewFollower(d *db.DB, c clock.Clock) *Follower {
	return &Follower{db: d, clock: c, seen: map[int64]struct{}{}}
}

// Begin steps over the events that are committed now.
func (f *Follower) Begin(ctx context.Context) error {
	var ids []int64
	if err := f.db.Read(ctx).Model(&Event{}).Order("id DESC").Limit(OverlapRows).Pluck("id", &ids).Error; err != nil {
		return fmt.Errorf("find the newest events: %w", err)
	}
	for _, id := range ids {
		f.seen[id] = struct{}{}
		if id > f.last {
			f.last, f.moved = id, f.clock.Now()
		}
	}
	return nil
}

// Next returns events that were committed since the last call, of each subject in their
// order; more says that there may be others already.
func (f *Follower) Next(ctx context.Context) (fresh []Event, more bool, err error) {
	from := f.from()
	var events []Event
	if err := f.db.Read(ctx).Where("id > ?", from).Order("id").Limit(followed).Find(&events).Error; err != nil {
		return nil, false, fmt.Errorf("read the events after %d: %w", from, err)
	}
	for _, e := range events {
		if _, known := f.seen[e.ID]; known {
			continue
		}
		f.seen[e.ID] = struct{}{}
		fresh = append(fresh, e)
		if e.ID > f.last {
			f.last, f.moved = e.ID, f.clock.Now()
		}
	}
	f.forget()
	return fresh, len(events) == followed, nil
}

// from returns the number behind which to read: the first that may yet appear.
func (f *Follower) from() int64 {
	if f.clock.Now().Sub(f.moved) < overlapTime {
		for id := max(f.last-OverlapRows, 0) + 1; id < f.last; id++ {
			if _, known := f.seen[id]; !known {
				return id - 1
			}
		}
	}
	return f.last
}

// forget drops the numbers that are no longer read again.
func (f *Follower) forget() {
	if len(f.seen) <= 4*OverlapRows+followed {
		return
	}
	for id := range f.seen {
		if id <= f.last-2*OverlapRows {
			delete(f.seen, id)
		}
	}
}
