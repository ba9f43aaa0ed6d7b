package etag

import (
	"testing"

	"github.com/fixdesk/fixdesk/api/platform/fault"
)

func TestConditions(t *testing.T) {
	for header, want := range map[string]bool{
		"": true, "*": true, Tag(3, "abc"): true, `W/"v3.abc"`: true, `"v3"`: true, `"x", "v3.other"`: true,
		Tag(2, "abc"): false, `"3"`: false, "3": false, `"v33"`: false, `"nonsense"`: false, `"`: false, ",": false,
	} {
		err := Parse(header).Check(3)
		if (err == nil) != want || (err != nil && !fault.Is(err, fault.Stale)) {
			t.Errorf("If-Match: %s: %v", header, err)
		}
	}
}
