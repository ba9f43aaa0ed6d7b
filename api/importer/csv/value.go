package csv

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/platform/sheet"
	"github.com/fixdesk/fixdesk/api/user"
)

// values reads the values of one row by a mapping.
type values struct {
	mapping mapping
	fields  []string
	null    []string // what the file writes for nothing
}

// column returns a field, empty when it says that there is nothing. The
// apostrophe that keeps a spreadsheet from running it is no part of it.
func (v values) column(i int) string {
	if slices.Contains(v.null, strings.TrimSpace(v.fields[i])) {
		return ""
	}
	return sheet.Plain(v.fields[i])
}

// render fills in a source. Lines of a template whose columns are all blank are
// left out; a template of which nothing but such lines is left is blank.
func (v values) render(s source) string {
	if len(s.pieces) == 1 && s.pieces[0].column != "" {
		return v.column(s.pieces[0].index)
	}
	var out []string
	var line strings.Builder
	asked, filled := false, false
	end := func() {
		if !asked || filled {
			out = append(out, line.String())
		}
		line.Reset()
		asked, filled = false, false
	}
	for _, p := range s.pieces {
		if p.column != "" {
			asked = true
			value := v.column(p.index)
			filled = filled || !importer.Blank(value)
			line.WriteString(value)
			continue
		}
		for i, part := range strings.Split(p.text, "\n") {
			if i > 0 {
				end()
			}
			line.WriteString(part)
		}
	}
	end()
	return strings.Join(out, "\n")
}

// get returns the value of a target and which of its sources it came from; -1
// when all of them are blank.
func (v values) get(target string) (string, int, error) {
	r := v.mapping[target]
	if r == nil {
		return "", -1, nil
	}
	value, from := "", -1
	for i, s := range r.sources {
		if got := v.render(s); !importer.Blank(got) {
			value, from = got, i
			break
		}
	}
	if r.table == nil {
		return value, from, nil
	}
	key := user.Fold(strings.TrimSpace(value))
	if to, ok := r.table[key]; ok {
		return to, max(from, 0), nil
	}
	if from < 0 {
		return "", -1, nil
	}
	if to, ok := r.table["*"]; ok {
		return to, from, nil
	}
	return "", from, v.mapping.fault(target, fmt.Errorf("%s is not in the table of the mapping: %q", target, importer.OneLine(value)))
}

// text returns the value of a target without white space around it.
func (v values) text(target string) (string, error) {
	s, _, err := v.get(target)
	return strings.TrimSpace(s), err
}
