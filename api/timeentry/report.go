package timeentry

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// By is what times are added up by.
type By string

// What times are added up by.
const (
	ByUser     By = "user"
	ByTeam     By = "team"
	ByCategory By = "category"
	ByTicket   By = "ticket"
)

// Groups are all of them.
var Groups = []string{string(ByUser), string(ByTeam), string(ByCategory), string(ByTicket)}

func (b By) column() string {
	switch b {
	case ByTeam:
		return "w.team_id"
	case ByCategory:
		return "w.category_id"
	case ByTicket:
		return "time_entries.ticket_id"
	case ByUser:
	}
	return "time_entries.user_id"
}

// MaxLines is how many lines a report has at most; the longest come first.
const MaxLines = 1000

// Line is a part of a report: how long was worked for somebody or something.
type Line struct {
	ID      int64 // 0 for tickets without a team, or a category
	Label   string
	User    *user.Card `gorm:"-"`
	Minutes int64
	Entries int64
	Tickets int64
}

// Report adds entries up, the most time first. What the actor does not see is not in it.
func (s *Service) Report(ctx context.Context, by authz.Actor, f Filter, group By) ([]Line, error) {
	if !by.Can(authz.TicketWork) {
		return nil, errDenied
	}
	tx := s.db.Read(ctx)
	var out []Line
	column := group.column()
	err := f.query(tx, by).Joins("JOIN tickets AS w ON w.id = time_entries.ticket_id").
		Select("COALESCE(" + column + ", 0) AS id, SUM(minutes) AS minutes, COUNT(*) AS entries, COUNT(DISTINCT time_entries.ticket_id) AS tickets").
		Group(column).Order("minutes DESC, id").Limit(MaxLines).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("add up times by %s: %w", group, err)
	}
	return out, name(tx, group, out)
}

// name says what the lines are about.
func name(tx *gorm.DB, group By, lines []Line) error {
	ids := make([]int64, len(lines))
	for i, l := range lines {
		ids[i] = l.ID
	}
	names := map[int64]string{}
	switch group {
	case ByUser:
		cards, err := user.Cards(tx, ids...)
		if err != nil {
			return err
		}
		for i := range lines {
			card := cards[lines[i].ID]
			lines[i].User, lines[i].Label = &card, card.Username
		}
		return nil
	case ByTeam:
		cards, err := team.Cards(tx, ids...)
		if err != nil {
			return err
		}
		for id, card := range cards {
			names[id] = card.Name
		}
	case ByCategory:
		tree, err := category.Load(tx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			names[id] = tree.Path(id)
		}
	case ByTicket:
		var titled []ticket.Ticket
		if err := tx.Select("id", "title").Where("id IN ?", ids).Find(&titled).Error; err != nil {
			return fmt.Errorf("read the titles of tickets: %w", err)
		}
		for _, t := range titled {
			names[t.ID] = t.Title
		}
	}
	for i := range lines {
		lines[i].Label = names[lines[i].ID]
	}
	return nil
}
