// Package markdown turns what people write into HTML that is safe to show:
// CommonMark with the extensions of GitHub, no HTML of the writer's, and an
// allow-list over the result.
package markdown

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	emoji "github.com/yuin/goldmark-emoji"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// MaxSource is how many bytes are read as Markdown; longer texts are shown as
// they are, because their structure is seldom meant and costs time.
const MaxSource = 100_000

// maxDepth is how deep quotes and lists may nest in a line before the text is
// shown as it is.
const maxDepth = 50

var converter = goldmark.New(
	goldmark.WithExtensions(
		extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"http", "https", "mailto"})),
		extension.Table, extension.Strikethrough, extension.TaskList,
		emoji.New(emoji.WithRenderingMethod(emoji.Unicode)),
	),
	goldmark.WithParserOptions(parser.WithInlineParsers(util.Prioritized(mentionParser{}, 500))),
	goldmark.WithRendererOptions(
		goldmarkhtml.WithHardWraps(),
		renderer.WithNodeRenderers(util.Prioritized(safeRenderer{}, 100)),
	),
)

var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "strong", "em", "del", "blockquote", "pre", "code", "ul", "li",
		"h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowElements("ol")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^mention$`)).OnElements("span")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[a-zA-Z0-9+#-]{1,20}$`)).OnElements("code")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|right|center)$`)).OnElements("th", "td")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("checked", "disabled").Matching(regexp.MustCompile(`^$`)).OnElements("input")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("data-attachment").Matching(regexp.MustCompile(`^[1-9][0-9]{0,17}$`)).OnElements("a", "img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
}

// Render returns the HTML of a text. It is safe for any text, and takes time in
// proportion to its length.
func Render(source string) string {
	source = calm(source)
	if len(source) > MaxSource || deep(source) {
		return plain(source)
	}
	var out bytes.Buffer
	if err := converter.Convert([]byte(source), &out); err != nil {
		return plain(source)
	}
	return strings.TrimSpace(policy.Sanitize(out.String()))
}

// plain shows a text as it was written.
func plain(source string) string {
	return "<p>" + strings.ReplaceAll(html.EscapeString(source), "\n", "<br>") + "</p>"
}

// calm takes out the characters that turn the order of a text around (Unicode
// UAX #9, explicit directional formatting): with them a link or a name can be
// made to read as another one. What was written stays as it is in the content.
func calm(source string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0:
			return -1
		}
		return r
	}, source)
}

// deep reports whether a line nests deeper than anybody means it.
func deep(source string) bool {
	for line := range strings.Lines(source) {
		n := 0
		for _, c := range line {
			if strings.ContainsRune(">*-+[.)", c) {
				n++
			} else if c != ' ' && c != '\t' && (c < '0' || c > '9') {
				break
			}
		}
		if n > maxDepth {
			return true
		}
	}
	return strings.Count(source, "[") > 2000 || strings.Count(source, "*")+strings.Count(source, "_") > 20_000
}
