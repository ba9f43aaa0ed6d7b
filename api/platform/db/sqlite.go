package db

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	modernc "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

type sqliteDialect struct{ path, dsn string }

func openSQLite(path string, cfg *gorm.Config) (*DB, error) {
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nil, fmt.Errorf("database: create the folder of the SQLite file: %w", err)
		}
	}
	q := url.Values{}
	q.Set("_time_format", "sqlite")
	q.Set("_txlock", "immediate")
	for _, p := range []string{
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"cache_size(-65536)", "temp_store(MEMORY)", "journal_size_limit(67108864)",
	} {
		q.Add("_pragma", p)
	}
	write, err := openSQLitePool(path, q, 1, cfg)
	if err != nil {
		return nil, err
	}
	own := dsn(path, q)
	q.Add("_pragma", "query_only(1)")
	read, err := openSQLitePool(path, q, max(4, runtime.NumCPU()), cfg)
	if err != nil {
		return nil, err
	}
	return &DB{write: write, read: read, dialect: sqliteDialect{path: path, dsn: own}}, nil
}

func dsn(path string, q url.Values) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openSQLitePool(path string, q url.Values, conns int, cfg *gorm.Config) (*gorm.DB, error) {
	pool, err := sql.Open("sqlite", dsn(path, q))
	if err != nil {
		return nil, fmt.Errorf("database: open SQLite: %w", err)
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	own := *cfg
	g, err := gorm.Open(translating{sqlite.New(sqlite.Config{DriverName: "sqlite", Conn: pool})}, &own)
	if err != nil {
		return nil, fmt.Errorf("database: open the SQLite file %s: %w", path, err)
	}
	return g, nil
}

// translating teaches GORM the error codes of the pure-Go driver, which its
// SQLite dialect does not know.
type translating struct{ gorm.Dialector }

func (t translating) Translate(err error) error {
	var e *modernc.Error
	if errors.As(err, &e) {
		switch e.Code() {
		case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			return fmt.Errorf("%w: %w", gorm.ErrDuplicatedKey, err)
		case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
			return fmt.Errorf("%w: %w", gorm.ErrForeignKeyViolated, err)
		}
	}
	return err
}

func (sqliteDialect) name() string { return "sqlite" }

func (sqliteDialect) txOptions() *sql.TxOptions { return nil }

func (sqliteDialect) retryable(err error) bool {
	var e *modernc.Error
	if !errors.As(err, &e) {
		return false
	}
	code := e.Code() & 0xff
	return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
}

func (sqliteDialect) useIndex(table, alias, index string) string {
	if index == PrimaryKey {
		return table + " AS " + alias + " NOT INDEXED"
	}
	return table + " AS " + alias + " INDEXED BY " + index
}

func (sqliteDialect) upsertAdd(table string, keys []string, column string, rows int) string {
	return "INSERT INTO " + table + " (" + strings.Join(keys, ", ") + ", " + column + ") VALUES " +
		placeholders(len(keys)+1, rows) +
		" ON CONFLICT (" + strings.Join(keys, ", ") + ") DO UPDATE SET " + column + " = " + column + " + excluded." + column
}

func (sqliteDialect) explain() string { return "EXPLAIN QUERY PLAN " }

// placeholders returns `(?, ?), (?, ?)` for rows of a width.
func placeholders(width, rows int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", width), ", ") + ")"
	return strings.TrimSuffix(strings.Repeat(row+", ", rows), ", ")
}
