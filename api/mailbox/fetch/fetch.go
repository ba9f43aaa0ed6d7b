// Package fetch takes the mail of mailboxes from IMAP servers: it waits by IDLE,
// looks now and then all the same, and marks a message as seen only when it is
// stored.
package fetch

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/mailbox/parse"
)

const (
	lookEvery = 5 * time.Second // for mailboxes that are new
	idleFor   = 30 * time.Second
	slow      = time.Minute // for one command
	maxBatch  = 20
	maxPause  = 5 * time.Minute
	// A message that broke the connection so often is left alone for a while, so
	// that those after it come through.
	maxBroken = 3
	alone     = 10 * time.Minute
)

// Fetcher fetches every mailbox that is set up for it.
type Fetcher struct {
	boxes  *mailbox.Service
	owner  string
	mu     sync.Mutex
	tokens map[int64]token
	broken map[string]trouble
}

// trouble is how often a message broke the connection, and until when it is left
// where it is.
type trouble struct {
	times int
	until time.Time
}

// New returns a fetcher.
func New(boxes *mailbox.Service) *Fetcher {
	return &Fetcher{boxes: boxes, owner: rand.Text(), tokens: map[int64]token{}, broken: map[string]trouble{}}
}

// Run fetches until ctx ends.
func (f *Fetcher) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	under := map[int64]bool{}
	done := make(chan int64, 100)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		boxes, err := f.boxes.Fetched(ctx)
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "looking for mailboxes failed", "error", err)
		}
		for _, b := range boxes {
			if !under[b.ID] {
				under[b.ID] = true
				running.Go(func() { f.follow(ctx, b); done <- b.ID })
			}
		}
	wait:
		for {
			select {
			case <-ctx.Done():
				return
			case id := <-done:
				delete(under, id)
			case <-tick.C:
				break wait
			}
		}
	}
}

// follow fetches a mailbox until it is changed, or somebody else has it.
func (f *Fetcher) follow(ctx context.Context, b mailbox.Mailbox) {
	mine, err := f.boxes.Lease(ctx, b.ID, f.owner, mailbox.LeaseFor)
	if err != nil || !mine {
		return
	}
	defer func() { _ = f.boxes.Unlease(context.WithoutCancel(ctx), b.ID, f.owner) }()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer mailbox.Hold(ctx, func(ctx context.Context) error {
		mine, err := f.boxes.Lease(ctx, b.ID, f.owner, mailbox.LeaseFor)
		if err == nil && !mine {
			stop()
		}
		return err
	})()
	for failures := 0; ctx.Err() == nil; failures++ {
		began := failures
		err := f.session(ctx, b, func() { began = -1 })
		if ctx.Err() != nil || err == nil {
			return
		}
		if began < 0 {
			failures = 0 // it worked for a while
		}
		slog.WarnContext(ctx, "a mailbox cannot be fetched", "mailbox", b.Address, "error", err)
		_ = f.boxes.Note(ctx, b.ID, err)
		pause := min(time.Second<<min(failures, 9), maxPause)
		if !f.pause(ctx, b, pause) {
			return
		}
	}
}

// pause waits, and keeps the lease. It reports whether to go on.
func (f *Fetcher) pause(ctx context.Context, b mailbox.Mailbox, d time.Duration) bool {
	for d > 0 {
		step := min(d, lookEvery)
		select {
		case <-ctx.Done():
			return false
		case <-time.After(step):
		}
		d -= step
		if ok, err := f.valid(ctx, b); err != nil || !ok {
			return false
		}
	}
	return true
}

// valid keeps the lease and reports whether the mailbox is set up as it was.
func (f *Fetcher) valid(ctx context.Context, b mailbox.Mailbox) (bool, error) {
	mine, err := f.boxes.Lease(ctx, b.ID, f.owner, mailbox.LeaseFor)
	if err != nil || !mine {
		return false, err
	}
	all, err := f.boxes.Fetched(ctx)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(all, func(o mailbox.Mailbox) bool { return o.ID == b.ID && o.Version == b.Version }), nil
}

// Connect signs in and opens the folder of a mailbox, and changes nothing.
func (f *Fetcher) Connect(ctx context.Context, b mailbox.Mailbox) error {
	c, _, err := f.open(ctx, b, nil)
	if err != nil {
		return err
	}
	return c.Close()
}

// open returns a connection with the folder selected.
func (f *Fetcher) open(ctx context.Context, b mailbox.Mailbox, wake func()) (*imapclient.Client, *imap.SelectData, error) {
	o := &imapclient.Options{
		TLSConfig: &tls.Config{ServerName: b.Host, MinVersion: tls.VersionTLS12},
		Dialer:    &net.Dialer{Timeout: 15 * time.Second},
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil && wake != nil {
				wake()
			}
		}},
	}
	address := net.JoinHostPort(b.Host, strconv.Itoa(b.Port))
	dial := imapclient.DialTLS
	switch b.Security {
	case mailbox.StartTLS:
		dial = imapclient.DialStartTLS
	case mailbox.NoTLS:
		dial = imapclient.DialInsecure
	case mailbox.TLS:
	}
	c, err := dial(address, o)
	if err != nil {
		return nil, nil, fmt.Errorf("reach %s: %w", address, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	var selected *imap.SelectData
	err = within(c, slow, func() error {
		if err := f.signIn(ctx, c, b); err != nil {
			return fmt.Errorf("sign in: %w", err)
		}
		var err error
		if selected, err = c.Select(b.Folder, nil).Wait(); err != nil {
			return fmt.Errorf("open the folder %s: %w", b.Folder, err)
		}
		return nil
	})
	if err != nil {
		stop()
		return nil, nil, errors.Join(err, ignore(c.Close()))
	}
	return c, selected, nil
}

func ignore(error) error { return nil }

// within breaks the connection when the server takes too long.
func within(c *imapclient.Client, d time.Duration, fn func() error) error {
	timer := time.AfterFunc(d, func() { _ = c.Close() })
	defer timer.Stop()
	return fn()
}

// session fetches what is new until the connection breaks, or, without an error,
// until the mailbox is another one.
func (f *Fetcher) session(ctx context.Context, b mailbox.Mailbox, worked func()) error {
	fresh := make(chan struct{}, 1)
	// How far it was fetched is known by the mailbox as it is now.
	all, err := f.boxes.Fetched(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(o mailbox.Mailbox) bool { return o.ID == b.ID && o.Version == b.Version })
	if i < 0 {
		return nil
	}
	b = all[i]
	c, selected, err := f.open(ctx, b, func() {
		select {
		case fresh <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	validity, last := int64(selected.UIDValidity), b.LastUID
	if validity != b.UIDValidity {
		last = 0
	}
	for {
		if last, err = f.fetch(ctx, c, b, validity, last, worked); err != nil {
			return err
		}
		if err := f.boxes.Note(ctx, b.ID, nil); err != nil {
			return err
		}
		worked()
		if ok, err := f.valid(ctx, b); err != nil || !ok {
			return err
		}
		if err := idle(ctx, c, fresh); err != nil {
			return err
		}
	}
}

// idle waits until the server says that something came, or for a while.
func idle(ctx context.Context, c *imapclient.Client, fresh <-chan struct{}) error {
	wait := func() {
		select {
		case <-ctx.Done():
		case <-fresh:
		case <-c.Closed():
		case <-time.After(idleFor):
		}
	}
	if !c.Caps().Has(imap.CapIdle) {
		wait()
		return within(c, slow, func() error { return c.Noop().Wait() })
	}
	cmd, err := c.Idle()
	if err != nil {
		return fmt.Errorf("wait for mail: %w", err)
	}
	wait()
	return within(c, slow, func() error { return errors.Join(cmd.Close(), cmd.Wait()) })
}

// fetch takes what is unseen, or came since, and returns the last number.
func (f *Fetcher) fetch(ctx context.Context, c *imapclient.Client, b mailbox.Mailbox, validity, last int64, worked func()) (int64, error) {
	uids, err := f.news(c, last)
	if err != nil {
		return last, err
	}
	for len(uids) > 0 {
		n := min(len(uids), maxBatch)
		for _, uid := range uids[:n] {
			key := fmt.Sprintf("%d/%d/%d", b.ID, validity, uid)
			if f.spared(key) {
				continue
			}
			if err := f.one(ctx, c, b, uid); err != nil {
				f.broke(key)
				// What was taken before is not fetched again with the next connection.
				err = errors.Join(err, f.boxes.Reached(ctx, b.ID, validity, last))
				return last, fmt.Errorf("fetch message %d: %w", uid, err)
			}
			worked()
			last = max(last, int64(uid))
		}
		if err := f.boxes.Reached(ctx, b.ID, validity, last); err != nil {
			return last, err
		}
		uids = uids[n:]
	}
	return last, nil
}

// broke notes that a message broke the connection.
func (f *Fetcher) broke(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.broken[key]
	if t.times++; t.times >= maxBroken {
		t.until = f.boxes.Clock.Now().Add(alone << min(t.times-maxBroken, 6))
	}
	f.broken[key] = t
}

// spared reports whether a message is left where it is for now.
func (f *Fetcher) spared(key string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.boxes.Clock.Now().Before(f.broken[key].until)
}

func (f *Fetcher) news(c *imapclient.Client, last int64) ([]imap.UID, error) {
	var uids []imap.UID
	err := within(c, slow, func() error {
		found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen, imap.FlagDeleted}}, nil).Wait()
		if err != nil {
			return err
		}
		uids = found.AllUIDs()
		if last == 0 {
			return nil
		}
		// Somebody may have looked at a message before the desk did.
		since := imap.UIDSet{imap.UIDRange{Start: imap.UID(last + 1), Stop: 0}}
		found, err = c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{since}, NotFlag: []imap.Flag{imap.FlagDeleted}}, nil).Wait()
		if err != nil {
			return err
		}
		for _, u := range found.AllUIDs() {
			if int64(u) > last {
				uids = append(uids, u)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for mail: %w", err)
	}
	slices.Sort(uids)
	return slices.Compact(uids), nil
}

// one stores a message and then marks it as seen.
func (f *Fetcher) one(ctx context.Context, c *imapclient.Client, b mailbox.Mailbox, uid imap.UID) error {
	set := imap.UIDSetNum(uid)
	return within(c, 5*time.Minute, func() error {
		sizes, err := c.Fetch(set, &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
		if err != nil {
			return err
		}
		if len(sizes) == 0 {
			return nil // gone meanwhile
		}
		section := &imap.FetchItemBodySection{Peek: true}
		env := mailbox.Envelope{To: []string{b.Address}, Via: "imap"}
		if sizes[0].RFC822Size > parse.MaxSize {
			section.Specifier, env.TooLarge = imap.PartSpecifierHeader, sizes[0].RFC822Size
		}
		found, err := c.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return nil
		}
		raw := found[0].FindBodySection(section)
		if _, _, err := f.boxes.Receive(ctx, b.ID, raw, env); err != nil {
			return err
		}
		seen := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}, Silent: true}
		return c.Store(set, seen, nil).Close()
	})
}
