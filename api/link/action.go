package link

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// The actions of this package.
const (
	ActionMerge = "merge"
	ActionLink  = "link"
)

// ParamTicket is the kind of a parameter that is the id of a ticket.
const ParamTicket = "ticket"

// there refuses an action that names a ticket which the actor does not see, or
// which was merged.
func there(tx *gorm.DB, by authz.Actor, a ticket.Action) error {
	t, err := ticket.Readable(tx, by, *a.ID("ticket_id"))
	if fault.Is(err, fault.NotFound) {
		return errOther
	}
	if err == nil && t.MergedIntoID != nil && a.Type == ActionMerge {
		return fault.Field("ticket_id", "%s", errTargetMerged.Detail)
	}
	return err
}

func versionOf(tx *gorm.DB, id int64) (int64, error) {
	seen, err := ticket.Sights(tx, []int64{id})
	if err != nil || seen[id] == nil {
		return 0, err
	}
	return seen[id].Version, nil
}

// mergeAction merges a ticket into one; of a selection, that one stays as it is.
func (s *Service) mergeAction() ticket.ActionKind {
	return ticket.ActionKind{
		Type:   ActionMerge,
		Params: []ticket.Param{{Name: "ticket_id", Kind: ParamTicket}},
		Check:  there,
		Apply: func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a ticket.Action) (ticket.Done, error) {
			into := *a.ID("ticket_id")
			if id == into {
				return ticket.Done{}, nil
			}
			if err := s.merge(tx, by, id, want, into); err != nil {
				return ticket.Done{}, refusal(err)
			}
			v, err := versionOf(tx.DB, id)
			return ticket.Done{Before: json.RawMessage("{}"), Version: v, Changed: true}, err
		},
		Undo: func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, _ ticket.Action, _ json.RawMessage) error {
			return refusal(s.unmerge(tx, by, id, want))
		},
		Describe: func(_ *gorm.DB, a ticket.Action) string {
			return fmt.Sprintf("Merge into ticket #%d", *a.ID("ticket_id"))
		},
	}
}

// refusal makes of a conflict that trying again does not solve one that says so.
func refusal(err error) error {
	for _, final := range []*fault.Error{errMerged, errTargetMerged, errNotMerged, errFurther, errTargetGone, errSecret, errTwice, errCycle, errParent, errFull, errDeep, ticket.ErrMerged} {
		if errors.Is(err, final) {
			return fault.Denied(final.Code, final.Detail)
		}
	}
	return err
}

func (s *Service) linkAction() ticket.ActionKind {
	kinds := make([]string, len(Kinds))
	for i, k := range Kinds {
		kinds[i] = string(k)
	}
	return ticket.ActionKind{
		Type:   ActionLink,
		Params: []ticket.Param{{Name: "kind", Kind: ticket.ParamChoice, Values: kinds}, {Name: "ticket_id", Kind: ParamTicket}},
		Check:  there,
		Apply: func(tx *event.Tx, by authz.Actor, id int64, want etag.Condition, a ticket.Action) (ticket.Done, error) {
			t, err := worked(tx.DB, by, id)
			if err != nil {
				return ticket.Done{}, err
			}
			if err := want.Check(t.Version); err != nil {
				return ticket.Done{}, err
			}
			l, made, err := add(tx, by, id, Kind(a.Text("kind")), *a.ID("ticket_id"))
			if err != nil {
				return ticket.Done{}, refusal(err)
			}
			raw, err := json.Marshal(l.ID)
			return ticket.Done{Before: raw, Version: t.Version, Changed: made}, err
		},
		Undo: func(tx *event.Tx, by authz.Actor, _ int64, _ etag.Condition, _ ticket.Action, before json.RawMessage) error {
			var id int64
			if err := json.Unmarshal(before, &id); err != nil {
				return fmt.Errorf("read which link was made: %w", err)
			}
			return s.Remove(tx.Ctx, by, id)
		},
		Describe: func(_ *gorm.DB, a ticket.Action) string {
			return fmt.Sprintf("Link as %s ticket #%d", strings.ReplaceAll(a.Text("kind"), "_", " "), *a.ID("ticket_id"))
		},
	}
}
