package timeentry_test

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func open(c *house.Client, title string) (one string, id int64) {
	id = c.Post("/api/tickets", obj{"title": title, "description": "It jams."}).Want(201).Int("id")
	return fmt.Sprintf("/api/tickets/%d", id), id
}

// TestTimes writes work down, changes it, adds it up and exports it.
func TestTimes(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, sol, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff), h.Person("ada", authz.Admin)
		a, idA := open(emma, "=cmd()")
		b, idB := open(emma, "B")
		for _, minutes := range []any{0, -1, 1441, "x", nil, 1.5} {
			sam.Post(a+"/time_entries", obj{"minutes": minutes}).WantFields("minutes")
		}
		sam.Post(a+"/time_entries", obj{"minutes": 5, "date": "2026-02-30"}).WantFields("date")
		emma.Post(a+"/time_entries", obj{"minutes": 5}).Want(403)
		first := sam.Post(a+"/time_entries", obj{"minutes": 25, "note": "+roller"}).Want(201).Is("date", "2026-03-02").Is("user.username", "sam")
		sol.Post(a+"/time_entries", obj{"minutes": 60, "date": "2026-02-27"}).Want(201)
		sam.Post(b+"/time_entries", obj{"minutes": 5}).Want(201)
		sam.Get(a+"/time_entries").Want(200).Is("total_minutes", 85)
		emma.Get(a + "/time_entries").Want(403)

		entry := fmt.Sprintf("/api/time_entries/%d", first.Int("id"))
		sol.Patch(entry, obj{"minutes": 1}).Want(403)
		sam.Do(http.MethodPatch, entry, obj{"minutes": 1}, map[string]string{"If-Match": `"v9.x"`}).Want(412)
		sam.Patch(entry, obj{"minutes": 30}).Want(200).Is("minutes", 30).Is("note", "+roller")
		ada.Patch(entry, obj{"date": "2026-03-01"}).Want(200)
		for q, n := range map[string]int{
			"": 3, "?user_id=me": 2, fmt.Sprintf("?ticket_id=%d", idA): 2, "?from=2026-03-01": 2, "?to=2026-02-28": 1, "?from=2026-02-27&to=2026-02-27": 1,
		} {
			if got := len(sam.Get("/api/time_entries" + q).Want(200).Results()); got != n {
				t.Errorf("%q lists %d entries, want %d", q, got, n)
			}
		}
		sam.Get("/api/time_entries?from=x").WantFields("from")
		sam.Get("/api/time_entries/summary").Want(200).Is("total_minutes", 95).Is("results.0.minutes", 60).Is("results.1.user.username", "sam")
		sam.Get("/api/time_entries/export?user_id=me").Want(200).Has("2026-03-01,sam").Has("'=cmd()").Has("'+roller").Lacks("sol")
		emma.Get("/api/time_entries/export").Want(403)
		// Who does not see a ticket does not see the work on it.
		ada.Post(b+"/assign", obj{"user_id": sam.ID}).Want(200)
		if got := len(sol.Get("/api/time_entries").Results()); got != 2 {
			t.Errorf("sol sees %d entries", got)
		}
		sam.Delete(entry).Want(204)
		sam.Get(entry).Want(404)
		_ = idB
	})
}

// TestTimer measures work: one timer for each person, whatever they press at once.
func TestTimer(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff)
		a, idA := open(emma, "A")
		b, idB := open(emma, "B")
		emma.Get("/api/timer").Want(403)
		sam.Get("/api/timer").Want(200).Is("timer", nil)
		sam.Post("/api/timer/stop", obj{}).WantCode(409, "timer.none")
		sam.Post("/api/timer/start", obj{}).WantFields("ticket_id")
		sam.Post("/api/timer/start", obj{"ticket_id": 99}).Want(404)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { sam.Post("/api/timer/start", obj{"ticket_id": idA}).Want(200) })
		}
		wg.Wait()
		h.Clock.Advance(5*time.Minute + time.Second)
		sam.Post("/api/timer/start", obj{"ticket_id": idA}).Want(200).Is("timer.title", "A")
		sam.Post("/api/timer/start", obj{"ticket_id": idB}).Want(200).Is("timer.ticket_id", idB)
		sam.Get(a+"/time_entries").Want(200).Is("total_minutes", 6)
		for range 8 {
			wg.Go(func() {
				if r := sam.Post("/api/timer/stop", obj{"note": "done"}); r.Status != 201 && r.Status != 409 {
					t.Errorf("stop: %d %s", r.Status, r.Raw)
				}
			})
		}
		wg.Wait()
		sam.Get(b+"/time_entries").Want(200).Is("total_minutes", 1).Is("results.0.note", "done")
		if n := len(sam.Get(b + "/time_entries").Results()); n != 1 {
			t.Errorf("stopping once wrote %d entries", n)
		}
		sam.Post("/api/timer/start", obj{"ticket_id": idB}).Want(200)
		sam.Post("/api/timer/discard", obj{}).Want(204)
		sam.Get("/api/timer").Want(200).Is("timer", nil)
	})
}

// TestTimeReportByValues adds times up by tags and by fields, of which a ticket has many.
func TestTimeReportByValues(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		for _, f := range []obj{
			{"slug": "sites", "name": "Sites", "kind": "multi_choice", "options": []obj{{"label": "=North"}, {"label": "South"}}},
			{"slug": "onsite", "name": "On site", "kind": "checkbox"}, {"slug": "words", "name": "Words", "kind": "text"},
		} {
			f["everywhere"] = true
			ada.Post("/api/fields", f).Want(201)
		}
		a, _ := open(emma, "A")
		b, _ := open(emma, "B")
		c, _ := open(emma, "C")
		sam.Patch(a, obj{"tags": []string{"vpn", "+wlan"}, "fields": obj{"sites": []string{"=North", "South"}, "onsite": true}}).Want(200)
		sam.Patch(b, obj{"tags": []string{"vpn"}, "fields": obj{"sites": []string{"South"}}}).Want(200)
		for one, minutes := range map[string]int{a: 30, b: 10, c: 5} {
			sam.Post(one+"/time_entries", obj{"minutes": minutes, "date": "2026-03-02"}).Want(201)
		}
		const report = "/api/time_entries/report"
		ids := map[string]string{}
		for group, want := range map[string][]string{
			"tag":       {"vpn 40 2 2", "+wlan 30 1 1", " 5 1 1"},
			"cf.sites":  {"South 40 2 2", "=North 30 1 1", " 5 1 1"},
			"cf.onsite": {"yes 30 1 1", "no 15 2 2"},
		} {
			rows := sam.Get(report+"?group="+group).Want(200).Is("group", group).Is("total_minutes", 45).Results()
			if len(rows) != len(want) {
				t.Errorf("by %s: %v", group, rows)
			}
			for i, row := range rows {
				if line := fmt.Sprint(row["label"], " ", row["minutes"], " ", row["entries"], " ", row["tickets"]); i >= len(want) || line != want[i] {
					t.Errorf("by %s, line %d: %q, want %q", group, i, line, want)
				}
				ids[fmt.Sprint(group, row["label"])] = fmt.Sprint(row["id"])
			}
		}
		// A line leads to its tickets.
		of := func(group, label string) string {
			return report + "?group=ticket&of=" + group + "&value_id=" + ids[group+label]
		}
		sam.Get(of("tag", "+wlan")).Want(200).Is("total_minutes", 30).Is("results.0.label", "A")
		sam.Get(of("cf.sites", "South")).Want(200).Is("total_minutes", 40)
		sam.Get(of("cf.onsite", "yes")).Want(200).Is("total_minutes", 30)
		for _, group := range []string{"tag", "cf.sites"} {
			sam.Get(report+"?group=ticket&value_id=none&of="+group).Want(200).Is("total_minutes", 5).Is("results.0.label", "C")
		}
		sam.Get(report + "/csv?group=tag").Want(200).Has("tag_id,tag,minutes,entries,tickets").Has("'+wlan,30,1,1")
		sam.Get(report + "/csv?group=cf.sites").Want(200).Has("sites_id,sites,minutes").Has("'=North,30,1,1")
		for _, wrong := range []string{"group=cf.words", "group=cf.", "group=cf.moon", "of=tag", "value_id=1", "of=user&value_id=1", "of=tag&value_id=x"} {
			sam.Get(report + "?" + wrong).Want(400)
		}
		into, _ := strconv.Atoi(ids["tagvpn"])
		// One of two tags that become one is counted once.
		ada.Post(fmt.Sprintf("/api/tags/%s/merge", ids["tag+wlan"]), obj{"into": into}).Want(200)
		sam.Get(report+"?group=tag").Want(200).Is("total_minutes", 45).Is("results.0.label", "vpn").Is("results.0.minutes", 40).Is("results.1.minutes", 5)
	})
}

// TestTimeReport adds times up by each thing, for those who see them.
func TestTimeReport(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, sol, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff), h.Person("ada", authz.Admin)
		team := ada.Post("/api/teams", obj{"name": "@Field"}).Want(201).Int("id")
		root := ada.Post("/api/categories", obj{"name": "=Hardware"}).Want(201).Int("id")
		below := ada.Post("/api/categories", obj{"name": "Printer", "parent_id": root}).Want(201).Int("id")
		a, idA := open(emma, "=cmd()")
		b, idB := open(emma, "B")
		ada.Patch(a, obj{"team_id": team, "category": below}).Want(200)
		sam.Post(b+"/time_entries", obj{"minutes": 5, "date": "2026-03-01"}).Want(201)
		ada.Post(fmt.Sprintf("/api/teams/%d/members", team), obj{"user_id": sam.ID})
		ada.Post(a+"/time_entries", obj{"minutes": 30, "date": "2026-03-02"}).Want(201)
		ada.Post(b+"/time_entries", obj{"minutes": 10, "date": "2026-03-02"}).Want(201)
		const report = "/api/time_entries/report"
		for group, want := range map[string][]string{
			"user":     {fmt.Sprintf("%d ada 40 2 2", ada.ID), fmt.Sprintf("%d sam 5 1 1", sam.ID)},
			"team":     {fmt.Sprintf("%d @Field 30 1 1", team), "<nil>  15 2 1"},
			"category": {fmt.Sprintf("%d =Hardware/Printer 30 1 1", below), "<nil>  15 2 1"},
			"ticket":   {fmt.Sprintf("%d =cmd() 30 1 1", idA), fmt.Sprintf("%d B 15 2 1", idB)},
		} {
			got := ada.Get(report+"?group="+group).Want(200).Is("group", group).Is("total_minutes", 45).Is("more", false)
			for i, row := range got.Results() {
				if line := fmt.Sprint(row["id"], " ", row["label"], " ", row["minutes"], " ", row["entries"], " ", row["tickets"]); i >= len(want) || line != want[i] {
					t.Errorf("by %s, line %d: %q, want %q", group, i, line, want)
				}
			}
		}
		ada.Get(report+"?from=2026-03-02").Is("total_minutes", 40)
		ada.Get(report+"?to=2026-03-01").Is("total_minutes", 5)
		ada.Get(report+"?group=ticket&user_id="+fmt.Sprint(sam.ID)).Is("total_minutes", 5).Is("results.0.id", idB)
		ada.Get(report+"?group=ticket&team_id=none").Is("total_minutes", 15).Is("results.0.id", idB)
		ada.Get(report+"?group=user&category_id="+fmt.Sprint(below)).Is("total_minutes", 30)
		for _, wrong := range []string{"group=moon", "team_id=x", "category_id=-1", "from=2026-02-30", "moon=1"} {
			ada.Get(report + "?" + wrong).Want(400)
		}
		// Without days, not all that was ever written down is read.
		ada.Post(b+"/time_entries", obj{"minutes": 100, "date": "2025-01-01"}).Want(201)
		ada.Get(report).Is("total_minutes", 45).Is("from", "2025-12-04").Is("to", "2026-03-03")
		ada.Get("/api/time_entries/summary").Is("total_minutes", 45)
		ada.Get(report+"?to=2025-01-31").Is("total_minutes", 100).Is("from", "2024-11-03")
		ada.Get(report+"?from=2024-01-01").Is("total_minutes", 145).Is("to", "2026-03-03")
		ada.Get(report + "?from=2026-03-02&to=2026-03-01").WantFields("from")
		ada.Get(report + "?from=2010-01-01").WantFields("from")
		// What somebody does not see is not added up; employees see nothing.
		emma.Get(report).Want(403)
		emma.Get(report + "/csv").Want(403)
		ada.Post(b+"/assign", obj{"user_id": ada.ID}).Want(200)
		sol.Get(report + "?group=ticket").Want(200).Lacks(`"B"`)
		csv := ada.Get(report + "/csv?group=category").Want(200)
		csv.Has("category_id,category,minutes,entries,tickets").Has("'=Hardware/Printer,30,1,1")
		ada.Get(report + "/csv?group=ticket").Want(200).Has("'=cmd()")
		ada.Get(report + "/csv?group=team").Want(200).Has("'@Field")
	})
}
