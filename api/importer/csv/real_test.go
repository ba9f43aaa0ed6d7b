package csv_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/importer/csv"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// shared opens a file of real tickets that lies beside the repository.
func shared(t *testing.T, name string) func() (io.ReadCloser, error) {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("real tickets are not here: %s", path)
	}
	return func() (io.ReadCloser, error) { return os.Open(path) }
}

func TestRealTickets(t *testing.T) {
	open := shared(t, "endava_it_tickets.csv")
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		person(t, w, "helpdesk", authz.Employee)
		o := csv.Options{
			Map: []string{"title=title|body,description=body|title", "priority=urgency{1:urgent,2:high,3:medium,*:low}"}, Requester: "helpdesk", Source: "endava",
		}
		report := importer.NewReport(nil)
		if err := csv.Import(context.Background(), desk(w), open, o, report); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := report.Summary(&b, "line", false); err != nil {
			t.Fatal(err)
		}
		if report.Counts[importer.Taken] != 5431 || report.Counts[importer.Skipped] != 0 || !strings.Contains(b.String(), "    107 title taken from body") {
			t.Errorf("report:\n%s", b.String())
		}
		again := importer.NewReport(nil)
		if err := csv.Import(context.Background(), desk(w), open, o, again); err != nil {
			t.Fatal(err)
		}
		if again.Counts[importer.Before] != 5431 || count(t, w, "tickets") != 5431 {
			t.Errorf("second run: %v", again.Counts)
		}
	})
}

func TestRealHistories(t *testing.T) {
	open := shared(t, "servicenow_incident_events.csv")
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		o := csv.Options{
			Map: []string{
				"key=number,title='{category} / {subcategory}: {u_symptom}'|number,description='Incident {number}\nSymptom: {u_symptom}\nLocation: {location}\nConfiguration item: {cmdb_ci}'",
				"status=incident_state{New:open,Resolved:resolved,Closed:closed,*:in_progress}",
				"priority=priority{1 - Critical:urgent,2 - High:high,3 - Moderate:medium,4 - Low:low}",
				"requester=caller_id,assignee=assigned_to,actor=sys_updated_by",
				"created_at=opened_at,changed_at=sys_updated_at,resolved_at=resolved_at,closed_at=closed_at",
			},
			Events: true, OrderBy: []string{"sys_mod_count"}, DateFormats: []string{"DD-MM-YYYY hh:mm"}, Null: []string{"?"},
			CreateUsers: true, Source: "servicenow", Say: func(m string) { t.Log(m) },
		}
		report := importer.NewReport(nil)
		if err := csv.Import(context.Background(), desk(w), open, o, report); err != nil {
			t.Fatal(err)
		}
		if report.Counts[importer.Taken] != 890 || report.Counts[importer.Skipped] != 0 {
			t.Errorf("counts %v", report.Counts)
		}
		for _, tk := range tickets(t, w) {
			var events []event.Event
			if err := w.DB.Read(context.Background()).Where("subject_type = 'ticket' AND subject_id = ?", tk.ID).Order("id").Find(&events).Error; err != nil {
				t.Fatal(err)
			}
			at, status := tk.CreatedAt, ticket.Open
			for _, e := range events {
				if e.CreatedAt.Before(at) {
					t.Errorf("ticket %d: %s at %s is before %s", tk.ID, e.Type, e.CreatedAt, at)
				}
				at = e.CreatedAt
				if e.Type == ticket.StatusChanged {
					var c ticket.Change
					if err := e.Decode(&c); err != nil || c.From != status.String() {
						t.Errorf("ticket %d: %v, %s after %s", tk.ID, err, e.Data, status)
					}
					status, _ = ticket.ParseStatus(c.To)
				}
			}
			if events[0].Type != ticket.Created || status != tk.Status || (tk.Status == ticket.Closed) != (tk.ClosedAt != nil) {
				t.Errorf("ticket %d: %s, last event %s", tk.ID, tk.Status, status)
			}
		}
	})
}
