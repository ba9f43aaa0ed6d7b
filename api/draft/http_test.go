package draft_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func TestDraftsAreOnesOwn(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, eric, sam := h.Person("emma", authz.Employee), h.Person("eric", authz.Employee), h.Person("sam", authz.ITStaff)
		id := emma.Post("/api/tickets", obj{"title": "t", "description": "d"}).Want(201).Int("id")
		reply, note := fmt.Sprintf("/api/tickets/%d/drafts/reply", id), fmt.Sprintf("/api/tickets/%d/drafts/note", id)
		sam.Get(reply).WantCode(404, "draft.not_found")
		a := sam.Put(reply, obj{"content": "Hel"}).Want(200).Is("content", "Hel").Is("version", 1.0)
		tag := a.Header.Get("ETag")
		sam.Put(note, obj{"content": "psst"}).Want(200)
		sam.Get(reply).Want(200).Is("content", "Hel")
		emma.Get(reply).Want(404)
		emma.Put(note, obj{"content": "x"}).WantCode(403, "note.denied")
		eric.Put(reply, obj{"content": "x"}).Want(404)

		// Another device was faster.
		sam.Do("PUT", reply, obj{"content": "Hello"}, map[string]string{"If-Match": tag}).Want(200).Is("version", 2.0)
		sam.Do("PUT", reply, obj{"content": "Help"}, map[string]string{"If-Match": tag}).Want(412)
		sam.Do("DELETE", reply, nil, map[string]string{"If-Match": tag}).Want(412)
		sam.Get(reply).Is("content", "Hello")
		if n := len(sam.Get("/api/drafts").Want(200).Results()); n != 2 {
			t.Errorf("%d drafts", n)
		}
		sam.Delete(reply).Want(204)
		sam.Delete(reply).Want(204)
		sam.Get(reply).Want(404)
		sam.Get(note).Want(200)

		// An edit of the ticket keeps both of its texts.
		edit := fmt.Sprintf("/api/tickets/%d/drafts/edit", id)
		emma.Put(edit, obj{"title": "Better title", "content": "More of it"}).Want(200).Is("kind", "edit")
		emma.Get(edit).Want(200).Is("title", "Better title").Is("content", "More of it")
		sam.Get(edit).WantCode(404, "draft.not_found")
		eric.Put(edit, obj{"content": "x"}).Want(404)
		emma.Put(edit, obj{"title": strings.Repeat("x", 201), "content": "x"}).WantFields("title")
		emma.Delete(edit).Want(204)
		emma.Get(edit).Want(404)

		emma.Put("/api/drafts/ticket", obj{"title": "Laptop", "content": ""}).Want(200).Is("ticket_id", nil).Is("title", "Laptop")
		emma.Get("/api/drafts/ticket").Want(200)
		sam.Get("/api/drafts/ticket").Want(404)
		emma.Put("/api/drafts/ticket", obj{"title": strings.Repeat("x", 201), "content": 7}).WantFields("title", "content")
		emma.Get(fmt.Sprintf("/api/tickets/%d/drafts/mail", id)).Want(404)
		emma.Delete("/api/drafts/ticket").Want(204)
	})
}
