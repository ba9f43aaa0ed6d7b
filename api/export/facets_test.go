package export_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestExportFacets exports what hangs on tickets, to those who may see it.
func TestExportFacets(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		top := ada.Post("/api/categories", obj{"name": "Hardware"}).Want(201).Int("id")
		printer := ada.Post("/api/categories", obj{"name": "Printer", "parent_id": top}).Want(201).Int("id")
		group := ada.Post("/api/teams", obj{"name": "=Network"}).Want(201).Int("id")
		ada.Post("/api/substatuses", obj{"label": "Waiting for parts", "state": "in_progress"}).Want(201)
		field := func(name, kind string, more obj) {
			body := obj{"name": name, "kind": kind, "everywhere": true}
			for k, v := range more {
				body[k] = v
			}
			ada.Post("/api/fields", body).Want(201)
		}
		field("Cost", "number", nil)
		field("Floor", "choice", obj{"options": []obj{{"label": "Ground"}, {"label": "First"}}, "employee_view": true})
		field("Owner", "user", nil)
		field("Since", "date", nil)
		id := emma.Post("/api/tickets", obj{"title": "Printer", "description": "It jams.", "category": printer}).Want(201).Int("id")
		sam.Patch(fmt.Sprintf("/api/tickets/%d", id), obj{
			"tags": []string{"vpn", "=SUM(A1)"}, "team_id": group, "substatus": "waiting_for_parts",
			"fields": obj{"cost": -12.5, "floor": "First", "owner": emma.ID, "since": "2026-02-01"},
		}).Want(200)

		names := "id,category,substatus,team,tags,confidential,cf.cost,cf.floor,cf.owner,cf.since"
		rows := table(t, sam.Get("/api/tickets/export?columns="+names).Want(200).Raw)
		want := []string{"1", "Hardware/Printer", "waiting_for_parts", "'=Network", "", "false", "-12.5", "First", "emma", "2026-02-01"}
		got := slices.Clone(rows[1])
		tags := got[4]
		got[4] = ""
		if !slices.Equal(got, want) || !strings.Contains(tags, "vpn") || !strings.Contains(tags, "=SUM(A1)") || strings.HasPrefix(tags, "=") {
			t.Errorf("%q with tags %q, want %q", got, tags, want)
		}

		// The usual columns have them too; in Excel a number is one.
		book, err := excelize.OpenReader(strings.NewReader(string(sam.Get("/api/tickets/export?format=xlsx&columns=cf.cost").Want(200).Raw)))
		if err != nil {
			t.Fatal(err)
		}
		if kind, err := book.GetCellType("Tickets", "A2"); err != nil || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
			t.Errorf("the number is a text: %v, %v", kind, err)
		}
		if head := table(t, sam.Get("/api/tickets/export").Want(200).Raw)[0]; !slices.Contains(head, "cf.cost") || !slices.Contains(head, "tags") {
			t.Errorf("usual columns: %v", head)
		}

		// Employees get what they see, and are told of no more.
		emma.Get("/api/tickets/export_columns").Want(200).Has("cf.floor").Lacks("cf.cost").Lacks("tags").Lacks("sla_state")
		emma.Get("/api/tickets/export?columns=cf.cost").Want(400).Lacks("Cost")
		rows = table(t, emma.Get("/api/tickets/export?columns=cf.floor,category").Want(200).Raw)
		if !slices.Equal(rows[1], []string{"First", "Hardware/Printer"}) {
			t.Errorf("the requester's: %q", rows[1])
		}
	})
}
