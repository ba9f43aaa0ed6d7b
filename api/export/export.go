// Package export writes lists of tickets as tables for spreadsheets and other
// programs.
package export

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/sheet"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// batch is how many tickets are in memory at a time.
const batch = 500

// How many exports run at the same time, in all and for one person.
const (
	maxRunning  = 6
	maxOfPerson = 2
)

// Service writes exports.
type Service struct {
	db      *db.DB
	tickets *ticket.Service
	now     func() time.Time

	mu      sync.Mutex
	running map[int64]int
}

// New returns the service.
func New(d *db.DB, now func() time.Time, tickets *ticket.Service) *Service {
	return &Service{db: d, now: now, tickets: tickets, running: map[int64]int{}}
}

// page is a batch of tickets with what their columns need.
type page struct {
	ctx     context.Context //nolint:containedctx // a page lives only while it is written
	tx      *gorm.DB
	by      authz.Actor
	tickets []ticket.Ticket
	people  map[int64]user.Card

	values map[int64]map[int64][]field.Value // of custom fields, when a column asked for them
	cards  map[int64]user.Card               // who appears in values
}

// Column is a column of exports.
type Column struct {
	Name  string
	Title string // in the header of Excel; a CSV has the name, for programs
	// Default columns are exported unless others are asked for.
	Default bool
	// Allowed says who may have it; nil for everybody who sees the ticket.
	Allowed func(by authz.Actor) bool
	// Load reads what a page needs, at once, and returns the value of a ticket.
	Load func(p *page) (func(*ticket.Ticket) any, error)
}

// plain is the Load of a column that needs nothing but the ticket.
func plain(value func(*ticket.Ticket) any) func(*page) (func(*ticket.Ticket) any, error) {
	return func(*page) (func(*ticket.Ticket) any, error) { return value, nil }
}

// columnsFor returns the columns of the names among those that the actor may have;
// no names are the usual ones.
func columnsFor(tx *gorm.DB, by authz.Actor, names []string) ([]Column, error) {
	all, err := available(tx, by)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return slices.DeleteFunc(all, func(c Column) bool { return !c.Default }), nil
	}
	var out []Column
	for _, name := range names {
		i := slices.IndexFunc(all, func(c Column) bool { return c.Name == name })
		if i < 0 {
			return nil, fault.Field("columns", "There is no column %q; GET /api/tickets/export_columns lists them.", name)
		}
		out = append(out, all[i])
	}
	return out, nil
}

// enter counts an export that begins, or refuses it.
func (s *Service) enter(by authz.Actor) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	total := 0
	for _, n := range s.running {
		total += n
	}
	if total >= maxRunning || s.running[by.ID] >= maxOfPerson {
		busy := fault.New(fault.TooMany, "export.too_many", "Too many exports are running. Please try again in a moment.")
		busy.RetryAfter = 10 * time.Second
		return nil, busy
	}
	s.running[by.ID]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.running[by.ID]--; s.running[by.ID] == 0 {
			delete(s.running, by.ID)
		}
	}, nil
}

// write writes the tickets of the ids below a header. Each is written as it is
// when its turn comes, once; one that is gone or hidden by then is left out.
// after is called after each batch.
func (s *Service) write(ctx context.Context, by authz.Actor, to sheet.Writer, columns []Column, titles bool, ids []int64, after func() error) error {
	head := make([]any, len(columns))
	for i, c := range columns {
		head[i] = c.Name
		if titles {
			head[i] = c.Title
		}
	}
	if err := to.Row(head); err != nil {
		return err
	}
	row := make([]any, len(columns))
	values := make([]func(*ticket.Ticket) any, len(columns))
	for part := range slices.Chunk(ids, batch) {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := s.page(ctx, by, part)
		if err != nil {
			return err
		}
		for i, c := range columns {
			if values[i], err = c.Load(p); err != nil {
				return fmt.Errorf("export the column %s: %w", c.Name, err)
			}
		}
		for i := range p.tickets {
			for k, value := range values {
				row[k] = value(&p.tickets[i])
			}
			if err := to.Row(row); err != nil {
				return err
			}
		}
		if err := to.Flush(); err != nil {
			return err
		}
		if err := after(); err != nil {
			return err
		}
	}
	return to.Close()
}

func (s *Service) page(ctx context.Context, by authz.Actor, ids []int64) (*page, error) {
	tickets, err := s.tickets.Pick(ctx, by, ids)
	if err != nil {
		return nil, err
	}
	people := make([]int64, 0, 2*len(tickets))
	for _, t := range tickets {
		people = append(people, t.CreatedByID)
		if t.AssignedToID != nil {
			people = append(people, *t.AssignedToID)
		}
	}
	tx := s.db.Read(ctx)
	cards, err := user.Cards(tx, people...)
	if err != nil {
		return nil, err
	}
	return &page{ctx: ctx, tx: tx, by: by, tickets: tickets, people: cards}, nil
}
