package user

import "testing"

func TestUsernameFrom(t *testing.T) {
	for name, want := range map[string]string{
		"Caller 2403": "caller-2403", "Jürgen  Straße": "jurgen-strasse", "Łukasz Wójcik": "lukasz-wojcik",
		"Nguyễn Thảo": "nguyen-thao", "王伟": "person-王伟", "Bo": "person-bo", "deleted-7": "person-deleted-7",
		"": "person", "?!": "person", "½ Ⅷ x y": "x-y",
	} {
		got := UsernameFrom(name, "-")
		if got != want {
			t.Errorf("%q: %q, wanted %q", name, got, want)
		}
		if wrong := UsernameRule(got); wrong != "" {
			t.Errorf("%q: %s", got, wrong)
		}
	}
}
