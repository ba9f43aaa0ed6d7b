package csv_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/importer/csv"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/channel"
)

type buffer struct{ bytes.Buffer }

func (*buffer) Close() error { return nil }

// TestImportChannelDueAndFollowers imports how tickets came in, by when they are due and
// whom they concern, and says of what is left out where it stands.
func TestImportChannelDueAndFollowers(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		ctx := context.Background()
		person(t, w, "emma", authz.Employee)
		person(t, w, "emil", authz.Employee)
		person(t, w, "sam", authz.ITStaff)
		file := "title,way,until,eyes,also\n" +
			"One,Phone,2026-04-01T12:00:00Z,sam,\"emil; emma,emil\"\n" +
			"Two,pigeon,tomorrow,\"emma, stranger\",stranger\n"
		options := csv.Options{Requester: "emma", Map: []string{
			"title=title,description=title,channel=way,due_at=until,watchers=eyes,cc=also",
		}}
		listing := &buffer{}
		sink, err := importer.NewSink("listing.csv", listing)
		if err != nil {
			t.Fatal(err)
		}
		report := importer.NewReport(sink)
		if err := csv.Import(ctx, desk(w), text(file), options, report); err != nil {
			t.Fatal(err)
		}
		if err := report.Close(); err != nil {
			t.Fatal(err)
		}
		list := tickets(t, w)
		one, two := list[0], list[1]
		if one.Channel == nil || *one.Channel != channel.Phone || one.DueAt == nil || one.DueSource != ticket.DueByHand || len(one.Watchers) != 3 {
			t.Errorf("the first: %+v", one)
		}
		if two.Channel != nil || two.DueAt != nil || len(two.Watchers) != 0 {
			t.Errorf("the second: %+v", two)
		}
		var kinds []string
		if err := w.DB.Read(ctx).Model(&ticket.Watcher{}).Where("ticket_id = ?", one.ID).Order("user_id").Pluck("kind", &kinds).Error; err != nil {
			t.Fatal(err)
		}
		slices.Sort(kinds)
		if !slices.Equal(kinds, []string{"cc", "cc", "watcher"}) {
			t.Errorf("followers %v", kinds)
		}
		lines := strings.Split(listing.String(), "\n")
		if len(lines) < 3 || !strings.HasPrefix(lines[2], "3,") {
			t.Fatalf("listing %q", lines)
		}
		for _, want := range []string{
			"channel unknown, left empty (column way): pigeon", "due_at left empty (column until)",
			"watchers names an employee, who cannot watch, left out (column eyes): emma", "watchers names somebody unknown, left out (column eyes): stranger",
			"cc names somebody unknown, left out (column also): stranger",
		} {
			if !strings.Contains(lines[2], want) {
				t.Errorf("%q is not said in %s", want, lines[2])
			}
		}
	})
}
