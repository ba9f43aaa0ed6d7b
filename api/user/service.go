package user

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/user/password"
)

// Service holds the verbs of accounts.
type Service struct {
	db        *db.DB
	bus       *event.Bus
	clock     clock.Clock
	passwords *password.Hasher
}

// New returns the service.
func New(d *db.DB, bus *event.Bus, c clock.Clock) *Service {
	return &Service{db: d, bus: bus, clock: c, passwords: password.NewHasher()}
}

// Passwords returns the one hasher of the program, which bounds how many
// passwords are hashed at the same time.
func (s *Service) Passwords() *password.Hasher { return s.passwords }

// Draft is what a new account is made of.
type Draft struct {
	ID         int64 // 0 for a new one; importers keep ids
	Username   string
	Email      string
	FullName   string
	FirstName  string
	LastName   string
	Department string
	Phone      string
	Language   string
	TimeZone   string
	Role       authz.Role

	Password     string // in clear; checked and hashed
	PasswordHash string // as another system kept it, in place of Password
	Invite       bool   // without either: mail a link to choose one

	Active    bool
	Verified  bool      // the address is known to be theirs
	CreatedAt time.Time // zero for now
}

func (d Draft) user(now time.Time) User {
	u := User{
		ID: d.ID, Username: d.Username, Email: d.Email, FullName: d.FullName, FirstName: d.FirstName,
		LastName: d.LastName, Department: d.Department, Phone: d.Phone, Language: d.Language, TimeZone: d.TimeZone, Role: d.Role,
		PasswordHash: d.PasswordHash, IsActive: d.Active, EmailVerified: d.Verified,
		PendingPassword: d.Invite, CreatedAt: d.CreatedAt, UpdatedAt: now,
	}
	if u.CreatedAt.IsZero() {
		u.CreatedAt = now
	}
	u.complete()
	return u
}

// prepare checks a draft and hashes its password.
func (s *Service) prepare(ctx context.Context, d Draft) (User, error) {
	u := d.user(s.clock.Now())
	wrong := wrongFields{}
	u.check(wrong)
	if d.Password != "" {
		wrong.add("password", password.Check(d.Password, u.Personal()...))
	}
	if err := wrong.err(); err != nil {
		return u, err
	}
	if d.Password != "" {
		hash, err := s.passwords.Hash(ctx, d.Password)
		if err != nil {
			return u, err
		}
		u.PasswordHash, u.PendingPassword = hash, false
	}
	return u, nil
}

// Create makes an account.
func (s *Service) Create(ctx context.Context, by authz.Actor, d Draft) (User, error) {
	if !canManage(by) {
		return User{}, errManageDenied
	}
	u, err := s.prepare(ctx, d)
	if err != nil {
		return u, err
	}
	kept := u.ID
	err = s.bus.Do(ctx, by, func(tx *event.Tx) error {
		u.ID = kept // a first try may have been given another one
		if err := create(tx.DB, &u); err != nil {
			return err
		}
		if err := tx.Emit(Created, subject, u.ID, nil); err != nil {
			return err
		}
		if u.PendingPassword {
			return tx.Emit(Invited, subject, u.ID, nil)
		}
		return nil
	})
	return u, err
}

// Get returns an account.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (User, error) {
	if !canManage(by) {
		return User{}, errManageDenied
	}
	return load(s.db.Read(ctx), id)
}

// List returns a page of the accounts, newest first.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, p web.Page) (web.Rows[User], error) {
	if !canManage(by) {
		return web.Rows[User]{}, errManageDenied
	}
	return page(f.apply(s.db.Read(ctx)), p)
}

// Assignees returns a page of those who can be given tickets, newest first.
func (s *Service) Assignees(ctx context.Context, by authz.Actor, search string, p web.Page) (web.Rows[User], error) {
	if !canListAssignees(by) {
		return web.Rows[User]{}, errAssigneesDenied
	}
	q := Filter{Search: search}.apply(s.db.Read(ctx))
	return page(q.Where("role IN ? AND is_active = ?", []authz.Role{authz.ITStaff, authz.Admin}, true), p)
}

// People returns everybody with an active account, for those who work for them.
func (s *Service) People(ctx context.Context, by authz.Actor, search string, p web.Page) (web.Rows[User], error) {
	if !canListPeople(by) {
		return web.Rows[User]{}, errPeopleDenied
	}
	active := true
	return page(Filter{Search: search, IsActive: &active}.apply(s.db.Read(ctx)), p)
}

// Changes is what an update asks for; nil leaves a field as it is.
type Changes struct {
	Username   *string
	Email      *string
	FullName   *string
	FirstName  *string
	LastName   *string
	Department *string
	Phone      *string
	Language   *string
	TimeZone   *string
	TourDone   *bool
	Role       *authz.Role
	IsActive   *bool
}

// Update changes an account. Nothing is changed when any part of it is refused.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, c Changes) (User, error) {
	if !canManage(by) {
		return User{}, errManageDenied
	}
	return s.edit(ctx, by, id, want, c)
}

// Me returns the actor's own account.
func (s *Service) Me(ctx context.Context, by authz.Actor) (User, error) {
	if by.ID == 0 {
		return User{}, errProfileDenied
	}
	return load(s.db.Read(ctx), by.ID)
}

// UpdateProfile changes what owners keep of their account themselves: names,
// department, phone, language, time zone and the tour. Other changes are left out.
func (s *Service) UpdateProfile(ctx context.Context, by authz.Actor, want etag.Condition, c Changes) (User, error) {
	if !canUpdateProfile(by, by.ID) {
		return User{}, errProfileDenied
	}
	c.Username, c.Email, c.Role, c.IsActive = nil, nil, nil, nil
	return s.edit(ctx, by, by.ID, want, c)
}

func (s *Service) edit(ctx context.Context, by authz.Actor, id int64, want etag.Condition, c Changes) (User, error) {
	var out User
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		before, err := load(tx.DB, id)
		if err != nil {
			return err
		}
		if err := want.Check(before.Version); err != nil {
			return err
		}
		if before.AnonymisedAt != nil {
			return errAnonymised
		}
		u := before
		c.apply(&u)
		out = before
		if u == before {
			return nil
		}
		// What was imported as it was may stay as it is.
		wrong, all := wrongFields{}, wrongFields{}
		u.check(all)
		for _, name := range append(before.differences(u), "role") {
			if messages, ok := all[name]; ok {
				wrong[name] = messages
			}
		}
		if err := wrong.err(); err != nil {
			return err
		}
		u.UpdatedAt = tx.Now
		out = u
		return s.store(tx, &before, &out)
	})
	return out, err
}

// apply makes the changes. A username that is the address follows it.
func (c Changes) apply(u *User) {
	set := func(to, from *string) {
		if from != nil {
			*to = *from
		}
	}
	if c.Email != nil && c.Username == nil && Key(u.Username) == Key(u.Email) {
		u.Username = *c.Email
	}
	set(&u.Username, c.Username)
	set(&u.Email, c.Email)
	set(&u.FullName, c.FullName)
	set(&u.FirstName, c.FirstName)
	set(&u.LastName, c.LastName)
	set(&u.Department, c.Department)
	set(&u.Phone, c.Phone)
	set(&u.Language, c.Language)
	set(&u.TimeZone, c.TimeZone)
	if c.TourDone != nil {
		u.TourDone = *c.TourDone
	}
	if c.Role != nil {
		u.Role = *c.Role
	}
	if c.IsActive != nil && *c.IsActive != u.IsActive {
		u.IsActive = *c.IsActive
		if u.IsActive && u.PasswordHash != "" {
			u.EmailVerified = true // whoever activates an account vouches for it
		}
		u.PendingLink = false
	}
}

// store saves a changed account and announces what changed.
func (s *Service) store(tx *event.Tx, before, u *User) error {
	leaves := before.IsActive && !u.IsActive
	if before.Role == authz.Admin && before.IsActive && (leaves || u.Role != authz.Admin) {
		if err := keepAnAdmin(tx.DB, u.ID); err != nil {
			return err
		}
	}
	if leaves || u.Role != before.Role {
		u.TokenVersion++
	}
	if err := save(tx.DB, before, u); err != nil {
		return err
	}
	if changed := before.differences(*u); len(changed) > 0 {
		if err := tx.Emit(Updated, subject, u.ID, Fields{Changed: changed}); err != nil {
			return err
		}
	}
	if u.PendingPassword && u.IsActive && u.EmailKey != before.EmailKey {
		if err := tx.Emit(Invited, subject, u.ID, nil); err != nil {
			return err
		}
	}
	if u.Role != before.Role {
		if err := remember(tx.DB, u.ID, before.Role, tx.Now); err != nil {
			return err
		}
		if err := tx.Emit(RoleChanged, subject, u.ID, Change{From: string(before.Role), To: string(u.Role)}); err != nil {
			return err
		}
	}
	switch {
	case leaves:
		return tx.Emit(Deactivated, subject, u.ID, nil)
	case !before.IsActive && u.IsActive:
		return tx.Emit(Activated, subject, u.ID, nil)
	}
	return nil
}

// differences names the fields of which Updated tells; role and state have
// events of their own.
func (u User) differences(v User) []string {
	var out []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"username", u.Username == v.Username}, {"email", u.Email == v.Email},
		{"full_name", u.FullName == v.FullName}, {"first_name", u.FirstName == v.FirstName},
		{"last_name", u.LastName == v.LastName}, {"department", u.Department == v.Department},
		{"phone", u.Phone == v.Phone}, {"language", u.Language == v.Language}, {"time_zone", u.TimeZone == v.TimeZone},
	} {
		if !f.same {
			out = append(out, f.name)
		}
	}
	return out
}

// Delete deactivates an account for good and removes everything that tells whose
// it was. Its tickets and comments stay. Deleting it again changes nothing.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	if !canManage(by) {
		return errManageDenied
	}
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		before, err := load(tx.DB, id)
		if err != nil {
			return err
		}
		if err := want.Check(before.Version); err != nil {
			return err
		}
		if before.AnonymisedAt != nil {
			return nil
		}
		gone := User{
			ID: id, Username: fmt.Sprintf("deleted-%d", id), Email: fmt.Sprintf("deleted-%d%s", id, goneDomain),
			Role: before.Role, TokenVersion: before.TokenVersion + 1, Version: before.Version,
			CreatedAt: before.CreatedAt, UpdatedAt: tx.Now, AnonymisedAt: &tx.Now,
		}
		if before.Role == authz.Admin && before.IsActive {
			if err := keepAnAdmin(tx.DB, id); err != nil {
				return err
			}
		}
		if err := save(tx.DB, &before, &gone); err != nil {
			return err
		}
		if before.IsActive {
			if err := tx.Emit(Deactivated, subject, id, nil); err != nil {
				return err
			}
		}
		return tx.Emit(Anonymised, subject, id, nil)
	})
}

// SetPassword gives the account with a username or address a new password and
// ends its sessions.
func (s *Service) SetPassword(ctx context.Context, by authz.Actor, name, plain string) error {
	if !canManage(by) {
		return errManageDenied
	}
	u, err := ByLogin(s.db.Read(ctx), name)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fault.New(fault.NotFound, "user.not_found", "There is no account %q.", name)
	}
	if err != nil {
		return fmt.Errorf("look for account %q: %w", name, err)
	}
	if message := password.Check(plain, u.Personal()...); message != "" {
		return fault.Field("password", "%s", message)
	}
	hash, err := s.passwords.Hash(ctx, plain)
	if err != nil {
		return err
	}
	return s.bus.Do(ctx, by, func(tx *event.Tx) error { return s.StorePassword(tx, u.ID, hash, ByAdministrator) })
}
