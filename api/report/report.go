// Package report shows numbers about the desk. It reads the tables of others and
// writes none.
package report

import (
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Service answers with numbers.
type Service struct {
	db      *db.DB
	clock   clock.Clock
	tickets *ticket.Service
	maxRead int64
}

// New returns the service.
func New(d *db.DB, c clock.Clock, tickets *ticket.Service) *Service {
	return &Service{db: d, clock: c, tickets: tickets, maxRead: maxRead}
}

// SetMaxRead says how many tickets a report by tag or field reads at most.
func (s *Service) SetMaxRead(n int64) { s.maxRead = n }
