package migration

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

type team0008 struct {
	ID         int64     `gorm:"primaryKey;autoIncrement"`
	Name       string    `gorm:"size:100;not null"`
	NameKey    string    `gorm:"size:191;not null;uniqueIndex:idx_teams_name"`
	Restricted bool      `gorm:"not null;default:false"`
	IsActive   bool      `gorm:"not null;default:true"`
	Version    int64     `gorm:"not null;default:1"`
	CreatedAt  time.Time `gorm:"precision:6;not null"`
	UpdatedAt  time.Time `gorm:"precision:6;not null"`
}

func (team0008) TableName() string { return "teams" }

type teamMember0008 struct {
	TeamID  int64     `gorm:"primaryKey;autoIncrement:false"`
	UserID  int64     `gorm:"primaryKey;autoIncrement:false;index:idx_team_members_user"`
	Lead    bool      `gorm:"not null;default:false"`
	AddedAt time.Time `gorm:"precision:6;not null"`
}

func (teamMember0008) TableName() string { return "team_members" }

// watcher0008 has an account or an address, not both.
type watcher0008 struct {
	ID        int64     `gorm:"primaryKey;autoIncrement"`
	TicketID  int64     `gorm:"not null;uniqueIndex:idx_ticket_watchers_ticket,priority:1;uniqueIndex:idx_ticket_watchers_address,priority:1;index:idx_ticket_watchers_user,priority:2"`
	UserID    *int64    `gorm:"uniqueIndex:idx_ticket_watchers_ticket,priority:2;index:idx_ticket_watchers_user,priority:1"`
	Address   *string   `gorm:"size:254;uniqueIndex:idx_ticket_watchers_address,priority:2"`
	Kind      string    `gorm:"size:8;not null"`
	AddedByID int64     `gorm:"not null"`
	CreatedAt time.Time `gorm:"precision:6;not null"`
}

func (watcher0008) TableName() string { return "ticket_watchers" }

// ticket0008 repeats the ids of the watchers, so that a row says by itself who
// may see it, and the requester's department as it was.
type ticket0008 struct {
	ID           int64
	TeamID       *int64    `gorm:"index:idx_tickets_team,priority:1;index:idx_tickets_team_status,priority:1;index:idx_tickets_team_updated,priority:1"`
	Status       int       `gorm:"index:idx_tickets_team_status,priority:2"`
	UpdatedAt    time.Time `gorm:"index:idx_tickets_team_updated,priority:2;index:idx_tickets_department_updated,priority:2"`
	Confidential bool      `gorm:"not null;default:false;index:idx_tickets_confidential"`
	Watchers     string    `gorm:"size:1000;not null;default:''"`
	Department   string    `gorm:"size:150;not null;default:'';index:idx_tickets_department,priority:1;index:idx_tickets_department_updated,priority:1"`
	OpenedByID   *int64
}

func (ticket0008) TableName() string { return "tickets" }

type comment0008 struct {
	ID               int64
	TicketTeam       *int64 `gorm:"index:idx_comments_team"`
	TicketDepartment string `gorm:"size:150;not null;default:'';index:idx_comments_department"`
}

func (comment0008) TableName() string { return "comments" }

func team() step {
	return step{
		version: 8,
		tables:  []any{&team0008{}, &teamMember0008{}, &watcher0008{}},
		columns: []column{
			{&ticket0008{}, "TeamID"}, {&ticket0008{}, "Confidential"}, {&ticket0008{}, "Watchers"},
			{&ticket0008{}, "Department"}, {&ticket0008{}, "OpenedByID"},
			{&comment0008{}, "TicketTeam"}, {&comment0008{}, "TicketDepartment"},
		},
		indexes: []column{
			{&ticket0008{}, "idx_tickets_team"}, {&ticket0008{}, "idx_tickets_team_status"}, {&ticket0008{}, "idx_tickets_team_updated"},
			{&ticket0008{}, "idx_tickets_confidential"},
			{&ticket0008{}, "idx_tickets_department"}, {&ticket0008{}, "idx_tickets_department_updated"},
			{&comment0008{}, "idx_comments_team"}, {&comment0008{}, "idx_comments_department"},
		},
		fill: fillTeams,
	}
}

// fillTeams counts the queue of the tickets without a team, which is the counter
// of all unassigned ones so far, and writes the requesters' departments to what
// they reported. Doing it again does no harm.
func fillTeams(ctx context.Context, d *db.DB) error {
	err := d.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		var there int64
		if err := tx.Raw("SELECT COUNT(*) FROM ticket_counts WHERE scope = 4").Scan(&there).Error; err != nil || there > 0 {
			return err
		}
		return tx.Exec("INSERT INTO ticket_counts (scope, ref, status, priority, slot, n)" +
			" SELECT 4, 0, status, priority, slot, n FROM ticket_counts WHERE scope = 1 AND ref = 0").Error
	})
	if err != nil {
		return fmt.Errorf("count the queue: %w", err)
	}
	var people []struct {
		ID         int64
		Department string
	}
	if err := d.Read(ctx).Raw("SELECT id, department FROM users WHERE department <> ''").Scan(&people).Error; err != nil {
		return fmt.Errorf("read the departments: %w", err)
	}
	for _, p := range people {
		key := cases.Fold().String(norm.NFC.String(strings.TrimSpace(p.Department)))
		if r := []rune(key); len(r) > 150 {
			key = string(r[:150])
		}
		err := d.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			if err := tx.Exec("UPDATE tickets SET department = ? WHERE created_by_id = ? AND department <> ?", key, p.ID, key).Error; err != nil {
				return err
			}
			return tx.Exec("UPDATE comments SET ticket_department = ? WHERE ticket_requester = ? AND ticket_department <> ?", key, p.ID, key).Error
		})
		if err != nil {
			return fmt.Errorf("write the department of what account %d reported: %w", p.ID, err)
		}
	}
	return nil
}
