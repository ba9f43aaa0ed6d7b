package auth

import "testing"

func TestOrigin(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":                      "192.0.2.7",
		"::ffff:192.0.2.7":               "192.0.2.7",
		"2001:db8:1:2:3:4:5:6":           "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff:ffff:ffff:ff": "2001:db8:1:2::/64",
		"fe80::1%eth0":                   "fe80::/64",
		"":                               "",
		"nonsense":                       "nonsense",
	} {
		if got := origin(address); got != want {
			t.Errorf("origin(%q) = %q, want %q", address, got, want)
		}
	}
}

// However an account's name is written, it is one account.
func TestSignInLimitIsPerAccount(t *testing.T) {
	one, two := signIn("192.0.2.7", "Amara"), signIn("192.0.2.8", "AMARA")
	if one[0].key != two[0].key || one[1].key == two[1].key {
		t.Errorf("%v and %v", one, two)
	}
}
