package app_test

import (
	"bytes"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestWhoIsDeletedIsNoLongerNamed deletes an account that has worked on a ticket:
// its tickets and comments stay, its names go.
func TestWhoIsDeletedIsNoLongerNamed(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("samuel", authz.ITStaff), h.Person("ada", authz.Admin)
		one := path("/api/tickets/%d", emma.Post("/api/tickets", ticketBody("Printer")).Int("id"))
		sam.Post(one+"/assign", obj{"user_id": sam.ID}).Want(200)
		sam.Post(one+"/add_comment", obj{"content": "On my way"}).Want(201)
		ada.Delete(path("/api/users/%d", sam.ID)).Want(204)
		h.Drain(t)
		sam.Get(one).Want(401)
		after := ada.Get(one).Want(200).Is("assigned_to", nil).Is("comment_count", 1)
		for what, raw := range map[string][]byte{
			"the timeline": ada.Get(one + "/events?page_size=100").Want(200).Raw,
			"the account":  ada.Get(path("/api/users/%d", sam.ID)).Want(200).Raw,
			"the people":   ada.Get("/api/users").Want(200).Raw,
		} {
			if bytes.Contains(raw, []byte("samuel")) {
				t.Errorf("%s still names who was deleted: %s", what, raw)
			}
		}
		if bytes.Contains(after.Raw, []byte("samuel@example.com")) {
			t.Errorf("the ticket still shows the address: %s", after.Raw)
		}
	})
}
