package user

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
)

// former is a role that somebody had until a moment. The history tells of it, too, but there it lies
// among each sign-in of theirs.
type former struct {
	ID      int64
	UserID  int64
	Role    authz.Role
	EndedAt time.Time
}

func (former) TableName() string { return "past_roles" }

// remember notes which role an account has no more.
func remember(tx *gorm.DB, id int64, role authz.Role, until time.Time) error {
	if err := tx.Create(&former{UserID: id, Role: role, EndedAt: until}).Error; err != nil {
		return fmt.Errorf("note the role that account %d had: %w", id, err)
	}
	return nil
}

// Roles is which roles accounts have, and had.
type Roles struct {
	now  map[int64]authz.Role
	past map[int64][]former
}

// RolesOf reads which roles accounts have, and had.
func RolesOf(tx *gorm.DB, ids ...int64) (Roles, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	out := Roles{now: map[int64]authz.Role{0: authz.Role(desk.Role)}, past: map[int64][]former{}}
	for batch := range slices.Chunk(ids, 500) {
		var people []User
		if err := tx.Select("id", "role").Where("id IN ?", batch).Find(&people).Error; err != nil {
			return out, fmt.Errorf("read the roles: %w", err)
		}
		for _, u := range people {
			out.now[u.ID] = u.Role
		}
		var past []former
		if err := tx.Where("user_id IN ?", batch).Order("user_id, ended_at, id").Find(&past).Error; err != nil {
			return out, fmt.Errorf("read the roles of the past: %w", err)
		}
		for _, f := range past {
			out.past[f.UserID] = append(out.past[f.UserID], f)
		}
	}
	return out, nil
}

// At returns which role an account had at a moment, "" where there is no account.
func (r Roles) At(id int64, at time.Time) authz.Role {
	for _, f := range r.past[id] {
		if f.EndedAt.After(at) {
			return f.Role
		}
	}
	return r.now[id]
}
