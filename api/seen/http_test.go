package seen_test

import (
	"fmt"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func TestALookNeverGoesBack(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, eric := h.Person("emma", authz.Employee), h.Person("eric", authz.Employee)
		id := emma.Post("/api/tickets", obj{"title": "t", "description": "d"}).Want(201).Int("id")
		url := fmt.Sprintf("/api/tickets/%d/seen", id)
		emma.Get(url).Want(200).Is("event_id", 0.0).Is("seen_at", nil)
		newest := emma.Get(fmt.Sprintf("/api/tickets/%d/events", id)).Results()[0]["id"].(float64)
		emma.Post(url, obj{"event_id": newest}).Want(200).Is("event_id", newest)
		emma.Post(url, obj{"event_id": 0}).Want(200).Is("event_id", newest)
		emma.Post(url, obj{"event_id": int64(1) << 60}).Want(200).Is("event_id", newest)
		emma.Get(url).Want(200).Is("event_id", newest)
		eric.Get(url).Want(404)
		eric.Post(url, obj{"event_id": 1}).Want(404)
		emma.Post(url, obj{"event_id": -1}).WantFields("event_id")
		emma.Post(url, obj{}).WantFields("event_id")
	})
}
