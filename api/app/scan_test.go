package app_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox"
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

// oneOfEach makes one of everything that has an address of its own, and returns its ticket.
func oneOfEach(t *testing.T, h *house.House, emma, sam, ada *house.Client) (ticket int64) {
	t.Helper()
	id := emma.Post("/api/tickets", ticketBody("Printer")).Int("id")
	sam.Post(path("/api/tickets/%d/assign", id), obj{"user_id": sam.ID}).Want(200)
	team := ada.Post("/api/teams", obj{"name": "Network"}).Want(201).Int("id")
	box := ada.Post("/api/mailboxes", obj{"name": "Help", "address": "help@desk.example.com"}).Want(201).Int("id")
	for where, body := range map[string]obj{
		"/api/calendars":                         {"name": "Hours", "zone": "Europe/Berlin", "hours": obj{"monday": []any{obj{"from": "09:00", "to": "17:00"}}}},
		"/api/macros":                            {"name": "Restart", "content": "x", "shared_with": "it_staff"},
		"/api/recurrences":                       {"name": "Backup", "rule": "FREQ=DAILY", "start": "2026-03-02T09:00", "zone": "UTC"},
		"/api/routing/queues":                    {"name": "Q", "team_id": team, "strategy": "round_robin"},
		"/api/rules":                             {"name": "R", "triggers": []string{"created"}, "actions": []any{obj{"type": "add_tag", "tag": "seen"}}},
		"/api/sla/policies":                      {"name": "P", "targets": obj{"first_response": 600, "resolution": 3600}},
		"/api/tags":                              {"name": "vpn"},
		"/api/templates":                         {"name": "T", "title": "x", "shared": true},
		"/api/views":                             {"name": "V", "q": "status:open", "shared_with": "it_staff"},
		path("/api/tickets/%d/notes", id):        {"content": "n"},
		path("/api/tickets/%d/time_entries", id): {"minutes": 5},
		path("/api/tickets/%d/checklist", id):    {"items": []string{"i"}},
		path("/api/tickets/%d/messages", id):     {"kind": "reply", "content": "held"},
		path("/api/tickets/%d/add_comment", id):  {"content": "c"},
	} {
		ada.Post(where, body).Want(201)
	}
	ada.Put("/api/preferences/list.columns", obj{"value": obj{}}).Want(200)
	ada.Put(path("/api/tickets/%d/drafts/reply", id), obj{"content": "d"}).Want(200)
	ada.Post("/api/bulk", obj{"action": obj{"type": "add_tag", "tag": "many"}, "ids": []int64{id}}).Want(202)
	hook := ada.Post("/api/webhooks", obj{"url": "https://hooks.example.com/x"}).Want(201).Int("id")
	ada.Post(path("/api/webhooks/%d/test", hook), nil)
	var picture, form bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 600, 600))); err != nil {
		t.Fatal(err)
	}
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "screen.png")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(picture.Bytes())
	_ = w.Close()
	file := ada.Do(http.MethodPost, "/api/attachments", form.String(), map[string]string{"Content-Type": w.FormDataContentType()}).Want(201).Int("id")
	ada.Post(path("/api/tickets/%d/add_comment", id), obj{"content": "See this.", "attachment_ids": []int64{file}}).Want(201)
	raw := "From: emma@example.com\r\nTo: help@desk.example.com\r\nSubject: Mail\r\nMessage-ID: <m1@example.com>\r\n\r\nIt jams."
	if _, _, err := h.App.Mailbox.Receive(t.Context(), box, []byte(raw), mailbox.Envelope{From: "emma@example.com", To: []string{"help@desk.example.com"}, Via: "smtp"}); err != nil {
		t.Fatal(err)
	}
	if err := h.App.Mailbox.Process(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.Drain(t)
	return id
}

// firstOfEach returns the smallest number in each table: MariaDB goes on counting where the
// tests before this one ended.
func firstOfEach(t *testing.T, h *house.House) (ids []int64) {
	t.Helper()
	tx := h.DB.Read(t.Context())
	tables, err := tx.Migrator().GetTables()
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if !tx.Migrator().HasColumn(table, "id") {
			continue
		}
		var id int64
		if err := tx.Raw("SELECT COALESCE(MIN(id), 1) FROM " + table).Scan(&id).Error; err == nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// TestNothingIsReadFromBeginningToEnd asks every GET of the OpenAPI document as each role and
// reads the plan of every statement that it takes, on both engines.
func TestNothingIsReadFromBeginningToEnd(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		id := oneOfEach(t, h, emma, sam, ada)
		r := record(t, h.DB.Read(context.Background()))
		doc := openAPI(t)
		from, answered := map[string]string{}, map[string]bool{}
		ids := append([]int64{id}, firstOfEach(t, h)...)
		for where, item := range doc.Paths.Map() {
			if item.Get == nil || strings.Contains(where, "stream") {
				continue
			}
			named := strings.NewReplacer("preferences/{name}", "preferences/list.columns", "drafts/{kind}", "drafts/reply").Replace(where)
			for _, target := range targetsOf(named, item.Get, ids) {
				for _, as := range []*house.Client{ada, sam, emma} {
					r.record(true)
					if got := as.Get(target).Status; got >= 200 && got < 400 {
						answered[where] = true
					}
					r.record(false)
					for text := range r.seen {
						if from[text] == "" {
							from[text] = target
						}
					}
				}
			}
		}
		for where, item := range doc.Paths.Map() {
			if item.Get != nil && strings.Contains(where, "{") && !answered[where] {
				t.Errorf("%s never found anything: make one of it, too", where)
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
