package django

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The models of the original system.
const (
	userModel    = "tickets.user"
	ticketModel  = "tickets.ticket"
	commentModel = "tickets.comment"
)

// extent is where an object lies in the file. Only this is kept of each object,
// so that a dump of any size can be read in the order that imports need.
type extent struct {
	from, to int64
	number   int64 // of the object in the file, from 1
}

// index is what a first reading of the file finds.
type index struct {
	users, tickets []extent
	comments       map[string][]extent // by the reference to their ticket
	objects        int64
	highestComment int64 // id
}

// object is one entry of a dump.
type object struct {
	Model  string          `json:"model"`
	PK     ref             `json:"pk"`
	Fields json.RawMessage `json:"fields"`
}

// ref is a primary key, or a reference to one: a number, a text, or a natural
// key such as ["username"]. Empty is none.
type ref string

const natural = "@"

// UnmarshalJSON implements json.Unmarshaler.
func (r *ref) UnmarshalJSON(data []byte) error {
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		*r = ""
	case json.Number:
		*r = ref(v.String())
	case string:
		*r = ref(v)
	case []any:
		if len(v) != 1 {
			return errors.New("a natural key of several parts")
		}
		name, ok := v[0].(string)
		if !ok {
			return errors.New("a natural key that is no text")
		}
		*r = natural + ref(name)
	default:
		return errors.New("a reference that is neither a number nor a natural key")
	}
	return nil
}

// skipper hears of each object that is left out.
type skipper func(number int64, reason string) error

// scan reads the file once. A file that breaks off is an error; what came before
// is in the index.
func scan(in io.Reader, skip skipper) (*index, error) {
	x := &index{comments: map[string][]extent{}}
	buffered := bufio.NewReaderSize(in, 1<<16)
	lead, err := skipSpace(buffered)
	if err != nil {
		return x, err
	}
	first, err := buffered.Peek(1)
	if err != nil {
		return x, errors.New("the file is empty")
	}
	d := json.NewDecoder(buffered)
	inArray := first[0] == '['
	if inArray {
		if _, err := d.Token(); err != nil {
			return x, fmt.Errorf("read the dump: %w", err)
		}
	}
	for d.More() {
		from := lead + d.InputOffset()
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return x, fmt.Errorf("the file is no valid JSON after object %d, at byte %d: %w", x.objects, lead+d.InputOffset(), err)
		}
		x.objects++
		if err := x.add(raw, extent{from, lead + d.InputOffset(), x.objects}, skip); err != nil {
			return x, err
		}
	}
	if _, err := d.Token(); inArray && err != nil {
		return x, fmt.Errorf("the file breaks off after object %d", x.objects)
	}
	return x, nil
}

// skipSpace passes over white space and a byte order mark, and returns how many
// bytes that were.
func skipSpace(b *bufio.Reader) (int64, error) {
	var n int64
	if mark, err := b.Peek(3); err == nil && string(mark) == "\uFEFF" {
		k, err := b.Discard(3)
		n += int64(k)
		if err != nil {
			return n, err
		}
	}
	for {
		c, err := b.Peek(1)
		if err != nil || !strings.ContainsRune(" \t\r\n", rune(c[0])) {
			return n, nil //nolint:nilerr // the end is found again by the caller
		}
		if _, err := b.Discard(1); err != nil {
			return n, err
		}
		n++
	}
}

func (x *index) add(raw json.RawMessage, at extent, skip skipper) error {
	var o object
	if err := json.Unmarshal(raw, &o); err != nil {
		return skip(at.number, "not an object of dumpdata: "+err.Error())
	}
	switch strings.ToLower(o.Model) {
	case userModel:
		x.users = append(x.users, at)
	case ticketModel:
		x.tickets = append(x.tickets, at)
	case commentModel:
		var c struct {
			Ticket ref `json:"ticket"`
		}
		if err := json.Unmarshal(o.Fields, &c); err != nil || c.Ticket == "" {
			return skip(at.number, "comment without a ticket")
		}
		if id, err := strconv.ParseInt(string(o.PK), 10, 64); err == nil {
			x.highestComment = max(x.highestComment, id)
		}
		x.comments[string(c.Ticket)] = append(x.comments[string(c.Ticket)], at)
	case "":
		return skip(at.number, "not an object of dumpdata: it names no model")
	default:
		return skip(at.number, "unknown model "+o.Model)
	}
	return nil
}

// read reads an object again, with its fields into v.
func (e extent) read(in io.ReaderAt, v any) (object, error) {
	raw := make([]byte, e.to-e.from)
	var o object
	if _, err := in.ReadAt(raw, e.from); err != nil {
		return o, fmt.Errorf("read object %d: %w", e.number, err)
	}
	if err := json.Unmarshal(bytes.TrimLeft(raw, ", \t\r\n"), &o); err != nil {
		return o, &brokenError{err}
	}
	if err := json.Unmarshal(o.Fields, v); err != nil {
		return o, &brokenError{err}
	}
	return o, nil
}

// brokenError is an object that is not what its model says.
type brokenError struct{ error }

// Error says what is wrong in few words.
func (e *brokenError) Error() string {
	var kind *json.UnmarshalTypeError
	if errors.As(e.error, &kind) {
		return fmt.Sprintf("wrong type of field %s: %s", kind.Field, kind.Value)
	}
	return e.error.Error()
}
