// Package fault is the vocabulary of errors that a caller may see. Whatever is
// not a fault.Error is internal: it is logged, and the client learns nothing of it.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind says whose turn it is to act on an error. No kind names HTTP.
type Kind int

// The kinds of faults.
const (
	Internal Kind = iota
	Invalid
	Unauthenticated
	Forbidden
	NotFound
	Conflict
	TooMany
	Unavailable
	// The remaining kinds refine Invalid and Conflict for conditional and
	// repeated requests and for bodies that cannot be read at all.
	Stale
	TooLarge
	UnsupportedMedia
	KeyReused
)

// Error is a fault with a stable code (`ticket.not_found`), a sentence for
// people, and the wrong fields, if any.
type Error struct {
	Kind       Kind
	Code       string
	Detail     string
	Fields     map[string][]string
	RetryAfter time.Duration
	cause      error
}

func (e *Error) Error() string {
	s := e.Code + ": " + e.Detail
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap returns what caused the fault; it is logged and never shown.
func (e *Error) Unwrap() error { return e.cause }

// Because returns a copy of the fault that remembers its cause.
func (e *Error) Because(err error) *Error {
	c := *e
	c.cause = err
	return &c
}

// New returns a fault.
func New(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// Field returns an Invalid fault for one wrong field.
func Field(name, format string, args ...any) *Error {
	return &Error{
		Kind: Invalid, Code: "request.invalid", Detail: "One or more fields are wrong.",
		Fields: map[string][]string{name: {fmt.Sprintf(format, args...)}},
	}
}

// WithField returns a copy of the fault that names a wrong field.
func (e *Error) WithField(name, message string) *Error {
	c := *e
	c.Fields = map[string][]string{name: {message}}
	return &c
}

// Missing is the answer for what does not exist and for what the actor may not
// know to exist.
func Missing(noun string) *Error {
	return New(NotFound, noun+".not_found", "There is no such %s, or you may not see it.", noun)
}

// Denied is the answer for what the actor sees but may not do.
func Denied(code, reason string) *Error { return New(Forbidden, code, "%s", reason) }

// Is reports whether err carries a fault of the kind.
func Is(err error, kind Kind) bool {
	var f *Error
	return errors.As(err, &f) && f.Kind == kind
}

// Sentence says an error to people in one line: what is wrong with the fields, or
// what the fault is about.
func Sentence(err error) string {
	var f *Error
	if !errors.As(err, &f) {
		return err.Error()
	}
	var out []string
	for _, messages := range f.Fields {
		out = append(out, messages...)
	}
	if len(out) == 0 {
		return f.Detail
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
