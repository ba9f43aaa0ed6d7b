package placeholder_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fixdesk/fixdesk/api/placeholder"
	"github.com/fixdesk/fixdesk/api/platform/markdown"
)

func TestCheck(t *testing.T) {
	for text, wrong := range map[string]string{
		"": "", "Hello {{requester.name}} {{ ticket.id }}": "", `\{{anything}}`: "", "{ {x} } {{": "",
		"{{ticket.secret}}": "{{ticket.secret}}", "a {{}} b": "{{}}", "{{requester.password_hash}}": "requester.password_hash",
	} {
		if got := placeholder.Check(text); (wrong == "") != (got == "") || !strings.Contains(got, wrong) {
			t.Errorf("%q: %q, want %q in it", text, got, wrong)
		}
	}
}

func TestFill(t *testing.T) {
	values := map[string]string{"ticket.id": "42", "ticket.title": "{{ticket.id}}"}
	for text, want := range map[string]string{
		"#{{ticket.id}} and {{ ticket.id }}": "#42 and 42", `\{{ticket.id}}`: "{{ticket.id}}",
		"{{team.name}}": "–", "{{ticket.title}}": "{{ticket.id}}",
	} {
		if got := placeholder.Fill(text, values); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

// TestValuesStayWords renders texts with values of every kind: what is shown is the
// value as it is, and nothing but a paragraph.
func TestValuesStayWords(t *testing.T) {
	hostile := []string{
		"**bold**", "<script>alert(1)</script>", "[click](https://evil.example)", "![x](javascript:alert(1))", "https://evil.example/x",
		"www.evil.example", "a@evil.example", "@sam", "# heading", "- item", "+ item", "1. item", "12) item", "> quote", "    code", "`code`", "~~gone~~",
		"a\n\n# b", "| a | b |\n|---|---|", "&lt;b&gt;", ":smile:", "\\", "\\\\*x*", "---", "===", "_x_", "mailto:a@b.example", "HTTP://EVIL.EXAMPLE",
		"ftp://x.example", "<https://evil.example>", "[x]: https://evil.example", "$x^2$", "{{ticket.id}}", "1.", "www.", "[ ] task", "xmpp:a@b.c", "http:\\\\x",
	}
	check := func(t interface{ Fatalf(string, ...any) }, value string) {
		want := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
			if r < ' ' || (r >= 0x7f && r < 0xa0) {
				return ' '
			}
			return r
		}, value)), " ")
		for _, around := range []string{"A {{ticket.title}} B", "{{ticket.title}}"} {
			out := markdown.Render(placeholder.Fill(around, map[string]string{"ticket.title": placeholder.Words(value)}))
			shown := strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(out, ""))), " ")
			expected := strings.ReplaceAll(around, "{{ticket.title}}", want)
			if want == "" {
				expected = strings.ReplaceAll(around, "{{ticket.title}}", "–")
			}
			for _, tag := range tags.FindAllString(out, -1) {
				if tag != "<p>" && tag != "</p>" {
					t.Fatalf("%q became %s", value, out)
				}
			}
			if shown != strings.Join(strings.Fields(expected), " ") {
				t.Fatalf("%q is shown as %q, want %q (%s)", value, shown, expected, out)
			}
		}
	}
	for _, value := range hostile {
		check(t, value)
	}
	rapid.Check(t, func(rt *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(
			rapid.SampledFrom(hostile), rapid.StringOfN(rapid.SampledFrom([]rune("ab1.:/@#*_-+[]()<>&|~`!\\= \n{}$^\"'wW,;?")), 0, 6, -1),
		), 1, 4).Draw(rt, "parts")
		check(rt, strings.Join(parts, ""))
	})
}
