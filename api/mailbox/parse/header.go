package parse

import (
	"io"
	"mime"
	"regexp"
	"slices"
	"strings"

	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/net/html/charset"
)

var decoder = &mime.WordDecoder{CharsetReader: func(name string, in io.Reader) (io.Reader, error) {
	return charset.NewReaderLabel(name, in)
}}

// Decode reads the encoded words of a header (RFC 2047). What cannot be read
// stays as it is.
func Decode(value string) string {
	if len(value) > 64<<10 {
		value = value[:64<<10]
	}
	out, err := decoder.DecodeHeader(value)
	if err != nil {
		return value
	}
	return out
}

// judge says what the headers tell of a message.
func (m *Message) judge(root *enmime.Part) {
	h := m.Header
	lower := func(name string) string { return strings.ToLower(strings.Join(h[canonical(name)], ", ")) }
	// RFC 3834, 5: "no" is a human, whatever else comes along.
	auto, _, _ := strings.Cut(strings.TrimSpace(lower("Auto-Submitted")), ";")
	auto = strings.TrimSpace(auto)
	human := auto == "no"
	switch {
	case human:
	case strings.HasPrefix(auto, "auto-replied"):
		m.Auto, m.AutoWhy = Replied, "Auto-Submitted: "+auto
	case auto != "":
		m.Auto, m.AutoWhy = Generated, "Auto-Submitted: "+cut(auto, 40)
	case lower("X-Autoreply") != "" && lower("X-Autoreply") != "no":
		m.Auto, m.AutoWhy = Replied, "X-Autoreply"
	case lower("X-Autorespond") != "":
		m.Auto, m.AutoWhy = Replied, "X-Autorespond"
	case strings.Contains(lower("Precedence"), "auto_reply"):
		m.Auto, m.AutoWhy = Replied, "Precedence: auto_reply"
	case autoSubject.MatchString(m.Subject):
		m.Auto, m.AutoWhy = Replied, "its subject"
	}
	// Exchange's answers for absent people say auto-generated.
	if m.Auto == Generated && (autoSubject.MatchString(m.Subject) || (len(m.InReplyTo) > 0 && lower("X-Auto-Response-Suppress") != "")) {
		m.Auto = Replied
	}
	suppress := strings.FieldsFunc(lower("X-Auto-Response-Suppress"), func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
	precedence := lower("Precedence")
	switch {
	case m.Auto != Human:
		m.NoAnswer = m.AutoWhy
	case slices.ContainsFunc(suppress, func(s string) bool { return s == "all" || s == "oof" || s == "autoreply" }):
		m.NoAnswer = "X-Auto-Response-Suppress"
	case precedence == "bulk" || precedence == "junk" || precedence == "list":
		m.NoAnswer = "Precedence: " + precedence
	}
	if id := strings.TrimSpace(h.Get("List-Id")); id != "" {
		m.List = oneLine(Decode(id), 200)
	} else if h.Get("List-Post") != "" || precedence == "list" {
		m.List = "a mailing list"
	}
	if m.List != "" && m.NoAnswer == "" {
		m.NoAnswer = "List-Id"
	}
	if from := m.Author(); from != nil {
		m.NoReply = IsNoReply(from.Address)
		if m.NoReply && m.NoAnswer == "" {
			m.NoAnswer = "no-reply"
		}
	}
	m.readReport(root)
	m.Crypto = cryptoOf(root, m.Text)
}

var autoSubject = regexp.MustCompile(`(?i)^\s*(automatic reply|auto(-| )?reply|autoreply|out of (the )?office|automatische antwort|abwesenheitsnotiz|abwesend|réponse automatique|respuesta automática|risposta automatica)\b`)

// Author returns who wrote the message: of several addresses in From the one
// that Sender names (RFC 5322, 3.6.2), nil when none is named alone.
func (m *Message) Author() *Address {
	if len(m.From) == 1 {
		return &m.From[0]
	}
	for i := range m.From {
		if m.Sender != nil && strings.EqualFold(m.From[i].Address, m.Sender.Address) {
			return &m.From[i]
		}
	}
	return nil
}

var noReply = regexp.MustCompile(`(?i)^(no[-_.]?reply|do[-_.]?not[-_.]?reply|not[-_.]?reply|keine[-_.]?antwort|nicht[-_.]?antworten|mailer-daemon|bounces?|verify|verification|verifications|email[-_.]?verification|account[-_.]?(verification|security)|confirm|confirmation|security-noreply)([-+_.].*)?$|(?i)(no-?reply|donotreply)`)

// IsNoReply reports whether an address is one that only sends: what it sends are
// notices and codes that prove who owns an address, and not for everybody who
// can read a ticket.
func IsNoReply(address string) bool {
	local := address
	if i := strings.LastIndexByte(address, '@'); i >= 0 {
		local = address[:i]
	}
	return noReply.MatchString(local)
}

func cryptoOf(root *enmime.Part, text string) Crypto {
	head := text[:min(len(text), 4000)]
	switch {
	case strings.Contains(head, "-----BEGIN PGP MESSAGE-----"):
		return PGPEncrypted
	case strings.Contains(head, "-----BEGIN PGP SIGNED MESSAGE-----"):
		return PGPSigned
	case root == nil:
		return Plain
	}
	kind := strings.ToLower(root.ContentType)
	params, _, _ := contentType(root)
	switch kind {
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		if strings.Contains(strings.ToLower(params["smime-type"]), "signed") {
			return SMIMESigned
		}
		return SMIMEEncrypted
	case "multipart/signed":
		if strings.Contains(strings.ToLower(params["protocol"]), "pgp") {
			return PGPSigned
		}
		return SMIMESigned
	case "multipart/encrypted":
		return PGPEncrypted
	}
	return Plain
}

func contentType(p *enmime.Part) (map[string]string, string, error) {
	kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
	if params == nil {
		params = p.ContentTypeParams
	}
	return params, kind, err
}

var ticketNumber = regexp.MustCompile(`\[#(\d{1,18})\]`)

// TicketNumber returns the number in a subject, or 0.
func TicketNumber(subject string) int64 {
	m := ticketNumber.FindStringSubmatch(subject)
	if m == nil {
		return 0
	}
	var n int64
	for _, c := range m[1] {
		n = n*10 + int64(c-'0')
	}
	return n
}

var prefixes = regexp.MustCompile(`(?i)^\s*((re|aw|fwd?|wg|sv|vs|antw|tr|rif|r)(\[\d+\])?\s*:\s*|\[#\d{1,18}\]\s*)+`)

// BareSubject returns a subject without Re:, AW:, and ticket numbers.
func BareSubject(subject string) string {
	if s := strings.TrimSpace(prefixes.ReplaceAllString(subject, "")); s != "" {
		return s
	}
	return strings.TrimSpace(subject)
}

// Lines writes a header as it can be shown.
func Lines(raw []byte) string { return clean(string(raw[:headerLength(raw)]), maxHeaderBytes) }
