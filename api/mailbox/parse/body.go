package parse

import (
	"path"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// walk calls fn with every part, without recursion.
func walk(root *enmime.Part, fn func(*enmime.Part)) {
	for p := root; p != nil; {
		fn(p)
		switch {
		case p.FirstChild != nil:
			p = p.FirstChild
		default:
			for p != nil && p != root && p.NextSibling == nil {
				p = p.Parent
			}
			if p == nil || p == root {
				return
			}
			p = p.NextSibling
		}
	}
}

// readParts finds the texts and the files.
func (m *Message) readParts(root *enmime.Part) {
	var texts, htmls []string
	walk(root, func(p *enmime.Part) {
		for _, e := range p.Errors {
			if len(m.Faults) < 20 {
				m.Faults = append(m.Faults, oneLine(e.Name+": "+e.Detail, 200))
			}
		}
		kind := strings.ToLower(p.ContentType)
		if p.FirstChild != nil || strings.HasPrefix(kind, "multipart/") && len(p.Content) == 0 {
			return
		}
		isText := (kind == "text/plain" || kind == "text/html" || kind == "") && p.Disposition != "attachment" && p.FileName == ""
		switch {
		case isText && kind == "text/html":
			htmls = append(htmls, clean(string(p.Content), MaxText))
		case isText:
			text := clean(string(p.Content), MaxText)
			if strings.EqualFold(p.ContentTypeParams["format"], "flowed") {
				text = unflow(text, strings.EqualFold(p.ContentTypeParams["delsp"], "yes"))
			}
			// The second text of an alternative says the same again.
			if alternative(p) && len(texts) > 0 {
				return
			}
			texts = append(texts, text)
		default:
			m.addFile(p, kind)
		}
	})
	m.Text = clean(strings.Join(texts, "\n\n"), MaxText)
	html := strings.Join(htmls, "<hr>")
	if len(html) > 2*MaxText {
		html = html[:2*MaxText]
	}
	if strings.TrimSpace(m.Text) == "" && html != "" {
		m.Text = ToText(html)
	}
	if html != "" {
		m.HTML = Sanitise(html)
	}
}

func alternative(p *enmime.Part) bool {
	return p.Parent != nil && strings.EqualFold(p.Parent.ContentType, "multipart/alternative")
}

func (m *Message) addFile(p *enmime.Part, kind string) {
	if len(p.Content) == 0 {
		return
	}
	// A report's machine-readable parts are no files for people.
	if kind == "message/delivery-status" || kind == "message/disposition-notification" {
		return
	}
	if len(m.Files) >= maxFiles {
		m.Dropped++
		return
	}
	f := File{
		Name: fileName(p.FileName), MediaType: kind, ContentID: strings.Trim(oneLine(p.ContentID, 300), "<>"), Content: p.Content,
		Inline: p.Disposition == "inline" || (p.ContentID != "" && strings.HasPrefix(kind, "image/") && p.Disposition != "attachment"),
	}
	if f.Name == "" {
		f.Name = nameFor(kind)
	}
	m.Files = append(m.Files, f)
}

func fileName(name string) string {
	name = oneLine(strings.ReplaceAll(name, `\`, "/"), 200)
	if name = path.Base(name); name == "." || name == "/" {
		return ""
	}
	return name
}

// nameFor names a part without a name.
func nameFor(kind string) string {
	switch kind {
	case "message/rfc822", "message/global":
		return "message.eml"
	case "text/calendar":
		return "invitation.ics"
	case "application/ms-tnef":
		return "winmail.dat"
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		return "smime.p7m"
	case "application/pkcs7-signature", "application/x-pkcs7-signature":
		return "smime.p7s"
	case "application/pgp-signature":
		return "signature.asc"
	case "application/pgp-encrypted":
		return "version.asc"
	case "text/html":
		return "text.html"
	case "text/plain":
		return "text.txt"
	}
	if _, sub, ok := strings.Cut(kind, "/"); ok && len(sub) < 10 && !strings.ContainsAny(sub, ".+-") && strings.HasPrefix(kind, "image/") {
		return "image." + strings.Replace(sub, "jpeg", "jpg", 1)
	}
	return "attachment"
}

// unflow joins the lines of format=flowed (RFC 3676).
func unflow(text string, delete bool) string {
	var out strings.Builder
	depth, open := 0, false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		d := 0
		for d < len(line) && line[d] == '>' {
			d++
		}
		bare := strings.TrimPrefix(line[d:], " ")
		if open && d != depth {
			out.WriteByte('\n')
			open = false
		}
		if !open && d > 0 {
			out.WriteString(strings.Repeat(">", d) + " ")
		}
		depth = d
		soft := strings.HasSuffix(bare, " ") && bare != "-- "
		if soft && delete {
			bare = bare[:len(bare)-1]
		}
		out.WriteString(bare)
		if open = soft; !soft {
			out.WriteByte('\n')
		}
	}
	return strings.TrimSuffix(out.String(), "\n") + "\n"
}
