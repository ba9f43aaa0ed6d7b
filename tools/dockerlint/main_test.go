package main

import (
	"context"
	"strings"
	"testing"
)

const good = `FROM golang:1.26 AS build
RUN go build -o /app ./api
FROM scratch
COPY --from=build /app /app
USER 1000
HEALTHCHECK CMD ["/app", "healthcheck"]
ENTRYPOINT ["/app"]
`

func TestLint(t *testing.T) {
	if err := lint(context.Background(), "Dockerfile", []byte(good)); err != nil {
		t.Fatalf("a good file: %v", err)
	}
	tests := []struct{ name, from, to, want string }{
		{"root", "USER 1000\n", "", "runs as root"},
		{"named root", "USER 1000", "USER root:root", "runs as root"},
		{"no health check", `HEALTHCHECK CMD ["/app", "healthcheck"]`, "", "no HEALTHCHECK"},
		{"health check switched off", `HEALTHCHECK CMD ["/app", "healthcheck"]`, "HEALTHCHECK NONE", "no HEALTHCHECK"},
		{"no version", "golang:1.26", "golang", "names no version"},
		{"latest", "golang:1.26", "golang:latest", "names no version"},
		{"unknown stage", "--from=build", "--from=Builder?", "invalid"},
		{"unknown instruction", "USER 1000", "USR 1000", "unknown instruction"},
		{"a rule of BuildKit", "USER 1000", "USER 1000\nENV PASSWORD=x", "SecretsUsedInArgOrEnv"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := lint(context.Background(), "Dockerfile", []byte(strings.Replace(good, test.from, test.to, 1)))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
