// Package backup writes the whole database into a file that either engine can
// be filled from: JSON lines, compressed, with row counts and a checksum.
//
// The first line is the header. Each table follows as a line that names its
// columns, a line per row, and a line with the number of rows. The last line has
// the SHA-256 of everything before it.
package backup

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	formatName    = "fixdesk-backup"
	formatVersion = 1
)

// table is a table of the archive and the columns that order its rows.
type table struct {
	name string
	keys string
}

// tables lists what is kept, in the order in which it is restored.
var tables = []table{
	{"users", "id"},
	{"past_roles", "id"},
	{"sessions", "id"},
	{"refresh_tokens", "hash"},
	{"one_time_tokens", "hash"},
	{"api_tokens", "id"},
	{"idempotency_keys", "id"},
	{"teams", "id"},
	{"team_members", "team_id, user_id"},
	{"events", "id"},
	{"jobs", "id"},
	{"tickets", "id"},
	{"comments", "id"},
	{"ticket_watchers", "id"},
	{"tags", "id"},
	{"ticket_tags", "tag_id, ticket_id"},
	{"categories", "id"},
	{"category_fields", "category_id, field_id"},
	{"fields", "id"},
	{"field_options", "id"},
	{"ticket_field_values", "ticket_id, field_id, seq"},
	{"substatuses", "id"},
	{"ticket_links", "id"},
	{"ticket_merges", "ticket_id"},
	{"ticket_splits", "ticket_id"},
	{"ticket_snoozes", "ticket_id"},
	{"checklist_items", "id"},
	{"time_entries", "id"},
	{"timers", "user_id"},
	{"ticket_templates", "id"},
	{"recurrences", "id"},
	{"recurrence_runs", "recurrence_id, occurrence"},
	{"notes", "id"},
	{"messages", "id"},
	{"drafts", "user_id, ticket_id, kind"},
	{"ticket_reads", "user_id, ticket_id"},
	{"attachment_blobs", "sha256"},
	{"attachments", "id"},
	{"attachment_parts", "attachment_id, start"},
	{"deleted_tickets", "ticket_id"},
	{"calendars", "id"},
	{"sla_policies", "id"},
	{"sla_clocks", "id"},
	{"sla_runs", "id"},
	{"webhooks", "id"},
	{"webhook_deliveries", "id"},
	{"webhook_attempts", "id"},
	{"feed_sequences", "id"},
	{"mailboxes", "id"},
	{"mail_messages", "id"},
	{"mail_outbox", "id"},
	{"mail_templates", "id"},
	{"mail_addresses", "id"},
	{"mail_domains", "id"},
	{"notifications", "id"},
	{"notification_messages", "id"},
	{"notification_settings", "user_id"},
	{"push_keys", "id"},
	{"push_subscriptions", "id"},
	{"macros", "id"},
	{"macro_runs", "id"},
	{"rules", "id"},
	{"rule_versions", "rule_id, version"},
	{"rule_runs", "id"},
	{"rule_marks", "rule_id, ticket_id"},
	{"rule_editions", "id"},
	{"routing_queues", "id"},
	{"routing_agents", "user_id"},
	{"routing_skills", "tag_id"},
	{"routing_turns", "queue_id, user_id"},
	{"routing_waits", "id"},
	{"routing_decisions", "id"},
	{"routing_locks", "id"},
	{"bulk_runs", "id"},
	{"bulk_sets", "run_id"},
	{"bulk_items", "run_id, ticket_id"},
	{"views", "id"},
	{"preferences", "user_id, name"},
	{"desk_settings", "id"},
	{"ticket_counts", "scope, ref, status, priority, slot"},
	{"ticket_days", "day, kind, slot"},
	{"ticket_stats", "kind, dimension, day, ref, bucket"},
	{"import_records", "source, record_key"},
}

// rebuilt lists the tables that are made anew from others.
var rebuilt = []string{"ticket_texts", "ticket_grams"}

// fleeting lists the tables whose rows mean nothing a minute later.
var fleeting = []string{"presences"}

// Known returns the names of all tables that backups keep, make anew
// or leave out.
func Known() []string {
	out := slices.Concat(rebuilt, fleeting)
	for _, t := range tables {
		out = append(out, t.name)
	}
	return out
}

type header struct {
	Format    string    `json:"format"`
	Version   int       `json:"version"`
	Schema    int64     `json:"schema"`
	Engine    string    `json:"engine"`
	Program   string    `json:"program"`
	CreatedAt time.Time `json:"created_at"`
}

// mark is a line between rows: the beginning or the end of a table, or the end
// of the archive.
type mark struct {
	Table   string   `json:"table,omitempty"`
	Columns []column `json:"columns,omitempty"`
	End     string   `json:"end,omitempty"`
	Rows    *int64   `json:"rows,omitempty"`
	SHA256  string   `json:"sha256,omitempty"`
}

type column struct {
	Name string `json:"name"`
	Kind kind   `json:"kind"`
}

// kind is what a column holds, on either engine.
type kind string

const (
	whole  kind = "int" // and booleans, as 0 and 1
	text   kind = "text"
	moment kind = "time"
	binary kind = "bytes"
)

// kindOf reads the type that an engine gives a column.
func kindOf(databaseType string) (kind, error) {
	t := strings.ToUpper(databaseType)
	switch {
	case strings.Contains(t, "INT"), t == "NUMERIC", strings.HasPrefix(t, "BOOL"):
		return whole, nil
	case strings.Contains(t, "CHAR"), strings.Contains(t, "TEXT"):
		return text, nil
	case strings.HasPrefix(t, "DATETIME"), strings.HasPrefix(t, "TIMESTAMP"):
		return moment, nil
	case strings.Contains(t, "BLOB"), strings.Contains(t, "BINARY"):
		return binary, nil
	}
	return "", fmt.Errorf("column type %q is not known to backups", databaseType)
}

// timeLayout keeps microseconds, the finest that both engines store.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// raw is a text that is no valid UTF-8, or bytes.
type raw struct {
	Base64 string `json:"base64"`
}

// encode makes a value of a row fit for JSON.
func encode(k kind, v any) (any, error) {
	if v == nil {
		return nil, nil //nolint:nilnil // NULL
	}
	switch k {
	case whole:
		switch v := v.(type) {
		case int64:
			return v, nil
		case bool:
			if v {
				return 1, nil
			}
			return 0, nil
		}
	case moment:
		if v, ok := v.(time.Time); ok {
			return v.UTC().Format(timeLayout), nil
		}
	case text:
		s, ok := v.(string)
		if b, is := v.([]byte); is {
			s, ok = string(b), true
		}
		if ok && utf8.ValidString(s) {
			return s, nil
		}
		if ok {
			return raw{base64.StdEncoding.EncodeToString([]byte(s))}, nil
		}
	case binary:
		switch v := v.(type) {
		case []byte:
			return raw{base64.StdEncoding.EncodeToString(v)}, nil
		case string:
			return raw{base64.StdEncoding.EncodeToString([]byte(v))}, nil
		}
	}
	return nil, fmt.Errorf("a value of type %T in a column for %s", v, k)
}

var errValue = errors.New("a value does not fit its column")

// decode reads a value of a row.
func decode(k kind, data json.RawMessage) (any, error) {
	if string(data) == "null" {
		return nil, nil //nolint:nilnil // NULL
	}
	if len(data) > 0 && data[0] == '{' {
		var r raw
		if err := json.Unmarshal(data, &r); err != nil {
			return nil, errValue
		}
		b, err := base64.StdEncoding.DecodeString(r.Base64)
		if err != nil || (k != text && k != binary) {
			return nil, errValue
		}
		if k == text {
			return string(b), nil
		}
		return b, nil
	}
	if k == whole {
		var n int64
		if err := json.Unmarshal(data, &n); err != nil {
			return nil, errValue
		}
		return n, nil
	}
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, errValue
	}
	switch k {
	case text:
		return s, nil
	case moment:
		t, err := time.Parse(timeLayout, s)
		if err != nil {
			return nil, errValue
		}
		return t, nil
	case whole, binary:
	}
	return nil, errValue
}
