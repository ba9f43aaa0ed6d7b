package app_test

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestNobodyReadsWhatIsHidden hides texts in everything that somebody must not see and
// asks every GET of the OpenAPI document for them: an employee of another department, a
// member of the IT staff outside of the ticket, and nobody at all.
func TestNobodyReadsWhatIsHidden(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, emil := h.Person("emma", authz.Employee), h.Person("emil", authz.Employee)
		sam, sol, ada := h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff), h.Person("ada", authz.Admin)
		ada.Patch(path("/api/users/%d", emma.ID), obj{"department": "Finance"}).Want(200)
		ada.Patch(path("/api/users/%d", emil.ID), obj{"department": "Sales"}).Want(200)
		slug := ada.Post("/api/fields", obj{"name": "Inventory", "kind": "text", "everywhere": true}).Want(201).Text("slug")

		// What is about the IT staff alone, on a ticket of the employee's own.
		own := emil.Post("/api/tickets", obj{"title": "Mine", "description": "d"}).Want(201).Int("id")
		// Somebody else's, and one that only those see whom it names.
		colleague := emma.Post("/api/tickets", obj{"title": "zq-colleague", "description": "zq-colleague"}).Want(201).Int("id")
		secret := emma.Post("/api/tickets", obj{"title": "zq-secret-title", "description": "zq-secret-text", "confidential": true}).Want(201).Int("id")
		for _, id := range []int64{own, colleague, secret} {
			ada.Post(path("/api/tickets/%d/assign", id), obj{"user_id": sam.ID}).Want(200)
			mark := "zq-staff"
			if id == secret {
				mark = "zq-secret"
			}
			one := path("/api/tickets/%d", id)
			sam.Post(one+"/notes", obj{"content": mark + "-note"}).Want(201)
			sam.Post(one+"/time_entries", obj{"minutes": 5, "note": mark + "-time"}).Want(201)
			sam.Post(one+"/checklist", obj{"items": []string{mark + "-item"}}).Want(201)
			sam.Patch(one, obj{"fields": obj{slug: mark + "-field"}}).Want(200)
		}
		sam.Patch(path("/api/tickets/%d", own), obj{"tags": []string{"zq-staff-tag"}}).Want(200)
		emma.Post(path("/api/tickets/%d/add_comment", secret), obj{"content": "zq-secret-comment"}).Want(201)
		emma.Post(path("/api/tickets/%d/add_comment", colleague), obj{"content": "zq-colleague"}).Want(201)
		sam.Post("/api/macros", obj{"name": "zq-staff-macro", "content": "x", "shared_with": "it_staff"}).Want(201)
		sam.Post("/api/templates", obj{"name": "zq-staff-template", "title": "x", "shared": true}).Want(201)
		sam.Post(path("/api/tickets/%d/links", secret), obj{"ticket_id": own, "kind": "related"})
		sam.Post("/api/timer/start", obj{"ticket_id": secret}).Want(200)
		h.Drain(t)

		ids := []int64{own, colleague, secret}
		for id := range int64(8) {
			if !slices.Contains(ids, id+1) {
				ids = append(ids, id+1)
			}
		}
		readers := []struct {
			name   string
			as     *house.Client
			hidden []string
		}{
			{"an employee", emil, []string{"zq-staff", "zq-secret", "zq-colleague"}},
			{"IT staff", sol, []string{"zq-secret"}},
			{"nobody", h.Nobody(), []string{"zq-staff", "zq-secret", "zq-colleague"}},
		}
		// The markers are there to be found.
		sam.Get(path("/api/tickets/%d", secret)).Want(200).Has("zq-secret-title").Has("zq-secret-comment").Has("zq-secret-field")
		asked, shown := 0, map[string]bool{}
		doc := openAPI(t)
		for where, item := range doc.Paths.Map() {
			if item.Get == nil || strings.Contains(where, "stream") {
				continue
			}
			for _, target := range targetsOf(where, item.Get, ids) {
				// An administrator meets them, so that they are where one looks.
				if a := ada.Get(target); bytes.Contains(a.Raw, []byte("zq-")) {
					shown[where] = true
				}
				for _, r := range readers {
					a := r.as.Get(target)
					asked++
					if a.Status >= 500 {
						t.Errorf("%s: GET %s: %d", r.name, target, a.Status)
					}
					for _, mark := range r.hidden {
						if at := bytes.Index(a.Raw, []byte(mark)); at >= 0 {
							t.Errorf("%s: GET %s shows %q: …%s…", r.name, target, mark, a.Raw[max(0, at-80):min(len(a.Raw), at+60)])
						}
					}
				}
			}
		}
		if asked < 1000 || len(shown) < 15 {
			t.Errorf("only %d requests, and an administrator found the texts at %d addresses", asked, len(shown))
		}
		t.Logf("%d requests; the texts are shown to an administrator at %d addresses", asked, len(shown))
	})
}

// targetsOf are the addresses of an operation: with each of the ids, and with what it
// can search for.
func targetsOf(where string, op *openapi3.Operation, ids []int64) []string {
	paths := []string{where}
	for strings.Contains(paths[0], "{") {
		var next []string
		for _, p := range paths {
			from, rest, _ := strings.Cut(p, "{")
			_, to, _ := strings.Cut(rest, "}")
			for _, id := range ids {
				next = append(next, from+strconv.FormatInt(id, 10)+to)
			}
			if len(next) > 3*len(ids) {
				break
			}
		}
		paths = next
	}
	variants := []url.Values{{}}
	for _, ref := range op.Parameters {
		p := ref.Value
		if p.In != "query" {
			continue
		}
		var values []string
		switch p.Name {
		case "search", "q", "text", "title", "description":
			values = []string{"zq"}
		case "ticket_id", "id", "ids":
			for _, id := range ids[:min(len(ids), 3)] {
				values = append(values, fmt.Sprint(id))
			}
		case "by":
			values = []string{"tag"}
		case "group", "table", "kind":
			for _, v := range p.Schema.Value.Enum {
				values = append(values, fmt.Sprint(v))
			}
		}
		if p.Required {
			if len(values) == 0 {
				values = []string{fmt.Sprint(p.Example)}
				if p.Schema.Value.Format == "date-time" { // whose examples the document does not carry
					values = []string{map[string]string{"from": "2026-03-02T08:00:00Z", "to": "2026-03-06T17:00:00Z"}[p.Name]}
				}
			}
			for _, v := range variants {
				v.Set(p.Name, values[0])
			}
			values = values[1:]
		}
		for _, value := range values {
			v := url.Values{}
			for name, has := range variants[0] {
				v[name] = has
			}
			v.Set(p.Name, value)
			variants = append(variants, v)
		}
	}
	var out []string
	for _, p := range paths {
		for _, v := range variants {
			if q := v.Encode(); q != "" {
				out = append(out, p+"?"+q)
			} else {
				out = append(out, p)
			}
		}
	}
	return out
}
