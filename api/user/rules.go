package user

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones, wherever the program runs
	"unicode"
	"unicode/utf8"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// The lengths of fields, in code points; maxKey and maxEmail also bound their
// folded forms, which can be longer.
const (
	minUsername   = 3
	maxKey        = 191
	maxEmail      = 254
	maxFullName   = 300
	maxName       = 150
	maxDepartment = 150
	maxPhone      = 50
	maxTimeZone   = 64
)

// goneDomain is where deleted accounts live (RFC 2606: it never exists).
const goneDomain = "@deleted.invalid"

var goneUsername = regexp.MustCompile(`^deleted-[0-9]+$`)

// UsernameRule returns what is wrong with a username, or "".
func UsernameRule(s string) string {
	n := utf8.RuneCountInString(s)
	key := Key(s)
	switch {
	case n < minUsername || n > maxUsername || utf8.RuneCountInString(key) > maxKey:
		return "Must have 3 to 150 characters."
	case strings.ContainsFunc(s, notInUsername):
		return "May contain letters, digits and the characters . _ @ + - only."
	case goneUsername.MatchString(key):
		return "Is reserved for deleted accounts."
	}
	return ""
}

func notInUsername(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.Is(unicode.Nd, r) && !strings.ContainsRune("._@+-", r)
}

// EmailRule returns what is wrong with an e-mail address, or "".
func EmailRule(s string) string {
	const wrong = "Must be an e-mail address, such as amara@example.com."
	if utf8.RuneCountInString(s) > maxEmail || utf8.RuneCountInString(Key(s)) > maxEmail {
		return "May have at most 254 characters."
	}
	if strings.ContainsFunc(s, unsafe) {
		return wrong
	}
	// Only the bare address: no name, no comment, no quotes, no address literal.
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || strings.ContainsAny(s, "[]\"() ") {
		return wrong
	}
	if strings.HasSuffix(Key(s), goneDomain) {
		return "Is reserved for deleted accounts."
	}
	return ""
}

// lineRule returns a rule for texts of one line that may be empty.
func lineRule(limit int) func(string) string {
	return func(s string) string {
		if strings.ContainsFunc(s, unsafe) || !utf8.ValidString(s) {
			return "May not contain line breaks or other control characters."
		}
		if utf8.RuneCountInString(s) > limit {
			return "Is too long."
		}
		return ""
	}
}

// unsafe are the characters that no name has: controls, line separators, and
// those that turn the direction of what follows, which makes a name look like
// another.
func unsafe(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' ||
		(r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069')
}

// The rules of the remaining fields.
var (
	FullNameRule   = lineRule(maxFullName)
	NameRule       = lineRule(maxName)
	DepartmentRule = lineRule(maxDepartment)
	PhoneRule      = lineRule(maxPhone)
)

// Languages are those that the app and the mails speak.
var Languages = []string{"en", "de"}

// LanguageRule returns what is wrong with a language, or ""; empty stands for the
// browser's.
func LanguageRule(s string) string {
	if s != "" && !slices.Contains(Languages, s) {
		return "Must be one of: " + strings.Join(Languages, ", ") + "; or empty for the browser's language."
	}
	return ""
}

// TimeZoneRule returns what is wrong with the name of a time zone, or ""; empty
// stands for the browser's.
func TimeZoneRule(s string) string {
	if s == "" {
		return ""
	}
	if _, err := time.LoadLocation(s); err != nil || s == "Local" || len(s) > maxTimeZone {
		return "Must be a time zone such as Europe/Berlin."
	}
	return ""
}

// wrongFields collects what is wrong with an account.
type wrongFields map[string][]string

func (w wrongFields) add(name, message string) {
	if message != "" {
		w[name] = append(w[name], message)
	}
}

func (w wrongFields) err() error {
	if len(w) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "request.invalid", "One or more fields are wrong.")
	f.Fields = w
	return f
}

// check notes what is wrong with the account's fields.
func (u User) check(w wrongFields) {
	w.add("username", UsernameRule(u.Username))
	w.add("email", EmailRule(u.Email))
	w.add("full_name", FullNameRule(u.FullName))
	w.add("first_name", NameRule(u.FirstName))
	w.add("last_name", NameRule(u.LastName))
	w.add("department", DepartmentRule(u.Department))
	w.add("phone", PhoneRule(u.Phone))
	w.add("language", LanguageRule(u.Language))
	w.add("time_zone", TimeZoneRule(u.TimeZone))
	if !u.Role.Valid() {
		w.add("role", "Must be one of: "+roleNames()+".")
	}
	// Else a username could look like, and sign in as, somebody else's address.
	if strings.Contains(u.Username, "@") && Key(u.Username) != Key(u.Email) {
		w.add("username", "May contain @ only when it is the e-mail address.")
	}
}

func roleNames() string {
	names := make([]string, len(authz.Roles))
	for i, r := range authz.Roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

// complete fills the names that were left out from those that were given, so
// that everywhere something can be shown.
func (u *User) complete() {
	switch {
	case u.FullName == "":
		u.FullName = strings.TrimSpace(u.FirstName + " " + u.LastName)
	case u.FirstName == "" && u.LastName == "":
		words := strings.Fields(u.FullName)
		if len(words) == 0 {
			return
		}
		last := len(words) - 1
		u.FirstName = words[0]
		if last > 0 {
			u.FirstName, u.LastName = strings.Join(words[:last], " "), words[last]
		}
		if NameRule(u.FirstName) != "" || NameRule(u.LastName) != "" {
			u.FirstName, u.LastName = "", ""
		}
	}
}
