package backup

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/fixdesk/fixdesk/api/migration"
)

var errDamaged = errors.New("the backup is damaged or incomplete")

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errDamaged, fmt.Sprintf(format, args...))
}

// archive reads a backup line by line.
type archive struct {
	in     *bufio.Reader
	sum    hash.Hash
	header header
}

func openArchive(in io.Reader) (*archive, error) {
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, errors.New("this is no backup of Fixdesk")
	}
	a := &archive{in: bufio.NewReaderSize(z, 1<<16), sum: sha256.New()}
	line, err := a.line()
	if err != nil || json.Unmarshal(line, &a.header) != nil || a.header.Format != formatName {
		return nil, errors.New("this is no backup of Fixdesk")
	}
	switch h := a.header; {
	case h.Version != formatVersion:
		return nil, fmt.Errorf("the backup has format %d, this program reads %d: use the release that made it (%s)", h.Version, formatVersion, h.Program)
	case h.Schema != migration.Latest():
		return nil, fmt.Errorf("the backup has schema %d, this program %d: restore it with the release that made it (%s), then upgrade", h.Schema, migration.Latest(), h.Program)
	}
	return a, nil
}

// line returns the next line, which counts for the checksum.
func (a *archive) line() ([]byte, error) {
	line, err := a.in.ReadBytes('\n')
	if err != nil {
		return nil, damaged("it ends in the middle")
	}
	if _, err := a.sum.Write(line); err != nil {
		return nil, err
	}
	return line, nil
}

// handler takes a backup apart.
type handler struct {
	table func(t table, columns []column) error
	row   func(values []json.RawMessage) error
	end   func() error
}

// read walks through the whole archive and verifies its counts and checksum.
// It returns the number of rows.
func (a *archive) read(h handler) (int64, error) {
	var total int64
	for _, t := range tables {
		line, err := a.line()
		if err != nil {
			return total, err
		}
		var m mark
		if err := json.Unmarshal(line, &m); err != nil || m.Table != t.name || len(m.Columns) == 0 {
			return total, damaged("the table %s is missing", t.name)
		}
		if err := h.table(t, m.Columns); err != nil {
			return total, err
		}
		n, err := a.rows(t, len(m.Columns), h)
		total += n
		if err != nil {
			return total, err
		}
	}
	sum := hex.EncodeToString(a.sum.Sum(nil))
	line, err := a.line()
	if err != nil {
		return total, err
	}
	var last mark
	if err := json.Unmarshal(line, &last); err != nil || last.SHA256 != sum || last.Rows == nil || *last.Rows != total {
		return total, damaged("the checksum does not match")
	}
	// Reading to the end also verifies the checksum of the compression.
	if _, err := a.in.ReadByte(); !errors.Is(err, io.EOF) {
		return total, damaged("something follows its end")
	}
	return total, nil
}

// rows reads the rows of a table and its end.
func (a *archive) rows(t table, columns int, h handler) (int64, error) {
	var n int64
	for {
		line, err := a.line()
		if err != nil {
			return n, err
		}
		if line[0] == '[' {
			var values []json.RawMessage
			if err := json.Unmarshal(line, &values); err != nil || len(values) != columns {
				return n, damaged("row %d of %s cannot be read", n+1, t.name)
			}
			if err := h.row(values); err != nil {
				return n, err
			}
			n++
			continue
		}
		var m mark
		if err := json.Unmarshal(line, &m); err != nil || m.End != t.name || m.Rows == nil || *m.Rows != n {
			return n, damaged("%s has not as many rows as it should", t.name)
		}
		return n, h.end()
	}
}
