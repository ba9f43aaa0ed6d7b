package importer

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/user"
)

// noun of accounts among what was taken.
const person = "person"

// mailDomain is where accounts live whose address is not known (RFC 2606: it
// never exists).
const mailDomain = "@imported.invalid"

// Person is somebody that records name.
type Person struct {
	ID           int64
	Username     string
	WorksTickets bool
}

// PersonOf returns what records need to know of an account.
func PersonOf(u user.User) Person {
	return Person{ID: u.ID, Username: u.Username, WorksTickets: u.Role.WorksTickets()}
}

// People finds the accounts that a source's names mean, and makes those that
// are missing if that is wanted.
type People struct {
	desk   Desk
	source Source
	create bool
	known  map[string]Person
	unreal int64 // ids of accounts that a dry run would make
}

// NewPeople returns the people of a source.
func NewPeople(d Desk, s Source, create bool) *People {
	return &People{desk: d, source: s, create: create, known: map[string]Person{}}
}

// Keep remembers what Resolve found, once its transaction is committed.
func (p *People) Keep(found map[string]Person) {
	for name, who := range found {
		p.known[name] = who
	}
}

// Resolve returns who the names are: an account with that username or address,
// or the one that an earlier record made for the name. Names of nobody are left
// out, or get an inactive account of the role without a password. made are those
// that did. Without a transaction (tx is nil) nothing is written.
func (p *People) Resolve(tx *event.Tx, read *gorm.DB, names map[string]authz.Role) (found map[string]Person, made []string, err error) {
	found = map[string]Person{}
	var unknown []string
	for name := range names {
		if who, ok := p.known[name]; ok {
			found[name] = who
		} else if name != "" {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	accounts, err := user.Named(read, unknown)
	if err != nil {
		return nil, nil, err
	}
	before, err := p.before(read, unknown)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range unknown {
		if u, ok := accounts[name]; ok {
			found[name] = PersonOf(u)
		} else if u, ok := before[name]; ok {
			found[name] = PersonOf(u)
		} else if p.create {
			made = append(made, name)
		}
	}
	if len(made) == 0 {
		return found, nil, nil
	}
	return found, made, p.make(tx, read, names, made, found)
}

// personKey is one for the ways to write a name in upper and lower case.
func personKey(name string) string { return Key(person, user.Key(OneLine(name))) }

// before returns the accounts that earlier records made for names.
func (p *People) before(read *gorm.DB, names []string) (map[string]user.User, error) {
	keys := make([]string, len(names))
	for i, n := range names {
		keys[i] = personKey(n)
	}
	ids, err := p.source.Taken(read, keys)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	out := map[string]user.User{}
	for i, n := range names {
		id, ok := ids[keys[i]]
		if !ok {
			continue
		}
		u, err := user.Find(read, id)
		if err != nil {
			return nil, fmt.Errorf("read the account that was made for %q: %w", n, err)
		}
		out[n] = u
	}
	return out, nil
}

func (p *People) make(tx *event.Tx, read *gorm.DB, names map[string]authz.Role, made []string, found map[string]Person) error {
	now := p.desk.Clock.Now()
	byKey := map[string]*user.User{}
	reserved := map[string]bool{}
	var users []*user.User
	for _, name := range made {
		if u := byKey[personKey(name)]; u != nil {
			u.Role = stronger(u.Role, names[name])
			continue
		}
		username, err := user.FreeUsername(read, user.UsernameFrom(name, "-"), reserved)
		if err != nil {
			return err
		}
		reserved[user.Key(username)] = true
		u := &user.User{
			Username: username, Email: username + mailDomain, FullName: fullName(name),
			Role: names[name], CreatedAt: now, UpdatedAt: now,
		}
		if err := user.Check(*u); err != nil {
			return fmt.Errorf("make an account for %q: %w", name, err)
		}
		byKey[personKey(name)] = u
		users = append(users, u)
	}
	if tx == nil {
		for _, u := range users {
			p.unreal--
			u.ID = p.unreal
		}
	} else if err := p.desk.Users.Import(tx, By(), users); err != nil {
		return err
	}
	ids := map[string]int64{}
	for _, name := range made {
		u := byKey[personKey(name)]
		ids[personKey(name)] = u.ID
		found[name] = PersonOf(*u)
	}
	if tx == nil {
		return nil
	}
	return p.source.Remember(tx, person, ids)
}

func stronger(a, b authz.Role) authz.Role {
	if slices.Index(authz.Roles, a) >= slices.Index(authz.Roles, b) {
		return a
	}
	return b
}

// fullName is a name as an account can have it: one line, not too long.
func fullName(name string) string {
	line := OneLine(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, name))
	if utf8.RuneCountInString(line) > 150 {
		line = string([]rune(line)[:150])
	}
	if user.FullNameRule(line) != "" {
		return ""
	}
	return line
}
