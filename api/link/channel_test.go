package link_test

import (
	"fmt"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestChannel tells how tickets came in, finds them by it, counts them by it, and lets
// rules act on it.
func TestChannel(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		ada.Post("/api/rules", obj{"name": "Calls", "triggers": []string{"created"}, "condition": "channel:phone",
			"actions": []obj{{"type": "set_priority", "params": obj{"priority": "high"}}}}).Want(201)
		body := func(title string, more obj) obj {
			out := obj{"title": title, "description": "x"}
			for k, v := range more {
				out[k] = v
			}
			return out
		}
		emma.Post("/api/tickets", body("Web", nil)).Want(201).Is("channel", "web")
		// What employees say of it is not heeded.
		emma.Post("/api/tickets", body("Liar", obj{"channel": "phone"})).Want(201).Is("channel", "web")
		call := sam.Post("/api/tickets", body("Call", obj{"channel": "phone", "requester_id": emma.ID})).Want(201).Is("channel", "phone")
		sam.Post("/api/tickets", body("Odd", obj{"channel": "pigeon"})).WantFields("channel")
		sam.Post("/api/tickets", body("Odd", obj{"channel": nil})).WantFields("channel")
		token := sam.Post("/api/auth/tokens", obj{"name": "script"}).Want(201)
		script := *sam
		script.Token = fmt.Sprint(token.Field("token"))
		script.Post("/api/tickets", body("Script", nil)).Want(201).Is("channel", "api")
		h.Drain(t)

		one := fmt.Sprintf("/api/tickets/%d", call.Int("id"))
		sam.Get(one).Want(200).Is("channel", "phone").Is("priority", "high")
		emma.Get(one).Want(200).Is("channel", "phone")
		for q, want := range map[string]int64{
			"channel:phone": 1, "channel:web": 2, "channel:web,phone": 3, "-channel:web": 2, "channel:none": 0, "channel:any": 4, "channel:mail": 0,
		} {
			ada.GetQuery("/api/tickets", "q", q).Want(200).Is("count", want)
		}
		ada.GetQuery("/api/tickets", "q", "channel:pigeon").Want(400)
		ada.Get("/api/tickets/export?columns=title,channel").Want(200).Has("Call,phone").Has("Script,api").Has("Web,web")
		ada.Get("/api/reports/desk").Want(200).Has(`"dimension":"channel"`).Has(`"key":"phone"`)
		ada.Get("/api/reports/desk/csv?table=channel").Want(200).Has("phone,")

		// What is split off came in the same way.
		said := emma.Post(one+"/add_comment", obj{"content": "and another thing"}).Want(201).Int("id")
		sam.Post(one+"/split", obj{"title": "Part", "comment_ids": []int64{said}}).Want(201).Is("channel", "phone")
	})
}
