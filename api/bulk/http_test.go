package bulk_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/bulk"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/ticket"
)

type obj = map[string]any

func at(format string, args ...any) string { return fmt.Sprintf(format, args...) }

type scene struct {
	*house.House
	emma, sam, ada *house.Client
}

func each(t *testing.T, test func(t *testing.T, s scene)) {
	house.Each(t, func(t *testing.T, h *house.House) {
		test(t, scene{
			House: h, emma: h.Person("emma", authz.Employee), sam: h.Person("sam", authz.ITStaff), ada: h.Person("ada", authz.Admin),
		})
	})
}

func (s scene) tickets(n int) []int64 {
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = s.emma.Post("/api/tickets", obj{"title": at("Printer %d", i), "description": "No toner."}).Want(201).Int("id")
	}
	return ids
}

func (s scene) start(t *testing.T, by *house.Client, action obj, ids []int64) int64 {
	id := by.Post("/api/bulk", obj{"action": action, "ids": ids}).Want(202).Is("state", "running").Int("id")
	s.Drain(t)
	return id
}

// TestManyAtOnce changes tickets of which one is gone, one is not visible and
// one already so, and takes it back except where somebody was faster.
func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		ids := s.tickets(60)
		s.ada.Delete(at("/api/tickets/%d", ids[0])).Want(204)
		s.ada.Post(at("/api/tickets/%d/assign", ids[1]), obj{"user_id": s.ada.ID}).Want(200) // not visible to sam
		s.ada.Post(at("/api/tickets/%d/update_status", ids[2]), obj{"status": "in_progress"}).Want(200)
		run := s.start(t, s.sam, obj{"type": "update_status", "status": "in_progress"}, ids)
		url := at("/api/bulk/%d", run)
		s.sam.Get(url).Want(200).Is("state", "done").Is("total", 60).Is("done", 57).Is("failed", 2).Is("skipped", 1).
			Is("can.undo", true).Is("can.cancel", false).Is("action.status", "in_progress")
		failed := s.sam.Get(url + "/items?state=failed").Want(200).Results()
		if len(failed) != 2 {
			t.Fatalf("%d items failed", len(failed))
		}
		first := s.sam.Get(url + "/items?page_size=50").Want(200)
		if n := len(first.Results()); n != 50 || first.Field("next") == nil {
			t.Errorf("the first page has %d items", n)
		}
		if got := s.ada.Get(at("/api/tickets/%d", ids[1])).Want(200).Field("status"); got != "open" {
			t.Errorf("a ticket that sam cannot see is %v", got)
		}

		s.emma.Patch(at("/api/tickets/%d", ids[5]), obj{"title": "x"}).Want(403)
		s.ada.Patch(at("/api/tickets/%d", ids[5]), obj{"title": "Changed since"}).Want(200)
		undo := s.sam.Post(url+"/undo", nil).Want(202).Is("undo_of", run).Int("id")
		s.sam.Post(url+"/undo", nil).WantCode(409, "bulk.no_undo")
		s.Drain(t)
		s.sam.Get(at("/api/bulk/%d", undo)).Want(200).Is("state", "done").Is("total", 57).Is("done", 56).Is("skipped", 1).Is("can.undo", false)
		s.sam.Get(url).Want(200).Is("undone_by", undo).Is("can.undo", false)
		s.ada.Get(at("/api/tickets/%d", ids[5])).Want(200).Is("status", "in_progress")
		s.ada.Get(at("/api/tickets/%d", ids[6])).Want(200).Is("status", "open")
		if n := len(s.sam.Get(url + "/items?state=undone&page_size=100").Want(200).Results()); n != 56 {
			t.Errorf("%d items are undone", n)
		}
		if n := len(s.sam.Get("/api/bulk").Want(200).Results()); n != 2 {
			t.Errorf("%d runs", n)
		}
	})
}

func TestEachActionComesBack(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		ids := s.tickets(3)
		for _, c := range []struct {
			action obj
			field  string
			after  any
			before any
		}{
			{obj{"type": "assign", "user_id": s.sam.ID}, "assigned_to.username", "sam", nil},
			{obj{"type": "set_priority", "priority": "urgent"}, "priority", "urgent", "medium"},
			{obj{"type": "update_status", "status": "resolved"}, "status", "resolved", "open"},
		} {
			run := s.start(t, s.ada, c.action, ids)
			s.ada.Get(at("/api/tickets/%d", ids[1])).Want(200).Is(c.field, c.after)
			s.ada.Post(at("/api/bulk/%d/undo", run), nil).Want(202)
			s.Drain(t)
			got := s.ada.Get(at("/api/tickets/%d", ids[1])).Want(200)
			if c.before == nil {
				got.Is("assigned_to", nil)
			} else {
				got.Is(c.field, c.before)
			}
		}
		run := s.start(t, s.ada, obj{"type": "delete"}, ids)
		s.ada.Get(at("/api/tickets/%d", ids[0])).Want(404)
		s.ada.Post(at("/api/bulk/%d/undo", run), nil).Want(202)
		s.Drain(t)
		s.ada.Get(at("/api/tickets/%d", ids[0])).Want(200).Is("title", "Printer 0")
	})
}

func TestCancelAndTime(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		ids := s.tickets(4)
		run := s.ada.Post("/api/bulk", obj{"action": obj{"type": "set_priority", "priority": "low"}, "ids": ids}).Want(202).Int("id")
		url := at("/api/bulk/%d", run)
		s.ada.Post(url+"/undo", nil).WantCode(409, "bulk.no_undo")
		s.ada.Post(url+"/cancel", nil).Want(200).Is("state", "cancelled").Is("done", 0)
		s.ada.Post(url+"/cancel", nil).Want(200)
		s.Drain(t)
		s.ada.Get(url).Want(200).Is("state", "cancelled").Is("done", 0)
		s.ada.Get(at("/api/tickets/%d", ids[0])).Want(200).Is("priority", "medium")

		run = s.start(t, s.ada, obj{"type": "set_priority", "priority": "low"}, ids)
		url = at("/api/bulk/%d", run)
		s.ada.Post(url+"/cancel", nil).WantCode(409, "bulk.finished")
		s.Clock.Advance(time.Hour)
		s.ada.SignIn("ada", house.Password)
		s.ada.Post(url+"/undo", nil).WantCode(409, "bulk.no_undo")
	})
}

func TestWhoMayRunAndWhatIsRefused(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		ids := s.tickets(1)
		good := obj{"action": obj{"type": "update_status", "status": "closed"}, "ids": ids}
		s.emma.Post("/api/bulk", good).WantCode(403, "bulk.denied")
		s.emma.Get("/api/bulk").WantCode(403, "bulk.denied")
		s.sam.Post("/api/bulk", obj{"action": obj{"type": "delete"}, "ids": ids}).WantCode(403, "ticket.delete_denied")
		run := s.start(t, s.sam, obj{"type": "update_status", "status": "closed"}, ids)
		for _, path := range []string{"", "/items"} {
			s.ada.Get(at("/api/bulk/%d%s", run, path)).Want(404)
		}
		s.ada.Post(at("/api/bulk/%d/cancel", run), nil).Want(404)
		s.ada.Post(at("/api/bulk/%d/undo", run), nil).Want(404)

		many := make([]int64, 1001)
		for i := range many {
			many[i] = int64(i + 1)
		}
		action := obj{"type": "delete"}
		for name, bad := range map[string]obj{
			"nothing":      {},
			"no ids":       {"action": action, "ids": []int64{}},
			"too many":     {"action": action, "ids": many},
			"twice":        {"action": action, "ids": []int64{1, 1}},
			"zero":         {"action": action, "ids": []int64{0}},
			"not a list":   {"action": action, "ids": "1"},
			"no action":    {"action": nil, "ids": ids},
			"text":         {"action": "delete", "ids": ids},
			"unknown":      {"action": obj{"type": "explode"}, "ids": ids},
			"no status":    {"action": obj{"type": "update_status"}, "ids": ids},
			"wrong status": {"action": obj{"type": "update_status", "status": "burnt"}, "ids": ids},
			"no priority":  {"action": obj{"type": "set_priority", "priority": 3}, "ids": ids},
			"no user":      {"action": obj{"type": "assign"}, "ids": ids},
			"wrong user":   {"action": obj{"type": "assign", "user_id": "sam"}, "ids": ids},
			"not staff":    {"action": obj{"type": "assign", "user_id": s.emma.ID}, "ids": ids},
		} {
			t.Run(name, func(t *testing.T) { s.ada.Post("/api/bulk", bad).Want(400) })
		}
	})
}

// TestRightsAreThoseOfNow takes the account away between asking and doing.
func TestRightsAreThoseOfNow(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		ids := s.tickets(2)
		s.sam.Post("/api/bulk", obj{"action": obj{"type": "update_status", "status": "closed"}, "ids": ids}).Want(202)
		s.ada.Patch(at("/api/users/%d", s.sam.ID), obj{"is_active": false}).Want(200)
		s.Drain(t)
		s.ada.Get(at("/api/tickets/%d", ids[0])).Want(200).Is("status", "open")
	})
}

// TestARunGoesOnWhereItEnded lets the program fail in the middle of a run: what
// was done is not done again, and what was not is done by the next try.
func TestARunGoesOnWhereItEnded(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		ids := s.tickets(8)
		calls, broken := 0, true
		s.App.Bus.InTx(ticket.StatusChanged, func(*event.Tx, event.Event) error {
			if calls++; broken && calls > 3 {
				return errors.New("the power is gone")
			}
			return nil
		})
		run := s.ada.Post("/api/bulk", obj{"action": obj{"type": "update_status", "status": "closed"}, "ids": ids}).Want(202).Int("id")
		s.Drain(t)
		s.ada.Get(at("/api/bulk/%d", run)).Want(200).Is("state", "running")
		if n := len(s.ada.Get(at("/api/bulk/%d/items?state=done", run)).Want(200).Results()); n != 3 {
			t.Fatalf("%d done before the end", n)
		}
		broken = false
		s.Clock.Advance(time.Minute)
		s.Drain(t)
		s.ada.Get(at("/api/bulk/%d", run)).Want(200).Is("state", "done").Is("done", 8)
		var started event.Event
		if err := s.DB.Read(t.Context()).Where("type = ?", bulk.Started).Take(&started).Error; err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			var changes []event.Event
			err := s.DB.Read(t.Context()).Where("subject_type = 'ticket' AND subject_id = ? AND type = ?", id, ticket.StatusChanged).Find(&changes).Error
			if err != nil || len(changes) != 1 || changes[0].CauseID != started.ID {
				t.Errorf("ticket %d changed by %+v (%v), want once because of event %d", id, changes, err, started.ID)
			}
		}
	})
}

// TestWhatIsWrongIsSaid tells of a time that has passed what is wrong with it.
func TestWhatIsWrongIsSaid(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		past := obj{"type": "set_due", "due_at": "2001-01-01T00:00:00Z"}
		s.sam.Post("/api/bulk", obj{"action": past, "ids": s.tickets(1)}).WantFields("action")
		// A time that comes before the ticket's turn does.
		soon := obj{"type": "set_due", "due_at": s.Clock.Now().Add(time.Minute).UTC().Format(time.RFC3339)}
		run := s.sam.Post("/api/bulk", obj{"action": soon, "ids": s.tickets(1)}).Want(202).Int("id")
		s.Clock.Advance(2 * time.Minute)
		s.Drain(t)
		s.sam.Get(at("/api/bulk/%d/items", run)).Want(200).Has("Must be a time to come").Lacks("One or more fields are wrong")
	})
}
