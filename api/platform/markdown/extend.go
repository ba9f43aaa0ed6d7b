package markdown

import (
	"net/url"
	"regexp"

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
	reg.Register(ast.KindLink, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if l, ok := n.(*ast.Link); ok {
			return link(w, l.Destination, entering)
		}
		return ast.WalkContinue, nil
	})
	// A picture from elsewhere would tell its server who reads: its address is
	// a link instead.
	reg.Register(ast.KindImage, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if i, ok := n.(*ast.Image); ok {
			return link(w, i.Destination, entering)
		}
		return ast.WalkContinue, nil
	})
	reg.Register(ast.KindAutoLink, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		a, ok := n.(*ast.AutoLink)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		target := a.URL(source)
		if a.AutoLinkType == ast.AutoLinkEmail {
			target = append([]byte("mailto:"), target...)
		}
		if _, err := link(w, target, true); err != nil {
			return ast.WalkStop, err
		}
		_, _ = w.Write(util.EscapeHTML(a.Label(source)))
		return link(w, target, false)
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

// link writes the tag of a link, or nothing where the address is none that may
// be followed.
func link(w util.BufWriter, target []byte, entering bool) (ast.WalkStatus, error) {
	address, ok := safeAddress(string(target))
	if !ok {
		return ast.WalkContinue, nil
	}
	if !entering {
		_, _ = w.WriteString("</a>")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString(`<a href="`)
	_, _ = w.Write(util.EscapeHTML(util.URLEscape([]byte(address), true)))
	_, _ = w.WriteString(`">`)
	return ast.WalkContinue, nil
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
