package db

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
)

// IDs is a short list of ids that is kept in a column of its own.
type IDs []int64

// Value implements driver.Valuer.
func (ids IDs) Value() (driver.Value, error) {
	if len(ids) == 0 {
		return "", nil
	}
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(out, ","), nil
}

// Scan implements sql.Scanner.
func (ids *IDs) Scan(v any) error {
	text, ok := v.(string)
	if raw, is := v.([]byte); is {
		text, ok = string(raw), true
	}
	if !ok {
		return fmt.Errorf("a list of ids cannot be a %T", v)
	}
	*ids = nil
	if text == "" {
		return nil
	}
	for _, part := range strings.Split(text, ",") {
		id, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return fmt.Errorf("read a list of ids: %w", err)
		}
		*ids = append(*ids, id)
	}
	return nil
}
