package view_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func at(id int64) string { return fmt.Sprintf("/api/views/%d", id) }

type scene struct {
	*house.House
	emma, sam, sol, ada *house.Client
}

func each(t *testing.T, test func(t *testing.T, s scene)) {
	house.Each(t, func(t *testing.T, h *house.House) {
		test(t, scene{
			House: h, emma: h.Person("emma", authz.Employee), sam: h.Person("sam", authz.ITStaff),
			sol: h.Person("sol", authz.ITStaff), ada: h.Person("ada", authz.Admin),
		})
	})
}

func names(c *house.Client) []string {
	out := []string{}
	for _, v := range c.Get("/api/views").Want(200).Results() {
		out = append(out, v["name"].(string))
	}
	return out
}

func wantNames(t *testing.T, c *house.Client, want ...string) {
	t.Helper()
	if got := names(c); !slices.Equal(got, want) {
		t.Errorf("%s has %q, want %q", c.Name, got, want)
	}
}

func TestAViewIsPersonalUntilItIsShared(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		made := s.sam.Post("/api/views", obj{
			"name": " Jams ", "icon": "🖨️", "q": "printer assignee:me", "sort": "-updated_at", "columns": []string{"requester", "sla.due"},
			"id": 99, "owner": obj{"id": s.ada.ID},
		}).Want(201).Is("name", " Jams ").Is("owner.username", "sam").Is("shared_with", nil).Is("can.update", true)
		url := at(made.Int("id"))
		wantNames(t, s.sam, " Jams ")
		for _, other := range []*house.Client{s.emma, s.sol, s.ada} {
			wantNames(t, other)
			other.Get(url).WantCode(404, "view.not_found")
			other.Patch(url, obj{"name": "x"}).Want(404)
			other.Delete(url).Want(404)
			other.Post(url+"/restore", nil).Want(404)
		}
		tag := made.Header.Get("ETag")
		s.sam.Do("PATCH", url, obj{"shared_with": "it_staff"}, map[string]string{"If-Match": tag}).Want(200).Is("version", 2)
		s.sam.Do("PATCH", url, obj{"name": "x"}, map[string]string{"If-Match": tag}).Want(412)
		s.sam.Do("DELETE", url, nil, map[string]string{"If-Match": tag}).Want(412)
		wantNames(t, s.sol, " Jams ")
		wantNames(t, s.ada, " Jams ")
		s.emma.Get(url).Want(404)
		s.sol.Get(url).Want(200).Is("can.update", false).Is("can.delete", false)
		s.sol.Patch(url, obj{"name": "x"}).WantCode(403, "view.change_denied")
		s.sol.Delete(url).Want(403)
		// Whoever may not share so widely changes nothing at all.
		s.sam.Patch(url, obj{"name": "Ours", "shared_with": "employee"}).WantCode(403, "view.share_denied")
		s.sam.Post("/api/views", obj{"name": "x", "shared_with": "admin"}).Want(403)
		s.emma.Post("/api/views", obj{"name": "x", "shared_with": "it_staff"}).Want(403)
		s.sam.Get(url).Is("name", " Jams ")
		s.ada.Patch(url, obj{"name": "Jams", "shared_with": "employee"}).Want(200).Is("shared_with", "employee")
		wantNames(t, s.emma, "Jams")
		wantNames(t, s.sol)
		wantNames(t, s.sam, "Jams")
		// Its owner can go on with it.
		s.sam.Patch(url, obj{"icon": ""}).Want(200)
		if n := len(s.ada.Get("/api/views?scope=shared").Want(200).Results()); n != 1 {
			t.Errorf("an administrator looks after %d views", n)
		}
		s.sam.Get("/api/views?scope=shared").WantCode(403, "view.manage_denied")
		s.ada.Patch(url, obj{"shared_with": nil}).Want(200)
		s.ada.Get(url).Want(404)
	})
}

func TestWrongViewsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		s.sam.Post("/api/views", obj{}).WantFields("name")
		s.sam.Post("/api/views", obj{
			"name": " \t", "icon": strings.Repeat("x", 17), "sort": "id", "columns": []string{"a", "a"}, "shared_with": "boss",
		}).WantFields("name", "icon", "sort", "columns", "shared_with")
		for _, bad := range []string{"../etc", "NaN", "ab", "\n", "🖨️🖨️"} {
			s.sam.Post("/api/views", obj{"name": "x", "icon": bad}).WantFields("icon")
		}
		// A family is seven code points, and one emoji.
		for _, good := range []string{"", "A", "ß", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"} {
			s.ada.Post("/api/views", obj{"name": "x" + good, "icon": good}).Want(201).Is("icon", good)
		}
		for _, bad := range []any{nil, "a", 1, []int{1}, []string{"A"}, []string{"a,b"}, strings.Split(strings.Repeat("a,", 20)+"b", ",")} {
			s.sam.Post("/api/views", obj{"name": "x", "columns": bad}).WantFields("columns")
		}
		for _, bad := range []string{"status:dead", "(", "assignee:nobody_of_this_name", strings.Repeat("a", 2001)} {
			s.sam.Post("/api/views", obj{"name": "x", "q": bad}).WantFields("q")
		}
		if got := string(s.sam.Post("/api/views", obj{"name": "x", "q": "status:open status:dead"}).Raw); !strings.Contains(got, "at character") {
			t.Errorf("it does not say where: %s", got)
		}
		id := s.sam.Post("/api/views", obj{"name": "x"}).Want(201).Is("sort", "-created_at").Is("q", "").Int("id")
		s.sam.Patch(at(id), obj{"name": "y", "q": "status:dead"}).WantFields("q")
		s.sam.Get(at(id)).Is("name", "x")
		for _, bad := range []any{nil, "7", []string{"a"}, obj{}, []any{nil}, []any{id, nil}, []int64{0}, []int64{-1}, []int64{id, id}} {
			s.sam.Put("/api/views/order", obj{"ids": bad}).WantFields("ids")
		}
		s.sam.Get("/api/views?scope=all").Want(400)
		s.sam.Get("/api/views/counts?tz=Mars").Want(400)
		s.sam.Get("/api/views/x").Want(404)
		for range 99 {
			s.sam.Post("/api/views", obj{"name": "more"}).Want(201)
		}
		s.sam.Post("/api/views", obj{"name": "more"}).WantCode(409, "view.too_many")
	})
}

func TestEverybodyArrangesTheirOwnRail(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		a := s.sam.Post("/api/views", obj{"name": "a"}).Want(201).Int("id")
		b := s.sam.Post("/api/views", obj{"name": "b", "shared_with": "it_staff"}).Want(201).Int("id")
		c := s.ada.Post("/api/views", obj{"name": "c", "shared_with": "it_staff"}).Want(201).Int("id")
		wantNames(t, s.sam, "a", "b", "c")
		s.sam.Put("/api/views/order", obj{"ids": []int64{c, 12345, a}}).Want(204)
		wantNames(t, s.sam, "c", "a", "b")
		wantNames(t, s.sol, "b", "c")
		s.sam.Put("/api/views/order", obj{"ids": []int64{b}}).Want(204)
		wantNames(t, s.sam, "b", "a", "c")
	})
}

// counts returns the numbers as one text, saved views by their ids.
func counts(c *house.Client) map[string]string {
	out := map[string]string{}
	list, _ := c.Get("/api/views/counts?tz=Europe/Berlin").Want(200).Field("counts").([]any)
	for _, one := range list {
		m, _ := one.(obj)
		key := fmt.Sprint(m["key"])
		if m["key"] == nil {
			key = fmt.Sprint(m["view_id"])
		}
		out[key] = fmt.Sprintf("%v %v", m["count"], m["count_exact"])
	}
	return out
}

func TestCountsAreThoseOfWhoeverLooks(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		ids := make([]int64, 5)
		for i := range ids {
			ids[i] = s.emma.Post("/api/tickets", obj{"title": fmt.Sprintf("Printer %d", i), "description": "No toner."}).Want(201).Int("id")
		}
		ticket := func(i int, verb string) string { return fmt.Sprintf("/api/tickets/%d%s", ids[i], verb) }
		s.ada.Post(ticket(0, "/assign"), obj{"user_id": s.sam.ID}).Want(200)
		s.ada.Post(ticket(1, "/assign"), obj{"user_id": s.sol.ID}).Want(200)
		s.ada.Post(ticket(2, "/update_status"), obj{"status": "closed"}).Want(200)
		s.sam.Post(ticket(3, "/add_comment"), obj{"content": "On my way."}).Want(201)
		mine := s.ada.Post("/api/views", obj{"name": "Printers of mine", "q": "printer assignee:me created:>=-1d", "shared_with": "it_staff"}).Want(201).Int("id")
		gone := s.sam.Post("/api/views", obj{"name": "Gone", "q": "assignee:sol"}).Want(201).Int("id")
		key := func(id int64) string { return fmt.Sprint(id) }
		for _, c := range []struct {
			who  *house.Client
			want map[string]string
		}{
			{s.sam, map[string]string{"unassigned": "2 true", "mine": "1 true", "waiting": "2 true", "unread": "3 true", "all": "4 true", key(mine): "1 true", key(gone): "0 true"}},
			{s.ada, map[string]string{"unassigned": "2 true", "mine": "0 true", "waiting": "3 true", "unread": "4 true", "all": "5 true", key(mine): "0 true"}},
			{s.emma, map[string]string{"all": "5 true"}},
		} {
			if got := counts(c.who); fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%s counts\n got %v\nwant %v", c.who.Name, got, c.want)
			}
		}
		if err := s.App.User.Delete(context.Background(), authz.System("test"), s.sol.ID, etag.Condition{}); err != nil {
			t.Fatal(err)
		}
		if got := counts(s.sam)[key(gone)]; got != "<nil> false" {
			t.Errorf("a view that names somebody who is gone counts %q", got)
		}
	})
}

func TestADeletedViewComesBackForADay(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		id := s.sam.Post("/api/views", obj{"name": "a", "shared_with": "it_staff"}).Want(201).Int("id")
		s.sam.Post(at(id)+"/restore", nil).Want(404)
		s.sam.Delete(at(id)).Want(204)
		s.sam.Delete(at(id)).Want(404)
		s.sam.Get(at(id)).Want(404)
		wantNames(t, s.sol)
		s.sol.Post(at(id)+"/restore", nil).Want(403)
		s.sam.Post(at(id)+"/restore", nil).Want(200).Is("name", "a").Is("version", 3)
		wantNames(t, s.sol, "a")

		s.sam.Delete(at(id)).Want(204)
		s.Clock.Advance(25 * time.Hour)
		if err := s.App.View.Prune(context.Background(), job.Job{}); err != nil {
			t.Fatal(err)
		}
		s.sam.SignIn("sam", house.Password)
		s.sam.Post(at(id)+"/restore", nil).Want(404)
	})
}

func TestWhoIsAnonymisedLeavesWhatWasShared(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		s.sam.Post("/api/views", obj{"name": "personal"}).Want(201)
		s.sam.Post("/api/views", obj{"name": "shared", "shared_with": "it_staff"}).Want(201)
		if err := s.App.User.Delete(context.Background(), authz.System("test"), s.sam.ID, etag.Condition{}); err != nil {
			t.Fatal(err)
		}
		wantNames(t, s.sol, "shared")
		var left []string
		if err := s.DB.Read(context.Background()).Table("views").Pluck("name", &left).Error; err != nil || !slices.Equal(left, []string{"shared"}) {
			t.Errorf("left: %q %v", left, err)
		}
	})
}

// TestRailsHearOfSharedViews follows the streams of three people.
func TestRailsHearOfSharedViews(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		sol, emma := s.sol.Stream(""), s.emma.Stream("")
		personal := s.sam.Post("/api/views", obj{"name": "personal"}).Want(201).Int("id")
		shared := s.sam.Post("/api/views", obj{"name": "shared", "shared_with": "it_staff"}).Want(201).Int("id")
		s.sam.Patch(at(shared), obj{"shared_with": nil}).Want(200)
		last := s.ada.Post("/api/views", obj{"name": "all", "shared_with": "employee"}).Want(201).Int("id")
		s.ada.Patch(at(last), obj{"shared_with": "it_staff"}).Want(200)
		s.App.Realtime.Poll(context.Background())
		heard := func(from <-chan house.Event, until int) []string {
			var out []string
			for e := range from {
				if e.Name == "view" {
					if out = append(out, e.Data); len(out) == until {
						return out
					}
				}
			}
			return out
		}
		data := func(id int64) string { return fmt.Sprintf(`{"id":%d}`, id) }
		if got := heard(sol, 3); !slices.Equal(got, []string{data(shared), data(shared), data(last)}) {
			t.Errorf("sol hears %q, not of %d", got, personal)
		}
		if got := heard(emma, 2); !slices.Equal(got, []string{data(last), data(last)}) {
			t.Errorf("emma hears %q", got)
		}
	})
}

// TestViewsAreSortedByWhatTheirOwnerSees keeps orders by category, finer status and
// fields, and no others.
func TestViewsAreSortedByWhatTheirOwnerSees(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada, emma := h.Person("ada", authz.Admin), h.Person("emma", authz.Employee)
		ada.Post("/api/fields", obj{"name": "Cost of a rather long matter", "slug": "cost_of_a_rather_long_matter_12345678", "kind": "number"}).Want(201)
		const slug = "-cf.cost_of_a_rather_long_matter_12345678"
		id := ada.Post("/api/views", obj{"name": "By cost", "q": "", "sort": slug}).Want(201).Is("sort", slug).Int("id")
		ada.Get(fmt.Sprintf("/api/views/%d", id)).Want(200).Is("sort", slug)
		ada.Get("/api/tickets?sort=" + slug).Want(200)
		ada.Get("/api/tickets?sort=-substatus").Want(200)
		ada.Get("/api/tickets/export?format=csv&sort=" + slug).Want(200)
		for _, bad := range []string{"", "cf.gone", "title", "--category", "cf."} {
			ada.Post("/api/views", obj{"name": "x", "sort": bad}).WantFields("sort")
		}
		// Employees do not know the field.
		emma.Post("/api/views", obj{"name": "x", "sort": slug}).WantFields("sort")
		emma.Get("/api/tickets?sort=" + slug).WantFields("sort")
		emma.Post("/api/views", obj{"name": "x", "sort": "category"}).Want(201)
	})
}
