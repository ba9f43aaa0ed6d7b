package django

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/user"
)

// account is how the users are called among what was taken.
const account = "user"

// mailDomain is for those without an address (RFC 2606: it never exists).
const mailDomain = "@imported.invalid"

type userFields struct {
	Username    string `json:"username"`
	Email       string `json:"email"`
	Password    string `json:"password"`
	FullName    string `json:"full_name"`
	FirstName   string `json:"first_name"`
	LastName    string `json:"last_name"`
	Department  string `json:"department"`
	Phone       string `json:"phone"`
	Role        string `json:"role"`
	IsActive    *bool  `json:"is_active"`
	IsSuperuser bool   `json:"is_superuser"`
	DateJoined  string `json:"date_joined"`
	CreatedAt   string `json:"created_at"`
	UpdatedAt   string `json:"updated_at"`
	LastLogin   string `json:"last_login"`
}

// dumped is a user of the dump.
type dumped struct {
	number int64
	pk     ref // empty with natural keys
	id     int64
	user   user.User
	notes  []string
}

func (d dumped) refs() []string {
	out := []string{natural + d.user.Username}
	if d.pk != "" {
		out = append(out, string(d.pk))
	}
	return out
}

func (d dumped) key() string {
	if d.pk != "" {
		return importer.Key(account, string(d.pk))
	}
	return importer.Key(account, natural+user.Key(d.user.Username))
}

// users takes the accounts over, batch by batch.
func (r *run) users(ctx context.Context) error {
	var err error
	if r.ours, err = r.Source.Objects(r.DB.Read(ctx), account); err != nil {
		return err
	}
	for part := range slices.Chunk(r.index.users, batch) {
		var list []dumped
		for _, e := range part {
			d, err := r.readUser(e)
			var broken *brokenError
			switch {
			case errors.As(err, &broken):
				if err := r.skip(e.number, "user, "+err.Error()); err != nil {
					return err
				}
			case err != nil:
				return err
			default:
				list = append(list, d)
			}
		}
		var found map[string]importer.Person
		var made []int64
		err := r.batch(ctx, len(part), func(tx *event.Tx, read *gorm.DB) (*told, error) {
			var t *told
			var err error
			found, made, t, err = r.takeUsers(tx, read, list)
			return t, err
		})
		if err != nil {
			return err
		}
		for ref, who := range found {
			r.people[ref] = who
		}
		for _, id := range made {
			r.ours[id] = true
		}
	}
	return nil
}

func (r *run) readUser(e extent) (dumped, error) {
	var f userFields
	o, err := e.read(r.file, &f)
	if err != nil {
		return dumped{}, err
	}
	d := dumped{number: e.number, pk: o.PK}
	if n, err := strconv.ParseInt(string(o.PK), 10, 64); err == nil && n > 0 {
		d.id = n
	}
	if f.Username == "" {
		return d, &brokenError{errNoName}
	}
	d.user = user.User{
		Username: f.Username, Email: f.Email, FullName: f.FullName, FirstName: f.FirstName, LastName: f.LastName,
		Department: f.Department, Phone: f.Phone, IsActive: f.IsActive == nil || *f.IsActive,
	}
	d.user.EmailVerified = d.user.IsActive
	if err := d.times(r, f); err != nil {
		return d, err
	}
	d.role(f)
	d.password(f.Password)
	if d.user.Email == "" {
		d.user.Email = user.UsernameFrom(f.Username, "-") + mailDomain
		d.notes = append(d.notes, "user without an address, one at imported.invalid is used")
	}
	var wrong *fault.Error
	if err := user.Check(d.user); errors.As(err, &wrong) {
		for _, name := range []string{"username", "email", "full_name", "first_name", "last_name", "department", "phone"} {
			if messages := wrong.Fields[name]; len(messages) > 0 {
				return d, &brokenError{fmt.Errorf("%s: %s", name, messages[0])}
			}
		}
		return d, err
	}
	return d, nil
}

func (d *dumped) times(r *run, f userFields) error {
	now := r.Clock.Now()
	d.user.CreatedAt, d.user.UpdatedAt = now, now
	for _, x := range []struct {
		text string
		to   *time.Time
	}{{f.CreatedAt, &d.user.CreatedAt}, {f.DateJoined, &d.user.CreatedAt}, {f.UpdatedAt, &d.user.UpdatedAt}} {
		at, err := r.at(x.text)
		if err != nil {
			return &brokenError{err}
		}
		if at != nil {
			*x.to = *at
		}
	}
	var err error
	if d.user.LastLoginAt, err = r.at(f.LastLogin); err != nil {
		return &brokenError{err}
	}
	return nil
}

func (d *dumped) role(f userFields) {
	d.user.Role = authz.Role(f.Role)
	switch {
	case f.IsSuperuser && d.user.Role != authz.Admin:
		d.user.Role = authz.Admin
		d.notes = append(d.notes, "user is a superuser, becomes admin")
	case f.Role == "hr":
		d.user.Role = authz.Employee
		d.notes = append(d.notes, "user has the role hr, becomes employee")
	case !d.user.Role.Valid():
		d.user.Role = authz.Employee
		d.notes = append(d.notes, "user has an unknown role "+strconv.Quote(f.Role)+", becomes employee")
	}
}

// password keeps a hash that can be verified here.
func (d *dumped) password(hash string) {
	const longest = 255
	switch {
	case strings.HasPrefix(hash, "pbkdf2_sha256$") && len(hash) <= longest:
		d.user.PasswordHash = hash
	case hash == "" || strings.HasPrefix(hash, "!"):
		d.notes = append(d.notes, "user without a usable password, stays without one")
	default:
		d.notes = append(d.notes, "user whose password is hashed in a way that is not known here, must ask for a new one")
	}
}

// takeUsers decides what becomes of each user, and writes those that are new.
func (r *run) takeUsers(tx *event.Tx, read *gorm.DB, list []dumped) (map[string]importer.Person, []int64, *told, error) {
	t := &told{}
	here, err := r.lookAround(read, list)
	if err != nil {
		return nil, nil, nil, err
	}
	found := map[string]importer.Person{}
	keys := map[string]*user.User{}
	var kept, fresh []*user.User
	var lines []int // of new users in t.lines, in the order of news
	var news []*user.User
	for _, d := range list {
		u := d.user
		l := importer.Line{Line: d.number, Key: account + " " + u.Username, Outcome: importer.Taken}
		if known, how := here.match(d, r.ours); known != nil {
			l.Outcome, l.ID, l.Reason = importer.Before, known.ID, how
			if how != "" {
				t.note(d.number, how)
				keys[d.key()] = known
			}
			here.remember(*known)
			for _, ref := range d.refs() {
				found[ref] = importer.PersonOf(*known)
			}
			t.lines = append(t.lines, l)
			continue
		}
		for _, n := range d.notes {
			t.note(d.number, n)
		}
		if err := here.makeRoom(read, d, &u, t); err != nil {
			return nil, nil, nil, err
		}
		if u.ID == 0 {
			fresh = append(fresh, &u)
		} else {
			kept = append(kept, &u)
		}
		here.remember(u)
		keys[d.key()] = &u
		lines = append(lines, len(t.lines))
		news = append(news, &u)
		t.lines = append(t.lines, l)
	}
	if tx != nil {
		// Apart, since only those that get an id are told it.
		for _, part := range [][]*user.User{kept, fresh} {
			if err := r.Users.Import(tx, importer.By(), part); err != nil {
				return nil, nil, nil, err
			}
		}
		ids := map[string]int64{}
		for k, u := range keys {
			ids[k] = u.ID
		}
		if err := r.Source.Remember(tx, account, ids); err != nil {
			return nil, nil, nil, err
		}
	}
	made := make([]int64, 0, len(news))
	for i, u := range news {
		if u.ID == 0 { // a dry run
			r.unreal--
			u.ID = r.unreal
		} else {
			t.lines[lines[i]].ID = u.ID
		}
		made = append(made, u.ID)
	}
	r.refer(list, keys, found)
	return found, made, t, nil
}

// refer notes who the references to the users of a batch mean.
func (r *run) refer(list []dumped, keys map[string]*user.User, found map[string]importer.Person) {
	for _, d := range list {
		u, ok := keys[d.key()]
		if !ok {
			continue
		}
		for _, ref := range d.refs() {
			found[ref] = importer.PersonOf(*u)
		}
	}
}
