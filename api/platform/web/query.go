package web

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/platform/fault"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Query is the request's query string. Its methods collect what is wrong, like
// those of Body. Several values of one parameter count as a comma list, and an
// empty value as absent.
type Query struct {
	values url.Values
	errs   map[string][]string
}

// queryReadKey marks a request whose query string was looked at.
const queryReadKey = "web.query_read"

// ReadQuery reads the query string, which may hold only the parameters named:
// a misspelt filter would show everything.
func ReadQuery(c *gin.Context, allowed ...string) *Query {
	q := &Query{errs: map[string][]string{}}
	c.Set(queryReadKey, true)
	values, err := url.ParseQuery(c.Request.URL.RawQuery)
	q.values = values
	if err != nil {
		q.Wrong("query", "The query string is malformed.")
	}
	for name, vs := range values {
		if !slices.Contains(allowed, name) {
			if !utf8.ValidString(name) {
				name = "query"
			}
			known := "none"
			if len(allowed) > 0 {
				known = strings.Join(allowed, ", ")
			}
			q.Wrong(name, "Unknown parameter. Known here: "+known+".")
			continue
		}
		for _, v := range vs {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				q.Wrong(name, "Must be valid UTF-8 without U+0000.")
				q.values.Del(name)
				break
			}
		}
	}
	return q
}

// Wrong records that a parameter is wrong.
func (q *Query) Wrong(name, message string) { q.errs[name] = append(q.errs[name], message) }

// Text returns a parameter's value, or "".
func (q *Query) Text(name string) string {
	for _, v := range q.values[name] {
		if v != "" {
			return v
		}
	}
	return ""
}

// List returns the values of a comma list, or nil.
func (q *Query) List(name string) []string {
	var out []string
	for _, v := range q.values[name] {
		for _, part := range strings.Split(v, ",") {
			if part != "" && !slices.Contains(out, part) {
				out = append(out, part)
			}
		}
	}
	return out
}

// OneOf returns a parameter that must be one of the values, or "".
func (q *Query) OneOf(name string, values ...string) string {
	v := q.Text(name)
	if v != "" && !slices.Contains(values, v) {
		q.Wrong(name, "Must be one of: "+strings.Join(values, ", ")+".")
		return ""
	}
	return v
}

// Int returns a parameter that must be a whole number of at least 0, or nil.
func (q *Query) Int(name string) *int64 {
	v := q.Text(name)
	if v == "" {
		return nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		q.Wrong(name, "Must be a whole number.")
		return nil
	}
	return &n
}

// Bool returns a parameter that must be true or false, or nil.
func (q *Query) Bool(name string) *bool {
	switch q.Text(name) {
	case "":
		return nil
	case "true":
		t := true
		return &t
	case "false":
		f := false
		return &f
	}
	q.Wrong(name, "Must be true or false.")
	return nil
}

// Cursor is a place in a list: the sort value and id of the row at its edge.
type Cursor struct {
	Sort string `json:"s"`
	Key  string `json:"k,omitempty"`
	ID   int64  `json:"i"`
	Back bool   `json:"b,omitempty"` // towards the list's beginning
}

func (cur Cursor) encode() string {
	raw, err := json.Marshal(cur)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Page says which part of a list is wanted: a page number, counted from 1, or a
// place.
type Page struct {
	Number int
	Size   int
	Cursor *Cursor
}

// The names of the parameters that Page reads.
const (
	paramPage     = "page"
	paramPageSize = "page_size"
	paramCursor   = "cursor"
)

// PageParams are the names that a list's ReadQuery must allow.
var PageParams = []string{paramPage, paramPageSize, paramCursor}

// The sizes of pages, and how deep page numbers reach; deeper rows are reached
// by following `next`.
const (
	DefaultPageSize = 10
	MaxPageSize     = 100
	MaxCount        = 10_000
)

// Page reads page, page_size and cursor. A cursor must belong to the sort.
func (q *Query) Page(sort string) Page {
	p := Page{Number: 1, Size: DefaultPageSize}
	if v := q.Text(paramPageSize); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > MaxPageSize {
			q.Wrong(paramPageSize, "Must be a whole number from 1 to "+itoa(MaxPageSize)+".")
		} else {
			p.Size = n
		}
	}
	if v := q.Text(paramPage); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			q.Wrong(paramPage, "Must be a whole number from 1.")
		} else {
			p.Number = n
		}
	}
	if v := q.Text(paramCursor); v != "" {
		var cur Cursor
		raw, err := base64.RawURLEncoding.DecodeString(v)
		if err != nil || json.Unmarshal(raw, &cur) != nil || cur.ID < 1 || cur.Sort != sort {
			q.Wrong(paramCursor, "Is not a cursor of this list; follow next or previous as they are.")
		} else if q.Text(paramPage) != "" {
			q.Wrong(paramCursor, "Use either page or cursor.")
		} else {
			p.Cursor = &cur
		}
	}
	return p
}

// Err returns a fault that names every wrong parameter, or nil.
func (q *Query) Err() error {
	if len(q.errs) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "query.invalid", "One or more parameters are wrong.")
	f.Fields = q.errs
	return f
}

// PathID reads an id from the path; what is no id does not exist.
func PathID(c *gin.Context, noun string) (int64, error) {
	s := c.Param("id")
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != s {
		return 0, fault.Missing(noun)
	}
	return n, nil
}
