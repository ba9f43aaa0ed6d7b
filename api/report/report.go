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
}

// New returns the service.
func New(d *db.DB, c clock.Clock, tickets *ticket.Service) *Service {
	return &Service{db: d, clock: c, tickets: tickets}
}
