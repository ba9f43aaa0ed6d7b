package csv

import (
	"fmt"
	"strings"
	"time"

	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// draft is a ticket as the file tells of it: people are still names.
type draft struct {
	line        int64
	key         string
	title       string
	description string
	requester   string
	created     time.Time // zero if unknown
	updated     time.Time
	resolved    time.Time
	closed      time.Time
	last        state
	history     []state // in events mode, oldest first
	notes       []string
	hangings    map[string]string // by target: category, tags, fields and the like
}

// state is how a ticket stands after one row.
type state struct {
	at       time.Time
	actor    string
	assignee string
	status   ticket.Status
	priority ticket.Priority
}

// plan is everything that the command line says about reading rows.
type plan struct {
	mapping mapping
	dates   dates
	null    []string
}

func (p plan) values(fields []string) values {
	return values{mapping: p.mapping, fields: fields, null: p.null}
}

// draft reads a row as a whole ticket, or says why it cannot be one.
func (p plan) draft(r row) (draft, error) {
	d, err := p.standing(r)
	if err != nil {
		return d, err
	}
	return d, p.texts(p.values(r.fields), &d)
}

// standing reads all of a row but the texts.
func (p plan) standing(r row) (draft, error) {
	v := p.values(r.fields)
	d := draft{line: r.line}
	var err error
	if d.last, err = p.state(v); err != nil {
		return d, err
	}
	if d.requester, err = v.text(toRequester); err != nil {
		return d, err
	}
	for _, t := range []struct {
		target string
		to     *time.Time
	}{{toCreated, &d.created}, {toUpdated, &d.updated}, {toResolved, &d.resolved}, {toClosed, &d.closed}} {
		if *t.to, err = p.time(v, t.target); err != nil {
			return d, err
		}
	}
	return d, nil
}

// settle gives a ticket without a status the one that its times tell.
func (d *draft) settle() {
	switch {
	case d.last.status != 0:
	case !d.closed.IsZero():
		d.last.status = ticket.Closed
	case !d.resolved.IsZero():
		d.last.status = ticket.Resolved
	default:
		d.last.status = ticket.Open
	}
}

func (p plan) texts(v values, d *draft) error {
	var err error
	if d.hangings, err = v.hangings(); err != nil {
		return err
	}
	title, from, err := v.get(toTitle)
	if err != nil {
		return err
	}
	if d.description, _, err = v.get(toDescription); err != nil {
		return err
	}
	if from > 0 {
		d.note("title taken from %s", p.mapping[toTitle].sources[from].label)
		title = importer.OneLine(title)
	}
	cut := false
	if d.title, cut = importer.Cut(title); cut {
		d.note("title cut to 200 characters")
	}
	if err := importer.CheckTitle(d.title); err != nil {
		return p.mapping.fault(toTitle, err)
	}
	if err := importer.CheckDescription(d.description); err != nil {
		return p.mapping.fault(toDescription, err)
	}
	return nil
}

func (d *draft) note(format string, args ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, args...))
}

// state reads what changes during a ticket's life. A status or priority that is
// not given is 0.
func (p plan) state(v values) (state, error) {
	var s state
	name, err := v.text(toStatus)
	if err != nil {
		return s, err
	}
	if name != "" {
		var ok bool
		if s.status, ok = ticket.ParseStatus(plain(name)); !ok {
			return s, p.mapping.fault(toStatus, fmt.Errorf("unknown status: %q", name))
		}
	}
	if name, err = v.text(toPriority); err != nil {
		return s, err
	}
	s.priority = ticket.Medium
	if name != "" {
		var ok bool
		if s.priority, ok = ticket.ParsePriority(plain(name)); !ok {
			return s, p.mapping.fault(toPriority, fmt.Errorf("unknown priority: %q", name))
		}
	}
	if s.assignee, err = v.text(toAssignee); err != nil {
		return s, err
	}
	if s.actor, err = v.text(toActor); err != nil {
		return s, err
	}
	s.at, err = p.time(v, toChanged)
	return s, err
}

func (p plan) time(v values, target string) (time.Time, error) {
	s, err := v.text(target)
	if err != nil || s == "" {
		return time.Time{}, err
	}
	t, err := p.dates.parse(s)
	if err != nil {
		return t, p.mapping.fault(target, fmt.Errorf("%s, %w: %q", target, err, s))
	}
	return t, nil
}

// plain is a name as the API writes it: `In Progress` is in_progress.
func plain(name string) string {
	return strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(importer.OneLine(name)))
}
