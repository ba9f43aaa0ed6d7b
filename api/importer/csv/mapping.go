package csv

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fixdesk/fixdesk/api/user"
)

// The targets of a mapping.
const (
	toTitle       = "title"
	toDescription = "description"
	toStatus      = "status"
	toPriority    = "priority"
	toRequester   = "requester"
	toAssignee    = "assignee"
	toActor       = "actor"
	toCreated     = "created_at"
	toUpdated     = "updated_at"
	toChanged     = "changed_at"
	toResolved    = "resolved_at"
	toClosed      = "closed_at"
	toKey         = "key"
	toCategory    = "category"
	toSubstatus   = "substatus"
	toTeam        = "team"
	toTags        = "tags"
	toChannel     = "channel"
	toDue         = "due_at"
	toWatchers    = "watchers"
	toCC          = "cc"
	toCustom      = "cf." // before the slug of one of the desk's own fields
)

var targets = []string{
	toTitle, toDescription, toStatus, toPriority, toRequester, toAssignee, toActor,
	toCreated, toUpdated, toChanged, toResolved, toClosed, toKey,
	toCategory, toSubstatus, toTeam, toTags, toChannel, toDue, toWatchers, toCC,
}

// piece is a part of a template: text, or a column.
type piece struct {
	text   string
	column string // empty for text
	index  int
}

// source is one place that a value can come from: a column, or a template.
type source struct {
	label  string
	pieces []piece
}

// rule says where the value of a target comes from.
type rule struct {
	sources []source          // the first that is not blank
	table   map[string]string // of folded values; "*" for all others; nil for none
}

// mapping holds a rule for each target that has one.
type mapping map[string]*rule

// parseMapping reads specifications such as
//
//	title=short_description|body
//	priority=urgency{1:urgent,2:high,*:medium}
//	description='Category: {category}\nWhere: {location}'
//
// several in one text being separated by commas.
func parseMapping(specs []string) (mapping, error) {
	m := mapping{}
	for _, spec := range specs {
		p := &parser{text: spec}
		for {
			if err := p.pair(m); err != nil {
				return nil, fmt.Errorf("--map %s: %w", spec, err)
			}
			if p.rest() == "" {
				break
			}
			if !p.eat(',') {
				return nil, fmt.Errorf("--map %s: a comma is missing before %q", spec, p.rest())
			}
		}
	}
	return m, nil
}

type parser struct {
	text string
	at   int
}

func (p *parser) rest() string { return p.text[p.at:] }

func (p *parser) eat(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// until returns the text before the first of the characters.
func (p *parser) until(stops string) string {
	i := strings.IndexAny(p.rest(), stops)
	if i < 0 {
		i = len(p.rest())
	}
	s := p.text[p.at : p.at+i]
	p.at += i
	return strings.TrimSpace(s)
}

func (p *parser) pair(m mapping) error {
	target := p.until("=")
	if !p.eat('=') {
		return fmt.Errorf("write target=column")
	}
	if !slices.Contains(targets, target) && !strings.HasPrefix(target, toCustom) {
		return fmt.Errorf("%q is no target; the targets are %s, and cf.SLUG for the desk's own fields", target, strings.Join(targets, ", "))
	}
	if m[target] != nil {
		return fmt.Errorf("%s is mapped twice", target)
	}
	r := &rule{}
	for {
		s, err := p.source()
		if err != nil {
			return err
		}
		r.sources = append(r.sources, s)
		if !p.eat('|') {
			break
		}
	}
	if p.eat('{') {
		var err error
		if r.table, err = p.table(); err != nil {
			return err
		}
	}
	m[target] = r
	return nil
}

func (p *parser) source() (source, error) {
	p.at += len(p.rest()) - len(strings.TrimLeft(p.rest(), " "))
	if p.at < len(p.text) && strings.ContainsRune(`'"`, rune(p.text[p.at])) {
		return p.template()
	}
	name := p.until("|{,")
	if name == "" {
		return source{}, fmt.Errorf("a column's name is missing")
	}
	return source{label: name, pieces: []piece{{column: name}}}, nil
}

var escapes = map[byte]string{'n': "\n", 't': "\t"}

// template reads a quoted text in which {column} stands for a value.
func (p *parser) template() (source, error) {
	quote := p.text[p.at]
	p.at++
	var s source
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			s.pieces = append(s.pieces, piece{text: text.String()})
			text.Reset()
		}
	}
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == quote:
			flush()
			s.label = "a template"
			return s, nil
		case c == '\\' && p.at < len(p.text):
			e, ok := escapes[p.text[p.at]]
			if !ok {
				e = string(p.text[p.at])
			}
			text.WriteString(e)
			p.at++
		case c == '{':
			flush()
			name := p.until("}")
			if !p.eat('}') || name == "" {
				return s, fmt.Errorf("a } is missing")
			}
			s.pieces = append(s.pieces, piece{column: name})
		default:
			text.WriteByte(c)
		}
	}
	return s, fmt.Errorf("the quote %c is not closed", quote)
}

// table reads `1:urgent,2:high,*:low}`.
func (p *parser) table() (map[string]string, error) {
	out := map[string]string{}
	for {
		from := p.until(":}")
		if !p.eat(':') {
			return nil, fmt.Errorf("write {value:becomes,*:else}")
		}
		to := p.until(",}")
		out[user.Fold(from)] = to
		if p.eat('}') {
			return out, nil
		}
		if !p.eat(',') {
			return nil, fmt.Errorf("a } is missing")
		}
	}
}

// bind looks up the columns of every rule in the file's header.
func (m mapping) bind(header []string) error {
	for _, target := range slices.Sorted(maps.Keys(m)) {
		for _, s := range m[target].sources {
			for i := range s.pieces {
				p := &s.pieces[i]
				if p.column == "" {
					continue
				}
				if p.index = slices.Index(header, p.column); p.index < 0 {
					return fmt.Errorf("--map %s: the file has no column %q; it has %s", target, p.column, strings.Join(header, ", "))
				}
			}
		}
	}
	return nil
}
