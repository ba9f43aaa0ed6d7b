package sla_test

import (
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestMergedTicketIsNotAnswered: what ends by a merge, or by resolving without an
// answer, goes on when that is taken back, and no report counts a merged ticket.
func TestMergedTicketIsNotAnswered(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		policy(ada, nil)
		h.Drain(t)
		one, _ := open(emma, nil)
		_, into := open(emma, nil)
		pass(t, h, 10*time.Minute, emma, sam, ada)
		first := func() obj { return clockOf(t, sam.Get(one+"/sla").Want(200), "first_response") }
		due := first()["due_at"]
		sam.Post(one+"/merge", obj{"ticket_id": into}).Want(200)
		ada.Get("/api/sla/report?by=target").Want(200).Is("total.met", 0)
		ada.Get("/api/sla/clocks?outcome=met").Want(200).Is("count", 0)
		sam.Post(one+"/unmerge", obj{}).Want(200)
		is(t, "state", first()["state"], "running")
		is(t, "due at once", first()["due_at"], due)
		sam.Get(one).Is("first_responded_at", nil).Is("due_at", due)

		sam.Post(one+"/update_status", obj{"status": "resolved"}).Want(200)
		is(t, "resolved", first()["state"], "met")
		pass(t, h, 2*time.Hour, emma, sam, ada)
		sam.Post(one+"/update_status", obj{"status": "open"}).Want(200).Is("due_at", "2026-03-02T12:00:00Z")
		is(t, "reopened", first()["state"], "running")
		is(t, "elapsed", first()["elapsed_seconds"], 600)
	})
}
