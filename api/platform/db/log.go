package db

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/gorm/logger"
)

// slowQuery is what is worth a line in the log.
const slowQuery = time.Second

// sqlLog logs slow statements without their arguments, which hold what people
// wrote. Errors are not logged here: they are returned, and logged once at the
// edge.
type sqlLog struct{ now func() time.Time }

func (l sqlLog) LogMode(logger.LogLevel) logger.Interface { return l }

func (sqlLog) Info(ctx context.Context, msg string, args ...any) {
	slog.DebugContext(ctx, fmt.Sprintf(msg, args...))
}

func (sqlLog) Warn(ctx context.Context, msg string, args ...any) {
	slog.WarnContext(ctx, fmt.Sprintf(msg, args...))
}

func (sqlLog) Error(ctx context.Context, msg string, args ...any) {
	slog.ErrorContext(ctx, fmt.Sprintf(msg, args...))
}

func (l sqlLog) Trace(ctx context.Context, begin time.Time, fc func() (string, int64), _ error) {
	if took := l.now().Sub(begin); took > slowQuery {
		sql, rows := fc()
		slog.WarnContext(ctx, "slow statement", "ms", took.Milliseconds(), "rows", rows, "sql", sql)
	}
}

// ParamsFilter implements gorm.ParamsFilter.
func (sqlLog) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) { return sql, nil }
