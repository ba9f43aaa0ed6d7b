package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/channel"
	"github.com/fixdesk/fixdesk/api/ticket/stat"
	"github.com/fixdesk/fixdesk/api/user"
)

// dimension is what a report can be split by.
type dimension struct {
	name string
	stat stat.Dimension
	// unfinished returns the number of unfinished tickets of each reference.
	unfinished func(d *db.DB, tx *gorm.DB) (map[int64]int64, error)
	// describe sets key, label and user of the rows, whose references are refs.
	describe func(tx *gorm.DB, refs []int64, rows []RowView) error
	// query returns the condition that finds the tickets of a row.
	query func(ref int64) string
	// order is how rows are compared; nil for those with most tickets first.
	order func(a, b int64) int
}

// dimensions are shown in this order. Each has its place in package ticket/stat.
var dimensions = []dimension{
	{
		name: "priority", stat: stat.ByPriority, unfinished: unfinishedByColumn("priority"),
		describe: func(_ *gorm.DB, refs []int64, rows []RowView) error {
			for i, ref := range refs {
				rows[i].Key = ticket.Priority(ref).String()
				rows[i].Label = rows[i].Key
			}
			return nil
		},
		query: func(ref int64) string { return "priority:" + ticket.Priority(ref).String() },
		order: func(a, b int64) int { return cmp.Compare(b, a) },
	},
	{
		name: "agent", stat: stat.ByAgent, unfinished: unfinishedByColumn("assigned_to_id"),
		describe: describeAgents,
		query: func(ref int64) string {
			if ref == 0 {
				return "assignee:none"
			}
			return "assignee:" + strconv.FormatInt(ref, 10)
		},
	},
	{
		name: "category", stat: stat.ByCategory, unfinished: unfinishedByColumn("category_id"),
		describe: func(tx *gorm.DB, refs []int64, rows []RowView) error {
			tree, err := category.Load(tx)
			if err != nil {
				return err
			}
			label(refs, rows, tree.Path)
			for i, ref := range refs {
				if ref != 0 {
					rows[i].within("category:none", exactly(tree, ref))
				}
			}
			return nil
		},
		query: func(int64) string { return "category:none" },
	},
	{
		name: "team", stat: stat.ByTeam, unfinished: unfinishedByColumn("team_id"),
		describe: func(tx *gorm.DB, refs []int64, rows []RowView) error {
			cards, err := team.Cards(tx, refs...)
			label(refs, rows, func(id int64) string { return cards[id].Name })
			for i, ref := range refs {
				if ref != 0 {
					rows[i].within("team:none", "team:"+quoted(cards[ref].Name))
				}
			}
			return err
		},
		query: func(int64) string { return "team:none" },
	},
	{
		name: "channel", stat: stat.ByChannel, unfinished: unfinishedByColumn("channel"),
		describe: func(_ *gorm.DB, refs []int64, rows []RowView) error {
			for i, ref := range refs {
				if name := channel.Name(&ref); name != nil {
					rows[i].Key, rows[i].Label = *name, *name
				}
			}
			return nil
		},
		query: func(ref int64) string {
			if name := channel.Name(&ref); name != nil {
				return "channel:" + *name
			}
			return "channel:none"
		},
	},
}

// label names rows; those without a reference keep no name.
func label(refs []int64, rows []RowView, name func(int64) string) {
	for i, ref := range refs {
		if ref != 0 {
			rows[i].Key, rows[i].Label = strconv.FormatInt(ref, 10), name(ref)
		}
	}
}

// exactly is a query for the tickets of a category that are in none below it.
func exactly(tree *category.Tree, id int64) string {
	q := "category:" + quoted(tree.Address(id))
	for _, c := range tree.All() {
		if c.ParentID == id {
			q += " -category:" + quoted(tree.Address(c.ID))
		}
	}
	return q
}

// quoted is a text as queries hold it.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// within puts a condition in the place of the one that finds what has none.
func (r *RowView) within(none, part string) {
	for _, q := range []*string{&r.Queries.Created, &r.Queries.Solved, &r.Queries.Responded, &r.Queries.Backlog} {
		*q = strings.Replace(*q, none, part, 1)
	}
}

// unfinishedByColumn counts the unfinished tickets by a column of tickets.
func unfinishedByColumn(column string) func(*db.DB, *gorm.DB) (map[int64]int64, error) {
	return func(d *db.DB, tx *gorm.DB) (map[int64]int64, error) {
		var rows []struct{ Ref, N int64 }
		err := tx.Raw("SELECT COALESCE(t."+column+", 0) AS ref, COUNT(*) AS n FROM "+d.UseIndex("tickets", "t", "idx_tickets_status_priority")+
			" WHERE t.status IN ? GROUP BY COALESCE(t."+column+", 0)",
			[]ticket.Status{ticket.Open, ticket.InProgress}).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("count the unfinished tickets by %s: %w", column, err)
		}
		out := map[int64]int64{}
		for _, r := range rows {
			out[r.Ref] = r.N
		}
		return out, nil
	}
}

func describeAgents(tx *gorm.DB, refs []int64, rows []RowView) error {
	cards, err := user.Cards(tx, refs...)
	if err != nil {
		return err
	}
	for i, ref := range refs {
		if ref == 0 {
			continue
		}
		card := cards[ref]
		rows[i].Key, rows[i].Label, rows[i].User = strconv.FormatInt(ref, 10), card.Username, &card
	}
	return nil
}

func (s *Service) breakdown(ctx context.Context, d dimension, p Period, today int64) (BreakdownView, error) {
	tx := s.db.Read(ctx)
	out := BreakdownView{Dimension: d.name, Rows: []RowView{}}
	now, err := d.unfinished(s.db, tx)
	if err != nil {
		return out, err
	}
	parts, before := map[int64]*tally{}, map[int64]*tally{}
	for into, period := range map[*map[int64]*tally]Period{&parts: p, &before: p.before()} {
		for _, kind := range kinds {
			rows, err := stat.PerRef(tx, kind, d.stat, period.First, period.Last)
			if err != nil {
				return out, err
			}
			for _, r := range rows {
				if (*into)[r.Ref] == nil {
					(*into)[r.Ref] = newTally()
				}
				(*into)[r.Ref].add(kind, r.Bucket, r.N)
			}
		}
	}
	for ref := range now {
		if parts[ref] == nil {
			parts[ref] = newTally()
		}
	}
	for ref := range before {
		if parts[ref] == nil {
			parts[ref] = newTally()
		}
	}
	refs := make([]int64, 0, len(parts))
	for ref := range parts {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(a, b int64) int {
		if d.order != nil {
			return d.order(a, b)
		}
		weight := func(ref int64) int64 { return parts[ref].created + parts[ref].solved() + now[ref] }
		return cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(a, b))
	})
	for _, ref := range refs {
		q := p.queries(d.query(ref), today)
		q.Backlog = join("status:unfinished", d.query(ref))
		row := RowView{NumbersView: parts[ref].view(now[ref], q)}
		if b := before[ref]; b != nil {
			row.PreviousCreated, row.PreviousSolved = b.created, b.solved()
		}
		out.Rows = append(out.Rows, row)
	}
	return out, d.describe(tx, refs, out.Rows)
}
