// Package known remembers which tickets are in a list, so that the number beside it need not
// be found anew each time: what changed since is held against the list alone.
package known

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
)

const (
	// Life is how long a list is remembered at most. Some of what is in it changes without an
	// event: time goes by, due times are counted anew.
	Life = time.Minute
	// maxLists is how many lists are remembered, of at most so many tickets as the finder
	// returns: 10,000 take 80 kB.
	maxLists = 200
	// maxChanged is how many changed tickets are held against a list; after more it is found anew.
	maxChanged = 500
	// maxJournal is how many changes are remembered for the lists.
	maxJournal = 4 * maxChanged
)

// Finder finds what is in a list.
type Finder struct {
	Max int // more than so many need not be told apart
	// Count counts as far as that costs little; exact says that there are no more. What way it found
	// is remembered with the number.
	Count func(context.Context) (n int64, exact bool, way Way, err error)
	// All returns the ids of all, or of Max and one, in any order; it is for lists that Count
	// counted exactly.
	All func(context.Context, Way) ([]int64, error)
	// Among returns those of the tickets that are in the list.
	Among func(context.Context, []int64) ([]int64, error)
}

// Way says which of the indexes of a list lead it: their places among those that could, -1 for none.
type Way struct{ Page, Counted int }

// Lists remembers lists. It is safe for concurrent use.
type Lists struct {
	db       *db.DB
	clock    clock.Clock
	subject  string
	harmless []string

	following sync.Mutex // before mu
	events    *event.Follower
	followed  time.Time

	mu      sync.Mutex
	lists   map[string]*list
	journal []int64 // tickets that changed, in the order in which that was seen
	begin   int     // how many were in the journal before the first
}

// list is what is known of one list.
type list struct {
	mu    sync.Mutex
	at    time.Time
	n     int64
	exact bool
	ids   []int64 // sorted; nil where only the number is known
	pos   int     // up to where in the journal
	way   Way
}

// New returns a memory without lists. Events about a subject change what is in lists one ticket at a time;
// others make all lists be found anew, unless their types begin with one of harmless.
func New(d *db.DB, c clock.Clock, subject string, harmless ...string) *Lists {
	return &Lists{db: d, clock: c, subject: subject, harmless: harmless, events: event.NewFollower(d, c), lists: map[string]*list{}}
}

// Count returns how many tickets are in the list that key names, as of now. The key must say all
// that the list depends on: who looks, and for what.
func (l *Lists) Count(ctx context.Context, key string, f Finder) (n int64, exact bool, way Way, err error) {
	if db.InTx(ctx) { // it would see events that may never be
		return f.Count(ctx)
	}
	pos, err := l.follow(ctx)
	if err != nil {
		return 0, false, way, err
	}
	one := l.list(key)
	one.mu.Lock()
	defer one.mu.Unlock()
	changed, kept := l.since(one.pos)
	now := l.clock.Now()
	switch {
	case now.Sub(one.at) >= Life || !kept:
		one.ids, one.at, one.pos = nil, time.Time{}, pos // nothing is known if this fails
		if one.n, one.exact, one.way, err = f.Count(ctx); err == nil {
			one.at = now
		}
	case len(changed) == 0 || !one.exact:
	case one.ids == nil || len(changed) > maxChanged:
		one.at = time.Time{}
		if err = one.fill(ctx, f); err == nil {
			one.at, one.pos = now, pos
		}
	default:
		if err = one.follow(ctx, f, changed); err == nil {
			one.pos = pos
		}
	}
	return one.n, one.exact, one.way, err
}

// fill finds what is in the list.
func (o *list) fill(ctx context.Context, f Finder) error {
	ids, err := f.All(ctx, o.way)
	if err != nil {
		return err
	}
	o.n, o.exact, o.ids = int64(len(ids)), len(ids) <= f.Max, nil
	if o.exact {
		slices.Sort(ids)
		o.ids = append([]int64{}, ids...)
	}
	return nil
}

// follow holds the tickets that changed against the list.
func (o *list) follow(ctx context.Context, f Finder, changed []int64) error {
	in, err := f.Among(ctx, changed)
	if err != nil {
		return err
	}
	for _, id := range changed {
		at, was := slices.BinarySearch(o.ids, id)
		switch is := slices.Contains(in, id); {
		case is && !was:
			o.ids = slices.Insert(o.ids, at, id)
		case was && !is:
			o.ids = slices.Delete(o.ids, at, at+1)
		}
	}
	if o.n = int64(len(o.ids)); len(o.ids) > f.Max {
		o.exact, o.ids = false, nil
	}
	return nil
}

// follow reads what happened, and returns up to where the journal goes.
func (l *Lists) follow(ctx context.Context) (int, error) {
	l.following.Lock()
	defer l.following.Unlock()
	now := l.clock.Now()
	if now.Sub(l.followed) >= Life { // no list is younger
		l.forget()
		if err := l.events.Begin(ctx); err != nil {
			return 0, err
		}
	}
	for {
		fresh, more, err := l.events.Next(ctx)
		if err != nil {
			l.followed = time.Time{}
			l.forget()
			return 0, err
		}
		l.note(fresh)
		if !more {
			break
		}
	}
	l.followed = now
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.begin + len(l.journal), nil
}

func (l *Lists) note(events []event.Event) {
	for _, e := range events {
		switch {
		case e.SubjectType == l.subject:
			l.mu.Lock()
			l.journal = append(l.journal, e.SubjectID)
			l.mu.Unlock()
		case !slices.ContainsFunc(l.harmless, func(prefix string) bool { return strings.HasPrefix(e.Type, prefix) }):
			l.forget()
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if over := len(l.journal) - maxJournal; over > 0 {
		l.journal = slices.Delete(l.journal, 0, over)
		l.begin += over
	}
}

// forget makes every list be found anew.
func (l *Lists) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begin += len(l.journal) + 1 // before which no list is
	l.journal = l.journal[:0]
}

// since returns the tickets that changed, each once, and false if more did than is known.
func (l *Lists) since(pos int) ([]int64, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if pos < l.begin {
		return nil, false
	}
	ids := slices.Clone(l.journal[min(pos-l.begin, len(l.journal)):])
	slices.Sort(ids)
	return slices.Compact(ids), true
}

// list returns what is remembered under a key, and makes room for it.
func (l *Lists) list(key string) *list {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.lists[key]
	if one != nil {
		return one
	}
	if len(l.lists) >= maxLists {
		// Any of them: most are found again in a minute at the latest.
		for old := range l.lists {
			delete(l.lists, old)
			break
		}
	}
	one = &list{}
	l.lists[key] = one
	return one
}
