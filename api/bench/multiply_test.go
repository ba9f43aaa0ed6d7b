package bench

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// kindred are the tables of a filled desk whose rows multiply with the tickets. A row
// of the first column's number k becomes the rows from (k - 1) * times + 1 on, and what its
// other columns say about tickets goes with it.
var kindred = []struct{ table, id, ticket string }{
	{"tickets", "id", ""},
	{"comments", "id", "ticket_id"},
	{"events", "id", "subject_id"},
	{"ticket_texts", "ticket_id", ""},
	{"ticket_tags", "", "ticket_id"},
	{"ticket_field_values", "", "ticket_id"},
}

// multiply makes a desk so many times as large: each ticket stands beside its copies, so
// that everything is spread over time, people and states as it was. Loading
// a million tickets one by one takes hours on some engines. What is returned makes the indexes
// again. The text index keeps what it had.
func multiply(b *testing.B, s *subject, times int) (indexed func()) {
	b.Helper()
	db := s.app.DB.Writer(ctx)
	exec := func(sql string, args ...any) {
		if err := db.Exec(sql, args...).Error; err != nil {
			b.Fatalf("%s: %v", sql, err)
		}
	}
	var again []func()
	exec("CREATE TABLE bench_copies (j integer PRIMARY KEY)")
	for j := range times {
		exec("INSERT INTO bench_copies VALUES (?)", j)
	}
	for _, k := range kindred {
		again = append(again, dropIndexes(b, s, k.table))
		types, err := db.Migrator().ColumnTypes(k.table)
		if err != nil {
			b.Fatal(err)
		}
		var names, values []string
		for _, c := range types {
			name := c.Name()
			value := "x." + name
			if name == k.id || name == k.ticket {
				value = fmt.Sprintf("(x.%s - 1) * %d + 1 + c.j", name, times)
			}
			if k.table == "events" && name == "subject_id" {
				value = "CASE WHEN x.subject_type = 'ticket' THEN " + value + " ELSE x." + name + " END"
			}
			names, values = append(names, name), append(values, value)
		}
		exec("CREATE TABLE bench_rows AS SELECT * FROM " + k.table)
		exec("DELETE FROM " + k.table)
		order := k.id
		if order == "" {
			order = k.ticket
		}
		exec("INSERT INTO " + k.table + " (" + strings.Join(names, ", ") + ") SELECT " + strings.Join(values, ", ") +
			" FROM bench_rows AS x CROSS JOIN bench_copies AS c ORDER BY x." + order + ", c.j")
		exec("DROP TABLE bench_rows")
	}
	for _, t := range []string{"ticket_counts", "ticket_days", "ticket_stats"} {
		exec(fmt.Sprintf("UPDATE %s SET n = n * %d", t, times))
	}
	exec("DROP TABLE bench_copies")
	return func() {
		for _, f := range again {
			f()
		}
	}
}

var keyLine = regexp.MustCompile("(?m)^\\s*((UNIQUE )?KEY `([^`]+)` .*?),?$")

// dropIndexes drops the secondary indexes of a table; what it returns makes them again.
func dropIndexes(b *testing.B, s *subject, table string) func() {
	b.Helper()
	db := s.app.DB.Writer(ctx)
	exec := func(sql string) {
		if err := db.Exec(sql).Error; err != nil {
			b.Fatalf("%s: %v", sql, err)
		}
	}
	var drops, makes []string
	if s.app.DB.Engine() == "mysql" {
		var shown struct {
			Table       string
			CreateTable string `gorm:"column:Create Table"`
		}
		if err := db.Raw("SHOW CREATE TABLE " + table).Scan(&shown).Error; err != nil {
			b.Fatal(err)
		}
		for _, m := range keyLine.FindAllStringSubmatch(shown.CreateTable, -1) {
			drops, makes = append(drops, "DROP KEY `"+m[3]+"`"), append(makes, "ADD "+m[1])
		}
		if len(drops) == 0 {
			return func() {}
		}
		exec("ALTER TABLE " + table + " " + strings.Join(drops, ", "))
		return func() { exec("ALTER TABLE " + table + " " + strings.Join(makes, ", ")) }
	}
	if err := db.Raw("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?", table).Scan(&makes).Error; err != nil {
		b.Fatal(err)
	}
	if err := db.Raw("SELECT 'DROP INDEX ' || name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?", table).Scan(&drops).Error; err != nil {
		b.Fatal(err)
	}
	for _, sql := range drops {
		exec(sql)
	}
	return func() {
		for _, sql := range makes {
			exec(sql)
		}
	}
}
