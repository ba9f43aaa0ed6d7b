package ticket

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket/query"
)

// hanging is what the fixture hung on a ticket, as the naive meaning of
// conditions knows it.
type hanging struct {
	choices map[string][]string // of fields that hold one of several, as conditions hold them
	numbers map[string]int64
	days    map[string]time.Time
	people  map[string]int64
}

// hangs holds what hangs on the tickets of the running test.
var hangs map[int64]hanging

// holdsFacet is the naive meaning of a condition on what hangs on a ticket.
func holdsFacet(n query.Node, h hanging) bool {
	switch n := n.(type) {
	case query.Choice:
		has := h.choices[n.Field]
		if n.Field == "cf.vip" && len(has) == 0 {
			has = []string{"0"}
		}
		return (n.None && len(has) == 0) || slices.ContainsFunc(has, func(v string) bool { return slices.Contains(n.Values, v) })
	case query.Prefix:
		return slices.ContainsFunc(h.choices[n.Field], func(v string) bool { return strings.HasPrefix(v, n.Text) })
	case query.Range:
		v, ok := h.numbers[n.Field]
		return ok && (n.From == nil || v >= *n.From) && (n.To == nil || v <= *n.To)
	case query.Times:
		v, ok := h.days[n.Field]
		if n.Never || !ok {
			return n.Never && !ok
		}
		return (n.From == nil || !v.Before(*n.From)) && (n.To == nil || v.Before(*n.To))
	case query.Person:
		v, ok := h.people[n.Field]
		return (!ok && n.None) || (ok && slices.Contains(n.IDs, v))
	}
	panic(fmt.Sprintf("%T", n))
}

// facetTerms are conditions on what the fixture hangs on tickets.
var facetTerms = []string{
	"category:hardware", "category:hardware/printer", "category:software", "category:none", "category:any", "category:printer,software",
	"substatus:waiting", "substatus:any", "tag:vpn", "tag:vpn,rare", "tag:none", "tag:rare", "cf.cost:>10", "cf.cost:2.5", "cf.cost:-3..3",
	"cf.cost:none", "cf.asset:lt-1", "cf.asset:lt*", "cf.asset:any", "cf.site:berlin", "cf.site:berlin,none", "cf.sites:paris", "cf.sites:berlin,paris",
	"cf.due:today", "cf.due:<2026-03-01", "cf.due:never", "cf.vip:yes", "cf.vip:no", "cf.owner:me", "cf.owner:emma,none",
}

// hangOn hangs categories, tags and fields on tickets at random.
func (d *desk) hangOn(r *rand.Rand, tickets []Ticket, people []authz.Actor) {
	d.t.Helper()
	hangs = map[int64]hanging{}
	d.t.Cleanup(func() { hangs = nil })
	err := d.Bus.Do(ctx, authz.System("test"), func(tx *event.Tx) error {
		now := tx.Now
		cats := []category.Category{
			{Name: "Hardware", NameKey: "hardware"}, {Name: "Printer", NameKey: "printer"}, {Name: "Software", NameKey: "software"},
		}
		for i := range cats {
			cats[i].Active, cats[i].Version, cats[i].CreatedAt, cats[i].UpdatedAt = true, 1, now, now
		}
		// Its id is not 1 when the transaction is run again.
		if err := tx.Create(&cats[0]).Error; err != nil {
			return err
		}
		cats[1].ParentID = cats[0].ID
		waiting := substatus.Substatus{Slug: "waiting", Label: "Waiting", State: int(Open), Active: true, Version: 1, CreatedAt: now, UpdatedAt: now}
		fields := []field.Field{
			{Slug: "cost", Kind: field.Number}, {Slug: "asset", Kind: field.Text}, {Slug: "site", Kind: field.Choice}, {Slug: "sites", Kind: field.MultiChoice},
			{Slug: "due", Kind: field.Date}, {Slug: "vip", Kind: field.Checkbox}, {Slug: "owner", Kind: field.User},
		}
		for i := range fields {
			fields[i].Name, fields[i].Version, fields[i].EmployeeView, fields[i].CreatedAt, fields[i].UpdatedAt = fields[i].Slug, 1, true, now, now
		}
		for _, rows := range []any{cats[1:], &waiting, &fields} {
			if err := tx.Create(rows).Error; err != nil {
				return err
			}
		}
		options := []field.Option{}
		for _, f := range []int64{fields[2].ID, fields[3].ID} {
			options = append(options, field.Option{FieldID: f, Label: "Berlin", LabelKey: "berlin", Active: true}, field.Option{FieldID: f, Label: "Paris", LabelKey: "paris", Active: true})
		}
		if err := tx.Create(&options).Error; err != nil {
			return err
		}
		tags, err := tag.Ensure(tx, []string{"vpn", "rare"})
		if err != nil {
			return err
		}
		set, err := field.Load(tx.DB)
		if err != nil {
			return err
		}
		for i, t := range tickets {
			h := hanging{map[string][]string{}, map[string]int64{}, map[string]time.Time{}, map[string]int64{}}
			put := func(slug, raw string) []field.Value {
				f := set.Named(slug)
				values, wrong, err := f.Read(tx.DB, []byte(raw))
				if err != nil || wrong != "" {
					d.t.Fatal(slug, raw, wrong, err)
				}
				if err := field.Put(tx.DB, t.ID, f.ID, values); err != nil {
					d.t.Fatal(err)
				}
				return values
			}
			id := func(n int64) []string { return texts([]int64{n}) }
			if r.IntN(3) > 0 {
				c := cats[r.IntN(3)].ID
				h.choices["category"] = id(c)
				if err := tx.Model(&Ticket{}).Where("id = ?", t.ID).UpdateColumn("category_id", c).Error; err != nil {
					return err
				}
			}
			if r.IntN(4) == 0 {
				h.choices["substatus"] = id(waiting.ID)
				if err := tx.Model(&Ticket{}).Where("id = ?", t.ID).UpdateColumn("substatus_id", waiting.ID).Error; err != nil {
					return err
				}
			}
			for j, g := range tags {
				if j == 0 && r.IntN(2) == 0 || i%20 == 0 {
					h.choices["tag"] = append(h.choices["tag"], id(g.ID)...)
					if _, _, err := tag.Put(tx, t.ID, []tag.Tag{g}, nil); err != nil {
						return err
					}
				}
			}
			if r.IntN(2) == 0 {
				h.numbers["cf.cost"] = *put("cost", []string{"2.5", "-3", "12", "100.000001"}[r.IntN(4)])[0].NumberValue
			}
			if r.IntN(2) == 0 {
				h.choices["cf.asset"] = []string{*put("asset", []string{`"LT-1"`, `"LT-2"`, `"PC 7"`}[r.IntN(3)])[0].TextKey}
			}
			for _, slug := range []string{"site", "sites"} {
				raw := []string{`"Berlin"`, `"Paris"`, "null"}[r.IntN(3)]
				if slug == "sites" {
					raw = []string{`["Berlin"]`, `["Paris","Berlin"]`, "[]"}[r.IntN(3)]
				}
				for _, v := range put(slug, raw) {
					h.choices["cf."+slug] = append(h.choices["cf."+slug], id(*v.NumberValue)...)
				}
			}
			if r.IntN(2) == 0 {
				day := []string{"2026-03-02", "2026-02-01", "2027-01-01"}[r.IntN(3)]
				put("due", `"`+day+`"`)
				h.days["cf.due"], _ = time.Parse(time.DateOnly, day)
			}
			if r.IntN(2) == 0 {
				put("vip", "true")
				h.choices["cf.vip"] = []string{"1"}
			}
			if r.IntN(2) == 0 {
				h.people["cf.owner"] = people[r.IntN(len(people))].ID
				put("owner", fmt.Sprint(h.people["cf.owner"]))
			}
			hangs[t.ID] = h
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// TestFacetsAreReadAtOnce counts the queries that a page costs.
func TestFacetsAreReadAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		people := []authz.Actor{d.person("emma", authz.Employee), d.person("sam", authz.ITStaff), d.person("ada", authz.Admin)}
		all := d.fixture(5, 60, people...)
		d.hangOn(rand.New(rand.NewPCG(5, 5)), all, people)
		rows, err := d.List(ctx, people[2], Filter{Sort: ByNewest}, web.Page{Size: 50})
		if err != nil {
			t.Fatal(err)
		}
		cost := func(tickets []Ticket) int {
			tx, n := countQueries(w.DB.Read(ctx))
			if _, err := facetsOf(tx, people[2], tickets); err != nil {
				t.Fatal(err)
			}
			return *n
		}
		few, many := cost(rows.Rows[:20]), cost(rows.Rows)
		if few != many || many > 8 {
			t.Errorf("%d queries for 20 tickets, %d for 50", few, many)
		}
	})
}

// countQueries returns a handle that counts what is read through it.
func countQueries(tx *gorm.DB) (*gorm.DB, *int) {
	n := new(int)
	tx = tx.Session(&gorm.Session{Logger: counter{tx.Logger, n}})
	return tx, n
}

// counter is a logger that counts statements.
type counter struct {
	logger.Interface
	n *int
}

func (c counter) Trace(context.Context, time.Time, func() (string, int64), error) { *c.n++ }
