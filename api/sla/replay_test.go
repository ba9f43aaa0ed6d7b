package sla_test

import (
	"context"
	stdcsv "encoding/csv"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/importer/csv"
	"github.com/fixdesk/fixdesk/api/sla"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/ticket"
)

var update = flag.Bool("update", false, "write docs/reference/sla-replay.md anew")

const document = "../../docs/reference/sla-replay.md"

// goals are what such a desk would agree on: four hours, a working day's length,
// five days. The file does not say what was agreed.
var goals = []struct {
	priority string
	hours    int64
}{{"urgent", 4}, {"high", 8}, {"medium", 120}, {"low", 120}}

type incident struct {
	priority    string
	met         bool // as the file says
	states      []string
	reopened    bool
	flippedLate bool // still met in the row that resolved it
}

func readIncidents(t *testing.T, path string) map[string]*incident {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r := stdcsv.NewReader(f)
	head, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range head {
		at[name] = i
	}
	out := map[string]*incident{}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		i := out[row[at["number"]]]
		if i == nil {
			i = &incident{}
			out[row[at["number"]]] = i
		}
		met := row[at["made_sla"]] == "TRUE"
		state := row[at["incident_state"]]
		if state == "Resolved" {
			i.flippedLate = met
		}
		i.priority, i.met = row[at["priority"]], met
		i.states = append(i.states, state)
		i.reopened = i.reopened || row[at["reopen_count"]] != "0"
	}
}

// TestReplayOfRealIncidents holds what is counted against what another desk noted
// about 890 of its incidents.
func TestReplayOfRealIncidents(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "data", "servicenow_incident_events.csv")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the real incidents are not here: %s", path)
	}
	w := testkit.SQLite(t)
	h := house.New(t, w, nil)
	ada := h.Person("ada", authz.Admin)
	for _, g := range goals {
		ada.Post("/api/sla/policies", obj{"name": g.priority, "condition": "priority:" + g.priority, "targets": obj{"resolution": g.hours * 3600}}).Want(201)
	}
	o := csv.Options{
		Map: []string{
			"key=number,title=number,description=number",
			"status=incident_state{New:open,Resolved:resolved,Closed:closed,*:in_progress}",
			"priority=priority{1 - Critical:urgent,2 - High:high,3 - Moderate:medium,4 - Low:low}",
			"requester=caller_id,assignee=assigned_to,actor=sys_updated_by",
			"created_at=opened_at,changed_at=sys_updated_at,resolved_at=resolved_at,closed_at=closed_at",
		},
		Events: true, OrderBy: []string{"sys_mod_count"}, DateFormats: []string{"DD-MM-YYYY hh:mm"}, Null: []string{"?"},
		CreateUsers: true, Source: "servicenow", Say: func(string) {},
	}
	d := importer.Desk{DB: h.DB, Bus: h.Bus, Clock: h.Clock, Users: h.App.User, Tickets: h.App.Ticket}
	if err := csv.Import(context.Background(), d, func() (io.ReadCloser, error) { return os.Open(path) }, o, importer.NewReport(nil)); err != nil {
		t.Fatal(err)
	}
	incidents := readIncidents(t, path)
	var tickets []ticket.Ticket
	var clocks []sla.Clock
	tx := h.DB.Read(context.Background())
	if err := tx.Find(&tickets).Error; err != nil {
		t.Fatal(err)
	}
	if err := tx.Where("target = ?", sla.Resolution).Find(&clocks).Error; err != nil {
		t.Fatal(err)
	}
	byTicket := map[int64]sla.Clock{}
	for _, c := range clocks {
		byTicket[c.TicketID] = c
	}
	if len(tickets) != 890 || len(byTicket) != 890 {
		t.Fatalf("%d tickets, %d with a clock", len(tickets), len(byTicket))
	}
	text, agreed := describe(t, tickets, byTicket, incidents)
	if agreed < 0.95 {
		t.Errorf("only %.1f %% agree", 100*agreed)
	}
	if *update {
		if err := os.WriteFile(document, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(document)
	if err != nil || string(kept) != text {
		t.Errorf("%s is not what the replay says (%v); write it anew with -update", document, err)
	}
}

// count is a line of the document.
type count struct{ n, metBoth, breachedBoth, onlyFile, onlyHere int }

func (c count) agree() int { return c.metBoth + c.breachedBoth }

func describe(t *testing.T, tickets []ticket.Ticket, clocks map[int64]sla.Clock, incidents map[string]*incident) (string, float64) {
	t.Helper()
	lines, why := map[string]*count{}, map[string]int{}
	var all count
	for _, tk := range tickets {
		i, c := incidents[tk.Title], clocks[tk.ID]
		if i == nil {
			t.Fatalf("no incident %q", tk.Title)
		}
		l := lines[i.priority]
		if l == nil {
			l = &count{}
			lines[i.priority] = l
		}
		here := c.State == sla.Met
		for _, x := range []*count{l, &all} {
			x.n++
			switch {
			case here && i.met:
				x.metBoth++
			case !here && !i.met:
				x.breachedBoth++
			case i.met:
				x.onlyFile++
			default:
				x.onlyHere++
			}
		}
		if here != i.met {
			why[reason(c, i)]++
		}
	}
	agreed := float64(all.agree()) / float64(all.n)
	var b strings.Builder
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format+"\n", args...) }
	say("# Replay of 890 real incidents")
	say("")
	say("Made by `go test ./api/sla -run Replay -update`; the same test fails when this page is not what it finds. The incidents are the")
	say("excerpt of the \"Incident management process enriched event log\" (UCI Machine Learning Repository, CC BY 4.0) that is")
	say("imported as [the guide to imports](../guide/import.md) says: each row is a state, so each incident comes with its history. The")
	say("file has a column `made_sla`. It does not say what had been agreed, in which hours, or what stopped the clock.")
	say("")
	say("Here the incidents are counted around the clock, without pauses, until they are resolved, under four policies:")
	say("")
	say("| priority in the file | priority here | time for the resolution |")
	say("|---|---|---|")
	names := map[string]string{"urgent": "1 - Critical", "high": "2 - High", "medium": "3 - Moderate", "low": "4 - Low"}
	for _, g := range goals {
		say("| %s | %s | %d h |", names[g.priority], g.priority, g.hours)
	}
	say("")
	say("## What agrees")
	say("")
	say("| priority | incidents | met in both | breached in both | met in the file only | met here only | agree |")
	say("|---|---|---|---|---|---|---|")
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		l := lines[name]
		say("| %s | %d | %d | %d | %d | %d | %.1f %% |", name, l.n, l.metBoth, l.breachedBoth, l.onlyFile, l.onlyHere, 100*float64(l.agree())/float64(l.n))
	}
	say("| **all** | %d | %d | %d | %d | %d | %.1f %% |", all.n, all.metBoth, all.breachedBoth, all.onlyFile, all.onlyHere, 100*agreed)
	say("")
	say("The file says that %.1f %% were met, the replay says %.1f %%.", 100*float64(all.metBoth+all.onlyFile)/float64(all.n), 100*float64(all.metBoth+all.onlyHere)/float64(all.n))
	say("")
	say("## What does not, and why")
	say("")
	say("| incidents | what is known about them |")
	say("|---|---|")
	keys := slices.SortedFunc(maps.Keys(why), func(x, y string) int { return why[y] - why[x] })
	for _, k := range keys {
		say("| %d | %s |", why[k], k)
	}
	say("")
	say("What the numbers do and do not show:")
	say("")
	say("* The file does not tell its terms. The times above are round numbers that such desks use, chosen after looking at how long the")
	say("  incidents took that it marks as met: none of the moderate ones that met took more than a few days. Other times agree less. So")
	say("  the agreement shows that histories are replayed faithfully; it does not show that these were the terms.")
	say("* Counting only office hours, or letting the clock stand still in \"Awaiting User Info\", agrees less with this file (for the")
	say("  moderate incidents 95 %% and 85 %% at best): the desk that wrote it seems to have counted every hour.")
	say("* Every incident of priority \"2 - High\" is marked as breached, also one that was resolved within the hour. No time explains")
	say("  that; something else than the time to the resolution decided.")
	say("* `made_sla` is one mark for an incident that may have had several agreements at once (an answer, a resolution, a third")
	say("  party's part). The replay has the resolution only, because the file tells of no answers.")
	return b.String(), agreed
}

// reason says what is known about an incident that was judged otherwise.
func reason(c sla.Clock, i *incident) string {
	hours := float64(c.Elapsed) / 3600
	goal := float64(c.Goal) / 3600
	switch {
	case i.priority == "2 - High":
		return "priority \"2 - High\": the file marks all of these as breached, whatever they took"
	case i.met && hours < goal*1.25:
		return "met in the file, but up to a quarter over our time: the agreed time was longer"
	case i.met && slices.ContainsFunc(i.states, func(s string) bool { return strings.HasPrefix(s, "Awaiting") }):
		return "met in the file, well over our time, and waiting for somebody in between: the file's clock may have paused"
	case i.met:
		return "met in the file although it took well over our time: not explained by the file"
	case i.reopened:
		return "breached in the file though within our time, and reopened in between: the file may count on after the first resolution"
	case i.flippedLate:
		return "breached in the file though within our time, and only marked so after it was resolved: the file counts on until closing"
	case hours > goal*0.75:
		return "breached in the file, and in the last quarter of our time: the agreed time was shorter"
	}
	return "breached in the file though well within our time: an answer or another agreement may have been late, which the file does not tell"
}
