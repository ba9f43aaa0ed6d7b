package sheet

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// payloads are texts that a spreadsheet would run.
var payloads = []string{
	"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|'/C calc'!A0", `=HYPERLINK("http://x","y")`,
	"＝1", "＋1", "－1", "＠a", "'=1", "''+1", "-", "=",
}

func TestNoCellIsAFormula(t *testing.T) {
	var out bytes.Buffer
	w, err := NewCSV(&out)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range payloads {
		if err := w.Row([]any{p, int64(-5), nil}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(out.String(), Mark)
	if !ok {
		t.Error("no byte order mark")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != len(payloads) {
		t.Fatal(len(rows), err)
	}
	for i, row := range rows {
		if !strings.HasPrefix(row[0], "'") {
			t.Errorf("%q became %q", payloads[i], row[0])
		}
		if Plain(row[0]) != payloads[i] || row[1] != "-5" || row[2] != "" {
			t.Errorf("%q came back as %q", payloads[i], row)
		}
	}
}

func TestPlainUndoesSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("'=+-@\t\r\nab ＝")), 0, 6, -1).Draw(t, "text")
		if got := Plain(Safe(text)); got != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func TestExcel(t *testing.T) {
	var out bytes.Buffer
	zone := time.FixedZone("", 2*3600)
	written, err := NewExcel(&out, "Tickets", zone)
	if err != nil {
		t.Fatal(err)
	}
	w, ok := written.(*excelWriter)
	if !ok {
		t.Fatal("not a workbook")
	}
	w.limit = 10 // sheets end early
	at := time.Date(2026, 3, 2, 23, 30, 0, 0, time.UTC)
	if err := w.Row([]any{"text", "id", "time", "took", "none"}); err != nil {
		t.Fatal(err)
	}
	for i, p := range payloads {
		if err := w.Row([]any{p + "\x01", int64(i), at, 36 * time.Hour, nil}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.GetSheetList(); len(got) != 2 || got[1] != "Tickets 2" {
		t.Fatalf("sheets %v", got)
	}
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil || rows[0][0] != "text" || rows[1][2] != "2026-03-03 01:30:00" || rows[1][3] != "36:00:00" {
			t.Errorf("%s: %v %v", sheet, rows[:2], err)
		}
		for i := range rows {
			cell := "A" + string(rune('1'+i))
			if formula, _ := f.GetCellFormula(sheet, cell); formula != "" {
				t.Errorf("%s %s holds the formula %q", sheet, cell, formula)
			}
		}
	}
	if kind, _ := f.GetCellType("Tickets", "B2"); kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
		t.Errorf("a number is stored as %v", kind)
	}
}
