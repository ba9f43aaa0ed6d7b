package backup_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/backup"
	"github.com/fixdesk/fixdesk/api/demo"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// furnish fills a world with the demo and with what is hard to keep.
func furnish(t *testing.T, w *testkit.World) {
	t.Helper()
	ctx := context.Background()
	users := user.New(w.DB, w.Bus, w.Clock)
	tickets := ticket.New(w.DB, w.Bus, w.Clock)
	d := demo.Desk{DB: w.DB, Bus: w.Bus, Clock: w.Clock, Users: users, Tickets: tickets, DataDir: t.TempDir()}
	if _, err := d.Load(ctx, demo.Options{Tickets: 700, Comments: 4, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	u, err := users.Create(ctx, authz.System("test"), user.Draft{Username: "zoë", Email: "zoe@example.com", Role: authz.Admin, Active: true, Verified: true})
	if err != nil {
		t.Fatal(err)
	}
	by := authz.Person(u.ID, u.Username, u.Role, authz.Options{})
	w.Clock.Advance(123457 * time.Microsecond)
	strange := "4-byte 🧯, quotes \" ' \\, <html>&amp;, \u2028, tab\t, e\u0301, control \u0001, CRLF\r\nend "
	_, err = tickets.Open(ctx, by, ticket.Draft{Title: strange[:40], Description: strange + strings.Repeat("long ", 60000)})
	if err != nil {
		t.Fatal(err)
	}
	gone, err := tickets.Open(ctx, by, ticket.Draft{Title: "gone", Description: "gone"})
	if err != nil {
		t.Fatal(err)
	}
	if err := tickets.Delete(ctx, by, gone.ID, etag.Condition{}); err != nil {
		t.Fatal(err)
	}
	err = w.DB.Writer(ctx).Exec("INSERT INTO idempotency_keys (scope, idem_key, fingerprint, status, body, created_at) VALUES (?, ?, ?, ?, ?, ?)",
		"user:1", "k", "f", 201, []byte{0, 255, 1, '"'}, w.Clock.Now()).Error
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, w *testkit.World) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := (backup.Writer{DB: w.DB, Clock: w.Clock, Program: "test"}).Write(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func restore(w *testkit.World, archive []byte) error {
	r := backup.Restorer{DB: w.DB, Bus: w.Bus, Tickets: ticket.New(w.DB, w.Bus, w.Clock)}
	_, err := r.Restore(context.Background(), bytes.NewReader(archive))
	return err
}

// rows is an archive without its first line, which names engine and time, and
// its last.
func rows(t *testing.T, archive []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	text = text[strings.IndexByte(text, '\n')+1:]
	return text[:strings.LastIndexByte(text[:len(text)-1], '\n')]
}

// TestThereAndBack restores each engine's backup on each engine.
func TestThereAndBack(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		furnish(t, w)
		archive := write(t, w)
		want := rows(t, archive)
		target := testkit.SQLite(t)
		target.Clock.Advance(time.Hour)
		if err := restore(target, archive); err != nil {
			t.Fatal(err)
		}
		if got := rows(t, write(t, target)); got != want {
			t.Errorf("what was restored differs from what was saved:\n%s", firstDifference(got, want))
		}
		again := write(t, target)
		checkDesk(t, w, target)
		// And back into an engine of the first kind, emptied.
		for _, table := range tables(t, w.DB) {
			if err := w.DB.Writer(context.Background()).Exec("DELETE FROM " + table).Error; err != nil {
				t.Fatal(err)
			}
		}
		if err := restore(w, again); err != nil {
			t.Fatal(err)
		}
		if got := rows(t, write(t, w)); got != want {
			t.Errorf("what came back differs from what was saved:\n%s", firstDifference(got, want))
		}
		if err := restore(w, archive); !errors.Is(err, backup.ErrNotEmpty) {
			t.Errorf("into a database that is not empty: %v", err)
		}
	})
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i][:min(len(x[i]), 600)] + "\n" + y[i][:min(len(y[i]), 600)]
		}
	}
	return fmt.Sprintf("%d lines and %d", len(x), len(y))
}

// checkDesk searches the restored desk, and sees to it that ids go on.
func checkDesk(t *testing.T, from, to *testkit.World) {
	t.Helper()
	ctx := context.Background()
	by := authz.System("test")
	find := func(w *testkit.World, text string) string {
		list, err := ticket.New(w.DB, w.Bus, w.Clock).List(ctx, by, ticket.Filter{Search: text}, web.Page{Number: 1, Size: 50})
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, tk := range list.Rows {
			fmt.Fprintln(&out, tk.ID, tk.Title, tk.CreatedAt, tk.Status)
		}
		return fmt.Sprint(list.Count, "\n", out.String())
	}
	for _, text := range []string{"", "vpn", "printer", "🧯", "e\u0301, cont"} {
		if a, b := find(from, text), find(to, text); a != b || strings.HasPrefix(a, "0") {
			t.Errorf("search for %q:\n%s\nrestored:\n%s", text, a, b)
		}
	}
	u, err := user.Named(to.DB.Read(ctx), []string{"zoë"})
	if err != nil {
		t.Fatal(err)
	}
	who := u["zoë"]
	next, err := ticket.New(to.DB, to.Bus, to.Clock).Open(ctx, authz.Person(who.ID, who.Username, who.Role, authz.Options{}), ticket.Draft{Title: "n", Description: "n"})
	if err != nil || next.ID != 703 {
		t.Errorf("the ticket after 702, which was deleted, has id %d, %v", next.ID, err)
	}
}

func tables(t *testing.T, d *db.DB) []string {
	t.Helper()
	all, err := d.Writer(context.Background()).Migrator().GetTables()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(name string) bool {
		return strings.HasPrefix(name, "schema_") || strings.HasPrefix(name, "sqlite_") || strings.HasPrefix(name, "ticket_grams_")
	})
}

func TestEveryTableIsKept(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		known := backup.Known()
		for _, name := range tables(t, w.DB) {
			if !slices.Contains(known, name) {
				t.Errorf("backups do not know the table %s", name)
			}
		}
	})
}

func TestDamage(t *testing.T) {
	w := testkit.SQLite(t)
	furnish(t, w)
	good := write(t, w)
	z, err := gzip.NewReader(bytes.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	zip := func(s string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := io.WriteString(z, s)
		if err := errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	text := string(plain)
	lines := strings.SplitAfter(text, "\n")
	for name, archive := range map[string][]byte{
		"empty": nil, "no archive": []byte("hello"), "another file": zip("hello\n"), "cut off": good[:len(good)/2],
		"a letter changed":      zip(strings.Replace(text, "laptop", "leptop", 1)),
		"a row less":            zip(strings.Join(slices.Delete(slices.Clone(lines), 3, 4), "")),
		"the last line missing": zip(strings.Join(lines[:len(lines)-2], "")),
		"more behind":           zip(text + "{}\n"),
		"newer schema":          zip(strings.Replace(text, `"schema":`, `"schema":99`, 1)),
		"newer format":          zip(strings.Replace(text, `"version":1`, `"version":2`, 1)),
	} {
		target := testkit.SQLite(t)
		if err := restore(target, archive); err == nil {
			t.Errorf("%s: restored", name)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
		if got := rows(t, write(t, target)); strings.Contains(got, "\n[") {
			t.Errorf("%s: something was written", name)
		}
	}
}

func TestFile(t *testing.T) {
	w := testkit.SQLite(t)
	furnish(t, w)
	path := filepath.Join(t.TempDir(), "b.gz")
	writer := backup.Writer{DB: w.DB, Clock: w.Clock, Program: "test"}
	n, err := writer.File(context.Background(), path)
	if err != nil || n < 700 {
		t.Fatalf("%d rows, %v", n, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	// One that fails leaves the one before as it is, and nothing beside it.
	ctx, cancel := context.WithCancel(context.Background())
	writer.Progress = func(int64) { cancel() }
	if _, err := writer.File(ctx, path); err == nil {
		t.Error("a backup that was interrupted succeeded")
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	again, err2 := os.Stat(path)
	if err := errors.Join(err, err2); err != nil || len(entries) != 1 || again.Size() != info.Size() {
		t.Errorf("%v, %v, %v", entries, again, err)
	}
}
