package watcher_test

import (
	"fmt"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

// TestWhoLeavesTheStaffWatchesNoMore takes the role from somebody who watches a ticket and is in CC of another.
func TestWhoLeavesTheStaffWatchesNoMore(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, sol, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff), h.Person("ada", authz.Admin)
		one := make([]string, 3)
		for i := range one {
			one[i] = fmt.Sprintf("/api/tickets/%d", emma.Post("/api/tickets", obj{"title": "Printer", "description": "No toner."}).Want(201).Int("id"))
			ada.Post(one[i]+"/assign", obj{"user_id": ada.ID}).Want(200)
		}
		for _, c := range []*house.Client{sam, sol} {
			ada.Post(one[0]+"/watchers", obj{"user_id": c.ID}).Want(201)
			ada.Post(one[1]+"/cc", obj{"user_id": c.ID}).Want(201)
			c.Get(one[0]).Want(200)
		}
		ada.Patch(fmt.Sprintf("/api/users/%d", sam.ID), obj{"role": "employee"}).Want(200)
		if err := h.App.Worker.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		sam.SignIn("sam", house.Password)
		sam.Get(one[0]).Want(404)
		sam.Post(one[0]+"/add_comment", obj{"content": "hello"}).Want(404)
		sam.Get(one[1]).Want(200)
		sam.Get(one[2]).Want(404)
		sol.Get(one[0]).Want(200)
		if got := fmt.Sprint(ada.Get(one[0] + "/watchers").Want(200).Field("results")); len(ada.Get(one[0]+"/watchers").Results()) != 1 {
			t.Errorf("still watching: %s", got)
		}
	})
}
