package user_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/user"
)

var (
	none etag.Condition
	cli  = authz.System("cli")
)

func wantFault(t *testing.T, err error, kind fault.Kind, code string, fields ...string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	for _, name := range fields {
		if len(f.Fields[name]) == 0 {
			t.Errorf("%v does not name the field %s", f.Fields, name)
		}
	}
}

// Every verb asks who is acting, whatever door the call came through.
func TestVerbsCheckTheActor(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		s, ctx := user.New(w.DB, w.Bus, w.Clock), context.Background()
		u, err := s.Create(ctx, cli, user.Draft{Username: "emma", Email: "emma@example.com", Role: authz.Employee, Active: true, Verified: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, by := range []authz.Actor{{}, u.Person(authz.Options{}), authz.Person(9, "sam", authz.ITStaff, authz.Options{})} {
			_, err := s.Create(ctx, by, user.Draft{Username: "mallory", Email: "m@example.com", Role: authz.Admin})
			wantFault(t, err, fault.Forbidden, "user.manage_denied")
			_, err = s.Get(ctx, by, u.ID)
			wantFault(t, err, fault.Forbidden, "user.manage_denied")
			role := authz.Admin
			_, err = s.Update(ctx, by, u.ID, none, user.Changes{Role: &role})
			wantFault(t, err, fault.Forbidden, "user.manage_denied")
			wantFault(t, s.Delete(ctx, by, u.ID, none), fault.Forbidden, "user.manage_denied")
			wantFault(t, s.SetPassword(ctx, by, "emma", "seven-quiet-lanterns"), fault.Forbidden, "user.manage_denied")
		}
		_, err = s.Me(ctx, cli)
		wantFault(t, err, fault.Forbidden, "user.profile_denied")

		// Owners change their profile and nothing else.
		role, off, name, full := authz.Admin, false, "root", "Emma Weber"
		u, err = s.UpdateProfile(ctx, u.Person(authz.Options{}), none, user.Changes{Role: &role, IsActive: &off, Username: &name, Email: &name, FullName: &full})
		if err != nil || u.Role != authz.Employee || !u.IsActive || u.Username != "emma" || u.FullName != "Emma Weber" {
			t.Errorf("%v, %+v", err, u)
		}
	})
}

func TestCommandLineVerbs(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		s, ctx := user.New(w.DB, w.Bus, w.Clock), context.Background()
		joined := time.Date(2020, time.May, 4, 3, 2, 1, 0, time.UTC)
		u, err := s.Create(ctx, cli, user.Draft{
			ID: 4711, Username: "ada", Email: "ada@example.com", Role: authz.Admin, Password: "seven-quiet-lanterns",
			Active: true, Verified: true, CreatedAt: joined,
		})
		if err != nil || u.ID != 4711 || !u.CreatedAt.Equal(joined) {
			t.Fatalf("%v, %+v", err, u)
		}
		_, err = s.Create(ctx, cli, user.Draft{Username: "x", Email: "x", Role: "hr", Password: "x"})
		wantFault(t, err, fault.Invalid, "request.invalid", "username", "email", "role", "password")
		_, err = s.Create(ctx, cli, user.Draft{Username: "ADA", Email: "Ada@Example.com", Role: authz.Employee})
		wantFault(t, err, fault.Conflict, "user.taken", "username", "email")

		if err := s.SetPassword(ctx, cli, "ADA@example.com", "nine-early-sparrows"); err != nil {
			t.Fatal(err)
		}
		wantFault(t, s.SetPassword(ctx, cli, "nobody", "nine-early-sparrows"), fault.NotFound, "user.not_found")
		wantFault(t, s.SetPassword(ctx, cli, "ada", "password1234"), fault.Invalid, "request.invalid", "password")
		now, err := s.Get(ctx, cli, u.ID)
		if err != nil || now.TokenVersion != u.TokenVersion+1 {
			t.Errorf("%v: the access tokens of the old password are still good", err)
		}
		if is, err := s.Passwords().Verify(ctx, "nine-early-sparrows", now.PasswordHash, nil); err != nil || !is.OK {
			t.Errorf("%v: the new password does not match", err)
		}
	})
}

func TestRegister(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		s, ctx, by := user.New(w.DB, w.Bus, w.Clock), context.Background(), authz.System("auth")
		draft := func(name, email string) user.Draft {
			return user.Draft{
				Username: name, Email: email, FullName: "Emma Weber", Password: "seven-quiet-lanterns",
				Role: authz.Admin, Active: true, Verified: true, ID: 99, Invite: true,
			}
		}
		one, err := s.Register(ctx, by, draft("emma", "emma@example.com"))
		if err != nil || one.Role != authz.Employee || one.IsActive || one.EmailVerified || one.ID == 99 || one.PendingPassword || one.LastName != "Weber" {
			t.Fatalf("%v, %+v", err, one)
		}
		_, err = s.Register(ctx, by, user.Draft{Username: "joe", Email: "joe@example.com"})
		wantFault(t, err, fault.Invalid, "request.invalid", "password")

		// A name is held for a day, then it goes to whoever asks next.
		w.Clock.Advance(24 * time.Hour)
		_, err = s.Register(ctx, by, draft("EMMA", "other@example.com"))
		wantFault(t, err, fault.Conflict, "user.taken", "username")
		_, err = s.Register(ctx, by, draft("other", "Emma@Example.com"))
		wantFault(t, err, fault.Conflict, "user.taken", "email")
		w.Clock.Advance(time.Second)
		two, err := s.Register(ctx, by, draft("emma", "other@example.com"))
		if err != nil || two.ID == one.ID {
			t.Fatalf("%v, %+v", err, two)
		}
		if _, err := user.Find(w.DB.Read(ctx), one.ID); err == nil {
			t.Error("the expired registration is still there")
		}
		old, err := w.Bus.Of(ctx, "user", one.ID, nil, 0, false, 10)
		if err != nil || !slices.EqualFunc(old, []string{user.Registered, user.Expired}, func(e event.Event, typ string) bool { return e.Type == typ }) {
			t.Errorf("%v: events %v", err, old)
		}

		// Neither an account nor one that an administrator made goes that way.
		made, err := s.Create(ctx, cli, user.Draft{Username: "sam", Email: "sam@example.com", Role: authz.ITStaff, Invite: true, Active: true})
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(1000 * time.Hour)
		_, err = s.Register(ctx, by, draft("sam", "sam2@example.com"))
		wantFault(t, err, fault.Conflict, "user.taken", "username")
		if _, err := user.Find(w.DB.Read(ctx), made.ID); err != nil {
			t.Error(err)
		}
	})
}

// An address goes before a username, whatever older systems let people choose.
func TestByLogin(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		s, ctx := user.New(w.DB, w.Bus, w.Clock), context.Background()
		victim, err := s.Create(ctx, cli, user.Draft{Username: "victim", Email: "victim@example.com", Role: authz.Admin})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.DB.Writer(ctx).Create(&user.User{
			Username: "victim@example.com", UsernameKey: "victim@example.com", Email: "m@example.com", EmailKey: "m@example.com", Role: authz.Employee,
		}).Error; err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"victim", "VICTIM", "Victim@Example.com"} {
			if u, err := user.ByLogin(w.DB.Read(ctx), name); err != nil || u.ID != victim.ID {
				t.Errorf("%s: %v, account %d", name, err, u.ID)
			}
		}
	})
}

// A sign-in that overlaps a change of the password, the role or the state of the
// account does not come through.
func TestSignInLosesToChanges(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		s, ctx := user.New(w.DB, w.Bus, w.Clock), context.Background()
		if _, err := s.Create(ctx, cli, user.Draft{Username: "root", Email: "root@example.com", Role: authz.Admin, Active: true, Verified: true}); err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(user.User) error{
			"nothing":  func(user.User) error { return nil },
			"password": func(user.User) error { return s.SetPassword(ctx, cli, "emma", "nine-early-sparrows") },
			"role": func(u user.User) error {
				role := authz.ITStaff
				_, err := s.Update(ctx, cli, u.ID, none, user.Changes{Role: &role})
				return err
			},
			"state": func(u user.User) error {
				off := false
				_, err := s.Update(ctx, cli, u.ID, none, user.Changes{IsActive: &off})
				return err
			},
			"deletion": func(u user.User) error { return s.Delete(ctx, cli, u.ID, none) },
		} {
			u, err := s.Create(ctx, cli, user.Draft{Username: "emma", Email: "emma@example.com", Role: authz.Employee, Active: true, Verified: true})
			if err != nil {
				t.Fatal(err)
			}
			if err := change(u); err != nil {
				t.Fatal(err)
			}
			var in bool
			err = w.Bus.Do(ctx, cli, func(tx *event.Tx) error {
				in, err = s.RecordSignIn(tx, u, "")
				return err
			})
			if err != nil || in != (name == "nothing") {
				t.Errorf("after a change of the %s: %t, %v", name, in, err)
			}
			if err := s.Delete(ctx, cli, u.ID, none); err != nil {
				t.Fatal(err)
			}
		}
	})
}
