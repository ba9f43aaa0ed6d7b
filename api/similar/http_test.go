package similar_test

import (
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func TestOnlyOnesOwnUnfinishedTicketsAreAlike(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, eric, ada := h.Person("emma", authz.Employee), h.Person("eric", authz.Employee), h.Person("ada", authz.Admin)
		open := func(c *house.Client, title string) int64 {
			return c.Post("/api/tickets", obj{"title": title, "description": "It does not work."}).Want(201).Int("id")
		}
		printer := open(emma, "Printer on floor 3 is out of toner")
		open(emma, "Laptop does not start")
		open(eric, "Printer is out of toner, too")
		done := open(emma, "Printer toner again")
		ada.Post("/api/tickets/4/update_status", obj{"status": "resolved"}).Want(200)
		rows := emma.Get("/api/tickets/similar?text=the+PRINTER+needs+toner").Want(200).Results()
		if len(rows) != 1 || rows[0]["id"] != float64(printer) {
			t.Errorf("found %v; %d is done", rows, done)
		}
		if rows := emma.Get("/api/tickets/similar?text=is+on").Want(200).Results(); len(rows) != 0 {
			t.Errorf("small words find %v", rows)
		}
		if rows := ada.Get("/api/tickets/similar?text=printer").Want(200).Results(); len(rows) != 0 {
			t.Errorf("an administrator is shown the tickets of others: %v", rows)
		}
		emma.Get("/api/tickets/similar?txt=x").Want(400)
	})
}
