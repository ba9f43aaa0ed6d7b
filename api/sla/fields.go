package sla

import (
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/query"
)

// QueryFields are what this package adds to the query language: by when a ticket
// is due, and, for the IT staff, how it stands.
func QueryFields(_ *gorm.DB, by authz.Actor, _ bool) ([]ticket.QueryField, error) {
	due := ticket.QueryField{
		Field: query.Field{
			Name: "due", Kind: query.KindTime, Optional: true, Example: "due:<now",
			Values: []string{"today", "<now", "<+2d", "none", "any"},
		},
		Write: writeDue,
		Walk: func(n query.Node) (ticket.Walk, bool) {
			t, ok := n.(query.Times)
			return ticket.Walk{
				Table: "tickets", Index: "idx_tickets_due", Where: func(add query.Add) { writeDue(add, n) },
			}, ok && !t.Never
		},
	}
	if !canRead(by) {
		return []ticket.QueryField{due}, nil
	}
	state := ticket.QueryField{
		Field: query.Field{
			Name: "sla", Kind: query.KindChoice, Optional: true, Example: "sla:breached", Values: append(append([]string{}, ticket.SLAStates...), "none"),
			Resolve: func(text string) ([]string, error) {
				if _, ok := ticket.ParseSLAState(text); !ok {
					return nil, nil
				}
				return []string{text}, nil
			},
		},
		Write: writeState,
		Walk: func(n query.Node) (ticket.Walk, bool) {
			c, ok := n.(query.Choice)
			return ticket.Walk{
				Table: "tickets", Index: "idx_tickets_sla_state", Where: func(add query.Add) { writeState(add, n) },
				Ordered: len(c.Values) == 1,
			}, ok && !c.None
		},
	}
	return []ticket.QueryField{due, state}, nil
}

func writeDue(add query.Add, n query.Node) {
	t, ok := n.(query.Times)
	switch {
	case !ok:
		add("1 = 0")
		return
	case t.Never:
		add("t.due_at IS NULL")
		return
	}
	add("(t.due_at IS NOT NULL")
	if t.From != nil {
		add(" AND t.due_at >= ?", t.From.UTC())
	}
	if t.To != nil {
		add(" AND t.due_at < ?", t.To.UTC())
	}
	add(")")
}

func writeState(add query.Add, n query.Node) {
	c, ok := n.(query.Choice)
	if !ok {
		add("1 = 0")
		return
	}
	states := make([]int, 0, len(c.Values)+1)
	for _, name := range c.Values {
		if s, ok := ticket.ParseSLAState(name); ok {
			states = append(states, int(s))
		}
	}
	if c.None {
		states = append(states, int(ticket.SLANone))
	}
	add("t.sla_state IN ?", states)
}
