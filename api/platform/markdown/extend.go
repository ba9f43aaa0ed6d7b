package markdown

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/idna"
)

// mentionNode is "@name" in a text.
type mentionNode struct {
	ast.BaseInline
	name []byte
}

var kindMention = ast.NewNodeKind("Mention")

// Kind implements ast.Node.
func (*mentionNode) Kind() ast.NodeKind { return kindMention }

// Dump implements ast.Node.
func (n *mentionNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"name": string(n.name)}, nil)
}

var mentionText = regexp.MustCompile(`^@[\pL\pN](?:[\pL\pN._+-]*[\pL\pN_])?`)

type mentionParser struct{}

// Trigger implements parser.InlineParser.
func (mentionParser) Trigger() []byte { return []byte{'@'} }

// Parse implements parser.InlineParser.
func (mentionParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	if before := block.PrecendingCharacter(); before != '\n' && before != ' ' && before != '(' && before != '"' && before != ',' {
		return nil
	}
	line, _ := block.PeekLine()
	found := mentionText.Find(line)
	if found == nil {
		return nil
	}
	block.Advance(len(found))
	return &mentionNode{name: found}
}

// safeRenderer replaces how links, images and raw HTML come out.
type safeRenderer struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (safeRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(kindMention, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if m, ok := n.(*mentionNode); ok && entering {
			_, _ = w.WriteString(`<span class="mention">`)
			_, _ = w.Write(util.EscapeHTML(m.name))
			_, _ = w.WriteString("</span>")
		}
		return ast.WalkContinue, nil
	})
	reg.Register(ast.KindLink, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if l, ok := n.(*ast.Link); ok {
			if id := attachmentID(l.Destination); id != "" {
				return file(w, id, entering)
			}
			return link(w, source, l, l.Destination, entering)
		}
		return ast.WalkContinue, nil
	})
	// A picture from elsewhere would tell its server who reads: its address is
	// a link instead.
	reg.Register(ast.KindImage, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if i, ok := n.(*ast.Image); ok {
			if id := attachmentID(i.Destination); id != "" {
				return picture(w, source, i, id, entering)
			}
			return link(w, source, i, i.Destination, entering)
		}
		return ast.WalkContinue, nil
	})
	reg.Register(ast.KindAutoLink, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		a, ok := n.(*ast.AutoLink)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		target, label := a.URL(source), a.Label(source)
		if a.AutoLinkType == ast.AutoLinkEmail {
			target = append([]byte("mailto:"), target...)
		}
		if address, ok := safeAddress(string(target)); ok {
			if strange(address) {
				label = []byte(address)
			}
			open(w, address)
			_, _ = w.Write(util.EscapeHTML(label))
			_, _ = w.WriteString("</a>")
			return ast.WalkContinue, nil
		}
		_, _ = w.Write(util.EscapeHTML(label))
		return ast.WalkContinue, nil
	})
	raw := func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		// Shown as it was written, so that nothing that somebody says is lost.
		switch n := n.(type) {
		case *ast.RawHTML:
			for i := range n.Segments.Len() {
				s := n.Segments.At(i)
				_, _ = w.Write(util.EscapeHTML(s.Value(source)))
			}
		case *ast.HTMLBlock:
			_, _ = w.WriteString("<p>")
			for i := range n.Lines().Len() {
				s := n.Lines().At(i)
				_, _ = w.Write(util.EscapeHTML(s.Value(source)))
			}
			if n.HasClosure() {
				_, _ = w.Write(util.EscapeHTML(n.ClosureLine.Value(source)))
			}
			_, _ = w.WriteString("</p>\n")
		}
		return ast.WalkSkipChildren, nil
	}
	reg.Register(ast.KindRawHTML, raw)
	reg.Register(ast.KindHTMLBlock, raw)
}

var attachmentAddress = regexp.MustCompile(`^attachment:([1-9][0-9]{0,17})$`)

// attachmentID returns the id in the address of an attachment, or "".
func attachmentID(target []byte) string {
	m := attachmentAddress.FindSubmatch(target)
	if m == nil {
		return ""
	}
	return string(m[1])
}

// picture names an attachment that is shown in its place. It has no address: the
// app fetches it as whoever reads.
func picture(w util.BufWriter, source []byte, i *ast.Image, id string, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<img data-attachment="` + id + `" alt="`)
		for c := i.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				_, _ = w.Write(util.EscapeHTML(t.Segment.Value(source)))
			}
		}
		_, _ = w.WriteString(`">`)
	}
	return ast.WalkSkipChildren, nil
}

// file writes the tag of a link to an attachment.
func file(w util.BufWriter, id string, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<a data-attachment="` + id + `">`)
	} else {
		_, _ = w.WriteString("</a>")
	}
	return ast.WalkContinue, nil
}

// link writes the tag of a link, or nothing where the address is none that may
// be followed. Where the words could be taken for another host, the host that
// it leads to stands behind them.
func link(w util.BufWriter, source []byte, n ast.Node, target []byte, entering bool) (ast.WalkStatus, error) {
	address, ok := safeAddress(string(target))
	if !ok {
		return ast.WalkContinue, nil
	}
	if entering {
		open(w, address)
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("</a>")
	if u, err := url.Parse(address); err == nil && u.Host != "" && (strange(address) || claims(words(source, n), u.Hostname())) {
		_, _ = w.WriteString(" (")
		_, _ = w.Write(util.EscapeHTML([]byte(u.Hostname())))
		_, _ = w.WriteString(")")
	}
	return ast.WalkContinue, nil
}

func open(w util.BufWriter, address string) {
	_, _ = w.WriteString(`<a href="`)
	_, _ = w.Write(util.EscapeHTML(util.URLEscape([]byte(address), true)))
	_, _ = w.WriteString(`">`)
}

// strange reports whether an address has a host with letters that are easily
// taken for others: all but those of ASCII and the common accented ones.
func strange(address string) bool {
	u, err := url.Parse(address)
	if err != nil || !strings.Contains(u.Hostname(), "xn--") {
		return false
	}
	host, err := idna.Lookup.ToUnicode(u.Hostname())
	return err != nil || strings.ContainsFunc(host, func(r rune) bool {
		return r >= utf8.RuneSelf && (r < 'ß' || r > 'ÿ')
	})
}

var hostText = regexp.MustCompile(`(?i)^\s*(?:https?://)?((?:[\pL\pN-]+\.)+\pL[\pL\pN-]+)`)

// claims reports whether the words of a link begin with a host, and not with
// the one that it leads to.
func claims(label, host string) bool {
	found := hostText.FindStringSubmatch(label)
	if found == nil {
		return false
	}
	said := strings.TrimPrefix(strings.ToLower(found[1]), "www.")
	return said != strings.TrimPrefix(strings.ToLower(host), "www.")
}

// words returns the text within a node.
func words(source []byte, n ast.Node) string {
	var out strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			out.Write(n.Value(source))
		case *ast.String:
			out.Write(n.Value)
		}
		return ast.WalkContinue, nil
	})
	return out.String()
}

// safeAddress returns an absolute web or mail address with the host in ASCII
// (UTS #46): a host that only looks like another one shows what it is.
func safeAddress(target string) (string, bool) {
	u, err := url.Parse(target)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto") {
		return "", false
	}
	if u.Scheme == "mailto" {
		return u.String(), u.Opaque != ""
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil || host == "" {
		return "", false
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	u.Host, u.User = host, nil
	return u.String(), true
}
