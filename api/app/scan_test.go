package app_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// small are the tables that administrators fill by hand, or that have a row per person
// at most: to read all of them is no scan.
var small = []string{
	"calendars", "categories", "category_fields", "fields", "mailboxes", "recurrences", "routing_queues", "routing_skills", "rules",
	"sla_policies", "substatuses", "team_members", "teams", "ticket_templates", "users", "webhooks",
}

// reads records what is read from a database.
type reads struct {
	sync.Mutex
	on   bool
	seen map[string][]any
}

func record(t *testing.T, db *gorm.DB) *reads {
	t.Helper()
	r := &reads{seen: map[string][]any{}}
	note := func(tx *gorm.DB) {
		r.Lock()
		defer r.Unlock()
		text := tx.Statement.SQL.String()
		if r.on && (strings.HasPrefix(text, "SELECT") || strings.HasPrefix(text, "WITH")) {
			r.seen[text] = slices.Clone(tx.Statement.Vars)
		}
	}
	if err := db.Callback().Query().After("gorm:query").Register("test:reads", note); err != nil {
		t.Fatal(err)
	}
	if err := db.Callback().Row().After("gorm:row").Register("test:reads", note); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *reads) record(on bool) {
	r.Lock()
	defer r.Unlock()
	r.on = on
}

var (
	sqliteScan = regexp.MustCompile(`detail=SCAN (\w+)`)
	mysqlRow   = regexp.MustCompile(`table=(\S*) .*type=(\S*) possible_keys=(\S*) key=(\S*) `)
)

// tableOf finds what a plan calls by its alias; "" for a part of the statement itself.
func tableOf(text, alias string) string {
	if alias == "" || alias == "CONSTANT" || strings.HasPrefix(alias, "<") || regexp.MustCompile(`\)\s*(?:AS )?`+alias+`\b`).MatchString(text) {
		return ""
	}
	if m := regexp.MustCompile("(?:FROM|JOIN|,)\\s+[`\"]?(\\w+)[`\"]?(?: AS)? " + alias + `\b`).FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return alias
}

// scans names what a plan reads from beginning to end, by its alias in the statement. A
// walk in the order of an index that ends with the page is none. (On tables with next to
// nothing in them MariaDB prefers to read all; what it could do is in possible_keys.)
func scans(plan string, limited bool) []string {
	var out []string
	for line := range strings.Lines(plan) {
		if m := sqliteScan.FindStringSubmatch(line); m != nil && (!limited || strings.Contains(plan, "TEMP B-TREE FOR ORDER BY")) {
			out = append(out, m[1])
		}
		sorted := strings.Contains(line, "filesort") || strings.Contains(line, "temporary")
		if m := mysqlRow.FindStringSubmatch(line); m != nil && m[3] == "" && (m[2] == "ALL" || m[2] == "index") && (!limited || sorted) {
			out = append(out, m[1])
		}
	}
	return out
}

// TestNothingIsReadFromBeginningToEnd asks every GET of the OpenAPI document as each role and
// reads the plan of every statement that it takes, on both engines.
func TestNothingIsReadFromBeginningToEnd(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		id := emma.Post("/api/tickets", ticketBody("Printer")).Int("id")
		sam.Post(path("/api/tickets/%d/assign", id), obj{"user_id": sam.ID}).Want(200)
		// One of each that has lists of its own, and 1 is its id.
		team := ada.Post("/api/teams", obj{"name": "Network"}).Want(201).Int("id")
		for where, body := range map[string]obj{
			"/api/calendars":                         {"name": "Hours", "zone": "Europe/Berlin", "hours": obj{"monday": []any{obj{"from": "09:00", "to": "17:00"}}}},
			"/api/macros":                            {"name": "Restart", "content": "x", "shared_with": "it_staff"},
			"/api/recurrences":                       {"name": "Backup", "rule": "FREQ=DAILY", "start": "2026-03-02T09:00", "zone": "UTC"},
			"/api/routing/queues":                    {"name": "Q", "team_id": team, "strategy": "round_robin"},
			"/api/rules":                             {"name": "R", "triggers": []string{"created"}, "actions": []any{obj{"type": "add_tag", "tag": "seen"}}},
			"/api/templates":                         {"name": "T", "title": "x", "shared": true},
			"/api/views":                             {"name": "V", "q": "status:open", "shared_with": "it_staff"},
			"/api/webhooks":                          {"url": "https://hooks.example.com/x"},
			path("/api/tickets/%d/notes", id):        {"content": "n"},
			path("/api/tickets/%d/time_entries", id): {"minutes": 5},
			path("/api/tickets/%d/checklist", id):    {"items": []string{"i"}},
		} {
			ada.Post(where, body).Want(201)
		}
		ada.Post("/api/bulk", obj{"action": obj{"type": "add_tag", "tag": "many"}, "ids": []int64{id}}).Want(202)
		h.Drain(t)
		r := record(t, h.DB.Read(context.Background()))
		doc := openAPI(t)
		from := map[string]string{}
		for where, item := range doc.Paths.Map() {
			if item.Get == nil || strings.Contains(where, "stream") {
				continue
			}
			for _, target := range targetsOf(where, item.Get, []int64{id, id, id}) {
				for _, as := range []*house.Client{ada, sam, emma} {
					r.record(true)
					as.Get(target)
					r.record(false)
					for text := range r.seen {
						if from[text] == "" {
							from[text] = target
						}
					}
				}
			}
		}
		for text, args := range r.seen {
			// What is counted to its end has been found to be short.
			counted, isCount := strings.CutPrefix(text, "SELECT COUNT(*)")
			if _, short := r.seen["SELECT 1"+counted+" LIMIT 1 OFFSET ?"]; isCount && short {
				continue
			}
			plan, err := h.DB.Explain(context.Background(), text, args...)
			if err != nil {
				t.Errorf("%s: %s: %v", from[text], text, err)
				continue
			}
			for _, alias := range scans(plan, strings.Contains(text, "LIMIT")) {
				table := tableOf(text, alias)
				if table == "time_entries" && strings.HasPrefix(from[text], "/api/time_entries/") {
					continue // without dates, a time report is one of all times
				}
				if table != "" && !slices.Contains(small, table) {
					t.Errorf("%s reads all of %s: %s\n%s", from[text], table, text, plan)
				}
			}
		}
		if len(r.seen) < 200 {
			t.Errorf("only %d statements were read", len(r.seen))
		}
	})
}
