package user

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
)

// Past is which roles accounts had before, as the history tells it.
type Past map[int64][]former

// former is a role that somebody had until a moment.
type former struct {
	role  authz.Role
	until time.Time
}

// PastRoles reads which roles accounts had before.
func PastRoles(tx *gorm.DB, ids ...int64) (Past, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	out := Past{}
	for batch := range slices.Chunk(ids, 500) {
		var events []event.Event
		err := tx.Where("subject_type = ? AND subject_id IN ? AND type = ?", subject, batch, RoleChanged).Order("subject_id, id").Find(&events).Error
		if err != nil {
			return nil, fmt.Errorf("read the changes of roles: %w", err)
		}
		for _, e := range events {
			var c Change
			if err := e.Decode(&c); err != nil {
				return nil, err
			}
			out[e.SubjectID] = append(out[e.SubjectID], former{authz.Role(c.From), e.CreatedAt})
		}
	}
	return out, nil
}

// At returns which role an account had at a moment, which has role now.
func (p Past) At(id int64, at time.Time, role authz.Role) authz.Role {
	for _, f := range p[id] {
		if f.until.After(at) {
			return f.role
		}
	}
	return role
}
