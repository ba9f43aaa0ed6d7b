package ticket

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/tag"
)

// Facets is what a change asks of a ticket's category, finer status, tags and
// fields.
type Facets struct {
	SetCategory  bool
	CategoryID   *int64 // nil for none
	SetSubstatus bool
	SubstatusID  *int64    // nil for none
	Tags         *[]string // exactly these
	AddTags      []string
	RemoveTags   []string
	Fields       map[string]json.RawMessage // by slug; null for no value
}

// retagged is a change of tags that is yet to be announced.
type retagged struct{ added, removed []tag.Tag }

// refilled is a change of a field that is yet to be announced.
type refilled struct {
	field    *field.Field
	was, now []field.Value
}

// hung is what a change did to what hangs on a ticket.
type hung struct {
	category  *Renamed
	substatus *FinerChange
	tags      retagged
	fields    []refilled
}

func (h *hung) row() bool { return h.category != nil || h.substatus != nil }

func (h *hung) any() bool {
	return h.row() || len(h.tags.added) > 0 || len(h.tags.removed) > 0 || len(h.fields) > 0
}

// touches reports whether the facets move what only those who work on tickets
// may move.
func (f Facets) touches(t *Ticket) bool {
	return (f.SetCategory && !sameID(f.CategoryID, t.CategoryID)) || (f.SetSubstatus && !sameID(f.SubstatusID, t.SubstatusID))
}

// hang applies what a change asks of what hangs on a ticket. The status is set
// here, since it and the finer one depend on each other.
func (s *Service) hang(tx *event.Tx, by authz.Actor, t *Ticket, c Changes, opening bool) (*hung, error) {
	h := &hung{}
	before := *t
	if err := h.stand(tx, t, c); err != nil {
		return nil, err
	}
	var tree *category.Tree
	finishing := t.Status.Done() && !before.Status.Done()
	if c.SetCategory || opening || finishing || len(c.Fields) > 0 {
		var err error
		if tree, err = category.Load(tx.DB); err != nil {
			return nil, err
		}
	}
	if c.SetCategory && !sameID(c.CategoryID, t.CategoryID) {
		if c.CategoryID != nil && !tree.Usable(*c.CategoryID) {
			return nil, fault.Field("category", "There is no such category, or it is no longer used.")
		}
		h.category = &Renamed{Was: pathOf(tree, t.CategoryID), Now: pathOf(tree, c.CategoryID)}
		t.CategoryID = c.CategoryID
	}
	if opening || finishing || len(c.Fields) > 0 {
		if err := h.fill(tx, by, t, c, tree, opening, finishing); err != nil {
			return nil, err
		}
	}
	return h, h.tag(tx, by, t, c)
}

// openWith prepares a new ticket with what it begins with.
func (s *Service) openWith(tx *event.Tx, by authz.Actor, t *Ticket, f Facets) (*hung, error) {
	if !by.Can(authz.TicketWork) {
		f.SetSubstatus, f.Tags, f.AddTags = false, nil, nil
	}
	all, err := substatus.Load(tx.DB)
	if err != nil {
		return nil, err
	}
	if d := all.Default(int(t.Status)); d != nil {
		t.SubstatusID = &d.ID
	}
	if f.SetSubstatus && f.SubstatusID != nil {
		x := all.Find(*f.SubstatusID)
		if x == nil || !x.Active || Status(x.State) != t.Status {
			return nil, fault.Field("substatus", "A new ticket is open; this status lies in another state, or is no longer used.")
		}
		t.SubstatusID = f.SubstatusID
	}
	f.SetSubstatus, f.Tags, f.AddTags, f.RemoveTags = false, nil, nil, nil
	h, err := s.hang(tx, by, t, Changes{Facets: f}, true)
	if err != nil {
		return nil, err
	}
	if t.CategoryID != nil {
		tree, err := category.Load(tx.DB)
		if err != nil {
			return nil, err
		}
		to, p := tree.Defaults(*t.CategoryID)
		if t.Priority == 0 {
			t.Priority = Priority(p)
		}
		if to != nil {
			if _, err := activeTeam(tx.DB, *to); err == nil { // else it was given up since
				t.TeamID = to
			}
		}
	}
	if t.Priority == 0 {
		t.Priority = Medium
	}
	return h, nil
}

func pathOf(tree *category.Tree, id *int64) string {
	if id == nil {
		return ""
	}
	return tree.Path(*id)
}

// stand moves status and finer status.
func (h *hung) stand(tx *event.Tx, t *Ticket, c Changes) error {
	status := c.Status != nil && *c.Status != t.Status
	finer := c.SetSubstatus && !sameID(c.SubstatusID, t.SubstatusID)
	if !status && !finer {
		return nil
	}
	all, err := substatus.Load(tx.DB)
	if err != nil {
		return err
	}
	was := t.SubstatusID
	if finer {
		t.SubstatusID = c.SubstatusID
		if id := c.SubstatusID; id != nil {
			x := all.Find(*id)
			switch {
			case x == nil || !x.Active:
				return fault.Field("substatus", "There is no such status, or it is no longer used.")
			case status && Status(x.State) != *c.Status:
				return fault.Field("substatus", "Lies in the status %s.", Status(x.State))
			case Status(x.State) != t.Status:
				t.moveTo(Status(x.State), tx.Now)
			}
			status = false
		}
	}
	if status {
		t.moveTo(*c.Status, tx.Now)
		if !finer {
			t.SubstatusID = nil
			if d := all.Default(int(t.Status)); d != nil {
				t.SubstatusID = &d.ID
			}
		}
	}
	if !sameID(was, t.SubstatusID) {
		h.substatus = &FinerChange{}
		if x := finerOf(all, was); x != nil {
			h.substatus.Was, h.substatus.WasSlug, h.substatus.WasPaused = x.Label, x.Slug, x.PausesSLA
		}
		if x := finerOf(all, t.SubstatusID); x != nil {
			h.substatus.Now, h.substatus.Slug, h.substatus.Paused = x.Label, x.Slug, x.PausesSLA
		}
	}
	return nil
}

func finerOf(all substatus.Set, id *int64) *substatus.Substatus {
	if id == nil {
		return nil
	}
	return all.Find(*id)
}

// fill writes fields, and sees to it that nothing that is required is missing.
func (h *hung) fill(tx *event.Tx, by authz.Actor, t *Ticket, c Changes, tree *category.Tree, opening, finishing bool) error {
	set, err := field.Load(tx.DB)
	if err != nil || len(set) == 0 && len(c.Fields) == 0 {
		return err
	}
	has := map[int64][]field.Value{}
	if t.ID != 0 && !opening {
		all, err := field.Of(tx.DB, t.ID)
		if err != nil {
			return err
		}
		if all[t.ID] != nil {
			has = all[t.ID]
		}
	}
	wrong := map[string][]string{}
	emptied := map[int64]bool{}
	bad := func(slug, message string) { wrong["fields."+slug] = append(wrong["fields."+slug], message) }
	for slug, raw := range c.Fields {
		f := set.Named(slug)
		if f == nil || !field.CanSee(by, f) {
			if by.Can(authz.TicketWork) {
				bad(slug, "There is no such field.")
			}
			continue // what cannot be set is ignored, and says nothing
		}
		if !by.Can(authz.TicketWork) && !field.CanSet(by, f) {
			continue
		}
		values, message, err := f.Read(tx.DB, raw)
		if err != nil {
			return err
		}
		switch {
		case (message == "" || len(values) > 0) && field.Same(values, has[f.ID]):
			continue
		case f.Kind == field.User && len(values) > 0 && raw[0] != '"' && !by.Can(authz.TicketWork) && *values[0].NumberValue != by.ID:
			// Going through the ids would show who else there is.
			message = "Name a person by their e-mail address."
		case f.ArchivedAt != nil:
			message = "This field is archived; it takes no new values."
		case message == "" && !f.Offered(values):
			message = "This choice is no longer offered."
		}
		if message != "" {
			bad(slug, message)
			continue
		}
		h.fields = append(h.fields, refilled{f, has[f.ID], values})
		has[f.ID], emptied[f.ID] = values, len(values) == 0
	}
	finishing = finishing && by.Can(authz.TicketWork) && by.ID != 0
	if opening || finishing || len(emptied) > 0 {
		var form []int64
		if t.CategoryID != nil {
			form = tree.Form(*t.CategoryID)
		}
		for _, f := range set.Asked(form) {
			asked := (opening && f.Required == field.OnCreate && field.CanSet(by, f)) || (finishing && f.Required == field.OnResolve) ||
				// What was asked for is not taken away again.
				(emptied[f.ID] && (f.Required == field.OnCreate || (f.Required == field.OnResolve && t.Status.Done())))
			if asked && len(has[f.ID]) == 0 && wrong["fields."+f.Slug] == nil {
				bad(f.Slug, "This field is required.")
			}
		}
	}
	if len(wrong) > 0 {
		f := fault.New(fault.Invalid, "request.invalid", "One or more fields are wrong.")
		f.Fields = wrong
		return f
	}
	slices.SortFunc(h.fields, func(a, b refilled) int { return int(a.field.ID - b.field.ID) })
	if opening {
		return nil // written when the ticket has an id
	}
	return h.write(tx, t)
}

func (h *hung) write(tx *event.Tx, t *Ticket) error {
	for _, r := range h.fields {
		if err := field.Put(tx.DB, t.ID, r.field.ID, r.now); err != nil {
			return err
		}
	}
	return nil
}

// tag puts tags on a ticket and takes others off.
func (h *hung) tag(tx *event.Tx, by authz.Actor, t *Ticket, c Changes) error {
	if !by.Can(authz.TicketWork) || (c.Tags == nil && len(c.AddTags)+len(c.RemoveTags) == 0) {
		return nil
	}
	add := c.AddTags
	if c.Tags != nil {
		add = slices.Concat(*c.Tags, add)
	}
	wanted, err := tag.Ensure(tx, add)
	if err != nil {
		return renamedField(err, "name", "tags")
	}
	remove, err := tag.Find(tx.DB, c.RemoveTags)
	if err != nil {
		return err
	}
	if c.Tags != nil {
		has, err := tag.Of(tx.DB, t.ID)
		if err != nil {
			return err
		}
		for _, old := range has[t.ID] {
			if !slices.ContainsFunc(wanted, func(w tag.Tag) bool { return w.ID == old.ID }) {
				remove = append(remove, old)
			}
		}
	}
	h.tags.added, h.tags.removed, err = tag.Put(tx, t.ID, wanted, remove)
	return err
}

// renamedField names a wrong field as the ticket's body does.
func renamedField(err error, from, to string) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Fields[from] != nil {
		return f.WithField(to, f.Fields[from][0])
	}
	return err
}

// announce writes the events of what hangs on a ticket.
func (h *hung) announce(tx *event.Tx, t *Ticket) error {
	if h.category != nil {
		if err := tx.Emit(CategoryChanged, subject, t.ID, h.category); err != nil {
			return err
		}
	}
	if h.substatus != nil {
		if err := tx.Emit(SubstatusChanged, subject, t.ID, h.substatus); err != nil {
			return err
		}
	}
	for _, r := range h.fields {
		data := FieldChange{Field: r.field.Slug, Name: r.field.Name}
		switch r.field.Kind {
		case field.Text, field.URL, field.User:
		case field.Number, field.Date, field.Choice, field.MultiChoice, field.Checkbox:
			data.Was, data.Now = r.field.Word(r.was, nil), r.field.Word(r.now, nil)
		}
		kind := FieldChanged
		if !r.field.EmployeeView {
			kind = InternalFieldChanged
		}
		if err := tx.Emit(kind, subject, t.ID, data); err != nil {
			return err
		}
	}
	if len(h.tags.added)+len(h.tags.removed) == 0 {
		return nil
	}
	names := func(tags []tag.Tag) []string {
		var out []string
		for _, t := range tags {
			out = append(out, t.Name)
		}
		return out
	}
	return tx.Emit(Tagged, subject, t.ID, Tags{names(h.tags.added), names(h.tags.removed)})
}

// CategoryInUse reports whether tickets are in a category.
func CategoryInUse(tx *gorm.DB, id int64) (bool, error) { return inUse(tx, "category_id", id) }

// SubstatusInUse reports whether tickets have a finer status.
func SubstatusInUse(tx *gorm.DB, id int64) (bool, error) { return inUse(tx, "substatus_id", id) }

func inUse(tx *gorm.DB, column string, id int64) (bool, error) {
	var ids []int64
	if err := tx.Model(&Ticket{}).Where(map[string]any{column: id}).Limit(1).Pluck("id", &ids).Error; err != nil {
		return false, fmt.Errorf("look for tickets: %w", err)
	}
	return len(ids) > 0, nil
}
