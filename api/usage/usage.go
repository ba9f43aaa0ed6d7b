// Package usage keeps what is still needed from being deleted: whoever needs it says
// so, in the transaction that deletes it.
package usage

import (
	"slices"

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

// Use is a thing that needs what is about to go.
type Use struct{ Kind, Name string }

// Named returns uses of one kind.
func Named(kind string, names []string) []Use {
	out := make([]Use, len(names))
	for i, name := range names {
		out[i] = Use{kind, name}
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

// Finder lists what needs the subject of an event that says it was deleted. It runs
// after the deletion, in its transaction: what can no longer be understood needed it.
type Finder func(tx *event.Tx, gone event.Event) ([]Use, error)

// maxNames is how many things of a kind are named.
const maxNames = 20

// Guard returns a subscriber that undoes a deletion of what is needed; the fault names
// by what, as errors under the kind.
func Guard(finders ...Finder) func(tx *event.Tx, gone event.Event) error {
	return func(tx *event.Tx, gone event.Event) error {
		named := map[string][]string{}
		for _, find := range finders {
			uses, err := find(tx, gone)
			if err != nil {
				return err
			}
			for _, u := range uses {
				if list := named[u.Kind]; len(list) < maxNames && !slices.Contains(list, u.Name) {
					named[u.Kind] = append(list, u.Name)
				}
			}
		}
		if len(named) == 0 {
			return nil
		}
		return &fault.Error{
			Kind: fault.Conflict, Code: gone.SubjectType + ".in_use",
			Detail: "This is still used. Change or delete what uses it first; errors name it.", Fields: named,
		}
	}
}
