package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

var update = flag.Bool("update", false, "write the golden file again")

func swagger(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/swagger.json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func converted(t *testing.T) *openapi3.T {
	t.Helper()
	out, err := Convert(swagger(t))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(out)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestConvertMatchesTheGoldenFile(t *testing.T) {
	got, err := Convert(swagger(t))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/openapi.json", got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the conversion changed; look at it with: go test ./openapi -update && git diff")
	}
}

func TestConvertIsDeterministic(t *testing.T) {
	first, err := Convert(swagger(t))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, err := Convert(swagger(t))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, again) {
			t.Fatal("the same input gave other bytes")
		}
	}
}

func TestResponsesAreSealedAndRequestsStayOpen(t *testing.T) {
	schemas := converted(t).Components.Schemas
	ticket := map[string]any{
		"id": 1.0, "title": "Printer", "status": "open", "version": 1.0, "by": map[string]any{"id": 1.0},
		"to": nil, "at": nil, "can": map[string]any{"update": true}, "data": map[string]any{"anything": "goes"},
	}
	if err := schemas["Ticket"].Value.VisitJSON(ticket); err != nil {
		t.Errorf("a ticket with null where null is allowed: %v", err)
	}
	ticket["password_hash"] = "leaked"
	if err := schemas["Ticket"].Value.VisitJSON(ticket); err == nil {
		t.Error("an undocumented field in a response passed")
	}
	delete(ticket, "password_hash")
	ticket["title"] = nil
	if err := schemas["Ticket"].Value.VisitJSON(ticket); err == nil {
		t.Error("null passed where it is not allowed")
	}
	if err := schemas["TicketPatch"].Value.VisitJSON(map[string]any{"title": "x", "id": 1.0}); err != nil {
		t.Errorf("a request with a field that is ignored: %v", err)
	}
}

func TestConventionsAreInEveryOperation(t *testing.T) {
	doc := converted(t)
	login := doc.Paths.Value("/api/auth/login").Post
	if len(*login.Security) != 0 {
		t.Error("signing in asks for a token")
	}
	if login.Responses.Value("401") != nil || login.Parameters.GetByInAndName("header", "Idempotency-Key") != nil {
		t.Error("an anonymous operation got the conventions of signed-in ones")
	}
	if login.Responses.Value("default").Ref != "" {
		t.Error("the handler's own default error was replaced")
	}
	if login.Responses.Value("default").Value.Content[problemType] == nil {
		t.Error("an error is not application/problem+json")
	}

	item := doc.Paths.Value("/api/tickets/{id}")
	for name, operation := range item.Operations() {
		if len(*operation.Security) != 1 {
			t.Errorf("%s asks for no token", name)
		}
		for _, status := range []string{"400", "401", "403", "404", "429", "default"} {
			if operation.Responses.Value(status) == nil {
				t.Errorf("%s lacks %s", name, status)
			}
		}
	}
	if item.Patch.Parameters.GetByInAndName("header", "If-Match") == nil || item.Patch.Responses.Value("412") == nil {
		t.Error("PATCH lacks If-Match or 412")
	}
	if item.Get.Parameters.GetByInAndName("header", "If-None-Match") == nil || item.Get.Responses.Value("304") == nil {
		t.Error("GET of an object with a version lacks If-None-Match or 304")
	}
	if item.Get.Responses.Value("200").Value.Headers["ETag"] == nil {
		t.Error("GET of an object with a version lacks the ETag")
	}
	tickets := doc.Paths.Value("/api/tickets")
	if tickets.Post.Parameters.GetByInAndName("header", "Idempotency-Key") == nil {
		t.Error("POST lacks the Idempotency-Key")
	}
	if authz, ok := tickets.Get.Extensions["x-authz"].(map[string]any); !ok || authz["it_staff"] != "visible" {
		t.Errorf("x-authz = %v", authz)
	}
}

func TestListsAreNamedAfterWhatTheyHold(t *testing.T) {
	doc := converted(t)
	if doc.Components.Schemas["TicketList"] == nil {
		t.Error("there is no TicketList")
	}
	taken := bytes.ReplaceAll(swagger(t), []byte(`"Session"`), []byte(`"TicketList"`))
	if _, err := Convert(taken); err == nil || !strings.Contains(err.Error(), "there is another one") {
		t.Errorf("a name that is taken: %v", err)
	}
}

// TestRules breaks a correct document in one place at a time: each rule must notice.
func TestRules(t *testing.T) {
	patch := []string{"paths", "/api/tickets/{id}", "patch"}
	in := func(path []string, more ...string) []string { return append(append([]string{}, path...), more...) }
	tests := []struct {
		name string
		path []string
		to   any // nil deletes
		want string
	}{
		{"no licence", []string{"info", "license"}, nil, "info needs"},
		{"no summary", in(patch, "summary"), nil, "no @Summary"},
		{"no id", in(patch, "operationId"), nil, "no @ID"},
		{"no tags", in(patch, "tags"), nil, "no @Tags"},
		{"no x-authz", in(patch, "x-authz"), nil, "no @x-authz"},
		{"unknown role", in(patch, "x-authz", "manager"), "any", `unknown role "manager"`},
		{"unknown rule", in(patch, "x-authz", "admin"), "most", `unknown rule "most"`},
		{"no success", in(patch, "responses"), map[string]any{}, "no response for success"},
		{"success without schema", in(patch, "responses", "200", "schema"), nil, "response 200 has no schema"},
		{"undescribed response", in(patch, "responses", "200", "description"), nil, "response 200 has no description"},
		{
			"error that is no problem", in(patch, "responses", "409"),
			map[string]any{"description": "x", "schema": map[string]any{"$ref": "#/definitions/User"}}, "must be a Problem",
		},
		{
			"trailing slash", []string{"paths", "/api/x/"},
			map[string]any{"get": map[string]any{"responses": map[string]any{}}}, "without a trailing slash",
		},
		{"no example", []string{"definitions", "Ticket", "properties", "title", "example"}, nil, "title has no example"},
		{"wrong example", []string{"definitions", "Ticket", "properties", "id", "example"}, "one", "example"},
		{"object of nothing", []string{"definitions", "User"}, map[string]any{"type": "object"}, "an object of nothing"},
		{
			"request shape in a response", in(patch, "responses", "200", "schema"),
			map[string]any{"$ref": "#/definitions/TicketPatch"}, "in a request and in a response",
		},
		{
			"composed", []string{"definitions", "User"},
			map[string]any{"allOf": []any{map[string]any{"type": "object"}, map[string]any{"type": "object"}}}, "composed of several",
		},
		{"reference to nowhere", in(patch, "responses", "200", "schema"), map[string]any{"$ref": "#/definitions/Nobody"}, "Nobody"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var tree map[string]any
			if err := json.Unmarshal(swagger(t), &tree); err != nil {
				t.Fatal(err)
			}
			set(t, tree, test.path, test.to)
			broken, err := json.Marshal(tree)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Convert(broken)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func set(t *testing.T, tree map[string]any, path []string, to any) {
	t.Helper()
	for _, key := range path[:len(path)-1] {
		next, ok := tree[key].(map[string]any)
		if !ok {
			t.Fatalf("the sample has no %s in %v", key, path)
		}
		tree = next
	}
	last := path[len(path)-1]
	if to == nil {
		delete(tree, last)
		return
	}
	tree[last] = to
}
