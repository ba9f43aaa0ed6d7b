package db

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	drv "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
)

type mysqlDialect struct{ dsn string }

func openMySQL(dsn string, cfg *gorm.Config) (*DB, error) {
	g, err := gorm.Open(mysql.New(mysql.Config{DSN: dsn, DefaultStringSize: 255}), cfg)
	if err != nil {
		return nil, fmt.Errorf("database: connect to MySQL: %w", err)
	}
	pool, err := g.DB()
	if err != nil {
		return nil, fmt.Errorf("database: connect to MySQL: %w", err)
	}
	pool.SetMaxOpenConns(32)
	pool.SetMaxIdleConns(16)
	// Below the usual wait_timeout and load balancer limits, so that a
	// connection is never used after the other side has dropped it.
	pool.SetConnMaxLifetime(3 * time.Minute)
	return &DB{write: g, read: g, dialect: mysqlDialect{dsn: dsn}}, nil
}

func (mysqlDialect) name() string { return "mysql" }

// txOptions asks for READ COMMITTED: each update is compare-and-swap, so the
// snapshot of REPEATABLE READ would only add gap locks and deadlocks.
func (mysqlDialect) txOptions() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelReadCommitted}
}

func (mysqlDialect) retryable(err error) bool {
	var e *drv.MySQLError
	if !errors.As(err, &e) {
		return false
	}
	// 1205 lock wait timeout, 1213 deadlock, 1020 row changed since read (MariaDB).
	return e.Number == 1205 || e.Number == 1213 || e.Number == 1020
}

func (mysqlDialect) useIndex(table, alias, index string) string {
	return table + " AS " + alias + " FORCE INDEX (" + index + ")"
}

func (mysqlDialect) upsertAdd(table string, keys []string, column string, rows int) string {
	return "INSERT INTO " + table + " (" + strings.Join(keys, ", ") + ", " + column + ") VALUES " +
		placeholders(len(keys)+1, rows) +
		" ON DUPLICATE KEY UPDATE " + column + " = " + column + " + VALUES(" + column + ")"
}

func (mysqlDialect) explain() string { return "EXPLAIN " }
