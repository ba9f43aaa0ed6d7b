package ticket

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
)

// VisibleCounts returns the number of tickets that an actor sees.
func (s *Service) VisibleCounts(tx *gorm.DB, by authz.Actor) (Matrix, error) {
	return s.visibleCounts(tx, by)
}

// UnassignedCounts returns the number of unassigned tickets that an actor sees
// who works on tickets.
func (s *Service) UnassignedCounts(tx *gorm.DB, by authz.Actor) (Matrix, error) {
	return s.unassignedCounts(tx, by)
}

// AssignedCounts returns the number of tickets of an assignee, from counters. It
// asks nobody's leave.
func AssignedCounts(tx *gorm.DB, assignee int64) (Matrix, error) {
	return readCounts(tx, "scope = ? AND ref = ?", countAssignee, assignee)
}

// RequestedCounts returns the number of tickets of a requester, from counters.
// It asks nobody's leave.
func RequestedCounts(tx *gorm.DB, requester int64) (Matrix, error) {
	return readCounts(tx, "scope = ? AND ref = ?", countRequester, requester)
}

// Newest returns the first rows of a list of what the actor sees, without
// counting it.
func (s *Service) Newest(ctx context.Context, by authz.Actor, f Filter, limit int) ([]View, error) {
	tx := s.db.Read(ctx)
	out := []View{}
	f.Sort = ByNewest
	q := f.union(s.db, f.branches(scopesOf(by)), nil, 0, limit, nil)
	if q == nil {
		return out, nil
	}
	var ids []int64
	if err := tx.Raw(q.sql.String(), q.args...).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("list the newest tickets: %w", err)
	}
	rows, err := ticketsInOrder(tx, ids)
	if err != nil {
		return nil, err
	}
	p, err := peopleOf(tx, rows, nil)
	if err != nil {
		return nil, err
	}
	hangs, err := s.hangsOf(tx, by, rows)
	if err != nil {
		return nil, err
	}
	view := s.viewFor(by, p, hangs)
	for _, t := range rows {
		out = append(out, view(t))
	}
	return out, nil
}
