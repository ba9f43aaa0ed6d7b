// Package db opens the database and holds every difference between SQLite and
// MySQL/MariaDB. Nothing outside this package may ask which one it is.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"
)

// DB is an open database with one way to read and one way to write. On SQLite
// they are different pools: a single writer connection, so that writers queue
// in the program instead of failing as busy, and several readers.
type DB struct {
	write   *gorm.DB
	read    *gorm.DB
	dialect dialect
}

// dialect is the one seam between the two engines.
type dialect interface {
	name() string
	txOptions() *sql.TxOptions
	retryable(err error) bool
	useIndex(table, alias, index string) string
	upsertAdd(table string, keys []string, column string, rows int) string
	fullText() fullText
	explain() string
	migrations() (Migrations, error)
}

// Open connects to the database that url names: `sqlite:PATH` or
// `mysql://user:password@host:port/name`.
func Open(url string, now func() time.Time) (*DB, error) {
	kind, dsn, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	cfg := &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,
		NowFunc:                now,
		Logger:                 sqlLog{now},
	}
	if kind == "mysql" {
		return openMySQL(dsn, cfg)
	}
	return openSQLite(dsn, cfg)
}

type txKey struct{}

// Read returns a handle for queries: the transaction that ctx carries, or a
// reader.
func (d *DB) Read(ctx context.Context) *gorm.DB {
	if tx, ok := ctx.Value(txKey{}).(*gorm.DB); ok {
		return tx.WithContext(ctx)
	}
	return d.read.WithContext(ctx)
}

// InTx reports whether ctx carries a transaction that a Tx call would join.
func InTx(ctx context.Context) bool {
	_, ok := ctx.Value(txKey{}).(*gorm.DB)
	return ok
}

// Outside returns ctx without the transaction that it carries: what is read with it is
// what others see meanwhile.
func Outside(ctx context.Context) context.Context { return context.WithValue(ctx, txKey{}, nil) }

// ErrLostRace marks an error of a compare-and-swap that found another version:
// Tx begins again, so that the caller decides on what is there now.
var ErrLostRace = errors.New("another transaction was faster")

const maxTries = 8

// Tx runs fn in a transaction, again from the start when it loses a race to
// another one (a bounded number of times), so fn must have no effect outside
// the transaction. The ctx that fn receives carries the transaction: reads and
// Tx calls made with it take part in it.
func (d *DB) Tx(ctx context.Context, fn func(ctx context.Context, tx *gorm.DB) error) error {
	if tx, ok := ctx.Value(txKey{}).(*gorm.DB); ok {
		return fn(ctx, tx.WithContext(ctx))
	}
	var err error
	for try := range maxTries {
		if try > 0 {
			pause := time.Duration(1<<min(try, 6)) * 5 * time.Millisecond
			pause += rand.N(pause) //nolint:gosec // jitter needs no secrecy
			select {
			case <-ctx.Done():
				return fmt.Errorf("wait to retry the transaction: %w", ctx.Err())
			case <-time.After(pause):
			}
		}
		err = d.write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
			inner := context.WithValue(ctx, txKey{}, tx)
			return fn(inner, tx.WithContext(inner))
		}, d.dialect.txOptions())
		if err == nil || (!errors.Is(err, ErrLostRace) && !d.dialect.retryable(err)) {
			return err
		}
	}
	return fmt.Errorf("transaction lost %d races: %w", maxTries, err)
}

// Writer returns a handle for statements outside a transaction, such as
// migrations and bulk loads.
func (d *DB) Writer(ctx context.Context) *gorm.DB { return d.write.WithContext(ctx) }

// Close closes all connections.
func (d *DB) Close() error {
	var errs []error
	seen := map[*sql.DB]bool{}
	for _, g := range []*gorm.DB{d.read, d.write} {
		pool, err := g.DB()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if !seen[pool] {
			seen[pool] = true
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

// Ping checks that the database answers.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	return d.read.WithContext(ctx).Raw("SELECT 1").Scan(&one).Error
}

// Engine names the engine for people: "sqlite" or "mysql".
func (d *DB) Engine() string { return d.dialect.name() }

// PrimaryKey is the name to give UseIndex for a walk along the ids.
const PrimaryKey = "PRIMARY"

// UseIndex returns a table expression that pins the index a query walks, so
// that its cost does not depend on the optimiser's statistics. The names must
// be constants of the program.
func (d *DB) UseIndex(table, alias, index string) string {
	return d.dialect.useIndex(table, alias, index)
}

// AddTo adds each row's last value to column in the row with the same keys,
// creating rows that are missing. A row lists its keys' values and then the
// amount. Sort rows by key, so that concurrent calls lock in the same order.
func (d *DB) AddTo(tx *gorm.DB, table string, keys []string, column string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	args := make([]any, 0, len(rows)*(len(keys)+1))
	for _, r := range rows {
		args = append(args, r...)
	}
	return tx.Exec(d.dialect.upsertAdd(table, keys, column, len(rows)), args...).Error
}

// Explain returns the query plan of a statement as text, for tests that guard
// against scans.
func (d *DB) Explain(ctx context.Context, query string, args ...any) (string, error) {
	rows, err := d.read.WithContext(ctx).Raw(d.dialect.explain()+query, args...).Rows()
	if err != nil {
		return "", fmt.Errorf("explain: %w", err)
	}
	defer func() { _ = rows.Close() }()
	cols, err := rows.Columns()
	if err != nil {
		return "", fmt.Errorf("explain: %w", err)
	}
	var out string
	for rows.Next() {
		vals := make([]sql.NullString, len(cols))
		ptrs := make([]any, len(cols))
		for i := range vals {
			ptrs[i] = &vals[i]
		}
		if err := rows.Scan(ptrs...); err != nil {
			return "", fmt.Errorf("explain: %w", err)
		}
		for i, v := range vals {
			out += cols[i] + "=" + v.String + " "
		}
		out += "\n"
	}
	return out, rows.Err()
}
