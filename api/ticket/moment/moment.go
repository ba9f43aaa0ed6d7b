// Package moment reads times to come as people write them.
package moment

import (
	"regexp"
	"strconv"
	"time"

	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// Wrong is what is said of what is no moment to come.
const Wrong = "Must be a time to come, within ten years: 2026-03-02T13:00:00Z, or +4h, +3d or +1w from now on."

var relative = regexp.MustCompile(`^\+(\d{1,4})([hdw])$`)

// Parse reads a moment: a time as in RFC 3339, or a number of hours, days or weeks
// from now on, +3d. Days are those of the zone.
func Parse(text string, now time.Time, zone *time.Location) (time.Time, bool) {
	if m := relative.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		switch {
		case err != nil:
			return time.Time{}, false
		case m[2] == "h":
			return now.Add(time.Duration(n) * time.Hour), true
		case m[2] == "w":
			n *= 7
		}
		return now.In(zone).AddDate(0, 0, n).UTC(), true
	}
	at, err := time.Parse(time.RFC3339, text)
	return at.UTC().Truncate(time.Second), err == nil
}

// Ahead is Parse for a moment that must lie ahead, though no further than ten years; the
// fault names the field.
func Ahead(text string, now time.Time, zone *time.Location, field string) (time.Time, error) {
	at, ok := Parse(text, now, zone)
	if !ok || !at.After(now) || at.After(now.AddDate(10, 0, 0)) {
		return at, fault.Field(field, "%s", Wrong)
	}
	return at, nil
}
