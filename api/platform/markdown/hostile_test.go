package markdown

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// hostile is one text of testdata/hostile.json. The browser journeys show the
// same texts on every screen.
type hostile struct {
	Name  string `json:"name"`
	Text  string `json:"text"`
	Times int    `json:"times"`
}

// allowed says which attributes each element may have. It is written apart from
// the policy on purpose: two lists have to agree before something new gets out.
var allowed = map[string]string{
	"p": "", "br": "", "hr": "", "strong": "", "em": "", "del": "", "blockquote": "", "pre": "", "ul": "", "li": "",
	"h1": "", "h2": "", "h3": "", "h4": "", "h5": "", "h6": "", "table": "", "thead": "", "tbody": "", "tr": "",
	"ol": "start", "code": "class", "span": "class", "th": "align", "td": "align", "input": "type checked disabled",
	"a": "href rel target",
}

var values = map[string]*regexp.Regexp{
	"href":     regexp.MustCompile(`^(?:https?://[!-~]+|mailto:[!-~]+)$`),
	"rel":      regexp.MustCompile(`^nofollow noreferrer(?: noopener)?$`),
	"target":   regexp.MustCompile(`^_blank$`),
	"class":    regexp.MustCompile(`^(?:mention|language-[a-zA-Z0-9+#-]{1,20})$`),
	"start":    regexp.MustCompile(`^[0-9]+$`),
	"align":    regexp.MustCompile(`^(?:left|right|center)$`),
	"type":     regexp.MustCompile(`^checkbox$`),
	"checked":  regexp.MustCompile(`^$`),
	"disabled": regexp.MustCompile(`^$`),
}

// findings lists what in the HTML is on no list.
func findings(t *testing.T, out string) []string {
	t.Helper()
	// As a browser reads it, and not as it was written.
	root, err := html.Parse(strings.NewReader("<!doctype html><body>" + out))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	var walk func(n *html.Node, inside bool)
	walk = func(n *html.Node, inside bool) {
		switch {
		case n.Type == html.CommentNode && inside:
			found = append(found, "a comment")
		case n.Type == html.ElementNode && !inside && n.Data != "html" && n.Data != "head" && n.Data != "body":
			found = append(found, "outside the body: "+n.Data)
		case n.Type == html.ElementNode && inside:
			attrs, ok := allowed[n.Data]
			if !ok || n.Namespace != "" {
				found = append(found, "element "+n.Namespace+":"+n.Data)
			}
			for _, a := range n.Attr {
				if !strings.Contains(" "+attrs+" ", " "+a.Key+" ") || !values[a.Key].MatchString(a.Val) {
					found = append(found, n.Data+" "+a.Key+"="+a.Val)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, inside || n.Type == html.ElementNode && n.Data == "body")
		}
	}
	walk(root, false)
	return found
}

func hostileTexts(t *testing.T) []hostile {
	t.Helper()
	raw, err := os.ReadFile("testdata/hostile.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []hostile
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, h := range all {
		all[i].Text = strings.Repeat(h.Text, max(h.Times, 1))
		if seen[all[i].Text] {
			t.Errorf("%s is there twice", h.Name)
		}
		seen[all[i].Text] = true
	}
	if len(all) < 200 {
		t.Fatalf("only %d texts", len(all))
	}
	return all
}

func TestHostileTextsBecomeNothingButTheAllowList(t *testing.T) {
	all := hostileTexts(t)
	for _, h := range all {
		for how, source := range map[string]string{
			"alone":     h.Text,
			"quoted":    "> " + strings.ReplaceAll(h.Text, "\n", "\n> "),
			"listed":    "- a\n  - " + strings.ReplaceAll(h.Text, "\n", "\n    "),
			"strong":    "**" + h.Text + "**",
			"named":     "[" + h.Text + "](https://example.org)",
			"addressed": "[x](" + h.Text + ")",
			"in a cell": "| a |\n|---|\n| " + strings.ReplaceAll(h.Text, "\n", " ") + " |",
			"broken":    "<a href=\"" + h.Text,
		} {
			out := Render(source)
			if found := findings(t, out); len(found) > 0 {
				t.Errorf("%s, %s: %v\n%.300q", h.Name, how, found, out)
			}
			if strings.ContainsFunc(out, func(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }) {
				t.Errorf("%s, %s: the order of the text can be turned around", h.Name, how)
			}
		}
	}
	// All of them in one text: what one leaves open, the next may use.
	var joined strings.Builder
	for _, h := range all {
		if len(h.Text) < 400 {
			joined.WriteString(h.Text + "\n\n")
		}
	}
	if found := findings(t, Render(joined.String())); len(found) > 0 {
		t.Errorf("joined: %v", found)
	}
}

// The test above proves something only if it finds what is wrong.
func TestFindingsFindsWhatIsWrong(t *testing.T) {
	for _, bad := range []string{
		"<script>x</script>", "<p onclick=x>", "<img src=x>", `<a href="javascript:x">x</a>`, "<svg></svg>", "<!-- x -->",
		"<meta charset=x>", `<p style="x">`, `<a href="https://exämple.org">x</a>`, "<base href=x>", `<span class="other">x</span>`,
	} {
		if len(findings(t, bad)) == 0 {
			t.Errorf("nothing found in %s", bad)
		}
	}
}
