package snooze

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/query"
)

// QueryFields are is:snoozed and is:woken, for the IT staff.
func QueryFields(_ *gorm.DB, by authz.Actor, _ bool) ([]ticket.QueryField, error) {
	if !by.Can(authz.TicketWork) {
		return nil, nil
	}
	return []ticket.QueryField{flag("is:snoozed", "IS NULL"), flag("is:woken", "IS NOT NULL")}, nil
}

func flag(name, woken string) ticket.QueryField {
	return ticket.QueryField{
		Field: query.Field{Name: name, Kind: query.KindFlag},
		Write: func(add query.Add, _ query.Node) {
			add("EXISTS (SELECT 1 FROM ticket_snoozes AS sz WHERE sz.ticket_id = t.id AND sz.woken_at " + woken + ")")
		},
		Walk: func(query.Node) (ticket.Walk, bool) {
			return ticket.Walk{
				Table: "ticket_snoozes", Index: "idx_ticket_snoozes_woken", Ordered: woken == "IS NULL",
				Where: func(add query.Add) { add("k.woken_at " + woken) },
			}, true
		},
	}
}

// extras tells the IT staff of tickets until when they rest, and which came back.
func extras(tx *gorm.DB, by authz.Actor, tickets []ticket.Ticket, out map[int64]*ticket.Extra) error {
	if !by.Can(authz.TicketWork) {
		return nil
	}
	ids := make([]int64, len(tickets))
	for i, t := range tickets {
		ids[i] = t.ID
	}
	var rows []Snooze
	if err := tx.Where("ticket_id IN ?", ids).Find(&rows).Error; err != nil {
		return fmt.Errorf("read which tickets rest: %w", err)
	}
	for _, r := range rows {
		if r.WokenAt != nil {
			at := r.WokenAt.UTC()
			out[r.TicketID].WokenAt = &at
			continue
		}
		sn := &ticket.Snooze{OnReply: r.OnReply}
		if r.Until != nil {
			at := r.Until.UTC()
			sn.Until = &at
		}
		out[r.TicketID].Snooze = sn
	}
	return nil
}
