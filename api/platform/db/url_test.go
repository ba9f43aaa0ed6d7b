package db

import (
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	for raw, want := range map[string]string{
		"sqlite:./data/x.db":                     "sqlite ./data/x.db",
		"sqlite:///var/lib/x.db":                 "sqlite /var/lib/x.db",
		"mysql://u:p%40ss@h:3307/desk":           "mysql u:p@ss@tcp(h:3307)/desk?",
		"mysql://u@h/desk":                       "mysql u@tcp(h:3306)/desk?",
		"mysql://u@[::1]:3306/desk?tls=required": "mysql u@tcp([::1]:3306)/desk?",
	} {
		kind, dsn, err := parseURL(raw)
		if err != nil || !strings.HasPrefix(kind+" "+dsn, want) {
			t.Errorf("%s: %s %s %v", raw, kind, dsn, err)
		}
	}
	for _, raw := range []string{"", "sqlite:", "sqlite:x.db?mode=ro", "postgres://h/x", "mysql://h", "mysql:///x", "mysql://u:%zz@h/x", "x.db"} {
		if _, _, err := parseURL(raw); err == nil {
			t.Errorf("%q is accepted", raw)
		} else if strings.Contains(err.Error(), "%zz") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

// TestWordsFindTheirTexts demands of both ways to index that whatever contains
// a needle is found by it.
func TestWordsFindTheirTexts(t *testing.T) {
	texts := []string{
		"printer on floor 3 is out of toner", "the the the", "c++ and c#", "日本語のテキスト", "a", "x-y_z", "naïve straße",
		"averyveryverylongwordthatgoesonandon", "tab\tand\nline", "emoji 😀😀 here",
	}
	for _, text := range texts {
		runes := []rune(text)
		trigrams, suffixes := " "+trigramWords(text)+" ", " "+suffixWords(text)+" "
		for i := range runes {
			for j := i + 1; j <= len(runes); j++ {
				needle := string(runes[i:j])
				if q, _ := trigramQuery(needle); !holds(trigrams, q, "\"", " AND ") {
					t.Errorf("pieces of %q miss %q: %s", text, needle, q)
				}
				if q, _ := suffixQuery(needle); q != "" && !holds(suffixes, q, "+", " ") {
					t.Errorf("ends of %q miss %q: %s", text, needle, q)
				}
			}
		}
	}
}

// holds reports whether the words satisfy a query of either engine.
func holds(words, query, trim, and string) bool {
	for _, term := range strings.Split(query, and) {
		prefix := strings.HasSuffix(term, "*")
		term = strings.Trim(strings.TrimSuffix(strings.TrimSpace(term), "*"), trim+" ")
		if !prefix {
			term += " "
		}
		if !strings.Contains(words, " "+term) {
			return false
		}
	}
	return true
}

func TestStopWordsAreNone(t *testing.T) {
	for _, w := range strings.Fields(suffixWords("the is to a www who")) {
		if !strings.HasPrefix(w, suffixMark) || len(w) < 3 {
			t.Errorf("%q may be dropped by the engine", w)
		}
	}
	if q, _ := suffixQuery("-- !"); q != "" {
		t.Errorf("a needle without words asks for %q", q)
	}
}
