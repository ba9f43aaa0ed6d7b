// Package fault is the vocabulary of errors that a caller may see. Whatever is
// not a fault.Error is internal: it is logged, and the client learns nothing of it.
package fault

import (
	"errors"
	"fmt"
	"maps"
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

// All returns one fault with all that the faults find wrong with fields, or nil. What an
// earlier one says of a field, or of a part of it, stands: later ones looked at less of it.
// An error that is about no field comes before all of these.
func All(errs ...error) error {
	var all *Error
	for _, err := range errs {
		if err == nil {
			continue
		}
		var f *Error
		if !errors.As(err, &f) || f.Kind != Invalid || len(f.Fields) == 0 {
			return err
		}
		if all == nil {
			first := *f
			first.Fields = maps.Clone(f.Fields)
			all = &first
			continue
		}
		for name, messages := range f.Fields {
			if !all.names(name) {
				all.Fields[name] = messages
			}
		}
	}
	if all == nil {
		return nil
	}
	return all
}

func (e *Error) names(field string) bool {
	for name := range e.Fields {
		if name == field || strings.HasPrefix(name, field+".") {
			return true
		}
	}
	return false
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
// what the fault is about. A field of an installation is named, since nothing else says which.
func Sentence(err error) string {
	var f *Error
	if !errors.As(err, &f) {
		return err.Error()
	}
	var out []string
	for name, messages := range f.Fields {
		for _, m := range messages {
			if slug, ok := strings.CutPrefix(name, "fields."); ok {
				m = slug + ": " + m
			}
			out = append(out, m)
		}
	}
	if len(out) == 0 {
		return f.Detail
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
