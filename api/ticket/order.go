package ticket

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/substatus"
)

// The orders by what hangs on tickets, beside CustomPrefix and the slug of a
// field. What has no value comes last, whichever way.
const (
	ByCategory      Sort = "category"
	ByLastCategory  Sort = "-category"
	BySubstatus     Sort = "substatus"
	ByLastSubstatus Sort = "-substatus"
)

var hangingSort = regexp.MustCompile(`^-?(category|substatus|cf\.[a-z0-9_]{1,40})$`)

// SortName returns what is wrong with a text as the name of an order, whoever asks, or "".
func SortName(name string) string {
	if slices.Contains(Sorts, name) || hangingSort.MatchString(name) {
		return ""
	}
	known := slices.Concat(Sorts, []string{string(ByCategory), string(ByLastCategory), string(BySubstatus), string(ByLastSubstatus)})
	return "Must be one of: " + strings.Join(known, ", ") + "; or cf. and the slug of a field, with or without a minus."
}

// CheckSort returns what is wrong with the name of an order, or "".
func (s *Service) CheckSort(tx *gorm.DB, by authz.Actor, name Sort) (string, error) {
	if wrong := SortName(string(name)); wrong != "" || !strings.Contains(string(name), CustomPrefix) {
		return wrong, nil
	}
	o, err := orderOf(tx, by, name)
	if err != nil || o != nil {
		return "", err
	}
	return "There is no such field to sort by.", nil
}

// order is a sequence of stretches that follow each other, each along an index:
// one for each value where the values have an order of their own (the tree of
// the categories, choices, people), else one for all values, and one for the
// tickets without a value.
type order struct {
	column string       // of tickets, "" for a field's values
	index  string       // over the column
	field  *field.Field // whose values they are
	ranks  []int64      // the values in their order; nil when the index has them in order
	yes    bool         // having none is the lowest value
	keys   map[int64]orderKey
}

// orderKey is what a ticket is sorted by: nil and "" for no value.
type orderKey struct {
	number *int64
	text   *string
}

// orderOf finds out what an order means; nil for one that Sort.column knows, and
// for what is none.
func orderOf(tx *gorm.DB, by authz.Actor, s Sort) (*order, error) {
	name := strings.TrimPrefix(string(s), "-")
	o := &order{keys: map[int64]orderKey{}, ranks: []int64{}}
	switch name {
	case string(ByCategory):
		tree, err := category.Load(tx)
		if err != nil {
			return nil, err
		}
		for _, c := range tree.All() {
			o.ranks = append(o.ranks, c.ID)
		}
		o.column, o.index = "category_id", "idx_tickets_category"
		return o, nil
	case string(BySubstatus):
		all, err := substatus.Load(tx)
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			o.ranks = append(o.ranks, x.ID)
		}
		o.column, o.index = "substatus_id", "idx_tickets_substatus"
		return o, nil
	}
	slug, ok := strings.CutPrefix(name, CustomPrefix)
	if !ok {
		return nil, nil //nolint:nilnil // nothing of this kind
	}
	set, err := field.Load(tx)
	if err != nil {
		return nil, err
	}
	f := set.Named(slug)
	if f == nil || !field.CanSee(by, f) {
		return nil, nil //nolint:nilnil // nothing that the actor knows
	}
	o.field = f
	switch f.Kind {
	case field.Choice, field.MultiChoice:
		for _, c := range f.Options {
			o.ranks = append(o.ranks, c.ID)
		}
	case field.Checkbox:
		o.ranks, o.yes = []int64{1}, true
	case field.User:
		if o.ranks, err = field.PeopleByName(tx, f.ID); err != nil {
			return nil, err
		}
	case field.Text, field.URL, field.Number, field.Date:
		o.ranks = nil
	}
	return o, nil
}

func (o *order) text() bool {
	return o.field != nil && (o.field.Kind == field.Text || o.field.Kind == field.URL)
}

// stretch is a part of an order.
type stretch struct {
	value *int64 // tickets with this value
	none  bool   // or without one; else those with any, by their values
}

// stretches lists the parts in the order of the list.
func (o *order) stretches(descending bool) []stretch {
	out := make([]stretch, 0, len(o.ranks)+1)
	if o.ranks == nil {
		out = append(out, stretch{})
	}
	for i := range o.ranks {
		out = append(out, stretch{value: &o.ranks[i]})
	}
	if descending {
		slices.Reverse(out)
	}
	if o.yes && !descending {
		return slices.Insert(out, 0, stretch{none: true})
	}
	return append(out, stretch{none: true})
}

// place finds the stretch of a key; false when it is in none.
func (k orderKey) place(all []stretch) (int, bool) {
	i := slices.IndexFunc(all, func(st stretch) bool {
		switch {
		case k.number == nil && k.text == nil, st.none:
			return st.none && k.number == nil && k.text == nil
		case st.value != nil:
			return k.number != nil && *k.number == *st.value
		}
		return true
	})
	if i < 0 {
		return len(all), false
	}
	return i, true
}

// encode writes a key into a cursor.
func (k orderKey) encode() string {
	switch {
	case k.number != nil:
		return "=" + strconv.FormatInt(*k.number, 10)
	case k.text != nil:
		return "=" + *k.text
	}
	return ""
}

var errCursor = fault.Field("cursor", "Is not a cursor of this list; follow next or previous as they are.")

// keyIn reads the key of a cursor.
func (o *order) keyIn(cur *web.Cursor) (orderKey, error) {
	text, ok := strings.CutPrefix(cur.Key, "=")
	switch {
	case cur.Key == "":
		return orderKey{}, nil
	case !ok:
		return orderKey{}, errCursor
	case o.text():
		return orderKey{text: &text}, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return orderKey{}, errCursor
	}
	return orderKey{number: &n}, nil
}

// readKeys reads what the tickets are sorted by.
func (o *order) readKeys(tx *gorm.DB, ids []int64) error {
	for part := range slices.Chunk(ids, 5000) {
		var rows []struct {
			ID          int64
			NumberValue *int64
			TextKey     *string
		}
		q := tx.Table(table).Select("id, "+o.column+" AS number_value, NULL AS text_key").Where("id IN ?", part)
		if o.field != nil {
			q = tx.Table("ticket_field_values").Select("ticket_id AS id, number_value, text_key").
				Where("ticket_id IN ? AND field_id = ? AND seq = 0", part, o.field.ID)
		}
		if err := q.Scan(&rows).Error; err != nil {
			return fmt.Errorf("read what a list is sorted by: %w", err)
		}
		for _, r := range rows {
			o.keys[r.ID] = orderKey{r.NumberValue, r.TextKey}
		}
	}
	return nil
}

// cursorOf returns a ticket's place in the list.
func (o *order) cursorOf(s Sort) func(Ticket) web.Cursor {
	return func(t Ticket) web.Cursor { return web.Cursor{Sort: string(s), ID: t.ID, Key: o.keys[t.ID].encode()} }
}

// sorted returns the ids of a page of a list in this order: skip rows, then at
// most limit. A short list is sorted; a long one is walked stretch by stretch.
func (s *Service) sorted(ctx context.Context, by authz.Actor, f Filter, p plan, o *order, cur *web.Cursor, skip, limit int) ([]int64, error) {
	tx := s.db.Read(ctx)
	all, back := o.stretches(f.Sort.descending()), cur != nil && cur.Back
	if back {
		slices.Reverse(all)
	}
	if !p.more && p.count <= s.walkBelow {
		return s.sortShort(ctx, by, f, p, o, all, cur, skip, limit)
	}
	sort := ByOldest
	if f.Sort.descending() {
		sort = ByNewest
	}
	f.Sort, f.led = sort, nil
	r := run{s: s, f: f, o: o, branches: f.branches(scopesOf(by)), needle: p.needle, down: sort.descending() != back, back: back}
	var at orderKey
	if cur != nil {
		var err error
		if at, err = o.keyIn(cur); err != nil {
			return nil, err
		}
		i, ok := at.place(all)
		if !ok {
			return nil, errCursor
		}
		all = all[i:]
	}
	want := min(skip+limit, math.MaxInt32)
	var ids []int64
	for len(all) > 0 && len(ids) < want {
		n := 1
		if cur == nil && all[0].value != nil {
			for n < min(len(all), together) && all[n].value != nil {
				n++
			}
		}
		q := r.page(all[:n], at, cur, want-len(ids))
		var found []int64
		if err := tx.Raw(q.sql.String(), q.args...).Scan(&found).Error; err != nil {
			return nil, fmt.Errorf("list the tickets: %w", err)
		}
		ids, all, cur = append(ids, found...), all[n:], nil
	}
	ids = ids[min(skip, len(ids)):]
	return ids, o.readKeys(tx, ids)
}

// together is how many stretches one query walks.
const together = 16

// sortShort sorts a list that is short.
func (s *Service) sortShort(
	ctx context.Context, by authz.Actor, f Filter, p plan, o *order, all []stretch, cur *web.Cursor, skip, limit int,
) ([]int64, error) {
	sort, tx := f.Sort, s.db.Read(ctx)
	f.Sort = ByNewest
	branches := f.branches(scopesOf(by))
	q := f.union(s.db, branches, nil, 0, math.MaxInt32, f.extra(p.needle))
	if p.match != nil {
		q = f.matches(s.db, *p.match, p.needle, nil, 0, math.MaxInt32, false)
	}
	var ids []int64
	if q == nil {
		return nil, nil
	}
	if err := tx.Raw(q.sql.String(), q.args...).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("list the tickets: %w", err)
	}
	if err := o.readKeys(tx, ids); err != nil {
		return nil, err
	}
	places := map[string]int{}
	placeOf := func(k orderKey) int {
		if k.text != nil {
			i, _ := k.place(all)
			return i
		}
		name := k.encode()
		i, known := places[name]
		if !known {
			i, _ = k.place(all)
			places[name] = i
		}
		return i
	}
	sign := 1
	if sort.descending() != (cur != nil && cur.Back) {
		sign = -1
	}
	before := func(a, b orderKey, x, y int64) int {
		by := cmp.Compare(placeOf(a), placeOf(b))
		if by != 0 {
			return by
		}
		if o.ranks == nil && a.number != nil && b.number != nil {
			by = cmp.Compare(*a.number, *b.number)
		}
		if a.text != nil && b.text != nil {
			by = strings.Compare(*a.text, *b.text)
		}
		return sign * cmp.Or(by, cmp.Compare(x, y))
	}
	slices.SortFunc(ids, func(x, y int64) int { return before(o.keys[x], o.keys[y], x, y) })
	if cur != nil {
		at, err := o.keyIn(cur)
		if err != nil {
			return nil, err
		}
		if _, ok := at.place(all); !ok {
			return nil, errCursor
		}
		i, _ := slices.BinarySearchFunc(ids, cur.ID, func(x, id int64) int {
			if before(o.keys[x], at, x, id) > 0 {
				return 1
			}
			return -1
		})
		ids = ids[i:]
	}
	ids = ids[min(skip, len(ids)):]
	return ids[:min(limit, len(ids))], nil
}

// run walks along the stretches of an order.
type run struct {
	s          *Service
	f          Filter
	o          *order
	branches   []branch
	needle     string
	down, back bool
}

// page returns the ids of a page of some stretches; of the first, what lies behind
// the cursor.
func (r run) page(some []stretch, at orderKey, cur *web.Cursor, limit int) *sqlText {
	if st := some[0]; st.none && r.o.field != nil {
		return r.without(cur, limit)
	}
	all := &sqlText{}
	all.add("SELECT u.id FROM (")
	for i, st := range some {
		if i > 0 {
			all.add(" UNION ALL ")
		}
		all.add("SELECT * FROM (")
		r.walk(all, st, i, at, cur, limit)
		all.add(") AS b" + strconv.Itoa(i))
	}
	dir := r.dir()
	all.add(") AS u ORDER BY u.at, ")
	if r.by(some[0]) {
		all.add("u.v" + dir + ", ")
	}
	all.add("u.id"+dir+" LIMIT ?", limit)
	return all
}

func (r run) dir() string {
	if r.down {
		return " DESC"
	}
	return " ASC"
}

// by reports whether a stretch is in the order of its values.
func (r run) by(st stretch) bool { return st.value == nil && !st.none }

// walk adds the walk along a stretch.
func (r run) walk(q *sqlText, st stretch, i int, at orderKey, cur *web.Cursor, limit int) {
	o, op, id, value := r.o, " >", "t.id", "k.number_value"
	if r.down {
		op = " <"
	}
	if o.text() {
		value = "k.text_key"
	}
	q.add("SELECT " + strconv.Itoa(i) + " AS at, ")
	if o.field == nil {
		q.add("t.id AS id FROM " + r.s.db.UseIndex(table, "t", o.index) + " WHERE t." + o.column)
		if st.none {
			q.add(" IS NULL")
		} else {
			q.add(" = ?", *st.value)
		}
	} else {
		index := "idx_field_values_number"
		if o.text() {
			index = "idx_field_values_text"
		}
		id = "k.ticket_id"
		q.add("t.id AS id, " + value + " AS v FROM " + r.s.db.UseIndex("ticket_field_values", "k", index) +
			" CROSS JOIN " + r.s.db.UseIndex(table, "t", db.PrimaryKey) + " ON t.id = k.ticket_id WHERE ")
		q.add("k.field_id = ? AND ", o.field.ID)
		if st.value != nil {
			q.add(value+" = ?", *st.value)
		} else {
			q.add(value + " IS NOT NULL")
		}
		q.add(" AND k.seq = 0")
	}
	switch {
	case cur == nil:
	case r.by(st):
		var key any = at.number
		if o.text() {
			key = at.text
		}
		q.add(" AND "+value+op+"= ? AND ("+value+op+" ? OR "+id+op+" ?)", key, key, cur.ID)
	default:
		q.add(" AND "+id+op+" ?", cur.ID)
	}
	q.add(" AND (")
	for i, b := range r.branches {
		if i > 0 {
			q.add(" OR ")
		}
		part := &sqlText{}
		b.where(part)
		q.add("("+part.sql.String()[len(" WHERE "):]+")", part.args...)
	}
	q.add(")")
	if extra := r.f.extra(r.needle); extra != nil {
		extra(q)
	}
	q.add(" ORDER BY ")
	if r.by(st) {
		q.add(value + r.dir() + ", ")
	}
	q.add(id+r.dir()+" LIMIT ?", limit)
}

// without walks along the tickets that have no value in a field, by whatever
// index serves the list.
func (r run) without(cur *web.Cursor, limit int) *sqlText {
	sort := ByOldest
	if r.down != r.back {
		sort = ByNewest
	}
	f := r.f
	f.Sort = sort
	if cur == nil && r.back {
		cur = &web.Cursor{ID: math.MaxInt64, Back: true}
		if sort == ByNewest {
			cur.ID = 0
		}
	}
	rest := f.extra(r.needle)
	return f.union(r.s.db, r.branches, cur, 0, limit, func(q *sqlText) {
		if rest != nil {
			rest(q)
		}
		// The turned comparison keeps the walk from turning around.
		q.add(" AND NOT EXISTS (SELECT 1 FROM ticket_field_values AS v WHERE v.ticket_id = t.id AND ? = v.field_id)", r.o.field.ID)
	})
}
