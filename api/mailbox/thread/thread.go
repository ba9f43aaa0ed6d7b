package thread

import (
	"fmt"
	"slices"
)

// Step is one thing that was found out or decided about a message, with a stable
// code and a sentence.
type Step struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Stepf writes a step.
func Stepf(code, format string, args ...any) Step { return Step{code, fmt.Sprintf(format, args...)} }

// How a message names a ticket.
const (
	ByAddress   = "thread.reply_address"
	ByMessageID = "thread.message_id"
	ByReference = "thread.reference"
	BySubject   = "thread.subject"
	Opened      = "thread.new"
)

// Names is what a message says of the ticket that it belongs to.
type Names struct {
	Recipients []string         // of the envelope, then of the header
	References []string         // ids that it answers or refers to, the nearest first
	Known      map[string]int64 // normalised ids of messages that came earlier → their ticket
	Subject    int64            // the ticket number in its subject, or 0
}

// Candidate is a ticket that a message may belong to.
type Candidate struct {
	Ticket int64
	How    string
	Own    bool // the sender answers what was sent to them
	Signed bool
}

// Candidates lists the tickets that a message names, the strongest first.
func Candidates(s Signer, sender string, n Names) []Candidate {
	var out []Candidate
	add := func(c Candidate) {
		if !slices.ContainsFunc(out, func(o Candidate) bool { return o.Ticket == c.Ticket && (o.Own || !c.Own) }) {
			out = append(out, c)
		}
	}
	for _, a := range n.Recipients {
		if t, ok := s.ReadAddress(a); ok {
			add(Candidate{t.Ticket, ByAddress, s.IsTo(t, sender), true})
		}
	}
	for _, id := range n.References {
		if t, ok := s.ReadMessageID(id); ok {
			add(Candidate{t.Ticket, ByMessageID, s.IsTo(t, sender), true})
		}
	}
	for _, id := range n.References {
		if t := n.Known[id]; t > 0 {
			add(Candidate{t, ByReference, false, false})
		}
	}
	if n.Subject > 0 {
		add(Candidate{n.Subject, BySubject, false, false})
	}
	return out
}

// Fact is what the desk knows of a candidate and the sender.
type Fact struct {
	There     bool // the ticket exists
	TakesPart bool // the sender is its requester, in CC, or works on it
	Staff     bool // the sender belongs to the IT staff
}

// Decision is what becomes of a message.
type Decision struct {
	Ticket int64 // 0 to open a new one
	How    string
	// Stranger says that the sender takes no part in the ticket: what they say is
	// shown there, and lets them see nothing.
	Stranger bool
	// Hold says why a person has to look first, or "".
	Hold  string
	Steps []Step
}

// Decide chooses among the candidates.
func Decide(sender string, candidates []Candidate, fact func(ticket int64) Fact) Decision {
	var d Decision
	for _, c := range candidates {
		f := fact(c.Ticket)
		switch {
		case !f.There:
			d.Steps = append(d.Steps, Stepf("thread.gone", "It names ticket %d (%s), which does not exist.", c.Ticket, words[c.How]))
			continue
		case c.How == BySubject && !f.TakesPart:
			d.Steps = append(d.Steps, Stepf("thread.subject_ignored", "Its subject names ticket %d, but %s takes no part in it.", c.Ticket, sender))
			continue
		case f.Staff && !c.Own:
			// Anybody can write a name of the IT staff into From.
			d.Hold = "staff_unsigned"
			d.Ticket, d.How = c.Ticket, c.How
			d.Steps = append(d.Steps, Stepf("hold.staff_unsigned", "It says that it comes from %s of the IT staff, but does not answer a mail that was sent to them. Nobody can speak for the IT staff that way.", sender))
			return d
		}
		d.Ticket, d.How, d.Stranger = c.Ticket, c.How, !f.TakesPart
		d.Steps = append(d.Steps, Stepf(c.How, "Threaded to %d because of %s.", c.Ticket, words[c.How]))
		if d.Stranger {
			d.Steps = append(d.Steps, Stepf("thread.stranger", "%s takes no part in ticket %d: the text is shown there, and lets its sender see nothing.", sender, c.Ticket))
		}
		return d
	}
	d.How = Opened
	d.Steps = append(d.Steps, Stepf(Opened, "A new ticket, because it belongs to none that there is."))
	return d
}

var words = map[string]string{
	ByAddress: "the signed reply address", ByMessageID: "the signed Message-ID it answers",
	ByReference: "the message it answers, which came earlier", BySubject: "the number in its subject",
}
