package ticket

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/testkit"
)

func TestActionsAreRead(t *testing.T) {
	var s Service
	s.actions.Register(s.ownActions()...)
	s.actions.Register(ActionKind{
		Type: "say", Params: []Param{{Name: "words", Kind: ParamText, Max: 5}, {Name: "loud", Kind: ParamBool, Optional: true}},
		Apply: func(*event.Tx, authz.Actor, int64, etag.Condition, Action) (Done, error) { return Done{}, nil },
	})
	for in, want := range map[string]string{
		`{"type":"assign","user_id":3,"status":"open"}`: `{"type":"assign","user_id":3}`,
		`{"type":"assign","user_id":null}`:              `{"type":"assign","user_id":null}`,
		`{"type":"say","words":"hello"}`:                `{"type":"say","words":"hello"}`,
		`{"type":"say","loud":true,"words":"a"}`:        `{"loud":true,"type":"say","words":"a"}`,
		`{"type":"delete"}`:                             `{"type":"delete"}`,
	} {
		a, err := s.actions.Read(json.RawMessage(in))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if out, _ := json.Marshal(a); string(out) != want {
			t.Errorf("%s became %s", in, out)
		}
	}
	for in, field := range map[string]string{
		`[]`: "type", `null`: "type", `{"type":3}`: "type", `{"type":"explode"}`: "type", `{"type":"assign"}`: "user_id",
		`{"type":"assign","user_id":0}`: "user_id", `{"type":"update_status","status":"burnt"}`: "status",
		`{"type":"say","words":" "}`: "words", `{"type":"say","words":"longer"}`: "words", `{"type":"say","words":"a","loud":1}`: "loud",
	} {
		_, err := s.actions.Read(json.RawMessage(in))
		var f *fault.Error
		if !errors.As(err, &f) || len(f.Fields[field]) == 0 {
			t.Errorf("%s: %v", in, err)
		}
	}
}

// TestActionsComeBack applies each of this package's actions and takes it back.
func TestActionsComeBack(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		d := newDesk(t, w)
		emma, sam, ada := d.person("emma", authz.Employee), d.person("sam", authz.ITStaff), d.person("ada", authz.Admin)
		id := d.open(emma, "Printer").ID
		as := d.Actions()
		for _, a := range []struct {
			kind   string
			params map[string]any
			text   string
		}{
			{ActionAssign, map[string]any{"user_id": sam.ID}, "Assign to sam"},
			{ActionUpdateStatus, map[string]any{"status": "resolved"}, "Set status to Resolved"},
			{ActionSetPriority, map[string]any{"priority": "urgent"}, "Set priority to urgent"},
			{ActionDelete, nil, "Delete"},
		} {
			action, err := NewAction(a.kind, a.params)
			if err != nil {
				t.Fatal(err)
			}
			if got := as.Describe(w.DB.Read(ctx), action); got != a.text {
				t.Errorf("%s is described as %q", a.kind, got)
			}
			before, _ := d.Get(ctx, ada, id)
			var done Done
			apply := func(by authz.Actor) error {
				return w.Bus.Do(ctx, by, func(tx *event.Tx) error {
					if err := as.Check(tx.DB, by, action); err != nil {
						return err
					}
					var err error
					done, err = as.Apply(tx, by, id, etag.Condition{}, action)
					return err
				})
			}
			if err := apply(emma); !fault.Is(err, fault.Forbidden) {
				t.Errorf("an employee: %s: %v", a.kind, err)
			}
			if err := apply(ada); err != nil || !done.Changed {
				t.Fatalf("%s: %v", a.kind, err)
			}
			undo := func(version int64) error {
				want := etag.Condition{}
				if version > 0 {
					want = etag.Parse(etag.Tag(version, ""))
				}
				return w.Bus.Do(ctx, ada, func(tx *event.Tx) error { return as.Undo(tx, ada, id, want, action, done.Before) })
			}
			if a.kind != ActionDelete {
				if err := undo(done.Version + 1); !fault.Is(err, fault.Stale) {
					t.Errorf("%s: undone although changed: %v", a.kind, err)
				}
			}
			if err := undo(done.Version); err != nil {
				t.Fatalf("undo %s: %v", a.kind, err)
			}
			after, err := d.Get(ctx, ada, id)
			if err != nil || after.Status != before.Status || after.Priority != before.Priority || !sameID(after.AssignedToID, before.AssignedToID) {
				t.Errorf("%s was not taken back: %+v %v", a.kind, after.Ticket, err)
			}
		}
	})
}
