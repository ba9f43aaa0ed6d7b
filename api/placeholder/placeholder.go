// Package placeholder fills in what stands for something in a prepared text, such
// as {{requester.name}}. The names come from a closed list, and what they stand for
// is only ever words: no value can become a link, a heading or a call for somebody.
package placeholder

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Placeholder is one name of the list.
type Placeholder struct {
	Name    string
	Example string
}

// All lists every placeholder, in the order in which they are offered.
var All = []Placeholder{
	{"ticket.id", "42"}, {"ticket.title", "Printer on floor 3 is out of toner"}, {"ticket.status", "In Progress"},
	{"ticket.priority", "high"}, {"ticket.url", "https://desk.example.com/tickets/42"}, {"ticket.created", "2026-03-02"},
	{"ticket.due", "2026-03-03 13:00 CET"}, {"requester.name", "Amara Okafor"}, {"requester.first_name", "Amara"},
	{"requester.username", "amara"}, {"requester.department", "Finance"}, {"assignee.name", "Sam Weber"},
	{"team.name", "Network"}, {"agent.name", "Sam Weber"}, {"agent.first_name", "Sam"}, {"today", "2026-03-02"},
}

var pattern = regexp.MustCompile(`\\?\{\{\s*([^{}]{0,100}?)\s*\}\}`)

// Check names the first placeholder of a text that is not on the list, as a
// sentence; "" when there is none.
func Check(text string) string {
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		if strings.HasPrefix(m[0], `\`) || known(m[1]) {
			continue
		}
		return fmt.Sprintf("There is no placeholder %s. Known: %s.", m[0], strings.Join(names(), ", "))
	}
	return ""
}

func known(name string) bool {
	return slices.ContainsFunc(All, func(p Placeholder) bool { return p.Name == name })
}

func names() []string {
	out := make([]string, len(All))
	for i, p := range All {
		out[i] = p.Name
	}
	return out
}

// Used lists the placeholders of a text, each once.
func Used(text string) []string {
	var out []string
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		if !strings.HasPrefix(m[0], `\`) && !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// Fill puts values in the place of placeholders. A backslash before one keeps it
// as it is written; one without a value becomes a dash.
func Fill(text string, values map[string]string) string {
	return pattern.ReplaceAllStringFunc(text, func(found string) string {
		if rest, kept := strings.CutPrefix(found, `\`); kept {
			return rest
		}
		value := values[pattern.FindStringSubmatch(found)[1]]
		if value == "" {
			return "–"
		}
		return value
	})
}

// Values are what the placeholders stand for on a ticket, as words in Markdown.
// by is who writes; base is where the desk is reached.
func Values(tx *gorm.DB, by authz.Actor, t *ticket.Ticket, base string) (map[string]string, error) {
	people := map[int64]user.User{}
	for _, id := range []*int64{&t.CreatedByID, t.AssignedToID, &by.ID} {
		if id == nil || *id == 0 {
			continue
		}
		u, err := user.Find(tx, *id)
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return nil, fmt.Errorf("read whom a text names: %w", err)
		}
		people[*id] = u
	}
	now := tx.NowFunc()
	zone := by.Location()
	out := map[string]string{
		"ticket.id": strconv.FormatInt(t.ID, 10), "ticket.title": Words(t.Title), "ticket.status": t.Status.Label(),
		"ticket.priority": t.Priority.String(), "ticket.created": t.CreatedAt.In(zone).Format("2006-01-02"),
		"ticket.url": fmt.Sprintf("%s/tickets/%d", strings.TrimSuffix(base, "/"), t.ID),
		"today":      now.In(zone).Format("2006-01-02"),
	}
	if t.DueAt != nil {
		out["ticket.due"] = t.DueAt.In(zone).Format("2006-01-02 15:04 MST")
	}
	requester := people[t.CreatedByID]
	out["requester.name"], out["requester.first_name"] = Words(nameOf(requester)), Words(firstOf(requester))
	out["requester.username"], out["requester.department"] = Words(requester.Username), Words(requester.Department)
	if t.AssignedToID != nil {
		out["assignee.name"] = Words(nameOf(people[*t.AssignedToID]))
	}
	agent := people[by.ID]
	out["agent.name"], out["agent.first_name"] = Words(nameOf(agent)), Words(firstOf(agent))
	if t.TeamID != nil {
		cards, err := team.Cards(tx, *t.TeamID)
		if err != nil {
			return nil, err
		}
		out["team.name"] = Words(cards[*t.TeamID].Name)
	}
	return out, nil
}

func nameOf(u user.User) string {
	switch {
	case u.FullName != "":
		return u.FullName
	case u.FirstName != "" || u.LastName != "":
		return strings.TrimSpace(u.FirstName + " " + u.LastName)
	}
	return u.Username
}

func firstOf(u user.User) string {
	if u.FirstName != "" {
		return u.FirstName
	}
	return nameOf(u)
}

// Words returns Markdown that shows a text as it is, on one line.
func Words(text string) string {
	var out strings.Builder
	runes := []rune(strings.Join(strings.FieldsFunc(text, breaks), " "))
	next := func(i int) rune {
		if i+1 < len(runes) {
			return runes[i+1]
		}
		return 0
	}
	digits := true // so far
	for i, r := range runes {
		escape := false
		switch {
		case strings.ContainsRune("\\`*_[]<>&|~@{}$^", r):
			escape = true
		case strings.ContainsRune("#-+=", r):
			escape = i == 0
		case r == '.' || r == ')':
			// The number of a list, or the address of a page.
			escape = (digits && i > 0) || (r == '.' && i >= 3 && strings.EqualFold(string(runes[i-3:i]), "www"))
		case r == ':':
			escape = next(i) != 0 && next(i) != ' '
		}
		digits = digits && r >= '0' && r <= '9'
		if escape {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

func breaks(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// In fills in a text for a ticket.
func In(tx *gorm.DB, by authz.Actor, t *ticket.Ticket, base, text string) (string, error) {
	if len(Used(text)) == 0 {
		return Fill(text, nil), nil
	}
	values, err := Values(tx, by, t, base)
	if err != nil {
		return "", err
	}
	return Fill(text, values), nil
}

// Wrong is Check as a fault of a field.
func Wrong(field, text string) error {
	if wrong := Check(text); wrong != "" {
		return fault.Field(field, "%s", wrong)
	}
	return nil
}
