// Package etag carries the condition of a conditional write (RFC 9110, If-Match)
// from the edge to the verb that checks it inside its transaction.
package etag

import (
	"strconv"
	"strings"

	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// Condition is what If-Match asked for; the zero Condition asks for nothing.
type Condition struct {
	set      bool
	any      bool
	versions []int64
}

// Parse reads the value of an If-Match header. A tag that was not made by Tag
// matches no version. Weak tags are accepted, because proxies that compress
// weaken the tags they pass on.
func Parse(header string) Condition {
	header = strings.TrimSpace(header)
	if header == "" {
		return Condition{}
	}
	if header == "*" {
		return Condition{set: true, any: true}
	}
	c := Condition{set: true}
	for _, part := range strings.Split(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		// The version alone, as lists hold it, is enough: "v3".
		v, ours := strings.CutPrefix(strings.Trim(part, `"`), "v")
		v, _, _ = strings.Cut(v, ".")
		if n, err := strconv.ParseInt(v, 10, 64); ours && err == nil {
			c.versions = append(c.versions, n)
		}
	}
	return c
}

// Tag returns the entity tag of a representation: the row's version, which
// Condition compares, and a digest of what was sent, which also changes when an
// embedded object does.
func Tag(version int64, digest string) string {
	return `"v` + strconv.FormatInt(version, 10) + "." + digest + `"`
}

// Check returns a Stale fault unless the row's version is one that was asked for.
func (c Condition) Check(version int64) error {
	if !c.set || c.any {
		return nil
	}
	for _, v := range c.versions {
		if v == version {
			return nil
		}
	}
	return fault.New(fault.Stale, "request.stale", "Somebody changed this in the meantime. Fetch it again, then repeat your change.")
}
