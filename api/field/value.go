package field

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/ticket/query"
	"github.com/fixdesk/fixdesk/api/user"
)

// Scale is how many units of NumberValue a number of 1 is.
const Scale = 1_000_000

// Value is one value of a ticket in a field; a multi-choice has several.
// NumberValue holds numbers in units, days since 1970, choices, people, and 1 for
// yes; TextKey the folded beginning of a text and TextValue the text.
type Value struct {
	TicketID    int64 `gorm:"primaryKey;autoIncrement:false"`
	FieldID     int64 `gorm:"primaryKey;autoIncrement:false"`
	Seq         int   `gorm:"primaryKey;autoIncrement:false"`
	NumberValue *int64
	TextKey     *string
	TextValue   *string
}

// TableName names the table for GORM.
func (Value) TableName() string { return "ticket_field_values" }

const (
	maxText   = 2000 // code points
	maxNumber = math.MaxInt64 / Scale
	keySize   = 100
	day       = 24 * time.Hour
)

// KeyOf returns what a text is found by.
func KeyOf(text string) string {
	key := []rune(user.Fold(strings.TrimSpace(text)))
	return string(key[:min(len(key), keySize)])
}

// DayOf returns a day as a number; midnights in UTC.
func DayOf(t time.Time) int64 { return t.Unix() / int64(day/time.Second) }

// Read turns what a client sent into values; none for null. wrong says what is
// wrong with it; a person who is not active is returned all the same, for a ticket that has
// them already.
func (f *Field) Read(tx *gorm.DB, raw json.RawMessage) (values []Value, wrong string, err error) {
	if string(raw) == "null" || string(raw) == `""` || string(raw) == "[]" {
		return nil, "", nil
	}
	number := func(n int64) []Value { return []Value{{FieldID: f.ID, NumberValue: &n}} }
	switch f.Kind {
	case Number:
		var n json.Number
		if json.Unmarshal(raw, &n) != nil {
			return nil, "Must be a number.", nil
		}
		units, ok := query.Units(n.String(), Scale)
		if size, err := n.Float64(); err != nil || math.Abs(size) > maxNumber {
			return nil, fmt.Sprintf("Must be from %d to %d.", -maxNumber, maxNumber), nil
		}
		if !ok {
			return nil, "Must be a number with at most 6 decimals.", nil
		}
		return number(units), "", nil
	case Checkbox:
		var yes bool
		if json.Unmarshal(raw, &yes) != nil {
			return nil, "Must be true or false.", nil
		}
		if !yes {
			return nil, "", nil // as if it had never been touched
		}
		return number(1), "", nil
	case User:
		return f.readUser(tx, raw)
	case MultiChoice:
		var labels []string
		if json.Unmarshal(raw, &labels) != nil {
			return nil, "Must be a list of choices.", nil
		}
		for _, l := range labels {
			o := f.option(l)
			if o == nil {
				return nil, f.unknown(l), nil
			}
			if !slices.ContainsFunc(values, func(v Value) bool { return *v.NumberValue == o.ID }) {
				v := number(o.ID)[0]
				v.Seq = len(values)
				values = append(values, v)
			}
		}
		return values, "", nil
	case Text, URL, Date, Choice:
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return nil, "Must be a text.", nil
	}
	switch f.Kind {
	case Date:
		t, err := time.Parse(time.DateOnly, text)
		if err != nil || t.Year() < 1 {
			return nil, "Must be a day such as 2026-01-31.", nil
		}
		return number(DayOf(t)), "", nil
	case Choice:
		o := f.option(text)
		if o == nil {
			return nil, f.unknown(text), nil
		}
		return number(o.ID), "", nil
	case URL:
		u, err := url.Parse(text)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return nil, "Must be an address that begins with http:// or https://.", nil
		}
		if u.User != nil {
			return nil, "May not contain a user name or password.", nil
		}
	case Text, Number, Checkbox, User, MultiChoice:
	}
	switch {
	case utf8.RuneCountInString(text) > maxText:
		return nil, fmt.Sprintf("May have at most %d characters.", maxText), nil
	case strings.ContainsRune(text, 0):
		return nil, "May not contain the character U+0000.", nil
	case strings.TrimSpace(text) == "":
		return nil, "", nil
	}
	key := KeyOf(text)
	return []Value{{FieldID: f.ID, TextKey: &key, TextValue: &text}}, "", nil
}

func (f *Field) unknown(label string) string {
	var known []string
	for _, o := range f.Options {
		if o.Active {
			known = append(known, o.Label)
		}
	}
	return fmt.Sprintf("There is no choice %q. Known: %s.", label, strings.Join(known, ", "))
}

func (f *Field) readUser(tx *gorm.DB, raw json.RawMessage) ([]Value, string, error) {
	const wrong = "Must be the id of an active account."
	var address string
	if json.Unmarshal(raw, &address) == nil {
		u, err := user.ByEmail(tx, strings.TrimSpace(address))
		if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && (!u.IsActive || !u.EmailVerified)) {
			return nil, "There is no active account with this e-mail address.", nil
		}
		if err != nil {
			return nil, "", fmt.Errorf("read the person of a field: %w", err)
		}
		return []Value{{FieldID: f.ID, NumberValue: &u.ID}}, "", nil
	}
	var id int64
	if json.Unmarshal(raw, &id) != nil {
		var embedded struct{ ID int64 }
		if json.Unmarshal(raw, &embedded) != nil {
			return nil, wrong, nil
		}
		id = embedded.ID
	}
	named := []Value{{FieldID: f.ID, NumberValue: &id}}
	u, err := user.Find(tx, id)
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.IsActive) {
		return named, wrong, nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("read the person of a field: %w", err)
	}
	return named, "", nil
}

// Show returns values as the API sends them; people are in cards.
func (f *Field) Show(values []Value, cards map[int64]user.Card) any {
	if len(values) == 0 {
		if f.Kind == MultiChoice {
			return []string{}
		}
		if f.Kind == Checkbox {
			return false
		}
		return nil
	}
	v := values[0]
	if v.NumberValue == nil {
		if v.TextValue == nil {
			return nil
		}
		return *v.TextValue
	}
	n := *v.NumberValue
	switch f.Kind {
	case Number:
		r := new(big.Rat).SetFrac64(n, Scale)
		return json.Number(strings.TrimSuffix(strings.TrimRight(r.FloatString(6), "0"), "."))
	case Date:
		return time.Unix(n*int64(day/time.Second), 0).UTC().Format(time.DateOnly)
	case Checkbox:
		return n == 1
	case User:
		return cards[n]
	case Choice, MultiChoice:
		var labels []string
		for _, v := range values {
			if o := f.optionByID(*v.NumberValue); o != nil {
				labels = append(labels, o.Label)
			}
		}
		if f.Kind == Choice && len(labels) > 0 {
			return labels[0]
		}
		return labels
	case Text, URL:
	}
	return nil
}

// Word returns values as one text, for exports and events.
func (f *Field) Word(values []Value, cards map[int64]user.Card) string {
	switch shown := f.Show(values, cards).(type) {
	case nil:
		return ""
	case []string:
		return strings.Join(shown, ", ")
	case user.Card:
		return shown.Username
	case bool:
		if shown {
			return "yes"
		}
		return ""
	default:
		return fmt.Sprint(shown)
	}
}

// Of returns the values of each of the tickets by field, in one query.
func Of(tx *gorm.DB, tickets ...int64) (map[int64]map[int64][]Value, error) {
	out := map[int64]map[int64][]Value{}
	if len(tickets) == 0 {
		return out, nil
	}
	var rows []Value
	if err := tx.Where("ticket_id IN ?", tickets).Order("ticket_id, field_id, seq").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the fields of tickets: %w", err)
	}
	for _, v := range rows {
		if out[v.TicketID] == nil {
			out[v.TicketID] = map[int64][]Value{}
		}
		out[v.TicketID][v.FieldID] = append(out[v.TicketID][v.FieldID], v)
	}
	return out, nil
}

// People returns who appears in values.
func (s Set) People(values map[int64]map[int64][]Value) []int64 {
	var ids []int64
	for _, fields := range values {
		for id, list := range fields {
			if f := s.Find(id); f != nil && f.Kind == User {
				for _, v := range list {
					if v.NumberValue != nil {
						ids = append(ids, *v.NumberValue)
					}
				}
			}
		}
	}
	return ids
}

// Put replaces the values of a ticket in a field.
func Put(tx *gorm.DB, ticketID, fieldID int64, values []Value) error {
	if err := tx.Where("ticket_id = ? AND field_id = ?", ticketID, fieldID).Delete(&Value{}).Error; err != nil {
		return fmt.Errorf("write field %d of ticket %d: %w", fieldID, ticketID, err)
	}
	return insert(tx, ticketID, values)
}

func insert(tx *gorm.DB, ticketID int64, values []Value) error {
	if len(values) == 0 {
		return nil
	}
	for i := range values {
		values[i].TicketID = ticketID
	}
	if err := tx.CreateInBatches(values, 200).Error; err != nil {
		return fmt.Errorf("write the fields of ticket %d: %w", ticketID, err)
	}
	return nil
}

// Import writes values of tickets that have just come.
func Import(tx *gorm.DB, values []Value) error {
	if len(values) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(values, 200).Error; err != nil {
		return fmt.Errorf("write the fields of imported tickets: %w", err)
	}
	return nil
}

// Offered reports whether all that is chosen is still offered.
func (f *Field) Offered(values []Value) bool {
	return !f.Kind.chosen() || !slices.ContainsFunc(values, func(v Value) bool {
		o := f.optionByID(*v.NumberValue)
		return o == nil || !o.Active
	})
}

// Same reports whether two lists of values say the same.
func Same(a, b []Value) bool {
	return slices.EqualFunc(a, b, func(a, b Value) bool {
		return equal(a.NumberValue, b.NumberValue) && equal(a.TextValue, b.TextValue)
	})
}

func equal[T comparable](a, b *T) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

// Take removes all values of a ticket that goes, and returns them for Give.
func Take(tx *gorm.DB, ticketID int64) ([]Value, error) {
	var rows []Value
	if err := tx.Where("ticket_id = ?", ticketID).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the fields of ticket %d: %w", ticketID, err)
	}
	if err := tx.Where("ticket_id = ?", ticketID).Delete(&Value{}).Error; err != nil {
		return nil, fmt.Errorf("take the fields of ticket %d: %w", ticketID, err)
	}
	return rows, nil
}

// Give writes values back to a ticket that returns; fields that are gone stay away.
func Give(tx *gorm.DB, ticketID int64, values []Value) error {
	ids := make([]int64, len(values))
	for i, v := range values {
		ids[i] = v.FieldID
	}
	there, err := There(tx, ids)
	if err != nil {
		return err
	}
	return insert(tx, ticketID, slices.DeleteFunc(slices.Clone(values), func(v Value) bool { return !slices.Contains(there, v.FieldID) }))
}

// Chosen returns the id of the choice of a label as queries hold it, or nil.
func (f *Field) Chosen(label string) []string {
	if o := f.option(label); o != nil {
		return []string{strconv.FormatInt(o.ID, 10)}
	}
	return nil
}

// Raw returns values as Read takes them.
func (f *Field) Raw(values []Value) any {
	if f.Kind == User {
		if len(values) == 0 {
			return nil
		}
		return *values[0].NumberValue
	}
	return f.Show(values, nil)
}

// PeopleByName returns who is in a field of people, in the order of their names.
func PeopleByName(tx *gorm.DB, fieldID int64) ([]int64, error) {
	var found []struct {
		ID                 int64
		Username, FullName string
	}
	err := tx.Raw("SELECT u.id, u.username, u.full_name FROM users AS u WHERE EXISTS "+
		"(SELECT 1 FROM ticket_field_values AS v WHERE v.field_id = ? AND v.number_value = u.id)", fieldID).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("list the people of field %d: %w", fieldID, err)
	}
	names, ids := make(map[int64]string, len(found)), make([]int64, len(found))
	for i, u := range found {
		ids[i], names[u.ID] = u.ID, user.Fold(cmp.Or(u.FullName, u.Username))
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Or(cmp.Compare(names[a], names[b]), cmp.Compare(a, b)) })
	return ids, nil
}
