package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/user"
)

type userCmd struct {
	Create   userCreateCmd   `cmd:"" help:"Make an active account with a verified address."`
	Password userPasswordCmd `cmd:"" help:"Give an account a new password and end its sessions."`
	List     userListCmd     `cmd:"" help:"List the accounts."`
}

type userCreateCmd struct {
	Username      string `help:"What the person signs in with." required:""`
	Email         string `help:"The person's address." required:""`
	Role          string `help:"employee, it_staff or admin." required:"" enum:"employee,it_staff,admin"`
	FullName      string `help:"The person's name."`
	PasswordStdin bool   `help:"Read the password from the first line of the standard input." required:""`
}

// Run makes the account.
func (c userCreateCmd) Run(w *world) error {
	plain, err := readPassword(w.in)
	if err != nil {
		return err
	}
	return withApp(w, func(a *app.App) error {
		u, err := a.User.Create(w.ctx, operator(), user.Draft{
			Username: c.Username, Email: c.Email, FullName: c.FullName, Role: authz.Role(c.Role),
			Password: plain, Active: true, Verified: true,
		})
		if err != nil {
			return inWords(err)
		}
		_, err = fmt.Fprintf(w.out, "account %s (%s) created with id %d\n", u.Username, u.Role, u.ID)
		return err
	})
}

type userPasswordCmd struct {
	Username      string `help:"Username or address of the account." required:""`
	PasswordStdin bool   `help:"Read the password from the first line of the standard input." required:""`
}

// Run sets the password.
func (c userPasswordCmd) Run(w *world) error {
	plain, err := readPassword(w.in)
	if err != nil {
		return err
	}
	return withApp(w, func(a *app.App) error {
		if err := a.User.SetPassword(w.ctx, operator(), c.Username, plain); err != nil {
			return inWords(err)
		}
		_, err := fmt.Fprintf(w.out, "the password of %s is changed and its sessions are ended\n", c.Username)
		return err
	})
}

type userListCmd struct{}

// Run lists the accounts, newest first.
func (userListCmd) Run(w *world) error {
	return withApp(w, func(a *app.App) error {
		t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
		_, err := fmt.Fprintln(t, "ID\tUSERNAME\tROLE\tSTATE\tE-MAIL\tNAME\tCREATED")
		if err != nil {
			return err
		}
		page := web.Page{Number: 1, Size: web.MaxPageSize}
		for {
			rows, err := a.User.List(w.ctx, operator(), user.Filter{}, page)
			if err != nil {
				return inWords(err)
			}
			for _, u := range rows.Rows {
				if _, err := fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", u.ID, u.Username, u.Role, state(u), u.Email, u.FullName, u.CreatedAt.UTC().Format(time.DateOnly)); err != nil {
					return err
				}
			}
			if !rows.HasAfter {
				return t.Flush()
			}
			cursor := rows.CursorOf(rows.Rows[len(rows.Rows)-1])
			page.Cursor = &cursor
		}
	})
}

func state(u user.User) string {
	switch {
	case u.AnonymisedAt != nil:
		return "deleted"
	case !u.IsActive:
		return "inactive"
	case !u.EmailVerified:
		return "unverified"
	}
	return "active"
}

// readPassword reads the first line, without its end and otherwise as it is.
func readPassword(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 1<<16)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	if line == "" {
		return "", usage{errors.New("no password on the standard input")}
	}
	return line, nil
}

// inWords names the wrong fields of a fault in place of its code.
func inWords(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind == fault.Internal {
		return err
	}
	if len(f.Fields) == 0 {
		return errors.New(f.Detail)
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		parts = append(parts, name+": "+strings.Join(f.Fields[name], " "))
	}
	return errors.New(strings.Join(parts, "; "))
}
