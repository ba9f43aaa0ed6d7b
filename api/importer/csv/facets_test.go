package csv_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/importer/csv"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/testkit"
)

func ref[T any](v T) *T { return &v }

// TestImportFacets imports what hangs on tickets, and says what it does not know.
func TestImportFacets(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		ctx, admin := context.Background(), authz.System("test")
		person(t, w, "emma", authz.Employee)
		categories := category.New(w.DB, w.Bus, field.There)
		top, err := categories.Create(ctx, admin, category.Changes{Name: ref("Hardware")})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := categories.Create(ctx, admin, category.Changes{Name: ref("Printer"), ParentID: &top.ID}); err != nil {
			t.Fatal(err)
		}
		if _, err := substatus.New(w.DB, w.Bus).Create(ctx, admin, substatus.Changes{Label: ref("Waiting for parts"), State: ref(2)}); err != nil {
			t.Fatal(err)
		}
		if _, err := team.New(w.DB, w.Bus).Create(ctx, admin, team.Changes{Name: ref("Network")}); err != nil {
			t.Fatal(err)
		}
		make := func(name string, kind field.Kind, labels ...string) {
			ch := field.Changes{Name: &name, Kind: &kind, Required: ref("")}
			if len(labels) > 0 {
				var options []field.Option
				for _, l := range labels {
					options = append(options, field.Option{Label: l, Active: true})
				}
				ch.Options = &options
			}
			if _, err := field.New(w.DB, w.Bus).Create(ctx, admin, ch); err != nil {
				t.Fatal(err)
			}
		}
		make("Cost", field.Number)
		make("Rooms", field.MultiChoice, "Attic", "Cellar", "Hall, west")
		make("Owner", field.User)
		make("Leased", field.Checkbox)

		file := "title,status,kind,group,labels,finer,cost,rooms,owner,leased\n" +
			"One,in_progress,hardware/PRINTER,network,\"vpn, Old; vpn\",Waiting for parts,-12.5,\"Attic, Cellar\",emma,yes\n" +
			"Two,open,Fax,Nobody,,Waiting for parts,twelve,\"Hall, west\",stranger,perhaps\n"
		options := csv.Options{Requester: "emma", Map: []string{
			"title=title,description=title,status=status,category=kind,team=group,tags=labels,substatus=finer",
			"cf.cost=cost,cf.rooms=rooms,cf.owner=owner,cf.leased=leased",
		}}
		report, lines := run(t, w, file, options)
		if got := strings.Count(lines.String(), "taken"); got != 2 {
			t.Fatal(lines)
		}
		list := tickets(t, w)
		one, two := list[0], list[1]
		if one.CategoryID == nil || *one.CategoryID == top.ID || one.TeamID == nil || one.SubstatusID == nil {
			t.Errorf("the first: %+v", one)
		}
		if two.CategoryID != nil || two.TeamID != nil || two.SubstatusID != nil {
			t.Errorf("the second: %+v", two)
		}
		tags, err := tag.Of(w.DB.Read(ctx), one.ID)
		if err != nil || len(tags[one.ID]) != 2 {
			t.Errorf("tags: %v, %v", tags, err)
		}
		values, err := field.Of(w.DB.Read(ctx), one.ID, two.ID)
		if err != nil {
			t.Fatal(err)
		}
		set, err := field.Load(w.DB.Read(ctx))
		if err != nil {
			t.Fatal(err)
		}
		words := func(id int64) string {
			var out []string
			for i := range set {
				out = append(out, fmt.Sprint(set[i].Raw(values[id][set[i].ID])))
			}
			return strings.Join(out, " | ")
		}
		if got := words(one.ID); got != fmt.Sprintf("-12.5 | [Attic Cellar] | %d | true", one.CreatedByID) {
			t.Error(got)
		}
		if got := words(two.ID); got != "<nil> | [Hall, west] | <nil> | false" {
			t.Error(got)
		}
		var said bytes.Buffer
		if err := report.Summary(&said, "line", false); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"category unknown", "team unknown", "substatus lies in another", "cf.cost left empty", "cf.owner names somebody unknown", "cf.leased left empty"} {
			if !strings.Contains(said.String(), want) {
				t.Errorf("%q is not said in %s", want, said.String())
			}
		}

		// Fields that there are not are a mistake of the options.
		options.Map = []string{"title=title,description=title,cf.colour=cost"}
		options.Source = importer.Source("other")
		err = csv.Import(ctx, desk(w), text(file), options, importer.NewReport(nil))
		if err == nil || !strings.Contains(err.Error(), "cf.colour") {
			t.Errorf("an unknown field: %v", err)
		}
	})
}
