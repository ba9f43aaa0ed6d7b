package app_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/frontend"
)

var inlineScript = regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>\s*[^\s<]|\son[a-z]+\s*=\s*["']|javascript:`)

// No page lets a script run that came with its text, and none needs one.
func TestNoInlineScripts(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		anna := h.Person("anna", authz.Admin)
		paths := []string{"/swagger/index.html", "/api/tickets", "/api/none", "/healthz", "/none.js"}
		if _, err := fs.Stat(frontend.Dist, "dist/index.html"); err == nil {
			paths = append(paths, "/", "/tickets/1")
		} else if os.Getenv("CI") != "" {
			t.Error("the program was built without its front end: make build comes first")
		} else {
			t.Log("without the pages of the app, for it is not built: make build")
		}
		for _, path := range paths {
			a := anna.Get(path)
			policy := a.Header.Get("Content-Security-Policy")
			scripts := ""
			for part := range strings.SplitSeq(policy, ";") {
				name, sources, _ := strings.Cut(strings.TrimSpace(part), " ")
				if name == "script-src" || name == "default-src" && scripts == "" {
					scripts = sources
				}
				if strings.HasPrefix(name, "script-src-") {
					t.Errorf("%s: %s", path, part)
				}
			}
			if scripts != "'self'" && scripts != "'none'" {
				t.Errorf("%s lets scripts come from %q", path, scripts)
			}
			for _, must := range []string{"frame-ancestors 'none'"} {
				if !strings.Contains(policy, must) {
					t.Errorf("%s lacks %s", path, must)
				}
			}
			if strings.Contains(a.Header.Get("Content-Type"), "html") {
				if found := inlineScript.FindString(string(a.Raw)); found != "" {
					t.Errorf("%s has a script within: %q", path, found)
				}
			}
		}
	})
}
