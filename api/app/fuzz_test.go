package app_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// junk are values that have broken other systems.
var junk = []any{
	nil, true, false, 0, -1, 1, 2, 1.5, 1e308, 9223372036854775807, uint64(18446744073709551615), "", " ", "a", "open", "admin",
	"\u0000", "\u202e\u2066", "😀", strings.Repeat("x", 5000), "%", "_", "'\"`;--", "<svg onload=alert(1)>", "../../etc/passwd",
	"{{7*7}}", "\r\nSet-Cookie: a=b", "NaN", "null", []any{}, []any{1, "a", nil}, map[string]any{}, map[string]any{"id": 1},
	map[string]any{"id": "1"}, map[string]any{"$ne": 1}, "me", "none", "-created_at", "2026-01-01T00:00:00Z", "a@example.com",
	"quiet-harbour-lantern-53", "fxd_x", "eyJhbGciOiJub25lIn0.e30.", "\ufeff", "İ", "ß", "\x7f", "0x10", "１", "true",
}

var fields = []string{
	"title", "description", "status", "priority", "assigned_to", "user_id", "content", "ticket_id", "id", "username", "email",
	"password", "role", "is_active", "full_name", "first_name", "last_name", "department", "phone", "token", "name",
	"expires_in_days", "current_password", "new_password", "__proto__", "",
}

var parameters = []string{
	"status", "priority", "search", "assigned_to", "created_by", "sort", "page", "page_size", "cursor", "ticket_id", "role", "is_active", "state", "x", "",
}

// TestNoRequestBreaksTheServer calls every operation with random nonsense as
// every role. Each answer must be what the document says, and never a 5xx.
func TestNoRequestBreaksTheServer(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		clients := []*house.Client{h.Nobody(), h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)}
		for i := range 5 {
			clients[1+i%3].Post("/api/tickets", ticketBody("seed")).Want(201)
			clients[1+i%3].Post(path("/api/tickets/%d/add_comment", i+1), obj{"content": "x"})
		}
		type op struct{ method, path string }
		var ops []op
		for p, item := range openAPI(t).Paths.Map() {
			for m := range item.Operations() {
				// Signing out would only make the rest of the calls 401, and
				// a stream has no end.
				if p != "/api/auth/logout" && !strings.HasSuffix(p, "/stream") {
					ops = append(ops, op{m, p})
				}
			}
		}
		slices.SortFunc(ops, func(a, b op) int { return strings.Compare(a.path+a.method, b.path+b.method) })
		r := rand.New(rand.NewPCG(42, 42))
		pick := func() any { return junk[r.IntN(len(junk))] }
		answers := map[int]int{}
		defer func() { t.Log("answers by status:", answers) }()
		for range 2500 {
			o := ops[r.IntN(len(ops))]
			target := o.path
			for strings.Contains(target, "{id}") {
				n := r.IntN(8)
				if strings.HasPrefix(target, "/api/users") {
					n += 3 // none of the callers
				}
				id := fmt.Sprint(n)
				if r.IntN(4) == 0 {
					if id = url.PathEscape(fmt.Sprint(pick())); id == "" {
						id = "x" // an empty one makes another path
					}
				}
				target = strings.Replace(target, "{id}", id, 1)
			}
			if r.IntN(3) == 0 {
				q := url.Values{}
				for range 1 + r.IntN(3) {
					q.Add(parameters[r.IntN(len(parameters))], fmt.Sprint(pick()))
				}
				target += "?" + q.Encode()
			}
			var body any
			if o.method != http.MethodGet && o.method != http.MethodDelete {
				m := obj{}
				if r.IntN(2) == 0 { // what is mostly right gets further
					m = obj{
						"title": "t", "description": "d", "content": "c", "status": "closed", "user_id": 3, "ticket_id": 1,
						"username": path("u%d", r.IntN(1000)), "email": path("u%d@example.com", r.IntN(1000)), "role": "employee", "name": "n",
					}
				}
				for range r.IntN(4) {
					m[fields[r.IntN(len(fields))]] = pick()
				}
				raw, err := json.Marshal(m)
				if err != nil {
					t.Fatal(err)
				}
				switch r.IntN(6) {
				case 0:
					raw = raw[:r.IntN(len(raw)+1)]
				case 1:
					raw[r.IntN(len(raw))] = byte(r.IntN(256))
				}
				body = raw
			}
			header := map[string]string{}
			if r.IntN(4) == 0 {
				header["Idempotency-Key"] = fmt.Sprint("k", r.IntN(50))
			}
			if r.IntN(6) == 0 {
				header["If-Match"] = []string{`"v1.x"`, "*", `W/"v2.y"`, "junk", `"`, ","}[r.IntN(6)]
			}
			c := clients[r.IntN(len(clients))]
			answers[c.Do(o.method, target, body, header).Status]++
			if t.Failed() {
				t.Fatalf("%s %s as %q with %s", o.method, target, c.Name, body)
			}
		}
	})
}
