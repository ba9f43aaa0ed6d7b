package ticket

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket/moment"
)

// Action is one thing to do to a ticket: a type with what it needs. Bulk runs,
// macros and rules share it. As JSON it is one flat object,
// {"type":"assign","user_id":3}.
type Action struct {
	Type   string
	Params map[string]json.RawMessage
}

// NewAction returns an action with the parameters, which must be JSON values.
func NewAction(kind string, params map[string]any) (Action, error) {
	a := Action{Type: kind, Params: map[string]json.RawMessage{}}
	for name, v := range params {
		raw, err := json.Marshal(v)
		if err != nil {
			return a, fmt.Errorf("encode %s of an action: %w", name, err)
		}
		a.Params[name] = raw
	}
	return a, nil
}

// MarshalJSON writes the action as one object.
func (a Action) MarshalJSON() ([]byte, error) {
	all := map[string]any{"type": a.Type}
	for name, v := range a.Params {
		all[name] = v
	}
	return json.Marshal(all)
}

// UnmarshalJSON reads an action without judging it; see Actions.Read.
func (a *Action) UnmarshalJSON(raw []byte) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil || all == nil {
		return errors.New("an action must be an object")
	}
	a.Type = ""
	if t, ok := all["type"]; ok {
		if err := json.Unmarshal(t, &a.Type); err != nil {
			return errors.New("the type of an action must be a text")
		}
		delete(all, "type")
	}
	a.Params = all
	return nil
}

// Text returns a parameter that is a text, or "".
func (a Action) Text(name string) string {
	var s string
	_ = json.Unmarshal(a.Params[name], &s) // Read has checked it
	return s
}

// ID returns a parameter that is an id, or nil for null.
func (a Action) ID(name string) *int64 {
	var id *int64
	_ = json.Unmarshal(a.Params[name], &id) // Read has checked it
	return id
}

// Param is what an action needs, also for who builds actions on a screen.
type Param struct {
	Name string
	// Kind says what it is and how it is chosen: text, choice (of Values), bool,
	// json, or the id of a user, tag, category and the like.
	Kind     string
	Values   []string
	Nullable bool // ids only: null is nobody, or nothing
	Optional bool
	Max      int // code points of a text; 0 for no limit
}

// The kinds of parameters that are no id.
const (
	ParamText   = "text"
	ParamChoice = "choice"
	ParamBool   = "bool"
	ParamJSON   = "json"
	ParamUser   = "user"
	// ParamMarkdown is a longer text with placeholders, see package placeholder.
	ParamMarkdown = "markdown"
)

// Done is what came of an action.
type Done struct {
	Before  json.RawMessage // what Undo needs
	Version int64           // of the ticket now; 0 when it is gone
	Changed bool
}

// ActionKind is one type of action. Whoever owns what it changes registers it.
type ActionKind struct {
	Type   string
	Params []Param
	// May says whether somebody may ask for it at all; what may be done to the
	// single ticket is checked again by Apply. Nil is for all who work on tickets.
	May func(by authz.Actor) error
	// Check looks beyond the form of the parameters: what they name must be
	// there. What is wrong is a fault with fields. Nil for nothing to check.
	Check func(tx *gorm.DB, by authz.Actor, a Action) error
	// Apply does it to a ticket in the running transaction.
	Apply func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a Action) (Done, error)
	// Undo takes it back; before is what Apply returned. Nil for what cannot be.
	Undo func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a Action, before json.RawMessage) error
	// Describe says it to people, in English; nil for the type itself.
	Describe func(tx *gorm.DB, a Action) string
}

// Actions is the one vocabulary of what can be done to tickets. It is filled
// where the desk is put together, before anything runs.
type Actions struct{ kinds map[string]ActionKind }

// Register adds a kind. It panics on a second one of the same type, which is a
// mistake of the program.
func (as *Actions) Register(kinds ...ActionKind) {
	if as.kinds == nil {
		as.kinds = map[string]ActionKind{}
	}
	for _, k := range kinds {
		if _, there := as.kinds[k.Type]; there || k.Apply == nil {
			panic("ticket: action " + k.Type + " is registered twice or does nothing")
		}
		as.kinds[k.Type] = k
	}
}

// Types lists the types of all actions, sorted.
func (as *Actions) Types() []string {
	out := make([]string, 0, len(as.kinds))
	for t := range as.kinds {
		out = append(out, t)
	}
	sort.Strings(out)
	return out
}

// Kinds lists all kinds, sorted by type.
func (as *Actions) Kinds() []ActionKind {
	out := make([]ActionKind, 0, len(as.kinds))
	for _, t := range as.Types() {
		out = append(out, as.kinds[t])
	}
	return out
}

// Read checks an action's form and returns it without what its type does not
// know. What is wrong is a fault that names "type" or the parameters.
func (as *Actions) Read(raw json.RawMessage) (Action, error) {
	var a Action
	if err := json.Unmarshal(raw, &a); err != nil {
		return a, fault.Field("type", "Must be an object with a type.")
	}
	k, ok := as.kinds[a.Type]
	if !ok {
		return a, fault.Field("type", "Must be one of: %s.", strings.Join(as.Types(), ", "))
	}
	out := Action{Type: a.Type, Params: map[string]json.RawMessage{}}
	b := web.NewBody(a.Params)
	for _, p := range k.Params {
		if p.read(b) {
			out.Params[p.Name] = a.Params[p.Name]
		}
	}
	return out, b.Err()
}

// read checks one parameter; it reports whether it was sent.
func (p Param) read(b *web.Body) bool {
	if !b.Has(p.Name) {
		if !p.Optional {
			b.Wrong(p.Name, "This field is required.")
		}
		return false
	}
	if b.IsNull(p.Name) && p.Nullable {
		return true
	}
	switch p.Kind {
	case ParamText, ParamMarkdown, ParamTag, ParamSubstatus, ParamField:
		rules := []web.Rule{web.NotBlank}
		if p.Max > 0 {
			rules = append(rules, web.Max(p.Max))
		}
		b.Text(p.Name, rules...)
	case ParamTime:
		b.Text(p.Name, func(text string) string {
			if _, ok := moment.Parse(text, time.Unix(0, 0), time.UTC); !ok {
				return moment.Wrong
			}
			return ""
		})
	case ParamChoice:
		b.Text(p.Name, web.OneOf(p.Values...))
	case ParamBool:
		b.Bool(p.Name)
	case ParamJSON:
	default:
		if id := b.Int(p.Name); b.IsNull(p.Name) || (id != nil && *id < 1) {
			b.Wrong(p.Name, "Must be an id.")
		}
	}
	return true
}

// Check says whether the actor may ask for an action, and whether what it names
// is there.
func (as *Actions) Check(tx *gorm.DB, by authz.Actor, a Action) error {
	k, ok := as.kinds[a.Type]
	if !ok {
		return errNoAction
	}
	if err := k.may(by); err != nil || k.Check == nil {
		return err
	}
	return k.Check(tx, by, a)
}

func (k ActionKind) may(by authz.Actor) error {
	switch {
	case k.May != nil:
		return k.May(by)
	case !by.Can(authz.TicketWork):
		return errWorkDenied
	}
	return nil
}

// Apply does an action to a ticket, with the actor's rights.
func (as *Actions) Apply(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a Action) (Done, error) {
	k, ok := as.kinds[a.Type]
	if !ok {
		return Done{}, errNoAction
	}
	if err := k.may(by); err != nil {
		return Done{}, err
	}
	return k.Apply(tx, by, id, want, a)
}

// Undo takes an action back from a ticket that was not changed since.
func (as *Actions) Undo(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a Action, before json.RawMessage) error {
	k, ok := as.kinds[a.Type]
	if !ok || k.Undo == nil {
		return errNoActionUndo
	}
	return k.Undo(tx, by, id, want, a, before)
}

// CanUndo reports whether an action can be taken back.
func (as *Actions) CanUndo(a Action) bool { return as.kinds[a.Type].Undo != nil }

// Describe says an action to people, in English.
func (as *Actions) Describe(tx *gorm.DB, a Action) string {
	if k, ok := as.kinds[a.Type]; ok && k.Describe != nil {
		return k.Describe(tx, a)
	}
	return strings.ReplaceAll(a.Type, "_", " ")
}

var (
	errNoAction     = fault.New(fault.Conflict, "action.unknown", "This action is not known here.")
	errNoActionUndo = fault.New(fault.Conflict, "action.no_undo", "This action cannot be undone.")
)

// Actions returns the vocabulary, to use and to add to.
func (s *Service) Actions() *Actions { return &s.actions }

// names of the values of an enumeration.
func namesOf[T fmt.Stringer](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v.String()
	}
	return slices.Clip(out)
}
