package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// Restorer fills databases from backups.
type Restorer struct {
	DB      *db.DB
	Bus     *event.Bus
	Tickets *ticket.Service
	// Progress hears how many of the rows are restored.
	Progress func(rows, total int64)
}

// ErrNotEmpty says that a database already holds something.
var ErrNotEmpty = errors.New("the database is not empty")

// Restore fills an empty database of this program's schema, all or nothing. The
// archive is read twice: it is verified before anything is written. It returns
// the number of rows.
func (r Restorer) Restore(ctx context.Context, file io.ReadSeeker) (int64, error) {
	if err := r.empty(r.DB.Read(ctx)); err != nil {
		return 0, err
	}
	total, err := verify(file)
	if err != nil {
		return 0, err
	}
	err = r.Bus.Do(ctx, authz.System("restore"), func(tx *event.Tx) error {
		if err := r.empty(tx.DB); err != nil {
			return err
		}
		if err := r.fill(tx, file, total); err != nil {
			return err
		}
		return r.finish(tx)
	})
	return total, err
}

// empty returns an error that names a table with rows.
func (r Restorer) empty(tx *gorm.DB) error {
	for _, t := range tables {
		var one int
		if err := tx.Raw("SELECT 1 FROM " + t.name + " LIMIT 1").Scan(&one).Error; err != nil {
			return fmt.Errorf("look into %s: %w", t.name, err)
		}
		if one == 1 {
			return fmt.Errorf("%w (there are rows in %s): restore into a new database", ErrNotEmpty, t.name)
		}
	}
	return nil
}

func verify(file io.ReadSeeker) (int64, error) {
	a, err := rewind(file)
	if err != nil {
		return 0, err
	}
	var columns []column
	return a.read(handler{
		table: func(_ table, c []column) error { columns = c; return nil },
		row: func(values []json.RawMessage) error {
			for i, v := range values {
				if _, err := decode(columns[i].Kind, v); err != nil {
					return damaged("%s: %s", columns[i].Name, err)
				}
			}
			return nil
		},
		end: func() error { return nil },
	})
}

func rewind(file io.ReadSeeker) (*archive, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read the backup: %w", err)
	}
	return openArchive(file)
}

// A statement has no more rows and no more bytes than this; the smallest limit
// of a MySQL packet is 1 MiB on servers that were not asked for more.
const (
	maxRows  = 200
	maxBytes = 512 << 10
)

// inserter writes the rows of one table, many in each statement.
type inserter struct {
	tx      *gorm.DB
	columns []column
	head    string
	row     string
	args    []any
	rows    int
	bytes   int
}

func (r Restorer) fill(tx *event.Tx, file io.ReadSeeker, total int64) error {
	a, err := rewind(file)
	if err != nil {
		return err
	}
	var in *inserter
	var done int64
	_, err = a.read(handler{
		table: func(t table, columns []column) error {
			in, err = newInserter(tx.DB, t, columns)
			return err
		},
		row: func(values []json.RawMessage) error {
			if done++; r.Progress != nil && done%1000 == 0 {
				r.Progress(done, total)
			}
			return in.add(values)
		},
		end: func() error { return in.flush() },
	})
	return err
}

func newInserter(tx *gorm.DB, t table, columns []column) (*inserter, error) {
	rows, err := tx.Raw("SELECT * FROM " + t.name + " WHERE 1 = 0").Rows()
	if err != nil {
		return nil, fmt.Errorf("look into %s: %w", t.name, err)
	}
	defer func() { _ = rows.Close() }()
	have, err := columnsOf(rows)
	if err != nil {
		return nil, fmt.Errorf("look into %s: %w", t.name, err)
	}
	kinds := map[string]kind{}
	for _, c := range have {
		kinds[c.Name] = c.Kind
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		if kinds[c.Name] != c.Kind || len(columns) != len(have) {
			return nil, damaged("the columns of %s are not those of this program", t.name)
		}
		names[i] = tx.Statement.Quote(c.Name)
	}
	return &inserter{
		tx: tx, columns: columns,
		head: "INSERT INTO " + t.name + " (" + strings.Join(names, ", ") + ") VALUES ",
		row:  "(" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + ")",
	}, nil
}

func (in *inserter) add(values []json.RawMessage) error {
	for i, v := range values {
		arg, err := decode(in.columns[i].Kind, v)
		if err != nil {
			return damaged("%s: %s", in.columns[i].Name, err)
		}
		in.args = append(in.args, arg)
		in.bytes += len(v)
	}
	in.rows++
	if in.rows == maxRows || in.bytes > maxBytes {
		return in.flush()
	}
	return nil
}

func (in *inserter) flush() error {
	if in.rows == 0 {
		return nil
	}
	sql := in.head + strings.TrimSuffix(strings.Repeat(in.row+", ", in.rows), ", ")
	if err := in.tx.Exec(sql, in.args...).Error; err != nil {
		return fmt.Errorf("restore rows: %w", err)
	}
	in.args, in.rows, in.bytes = in.args[:0], 0, 0
	return nil
}

// finish makes anew what is not in a backup.
func (r Restorer) finish(tx *event.Tx) error {
	const batch = 500
	for after := int64(0); ; {
		last, err := r.Tickets.Rebuild(tx, after, batch)
		if err != nil {
			return err
		}
		if last == 0 {
			break
		}
		after = last
	}
	var last int64
	err := tx.Model(&event.Event{}).Where("subject_type = ?", "ticket").Select("COALESCE(MAX(subject_id), 0)").Scan(&last).Error
	if err != nil {
		return fmt.Errorf("read the last ticket's id: %w", err)
	}
	return r.Tickets.Retire(tx, last)
}
