package app_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/docs"
)

func openAPI(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(docs.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

var ginParam = regexp.MustCompile(`:(\w+)`)

// TestRoutesAreDocumented demands that the engine's routes and the document's
// paths are the same.
func TestRoutesAreDocumented(t *testing.T) {
	h := house.New(t, testkit.SQLite(t), nil)
	var routes, documented []string
	for _, r := range h.App.Server.Routes() {
		if strings.HasPrefix(r.Path, "/api/") {
			routes = append(routes, r.Method+" "+ginParam.ReplaceAllString(r.Path, "{$1}"))
		}
	}
	for path, item := range openAPI(t).Paths.Map() {
		for method := range item.Operations() {
			documented = append(documented, method+" "+path)
		}
	}
	slices.Sort(routes)
	slices.Sort(documented)
	if !slices.Equal(routes, documented) {
		for _, r := range routes {
			if !slices.Contains(documented, r) {
				t.Errorf("%s is not documented", r)
			}
		}
		for _, d := range documented {
			if !slices.Contains(routes, d) {
				t.Errorf("%s is documented but does not exist", d)
			}
		}
	}
}

// TestOperationsAreComplete demands of each operation what readers and
// generators of clients need.
func TestOperationsAreComplete(t *testing.T) {
	roles := []string{"anonymous", "employee", "it_staff", "admin"}
	rules := []string{"any", "visible", "own", "author", "limited"}
	ids := map[string]string{}
	for path, item := range openAPI(t).Paths.Map() {
		for method, op := range item.Operations() {
			name := method + " " + path
			if op.Summary == "" || op.OperationID == "" || len(op.Tags) == 0 {
				t.Errorf("%s lacks a summary, an operation id or a tag", name)
			}
			if other, taken := ids[op.OperationID]; taken {
				t.Errorf("%s and %s share the operation id %s", name, other, op.OperationID)
			}
			ids[op.OperationID] = name
			raw, err := json.Marshal(op.Extensions["x-authz"])
			var authz map[string]string
			if err != nil || json.Unmarshal(raw, &authz) != nil || len(authz) == 0 {
				t.Errorf("%s lacks x-authz", name)
			}
			for role, rule := range authz {
				if !slices.Contains(roles, role) || !slices.Contains(rules, rule) {
					t.Errorf("%s: x-authz knows no %s: %s", name, role, rule)
				}
			}
			_, public := authz["anonymous"]
			if secured := op.Security != nil && len(*op.Security) > 0; secured == public {
				t.Errorf("%s: x-authz and security disagree on whether it is public", name)
			}
			for status, res := range op.Responses.Map() {
				empty := status == "204" || status == "304"
				if (len(res.Value.Content) == 0) != empty {
					t.Errorf("%s: the answer %s has no schema, or one too many", name, status)
				}
				for _, media := range res.Value.Content {
					if media.Schema == nil {
						t.Errorf("%s: the answer %s has no schema", name, status)
					}
				}
			}
		}
	}
}

// TestBareCallsAreRefused calls every route that is not public without a token.
func TestBareCallsAreRefused(t *testing.T) {
	h := house.New(t, testkit.SQLite(t), nil)
	for path, item := range openAPI(t).Paths.Map() {
		for method, op := range item.Operations() {
			raw, err := json.Marshal(op.Extensions["x-authz"])
			if err != nil {
				t.Fatal(err)
			}
			var authz map[string]string
			if err := json.Unmarshal(raw, &authz); err != nil {
				t.Fatal(err)
			}
			if slices.Contains(slices.Collect(maps.Keys(authz)), "anonymous") {
				continue
			}
			target := strings.ReplaceAll(path, "{id}", "1")
			h.Nobody().Do(method, target, nil, nil).Want(401)
			c := h.Nobody()
			c.Token = "nonsense"
			c.Do(method, target, nil, nil).Want(401)
		}
	}
}
