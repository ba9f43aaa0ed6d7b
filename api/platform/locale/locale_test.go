package locale

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// silent are the parts of the program whose texts no user of the desk reads.
var silent = []string{
	"cli", "bench", "testkit", "migration", "demo", "importer", "backup", "app",
	"platform/config", "platform/db", "platform/job", "platform/mail", "platform/locale", "platform/clock",
}

var verb = regexp.MustCompile(`%[+#]?[-0-9.]*[a-zA-Z]`)

// TestEveryMessageIsTranslated reads the sentences out of the program's code and
// demands that each is in every catalogue. Run it with LOCALE_MISSING=1 to get
// what is missing as JSON.
func TestEveryMessageIsTranslated(t *testing.T) {
	used := sentences(t)
	if len(used) < 100 {
		t.Fatalf("only %d sentences found", len(used))
	}
	for lang, c := range catalogues {
		var missing []string
		for id := range used {
			if !c.known[id] {
				missing = append(missing, id)
			}
		}
		slices.Sort(missing)
		for _, id := range missing {
			t.Errorf("%s: no translation of %q (%s)", lang, id, used[id])
		}
		if os.Getenv("LOCALE_MISSING") != "" {
			raw, _ := json.MarshalIndent(missing, "", "  ") //nolint:errchkjson // strings
			t.Logf("%s", raw)
		}
		for id := range c.known {
			if _, ok := used[id]; !ok && !slices.Contains(composed, id) {
				t.Errorf("%s: %q is in the catalogue and nowhere in the code", lang, id)
			}
		}
	}
}

// composed are put together in ways that reading the code does not show.
var composed = []string{
	"{} (at character {}).", "Held: {}", "Ignored: {}", "Not handled: {}", "somebody discarded it",
	"its ticket was deleted for good",

	// What is wrong with a field of an installation, where it stands alone.
	"{}: This field is required.",

	// What is wrong with one of several actions.
	"Action {}: {}",

	// What actions do, as their kinds describe it, and why a rule did nothing.
	"Unassign", "Assign to user {}", "Assign to {}", "Set status to Open", "Set status to In Progress", "Set status to Resolved",
	"Set status to Closed", "Set status to {}", "Set priority to low", "Set priority to medium", "Set priority to high", "Set priority to urgent",
	"Set no category", "Set category to {}", "Add tag {}", "Set {} to {}", "Remove tag {}", "Take from its team", "Give to team {}", "Reply: {}", "Internal note: {}",
	"Snooze until a reply", "Snooze until {}", "Snooze no longer", "Set no due time", "Set due to {}", "Use a macro", "Use macro {}",
	"Add {} items to the checklist", "Does not hold: {}",

	// What is wrong with the hours and days of a calendar, or with a file of them.
	"Number {}: {}",
	"Number {}: has no name.", "Number {}: its name may have at most {} characters.", "{} is no day; days are written 2026-12-24.",
	"{} is no day; days are monday to sunday.", "{} to {}: times are written 09:00, and 24:00 ends a day.",
	"{} to {}: must end after it begins; write a night as two days.", "{} to {}: begins before the one above it ends.",
	"{} to {}: ends before it begins.", "{} to {}: may last at most {} days.", "{} to {}: days lie between {} and {}.",
	"A day may have at most {} spans.", "event {} ({}): {}", "event {}: {}", "{} to {}: ends before it begins", "{} to {}: may last at most {} days",
	"{} to {}: days lie between {} and {}", "it does not begin with BEGIN:VCALENDAR, as iCalendar files do",
	"it does not end with END:VCALENDAR, so something is missing", "it has no events", "it has more than {} events", "it is malformed",
	"a calendar may have at most {} holidays", "has no DTSTART", "ends before it begins", "{} is no date", "its RRULE repeats within a day",
	"its RRULE cannot be understood: {}", "its RRULE is wrong: {}", "its RRULE never holds", "its EXDATE is wrong: {}", "its RDATE is wrong: {}",
	"its RECURRENCE-ID is wrong: {}", "its RECURRENCE-ID is about more than one day", "it has more than one RRULE", "it comes back more than {} times",
}

// traced are the functions that write the log of a mail; their last text is for people,
// a sentence or not.
var traced = []string{"end", "say", "Stepf"}

// ofTrace returns what a call writes to the log of a mail; ok is false for other calls.
func ofTrace(call *ast.CallExpr) (text string, ok bool) {
	var name string
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	if !slices.Contains(traced, name) {
		return "", false
	}
	for _, arg := range call.Args {
		if t, is := template(arg); is {
			text = t
		}
	}
	return text, strings.ContainsFunc(strings.ReplaceAll(text, hole, ""), unicode.IsLetter) && strings.Contains(text, " ")
}

// sentences returns the messages in the code, and where each is.
func sentences(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if slices.Contains(silent, rel) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") || rel == "main.go" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		query := strings.HasPrefix(rel, "ticket/query/")
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec, *ast.Field:
				return false
			case *ast.CallExpr:
				if text, ok := ofTrace(n); ok && strings.HasPrefix(rel, "mailbox/") {
					out[text] = rel
				}
				return true
			case ast.Expr:
				text, ok := template(n)
				if !ok {
					return true
				}
				if isSentence(text) || (query && isQueryError(text)) {
					out[text] = rel
				}
				return false
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// template returns a text of the code with holes for what is filled in; ok is
// false for expressions that hold no text of their own.
func template(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return verb.ReplaceAllString(s, hole), err == nil
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		l, lok := template(e.X)
		r, rok := template(e.Y)
		if !lok && !rok {
			return "", false
		}
		if !lok {
			l = hole
		}
		if !rok {
			r = hole
		}
		return l + r, true
	case *ast.ParenExpr:
		return template(e.X)
	}
	return "", false
}

var oneLine = regexp.MustCompile(`^[^\n\t]+$`)

// notForUsers are texts for operators and databases.
var notForUsers = regexp.MustCompile(`^(SELECT|UPDATE|EXISTS|Finished runs of jobs|HTTP requests by|Time to answer, by) `)

// isSentence reports whether a text is written for people.
func isSentence(s string) bool {
	first := []rune(s + " ")[0]
	return unicode.IsUpper(first) && !notForUsers.MatchString(s) && strings.Contains(s, " ") && oneLine.MatchString(s) &&
		(strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "!"))
}

func isQueryError(s string) bool {
	first := []rune(s + " ")[0]
	return (unicode.IsUpper(first) || strings.HasPrefix(s, hole) || first == '"') && strings.Count(s, " ") > 1 &&
		!regexp.MustCompile(`SELECT|IS NULL`).MatchString(s) && oneLine.MatchString(s) && !strings.Contains(s, "=")
}

func TestTranslate(t *testing.T) {
	for _, c := range []struct{ english, german string }{
		{"This field is required.", "Dieses Feld ist nötig."},
		{"May have at most 200 characters.", "Darf höchstens 200 Zeichen haben."},
		{"There is no such ticket, or you may not see it.", "Das gibt es nicht, oder Sie dürfen es nicht sehen."},
		{"Something is missing at the end (at character 7).", "Am Ende fehlt etwas (bei Zeichen 7)."},
		{`status: knows no "x". Known: open, closed (at character 8).`, `status: kennt "x" nicht. Bekannt: open, closed (bei Zeichen 8).`},
		{"Something nobody has translated.", "Something nobody has translated."},
		{"Must be one of: {{.a}}, %s.", "Muss eines davon sein: {{.a}}, %s."},
		{"", ""},
	} {
		if got := Translate("de", c.english); got != c.german {
			t.Errorf("%q: %q", c.english, got)
		}
		if got := Translate("en", c.english); got != c.english {
			t.Errorf("English is changed: %q", got)
		}
	}
}

func TestMatch(t *testing.T) {
	for header, want := range map[string]string{
		"": "en", "de": "de", "de-AT,de;q=0.9,en;q=0.8": "de", "en-GB,de;q=0.5": "en", "fr,de;q=0.4": "de", "fr": "en", "*": "en", ";;;,": "en",
	} {
		if got := Match(header); got != want {
			t.Errorf("%q: %q", header, got)
		}
	}
}
