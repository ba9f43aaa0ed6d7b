package user

import (
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
)

func TestRules(t *testing.T) {
	long := strings.Repeat("x", 250)
	for _, tc := range []struct {
		name string
		rule func(string) string
		good []string
		bad  []string
	}{
		{
			"username", UsernameRule,
			[]string{"amara", "a.b", "x_y-z+1", "Ольга", "نور", "日本語", "amara@example.com", "José", "नमस्ते", strings.Repeat("x", 150)},
			[]string{
				"", "ab", strings.Repeat("x", 151), "two words", "tab\there", "semi;colon", "<b>bold", "a\u202eb", "a\u200bbc",
				"deleted-7", "DELETED-42", strings.Repeat("ΐ", 100), "emoji😀", "a/b", "é\u2028x", "½½½",
			},
		},
		{
			"email", EmailRule,
			[]string{"amara@example.com", "a@localhost", "a+b@sub.example.co.uk", "ünal@exämple.de", "o'neil@example.com", "A@B.C"},
			[]string{
				"", "amara", "@example.com", "amara@", "a b@example.com", " amara@example.com", "amara@example.com ",
				"Amara <amara@example.com>", "a@b@c.de", "\"a b\"@example.com", "a@[127.0.0.1]", "a@example.com\r\nBcc: x@y.z",
				"a@example.com, b@example.com", "(hi)a@example.com", long + "@example.com", "deleted-1@deleted.invalid", "x@Deleted.Invalid",
				"a\u202e@example.com",
			},
		},
		{
			"name", NameRule,
			[]string{"", "Amara", "Nguyễn Thị", "O'Neil", "Robert'); DROP TABLE users;--", "👩🏽‍💻", strings.Repeat("é", 150)},
			[]string{"line\nbreak", "null\x00", "esc\x1b[0m", strings.Repeat("é", 151), "turn\u202earound", "\u2028", "bad \xff"},
		},
	} {
		for _, s := range tc.good {
			if m := tc.rule(s); m != "" {
				t.Errorf("%s %q: %s", tc.name, s, m)
			}
		}
		for _, s := range tc.bad {
			if tc.rule(s) == "" {
				t.Errorf("%s %q is accepted", tc.name, s)
			}
		}
	}
}

func TestKey(t *testing.T) {
	for _, pair := range [][2]string{{"AMARA", "amara"}, {"STRASSE", "straße"}, {"Jose\u0301", "JOSÉ"}, {"ΣΊΣΥΦΟΣ", "σίσυφος"}} {
		if Key(pair[0]) != Key(pair[1]) {
			t.Errorf("%q and %q differ", pair[0], pair[1])
		}
	}
	if Key("amara") == Key("amará") {
		t.Error("an accent makes no difference")
	}
}

func TestComplete(t *testing.T) {
	for _, tc := range []struct{ full, first, last, wantFull, wantFirst, wantLast string }{
		{"Amara Okafor", "", "", "Amara Okafor", "Amara", "Okafor"},
		{"Ana María de la Cruz", "", "", "Ana María de la Cruz", "Ana María de la", "Cruz"},
		{"Sukarno", "", "", "Sukarno", "Sukarno", ""},
		{"  Amara   Okafor ", "", "", "  Amara   Okafor ", "Amara", "Okafor"},
		{"", "Amara", "Okafor", "Amara Okafor", "Amara", "Okafor"},
		{"", "", "Okafor", "Okafor", "", "Okafor"},
		{"The Boss", "Amara", "", "The Boss", "Amara", ""},
		{"", "", "", "", "", ""},
		{"   ", "", "", "   ", "", ""},
		{strings.Repeat("x", 200), "", "", strings.Repeat("x", 200), "", ""},
	} {
		u := User{FullName: tc.full, FirstName: tc.first, LastName: tc.last}
		u.complete()
		if u.FullName != tc.wantFull || u.FirstName != tc.wantFirst || u.LastName != tc.wantLast {
			t.Errorf("%+v became %q, %q, %q", tc, u.FullName, u.FirstName, u.LastName)
		}
	}
}

// A long name whose folded form is longer still must fit its column.
func TestIndexFits(t *testing.T) {
	u := User{Username: strings.Repeat("ß", 95), Email: "a@example.com", FullName: strings.Repeat("ΐ", 300), FirstName: strings.Repeat("ΐ", 150)}
	u.index()
	if n := len([]rune(u.SearchKey)); n > maxSearchKey {
		t.Errorf("the search key has %d characters", n)
	}
	if n := len([]rune(u.UsernameKey)); n > maxKey {
		t.Errorf("the username's key has %d characters", n)
	}
}

func TestPolicy(t *testing.T) {
	person := func(r authz.Role) authz.Actor { return authz.Person(7, "amara", r, authz.Options{StaffSeesAll: true}) }
	for _, tc := range []struct {
		name                          string
		by                            authz.Actor
		manage, assignees, ownProfile bool
	}{
		{"nobody", authz.Actor{}, false, false, false},
		{"employee", person(authz.Employee), false, false, true},
		{"it_staff", person(authz.ITStaff), false, true, true},
		{"admin", person(authz.Admin), true, true, true},
		{"system", authz.System("cli"), true, true, false},
		{"unknown role", person("hr"), false, false, true},
	} {
		if got := canManage(tc.by); got != tc.manage {
			t.Errorf("canManage(%s) = %t", tc.name, got)
		}
		if got := canListAssignees(tc.by); got != tc.assignees {
			t.Errorf("canListAssignees(%s) = %t", tc.name, got)
		}
		if got := canUpdateProfile(tc.by, 7); got != tc.ownProfile {
			t.Errorf("canUpdateProfile(%s, own) = %t", tc.name, got)
		}
		if canUpdateProfile(tc.by, 8) {
			t.Errorf("canUpdateProfile(%s, another's) is true", tc.name)
		}
	}
}
