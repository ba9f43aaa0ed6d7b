package ticket

import (
	"context"
	"math"

	"github.com/fixdesk/fixdesk/api/authz"
)

// FilterParams are the names of the parameters that ReadFilter reads.
var FilterParams = filterParams

// IDs returns the ids of all tickets that a filter finds among those that the
// actor sees, in the list's order, as they are at one moment.
func (s *Service) IDs(ctx context.Context, by authz.Actor, f Filter) ([]int64, error) {
	return s.IDsUpTo(ctx, by, f, math.MaxInt32)
}

// IDsUpTo is IDs, but returns no more than limit of them.
func (s *Service) IDsUpTo(ctx context.Context, by authz.Actor, f Filter, limit int) ([]int64, error) {
	branches := f.branches(scopesOf(by))
	f, p, err := s.plan(ctx, by, f)
	if err != nil {
		return nil, err
	}
	o, err := orderOf(s.db.Read(ctx), by, f.Sort)
	if err != nil {
		return nil, err
	}
	if o != nil {
		return s.sorted(ctx, by, f, p, o, nil, 0, limit)
	}
	return s.walked(ctx, f, p, branches, nil, 0, limit)
}

// Pick returns those of the tickets that are there and that the actor sees, in
// the order of the ids.
func (s *Service) Pick(ctx context.Context, by authz.Actor, ids []int64) ([]Ticket, error) {
	rows, err := ticketsInOrder(s.db.Read(ctx), ids)
	if err != nil {
		return nil, err
	}
	out := rows[:0]
	for _, t := range rows {
		if canRead(by, &t) {
			out = append(out, t)
		}
	}
	return out, nil
}
