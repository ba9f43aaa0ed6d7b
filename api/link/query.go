package link

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/query"
)

// queryFields are what this package adds to the query language, for the IT staff.
func (s *Service) queryFields(_ *gorm.DB, by authz.Actor, _ bool) ([]ticket.QueryField, error) {
	if !by.Can(authz.TicketWork) {
		return nil, nil
	}
	seen := s.seen(by)
	return []ticket.QueryField{mergedField(), parentField(seen), linkField(seen)}, nil
}

// sight adds that the actor sees the ticket at the other end of a link, which has
// the alias: what a link finds would else tell of tickets that they do not see.
type sight func(add query.Add, alias string)

func (s *Service) seen(by authz.Actor) sight {
	visible, args := ticket.Visible(by)
	if by.Can(authz.TicketViewAll) && by.Can(authz.TicketConfidential) {
		return func(query.Add, string) {}
	}
	return func(add query.Add, alias string) {
		// Its t hides the one of the list.
		add(" AND EXISTS (SELECT 1 FROM "+s.db.UseIndex("tickets", "t", db.PrimaryKey)+" WHERE t.id = "+alias+".other_id AND "+visible+")", args...)
	}
}

func mergedField() ticket.QueryField {
	return ticket.QueryField{
		Field: query.Field{Name: "is:merged", Kind: query.KindFlag},
		Write: func(add query.Add, _ query.Node) { add("t.merged_into_id IS NOT NULL") },
		Walk: func(query.Node) (ticket.Walk, bool) {
			return ticket.Walk{
				Table: "ticket_merges", Index: db.PrimaryKey, Ordered: true,
				Where: func(add query.Add) { add("k.ticket_id > ?", 0) },
			}, true
		},
	}
}

func parentField(seen sight) ticket.QueryField {
	where := func(add query.Add, alias string, n query.Node) {
		r, ok := n.(query.Range)
		if !ok {
			add("1 = 0")
			return
		}
		add(alias+".kind = ?", ChildOf)
		if r.From != nil {
			add(" AND "+alias+".other_id >= ?", *r.From)
		}
		if r.To != nil {
			add(" AND "+alias+".other_id <= ?", *r.To)
		}
		seen(add, alias)
	}
	return ticket.QueryField{
		Field: query.Field{Name: "parent", Kind: query.KindNumber, Optional: true, Values: []string{"none", "any"}, Example: "parent:42"},
		Write: func(add query.Add, n query.Node) {
			add("EXISTS (SELECT 1 FROM ticket_links AS lp WHERE lp.ticket_id = t.id AND ")
			where(add, "lp", n)
			add(")")
		},
		Walk: func(n query.Node) (ticket.Walk, bool) {
			r, ok := n.(query.Range)
			one := ok && r.From != nil && r.To != nil && *r.From == *r.To
			return ticket.Walk{
				Table: "ticket_links", Index: "idx_ticket_links_other", Ordered: one,
				Where: func(add query.Add) {
					if one {
						add("k.kind = ? AND k.other_id = ?", ChildOf, *r.From)
						seen(add, "k")
						return
					}
					where(add, "k", n)
				},
			}, ok
		},
	}
}

func linkField(seen sight) ticket.QueryField {
	linked := func(add query.Add, before string, kinds any) {
		add(before+"EXISTS (SELECT 1 FROM ticket_links AS ln WHERE ln.ticket_id = t.id AND ln.kind IN ?", kinds)
		seen(add, "ln")
		add(")")
	}
	values := []string{"none", "any"}
	for _, k := range Kinds {
		values = append(values, string(k))
	}
	return ticket.QueryField{
		Field: query.Field{
			Name: "link", Kind: query.KindChoice, Optional: true, Values: values, Example: "link:duplicate_of",
			Resolve: func(text string) ([]string, error) {
				if _, ok := inverses[Kind(text)]; !ok {
					return nil, nil
				}
				return []string{text}, nil
			},
		},
		Write: func(add query.Add, n query.Node) {
			c, ok := n.(query.Choice)
			if !ok {
				add("1 = 0")
				return
			}
			add("(1 = 0")
			if len(c.Values) > 0 {
				linked(add, " OR ", c.Values)
			}
			if c.None {
				linked(add, " OR NOT ", Kinds)
			}
			add(")")
		},
		Walk: func(n query.Node) (ticket.Walk, bool) {
			c, ok := n.(query.Choice)
			return ticket.Walk{
				Table: "ticket_links", Index: "idx_ticket_links_other",
				Where: func(add query.Add) {
					add("k.kind IN ?", c.Values)
					seen(add, "k")
				},
			}, ok && !c.None && len(c.Values) > 0
		},
	}
}

// extras tells of tickets what they were merged into, their parent and how far
// those below them are; of what the actor does not see it tells nothing.
func extras(tx *gorm.DB, by authz.Actor, tickets []ticket.Ticket, out map[int64]*ticket.Extra) error {
	var merged, ids []int64
	for _, t := range tickets {
		ids = append(ids, t.ID)
		if t.MergedIntoID != nil {
			merged = append(merged, *t.MergedIntoID)
		}
	}
	if len(merged) > 0 {
		sights, err := ticket.Sights(tx, merged)
		if err != nil {
			return err
		}
		for _, t := range tickets {
			if t.MergedIntoID != nil && sights[*t.MergedIntoID] != nil && ticket.CanRead(by, sights[*t.MergedIntoID]) {
				out[t.ID].MergedInto = t.MergedIntoID
			}
		}
	}
	if !by.Can(authz.TicketWork) {
		return nil
	}
	visible, args := ticket.Visible(by)
	var rows []struct {
		TicketID int64
		Kind     Kind
		OtherID  int64
		Total    int
		Done     int
	}
	err := tx.Raw("SELECT l.ticket_id, l.kind, MIN(l.other_id) AS other_id, COUNT(*) AS total, SUM(CASE WHEN t.status IN ? THEN 1 ELSE 0 END) AS done"+
		" FROM ticket_links AS l CROSS JOIN tickets AS t ON t.id = l.other_id WHERE l.ticket_id IN ? AND l.kind IN ? AND "+visible+
		" GROUP BY l.ticket_id, l.kind", append([]any{[]ticket.Status{ticket.Resolved, ticket.Closed}, ids, []Kind{ChildOf, ParentOf}}, args...)...).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("count the children of tickets: %w", err)
	}
	for _, r := range rows {
		if r.Kind == ChildOf {
			out[r.TicketID].Parent = &r.OtherID
			continue
		}
		out[r.TicketID].Children = &ticket.Progress{Done: r.Done, Total: r.Total}
	}
	return nil
}
