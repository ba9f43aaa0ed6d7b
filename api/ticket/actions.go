package ticket

import (
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/user"
)

// The actions of tickets themselves.
const (
	ActionAssign       = "assign"
	ActionAssignTeam   = "assign_team"
	ActionUpdateStatus = "update_status"
	ActionSetPriority  = "set_priority"
	ActionDelete       = "delete"
)

// standing is how a ticket was before an action of this package.
type standing struct {
	Status     string `json:"status,omitempty"`
	Priority   string `json:"priority,omitempty"`
	AssignedTo *int64 `json:"assigned_to,omitempty"`
	TeamID     *int64 `json:"team_id,omitempty"`
}

// ownActions are the actions of this package.
func (s *Service) ownActions() []ActionKind {
	return []ActionKind{
		s.assignTeamAction(),
		{
			Type:   ActionAssign,
			Params: []Param{{Name: "user_id", Kind: ParamUser, Nullable: true}},
			Check: func(tx *gorm.DB, _ authz.Actor, a Action) error {
				id := a.ID("user_id")
				if id == nil {
					return nil
				}
				u, err := user.Find(tx, *id)
				if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.Assignable()) {
					return fault.Field("user_id", "Tickets can only be assigned to active IT staff and administrators.")
				}
				if err != nil {
					return fmt.Errorf("read the new assignee: %w", err)
				}
				return nil
			},
			Apply: s.changing(func(a Action) (Changes, error) {
				return Changes{Assign: true, AssignedTo: a.ID("user_id")}, nil
			}),
			Undo: s.undoing(func(was standing) Changes { return Changes{Assign: true, AssignedTo: was.AssignedTo} }),
			Describe: func(tx *gorm.DB, a Action) string {
				id := a.ID("user_id")
				if id == nil {
					return "Unassign"
				}
				u, err := user.Find(tx, *id)
				if err != nil {
					return fmt.Sprintf("Assign to user %d", *id)
				}
				return "Assign to " + u.Username
			},
		},
		{
			Type:   ActionUpdateStatus,
			Params: []Param{{Name: "status", Kind: ParamChoice, Values: namesOf(Statuses)}},
			Apply: s.changing(func(a Action) (Changes, error) {
				st, ok := ParseStatus(a.Text("status"))
				if !ok {
					return Changes{}, fmt.Errorf("no such status: %q", a.Text("status"))
				}
				return Changes{Status: &st}, nil
			}),
			Undo: s.undoing(func(was standing) Changes {
				st, _ := ParseStatus(was.Status)
				return Changes{Status: &st}
			}),
			Describe: func(_ *gorm.DB, a Action) string {
				st, _ := ParseStatus(a.Text("status"))
				return "Set status to " + st.Label()
			},
		},
		{
			Type:   ActionSetPriority,
			Params: []Param{{Name: "priority", Kind: ParamChoice, Values: namesOf(Priorities)}},
			Apply: s.changing(func(a Action) (Changes, error) {
				p, ok := ParsePriority(a.Text("priority"))
				if !ok {
					return Changes{}, fmt.Errorf("no such priority: %q", a.Text("priority"))
				}
				return Changes{Priority: &p}, nil
			}),
			Undo: s.undoing(func(was standing) Changes {
				p, _ := ParsePriority(was.Priority)
				return Changes{Priority: &p}
			}),
			Describe: func(_ *gorm.DB, a Action) string { return "Set priority to " + a.Text("priority") },
		},
		{
			Type: ActionDelete,
			May: func(by authz.Actor) error {
				if !by.Can(authz.TicketDelete) {
					return errDeleteDenied
				}
				return nil
			},
			Apply: func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, _ Action) (Done, error) {
				return Done{Before: json.RawMessage("{}"), Changed: true}, s.Delete(tx.Ctx, by, id, want)
			},
			Undo: func(tx *event.Tx, by authz.Actor, id int64, _ etag.Condition, _ Action, _ json.RawMessage) error {
				_, err := s.Restore(tx.Ctx, by, id)
				return err
			},
			Describe: func(*gorm.DB, Action) string { return "Delete" },
		},
	}
}

// changing makes an action of changes of a ticket's own fields.
func (s *Service) changing(read func(Action) (Changes, error)) func(*event.Tx, authz.Actor, int64, etag.Condition, Action) (Done, error) {
	return func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a Action) (Done, error) {
		c, err := read(a)
		if err != nil {
			return Done{}, err
		}
		t, err := readable(tx.DB, by, id)
		if err != nil {
			return Done{}, err
		}
		before, err := json.Marshal(standing{Status: t.Status.String(), Priority: t.Priority.String(), AssignedTo: t.AssignedToID, TeamID: t.TeamID})
		if err != nil {
			return Done{}, fmt.Errorf("encode how ticket %d was: %w", id, err)
		}
		f, err := s.work(tx.Ctx, by, id, want, c)
		return Done{Before: before, Version: f.Version, Changed: f.Version != t.Version}, err
	}
}

func (s *Service) undoing(back func(standing) Changes) func(*event.Tx, authz.Actor, int64, etag.Condition, Action, json.RawMessage) error {
	return func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, _ Action, before json.RawMessage) error {
		var was standing
		if err := json.Unmarshal(before, &was); err != nil {
			return fmt.Errorf("read how ticket %d was: %w", id, err)
		}
		_, err := s.work(tx.Ctx, by, id, want, back(was))
		return err
	}
}
