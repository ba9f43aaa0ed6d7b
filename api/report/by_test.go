package report_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestReportByTagAndField compares every number of a split report with the list that its
// query finds.
func TestReportByTagAndField(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		type obj = map[string]any
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		options := []obj{{"label": "=Attic"}, {"label": "Cellar"}}
		for _, f := range []obj{
			{"slug": "floor", "name": "Floor", "kind": "choice", "options": options}, {"slug": "rooms", "name": "Rooms", "kind": "multi_choice", "options": options},
			{"slug": "leased", "name": "Leased", "kind": "checkbox"}, {"slug": "words", "name": "Words", "kind": "text"},
		} {
			f["everywhere"] = true
			ada.Post("/api/fields", f).Want(201)
		}
		for i := range 12 {
			one := fmt.Sprintf("/api/tickets/%d", emma.Post("/api/tickets", obj{"title": "T", "description": "x"}).Want(201).Int("id"))
			h.Clock.Advance(time.Duration(i) * 5 * time.Second)
			fields := obj{"leased": i%2 == 0}
			if i%3 == 0 {
				fields["floor"], fields["rooms"] = "Cellar", []string{"=Attic", "Cellar"}
			}
			tags := []string{}
			if i%2 == 0 {
				tags = append(tags, "vpn")
			}
			if i%4 == 0 {
				tags = append(tags, "vpn old", "mail")
			}
			sam.Patch(one, obj{"fields": fields, "tags": tags}).Want(200)
			if i%2 == 1 {
				sam.Post(one+"/add_comment", obj{"content": "hm"}).Want(201)
			}
			if i%5 == 0 {
				sam.Post(one+"/update_status", obj{"status": "resolved"}).Want(200)
			}
		}
		// A tag that was merged counts as what it was merged into, once for a ticket that has both.
		tags, _ := ada.Get("/api/tags").Want(200).Field("tags").([]any)
		ids := map[string]any{}
		for _, g := range tags {
			m, _ := g.(obj)
			ids[fmt.Sprint(m["name"])] = m["id"]
		}
		ada.Post(fmt.Sprintf("/api/tags/%v/merge", ids["vpn old"]), obj{"into": ids["vpn"]}).Want(200)

		for _, c := range []*house.Client{emma, sam} {
			c.Get("/api/reports/by?by=tag").WantCode(403, "report.view_denied")
			c.Get("/api/reports/by/csv?by=tag").Want(403)
		}
		for _, wrong := range []string{"", "words", "cf.words", "cf.nosuch", "priority"} {
			ada.GetQuery("/api/reports/by", "by", wrong).Want(400)
		}
		check := func(by string, rows int) {
			t.Helper()
			v := ada.GetQuery("/api/reports/by", "by", by).Want(200)
			list, _ := v.Field("rows").([]any)
			if len(list) != rows {
				t.Errorf("%s has %d rows, want %d: %s", by, len(list), rows, v.Raw)
			}
			for _, r := range list {
				row, _ := r.(obj)
				queries, _ := row["queries"].(obj)
				times, _ := row["first_response"].(obj)
				for name, n := range map[string]any{"created": row["created"], "solved": row["solved"], "responded": times["count"], "backlog": row["backlog"]} {
					found := ada.GetQuery("/api/tickets", "q", fmt.Sprint(queries[name])).Want(200).Int("count")
					if fmt.Sprint(found) != fmt.Sprint(n) {
						t.Errorf("%s %v: %v %s, %v finds %d", by, row["label"], n, name, queries[name], found)
					}
				}
			}
		}
		for range 2 { // also once the merge is done
			check("tag", 3)
			check("cf.floor", 2)
			check("cf.rooms", 3)
			check("cf.leased", 2)
			h.Drain(t)
		}
		raw := strings.TrimPrefix(string(ada.GetQuery("/api/reports/by/csv", "by", "cf.rooms").Want(200).Raw), "\ufeff")
		rows, err := csv.NewReader(strings.NewReader(raw)).ReadAll()
		if err != nil || len(rows) != 4 || !strings.Contains(raw, "'=Attic,4,") {
			t.Errorf("%v: %q", err, raw)
		}
		h.App.Report.SetMaxRead(11)
		ada.GetQuery("/api/reports/by", "by", "tag").WantFields("from")
	})
}
