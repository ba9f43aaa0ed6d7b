package view

import (
	"slices"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// sharedWith reports whether a view is shared with a role: administrators have
// what the IT staff have.
func sharedWith(r authz.Role, v *View) bool {
	return v.SharedWith != "" && (r == v.SharedWith || (r == authz.Admin && v.SharedWith == authz.ITStaff))
}

// audiencesOf says the same in values of SharedWith, for SQL.
func audiencesOf(by authz.Actor) []authz.Role {
	var out []authz.Role
	for _, r := range authz.Roles {
		if sharedWith(by.Role, &View{SharedWith: r}) {
			out = append(out, r)
		}
	}
	return out
}

// canRead is for one's own views, those shared with one, and, for those who look
// after them, whatever is shared with anybody.
func canRead(by authz.Actor, v *View) bool {
	switch {
	case by.ID == 0:
		return false
	case v.OwnerID == by.ID || sharedWith(by.Role, v):
		return true
	}
	return by.Can(authz.ViewManage) && v.SharedWith != ""
}

// canChange is for the owner, and for a shared view for those who look after them.
func canChange(by authz.Actor, v *View) bool {
	return canRead(by, v) && (v.OwnerID == by.ID || by.Can(authz.ViewManage))
}

// canShare is for making a view one that a role sees; "" for nobody.
func canShare(by authz.Actor, with authz.Role) bool {
	switch with {
	case "":
		return true
	case authz.ITStaff:
		return by.Can(authz.ViewShare) || by.Can(authz.ViewManage)
	case authz.Employee, authz.Admin:
	}
	return by.Can(authz.ViewManage)
}

// audiencesFor returns the roles with which the actor may share.
func audiencesFor(by authz.Actor) []string {
	out := []string{}
	for _, r := range slices.Backward(authz.Roles) {
		if canShare(by, r) {
			out = append(out, string(r))
		}
	}
	return out
}

var (
	errChangeDenied = fault.Denied("view.change_denied", "Only its owner or an administrator may change this view.")
	errShareDenied  = fault.Denied("view.share_denied", "IT staff may share views with the IT staff, administrators with anybody.")
	errManageDenied = fault.Denied("view.manage_denied", "Only administrators may look after all shared views.")
)
