package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/importer"
	source "github.com/fixdesk/fixdesk/api/importer/csv"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/sheet"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/ticket"
)

type obj = map[string]any

func table(t testing.TB, raw []byte) [][]string {
	t.Helper()
	text, ok := strings.CutPrefix(string(raw), sheet.Mark)
	if !ok {
		t.Errorf("no byte order mark: %.20q", raw)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func column(rows [][]string, i int) []string {
	var out []string
	for _, r := range rows[1:] {
		out = append(out, r[i])
	}
	return out
}

func TestExport(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, emil := h.Person("emma", authz.Employee), h.Person("emil", authz.Employee)
		sam, ada := h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		open := func(c *house.Client, title, priority string) int64 {
			return c.Post("/api/tickets", obj{"title": title, "description": "it, \"so\"\nto say", "priority": priority}).Want(201).Int("id")
		}
		a, b, d := open(emma, "=cmd|'/C calc'!A0", "low"), open(emma, "Ünïcode 日本", "urgent"), open(emil, "@other", "high")
		ada.Post(fmt.Sprintf("/api/tickets/%d/assign", d), obj{"user_id": ada.ID}).Want(200)
		sam.Post(fmt.Sprintf("/api/tickets/%d/notes", a), obj{"content": "secretword"}).Want(201)
		h.Clock.Advance(9 * time.Minute)
		sam.Post(fmt.Sprintf("/api/tickets/%d/add_comment", b), obj{"content": "On it."}).Want(201)

		for _, c := range []struct {
			who  *house.Client
			want []int64
		}{{emma, []int64{b, a}}, {emil, []int64{d}}, {sam, []int64{b, a}}, {ada, []int64{d, b, a}}} {
			res := c.who.Get("/api/tickets/export?columns=id,title").Want(200)
			rows := table(t, res.Raw)
			if got := column(rows, 0); fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%s exports %v, want %v", c.who.Name, got, c.want)
			}
			if got := res.Header.Get("X-Total-Count"); got != fmt.Sprint(len(c.want)) {
				t.Errorf("%s: a total of %s", c.who.Name, got)
			}
			// Whatever the columns: no notes.
			var every []string
			listed, _ := c.who.Get("/api/tickets/export_columns").Want(200).Field("columns").([]any)
			for _, one := range listed {
				m, _ := one.(obj)
				every = append(every, fmt.Sprint(m["name"]))
			}
			all := c.who.Get("/api/tickets/export?columns=" + strings.Join(every, ",")).Want(200)
			if bytes.Contains(all.Raw, []byte("secretword")) || strings.Contains(strings.Join(every, ","), "note") {
				t.Errorf("%s exports a note", c.who.Name)
			}
			if slices.Contains(every, "resolution_time") != (c.who == sam || c.who == ada) {
				t.Errorf("%s may export %v", c.who.Name, every)
			}
		}
		res := ada.Get("/api/tickets/export").Want(200)
		rows := table(t, res.Raw)
		if rows[0][0] != "id" || rows[3][1] != "'=cmd|'/C calc'!A0" || rows[1][1] != "'@other" || rows[3][2] != "it, \"so\"\nto say" {
			t.Errorf("rows %q", rows)
		}
		if got := res.Header.Get("Content-Disposition"); got != `attachment; filename="tickets-2026-03-02-0909.csv"` {
			t.Errorf("disposition %s", got)
		}
		if got := column(table(t, ada.Get("/api/tickets/export?sort=-priority&columns=priority,first_response_time").Want(200).Raw), 0); !slices.Equal(got, []string{"urgent", "high", "low"}) {
			t.Errorf("sorted %v", got)
		}
		if got := column(table(t, ada.Get("/api/tickets/export?columns=first_response_time&q="+url.QueryEscape("priority:urgent")).Want(200).Raw), 0); !slices.Equal(got, []string{"540"}) {
			t.Errorf("first response %v", got)
		}
		if got := column(table(t, ada.Get("/api/tickets/export?columns=id&search=%C3%BCn%C3%AFc").Want(200).Raw), 0); !slices.Equal(got, []string{fmt.Sprint(b)}) {
			t.Errorf("found %v", got)
		}

		book, err := excelize.OpenReader(bytes.NewReader(ada.Get("/api/tickets/export?format=xlsx&tz=Asia/Tokyo").Want(200).Raw))
		if err != nil {
			t.Fatal(err)
		}
		cells, err := book.GetRows("Tickets")
		if err != nil || len(cells) != 4 || cells[3][1] != "=cmd|'/C calc'!A0" || cells[3][9] != "2026-03-02 18:00:00" {
			t.Errorf("cells %q %v", cells, err)
		}
		if f, _ := book.GetCellFormula("Tickets", "B4"); f != "" {
			t.Errorf("a formula %q", f)
		}

		emma.Get("/api/tickets/export?columns=id,resolution_time").WantFields("columns")
		ada.Get("/api/tickets/export?columns=notes").WantFields("columns")
		ada.Get("/api/tickets/export?format=pdf").WantFields("format")
		ada.Get("/api/tickets/export?page=2").WantFields("page")
		ada.Get("/api/tickets/export?q=" + url.QueryEscape("nonsense:1")).WantFields("q")
		h.Nobody().Get("/api/tickets/export").Want(401)
	})
}

// TestExportComesBack imports an export.
func TestExportComesBack(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff)
		titles := []string{"=1+1", "'=1", "''x", "-", "plain", "a,b\"c", "ends with space ", "\ttab"}
		for i, title := range titles {
			id := emma.Post("/api/tickets", obj{"title": title, "description": title + "\nmore"}).Want(201).Int("id")
			h.Clock.Advance(time.Minute)
			if i%2 == 0 {
				sam.Post(fmt.Sprintf("/api/tickets/%d/assign", id), obj{"user_id": sam.ID}).Want(200)
				h.Clock.Advance(time.Minute)
				sam.Post(fmt.Sprintf("/api/tickets/%d/update_status", id), obj{"status": "resolved"}).Want(200)
			}
		}
		raw := sam.Get("/api/tickets/export?q=" + url.QueryEscape("status:unfinished,done")).Want(200).Raw
		file := filepath.Join(t.TempDir(), "tickets.csv")
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		report := importer.NewReport(nil)
		err := source.Import(context.Background(), importer.Desk{DB: h.DB, Bus: h.Bus, Clock: h.Clock, Users: h.App.User, Tickets: h.App.Ticket},
			func() (io.ReadCloser, error) { return os.Open(file) },
			source.Options{
				Map:    []string{"key=id,title=title,description=description,status=status,priority=priority,requester=requester,assignee=assignee,created_at=created_at,updated_at=updated_at,resolved_at=resolved_at,closed_at=closed_at"},
				Source: "export",
			}, report)
		if err != nil {
			t.Fatal(err)
		}
		again := sam.Get("/api/tickets/export").Want(200).Raw
		rows := table(t, again)
		var before, after []string
		for _, r := range rows[1:] {
			line := strings.Join(slices.Concat(r[1:8], r[9:10]), "|") + strings.Join(r[12:], "|")
			if len(after) < len(titles) {
				after = append(after, line)
			} else {
				before = append(before, line)
			}
		}
		slices.Sort(before)
		slices.Sort(after)
		if !slices.Equal(before, after) || len(before) != len(titles) {
			t.Errorf("became\n%q, was\n%q", after, before)
		}
	})
}

// TestLargeExport exports 20,000 tickets in little memory, each exactly once,
// and stops when the client goes away.
func TestLargeExport(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		h := house.New(t, w, nil)
		emma, ada := h.Person("emma", authz.Employee), h.Person("ada", authz.Admin)
		const total = 20_000
		var oldest int64
		text := strings.Repeat("It does not work. ", 160)
		for from := 0; from < total; from += 1000 {
			records := make([]*ticket.Record, 1000)
			for i := range records {
				records[i] = &ticket.Record{Ticket: ticket.Ticket{
					Title: fmt.Sprintf("ticket %d", from+i), Description: text, Status: ticket.Open, Priority: ticket.Priority(1 + i%4),
					CreatedByID: emma.ID, CreatedAt: w.Clock.Now(), UpdatedAt: w.Clock.Now(),
				}}
			}
			err := h.Bus.Do(context.Background(), authz.System("test"), func(tx *event.Tx) error {
				return h.App.Ticket.Import(tx, authz.System("test"), records)
			})
			if err != nil {
				t.Fatal(err)
			}
			if from == 0 {
				oldest = records[0].Ticket.ID
			}
		}
		get := func(ctx context.Context, query string) *http.Response {
			t.Helper()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL+"/api/tickets/export?"+query, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+ada.Token)
			res, err := http.DefaultClient.Do(req)
			if err != nil || res.StatusCode != http.StatusOK {
				t.Fatal(res, err)
			}
			return res
		}
		for _, sort := range []string{"-created_at", "-priority"} {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			base, peak := m.HeapAlloc, uint64(0)
			res := get(context.Background(), "columns=id,title,description&sort="+sort)
			seen := map[string]int{}
			first := make([]byte, len(sheet.Mark))
			if _, err := io.ReadFull(res.Body, first); err != nil {
				t.Fatal(err)
			}
			r := csv.NewReader(res.Body)
			r.ReuseRecord = true
			for n := 0; ; n++ {
				row, err := r.Read()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					continue
				}
				seen[strings.Clone(row[0])]++
				if n%2000 == 0 {
					runtime.GC()
					runtime.ReadMemStats(&m)
					peak = max(peak, m.HeapAlloc)
				}
				if n == 5000 {
					// What changes meanwhile comes neither twice nor never.
					for _, id := range []int64{oldest, oldest + total - 10} {
						ada.Patch(fmt.Sprintf("/api/tickets/%d", id), obj{"priority": "urgent"}).Want(200)
					}
				}
			}
			_ = res.Body.Close()
			if len(seen) != total {
				t.Errorf("%s: %d tickets", sort, len(seen))
			}
			for id, n := range seen {
				if n != 1 {
					t.Errorf("%s: ticket %s comes %d times", sort, id, n)
				}
			}
			// The table is 58 MB.
			if peak > base+24<<20 {
				t.Errorf("%s: the heap grew from %d to %d bytes", sort, base, peak)
			}
		}

		// Whoever goes away frees the place.
		for range 6 {
			gone, cancel := context.WithCancel(context.Background())
			res := get(gone, "")
			if _, err := io.CopyN(io.Discard, res.Body, 1000); err != nil {
				t.Fatal(err)
			}
			cancel()
			_ = res.Body.Close()
			for range 200 {
				if ada.Get("/api/tickets/export?ids=1").Status == http.StatusOK {
					break
				}
				runtime.Gosched()
			}
		}
		ada.Get("/api/tickets/export?ids=1").Want(200)
	})
}
