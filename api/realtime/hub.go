// Package realtime tells open screens what changed and who else is looking. It
// sends ids only, and only of what the receiver may see; the screens then fetch
// through the ordinary, authorised API.
package realtime

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket"
)

const (
	// pollEvery is how soon a change made by another replica is seen.
	pollEvery = time.Second
	// maxReplay is how many missed events are sent again; whoever missed more
	// starts afresh.
	maxReplay = 1000
	// buffer is how many messages a slow receiver may lag behind before its
	// stream ends; it then comes back and resumes.
	buffer    = 512
	perPerson = 20
)

// message is one event of a stream.
type message struct {
	id   int64 // 0 for none
	name string
	data []byte
}

// conn is one open stream.
type conn struct {
	by   authz.Actor
	out  chan message
	gone chan struct{} // closed when the hub lets go of it
	once sync.Once
}

func (c *conn) end() { c.once.Do(func() { close(c.gone) }) }

func (c *conn) send(m message) {
	select {
	case c.out <- m:
	default:
		c.end()
	}
}

// Hub follows the events table, once for the whole process, and spreads what it
// finds to the open streams.
type Hub struct {
	db       *db.DB
	clock    clock.Clock
	identify func(ctx context.Context, header string) (authz.Actor, error)
	// told returns who of the people was notified of each event, nil for nobody.
	told func(ctx context.Context, events, people []int64) (map[int64][]int64, error)
	wake chan struct{}

	following sync.Mutex // before mu
	events    *event.Follower

	mu      sync.Mutex
	conns   map[*conn]struct{}
	closed  bool
	present map[int64]string // ticket → what was last said about who is there
}

// New returns a hub. identify tells whose an Authorization header is, so that a
// stream ends when its token does.
func New(d *db.DB, c clock.Clock, identify func(context.Context, string) (authz.Actor, error)) *Hub {
	return &Hub{
		db: d, clock: c, identify: identify, wake: make(chan struct{}, 1),
		conns: map[*conn]struct{}{}, events: event.NewFollower(d, c), present: map[int64]string{},
	}
}

// SetTold sets how to find out who was notified of what.
func (h *Hub) SetTold(told func(ctx context.Context, events, people []int64) (map[int64][]int64, error)) {
	h.told = told
}

// Show tells the screens of a person that their notifications have changed.
func (h *Hub) Show(userID int64) {
	for _, c := range h.listeners() {
		if c.by.ID == userID {
			c.send(message{name: "notification", data: []byte("{}")})
		}
	}
}

// Wake makes the hub look for events now; it is a Live subscriber.
func (h *Hub) Wake(event.Event) { h.nudge() }

func (h *Hub) nudge() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// Run follows the events until ctx ends, and then ends all streams.
func (h *Hub) Run(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	defer h.close()
	for {
		h.Poll(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-h.wake:
		}
	}
}

// Poll looks once for what is new.
func (h *Hub) Poll(ctx context.Context) {
	if err := h.poll(ctx); err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "following the events failed", "error", err)
	}
	if err := h.pollPresence(ctx); err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "following presence failed", "error", err)
	}
}

func (h *Hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for c := range h.conns {
		c.end()
	}
}

var errTooMany = fault.New(fault.TooMany, "stream.too_many", "This account has too many open streams. Close some of them.")

var errClosed = fault.New(fault.Unavailable, "stream.closed", "The server is stopping. Connect again in a moment.")

// join adds a stream.
func (h *Hub) join(ctx context.Context, by authz.Actor) (*conn, error) {
	h.following.Lock()
	defer h.following.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed
	}
	n := 0
	for c := range h.conns {
		if c.by.ID == by.ID {
			n++
		}
	}
	if n >= perPerson {
		return nil, errTooMany
	}
	if len(h.conns) == 0 {
		// Nobody listened: what happened meanwhile is for nobody but a replay.
		if err := h.events.Begin(ctx); err != nil {
			return nil, err
		}
	}
	c := &conn{by: by, out: make(chan message, buffer), gone: make(chan struct{})}
	h.conns[c] = struct{}{}
	return c, nil
}

func (h *Hub) leave(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
	c.end()
}

func (h *Hub) newest(ctx context.Context) (int64, error) {
	var id int64
	if err := h.db.Read(ctx).Raw("SELECT COALESCE(MAX(id), 0) FROM events").Scan(&id).Error; err != nil {
		return 0, fmt.Errorf("find the newest event: %w", err)
	}
	return id, nil
}

// listeners returns the open streams.
func (h *Hub) listeners() []*conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]*conn, 0, len(h.conns))
	for c := range h.conns {
		out = append(out, c)
	}
	return out
}

func (h *Hub) poll(ctx context.Context) error {
	for {
		listeners := h.listeners()
		if len(listeners) == 0 {
			return nil
		}
		fresh, more, err := h.next(ctx)
		if err != nil {
			return err
		}
		if err := h.spread(ctx, fresh, listeners); err != nil {
			return err
		}
		if !more {
			return nil
		}
	}
}

func (h *Hub) next(ctx context.Context) (fresh []event.Event, more bool, err error) {
	h.following.Lock()
	defer h.following.Unlock()
	return h.events.Next(ctx)
}

// spread sends events to those who may know of them.
func (h *Hub) spread(ctx context.Context, events []event.Event, to []*conn) error {
	tickets, err := h.ticketsOf(ctx, events)
	if err != nil {
		return err
	}
	for _, e := range events {
		for _, c := range to {
			if m, ok := messageFor(c.by, e, tickets[e.SubjectID]); ok {
				c.send(m)
			}
		}
	}
	return h.spreadTold(ctx, events, to)
}

// spreadTold tells those who were notified of something to look.
func (h *Hub) spreadTold(ctx context.Context, events []event.Event, to []*conn) error {
	if h.told == nil {
		return nil
	}
	var ids, people []int64
	for _, e := range events {
		if e.SubjectType == ticket.Subject {
			ids = append(ids, e.ID)
		}
	}
	for _, c := range to {
		if !slices.Contains(people, c.by.ID) {
			people = append(people, c.by.ID)
		}
	}
	told, err := h.told(ctx, ids, people)
	if err != nil {
		return fmt.Errorf("find out who was notified: %w", err)
	}
	look := map[int64]bool{}
	for _, some := range told {
		for _, id := range some {
			look[id] = true
		}
	}
	for _, c := range to {
		if look[c.by.ID] {
			c.send(message{name: "notification", data: []byte("{}")})
		}
	}
	return nil
}

func (h *Hub) ticketsOf(ctx context.Context, events []event.Event) (map[int64]*ticket.Ticket, error) {
	var ids []int64
	for _, e := range events {
		if e.SubjectType == ticket.Subject && !slices.Contains(ids, e.SubjectID) {
			ids = append(ids, e.SubjectID)
		}
	}
	out, err := ticket.Sights(h.db.Read(ctx), ids)
	if err != nil {
		return nil, fmt.Errorf("read the tickets of events: %w", err)
	}
	return out, nil
}

// Change is the data of a change.
type Change struct {
	ID        int64   `json:"id"`
	Type      string  `json:"type"`
	TicketID  int64   `json:"ticket_id"`
	Version   int64   `json:"version"`
	ActorID   int64   `json:"actor_id"`
	CommentID int64   `json:"comment_id,omitempty"`
	NoteID    int64   `json:"note_id,omitempty"`
	ForMe     *string `json:"for_me"`
}

// details is what this package reads of an event's data.
type details struct {
	CommentID int64          `json:"comment_id"`
	NoteID    int64          `json:"note_id"`
	UserID    int64          `json:"user_id"`
	Mentions  []int64        `json:"mentions"`
	From      *ticket.Person `json:"from"` // or a team
	To        *ticket.Person `json:"to"`
	ticket.Sight
}

// messageFor returns what an actor may know of an event. t is the ticket as it
// is now, nil when it is gone.
func messageFor(by authz.Actor, e event.Event, t *ticket.Ticket) (message, bool) {
	switch e.SubjectType {
	case "bulk":
		return message{id: e.ID, name: "bulk", data: bulkData(e)}, e.ActorID == by.ID
	case "view":
		return message{id: e.ID, name: "view", data: fmt.Appendf(nil, `{"id":%d}`, e.SubjectID)}, seesView(by, e)
	case ticket.Subject:
	default:
		return message{}, false
	}
	if ticket.Internal(e.Type) && !by.Can(authz.NoteRead) {
		return message{}, false
	}
	var d details
	if e.Type != ticket.StatusChanged && e.Type != ticket.PriorityChanged {
		// Those two have texts where an assignment has people.
		if err := e.Decode(&d); err != nil {
			slog.Error("an event's data cannot be read", "error", err)
			return message{}, false
		}
	}
	if t == nil && e.Type != ticket.Deleted {
		return message{}, false
	}
	was := before(e, t, d)
	if !ticket.CanRead(by, was) && (t == nil || !ticket.CanRead(by, t)) {
		return message{}, false
	}
	c := Change{ID: e.ID, Type: e.Type, TicketID: e.SubjectID, ActorID: e.ActorID, CommentID: d.CommentID, NoteID: d.NoteID}
	if t != nil {
		c.Version = t.Version
		c.ForMe = forMe(by, e, t, d)
	}
	data, err := json.Marshal(c)
	return message{id: e.ID, name: "change", data: data}, err == nil
}

// seesView reports whether a saved view concerns an actor, as its event says.
func seesView(by authz.Actor, e event.Event) bool {
	var d struct {
		Roles []authz.Role `json:"roles"`
	}
	if err := e.Decode(&d); err != nil {
		return false
	}
	return e.ActorID == by.ID || slices.Contains(d.Roles, by.Role)
}

// before returns the ticket as it was before an event that changed who sees it:
// whoever loses sight of it by that must hear of it.
func before(e event.Event, t *ticket.Ticket, d details) *ticket.Ticket {
	if e.Type == ticket.Deleted {
		return d.Ticket(e.SubjectID)
	}
	was := *t
	var from *int64
	if d.From != nil {
		from = &d.From.ID
	}
	switch e.Type {
	case ticket.Assigned:
		was.AssignedToID = from
	case ticket.TeamChanged:
		was.TeamID = from
	case ticket.ConfidentialChanged:
		was.Confidential = !d.Confidential
	case ticket.CCRemoved, ticket.WatcherRemoved:
		was.Watchers = append(slices.Clone(t.Watchers), d.UserID)
	}
	return &was
}

// forMe says why an event concerns somebody in particular.
func forMe(by authz.Actor, e event.Event, t *ticket.Ticket, d details) *string {
	why := ""
	switch {
	case e.ActorID == by.ID || by.ID == 0:
	case slices.Contains(d.Mentions, by.ID):
		why = "mention"
	case e.Type == ticket.Assigned && d.To != nil && d.To.ID == by.ID:
		why = "assigned"
	case e.Type == ticket.Commented && (t.CreatedByID == by.ID || (t.AssignedToID != nil && *t.AssignedToID == by.ID)):
		why = "reply"
	}
	if why == "" {
		return nil
	}
	return &why
}

// bulkData is the event's own data with the number of the run.
func bulkData(e event.Event) []byte {
	data := map[string]any{}
	if err := e.Decode(&data); err != nil {
		return []byte("{}")
	}
	data["id"] = e.SubjectID
	raw, err := json.Marshal(data)
	if err != nil {
		return []byte("{}")
	}
	return raw
}

// missed returns what happened since an event, or false when it is too much.
func (h *Hub) missed(ctx context.Context, by authz.Actor, since int64) ([]message, bool, error) {
	var events []event.Event
	err := h.db.Read(ctx).Where("id > ?", max(since-event.OverlapRows, 0)).Order("id").Limit(maxReplay + event.OverlapRows + 1).Find(&events).Error
	if err != nil {
		return nil, false, fmt.Errorf("read the missed events: %w", err)
	}
	if len(events) > maxReplay+event.OverlapRows {
		return nil, false, nil
	}
	tickets, err := h.ticketsOf(ctx, events)
	if err != nil {
		return nil, false, err
	}
	var out []message
	for _, e := range events {
		if m, ok := messageFor(by, e, tickets[e.SubjectID]); ok {
			out = append(out, m)
		}
	}
	return out, true, nil
}
