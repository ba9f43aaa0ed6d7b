package routing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/calendar"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Ability is what an update of an agent asks for; nil leaves a field as it is.
type Ability struct {
	LimitIt    bool // Capacity is meant
	Capacity   *int // nil for the queue's
	Schedule   bool // CalendarID is meant
	CalendarID *int64
	Skills     *[]string // names of tags
	Away       *bool
	Back       bool // BackAt is meant
	BackAt     *time.Time
}

// Available returns whether somebody is there, for themselves.
func (s *Service) Available(ctx context.Context, by authz.Actor) (Agent, error) {
	if !canWork(by) || by.ID == 0 {
		return Agent{}, errWork
	}
	return agentOf(s.db.Read(ctx), by.ID)
}

func agentOf(tx *gorm.DB, id int64) (Agent, error) {
	found, err := agentsOf(tx, []int64{id})
	return found[id], err
}

// SetAvailable says of oneself whether one is there.
func (s *Service) SetAvailable(ctx context.Context, by authz.Actor, away bool, backAt *time.Time) (Agent, error) {
	if !canWork(by) || by.ID == 0 {
		return Agent{}, errWork
	}
	return s.write(ctx, by, by.ID, etag.Condition{}, Ability{Away: &away, Back: true, BackAt: backAt})
}

// SetAgent says what somebody is able to.
func (s *Service) SetAgent(ctx context.Context, by authz.Actor, id int64, want etag.Condition, ch Ability) (Agent, error) {
	if !canManage(by) {
		return Agent{}, errDenied
	}
	return s.write(ctx, by, id, want, ch)
}

func (s *Service) write(ctx context.Context, by authz.Actor, id int64, want etag.Condition, ch Ability) (Agent, error) {
	var a Agent
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		u, err := user.Find(tx.DB, id)
		if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.Role.WorksTickets()) {
			return errNoAgent
		}
		if err != nil {
			return fmt.Errorf("read agent %d: %w", id, err)
		}
		if a, err = agentOf(tx.DB, id); err != nil {
			return err
		}
		if err := want.Check(a.Version); err != nil {
			return err
		}
		before := a
		if err := ch.apply(tx, &a); err != nil {
			return err
		}
		what := AgentUpdated
		if ch.Away != nil && !ch.LimitIt && !ch.Schedule && ch.Skills == nil {
			what = AvailabilityChanged
		}
		if err := keep(tx, &a, before.Version); err != nil {
			return err
		}
		if err := s.freed(tx); err != nil {
			return err
		}
		return tx.Emit(what, agentSubject, id, nil)
	})
	return a, err
}

func (ch Ability) apply(tx *event.Tx, a *Agent) error {
	if ch.LimitIt {
		if ch.Capacity != nil && (*ch.Capacity < 0 || *ch.Capacity > maxCapacity) {
			return fault.Field("capacity", "Must be from 0 to %d, or null for what the queue says.", maxCapacity)
		}
		a.Capacity = ch.Capacity
	}
	if ch.Schedule {
		if ch.CalendarID != nil {
			if _, err := calendar.Find(tx.DB, *ch.CalendarID); errors.Is(err, gorm.ErrRecordNotFound) {
				return fault.Field("calendar_id", "There is no such calendar.")
			} else if err != nil {
				return fmt.Errorf("read calendar %d: %w", *ch.CalendarID, err)
			}
		}
		a.CalendarID = ch.CalendarID
	}
	if ch.Skills != nil {
		skills, err := loadSkills(tx.DB)
		if err != nil {
			return err
		}
		tags, err := tag.Find(tx.DB, *ch.Skills)
		if err != nil {
			return err
		}
		var ids []int64
		for _, t := range tags {
			ids = append(ids, t.ID)
		}
		a.Skills = skills.resolve(ids)
		if len(a.Skills) != len(*ch.Skills) {
			return fault.Field("skills", "Must be skills of the desk, each once.")
		}
	}
	if ch.Away != nil {
		a.Away, a.BackAt = *ch.Away, nil
		if ch.Back && *ch.Away && ch.BackAt != nil {
			if !ch.BackAt.After(tx.Now) {
				return errBackPast
			}
			a.BackAt = ch.BackAt
		}
	}
	return nil
}

// keep writes an agent over the version that was read; 0 for the first one.
func keep(tx *event.Tx, a *Agent, was int64) error {
	a.Version, a.UpdatedAt = was+1, tx.Now
	if a.Skills == nil {
		a.Skills = []int64{}
	}
	var res *gorm.DB
	if was == 0 {
		res = tx.Clauses(clause.OnConflict{DoNothing: true}).Create(a)
	} else {
		res = tx.Model(&Agent{}).Where("user_id = ? AND version = ?", a.UserID, was).Select("*").Omit("user_id").Updates(a)
	}
	if res.Error != nil {
		return fmt.Errorf("save agent %d: %w", a.UserID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	return nil
}

// Standing is an agent as they stand now.
type Standing struct {
	Agent
	Load int
	Open bool // at work by their hours
}

// Agents lists the IT staff, or the members of a team.
func (s *Service) Agents(ctx context.Context, by authz.Actor, teamID *int64) ([]Standing, error) {
	if !canManage(by) {
		return nil, errDenied
	}
	tx := s.db.Read(ctx)
	var ids []int64
	q := tx.Model(&user.User{}).Where("role IN ? AND is_active = ?", []authz.Role{authz.ITStaff, authz.Admin}, true)
	if teamID != nil {
		q = q.Where("id IN (?)", tx.Model(&team.Member{}).Where("team_id = ?", *teamID).Select("user_id"))
	}
	if err := q.Order("id").Limit(500).Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("read the IT staff: %w", err)
	}
	return standing(tx, ids, s.clock.Now())
}

func standing(tx *gorm.DB, ids []int64, now time.Time) ([]Standing, error) {
	agents, err := agentsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	loads, err := ticket.Loads(tx, ids)
	if err != nil {
		return nil, err
	}
	open, err := openCalendars(tx, agents, now)
	if err != nil {
		return nil, err
	}
	out := make([]Standing, len(ids))
	for i, id := range ids {
		a := agents[id]
		out[i] = Standing{Agent: a, Load: loads[id], Open: a.CalendarID == nil || open[*a.CalendarID]}
		out[i].Away = a.awayAt(now)
	}
	return out, nil
}

// NamedSkill is a skill as it is set: by the name of its tag.
type NamedSkill struct {
	Tag        string
	Categories []int64
}

// Skills lists the desk's skills.
func (s *Service) Skills(ctx context.Context, by authz.Actor) ([]NamedSkill, error) {
	if !canManage(by) {
		return nil, errDenied
	}
	set, err := loadSkills(s.db.Read(ctx))
	if err != nil {
		return nil, err
	}
	out := []NamedSkill{}
	for _, k := range set.list {
		if name := set.names[set.root[k.TagID]]; name != "" {
			out = append(out, NamedSkill{name, k.Categories})
		}
	}
	slices.SortFunc(out, func(a, b NamedSkill) int { return compare(tag.Key(a.Tag), tag.Key(b.Tag)) })
	return out, nil
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// SetSkills replaces the desk's skills. Tags that are not there yet are made.
func (s *Service) SetSkills(ctx context.Context, by authz.Actor, skills []NamedSkill) ([]NamedSkill, error) {
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errDenied
		}
		if len(skills) > maxSkills {
			return fault.Field("skills", "May have at most %d skills.", maxSkills)
		}
		tree, err := category.Load(tx.DB)
		if err != nil {
			return err
		}
		var rows []Skill
		for _, k := range skills {
			name, wrong := tag.Clean(k.Tag)
			if wrong != "" {
				return fault.Field("skills", "%s", wrong)
			}
			tags, err := tag.Ensure(tx, []string{name})
			if err != nil {
				return err
			}
			if len(tags) != 1 || slices.ContainsFunc(rows, func(r Skill) bool { return r.TagID == tags[0].ID }) {
				return fault.Field("skills", "Must name each once.")
			}
			if len(k.Categories) > maxCategories {
				return fault.Field("skills", "A skill may have at most %d categories.", maxCategories)
			}
			if web.Repeated(k.Categories) {
				return fault.Field("skills", "Must name each once.")
			}
			for _, c := range k.Categories {
				if _, ok := tree.Find(c); !ok {
					return fault.Field("skills", "There is no category %d.", c)
				}
			}
			rows = append(rows, Skill{TagID: tags[0].ID, Categories: append([]int64{}, k.Categories...)})
		}
		if err := tx.Where("1 = 1").Delete(&Skill{}).Error; err != nil {
			return fmt.Errorf("replace the skills: %w", err)
		}
		if len(rows) > 0 {
			if err := tx.Create(&rows).Error; err != nil {
				return fmt.Errorf("replace the skills: %w", err)
			}
		}
		if err := tx.Enqueue(job.New{Kind: ReviewJob, Payload: struct{}{}}); err != nil {
			return err
		}
		return tx.Emit(SkillsChanged, "desk", 0, nil)
	})
	if err != nil {
		return nil, err
	}
	return s.Skills(ctx, by)
}

// CalendarDeleted keeps a calendar in which somebody works.
func (s *Service) CalendarDeleted(tx *event.Tx, e event.Event) error {
	var used []int64
	if err := tx.Model(&Agent{}).Where("calendar_id = ?", e.SubjectID).Limit(1).Pluck("user_id", &used).Error; err != nil {
		return fmt.Errorf("look for agents of calendar %d: %w", e.SubjectID, err)
	}
	if len(used) > 0 {
		return fault.New(fault.Conflict, "calendar.used_by_agents", "Somebody of the IT staff works in this calendar. Give them another one first.")
	}
	return nil
}

// Leave forgets what somebody was able to who is no longer of the IT staff.
func Leave(tx *event.Tx, e event.Event) error {
	u, err := user.Find(tx.DB, e.SubjectID)
	if err == nil && u.Role.WorksTickets() && u.AnonymisedAt == nil {
		return nil
	}
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return fmt.Errorf("read account %d: %w", e.SubjectID, err)
	}
	if err := tx.Where("user_id = ?", e.SubjectID).Delete(&Agent{}).Error; err != nil {
		return fmt.Errorf("forget what agent %d was able to: %w", e.SubjectID, err)
	}
	return nil
}
