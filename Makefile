# Fixdesk. `make` alone lists the targets. Needs Go (the version in go.mod), Node 20+ and make.

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X github.com/fixdesk/fixdesk/api/cli.version=$(VERSION)
GO_BUILD := CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)'

BENCH         ?= .
BENCH_TICKETS ?= 100000

WEB_PACKAGES := frontend/node_modules/.package-lock.json
WEB_SOURCES  := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -path frontend/bench -prune \
                  -o -type f ! -name '*.go' -print 2>/dev/null)
SPA          := frontend/dist/index.html
WEB_TESTED   := bin/.web-tested
CHROMIUM     ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome || true)

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z][a-z0-9-]*:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- run and build

.PHONY: run
run: build ## build everything and serve it on http://localhost:8080 with demo data
	@bin/fixdesk demo --if-empty --tickets 400 --seed 1
	@exec bin/fixdesk serve

.PHONY: build
build: $(SPA) ## build bin/fixdesk: one static binary with the app inside
	@mkdir -p bin
	$(GO_BUILD) -o bin/fixdesk ./api

.PHONY: dev
dev: bin/tools/air $(WEB_PACKAGES) ## serve with hot reload: the app on :5173, the server on :8080
	@echo "The app: http://localhost:5173   The server: http://localhost:8080"
	@trap 'kill 0' EXIT; \
	  bin/tools/air -c tools/air/air.toml & \
	  (cd frontend && npm run dev) & \
	  wait

.PHONY: screenshots
screenshots: build ## take the pictures of docs/guide/ in a headless Chromium
	@sh tools/screenshots.sh

.PHONY: clean
clean: ## remove what was built; keeps ./data
	rm -rf bin
	find frontend/dist -mindepth 1 ! -name .keep -delete

$(WEB_PACKAGES): frontend/package.json frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund
	@touch $@

$(SPA): $(WEB_PACKAGES) $(WEB_SOURCES)
	cd frontend && npm run build
	@touch $@

# ---------------------------------------------------------------- tests

.PHONY: test
test: test-go test-web e2e ## run the whole test suite

.PHONY: test-go
test-go: $(SPA)
ifeq ($(FIXDESK_TEST_MYSQL),)
	@echo "Go tests on SQLite only. For MySQL or MariaDB as well, name a server that may create databases:"
	@echo "  FIXDESK_TEST_MYSQL=mysql://root@127.0.0.1:3306/test make test"
else
	@echo "Go tests on SQLite and on the server in FIXDESK_TEST_MYSQL"
endif
	go test ./...
	cd tools && go test ./...

.PHONY: test-web
test-web: $(WEB_PACKAGES)
	cd frontend && npm test
	@mkdir -p bin && touch $(WEB_TESTED)

# The same unit tests, not run again when nothing of the front end changed since they passed.
# (The build writes the message catalogues.)
$(WEB_TESTED): $(WEB_PACKAGES) $(filter-out frontend/src/locales/%,$(WEB_SOURCES))
	@$(MAKE) test-web

.PHONY: e2e
ifneq ($(CHROMIUM),)
e2e: build ## run the browser journeys against the real binary
	cd frontend && FIXDESK_BIN=$(CURDIR)/bin/fixdesk CHROMIUM_PATH=$(CHROMIUM) npm run e2e
else
e2e:
	@echo "SKIPPED: the browser journeys, for there is no Chromium here. Install it"
	@echo "  (Debian, Ubuntu: apt-get install chromium) or name one: CHROMIUM=/path/to/chrome make test"
	@if [ "$${CI:-}" = true ]; then echo "CI must not skip them." >&2; exit 1; fi
endif

.PHONY: bench
bench: ## measure lists, search and dashboard at 100,000 tickets
	FIXDESK_BENCH_TICKETS=$(BENCH_TICKETS) go test -run '^$$' -bench '$(BENCH)' -benchmem -timeout 60m ./api/bench/...

BENCH_UI := frontend/bench/node_modules/.package-lock.json

$(BENCH_UI): frontend/bench/package.json frontend/bench/package-lock.json
	cd frontend/bench && npm ci --no-audit --no-fund
	@touch $@

.PHONY: bench-ui
bench-ui: build $(BENCH_UI) ## measure keys, scrolling and Lighthouse in a browser at 100,000 tickets
	cd frontend/bench && FIXDESK_BIN=$(CURDIR)/bin/fixdesk CHROMIUM_PATH=$(CHROMIUM) node bench-ui.mjs

# ---------------------------------------------------------------- generated files

.PHONY: generate
generate: bin/tools/swag bin/tools/openapi $(WEB_PACKAGES) ## write the OpenAPI documents and the TypeScript client
	tools/generate.sh docs
	cd frontend && npm run generate

.PHONY: check-generated
check-generated: bin/tools/swag bin/tools/openapi $(WEB_PACKAGES)
	tools/check-generated.sh

.PHONY: check-spec
check-spec: bin/tools/specdiff
	bin/tools/specdiff docs/openapi.json

# ---------------------------------------------------------------- checks

.PHONY: check
check: lint test-cached check-race check-generated check-spec check-web check-deploy check-vulnerabilities ## all that CI checks
	@echo "make check: everything holds"

.PHONY: fmt
fmt: bin/tools/golangci-lint $(WEB_PACKAGES) ## format Go and TypeScript
	bin/tools/golangci-lint fmt
	cd tools && ../bin/tools/golangci-lint fmt --config ../.golangci.yml
	cd frontend && npm run format

.PHONY: lint
lint: bin/tools/golangci-lint ## format check, go vet and golangci-lint
	@unformatted=$$(gofmt -l api docs frontend/embed.go tools); \
	  if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	bin/tools/golangci-lint run
	cd tools && go vet ./... && ../bin/tools/golangci-lint run --config ../.golangci.yml

# Go remembers what passed, so after `make test` this takes seconds.
.PHONY: test-cached
test-cached:
	go test ./...
	cd tools && go test ./...

# The race detector needs cgo, and it makes the pure-Go SQLite many times slower:
# it watches the packages that start goroutines.
RACE_PACKAGES := ./api/platform/...
.PHONY: check-race
check-race:
	@if command -v "$${CC:-gcc}" >/dev/null; then \
	  echo "go test -race $(RACE_PACKAGES)"; CGO_ENABLED=1 FIXDESK_TEST_MYSQL= go test -race $(RACE_PACKAGES); \
	else echo "SKIPPED: the race detector, for there is no C compiler here"; fi

.PHONY: check-web
check-web: $(WEB_PACKAGES) $(WEB_TESTED) $(SPA)
	cd frontend && npm run lint
	cd frontend && npm run typecheck

.PHONY: check-deploy
check-deploy: bin/tools/dockerlint bin/tools/composelint
	bin/tools/dockerlint deploy/docker/Dockerfile
	bin/tools/composelint docker-compose.yml
	deploy/systemd/verify.sh

.PHONY: check-vulnerabilities
check-vulnerabilities: bin/tools/govulncheck
	tools/check-vulnerabilities.sh

# ---------------------------------------------------------------- tools, built once from pinned versions

bin/tools/golangci-lint: tools/golangci-lint/go.mod tools/golangci-lint/go.sum
	cd tools/golangci-lint && CGO_ENABLED=0 go build -o ../../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

bin/tools/air: tools/air/go.mod tools/air/go.sum
	cd tools/air && CGO_ENABLED=0 go build -o ../../$@ github.com/air-verse/air

bin/tools/swag: tools/go.mod tools/go.sum
	cd tools && CGO_ENABLED=0 go build -o ../$@ github.com/swaggo/swag/cmd/swag

bin/tools/govulncheck: tools/go.mod tools/go.sum
	cd tools && CGO_ENABLED=0 go build -o ../$@ golang.org/x/vuln/cmd/govulncheck

OWN_TOOLS := openapi specdiff dockerlint composelint
.SECONDEXPANSION:
$(addprefix bin/tools/,$(OWN_TOOLS)): bin/tools/%: tools/go.mod tools/go.sum $$(wildcard tools/$$*/*.go)
	cd tools && CGO_ENABLED=0 go build -o ../$@ ./$*
