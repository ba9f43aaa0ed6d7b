package app

import (
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/query"
)

// hasFields lets queries ask for tickets with files. Package attachment lies below the
// query language, so it is put together here. The files of internal notes are there
// for the IT staff alone.
func hasFields(_ *gorm.DB, by authz.Actor, _ bool) ([]ticket.QueryField, error) {
	of := func(alias string) string {
		if by.Can(authz.TicketWork) {
			return ""
		}
		return " AND " + alias + ".note_id IS NULL"
	}
	return []ticket.QueryField{{
		Field: query.Field{Name: "has", Kind: query.KindChoice, Values: []string{"attachment"}, Example: "has:attachment"},
		Write: func(add query.Add, _ query.Node) {
			add("EXISTS (SELECT 1 FROM attachments AS f WHERE f.ticket_id = t.id" + of("f") + ")")
		},
		Walk: func(query.Node) (ticket.Walk, bool) {
			return ticket.Walk{
				Table: "attachments", Index: "idx_attachments_ticket",
				Where: func(add query.Add) { add("k.ticket_id IS NOT NULL" + of("k")) },
			}, true
		},
	}}, nil
}
