package report_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/report"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/channel"
	"github.com/fixdesk/fixdesk/api/ticket/stat"
	"github.com/fixdesk/fixdesk/api/user"
)

var ctx = context.Background()

func person(t testing.TB, w *testkit.World, name string, role authz.Role) authz.Actor {
	t.Helper()
	u := user.User{
		Username: name, UsernameKey: name, Email: name + "@example.com", EmailKey: name + "@example.com",
		Role: role, IsActive: true, Version: 1, TokenVersion: 1, CreatedAt: w.Clock.Now(), UpdatedAt: w.Clock.Now(),
	}
	if err := w.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error { return tx.Create(&u).Error }); err != nil {
		t.Fatal(err)
	}
	return authz.Person(u.ID, name, role, authz.Options{})
}

// oracle works the numbers out one ticket at a time.
type oracle struct{ all []ticket.Ticket }

func (o oracle) numbers(p report.Period, in func(ticket.Ticket) bool) (created, solved, backlog int64, response, resolution []time.Duration) {
	from, to := stat.Date(p.First), stat.Date(p.Last+1)
	within := func(at *time.Time) bool { return at != nil && !at.Before(from) && at.Before(to) }
	for _, t := range o.all {
		if !in(t) {
			continue
		}
		if within(&t.CreatedAt) {
			created++
		}
		if within(t.SolvedAt) {
			solved++
			resolution = append(resolution, t.SolvedAt.Sub(t.CreatedAt))
		}
		if within(t.FirstRespondedAt) {
			response = append(response, t.FirstRespondedAt.Sub(t.CreatedAt))
		}
		if t.CreatedAt.Before(to) && (t.SolvedAt == nil || !t.SolvedAt.Before(to)) {
			backlog++
		}
	}
	slices.Sort(response)
	slices.Sort(resolution)
	return created, solved, backlog, response, resolution
}

func checkTimes(t *testing.T, what string, got report.TimesView, want []time.Duration) {
	t.Helper()
	if got.Count != int64(len(want)) {
		t.Errorf("%s: %d, want %d", what, got.Count, len(want))
		return
	}
	for p, v := range map[float64]*int64{0.5: got.P50, 0.9: got.P90, 0.95: got.P95} {
		if (v == nil) != (len(want) == 0) {
			t.Errorf("%s: p%v is %v of %d", what, p*100, v, len(want))
		}
		if v == nil {
			continue
		}
		exact := want[max(1, int(math.Ceil(p*float64(len(want))-1e-9)))-1].Seconds()
		if off := math.Abs(float64(*v) - exact); off > max(31, stat.MaxError*exact+1) {
			t.Errorf("%s: p%v is %d s, want %v s", what, p*100, *v, exact)
		}
	}
}

// TestReportAgainstCounting compares a report after random work with counting,
// and every number with the list that its query finds.
func TestReportAgainstCounting(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		tickets := ticket.New(w.DB, w.Bus, w.Clock)
		reports := report.New(w.DB, w.Clock, tickets)
		emma, sam, sol, ada := person(t, w, "emma", authz.Employee), person(t, w, "sam", authz.ITStaff), person(t, w, "sol", authz.ITStaff), person(t, w, "ada", authz.Admin)
		name, below, group := "Hard \"ware\"", "Printer", "Network"
		categories := category.New(w.DB, w.Bus, field.There)
		top, err := categories.Create(ctx, ada, category.Changes{Name: &name})
		if err != nil {
			t.Fatal(err)
		}
		printer, err := categories.Create(ctx, ada, category.Changes{Name: &below, ParentID: &top.ID})
		if err != nil {
			t.Fatal(err)
		}
		network, err := team.New(w.DB, w.Bus).Create(ctx, ada, team.Changes{Name: &group})
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(4, 2))
		any := etag.Condition{}
		var ids, deleted []int64
		for range 400 {
			w.Clock.Advance(time.Duration(r.ExpFloat64() * float64(2*time.Hour)))
			if len(ids) == 0 || r.IntN(4) == 0 {
				f, err := tickets.Open(ctx, emma, ticket.Draft{Title: "a", Description: "b", Priority: ticket.Priorities[r.IntN(4)], Channel: []*int64{nil, channel.Of(channel.Web), channel.Of(channel.Phone)}[r.IntN(3)]})
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, f.ID)
				continue
			}
			id := ids[r.IntN(len(ids))]
			switch r.IntN(10) {
			case 0, 1:
				_, _ = tickets.UpdateStatus(ctx, ada, id, any, ticket.Statuses[r.IntN(4)])
			case 2:
				_, _ = tickets.Assign(ctx, ada, id, any, []*int64{nil, &sam.ID, &sol.ID}[r.IntN(3)])
			case 3, 4:
				_, _ = tickets.Comment(ctx, []authz.Actor{emma, sam, ada}[r.IntN(3)], id, "hello")
			case 5:
				p := ticket.Priorities[r.IntN(4)]
				_, _ = tickets.Update(ctx, ada, id, any, ticket.Changes{Priority: &p})
			case 6:
				if r.IntN(3) == 0 && tickets.Delete(ctx, ada, id, any) == nil {
					deleted = append(deleted, id)
				}
			case 8:
				c := ticket.Changes{}
				c.SetCategory, c.CategoryID = true, []*int64{nil, &top.ID, &printer.ID}[r.IntN(3)]
				_, _ = tickets.Update(ctx, ada, id, any, c)
			case 9:
				_, _ = tickets.AssignTeam(ctx, ada, id, any, []*int64{nil, &network.ID}[r.IntN(2)])
			case 7:
				if len(deleted) > 0 {
					_, _ = tickets.Restore(ctx, ada, deleted[r.IntN(len(deleted))])
				}
			}
		}
		var o oracle
		if err := w.DB.Read(ctx).Find(&o.all).Error; err != nil {
			t.Fatal(err)
		}
		today := stat.Day(w.Clock.Now())
		for _, p := range []report.Period{{today - 29, today}, {today - 20, today - 5}, {today - 3, today - 3}, {today - 200, today}, {today - 1000, today + 2}, {today - 6, today + 1}} {
			v, err := reports.Desk(ctx, ada, p)
			if err != nil {
				t.Fatal(err)
			}
			check := func(what string, got report.NumbersView, p report.Period, in func(ticket.Ticket) bool, now bool) {
				t.Helper()
				created, solved, backlog, response, resolution := o.numbers(p, in)
				if now {
					_, _, backlog, _, _ = o.numbers(report.Period{First: 0, Last: today + 10}, in)
				}
				if got.Created != created || got.Solved != solved || got.Backlog != backlog {
					t.Errorf("%s: %d created, %d solved, %d left; want %d, %d, %d", what, got.Created, got.Solved, got.Backlog, created, solved, backlog)
				}
				checkTimes(t, what+" first response", got.FirstResponse, response)
				checkTimes(t, what+" resolution", got.Resolution, resolution)
				for q, want := range map[string]int64{got.Queries.Created: created, got.Queries.Solved: solved, got.Queries.Responded: int64(len(response)), got.Queries.Backlog: backlog} {
					f, err := tickets.Where(ctx, ada, ticket.Filter{Sort: ticket.ByNewest}, q, time.FixedZone("", 9*3600))
					if err != nil {
						t.Fatalf("%s: %s: %v", what, q, err)
					}
					n, err := tickets.Count(ctx, ada, f)
					if err != nil || n.N != want {
						t.Errorf("%s: %q finds %d (%v), want %d", what, q, n.N, err, want)
					}
				}
			}
			all := func(ticket.Ticket) bool { return true }
			length := p.Last - p.First + 1
			check("totals", v.Totals, p, all, false)
			check("previous", v.Previous, report.Period{First: p.First - length, Last: p.First - 1}, all, false)
			next := p.First
			for _, point := range v.Series {
				from, _ := time.Parse(time.DateOnly, point.From)
				to, _ := time.Parse(time.DateOnly, point.To)
				span := report.Period{First: stat.Day(from), Last: stat.Day(to)}
				if span.First != next {
					t.Errorf("the series goes on at %s", point.From)
				}
				next = span.Last + 1
				if len(v.Series) < 40 || r.IntN(5) == 0 {
					check(point.From, point.NumbersView, span, all, false)
				}
			}
			if next != p.Last+1 {
				t.Errorf("the series ends before %s", v.To)
			}
			for _, b := range v.Breakdowns {
				var sum int64
				for _, row := range b.Rows {
					sum += row.Created
					in := func(t ticket.Ticket) bool { return t.Priority.String() == row.Key }
					of := map[string]func(ticket.Ticket) *int64{
						"agent":    func(t ticket.Ticket) *int64 { return t.AssignedToID },
						"category": func(t ticket.Ticket) *int64 { return t.CategoryID },
						"team":     func(t ticket.Ticket) *int64 { return t.TeamID },
					}[b.Dimension]
					if b.Dimension == "channel" {
						in = func(t ticket.Ticket) bool {
							name := channel.Name(t.Channel)
							return (name == nil && row.Key == "") || (name != nil && *name == row.Key)
						}
					}
					if of != nil {
						in = func(t ticket.Ticket) bool {
							id := of(t)
							return (id == nil && row.Key == "") || (id != nil && fmt.Sprint(*id) == row.Key)
						}
					}
					check(b.Dimension+" "+row.Label, row.NumbersView, p, in, true)
				}
				if sum != v.Totals.Created {
					t.Errorf("by %s %d were created, in all %d", b.Dimension, sum, v.Totals.Created)
				}
			}
		}
		if _, err := reports.Desk(ctx, sam, report.Period{First: today, Last: today}); err == nil {
			t.Error("IT staff see everybody's numbers")
		}
	})
}
