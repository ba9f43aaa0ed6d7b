package checklist_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func open(c *house.Client, title string) (one string, id int64) {
	id = c.Post("/api/tickets", obj{"title": title, "description": "It jams."}).Want(201).Int("id")
	return fmt.Sprintf("/api/tickets/%d", id), id
}

func order(c *house.Client, one string) string {
	var out []string
	for _, r := range c.Get(one + "/checklist").Want(200).Results() {
		out = append(out, fmt.Sprint(r["text"]))
	}
	return strings.Join(out, " ")
}

// TestChecklist works through a checklist whose required item keeps its ticket open.
func TestChecklist(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff)
		a, idA := open(emma, "A")
		emma.Get(a + "/checklist").Want(403)
		for _, items := range []any{nil, "x", []string{}, []string{" "}, []string{strings.Repeat("x", 501)}, make([]string, 101), []int{1}} {
			sam.Post(a+"/checklist", obj{"items": items}).WantFields("items")
		}
		list := sam.Post(a+"/checklist", obj{"items": []string{"one", "two", "three"}}).Want(201).Results()
		item := func(i int) string { return fmt.Sprintf("/api/checklist_items/%v", list[i]["id"]) }
		sam.Get(a).Want(200).Is("checklist.done", 0).Is("checklist.total", 3)
		emma.Get(a).Want(200).Is("checklist", nil)
		emma.Patch(item(0), obj{"done": true}).Want(403)
		done := sam.Patch(item(0), obj{"done": true}).Want(200).Is("done_by.username", "sam")
		sam.Do(http.MethodPatch, item(0), obj{"done": false}, map[string]string{"If-Match": `"v1.x"`}).Want(412)
		sam.Do(http.MethodPatch, item(0), obj{"done": true}, map[string]string{"If-Match": done.Header.Get("ETag")}).Want(200)
		sam.Get(a).Is("checklist.done", 1)
		sam.Patch(item(2), obj{"position": 1}).Want(200)
		if got := order(sam, a); got != "three one two" {
			t.Errorf("the order is %s", got)
		}
		sam.Patch(item(1), obj{"position": 0}).WantFields("position")
		sam.Patch(item(1), obj{"text": ""}).WantFields("text")

		sam.Patch(item(1), obj{"required": true}).Want(200)
		sam.Post(a+"/update_status", obj{"status": "resolved"}).WantCode(409, "checklist.incomplete").Has("not done yet: 1.")
		emma.Post(a+"/close", obj{}).WantCode(409, "checklist.incomplete").Has("The IT staff still has something to do").Lacks("hecklist of").Lacks("equired")
		sam.Get(a).Want(200).Is("status", "open")
		sam.Post(a+"/update_status", obj{"status": "in_progress"}).Want(200)
		sam.Patch(item(1), obj{"done": true}).Want(200)
		sam.Post(a+"/update_status", obj{"status": "resolved"}).Want(200)
		sam.Delete(item(2)).Want(204)
		sam.Delete(item(2)).Want(404)
		sam.Get(item(2)).Want(404)

		b, idB := open(emma, "B")
		run := sam.Post("/api/bulk", obj{"action": obj{"type": "add_checklist", "items": "x\n\n y \n"}, "ids": []int64{idA, idB}}).Want(202)
		h.Drain(t)
		if got := order(sam, b); got != "x y" {
			t.Errorf("the action made %q", got)
		}
		sam.Post(fmt.Sprintf("/api/bulk/%d/undo", run.Int("id")), obj{}).Want(202)
		h.Drain(t)
		sam.Get(b).Is("checklist", nil)
		// A merge is not kept from closing a ticket.
		sam.Post(b+"/checklist", obj{"items": []string{"must"}, "required": true}).Want(201)
		sam.Post(b+"/merge", obj{"ticket_id": idA}).Want(200)
		many := make([]string, 100)
		for i := range many {
			many[i] = "x"
		}
		sam.Post(a+"/checklist", obj{"items": many}).WantCode(409, "checklist.full")
	})
}
