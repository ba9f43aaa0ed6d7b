// Package migration brings a database to the schema this program needs: a
// numbered list of steps, the same for both engines, run under a lock so that
// replicas which start together do not run them twice.
package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
)

// step is one migration. MySQL cannot undo DDL, so each part is skipped when it
// is already there: a step that was cut off is simply run again.
type step struct {
	version     int64
	tables      []any
	columns     []column // added to tables of earlier steps
	indexes     []column
	widened     []column // columns whose type has grown
	textIndexes []string
	// fill gives new columns their values, in transactions of its own.
	fill func(ctx context.Context, d *db.DB) error
}

// column names a column or an index of a frozen struct.
type column struct {
	table any
	name  string
}

func steps() []step {
	// One to a line: whoever adds one touches no other.
	return []step{
		desk(),
		workspace(),
		views(),
		person(),
		reports(),
		attachments(),
		facets(),
		team(),
		calendars(),
		slas(),
		webhooks(),
		bulkSets(),
		sparse(),
		facetReports(),
		links(),
		snoozes(),
		checklists(),
		times(),
		templates(),
		macros(),
		rules(),
		mailIn(),
		mailOut(),
		recurrences(),
		routing(),
		notifications(),
		longSorts(),
		ruleEditions(),
		webhookRequests(),
		keeping(),
		templateUndo(),
		mailDelivery(),
		chatAddresses(),
		teamSight(),
		noteOrigins(),
		deskSettings(),
		channels(),
		mailDelays(),
		narrow(),
		ccAddresses(),
		pastRoles(),
	}
}

// Latest is the schema version this program works with.
func Latest() int64 {
	all := steps()
	return all[len(all)-1].version
}

// Status is where a database stands.
type Status struct {
	Current int64 // 0 for an empty database
	Latest  int64
}

// ErrNewer says that the database belongs to a newer program.
var ErrNewer = errors.New("the database has a newer schema than this program")

const versionTable = "schema_migrations"

// Up runs every pending migration and returns how many it ran.
func Up(ctx context.Context, d *db.DB) (int, error) {
	status, err := Check(ctx, d)
	if err != nil {
		return 0, err
	}
	if status.Current == status.Latest {
		return 0, nil
	}
	m, err := d.Migrations()
	if err != nil {
		return 0, err
	}
	defer func() { _ = m.Pool.Close() }()
	p, err := provider(d, m)
	if err != nil {
		return 0, err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return len(done), fmt.Errorf("migrate: %w", err)
	}
	return len(done), nil
}

// Check tells where a database stands, without changing it.
func Check(ctx context.Context, d *db.DB) (Status, error) {
	s := Status{Latest: Latest()}
	if !d.Read(ctx).Migrator().HasTable(versionTable) {
		return s, nil
	}
	var v sql.NullInt64
	err := d.Read(ctx).Raw("SELECT MAX(version_id) FROM " + versionTable).Scan(&v).Error
	if err != nil {
		return s, fmt.Errorf("read the schema version: %w", err)
	}
	s.Current = v.Int64
	if s.Current > s.Latest {
		return s, newer(s)
	}
	return s, nil
}

func newer(s Status) error {
	return fmt.Errorf("%w (database %d, program %d): install the newer release of Fixdesk, or restore a backup made by this one", ErrNewer, s.Current, s.Latest)
}

func provider(d *db.DB, m db.Migrations) (*goose.Provider, error) {
	list := make([]*goose.Migration, 0, len(steps()))
	for _, s := range steps() {
		up := func(ctx context.Context, _ *sql.DB) error { return s.run(ctx, d, m) }
		list = append(list, goose.NewGoMigration(s.version, &goose.GoFunc{RunDB: up}, nil))
	}
	p, err := goose.NewProvider(m.Dialect, m.Pool, nil,
		goose.WithGoMigrations(list...), goose.WithDisableGlobalRegistry(true),
		goose.WithTableName(versionTable), goose.WithLocker(m.Locker))
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return p, nil
}

func (s step) run(ctx context.Context, d *db.DB, m db.Migrations) error {
	if err := s.define(ctx, d, m); err != nil {
		return err
	}
	if s.fill == nil {
		return nil
	}
	return s.fill(ctx, d)
}

func (s step) define(ctx context.Context, d *db.DB, m db.Migrations) error {
	return d.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		mig := m.Session(tx).Migrator()
		for _, t := range s.tables {
			if mig.HasTable(t) {
				continue
			}
			if err := mig.CreateTable(t); err != nil {
				return fmt.Errorf("create the table of %T: %w", t, err)
			}
		}
		for _, c := range s.columns {
			if mig.HasColumn(c.table, c.name) {
				continue
			}
			if err := mig.AddColumn(c.table, c.name); err != nil {
				return fmt.Errorf("add the column %s of %T: %w", c.name, c.table, err)
			}
		}
		for _, c := range s.widened {
			if err := m.Widen(mig, c.table, c.name); err != nil {
				return fmt.Errorf("widen the column %s of %T: %w", c.name, c.table, err)
			}
		}
		for _, c := range s.indexes {
			if mig.HasIndex(c.table, c.name) {
				continue
			}
			if err := mig.CreateIndex(c.table, c.name); err != nil {
				return fmt.Errorf("create the index %s of %T: %w", c.name, c.table, err)
			}
		}
		for _, t := range s.textIndexes {
			if mig.HasTable(t) {
				continue
			}
			if err := tx.Exec(d.CreateTextIndex(t)).Error; err != nil {
				return fmt.Errorf("create the full-text index %s: %w", t, err)
			}
		}
		return nil
	})
}
