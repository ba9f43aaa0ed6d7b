package ticket

import (
	"encoding/json"
	"slices"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/user"
)

// CategoryView is the category of a ticket.
type CategoryView struct {
	ID   int64  `json:"id" example:"3"`
	Name string `json:"name" example:"Printer"`
	Path string `json:"path" example:"Hardware/Printer"`
} //@name TicketCategory

// SubstatusView is the finer status of a ticket.
type SubstatusView struct {
	Slug   string `json:"slug" example:"waiting_for_requester"`
	Label  string `json:"label" example:"Waiting for requester"`
	Colour string `json:"colour" example:"amber"`
} //@name TicketSubstatus

// facets are what hangs on the tickets of an answer, each kind read at once.
type facets struct {
	tree   *category.Tree
	finer  substatus.Set
	tags   map[int64][]tag.Tag
	fields field.Set
	values map[int64]map[int64][]field.Value
	cards  map[int64]user.Card
	extras map[int64]*Extra
}

// facetsOf reads what hangs on tickets, as far as the actor may see it. The
// number of its queries does not depend on the number of tickets.
func facetsOf(tx *gorm.DB, by authz.Actor, tickets []Ticket) (*facets, error) {
	f := &facets{}
	if len(tickets) == 0 {
		return f, nil
	}
	ids := make([]int64, len(tickets))
	for i, t := range tickets {
		ids[i] = t.ID
	}
	var err error
	if slices.ContainsFunc(tickets, func(t Ticket) bool { return t.CategoryID != nil }) {
		if f.tree, err = category.Load(tx); err != nil {
			return nil, err
		}
	}
	if slices.ContainsFunc(tickets, func(t Ticket) bool { return t.SubstatusID != nil }) {
		if f.finer, err = substatus.Load(tx); err != nil {
			return nil, err
		}
	}
	if by.Can(authz.TagRead) {
		if f.tags, err = tag.Of(tx, ids...); err != nil {
			return nil, err
		}
	}
	if f.fields, err = field.Seen(tx, by); err != nil || len(f.fields) == 0 {
		return f, err
	}
	if f.values, err = field.Of(tx, ids...); err != nil {
		return nil, err
	}
	f.cards, err = user.Cards(tx, f.fields.People(f.values)...)
	return f, err
}

// show adds what hangs on a ticket to its view.
func (f *facets) show(t *Ticket, v *View) {
	v.Tags, v.Fields = []string{}, map[string]any{}
	if x := f.extras[t.ID]; x != nil {
		v.Extra = *x
	}
	if t.CategoryID != nil && f.tree != nil {
		if c, ok := f.tree.Find(*t.CategoryID); ok {
			v.Category = &CategoryView{c.ID, c.Name, f.tree.Path(c.ID)}
		}
	}
	if t.SubstatusID != nil {
		if x := f.finer.Find(*t.SubstatusID); x != nil {
			v.Substatus = &SubstatusView{x.Slug, x.Label, x.Colour}
		}
	}
	for _, g := range f.tags[t.ID] {
		v.Tags = append(v.Tags, g.Name)
	}
	for i := range f.fields {
		x := &f.fields[i]
		values := f.values[t.ID][x.ID]
		if x.ArchivedAt == nil || len(values) > 0 {
			v.Fields[x.Slug] = x.Show(values, f.cards)
		}
	}
}

// readFacets reads category, finer status, tags and fields from a body.
func readFacets(tx *gorm.DB, b *web.Body, by authz.Actor) (Facets, error) {
	var f Facets
	if b.Has("category") {
		f.SetCategory, f.CategoryID = true, b.ID("category")
	}
	if b.Has("substatus") {
		if err := readSubstatus(tx, b, &f); err != nil {
			return f, err
		}
	}
	if b.Has("tags") && by.Can(authz.TicketWork) {
		var names []string
		if json.Unmarshal(b.Raw("tags"), &names) != nil || names == nil || len(names) > tag.PerTicket {
			b.Wrong("tags", "Must be a list of at most 30 tags.")
		}
		for _, n := range names {
			if _, wrong := tag.Clean(n); wrong != "" {
				b.Wrong("tags", wrong)
				break
			}
		}
		f.Tags = &names
	}
	if b.Has("fields") {
		if json.Unmarshal(b.Raw("fields"), &f.Fields) != nil {
			b.Wrong("fields", "Must be an object of fields and their values.")
		}
	}
	return f, nil
}

// readSubstatus takes a slug, or an object with one as answers embed it.
func readSubstatus(tx *gorm.DB, b *web.Body, f *Facets) error {
	f.SetSubstatus = true
	if b.IsNull("substatus") {
		return nil
	}
	var slug string
	if json.Unmarshal(b.Raw("substatus"), &slug) != nil {
		var embedded struct{ Slug string }
		if json.Unmarshal(b.Raw("substatus"), &embedded) != nil {
			b.Wrong("substatus", "Must be the slug of a status, or null.")
			return nil
		}
		slug = embedded.Slug
	}
	all, err := substatus.Load(tx)
	if err != nil {
		return err
	}
	x := all.Named(slug)
	if x == nil {
		b.Wrong("substatus", "There is no such status.")
		return nil
	}
	f.SubstatusID = &x.ID
	return nil
}
