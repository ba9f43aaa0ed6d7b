package main_test

import (
	"bufio"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module    = "github.com/fixdesk/fixdesk/"
	page      = "docs/architecture.md"
	testFloor = "test"

	maxFileLines    = 600
	maxPackageLines = 3200
	maxTicketLines  = 8200
)

// drivers are database drivers; only platform/db may know them.
var drivers = []string{"gorm.io/driver/", "modernc.org/sqlite", "github.com/go-sql-driver/mysql", "github.com/mattn/go-sqlite3"}

// floor is a row of the table in docs/architecture.md.
type floor struct {
	name  string
	level int // meaningless on the test floor
	test  bool
	lower bool // may import every lower floor
	also  []string
}

// mayImport reports whether the table allows f to import to, outside tests.
func (f floor) mayImport(to floor) bool {
	if f.test {
		return true
	}
	if to.test || to.level > f.level {
		return false
	}
	return slices.Contains(f.also, to.name) || (f.lower && to.level < f.level)
}

// goFile is a Go file of the project with what it imports.
type goFile struct {
	path    string // from the root of the repository
	pkg     string // as in the table
	test    bool
	lines   int
	code    int // lines that are neither blank nor a comment
	imports []string
}

func TestFloors(t *testing.T) {
	floors := readFloors(t)
	onDisk := map[string]bool{}
	for _, file := range goFiles(t) {
		from, known := floors[file.pkg]
		if !onDisk[file.pkg] && !known {
			t.Errorf("package %s has no row in %s: say on which floor it stands", file.pkg, page)
		}
		onDisk[file.pkg] = true
		if !known || file.test {
			continue // tests build worlds from everything
		}
		for _, imported := range file.imports {
			name, ours := packageName(imported)
			if !ours {
				continue
			}
			to, known := floors[name]
			if known && !from.mayImport(to) {
				t.Errorf("%s: %s (floor %d) may not import %s (floor %d): see the floors in %s",
					file.path, from.name, from.level, to.name, to.level, page)
			}
		}
	}
	for name := range floors {
		if !onDisk[name] {
			t.Errorf("%s has a row for %s, which is not there", page, name)
		}
	}
}

func TestLibrariesStayBehindTheirDoors(t *testing.T) {
	for _, file := range goFiles(t) {
		if file.test {
			continue
		}
		for _, imported := range file.imports {
			if imported == "github.com/gin-gonic/gin" && !maySpeakHTTP(file) {
				t.Errorf("%s: gin belongs in http*.go, server and platform/web", file.path)
			}
			for _, driver := range drivers {
				if strings.HasPrefix(imported, driver) && file.pkg != "platform/db" {
					t.Errorf("%s: the driver %s belongs in platform/db", file.path, imported)
				}
			}
		}
	}
}

func maySpeakHTTP(file goFile) bool {
	return file.pkg == "server" || file.pkg == "platform/web" || strings.HasPrefix(path.Base(file.path), "http")
}

func TestFilesAndPackagesStaySmall(t *testing.T) {
	packages := map[string]int{}
	for _, file := range goFiles(t) {
		if file.lines > maxFileLines {
			t.Errorf("%s has %d lines, more than %d: split it", file.path, file.lines, maxFileLines)
		}
		if !file.test {
			packages[file.pkg] += file.code
		}
	}
	for name, lines := range packages {
		limit := maxPackageLines
		if name == "ticket" { // see ADRs 12, 27, 33, 37 and 38
			limit = maxTicketLines
		}
		if lines > limit {
			t.Errorf("package %s has %d lines of code, more than %d: split it", name, lines, limit)
		}
	}
	walk(t, "frontend/src", func(name string) {
		written := strings.HasSuffix(name, ".ts") || strings.HasSuffix(name, ".tsx")
		generated := strings.HasPrefix(name, "frontend/src/lib/api/") || strings.HasPrefix(name, "frontend/src/locales/")
		if !written || generated {
			return
		}
		if lines, _ := countLines(t, name); lines > maxFileLines {
			t.Errorf("%s has %d lines, more than %d: split it", name, lines, maxFileLines)
		}
	})
}

// TestFloorRules makes sure that the rule itself says no.
func TestFloorRules(t *testing.T) {
	ticket := floor{name: "ticket", level: 6, lower: true}
	user := floor{name: "user", level: 2, lower: true}
	csv := floor{name: "importer/csv", level: 7, lower: true}
	demo := floor{name: "demo", level: 7, lower: true}
	clock := floor{name: "platform/clock"}
	job := floor{name: "platform/job", also: []string{"platform/clock", "ticket"}}
	authz := floor{name: "authz", level: 1}
	kit := floor{name: "testkit", test: true}
	tests := []struct {
		from, to floor
		want     bool
	}{
		{ticket, user, true},
		{user, ticket, false}, // up
		{csv, demo, false},    // a reactor beside
		{csv, ticket, true},   // down
		{authz, clock, false}, // down, but it imports nothing
		{job, clock, true},    // beside, and named
		{clock, job, false},   // beside, and not named
		{job, ticket, false},  // up, though named
		{ticket, kit, false},  // only tests build worlds
		{kit, ticket, true},   // and they may use everything
	}
	for _, test := range tests {
		if got := test.from.mayImport(test.to); got != test.want {
			t.Errorf("%s may import %s: %v, want %v", test.from.name, test.to.name, got, test.want)
		}
	}
}

// readFloors reads the first table whose head is "| package | floor | may import |".
func readFloors(t *testing.T) map[string]floor {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", page))
	if err != nil {
		t.Fatal(err)
	}
	floors := map[string]floor{}
	inTable := false
	for line := range strings.Lines(string(text)) {
		cells := cellsOf(line)
		switch {
		case slices.Equal(cells, []string{"package", "floor", "may import"}):
			inTable = true
		case !inTable || (len(cells) > 0 && strings.HasPrefix(cells[0], "---")):
		case len(cells) != 3:
			return floors
		default:
			row := readRow(t, cells)
			if _, twice := floors[row.name]; twice {
				t.Errorf("%s has two rows for %s", page, row.name)
			}
			floors[row.name] = row
		}
	}
	if len(floors) == 0 {
		t.Fatalf("%s has no table of floors", page)
	}
	return floors
}

func readRow(t *testing.T, cells []string) floor {
	t.Helper()
	f := floor{name: cells[0], test: cells[1] == testFloor}
	if !f.test {
		level, err := strconv.Atoi(cells[1])
		if err != nil {
			t.Fatalf("%s: the floor of %s is %q", page, f.name, cells[1])
		}
		f.level = level
	}
	for word := range strings.SplitSeq(cells[2], ",") {
		switch word = strings.TrimSpace(word); word {
		case "nothing", "anything":
		case "lower floors":
			f.lower = true
		default:
			f.also = append(f.also, word)
		}
	}
	return f
}

// cellsOf splits a row of a Markdown table; nil for any other line.
func cellsOf(line string) []string {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "|") || !strings.HasSuffix(line, "|") {
		return nil
	}
	cells := strings.Split(strings.Trim(line, "|"), "|")
	for i, cell := range cells {
		cells[i] = strings.TrimSpace(strings.ReplaceAll(cell, "`", ""))
	}
	return cells
}

// packageName turns an import path into the name that the table uses.
func packageName(imported string) (name string, ours bool) {
	rest, ours := strings.CutPrefix(imported+"/", module)
	if !ours {
		return "", false
	}
	rest = strings.TrimSuffix(rest, "/")
	if rest == "api" {
		return "main", true
	}
	return strings.TrimPrefix(rest, "api/"), true
}

func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	for _, root := range []string{"api", "docs", "frontend/embed.go"} {
		walk(t, root, func(name string) {
			if !strings.HasSuffix(name, ".go") {
				return
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", name), nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			file := goFile{path: name, test: strings.HasSuffix(name, "_test.go")}
			file.lines, file.code = countLines(t, name)
			file.pkg, _ = packageName(module + path.Dir(name))
			for _, spec := range parsed.Imports {
				imported, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				file.imports = append(file.imports, imported)
			}
			files = append(files, file)
		})
	}
	return files
}

// walk visits the files below a folder of the repository, by their path from its root.
func walk(t *testing.T, root string, visit func(name string)) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join("..", root), func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !entry.IsDir() {
			visit(strings.TrimPrefix(filepath.ToSlash(name), "../"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// countLines counts all lines of a file, and those that are neither blank nor a comment.
func countLines(t *testing.T, name string) (lines, code int) {
	t.Helper()
	file, err := os.Open(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		lines++
		if text := strings.TrimSpace(scanner.Text()); text != "" && !strings.HasPrefix(text, "//") {
			code++
		}
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return lines, code
}
