package preference_test

import (
	"context"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func TestPreferencesAreOnesOwn(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, ada := h.Person("emma", authz.Employee), h.Person("ada", authz.Admin)
		const url = "/api/preferences/list.columns"
		emma.Get(url).WantCode(404, "preference.not_found")
		first := emma.Put(url, obj{"value": obj{"shown": []string{"status"}}}).Want(200).Is("version", 1)
		emma.Put(url, obj{"value": obj{"shown": []string{"status", "updated"}}}).Want(200).Is("version", 2)
		emma.Do("PUT", url, obj{"value": obj{}}, map[string]string{"If-Match": first.Header.Get("ETag")}).Want(412)
		if got := string(emma.Get(url).Want(200).Raw); !strings.Contains(got, `{"shown":["status","updated"]}`) {
			t.Error(got)
		}
		ada.Get(url).Want(404)
		if n := len(ada.Get("/api/preferences").Want(200).Results()); n != 0 {
			t.Errorf("%d preferences of somebody else", n)
		}
		for _, bad := range []any{nil, "x", 1, []int{1}, obj{"x": strings.Repeat("a", 17<<10)}} {
			emma.Put(url, obj{"value": bad}).WantFields("value")
		}
		emma.Put(url, obj{}).WantFields("value")
		for _, name := range []string{"A", "a..b", ".", "a%20b", "%00", strings.Repeat("a", 65)} {
			emma.Put("/api/preferences/"+name, obj{"value": obj{}}).Want(404)
		}
		emma.Delete(url).Want(204)
		emma.Delete(url).Want(204)
		emma.Get(url).Want(404)

		emma.Put(url, obj{"value": obj{}}).Want(200)
		if err := h.App.User.Delete(context.Background(), authz.System("test"), emma.ID, etag.Condition{}); err != nil {
			t.Fatal(err)
		}
		var left int64
		if err := h.DB.Read(context.Background()).Table("preferences").Count(&left).Error; err != nil || left != 0 {
			t.Errorf("%d preferences are left: %v", left, err)
		}
	})
}

func TestPreferencesEnd(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma := h.Person("emma", authz.Employee)
		for i := range 100 {
			emma.Put("/api/preferences/n"+strings.Repeat("x", i%50)+string(rune('a'+i/50)), obj{"value": obj{}}).Want(200)
		}
		emma.Put("/api/preferences/one.more", obj{"value": obj{}}).WantCode(409, "preference.too_many")
	})
}
