// Package importer holds what every import source shares: the memory of what
// was taken before, the people that records name, and the report of what was
// taken, what was skipped, and why.
package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Desk is what records are imported into.
type Desk struct {
	DB      *db.DB
	Bus     *event.Bus
	Clock   clock.Clock
	Users   *user.Service
	Tickets *ticket.Service
}

// By is the actor of every import.
func By() authz.Actor { return authz.System("import") }

// taken is what a source's record became, so that running an import again takes
// nothing twice. It is written in the transaction that writes the object.
type taken struct {
	Source    string `gorm:"primaryKey"`
	RecordKey string `gorm:"primaryKey"`
	Noun      string
	ObjectID  int64
	CreatedAt time.Time
}

func (taken) TableName() string { return "import_records" }

// The limits of the table's columns, in code points.
const (
	maxSource = 128
	maxKey    = 191
)

// Source is a namespace of keys: one system, or one file, that records come
// from.
type Source string

// NewSource checks a source's name.
func NewSource(name string) (Source, error) {
	if name == "" || utf8.RuneCountInString(name) > maxSource || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return "", fmt.Errorf("the source's name must have 1 to %d characters", maxSource)
	}
	return Source(name), nil
}

// Key returns the form of a key that is stored: one that is too long is
// replaced by its hash.
func Key(noun, key string) string {
	k := noun + ":" + key
	if utf8.RuneCountInString(k) <= maxKey {
		return k
	}
	sum := sha256.Sum256([]byte(key))
	return noun + ":sha256:" + hex.EncodeToString(sum[:])
}

// Taken returns the ids of the objects that keys became.
func (s Source) Taken(tx *gorm.DB, keys []string) (map[string]int64, error) {
	out := map[string]int64{}
	for batch := range slices.Chunk(keys, 500) {
		var found []taken
		if err := tx.Where("source = ? AND record_key IN ?", string(s), batch).Find(&found).Error; err != nil {
			return nil, fmt.Errorf("look for records taken before: %w", err)
		}
		for _, t := range found {
			out[t.RecordKey] = t.ObjectID
		}
	}
	return out, nil
}

// Remember notes what keys became, as part of the transaction that made it.
func (s Source) Remember(tx *event.Tx, noun string, ids map[string]int64) error {
	rows := make([]taken, 0, len(ids))
	for key, id := range ids {
		rows = append(rows, taken{Source: string(s), RecordKey: key, Noun: noun, ObjectID: id, CreatedAt: tx.Now})
	}
	if len(rows) == 0 {
		return nil
	}
	slices.SortFunc(rows, func(a, b taken) int { return strings.Compare(a.RecordKey, b.RecordKey) })
	if err := tx.CreateInBatches(&rows, 200).Error; err != nil {
		return fmt.Errorf("note what was taken: %w", err)
	}
	return nil
}

// Batch runs fn in one transaction. When another import of the same source
// wrote the same records at the same time, fn runs once more and sees them.
func (d Desk) Batch(ctx context.Context, fn func(tx *event.Tx) error) error {
	err := d.Bus.Do(ctx, By(), fn)
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		err = d.Bus.Do(ctx, By(), fn)
	}
	return err
}

// ErrInterrupted says that an import was stopped; run again, it goes on.
var ErrInterrupted = errors.New("interrupted: nothing is lost, run the same command again to go on")

// Interrupted turns the end of a context into ErrInterrupted.
func Interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ErrInterrupted
	}
	return err
}

// Objects returns the ids of all objects of a noun that came from the source.
func (s Source) Objects(tx *gorm.DB, noun string) (map[int64]bool, error) {
	var ids []int64
	if err := tx.Model(&taken{}).Where("source = ? AND noun = ?", string(s), noun).Pluck("object_id", &ids).Error; err != nil {
		return nil, fmt.Errorf("look for records taken before: %w", err)
	}
	out := make(map[int64]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, nil
}
