package link_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestMergeTakesChecklistAndTimesAlong merges a ticket on which there is something
// to be done and was worked, and takes it back.
func TestMergeTakesChecklistAndTimesAlong(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff)
		a, idA := open(emma, "Lamp", nil)
		b, idB := open(emma, "Room", nil)
		todo := func(one string) string {
			var out []string
			for _, r := range sam.Get(one + "/checklist").Want(200).Results() {
				out = append(out, fmt.Sprint(r["text"]))
			}
			return strings.Join(out, " ")
		}
		spent := func(one string) (minutes []any) {
			for _, r := range sam.Get(one + "/time_entries").Want(200).Results() {
				minutes = append(minutes, r["minutes"])
			}
			return minutes
		}
		sam.Post(a+"/checklist", obj{"items": []string{"a1", "a2"}}).Want(201)
		sam.Post(b+"/checklist", obj{"items": []string{"b1"}}).Want(201)
		sam.Post(a+"/time_entries", obj{"minutes": 5}).Want(201)
		sam.Post(b+"/time_entries", obj{"minutes": 7}).Want(201)
		sam.Post("/api/timer/start", obj{"ticket_id": idA}).Want(200)

		sam.Post(a+"/merge", obj{"ticket_id": idB}).Want(200).Is("checklist.total", 3)
		same(t, "what is to be done in both", todo(b), "b1 a1 a2")
		same(t, "what is left to do in the part", todo(a), "")
		same(t, "the time on both", spent(b), "[5 7]")
		same(t, "the time left on the part", spent(a), "[]")

		// What comes later is not hidden behind it.
		sam.Post(a+"/checklist", obj{"items": []string{"late"}}).WantCode(409, "ticket.merged")
		h.Clock.Advance(3 * time.Minute)
		sam.Post("/api/timer/stop", obj{}).Want(201).Is("ticket_id", idB).Is("minutes", 3)
		sam.Post(a+"/time_entries", obj{"minutes": 9}).Want(201).Is("ticket_id", idB)
		sam.Post("/api/timer/start", obj{"ticket_id": idA}).Want(200).Is("timer.ticket_id", idB)

		sam.Post(a+"/unmerge", nil).Want(200)
		same(t, "what is to be done there again", todo(a), "a1 a2")
		same(t, "what is to be done where it was", todo(b), "b1")
		same(t, "the time there again", spent(a), "[5]")
		same(t, "what was worked since", spent(b), "[7 3 9]")
	})
}

// TestTimeOnWhatIsMergedOutOfSight keeps what a timer measured on a ticket that
// became a part of one that its owner may not see.
func TestTimeOnWhatIsMergedOutOfSight(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		a, idA := open(emma, "Lamp", nil)
		b, idB := open(emma, "Room", nil)
		sam.Post("/api/timer/start", obj{"ticket_id": idA}).Want(200)
		ada.Post(a+"/merge", obj{"ticket_id": idB}).Want(200)
		ada.Patch(b, obj{"confidential": true}).Want(200)
		sam.Get(b).Want(404)
		sam.Post(a+"/time_entries", obj{"minutes": 9}).Want(404)
		sam.Post("/api/timer/stop", obj{}).Want(201).Is("ticket_id", idA)
	})
}

// TestUnmergeBringsTheRestBack merges tickets that rest, and takes it back while
// their time is still to come and when it has passed.
func TestUnmergeBringsTheRestBack(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff)
		a, idA := open(emma, "Lamp", nil)
		b, idB := open(emma, "Room", nil)
		at := func(d time.Duration) string { return h.Clock.Now().Add(d).UTC().Format(time.RFC3339) }
		long := at(10 * time.Minute)
		sam.Post(a+"/snooze", obj{"until": long, "on_reply": true}).Want(200)
		sam.Post(a+"/merge", obj{"ticket_id": idB}).Want(200)
		sam.Get(a).Want(200).Is("snooze", nil)
		sam.Post(a+"/unmerge", nil).Want(200)
		sam.Get(a).Want(200).Is("snooze.until", long).Is("snooze.on_reply", true)

		sam.Post(b+"/snooze", obj{"until": at(time.Minute)}).Want(200)
		sam.Post(b+"/merge", obj{"ticket_id": idA}).Want(200)
		h.Clock.Advance(2 * time.Minute)
		h.Drain(t)
		sam.Post(b+"/unmerge", nil).Want(200)
		sam.Get(b).Want(200).Is("snooze", nil)
		h.Clock.Advance(9 * time.Minute)
		h.Drain(t)
		sam.Get(a).Want(200).Is("snooze", nil)
		sam.Get("/api/tickets?q=is:woken").Want(200).Is("count", 1)
	})
}
