package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/migration"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
)

// Writer makes backups.
type Writer struct {
	DB      *db.DB
	Clock   clock.Clock
	Program string // version
	// Progress hears how many rows are written.
	Progress func(rows int64)
}

// File writes a backup into a file that appears, readable by its owner only,
// once it is complete. It returns the number of rows.
func (w Writer) File(ctx context.Context, path string) (int64, error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*")
	if err != nil {
		return 0, fmt.Errorf("create the backup: %w", err)
	}
	rows, err := w.Write(ctx, f)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return 0, errors.Join(fmt.Errorf("write the backup: %w", err), os.Remove(f.Name()))
	}
	if d, err := os.Open(dir); err == nil { //nolint:gosec // the folder that the operator named
		_ = d.Sync() // the new name survives a loss of power, where folders can be synced
		_ = d.Close()
	}
	return rows, nil
}

// Write writes a backup of the database as it is at one moment.
func (w Writer) Write(ctx context.Context, to io.Writer) (int64, error) {
	status, err := migration.Check(ctx, w.DB)
	if err != nil {
		return 0, err
	}
	if status.Current != status.Latest {
		return 0, fmt.Errorf("the database has schema %d and this program %d: run fixdesk migrate up first", status.Current, status.Latest)
	}
	z, err := gzip.NewWriterLevel(to, gzip.BestSpeed)
	if err != nil {
		return 0, fmt.Errorf("compress the backup: %w", err)
	}
	a := &archiver{sum: sha256.New(), progress: w.Progress}
	buffered := bufio.NewWriterSize(z, 1<<16)
	a.out = io.MultiWriter(buffered, a.sum)
	err = w.DB.Read(ctx).Transaction(func(tx *gorm.DB) error {
		if err := a.line(header{
			Format: formatName, Version: formatVersion, Schema: status.Current,
			Engine: w.DB.Engine(), Program: w.Program, CreatedAt: w.Clock.Now(),
		}); err != nil {
			return err
		}
		for _, t := range tables {
			if err := a.table(tx, t); err != nil {
				return fmt.Errorf("back up %s: %w", t.name, err)
			}
		}
		return nil
	}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return 0, err
	}
	a.out = buffered
	if err := a.line(mark{SHA256: hex.EncodeToString(a.sum.Sum(nil)), Rows: &a.rows}); err != nil {
		return 0, err
	}
	return a.rows, errors.Join(buffered.Flush(), z.Close())
}

type archiver struct {
	out      io.Writer
	sum      hash.Hash
	rows     int64
	progress func(int64)
}

func (a *archiver) line(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = a.out.Write(append(data, '\n'))
	return err
}

func (a *archiver) table(tx *gorm.DB, t table) error {
	rows, err := tx.Raw("SELECT * FROM " + t.name + " ORDER BY " + t.keys).Rows()
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	columns, err := columnsOf(rows)
	if err != nil {
		return err
	}
	if err := a.line(mark{Table: t.name, Columns: columns}); err != nil {
		return err
	}
	var n int64
	values := make([]any, len(columns))
	to := make([]any, len(columns))
	for i := range values {
		to[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return err
		}
		for i, c := range columns {
			if values[i], err = encode(c.Kind, values[i]); err != nil {
				return fmt.Errorf("%s: %w", c.Name, err)
			}
		}
		if err := a.line(values); err != nil {
			return err
		}
		n++
		if a.rows++; a.progress != nil && a.rows%5000 == 0 {
			a.progress(a.rows)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return a.line(mark{End: t.name, Rows: &n})
}

func columnsOf(rows *sql.Rows) ([]column, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	out := make([]column, len(types))
	for i, t := range types {
		k, err := kindOf(t.DatabaseTypeName())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name(), err)
		}
		out[i] = column{t.Name(), k}
	}
	return out, nil
}
