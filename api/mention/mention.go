// Package mention finds whom a text calls.
package mention

import (
	"regexp"
	"slices"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/user"
)

// call is "@" and a username where a word begins.
var call = regexp.MustCompile(`(?:^|[^\pL\pN._@\\-])@([\pL\pN][\pL\pN._@+-]*)`)

// maxMentions is how many people one text can call.
const maxMentions = 20

// In returns the ids of those whom a text on a ticket calls by "@username" and
// who may know of it: whoever works on tickets, and the ticket's requester.
func In(tx *gorm.DB, text string, requester int64) ([]int64, error) {
	var names []string
	for _, m := range call.FindAllStringSubmatch(text, 4*maxMentions) {
		name := m[1]
		for len(name) > 0 && (name[len(name)-1] == '.' || name[len(name)-1] == '-') {
			name = name[:len(name)-1] // the end of a sentence
		}
		if !slices.Contains(names, name) && len(names) < maxMentions {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	found, err := user.Named(tx, names)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, name := range names {
		u, ok := found[name]
		if ok && (u.Assignable() || (u.IsActive && u.ID == requester)) && !slices.Contains(ids, u.ID) {
			ids = append(ids, u.ID)
		}
	}
	return ids, nil
}
