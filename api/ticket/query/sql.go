package query

import "slices"

// SQL writes conditions as SQL about a ticket named t. Every text of a query is
// an argument; a condition is true or false, never NULL, so that NOT turns it
// around.
type SQL struct {
	// Ordinals returns how statuses and priorities are stored.
	Ordinals func(names []string) []int
	// Fold returns a text as the search texts hold it.
	Fold func(string) string
	// TextBreak stands between title and description in a search text.
	TextBreak string
	// StaffReply is the value of last_reply when the staff have the last word.
	StaffReply int
	// Unfinished are the statuses in which somebody has to do something.
	Unfinished []int
	// Reader is who asks, and HiddenEvents begin the types of the events that
	// the reader may not know of.
	Reader       int64
	HiddenEvents []string
	// More writes the conditions on the fields of Env.More; it reports false for
	// a field that it does not know.
	More func(add Add, field string, n Node) bool
}

// FieldOf returns the field of a condition on one, or "".
func FieldOf(n Node) string {
	switch n := n.(type) {
	case Choice:
		return n.Field
	case Prefix:
		return n.Field
	case Person:
		return n.Field
	case Range:
		return n.Field
	case Times:
		return n.Field
	}
	return ""
}

// Add takes a piece of SQL with its arguments.
type Add func(sql string, args ...any)

var timeColumns = map[string]string{
	"created": "t.created_at", "updated": "t.updated_at", "resolved": "t.resolved_at", "closed": "t.closed_at",
	"responded": "t.first_responded_at", "solved": "t.solved_at",
}

const searchText = " FROM ticket_texts AS x WHERE x.ticket_id = t.id)"

// Write writes one condition.
func (s SQL) Write(add Add, n Node) {
	if f := FieldOf(n); f != "" && s.More != nil && s.More(add, f, n) {
		return
	}
	switch n := n.(type) {
	case And:
		s.join(add, " AND ", "1 = 1", n)
	case Or:
		s.join(add, " OR ", "1 = 0", n)
	case Not:
		add("NOT (")
		s.Write(add, n.Of)
		add(")")
	case Choice:
		s.choice(add, n)
	case Person:
		s.person(add, n)
	case Range:
		column := map[string]string{"id": "t.id", "comments": "t.comment_count"}[n.Field]
		if n.From != nil && n.To != nil && *n.From == *n.To {
			add(column+" = ?", *n.From) // an index then goes on in the order of the ids
			return
		}
		add("(1 = 1")
		if n.From != nil {
			add(" AND "+column+" >= ?", *n.From)
		}
		if n.To != nil {
			add(" AND "+column+" <= ?", *n.To)
		}
		add(")")
	case Times:
		s.times(add, n)
	case Text:
		s.text(add, n)
	case Unread:
		s.unread(add)
	case Confidential:
		add("t.confidential = ?", true)
	case Watching:
		add("EXISTS (SELECT 1 FROM ticket_watchers AS wq WHERE wq.ticket_id = t.id AND wq.user_id = ?)", s.Reader)
	}
}

func (s SQL) join(add Add, word, none string, parts []Node) {
	if len(parts) == 0 {
		add(none)
		return
	}
	add("(")
	for i, p := range parts {
		if i > 0 {
			add(word)
		}
		s.Write(add, p)
	}
	add(")")
}

func (s SQL) times(add Add, n Times) {
	column := timeColumns[n.Field]
	if n.Never {
		add(column + " IS NULL")
		return
	}
	add("(" + column + " IS NOT NULL")
	if n.From != nil {
		add(" AND "+column+" >= ?", n.From.UTC())
	}
	if n.To != nil {
		add(" AND "+column+" < ?", n.To.UTC())
	}
	add(")")
}

func (s SQL) text(add Add, n Text) {
	needle := s.Fold(n.Phrase)
	switch n.Field {
	case "title":
		add("INSTR((SELECT SUBSTR(x.folded, 1, INSTR(x.folded, ?) - 1)"+searchText+", ?) > 0", s.TextBreak, needle)
	case "description":
		add("INSTR((SELECT SUBSTR(x.folded, INSTR(x.folded, ?) + 1)"+searchText+", ?) > 0", s.TextBreak, needle)
	default:
		add("INSTR((SELECT x.folded"+searchText+", ?) > 0", needle)
	}
}

func (s SQL) choice(add Add, n Choice) {
	if len(n.Values) == 0 {
		add("1 = 0")
		return
	}
	switch n.Field {
	case "status", "priority":
		add("t."+n.Field+" IN ?", s.Ordinals(n.Values))
	case "department":
		add("EXISTS (SELECT 1 FROM users AS r WHERE r.id = t.created_by_id AND r.department IN ?)", n.Values)
	case "waiting":
		add("(t.status IN ? AND (1 = 0", s.Unfinished)
		if slices.Contains(n.Values, "staff") {
			add(" OR t.last_reply <> ?", s.StaffReply)
		}
		if slices.Contains(n.Values, "requester") {
			add(" OR t.last_reply = ?", s.StaffReply)
		}
		add("))")
	}
}

func (s SQL) person(add Add, n Person) {
	column := map[string]string{"requester": "t.created_by_id", "assignee": "t.assigned_to_id", "team": "t.team_id"}[n.Field]
	if len(n.IDs) > 0 && !n.None {
		// Without an OR, so that an index of the column can lead.
		add("("+column+" IS NOT NULL AND "+column+" IN ?)", n.IDs)
		return
	}
	add("(1 = 0")
	if len(n.IDs) > 0 {
		add(" OR ("+column+" IS NOT NULL AND "+column+" IN ?)", n.IDs)
	}
	if n.None {
		add(" OR " + column + " IS NULL")
	}
	add(")")
}

// unread: something that somebody else did came after the reader's last look.
// Whoever never looked has read what is done. It is no EXISTS, which MariaDB would
// make a join of that may begin with all events.
func (s SQL) unread(add Add) {
	add("(COALESCE((SELECT 1 FROM events AS e WHERE e.subject_type = 'ticket' AND e.subject_id = t.id AND e.actor_id <> ?", s.Reader)
	for _, prefix := range s.HiddenEvents {
		add(" AND e.type NOT LIKE ?", prefix+"%")
	}
	add(" AND e.id > COALESCE((SELECT r.event_id FROM ticket_reads AS r WHERE r.user_id = ? AND r.ticket_id = t.id),"+
		" CASE WHEN t.status IN ? THEN 0 ELSE 9223372036854775807 END) LIMIT 1), 0) = 1)", s.Reader, s.Unfinished)
}
