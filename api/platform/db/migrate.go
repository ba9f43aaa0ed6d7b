package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/gorm"
)

// Migrations is what the migration runner needs to know of an engine.
type Migrations struct {
	Dialect goose.Dialect
	Pool    *sql.DB // its own, since the runner holds a connection while steps write
	Locker  lock.Locker
	// Session prepares a handle for creating tables.
	Session func(*gorm.DB) *gorm.DB
	// Widen gives a column the wider type that it has in a model.
	Widen func(m gorm.Migrator, model any, column string) error
}

// Migrations opens what the migration runner needs. The caller closes Pool.
func (d *DB) Migrations() (Migrations, error) { return d.dialect.migrations() }

func (s sqliteDialect) migrations() (Migrations, error) {
	pool, err := sql.Open("sqlite", s.dsn)
	if err != nil {
		return Migrations{}, fmt.Errorf("database: open SQLite: %w", err)
	}
	return Migrations{
		Dialect: goose.DialectSQLite3,
		Pool:    pool,
		Locker:  fileLocker{flock.New(s.path + ".migrate.lock")},
		Session: func(g *gorm.DB) *gorm.DB { return g },
		Widen:   func(gorm.Migrator, any, string) error { return nil }, // texts have no size
	}, nil
}

// fileLocker guards a SQLite file, which only programs of one machine share.
// The operating system frees the lock when its holder dies.
type fileLocker struct{ file *flock.Flock }

func (l fileLocker) Lock(ctx context.Context, _ *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if ok, err := l.file.TryLockContext(ctx, 50*time.Millisecond); err != nil || !ok {
		return fmt.Errorf("wait for another migration: %w", err)
	}
	return nil
}

func (l fileLocker) Unlock(context.Context, *sql.DB) error { return l.file.Unlock() }

func (m mysqlDialect) migrations() (Migrations, error) {
	pool, err := sql.Open("mysql", m.dsn)
	if err != nil {
		return Migrations{}, fmt.Errorf("database: connect to MySQL: %w", err)
	}
	// A row with a lease instead of GET_LOCK, which Galera does not support.
	locker, err := lock.NewMySQLTableLocker(lock.WithTableName("schema_lock"), lock.WithTableLockTimeout(time.Second, 300))
	if err != nil {
		return Migrations{}, fmt.Errorf("database: migration lock: %w", err)
	}
	return Migrations{
		Dialect: goose.DialectMySQL,
		Pool:    pool,
		Locker:  locker,
		Session: func(g *gorm.DB) *gorm.DB {
			return g.Set("gorm:table_options", "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin")
		},
		Widen: func(m gorm.Migrator, model any, column string) error { return m.AlterColumn(model, column) },
	}, nil
}
