package parse

import (
	"bytes"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// Bounce is what a report about a message that was not delivered says (RFC 3464).
type Bounce struct {
	Recipients []Failed
	OriginalID string // the Message-ID of what was not delivered, without <>
}

// Failed is somebody who did not get a message.
type Failed struct {
	Address    string
	Action     Action
	Status     string // such as 5.1.1
	Diagnostic string
}

// Action is what a server did with a message (RFC 3464, 2.3.3).
type Action string

// The actions.
const (
	ActionFailed    Action = "failed"
	ActionDelayed   Action = "delayed" // it goes on trying
	ActionDelivered Action = "delivered"
	ActionRelayed   Action = "relayed" // to where no reports are made
	ActionExpanded  Action = "expanded"
)

// Arrived reports whether the message was handed over.
func (a Action) Arrived() bool {
	return a == ActionDelivered || a == ActionRelayed || a == ActionExpanded
}

// Hard reports whether trying again is in vain.
func (f Failed) Hard() bool { return f.Action == ActionFailed && strings.HasPrefix(f.Status, "5") }

// readReport finds out whether the message is a report.
func (m *Message) readReport(root *enmime.Part) {
	if root == nil {
		return
	}
	params, _, _ := contentType(root)
	kind := strings.ToLower(params["report-type"])
	if strings.EqualFold(root.ContentType, "multipart/report") && strings.Contains(kind, "disposition-notification") {
		m.ReadReport = true
		if m.Auto == Human {
			m.Auto, m.AutoWhy, m.NoAnswer = Replied, "it is a receipt", "it is a receipt"
		}
		return
	}
	var b Bounce
	found := strings.EqualFold(root.ContentType, "multipart/report") && (kind == "delivery-status" || kind == "")
	walk(root, func(p *enmime.Part) {
		switch strings.ToLower(p.ContentType) {
		case "message/delivery-status", "message/global-delivery-status":
			b.Recipients = append(b.Recipients, failures(p.Content)...)
			found = true
		case "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global":
			if found && b.OriginalID == "" {
				if ids := MessageIDs(fields(p.Content[:headerLength(p.Content)]).Get("Message-Id")); len(ids) > 0 {
					b.OriginalID = ids[0]
				}
			}
		}
	})
	if !found {
		// Some servers only say it in words.
		to := strings.TrimSpace(m.Header.Get("X-Failed-Recipients"))
		if to == "" {
			return
		}
		for _, a := range lenient(to, 20) {
			b.Recipients = append(b.Recipients, Failed{Address: a.Address, Action: ActionFailed, Status: "5.0.0"})
		}
		if ids := MessageIDs(string(m.Text[:min(len(m.Text), 64<<10)])); len(m.InReplyTo) > 0 {
			b.OriginalID = m.InReplyTo[0]
		} else if len(ids) > 0 {
			b.OriginalID = ids[0]
		}
	}
	m.Bounce = &b
	if m.Auto == Human {
		m.Auto, m.AutoWhy = Replied, "it is a delivery report"
	}
	m.NoAnswer = "it is a delivery report"
}

// failures reads the groups of a delivery report: one about the message, then
// one for each recipient.
func failures(content []byte) []Failed {
	var out []Failed
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	for _, group := range bytes.Split(content[:min(len(content), 256<<10)], []byte("\n\n")) {
		h := fields(append(bytes.Clone(group), '\n'))
		to := afterType(h.Get("Final-Recipient"))
		if to == "" {
			to = afterType(h.Get("Original-Recipient"))
		}
		if to == "" || len(out) == 100 {
			continue
		}
		// Some add a remark in brackets.
		action, _, _ := strings.Cut(strings.ToLower(oneLine(h.Get("Action"), 200)), " ")
		out = append(out, Failed{
			Address: oneLine(strings.Trim(to, "<>"), 320), Action: Action(cut(action, 20)),
			Status: oneLine(h.Get("Status"), 20), Diagnostic: oneLine(afterType(h.Get("Diagnostic-Code")), 300),
		})
	}
	return out
}

// afterType takes the type of an address or a code away: "rfc822; lee@example.com".
func afterType(value string) string {
	if _, v, ok := strings.Cut(value, ";"); ok {
		return strings.TrimSpace(v)
	}
	return strings.TrimSpace(value)
}
