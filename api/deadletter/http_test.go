package deadletter_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/deadletter"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func TestDeadLetters(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada, sam := h.Person("ada", authz.Admin), h.Person("sam", authz.ITStaff)
		h.Mail.FailWith(errors.New("connection refused"))
		for _, name := range []string{"one", "two"} {
			h.Nobody().Post("/api/auth/forgot_password", obj{"email": name + "@example.com"}).Want(200)
		}
		h.Drain(t) // nobody has these addresses: done
		h.Nobody().Post("/api/auth/forgot_password", obj{"email": "sam@example.com"}).Want(200)
		for range job.DefaultAttempts {
			h.Drain(t)
			h.Clock.Advance(5 * time.Hour)
		}
		ada.SignIn("ada", house.Password)
		sam.SignIn("sam", house.Password)

		ada.Get("/api/jobs").Want(200).Is("count", 3)
		ada.Get("/api/jobs?state=done").Want(200).Is("count", 2)
		ada.Get("/api/jobs?state=running").Want(200).Is("count", 0)
		dead := ada.Get("/api/jobs?state=dead").Want(200).Is("count", 1).Results()[0]
		if dead["kind"] != "mail.reset_password" || dead["attempt"] != 12.0 || !strings.Contains(fmt.Sprint(dead["last_error"]), "refused") || dead["finished_at"] == nil {
			t.Errorf("the dead job: %v", dead)
		}
		if all := string(ada.Get("/api/jobs").Raw); strings.Contains(all, "payload") || strings.Contains(all, "@example.com") {
			t.Errorf("payloads are shown: %s", all)
		}
		ada.Get("/api/jobs?state=lost").WantFields("state")
		ada.Get("/api/jobs?kind=x").WantFields("kind")
		ada.Get("/api/jobs?page=2").Want(404)

		for name, c := range map[string]*house.Client{"employee": h.Person("emma", authz.Employee), "it_staff": sam} {
			t.Log(name)
			c.Get("/api/jobs").WantCode(403, "job.manage_denied")
			c.Post(fmt.Sprintf("/api/jobs/%v/replay", dead["id"]), nil).Want(403)
			c.Post("/api/jobs/999/replay", nil).Want(403)
		}
		h.Nobody().Get("/api/jobs").Want(401)
		h.Nobody().Post(fmt.Sprintf("/api/jobs/%v/replay", dead["id"]), nil).Want(401)

		h.Mail.FailWith(nil)
		replay := fmt.Sprintf("/api/jobs/%v/replay", dead["id"])
		ada.Post(replay, nil).Want(200).Is("state", "ready").Is("attempt", 0).Is("finished_at", nil)
		ada.Post(replay, nil).WantCode(409, "job.not_dead")
		h.Drain(t)
		if m := h.Mail.Last(t); m.To != "sam@example.com" {
			t.Errorf("mail %+v", m)
		}
		ada.Get("/api/jobs?state=dead").Want(200).Is("count", 0)
		ada.Post(replay, nil).WantCode(409, "job.not_dead")
		for _, id := range []string{"0", "x", "999", "-1"} {
			ada.Post("/api/jobs/"+id+"/replay", nil).WantCode(404, "job.not_found")
		}
		events, err := h.App.Bus.Of(context.Background(), "job", int64(dead["id"].(float64)), nil, 0, false, 10)
		if err != nil || len(events) != 1 || events[0].Type != deadletter.Replayed || events[0].ActorName != "ada" || strings.Contains(events[0].Data, "@") {
			t.Errorf("%v: events %+v", err, events)
		}
	})
}

// TestAJobIsGivenUp deletes one that failed for good, once and none other.
func TestAJobIsGivenUp(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada, sam := h.Person("ada", authz.Admin), h.Person("sam", authz.ITStaff)
		w := h.DB.Writer(t.Context())
		for range 2 {
			if err := job.Enqueue(w, h.Clock.Now().Add(time.Hour), job.New{Kind: "webhook.deliver", Payload: obj{}}); err != nil {
				t.Fatal(err)
			}
		}
		all := ada.Get("/api/jobs?state=ready").Want(200).Is("count", 2).Results()
		dead, waits := fmt.Sprintf("/api/jobs/%v", all[0]["id"]), fmt.Sprintf("/api/jobs/%v", all[1]["id"])
		if err := w.Exec("UPDATE jobs SET state = ? WHERE id = ?", job.Dead, all[0]["id"]).Error; err != nil {
			t.Fatal(err)
		}
		sam.Delete(dead).WantCode(403, "job.manage_denied")
		h.Nobody().Delete(dead).Want(401)
		ada.Delete(waits).WantCode(409, "job.not_dead")
		ada.Delete(dead).Want(204)
		for _, gone := range []string{dead, "/api/jobs/0", "/api/jobs/x", "/api/jobs/-1"} {
			ada.Delete(gone).WantCode(404, "job.not_found")
		}
		ada.Get("/api/jobs?state=dead").Want(200).Is("count", 0)
		ada.Get("/api/jobs?state=ready").Want(200).Is("count", 1)
		events, err := h.App.Bus.Of(t.Context(), "job", int64(all[0]["id"].(float64)), nil, 0, false, 10)
		if err != nil || len(events) != 1 || events[0].Type != deadletter.Discarded || events[0].ActorName != "ada" {
			t.Errorf("%v: events %+v", err, events)
		}
	})
}

func TestVerbsCheckTheActor(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		s, ctx := deadletter.New(h.App.DB, h.App.Bus, h.App.Clock), context.Background()
		for _, by := range []authz.Actor{{}, authz.Person(1, "sam", authz.ITStaff, authz.Options{StaffSeesAll: true})} {
			if _, err := s.Replay(ctx, by, 1); !fault.Is(err, fault.Forbidden) {
				t.Errorf("Replay: %v", err)
			}
			if err := s.Discard(ctx, by, 1); !fault.Is(err, fault.Forbidden) {
				t.Errorf("Discard: %v", err)
			}
			if _, err := s.List(ctx, by, "", web.Page{Number: 1, Size: 10}); !fault.Is(err, fault.Forbidden) {
				t.Errorf("List: %v", err)
			}
		}
		if _, err := s.Replay(ctx, authz.System("cli"), 1); !fault.Is(err, fault.NotFound) {
			t.Errorf("Replay by the system: %v", err)
		}
	})
}
