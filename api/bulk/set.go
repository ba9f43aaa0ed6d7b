package bulk

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Set is the tickets of a large run, as they were when it was asked for. They
// become its items a thousand at a time, so that no transaction is long.
type Set struct {
	RunID    int64 `gorm:"primaryKey;autoIncrement:false"`
	Query    string
	TimeZone string
	Tickets  []byte
}

// TableName names the table for GORM.
func (Set) TableName() string { return "bulk_sets" }

// MaxMatching is how many tickets a run takes that asks for all that match.
const MaxMatching = 100_000

// pack keeps sorted ids as the steps between them.
func pack(ids []int64) []byte {
	out := make([]byte, 0, 2*len(ids))
	last := int64(0)
	for _, id := range ids {
		out = binary.AppendUvarint(out, uint64(id-last))
		last = id
	}
	return out
}

func (set Set) ids() ([]int64, error) {
	var out []int64
	last := int64(0)
	for rest := set.Tickets; len(rest) > 0; {
		step, n := binary.Uvarint(rest)
		if n <= 0 {
			return nil, fmt.Errorf("the tickets of bulk run %d are damaged", set.RunID)
		}
		last += int64(step)
		out, rest = append(out, last), rest[n:]
	}
	return out, nil
}

// StartMatching begins to do something to all tickets that a query finds now.
// Each is looked at once more when its turn has come: what matches no longer is
// left as it is.
func (s *Service) StartMatching(ctx context.Context, by authz.Actor, a ticket.Action, q string, zone *time.Location) (Run, error) {
	if err := s.may(ctx, by, a); err != nil {
		return Run{}, err
	}
	f, err := s.tickets.Where(ctx, by, ticket.Filter{Sort: ticket.ByOldest}, q, zone)
	if err != nil {
		return Run{}, err
	}
	ids, err := s.tickets.IDsUpTo(ctx, by, f, MaxMatching+1)
	switch {
	case err != nil:
		return Run{}, err
	case len(ids) == 0:
		return Run{}, fault.Field("q", "Finds no ticket.")
	case len(ids) > MaxMatching:
		return Run{}, fault.Field("q", "Finds more than 100,000 tickets. Narrow it.")
	}
	return s.start(ctx, by, a, nil, func(*event.Tx) (content, error) {
		return content{total: len(ids), set: &Set{Query: q, TimeZone: zone.String(), Tickets: pack(ids)}}, nil
	})
}

// content is what a run begins with.
type content struct {
	total int
	items []Item
	set   *Set
}

// itemsOrSet makes items of a few tickets at once, and a set of many.
func itemsOrSet(ids []int64, items func() ([]Item, error)) (content, error) {
	if len(ids) > MaxTickets {
		return content{total: len(ids), set: &Set{Tickets: pack(ids)}}, nil
	}
	found, err := items()
	return content{total: len(found), items: found}, err
}

// setOf returns the set of a run, or nil for a run that began with its items.
func (s *Service) setOf(ctx context.Context, r Run) (*Set, error) {
	var set Set
	err := s.db.Read(ctx).Where("run_id = ?", r.ID).Take(&set).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil //nolint:nilnil // most runs have none
	}
	if err != nil {
		return nil, fmt.Errorf("read the tickets of bulk run %d: %w", r.ID, err)
	}
	return &set, nil
}

// expand makes items of a set, from where the last try ended.
func (s *Service) expand(ctx context.Context, by authz.Actor, r Run, set *Set) error {
	ids, err := set.ids()
	if err != nil {
		return err
	}
	var last int64
	if err := s.db.Read(ctx).Raw("SELECT COALESCE(MAX(ticket_id), 0) FROM bulk_items WHERE run_id = ?", r.ID).Scan(&last).Error; err != nil {
		return fmt.Errorf("find the last ticket of bulk run %d: %w", r.ID, err)
	}
	next, found := slices.BinarySearch(ids, last)
	if found {
		next++
	}
	for part := range slices.Chunk(ids[next:], MaxTickets) {
		err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
			items, err := s.itemsOf(tx, r, part)
			if err != nil {
				return err
			}
			if err := tx.CreateInBatches(items, 200).Error; err != nil {
				return fmt.Errorf("write the tickets of bulk run %d: %w", r.ID, err)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// itemsOf returns the items of a part of a set: new ones, or those of the run
// that is taken back.
func (s *Service) itemsOf(tx *event.Tx, r Run, ids []int64) ([]Item, error) {
	items := make([]Item, 0, len(ids))
	if r.UndoOf == nil {
		for _, id := range ids {
			items = append(items, Item{RunID: r.ID, TicketID: id, State: ItemPending})
		}
		return items, nil
	}
	err := tx.Where("run_id = ? AND ticket_id >= ? AND ticket_id <= ? AND state = ?", *r.UndoOf, ids[0], ids[len(ids)-1], ItemDone).
		Order("ticket_id").Find(&items).Error
	if err != nil {
		return nil, fmt.Errorf("read what bulk run %d did: %w", *r.UndoOf, err)
	}
	for i := range items {
		items[i].RunID, items[i].State = r.ID, ItemPending
	}
	return items, nil
}

const left = skip("It matches no longer.")

// stillMatching returns which of the items' tickets are still found by the query
// of the run; nil when it asked for none, or for something that is gone.
func (s *Service) stillMatching(ctx context.Context, by authz.Actor, set *Set, items []Item) (map[int64]bool, error) {
	if set == nil || set.Query == "" || len(items) == 0 {
		return nil, nil //nolint:nilnil // nothing to ask
	}
	zone, err := time.LoadLocation(set.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	f := ticket.Filter{Sort: ticket.ByOldest}
	for _, it := range items {
		f.IDs = append(f.IDs, it.TicketID)
	}
	f, err = s.tickets.Where(ctx, by, f, set.Query, zone)
	if fault.Is(err, fault.Invalid) {
		return nil, nil //nolint:nilnil // the set stands
	}
	if err != nil {
		return nil, err
	}
	ids, err := s.tickets.IDsUpTo(ctx, by, f, len(items))
	out := make(map[int64]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}
