package report

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/stat"
)

// A report by tag or by a field reads tickets, since a ticket has several tags and
// their numbers are not kept per day. So it is bounded: by the tickets that something
// happened to in the period, and by those that are unfinished.
const (
	maxRead = 200_000
	maxRows = 200
)

var errTooMuch = fault.Field("from", "In these days something happened to more than %d tickets, or more are unfinished: choose fewer days.", maxRead)

// ByView is a period split by tag or by one of the desk's own fields. A ticket with
// several values counts in each.
type ByView struct {
	From string `json:"from" format:"date" example:"2026-03-01"`
	To   string `json:"to" format:"date" example:"2026-03-30"`
	By   string `json:"by" example:"tag"`
	Rows []Part `json:"rows"`
	// More says that there are further rows, with fewer tickets.
	More bool `json:"more" example:"false"`
} //@name SplitReport

// Part is a value in a split report; its key is empty for the tickets without any.
type Part struct {
	Key   string `json:"key" example:"vpn"`
	Label string `json:"label" example:"vpn"`
	// Backlog is what is unfinished now.
	NumbersView
} //@name SplitReportRow

// split is what a report can be split by besides the dimensions.
type split struct {
	name string
	join string // what follows the tickets, which are named t
	args []any
	ref  string // of a row; 0 for none
	// part returns how a reference is called, and the condition that finds it; "" for
	// one that is no longer there.
	part func(ref int64) (label, query string)
}

func (s *Service) splitBy(tx *gorm.DB, name string) (*split, error) {
	if name == "tag" {
		var tags []tag.Tag
		if err := tx.Where("merged_into IS NULL AND leaving = ?", false).Find(&tags).Error; err != nil {
			return nil, fmt.Errorf("read the tags: %w", err)
		}
		names := map[int64]string{}
		for _, t := range tags {
			names[t.ID] = t.Name
		}
		return &split{
			name: name, ref: "COALESCE(l.merged_into, l.id, 0)",
			join: "LEFT JOIN ticket_tags AS k ON k.ticket_id = t.id LEFT JOIN tags AS l ON l.id = k.tag_id",
			part: func(ref int64) (string, string) {
				switch {
				case ref == 0:
					return "", "tag:none"
				case names[ref] == "":
					return "", ""
				}
				return names[ref], "tag:" + quoted(names[ref])
			},
		}, nil
	}
	set, err := field.Load(tx)
	if err != nil {
		return nil, err
	}
	for i := range set {
		f := &set[i]
		if ticket.CustomPrefix+f.Slug != name {
			continue
		}
		out := &split{
			name: name, ref: "COALESCE(v.number_value, 0)", args: []any{f.ID},
			join: " LEFT JOIN ticket_field_values AS v ON v.ticket_id = t.id AND v.field_id = ?",
		}
		switch f.Kind {
		case field.Checkbox:
			out.part = func(ref int64) (string, string) {
				word := "no"
				if ref == 1 {
					word = "yes"
				}
				return word, name + ":" + word
			}
			return out, nil
		case field.Choice, field.MultiChoice:
			out.part = func(ref int64) (string, string) {
				if ref == 0 {
					return "", name + ":none"
				}
				for _, o := range f.Options {
					if o.ID == ref {
						return o.Label, name + ":" + quoted(o.Label)
					}
				}
				return "", ""
			}
			return out, nil
		case field.Text, field.Number, field.Date, field.User, field.URL:
		}
	}
	return nil, fault.Field("by", "Must be tag, or cf. and the slug of a field that is a choice, several choices or a checkbox.")
}

// By reports on a period split by tag or by a field.
func (s *Service) By(ctx context.Context, by authz.Actor, name string, p Period) (ByView, error) {
	if !canView(by) {
		return ByView{}, errDenied
	}
	tx := s.db.Read(ctx)
	v := ByView{From: date(p.First), To: date(p.Last), By: name, Rows: []Part{}}
	d, err := s.splitBy(tx, name)
	if err != nil {
		return v, err
	}
	if err := s.affordable(tx, by, p); err != nil {
		return v, err
	}
	parts, open := map[int64]*tally{}, map[int64]int64{}
	at := func(ref int64) *tally {
		if parts[ref] == nil {
			parts[ref] = newTally()
		}
		return parts[ref]
	}
	for kind, of := range map[stat.Kind][2]string{
		stat.Created: {"created_at", "idx_tickets_created"}, stat.Responded: {"first_responded_at", "idx_tickets_responded"}, stat.Solved: {"solved_at", "idx_tickets_solved"},
	} {
		var rows []struct {
			ID, Ref       int64
			CreatedAt, At time.Time
		}
		err := tx.Raw("SELECT DISTINCT t.id, "+d.ref+" AS ref, t.created_at, t."+of[0]+" AS at FROM "+s.db.UseIndex("tickets", "t", of[1])+" "+d.join+
			" WHERE t."+of[0]+" >= ? AND t."+of[0]+" < ?", append(slices.Clone(d.args), stat.Date(p.First), stat.Date(p.Last+1))...).Scan(&rows).Error
		if err != nil {
			return v, fmt.Errorf("read the tickets of a report by %s: %w", name, err)
		}
		for _, r := range rows {
			at(r.Ref).add(kind, stat.Bucket(r.At.Sub(r.CreatedAt)), 1)
		}
	}
	var left []struct{ Ref, N int64 }
	err = tx.Raw("SELECT "+d.ref+" AS ref, COUNT(DISTINCT t.id) AS n FROM "+s.db.UseIndex("tickets", "t", "idx_tickets_status_priority")+" "+d.join+
		" WHERE t.status IN ? GROUP BY "+d.ref, append(slices.Clone(d.args), []ticket.Status{ticket.Open, ticket.InProgress})...).Scan(&left).Error
	if err != nil {
		return v, fmt.Errorf("count the unfinished tickets by %s: %w", name, err)
	}
	for _, r := range left {
		open[r.Ref] = r.N
		at(r.Ref)
	}
	v.Rows, v.More = d.rows(parts, open, p, stat.Day(s.clock.Now()))
	return v, nil
}

// affordable refuses what would read too many tickets, by the numbers that are kept.
func (s *Service) affordable(tx *gorm.DB, by authz.Actor, p Period) error {
	for _, kind := range kinds {
		rows, err := stat.PerDay(tx, kind, p.First, p.Last)
		if err != nil {
			return err
		}
		var n int64
		for _, r := range rows {
			n += r.N
		}
		if n > s.maxRead {
			return errTooMuch
		}
	}
	now, err := s.tickets.VisibleCounts(tx, by)
	if err == nil && now.Sum(unfinished) > s.maxRead {
		err = errTooMuch
	}
	return err
}

// rows puts those with most tickets first.
func (d *split) rows(parts map[int64]*tally, open map[int64]int64, p Period, today int64) ([]Part, bool) {
	weight := func(ref int64) int64 { return parts[ref].created + parts[ref].solved() + open[ref] }
	refs := slices.SortedFunc(maps.Keys(parts), func(a, b int64) int {
		return cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(a, b))
	})
	out := []Part{}
	for _, ref := range refs {
		label, query := d.part(ref)
		if query == "" {
			continue
		}
		if len(out) == maxRows {
			return out, true
		}
		q := p.queries(query, today)
		q.Backlog = join("status:unfinished", query)
		out = append(out, Part{Key: label, Label: label, NumbersView: parts[ref].view(open[ref], q)})
	}
	return out, false
}
