package link_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func open(c *house.Client, title string, more obj) (one string, id int64) {
	body := obj{"title": title, "description": "About " + title}
	for k, v := range more {
		body[k] = v
	}
	id = c.Post("/api/tickets", body).Want(201).Int("id")
	return fmt.Sprintf("/api/tickets/%d", id), id
}

// texts are what people wrote on a ticket, as somebody reads it.
func texts(c *house.Client, one string) []string {
	out := []string{}
	list, _ := c.Get(one).Want(200).Field("comments").([]any)
	for _, v := range list {
		if m, _ := v.(obj); m["is_system_message"] == false {
			if m["updated_at"] != m["created_at"] {
				out = append(out, "edited by nobody:")
			}
			out = append(out, fmt.Sprint(m["content"]))
		}
	}
	return out
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestMergeAndBack merges a ticket, goes on in both, and takes it back.
func TestMergeAndBack(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, emil := h.Person("emma", authz.Employee), h.Person("emil", authz.Employee)
		sam, ada := h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		a, idA := open(emma, "Printer *jams*", nil)
		b, idB := open(emil, "Printer broken", nil)
		h.Clock.Advance(time.Second)
		emma.Post(a+"/add_comment", obj{"content": "a1"}).Want(201)
		emil.Post(b+"/add_comment", obj{"content": "b1"}).Want(201)
		sam.Post(a+"/notes", obj{"content": "secret a"}).Want(201)
		sam.Post(a+"/cc", obj{"address": "outside@example.com"}).Want(201)
		sam.Post(a+"/update_status", obj{"status": "in_progress"}).Want(200)
		was := sam.Get(a).Want(200)

		emma.Post(a+"/merge", obj{"ticket_id": idB}).Want(403)
		sam.Post(a+"/merge", obj{"ticket_id": idA}).WantFields("ticket_id")
		sam.Post(a+"/merge", obj{"ticket_id": 999}).WantFields("ticket_id")
		sam.Post(a+"/merge", obj{}).WantFields("ticket_id")
		sam.Do(http.MethodPost, a+"/merge", obj{"ticket_id": idB}, map[string]string{"If-Match": `"v1.x"`}).Want(412)
		same(t, "comments after refusals", texts(sam, b), "[b1]")

		sam.Post(a+"/merge", obj{"ticket_id": idB}).Want(200).Is("id", idB)
		sam.Get(a).Want(200).Is("status", "closed").Is("merged_into", idB).Is("comment_count", 0).Is("can.update_status", false)
		same(t, "the conversation of both", texts(emma, b), []string{"**Printer \\*jams\\***\n\nAbout Printer *jams*", "a1", "b1"})
		emma.Get(a).Want(200).Is("merged_into", idB)
		emma.Get(b + "/notes").Want(403)
		sam.Get(b + "/notes").Want(200).Has("secret a").Has(fmt.Sprintf(`"moved_from":%d`, idA))
		emma.Get(b).Lacks("secret a")
		sam.Get(b + "/watchers").Want(200).Has("outside@example.com").Has(`"emma"`)
		sam.Get(b + "/links").Want(200).Has("merged_in")
		same(t, "is:merged", sam.GetQuery("/api/tickets", "q", "is:merged").Want(200).Int("count"), 1)

		// What comes later goes to the other one.
		emma.Post(a+"/add_comment", obj{"content": "a2"}).Want(201).Is("ticket_id", idB)
		sam.Post(a+"/messages", obj{"kind": "reply", "content": "held", "hold_seconds": 0}).Want(201)
		h.Drain(t)
		for _, wrong := range []struct {
			path string
			body obj
		}{
			{a + "/update_status", obj{"status": "open"}}, {a + "/assign", obj{"user_id": sam.ID}},
			{a + "/reopen", obj{}}, {a + "/merge", obj{"ticket_id": idB}},
		} {
			sam.Post(wrong.path, wrong.body).WantCode(409, "ticket.merged")
		}
		sam.Post(b+"/merge", obj{"ticket_id": idA}).WantCode(409, "ticket.merge_target_merged")

		_, idC := open(emil, "C", nil)
		sam.Post(b+"/merge", obj{"ticket_id": idC}).Want(200)
		sam.Post(a+"/unmerge", obj{}).WantCode(409, "ticket.merged_further")
		sam.Post(a+"/add_comment", obj{"content": "through"}).Want(201).Is("ticket_id", idC)
		sam.Post(b+"/unmerge", obj{}).Want(200)
		emma.Post(a+"/unmerge", obj{}).Want(403)

		sam.Post(a+"/unmerge", obj{}).Want(200)
		now := sam.Get(a).Want(200).Is("merged_into", nil).Is("comment_count", 1)
		for _, field := range []string{"status", "resolved_at", "closed_at", "solved_at", "priority", "first_responded_at", "waiting"} {
			same(t, field, now.Field(field), was.Field(field))
		}
		same(t, "a again", texts(sam, a), "[a1]")
		same(t, "b again", texts(sam, b), "[b1 a2 held]")
		emma.Get(b).Want(404)
		sam.Get(b + "/notes").Want(200).Lacks("secret a")
		sam.Get(a + "/notes").Want(200).Has("secret a").Has(`"moved_from":null`)
		sam.Get(b + "/watchers").Want(200).Lacks("outside@example.com")
		sam.Post(a+"/unmerge", obj{}).WantCode(409, "ticket.not_merged")
		for _, word := range []string{"ticket.merged\"", "ticket.unmerged"} {
			ada.Get(a + "/events?page_size=100").Want(200).Has(word)
		}
		// The other ticket is not named to whoever does not see it.
		for _, e := range emma.Get(a + "/events?page_size=100").Want(200).Results() {
			if e["type"] == "ticket.unmerged" {
				same(t, "what emma learns", e["data"], obj{})
			}
		}
	})
}

// TestMergingKeepsSecrets merges what is confidential only where nobody learns by it.
func TestMergingKeepsSecrets(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		h := house.New(t, w, func(s *config.Settings) { s.ConfidentialScope, s.StaffScope = "named", "all" })
		emma, emil := h.Person("emma", authz.Employee), h.Person("emil", authz.Employee)
		sam, sol := h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff)
		secret, idS := open(emma, "Zebra", obj{"confidential": true})
		plain, idP := open(emil, "Plain", nil)
		other, idO := open(emma, "Other", obj{"confidential": true})
		foreign, idF := open(emil, "Foreign", obj{"confidential": true})
		for _, one := range []string{secret, other, foreign} {
			emma.Post(one+"/cc", obj{"address": "sam@example.com"})
			emil.Post(one+"/cc", obj{"address": "sam@example.com"})
		}
		sam.Post(secret+"/merge", obj{"ticket_id": idP}).WantCode(409, "ticket.merge_confidential")
		sam.Post(plain+"/merge", obj{"ticket_id": idS}).WantCode(409, "ticket.merge_confidential")
		sam.Post(secret+"/merge", obj{"ticket_id": idF}).WantCode(409, "ticket.merge_confidential")
		sam.Post(secret+"/merge", obj{"ticket_id": idO}).Want(200)
		sam.Post(secret+"/unmerge", obj{}).Want(200)

		// Whoever sees one side of a link sees nothing of the other.
		sam.Post(plain+"/links", obj{"kind": "parent_of", "ticket_id": idS}).Want(201).Has("Zebra")
		sam.Get(plain).Want(200).Is("children.total", 1)
		sol.Get(plain).Want(200).Is("children", nil).Lacks("Zebra")
		sol.Get(plain + "/links").Want(200).Lacks("Zebra").Lacks("parent_of")
		for _, e := range sol.Get(plain + "/events?page_size=100").Want(200).Results() {
			if e["type"] == "internal.linked" {
				same(t, "what sol learns", e["data"], obj{"kind": "parent_of"})
			}
		}
		sol.Post(plain+"/links", obj{"kind": "related_to", "ticket_id": idS}).WantFields("ticket_id")
		sol.Post(plain+"/merge", obj{"ticket_id": idS}).WantFields("ticket_id")
		id := int64(sam.Get(plain + "/links").Results()[0]["id"].(float64))
		sol.Delete(fmt.Sprintf("/api/links/%d", id)).Want(404)
		emil.Get(plain + "/links").Want(403)
	})
}

// TestPartsStayAsConfidentialAsTheWhole merges a ticket and then keeps the whole to those it names.
func TestPartsStayAsConfidentialAsTheWhole(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		h := house.New(t, w, func(s *config.Settings) { s.StaffScope = "all" })
		emma, emil := h.Person("emma", authz.Employee), h.Person("emil", authz.Employee)
		sam, sol := h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff)
		part, _ := open(emma, "Zebra", nil)
		middle, idM := open(emma, "Middle", nil)
		whole, idW := open(emma, "Whole", nil)
		sam.Post(whole+"/assign", obj{"user_id": sam.ID}).Want(200)
		sam.Post(part+"/assign", obj{"user_id": sam.ID}).Want(200)
		sam.Post(part+"/merge", obj{"ticket_id": idM}).Want(200)
		sam.Post(middle+"/merge", obj{"ticket_id": idW}).Want(200)
		sol.Get(part).Want(200).Has("Zebra")

		emma.Patch(whole, obj{"confidential": true}).Want(200)
		for _, one := range []string{part, middle, whole} {
			sol.Get(one).Want(404)
			emma.Get(one).Want(200).Is("confidential", true)
		}
		sol.Get("/api/tickets?search=zebra").Want(200).Is("count", 0)
		emma.Patch(whole, obj{"confidential": false}).Want(200)
		sol.Get(part).Want(200).Is("confidential", false)

		// Nobody is put where the conversation is not.
		emma.Post(part+"/cc", obj{"address": "emil@example.com"}).WantCode(409, "ticket.merged")
		sam.Post(part+"/watchers", obj{"user_id": sol.ID}).WantCode(409, "ticket.merged")
		emil.Get(part).Want(404)
	})
}

// TestLinks makes links of every kind, and refuses rings.
func TestLinks(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff)
		a, idA := open(emma, "A", nil)
		b, idB := open(emma, "B", nil)
		c, idC := open(emma, "C", nil)
		sam.Post(b+"/links", obj{"kind": "child_of", "ticket_id": idA}).Want(201)
		sam.Post(b+"/links", obj{"kind": "child_of", "ticket_id": idA}).Want(201)
		sam.Post(b+"/links", obj{"kind": "duplicate_of", "ticket_id": idA}).WantCode(409, "link.exists")
		sam.Post(b+"/links", obj{"kind": "child_of", "ticket_id": idC}).WantCode(409, "link.has_parent")
		sam.Post(c+"/links", obj{"kind": "child_of", "ticket_id": idB}).Want(201)
		sam.Post(a+"/links", obj{"kind": "child_of", "ticket_id": idC}).WantCode(409, "link.cycle")
		sam.Post(a+"/links", obj{"kind": "child_of", "ticket_id": idA}).WantFields("ticket_id")
		sam.Post(a+"/links", obj{"kind": "eats", "ticket_id": idB}).WantFields("kind")
		sam.Get(a).Want(200).Is("children.done", 0).Is("children.total", 1).Is("parent", nil)
		sam.Get(b).Want(200).Is("parent", idA)
		emma.Get(b).Want(200).Is("parent", nil)
		for q, n := range map[string]int64{
			fmt.Sprintf("parent:%d", idA): 1, "parent:any": 2, "parent:none": 1, "link:child_of": 2, "link:none": 0, "-link:parent_of": 1, "link:parent_of,child_of": 3,
		} {
			same(t, q, sam.GetQuery("/api/tickets", "q", q).Want(200).Int("count"), n)
		}
		emma.GetQuery("/api/tickets", "q", "parent:1").Want(400)
		// A parent resolves its children by a bulk run, which can be taken back.
		run := sam.Post("/api/bulk", obj{"action": obj{"type": "update_status", "status": "resolved"}, "q": fmt.Sprintf("parent:%d status:unfinished", idA)}).Want(202)
		h.Drain(t)
		sam.Get(a).Is("children.done", 1)
		sam.Post(fmt.Sprintf("/api/bulk/%d/undo", run.Int("id")), obj{}).Want(202)
		h.Drain(t)
		sam.Get(a).Is("children.done", 0)
		for _, l := range sam.Get(b + "/links").Want(200).Results() {
			sam.Delete(fmt.Sprintf("/api/links/%v", l["id"])).Want(204)
			sam.Delete(fmt.Sprintf("/api/links/%v", l["id"])).Want(404)
		}
		sam.Get(a).Want(200).Is("children", nil)
		if rows := sam.Get(c + "/links").Want(200).Results(); len(rows) != 0 {
			t.Errorf("c is still linked: %v", rows)
		}
		// As an action: a link by a bulk run, and back.
		run = sam.Post("/api/bulk", obj{"action": obj{"type": "link", "kind": "child_of", "ticket_id": idA}, "ids": []int64{idB, idC}}).Want(202)
		h.Drain(t)
		sam.Get(a).Is("children.total", 2)
		sam.Post(fmt.Sprintf("/api/bulk/%d/undo", run.Int("id")), obj{}).Want(202)
		h.Drain(t)
		sam.Get(a).Is("children", nil)
	})
}

// TestSplit makes a ticket of a part of another one, and takes it back.
func TestSplit(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, emil, sam := h.Person("emma", authz.Employee), h.Person("emil", authz.Employee), h.Person("sam", authz.ITStaff)
		a, _ := open(emma, "Two things", nil)
		sam.Post(a+"/cc", obj{"user_id": emil.ID}).Want(201)
		sam.Post(a+"/watchers", obj{}).Want(201)
		first := emma.Post(a+"/add_comment", obj{"content": "first"}).Want(201).Int("id")
		second := emil.Post(a+"/add_comment", obj{"content": "second"}).Want(201).Int("id")
		note := sam.Post(a+"/notes", obj{"content": "of the second"}).Want(201).Int("id")
		b, _ := open(emma, "B", nil)
		foreign := emma.Post(b+"/add_comment", obj{"content": "foreign"}).Want(201).Int("id")
		sam.Post(a+"/split", obj{"title": "x"}).WantFields("comment_ids")
		sam.Post(a+"/split", obj{"title": "x", "comment_ids": []int64{foreign}}).WantFields("comment_ids")
		sam.Post(a+"/split", obj{"title": " ", "comment_ids": []int64{second}}).WantFields("title")
		emma.Post(a+"/split", obj{"title": "x", "comment_ids": []int64{second}}).Want(403)
		same(t, "nothing was made", sam.Get("/api/tickets").Int("count"), 2)

		made := sam.Post(a+"/split", obj{"title": "Second", "comment_ids": []int64{second}, "note_ids": []int64{note}}).Want(201)
		new := fmt.Sprintf("/api/tickets/%d", made.Int("id"))
		made.Is("created_by.username", "emil").Is("opened_by.username", "sam").Is("comment_count", 1)
		same(t, "old", texts(sam, a), "[first]")
		same(t, "new", texts(emil, new), "[second]")
		sam.Get(new + "/notes").Want(200).Has("of the second").Lacks(`"moved_from":null`)
		emma.Get(new).Want(404)
		emil.Post(new+"/add_comment", obj{"content": "more"}).Want(201)
		sam.Post(new+"/unsplit", obj{}).WantCode(409, "ticket.split_used")
		made = sam.Post(a+"/split", obj{"title": "First", "comment_ids": []int64{first}}).Want(201)
		new = fmt.Sprintf("/api/tickets/%d", made.Int("id"))
		sam.Post(new+"/unsplit", obj{}).Want(200).Is("comment_count", 1)
		sam.Get(new).Want(404)
		same(t, "back", texts(emma, a), "[first]")
		sam.Post(a+"/unsplit", obj{}).WantCode(409, "ticket.not_split")
	})
}

// TestMergesCross lets many merge the same tickets into each other at once: each
// ticket ends up in one place, what was written is there once, and taking all of it
// back leaves everything as it was.
func TestMergesCross(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		sam := h.Person("sam", authz.ITStaff)
		const n = 6
		ids, paths := make([]int64, n), make([]string, n)
		for i := range ids {
			paths[i], ids[i] = open(sam, fmt.Sprint("t", i), nil)
			sam.Post(paths[i]+"/add_comment", obj{"content": fmt.Sprint("c", i)}).Want(201)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		answers := map[int]int{}
		for i := range n {
			for _, step := range []int{1, n - 1, 2} {
				wg.Go(func() {
					a := sam.Post(paths[i]+"/merge", obj{"ticket_id": ids[(i+step)%n]})
					if a.Status != 200 && a.Status != 409 {
						t.Errorf("merge: %d %s", a.Status, a.Raw)
					}
					mu.Lock()
					answers[a.Status]++
					mu.Unlock()
				})
			}
			wg.Go(func() {
				if a := sam.Post(paths[i]+"/add_comment", obj{"content": fmt.Sprint("late", i)}); a.Status != 201 {
					t.Errorf("comment: %d %s", a.Status, a.Raw)
				}
			})
		}
		wg.Wait()
		roots, found := 0, map[string]int{}
		for _, p := range paths {
			one := sam.Get(p).Want(200)
			if one.Field("merged_into") == nil {
				roots++
				for _, s := range texts(sam, p) {
					found[s]++
				}
			} else if len(texts(sam, p)) > 0 {
				t.Errorf("%s was merged and keeps %v", p, texts(sam, p))
			}
		}
		if answers[200] != n-roots || roots == 0 {
			t.Errorf("%d merges took place and %d tickets are left of %d", answers[200], roots, n)
		}
		for i := range n {
			for _, s := range []string{fmt.Sprint("c", i), fmt.Sprint("late", i)} {
				if found[s] != 1 {
					t.Errorf("%s is there %d times", s, found[s])
				}
			}
		}
		for undone := true; undone; {
			undone = false
			for _, p := range paths {
				if sam.Get(p).Field("merged_into") != nil && sam.Post(p+"/unmerge", obj{}).Status == 200 {
					undone = true
				}
			}
		}
		for i, p := range paths {
			one := sam.Get(p).Want(200).Is("merged_into", nil).Is("status", "open")
			if got := texts(sam, p); len(got) == 0 || got[0] != fmt.Sprint("c", i) || one.Int("comment_count") != int64(len(got)) {
				t.Errorf("%s has %v after all", p, got)
			}
		}
	})
}

// TestLinksOfTheHidden asks for links whose other end one does not see.
func TestLinksOfTheHidden(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		h := house.New(t, w, func(s *config.Settings) { s.ConfidentialScope, s.StaffScope = "named", "all" })
		emma, sam, sol, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("sol", authz.ITStaff), h.Person("ada", authz.Admin)
		secret, idS := open(emma, "Zebra", obj{"confidential": true})
		emma.Post(secret+"/cc", obj{"address": "sam@example.com"})
		plain, idP := open(emma, "Plain", nil)
		child, idC := open(emma, "Child", nil)
		sam.Post(plain+"/links", obj{"kind": "child_of", "ticket_id": idS}).Want(201)
		sam.Post(child+"/links", obj{"kind": "child_of", "ticket_id": idP}).Want(201)
		sol.Get(secret).Want(404)
		for _, c := range []struct {
			q        string
			sam, sol string
		}{
			{fmt.Sprintf("parent:%d", idS), fmt.Sprint(idP), ""},
			{fmt.Sprintf("parent:%d..%d", idS, idS), fmt.Sprint(idP), ""},
			{fmt.Sprintf("parent:%d open", idS), "", ""},
			{"parent:any", fmt.Sprint(idC, idP), fmt.Sprint(idC)},
			{fmt.Sprintf("parent:>=%d", idS), fmt.Sprint(idC, idP), fmt.Sprint(idC)},
			{"parent:none", fmt.Sprint(idS), fmt.Sprint(idP)},
			{"link:child_of", fmt.Sprint(idC, idP), fmt.Sprint(idC)},
			{"link:child_of,none", fmt.Sprint(idC, idP), fmt.Sprint(idC)},
			{"-link:child_of", fmt.Sprint(idS), fmt.Sprint(idP)},
			{"link:parent_of", fmt.Sprint(idP, idS), fmt.Sprint(idP)},
		} {
			for _, who := range []struct {
				c    *house.Client
				want string
			}{{sam, c.sam}, {ada, c.sam}, {sol, c.sol}} {
				a := who.c.GetQuery("/api/tickets", "q", c.q).Want(200)
				got := []any{}
				for _, r := range a.Results() {
					got = append(got, int64(r["id"].(float64)))
				}
				same(t, who.c.Name+" asks "+c.q, strings.TrimSpace(fmt.Sprintln(got...)), who.want)
				same(t, who.c.Name+" counts "+c.q, a.Int("count"), len(got))
				for _, sort := range []string{"created_at", "-updated_at"} {
					n := who.c.Get("/api/tickets?sort=" + sort + "&q=" + url.QueryEscape(c.q)).Want(200).Results()
					same(t, who.c.Name+" sorts "+c.q, len(n), len(got))
				}
			}
		}
	})
}

// TestNoLinkOfAMergedTicket keeps a ticket that is a part of another one as it is.
func TestNoLinkOfAMergedTicket(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff)
		a, _ := open(emma, "A", nil)
		_, idB := open(emma, "B", nil)
		_, idC := open(emma, "C", nil)
		sam.Post(a+"/merge", obj{"ticket_id": idB}).Want(200)
		sam.Post(a+"/links", obj{"kind": "related_to", "ticket_id": idC}).WantCode(409, "ticket.merged")
		sam.Post(a+"/unmerge", obj{}).Want(200)
		sam.Post(a+"/links", obj{"kind": "related_to", "ticket_id": idC}).Want(201)
	})
}
