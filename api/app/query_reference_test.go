package app_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

var inBackticks = regexp.MustCompile("`([^`]+)`")

// TestQueryReference holds docs/reference/query.md against what the API offers:
// every field and every word that can stand behind one is written down, and
// nothing else is.
func TestQueryReference(t *testing.T) {
	raw, err := os.ReadFile("../../docs/reference/query.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "\n## Fields\n")
	table, times, found := strings.Cut(rest, "\n## Times\n")
	if !found {
		t.Fatal("query.md has no sections Fields and Times")
	}
	written := map[string]string{}
	for line := range strings.Lines(table) {
		cells := strings.SplitN(line, "|", 4)
		if len(cells) < 4 {
			continue
		}
		for _, name := range inBackticks.FindAllStringSubmatch(cells[1], -1) {
			written[name[1]] = cells[2] + cells[3]
		}
	}
	h := house.New(t, testkit.SQLite(t), nil)
	ada := h.Person("ada", authz.Admin)
	ada.Post("/api/fields", obj{"name": "Asset tag", "slug": "asset_tag", "kind": "text", "everywhere": true}).Want(201)
	fields, _ := ada.Get("/api/tickets/query_fields").Want(200).Field("fields").([]any)
	var offered []string
	for _, one := range fields {
		f, _ := one.(obj)
		name, _ := f["name"].(string)
		if strings.HasPrefix(name, "cf.") {
			name = "cf.…"
		}
		offered = append(offered, name)
		says, ok := written[name]
		if !ok {
			t.Errorf("query.md does not name the field %q", name)
			continue
		}
		if f["kind"] == "time" {
			says += times
		}
		if name == "cf.…" || name == "category" || name == "tag" || name == "substatus" {
			continue // their values are the desk's own
		}
		values, _ := f["values"].([]any)
		for _, v := range values {
			if value, _ := v.(string); !strings.ContainsAny(value, "<>") && !strings.Contains(says, "`"+value+"`") {
				t.Errorf("query.md does not name %s:%s", name, value)
			}
		}
	}
	if len(offered) < 15 {
		t.Fatalf("only %d fields are offered", len(offered))
	}
	for name := range written {
		if !slices.Contains(offered, name) {
			t.Errorf("query.md names the field %q, which there is not", name)
		}
	}
}
