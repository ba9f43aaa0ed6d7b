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

// TestNoPersonIsAFormula lets people be called by what begins a formula, wherever they
// stand in an export: who reported, who works on it, who wrote time down.
func TestNoPersonIsAFormula(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		for i, begin := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D"} {
			emma := h.Person(fmt.Sprintf("emma%d", i), authz.Employee)
			sam := h.Person(fmt.Sprintf("sam%d", i), authz.ITStaff)
			// What nobody may be called by now may have come with an import, or from a directory.
			evil := map[int64]string{emma.ID: begin + "cmd|e" + fmt.Sprint(i), sam.ID: begin + "cmd|s" + fmt.Sprint(i)}
			for id, name := range evil {
				columns := obj{"username": name, "full_name": name, "first_name": name, "last_name": name, "department": name}
				if err := h.DB.Writer(t.Context()).Table("users").Where("id = ?", id).Updates(columns).Error; err != nil {
					t.Fatal(err)
				}
			}
			id := emma.Post("/api/tickets", obj{"title": "Printer", "description": "It jams."}).Want(201).Int("id")
			one := fmt.Sprintf("/api/tickets/%d", id)
			ada.Post(one+"/assign", obj{"user_id": sam.ID}).Want(200)
			sam.Post(one+"/time_entries", obj{"minutes": 5}).Want(201)
		}
		harmless := func(where string, rows [][]string) {
			t.Helper()
			seen := 0
			for _, row := range rows {
				for _, cell := range row {
					seen += strings.Count(cell, "cmd|")
					if cell != "" && strings.ContainsRune("=+-@\t\r\n\uFF1D", []rune(cell)[0]) {
						t.Errorf("%s: %q", where, cell)
					}
				}
			}
			if seen < 8 {
				t.Errorf("%s names %d people", where, seen)
			}
		}
		const tickets = "/api/tickets/export?columns=requester,requester_name,department,assignee,assignee_name"
		harmless("tickets", table(t, ada.Get(tickets).Want(200).Raw))
		harmless("times", table(t, ada.Get("/api/time_entries/export").Want(200).Raw))
		harmless("time report", table(t, ada.Get("/api/time_entries/report/csv").Want(200).Raw))
		book, err := excelize.OpenReader(strings.NewReader(string(ada.Get(tickets + "&format=xlsx").Want(200).Raw)))
		if err != nil {
			t.Fatal(err)
		}
		for row := 2; row <= 9; row++ {
			for column := 1; column <= 5; column++ {
				cell, err := excelize.CoordinatesToCellName(column, row)
				if err != nil {
					t.Fatal(err)
				}
				if formula, err := book.GetCellFormula("Tickets", cell); err != nil || formula != "" {
					t.Errorf("%s is the formula %q, %v", cell, formula, err)
				}
				if kind, err := book.GetCellType("Tickets", cell); err != nil || (kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString) {
					t.Errorf("%s has the type %v, %v", cell, kind, err)
				}
			}
		}
	})
}
