package importer_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fixdesk/fixdesk/api/importer"
)

func TestCut(t *testing.T) {
	if got, cut := importer.Cut(strings.Repeat("ä", 200)); cut || utf8.RuneCountInString(got) != 200 {
		t.Errorf("200 characters: %v", cut)
	}
	got, cut := importer.Cut(strings.Repeat("word ", 60))
	if !cut || utf8.RuneCountInString(got) > 200 || !strings.HasSuffix(got, "word…") {
		t.Errorf("%v %q", cut, got)
	}
	if got, _ := importer.Cut(strings.Repeat("x", 300)); utf8.RuneCountInString(got) != 200 {
		t.Errorf("a word without an end: %d characters", utf8.RuneCountInString(got))
	}
}

func TestKeysFitTheirColumn(t *testing.T) {
	long := strings.Repeat("k", 500)
	if importer.Key("ticket", "1") != "ticket:1" || len(importer.Key("ticket", long)) > 191 {
		t.Error(importer.Key("ticket", long))
	}
	if importer.Key("ticket", long) == importer.Key("ticket", long+"x") {
		t.Error("two long keys are one")
	}
	for _, wrong := range []string{"", strings.Repeat("s", 129), "a\x00b"} {
		if _, err := importer.NewSource(wrong); err == nil {
			t.Errorf("source %q", wrong)
		}
	}
}

type file struct{ bytes.Buffer }

func (*file) Close() error { return nil }

func TestReportFiles(t *testing.T) {
	for name, want := range map[string]string{
		"r.csv":  "line,key,outcome,id,reason,notes\n2,'=cmd,taken,7,,\n3,,skipped,,\"bad, \"\"date\"\"\",\n",
		"r.JSON": "[\n{\"line\":2,\"key\":\"=cmd\",\"outcome\":\"taken\",\"id\":7},\n{\"line\":3,\"outcome\":\"skipped\",\"reason\":\"bad, \\\"date\\\"\"}\n]\n",
	} {
		var f file
		sink, err := importer.NewSink(name, &f)
		if err != nil {
			t.Fatal(err)
		}
		report := importer.NewReport(sink)
		for _, l := range []importer.Line{{Line: 2, Key: "=cmd", Outcome: importer.Taken, ID: 7}, {Line: 3, Outcome: importer.Skipped, Reason: `bad, "date"`}} {
			if err := report.Add(l); err != nil {
				t.Fatal(err)
			}
		}
		if err := report.Close(); err != nil || f.String() != want {
			t.Errorf("%s, %v:\n%s", name, err, f.String())
		}
	}
}
