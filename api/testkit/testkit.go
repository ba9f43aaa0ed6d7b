// Package testkit builds small worlds for tests: a real database on each
// engine, a clock that is moved by hand, and mail that is caught.
package testkit

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/migration"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/platform/mail"
)

// MySQLEnv names the MySQL or MariaDB server that tests may use.
const MySQLEnv = "FIXDESK_TEST_MYSQL"

// Start is when every world begins.
var Start = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// World is an empty desk.
type World struct {
	URL    string // of the database
	DB     *db.DB
	Clock  *clock.Fake
	Bus    *event.Bus
	Worker *job.Worker
	Mail   *Mailbox
}

// Drain runs all jobs that are due.
func (w *World) Drain(t testing.TB) {
	t.Helper()
	if err := w.Worker.Drain(context.Background()); err != nil {
		t.Fatalf("run the jobs: %v", err)
	}
}

// Each runs a test on an empty database of each engine. Without MySQLEnv it
// runs on SQLite only; the Makefile says so.
func Each(t *testing.T, test func(t *testing.T, w *World)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	if os.Getenv(MySQLEnv) != "" {
		t.Run("mysql", func(t *testing.T) { test(t, MySQL(t)) })
	}
}

// SQLite opens a world on a new SQLite file.
func SQLite(t testing.TB) *World {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, "sqlite:"+path)
}

// sqliteTemplate migrates one file per test binary and keeps its bytes.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "fixdesk-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "t.db")
	if err := migrated("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func migrated(url string) error {
	d, err := db.Open(url, clock.System{}.Now)
	if err != nil {
		return err
	}
	if _, err := migration.Up(context.Background(), d); err != nil {
		return err
	}
	// Closing the last connection also folds SQLite's write-ahead log into the file.
	return d.Close()
}

// mysqlTurn lets the tests of one binary share a database, one at a time.
var mysqlTurn sync.Mutex

// MySQL opens a world on the server that MySQLEnv names, in a database of this
// test binary's own, emptied of what the test before left.
func MySQL(t testing.TB) *World {
	t.Helper()
	mysqlTurn.Lock()
	t.Cleanup(mysqlTurn.Unlock)
	url, err := mysqlDatabase()
	if err != nil {
		t.Fatalf("prepare the MySQL database: %v", err)
	}
	w := open(t, url)
	empty(t, w.DB)
	return w
}

func empty(t testing.TB, d *db.DB) {
	t.Helper()
	tx := d.Writer(context.Background())
	tables, err := tx.Migrator().GetTables()
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if strings.HasPrefix(table, "schema_") {
			continue
		}
		var one int
		if tx.Raw("SELECT 1 FROM " + table + " LIMIT 1").Scan(&one); one == 1 {
			if err := tx.Exec("DELETE FROM " + table).Error; err != nil {
				t.Fatal(err)
			}
		}
	}
}

// mysqlDatabase creates this binary's database. MySQL has no way to drop it
// when the process ends, so databases of processes that are gone are dropped
// by the next one.
var mysqlDatabase = sync.OnceValues(func() (string, error) {
	url, drop, err := FreshMySQL()
	if err != nil {
		return "", err
	}
	_ = drop
	return url, migrated(url)
})

const prefix = "fixdesk_test_"

// FreshMySQL creates an empty database and returns its URL and how to drop it.
func FreshMySQL() (url string, drop func(), err error) {
	base := os.Getenv(MySQLEnv)
	admin, err := db.Open(base, clock.System{}.Now)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = admin.Close() }()
	tx := admin.Writer(context.Background())
	var old []string
	if err := tx.Raw("SHOW DATABASES LIKE '" + strings.ReplaceAll(prefix, "_", `\_`) + "%'").Scan(&old).Error; err != nil {
		return "", nil, err
	}
	for _, name := range old {
		var pid int
		if _, err := fmt.Sscanf(strings.TrimPrefix(name, prefix), "%d_", &pid); err == nil && !alive(pid) {
			_ = tx.Exec("DROP DATABASE IF EXISTS `" + name + "`").Error
		}
	}
	random := make([]byte, 6)
	if _, err := rand.Read(random); err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("%s%d_%s", prefix, os.Getpid(), hex.EncodeToString(random))
	if err := tx.Exec("CREATE DATABASE `" + name + "` CHARACTER SET utf8mb4").Error; err != nil {
		return "", nil, err
	}
	drop = func() {
		if d, err := db.Open(base, clock.System{}.Now); err == nil {
			_ = d.Writer(context.Background()).Exec("DROP DATABASE IF EXISTS `" + name + "`").Error
			_ = d.Close()
		}
	}
	return base[:strings.LastIndex(base, "/")+1] + name, drop, nil
}

// KeptMySQL returns the URL of a database that stays, and makes it if need be.
func KeptMySQL(name string) (string, error) {
	base := os.Getenv(MySQLEnv)
	admin, err := db.Open(base, clock.System{}.Now)
	if err != nil {
		return "", err
	}
	defer func() { _ = admin.Close() }()
	err = admin.Writer(context.Background()).Exec("CREATE DATABASE IF NOT EXISTS `" + name + "` CHARACTER SET utf8mb4").Error
	return base[:strings.LastIndex(base, "/")+1] + name, err
}

func alive(pid int) bool {
	_, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
	return err == nil
}

func open(t testing.TB, url string) *World {
	t.Helper()
	c := clock.NewFake(Start)
	d, err := db.Open(url, c.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	worker := job.NewWorker(d, c)
	return &World{
		URL: url, DB: d, Clock: c, Worker: worker, Mail: &Mailbox{},
		Bus: event.NewBus(d, c, worker.Wake),
	}
}

// Mailbox catches the mail of a world.
type Mailbox struct {
	mu       sync.Mutex
	messages []mail.Message
	fail     error
}

// Send implements mail.Sender.
func (m *Mailbox) Send(_ context.Context, msg mail.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	m.messages = append(m.messages, msg)
	return nil
}

// FailWith makes every Send return err; nil mends it.
func (m *Mailbox) FailWith(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// All returns the messages caught so far.
func (m *Mailbox) All() []mail.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]mail.Message(nil), m.messages...)
}

// Clear forgets the messages caught so far.
func (m *Mailbox) Clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.messages = nil
}

// Last returns the newest message.
func (m *Mailbox) Last(t testing.TB) mail.Message {
	t.Helper()
	all := m.All()
	if len(all) == 0 {
		t.Fatal("no mail was sent")
	}
	return all[len(all)-1]
}
