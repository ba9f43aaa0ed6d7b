package db

import (
	"fmt"

	"gorm.io/gorm"
)

// fullText is how an engine spells an index of words: a table with a rowid and
// a column of words, which FTS5 or FULLTEXT can search.
type fullText struct {
	create, put, match string
	query              func(words []string) string
}

// Words is what a full-text index knows of one row: lower-case ASCII words of
// three or more letters and digits, separated by spaces.
type Words struct {
	ID    int64
	Words string
}

// CreateWordIndex returns the statement that creates a full-text index.
func (d *DB) CreateWordIndex(table string) string {
	return fmt.Sprintf(d.dialect.fullText().create, table)
}

// PutWords writes rows of a full-text index, replacing those with the same id.
func (d *DB) PutWords(tx *gorm.DB, table string, rows ...Words) error {
	if len(rows) == 0 {
		return nil
	}
	args := make([]any, 0, 2*len(rows))
	for _, r := range rows {
		args = append(args, r.ID, r.Words)
	}
	return tx.Exec(fmt.Sprintf(d.dialect.fullText().put, table)+placeholders(2, len(rows)), args...).Error
}

// DeleteWords removes a row of a full-text index.
func (d *DB) DeleteWords(tx *gorm.DB, table string, id int64) error {
	return tx.Exec("DELETE FROM "+table+" WHERE rowid = ?", id).Error
}

// MatchWords returns the condition, with its argument, that finds the rows of
// a full-text index that hold all the words.
func (d *DB) MatchWords(table string, words []string) (cond, arg string) {
	ft := d.dialect.fullText()
	return fmt.Sprintf(ft.match, table), ft.query(words)
}
