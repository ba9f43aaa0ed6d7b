package view

import (
	"context"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// The costs of counting: how many tickets are looked at for one view where no
// index answers, and how many views are counted.
const (
	rowsPerView = 5000
	maxCounted  = 60
)

// builtin is a view that is there without being saved.
type builtin struct {
	key, q string
	needs  authz.Permission // "" for everybody
}

// builtins are in the order of the rail.
var builtins = []builtin{
	{"unassigned", "assignee:none status:unfinished -is:snoozed", authz.TicketQueue},
	{"mine", "assignee:me status:unfinished -is:snoozed", authz.TicketQueue},
	{"waiting", "waiting:staff -is:snoozed", authz.TicketQueue},
	{"unread", "is:unread status:unfinished -is:snoozed", authz.TicketQueue},
	{"all", "", ""},
}

// Count is how many tickets a view holds for somebody: nil when its query can
// no longer be understood, because it names somebody who is gone, say.
type Count struct {
	Key   string // of a built-in view, "" for a saved one
	View  int64
	Tally *ticket.Tally
}

// Counts returns the numbers beside the views of the actor's rail.
func (s *Service) Counts(ctx context.Context, by authz.Actor, zone *time.Location) ([]Count, error) {
	views, err := s.List(ctx, by)
	if err != nil {
		return nil, err
	}
	var out []Count
	for _, b := range builtins {
		if b.needs != "" && !by.Can(b.needs) {
			continue
		}
		n, err := s.count(ctx, by, b.q, zone)
		if err != nil {
			return nil, err
		}
		out = append(out, Count{Key: b.key, Tally: n})
	}
	for _, v := range views[:min(len(views), maxCounted)] {
		n, err := s.count(ctx, by, v.Q, zone)
		if err != nil {
			return nil, err
		}
		out = append(out, Count{View: v.ID, Tally: n})
	}
	return out, nil
}

func (s *Service) count(ctx context.Context, by authz.Actor, q string, zone *time.Location) (*ticket.Tally, error) {
	f, err := s.tickets.Where(ctx, by, ticket.Filter{Sort: ticket.ByNewest}, q, zone)
	if fault.Is(err, fault.Invalid) {
		return nil, nil //nolint:nilnil // no number is the answer
	}
	if err != nil {
		return nil, err
	}
	n, err := s.tickets.Tally(ctx, by, f, rowsPerView)
	return &n, err
}
