package timeentry

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// By is what times are added up by.
type By string

// What times are added up by, besides ticket.CustomPrefix and the slug of a field.
const (
	ByUser     By = "user"
	ByTeam     By = "team"
	ByCategory By = "category"
	ByTicket   By = "ticket"
	ByTag      By = "tag"
)

// grouping is how entries are put together, or chosen.
type grouping struct {
	ref  string // of an entry; 0 for none. Its ticket is w.
	join string // what follows the ticket, for ref
	args []any
	// many says that one entry can belong to several groups.
	many   bool
	labels func(tx *gorm.DB, lines []Line) error
}

var errGroup = fault.Field("group", "Must be user, team, category, ticket, tag, or cf. and the slug of a field that is a choice, several choices or a checkbox.")

func (b By) grouping(tx *gorm.DB) (grouping, error) {
	named := func(ref string) (grouping, error) {
		return grouping{ref: "COALESCE(" + ref + ", 0)", labels: func(tx *gorm.DB, lines []Line) error { return name(tx, b, lines) }}, nil
	}
	switch b {
	case ByTeam:
		return named("w.team_id")
	case ByCategory:
		return named("w.category_id")
	case ByTicket:
		return named("time_entries.ticket_id")
	case ByUser:
		return named("time_entries.user_id")
	case ByTag:
		g, err := named("l.merged_into, l.id")
		g.many, g.args = true, []any{false}
		g.join = " LEFT JOIN ticket_tags AS k ON k.ticket_id = w.id LEFT JOIN tags AS l ON l.id = k.tag_id AND (l.leaving = ? OR l.merged_into IS NOT NULL)"
		return g, err
	}
	set, err := field.Load(tx)
	if err != nil {
		return grouping{}, err
	}
	for i := range set {
		if f := &set[i]; ticket.CustomPrefix+f.Slug == string(b) {
			return ofField(f)
		}
	}
	return grouping{}, errGroup
}

// ofField puts entries together by a field that has few values.
func ofField(f *field.Field) (grouping, error) {
	names := map[int64]string{}
	switch f.Kind {
	case field.Checkbox:
		names[0], names[1] = "no", "yes"
	case field.Choice, field.MultiChoice:
		for _, o := range f.Options {
			names[o.ID] = o.Label
		}
	case field.Text, field.Number, field.Date, field.User, field.URL:
		return grouping{}, errGroup
	}
	return grouping{
		ref: "COALESCE(v.number_value, 0)", args: []any{f.ID}, many: true,
		join: " LEFT JOIN ticket_field_values AS v ON v.ticket_id = w.id AND v.field_id = ?",
		labels: func(_ *gorm.DB, lines []Line) error {
			for i := range lines {
				lines[i].Label = names[lines[i].ID]
			}
			return nil
		},
	}, nil
}

// UsualDays is how many days are added up unless asked otherwise, and MostDays how
// many at most: what is written down grows for ever.
const (
	UsualDays = 90
	MostDays  = 3660
)

// MaxLines is how many lines a report has at most; the longest come first.
const MaxLines = 1000

// Line is a part of a report: how long was worked for somebody or something.
type Line struct {
	ID      int64 // 0 for tickets without any
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
	g, err := group.grouping(tx)
	if err != nil {
		return nil, err
	}
	// A ticket may have a tag twice, as long as two are being merged.
	each := f.query(tx, by).Joins("JOIN tickets AS w ON w.id = time_entries.ticket_id"+g.join, g.args...).
		Select("DISTINCT time_entries.id AS entry, time_entries.ticket_id, time_entries.minutes, " + g.ref + " AS ref")
	var out []Line
	err = tx.Table("(?) AS e", each).
		Select("ref AS id, SUM(minutes) AS minutes, COUNT(*) AS entries, COUNT(DISTINCT ticket_id) AS tickets").
		Group("ref").Order("minutes DESC, ref").Limit(MaxLines).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("add up times by %s: %w", group, err)
	}
	return out, g.labels(tx, out)
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
	case ByTag:
		var tags []tag.Tag
		if err := tx.Select("id", "name").Where("id IN ?", ids).Find(&tags).Error; err != nil {
			return fmt.Errorf("read the names of tags: %w", err)
		}
		for _, t := range tags {
			names[t.ID] = t.Name
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
