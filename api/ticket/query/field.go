package query

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is how a field's values are written.
type Kind string

// The kinds of fields.
const (
	KindChoice Kind = "choice"
	KindPerson Kind = "person"
	KindNumber Kind = "number"
	KindTime   Kind = "time"
	KindText   Kind = "text"
	KindFlag   Kind = "flag"
)

// Field is one field of the language.
type Field struct {
	Name    string
	Kind    Kind
	Values  []string // that are offered; others may be possible
	Example string
}

var (
	statuses   = []string{"open", "in_progress", "resolved", "closed"}
	priorities = []string{"low", "medium", "high", "urgent"}
	moments    = []string{"today", "yesterday", ">=-7d", "<-2w", "never"}
)

// Fields lists every field, in the order in which they are offered.
var Fields = []Field{
	{"status", KindChoice, append(slices.Clone(statuses), "unfinished", "done"), "status:open,in_progress"},
	{"priority", KindChoice, slices.Clone(priorities), "priority:>=high"},
	{"assignee", KindPerson, []string{"me", "none", "any"}, "assignee:me"},
	{"requester", KindPerson, []string{"me"}, "requester:me"},
	{"department", KindText, nil, `department:"Human Resources"`},
	{"waiting", KindChoice, []string{"staff", "requester"}, "waiting:staff"},
	{"is", KindFlag, []string{"unread"}, "is:unread"},
	{"created", KindTime, moments, "created:>=-7d"},
	{"updated", KindTime, moments, "updated:today"},
	{"resolved", KindTime, moments, "resolved:2026-01-01..2026-01-31"},
	{"closed", KindTime, moments, "closed:never"},
	{"id", KindNumber, nil, "id:>100"},
	{"comments", KindNumber, nil, "comments:0"},
	{"title", KindText, nil, `title:"paper jam"`},
	{"description", KindText, nil, "description:error"},
}

func names() string {
	out := make([]string, len(Fields))
	for i, f := range Fields {
		out[i] = f.Name
	}
	return strings.Join(out, ", ")
}

func (v *value) text() string {
	switch {
	case v.Quoted != nil:
		return unquote(*v.Quoted)
	case v.Minus:
		return "-" + *v.Word
	}
	return *v.Word
}

func (b *builder) condition(c *condition) (Node, error) {
	name := strings.ToLower(strings.TrimSuffix(c.Name, ":"))
	i := slices.IndexFunc(Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return nil, b.wrong(c.Pos, "Unknown field %q. Known: %s. To search for a text with a colon, put it in quotation marks", name, names())
	}
	var parts Or
	for _, v := range c.Values {
		if b.terms++; b.terms > MaxTerms {
			return nil, b.wrong(v.Pos, "A query may have at most %d conditions", MaxTerms)
		}
		n, err := b.value(Fields[i], v)
		if err != nil {
			return nil, err
		}
		parts = append(parts, n)
	}
	return joined(parts), nil
}

// joined makes one condition of several values of a field where that is possible.
func joined(parts Or) Node {
	if len(parts) == 1 {
		return parts[0]
	}
	switch first := parts[0].(type) {
	case Choice:
		out := Choice{Field: first.Field}
		for _, p := range parts {
			c, ok := p.(Choice)
			if !ok {
				return parts
			}
			for _, v := range c.Values {
				if !slices.Contains(out.Values, v) {
					out.Values = append(out.Values, v)
				}
			}
		}
		return out
	case Person:
		out := Person{Field: first.Field}
		for _, p := range parts {
			c, ok := p.(Person)
			if !ok {
				return parts
			}
			out.IDs, out.None = append(out.IDs, c.IDs...), out.None || c.None
		}
		return out
	}
	return parts
}

func (b *builder) value(f Field, v *value) (Node, error) {
	text := v.text()
	if text == "" {
		return nil, b.wrong(v.Pos, "%s: has no value", f.Name)
	}
	switch f.Kind {
	case KindChoice:
		return b.choice(f, v, text)
	case KindPerson:
		return b.person(f, v, text)
	case KindNumber:
		return b.number(f, v, text)
	case KindTime:
		return b.time(f, v, text)
	case KindFlag:
		if text != "unread" {
			return nil, b.wrong(v.Pos, "is: knows only unread")
		}
		return Unread{}, nil
	case KindText:
	}
	if f.Name == "department" {
		return Choice{Field: f.Name, Values: []string{text}}, nil
	}
	return Text{Field: f.Name, Phrase: text}, nil
}

func (b *builder) choice(f Field, v *value, text string) (Node, error) {
	c := Choice{Field: f.Name}
	switch {
	case f.Name == "status" && text == "unfinished":
		c.Values = statuses[:2]
	case f.Name == "status" && text == "done":
		c.Values = statuses[2:]
	case f.Name == "priority" && strings.ContainsAny(text[:1], "<>"):
		op, bound := operator(text)
		i := slices.Index(priorities, bound)
		if i < 0 {
			return nil, b.wrong(v.Pos, "priority: compares with low, medium, high or urgent")
		}
		switch op {
		case ">":
			c.Values = priorities[i+1:]
		case ">=":
			c.Values = priorities[i:]
		case "<":
			c.Values = priorities[:i]
		default:
			c.Values = priorities[:i+1]
		}
	case slices.Contains(f.Values, text):
		c.Values = []string{text}
	default:
		return nil, b.wrong(v.Pos, "%s: knows no %q. Known: %s", f.Name, text, strings.Join(f.Values, ", "))
	}
	return c, nil
}

func (b *builder) person(f Field, v *value, text string) (Node, error) {
	p := Person{Field: f.Name}
	switch {
	case v.Quoted == nil && text == "me":
		p.IDs = []int64{b.env.Me}
	case v.Quoted == nil && f.Name == "assignee" && text == "none":
		p.None = true
	case v.Quoted == nil && f.Name == "assignee" && text == "any":
		return Not{Person{Field: f.Name, None: true}}, nil
	default:
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && id > 0 {
			p.IDs = []int64{id}
			return p, nil
		}
		id, found, err := b.env.Person(text)
		if err != nil {
			return nil, fmt.Errorf("look for a person in a query: %w", err)
		}
		if !found {
			return nil, b.wrong(v.Pos, "Nobody has the user name %q", text)
		}
		p.IDs = []int64{id}
	}
	return p, nil
}

// operator takes the comparison off the beginning of a value.
func operator(text string) (op, rest string) {
	for _, o := range []string{">=", "<=", ">", "<"} {
		if rest, ok := strings.CutPrefix(text, o); ok {
			return o, rest
		}
	}
	return "", text
}

func (b *builder) number(f Field, v *value, text string) (Node, error) {
	r := Range{Field: f.Name}
	read := func(s string) *int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 0 {
			return nil
		}
		return &n
	}
	ok := true
	if from, to, is := strings.Cut(text, ".."); is {
		if from != "" {
			r.From = read(from)
			ok = r.From != nil
		}
		if to != "" {
			r.To = read(to)
			ok = ok && r.To != nil
		}
		ok = ok && (from != "" || to != "")
	} else {
		op, rest := operator(text)
		n := read(rest)
		if ok = n != nil; ok {
			switch op {
			case ">":
				next := *n + 1
				ok = next > *n
				r.From = &next
			case ">=":
				r.From = n
			case "<":
				before := *n - 1
				r.To = &before
			case "<=":
				r.To = n
			default:
				r.From, r.To = n, n
			}
		}
	}
	if !ok {
		return nil, b.wrong(v.Pos, "%s: takes a number, >10, <=10 or 10..20", f.Name)
	}
	return r, nil
}

// span is a moment as it is written: the day 2026-01-31 lasts until the next one.
type span struct{ from, to time.Time }

var relative = regexp.MustCompile(`^([+-])(\d{1,5})(h|d|w|m|y)$`)

func (b *builder) moment(text string) (span, bool) {
	now := b.env.Now.In(b.env.Zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, b.env.Zone)
	day := func(t time.Time) (span, bool) { return span{t, t.AddDate(0, 0, 1)}, true }
	switch text {
	case "today":
		return day(today)
	case "yesterday":
		return day(today.AddDate(0, 0, -1))
	case "now":
		return span{now, now}, true
	}
	if m := relative.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1] + m[2])
		if err != nil {
			return span{}, false
		}
		var t time.Time
		switch m[3] {
		case "h":
			t = now.Add(time.Duration(n) * time.Hour)
		case "d":
			t = now.AddDate(0, 0, n)
		case "w":
			t = now.AddDate(0, 0, 7*n)
		case "m":
			t = now.AddDate(0, n, 0)
		default:
			t = now.AddDate(n, 0, 0)
		}
		return span{t, t}, t.Year() > 0 && t.Year() < 10_000
	}
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		t, err := time.ParseInLocation(layout, text, b.env.Zone)
		if err != nil || t.Year() < 1 {
			continue
		}
		switch layout {
		case time.DateOnly:
			return day(t)
		case "2006-01":
			return span{t, t.AddDate(0, 1, 0)}, true
		}
		return span{t, t.AddDate(1, 0, 0)}, true
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil && t.Year() > 0 {
		return span{t, t}, true
	}
	return span{}, false
}

func (b *builder) time(f Field, v *value, text string) (Node, error) {
	out := Times{Field: f.Name}
	wrong := b.wrong(v.Pos, "%s: takes a day (2026-01-31), a month (2026-01), a year, today, yesterday, never, "+
		"-7d (hours h, days d, weeks w, months m, years y) with > or <, or two of them with .. between", f.Name)
	if text == "never" {
		out.Never = true
		return out, nil
	}
	if from, to, is := strings.Cut(text, ".."); is {
		if from == "" && to == "" {
			return nil, wrong
		}
		if from != "" {
			s, ok := b.moment(from)
			if !ok {
				return nil, wrong
			}
			out.From = &s.from
		}
		if to != "" {
			s, ok := b.moment(to)
			if !ok {
				return nil, wrong
			}
			out.To = &s.to
		}
		return out, nil
	}
	op, rest := operator(text)
	s, ok := b.moment(rest)
	if !ok {
		return nil, wrong
	}
	switch op {
	case ">":
		out.From = &s.to
	case ">=":
		out.From = &s.from
	case "<":
		out.To = &s.from
	case "<=":
		out.To = &s.to
	default:
		if s.from.Equal(s.to) {
			return nil, b.wrong(v.Pos, "%s: is a moment that nothing hits; write >%s or <%s", f.Name, rest, rest)
		}
		out.From, out.To = &s.from, &s.to
	}
	return out, nil
}
