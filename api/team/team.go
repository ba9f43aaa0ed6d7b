// Package team keeps the teams of the IT staff: who belongs to which, and who
// leads them. Which tickets a team sees is the rule of tickets.
package team

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/user"
)

// Team is a group of IT staff with a queue of its own. Every change of it is a
// compare-and-swap on Version, and so is every change of its members.
type Team struct {
	ID      int64
	Name    string
	NameKey string // folded, unique
	// Restricted keeps the team's unassigned tickets to its members.
	Restricted bool
	IsActive   bool
	Version    int64
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// TableName names the table for GORM.
func (Team) TableName() string { return "teams" }

// Member is somebody's place in a team.
type Member struct {
	TeamID  int64 `gorm:"primaryKey;autoIncrement:false"`
	UserID  int64 `gorm:"primaryKey;autoIncrement:false"`
	Lead    bool
	AddedAt time.Time
}

// TableName names the table for GORM.
func (Member) TableName() string { return "team_members" }

// What this package announces; the subject is the team.
const (
	Created       = "team.created"
	Updated       = "team.updated"
	MemberAdded   = "team.member_added"
	MemberUpdated = "team.member_updated"
	MemberRemoved = "team.member_removed"

	subject = "team"
)

// Fields is the data of Updated: which fields changed.
type Fields struct {
	Changed []string `json:"changed"`
}

// Membership is the data of the events about members.
type Membership struct {
	UserID int64 `json:"user_id"`
	Lead   bool  `json:"lead"`
}

const (
	maxName = 100
	// maxTeams keeps the lists of teams short enough for one answer.
	maxTeams   = 200
	maxMembers = 500
)

// Service holds the verbs.
type Service struct {
	db  *db.DB
	bus *event.Bus
}

// New returns the service.
func New(d *db.DB, bus *event.Bus) *Service { return &Service{db: d, bus: bus} }

// Join returns the actor with the teams that it belongs to now.
func Join(tx *gorm.DB, by authz.Actor) (authz.Actor, error) {
	if by.ID == 0 || !by.Can(authz.TicketQueue) {
		return by, nil
	}
	var rows []struct {
		ID         int64
		Restricted bool
		UserID     *int64
	}
	err := tx.Raw("SELECT t.id, t.restricted, m.user_id FROM teams AS t"+
		" LEFT JOIN team_members AS m ON m.team_id = t.id AND m.user_id = ?"+
		" WHERE t.restricted = ? OR m.user_id IS NOT NULL ORDER BY t.id", by.ID, true).Scan(&rows).Error
	if err != nil {
		return by, fmt.Errorf("read the teams of account %d: %w", by.ID, err)
	}
	var mine, others []int64
	for _, r := range rows {
		if r.UserID != nil {
			mine = append(mine, r.ID)
		} else {
			others = append(others, r.ID)
		}
	}
	return by.InTeams(mine, others), nil
}

// Find reads a team, or gorm.ErrRecordNotFound.
func Find(tx *gorm.DB, id int64) (Team, error) {
	var t Team
	err := tx.Take(&t, id).Error
	return t, err
}

// Named reads the team with a name, or false.
func Named(tx *gorm.DB, name string) (Team, bool, error) {
	var t Team
	err := tx.Where("name_key = ?", user.Key(name)).Take(&t).Error
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && t.NameKey != user.Key(name)) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("look for a team: %w", err)
	}
	return t, true, nil
}

// IsMember reports whether somebody belongs to a team.
func IsMember(tx *gorm.DB, teamID, userID int64) (bool, error) {
	_, found, err := member(tx, teamID, userID)
	return found, err
}

// Card is what everybody who sees a ticket sees of its team.
type Card struct {
	ID   int64  `json:"id" example:"2"`
	Name string `json:"name" example:"Network"`
} //@name TeamCard

// Cards reads the cards of teams in one query.
func Cards(tx *gorm.DB, ids ...int64) (map[int64]Card, error) {
	out := make(map[int64]Card, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var found []Team
	if err := tx.Select("id", "name").Where("id IN ?", ids).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("read the teams: %w", err)
	}
	for _, t := range found {
		out[t.ID] = Card{ID: t.ID, Name: t.Name}
	}
	return out, nil
}
