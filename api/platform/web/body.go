package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// MaxBody is how many bytes a JSON body may have.
const MaxBody = 1 << 20

// Body is a JSON object that a client sent. Its methods take one field each and
// collect what is wrong, so that Err reports all wrong fields at once. Names are
// matched exactly; fields that nobody takes are ignored.
type Body struct {
	fields map[string]json.RawMessage
	errs   map[string][]string
}

func invalidBody(code, detail string) error { return fault.New(fault.Invalid, code, "%s", detail) }

const rawBodyKey = "web.raw_body"

var errTooLarge = fault.New(fault.TooLarge, "request.too_large", "The body may have at most %d bytes.", MaxBody)

// raw reads the body once and keeps it, so that a retried or keyed request can
// read it again.
func raw(c *gin.Context) ([]byte, error) {
	if b, ok := c.Get(rawBodyKey); ok {
		if data, ok := b.([]byte); ok {
			return data, nil
		}
	}
	if c.Request.ContentLength > MaxBody { // before any of it comes
		return nil, errTooLarge
	}
	data, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, MaxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "request.unreadable", "The body could not be read to its end.").Because(err)
	}
	c.Set(rawBodyKey, data)
	return data, nil
}

// ReadBody reads the request's body, which must be exactly one JSON object in
// valid UTF-8 (RFC 8259), with no name twice (RFC 7493).
func ReadBody(c *gin.Context) (*Body, error) {
	data, err := raw(c)
	if err != nil {
		return nil, err
	}
	header := c.GetHeader("Content-Type")
	if header != "" || len(data) > 0 {
		media, params, err := mime.ParseMediaType(header)
		charset := strings.ToLower(params["charset"])
		if err != nil || media != "application/json" || (charset != "" && charset != "utf-8") {
			return nil, fault.New(fault.UnsupportedMedia, "request.unsupported_media_type", "Send the body as application/json in UTF-8.")
		}
	}
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return nil, invalidBody("request.empty", "The body is empty; send a JSON object.")
	}
	if !utf8.Valid(data) {
		return nil, invalidBody("request.not_utf8", "The body is not valid UTF-8.")
	}
	if !jsontext.Value(data).IsValid() {
		return nil, invalidBody("request.malformed", "The body is not one well-formed JSON value (or a name or a surrogate in it is invalid or repeated).")
	}
	b := &Body{errs: map[string][]string{}}
	if data[0] != '{' || json.Unmarshal(data, &b.fields) != nil {
		return nil, invalidBody("request.not_an_object", "The body must be a JSON object.")
	}
	return b, nil
}

// NewBody returns an object that did not come as a body of its own, such as a
// part of one, to be read in the same way.
func NewBody(fields map[string]json.RawMessage) *Body {
	return &Body{fields: fields, errs: map[string][]string{}}
}

// Rule checks a text and returns what is wrong with it, or "".
type Rule func(string) string

// Max limits a text to n code points.
func Max(n int) Rule {
	return func(s string) string {
		if utf8.RuneCountInString(s) > n {
			return "May have at most " + itoa(n) + " characters."
		}
		return ""
	}
}

// NotBlank refuses texts of white space only.
func NotBlank(s string) string {
	if strings.TrimFunc(s, blank) == "" {
		return "May not be blank."
	}
	return ""
}

// blank also counts formatting characters and the few letters that
// are drawn as nothing: a name of these alone could be neither seen nor clicked.
func blank(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || r == '\u2800'
}

// OneOf limits a text to the values.
func OneOf[T ~string](values ...T) Rule {
	return func(s string) string {
		if slices.Contains(values, T(s)) {
			return ""
		}
		names := make([]string, len(values))
		for i, v := range values {
			names[i] = string(v)
		}
		return "Must be one of: " + strings.Join(names, ", ") + "."
	}
}

// Wrong records that a field is wrong.
func (b *Body) Wrong(name, message string) { b.errs[name] = append(b.errs[name], message) }

// Has reports whether the client sent the field.
func (b *Body) Has(name string) bool { _, ok := b.fields[name]; return ok }

// Ignore treats a field as if the client had not sent it.
func (b *Body) Ignore(name string) { delete(b.fields, name) }

// Raw returns a field as it was sent, or nil.
func (b *Body) Raw(name string) json.RawMessage { return b.fields[name] }

// IsNull reports whether the client sent the field as null.
func (b *Body) IsNull(name string) bool { return string(b.fields[name]) == "null" }

// Require records an error for each field that is missing.
func (b *Body) Require(names ...string) {
	for _, n := range names {
		if !b.Has(n) {
			b.Wrong(n, "This field is required.")
		}
	}
}

// Text returns a text field, or nil when it is absent or wrong.
func (b *Body) Text(name string, rules ...Rule) *string {
	v, ok := b.fields[name]
	if !ok {
		return nil
	}
	var s *string
	if err := json.Unmarshal(v, &s); err != nil || s == nil {
		b.Wrong(name, "Must be a text.")
		return nil
	}
	if strings.ContainsRune(*s, 0) {
		b.Wrong(name, "May not contain the character U+0000.")
		return nil
	}
	for _, rule := range rules {
		if message := rule(*s); message != "" {
			b.Wrong(name, message)
			return nil
		}
	}
	return s
}

// Bool returns a boolean field, or nil when it is absent or wrong.
func (b *Body) Bool(name string) *bool {
	v, ok := b.fields[name]
	if !ok {
		return nil
	}
	var x *bool
	if err := json.Unmarshal(v, &x); err != nil || x == nil {
		b.Wrong(name, "Must be true or false.")
		return nil
	}
	return x
}

// Int returns a whole number, or nil when it is absent, null or wrong; use
// IsNull to tell the null apart.
func (b *Body) Int(name string) *int64 {
	v, ok := b.fields[name]
	if !ok || string(v) == "null" {
		return nil
	}
	var x int64
	if err := json.Unmarshal(v, &x); err != nil {
		b.Wrong(name, "Must be a whole number.")
		return nil
	}
	return &x
}

// ID returns the id in a field that holds a number, or an object with an "id"
// as responses embed it; nil when it is absent, null or wrong.
func (b *Body) ID(name string) *int64 {
	v, ok := b.fields[name]
	if !ok || string(v) == "null" {
		return nil
	}
	if v[0] == '{' {
		var obj struct {
			ID *int64 `json:"id"`
		}
		if err := json.Unmarshal(v, &obj); err != nil || obj.ID == nil {
			b.Wrong(name, "Must be an id, or an object with an id.")
			return nil
		}
		return obj.ID
	}
	return b.Int(name)
}

// Err returns a fault that names every wrong field, or nil.
func (b *Body) Err() error {
	if len(b.errs) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "request.invalid", "One or more fields are wrong.")
	f.Fields = b.errs
	return f
}

// IDs returns a field that is a list of at most most ids, or nil when it is
// absent, null or wrong.
func (b *Body) IDs(name string, most int) []int64 {
	v, ok := b.fields[name]
	if !ok || string(v) == "null" {
		return nil
	}
	ids, ok := ListOfIDs(v)
	if !ok {
		b.Wrong(name, "Must be a list of ids.")
		return nil
	}
	if len(ids) > most {
		b.Wrong(name, "May have at most "+itoa(most)+" ids.")
		return nil
	}
	return ids
}

// ListOfIDs reads a list of ids; a null, or a number that no id can be, is none.
func ListOfIDs(raw json.RawMessage) ([]int64, bool) {
	var sent []*int64
	if string(raw) == "null" || json.Unmarshal(raw, &sent) != nil {
		return nil, false
	}
	ids := make([]int64, len(sent))
	for i, id := range sent {
		if id == nil || *id < 1 {
			return nil, false
		}
		ids[i] = *id
	}
	return ids, true
}

// Repeated reports whether something is in a list twice.
func Repeated(ids []int64) bool {
	sorted := slices.Sorted(slices.Values(ids))
	return len(slices.Compact(sorted)) < len(ids)
}

// SameIDs reports whether two lists name the same, in whatever order.
func SameIDs(a, b []int64) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// Content returns the body of a request that is no JSON, also where an
// Idempotency-Key has made it be read before.
func Content(c *gin.Context) io.Reader {
	if b, ok := c.Get(rawBodyKey); ok {
		if data, ok := b.([]byte); ok {
			return bytes.NewReader(data)
		}
	}
	return c.Request.Body
}
