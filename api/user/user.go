// Package user keeps the people of the desk: their accounts, roles and what
// others see of them.
package user

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
)

// User is an account. Every change of it is a compare-and-swap on Version.
type User struct {
	ID            int64
	Username      string
	UsernameKey   string // folded, unique
	Email         string
	EmailKey      string // folded, unique
	FullName      string
	FirstName     string
	LastName      string
	Department    string
	Phone         string
	Language      string // "en" or "de"; empty for the browser's
	TimeZone      string // of the IANA database; empty for the browser's
	TourDone      bool   // the person has seen the tour of the app, or skipped it
	SearchKey     string // folded name, username and address
	Role          authz.Role
	IsActive      bool
	EmailVerified bool
	PasswordHash  string
	TokenVersion  int64 // raised to end every session and token at once
	Version       int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
	LastLoginAt   *time.Time
	AnonymisedAt  *time.Time
	// PendingPassword marks an invited account whose owner has yet to choose one.
	PendingPassword bool
	// PendingLink marks a registration that waits for the link in its mail.
	PendingLink bool
	// AdminGuard is raised on the administrator who remains when another one
	// goes, so that two who go at the same moment collide.
	AdminGuard int64
}

// TableName names the table for GORM.
func (User) TableName() string { return "users" }

// Fold returns the form of a text in which upper and lower case are one.
func Fold(s string) string { return cases.Fold().String(s) }

// Key returns the form in which usernames and addresses are compared: upper and
// lower case are one, and so are the ways to write an accented letter.
func Key(s string) string { return Fold(norm.NFC.String(s)) }

// maxSearchKey is how long the searchable text may be, in code points.
const maxSearchKey = 1200

// index fills the columns that are derived from others.
func (u *User) index() {
	u.UsernameKey = Key(u.Username)
	u.EmailKey = Key(u.Email)
	u.SearchKey = Fold(strings.Join([]string{u.Username, u.Email, u.FullName, u.FirstName, u.LastName}, "\x1e"))
	if r := []rune(u.SearchKey); len(r) > maxSearchKey {
		u.SearchKey = string(r[:maxSearchKey]) // folding can lengthen a text
	}
}

// Card is what everybody who sees a ticket sees of its people.
type Card struct {
	ID         int64  `json:"id" example:"7"`
	Username   string `json:"username" example:"amara"`
	Email      string `json:"email" example:"amara@example.com"`
	Role       string `json:"role" enums:"employee,it_staff,admin" example:"employee"`
	Department string `json:"department" example:"Finance"`
	FirstName  string `json:"first_name" example:"Amara"`
	LastName   string `json:"last_name" example:"Okafor"`
} //@name User

// FullName is both names, as far as there are any.
func (c Card) FullName() string { return strings.TrimSpace(c.FirstName + " " + c.LastName) }

// Name is what to call somebody: by their names, or else by their user name.
func (c Card) Name() string { return cmp.Or(c.FullName(), c.Username) }

// Card returns what others see of the account.
func (u User) Card() Card {
	return Card{
		ID: u.ID, Username: u.Username, Email: u.Email, Role: string(u.Role),
		Department: u.Department, FirstName: u.FirstName, LastName: u.LastName,
	}
}

// desk is the card of the desk itself.
var desk = Card{Username: "fixdesk", Role: string(authz.Admin), FirstName: "Fixdesk"}

// Cards reads the cards of accounts in one query. Each id asked for is in the
// answer; one that does not exist has an empty card.
// The desk itself, which wrote what no person did, has the id 0.
func Cards(tx *gorm.DB, ids ...int64) (map[int64]Card, error) {
	out := make(map[int64]Card, len(ids)+1)
	out[0] = desk
	var wanted []int64
	for _, id := range ids {
		if _, seen := out[id]; !seen && id != 0 {
			out[id] = Card{}
			wanted = append(wanted, id)
		}
	}
	if len(wanted) == 0 {
		return out, nil
	}
	var users []User
	if err := tx.Where("id IN ?", wanted).Find(&users).Error; err != nil {
		return nil, fmt.Errorf("read the people: %w", err)
	}
	for _, u := range users {
		out[u.ID] = u.Card()
	}
	return out, nil
}

// InDepartments returns the ids of the accounts in the departments, at most so many.
func InDepartments(tx *gorm.DB, names []string, limit int) ([]int64, error) {
	var ids []int64
	if err := tx.Model(&User{}).Where("department IN ?", names).Limit(limit).Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("read who is in a department: %w", err)
	}
	return ids, nil
}

// Find reads an account, or gorm.ErrRecordNotFound.
func Find(tx *gorm.DB, id int64) (User, error) {
	var u User
	err := tx.Take(&u, id).Error
	return u, err
}

// Assignable reports whether tickets can be assigned to the account.
func (u User) Assignable() bool { return u.IsActive && u.Role.WorksTickets() }

// CanSignIn reports whether the account may be used at all.
func (u User) CanSignIn() bool { return u.IsActive && u.EmailVerified }

// Person returns the account as an actor.
func (u User) Person(o authz.Options) authz.Actor {
	by := authz.Person(u.ID, u.Username, u.Role, o)
	by.TimeZone = u.TimeZone
	return by.OfDepartment(DepartmentKey(u.Department), o)
}

// DepartmentKey returns the form in which departments are compared.
func DepartmentKey(name string) string {
	key := []rune(Key(strings.TrimSpace(name)))
	return string(key[:min(len(key), maxDepartmentKey)])
}

// maxDepartmentKey is how long a folded department is, in code points; the rest is cut off.
const maxDepartmentKey = 150

// Personal returns the texts that a password may not be made of.
func (u User) Personal() []string {
	return []string{u.Username, u.Email, u.FullName, u.FirstName, u.LastName}
}
