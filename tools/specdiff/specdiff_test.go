package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func document(version, properties string) []byte {
	return fmt.Appendf(nil, `{"openapi": "3.0.3", "info": {"title": "t", "version": %q}, "paths": {"/things": {"get": {
	  "operationId": "listThings", "responses": {"200": {"description": "ok", "content": {"application/json": {"schema":
	  {"type": "object", "required": ["id"], "properties": {%s}}}}}}}}}}`, version, properties)
}

func draft(document []byte) []byte {
	return bytes.Replace(document, []byte(`"operationId"`), []byte(`"x-stability-level": "draft", "operationId"`), 1)
}

const (
	idAndName = `"id": {"type": "integer"}, "name": {"type": "string"}`
	onlyID    = `"id": {"type": "integer"}`
	textID    = `"id": {"type": "string"}`
)

func TestCompare(t *testing.T) {
	tests := []struct {
		name           string
		earlier, later []byte
		breaks         bool
	}{
		{"the same", document("1.0.0", onlyID), document("1.0.0", onlyID), false},
		{"a field more", document("1.0.0", onlyID), document("1.1.0", idAndName), false},
		{"another type", document("1.0.0", onlyID), document("1.1.0", textID), true},
		{"a new major version excuses nothing", document("1.0.0", onlyID), document("2.0.0", textID), true},
		{"an operation less", document("1.0.0", onlyID), []byte(
			`{"openapi": "3.0.3", "info": {"title": "t", "version": "1.0.0"}, "paths": {}}`), true},
		{"a draft operation", draft(document("1.0.0", onlyID)), draft(document("1.0.0", textID)), false},
		{"after a draft", document("0.1.0", onlyID), document("1.0.0", textID), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := compare(test.earlier, test.later)
			if err != nil {
				t.Fatal(err)
			}
			if (len(got) > 0) != test.breaks {
				t.Errorf("breaks = %q, want any: %v", got, test.breaks)
			}
		})
	}
}

// TestEarlier walks through the life of a document in a repository of its own.
func TestEarlier(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv(baseEnv, "")
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	ctx := context.Background()
	path := "api.json"
	write := func(content string) []byte {
		if err := os.WriteFile(filepath.Join(dir, path), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return []byte(content)
	}
	run := func(args ...string) string {
		out, err := exec.CommandContext(ctx, "git", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	commit := func(message string) {
		run("add", "-A")
		run("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "--allow-empty", "-m", message)
	}
	want := func(now []byte, content string) {
		t.Helper()
		got, err := earlier(ctx, path, now)
		if err != nil {
			t.Fatal(err)
		}
		if content == "" && got == nil {
			return
		}
		if got == nil || string(got.document) != content {
			t.Fatalf("got %+v, want %q", got, content)
		}
	}

	run("init", "-q", "-b", "main")
	commit("nothing yet")
	one := write("one")
	want(one, "")
	commit("one")
	want(one, "")
	two := write("two")
	want(two, "one")
	commit("two")
	want(two, "one")
	commit("something else")
	want(two, "one")

	run("update-ref", "refs/remotes/origin/main", "HEAD")
	want(two, "one")
	three := write("three")
	commit("three")
	want(three, "two")
	four := write("four")
	commit("four")
	want(four, "two")

	t.Setenv(baseEnv, "HEAD~1")
	want(four, "three")
}
