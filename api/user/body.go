package user

import (
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/user/password"
)

// readChanges reads the fields of an account that administrators set.
func readChanges(b *web.Body) Changes {
	c := ReadProfile(b)
	c.Username = b.Text("username", UsernameRule)
	c.Email = b.Text("email", EmailRule)
	if name := b.Text("role", web.OneOf(authz.Roles...)); name != nil {
		role := authz.Role(*name)
		c.Role = &role
	}
	c.IsActive = b.Bool("is_active")
	return c
}

// ReadProfile reads the fields that owners of accounts set themselves.
func ReadProfile(b *web.Body) Changes {
	return Changes{
		FullName:   b.Text("full_name", FullNameRule),
		FirstName:  b.Text("first_name", NameRule),
		LastName:   b.Text("last_name", NameRule),
		Department: b.Text("department", DepartmentRule),
		Phone:      b.Text("phone", PhoneRule),
		Language:   b.Text("language", LanguageRule),
		TimeZone:   b.Text("time_zone", TimeZoneRule),
		TourDone:   b.Bool("tour_done"),
	}
}

// ReadRegistration reads the account that somebody asks for themselves.
func ReadRegistration(b *web.Body) Draft {
	var d Draft
	take := func(to, from *string) {
		if from != nil {
			*to = *from
		}
	}
	take(&d.Username, b.Text("username", UsernameRule))
	take(&d.Email, b.Text("email", EmailRule))
	take(&d.FullName, b.Text("full_name", web.NotBlank, FullNameRule))
	take(&d.Language, b.Text("language", LanguageRule))
	take(&d.TimeZone, b.Text("time_zone", TimeZoneRule))
	secret := b.Text("password")
	take(&d.Password, secret)
	b.Require("username", "email", "full_name", "password")
	checkPassword(b, secret, User{Username: d.Username, Email: d.Email, FullName: d.FullName})
	return d
}

func checkPassword(b *web.Body, secret *string, owner User) {
	if secret == nil {
		return
	}
	if message := password.Check(*secret, owner.Personal()...); message != "" {
		b.Wrong("password", message)
	}
}
