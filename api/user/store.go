package user

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// load reads an account, or returns the fault that there is none.
func load(tx *gorm.DB, id int64) (User, error) {
	u, err := Find(tx, id)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return u, errMissing
	}
	if err != nil {
		return u, fmt.Errorf("read account %d: %w", id, err)
	}
	return u, nil
}

// ByLogin reads the account that somebody means who signs in with a username or
// an address, or gorm.ErrRecordNotFound. An address goes first, so that no
// username can stand in for somebody else's address.
func ByLogin(tx *gorm.DB, name string) (User, error) {
	if strings.Contains(name, "@") {
		u, err := ByEmail(tx, name)
		if err == nil || !errors.Is(err, gorm.ErrRecordNotFound) {
			return u, err
		}
	}
	return byKey(tx, "username_key", name)
}

// ByEmail reads the account with an address, or gorm.ErrRecordNotFound.
func ByEmail(tx *gorm.DB, email string) (User, error) { return byKey(tx, "email_key", email) }

// byKey reads an account by one of its unique columns.
func byKey(tx *gorm.DB, column, value string) (User, error) {
	var u User
	key := Key(value)
	err := tx.Where(column+" = ?", key).Take(&u).Error
	// MySQL ignores spaces at the end, which would let one account be asked for
	// by many names.
	if err == nil && key != u.UsernameKey && key != u.EmailKey {
		return User{}, gorm.ErrRecordNotFound
	}
	return u, err
}

// create writes a new account, or returns the fault that a name is taken.
func create(tx *gorm.DB, u *User) error {
	u.Version, u.TokenVersion = 1, 1
	u.index()
	if err := taken(tx, *u); err != nil {
		return err
	}
	return named(tx, u, tx.Create(u).Error, "create the account")
}

// save writes a changed account if nobody else has since it was read.
func save(tx *gorm.DB, before, u *User) error {
	u.Version = before.Version + 1
	u.index()
	if u.UsernameKey != before.UsernameKey || u.EmailKey != before.EmailKey {
		if err := taken(tx, *u); err != nil {
			return err
		}
	}
	res := tx.Model(&User{}).Where("id = ? AND version = ?", u.ID, before.Version).Updates(map[string]any{
		"username": u.Username, "username_key": u.UsernameKey, "email": u.Email, "email_key": u.EmailKey,
		"full_name": u.FullName, "first_name": u.FirstName, "last_name": u.LastName,
		"department": u.Department, "phone": u.Phone, "language": u.Language, "time_zone": u.TimeZone, "tour_done": u.TourDone, "search_key": u.SearchKey,
		"role": u.Role, "is_active": u.IsActive, "email_verified": u.EmailVerified,
		"password_hash": u.PasswordHash, "token_version": u.TokenVersion, "version": u.Version,
		"updated_at": u.UpdatedAt, "anonymised_at": u.AnonymisedAt,
		"pending_password": u.PendingPassword, "pending_link": u.PendingLink,
	})
	if err := named(tx, u, res.Error, "save the account"); err != nil {
		return err
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	return nil
}

// named says which name is taken when a write found that one is.
func named(tx *gorm.DB, u *User, err error, verb string) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		if err := taken(tx, *u); err != nil {
			return err
		}
		return errChanged
	}
	if err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	return nil
}

// taken returns the fault that names what another account already has, or nil.
func taken(tx *gorm.DB, u User) error {
	var others []User
	err := tx.Select("id", "username_key", "email_key").
		Where("(username_key = ? OR email_key = ?) AND id <> ?", u.UsernameKey, u.EmailKey, u.ID).
		Find(&others).Error
	if err != nil {
		return fmt.Errorf("look for taken names: %w", err)
	}
	f := fault.New(fault.Conflict, "user.taken", "Another account has this username or address.")
	f.Fields = map[string][]string{}
	for _, o := range others {
		if o.UsernameKey == u.UsernameKey {
			f.Fields["username"] = []string{"Is taken."}
		}
		if o.EmailKey == u.EmailKey {
			f.Fields["email"] = []string{"Is taken."}
		}
	}
	if len(f.Fields) == 0 {
		return nil
	}
	return f
}

// expire makes room for a registration: those with one of its names that were
// never verified in their time are deleted.
func expire(tx *event.Tx, u User, before time.Time) error {
	var stale []User
	err := tx.Where("(username_key = ? OR email_key = ?) AND pending_link = ? AND created_at < ?",
		u.UsernameKey, u.EmailKey, true, before).Find(&stale).Error
	if err != nil {
		return fmt.Errorf("look for expired registrations: %w", err)
	}
	for _, o := range stale {
		res := tx.Where("id = ? AND version = ? AND pending_link = ?", o.ID, o.Version, true).Delete(&User{})
		if res.Error != nil {
			return fmt.Errorf("delete expired registration %d: %w", o.ID, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		if err := tx.Emit(Expired, subject, o.ID, nil); err != nil {
			return err
		}
	}
	return nil
}

// keepAnAdmin returns the fault that an account is the last administrator who
// can sign in. The one who remains is written to, so that two administrators
// who remove each other at the same moment collide, also on different nodes of
// a cluster, and the one who comes second is refused when tried again.
func keepAnAdmin(tx *gorm.DB, going int64) error {
	var other User
	err := tx.Select("id", "admin_guard").
		Where("role = ? AND is_active = ? AND email_verified = ? AND id <> ?", authz.Admin, true, true, going).
		Order("id").Take(&other).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return errLastAdmin
	}
	if err != nil {
		return fmt.Errorf("look for another administrator: %w", err)
	}
	res := tx.Model(&User{}).
		Where("id = ? AND role = ? AND is_active = ? AND email_verified = ?", other.ID, authz.Admin, true, true).
		UpdateColumn("admin_guard", gorm.Expr("admin_guard + 1"))
	if res.Error != nil {
		return fmt.Errorf("hold on to administrator %d: %w", other.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	return nil
}

// Filter says which accounts a list shows.
type Filter struct {
	Search   string     // part of a name, username or address
	Role     authz.Role // empty for all
	IsActive *bool      // nil for all
}

func (f Filter) apply(q *gorm.DB) *gorm.DB {
	switch number := phoneDigits(f.Search); {
	case number != "":
		q = q.Where("(INSTR(search_key, ?) > 0 OR INSTR("+dialled+", ?) > 0)", Fold(f.Search), number)
	case f.Search != "":
		q = q.Where("INSTR(search_key, ?) > 0", Fold(f.Search))
	}
	if f.Role != "" {
		q = q.Where("role = ?", f.Role)
	}
	if f.IsActive != nil {
		q = q.Where("is_active = ?", *f.IsActive)
	}
	return q
}

// dialled is a telephone number without what people write between its digits.
const dialled = "REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(phone, ' ', ''), '-', ''), '/', ''), '(', ''), ')', ''), '.', '')"

// phoneDigits returns the digits of what can be a telephone number, without the zeros
// before it, or "".
func phoneDigits(text string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case strings.ContainsRune("+-/(). ", r):
			return -1
		}
		return 'x'
	}, text)
	if digits = strings.TrimLeft(digits, "0"); len(digits) < 4 || strings.Contains(digits, "x") {
		return ""
	}
	return digits
}

func page(q *gorm.DB, p web.Page) (web.Rows[User], error) {
	return web.NewestFirst(q, p, func(u User) int64 { return u.ID })
}
