package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

func TestWhatAPersonChoosesForThemselves(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma := h.Person("emma", authz.Employee)
		emma.Get("/api/auth/me").Is("language", "").Is("time_zone", "").Is("tour_done", false)
		emma.Patch("/api/auth/me", obj{"language": "de", "time_zone": "Pacific/Auckland", "tour_done": true}).Want(200).
			Is("language", "de").Is("time_zone", "Pacific/Auckland").Is("tour_done", true)
		for field, values := range map[string][]any{
			"language":  {"fr", "DE", nil, 1, "de\x00"},
			"time_zone": {"Mars/Olympus", "Local", "../../etc/passwd", "/etc/localtime", strings.Repeat("x", 65), nil},
			"tour_done": {"yes", nil, 1},
		} {
			for _, v := range values {
				emma.Patch("/api/auth/me", obj{field: v}).WantFields(field)
			}
		}
		emma.Get("/api/auth/me").Is("language", "de").Is("time_zone", "Pacific/Auckland").Is("tour_done", true)
	})
}

func TestDaysBeginInThePersonsTimeZone(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma := h.Person("emma", authz.Employee)
		now := h.Clock.Now().UTC()
		// A quarter past midnight in UTC: in Los Angeles it is the day before.
		h.Clock.Advance(time.Date(now.Year(), now.Month(), now.Day()+1, 0, 15, 0, 0, time.UTC).Sub(now) - time.Hour)
		emma.SignIn("emma", house.Password)
		emma.Post("/api/tickets", obj{"title": "Late", "description": "x"}).Want(201)
		h.Clock.Advance(time.Hour)
		emma.SignIn("emma", house.Password)
		emma.Get("/api/tickets?q=created:today").Want(200).Is("count", 0)
		emma.Patch("/api/auth/me", obj{"time_zone": "America/Los_Angeles"}).Want(200)
		emma.Get("/api/tickets?q=created:today").Want(200).Is("count", 1)
		emma.Get("/api/tickets/count?q=created:today").Want(200).Is("count", 1)
		// What the request says goes before the profile.
		emma.Get("/api/tickets?q=created:today&tz=UTC").Want(200).Is("count", 0)
	})
}

func TestProblemsSpeakTheLanguageOfTheRequest(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma := h.Person("emma", authz.Employee)
		german := map[string]string{"Accept-Language": "de-AT, en;q=0.5"}
		a := emma.Do("POST", "/api/tickets", obj{"title": " "}, german).WantFields("title", "description").Is("code", "request.invalid").
			Is("detail", "Ein oder mehrere Felder sind falsch.").Is("errors.title", "[Darf nicht leer sein.]").Is("errors.description", "[Dieses Feld ist nötig.]")
		if a.Header.Get("Content-Language") != "de" {
			t.Errorf("Content-Language %q", a.Header.Get("Content-Language"))
		}
		emma.Do("GET", "/api/tickets/4711", nil, german).WantCode(404, "ticket.not_found").Is("detail", "Das gibt es nicht, oder Sie dürfen es nicht sehen.")
		emma.Do("GET", "/api/tickets?q=status:x", nil, german).WantFields("q")
		emma.Post("/api/tickets", obj{}).WantFields("title", "description").Is("detail", "One or more fields are wrong.")
		for _, odd := range []string{"fr", ";;", strings.Repeat("de,", 2000)} {
			emma.Do("POST", "/api/tickets", obj{}, map[string]string{"Accept-Language": odd}).Want(400)
		}
	})
}

func TestMailsSpeakThePersonsLanguage(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		c := h.Nobody()
		c.Do("POST", "/api/auth/register", registration("emma"), map[string]string{"Accept-Language": "de"}).Want(201)
		h.Drain(t)
		if m := h.Mail.Last(t); m.Subject != "Bestätigen Sie Ihre E-Mail-Adresse" || !strings.Contains(m.Text, "innerhalb von\n24 Stunden") && !strings.Contains(m.Text, "innerhalb von 24 Stunden") {
			t.Errorf("the link to verify: %+v", m)
		}
		h.Person("sam", authz.ITStaff).Patch("/api/auth/me", obj{"language": "de"}).Want(200)
		c.Post("/api/auth/forgot_password", obj{"email": "sam@example.com"}).Want(200)
		h.Drain(t)
		if m := h.Mail.Last(t); m.Subject != "Wählen Sie ein neues Passwort" || !strings.Contains(m.Text, "einer Stunde") {
			t.Errorf("the link to reset: %+v", m)
		}
		ada := h.Person("ada", authz.Admin)
		ada.Do("POST", "/api/users", obj{"username": "uwe", "email": "uwe@example.com", "role": "employee"}, map[string]string{"Accept-Language": "de"}).Want(201)
		h.Drain(t)
		if m := h.Mail.Last(t); m.Subject != "Ihr Konto beim Helpdesk" || !strings.Contains(m.Text, "7 Tagen") {
			t.Errorf("the invitation: %+v", m)
		}
		ada.Post("/api/users", obj{"username": "una", "email": "una@example.com", "role": "employee"}).Want(201)
		h.Drain(t)
		if m := h.Mail.Last(t); m.Subject != "Your account at the help desk" {
			t.Errorf("the invitation: %+v", m)
		}
	})
}
