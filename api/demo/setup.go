package demo

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// branch is a category at the top of the tree, with one below it for each of its
// topics, and the team that looks after it.
type branch struct {
	name   string
	topics []topic
	below  []string
	team   string
}

var tree = []branch{
	{"Hardware", hardwareTopics, []string{"Printers", "Computers", "Screens and docks", "Phones and rooms", "Orders"}, "Workplace"},
	{"Network", networkTopics, []string{"VPN", "Wi-Fi and sockets"}, "Network"},
	{"Accounts", accountTopics, []string{"Passwords", "Second factor", "New people", "Rights", "Security"}, "Accounts"},
	{"Software", softwareTopics, nil, "Workplace"},
}

var tags = []string{"vip", "on-site", "remote", "recurring", "vendor", "known-error", "waiting-list", "training"}

// setup is what the tickets of the demo hang on.
type setup struct {
	r          *rand.Rand // of its own: stories stay the same whatever hangs on them
	categories []int64    // by topic
	teams      []*int64   // by topic
	statuses   []int64    // inside in progress
	site, cost *field.Field
	orders     int64
}

// arrange makes categories, teams, statuses and fields, unless the desk has
// some of its own.
func (d Desk) arrange(ctx context.Context, by authz.Actor, a *author, seed uint64) error {
	all, err := category.Load(d.DB.Read(ctx))
	if err != nil || len(all.All()) > 0 {
		return err
	}
	s := &setup{r: rand.New(rand.NewPCG(seed, 3))} //nolint:gosec // made-up data needs no secrecy
	if err := d.askFor(ctx, by, s); err != nil {
		return err
	}
	categories, teams := category.New(d.DB, d.Bus, field.There), team.New(d.DB, d.Bus)
	made := map[string]*int64{}
	for i, b := range tree {
		if made[b.team] == nil {
			full, err := teams.Create(ctx, by, team.Changes{Name: &b.team})
			if err != nil {
				return fmt.Errorf("make the team %s: %w", b.team, err)
			}
			made[b.team] = &full.ID
			for k, p := range a.agents {
				lead := k < len(tree)
				if k%3 == len(made)-1 && p.account.ID != 0 {
					if _, err := teams.SetMember(ctx, by, full.ID, p.account.ID, &lead); err != nil {
						return fmt.Errorf("fill the team %s: %w", b.team, err)
					}
				}
			}
		}
		top, err := categories.Create(ctx, by, category.Changes{Name: &b.name, Position: &i, SetTeam: true, TeamID: made[b.team]})
		if err != nil {
			return fmt.Errorf("make the category %s: %w", b.name, err)
		}
		for k := range b.topics {
			id := top.ID
			if k < len(b.below) {
				ch := category.Changes{Name: &b.below[k], ParentID: &top.ID}
				if b.below[k] == "Orders" {
					ch.Fields = &[]int64{s.cost.ID, s.site.ID}
				}
				c, err := categories.Create(ctx, by, ch)
				if err != nil {
					return fmt.Errorf("make the category %s: %w", b.below[k], err)
				}
				if id = c.ID; b.below[k] == "Orders" {
					s.orders = id
				}
			}
			s.categories, s.teams = append(s.categories, id), append(s.teams, made[b.team])
		}
	}
	a.setup = s
	return nil
}

// askFor makes the fields and the finer statuses.
func (d Desk) askFor(ctx context.Context, by authz.Actor, s *setup) error {
	fields, statuses := field.New(d.DB, d.Bus), substatus.New(d.DB, d.Bus)
	choice, number, yes := field.Choice, field.Number, true
	site, cost, help := "Site", "Cost", "In euros, without tax."
	sites := []field.Option{{Label: "Headquarters", Active: true}, {Label: "Warehouse", Active: true}, {Label: "Laboratory", Active: true}, {Label: "At home", Active: true}}
	f, err := fields.Create(ctx, by, field.Changes{Name: &site, Kind: &choice, Options: &sites, EmployeeView: &yes, EmployeeEdit: &yes})
	if err != nil {
		return fmt.Errorf("make a field: %w", err)
	}
	s.site = &f
	n, err := fields.Create(ctx, by, field.Changes{Name: &cost, Kind: &number, Help: &help})
	if err != nil {
		return fmt.Errorf("make a field: %w", err)
	}
	s.cost = &n
	for _, x := range []struct {
		label, colour string
		pauses        bool
	}{{"Waiting for requester", "amber", true}, {"Waiting for vendor", "violet", true}, {"Appointment made", "teal", false}} {
		state := int(ticket.InProgress)
		made, err := statuses.Create(ctx, by, substatus.Changes{Label: &x.label, State: &state, Colour: &x.colour, PausesSLA: &x.pauses})
		if err != nil {
			return fmt.Errorf("make a status: %w", err)
		}
		s.statuses = append(s.statuses, made.ID)
	}
	return nil
}

// hang puts a told ticket where its topic belongs.
func (s *setup) hang(rec *ticket.Record, at int) {
	t := &rec.Ticket
	t.CategoryID = &s.categories[at]
	if s.r.IntN(10) > 1 {
		t.TeamID = s.teams[at]
	}
	if t.Status == ticket.InProgress && s.r.IntN(3) == 0 {
		t.SubstatusID = &s.statuses[s.r.IntN(len(s.statuses))]
	}
	for range s.r.IntN(3) * s.r.IntN(2) {
		rec.Tags = append(rec.Tags, tags[s.r.IntN(len(tags))])
	}
	if *t.CategoryID == s.orders {
		cost := int64(20+s.r.IntN(180)) * 10 * field.Scale
		rec.Values = append(rec.Values,
			field.Value{FieldID: s.site.ID, NumberValue: &s.site.Options[s.r.IntN(len(s.site.Options))].ID},
			field.Value{FieldID: s.cost.ID, NumberValue: &cost})
	}
}
