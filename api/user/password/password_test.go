package password

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	personal := []string{"amara", "amara.okafor@example.com", "Amara Okafor"}
	for _, tc := range []struct {
		plain string
		wrong string // part of the message; empty for a good password
	}{
		{"short-one-1", "at least 12"},
		{"", "at least 12"},
		{strings.Repeat("é", 11), "at least 12"},
		{strings.Repeat("é", 12), "easy to guess"},
		{strings.Repeat("lantern-", 32), ""}, // 256 characters
		{strings.Repeat("q7#", 86), "at most 256"},
		{"password1234", "easy to guess"},
		{"Password123!", "easy to guess"},
		{"p@ssw0rd1234", "easy to guess"},
		{"passwordpassword", "easy to guess"},
		{"iloveyou1234", "easy to guess"},
		{"qwertyuiopas", "easy to guess"},
		{"123456789012", "easy to guess"},
		{"aaaaaaaaaaaa", "easy to guess"},
		{"abcabcabcabc", "easy to guess"},
		{"abcdefghijkl", "easy to guess"},
		{"Winter2026!!", "easy to guess"},
		{"administrator", "easy to guess"},
		{"qwertyuiop12", "easy to guess"},
		{"welcome12345", "easy to guess"},
		{"SecurePassword123!", ""}, // several words are not on any list
		{"Str0ng!Passw0rd", ""},
		{"Employee123!", ""},
		{"fixdeskfixdesk", "easy to guess"},
		{"amara.okafor@example.com", "easy to guess"},
		{"AmaraOkafor1", "easy to guess"},
		{"okafor-amara", "easy to guess"},
		{"seven-quiet-lanterns", ""},
		{"correct horse battery staple", ""},
		{"kT8#vQ2!mZ5@xL9", ""},
		{"ночь улица фонарь", ""},
		{"東京の夜は静かに更けていく", ""},
		{"with\x00null-in-it", "a text"},
		{"not \xff valid utf-8", "a text"},
		{strings.Repeat("long and unusual ", 15), ""},
	} {
		got := Check(tc.plain, personal...)
		if (tc.wrong == "") != (got == "") || !strings.Contains(got, tc.wrong) {
			t.Errorf("Check(%q) = %q, want %q", tc.plain, got, tc.wrong)
		}
	}
}

func TestArgon(t *testing.T) {
	ctx := context.Background()
	h := NewHasher()
	one, err := h.Hash(ctx, "seven-quiet-lanterns")
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.Hash(ctx, "seven-quiet-lanterns")
	if err != nil {
		t.Fatal(err)
	}
	if one == two || !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hashes %q and %q", one, two)
	}
	check(t, h, "seven-quiet-lanterns", one, Result{OK: true})
	check(t, h, "seven-quiet-lanterns", two, Result{OK: true})
	check(t, h, "Seven-quiet-lanterns", one, Result{})
	check(t, h, "", one, Result{})
	check(t, h, strings.Repeat("x", longest+1), one, Result{})
}

// A hash with another cost, from the tests of argon2's reference implementation.
func TestArgonOfOthers(t *testing.T) {
	check(t, NewHasher(), "password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		Result{OK: true, Outdated: true})
}

func check(t *testing.T, h *Hasher, plain, encoded string, want Result) {
	t.Helper()
	got, err := h.Verify(context.Background(), plain, encoded, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("Verify(%q, %q) = %+v, want %+v", plain, encoded, got, want)
	}
}

func TestUnusable(t *testing.T) {
	h := NewHasher()
	for _, encoded := range []string{
		"", "!", "!Hq3k9EXAMPLE", "password", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$$",
		"$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=16$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=65536,t=200,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=65536,t=2,p=1x$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"argon2$argon2id$v=19$m=102400,t=2,p=8$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"md5$salt$0cc175b9c0f1b6a831c399e269772661",
		"pbkdf2_sha1$1000$salt$bVtXsQ0ZtXMAuqFXwCAYBCnW9wU=",
		"pbkdf2_sha256$10000001$salt$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"pbkdf2_sha256$0$salt$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"pbkdf2_sha256$-1$salt$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"pbkdf2_sha256$+5$salt$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"pbkdf2_sha256$1000$$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"pbkdf2_sha256$1000$salt$", "pbkdf2_sha256$1000$salt$c2hvcnQ=", "pbkdf2_sha256$1000$salt",
	} {
		// Not even the password that an empty key would stand for.
		for _, plain := range []string{"", "password", encoded} {
			check(t, h, plain, encoded, Result{})
		}
	}
}

// Hashes that Python's hashlib made.
func TestDjango(t *testing.T) {
	h := NewHasher()
	slow := "pbkdf2_sha256$870000$aB3dE5gH7jK9$1EGR/lMBOz0kzYehIUBHDqMZ/1IxCGnig4BNdUNzHyY="
	fast := "pbkdf2_sha256$1000$pepper$yt8jeL2Bwrwc7B7QD0lBV4ZK83U4VnUeUhEedexDsfc="
	check(t, h, "Sommerregen am Kanal", slow, Result{OK: true, Outdated: true})
	check(t, h, "sommerregen am Kanal", fast, Result{})
	check(t, h, "пароль со вкусом чая", fast, Result{OK: true, Outdated: true})
}

func TestGuardIsAskedInTurn(t *testing.T) {
	h := NewHasher()
	refused := errors.New("enough")
	asked := 0
	_, err := h.Verify(context.Background(), "x", "", func() error { asked++; return refused })
	if !errors.Is(err, refused) || asked != 1 {
		t.Errorf("err %v after asking %d times", err, asked)
	}
	check(t, h, "x", "", Result{}) // the slot was given back
	check(t, h, "x", "", Result{})
	check(t, h, "x", "", Result{})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	h := NewHasher()
	for range slots {
		if err := h.acquire(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := h.Hash(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Hash: %v", err)
	}
	if _, err := h.Verify(ctx, "x", "", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Verify: %v", err)
	}
}

func FuzzDjango(f *testing.F) {
	f.Add("pbkdf2_sha256$1$salt$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "x")
	f.Add("pbkdf2_sha256$1$$", "")
	f.Add("!", "")
	f.Fuzz(func(t *testing.T, encoded, plain string) {
		d, ok := parseDjango(encoded)
		if !ok {
			return
		}
		if d.iterations < 1 || d.iterations > maxIterations || d.salt == "" || len(d.key) != 32 {
			t.Fatalf("parsed %q as %+v", encoded, d)
		}
		if d.iterations <= 1000 {
			d.matches(plain)
		}
	})
}

func FuzzArgon(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Fuzz(func(t *testing.T, encoded string) {
		if a, ok := parseArgon(encoded); ok && (a.memory > 128*1024 || a.passes > 10 || len(a.key) < 16) {
			t.Fatalf("parsed %q as %+v", encoded, a)
		}
	})
}

func FuzzCheck(f *testing.F) {
	f.Add("İİİİİİİİİİİİ", "ſſſ")
	f.Fuzz(func(_ *testing.T, plain, personal string) { Check(plain, personal) })
}
