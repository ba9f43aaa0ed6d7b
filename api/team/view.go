package team

import (
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/user"
)

// Can says what the caller may do with a team.
type Can struct {
	Update        bool `json:"update" example:"true"`
	ManageMembers bool `json:"manage_members" example:"true"`
	Appoint       bool `json:"appoint" example:"true"`
} //@name TeamCan

// MemberView is somebody's place in a team.
type MemberView struct {
	User    user.Card `json:"user"`
	Lead    bool      `json:"lead" example:"false"`
	AddedAt time.Time `json:"added_at" format:"date-time" example:"2026-03-02T09:00:00Z"`
} //@name TeamMember

// View is a team with its members.
type View struct {
	ID   int64  `json:"id" example:"2"`
	Name string `json:"name" example:"Network"`
	// Restricted keeps the team's unassigned tickets to its members.
	Restricted bool         `json:"restricted" example:"false"`
	IsActive   bool         `json:"is_active" example:"true"`
	Mine       bool         `json:"mine" example:"true"`
	Members    []MemberView `json:"members"`
	CreatedAt  time.Time    `json:"created_at" format:"date-time" example:"2026-03-02T09:00:00Z"`
	UpdatedAt  time.Time    `json:"updated_at" format:"date-time" example:"2026-03-02T09:00:00Z"`
	Version    int64        `json:"version" example:"1"`
	Can        Can          `json:"can"`
} //@name Team

// ListView is all teams.
type ListView struct {
	Results []View `json:"results"`
} //@name TeamList

// CreateRequest is the body of a new team.
type CreateRequest struct {
	Name       string `json:"name" validate:"required" minLength:"1" maxLength:"100" example:"Network"`
	Restricted bool   `json:"restricted" validate:"optional" example:"false"`
	IsActive   bool   `json:"is_active" validate:"optional" default:"true" example:"true"`
} //@name TeamCreate

// UpdateRequest is the body of a change; what is left out stays as it is.
type UpdateRequest struct {
	Name       string `json:"name" validate:"optional" minLength:"1" maxLength:"100" example:"Network"`
	Restricted bool   `json:"restricted" validate:"optional" example:"false"`
	IsActive   bool   `json:"is_active" validate:"optional" example:"true"`
} //@name TeamUpdate

// MemberRequest is the body of setting a member.
type MemberRequest struct {
	Lead bool `json:"lead" validate:"optional" example:"false"`
} //@name TeamMemberSet

func viewFor(by authz.Actor, people map[int64]user.Card) func(Full) View {
	return func(f Full) View {
		v := View{
			ID: f.ID, Name: f.Name, Restricted: f.Restricted, IsActive: f.IsActive, Members: make([]MemberView, len(f.Members)),
			CreatedAt: f.CreatedAt.UTC(), UpdatedAt: f.UpdatedAt.UTC(), Version: f.Version,
			Can: Can{Update: canManage(by), ManageMembers: canManageMembers(by, f.Members), Appoint: canAppoint(by)},
		}
		for i, m := range f.Members {
			v.Members[i] = MemberView{User: people[m.UserID], Lead: m.Lead, AddedAt: m.AddedAt.UTC()}
			v.Mine = v.Mine || m.UserID == by.ID
		}
		return v
	}
}

func peopleOf(tx *gorm.DB, teams ...Full) (map[int64]user.Card, error) {
	var ids []int64
	for _, t := range teams {
		for _, m := range t.Members {
			ids = append(ids, m.UserID)
		}
	}
	return user.Cards(tx, ids...)
}
