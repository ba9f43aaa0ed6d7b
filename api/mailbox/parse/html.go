package parse

import (
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var policy = newPolicy()

// newPolicy allows what letters are made of. Images from elsewhere are left out:
// they tell their sender who reads, and when.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "b", "strong", "i", "em", "u", "s", "del", "sub", "sup", "small", "blockquote", "pre", "code",
		"ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "div", "span", "font", "center",
		"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|right|center)$`)).OnElements("td", "th", "p", "div", "table")
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(ltr|rtl|auto)$`)).Globally()
	p.AllowStyles("font-weight", "font-style", "text-decoration", "text-align").Globally()
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^cid:[^\s"'<>]{1,300}$`)).OnElements("img")
	p.AllowURLSchemes("http", "https", "mailto", "tel", "cid")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
}

// Sanitise returns HTML that is safe to show.
func Sanitise(source string) string {
	return strings.TrimSpace(policy.Sanitize(source))
}

// ToText writes HTML as plain text. It reads tokens, never a tree, so that no
// nesting is too deep for it.
func ToText(source string) string {
	z := html.NewTokenizer(strings.NewReader(source))
	w := &textWriter{}
	skip := 0
	var links []string
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		t := z.Token()
		switch kind { //nolint:exhaustive // comments and the like say nothing
		case html.TextToken:
			if skip == 0 {
				w.text(t.Data)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			switch t.DataAtom { //nolint:exhaustive // the others are no part of the layout
			case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript:
				if kind == html.StartTagToken {
					skip++
				}
			case atom.Body:
				skip = 0 // whatever was left open before
			case atom.Br:
				w.line()
			case atom.Hr:
				w.block()
				w.text("---")
				w.block()
			case atom.Li:
				w.line()
				w.text("- ")
			case atom.Blockquote:
				w.block()
				w.quote = min(w.quote+1, 9)
			case atom.Img:
				if src := attribute(t, "src"); strings.HasPrefix(src, "cid:") && skip == 0 {
					w.text("[" + src + "]")
				}
			case atom.A:
				if len(links) < 100 {
					links = append(links, attribute(t, "href"))
				}
				w.mark = w.out.Len()
			case atom.Td, atom.Th:
				w.text(" ")
			case atom.Pre:
				w.block()
				w.pre++
			case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Ul, atom.Ol:
				w.block()
			case atom.Div, atom.Tr:
				w.line()
			}
		case html.EndTagToken:
			switch t.DataAtom { //nolint:exhaustive // the others are no part of the layout
			case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript:
				skip = max(skip-1, 0)
			case atom.Blockquote:
				w.block()
				w.quote = max(w.quote-1, 0)
			case atom.Pre:
				w.pre = max(w.pre-1, 0)
				w.block()
			case atom.A:
				if n := len(links); n > 0 {
					w.link(links[n-1])
					links = links[:n-1]
				}
			case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Ul, atom.Ol:
				w.block()
			case atom.Div, atom.Tr:
				w.line()
			}
		}
		if w.out.Len() > MaxText {
			break
		}
	}
	return strings.TrimSpace(clean(w.out.String(), MaxText))
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

// textWriter puts words into lines.
type textWriter struct {
	out   strings.Builder
	last  string // the end of what was written: "", "\n" or "\n\n"
	space bool
	begun bool
	quote int
	pre   int
	mark  int
}

func (w *textWriter) raw(s string) {
	if s == "" {
		return
	}
	if w.begun && w.last == "" {
		if w.space {
			w.out.WriteByte(' ')
		}
	} else {
		w.out.WriteString(strings.Repeat("> ", w.quote))
	}
	w.out.WriteString(s)
	w.begun, w.last, w.space = true, "", false
}

func (w *textWriter) text(s string) {
	if w.pre > 0 {
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				w.line()
			}
			w.raw(line)
		}
		return
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\u00a0' })
	if len(words) == 0 {
		w.space = w.space || s != ""
		return
	}
	w.space = w.space || strings.ContainsRune(" \n\t\r", rune(s[0])) || strings.HasPrefix(s, "\u00a0")
	w.raw(strings.Join(words, " "))
	w.space = strings.ContainsRune(" \n\t\r", rune(s[len(s)-1])) || strings.HasSuffix(s, "\u00a0")
}

func (w *textWriter) line() {
	if w.begun && w.last == "" {
		w.out.WriteByte('\n')
		w.last = "\n"
	}
	w.space = false
}

func (w *textWriter) block() {
	w.line()
	if w.begun && w.last == "\n" {
		w.out.WriteString(strings.TrimRight(strings.Repeat("> ", w.quote), " ") + "\n")
		w.last = "\n\n"
	}
}

// link writes the address of a link after its words, unless they are it.
func (w *textWriter) link(href string) {
	if !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "https://") || len(href) > 500 {
		return
	}
	words := ""
	if w.mark <= w.out.Len() && w.out.Len()-w.mark < 1000 {
		words = strings.TrimSpace(w.out.String()[w.mark:])
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(href, "https://"), "http://"), "/")
	if words == "" || strings.Contains(words, bare) {
		return
	}
	w.space = true
	w.raw("<" + href + ">")
}
