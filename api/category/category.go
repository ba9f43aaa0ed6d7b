// Package category is the tree of what tickets are about. A category says who
// looks after its tickets, how pressing they are and what is asked about them.
package category

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/user"
)

// Category is a place in the tree; ParentID is 0 at the top. TeamID and Priority
// are what its tickets begin with: nil and 0 for nothing.
type Category struct {
	ID          int64
	ParentID    int64
	Name        string
	NameKey     string
	Description string
	Position    int
	Active      bool
	TeamID      *int64
	Priority    int
	Version     int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// TableName names the table for GORM.
func (Category) TableName() string { return "categories" }

// formRow says that a category asks for a field.
type formRow struct {
	CategoryID int64 `gorm:"primaryKey;autoIncrement:false"`
	FieldID    int64 `gorm:"primaryKey;autoIncrement:false"`
}

func (formRow) TableName() string { return "category_fields" }

// What this package announces; the subject is the category.
const (
	Created = "category.created"
	Updated = "category.updated"
	Deleted = "category.deleted"

	// Subject is the subject type of these events.
	Subject = "category"
)

// Change is the data of these events; Changed names what differs after an update.
type Change struct {
	Name    string   `json:"name"`
	Changed []string `json:"changed,omitempty"`
}

// The limits of the tree.
const (
	maxCategories = 500
	maxDepth      = 5
)

func canManage(by authz.Actor) bool { return by.Can(authz.DeskConfigure) }

var (
	errMissing = fault.Missing(Subject)
	errManage  = fault.Denied("category.manage_denied", "Only administrators change categories.")
	errChanged = fault.New(fault.Conflict, "category.changed", "Somebody changed this category at the same moment. Fetch it again, then repeat your change.").Because(db.ErrLostRace)
	errTaken   = fault.Field("name", "There is a category of this name here already.")
	errParent  = fault.Field("parent_id", "Must be another category, not one below this one, and not deeper than %d.", maxDepth)
	errInUse   = fault.New(fault.Conflict, "category.in_use", "Tickets or other categories are in this category. Deactivate it instead.")
	errTooMany = fault.New(fault.Conflict, "category.too_many", "There may be at most %d categories.", maxCategories)
)

// Tree is all categories, parents before children, in the order of the screen.
type Tree struct {
	list  []Category
	byID  map[int64]int
	forms map[int64][]int64
}

// Load reads the tree with its forms: two short queries.
func Load(tx *gorm.DB) (*Tree, error) {
	var rows []Category
	if err := tx.Order("parent_id, position, name_key").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the categories: %w", err)
	}
	var forms []formRow
	if err := tx.Order("category_id, field_id").Find(&forms).Error; err != nil {
		return nil, fmt.Errorf("read the forms of the categories: %w", err)
	}
	t := &Tree{byID: map[int64]int{}, forms: map[int64][]int64{}}
	for _, f := range forms {
		t.forms[f.CategoryID] = append(t.forms[f.CategoryID], f.FieldID)
	}
	below := map[int64][]Category{}
	for _, c := range rows {
		below[c.ParentID] = append(below[c.ParentID], c)
	}
	var walk func(parent int64)
	walk = func(parent int64) {
		children := below[parent]
		slices.SortFunc(children, func(a, b Category) int {
			return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.NameKey, b.NameKey))
		})
		for _, c := range children {
			if _, twice := t.byID[c.ID]; twice {
				continue
			}
			t.byID[c.ID] = len(t.list)
			t.list = append(t.list, c)
			walk(c.ID)
		}
	}
	walk(0)
	return t, nil
}

// All lists the categories in order.
func (t *Tree) All() []Category { return t.list }

// Find returns a category.
func (t *Tree) Find(id int64) (Category, bool) {
	i, ok := t.byID[id]
	if !ok {
		return Category{}, false
	}
	return t.list[i], true
}

// line returns a category's ancestors and itself, the top first.
func (t *Tree) line(id int64) []Category {
	var out []Category
	for c, ok := t.Find(id); ok && len(out) <= maxDepth; c, ok = t.Find(c.ParentID) {
		out = append(out, c)
	}
	slices.Reverse(out)
	return out
}

// Path returns "Hardware/Printer".
func (t *Tree) Path(id int64) string {
	var names []string
	for _, c := range t.line(id) {
		names = append(names, c.Name)
	}
	return strings.Join(names, "/")
}

// Usable reports whether new tickets may get the category: it and all above it
// are active.
func (t *Tree) Usable(id int64) bool {
	line := t.line(id)
	return len(line) > 0 && !slices.ContainsFunc(line, func(c Category) bool { return !c.Active })
}

// Form returns the ids of the fields that a category asks for, with those of the
// categories above it.
func (t *Tree) Form(id int64) []int64 {
	var out []int64
	for _, c := range t.line(id) {
		for _, f := range t.forms[c.ID] {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// Defaults returns the team and priority that tickets of a category begin with:
// its own, or those of the nearest category above.
func (t *Tree) Defaults(id int64) (team *int64, priority int) {
	line := t.line(id)
	slices.Reverse(line)
	for _, c := range line {
		if team == nil {
			team = c.TeamID
		}
		if priority == 0 {
			priority = c.Priority
		}
	}
	return team, priority
}

// Below returns a category and all below it.
func (t *Tree) Below(id int64) []int64 {
	out := []int64{id}
	for _, c := range t.list { // parents come before their children
		if slices.Contains(out, c.ParentID) && c.ID != id {
			out = append(out, c.ID)
		}
	}
	return out
}

// Named returns the category that a path means, or else those that bear it as their
// name; case does not matter. It is for one category that somebody wrote down.
func (t *Tree) Named(text string) []int64 {
	key := user.Fold(strings.TrimSpace(text))
	var whole, name []int64
	for _, c := range t.list {
		switch {
		case user.Fold(t.Path(c.ID)) == key:
			whole = append(whole, c.ID)
		case c.NameKey == key:
			name = append(name, c.ID)
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return name
}

// Called returns the categories that a condition means: by a path the one that is there, by a name
// alone all that bear it, wherever they are in the tree. A slash makes a path of a name at the top. So a
// condition goes on meaning what it meant when another category gets the same name elsewhere.
func (t *Tree) Called(text string) []int64 {
	key := user.Fold(strings.TrimSpace(text))
	path := strings.TrimPrefix(key, "/")
	var out []int64
	for _, c := range t.list {
		if c.NameKey == key || (strings.Contains(key, "/") && user.Fold(t.Path(c.ID)) == path) {
			out = append(out, c.ID)
		}
	}
	return out
}

// Address returns what means a category alone to Called.
func (t *Tree) Address(id int64) string {
	path := t.Path(id)
	c, _ := t.Find(id)
	if c.ParentID == 0 && slices.ContainsFunc(t.list, func(o Category) bool { return o.ID != id && o.NameKey == c.NameKey }) {
		return "/" + path
	}
	return path
}

// Service holds the verbs of categories.
type Service struct {
	db    *db.DB
	bus   *event.Bus
	inUse func(tx *gorm.DB, id int64) (bool, error)
	// fields returns which of the fields there are.
	fields func(tx *gorm.DB, ids []int64) ([]int64, error)
}

// New returns the service. fields says which of some fields exist.
func New(d *db.DB, bus *event.Bus, fields func(tx *gorm.DB, ids []int64) ([]int64, error)) *Service {
	return &Service{db: d, bus: bus, fields: fields, inUse: func(*gorm.DB, int64) (bool, error) { return false, nil }}
}

// SetInUse tells who knows whether tickets are in a category.
func (s *Service) SetInUse(fn func(tx *gorm.DB, id int64) (bool, error)) { s.inUse = fn }

// Tree returns all categories.
func (s *Service) Tree(ctx context.Context, by authz.Actor) (*Tree, error) {
	if by.IsNobody() {
		return nil, errMissing
	}
	return Load(s.db.Read(ctx))
}

// Changes is what a change asks for; nil leaves a field.
type Changes struct {
	ParentID    *int64
	Name        *string
	Description *string
	Position    *int
	Active      *bool
	SetTeam     bool
	TeamID      *int64
	Priority    *int
	Fields      *[]int64
}

// Create makes a category.
func (s *Service) Create(ctx context.Context, by authz.Actor, ch Changes) (Category, error) {
	var c Category
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errManage
		}
		tree, err := Load(tx.DB)
		if err != nil {
			return err
		}
		if len(tree.list) >= maxCategories {
			return errTooMany
		}
		c = Category{Active: true, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if err := s.apply(tx.DB, tree, &c, ch); err != nil {
			return err
		}
		if ch.Position == nil {
			for _, o := range tree.list {
				if o.ParentID == c.ParentID {
					c.Position = max(c.Position, o.Position+1)
				}
			}
		}
		if err := tx.Create(&c).Error; err != nil {
			return taken(err, "create a category")
		}
		if err := s.saveForm(tx.DB, c.ID, ch.Fields); err != nil {
			return err
		}
		return tx.Emit(Created, Subject, c.ID, Change{Name: c.Name})
	})
	return c, err
}

func taken(err error, what string) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return errTaken
	}
	return fmt.Errorf("%s: %w", what, err)
}

// apply sets and checks what is asked for.
func (s *Service) apply(tx *gorm.DB, tree *Tree, c *Category, ch Changes) error {
	if ch.Name != nil {
		c.Name = strings.Join(strings.Fields(*ch.Name), " ")
		c.NameKey = user.Fold(c.Name)
		if strings.Contains(c.Name, "/") || c.Name == "" {
			return fault.Field("name", "May not be blank, nor contain a slash.")
		}
	}
	if ch.ParentID != nil {
		above := tree.line(*ch.ParentID)
		wrong := *ch.ParentID != 0 && len(above) == 0
		for _, a := range above {
			wrong = wrong || (c.ID != 0 && a.ID == c.ID)
		}
		if wrong || len(above)+tree.height(c.ID) > maxDepth {
			return errParent
		}
		c.ParentID = *ch.ParentID
	}
	if ch.Description != nil {
		c.Description = *ch.Description
	}
	if ch.Position != nil {
		c.Position = *ch.Position
	}
	if ch.Active != nil {
		c.Active = *ch.Active
	}
	if ch.SetTeam {
		if ch.TeamID != nil {
			if _, err := team.Find(tx, *ch.TeamID); err != nil {
				return fault.Field("team_id", "There is no such team.")
			}
		}
		c.TeamID = ch.TeamID
	}
	if ch.Priority != nil {
		c.Priority = *ch.Priority
	}
	if ch.Fields != nil {
		there, err := s.fields(tx, *ch.Fields)
		if err != nil {
			return err
		}
		for _, id := range *ch.Fields {
			if !slices.Contains(there, id) {
				return fault.Field("fields", "There is no field %d.", id)
			}
		}
	}
	return nil
}

// height is how many levels a category with what is below it takes.
func (t *Tree) height(id int64) int {
	deepest := 1
	if id == 0 {
		return deepest
	}
	base := len(t.line(id))
	for _, b := range t.Below(id) {
		deepest = max(deepest, len(t.line(b))-base+1)
	}
	return deepest
}

func (s *Service) saveForm(tx *gorm.DB, id int64, fields *[]int64) error {
	if fields == nil {
		return nil
	}
	if err := tx.Where("category_id = ?", id).Delete(&formRow{}).Error; err != nil {
		return fmt.Errorf("save the form of category %d: %w", id, err)
	}
	ids := slices.Compact(slices.Sorted(slices.Values(*fields)))
	rows := make([]formRow, len(ids))
	for i, f := range ids {
		rows[i] = formRow{id, f}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("save the form of category %d: %w", id, err)
	}
	return nil
}

func get(tx *gorm.DB, id int64) (Category, error) {
	var c Category
	err := tx.Take(&c, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return c, errMissing
	}
	if err != nil {
		return c, fmt.Errorf("read category %d: %w", id, err)
	}
	return c, nil
}

// Update changes a category.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, ch Changes) (Category, error) {
	var c Category
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errManage
		}
		var err error
		if c, err = get(tx.DB, id); err != nil {
			return err
		}
		if err := want.Check(c.Version); err != nil {
			return err
		}
		tree, err := Load(tx.DB)
		if err != nil {
			return err
		}
		before := c
		if err := s.apply(tx.DB, tree, &c, ch); err != nil {
			return err
		}
		var changed []string
		if before.ParentID != c.ParentID {
			changed = append(changed, "parent_id")
		}
		if before.Name != c.Name {
			changed = append(changed, "name")
		}
		was := c.Version
		if ch.ParentID != nil {
			// Two moves that cross would make a ring: each holds what is above it.
			for _, a := range tree.line(*ch.ParentID) {
				res := tx.Model(&Category{}).Where("id = ? AND version = ?", a.ID, a.Version).Update("version", a.Version+1)
				if res.Error != nil {
					return fmt.Errorf("hold category %d: %w", a.ID, res.Error)
				}
				if res.RowsAffected != 1 {
					return errChanged
				}
			}
		}
		c.Version, c.UpdatedAt = was+1, tx.Now
		res := tx.Model(&Category{}).Where("id = ? AND version = ?", id, was).
			Select("parent_id", "name", "name_key", "description", "position", "active", "team_id", "priority", "version", "updated_at").Updates(&c)
		if res.Error != nil {
			return taken(res.Error, "save a category")
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		if err := s.saveForm(tx.DB, id, ch.Fields); err != nil {
			return err
		}
		return tx.Emit(Updated, Subject, id, Change{c.Name, changed})
	})
	return c, err
}

// Delete removes a category that nothing is in.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errManage
		}
		c, err := get(tx.DB, id)
		if err != nil {
			return err
		}
		if err := want.Check(c.Version); err != nil {
			return err
		}
		var children int64
		if err := tx.Model(&Category{}).Where("parent_id = ?", id).Limit(1).Count(&children).Error; err != nil {
			return fmt.Errorf("look below category %d: %w", id, err)
		}
		used, err := s.inUse(tx.DB, id)
		if err != nil {
			return err
		}
		if used || children > 0 {
			return errInUse
		}
		if err := s.saveForm(tx.DB, id, &[]int64{}); err != nil {
			return err
		}
		res := tx.Where("id = ? AND version = ?", id, c.Version).Delete(&Category{})
		if res.Error != nil {
			return fmt.Errorf("delete category %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(Deleted, Subject, id, Change{Name: c.Name})
	})
}

// ForgetField takes a field that was deleted from all forms.
func ForgetField(tx *event.Tx, e event.Event) error {
	if err := tx.Where("field_id = ?", e.SubjectID).Delete(&formRow{}).Error; err != nil {
		return fmt.Errorf("take field %d from the forms: %w", e.SubjectID, err)
	}
	return nil
}
