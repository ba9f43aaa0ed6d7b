// Package field keeps the fields that an installation adds to its tickets, and
// their values.
package field

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/user"
)

// Kind is what a field holds.
type Kind string

// The kinds of fields.
const (
	Text        Kind = "text"
	Number      Kind = "number"
	Date        Kind = "date"
	Choice      Kind = "choice"
	MultiChoice Kind = "multi_choice"
	Checkbox    Kind = "checkbox"
	User        Kind = "user"
	URL         Kind = "url"
)

// Kinds lists every kind.
var Kinds = []Kind{Text, Number, Date, Choice, MultiChoice, Checkbox, User, URL}

func (k Kind) chosen() bool { return k == Choice || k == MultiChoice }

// Field is a field of tickets. Slug is its name in the API and in queries (cf.slug)
// and never changes, and neither does the kind.
type Field struct {
	ID           int64
	Slug         string
	Name         string
	Kind         Kind
	Help         string
	Required     string // "", "create" or "resolve"
	EmployeeView bool
	EmployeeEdit bool
	Everywhere   bool // asked for in every category, and without one
	Position     int
	ArchivedAt   *time.Time
	Version      int64
	CreatedAt    time.Time
	UpdatedAt    time.Time

	Options []Option `gorm:"-"`
}

// TableName names the table for GORM.
func (Field) TableName() string { return "fields" }

// Option is one of the values of a choice. One that is not active is kept by the
// tickets that have it.
type Option struct {
	ID       int64
	FieldID  int64
	Label    string
	LabelKey string
	Position int
	Active   bool
}

// TableName names the table for GORM.
func (Option) TableName() string { return "field_options" }

// What Required can be.
const (
	OnCreate  = "create"
	OnResolve = "resolve"
)

// What this package announces; the subject is the field.
const (
	Created = "field.created"
	Updated = "field.updated"
	Deleted = "field.deleted"

	// Subject is the subject type of these events.
	Subject = "field"
)

// Change is the data of these events; Changed holds "options" when choices have other
// labels after an update.
type Change struct {
	Slug    string   `json:"slug"`
	Changed []string `json:"changed,omitempty"`
}

// The limits of fields.
const (
	maxFields  = 200
	maxOptions = 200
)

func canManage(by authz.Actor) bool { return by.Can(authz.DeskConfigure) }

// CanSee is the rule of who sees a field's values, and that there is the field.
func CanSee(by authz.Actor, f *Field) bool {
	return !by.IsNobody() && (by.Can(authz.TicketWork) || f.EmployeeView)
}

// CanSet is the rule of who sets a field's values.
func CanSet(by authz.Actor, f *Field) bool {
	return f.ArchivedAt == nil && CanSee(by, f) && (by.Can(authz.TicketWork) || f.EmployeeEdit)
}

// Seen returns the fields that somebody may see.
func Seen(tx *gorm.DB, by authz.Actor) (Set, error) {
	all, err := Load(tx)
	return slices.DeleteFunc(all, func(f Field) bool { return !CanSee(by, &f) }), err
}

var (
	errMissing = fault.Missing(Subject)
	errManage  = fault.Denied("field.manage_denied", "Only administrators change fields.")
	errChanged = fault.New(fault.Conflict, "field.changed", "Somebody changed this field at the same moment. Fetch it again, then repeat your change.").Because(db.ErrLostRace)
	errTaken   = fault.Field("slug", "There is a field of this name already.")
	errLabel   = fault.Field("options", "Each choice needs a label of its own.")
	errNothing = fault.Field("options", "A choice needs at least one option.")
	errInUse   = fault.New(fault.Conflict, "field.in_use", "Tickets have values in this field. Archive it instead: the values are kept.")
	errTooMany = fault.New(fault.Conflict, "field.too_many", "There may be at most %d fields.", maxFields)
)

// Set is all fields with their choices, in the order of the screen.
type Set []Field

// Load reads all fields: two short queries.
func Load(tx *gorm.DB) (Set, error) {
	var out Set
	if err := tx.Order("position, id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the fields: %w", err)
	}
	if len(out) == 0 {
		return out, nil
	}
	var options []Option
	if err := tx.Order("field_id, position, id").Find(&options).Error; err != nil {
		return nil, fmt.Errorf("read the choices of fields: %w", err)
	}
	byField := map[int64][]Option{}
	for _, o := range options {
		byField[o.FieldID] = append(byField[o.FieldID], o)
	}
	for i := range out {
		out[i].Options = byField[out[i].ID]
	}
	return out, nil
}

// Find returns the field with the id, or nil.
func (s Set) Find(id int64) *Field {
	if i := slices.IndexFunc(s, func(f Field) bool { return f.ID == id }); i >= 0 {
		return &s[i]
	}
	return nil
}

// Named returns the field with the slug, or nil.
func (s Set) Named(slug string) *Field {
	if i := slices.IndexFunc(s, func(f Field) bool { return f.Slug == slug }); i >= 0 {
		return &s[i]
	}
	return nil
}

// Asked returns the fields that a ticket is asked for, whose category has a form.
func (s Set) Asked(form []int64) []*Field {
	var out []*Field
	for i := range s {
		if f := &s[i]; f.ArchivedAt == nil && (f.Everywhere || slices.Contains(form, f.ID)) {
			out = append(out, f)
		}
	}
	return out
}

func (f *Field) option(label string) *Option {
	key := user.Fold(strings.TrimSpace(label))
	if i := slices.IndexFunc(f.Options, func(o Option) bool { return o.LabelKey == key }); i >= 0 {
		return &f.Options[i]
	}
	return nil
}

func (f *Field) optionByID(id int64) *Option {
	if i := slices.IndexFunc(f.Options, func(o Option) bool { return o.ID == id }); i >= 0 {
		return &f.Options[i]
	}
	return nil
}

// There returns which of the ids are fields.
func There(tx *gorm.DB, ids []int64) ([]int64, error) {
	var out []int64
	if len(ids) == 0 {
		return out, nil
	}
	if err := tx.Model(&Field{}).Where("id IN ?", ids).Pluck("id", &out).Error; err != nil {
		return nil, fmt.Errorf("look for fields: %w", err)
	}
	return out, nil
}

// Service holds the verbs of fields.
type Service struct {
	db  *db.DB
	bus *event.Bus
}

// New returns the service.
func New(d *db.DB, bus *event.Bus) *Service { return &Service{db: d, bus: bus} }

// All returns the fields that the actor may know of.
func (s *Service) All(ctx context.Context, by authz.Actor) (Set, error) {
	all, err := Load(s.db.Read(ctx))
	return slices.DeleteFunc(all, func(f Field) bool {
		return !CanSee(by, &f) || (f.ArchivedAt != nil && !canManage(by))
	}), err
}

// Changes is what a change asks for; nil leaves a field.
type Changes struct {
	Slug         *string
	Name         *string
	Kind         *Kind
	Help         *string
	Required     *string
	EmployeeView *bool
	EmployeeEdit *bool
	Everywhere   *bool
	Position     *int
	Archived     *bool
	Options      *[]Option
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (ch Changes) apply(f *Field, now time.Time) error {
	set(&f.Name, ch.Name)
	set(&f.Help, ch.Help)
	set(&f.Required, ch.Required)
	set(&f.EmployeeView, ch.EmployeeView)
	set(&f.EmployeeEdit, ch.EmployeeEdit)
	set(&f.Everywhere, ch.Everywhere)
	set(&f.Position, ch.Position)
	if ch.Archived != nil && *ch.Archived != (f.ArchivedAt != nil) {
		f.ArchivedAt = nil
		if *ch.Archived {
			f.ArchivedAt = &now
		}
	}
	if f.EmployeeEdit && !f.EmployeeView {
		return fault.Field("employee_edit", "Employees cannot fill in what they do not see.")
	}
	if ch.Options != nil && !f.Kind.chosen() {
		return fault.Field("options", "Only choices have options.")
	}
	return nil
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

func slugOf(name string) string {
	slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(name), "_"), "_")
	return slug[:min(len(slug), 40)]
}

// Create makes a field.
func (s *Service) Create(ctx context.Context, by authz.Actor, ch Changes) (Field, error) {
	var f Field
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errManage
		}
		all, err := Load(tx.DB)
		if err != nil {
			return err
		}
		if len(all) >= maxFields {
			return errTooMany
		}
		f = Field{Position: len(all), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		set(&f.Slug, ch.Slug)
		set(&f.Kind, ch.Kind)
		if err := ch.apply(&f, tx.Now); err != nil {
			return err
		}
		if f.Slug == "" {
			f.Slug = slugOf(f.Name)
		}
		if f.Slug == "" {
			return fault.Field("slug", "Must be 1 to 40 of a-z, 0-9 and _.")
		}
		if f.Kind.chosen() && ch.Options == nil {
			return errNothing
		}
		err = tx.Create(&f).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return errTaken
		}
		if err != nil {
			return fmt.Errorf("create a field: %w", err)
		}
		if err := saveOptions(tx.DB, &f, ch.Options); err != nil {
			return err
		}
		return tx.Emit(Created, Subject, f.ID, Change{Slug: f.Slug})
	})
	return f, err
}

// saveOptions writes the choices. Those that are left out are kept for the
// tickets that have them, and offered to no other.
func saveOptions(tx *gorm.DB, f *Field, wanted *[]Option) error {
	if wanted == nil {
		return nil
	}
	var out []Option
	for i, o := range *wanted {
		o.Label = strings.Join(strings.Fields(o.Label), " ")
		o.LabelKey = user.Fold(o.Label)
		o.FieldID, o.Position = f.ID, i
		if o.ID != 0 && f.optionByID(o.ID) == nil {
			return fault.Field("options", "There is no choice %d in this field.", o.ID)
		}
		if was := f.option(o.Label); o.ID == 0 && was != nil && !slices.ContainsFunc(*wanted, func(x Option) bool { return x.ID == was.ID }) {
			o.ID = was.ID // it was there before, and is not called something else now
		}
		twice := slices.ContainsFunc(out, func(x Option) bool { return x.LabelKey == o.LabelKey || (o.ID != 0 && x.ID == o.ID) })
		if o.LabelKey == "" || twice {
			return errLabel
		}
		out = append(out, o)
	}
	if !slices.ContainsFunc(out, func(o Option) bool { return o.Active }) {
		return errNothing // nobody could fill it in, also where it is required
	}
	for _, o := range f.Options {
		if !slices.ContainsFunc(out, func(x Option) bool { return x.ID == o.ID }) {
			o.Active, o.Position = false, len(out)
			out = append(out, o)
		}
	}
	if len(out) > maxOptions {
		return fault.Field("options", "A field may have at most %d choices.", maxOptions)
	}
	// Two that swap their labels must not meet on the way.
	for _, o := range out {
		if o.ID == 0 {
			continue
		}
		if err := tx.Model(&Option{}).Where("id = ?", o.ID).Update("label_key", fmt.Sprintf("\x00%d", o.ID)).Error; err != nil {
			return fmt.Errorf("save the choices of field %d: %w", f.ID, err)
		}
	}
	for i := range out {
		err := tx.Save(&out[i]).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return errLabel
		}
		if err != nil {
			return fmt.Errorf("save the choices of field %d: %w", f.ID, err)
		}
	}
	f.Options = out
	return nil
}

func get(tx *gorm.DB, id int64) (Field, error) {
	all, err := Load(tx)
	if err != nil {
		return Field{}, err
	}
	if f := all.Find(id); f != nil {
		return *f, nil
	}
	return Field{}, errMissing
}

// Update changes a field, but not its slug or kind.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, ch Changes) (Field, error) {
	var f Field
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errManage
		}
		var err error
		if f, err = get(tx.DB, id); err != nil {
			return err
		}
		if err := want.Check(f.Version); err != nil {
			return err
		}
		if ch.Slug != nil && *ch.Slug != f.Slug {
			return fault.Field("slug", "Links and views name it; it cannot change.")
		}
		if ch.Kind != nil && *ch.Kind != f.Kind {
			return fault.Field("kind", "Values are kept by it; it cannot change. Make another field.")
		}
		if err := ch.apply(&f, tx.Now); err != nil {
			return err
		}
		was := f.Version
		f.Version, f.UpdatedAt = was+1, tx.Now
		res := tx.Model(&Field{}).Where("id = ? AND version = ?", id, was).
			Select("name", "help", "required", "employee_view", "employee_edit", "everywhere", "position", "archived_at", "version", "updated_at").Updates(&f)
		if res.Error != nil {
			return fmt.Errorf("save field %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		labels := f.Options
		if err := saveOptions(tx.DB, &f, ch.Options); err != nil {
			return err
		}
		data := Change{Slug: f.Slug}
		if slices.ContainsFunc(labels, func(o Option) bool { return f.optionByID(o.ID).LabelKey != o.LabelKey }) {
			data.Changed = []string{"options"}
		}
		return tx.Emit(Updated, Subject, id, data)
	})
	return f, err
}

// Delete removes a field without values; one with values can only be archived.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errManage
		}
		f, err := get(tx.DB, id)
		if err != nil {
			return err
		}
		if err := want.Check(f.Version); err != nil {
			return err
		}
		var used []int64
		if err := tx.Model(&Value{}).Where("field_id = ?", id).Limit(1).Pluck("ticket_id", &used).Error; err != nil {
			return fmt.Errorf("look for values of field %d: %w", id, err)
		}
		if len(used) > 0 {
			return errInUse
		}
		if err := tx.Where("field_id = ?", id).Delete(&Option{}).Error; err != nil {
			return fmt.Errorf("delete the choices of field %d: %w", id, err)
		}
		res := tx.Where("id = ? AND version = ?", id, f.Version).Delete(&Field{})
		if res.Error != nil {
			return fmt.Errorf("delete field %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(Deleted, Subject, id, Change{Slug: f.Slug})
	})
}
