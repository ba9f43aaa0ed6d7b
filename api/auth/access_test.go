package auth

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/fixdesk/fixdesk/api/platform/clock"
)

func TestAccessToken(t *testing.T) {
	c := clock.NewFake(time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC))
	a := access{key: []byte("0123456789abcdef0123456789abcdef"), clock: c}
	raw, err := a.sign(7, 3, 2)
	if err != nil {
		t.Fatal(err)
	}
	if g, err := a.read(raw); err != nil || g != (grant{userID: 7, sessionID: 3, version: 2}) {
		t.Fatalf("%+v, %v", g, err)
	}
	if payload, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1]); err != nil || strings.Contains(string(payload), "role") {
		t.Errorf("the token holds a role: %s", payload)
	}
	other, err := a.sign(7, 3, 2)
	if err != nil || other == raw {
		t.Errorf("%v: two tokens are the same", err)
	}
	c.Advance(accessLifetime - time.Second)
	if _, err := a.read(raw); err != nil {
		t.Error(err)
	}
	c.Advance(time.Second)
	if _, err := a.read(raw); err == nil {
		t.Error("an expired token is good")
	}
}

// What forgers try.
func TestForgedAccessTokens(t *testing.T) {
	now := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	key := []byte("0123456789abcdef0123456789abcdef")
	a := access{key: key, clock: clock.NewFake(now)}
	good := func() jwt.MapClaims {
		return jwt.MapClaims{
			"iss": issuer, "aud": audience, "sub": "7", "sid": "3", "ver": 2, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		}
	}
	with := func(name string, value any) jwt.MapClaims {
		c := good()
		c[name] = value
		if value == nil {
			delete(c, name)
		}
		return c
	}
	pair, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(m jwt.SigningMethod, c jwt.MapClaims, k any) string {
		raw, err := jwt.NewWithClaims(m, c).SignedString(k)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	valid := sign(jwt.SigningMethodHS256, good(), key)
	if _, err := a.read(valid); err != nil {
		t.Fatalf("the pattern itself: %v", err)
	}
	parts := strings.Split(valid, ".")
	for name, raw := range map[string]string{
		"empty":              "",
		"no token":           "hello",
		"unsigned":           parts[0] + "." + parts[1] + ".",
		"algorithm none":     sign(jwt.SigningMethodNone, good(), jwt.UnsafeAllowNoneSignatureType),
		"HS512":              sign(jwt.SigningMethodHS512, good(), key),
		"RS256":              sign(jwt.SigningMethodRS256, good(), pair),
		"another key":        sign(jwt.SigningMethodHS256, good(), []byte("fedcba9876543210fedcba9876543210")),
		"another issuer":     sign(jwt.SigningMethodHS256, with("iss", "example"), key),
		"no issuer":          sign(jwt.SigningMethodHS256, with("iss", nil), key),
		"another audience":   sign(jwt.SigningMethodHS256, with("aud", "example"), key),
		"no audience":        sign(jwt.SigningMethodHS256, with("aud", nil), key),
		"expired":            sign(jwt.SigningMethodHS256, with("exp", now.Unix()), key),
		"no end":             sign(jwt.SigningMethodHS256, with("exp", nil), key),
		"not yet valid":      sign(jwt.SigningMethodHS256, with("nbf", now.Add(time.Hour).Unix()), key),
		"no subject":         sign(jwt.SigningMethodHS256, with("sub", nil), key),
		"odd subject":        sign(jwt.SigningMethodHS256, with("sub", "7 OR 1=1"), key),
		"subject 0":          sign(jwt.SigningMethodHS256, with("sub", "0"), key),
		"no session":         sign(jwt.SigningMethodHS256, with("sid", nil), key),
		"session 0":          sign(jwt.SigningMethodHS256, with("sid", "0"), key),
		"changed payload":    parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"1"}`)) + "." + parts[2],
		"something appended": valid + "x",
		"four parts":         valid + ".x",
	} {
		if g, err := a.read(raw); err == nil {
			t.Errorf("%s: read as %+v", name, g)
		}
	}
}

// No text but the one that was signed is good.
func FuzzAccessToken(f *testing.F) {
	now := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	a := access{key: []byte("0123456789abcdef0123456789abcdef"), clock: clock.NewFake(now)}
	// Not by sign, which gives each token, and so each process that fuzzes, an id.
	raw, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": issuer, "aud": audience, "sub": "7", "sid": "3", "ver": 2, "exp": now.Add(time.Minute).Unix(),
	}).SignedString(a.key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add("..")
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := a.read(s); (err == nil) != (s == raw) {
			t.Errorf("%q: %v", s, err)
		}
	})
}
