package ticket

import (
	"strconv"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/ticket/query"
)

// CustomPrefix begins the names of the desk's own fields in queries.
const CustomPrefix = "cf."

// facetFields are the fields of queries about what hangs on tickets.
func facetFields(tx *gorm.DB, by authz.Actor, offer bool) ([]QueryField, error) {
	out := []QueryField{categoryField(tx), substatusField(tx), channelField()}
	if by.Can(authz.TagRead) {
		out = append(out, tagField(tx, by))
	}
	if offer {
		if err := offerFacets(tx, by, out); err != nil {
			return nil, err
		}
	}
	set, err := field.Load(tx)
	if err != nil {
		return nil, err
	}
	for i := range set {
		if f := &set[i]; field.CanSee(by, f) {
			out = append(out, customField(f))
		}
	}
	return out, nil
}

// offerFacets finds out which values to offer.
func offerFacets(tx *gorm.DB, by authz.Actor, fields []QueryField) error {
	tree, err := category.Load(tx)
	if err != nil {
		return err
	}
	finer, err := substatus.Load(tx)
	if err != nil {
		return err
	}
	for i := range fields {
		f := &fields[i]
		switch f.Name {
		case "category":
			for _, c := range tree.All() {
				if by.Can(authz.TicketWork) || tree.Usable(c.ID) {
					f.Values = append(f.Values, tree.Address(c.ID))
				}
			}
		case "substatus":
			for _, x := range finer {
				f.Values = append(f.Values, x.Slug)
			}
		case "tag":
			if !by.Can(authz.TicketWork) {
				continue // which there are is no business of employees
			}
			names, err := tag.Names(tx)
			if err != nil {
				return err
			}
			f.Values = append(f.Values, names...)
		}
	}
	return nil
}

func texts(ids []int64) []string {
	var out []string
	for _, id := range ids {
		out = append(out, strconv.FormatInt(id, 10))
	}
	return out
}

func numbers(values []string) []int64 {
	out := make([]int64, 0, len(values))
	for _, v := range values {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// columnField is a field whose value is an id in a column of tickets.
func columnField(f query.Field, column, index string) QueryField {
	where := func(add query.Add, n query.Node) {
		c, ok := n.(query.Choice)
		ids := numbers(c.Values)
		switch {
		case !ok:
			add("1 = 0")
		case c.None && len(ids) == 0:
			add("t." + column + " IS NULL")
		case c.None:
			add("(t."+column+" IS NULL OR t."+column+" IN ?)", ids)
		case len(ids) == 1:
			add("(t."+column+" IS NOT NULL AND t."+column+" = ?)", ids[0])
		default:
			add("(t."+column+" IS NOT NULL AND t."+column+" IN ?)", ids)
		}
	}
	return QueryField{Field: f, Write: where, Walk: func(n query.Node) (Walk, bool) {
		c, ok := n.(query.Choice)
		if !ok || c.None || len(c.Values) == 0 {
			return Walk{}, false
		}
		return Walk{Table: table, Index: index, Where: func(add query.Add) { where(add, n) }, Ordered: len(c.Values) == 1}, true
	}}
}

func categoryField(tx *gorm.DB) QueryField {
	return columnField(query.Field{
		Name: "category", Kind: query.KindChoice, Values: []string{"none", "any"}, Example: `category:"Hardware/Printer"`, Optional: true,
		Resolve: func(text string) ([]string, error) {
			tree, err := category.Load(tx)
			if err != nil {
				return nil, err
			}
			var ids []int64
			for _, id := range tree.Called(text) {
				ids = append(ids, tree.Below(id)...)
			}
			return texts(ids), nil
		},
	}, "category_id", "idx_tickets_category")
}

func substatusField(tx *gorm.DB) QueryField {
	return columnField(query.Field{
		Name: "substatus", Kind: query.KindChoice, Values: []string{"none", "any"}, Example: "substatus:waiting_for_requester", Optional: true,
		Resolve: func(text string) ([]string, error) {
			all, err := substatus.Load(tx)
			if err != nil {
				return nil, err
			}
			if x := all.Named(text); x != nil {
				return texts([]int64{x.ID}), nil
			}
			return nil, nil
		},
	}, "substatus_id", "idx_tickets_substatus")
}

func tagField(tx *gorm.DB, by authz.Actor) QueryField {
	const exists = "EXISTS (SELECT 1 FROM ticket_tags AS g WHERE g.ticket_id = t.id"
	return QueryField{
		Field: query.Field{
			Name: "tag", Kind: query.KindChoice, Values: []string{"none", "any"}, Example: "tag:vpn", Optional: true,
			Resolve: func(text string) ([]string, error) {
				found, err := tag.Find(tx, []string{text})
				if err == nil && len(found) == 0 && !by.Can(authz.TicketWork) {
					return texts([]int64{0}), nil // as one that is on none of their tickets
				}
				if err != nil || len(found) == 0 {
					return nil, err
				}
				ids, err := tag.IDs(tx, found[0].ID)
				return texts(ids), err
			},
		},
		Write: func(add query.Add, n query.Node) {
			c, ok := n.(query.Choice)
			if !ok {
				add("1 = 0")
				return
			}
			add("(1 = 0")
			if len(c.Values) > 0 {
				add(" OR "+exists+" AND g.tag_id IN ?)", numbers(c.Values))
			}
			if c.None {
				add(" OR NOT " + exists + ")")
			}
			add(")")
		},
		Walk: func(n query.Node) (Walk, bool) {
			c, ok := n.(query.Choice)
			if !ok || c.None || len(c.Values) == 0 {
				return Walk{}, false
			}
			ids := numbers(c.Values)
			w := Walk{Table: "ticket_tags", Index: "idx_ticket_tags_tag", Ordered: len(ids) == 1}
			w.Where = func(add query.Add) {
				if w.Ordered {
					add("k.tag_id = ?", ids[0])
					return
				}
				add("k.tag_id IN ?", ids)
			}
			return w, true
		},
	}
}

// customField is one of the desk's own fields in queries.
func customField(f *field.Field) QueryField {
	q := query.Field{Name: CustomPrefix + f.Slug, Optional: true, Values: []string{"none", "any"}, Kind: query.KindText}
	example := "any"
	switch f.Kind {
	case field.Number:
		q.Kind, q.Scale, example = query.KindNumber, field.Scale, ">=10"
	case field.Date:
		q.Kind, q.Days, example = query.KindTime, true, ">=today"
	case field.User:
		q.Kind, example = query.KindPerson, "me"
	case field.Checkbox:
		q.Kind, q.Values, example = query.KindChoice, []string{"yes", "no"}, "yes"
		q.Optional = false
		q.Resolve = func(text string) ([]string, error) {
			switch text {
			case "yes", "true":
				return []string{"1"}, nil
			case "no", "false":
				return []string{"0"}, nil
			}
			return nil, nil
		}
	case field.Choice, field.MultiChoice:
		q.Kind = query.KindChoice
		for _, o := range f.Options {
			if o.Active {
				q.Values = append(q.Values, o.Label)
			}
		}
		q.Resolve = func(text string) ([]string, error) { return f.Chosen(text), nil }
	case field.Text, field.URL:
		q.Resolve = func(text string) ([]string, error) { return []string{field.KeyOf(text)}, nil }
	}
	q.Example = q.Name + ":" + example
	match := func(add query.Add, alias string, n query.Node) { valueMatch(add, alias, f, n) }
	exists := func(add query.Add, rest func()) {
		// The plus keeps SQLite from the index of the values, in which a range holds
		// those of all tickets: one ticket has few.
		add("EXISTS (SELECT 1 FROM ticket_field_values AS v WHERE v.ticket_id = t.id AND +v.field_id = ?", f.ID)
		if rest != nil {
			add(" AND ")
			rest()
		}
		add(")")
	}
	return QueryField{
		Field: q,
		Write: func(add query.Add, n query.Node) {
			none, only := absent(f, n)
			add("(1 = 0")
			if !only {
				add(" OR ")
				exists(add, func() { match(add, "v", n) })
			}
			if none {
				add(" OR NOT ")
				exists(add, nil)
			}
			add(")")
		},
		Walk: func(n query.Node) (Walk, bool) {
			if none, _ := absent(f, n); none {
				return Walk{}, false
			}
			w := Walk{Table: "ticket_field_values", Index: "idx_field_values_number", Ordered: oneValue(n), Once: f.Kind != field.MultiChoice}
			if f.Kind == field.Text || f.Kind == field.URL {
				w.Index = "idx_field_values_text"
			}
			w.Where = func(add query.Add) {
				add("k.field_id = ? AND ", f.ID)
				match(add, "k", n)
			}
			return w, true
		},
	}
}

// oneValue reports whether a condition is met by one value of an index alone.
func oneValue(n query.Node) bool {
	switch n := n.(type) {
	case query.Choice:
		return len(n.Values) == 1
	case query.Person:
		return len(n.IDs) == 1
	case query.Range:
		return n.From != nil && n.To != nil && *n.From == *n.To
	}
	return false
}

// absent reports whether a condition finds tickets without a value, and whether
// it finds only those.
func absent(f *field.Field, n query.Node) (none, only bool) {
	switch n := n.(type) {
	case query.Choice:
		if f.Kind == field.Checkbox {
			no := false
			yes := false
			for _, v := range n.Values {
				no, yes = no || v == "0", yes || v == "1"
			}
			return no, !yes
		}
		return n.None, len(n.Values) == 0
	case query.Person:
		return n.None, len(n.IDs) == 0
	case query.Times:
		return n.Never, n.Never
	}
	return false, false
}

// valueMatch writes what a value of a field must be.
func valueMatch(add query.Add, alias string, f *field.Field, n query.Node) {
	number, text := alias+".number_value", alias+".text_key"
	switch n := n.(type) {
	case query.Choice:
		switch {
		case f.Kind == field.Text || f.Kind == field.URL:
			if len(n.Values) == 1 {
				add(text+" = ?", n.Values[0])
				return
			}
			add(text+" IN ?", n.Values)
		case len(n.Values) == 1:
			add(number+" = ?", numbers(n.Values)[0])
		default:
			add(number+" IN ?", numbers(n.Values))
		}
	case query.Prefix:
		add(text+" >= ? AND "+text+" < ?", n.Text, n.Text+"\U0010FFFF")
	case query.Person:
		if len(n.IDs) == 1 {
			add(number+" = ?", n.IDs[0])
			return
		}
		add(number+" IN ?", n.IDs)
	case query.Range:
		switch {
		case n.From != nil && n.To != nil && *n.From == *n.To:
			add(number+" = ?", *n.From)
			return
		case n.From == nil && n.To == nil:
			add(number + " IS NOT NULL")
			return
		}
		bounds(add, number, n.From, n.To, "<=")
	case query.Times:
		var from, to *int64
		if n.From != nil {
			from = ref64(field.DayOf(*n.From))
		}
		if n.To != nil {
			to = ref64(field.DayOf(*n.To))
		}
		bounds(add, number, from, to, "<")
	default:
		add("1 = 0")
	}
}

func ref64(n int64) *int64 { return &n }

func bounds(add query.Add, column string, from, to *int64, op string) {
	add(column + " IS NOT NULL")
	if from != nil {
		add(" AND "+column+" >= ?", *from)
	}
	if to != nil {
		add(" AND "+column+" "+op+" ?", *to)
	}
}
