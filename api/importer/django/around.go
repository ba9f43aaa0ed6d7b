package django

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/user"
)

// around is what is already there when a batch of users comes: by username, by
// address, by id, and what this source's users became.
type around struct {
	names, mails map[string]user.User
	ids          map[int64]user.User
	taken        map[string]user.User
}

func (r *run) lookAround(read *gorm.DB, list []dumped) (*around, error) {
	a := &around{names: map[string]user.User{}, mails: map[string]user.User{}, ids: map[int64]user.User{}, taken: map[string]user.User{}}
	var names, mails, keys []string
	var ids []int64
	for _, d := range list {
		names = append(names, user.Key(d.user.Username))
		mails = append(mails, user.Key(d.user.Email))
		keys = append(keys, d.key())
		ids = append(ids, d.id)
	}
	before, err := r.Source.Taken(read, keys)
	if err != nil {
		return nil, err
	}
	for _, id := range before {
		ids = append(ids, id)
	}
	var found []user.User
	err = read.Where("username_key IN ? OR email_key IN ? OR id IN ?", names, mails, ids).Find(&found).Error
	if err != nil {
		return nil, fmt.Errorf("look for accounts that are here: %w", err)
	}
	for _, u := range found {
		a.remember(u)
	}
	for k, id := range before {
		a.taken[k] = a.ids[id]
	}
	return a, nil
}

func (a *around) remember(u user.User) {
	a.names[user.Key(u.Username)] = u
	a.mails[user.Key(u.Email)] = u
	if u.ID != 0 {
		a.ids[u.ID] = u
	}
}

// match returns the account that a user already is: taken over by an earlier
// run, or here before with the same username or address. Users of the same dump
// are different people, also when their names differ in upper and lower case
// only.
func (a *around) match(d dumped, ours map[int64]bool) (*user.User, string) {
	if u, ok := a.taken[d.key()]; ok && u.ID != 0 {
		return &u, ""
	}
	if u, ok := a.names[user.Key(d.user.Username)]; ok && u.Version > 0 && !ours[u.ID] {
		return &u, "user matched with the account of the same username that was here"
	}
	if u, ok := a.mails[user.Key(d.user.Email)]; ok && u.Version > 0 && !ours[u.ID] {
		return &u, "user matched with the account of the same address that was here"
	}
	return nil, ""
}

// makeRoom gives a new account another name, address or id where its own is
// taken.
func (a *around) makeRoom(read *gorm.DB, d dumped, u *user.User, t *told) error {
	reserved := map[string]bool{}
	for name := range a.names {
		reserved[name] = true
	}
	if reserved[user.Key(u.Username)] {
		name, err := user.FreeUsername(read, u.Username, reserved)
		if err != nil {
			return err
		}
		u.Username = name
		t.note(d.number, "username taken by another user of the dump, upper and lower case being one: "+name)
	}
	if _, ok := a.mails[user.Key(u.Email)]; ok {
		u.Email = user.UsernameFrom(u.Username, "-") + mailDomain
		for n := 2; ; n++ {
			if _, ok := a.mails[user.Key(u.Email)]; !ok {
				break
			}
			u.Email = fmt.Sprintf("%s-%d%s", user.UsernameFrom(u.Username, "-"), n, mailDomain)
		}
		t.note(d.number, "address taken by another user of the dump, one at imported.invalid is used")
	}
	u.ID = d.id
	if _, ok := a.ids[d.id]; ok && d.id != 0 {
		u.ID = 0
		t.note(d.number, fmt.Sprintf("id taken by another account, a new one is given: %d", d.id))
	}
	return nil
}
