package routing_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/routing"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/ticket"
)

type obj = map[string]any

func at(format string, args ...any) string { return fmt.Sprintf(format, args...) }

type scene struct {
	*house.House
	emma, sam, kim, ada *house.Client
	team                int64
}

func (s *scene) people() []*house.Client { return []*house.Client{s.emma, s.sam, s.kim, s.ada} }

// each has a team of Sam and Kim.
func each(t *testing.T, test func(t *testing.T, s *scene)) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		h := house.New(t, w, func(c *config.Settings) { c.StaffScope = "all" })
		s := &scene{House: h, emma: h.Person("emma", authz.Employee), sam: h.Person("sam", authz.ITStaff), kim: h.Person("kim", authz.ITStaff), ada: h.Person("ada", authz.Admin)}
		s.team = s.ada.Post("/api/teams", obj{"name": "Network"}).Want(201).Int("id")
		for _, c := range []*house.Client{s.sam, s.kim} {
			s.ada.Put(at("/api/teams/%d/members/%d", s.team, c.ID), obj{}).Want(200)
		}
		test(t, s)
	})
}

func (s *scene) queue(more obj) string {
	body := obj{"name": "Network", "team_id": s.team}
	for k, v := range more {
		body[k] = v
	}
	return at("/api/routing/queues/%d", s.ada.Post("/api/routing/queues", body).Want(201).Int("id"))
}

// open opens a ticket of the team and lets routing have a look.
func (s *scene) open(t *testing.T, title string, more obj) string {
	t.Helper()
	body := obj{"title": title, "description": "d", "team_id": s.team, "requester_id": s.emma.ID}
	for k, v := range more {
		body[k] = v
	}
	id := s.ada.Post("/api/tickets", body).Want(201).Int("id")
	s.Drain(t)
	return at("/api/tickets/%d", id)
}

func (s *scene) holder(ticket string) string {
	who, _ := s.ada.Get(ticket).Want(200).Field("assigned_to").(obj)
	if who == nil {
		return ""
	}
	return fmt.Sprint(who["username"])
}

func (s *scene) want(t *testing.T, ticket, who string) {
	t.Helper()
	if got := s.holder(ticket); got != who {
		t.Errorf("%s is with %q, want %q: %s", ticket, got, who, s.ada.Get(ticket+"/routing").Raw)
	}
}

func (s *scene) pass(t *testing.T, d time.Duration) {
	t.Helper()
	s.Clock.Advance(d)
	// The clock of the worker's schedules.
	if err := job.Enqueue(s.DB.Writer(context.Background()), s.Clock.Now(), job.New{Kind: routing.TickJob, Payload: struct{}{}}); err != nil {
		t.Fatal(err)
	}
	s.Drain(t)
	for _, c := range s.people() {
		c.SignIn(c.Name, house.Password)
	}
}

func TestTurnsCapacityAndWaiting(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		s.sam.Get("/api/routing/queues").WantCode(403, "routing.denied")
		s.sam.Post("/api/routing/simulate", obj{}).WantCode(403, "routing.denied")
		s.emma.Get("/api/routing/availability").WantCode(403, "routing.work_denied")
		s.ada.Post("/api/routing/queues", obj{"name": "x", "team_id": 9999}).WantFields("team_id")
		s.ada.Post("/api/routing/queues", obj{"name": "x", "team_id": s.team, "strategy": "x"}).WantFields("strategy")
		s.ada.Post("/api/routing/queues", obj{"name": "x", "team_id": s.team, "capacity": 0}).WantFields("capacity")
		s.ada.Post("/api/routing/queues", obj{"name": "x", "team_id": s.team, "condition": "assignee:none"}).WantFields("condition")
		before := s.open(t, "before there was a queue", nil)
		s.want(t, before, "")
		queue := s.queue(obj{"capacity": 2})
		s.Drain(t)
		s.want(t, before, "sam")
		s.ada.Get(before + "/events?page_size=100").Has("internal.routed")
		s.emma.Get(before + "/events?page_size=100").Lacks("internal.routed")
		s.emma.Get(before + "/routing").Want(403)
		second := s.open(t, "second", nil)
		s.want(t, second, "kim")
		s.want(t, s.open(t, "third", nil), "sam")
		s.want(t, s.open(t, "fourth", nil), "kim")
		fifth, sixth := s.open(t, "fifth", nil), s.open(t, "sixth", nil)
		s.want(t, fifth, "")
		s.ada.Get(sixth+"/routing").Want(200).Is("waiting.ahead", 1).Is("waiting.candidates.0.reason", "full").Is("waiting.candidates.1.reason", "full")
		s.ada.Get(queue).Is("waiting", 2)
		s.ada.Get(queue+"/waiting").Want(200).Is("results.0.title", "fifth").Is("count", 2)
		s.sam.Get(second+"/routing").Want(200).Is("decisions.0.agent.username", "kim").Is("decisions.0.reason", "turn").
			Is("decisions.0.candidates.1.reason", "later_turn")
		s.kim.Post(second+"/update_status", obj{"status": "resolved"}).Want(200)
		s.Drain(t)
		s.want(t, fifth, "kim")
		s.want(t, sixth, "")
		// Somebody takes it by hand: it waits no longer, and stays.
		s.ada.Post(sixth+"/assign", obj{"user_id": s.ada.ID}).Want(200)
		s.kim.Post(fifth+"/update_status", obj{"status": "resolved"}).Want(200)
		s.Drain(t)
		s.want(t, sixth, "ada")
		s.ada.Get(queue).Is("waiting", 0)
		// What somebody gives back goes to another one, or to nobody.
		s.sam.Post(before+"/assign", obj{"user_id": nil}).Want(200)
		s.Drain(t)
		s.want(t, before, "kim")
		s.ada.Delete(queue).Want(204)
		s.want(t, s.open(t, "no queue", nil), "")
	})
}

func TestAwayHoursAndSticky(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		s.queue(obj{"strategy": "least_loaded", "sticky": true})
		sam := at("/api/routing/agents/%d", s.sam.ID)
		// Sam works from 10 to 12 UTC; it is 9.
		week := make([]any, 7)
		for i := range week {
			week[i] = []any{obj{"from": "10:00", "to": "12:00"}}
		}
		hours := s.ada.Post("/api/calendars", obj{"name": "Mornings", "zone": "UTC", "hours": hoursOf(week)}).Want(201).Int("id")
		s.ada.Patch(sam, obj{"calendar_id": 999}).WantFields("calendar_id")
		s.ada.Patch(sam, obj{"capacity": -1}).WantFields("capacity")
		s.ada.Patch(at("/api/routing/agents/%d", s.emma.ID), obj{"capacity": 1}).Want(404)
		s.ada.Patch(sam, obj{"calendar_id": hours, "capacity": 3}).Want(200).Is("at_work", false).Is("capacity", 3)
		s.ada.Delete(at("/api/calendars/%d", hours)).WantCode(409, "calendar.used_by_agents")
		s.kim.Put("/api/routing/availability", obj{"away": true, "back_at": "2001-01-01T00:00:00Z"}).WantFields("back_at")
		s.kim.Put("/api/routing/availability", obj{"away": true, "back_at": s.Clock.Now().Add(6 * time.Hour).Format(time.RFC3339)}).Want(200).Is("away", true)
		one := s.open(t, "one", nil)
		s.want(t, one, "")
		s.ada.Get(one + "/routing").Has(`"off_hours"`).Has(`"away"`)
		s.pass(t, 90*time.Minute)
		s.want(t, one, "sam")
		s.pass(t, 5*time.Hour) // Kim is back by herself, Sam went home
		s.kim.Get("/api/routing/availability").Want(200).Is("away", false)
		s.want(t, s.open(t, "two", nil), "kim")
		// Both are there: Emma's last one was Kim's, though Sam has as few.
		s.ada.Patch(sam, obj{"calendar_id": nil}).Want(200)
		three := s.open(t, "three", nil)
		s.want(t, three, "kim")
		s.ada.Get(three+"/routing").Is("decisions.0.reason", "sticky").Is("decisions.0.candidates.1.reason", "not_last")
		// Of somebody else: the least loaded.
		four := s.open(t, "four", obj{"requester_id": s.ada.ID})
		s.want(t, four, "sam")
		s.ada.Get(four+"/routing").Is("decisions.0.reason", "fewest_open")
		// What is confidential is for people to hand on.
		s.want(t, s.open(t, "five", obj{"confidential": true}), "")
		// Away by hand, and back: what waits goes to them at once.
		s.ada.Patch(sam, obj{"away": true}).Want(200).Is("away", true)
		s.kim.Put("/api/routing/availability", obj{"away": true}).Want(200)
		six := s.open(t, "six", nil)
		s.want(t, six, "")
		s.kim.Put("/api/routing/availability", obj{"away": false}).Want(200)
		s.Drain(t)
		s.want(t, six, "kim")
	})
}

// hoursOf says a week as calendars do.
func hoursOf(week []any) obj {
	out := obj{}
	for i, day := range []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"} {
		out[day] = week[i]
	}
	return out
}

func TestSkillsConditionsAndSimulation(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		category := s.ada.Post("/api/categories", obj{"name": "Remote access"}).Want(201).Int("id")
		below := s.ada.Post("/api/categories", obj{"name": "VPN", "parent_id": category}).Want(201).Int("id")
		s.ada.Put("/api/routing/skills", obj{"skills": []any{obj{"tag": "vpn", "categories": []int64{99}}}}).WantFields("skills")
		s.ada.Put("/api/routing/skills", obj{"skills": []any{obj{"tag": "a,b"}}}).WantFields("skills")
		s.ada.Put("/api/routing/skills", obj{"skills": "x"}).WantFields("skills")
		s.ada.Put("/api/routing/skills", obj{"skills": []any{obj{"tag": "vpn", "categories": []int64{category, category}}}}).WantFields("skills")
		s.ada.Put("/api/routing/skills", obj{"skills": []any{obj{"tag": "vpn", "categories": []int64{category}}, obj{"tag": "sap"}}}).Want(200).Is("skills.1.tag", "vpn")
		s.ada.Patch(at("/api/routing/agents/%d", s.kim.ID), obj{"skills": []string{"cobol"}}).WantFields("skills")
		s.ada.Patch(at("/api/routing/agents/%d", s.kim.ID), obj{"skills": []string{"vpn"}}).Want(200).Is("skills", "[vpn]")
		queue := s.queue(obj{"strategy": "skill", "condition": "title:help"})
		id := s.ada.Get(queue).Int("id")
		// Of no team, and fits: the queue gives it to its team. Sam comes first, but lacks the skill.
		fits := s.open(t, "help", obj{"team_id": nil, "category": below})
		s.want(t, fits, "kim")
		s.ada.Get(fits).Is("team.id", s.team)
		s.ada.Get(fits+"/routing").Is("decisions.0.reason", "skilled").Is("decisions.0.candidates.1.reason", "lacks_skill").Is("decisions.0.candidates.1.lacks", "[vpn]")
		s.want(t, s.open(t, "something else", obj{"team_id": nil}), "")
		// Nobody has this skill: it waits, and does not stop the next one.
		waits := s.open(t, "help with SAP", obj{"tags": []string{"sap"}})
		s.want(t, waits, "")
		s.want(t, s.open(t, "help me", nil), "sam")
		s.ada.Post("/api/routing/simulate", obj{"queue_id": id, "tags": []string{"vpn"}}).Want(200).Is("agent.username", "kim").Is("skills", "[vpn]")
		s.ada.Post("/api/routing/simulate", obj{"queue_id": id, "tags": []string{"sap"}}).Want(200).Is("agent", nil)
		s.ada.Post("/api/routing/simulate", obj{"queue_id": 99}).WantFields("queue_id")
		s.ada.Post("/api/routing/simulate", obj{}).WantFields("ticket_id")
		s.ada.Post("/api/routing/simulate", obj{"ticket_id": s.ada.Get(fits).Int("id")}).Want(200).Is("agent.username", "kim").Is("queue", "Network")
		s.ada.Patch(at("/api/routing/agents/%d", s.sam.ID), obj{"skills": []string{"sap"}}).Want(200)
		s.Drain(t)
		s.want(t, waits, "sam")
		// A second queue, and their order.
		other := s.ada.Get(s.queue(obj{"name": "Other", "strategy": "round_robin"})).Int("id")
		s.ada.Put("/api/routing/order", obj{"ids": []int64{other}}).WantFields("ids")
		s.ada.Put("/api/routing/order", obj{"ids": []int64{other, id}}).Want(200).Is("results.0.name", "Other")
		s.open(t, "help again", nil)
		s.ada.Patch(queue, obj{"enabled": false, "name": "Off"}).Want(200).Is("enabled", false)
		s.ada.Get("/api/routing/agents?team="+fmt.Sprint(s.team)).Want(200).Is("results.0.user.username", "sam")
	})
}

// TestTwoReplicasNeverOverrun has two programs on one database give out tickets while
// people take some by hand.
func TestTwoReplicasNeverOverrun(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		set := config.Settings{
			Listen: "127.0.0.1:0", Database: s.URL, DataDir: t.TempDir(), PublicURL: "http://desk.example.com",
			RateLimit: "off", Registration: "on", StaffScope: "all", LogLevel: "error", ReopenDays: 14, AttachmentMax: 25, ConfidentialScope: "all", DepartmentTickets: "off",
		}
		second, err := app.New(set, "test", app.Parts{DB: s.DB, Clock: s.Clock, Mail: s.Mail})
		if err != nil {
			t.Fatal(err)
		}
		s.queue(obj{"strategy": "least_loaded", "capacity": 4})
		var ids []int64
		for i := range 14 {
			ids = append(ids, s.ada.Post("/api/tickets", obj{"title": at("T%d", i), "description": "d", "team_id": s.team}).Want(201).Int("id"))
		}
		var all sync.WaitGroup
		for _, w := range []interface {
			Drain(ctx context.Context) error
		}{s.Worker, second.Worker, s.Worker, second.Worker} {
			all.Go(func() {
				if err := w.Drain(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		byHand := ids[len(ids)-2:]
		all.Go(func() {
			for _, id := range byHand {
				s.ada.Post(at("/api/tickets/%d/assign", id), obj{"user_id": s.ada.ID}).Want(200)
			}
		})
		all.Wait()
		s.Drain(t)
		held := map[string]int{}
		for _, id := range ids {
			held[s.holder(at("/api/tickets/%d", id))]++
		}
		if held["sam"] != 4 || held["kim"] != 4 || held["ada"] != 2 || held[""] != 4 {
			t.Errorf("held: %v", held)
		}
		for _, id := range ids {
			if n := strings.Count(string(s.ada.Get(at("/api/tickets/%d/events?page_size=100", id)).Raw), "internal.routed"); n > 1 {
				t.Errorf("ticket %d was given out %d times", id, n)
			}
		}
		for _, id := range byHand {
			s.want(t, at("/api/tickets/%d", id), "ada")
		}
	})
}

// TestAQueueTakesUpAllThatIsOld has more tickets wait than one job takes up.
func TestAQueueTakesUpAllThatIsOld(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		const old = 1020
		by := authz.Person(s.ada.ID, "ada", authz.Admin, authz.Options{})
		err := s.Bus.Do(context.Background(), by, func(tx *event.Tx) error {
			for range old {
				if _, err := s.App.Ticket.Open(tx.Ctx, by, ticket.Draft{Title: "Old", Description: "d", TeamID: &s.team}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s.Drain(t)
		s.queue(obj{"capacity": 1000})
		for _, who := range []*house.Client{s.sam, s.kim} {
			who.Put("/api/routing/availability", obj{"away": true}).Want(200)
		}
		s.Drain(t)
		var waits int64
		if err := s.DB.Read(context.Background()).Model(&routing.Wait{}).Count(&waits).Error; err != nil || waits != old {
			t.Errorf("%d of %d old tickets wait: %v", waits, old, err)
		}
	})
}

// TestAQueueThatLostWhatItNames is about conditions that can no longer be read.
func TestAQueueThatLostWhatItNames(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		rob := s.Person("rob", authz.Employee).ID
		q := s.queue(obj{"condition": "requester:rob"})
		s.ada.Patch(at("/api/users/%d", rob), obj{"username": "droid"}).Want(200)
		s.ada.Get(q).Want(200).Has("Nobody has the user name")
		s.ada.Do("GET", q, nil, map[string]string{"Accept-Language": "de"}).Want(200).Has("Niemand hat den Benutzernamen")
		s.ada.Patch(q, obj{"name": "Robots of old", "enabled": false}).Want(200).Is("enabled", false)
		s.ada.Patch(q, obj{"enabled": true}).WantFields("condition")
		s.ada.Patch(q, obj{"condition": "requester:droid", "enabled": true}).Want(200).Is("problem", "")
	})
}
