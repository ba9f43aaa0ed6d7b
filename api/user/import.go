package user

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

const bulkRows = 200

// Import writes accounts that come from elsewhere, many in each statement. An
// id of 0 is given out and set; other ids are kept. Of single
// accounts nothing is announced, and no mail is sent. The caller sees to it that the accounts pass Check, and that
// usernames and addresses are free.
func (s *Service) Import(tx *event.Tx, by authz.Actor, users []*User) error {
	if !by.Can(authz.UserManage) {
		return fault.Denied("user.import_denied", "Only the system and administrators import accounts.")
	}
	if len(users) == 0 {
		return nil
	}
	for _, u := range users {
		u.Version, u.TokenVersion = 1, 1
		u.complete()
		u.index()
	}
	if err := tx.CreateInBatches(users, bulkRows).Error; err != nil {
		return fmt.Errorf("import accounts: %w", err)
	}
	var ids []int64
	for _, u := range users {
		if u.CanSignIn() {
			ids = append(ids, u.ID)
		}
	}
	// In parts, so that the data of an event is never too long for its column.
	for part := range slices.Chunk(ids, 1000) {
		if err := tx.Emit(Imported, "import", 0, ImportedAccounts{part}); err != nil {
			return err
		}
	}
	return nil
}

// Check returns a fault that names each field of an account that is wrong.
func Check(u User) error {
	w := wrongFields{}
	u.check(w)
	return w.err()
}

// Named returns the accounts whose username or e-mail address is one of the
// names, under each name that found them. A username goes before an address.
func Named(tx *gorm.DB, names []string) (map[string]User, error) {
	folded := make(map[string][]string, len(names))
	for _, n := range names {
		folded[Key(n)] = append(folded[Key(n)], n)
	}
	keys := make([]string, 0, len(folded))
	for k := range folded {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	out := make(map[string]User, len(names))
	for batch := range slices.Chunk(keys, 500) {
		for _, column := range []string{"email_key", "username_key"} {
			var found []User
			if err := tx.Where(column+" IN ?", batch).Find(&found).Error; err != nil {
				return nil, fmt.Errorf("look for accounts by name: %w", err)
			}
			for _, u := range found {
				key := u.UsernameKey
				if column == "email_key" {
					key = u.EmailKey
				}
				for _, name := range folded[key] {
					out[name] = u
				}
			}
		}
	}
	return out, nil
}

// maxUsername is the longest username, in code points.
const maxUsername = 150

// letters that Unicode does not take apart into a base and a mark.
var plainLetters = strings.NewReplacer("ß", "ss", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "æ", "ae", "œ", "oe", "ı", "i")

// UsernameFrom makes a username out of a person's name: lower-case letters and
// digits of ASCII where possible, words joined by the separator.
func UsernameFrom(name, separator string) string {
	strip := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	plain, _, err := transform.String(strip, plainLetters.Replace(strings.ToLower(name)))
	if err != nil {
		plain = strings.ToLower(name)
	}
	words := strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.Nd, r) })
	out := []rune(strings.Join(words, separator))
	out = out[:min(len(out), 60)]
	if UsernameRule(string(out)) != "" {
		out = slices.Concat([]rune("person"+separator), out)
	}
	return strings.TrimSuffix(string(out), separator)
}

// FreeUsername returns wanted, or wanted with the first number behind it that
// is neither taken by an account nor, as a Key, in reserved.
func FreeUsername(tx *gorm.DB, wanted string, reserved map[string]bool) (string, error) {
	for n := 1; ; n++ {
		name := wanted
		if n > 1 {
			name += "-" + strconv.Itoa(n)
		}
		if reserved[Key(name)] {
			continue
		}
		var u User
		err := tx.Select("id").Where("username_key = ?", Key(name)).Take(&u).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return name, nil
		}
		if err != nil {
			return "", fmt.Errorf("look for a free username: %w", err)
		}
	}
}
