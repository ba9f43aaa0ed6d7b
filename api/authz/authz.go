// Package authz holds the vocabulary of authorisation: who acts, in which
// role, with which permissions. It is pure: rows and requests live elsewhere.
package authz

import (
	"context"
	"slices"
	"time"
)

// Role is what an account is in the desk.
type Role string

// The three roles of the desk.
const (
	Employee Role = "employee"
	ITStaff  Role = "it_staff"
	Admin    Role = "admin"
)

// Roles lists every role, from the least to the most powerful.
var Roles = []Role{Employee, ITStaff, Admin}

// Valid reports whether r is one of Roles.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// WorksTickets reports whether accounts of this role can be assignees.
func (r Role) WorksTickets() bool { return r == ITStaff || r == Admin }

// Permission is one thing that a role may do at all; which rows it may be done
// to is the feature's policy.
type Permission string

// The permissions.
const (
	TicketViewAll Permission = "ticket.view_all"
	TicketQueue   Permission = "ticket.queue" // sees unassigned tickets and those assigned to the actor
	TicketWork    Permission = "ticket.work"  // changes status, priority, assignee and texts
	TicketDelete  Permission = "ticket.delete"
	// TicketConfidential sees every confidential ticket, TicketTriage those that
	// nobody has been given yet.
	TicketConfidential Permission = "ticket.view_confidential"
	TicketTriage       Permission = "ticket.triage"
	TeamManage         Permission = "team.manage"
	CommentModify      Permission = "comment.moderate"
	NoteRead           Permission = "note.read" // sees internal notes, and that there are any
	NoteWrite          Permission = "note.write"
	TagRead            Permission = "tag.read" // sees the tags of tickets
	BulkRun            Permission = "bulk.run"
	CalendarManage     Permission = "calendar.manage"
	ViewShare          Permission = "view.share"  // shares saved views with the IT staff
	ViewManage         Permission = "view.manage" // shares them with anybody, and changes those of others
	SLAManage          Permission = "sla.manage"
	DeskConfigure      Permission = "desk.configure" // sets up categories, tags, fields and substatuses
	UserManage         Permission = "user.manage"
	JobManage          Permission = "job.manage"
	WebhookManage      Permission = "webhook.manage" // also reads the event feed
	ReportView         Permission = "report.view"
	MacroShare         Permission = "macro.share"  // shares macros with the IT staff and one's teams
	MacroManage        Permission = "macro.manage" // shares them with anybody, and changes those of others
	RuleManage         Permission = "rule.manage"
	RoutingManage      Permission = "routing.manage"
)

// Options widen what roles may do by settings of the installation.
type Options struct {
	// StaffSeesAll lets IT staff see every ticket, not only their own queue.
	StaffSeesAll bool
	// ConfidentialHidden keeps confidential tickets from administrators whom they
	// do not name, except those that are still to be assigned.
	ConfidentialHidden bool
	// DepartmentReads lets employees read the tickets of their department.
	DepartmentReads bool
	// EmployeeTags shows employees the tags of tickets.
	EmployeeTags bool
}

// Permissions returns what a role may do, in a stable order.
func Permissions(r Role, o Options) []Permission {
	switch r {
	case Admin:
		p := []Permission{
			TicketViewAll, TicketQueue, TicketWork, TicketDelete, TicketTriage, CommentModify,
			NoteRead, NoteWrite, TagRead, BulkRun, ViewShare, ViewManage, CalendarManage, DeskConfigure, SLAManage, UserManage, TeamManage, JobManage, WebhookManage, ReportView,
			MacroShare, MacroManage, RuleManage, RoutingManage,
		}
		if !o.ConfidentialHidden {
			p = append(p, TicketConfidential)
		}
		return p
	case ITStaff:
		p := []Permission{TicketQueue, TicketWork, NoteRead, NoteWrite, TagRead, BulkRun, ViewShare, MacroShare}
		if o.StaffSeesAll {
			p = append(p, TicketViewAll)
		}
		return p
	case Employee:
		if o.EmployeeTags {
			return []Permission{TagRead}
		}
		return nil
	}
	return nil
}

// Actor is whoever performs a verb: a signed-in person or a part of the system.
// The zero Actor is nobody and may do nothing.
type Actor struct {
	ID        int64
	Username  string
	Role      Role
	SessionID int64  // 0 unless signed in by password
	TimeZone  string // of the IANA database; empty when the person chose none
	// Teams are those the actor belongs to; OtherTeams are those that keep their
	// queue to their members, without the actor's own.
	Teams      []int64
	OtherTeams []int64
	// Department is the folded name of the department whose tickets the actor may
	// read, "" for none.
	Department  string
	system      string
	permissions []Permission
}

// Location returns where the actor's days begin: in their time zone, else in UTC.
func (a Actor) Location() *time.Location {
	if a.TimeZone == "" {
		return time.UTC
	}
	zone, err := time.LoadLocation(a.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Person returns the actor for an account.
func Person(id int64, username string, role Role, o Options) Actor {
	return Actor{ID: id, Username: username, Role: role, permissions: Permissions(role, o)}
}

// OfDepartment returns the actor as one who belongs to a department, where
// belonging to one shows anything.
func (a Actor) OfDepartment(key string, o Options) Actor {
	if o.DepartmentReads && a.Role == Employee {
		a.Department = key
	}
	return a
}

// InTeams returns the actor as a member of teams.
func (a Actor) InTeams(mine, others []int64) Actor {
	a.Teams, a.OtherTeams = mine, others
	return a
}

// System returns the actor for a part of the program, such as "import".
func System(name string) Actor {
	return Actor{system: name, permissions: Permissions(Admin, Options{})}
}

// InNameOf returns a part of the program that acts in a person's name: what it makes
// is theirs, but that it was made is the program's doing.
func (a Actor) InNameOf(id int64, username string) Actor {
	a.ID, a.Username = id, username
	return a
}

// ByRule returns the actor as a rule of theirs: it may do what they may and writes
// in their name, but what happens is the rule's doing.
func (a Actor) ByRule(name string) Actor {
	a.system = RulePrefix + name
	return a
}

// RulePrefix begins the names of rules in the audit log, after "system:".
const RulePrefix = "rule:"

// Automatic reports whether no person stands behind this moment.
func (a Actor) Automatic() bool { return a.system != "" }

// Can reports whether the actor has a permission.
func (a Actor) Can(p Permission) bool { return slices.Contains(a.permissions, p) }

// IsNobody reports whether the actor is neither a person nor the system.
func (a Actor) IsNobody() bool { return a.ID == 0 && a.system == "" }

// Permissions returns what the actor may do.
func (a Actor) Permissions() []Permission { return slices.Clone(a.permissions) }

// ActorID returns the account's id, or 0 for the system.
func (a Actor) ActorID() int64 {
	if a.system != "" {
		return 0
	}
	return a.ID
}

// ActorName returns the name that the audit log keeps.
func (a Actor) ActorName() string {
	if a.system != "" {
		return "system:" + a.system
	}
	return a.Username
}

type contextKey struct{}

// With returns a context in which the actor acts.
func With(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, contextKey{}, a)
}

// From returns the actor of a context, or nobody.
func From(ctx context.Context) Actor {
	a, ok := ctx.Value(contextKey{}).(Actor)
	if !ok {
		return Actor{}
	}
	return a
}
