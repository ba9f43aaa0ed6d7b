package bulk_test

import (
	"context"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// TestAllThatMatch fixes the set when it is asked for, and leaves alone what
// matches no longer when its turn has come.
func TestAllThatMatch(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		ids := s.tickets(5)
		s.ada.Post(at("/api/tickets/%d/assign", ids[4]), obj{"user_id": s.ada.ID}).Want(200) // not visible to sam
		run := s.sam.Post("/api/bulk", obj{"action": obj{"type": "set_priority", "priority": "high"}, "q": "printer status:open", "tz": "Europe/Berlin"}).
			Want(202).Is("total", 4).Is("state", "running").Int("id")
		late := s.tickets(1)
		s.ada.Post(at("/api/tickets/%d/update_status", ids[1]), obj{"status": "closed"}).Want(200)
		s.Drain(t)
		url := at("/api/bulk/%d", run)
		s.sam.Get(url).Want(200).Is("state", "done").Is("done", 3).Is("skipped", 1).Is("failed", 0)
		if got := string(s.sam.Get(url + "/items?state=skipped").Want(200).Raw); !strings.Contains(got, "It matches no longer.") {
			t.Error(got)
		}
		for id, want := range map[int64]string{ids[0]: "high", ids[1]: "medium", ids[4]: "medium", late[0]: "medium"} {
			s.ada.Get(at("/api/tickets/%d", id)).Want(200).Is("priority", want)
		}
		s.sam.Post(url+"/undo", nil).Want(202).Is("total", 3)
		s.Drain(t)
		s.ada.Get(at("/api/tickets/%d", ids[0])).Want(200).Is("priority", "medium")

		action := obj{"type": "set_priority", "priority": "high"}
		for name, bad := range map[string]obj{
			"both":    {"action": action, "q": "printer", "ids": ids},
			"blank":   {"action": action, "q": " \t"},
			"null":    {"action": action, "q": nil},
			"mistake": {"action": action, "q": "status:dead"},
			"nothing": {"action": action, "q": "zebra"},
			"zone":    {"action": action, "q": "printer", "tz": "Mars"},
			"long":    {"action": action, "q": strings.Repeat("a", 2001)},
		} {
			t.Run(name, func(t *testing.T) { s.sam.Post("/api/bulk", bad).Want(400) })
		}
		s.emma.Post("/api/bulk", obj{"action": action, "q": "printer"}).WantCode(403, "bulk.denied")
	})
}

// TestMoreThanAThousandComeBack goes through sets, both ways.
func TestMoreThanAThousandComeBack(t *testing.T) {
	h := house.New(t, testkit.SQLite(t), nil)
	ada := h.Person("ada", authz.Admin)
	const n = 1030
	records := make([]*ticket.Record, n)
	for i := range records {
		records[i] = &ticket.Record{Ticket: ticket.Ticket{
			Title: "Printer", Description: "No toner.", Status: ticket.Open, Priority: ticket.Low,
			CreatedByID: ada.ID, CreatedAt: h.Clock.Now(), UpdatedAt: h.Clock.Now(),
		}}
	}
	err := h.Bus.Do(context.Background(), authz.System("test"), func(tx *event.Tx) error {
		return h.App.Ticket.Import(tx, authz.System("test"), records)
	})
	if err != nil {
		t.Fatal(err)
	}
	urgent := func() int64 { return ada.Get("/api/tickets/count?priority=urgent").Want(200).Int("count") }
	run := ada.Post("/api/bulk", obj{"action": obj{"type": "set_priority", "priority": "urgent"}, "q": "priority:low"}).
		Want(202).Is("total", n).Int("id")
	h.Drain(t)
	ada.Get(at("/api/bulk/%d", run)).Want(200).Is("state", "done").Is("done", n)
	if got := urgent(); got != n {
		t.Errorf("%d are urgent", got)
	}
	undo := ada.Post(at("/api/bulk/%d/undo", run), nil).Want(202).Is("total", n).Int("id")
	h.Drain(t)
	ada.Get(at("/api/bulk/%d", undo)).Want(200).Is("state", "done").Is("done", n)
	if got := urgent(); got != 0 {
		t.Errorf("%d are still urgent", got)
	}
}
