package notification

import (
	"cmp"
	"fmt"
	"html"
	"strings"

	"github.com/fixdesk/fixdesk/api/platform/mail"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// words are what is said of each kind, with the name of whoever did it, and
// whatever else is said, by language.
type words struct {
	kinds    map[Kind]string
	noted    string
	statuses map[string]string
	targets  map[string]string
	subject  string // of several tickets
	why      string
	more     string
}

var texts = map[string]words{
	"en": {
		kinds: map[Kind]string{
			Assigned: "%s assigned the ticket to you", Mention: "%s mentioned you", Reply: "%s wrote a comment",
			Status: "%s changed the status to: %s", SLA: "A target is due: %s", Watching: "%s added you to the ticket",
		},
		noted:    "%s wrote an internal note",
		statuses: map[string]string{"open": "open", "in_progress": "in progress", "resolved": "resolved", "closed": "closed"},
		targets: map[string]string{
			"first_response": "first response", "next_response": "next response", "resolution": "resolution",
		},
		subject: "News on %d tickets",
		why:     "You choose what you hear of, and how: %s",
		more:    "… and %d more",
	},
	"de": {
		kinds: map[Kind]string{
			Assigned: "%s hat Ihnen das Ticket zugewiesen", Mention: "%s hat Sie erwähnt", Reply: "%s hat einen Kommentar geschrieben",
			Status: "%s hat den Status geändert: %s", SLA: "Ein Ziel ist fällig: %s", Watching: "%s hat Sie zum Ticket hinzugefügt",
		},
		noted:    "%s hat eine interne Notiz geschrieben",
		statuses: map[string]string{"open": "offen", "in_progress": "in Bearbeitung", "resolved": "gelöst", "closed": "geschlossen"},
		targets: map[string]string{
			"first_response": "erste Antwort", "next_response": "nächste Antwort", "resolution": "Lösung",
		},
		subject: "Neues zu %d Tickets",
		why:     "Wovon und wie Sie hören, wählen Sie hier: %s",
		more:    "… und %d weitere",
	},
}

func wordsOf(u user.User) words {
	if w, ok := texts[u.Language]; ok {
		return w
	}
	return texts["en"]
}

func nameOf(c user.Card) string { return cmp.Or(c.Name(), "Fixdesk") }

// line says in a line what a notification tells.
func (w words) line(r Notification, by user.Card) string {
	name := nameOf(by)
	switch {
	case r.Kind == Status:
		return fmt.Sprintf(w.kinds[Status], name, orSame(w.statuses, r.Detail))
	case r.Kind == SLA:
		return fmt.Sprintf(w.kinds[SLA], orSame(w.targets, r.Detail))
	case r.Kind == Reply && r.Type == noted:
		return fmt.Sprintf(w.noted, name)
	}
	return fmt.Sprintf(w.kinds[r.Kind], name)
}

func orSame(of map[string]string, name string) string {
	if text, ok := of[name]; ok {
		return text
	}
	return name
}

const (
	// maxLines is how much one mail tells; the rest is in the app.
	maxLines   = 50
	maxExcerpt = 1000 // code points
)

// paragraph is one ticket in a message.
type paragraph struct {
	about ticket.Ticket
	lines []string
	said  []string
}

// paragraphs puts what a message tells in order, at most maxLines lines, and
// returns how many there are more.
func (n *news) paragraphs() ([]paragraph, int) {
	w := wordsOf(n.to)
	var out []paragraph
	for i, r := range n.rows {
		if i == maxLines {
			return out, len(n.rows) - maxLines
		}
		if len(out) == 0 || out[len(out)-1].about.ID != r.TicketID {
			out = append(out, paragraph{about: n.about[r.TicketID]})
		}
		p := &out[len(out)-1]
		p.lines = append(p.lines, w.line(r, n.cards[r.ActorID]))
		said := ""
		if r.CommentID != nil {
			said = cut(strings.TrimSpace(n.said[*r.CommentID]), maxExcerpt)
		}
		p.said = append(p.said, said)
	}
	return out, 0
}

func heading(t ticket.Ticket) string { return fmt.Sprintf("[#%d] %s", t.ID, oneLine(t.Title)) }

// oneLine takes out what would end a line of a header.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// letter writes the mail of a message.
func (s *Service) letter(m *Message, n *news) mail.Message {
	w := wordsOf(n.to)
	all, more := n.paragraphs()
	subject := fmt.Sprintf(w.subject, len(all))
	if len(all) == 1 {
		subject = heading(all[0].about)
	}
	var text, rich strings.Builder
	for _, p := range all {
		link := fmt.Sprintf("%s/tickets/%d", s.Public, p.about.ID)
		fmt.Fprintf(&text, "%s\n%s\n", heading(p.about), link)
		fmt.Fprintf(&rich, `<p><a href="%s"><strong>%s</strong></a></p><ul>`, html.EscapeString(link), html.EscapeString(heading(p.about)))
		for i, line := range p.lines {
			fmt.Fprintf(&text, "- %s\n", oneLine(line))
			fmt.Fprintf(&rich, "<li>%s", html.EscapeString(oneLine(line)))
			if said := p.said[i]; said != "" {
				fmt.Fprintf(&text, "\n%s\n\n", said)
				fmt.Fprintf(&rich, `<blockquote style="white-space:pre-wrap">%s</blockquote>`, html.EscapeString(said))
			}
			rich.WriteString("</li>")
		}
		text.WriteString("\n")
		rich.WriteString("</ul>")
	}
	if more > 0 {
		fmt.Fprintf(&text, w.more+"\n\n", more)
		fmt.Fprintf(&rich, "<p>"+w.more+"</p>", more)
	}
	link := s.Public + "/notifications/settings"
	fmt.Fprintf(&text, "-- \n"+w.why+"\n", link)
	fmt.Fprintf(&rich, `<p style="color:#868e96">%s</p>`, fmt.Sprintf(html.EscapeString(w.why), `<a href="`+html.EscapeString(link)+`">`+html.EscapeString(link)+"</a>"))
	return mail.Message{
		ID: m.MessageID, To: n.to.Email, ToName: n.to.FullName, Subject: subject, Text: text.String(), HTML: rich.String(), Date: m.CreatedAt,
		Headers: map[string]string{"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "Precedence": "bulk"},
	}
}
