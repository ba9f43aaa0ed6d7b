// Package query is the language in which tickets are searched for: words, and
// conditions on fields, such as
//
//	status:open,in_progress -priority:low (assignee:me OR assignee:none) printer
//
// It is pure: it turns a text into a tree of typed conditions.
package query

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
)

// The limits of a query.
const (
	MaxLength = 2000 // code points
	MaxTerms  = 100
	MaxDepth  = 10
)

// Node is a condition: And, Or, Not, or one of the conditions on a field.
type Node interface{ node() }

// And holds when all of its parts do; without any it holds always.
type And []Node

// Or holds when one of its parts does.
type Or []Node

// Not holds when its part does not.
type Not struct{ Of Node }

// Choice is a field that is one of several values, named as the API names them.
type Choice struct {
	Field  string // "status", "priority", "waiting", "department", or of a Field with Resolve
	Values []string
	None   bool // or no value at all
}

// Prefix is a field of text that begins with something.
type Prefix struct{ Field, Text string }

// Person is the assignee or the requester.
type Person struct {
	Field string // "assignee", "requester", "team" (of teams), or of a Field of people
	IDs   []int64
	None  bool // or nobody
}

// Mine is how the condition is written for whoever asks.
func (p Person) Mine() string {
	if p.Field == "team" {
		return "team:mine"
	}
	return p.Field + ":me"
}

// Range is a field between two bounds; a nil bound is open. With both open, the
// field has any value.
type Range struct {
	Field    string // "id", "comments", or of a Field of numbers, in its units
	From, To *int64 // both included
}

// Times is a field between two moments; From is included, To is not.
type Times struct {
	Field    string // "created", "updated", "resolved", "closed", or of a Field of times
	From, To *time.Time
	Never    bool // it has no time at all
}

// Text is a phrase in title, description, or either of them.
type Text struct {
	Field  string // "title", "description", "" for either
	Phrase string
}

// Unread is a ticket with something that the asking person has not seen.
type Unread struct{}

// Confidential asks for tickets that only those see whom they name.
type Confidential struct{}

// Watching asks for tickets that the reader watches, or is in CC of.
type Watching struct{}

func (And) node()    {}
func (Or) node()     {}
func (Not) node()    {}
func (Choice) node() {}
func (Prefix) node() {}
func (Person) node() {}
func (Range) node()  {}
func (Times) node()  {}
func (Text) node()   {}
func (Unread) node() {}

func (Confidential) node() {}
func (Watching) node()     {}

// Env is what a query means to somebody at a moment.
type Env struct {
	Now  time.Time
	Zone *time.Location
	Me   int64
	// Person returns the id of the account with a username or address, or false.
	Person func(name string) (int64, bool, error)
	// More returns the fields that an installation has beyond Fields; it is asked
	// only when one of them may be meant. Nil for none.
	More func() ([]Field, error)
	// Team returns the id of the team with a name, or false; Teams are those of Me.
	Team  func(name string) (int64, bool, error)
	Teams []int64
}

// Error is a query that cannot be understood. Position is the code point at
// which it goes wrong, from 1.
type Error struct {
	Message  string
	Position int
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s (at character %d)", e.Message, e.Position)
}

var lex = lexer.MustSimple([]lexer.SimpleRule{
	{Name: "String", Pattern: `"(?:\\.|[^"\\])*"`},
	{Name: "Field", Pattern: `(?:cf\.[A-Za-z0-9_]+|[A-Za-z_]+):`},
	{Name: "Keyword", Pattern: `(?:OR|AND|NOT)\b`},
	{Name: "Punct", Pattern: `[(),]`},
	{Name: "Minus", Pattern: `-`},
	{Name: "Word", Pattern: `[^\s()",\-][^\s()",]*`},
	{Name: "space", Pattern: `\s+`},
})

type either struct {
	Parts []*all `parser:"@@ ( 'OR' @@ )*"`
}

type all struct {
	Terms []*term `parser:"@@ ( 'AND'? @@ )*"`
}

type term struct {
	Pos    lexer.Position
	Not    bool       `parser:"@( 'NOT' | Minus )?"`
	Group  *either    `parser:"( '(' @@ ')'"`
	Field  *condition `parser:"| @@"`
	Word   *string    `parser:"| @Word"`
	Phrase *string    `parser:"| @String )"`
}

type condition struct {
	Pos    lexer.Position
	Name   string   `parser:"@Field"`
	Values []*value `parser:"@@ ( ',' @@ )*"`
}

type value struct {
	Pos    lexer.Position
	Minus  bool    `parser:"@Minus?"`
	Word   *string `parser:"( @Word"`
	Quoted *string `parser:"| @String )"`
}

var parser = participle.MustBuild[either](participle.Lexer(lex), participle.Elide("space"), participle.UseLookahead(2))

// Parse reads a query. A blank one is an empty And. What is wrong with it is
// returned as *Error; other errors come from Env.Person.
func Parse(text string, env Env) (Node, error) {
	if strings.TrimSpace(text) == "" {
		return And{}, nil
	}
	if utf8.RuneCountInString(text) > MaxLength {
		return nil, &Error{fmt.Sprintf("The query may have at most %d characters", MaxLength), MaxLength + 1}
	}
	// Before parsing, which descends.
	if at := tooDeep(text); at > 0 {
		return nil, &Error{fmt.Sprintf("Parentheses may nest at most %d deep", MaxDepth), at}
	}
	tree, err := parser.ParseString("", text)
	if err != nil {
		return nil, understandable(text, err)
	}
	b := builder{text: text, env: env}
	return b.either(tree)
}

func tooDeep(text string) int {
	depth, at := 0, 0
	quoted := false
	for _, r := range text {
		at++
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '(':
			if depth++; depth > MaxDepth {
				return at
			}
		case r == ')':
			depth--
		}
	}
	return 0
}

// understandable says what is wrong in the words of the language.
func understandable(text string, err error) error {
	var at participle.Error
	if !errors.As(err, &at) {
		return &Error{"The query cannot be understood", 1}
	}
	offset := at.Position().Offset
	position := position(text, offset)
	rest := text[min(offset, len(text)):]
	switch {
	case strings.HasPrefix(rest, `"`):
		return &Error{`A quotation mark " is not closed`, position}
	case rest == "":
		return &Error{"Something is missing at the end", position}
	case strings.HasPrefix(rest, ")"):
		return &Error{"Something is missing before the closing parenthesis, or it was never opened", position}
	case strings.HasPrefix(rest, ","):
		return &Error{"A comma stands between the values of a field only", position}
	}
	return &Error{fmt.Sprintf("%q was not expected here", found(rest)), position}
}

// found returns what stands at the beginning of a text: a word, or else one character.
func found(rest string) string {
	if end := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) }); end > 0 {
		return rest[:end]
	} else if end < 0 {
		return rest
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return string(r)
}

func position(text string, offset int) int {
	return utf8.RuneCountInString(text[:min(offset, len(text))]) + 1
}

type builder struct {
	text  string
	env   Env
	terms int
	more  []Field // what Env.More returned
}

func (b *builder) wrong(at lexer.Position, format string, args ...any) error {
	return &Error{fmt.Sprintf(format, args...), position(b.text, at.Offset)}
}

func (b *builder) either(e *either) (Node, error) {
	var out Or
	for _, part := range e.Parts {
		n, err := b.all(part)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	if len(out) == 1 {
		return out[0], nil
	}
	return out, nil
}

func (b *builder) all(a *all) (Node, error) {
	var out And
	for _, t := range a.Terms {
		n, err := b.term(t)
		if err != nil {
			return nil, err
		}
		if inner, ok := n.(And); ok {
			out = append(out, inner...)
		} else {
			out = append(out, n)
		}
	}
	return out, nil
}

func (b *builder) term(t *term) (Node, error) {
	if b.terms++; b.terms > MaxTerms {
		return nil, b.wrong(t.Pos, "A query may have at most %d conditions", MaxTerms)
	}
	var n Node
	var err error
	switch {
	case t.Group != nil:
		n, err = b.either(t.Group)
	case t.Field != nil:
		n, err = b.condition(t.Field)
	case t.Word != nil:
		n = Text{Phrase: *t.Word}
	default:
		n = Text{Phrase: unquote(*t.Phrase)}
	}
	if err != nil {
		return nil, err
	}
	if text, ok := n.(Text); ok && text.Phrase == "" {
		return nil, b.wrong(t.Pos, "There is nothing between the quotation marks")
	}
	if t.Not {
		return Not{n}, nil
	}
	return n, nil
}

func unquote(s string) string {
	s = s[1 : len(s)-1]
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s)
}

// Terms splits a query into the parts of which each must hold, as they are written:
// one for a query whose parts are joined otherwise, or that cannot be read.
func Terms(text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	whole := []string{text}
	if tooDeep(text) > 0 || utf8.RuneCountInString(text) > MaxLength {
		return whole
	}
	tree, err := parser.ParseString("", text)
	if err != nil || len(tree.Parts) != 1 {
		return whole
	}
	terms := tree.Parts[0].Terms
	out := make([]string, len(terms))
	for i, t := range terms {
		end := len(text)
		if i+1 < len(terms) {
			end = terms[i+1].Pos.Offset
		}
		out[i] = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text[t.Pos.Offset:end]), " AND"))
	}
	return out
}

// Timed reports whether a condition is about moments that may depend on when it was
// read, such as those of today.
func Timed(n Node) bool {
	switch n := n.(type) {
	case And:
		return slices.ContainsFunc(n, Timed)
	case Or:
		return slices.ContainsFunc(n, Timed)
	case Not:
		return Timed(n.Of)
	case Times:
		return n.From != nil || n.To != nil
	}
	return false
}
