package team

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/user"
)

// Full is a team with its members, in the order in which they joined.
type Full struct {
	Team
	Members []Member
}

// Changes is what a team is created with or changed to; nil leaves a field.
type Changes struct {
	Name       *string
	Restricted *bool
	IsActive   *bool
}

// List returns all teams by name.
func (s *Service) List(ctx context.Context, by authz.Actor) ([]Full, error) {
	if !canList(by) {
		return nil, errListDenied
	}
	tx := s.db.Read(ctx)
	var teams []Team
	if err := tx.Order("name_key, id").Limit(maxTeams).Find(&teams).Error; err != nil {
		return nil, fmt.Errorf("list the teams: %w", err)
	}
	var members []Member
	if err := tx.Order("team_id, added_at, user_id").Find(&members).Error; err != nil {
		return nil, fmt.Errorf("list the members of the teams: %w", err)
	}
	byTeam := map[int64][]Member{}
	for _, m := range members {
		byTeam[m.TeamID] = append(byTeam[m.TeamID], m)
	}
	out := make([]Full, len(teams))
	for i, t := range teams {
		out[i] = Full{t, byTeam[t.ID]}
	}
	return out, nil
}

// Get returns a team.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Full, error) {
	if !canList(by) {
		return Full{}, errListDenied
	}
	return load(s.db.Read(ctx), id)
}

// Create makes a team without members.
func (s *Service) Create(ctx context.Context, by authz.Actor, c Changes) (Full, error) {
	if !canManage(by) {
		return Full{}, errManageDenied
	}
	var out Full
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		var n int64
		if err := tx.Model(&Team{}).Count(&n).Error; err != nil {
			return fmt.Errorf("count the teams: %w", err)
		}
		if n >= maxTeams {
			return errTooMany
		}
		t := Team{IsActive: true, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		c.apply(&t)
		err := tx.Create(&t).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return errTaken
		}
		if err != nil {
			return fmt.Errorf("create a team: %w", err)
		}
		out = Full{Team: t}
		return tx.Emit(Created, subject, t.ID, nil)
	})
	return out, err
}

// apply sets the fields and returns the names of those that changed.
func (c Changes) apply(t *Team) []string {
	var changed []string
	if c.Name != nil && *c.Name != t.Name {
		t.Name, t.NameKey = *c.Name, user.Key(*c.Name)
		changed = append(changed, "name")
	}
	if c.Restricted != nil && *c.Restricted != t.Restricted {
		t.Restricted = *c.Restricted
		changed = append(changed, "restricted")
	}
	if c.IsActive != nil && *c.IsActive != t.IsActive {
		t.IsActive = *c.IsActive
		changed = append(changed, "is_active")
	}
	return changed
}

// Update changes a team.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, c Changes) (Full, error) {
	return s.change(ctx, by, id, want, func(tx *event.Tx, f *Full) error {
		if !canManage(by) {
			return errManageDenied
		}
		changed := c.apply(&f.Team)
		if len(changed) == 0 {
			return nil
		}
		if err := save(tx, &f.Team); err != nil {
			return err
		}
		return tx.Emit(Updated, subject, id, Fields{changed})
	})
}

// SetMember makes somebody a member, or changes whether they lead; nil leaves
// that, and is false for somebody new.
func (s *Service) SetMember(ctx context.Context, by authz.Actor, id, userID int64, lead *bool) (Full, error) {
	return s.change(ctx, by, id, etag.Condition{}, func(tx *event.Tx, f *Full) error {
		if !canManageMembers(by, f.Members) {
			return errMembersDenied
		}
		was, found, err := member(tx.DB, id, userID)
		if err != nil {
			return err
		}
		m := Member{TeamID: id, UserID: userID, Lead: was.Lead, AddedAt: tx.Now}
		if lead != nil {
			m.Lead = *lead
		}
		if m.Lead != was.Lead && !canAppoint(by) {
			return errAppointDenied
		}
		if found {
			if m.Lead == was.Lead {
				return nil
			}
			err := tx.Model(&Member{}).Where("team_id = ? AND user_id = ?", id, userID).Update("lead", m.Lead).Error
			if err != nil {
				return fmt.Errorf("change a member of team %d: %w", id, err)
			}
			return touch(tx, f, MemberUpdated, m)
		}
		u, err := user.Find(tx.DB, userID)
		if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.Assignable()) {
			return errNoStaff
		}
		if err != nil {
			return fmt.Errorf("read a new member: %w", err)
		}
		if len(f.Members) >= maxMembers {
			return errFull
		}
		if err := tx.Create(&m).Error; err != nil {
			return fmt.Errorf("add a member to team %d: %w", id, err)
		}
		return touch(tx, f, MemberAdded, m)
	})
}

// RemoveMember takes somebody from a team; members may leave by themselves.
func (s *Service) RemoveMember(ctx context.Context, by authz.Actor, id, userID int64) (Full, error) {
	return s.change(ctx, by, id, etag.Condition{}, func(tx *event.Tx, f *Full) error {
		if !canManageMembers(by, f.Members) && by.ID != userID {
			return errMembersDenied
		}
		was, found, err := member(tx.DB, id, userID)
		if err != nil {
			return err
		}
		if !found {
			return errMemberMissing
		}
		if was.Lead && by.ID != userID && !canAppoint(by) {
			return errAppointDenied
		}
		if err := tx.Where("team_id = ? AND user_id = ?", id, userID).Delete(&Member{}).Error; err != nil {
			return fmt.Errorf("take a member from team %d: %w", id, err)
		}
		return touch(tx, f, MemberRemoved, was)
	})
}

// touch raises the version of a team whose members changed.
func touch(tx *event.Tx, f *Full, eventType string, m Member) error {
	if err := save(tx, &f.Team); err != nil {
		return err
	}
	return tx.Emit(eventType, subject, m.TeamID, Membership{UserID: m.UserID, Lead: m.Lead})
}

func (s *Service) change(ctx context.Context, by authz.Actor, id int64, want etag.Condition, fn func(*event.Tx, *Full) error) (Full, error) {
	if !canList(by) {
		return Full{}, errListDenied
	}
	var out Full
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		f, err := load(tx.DB, id)
		if err != nil {
			return err
		}
		if err := want.Check(f.Version); err != nil {
			return err
		}
		if err := fn(tx, &f); err != nil {
			return err
		}
		out, err = load(tx.DB, id)
		return err
	})
	return out, err
}

func load(tx *gorm.DB, id int64) (Full, error) {
	t, err := Find(tx, id)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Full{}, errMissing
	}
	if err != nil {
		return Full{}, fmt.Errorf("read team %d: %w", id, err)
	}
	f := Full{Team: t}
	if err := tx.Where("team_id = ?", id).Order("added_at, user_id").Find(&f.Members).Error; err != nil {
		return f, fmt.Errorf("read the members of team %d: %w", id, err)
	}
	return f, nil
}

func member(tx *gorm.DB, teamID, userID int64) (Member, bool, error) {
	var m Member
	err := tx.Where("team_id = ? AND user_id = ?", teamID, userID).Take(&m).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return m, false, nil
	}
	if err != nil {
		return m, false, fmt.Errorf("read a member of team %d: %w", teamID, err)
	}
	return m, true, nil
}

// save writes a changed team if nobody else has since it was read.
func save(tx *event.Tx, t *Team) error {
	was := t.Version
	t.Version, t.UpdatedAt = was+1, tx.Now
	res := tx.Model(&Team{}).Where("id = ? AND version = ?", t.ID, was).Updates(map[string]any{
		"name": t.Name, "name_key": t.NameKey, "restricted": t.Restricted, "is_active": t.IsActive,
		"version": t.Version, "updated_at": t.UpdatedAt,
	})
	if errors.Is(res.Error, gorm.ErrDuplicatedKey) {
		return errTaken
	}
	if res.Error != nil {
		return fmt.Errorf("save team %d: %w", t.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	return nil
}

// Leave takes an account that no longer works on tickets from all its teams; it
// hears of the events about accounts.
func Leave(tx *event.Tx, e event.Event) error {
	u, err := user.Find(tx.DB, e.SubjectID)
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return fmt.Errorf("read account %d: %w", e.SubjectID, err)
	}
	if err == nil && u.Role.WorksTickets() && u.AnonymisedAt == nil {
		return nil // back some day
	}
	var gone []Member
	if err := tx.Where("user_id = ?", e.SubjectID).Find(&gone).Error; err != nil {
		return fmt.Errorf("read the teams of account %d: %w", e.SubjectID, err)
	}
	for _, m := range gone {
		if err := tx.Where("team_id = ? AND user_id = ?", m.TeamID, m.UserID).Delete(&Member{}).Error; err != nil {
			return fmt.Errorf("take account %d from team %d: %w", m.UserID, m.TeamID, err)
		}
		f, err := load(tx.DB, m.TeamID)
		if err != nil {
			return err
		}
		if err := touch(tx, &f, MemberRemoved, m); err != nil {
			return err
		}
	}
	return nil
}
