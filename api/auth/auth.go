// Package auth is the door of the desk: it finds out who is calling, and lets
// people register, sign in, stay signed in, and get back in. Its verbs for those
// who are not signed in take no actor: they find out who it is.
package auth

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/limit"
	"github.com/fixdesk/fixdesk/api/platform/mail"
	"github.com/fixdesk/fixdesk/api/user"
)

// Deps is what the service is made of.
type Deps struct {
	DB    *db.DB
	Bus   *event.Bus
	Clock clock.Clock
	Users *user.Service
	Mail  mail.Sender
	Limit limit.Limiter

	Secret       []byte // keys are derived from it
	PublicURL    string // where links in mails lead
	Registration bool   // may employees register themselves?
	Version      string // of the program, told by GET /api/config
	Demo         bool   // is this a demonstration? told by GET /api/config
	Authz        authz.Options
	Attachments  AttachmentLimits // told by GET /api/config
}

// Service holds the verbs of signing in.
type Service struct {
	db     *db.DB
	bus    *event.Bus
	clock  clock.Clock
	users  *user.Service
	mail   mail.Sender
	brake  brake
	access access
	links  linkKey
	set    Deps
}

// New returns the service.
func New(d Deps) (*Service, error) {
	tokens, err := derive(d.Secret, "access tokens")
	if err != nil {
		return nil, err
	}
	links, err := derive(d.Secret, "links in mails")
	if err != nil {
		return nil, err
	}
	d.PublicURL = strings.TrimRight(d.PublicURL, "/")
	return &Service{
		db: d.DB, bus: d.Bus, clock: d.Clock, users: d.Users, mail: d.Mail, brake: brake{d.Limit},
		access: access{key: tokens, clock: d.Clock}, links: links, set: d,
	}, nil
}

// derive makes a key for one purpose out of the program's secret (RFC 5869).
func derive(secret []byte, purpose string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "fixdesk "+purpose, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of %s: %w", purpose, err)
	}
	return key, nil
}

// How long things last.
const (
	accessLifetime  = 15 * time.Minute
	sessionLifetime = 30 * 24 * time.Hour // since the last refresh
	resetLifetime   = time.Hour
	inviteLifetime  = 7 * 24 * time.Hour
	// usedKept is how long a refresh token that was exchanged is remembered, to
	// recognise somebody who presents it again.
	usedKept = 7 * 24 * time.Hour
)

// What this package announces. The subject is the account.
const (
	SessionStarted  = "session.started"
	SessionRevoked  = "session.revoked"
	APITokenCreated = "api_token.created"
	APITokenDeleted = "api_token.deleted"
)

const subject = "user"

// SessionRef is the data of SessionStarted and SessionRevoked.
type SessionRef struct {
	SessionID int64  `json:"session_id"`
	Reason    string `json:"reason,omitempty"`
}

// TokenRef is the data of APITokenCreated and APITokenDeleted.
type TokenRef struct {
	TokenID int64 `json:"token_id"`
}

// One answer for whatever is wrong with a sign-in, so that it tells nothing
// about the account.
var (
	errCredentials = fault.New(fault.Unauthenticated, "auth.invalid_credentials", "Username or password is wrong, or the account is not active.")
	errRequired    = fault.New(fault.Unauthenticated, "auth.required", "Sign in first.")
	errToken       = fault.New(fault.Unauthenticated, "auth.invalid_token", "The access token is not valid, or not valid any more. Sign in again.")
	errSession     = fault.New(fault.Unauthenticated, "auth.session_ended", "The session has ended. Sign in again.")
	errReused      = fault.New(fault.Unauthenticated, "auth.session_ended", "The session was ended because an old refresh token was presented. Sign in again.")
	errNeedSession = fault.Denied("auth.session_required", "Sign in with your password for this; a personal API token is not enough.")
	errNoSignUp    = fault.Denied("auth.registration_closed", "This desk does not let people register themselves. Ask an administrator for an account.")
	errLink        = fault.New(fault.Invalid, "auth.invalid_link", "The link is not valid: it was used before, has expired, or is not complete.")
)

// hasSession is for what only somebody may do who has signed in by password.
func hasSession(by authz.Actor) bool { return by.ID != 0 && by.SessionID != 0 }

// self is the actor of what nobody is signed in for.
var self = authz.System("auth")
