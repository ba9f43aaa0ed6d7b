package db

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"gorm.io/gorm"
)

// fullText is how an engine finds the rows whose text may contain a needle. Both
// index words made from the text, and differ in which: FTS5 intersects posting
// lists lazily, so pieces of three characters serve it best; InnoDB reads each
// posting list to its end, so it gets the ends of words and is asked for one
// beginning, which names few rows.
type fullText struct {
	create, put string
	match       func(alias, table string) string
	words       func(text string) string
	query       func(needle string) (query string, streams bool)
}

// Text is a row of a text index: the row's id, and its text, already folded.
type Text struct {
	ID   int64
	Text string
}

// CreateTextIndex returns the statement that creates a text index.
func (d *DB) CreateTextIndex(table string) string {
	return fmt.Sprintf(d.dialect.fullText().create, table)
}

// PutTexts writes rows of a text index, replacing those with the same id.
func (d *DB) PutTexts(tx *gorm.DB, table string, rows ...Text) error {
	if len(rows) == 0 {
		return nil
	}
	ft := d.dialect.fullText()
	args := make([]any, 0, 2*len(rows))
	for _, r := range rows {
		args = append(args, r.ID, ft.words(r.Text))
	}
	return tx.Exec(fmt.Sprintf(ft.put, table)+placeholders(2, len(rows)), args...).Error
}

// DeleteText removes a row of a text index.
func (d *DB) DeleteText(tx *gorm.DB, table string, id int64) error {
	return tx.Exec("DELETE FROM "+table+" WHERE rowid = ?", id).Error
}

// TextMatch is a condition that finds a superset of the rows whose text contains
// a needle. Streams says that rows come by rowid without first being collected.
type TextMatch struct {
	Cond    string
	Arg     string
	Streams bool
}

// MatchText returns the condition on a text index, named by an alias, for a
// folded needle, or false when the needle has nothing that is indexed.
func (d *DB) MatchText(table, alias, needle string) (TextMatch, bool) {
	ft := d.dialect.fullText()
	q, streams := ft.query(needle)
	if q == "" {
		return TextMatch{}, false
	}
	return TextMatch{Cond: ft.match(alias, table), Arg: q, Streams: streams}, true
}

func (sqliteDialect) fullText() fullText {
	return fullText{
		create: "CREATE VIRTUAL TABLE %s USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii', prefix='2 4')",
		put:    "INSERT OR REPLACE INTO %s (rowid, words) VALUES ",
		match:  func(alias, table string) string { return alias + "." + table + " MATCH ?" },
		words:  trigramWords,
		query:  trigramQuery,
	}
}

// trigramWords returns each piece of three characters once, in hexadecimal. Two
// separators at the end let every shorter piece begin a piece of three.
func trigramWords(text string) string {
	return strings.Join(trigrams([]rune(text+"\x1e\x1e")), " ")
}

func trigrams(runes []rune) []string {
	var out []string
	seen := map[[3]rune]bool{}
	for i := 0; i+3 <= len(runes); i++ {
		g := [3]rune(runes[i : i+3])
		if !seen[g] {
			seen[g] = true
			out = append(out, hex.EncodeToString([]byte(string(g[:]))))
		}
	}
	return out
}

// maxTerms bounds a query; the rows it finds are checked against the whole
// needle anyway.
const maxTerms = 32

func trigramQuery(needle string) (string, bool) {
	runes := []rune(needle)
	if len(runes) < 3 {
		// One and two letters of ASCII have an index of prefixes of their own.
		return `"` + hex.EncodeToString([]byte(needle)) + `" *`, len(needle) < 3
	}
	terms := trigrams(runes)
	terms = terms[:min(len(terms), maxTerms)]
	return `"` + strings.Join(terms, `" AND "`) + `"`, true
}

func (mysqlDialect) fullText() fullText {
	return fullText{
		create: "CREATE TABLE %s (rowid BIGINT NOT NULL PRIMARY KEY, words LONGTEXT NOT NULL, " +
			"FULLTEXT INDEX ft_words (words)) ENGINE=InnoDB DEFAULT CHARSET=ascii COLLATE=ascii_bin",
		put:   "REPLACE INTO %s (rowid, words) VALUES ",
		match: func(alias, _ string) string { return "MATCH (" + alias + ".words) AGAINST (? IN BOOLEAN MODE)" },
		words: suffixWords,
		query: suffixQuery,
	}
}

// suffixLength is how many characters of a word's end are indexed.
const suffixLength = 10

// suffixMark begins each indexed word, so that none is a stop word of InnoDB
// and none is shorter than its minimum of three characters.
const suffixMark = "qq"

// suffixWords returns the ends of all words, each cut to suffixLength and once.
func suffixWords(text string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, word := range strings.FieldsFunc(text, separates) {
		runes := []rune(word)
		for i := range runes {
			w := encodeWord(runes[i:min(i+suffixLength, len(runes))])
			if !seen[w] {
				seen[w] = true
				b.WriteString(w)
				b.WriteByte(' ')
			}
		}
	}
	return b.String()
}

// suffixQuery asks for words that end as the needle's words do, and for one
// that goes on after its last.
func suffixQuery(needle string) (string, bool) {
	parts := strings.FieldsFunc(needle, separates)
	parts = parts[:min(len(parts), maxTerms)]
	terms := make([]string, len(parts))
	for i, p := range parts {
		runes := []rune(p)
		terms[i] = "+" + encodeWord(runes[:min(suffixLength, len(runes))])
		if i == len(parts)-1 || len(runes) >= suffixLength {
			terms[i] += "*"
		}
	}
	return strings.Join(terms, " "), false
}

func separates(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }

// encodeWord spells a word in lower-case ASCII letters and digits, character by
// character, so that a beginning stays a beginning.
func encodeWord(runes []rune) string {
	var b strings.Builder
	b.WriteString(suffixMark)
	for _, r := range runes {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else {
			b.WriteString("0" + strconv.FormatInt(int64(r), 36))
		}
	}
	return b.String()
}
