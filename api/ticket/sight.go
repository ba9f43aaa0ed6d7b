package ticket

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/user"
)

var (
	errNoRequester = fault.Field("requester_id", "Must be an active account.")
	errNoTeam      = fault.Field("team_id", "Must be an active team.")
)

// AssignTeam gives a ticket to a team, or to none. An assignee who does not
// belong to the new team is taken from it.
func (s *Service) AssignTeam(ctx context.Context, by authz.Actor, id int64, want etag.Condition, to *int64) (Full, error) {
	return s.work(ctx, by, id, want, Changes{Move: true, TeamID: to})
}

// SetConfidential keeps a ticket to those it names, or opens it again.
func (s *Service) SetConfidential(ctx context.Context, by authz.Actor, id int64, want etag.Condition, on bool) (Full, error) {
	return s.Update(ctx, by, id, want, Changes{Confidential: &on})
}

// onlyConfidential reports whether nothing else is to change that requesters may change.
func (c Changes) onlyConfidential() bool {
	return c.Title == nil && c.Description == nil && len(c.Fields) == 0 && len(c.Attachments) == 0
}

// prepare fills in what the actor may say of a ticket that is about to be opened
// besides its texts.
func (s *Service) prepare(tx *event.Tx, by authz.Actor, t *Ticket, d Draft) error {
	t.Confidential = d.Confidential
	if by.Can(authz.TicketWork) {
		if d.Requester != nil && *d.Requester != by.ID {
			u, err := user.Find(tx.DB, *d.Requester)
			if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.IsActive) {
				return errNoRequester
			}
			if err != nil {
				return fmt.Errorf("read the requester: %w", err)
			}
			t.CreatedByID, t.OpenedByID = u.ID, &by.ID
		}
		if d.TeamID != nil {
			if _, err := activeTeam(tx.DB, *d.TeamID); err != nil {
				return err
			}
			t.TeamID = d.TeamID
		}
	}
	return setDepartments(tx.DB, t)
}

// setDepartments notes of what department the requesters are.
func setDepartments(tx *gorm.DB, tickets ...*Ticket) error {
	ids := make([]int64, len(tickets))
	for i, t := range tickets {
		ids[i] = t.CreatedByID
	}
	people, err := user.Cards(tx, ids...)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		t.Department = user.DepartmentKey(people[t.CreatedByID].Department)
	}
	return nil
}

func activeTeam(tx *gorm.DB, id int64) (team.Team, error) {
	to, err := team.Find(tx, id)
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !to.IsActive) {
		return to, errNoTeam
	}
	if err != nil {
		return to, fmt.Errorf("read team %d: %w", id, err)
	}
	return to, nil
}

// move sets the team. Whoever is assigned and does not belong to it loses the
// ticket, unless the same change assigns it.
func move(tx *gorm.DB, t *Ticket, c Changes, a *Assignment) (*Move, *Assignment, error) {
	m := &Move{}
	if t.TeamID != nil {
		from, err := team.Find(tx, *t.TeamID)
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return nil, nil, fmt.Errorf("read the team of ticket %d: %w", t.ID, err)
		}
		m.From = &Group{ID: *t.TeamID, Name: from.Name}
	}
	t.TeamID = c.TeamID
	if c.TeamID == nil {
		return m, a, nil
	}
	to, err := activeTeam(tx, *c.TeamID)
	if err != nil {
		return nil, nil, err
	}
	m.To = &Group{ID: to.ID, Name: to.Name}
	if c.Assign || t.AssignedToID == nil {
		return m, a, nil
	}
	belongs, err := team.IsMember(tx, to.ID, *t.AssignedToID)
	if err != nil || belongs {
		return m, a, err
	}
	a, err = assign(tx, t, nil)
	return m, a, err
}

// announceSight emits what a change made of who sees the ticket.
func announceSight(tx *event.Tx, before, t *Ticket, m *Move) error {
	if m != nil {
		if err := tx.Emit(TeamChanged, subject, t.ID, m); err != nil {
			return err
		}
	}
	if t.Confidential != before.Confidential {
		return tx.Emit(ConfidentialChanged, subject, t.ID, Switch{t.Confidential})
	}
	return nil
}

// keepSight makes whoever is about to make a ticket confidential, and works on
// tickets, a watcher, so that they do not lose sight of it.
func keepSight(tx *event.Tx, by authz.Actor, t *Ticket) error {
	if by.ID == 0 || concerns(by, t) || !by.Can(authz.TicketQueue) {
		return nil
	}
	_, err := addWatcher(tx, by, t, &Watcher{UserID: &by.ID, Kind: Watching})
	return err
}

// ParamTeam is the kind of a parameter that is the id of a team.
const ParamTeam = "team"

// assignTeamAction gives a ticket to a team; taken back, its assignee comes back, too.
func (s *Service) assignTeamAction() ActionKind {
	return ActionKind{
		Type:   ActionAssignTeam,
		Params: []Param{{Name: "team_id", Kind: ParamTeam, Nullable: true}},
		Check: func(tx *gorm.DB, _ authz.Actor, a Action) error {
			if id := a.ID("team_id"); id != nil {
				_, err := activeTeam(tx, *id)
				return err
			}
			return nil
		},
		Apply: s.changing(func(a Action) (Changes, error) { return Changes{Move: true, TeamID: a.ID("team_id")}, nil }),
		Undo: s.undoing(func(was standing) Changes {
			return Changes{Move: true, TeamID: was.TeamID, Assign: true, AssignedTo: was.AssignedTo}
		}),
		Describe: func(tx *gorm.DB, a Action) string {
			id := a.ID("team_id")
			if id == nil {
				return "Take from its team"
			}
			t, err := team.Find(tx, *id)
			if err != nil {
				return fmt.Sprintf("Give to team %d", *id)
			}
			return "Give to team " + t.Name
		},
	}
}
