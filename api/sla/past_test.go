package sla_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestRolesOfThePast: who answered is decided by what they were then.
func TestRolesOfThePast(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, kim, sam, ada := h.Person("emma", authz.Employee), h.Person("kim", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		policy(ada, obj{"targets": obj{"first_response": 3600}, "steps": []obj{{"target": "first_response", "offset_seconds": 60, "notify_user_ids": []int64{ada.ID}}}})
		h.Drain(t)
		one, _ := open(emma, nil)
		two, _ := open(emma, nil)
		sam.Post(two+"/cc", obj{"user_id": kim.ID}).Want(201)
		pass(t, h, 10*time.Minute, emma, kim, sam, ada)
		sam.Post(one+"/add_comment", obj{"content": "Switch it off and on."}).Want(201)
		kim.Post(two+"/add_comment", obj{"content": "It jams for me, too."}).Want(201)
		pass(t, h, time.Minute, emma, kim, sam, ada)

		role := func(who *house.Client, role string) {
			t.Helper()
			ada.Patch(fmt.Sprintf("/api/users/%d", who.ID), obj{"role": role}).Want(200)
		}
		role(sam, "employee")
		role(kim, "it_staff")
		pass(t, h, 2*time.Hour, emma, kim, sam, ada)
		for _, at := range []string{one, two} {
			ada.Patch(at, obj{"priority": "high"}).Want(200)
		}
		ada.Post("/api/sla/recalculate", obj{"scope": "all"}).Want(202)
		pass(t, h, time.Minute, emma, kim, sam, ada)
		is(t, "answered", clockOf(t, ada.Get(one+"/sla").Want(200), "first_response")["state"], "met")
		is(t, "not answered", clockOf(t, ada.Get(two+"/sla").Want(200), "first_response")["state"], "breached")
		if got := events(ada, one); strings.Contains(got, "sla_escalated") || strings.Contains(got, "sla_breached") {
			t.Errorf("called for what was in time: %s", got)
		}

		// What they write from now on counts by what they are now.
		kim.Post(two+"/add_comment", obj{"content": "On my way."}).Want(201)
		is(t, "answered late", clockOf(t, ada.Get(two+"/sla").Want(200), "first_response")["stopped_at"] != nil, true)
	})
}
