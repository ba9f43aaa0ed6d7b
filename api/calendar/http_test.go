package calendar_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func office() obj {
	day := []obj{{"from": "09:00", "to": "12:00"}, {"from": "13:00", "to": "17:00"}}
	return obj{"name": "Office", "zone": "Europe/Berlin", "hours": obj{
		"monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day,
	}}
}

func TestCalendarThroughTheAPI(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		sam.Post("/api/calendars", office()).WantCode(403, "calendar.manage_denied")
		made := ada.Post("/api/calendars", office()).Want(201).Is("zone", "Europe/Berlin").Is("version", 1)
		one := fmt.Sprintf("/api/calendars/%d", made.Int("id"))
		emma.Get("/api/calendars").WantCode(403, "calendar.read_denied")
		emma.Get(one).Want(403)
		sam.Get("/api/calendars").Want(200).Is("count", 1)
		sam.Get(one).Want(200).Is("can.update", false)
		sam.Patch(one, obj{"name": "Mine"}).Want(403)
		sam.Delete(one).Want(403)

		// What was fetched can be sent back, and then nothing changes.
		ada.Patch(one, made.JSON).Want(200).Is("version", 1)
		ada.Patch(one, obj{"holidays": []obj{{"first": "2026-12-24", "last": "2026-12-26", "name": "Christmas"}, {"first": "2026-12-31", "name": "New Year's Eve", "hours": []obj{{"from": "09:00", "to": "12:00"}}}}}).
			Want(200).Is("version", 2)
		ada.Post("/api/calendars", office()).WantFields("name")
		got := sam.Get(one + "/intervals?from=2026-12-23T00:00:00%2B01:00&to=2027-01-01T00:00:00%2B01:00").Want(200)
		if got.Int("seconds") != (7+3*7+3)*3600 { // the 23rd, the 28th to the 30th, and a morning
			t.Errorf("seconds: %s", got.Raw)
		}
		if !strings.Contains(string(got.Raw), `"holiday":"Christmas"`) {
			t.Errorf("no holiday: %s", got.Raw)
		}
		sam.Get(one+"/intervals?from=x&to=").WantFields("from", "to")
		sam.Get(one + "/intervals?from=2026-01-01T00:00:00Z&to=2028-01-01T00:00:00Z").WantFields("to")
		ada.Do(http.MethodDelete, one, nil, map[string]string{"If-Match": `"1-x"`}).Want(412)
		ada.Delete(one).Want(204)
		ada.Get(one).WantCode(404, "calendar.not_found")
	})
}

func TestHostileCalendars(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		one := fmt.Sprintf("/api/calendars/%d", ada.Post("/api/calendars", office()).Want(201).Int("id"))
		span := func(from, to string) obj { return obj{"monday": []obj{{"from": from, "to": to}}} }
		for _, bad := range []any{
			obj{}, obj{"monday": []obj{}}, "always", []int{1}, nil, 5, obj{"funday": []obj{}}, obj{"monday": "09:00-17:00"},
		} {
			ada.Patch(one, obj{"hours": bad}).WantFields("hours")
		}
		for _, bad := range []any{
			span("9:00", "17:00"), span("17:00", "09:00"), span("09:00", "09:00"), span("00:00", "24:01"), span("24:00", "24:00"),
			obj{"monday": []obj{{"from": "09:00", "to": "12:00"}, {"from": "11:00", "to": "13:00"}}}, obj{"monday": []obj{{}}},
		} {
			ada.Patch(one, obj{"hours": bad}).WantFields("hours.monday")
		}
		ada.Patch(one, obj{"name": "", "zone": "Mars", "hours": span("9", "10"), "holidays": 5}).WantFields("name", "zone", "hours.monday", "holidays")
		day := func(first, last, name string) []obj { return []obj{{"first": first, "last": last, "name": name}} }
		for _, bad := range []any{
			nil, "never", obj{}, []int{1}, day("2026-02-29", "", "x"), day("tomorrow", "", "x"), day("2026-01-02", "2026-01-01", "x"), day("2026-01-01", "2027-06-01", "x"),
			day("2026-01-01", "", " "), day("0001-01-01", "", "x"), day("9999-01-01", "", "x"), day("2026-01-01", "", strings.Repeat("x", 101)), []obj{{"name": "x"}},
		} {
			ada.Patch(one, obj{"holidays": bad}).WantFields("holidays")
		}
		for _, zone := range []any{"", "Local", "Mars/Olympus", "../../etc/passwd", 5, nil} {
			ada.Patch(one, obj{"zone": zone}).WantFields("zone")
		}
		ada.Post("/api/calendars", obj{"name": " ", "zone": "UTC"}).WantFields("name", "hours")
		ada.Patch(one, obj{"hours": obj{}, "holidays": day("2026-01-03", "", "x")}).WantFields("hours")
		ada.Get(one).Want(200).Is("version", 1)
		ada.Get("/api/calendars/0").Want(404)
		ada.Get("/api/calendars/x").Want(404)
	})
}

func ics(events ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\n" +
		strings.Join(events, "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

func TestImportHolidays(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		sam, ada := h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		one := fmt.Sprintf("/api/calendars/%d", ada.Post("/api/calendars", office()).Want(201).Int("id"))
		file := ics(
			"UID:1\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas\\, all of it",
			"UID:2\r\nDTSTART;VALUE=DATE:20000101\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20280101\r\nSUMMARY:New Year",
			"UID:3\r\nDTSTART:20260701T140000Z\r\nDTEND:20260701T180000Z\r\nSUMMARY:Summer party",
			"UID:4\r\nDTSTART:20260501T000000\r\nDTEND:20260502T000000\r\nSUMMARY:Labour Day",
			"UID:5\r\nDTSTART;VALUE=DATE:20260601\r\nSTATUS:CANCELLED\r\nSUMMARY:Off",
		)
		sam.Post(one+"/import_holidays", obj{"ics": file}).Want(403)
		dry := ada.Post(one+"/import_holidays", obj{"ics": file, "dry_run": true}).Want(200)
		if n := len(dry.JSON["added"].([]any)); n != 1+6+1 {
			t.Errorf("%d days: %s", n, dry.Raw)
		}
		ada.Get(one).Want(200).Is("version", 1)
		got := ada.Post(one+"/import_holidays", obj{"ics": file}).Want(200).Is("calendar.version", 2).Is("known", 0)
		for _, want := range []string{`"Christmas, all of it"`, `"first":"2026-12-24","last":"2026-12-26"`, `"first":"2031-01-01"`, `"skipped":["Summer party"]`, `"Labour Day"`} {
			if !strings.Contains(string(got.Raw), want) {
				t.Errorf("no %s in %s", want, got.Raw)
			}
		}
		if strings.Contains(string(got.Raw), "2028-01-01") {
			t.Error("a day that the file excepts was added")
		}
		ada.Post(one+"/import_holidays", obj{"ics": file}).Want(200).Is("known", 8).Is("calendar.version", 2)

		// A broken file changes nothing.
		good := "UID:9\r\nDTSTART;VALUE=DATE:20270301\r\nSUMMARY:Good"
		for name, bad := range map[string]string{
			"no calendar": "hello", "html": "<html></html>", "cut off": file[:len(file)-40], "no events": "BEGIN:VCALENDAR\r\nEND:VCALENDAR",
			"no date":   ics(good, "UID:1\r\nSUMMARY:x"),
			"bad date":  ics(good, "UID:1\r\nDTSTART;VALUE=DATE:20260230\r\nSUMMARY:x"),
			"backwards": ics(good, "UID:1\r\nDTSTART;VALUE=DATE:20260302\r\nDTEND;VALUE=DATE:20260301\r\nSUMMARY:x"),
			"for ever":  ics(good, "UID:1\r\nDTSTART;VALUE=DATE:20260302\r\nDTEND;VALUE=DATE:20990301\r\nSUMMARY:x"),
			"rule":      ics(good, "UID:1\r\nDTSTART;VALUE=DATE:20260302\r\nRRULE:FREQ=SOMETIMES\r\nSUMMARY:x"),
			"secondly":  ics(good, "UID:1\r\nDTSTART;VALUE=DATE:20260302\r\nRRULE:FREQ=SECONDLY\r\nSUMMARY:x"),
			"daily":     ics(good, "UID:1\r\nDTSTART;VALUE=DATE:19000101\r\nRRULE:FREQ=DAILY\r\nSUMMARY:x"),
			"malformed": "BEGIN:VCALENDAR\r\n;;;:::\r\nBEGIN:VEVENT\r\nEND:VTODO\r\nEND:VCALENDAR",
			"too many":  ics(strings.Split(strings.Repeat(good+"|", 3001), "|")...),
		} {
			a := ada.Post(one+"/import_holidays", obj{"ics": bad})
			if a.Status != 400 || !strings.Contains(string(a.Raw), "Nothing was imported") {
				t.Errorf("%s: %d %s", name, a.Status, a.Raw)
			}
		}
		ada.Post(one+"/import_holidays", obj{}).WantFields("ics")
		ada.Post(one+"/import_holidays", obj{"ics": ics("UID:1\r\nDTSTART;VALUE=DATE:20260301\r\nSUMMARY:" + strings.Repeat("😀", 300) + "\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")}).Want(200)
		ada.Get(one).Want(200).Is("version", 2)
	})
}

// TestImportHolidaysAsTheyAreMeant has what files hold beyond a day and a rule.
func TestImportHolidaysAsTheyAreMeant(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		one := fmt.Sprintf("/api/calendars/%d/import_holidays", ada.Post("/api/calendars", office()).Want(201).Int("id"))
		for name, c := range map[string]struct{ file, want string }{
			"a duration":         {ics("UID:1\r\nDTSTART;VALUE=DATE:20261224\r\nDURATION:P3D\r\nSUMMARY:x"), "2026-12-24/2026-12-26"},
			"weeks":              {ics("UID:1\r\nDTSTART;VALUE=DATE:20261201\r\nDURATION:P2W\r\nSUMMARY:x"), "2026-12-01/2026-12-14"},
			"hours":              {ics("UID:1\r\nDTSTART;VALUE=DATE:20261201\r\nDURATION:PT4H\r\nSUMMARY:x"), ""},
			"further dates":      {ics("UID:1\r\nDTSTART;VALUE=DATE:20261224\r\nRDATE;VALUE=DATE:20270102,20270101\r\nEXDATE;VALUE=DATE:20270102\r\nSUMMARY:x"), "2026-12-24/2026-12-24 2027-01-01/2027-01-01"},
			"a moved day":        {ics("UID:1\r\nDTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY;COUNT=2\r\nSUMMARY:x", "UID:1\r\nRECURRENCE-ID;VALUE=DATE:20271225\r\nDTSTART;VALUE=DATE:20271227\r\nSUMMARY:x"), "2026-12-25/2026-12-25 2027-12-27/2027-12-27"},
			"moved to its place": {ics("UID:1\r\nDTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY;COUNT=1\r\nSUMMARY:x", "UID:1\r\nRECURRENCE-ID;VALUE=DATE:20261225\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:x"), "2026-12-25/2026-12-25"},
			"a cancelled one":    {ics("UID:1\r\nDTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY;COUNT=2\r\nSUMMARY:x", "UID:1\r\nSTATUS:CANCELLED\r\nRECURRENCE-ID;VALUE=DATE:20261225\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:x"), "2027-12-25/2027-12-25"},
		} {
			a := ada.Post(one, obj{"ics": c.file, "dry_run": true}).Want(200)
			var got []string
			for _, day := range a.JSON["added"].([]any) {
				d := day.(map[string]any)
				got = append(got, fmt.Sprintf("%s/%s", d["first"], d["last"]))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%s: %v, not %s", name, got, c.want)
			}
		}
		if a := ada.Post(one, obj{"ics": ics("UID:1\r\nDTSTART;VALUE=DATE:20261224\r\nSUMMARY:New\\n Year"), "dry_run": true}).Want(200); !strings.Contains(string(a.Raw), `"New Year"`) {
			t.Errorf("a name has lines: %s", a.Raw)
		}
		never := "UID:1\r\nDTSTART;VALUE=DATE:20260301\r\nSUMMARY:x\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
		for name, bad := range map[string]string{
			"two rules":    ics("UID:1\r\nDTSTART;VALUE=DATE:20261224\r\nRRULE:FREQ=YEARLY\r\nRRULE:FREQ=DAILY\r\nSUMMARY:x"),
			"bad date":     ics("UID:1\r\nDTSTART;VALUE=DATE:20261224\r\nRDATE:x\r\nSUMMARY:x"),
			"all moved":    ics("UID:1\r\nDTSTART;VALUE=DATE:20261224\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261225\r\nSUMMARY:x"),
			"out of reach": ics("UID:1\r\nDTSTART;VALUE=DATE:20261224\r\nRDATE;VALUE=DATE:99991231\r\nSUMMARY:x"),
			"never":        ics(slices.Repeat([]string{never}, 1000)...),
			"nested":       "BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\n", 1000) + "END:VCALENDAR",
		} {
			a := ada.Post(one, obj{"ics": bad, "dry_run": true})
			if a.Status != 400 || !strings.Contains(string(a.Raw), "Nothing was imported") || len(a.Raw) > 1000 {
				t.Errorf("%s: %d %.1000s", name, a.Status, a.Raw)
			}
		}
	})
}

// TestWhatIsWrongIsSaidInGerman has the mistakes that people make on the screen.
func TestWhatIsWrongIsSaidInGerman(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		one := fmt.Sprintf("/api/calendars/%d", ada.Post("/api/calendars", office()).Want(201).Int("id"))
		german := map[string]string{"Accept-Language": "de"}
		span := func(from, to string) obj {
			return obj{"hours": obj{"monday": []obj{{"from": "08:00", "to": "12:00"}, {"from": from, "to": to}}}}
		}
		day := func(first, last, name string) obj {
			return obj{"holidays": []obj{{"first": first, "last": last, "name": name}}}
		}
		for want, body := range map[string]obj{
			"11:00 bis 13:00: beginnt, bevor die Zeit darüber endet.":                  span("11:00", "13:00"),
			"17:00 bis 13:00: muss nach dem Beginn enden":                              span("17:00", "13:00"),
			`\"9\" bis \"13:00\": Zeiten schreibt man 09:00`:                           span("9", "13:00"),
			"Nummer 1: 2026-12-31 bis 2026-12-30: endet vor dem Beginn.":               day("2026-12-31", "2026-12-30", "x"),
			"Nummer 1: 2026-12-31 bis 2029-12-30: darf höchstens 366 Tage dauern.":     day("2026-12-31", "2029-12-30", "x"),
			"Nummer 1: hat keinen Namen.":                                              day("2026-12-31", "", " "),
			"Nummer 1: 1900-12-31 bis 1900-12-31: Tage liegen zwischen 1970-01-01 und": day("1900-12-31", "", "x"),
			"Muss eine Zeitzone der IANA-Datenbank sein, zum Beispiel Europe/Berlin.":  {"zone": "Mars/Olympus"},
		} {
			ada.Do(http.MethodPatch, one, body, german).Want(400).Has(want)
		}
		for want, file := range map[string]string{
			"Sie beginnt nicht mit BEGIN:VCALENDAR":                                           "hello",
			"Sie hat keine Ereignisse. Nichts wurde importiert.":                              "BEGIN:VCALENDAR\r\nEND:VCALENDAR",
			`Ereignis 1 (Frei): \"20260230\" ist kein Datum. Nichts`:                          ics("UID:1\r\nDTSTART;VALUE=DATE:20260230\r\nSUMMARY:Frei"),
			"Ereignis 1 (Frei): endet vor dem Beginn. Nichts":                                 ics("UID:1\r\nDTSTART;VALUE=DATE:20260302\r\nDTEND;VALUE=DATE:20260228\r\nSUMMARY:Frei"),
			"Ereignis 1 (Frei): seine RRULE ist nicht zu verstehen":                           ics("UID:1\r\nDTSTART;VALUE=DATE:20260302\r\nRRULE:FREQ=SOMETIMES\r\nSUMMARY:Frei"),
			"Ereignis 1 (Frei): 2026-03-02 bis 2099-02-28: darf höchstens 366 Tage dauern. N": ics("UID:1\r\nDTSTART;VALUE=DATE:20260302\r\nDTEND;VALUE=DATE:20990301\r\nSUMMARY:Frei"),
		} {
			ada.Do(http.MethodPost, one+"/import_holidays", obj{"ics": file}, german).Want(400).Has(want)
		}
	})
}
