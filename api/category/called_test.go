package category_test

import (
	"fmt"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestANameThatSeveralBear has categories of one name in several places of the tree.
func TestANameThatSeveralBear(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		made := func(name string, parent any) int64 {
			return ada.Post("/api/categories", obj{"name": name, "parent_id": parent}).Want(201).Int("id")
		}
		hardware, software := made("Hardware", nil), made("Software", nil)
		places := []int64{hardware, made("Printer", hardware)}
		open := func(id int64) {
			ada.Post("/api/tickets", obj{"title": "It jams", "description": "x", "category": id}).Want(201)
		}
		found := func(q string) int { return len(ada.GetQuery("/api/tickets", "q", q).Want(200).Results()) }
		for _, id := range places {
			open(id)
		}
		if n := found("category:printer"); n != 1 {
			t.Errorf("by its name alone: %d", n)
		}
		// Another one of that name elsewhere takes nothing away, not even one at the top.
		other := made("Printer", software)
		top := made("Printer", nil)
		for _, id := range []int64{other, top, made("Toner", top)} {
			open(id)
		}
		for q, want := range map[string]int{
			"category:printer": 4, "-category:PRINTER": 1, `category:"/Printer"`: 2, `category:"Hardware/Printer"`: 1, `category:"/hardware/printer"`: 1,
			`category:"Printer/Toner"`: 1, "category:toner": 1, "category:hardware": 2, "category:printer,none": 4, `category:"/Printer" category:printer`: 2,
		} {
			if n := found(q); n != want {
				t.Errorf("%s finds %d tickets, want %d", q, n, want)
			}
		}
		for _, q := range []string{`category:"/Toner"`, `category:"/"`, `category:"Toner/Printer"`} {
			ada.GetQuery("/api/tickets", "q", q).WantFields("q")
		}
		// What is offered, and what a report links to, means one of them.
		ada.Get("/api/tickets/query_fields").Want(200).Has(`"/Printer"`).Has(`"Software/Printer"`).Has(`"Hardware"`)
		report := ada.Get("/api/reports/desk?from=2026-03-01&to=2026-03-31").Want(200)
		rows := 0
		for _, breakdown := range report.Field("breakdowns").([]any) {
			if b := breakdown.(obj); b["dimension"] == "category" {
				for _, row := range b["rows"].([]any) {
					r := row.(obj)
					rows++
					if q := r["queries"].(obj)["created"].(string); fmt.Sprint(r["created"]) != fmt.Sprint(found(q)) {
						t.Errorf("%v counts %v, but %s finds %d", r["label"], r["created"], q, found(q))
					}
				}
			}
		}
		if rows != 5 {
			t.Errorf("%d rows: %s", rows, report.Raw)
		}
		// A place in the tree that is named is kept.
		ada.Post("/api/views", obj{"name": "At the top", "q": `category:"/Printer"`, "shared_with": "it_staff"}).Want(201)
		ada.Patch(at("/api/categories/%d", top), obj{"parent_id": made("Rooms", nil)}).WantCode(409, "category.in_use")
		// A name alone goes on meaning the others that bear it, as long as there are any.
		ada.Post("/api/views", obj{"name": "Toner", "q": "category:toner", "shared_with": "it_staff"}).Want(201)
		another := made("Toner", software)
		ada.Patch(at("/api/categories/%d", another), obj{"name": "Ink"}).Want(200)
		ada.Patch(at("/api/categories/%d", another), obj{"name": "Toner"}).Want(200)
	})
}
