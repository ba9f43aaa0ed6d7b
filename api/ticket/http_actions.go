package ticket

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// ParamView is something that an action needs.
type ParamView struct {
	Name string `json:"name" example:"status"`
	// Kind is text, choice, bool, json, or says whose id it is: user, tag,
	// category and the like.
	Kind     string   `json:"kind" example:"choice"`
	Values   []string `json:"values" example:"open,in_progress"`
	Nullable bool     `json:"nullable" example:"false"`
	Optional bool     `json:"optional" example:"false"`
} //@name ActionParam

// ActionKindView is a type of action.
type ActionKindView struct {
	Type    string      `json:"type" example:"update_status"`
	Params  []ParamView `json:"params"`
	CanUndo bool        `json:"can_undo" example:"true"`
} //@name ActionKind

// ActionKindsView lists the vocabulary of actions.
type ActionKindsView struct {
	Actions []ActionKindView `json:"actions"`
} //@name ActionKinds

// listActions answers GET /api/actions.
//
// @Summary List the actions
// @Description What the caller can have done to tickets by bulk runs and the like, and what each needs.
// @ID listActions
// @Tags tickets
// @Produce json
// @Success 200 {object} ActionKindsView
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not allowed"
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/actions [get]
func (s *Service) listActions(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !by.Can(authz.TicketWork) {
		return fault.Denied("action.denied", "Only IT staff and administrators use actions.")
	}
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	out := ActionKindsView{Actions: []ActionKindView{}}
	for _, k := range s.actions.Kinds() {
		if k.may(by) != nil {
			continue
		}
		v := ActionKindView{Type: k.Type, Params: make([]ParamView, len(k.Params)), CanUndo: k.Undo != nil}
		for i, p := range k.Params {
			v.Params[i] = ParamView{Name: p.Name, Kind: p.Kind, Values: append([]string{}, p.Values...), Nullable: p.Nullable, Optional: p.Optional}
		}
		out.Actions = append(out.Actions, v)
	}
	return web.SendPlain(c, http.StatusOK, out)
}
