package sheet

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"
)

// maxRows is how many rows a sheet of Excel holds.
const maxRows = 1_048_576

type excelWriter struct {
	out    io.Writer
	file   *excelize.File
	sheet  *excelize.StreamWriter
	name   string
	zone   *time.Location
	header []any
	styles struct{ head, moment, duration int }
	sheets int
	row    int
	limit  int
}

// NewExcel begins a workbook with a sheet of the name. Times are real times in a
// zone, durations are counted in hours. Text stays text, whatever it begins
// with. Rows are kept in a temporary file, not in memory, and written by Close.
// What does not fit on a sheet goes on on the next one, under the same header.
func NewExcel(out io.Writer, name string, zone *time.Location) (Writer, error) {
	w := &excelWriter{out: out, file: excelize.NewFile(), name: name, zone: zone, limit: maxRows}
	day, hours := "yyyy-mm-dd hh:mm:ss", "[h]:mm:ss"
	for to, style := range map[*int]*excelize.Style{
		&w.styles.head:     {Font: &excelize.Font{Bold: true}},
		&w.styles.moment:   {CustomNumFmt: &day},
		&w.styles.duration: {CustomNumFmt: &hours},
	} {
		id, err := w.file.NewStyle(style)
		if err != nil {
			return nil, fmt.Errorf("write the workbook: %w", err)
		}
		*to = id
	}
	return w, w.next()
}

// next begins a sheet.
func (w *excelWriter) next() error {
	if w.sheet != nil {
		if err := w.sheet.Flush(); err != nil {
			return fmt.Errorf("write the workbook: %w", err)
		}
	}
	w.sheets++
	name := w.name
	var err error
	if w.sheets == 1 {
		err = w.file.SetSheetName("Sheet1", name)
	} else {
		name += " " + strconv.Itoa(w.sheets)
		_, err = w.file.NewSheet(name)
	}
	if err == nil {
		w.sheet, err = w.file.NewStreamWriter(name)
	}
	if err == nil {
		err = w.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	}
	if err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	w.row = 0
	return nil
}

func (w *excelWriter) Row(values []any) error {
	if w.row == w.limit {
		if err := w.next(); err != nil {
			return err
		}
	}
	if w.row == 0 {
		if w.header == nil {
			w.header = append([]any{}, values...)
		}
		if err := w.put(w.header, w.styles.head); err != nil {
			return err
		}
		if w.sheets == 1 {
			return nil
		}
	}
	return w.put(values, 0)
}

func (w *excelWriter) put(values []any, style int) error {
	w.row++
	cells := make([]any, len(values))
	for i, v := range values {
		cells[i] = w.cell(v, style)
	}
	if err := w.sheet.SetRow("A"+strconv.Itoa(w.row), cells); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}

func (w *excelWriter) cell(v any, style int) any {
	switch v := v.(type) {
	case nil:
		return nil
	case Number:
		if n, err := strconv.ParseFloat(string(v), 64); err == nil {
			return excelize.Cell{StyleID: style, Value: n}
		}
		return excelize.Cell{StyleID: style, Value: string(v)}
	case time.Time:
		// Excel knows no zones: the time is what a clock there shows.
		at := v.In(w.zone)
		local := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
		return excelize.Cell{StyleID: w.styles.moment, Value: local}
	case time.Duration:
		return excelize.Cell{StyleID: w.styles.duration, Value: v.Hours() / 24}
	}
	return excelize.Cell{StyleID: style, Value: v}
}

func (w *excelWriter) Flush() error { return nil }

func (w *excelWriter) Close() error {
	defer func() { _ = w.file.Close() }()
	if err := w.sheet.Flush(); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	if err := w.file.Write(w.out); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}
