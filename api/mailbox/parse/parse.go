// Package parse reads e-mail: raw bytes become texts, files and what the headers
// say about them. It is pure, and whatever the bytes are, its time and memory
// grow no faster than they do.
package parse

import (
	"bytes"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"
)

// The limits. What passes them is refused before it is parsed.
const (
	MaxSize        = 50 << 20
	maxHeaderBytes = 256 << 10
	maxHeaders     = 2000 // fields of the whole message, with those of its parts
	maxParts       = 500
	maxDepth       = 30
	maxFiles       = 200
	// MaxText is how much of a text is read, in bytes.
	MaxText = 1 << 20
)

// What a message can be too much of.
var (
	ErrTooLarge  = errors.New("it is larger than 50 MB")
	ErrHeaders   = errors.New("it has more or longer headers than any mail needs")
	ErrStructure = errors.New("it has more parts, or deeper ones, than any mail needs")
	ErrBroken    = errors.New("it is no readable mail")
)

// Address is a mailbox with its owner's name.
type Address struct {
	Name    string
	Address string
}

// Auto says what made a message.
type Auto string

// Who or what can have made a message (RFC 3834).
const (
	Human     Auto = ""
	Generated Auto = "generated" // by a program, on its own account
	Replied   Auto = "replied"   // by a program, as an answer
)

// Crypto says how a message is signed or encrypted.
type Crypto string

// The kinds.
const (
	Plain          Crypto = ""
	SMIMESigned    Crypto = "smime_signed"
	SMIMEEncrypted Crypto = "smime_encrypted"
	PGPSigned      Crypto = "pgp_signed"
	PGPEncrypted   Crypto = "pgp_encrypted"
)

// File is a part that is no text of the message.
type File struct {
	Name      string
	MediaType string
	ContentID string // of an image that the text shows, without <>
	Inline    bool
	Content   []byte
}

// Message is what a mail says.
type Message struct {
	MessageID  string // as it came, without <>
	InReplyTo  []string
	References []string
	From       []Address
	Sender     *Address
	To         []Address
	CC         []Address
	Subject    string
	Date       time.Time
	Header     mail.Header

	Text      string // the whole text
	New       string // what its writer wrote
	Quoted    string
	Signature string
	HTML      string // sanitised; "" when there was none
	Files     []File
	Dropped   int // files beyond the limit

	Auto       Auto
	AutoWhy    string
	NoAnswer   string // why it must not be answered by a program, or ""
	List       string // the list that it came by, or ""
	NoReply    bool   // nobody reads what is sent to its sender
	Bounce     *Bounce
	ReadReport bool
	Crypto     Crypto
	Hops       int
	Faults     []string // what was wrong with it
}

// Parse reads a message.
func Parse(raw []byte) (m *Message, err error) {
	defer func() {
		if p := recover(); p != nil {
			m, err = nil, fmt.Errorf("%w: %v", ErrBroken, p)
		}
	}()
	if err := check(raw); err != nil {
		return nil, err
	}
	m = &Message{}
	m.readHeader(raw)
	p := enmime.NewParser(enmime.DisableTextConversion(true), enmime.MaxStoredPartErrors(20), enmime.SkipMalformedParts(true),
		enmime.MultipartWOBoundaryAsSinglePart(true), enmime.StripMediaTypeInvalidCharacters(true))
	root, err := p.ReadParts(bytes.NewReader(withHeader(raw)))
	if err != nil {
		// The header may be readable where the body is not.
		if len(m.From) == 0 {
			return nil, fmt.Errorf("%w: %w", ErrBroken, err)
		}
		m.Faults = append(m.Faults, "the parts could not be told apart")
		m.Text = clean(string(body(raw)), MaxText)
	} else {
		m.readParts(root)
	}
	m.New, m.Quoted, m.Signature = Split(m.Text)
	m.judge(root)
	return m, nil
}

// check counts, in one walk over the bytes, what parsing would take time for.
func check(raw []byte) error {
	if len(raw) > MaxSize {
		return ErrTooLarge
	}
	head := headerLength(raw)
	if head > maxHeaderBytes || head == len(raw) && head > maxHeaderBytes {
		return ErrHeaders
	}
	fields, parts := 0, 0
	boundaries := map[string]bool{}
	rest := raw
	for len(rest) > 0 {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = nil
		}
		if len(line) > 2 && line[0] == '-' && line[1] == '-' {
			if boundaries[string(bytes.TrimRight(line[2:min(len(line), 300)], " \t\r"))] {
				if parts++; parts > maxParts {
					return ErrStructure
				}
			}
			continue
		}
		short := line[:min(len(line), 2000)]
		if i := indexFold(short, "boundary="); i >= 0 {
			b := strings.TrimSpace(string(short[i+len("boundary="):]))
			if strings.HasPrefix(b, `"`) {
				b, _, _ = strings.Cut(b[1:], `"`)
			} else if j := strings.IndexAny(b, "; \t"); j >= 0 {
				b = b[:j]
			}
			if boundaries[b] = true; len(boundaries) > maxDepth {
				return ErrStructure
			}
		}
		if len(raw)-len(rest) <= head {
			if fields++; fields > maxHeaders {
				return ErrHeaders
			}
		}
	}
	return nil
}

func indexFold(line []byte, lower string) int {
	for i := 0; i+len(lower) <= len(line); i++ {
		if line[i]|0x20 == lower[0] && bytes.EqualFold(line[i:i+len(lower)], []byte(lower)) {
			return i
		}
	}
	return -1
}

// headerLength is where the header ends.
func headerLength(raw []byte) int {
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(raw[:min(len(raw), maxHeaderBytes+4)], []byte(end)); i >= 0 {
			if end == "\r\n\r\n" {
				if j := bytes.Index(raw[:i], []byte("\n\n")); j >= 0 {
					return j + 2
				}
			}
			return i + len(end)
		}
	}
	return len(raw)
}

func body(raw []byte) []byte { return raw[headerLength(raw):] }

// withHeader takes NUL bytes out, and mends a message that has no empty line
// after its header.
func withHeader(raw []byte) []byte {
	if bytes.IndexByte(raw, 0) >= 0 {
		raw = bytes.ReplaceAll(raw, []byte{0}, nil)
	}
	if headerLength(raw) == len(raw) {
		raw = append(bytes.TrimRight(bytes.Clone(raw), "\r\n"), "\r\n\r\n"...)
	}
	return raw
}

func (m *Message) readHeader(raw []byte) {
	head := raw[:headerLength(raw)]
	m.Header = fields(head)
	get := func(name string) string { return Decode(m.Header.Get(name)) }
	if ids := MessageIDs(m.Header.Get("Message-Id")); len(ids) > 0 {
		m.MessageID = ids[0]
	} else if id := strings.TrimSpace(clean(m.Header.Get("Message-Id"), 4000)); id != "" {
		m.MessageID = id
	}
	m.InReplyTo = MessageIDs(m.Header.Get("In-Reply-To"))
	m.References = MessageIDs(strings.Join(m.Header["References"], " "))
	m.From = addresses(m.Header, "From", 20)
	if all := addresses(m.Header, "Sender", 1); len(all) == 1 {
		m.Sender = &all[0]
	}
	m.To, m.CC = addresses(m.Header, "To", 500), addresses(m.Header, "Cc", 500)
	m.Subject = oneLine(get("Subject"), 1000)
	if d, err := mail.ParseDate(m.Header.Get("Date")); err == nil {
		m.Date = d.UTC()
	}
	m.Hops = len(m.Header["Received"])
}

// fields reads a header without refusing any: what is no field is left out.
func fields(head []byte) mail.Header {
	h := mail.Header{}
	var name, value string
	flush := func() {
		if name != "" {
			h[name] = append(h[name], strings.TrimSpace(strings.ToValidUTF8(value, "\uFFFD")))
		}
		name = ""
	}
	for line := range bytes.Lines(head) {
		text := strings.ReplaceAll(strings.TrimRight(string(line), "\r\n"), "\x00", "")
		if text == "" {
			continue
		}
		if text[0] == ' ' || text[0] == '\t' {
			value += " " + strings.TrimSpace(text)
			continue
		}
		flush()
		n, v, ok := strings.Cut(text, ":")
		if n = strings.TrimSpace(n); ok && n != "" && !strings.ContainsAny(n, " \t") && len(n) < 100 {
			name, value = canonical(n), v
		}
	}
	flush()
	return h
}

// canonical writes the name of a field as mail.Header looks it up.
func canonical(name string) string {
	b := []byte(strings.ToLower(name))
	up := true
	for i, c := range b {
		if up && c >= 'a' && c <= 'z' {
			b[i] = c - 32
		}
		up = c == '-'
	}
	return string(b)
}

var msgID = regexp.MustCompile(`<([^<>\s]+)>`)

// MessageIDs returns the ids in a header, at most the last hundred.
func MessageIDs(value string) []string {
	var out []string
	for _, m := range msgID.FindAllStringSubmatch(value, -1) {
		out = append(out, m[1])
	}
	if len(out) > 100 {
		out = out[len(out)-100:]
	}
	return out
}

// NormaliseID returns the form in which message ids are compared: the domain has
// no case.
func NormaliseID(id string) string {
	id = strings.Trim(strings.TrimSpace(id), "<>")
	if i := strings.LastIndexByte(id, '@'); i >= 0 {
		return id[:i] + strings.ToLower(id[i:])
	}
	return id
}

func addresses(h mail.Header, name string, most int) []Address {
	raw := strings.Join(h[name], ", ")
	if len(raw) > 64<<10 {
		raw = raw[:64<<10]
	}
	p := mail.AddressParser{WordDecoder: decoder}
	list, err := p.ParseList(raw)
	if err != nil {
		list = lenient(raw, most)
	}
	var out []Address
	for _, a := range list {
		if len(out) == most {
			break
		}
		address := oneLine(a.Address, 320)
		if strings.Contains(address, "@") && !strings.ContainsAny(address, "<> ,;") {
			out = append(out, Address{Name: oneLine(a.Name, 200), Address: address})
		}
	}
	return out
}

var loose = regexp.MustCompile(`[^\s<>,;:"'()@]{1,64}@[^\s<>,;:"'()@]{1,253}`)

// lenient finds the addresses in what is no list of addresses.
func lenient(raw string, most int) []*mail.Address {
	var out []*mail.Address
	seen := map[string]bool{}
	for _, a := range loose.FindAllString(raw, most*2) {
		if !seen[a] {
			seen[a] = true
			out = append(out, &mail.Address{Address: a})
		}
	}
	if len(out) == 1 {
		name, _, _ := strings.Cut(raw, "<")
		out[0].Name = Decode(strings.Trim(strings.TrimSpace(name), `"'`))
		if strings.Contains(out[0].Name, "@") {
			out[0].Name = ""
		}
	}
	return out
}

// oneLine takes out what a name or a subject cannot hold: line breaks would
// begin a header of their own, and marks of direction make a text read as
// another one.
func oneLine(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u2028' || r == '\u2029' || unicode.IsControl(r):
			return ' '
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return cut(strings.Join(strings.Fields(s), " "), most)
}

// cut shortens a text to so many code points.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// clean makes a text of anything, at most most bytes long.
func clean(s string, most int) string {
	if len(s) > most {
		s = s[:most]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}

// Head is what the header of a message says, without reading its body.
type Head struct {
	MessageID string
	From      Address
	Subject   string
}

// ReadHead reads the header only; it never fails.
func ReadHead(raw []byte) Head {
	m := &Message{}
	m.readHeader(raw[:min(headerLength(raw), maxHeaderBytes)])
	h := Head{MessageID: m.MessageID, Subject: m.Subject}
	if a := m.Author(); a != nil {
		h.From = *a
	} else if len(m.From) > 0 {
		h.From = m.From[0]
	}
	return h
}
