package recurring_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/recurring"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/ticket"
)

type obj = map[string]any

// The world begins on Monday, 2 March 2026 at nine in UTC.
func daily(more obj) obj {
	body := obj{"name": "Backup test", "rule": "FREQ=DAILY", "start": "2026-03-02T12:00", "zone": "UTC"}
	for k, v := range more {
		body[k] = v
	}
	return body
}

func tick(t *testing.T, h *house.House) {
	t.Helper()
	if err := h.App.Recurring.Tick(t.Context(), job.Job{}); err != nil {
		t.Fatal(err)
	}
	h.Drain(t)
}

// later lets time pass and signs the people in again.
func later(h *house.House, d time.Duration, people ...*house.Client) {
	h.Clock.Advance(d)
	for _, c := range people {
		c.SignIn(c.Name, house.Password)
	}
}

func tickets(c *house.Client) int64 { return c.Get("/api/tickets").Want(200).Int("count") }

func is(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestRecurring sets one up, lets it come due, and takes it away and back.
func TestRecurring(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, sol, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff), h.Person("ada", authz.Admin)
		emma.Get("/api/recurrences").Want(403)
		emma.Post("/api/recurrences", daily(nil)).Want(403)
		emma.Post("/api/recurrences/preview", obj{"rule": "FREQ=DAILY", "start": "2026-03-02T12:00", "zone": "UTC"}).Want(403)
		ada.Post("/api/recurrences", obj{}).WantFields("name", "rule", "start", "zone")
		for name, value := range (obj{"name": " ", "rule": "FREQ=MINUTELY", "start": "now", "zone": "Moon", "catch_up": "none", "requester_id": 999, "template_id": 999, "enabled": 1}) {
			ada.Post("/api/recurrences", daily(obj{name: value})).WantFields(name)
		}
		for _, start := range []string{"now", "2026-03-02T12:00:00", "2026-03-02T12:00Z", "2026-03-02 12:00", ""} {
			ada.Post("/api/recurrences", daily(obj{"start": start})).WantFields("start").Has("such as 2026-03-02T09:00")
			sam.Post("/api/recurrences/preview", obj{"rule": "FREQ=DAILY", "start": start, "zone": "UTC"}).WantFields("start").Has("such as 2026-03-02T09:00")
		}
		wrong := obj{"name": " ", "rule": "FREQ=MINUTELY", "start": "now", "zone": "Moon", "requester_id": 999, "template_id": 999}
		ada.Post("/api/recurrences", daily(wrong)).WantFields("name", "rule", "start", "zone", "requester_id", "template_id")
		sam.Post("/api/recurrences/preview", obj{"rule": "FREQ=DAILY", "start": nil, "zone": "UTC"}).Want(400)
		preview := sam.Post("/api/recurrences/preview", obj{"rule": "FREQ=WEEKLY", "start": "2026-03-02T09:00", "zone": "Europe/Berlin"}).Want(200)
		dates, _ := preview.Field("dates").([]any)
		is(t, "ten dates", len(dates), 10)
		preview.Is("dates.0", "2026-03-09T08:00:00Z").Is("dates.3", "2026-03-30T07:00:00Z") // summer time

		form := sam.Post("/api/templates", obj{
			"name": "Backup", "title": "Test the backup", "description": "Restore a file.", "priority": "high",
			"tags": []string{"backup"}, "assigned_to": sam.ID, "checklist": []string{"Server A", "Server B"},
		}).Want(201).Int("id")
		sol.Post("/api/recurrences", daily(obj{"template_id": form})).WantFields("template_id") // it is Sam's alone
		made := sam.Post("/api/recurrences", daily(obj{"template_id": form, "requester_id": emma.ID})).Want(201).
			Is("next_run_at", "2026-03-02T12:00:00Z").Is("catch_up", "latest").Is("requester.username", "emma").Is("template.name", "Backup")
		one := fmt.Sprintf("/api/recurrences/%d", made.Int("id"))
		sol.Get(one).Want(404)
		sol.Delete(one).Want(404)
		ada.Get(one).Want(200)
		is(t, "those of Sol", len(sol.Get("/api/recurrences").Want(200).Results()), 0)
		is(t, "all", len(ada.Get("/api/recurrences").Want(200).Results()), 1)

		tick(t, h)
		is(t, "before it is due", tickets(ada), 0)
		later(h, 3*time.Hour, emma, sam, sol, ada)
		tick(t, h)
		tick(t, h)
		is(t, "when it is due", tickets(ada), 1)
		now := sam.Get(one).Want(200).Is("next_run_at", "2026-03-03T12:00:00Z").Is("problem", "").Is("version", 1)
		first := fmt.Sprintf("/api/tickets/%d", now.Int("last_ticket_id"))
		sam.Get(first).Want(200).Is("title", "Test the backup").Is("priority", "high").Is("assigned_to.username", "sam").
			Is("created_by.username", "emma").Is("opened_by", nil).Is("checklist.total", 2).Is("tags.0", "backup")
		events := emma.Get(first + "/events").Want(200).Has(`"ticket.recurred"`).Has(`"Backup test"`)
		is(t, "who opened it", events.Field("results.0.actor"), nil)

		sam.Do(http.MethodPatch, one, obj{"name": "x"}, map[string]string{"If-Match": `"v9.x"`}).Want(412)
		sam.Patch(one, obj{"rule": "FREQ=WEEKLY;BYDAY=FR", "title": "Another one"}).Want(200).Is("next_run_at", "2026-03-06T12:00:00Z").Is("version", 2)
		second := sam.Post(one+"/run", obj{}).Want(201).Int("ticket_id")
		ada.Get(fmt.Sprintf("/api/tickets/%d", second)).Want(200).Is("title", "Another one")
		sam.Get(one).Is("next_run_at", "2026-03-06T12:00:00Z").Is("last_ticket_id", second)

		// Deleted, it does nothing; back again, nothing is lost.
		sam.Delete(one).Want(204)
		sam.Get(one).Want(404)
		later(h, 5*24*time.Hour-9*time.Hour, emma, sam, sol, ada)
		tick(t, h)
		is(t, "deleted", tickets(ada), 2)
		sol.Post(one+"/restore", obj{}).Want(404)
		sam.Post(one+"/restore", obj{}).Want(200)
		sam.Post(one+"/restore", obj{}).Want(404)
		tick(t, h)
		is(t, "restored", tickets(ada), 3)

		// Switched off, it forgets what passes.
		sam.Patch(one, obj{"enabled": false}).Want(200).Is("next_run_at", nil)
		later(h, 14*24*time.Hour, sam, ada)
		tick(t, h)
		sam.Patch(one, obj{"enabled": true}).Want(200).Is("next_run_at", "2026-03-27T12:00:00Z")
		tick(t, h)
		is(t, "switched off", tickets(ada), 3)
		sam.Patch(one, obj{"rule": "FREQ=DAILY;COUNT=2"}).Want(200).Is("next_run_at", nil)

		// What is deleted goes for good after a day.
		sam.Delete(one).Want(204)
		later(h, 25*time.Hour, sam)
		if err := h.App.Recurring.Prune(t.Context(), job.Job{}); err != nil {
			t.Fatal(err)
		}
		sam.Post(one+"/restore", obj{}).Want(404)
	})
}

// TestMissedDates stands still for days.
func TestMissedDates(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		latest := fmt.Sprintf("/api/recurrences/%d", ada.Post("/api/recurrences", daily(obj{"name": "Latest"})).Want(201).Int("id"))
		all := fmt.Sprintf("/api/recurrences/%d", ada.Post("/api/recurrences", daily(obj{"name": "All", "catch_up": "all"})).Want(201).Int("id"))
		later(h, 4*24*time.Hour, ada)
		tick(t, h)
		is(t, "one of four, and four", tickets(ada), 1+4)
		for _, one := range []string{latest, all} {
			ada.Get(one).Want(200).Is("next_run_at", "2026-03-06T12:00:00Z")
		}
		later(h, 100*24*time.Hour, ada)
		tick(t, h)
		is(t, "no flood", tickets(ada), 5+1+31)
		ada.Get(all).Is("next_run_at", "2026-06-14T12:00:00Z")
	})
}

// TestATicketThatCannotBeOpened is tried again, and says why.
func TestATicketThatCannotBeOpened(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, ada := h.Person("emma", authz.Employee), h.Person("ada", authz.Admin)
		form := fmt.Sprintf("/api/templates/%d", ada.Post("/api/templates", obj{"name": "F", "title": "T"}).Want(201).Int("id"))
		one := fmt.Sprintf("/api/recurrences/%d", ada.Post("/api/recurrences", daily(obj{"requester_id": emma.ID, "template_id": ada.Get(form).Int("id")})).Want(201).Int("id"))
		ada.Patch(fmt.Sprintf("/api/users/%d", emma.ID), obj{"is_active": false}).Want(200)
		later(h, 3*time.Hour, ada)
		tick(t, h)
		is(t, "for somebody who has left", tickets(ada), 0)
		ada.Get(one).Want(200).Is("next_run_at", "2026-03-02T12:00:00Z").Is("problem", "Must be somebody with an active account.")
		ada.Patch(one, obj{"requester_id": ada.ID}).Want(200).Is("problem", "")
		ada.Delete(form).WantCode(409, "template.in_use")
		// One that was deleted before its use kept it.
		if err := h.DB.Writer(t.Context()).Exec("UPDATE ticket_templates SET deleted_at = created_at").Error; err != nil {
			t.Fatal(err)
		}
		tick(t, h)
		ada.Get(one).Is("problem", "There is no such template, or it is not for you.")
		later(h, 10*time.Minute, ada)
		tick(t, h)
		ada.Patch(one, obj{"template_id": nil}).Want(200)
		tick(t, h)
		is(t, "as soon as it can be", tickets(ada), 1)
		ada.Get(one).Is("next_run_at", "2026-03-03T12:00:00Z").Is("problem", "")
	})
}

// TestEachDateOnce lets several replicas look at the same moment, one of which is
// stopped in the middle.
func TestEachDateOnce(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		for i := range 4 {
			ada.Post("/api/recurrences", daily(obj{"name": fmt.Sprint("R", i), "catch_up": "all"})).Want(201)
		}
		later(h, 3*24*time.Hour, ada)
		// A replica that dies after it has opened a ticket leaves nothing of it.
		stopped := errors.New("stopped")
		dying := event.NewBus(h.DB, h.Clock, func() {})
		left := 2
		dying.InTx(recurring.Recurred, func(*event.Tx, event.Event) error {
			if left--; left == 0 {
				return stopped
			}
			return nil
		})
		dead := recurring.New(h.DB, dying, h.Clock, h.App.Ticket)
		if err := dead.Tick(t.Context(), job.Job{}); !errors.Is(err, stopped) {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 3 {
			replica := recurring.New(h.DB, h.Bus, h.Clock, ticket.New(h.DB, h.Bus, h.Clock))
			group.Go(func() {
				if err := replica.Tick(t.Context(), job.Job{}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		is(t, "four times three dates", tickets(ada), 12)
		var runs []recurring.Run
		if err := h.DB.Read(t.Context()).Find(&runs).Error; err != nil {
			t.Fatal(err)
		}
		seen := map[int64]bool{}
		for _, r := range runs {
			if r.TicketID == 0 || seen[r.TicketID] {
				t.Errorf("the run %+v", r)
			}
			seen[r.TicketID] = true
		}
		is(t, "a run for each ticket", len(runs), 12)
	})
}
