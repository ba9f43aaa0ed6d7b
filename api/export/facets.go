package export

import (
	"encoding/json"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/sheet"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// available lists the columns that the actor may have, in their usual order: those
// of every desk, then a column for each of the desk's own fields.
func available(tx *gorm.DB, by authz.Actor) ([]Column, error) {
	out := slices.DeleteFunc(slices.Clone(Columns), func(c Column) bool { return c.Allowed != nil && !c.Allowed(by) })
	set, err := field.Load(tx)
	if err != nil {
		return nil, err
	}
	for i := range set {
		if f := &set[i]; field.CanSee(by, f) {
			out = append(out, Column{Name: ticket.CustomPrefix + f.Slug, Title: f.Name, Default: f.ArchivedAt == nil, Load: custom(f)})
		}
	}
	return out, nil
}

func categoryPath(p *page) (func(*ticket.Ticket) any, error) {
	tree, err := category.Load(p.tx)
	return func(t *ticket.Ticket) any {
		if t.CategoryID == nil {
			return nil
		}
		return tree.Path(*t.CategoryID)
	}, err
}

func finerStatus(p *page) (func(*ticket.Ticket) any, error) {
	all, err := substatus.Load(p.tx)
	return func(t *ticket.Ticket) any {
		if t.SubstatusID == nil {
			return nil
		}
		if x := all.Find(*t.SubstatusID); x != nil {
			return x.Slug
		}
		return nil
	}, err
}

func teamName(p *page) (func(*ticket.Ticket) any, error) {
	var ids []int64
	for _, t := range p.tickets {
		if t.TeamID != nil {
			ids = append(ids, *t.TeamID)
		}
	}
	cards, err := team.Cards(p.tx, ids...)
	return func(t *ticket.Ticket) any {
		if t.TeamID == nil {
			return nil
		}
		return cards[*t.TeamID].Name
	}, err
}

func tagNames(p *page) (func(*ticket.Ticket) any, error) {
	tags, err := tag.Of(p.tx, p.ids()...)
	return func(t *ticket.Ticket) any {
		names := make([]string, len(tags[t.ID]))
		for i, g := range tags[t.ID] {
			names[i] = g.Name
		}
		return strings.Join(names, ", ")
	}, err
}

func (p *page) ids() []int64 {
	out := make([]int64, len(p.tickets))
	for i, t := range p.tickets {
		out[i] = t.ID
	}
	return out
}

// fieldValues reads the values of all fields of a page, once for all columns.
func (p *page) fieldValues() (map[int64]map[int64][]field.Value, map[int64]user.Card, error) {
	if p.values != nil {
		return p.values, p.cards, nil
	}
	set, err := field.Load(p.tx)
	if err != nil {
		return nil, nil, err
	}
	values, err := field.Of(p.tx, p.ids()...)
	if err != nil {
		return nil, nil, err
	}
	cards, err := user.Cards(p.tx, set.People(values)...)
	if err != nil {
		return nil, nil, err
	}
	p.values, p.cards = values, cards
	return values, cards, nil
}

// custom is the column of one of the desk's own fields.
func custom(f *field.Field) func(*page) (func(*ticket.Ticket) any, error) {
	return func(p *page) (func(*ticket.Ticket) any, error) {
		values, cards, err := p.fieldValues()
		return func(t *ticket.Ticket) any {
			has := values[t.ID][f.ID]
			if len(has) == 0 {
				return nil
			}
			if n, ok := f.Show(has, cards).(json.Number); ok {
				return sheet.Number(n)
			}
			return f.Word(has, cards)
		}, err
	}
}
