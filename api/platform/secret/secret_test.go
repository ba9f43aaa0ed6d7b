package secret_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/platform/secret"
)

func box(t *testing.T, purpose string, secrets ...string) *secret.Box {
	t.Helper()
	raw := make([][]byte, len(secrets))
	for i, s := range secrets {
		raw[i] = []byte(s)
	}
	b, err := secret.New(purpose, raw...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSealed(t *testing.T) {
	old := box(t, "mailbox", "the old secret of this desk, long")
	sealed, err := old.Seal("pässword")
	if err != nil || strings.Contains(sealed, "ssword") {
		t.Fatalf("%q %v", sealed, err)
	}
	again, _ := old.Seal("pässword")
	if again == sealed {
		t.Error("the same value is sealed to the same text")
	}
	for name, b := range map[string]*secret.Box{"same": old, "rotated": box(t, "mailbox", "a new one", "the old secret of this desk, long")} {
		if plain, err := b.Open(sealed); err != nil || plain != "pässword" {
			t.Errorf("%s: %q %v", name, plain, err)
		}
	}
	for name, b := range map[string]*secret.Box{"other secret": box(t, "mailbox", "another"), "other purpose": box(t, "dkim", "the old secret of this desk, long")} {
		if plain, err := b.Open(sealed); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("%s opens it: %q", name, plain)
		}
	}
	for _, bad := range []string{"v1.", "v1.AAAA", "v2." + sealed[3:], "plain", sealed[:len(sealed)-2]} {
		if _, err := old.Open(bad); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("%q opens", bad)
		}
	}
	if s, err := old.Seal(""); s != "" || err != nil {
		t.Error("nothing does not stay nothing")
	}
}
