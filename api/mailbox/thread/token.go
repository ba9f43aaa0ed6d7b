// Package thread finds out to which ticket a message belongs. It is pure: what a
// message says and what the desk knows go in, a decision with its reasons comes
// out.
package thread

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
)

// Signer makes reply addresses and message ids that nobody else can make.
type Signer struct{ key []byte }

// NewSigner returns a signer with a key.
func NewSigner(key []byte) Signer { return Signer{key} }

// Token is what a reply address or a message id says: the ticket, and to whom it
// was sent.
type Token struct {
	Ticket int64
	to     string // a mark of the recipient's address
}

// base32 in lower case survives servers that fold addresses.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func (s Signer) mac(size int, parts ...string) string {
	m := hmac.New(sha256.New, s.key)
	for _, p := range parts {
		_, _ = m.Write([]byte(strconv.Itoa(len(p)) + ":" + p)) // a hash takes everything
	}
	return letters.EncodeToString(m.Sum(nil))[:size]
}

const (
	markSize = 8  // 40 bits: tells recipients apart
	signSize = 20 // 100 bits: cannot be guessed
)

func (s Signer) mark(address string) string { return s.mac(markSize, "to", Key(address)) }

// Key returns the form in which addresses are compared.
func Key(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// IsTo reports whether what holds the token was sent to an address.
func (s Signer) IsTo(t Token, address string) bool {
	return address != "" && hmac.Equal([]byte(t.to), []byte(s.mark(address)))
}

// ReplyAddress returns the address that answers of a recipient about a ticket go
// to: the mailbox's with a tag.
func (s Signer) ReplyAddress(box string, ticket int64, recipient string) string {
	i := strings.LastIndexByte(box, '@')
	if i < 0 {
		return box
	}
	id, to := strconv.FormatInt(ticket, 36), s.mark(recipient)
	return box[:i] + "+t" + id + "-" + to + "-" + s.mac(signSize, "reply", id, to) + box[i:]
}

// ReadAddress returns the token of a reply address, or false for any other one.
func (s Signer) ReadAddress(address string) (Token, bool) {
	local := strings.ToLower(address)
	if i := strings.LastIndexByte(local, '@'); i >= 0 {
		local = local[:i]
	}
	_, tag, ok := strings.Cut(local, "+t")
	parts := strings.Split(tag, "-")
	if !ok || len(parts) != 3 {
		return Token{}, false
	}
	return s.token(parts[0], parts[1], parts[2], s.mac(signSize, "reply", parts[0], parts[1]))
}

func (s Signer) token(id, to, sign, want string) (Token, bool) {
	n, err := strconv.ParseInt(id, 36, 64)
	if err != nil || n < 1 || !hmac.Equal([]byte(sign), []byte(want)) {
		return Token{}, false
	}
	return Token{Ticket: n, to: to}, true
}

// Plain returns the address without its tag.
func Plain(address string) string {
	i := strings.LastIndexByte(address, '@')
	if i < 0 {
		return Key(address)
	}
	local, _, _ := strings.Cut(address[:i], "+")
	return Key(local + address[i:])
}

// MessageID returns the id of a message to somebody about a ticket, without <>.
// unique tells messages apart.
func (s Signer) MessageID(domain string, ticket int64, recipient, unique string) string {
	id, to := strconv.FormatInt(ticket, 36), s.mark(recipient)
	return "t" + id + "." + to + "." + unique + "." + s.mac(signSize, "message", id, to, unique) + "@" + domain
}

// RootID returns the id that all messages about a ticket refer to, so that every
// client shows them as one conversation.
func (s Signer) RootID(domain string, ticket int64) string {
	return s.MessageID(domain, ticket, "", "root")
}

// ReadMessageID returns the token of one of the desk's message ids.
func (s Signer) ReadMessageID(id string) (Token, bool) {
	local := strings.ToLower(strings.Trim(id, "<>"))
	if i := strings.LastIndexByte(local, '@'); i >= 0 {
		local = local[:i]
	}
	parts := strings.Split(local, ".")
	if len(parts) != 4 || !strings.HasPrefix(parts[0], "t") {
		return Token{}, false
	}
	id = parts[0][1:]
	return s.token(id, parts[1], parts[3], s.mac(signSize, "message", id, parts[1], parts[2]))
}

// Desk returns a mark of the installation, by which it knows its own messages.
func (s Signer) Desk() string { return s.mac(16, "desk") }

// Unsubscribe returns a token with which the owner of an address leaves a
// ticket's conversation, and ReadUnsubscribe whether one is right.
func (s Signer) Unsubscribe(ticket int64, address string) string {
	id := strconv.FormatInt(ticket, 36)
	return id + "-" + s.mac(26, "unsubscribe", id, Key(address))
}

// IsUnsubscribe reports whether a token is of an address, and of which ticket.
func (s Signer) IsUnsubscribe(token, address string) (int64, bool) {
	id, _, ok := strings.Cut(token, "-")
	n, err := strconv.ParseInt(id, 36, 64)
	if !ok || err != nil || n < 1 || !hmac.Equal([]byte(token), []byte(s.Unsubscribe(n, address))) {
		return 0, false
	}
	return n, true
}
