package export_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestNoColumnIsAFormula fills every text that an export holds with a formula, and looks
// at every column there is, in both formats.
func TestNoColumnIsAFormula(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		const evil = `=HYPERLINK(A1)`
		name := obj{"full_name": evil, "first_name": "=1+1", "last_name": "@SUM(A1)", "department": "+cmd|' /C calc'!A0"}
		emma.Patch("/api/auth/me", name).Want(200)
		sam.Patch("/api/auth/me", name).Want(200)
		category := ada.Post("/api/categories", obj{"name": "-2+3"}).Want(201).Int("id")
		group := ada.Post("/api/teams", obj{"name": "=Network"}).Want(201).Int("id")
		ada.Post("/api/substatuses", obj{"slug": "parts", "label": "=Parts", "state": "in_progress"}).Want(201)
		options := []obj{{"label": "=A1"}, {"label": "+B2"}}
		for _, f := range []obj{
			{"slug": "words", "name": "=Words", "kind": "text"}, {"slug": "one", "name": "+One", "kind": "choice", "options": options},
			{"slug": "many", "name": "-Many", "kind": "multi_choice", "options": options}, {"slug": "who", "name": "@Who", "kind": "user"},
			{"slug": "sum", "name": "Sum", "kind": "number"}, {"slug": "page", "name": "Page", "kind": "url"},
		} {
			f["everywhere"] = true
			ada.Post("/api/fields", f).Want(201)
		}
		id := emma.Post("/api/tickets", obj{"title": evil, "description": "\t=1+1", "category": category}).Want(201).Int("id")
		sam.Patch(fmt.Sprintf("/api/tickets/%d", id), obj{
			"tags": []string{"=SUM(A1)"}, "team_id": group, "substatus": "parts", "assigned_to": sam.ID,
			"fields": obj{"words": "@SUM(1)", "one": "=A1", "many": []string{"+B2", "=A1"}, "who": emma.ID, "sum": -5, "page": "https://example.com/=1"},
		}).Want(200)

		var names []string
		columns, _ := sam.Get("/api/tickets/export_columns").Want(200).Field("columns").([]any)
		for _, c := range columns {
			column, _ := c.(obj)
			names = append(names, fmt.Sprint(column["name"]))
		}
		if len(names) < 30 {
			t.Fatalf("only %d columns", len(names))
		}
		all := "/api/tickets/export?columns=" + strings.Join(names, ",")
		for r, row := range table(t, sam.Get(all).Want(200).Raw) {
			for i, cell := range row {
				if number := names[i] == "cf.sum" && r > 0; cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && !number {
					t.Errorf("row %d, %s: %q", r, names[i], cell)
				}
			}
		}
		book, err := excelize.OpenReader(strings.NewReader(string(sam.Get(all + "&format=xlsx").Want(200).Raw)))
		if err != nil {
			t.Fatal(err)
		}
		for i := range names {
			for row := 1; row <= 2; row++ {
				cell, err := excelize.CoordinatesToCellName(i+1, row)
				if err != nil {
					t.Fatal(err)
				}
				if formula, err := book.GetCellFormula("Tickets", cell); err != nil || formula != "" {
					t.Errorf("%s in %s is the formula %q, %v", names[i], cell, formula, err)
				}
			}
		}
	})
}
