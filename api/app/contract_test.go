package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func ticketBody(title string) obj { return obj{"title": title, "description": "It does not work."} }

func path(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// TestTicketThroughTheAPI is the life of a ticket as an integrator sees it.
func TestTicketThroughTheAPI(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, emil := h.Person("emma", authz.Employee), h.Person("emil", authz.Employee)
		sam, sol, ada := h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff), h.Person("ada", authz.Admin)

		made := emma.Post("/api/tickets", obj{
			"title": "Printer", "description": "  jams <b>& more</b>  ", "status": "closed",
			"assigned_to": sam.ID, "created_by": emil.ID, "id": 99, "nonsense": []int{1},
		}).Want(201)
		made.Is("status", "open").Is("priority", "medium").Is("created_by.username", "emma").
			Is("description", "  jams <b>& more</b>  ").Is("assigned_to", nil).Is("can.update", true).Is("can.assign", false)
		id := made.Int("id")
		one := path("/api/tickets/%d", id)

		// Somebody else's ticket does not exist, for every verb.
		for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
			emil.Do(method, one, ticketBody("x"), nil).WantCode(404, "ticket.not_found")
		}
		emil.Post(one+"/add_comment", obj{"content": "x"}).Want(404)
		emil.Post(one+"/update_status", obj{"status": "closed"}).Want(404)
		emil.Post(one+"/assign", obj{"user_id": sam.ID}).Want(404)
		emil.Get(one + "/events").Want(404)
		emil.Get(path("/api/comments?ticket_id=%d", id)).Want(404)
		emil.Post("/api/comments", obj{"ticket_id": id, "content": "x"}).Want(404)

		// The requester may not do the staff's work, and nothing of it happens.
		emma.Patch(one, obj{"title": "New", "priority": "urgent"}).WantCode(403, "ticket.work_denied")
		emma.Post(one+"/update_status", obj{"status": "closed"}).Want(403)
		emma.Post(one+"/assign", obj{"user_id": sam.ID}).Want(403)
		emma.Delete(one).Want(403)
		emma.Get(one).Is("title", "Printer").Is("version", 1)

		sam.Post(one+"/assign", obj{"user_id": emil.ID}).WantFields("user_id")
		sam.Post(one+"/assign", obj{"user_id": 999999}).WantFields("user_id")
		sam.Post(one+"/assign", obj{"user_id": sam.ID}).Want(200).Is("assigned_to.username", "sam").Is("status", "open")
		sol.Get(one).Want(404)
		sam.Post(one+"/update_status", obj{"status": "in_progress"}).Want(200).Is("status", "in_progress")
		sam.Post(one+"/update_status", obj{"status": "in_progress"}).Want(200)
		emma.Put(one, ticketBody("Too late")).Want(403)
		emma.Post(one+"/add_comment", obj{"content": "Still there?"}).Want(201).
			Is("author.username", "emma").Is("is_system_message", false)
		done := sam.Post(one+"/update_status", obj{"status": "resolved"}).Want(200)
		if done.Field("resolved_at") == nil {
			t.Error("resolved_at is not set")
		}
		emma.Post(one+"/add_comment", obj{"content": "Thank you"}).Want(201)
		sam.Patch(one, obj{"assigned_to": nil}).Want(200).Is("assigned_to", nil)

		var said []string
		full := emma.Get(one).Want(200)
		comments, _ := full.Field("comments").([]any)
		for _, c := range comments {
			m, _ := c.(obj)
			said = append(said, fmt.Sprint(m["content"]))
		}
		want := []string{
			"Ticket assigned to sam", "Status changed from Open to In Progress", "Still there?",
			"Status changed from In Progress to Resolved", "Thank you", "Ticket unassigned",
		}
		if !slices.Equal(said, want) {
			t.Errorf("conversation\n got %q\nwant %q", said, want)
		}
		ada.Get(one+"/events?page_size=100").Want(200).Is("count", 7)

		ada.Delete(one).Want(204)
		ada.Get(one).Want(404)
		ada.Delete(one).Want(404)
	})
}

// TestFetchedObjectsCanBePutBack sends every field back as it came.
func TestFetchedObjectsCanBePutBack(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		id := emma.Post("/api/tickets", ticketBody("Printer")).Int("id")
		one := path("/api/tickets/%d", id)
		ada.Post(one+"/assign", obj{"user_id": sam.ID}).Want(200)
		for _, c := range []*house.Client{emma, sam, ada} {
			fetched := c.Get(one).Want(200)
			body := fetched.JSON
			body["title"] = "Changed by " + c.Name
			createdAt := fetched.Text("created_at")
			body["id"], body["created_at"] = 12345, "1999-01-01T00:00:00Z"
			put := c.Put(one, body).Want(200).Is("title", "Changed by "+c.Name).Is("assigned_to.username", "sam").Is("id", id)
			if put.Text("created_at") != createdAt {
				t.Errorf("created_at took effect: %s", put.Raw)
			}
		}
		comment := emma.Post(one+"/add_comment", obj{"content": "a"}).Want(201)
		body := comment.JSON
		body["content"], body["is_system_message"], body["author"] = "b", true, obj{"id": sam.ID}
		emma.Put(path("/api/comments/%d", comment.Int("id")), body).Want(200).
			Is("content", "b").Is("is_system_message", false).Is("author.username", "emma")
		me := ada.Get(path("/api/users/%d", emma.ID)).Want(200)
		me.JSON["department"] = "Finance"
		ada.Put(path("/api/users/%d", emma.ID), me.JSON).Want(200).Is("department", "Finance").Is("username", "emma")
	})
}

// TestHostileBodies sends what no client should send: a clear 4xx each time, and
// nothing is written.
func TestHostileBodies(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		sam := h.Person("sam", authz.ITStaff)
		id := sam.Post("/api/tickets", ticketBody("Printer")).Int("id")
		one := path("/api/tickets/%d", id)
		good := `{"title":"t","description":"d"}`
		for name, body := range map[string]string{
			"empty": "", "space": " \n", "text": "hello", "array": "[" + good + "]", "scalar": "1", "string": `"x"`,
			"null": "null", "true": "true", "trailing": good + "x", "two": good + good, "cut": good[:12],
			"not utf-8": "{\"title\":\"\xff\",\"description\":\"d\"}", "lone surrogate": `{"title":"\ud800","description":"d"}`,
			"nul": `{"title":"a\u0000b","description":"d"}`, "name twice": `{"title":"a","title":"b","description":"d"}`,
			"deep": strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000), "byte order mark": "\ufeff" + good,
			"comment": `{"title":"a",/*x*/"description":"d"}`, "NaN": `{"title":NaN,"description":"d"}`,
		} {
			for _, call := range [][2]string{{"POST", "/api/tickets"}, {"PUT", one}, {"PATCH", one}, {"POST", one + "/update_status"}} {
				a := sam.Do(call[0], call[1], body, nil)
				if a.Status != 400 {
					t.Errorf("%s: %s %s: %d %s", name, call[0], call[1], a.Status, a.Raw)
				}
			}
		}
		sam.Post("/api/tickets", obj{}).WantFields("title", "description")
		sam.Post("/api/tickets", obj{"title": 5, "description": []int{}, "priority": "asap", "status": nil, "assigned_to": "sam"}).
			WantFields("title", "description", "priority", "status", "assigned_to")
		sam.Post("/api/tickets", obj{"title": " \t\u00a0", "description": "\u3000\n"}).WantFields("title", "description")
		sam.Post("/api/tickets", obj{"title": strings.Repeat("😀", 201), "description": "d"}).WantFields("title")
		sam.Post("/api/tickets", obj{"title": strings.Repeat("😀", 200), "description": "d"}).Want(201).Is("title", strings.Repeat("😀", 200))
		sam.Put(one, obj{"title": "only"}).WantFields("description")
		sam.Patch(one, obj{"title": nil}).WantFields("title")
		for _, bad := range []any{"1", 1.5, true, []int{1}, obj{}, obj{"id": "x"}, 1e30, "me"} {
			sam.Patch(one, obj{"assigned_to": bad}).WantFields("assigned_to")
			sam.Post(one+"/assign", obj{"user_id": bad}).WantFields("user_id")
		}
		for _, bad := range []any{nil, 1, "Open", "", "OPEN", obj{}} {
			sam.Post(one+"/update_status", obj{"status": bad}).WantFields("status")
		}
		sam.Post("/api/tickets", `{"title":"`+strings.Repeat("a", 2<<20)+`"}`).Want(413)
		for _, kind := range []string{"text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=latin1", "json", ";"} {
			sam.Do("POST", "/api/tickets", good, map[string]string{"Content-Type": kind}).Want(415)
		}
		sam.Do("POST", "/api/tickets", good, map[string]string{"Content-Type": ""}).Want(415)
		sam.Do("POST", "/api/tickets", good, map[string]string{"Content-Type": "Application/JSON; charset=UTF-8"}).Want(201)
		for _, bad := range []string{"0", "-1", "abc", "1.0", "01", "9223372036854775808", "99999999999999999999", "%00", "1%20", "null", "%ff", "1;x"} {
			sam.Get("/api/tickets/" + bad).Want(404)
			sam.Patch("/api/tickets/"+bad, obj{"title": "x"}).Want(404)
			sam.Get("/api/comments/" + bad).Want(404)
		}
		sam.Get(one).Is("version", 1).Is("title", "Printer")
		// Odd texts are kept as they are.
		for _, text := range []string{"\u202eevil", "<script>alert(1)</script>", "a\r\n\tb", "\x01\x1f\x7f", "𝒳 日本 \u0301", "'; DROP TABLE tickets; --", strings.Repeat("x", 100_000)} {
			a := sam.Post("/api/tickets", obj{"title": "odd", "description": text}).Want(201)
			sam.Get(path("/api/tickets/%d", a.Int("id"))).Is("description", text)
		}
	})
}

func TestQueries(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		sam := h.Person("sam", authz.ITStaff)
		for i := range 23 {
			sam.Post("/api/tickets", obj{"title": path("Ticket %d", i), "description": "100% done_", "priority": []string{"low", "high"}[i%2]}).Want(201)
		}
		for query, field := range map[string]string{
			"?stauts=open": "stauts", "?status=done": "status", "?priority=1": "priority", "?page=0": "page", "?page=-1": "page",
			"?page=x": "page", "?page_size=0": "page_size", "?page_size=101": "page_size", "?cursor=x": "cursor", "?assigned_to=sam": "assigned_to",
			"?created_by=-3": "created_by", "?sort=title": "sort", "?search=%00": "search", "?search=%ff": "search",
			"?cursor=eyJzIjoiLWNyZWF0ZWRfYXQiLCJpIjo1fQ&page=2": "cursor", "?status=open,x": "status", "?page=1.5": "page",
		} {
			sam.Get("/api/tickets" + query).WantFields(field)
		}
		one := path("/api/tickets/%v", sam.Get("/api/tickets").Results()[0]["id"])
		for _, p := range []string{one + "?x=1", "/api/auth/me?x=1", "/api/config?x=1", "/api/dashboard?x=1", one + "/events?x=1", "/api/comments?x=1"} {
			sam.Get(p).WantFields("x")
		}
		sam.Post("/api/tickets?x=1", ticketBody("a")).WantFields("x")
		sam.Patch(one+"?dry_run=1", ticketBody("a")).WantFields("dry_run")
		sam.Get("/api/tickets?status=&priority=&search=&assigned_to=&page=&cursor=").Want(200).Is("count", 23)
		sam.Get("/api/tickets?page=3").Want(200).Is("next", nil)
		for _, beyond := range []string{"4", "1000000", "922337203685477581", "9223372036854775807"} {
			sam.Get("/api/tickets?page=" + beyond).Want(404)
			sam.Get("/api/comments?page=" + beyond).Want(404)
		}
		sam.Get("/api/tickets?search=%25%20DONE_").Want(200).Is("count", 23)
		sam.Get("/api/tickets?search=100_").Want(200).Is("count", 0)
		sam.Get("/api/tickets?priority=high").Want(200).Is("count", 11)
		sam.Get("/api/tickets?assigned_to=none&created_by=me&status=open,closed").Want(200).Is("count", 23)
		if rows := sam.Get("/api/tickets").Results(); rows[0]["title"] != "Ticket 22" || len(rows) != 10 || rows[0]["comments"] != nil {
			t.Errorf("the first page is %v", rows[0])
		}
		seen := map[string]int{}
		next := "/api/tickets/?priority=low,high&page_size=4&search=ticket"
		pages := 0
		for next != "" {
			a := sam.Get(next).Want(200)
			pages++
			for _, r := range a.Results() {
				seen[fmt.Sprint(r["id"])]++
			}
			next, _ = a.Field("next").(string)
			if next != "" && (!strings.HasPrefix(next, h.URL+"/api/tickets") || !strings.Contains(next, "priority=low") || !strings.Contains(next, "search=ticket")) {
				t.Fatalf("next is %q", next)
			}
		}
		if len(seen) != 23 || pages != 6 {
			t.Errorf("saw %d tickets on %d pages", len(seen), pages)
		}
		back, _ := sam.Get("/api/tickets?page=2").Field("previous").(string)
		if rows := sam.Get(back).Want(200).Results(); rows[0]["title"] != "Ticket 22" || len(rows) != 10 {
			t.Errorf("previous leads to %v", rows)
		}
	})
}

func TestConventions(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		sam, nobody := h.Person("sam", authz.ITStaff), h.Nobody()
		// Slashes at the end.
		id := sam.Post("/api/tickets/", ticketBody("Printer")).Want(201).Int("id")
		one := path("/api/tickets/%d", id)
		sam.Get(one + "/").Want(200)
		sam.Post(one+"/add_comment/", obj{"content": "x"}).Want(201)
		sam.Get("/api/dashboard/").Want(200)
		// 401 comes first.
		nobody.Post("/api/tickets", "{broken").WantCode(401, "auth.required")
		nobody.Get("/api/tickets?nonsense=1").Want(401)
		nobody.Do("PUT", "/api/tickets/abc", "x", map[string]string{"Content-Type": "text/plain"}).Want(401)
		// Unknown addresses and methods.
		sam.Get("/api/nothing").WantCode(404, "route.not_found")
		if a := sam.Delete("/api/tickets").Want(405); !strings.Contains(a.Header.Get("Allow"), "POST") {
			t.Errorf("Allow is %q", a.Header.Get("Allow"))
		}
		// Conditional requests.
		first := sam.Get(one).Want(200)
		tag := first.Header.Get("ETag")
		sam.Do("GET", one, nil, map[string]string{"If-None-Match": tag}).Want(304)
		sam.Do("PATCH", one, obj{"title": "second"}, map[string]string{"If-Match": tag}).Want(200)
		sam.Do("GET", one, nil, map[string]string{"If-None-Match": tag}).Want(200)
		for _, stale := range []string{tag, `"nonsense"`, "7", `"v99.x"`} {
			sam.Do("PATCH", one, obj{"title": "third"}, map[string]string{"If-Match": stale}).WantCode(412, "request.stale")
			sam.Do("POST", one+"/update_status", obj{"status": "closed"}, map[string]string{"If-Match": stale}).Want(412)
		}
		sam.Do("PATCH", one, obj{"title": "fourth"}, map[string]string{"If-Match": "*"}).Want(200)
		// A comment changes what GET answers, but does not make an edit stale.
		tag = sam.Get(one).Header.Get("ETag")
		sam.Post(one+"/add_comment", obj{"content": "y"}).Want(201)
		sam.Do("GET", one, nil, map[string]string{"If-None-Match": tag}).Want(200)
		sam.Do("PATCH", one, obj{"title": "fifth"}, map[string]string{"If-Match": tag}).Want(200)
		// Headers.
		for _, name := range []string{"X-Request-ID", "Content-Security-Policy", "X-Content-Type-Options"} {
			if first.Header.Get(name) == "" {
				t.Errorf("no %s", name)
			}
		}
		if a := sam.Do("GET", one, nil, map[string]string{"X-Request-ID": "abc-1"}); a.Header.Get("X-Request-ID") != "abc-1" {
			t.Errorf("the request id became %q", a.Header.Get("X-Request-ID"))
		}
	})
}

func TestIdempotency(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, emil := h.Person("emma", authz.Employee), h.Person("emil", authz.Employee)
		key := func(k string) map[string]string { return map[string]string{"Idempotency-Key": k} }
		first := emma.Do("POST", "/api/tickets", ticketBody("a"), key("k1")).Want(201)
		again := emma.Do("POST", "/api/tickets", ticketBody("a"), key("k1")).Want(201)
		if string(first.Raw) != string(again.Raw) || first.Header.Get("ETag") != again.Header.Get("ETag") {
			t.Errorf("the repetition answers\n%s\nnot\n%s", again.Raw, first.Raw)
		}
		emma.Do("POST", "/api/tickets", ticketBody("b"), key("k1")).WantCode(422, "idempotency_key.reused")
		emma.Do("POST", path("/api/tickets/%d/add_comment", first.Int("id")), obj{"content": "c"}, key("k1")).Want(422)
		emil.Do("POST", "/api/tickets", ticketBody("b"), key("k1")).Want(201)
		emma.Get("/api/tickets").Is("count", 1)
		// A refused request leaves the key free.
		emma.Do("POST", "/api/tickets", obj{"title": ""}, key("k2")).Want(400)
		emma.Do("POST", "/api/tickets", ticketBody("c"), key("k2")).Want(201)
		// What a proxy adds is not part of the request.
		emma.Do("POST", "/api/tickets", ticketBody("a"), map[string]string{"Idempotency-Key": "k1", "Cookie": "proxy=2"}).Want(201)
		// Many at once do it once.
		var wg sync.WaitGroup
		ids := make([]string, 8)
		for i := range ids {
			wg.Go(func() {
				a := emma.Do("POST", "/api/tickets", ticketBody("race"), key("k3"))
				if a.Status != http.StatusCreated && a.Status != http.StatusConflict {
					t.Errorf("at once: %d %s", a.Status, a.Raw)
				}
				if a.Status == http.StatusCreated {
					ids[i] = fmt.Sprint(a.Int("id"))
				}
			})
		}
		wg.Wait()
		emma.Get("/api/tickets?search=race").Is("count", 1)
		emma.Do("POST", "/api/tickets", ticketBody("x"), key(strings.Repeat("k", 256))).Want(400)
	})
}

func TestDashboardAPI(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		for _, p := range []string{"low", "urgent", "urgent"} {
			emma.Post("/api/tickets", obj{"title": "t", "description": "d", "priority": p}).Want(201)
		}
		id := sam.Post("/api/tickets", ticketBody("mine")).Int("id")
		ada.Post(path("/api/tickets/%d/assign", id), obj{"user_id": sam.ID}).Want(200)
		sam.Get("/api/dashboard").Want(200).Is("total", 4).Is("unassigned", 3).Is("mine_total", 1).
			Is("per_priority.urgent", 2).Is("per_status.open", 4).Is("per_day", "[]")
		emma.Get("/api/dashboard").Want(200).Is("total", 3).Is("mine_total", 3).Is("unassigned", 0)
		days, _ := ada.Get("/api/dashboard").Want(200).Field("per_day").([]any)
		if len(days) != 30 {
			t.Fatalf("%d days", len(days))
		}
		if today, _ := days[29].(obj); today["created"] != 4.0 || today["date"] != h.Clock.Now().Format("2006-01-02") {
			t.Errorf("today is %v", today)
		}
		ada.Get("/api/dashboard?x=1").WantFields("x")
	})
}
