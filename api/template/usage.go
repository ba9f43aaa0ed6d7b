package template

import (
	"fmt"
	"slices"

	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/usage"
)

// Uses lists the templates whose tickets would have the category, the field or the tag
// that goes, or a choice that is called something else now.
func Uses(tx *event.Tx, gone event.Event) ([]usage.Use, error) {
	lost, err := tag.Gone(gone)
	if err != nil {
		return nil, err
	}
	var was struct {
		Slug string `json:"slug"`
	}
	if gone.Type == field.Deleted {
		if err := gone.Decode(&was); err != nil {
			return nil, err
		}
	}
	// What templates choose they name by its label.
	var fields field.Set
	if gone.Type == field.Updated || gone.Type == "" {
		if fields, err = field.Load(tx.DB); err != nil {
			return nil, err
		}
	}
	var all []Template
	if err := tx.Where("deleted_at IS NULL").Order("name, id").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("read the templates: %w", err)
	}
	var out []usage.Use
	for _, t := range all {
		c, err := t.content()
		if err != nil {
			return nil, err
		}
		_, asks := c.Fields[was.Slug]
		used := (gone.Type == category.Deleted && c.CategoryID != nil && *c.CategoryID == gone.SubjectID) ||
			(was.Slug != "" && asks) ||
			slices.ContainsFunc(c.Tags, func(name string) bool {
				return slices.ContainsFunc(lost, func(old string) bool { return tag.Key(old) == tag.Key(name) })
			})
		if used {
			out = append(out, usage.Use{Kind: usage.Template, Name: t.Name})
		}
		for slug, raw := range c.Fields {
			f := fields.Named(slug)
			if f == nil || (f.Kind != field.Choice && f.Kind != field.MultiChoice) {
				continue
			}
			_, wrong, err := f.Read(tx.DB, raw)
			if err != nil {
				return nil, err
			}
			if wrong != "" {
				out = append(out, usage.Use{Kind: usage.Template, ID: t.ID, Part: slug, Name: t.Name})
			}
		}
	}
	return out, nil
}
