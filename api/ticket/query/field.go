package query

import (
	"fmt"
	"math/big"
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

	// Fields of an installation (Env.More) also have:

	// Optional fields may have no value: they take none and any.
	Optional bool
	// Resolve returns what a text names, as the condition holds it: for a choice
	// perhaps several values, for text its folded form. Nil: unknown.
	Resolve func(text string) ([]string, error)
	// Scale is how many units of a number are 1, for decimals; 0 for whole
	// numbers that are not negative.
	Scale int64
	// Days are times that are whole days in no zone; the condition holds them as
	// midnights in UTC.
	Days bool
}

var (
	statuses   = []string{"open", "in_progress", "resolved", "closed"}
	priorities = []string{"low", "medium", "high", "urgent"}
	moments    = []string{"today", "yesterday", ">=-7d", "<-2w", "never"}
)

// Fields lists every field, in the order in which they are offered.
var Fields = []Field{
	{Name: "status", Kind: KindChoice, Values: append(slices.Clone(statuses), "unfinished", "done"), Example: "status:open,in_progress"},
	{Name: "priority", Kind: KindChoice, Values: slices.Clone(priorities), Example: "priority:>=high"},
	{Name: "assignee", Kind: KindPerson, Values: []string{"me", "none", "any"}, Example: "assignee:me"},
	{Name: "requester", Kind: KindPerson, Values: []string{"me"}, Example: "requester:me"},
	{Name: "department", Kind: KindText, Example: `department:"Human Resources"`},
	{Name: "waiting", Kind: KindChoice, Values: []string{"staff", "requester"}, Example: "waiting:staff"},
	{Name: "team", Kind: KindPerson, Values: []string{"mine", "none"}, Example: "team:mine"},
	{Name: "watching", Kind: KindFlag, Values: []string{"me"}, Example: "watching:me"},
	{Name: "is", Kind: KindFlag, Values: []string{"unread", "confidential"}, Example: "is:unread"},
	{Name: "created", Kind: KindTime, Values: moments, Example: "created:>=-7d"},
	{Name: "updated", Kind: KindTime, Values: moments, Example: "updated:today"},
	{Name: "resolved", Kind: KindTime, Values: moments, Example: "resolved:2026-01-01..2026-01-31"},
	{Name: "closed", Kind: KindTime, Values: moments, Example: "closed:never"},
	{Name: "responded", Kind: KindTime, Values: moments, Example: "responded:never"},
	{Name: "solved", Kind: KindTime, Values: moments, Example: "solved:>=-7d"},
	{Name: "id", Kind: KindNumber, Example: "id:>100"},
	{Name: "comments", Kind: KindNumber, Example: "comments:0"},
	{Name: "title", Kind: KindText, Example: `title:"paper jam"`},
	{Name: "description", Kind: KindText, Example: "description:error"},
}

func (b *builder) names() string {
	out := make([]string, 0, len(Fields)+len(b.more))
	for _, f := range slices.Concat(Fields, b.more) {
		out = append(out, f.Name)
	}
	return strings.Join(out[:min(len(out), 40)], ", ")
}

// field finds a field by its name.
func (b *builder) field(name string) (Field, bool, error) {
	byName := func(f Field) bool { return f.Name == name }
	if i := slices.IndexFunc(Fields, byName); i >= 0 {
		return Fields[i], true, nil
	}
	if b.more == nil && b.env.More != nil {
		var err error
		if b.more, err = b.env.More(); err != nil {
			return Field{}, false, fmt.Errorf("list the fields of queries: %w", err)
		}
	}
	if i := slices.IndexFunc(b.more, byName); i >= 0 {
		return b.more[i], true, nil
	}
	return Field{}, false, nil
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
	field, known, err := b.field(name)
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, b.wrong(c.Pos, "Unknown field %q. Known: %s. To search for a text with a colon, put it in quotation marks", name, b.names())
	}
	var parts Or
	for _, v := range c.Values {
		if b.terms++; b.terms > MaxTerms {
			return nil, b.wrong(v.Pos, "A query may have at most %d conditions", MaxTerms)
		}
		n, err := b.value(field, v)
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
			out.None = out.None || c.None
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
	if f.Optional && v.Quoted == nil {
		switch text {
		case "none":
			return none(f), nil
		case "any":
			return Not{none(f)}, nil
		}
	}
	if f.Resolve != nil {
		return b.resolve(f, v, text)
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
		return b.flag(f, v, text)
	case KindText:
	}
	if f.Name == "department" {
		return Choice{Field: f.Name, Values: []string{text}}, nil
	}
	return Text{Field: f.Name, Phrase: text}, nil
}

// none is that an optional field has no value.
func none(f Field) Node {
	switch f.Kind {
	case KindPerson:
		return Person{Field: f.Name, None: true}
	case KindTime:
		return Times{Field: f.Name, Never: true}
	case KindNumber:
		return Not{Range{Field: f.Name}}
	case KindChoice, KindText, KindFlag:
	}
	return Choice{Field: f.Name, None: true}
}

func (b *builder) resolve(f Field, v *value, text string) (Node, error) {
	begin, open := strings.CutSuffix(text, "*")
	open = open && f.Kind == KindText && v.Quoted == nil && begin != ""
	if open {
		text = begin
	}
	values, err := f.Resolve(text)
	if err != nil {
		return nil, fmt.Errorf("look for a value in a query: %w", err)
	}
	if values == nil {
		known := ""
		if len(f.Values) > 0 {
			known = ". Known: " + strings.Join(f.Values[:min(len(f.Values), 20)], ", ")
		}
		return nil, b.wrong(v.Pos, "%s: knows no %q%s", f.Name, text, known)
	}
	if open {
		return Prefix{Field: f.Name, Text: values[0]}, nil
	}
	return Choice{Field: f.Name, Values: values}, nil
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

func (b *builder) flag(f Field, v *value, text string) (Node, error) {
	switch {
	case f.Name == "watching" && text == "me":
		return Watching{}, nil
	case f.Name == "is" && text == "unread":
		return Unread{}, nil
	case f.Name == "is" && text == "confidential":
		return Confidential{}, nil
	case f.Name == "is":
		// What an installation adds is a field of its own that says yes.
		more, known, err := b.field("is:" + text)
		if err != nil {
			return nil, err
		}
		if known {
			return Choice{Field: more.Name, Values: []string{"yes"}}, nil
		}
	}
	return nil, b.wrong(v.Pos, "%s: knows only %s", f.Name, strings.Join(f.Values, ", "))
}

// team reads the name or the id of a team.
func (b *builder) team(f Field, v *value, text string) (Node, error) {
	p := Person{Field: f.Name}
	switch {
	case v.Quoted == nil && text == "none":
		p.None = true
	case v.Quoted == nil && text == "mine":
		p.IDs = b.env.Teams
	default:
		id, found, err := b.env.Team(text)
		if err != nil {
			return nil, fmt.Errorf("look for a team in a query: %w", err)
		}
		if !found {
			return nil, b.wrong(v.Pos, "No team has the name %q", text)
		}
		p.IDs = []int64{id}
	}
	return p, nil
}

func (b *builder) person(f Field, v *value, text string) (Node, error) {
	if f.Name == "team" {
		return b.team(f, v, text)
	}
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

// units reads a number as a field counts it.
func (f Field) units(text string) (int64, bool) {
	if f.Scale == 0 {
		n, err := strconv.ParseInt(text, 10, 64)
		return n, err == nil && n >= 0
	}
	return Units(text, f.Scale)
}

// Units reads a decimal number as a count of units of 1/scale; false when it is
// none, too large or has more decimals than that.
func Units(text string, scale int64) (int64, bool) {
	if !decimal.MatchString(text) { // before it is computed: an exponent makes it as long as it says
		return 0, false
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return 0, false
	}
	r.Mul(r, new(big.Rat).SetInt64(scale))
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return r.Num().Int64(), true
}

var decimal = regexp.MustCompile(`^-?[0-9]{1,19}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?$`)

func (b *builder) number(f Field, v *value, text string) (Node, error) {
	r := Range{Field: f.Name}
	read := func(s string) *int64 {
		n, ok := f.units(s)
		if !ok {
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
				ok = before < *n
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

// span is moment for a field; where it counts days, a moment is its day.
func (b *builder) span(f Field, text string) (span, bool) {
	s, ok := b.moment(text)
	if ok && f.Days && s.from.Equal(s.to) {
		from := s.from.In(b.env.Zone)
		from = time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, b.env.Zone)
		s = span{from, from.AddDate(0, 0, 1)}
	}
	return s, ok
}

func (b *builder) time(f Field, v *value, text string) (Node, error) {
	n, err := b.times(f, v, text)
	if t, ok := n.(Times); ok && f.Days {
		t.From, t.To = dayFrom(t.From), dayFrom(t.To)
		return t, err
	}
	return n, err
}

// dayFrom returns the midnight in UTC of the first day that does not begin
// before a moment.
func dayFrom(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	if t.Hour() != 0 || t.Minute() != 0 || t.Second() != 0 || t.Nanosecond() != 0 {
		day = day.AddDate(0, 0, 1)
	}
	return &day
}

func (b *builder) times(f Field, v *value, text string) (Node, error) {
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
			s, ok := b.span(f, from)
			if !ok {
				return nil, wrong
			}
			out.From = &s.from
		}
		if to != "" {
			s, ok := b.span(f, to)
			if !ok {
				return nil, wrong
			}
			out.To = &s.to
		}
		return out, nil
	}
	op, rest := operator(text)
	s, ok := b.span(f, rest)
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
