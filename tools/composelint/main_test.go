package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const good = `services:
  db:
    image: mysql:8.4
    restart: always
    security_opt: ["no-new-privileges:true"]
    environment:
      MYSQL_PASSWORD: ${DB_PASSWORD:?set it}
    healthcheck:
      test: ["CMD", "true"]
`

func TestLint(t *testing.T) {
	if err := lintText(t, good); err != nil {
		t.Fatalf("a good file: %v", err)
	}
	tests := []struct{ name, from, to, want string }{
		{"against the schema", "restart: always", "restarts: always", "restarts"},
		{"no health check", "    healthcheck:\n      test: [\"CMD\", \"true\"]\n", "", "no healthcheck"},
		{"no restart", "    restart: always\n", "", "no restart policy"},
		{"no version", "mysql:8.4", "mysql", "names no version"},
		{"privileged", "    restart: always\n", "    restart: always\n    privileged: true\n", "privileged"},
		{"no security option", "    security_opt: [\"no-new-privileges:true\"]\n", "", "no-new-privileges"},
		{"a password in the file", "${DB_PASSWORD:?set it}", "swordfish", "must come from a required setting"},
		{"a default password", "${DB_PASSWORD:?set it}", "${DB_PASSWORD:-swordfish}", "must come from a required setting"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := lintText(t, strings.Replace(good, test.from, test.to, 1))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func lintText(t *testing.T, text string) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "compose.yml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return lint(context.Background(), path)
}
