// Package stat keeps numbers of tickets per day (UTC): how many were created,
// answered for the first time and solved, and how long that took. They follow
// the tickets as these are now: a ticket that is reopened was not solved, one
// that is deleted was never there, and one that moves takes its past with it.
package stat

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

// Kind is what happened to tickets on a day.
type Kind int

// The kinds. Of the last two, the buckets say how long it took.
const (
	Created Kind = iota + 1
	Responded
	Solved
)

// Dimension is what numbers are split by. Its reference is 0 for none.
type Dimension int

// The dimensions. Their values are stored: add new ones at the end, give them a
// line in what the ticket package makes of a ticket, fill them in by a
// migration, and show them in package report.
const (
	Whole Dimension = iota // not split; the reference is always 0
	ByPriority
	ByAgent
	ByCategory
	ByTeam
	ByChannel
)

// Facts are what is counted of one ticket.
type Facts struct {
	ID        int64
	Created   time.Time
	Responded *time.Time
	Solved    *time.Time
	Refs      []Ref
}

// Ref is the place of a ticket in a dimension.
type Ref struct {
	Dimension Dimension
	ID        int64
}

type key struct {
	kind      Kind
	dimension Dimension
	day       int64
	ref       int64
	bucket    int64
}

// spread is over how many rows the tickets of a day are counted, so that those
// who create tickets at the same time seldom wait for each other. Durations
// spread by themselves.
const spread = 8

// Changes collects what a transaction adds to the numbers.
type Changes map[key]int64

// Add counts a ticket n times; -1 takes it back.
func (c Changes) Add(f Facts, n int64) {
	add := func(kind Kind, at time.Time, bucket int64) {
		k := key{kind: kind, day: Day(at), bucket: bucket}
		c[k] += n
		for _, r := range f.Refs {
			k.dimension, k.ref = r.Dimension, r.ID
			c[k] += n
		}
	}
	add(Created, f.Created, f.ID%spread)
	if f.Responded != nil {
		add(Responded, *f.Responded, Bucket(f.Responded.Sub(f.Created)))
	}
	if f.Solved != nil {
		add(Solved, *f.Solved, Bucket(f.Solved.Sub(f.Created)))
	}
}

// Write adds everything to the table, in the order of the keys.
func (c Changes) Write(d *db.DB, tx *gorm.DB) error {
	keys := make([]key, 0, len(c))
	for k, n := range c {
		if n != 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.dimension, b.dimension),
			cmp.Compare(a.day, b.day), cmp.Compare(a.ref, b.ref), cmp.Compare(a.bucket, b.bucket))
	})
	for batch := range slices.Chunk(keys, 500) {
		rows := make([][]any, len(batch))
		for i, k := range batch {
			rows[i] = []any{int(k.kind), int(k.dimension), k.day, k.ref, k.bucket, c[k]}
		}
		if err := d.AddTo(tx, "ticket_stats", []string{"kind", "dimension", "day", "ref", "bucket"}, "n", rows); err != nil {
			return fmt.Errorf("count tickets per day: %w", err)
		}
	}
	return nil
}

// Day returns the number of the day of a time, counted from 1970-01-01 in UTC.
func Day(t time.Time) int64 {
	seconds := t.Unix()
	day := seconds / 86400
	if seconds%86400 < 0 {
		day--
	}
	return day
}

// Date returns the beginning of a day.
func Date(day int64) time.Time { return time.Unix(day*86400, 0).UTC() }

// Row is a number read back. Which of Day and Ref are set depends on what was
// asked for.
type Row struct {
	Day    int64
	Ref    int64
	Bucket int64
	N      int64
}

// PerDay reads the numbers of all tickets for each day from first to last.
func PerDay(tx *gorm.DB, kind Kind, first, last int64) ([]Row, error) {
	var out []Row
	err := tx.Raw("SELECT day, bucket, n FROM ticket_stats WHERE kind = ? AND dimension = ? AND day >= ? AND day <= ? AND n <> 0 ORDER BY day",
		int(kind), int(Whole), first, last).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read the tickets per day: %w", err)
	}
	return out, nil
}

// PerRef reads the numbers of the days from first to last together, for each
// reference of a dimension.
func PerRef(tx *gorm.DB, kind Kind, dim Dimension, first, last int64) ([]Row, error) {
	var out []Row
	err := tx.Raw("SELECT ref, bucket, SUM(n) AS n FROM ticket_stats WHERE kind = ? AND dimension = ? AND day >= ? AND day <= ?"+
		" GROUP BY ref, bucket HAVING SUM(n) <> 0", int(kind), int(dim), first, last).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read the tickets of a dimension: %w", err)
	}
	return out, nil
}

// Since returns how many tickets were counted after a day.
func Since(tx *gorm.DB, kind Kind, day int64) (int64, error) {
	var n int64
	err := tx.Raw("SELECT COALESCE(SUM(n), 0) FROM ticket_stats WHERE kind = ? AND dimension = ? AND day > ?", int(kind), int(Whole), day).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count the tickets since a day: %w", err)
	}
	return n, nil
}
