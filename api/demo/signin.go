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

// signInFile is kept in the data folder and readable by its owner only.
const signInFile = "demo-accounts.json"

var signInRoles = []SignIn{
	{Username: "employee", Role: authz.Employee},
	{Username: "agent", Role: authz.ITStaff},
	{Username: "admin", Role: authz.Admin},
}

var signInNames = map[string][2]string{
	"employee": {"Robin", "Berger"}, "agent": {"Imani", "Wanjiru"}, "admin": {"Henrik", "Solberg"},
}

// SignIns returns the sign-ins that an earlier run left, or none.
func (d Desk) SignIns() ([]SignIn, error) {
	data, err := os.ReadFile(filepath.Join(d.DataDir, signInFile)) //nolint:gosec // our own file
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the demo sign-ins: %w", err)
	}
	var out []SignIn
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("read the demo sign-ins in %s: %w", filepath.Join(d.DataDir, signInFile), err)
	}
	return out, nil
}

// signIns returns the sign-ins, made now if there are none. They are written
// before the accounts, so that a run that is cut off leaves none behind whose
// password nobody knows.
func (d Desk) signIns() ([]SignIn, error) {
	known, err := d.SignIns()
	if err != nil || len(known) > 0 {
		return known, err
	}
	out := make([]SignIn, len(signInRoles))
	for i, s := range signInRoles {
		if s.Password, err = newPassword(); err != nil {
			return nil, err
		}
		out[i] = s
	}
	data, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the demo sign-ins: %w", err)
	}
	if err := os.MkdirAll(d.DataDir, 0o750); err != nil {
		return nil, fmt.Errorf("create the data folder: %w", err)
	}
	if err := os.WriteFile(filepath.Join(d.DataDir, signInFile), append(data, '\n'), 0o600); err != nil {
		return nil, fmt.Errorf("write the demo sign-ins: %w", err)
	}
	return out, nil
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
// is there already is left as it is.
func (d Desk) createSignIns(ctx context.Context, by authz.Actor, signIns []SignIn) ([]user.User, error) {
	out := make([]user.User, 0, len(signIns))
	for _, s := range signIns {
		u, err := d.ensure(ctx, by, s)
		if err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, nil
}

func (d Desk) ensure(ctx context.Context, by authz.Actor, s SignIn) (user.User, error) {
	u, ok, err := find(d.DB.Read(ctx), s.Username)
	if err != nil || ok {
		return u, err
	}
	name := signInNames[s.Username]
	department := "IT"
	if s.Role == authz.Employee {
		department = "Sales"
	}
	u, err = d.Users.Create(ctx, by, user.Draft{
		Username: s.Username, Email: s.Username + "@" + mailDomain, Role: s.Role, Password: s.Password,
		FirstName: name[0], LastName: name[1], FullName: name[0] + " " + name[1], Department: department,
		Verified: true, Active: true,
	})
	if err != nil {
		return u, fmt.Errorf("create the demo account %s: %w", s.Username, err)
	}
	return u, nil
}

// unknownHash returns the hash of a password that is forgotten at once.
func (d Desk) unknownHash(ctx context.Context) (string, error) {
	plain, err := newPassword()
	if err != nil {
		return "", err
	}
	return d.Users.Passwords().Hash(ctx, plain)
}
