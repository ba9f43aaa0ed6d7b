package demo

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/user"
)

// SignIn is a way into the demo.
type SignIn struct {
	Username string     `json:"username"`
	Password string     `json:"password"`
	Role     authz.Role `json:"role"`
}

// SignInFile names the file of sign-ins. It is kept in the data folder and readable by its owner only.
const SignInFile = "demo-accounts.json"

var signInRoles = []SignIn{
	{Username: "employee", Role: authz.Employee},
	{Username: "agent", Role: authz.ITStaff},
	{Username: "admin", Role: authz.Admin},
}

var signInNames = map[string][2]string{
	"employee": {"Robin", "Berger"}, "agent": {"Imani", "Wanjiru"}, "admin": {"Henrik", "Solberg"},
}

// SignIns returns the sign-ins that an earlier run left and that this database
// has.
func (d Desk) SignIns(ctx context.Context) ([]SignIn, error) {
	kept, err := d.kept()
	if err != nil {
		return nil, err
	}
	return d.usable(ctx, kept)
}

// usable leaves out sign-ins whose name belongs to somebody else here.
func (d Desk) usable(ctx context.Context, all []SignIn) ([]SignIn, error) {
	var out []SignIn
	for _, s := range all {
		u, ok, err := find(d.DB.Read(ctx), s.Username)
		if err != nil {
			return nil, err
		}
		if ok && s.is(u) {
			out = append(out, s)
		}
	}
	return out, nil
}

// is tells an account of the demo from one that happens to have its name.
func (s SignIn) is(u user.User) bool { return u.Email == s.address() && u.IsActive }

func (s SignIn) address() string { return s.Username + "@" + mailDomain }

// kept reads the file.
func (d Desk) kept() ([]SignIn, error) {
	data, err := os.ReadFile(filepath.Join(d.DataDir, SignInFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the demo sign-ins: %w", err)
	}
	var out []SignIn
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("read the demo sign-ins in %s: %w", filepath.Join(d.DataDir, SignInFile), err)
	}
	return out, nil
}

// signIns returns the sign-ins, made now (fresh) if there are none. They are
// written before the accounts, so that a run that is cut off leaves none behind
// whose password nobody knows.
func (d Desk) signIns() (all []SignIn, fresh bool, err error) {
	known, err := d.kept()
	if err != nil || len(known) > 0 {
		return known, false, err
	}
	out := make([]SignIn, len(signInRoles))
	for i, s := range signInRoles {
		if s.Password, err = newPassword(); err != nil {
			return nil, false, err
		}
		out[i] = s
	}
	data, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, false, fmt.Errorf("write the demo sign-ins: %w", err)
	}
	if err := os.MkdirAll(d.DataDir, 0o750); err != nil {
		return nil, false, fmt.Errorf("create the data folder: %w", err)
	}
	if err := os.WriteFile(filepath.Join(d.DataDir, SignInFile), append(data, '\n'), 0o600); err != nil {
		return nil, false, fmt.Errorf("write the demo sign-ins: %w", err)
	}
	return out, true, nil
}

// newPassword returns 16 letters and digits in groups, without those that look
// alike: 80 random bits.
func newPassword() (string, error) {
	const letters = "abcdefghijkmnpqrstuvwxyz23456789"
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make up a password: %w", err)
	}
	var b strings.Builder
	for i, c := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[int(c)%len(letters)])
	}
	return b.String(), nil
}

// createSignIns makes the accounts of the sign-ins that are missing. One that
// belongs to somebody else is left as it is; one of the demo whose password is
// lost gets the fresh one.
func (d Desk) createSignIns(ctx context.Context, by authz.Actor, signIns []SignIn, fresh bool) ([]user.User, error) {
	var out []user.User
	for _, s := range signIns {
		u, ok, err := find(d.DB.Read(ctx), s.Username)
		switch {
		case err != nil:
			return nil, err
		case !ok:
			u, err = d.create(ctx, by, s)
		case s.is(u) && fresh:
			err = d.Users.SetPassword(ctx, by, s.Username, s.Password)
		case !s.is(u):
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("make the demo account %s: %w", s.Username, err)
		}
		out = append(out, u)
	}
	return out, nil
}

func (d Desk) create(ctx context.Context, by authz.Actor, s SignIn) (user.User, error) {
	name := signInNames[s.Username]
	department := "IT"
	if s.Role == authz.Employee {
		department = "Sales"
	}
	return d.Users.Create(ctx, by, user.Draft{
		Username: s.Username, Email: s.address(), Role: s.Role, Password: s.Password,
		FirstName: name[0], LastName: name[1], FullName: name[0] + " " + name[1], Department: department,
		Verified: true, Active: true,
	})
}

// unknownHash returns the hash of a password that is forgotten at once.
func (d Desk) unknownHash(ctx context.Context) (string, error) {
	plain, err := newPassword()
	if err != nil {
		return "", err
	}
	return d.Users.Passwords().Hash(ctx, plain)
}
