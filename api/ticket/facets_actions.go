package ticket

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/tag"
)

// The actions on what hangs on tickets.
const (
	ActionAddTag       = "add_tag"
	ActionRemoveTag    = "remove_tag"
	ActionSetCategory  = "set_category"
	ActionSetSubstatus = "set_substatus"
	ActionSetField     = "set_field"
)

// The kinds of parameters of these actions; tags, substatuses and fields are
// named, categories are ids.
const (
	ParamTag       = "tag"
	ParamSubstatus = "substatus"
	ParamField     = "field"
	ParamCategory  = "category"
)

// hangings is how a ticket was before an action of this file.
type hangings struct {
	CategoryID  *int64          `json:"category_id,omitempty"`
	SubstatusID *int64          `json:"substatus_id,omitempty"`
	Status      string          `json:"status,omitempty"`
	Value       json.RawMessage `json:"value,omitempty"`
}

func (s *Service) facetActions() []ActionKind {
	return []ActionKind{
		s.tagAction(ActionAddTag, "Add tag "), s.tagAction(ActionRemoveTag, "Remove tag "),
		{
			Type:   ActionSetCategory,
			Params: []Param{{Name: "category_id", Kind: ParamCategory, Nullable: true}},
			Check: func(tx *gorm.DB, _ authz.Actor, a Action) error {
				tree, err := category.Load(tx)
				if id := a.ID("category_id"); err == nil && id != nil && !tree.Usable(*id) {
					return fault.Field("category_id", "There is no such category, or it is no longer used.")
				}
				return err
			},
			Apply: s.hanging(func(_ *gorm.DB, _ *Ticket, a Action) (Changes, *hangings, error) {
				return Changes{Facets: Facets{SetCategory: true, CategoryID: a.ID("category_id")}}, nil, nil
			}),
			Undo: s.unhanging(func(was hangings, _ Action) Changes {
				return Changes{Facets: Facets{SetCategory: true, CategoryID: was.CategoryID}}
			}),
			Describe: func(tx *gorm.DB, a Action) string {
				tree, err := category.Load(tx)
				if id := a.ID("category_id"); err == nil && id != nil {
					return "Set category to " + tree.Path(*id)
				}
				return "Set no category"
			},
		},
		{
			Type:   ActionSetSubstatus,
			Params: []Param{{Name: "substatus", Kind: ParamSubstatus}},
			Check: func(tx *gorm.DB, _ authz.Actor, a Action) error {
				_, err := finer(tx, a)
				return err
			},
			Apply: s.hanging(func(tx *gorm.DB, _ *Ticket, a Action) (Changes, *hangings, error) {
				x, err := finer(tx, a)
				if err != nil {
					return Changes{}, nil, err
				}
				return Changes{Facets: Facets{SetSubstatus: true, SubstatusID: &x.ID}}, nil, nil
			}),
			Undo: s.unhanging(func(was hangings, _ Action) Changes {
				st, _ := ParseStatus(was.Status)
				return Changes{Status: &st, Facets: Facets{SetSubstatus: true, SubstatusID: was.SubstatusID}}
			}),
			Describe: func(tx *gorm.DB, a Action) string {
				if x, err := finer(tx, a); err == nil {
					return "Set status to " + x.Label
				}
				return "Set status to " + a.Text("substatus")
			},
		},
		{
			Type:   ActionSetField,
			Params: []Param{{Name: "field", Kind: ParamField}, {Name: "value", Kind: ParamJSON}},
			Check: func(tx *gorm.DB, by authz.Actor, a Action) error {
				set, err := field.Load(tx)
				if err != nil {
					return err
				}
				f := set.Named(a.Text("field"))
				if f == nil || !field.CanSet(by, f) {
					return fault.Field("field", "There is no such field.")
				}
				_, wrong, err := f.Read(tx, a.Params["value"])
				if wrong != "" {
					return fault.Field("value", "%s", wrong)
				}
				return err
			},
			Apply: s.hanging(func(tx *gorm.DB, t *Ticket, a Action) (Changes, *hangings, error) {
				set, err := field.Load(tx)
				if err != nil {
					return Changes{}, nil, err
				}
				f := set.Named(a.Text("field"))
				if f == nil {
					return Changes{}, nil, fault.Field("field", "There is no such field.")
				}
				has, err := field.Of(tx, t.ID)
				if err != nil {
					return Changes{}, nil, err
				}
				raw, err := json.Marshal(f.Raw(has[t.ID][f.ID]))
				return Changes{Facets: Facets{Fields: map[string]json.RawMessage{f.Slug: a.Params["value"]}}}, &hangings{Value: raw}, err
			}),
			Undo: s.unhanging(func(was hangings, a Action) Changes {
				return Changes{Facets: Facets{Fields: map[string]json.RawMessage{a.Text("field"): was.Value}}}
			}),
			Describe: func(_ *gorm.DB, a Action) string {
				return "Set " + a.Text("field") + " to " + string(a.Params["value"])
			},
		},
	}
}

// Tags reports whether an action puts a tag on tickets, or takes it off.
func (a Action) Tags(name string) bool {
	return (a.Type == ActionAddTag || a.Type == ActionRemoveTag) && tag.Key(a.Text("tag")) == tag.Key(name)
}

// finer returns the finer status that an action names.
func finer(tx *gorm.DB, a Action) (*substatus.Substatus, error) {
	all, err := substatus.Load(tx)
	if err != nil {
		return nil, err
	}
	x := all.Named(a.Text("substatus"))
	if x == nil || !x.Active {
		return nil, fault.Field("substatus", "There is no such status, or it is no longer used.")
	}
	return x, nil
}

func (s *Service) tagAction(kind, words string) ActionKind {
	changes := func(name string, add bool) Changes {
		if add {
			return Changes{Facets: Facets{AddTags: []string{name}}}
		}
		return Changes{Facets: Facets{RemoveTags: []string{name}}}
	}
	add := kind == ActionAddTag
	return ActionKind{
		Type:   kind,
		Params: []Param{{Name: "tag", Kind: ParamTag, Max: tag.MaxName}},
		Check: func(_ *gorm.DB, _ authz.Actor, a Action) error {
			if _, wrong := tag.Clean(a.Text("tag")); wrong != "" {
				return fault.Field("tag", "%s", wrong)
			}
			return nil
		},
		Apply: s.hanging(func(_ *gorm.DB, _ *Ticket, a Action) (Changes, *hangings, error) {
			return changes(a.Text("tag"), add), nil, nil
		}),
		Undo:     s.unhanging(func(_ hangings, a Action) Changes { return changes(a.Text("tag"), !add) }),
		Describe: func(_ *gorm.DB, a Action) string { return words + a.Text("tag") },
	}
}

// hanging makes an action of a change of what hangs on a ticket. read may say
// how it was; category and statuses are always noted.
func (s *Service) hanging(read func(*gorm.DB, *Ticket, Action) (Changes, *hangings, error)) func(*event.Tx, authz.Actor, int64, etag.Condition, Action) (Done, error) {
	return func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a Action) (Done, error) {
		t, err := readable(tx.DB, by, id)
		if err != nil {
			return Done{}, err
		}
		c, was, err := read(tx.DB, t, a)
		if err != nil {
			return Done{}, err
		}
		if was == nil {
			was = &hangings{}
		}
		was.CategoryID, was.SubstatusID, was.Status = t.CategoryID, t.SubstatusID, t.Status.String()
		before, err := json.Marshal(was)
		if err != nil {
			return Done{}, fmt.Errorf("encode how ticket %d was: %w", id, err)
		}
		f, err := s.work(tx.Ctx, by, id, want, c)
		return Done{Before: before, Version: f.Version, Changed: f.Version != t.Version}, err
	}
}

func (s *Service) unhanging(back func(hangings, Action) Changes) func(*event.Tx, authz.Actor, int64, etag.Condition, Action, json.RawMessage) error {
	return func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a Action, before json.RawMessage) error {
		var was hangings
		if err := json.Unmarshal(before, &was); err != nil {
			return fmt.Errorf("read how ticket %d was: %w", id, err)
		}
		_, err := s.work(tx.Ctx, by, id, want, back(was, a))
		return err
	}
}
