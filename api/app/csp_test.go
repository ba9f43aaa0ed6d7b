package app_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

var inlineScript = regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>\s*[^\s<]|\son[a-z]+\s*=\s*["']|javascript:`)

// No page lets a script run that came with its text, and none needs one.
func TestNoInlineScripts(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		anna := h.Person("anna", authz.Admin)
		for _, path := range []string{"/", "/tickets/1", "/swagger/index.html", "/api/tickets", "/api/none", "/healthz", "/none.js"} {
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
