// Package event is the one way to change anything: a verb runs in a
// transaction, says what happened, and whoever must know hears of it in the
// same transaction (InTx), by a job committed with it (Durable), or after it
// (Live). The events table is the audit log, the ticket timeline and the
// outbox at once.
package event

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/job"
)

// Event is one thing that happened. Data holds ids, names of changed fields and
// small old and new values; never bodies of text, never secrets.
type Event struct {
	ID          int64
	Type        string // noun.past_tense
	SubjectType string // table's noun, such as "ticket"
	SubjectID   int64
	ActorID     int64 // 0 when the system acted
	ActorName   string
	CauseID     int64 // the event that led to this one, 0 for none
	Data        string
	CreatedAt   time.Time
}

// TableName names the table for GORM.
func (Event) TableName() string { return "events" }

// Decode reads the event's data into v.
func (e Event) Decode(v any) error {
	if err := json.Unmarshal([]byte(e.Data), v); err != nil {
		return fmt.Errorf("decode the data of event %d: %w", e.ID, err)
	}
	return nil
}

// Actor is who caused an event.
type Actor interface {
	ActorID() int64
	ActorName() string
}

type durable struct{ kind string }

// Bus runs transactions and spreads their events. Subscribe before the first
// Do; a Bus is then safe for concurrent use.
type Bus struct {
	db      *db.DB
	clock   clock.Clock
	inTx    map[string][]func(*Tx, Event) error
	about   map[string][]func(*Tx, Event) error
	durable map[string][]durable
	live    map[string][]func(Event)
	all     []func(Event)
	wake    func()
}

// NewBus returns a bus without subscribers. wake is called after a commit that
// enqueued jobs, so that a worker need not wait for its next poll.
func NewBus(d *db.DB, c clock.Clock, wake func()) *Bus {
	return &Bus{
		db: d, clock: c, wake: wake,
		inTx:    map[string][]func(*Tx, Event) error{},
		about:   map[string][]func(*Tx, Event) error{},
		durable: map[string][]durable{},
		live:    map[string][]func(Event){},
	}
}

// InTx calls fn in the transaction that emits an event of the type; an error
// undoes the whole transaction.
func (b *Bus) InTx(eventType string, fn func(*Tx, Event) error) {
	b.inTx[eventType] = append(b.inTx[eventType], fn)
}

// InTxAbout is InTx for every event about a kind of subject, whatever its type.
func (b *Bus) InTxAbout(subjectType string, fn func(*Tx, Event) error) {
	b.about[subjectType] = append(b.about[subjectType], fn)
}

// Durable enqueues a job of the kind for each event of the type, committed
// with it. The job's payload is a Ref.
func (b *Bus) Durable(eventType, jobKind string) {
	b.durable[eventType] = append(b.durable[eventType], durable{jobKind})
}

// Live calls fn after the commit, best effort.
func (b *Bus) Live(eventType string, fn func(Event)) {
	b.live[eventType] = append(b.live[eventType], fn)
}

// LiveAll calls fn once after each commit that announced anything, best effort.
func (b *Bus) LiveAll(fn func(Event)) { b.all = append(b.all, fn) }

// Ref is the payload of a job that an event started.
type Ref struct {
	EventID int64 `json:"event_id"`
}

// Tx is a running transaction that can announce events. It is also the handle
// that store functions take.
type Tx struct {
	*gorm.DB
	Ctx     context.Context //nolint:containedctx // a Tx lives only inside Do
	Now     time.Time
	by      Actor
	bus     *Bus
	state   *txState
	causeID int64
}

type txState struct {
	emitted []Event
	jobs    bool
	causeID int64 // of what joins this transaction
}

type stateKey struct{}

// Do runs fn in a transaction in which by acts, again from the start when the
// transaction loses a race. Inside another Do it joins that transaction.
func (b *Bus) Do(ctx context.Context, by Actor, fn func(tx *Tx) error) error {
	if outer, ok := ctx.Value(stateKey{}).(*txState); ok && db.InTx(ctx) {
		return b.db.Tx(ctx, func(ctx context.Context, g *gorm.DB) error {
			return fn(&Tx{DB: g, Ctx: ctx, Now: b.clock.Now(), by: by, bus: b, state: outer, causeID: outer.causeID})
		})
	}
	var st *txState
	err := b.db.Tx(ctx, func(ctx context.Context, g *gorm.DB) error {
		st = &txState{}
		ctx = context.WithValue(ctx, stateKey{}, st)
		return fn(&Tx{DB: g.WithContext(ctx), Ctx: ctx, Now: b.clock.Now(), by: by, bus: b, state: st})
	})
	if err != nil {
		return err
	}
	if st.jobs && b.wake != nil {
		b.wake()
	}
	if n := len(st.emitted); n > 0 {
		for _, fn := range b.all {
			fn(st.emitted[n-1])
		}
	}
	for _, e := range st.emitted {
		for _, fn := range b.live[e.Type] {
			fn(e)
		}
	}
	return nil
}

// Rehearse runs fn as Do does, and takes back all that it did whatever it returns: nothing is
// changed, announced or begun by it. Inside another Do, what that did before stays.
func (b *Bus) Rehearse(ctx context.Context, by Actor, fn func(tx *Tx) error) error {
	return b.Do(ctx, by, func(tx *Tx) error {
		before := *tx.state
		// In SQL: the driver of SQLite has no method for it.
		if err := tx.Exec("SAVEPOINT rehearsal").Error; err != nil {
			return fmt.Errorf("begin a rehearsal: %w", err)
		}
		err := fn(tx)
		if back := tx.Exec("ROLLBACK TO SAVEPOINT rehearsal").Error; back != nil && err == nil {
			return fmt.Errorf("take a rehearsal back: %w", back)
		}
		*tx.state = before
		return err
	})
}

// Before returns a handle for reading what others still see: how it was before this
// transaction. Nothing is written, announced or begun with it.
func (tx *Tx) Before() *Tx {
	ctx := db.Outside(tx.Ctx)
	return &Tx{DB: tx.bus.db.Read(ctx), Ctx: ctx, Now: tx.Now, by: tx.by, bus: tx.bus, state: &txState{}}
}

// Because makes the events emitted from here on consequences of another event.
func (tx *Tx) Because(eventID int64) { tx.causeID, tx.state.causeID = eventID, eventID }

// Emitted lists the events of the transaction so far, in their order.
func (tx *Tx) Emitted() []Event { return tx.state.emitted }

// Emit records that something happened to a subject and tells the subscribers.
func (tx *Tx) Emit(eventType, subjectType string, subjectID int64, data any) error {
	return tx.EmitAt(tx.Now, eventType, subjectType, subjectID, data)
}

// EmitAt is Emit for something that happened at another time, as importers
// know it.
func (tx *Tx) EmitAt(at time.Time, eventType, subjectType string, subjectID int64, data any) error {
	raw := []byte("{}")
	if data != nil {
		var err error
		if raw, err = json.Marshal(data); err != nil {
			return fmt.Errorf("encode event %s: %w", eventType, err)
		}
	}
	e := Event{
		Type: eventType, SubjectType: subjectType, SubjectID: subjectID,
		ActorID: tx.by.ActorID(), ActorName: tx.by.ActorName(),
		CauseID: tx.causeID, Data: string(raw), CreatedAt: at,
	}
	if err := tx.Create(&e).Error; err != nil {
		return fmt.Errorf("record event %s: %w", eventType, err)
	}
	tx.state.emitted = append(tx.state.emitted, e)
	for _, subscribers := range [][]func(*Tx, Event) error{tx.bus.inTx[eventType], tx.bus.about[subjectType]} {
		for _, fn := range subscribers {
			if err := fn(tx, e); err != nil {
				return fmt.Errorf("subscriber in the transaction of %s: %w", eventType, err)
			}
		}
	}
	for _, d := range tx.bus.durable[eventType] {
		if err := tx.Enqueue(job.New{Kind: d.kind, Payload: Ref{EventID: e.ID}}); err != nil {
			return err
		}
	}
	return nil
}

// Enqueue adds a job that exists if and only if the transaction commits.
func (tx *Tx) Enqueue(n job.New) error {
	if n.RunAt.IsZero() {
		n.RunAt = tx.Now
	}
	if err := job.Enqueue(tx.DB, tx.Now, n); err != nil {
		return err
	}
	tx.state.jobs = true
	return nil
}

// Find reads an event.
func (b *Bus) Find(ctx context.Context, id int64) (Event, error) {
	var e Event
	if err := b.db.Read(ctx).Take(&e, id).Error; err != nil {
		return e, fmt.Errorf("read event %d: %w", id, err)
	}
	return e, nil
}

// Cause reads the event that started a job whose payload is a Ref.
func (b *Bus) Cause(ctx context.Context, j job.Job) (Event, error) {
	var ref Ref
	if err := j.Decode(&ref); err != nil {
		return Event{}, err
	}
	return b.Find(ctx, ref.EventID)
}

// Of lists the events of a subject, at most limit of them: those after the
// event from, oldest first, or with back those before it, newest first. Types
// that begin with one of hidden are left out.
func (b *Bus) Of(ctx context.Context, subjectType string, subjectID int64, hidden []string, from int64, back bool, limit int) ([]Event, error) {
	var out []Event
	q := b.db.Read(ctx).Where("subject_type = ? AND subject_id = ?", subjectType, subjectID).Limit(limit)
	for _, prefix := range hidden {
		q = q.Where("type NOT LIKE ?", prefix+"%")
	}
	if back {
		q = q.Where("id < ?", from).Order("id DESC")
	} else {
		q = q.Where("id > ?", from).Order("id")
	}
	if err := q.Find(&out).Error; err != nil {
		return nil, fmt.Errorf("list the events of %s %d: %w", subjectType, subjectID, err)
	}
	return out, nil
}

// CountOf counts the events of a subject, but no further than limit, without
// those whose types begin with one of hidden.
func (b *Bus) CountOf(ctx context.Context, subjectType string, subjectID int64, hidden []string, limit int) (int64, error) {
	var n int64
	sql, args := "SELECT id FROM events WHERE subject_type = ? AND subject_id = ?", []any{subjectType, subjectID}
	for _, prefix := range hidden {
		sql, args = sql+" AND type NOT LIKE ?", append(args, prefix+"%")
	}
	err := b.db.Read(ctx).Raw("SELECT COUNT(*) FROM ("+sql+" LIMIT ?) AS e", append(args, limit)...).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count the events of %s %d: %w", subjectType, subjectID, err)
	}
	return n, nil
}
