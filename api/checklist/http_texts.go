package checklist

import (
	"encoding/json"

	"github.com/fixdesk/fixdesk/api/platform/web"
)

// ReadTexts takes the texts of items from a body; what is wrong is in it.
func ReadTexts(b *web.Body, name string) []string {
	var texts []string
	if !b.Has(name) {
		return nil
	}
	if json.Unmarshal(b.Raw(name), &texts) != nil || Clean(texts) != nil {
		b.Wrong(name, errTexts.Fields["items"][0])
	}
	return texts
}
