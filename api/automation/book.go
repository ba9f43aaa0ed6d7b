package automation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// edition is the one row that counts what rules may mean something else after. A
// replica reads it to know whether the rules that it keeps are still those that hold.
type edition struct {
	ID int64 `gorm:"primaryKey;autoIncrement:false"`
	N  int64
}

func (edition) TableName() string { return "rule_editions" }

// book is the rules on events, ready to run, as of an edition.
type book struct {
	edition int64
	at      time.Time
	list    []ready
}

// maxAge is how long rules are kept without being read again, whatever is counted.
const maxAge = time.Minute

// Touch hears, in the transaction, that something changes what rules mean: one of
// them, who owns them, or what they name.
func (s *Service) Touch(tx *event.Tx, _ event.Event) error { return touch(tx) }

func touch(tx *event.Tx) error {
	res := tx.Model(&edition{}).Where("id = 1").UpdateColumn("n", gorm.Expr("n + 1"))
	if res.Error == nil && res.RowsAffected != 1 {
		res = tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&edition{ID: 1, N: 1})
	}
	if res.Error != nil {
		return fmt.Errorf("count an edition of the rules: %w", res.Error)
	}
	return nil
}

// book returns the enabled rules on events in their order. They are read and their
// conditions parsed once for each edition.
func (s *Service) book(ctx context.Context) ([]ready, error) {
	// The edition first: what is read after it is at least as new.
	var n []int64
	if err := s.db.Read(ctx).Model(&edition{}).Where("id = 1").Pluck("n", &n).Error; err != nil {
		return nil, fmt.Errorf("read the edition of the rules: %w", err)
	}
	now, b := s.clock.Now(), s.kept.Load()
	if len(n) == 1 && b != nil && b.edition == n[0] && now.Sub(b.at).Abs() < maxAge {
		return b.list, nil
	}
	rules, err := all(s.db.Read(ctx))
	if err != nil {
		return nil, err
	}
	rules = slices.DeleteFunc(rules, func(r Rule) bool { return !r.Enabled || len(r.Triggers) == 0 })
	list, err := s.prepare(ctx, rules)
	if err == nil && len(n) == 1 {
		s.kept.Store(&book{n[0], now, list})
	}
	return list, err
}

// asOfNow reads again the conditions that ask for moments such as today. One that
// cannot be read is left to CheckJob.
func (s *Service) asOfNow(ctx context.Context, list []ready) ([]ready, error) {
	parse := s.tickets.Conditions(ctx)
	out := make([]ready, 0, len(list))
	for _, x := range list {
		if x.timed {
			x.tests = nil
			if err := x.read(parse); fault.Is(err, fault.Invalid) {
				continue
			} else if err != nil {
				return nil, err
			}
		}
		out = append(out, x)
	}
	return out, nil
}
