package csv_test

import (
	"context"
	"errors"
	"testing"

	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/importer/csv"
	"github.com/fixdesk/fixdesk/api/testkit"
)

func TestWrongOptions(t *testing.T) {
	w := testkit.SQLite(t)
	for _, m := range [][]string{
		{"title=a"}, {"title=a,description=missing"}, {"nonsense=a"}, {"title"}, {"title='a"}, {"title=a{1:2"}, {"title=a,title=a"}, {"title=a}x"}, {"title=a{x},description=a"},
	} {
		err := csv.Import(context.Background(), desk(w), text("a,b\n"), csv.Options{Map: m, Source: "x"}, importer.NewReport(nil))
		var wrong *csv.OptionError
		if !errors.As(err, &wrong) {
			t.Errorf("%v: %v", m, err)
		}
	}
}
