package webhook

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// chatText is a message for people: what it is about, where that is, and what
// happened.
type chatText struct {
	Text string
	URL  string
	Rest string
}

// said is what happened, in words.
var said = map[string]string{
	ticket.Created: "new ticket", ticket.Updated: "texts changed", ticket.StatusChanged: "status changed",
	ticket.PriorityChanged: "priority changed", ticket.Assigned: "assigned", ticket.TeamChanged: "moved to another team",
	ticket.ConfidentialChanged: "confidentiality changed", ticket.Commented: "new comment", ticket.CommentUpdated: "comment changed",
	ticket.CommentDeleted: "comment deleted", ticket.CCAdded: "CC added", ticket.CCRemoved: "CC removed",
	ticket.Deleted: "deleted", ticket.Restored: "restored", "attachment.added": "attachment added", "attachment.removed": "attachment removed",
}

// words says in a line what happened.
func (s *Service) words(e event.Event, title string) chatText {
	what := said[e.Type]
	if what == "" {
		what = strings.NewReplacer(".", " ", "_", " ").Replace(e.Type)
	}
	switch e.Type {
	case ticket.StatusChanged, ticket.PriorityChanged:
		var c ticket.Change
		if e.Decode(&c) == nil {
			what += " from " + strings.ReplaceAll(c.From, "_", " ") + " to " + strings.ReplaceAll(c.To, "_", " ")
		}
	case ticket.Assigned:
		var a ticket.Assignment
		if e.Decode(&a) == nil {
			what = "assigned to nobody"
			if a.To != nil {
				what = "assigned to " + a.To.Username
			}
		}
	}
	by := e.ActorName
	if e.ActorID == 0 {
		by = "Fixdesk"
	}
	out := chatText{URL: s.public, Rest: oneLine(what + " by " + by)}
	if e.SubjectType == ticket.Subject {
		out.Text = oneLine(fmt.Sprintf("#%d %s", e.SubjectID, title))
		out.URL = fmt.Sprintf("%s/tickets/%d", s.public, e.SubjectID)
	} else {
		out.Text = fmt.Sprintf("%s %d", e.SubjectType, e.SubjectID)
	}
	return out
}

// oneLine takes out what could break a line or turn its direction, and keeps
// names after an @ from calling anybody: an invisible character follows it.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "@", "@\u200B")
}

// slackText escapes what Slack reads as its own: links, mentions and <!here>.
var slackText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// markdown takes the meaning from every sign of Markdown.
func markdown(text string) string {
	var out strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_{}[]()<>#+-.!|~:", r) {
			out.WriteRune('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// chatBody is a message in the form of a chat.
func chatBody(k Kind, m chatText) (string, error) {
	rest := ""
	if m.Rest != "" {
		rest = " — " + m.Rest
	}
	var body any
	switch k {
	case Slack:
		line := "<" + m.URL + "|" + slackText.Replace(strings.ReplaceAll(m.Text, "|", "¦")) + ">" + slackText.Replace(rest)
		body = map[string]any{
			"text":         line,
			"unfurl_links": false,
			"blocks":       []any{map[string]any{"type": "section", "text": map[string]any{"type": "mrkdwn", "text": line, "verbatim": true}}},
		}
	case Mattermost:
		body = map[string]any{"text": "[" + markdown(m.Text) + "](" + m.URL + ")" + markdown(rest)}
	case Teams:
		// Runs of text know no Markdown, as blocks of text do.
		body = map[string]any{"type": "message", "attachments": []any{map[string]any{
			"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil,
			"content": map[string]any{
				"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
				"body": []any{map[string]any{"type": "RichTextBlock", "inlines": []any{
					map[string]any{"type": "TextRun", "text": m.Text, "weight": "Bolder"},
					map[string]any{"type": "TextRun", "text": rest},
				}}},
				"actions": []any{map[string]any{"type": "Action.OpenUrl", "title": "Open", "url": m.URL}},
			},
		}}}
	case Standard:
		return "", fmt.Errorf("%s is no chat", k)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return "", fmt.Errorf("write a message for %s: %w", k, err)
	}
	return string(raw), nil
}
