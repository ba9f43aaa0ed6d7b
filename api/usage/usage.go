// Package usage keeps what is still needed from being deleted: whoever needs it says
// so, in the transaction that deletes it.
package usage

import (
	"slices"
	"strings"

	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// The kinds of things that need others, as the errors name them.
const (
	Rule       = "rule"
	Policy     = "sla_policy"
	Queue      = "routing_queue"
	Skill      = "skill"
	View       = "view"
	Macro      = "macro"
	Template   = "template"
	Recurrence = "recurrence"
	Mailbox    = "mailbox"
)

// Use is a thing that needs what is about to go, or to be called something else. What can no longer be understood is
// told apart by its id and the part of it, such as one of several actions.
type Use struct {
	Kind string
	ID   int64
	Part string
	Name string
}

// Named returns uses of one kind.
func Named(kind string, names []string) []Use {
	out := make([]Use, len(names))
	for i, name := range names {
		out[i] = Use{Kind: kind, Name: name}
	}
	return out
}

// Lost reports whether something cannot be understood any more, by the error of
// understanding it; other errors are returned.
func Lost(err error) (bool, error) {
	if fault.Is(err, fault.Invalid) {
		return true, nil
	}
	return false, err
}

// Finder lists what needs the subject of an event that says it was deleted or renamed. It
// runs after that, in its transaction: what can no longer be understood needed it.
// For an event of no type it runs on how things were before, and lists what could not
// be understood then either.
type Finder func(tx *event.Tx, gone event.Event) ([]Use, error)

// maxNames is how many things of a kind are named.
const maxNames = 20

// Renaming calls guard for updates that change what something is called in conditions and
// actions: a name, a place in a tree, the labels of choices.
func Renaming(guard func(tx *event.Tx, e event.Event) error) func(tx *event.Tx, e event.Event) error {
	return func(tx *event.Tx, e event.Event) error {
		var data struct {
			Changed []string `json:"changed"`
		}
		if err := e.Decode(&data); err != nil {
			return err
		}
		for _, name := range []string{"name", "parent_id", "options"} {
			if slices.Contains(data.Changed, name) {
				return guard(tx, e)
			}
		}
		return nil
	}
}

const (
	stillUsed  = "This is still used. Change or delete what uses it first; errors name it."
	stillNamed = "This is still used under the name that it has. Change or delete what uses it first; errors name it."
)

// Guard returns a subscriber that undoes a deletion, or a new name, of what is needed; the
// fault names by what, as errors under the kind.
func Guard(finders ...Finder) func(tx *event.Tx, gone event.Event) error {
	return func(tx *event.Tx, gone event.Event) error {
		uses, err := find(tx, gone, finders)
		if err != nil || len(uses) == 0 {
			return err
		}
		// What somebody else broke earlier keeps nothing.
		broken, err := find(tx.Before(), event.Event{}, finders)
		if err != nil {
			return err
		}
		named := map[string][]string{}
		for _, u := range uses {
			if slices.ContainsFunc(broken, u.same) {
				continue
			}
			if list := named[u.Kind]; len(list) < maxNames && !slices.Contains(list, u.Name) {
				named[u.Kind] = append(list, u.Name)
			}
		}
		if len(named) == 0 {
			return nil
		}
		detail := stillNamed
		if strings.HasSuffix(gone.Type, ".deleted") {
			detail = stillUsed
		}
		return &fault.Error{Kind: fault.Conflict, Code: gone.SubjectType + ".in_use", Detail: detail, Fields: named}
	}
}

// same reports whether two uses are the same part of the same thing, whatever its name.
func (u Use) same(o Use) bool { return u.Kind == o.Kind && u.ID == o.ID && u.Part == o.Part }

func find(tx *event.Tx, gone event.Event, finders []Finder) ([]Use, error) {
	var out []Use
	for _, f := range finders {
		uses, err := f(tx, gone)
		if err != nil {
			return nil, err
		}
		out = append(out, uses...)
	}
	return out, nil
}
