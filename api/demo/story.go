package demo

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// record is a ticket on its way to the database. Events that name a comment
// get its id when the comment has one.
type record struct {
	ticket.Record
	names map[int]int // index of event → index of comment
}

// author writes tickets. It is used by one goroutine.
type author struct {
	r         *rand.Rand
	employees []*person
	agents    []*person
	topics    []int // weights
	comments  int
	now       time.Time
	setup     *setup // nil where the desk has one of its own
}

// story is a ticket while it is being told.
type story struct {
	*author
	rec      *record
	incident incident
	words    vars
	at       time.Time
	from, by *person // requester and the one who works on it
}

// tell makes up one ticket that was opened at a time: what happened to it since
// depends on its age, and ends before now.
func (a *author) tell(opened time.Time) *record {
	kind := weighted(a.r, a.topics)
	about := topics[kind]
	s := &story{
		author: a, rec: &record{names: map[int]int{}},
		incident: pick(a.r, about.cases), at: opened,
		from: pick(a.r, a.employees), by: pick(a.r, a.agents),
	}
	s.words = vars{
		"requester": s.from.account.FirstName, "agent": s.by.account.FirstName,
		"department": s.from.account.Department, "colleague": a.colleague(s.from).account.FullName,
		"desk": s.from.desk, "extension": s.from.extension, "place": s.from.place,
	}
	for _, word := range sortedKeys(about.words) {
		s.words[word] = pick(a.r, about.words[word])
	}
	t := &s.rec.Ticket
	t.Title = sentence(s.text(pick(a.r, s.incident.titles)))
	t.Description = sentence(s.text(s.incident.story))
	t.Status, t.Priority = ticket.Open, ticket.Priority(1+weighted(a.r, about.priority[:]))
	t.CreatedByID, t.CreatedAt, t.UpdatedAt = s.from.id(), opened, opened
	s.event(s.from, ticket.Created, nil)
	s.live(a.fate(a.now.Sub(opened)))
	if a.setup != nil {
		a.setup.hang(&s.rec.Record, kind)
	}
	return s.rec
}

// colleague returns somebody else.
func (a *author) colleague(of *person) *person {
	for range 20 {
		if p := pick(a.r, a.employees); p.account.FullName != of.account.FullName {
			return p
		}
	}
	return of
}

func (s *story) text(template string) string { return expand(s.r, template, s.words) }

// The chances of a ticket's status, by age: open, in progress, resolved, closed.
var fates = []struct {
	days   int
	chance []int
}{
	{1, []int{58, 30, 10, 2}}, {4, []int{24, 38, 30, 8}}, {14, []int{8, 20, 40, 32}},
	{45, []int{2, 6, 14, 78}}, {100000, []int{1, 1, 3, 95}},
}

func (a *author) fate(age time.Duration) ticket.Status {
	for _, f := range fates {
		if age < time.Duration(f.days)*24*time.Hour {
			return ticket.Status(1 + weighted(a.r, f.chance))
		}
	}
	return ticket.Closed
}

// live takes the ticket to its end, with as many messages as fit.
func (s *story) live(end ticket.Status) {
	turns := s.turns(end)
	if end == ticket.Open {
		if s.r.IntN(4) == 0 {
			s.wait(3, 20)
			s.assign()
		}
		s.converse(turns, false)
		return
	}
	s.wait(1, 16)
	s.assign()
	s.move(s.by, ticket.InProgress)
	if s.r.IntN(12) == 0 && s.rec.Ticket.Priority < ticket.Urgent {
		s.raise()
	}
	if end == ticket.InProgress {
		s.converse(turns, false)
		return
	}
	again := turns > 3 && s.r.IntN(14) == 0
	if again {
		turns -= 2
	}
	s.converse(turns, true)
	s.move(s.by, ticket.Resolved)
	if again {
		s.wait(8, 60)
		s.say(s.from, s.text(pick(s.r, reopening)))
		s.move(s.by, ticket.InProgress)
		s.wait(2, 30)
		s.say(s.by, s.text(pick(s.r, secondFix)))
		s.move(s.by, ticket.Resolved)
	}
	if end == ticket.Closed {
		s.wait(24, 96)
		s.move(s.by, ticket.Closed)
	}
}

// turns spreads the number of messages around the wanted average: fewer on
// what is new, so the rest gets a little more.
func (s *story) turns(end ticket.Status) int {
	n := s.comments
	if n == 0 {
		return 0
	}
	switch end {
	case ticket.Open:
		return s.r.IntN(min(n, 2) + 1)
	case ticket.InProgress:
		return 1 + s.r.IntN(n)
	case ticket.Resolved, ticket.Closed:
		spread := min(n-1, 3)
		n += s.r.IntN(2*spread+1) - spread
	}
	return max(n, 1)
}

// converse lets the two talk. A conversation that helps ends with what helped
// and, if there is room, with thanks.
func (s *story) converse(turns int, helped bool) {
	room := turns
	closing := 0
	if helped {
		closing = min(turns, 2)
		room -= closing
	}
	script := make([]exchange, 0, len(s.incident.ask)+len(s.incident.try)+len(generic))
	for _, part := range [][]exchange{s.incident.ask, s.incident.try, generic} {
		for _, i := range s.r.Perm(len(part)) {
			script = append(script, part[i])
		}
	}
	if room%2 == 1 {
		if s.rec.Ticket.AssignedToID == nil {
			s.wait(12, 72)
			s.say(s.from, s.text(pick(s.r, urging)))
		} else {
			s.wait(0, 4)
			s.say(s.by, s.text(pick(s.r, greetings)))
		}
		room--
	}
	for i := 0; room >= 2; i, room = i+1, room-2 {
		e := script[i%len(script)]
		if i >= len(script) {
			e = exchange{pick(s.r, waiting), pick(s.r, urging)}
		}
		s.wait(0, 10)
		s.say(s.by, s.speech(openings, e.agent))
		s.wait(0, 14)
		s.say(s.from, s.speech(answers, e.requester))
	}
	if closing > 0 {
		s.wait(1, 20)
		s.say(s.by, sentence(s.text(pick(s.r, s.incident.fix))))
	}
	if closing > 1 {
		s.wait(0, 8)
		s.say(s.from, s.text(pick(s.r, thanks)))
	}
}

// speech puts an opening before a text: after the end of a sentence, and after
// none, the text begins with a capital letter.
func (s *story) speech(openings []string, text string) string {
	opening, said := s.text(pick(s.r, openings)), s.text(text)
	if opening == "" || strings.HasSuffix(opening, ". ") {
		said = sentence(said)
	}
	return sentence(opening + said)
}

// wait lets hours pass, mostly fewer than more, but never beyond now.
func (s *story) wait(low, high int) {
	hours := float64(low) + float64(high-low)*s.r.Float64()*s.r.Float64()
	next := s.at.Add(time.Duration(hours*3600)*time.Second + time.Duration(60+s.r.IntN(1200))*time.Second)
	next = s.atWork(next)
	if limit := s.at.Add(s.now.Sub(s.at) / 3); next.After(limit) {
		next = limit.Truncate(time.Microsecond)
	}
	s.at = next
}

func (s *story) say(who *person, text string) {
	s.rec.names[len(s.rec.Events)] = len(s.rec.Comments)
	s.comment(who, text, false)
	s.event(who, ticket.Commented, nil)
}

func (s *story) comment(who *person, text string, system bool) {
	s.rec.Comments = append(s.rec.Comments, ticket.Comment{
		AuthorID: who.id(), Content: text, IsSystemMessage: system, CreatedAt: s.at, UpdatedAt: s.at,
	})
	s.rec.Ticket.UpdatedAt = s.at
}

func (s *story) assign() {
	id := s.by.id()
	s.rec.Ticket.AssignedToID = &id
	s.comment(s.by, ticket.AssignedMessage(s.by.account.Username), true)
	s.event(s.by, ticket.Assigned, ticket.Assignment{To: &ticket.Person{ID: id, Username: s.by.account.Username}})
}

func (s *story) move(who *person, to ticket.Status) {
	t := &s.rec.Ticket
	from, at := t.Status, s.at
	t.Status = to
	switch to {
	case ticket.Open, ticket.InProgress:
		t.ResolvedAt, t.ClosedAt = nil, nil
	case ticket.Resolved:
		t.ResolvedAt, t.ClosedAt = &at, nil
	case ticket.Closed:
		t.ClosedAt = &at
	}
	s.comment(who, ticket.StatusMessage(from, to), true)
	s.event(who, ticket.StatusChanged, ticket.Change{From: from.String(), To: to.String()})
}

func (s *story) raise() {
	t := &s.rec.Ticket
	from := t.Priority
	t.Priority++
	s.event(s.by, ticket.PriorityChanged, ticket.Change{From: from.String(), To: t.Priority.String()})
}

func (s *story) event(who *person, kind string, data any) {
	e := event.Event{Type: kind, ActorID: who.id(), ActorName: who.account.Username, CreatedAt: s.at}
	if data != nil {
		e.Data = encode(data)
	}
	s.rec.Events = append(s.rec.Events, e)
}

// encode writes an event's data, which consists of names and numbers.
func encode(data any) string {
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err) // no value of ours can fail
	}
	return string(raw)
}
