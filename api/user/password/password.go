// Package password decides which passwords are good enough and keeps them as
// hashes: argon2id for our own, and Django's PBKDF2 for accounts that were
// taken over and have not signed in since.
package password

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	zxcvbn "github.com/ccojocar/zxcvbn-go"
	"github.com/ccojocar/zxcvbn-go/match"
)

// The lengths of passwords, in code points.
const (
	MinLength = 12
	MaxLength = 256
)

const (
	// commonBits is how many bits a guesser who knows the usual lists needs at
	// most for a password that counts as common: some seven hundred tries.
	commonBits = 9.5
	// decoratedBits is the same for a single word or run of keys with digits and
	// signs around it: a quarter of a million tries.
	decoratedBits = 18
	// judged is how many characters are looked at, since the time that the
	// estimator takes grows with the square of the length.
	judged = 64
	// distinct is how many different characters a password must have; the
	// estimator sees no repetition in letters beyond ASCII.
	distinct = 5
)

// Check returns what is wrong with a new password, or "". personal are texts
// that others connect with its owner: names and addresses.
func Check(plain string, personal ...string) string {
	n := utf8.RuneCountInString(plain)
	switch {
	case !utf8.ValidString(plain) || strings.ContainsRune(plain, 0):
		return "Must be a text."
	case n < MinLength:
		return fmt.Sprintf("Must have at least %d characters.", MinLength)
	case n > MaxLength:
		return fmt.Sprintf("May have at most %d characters.", MaxLength)
	case common(plain, personal):
		return "Is too easy to guess: it follows a common password, a name or a simple pattern."
	}
	return ""
}

func common(plain string, personal []string) bool {
	if r := []rune(plain); len(r) > judged {
		plain = string(r[:judged])
	}
	seen := map[rune]bool{}
	for _, r := range plain {
		seen[r] = true
	}
	if len(seen) < distinct {
		return true
	}
	words := []string{"fixdesk", "helpdesk", "ticket"}
	for _, text := range personal {
		words = append(words, text)
		words = append(words, strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" @.+-_,", r) })...)
	}
	known := words[:0]
	for _, w := range words {
		// Shorter ones are parts of too many good passwords.
		if n := utf8.RuneCountInString(w); n >= 3 && n <= MaxLength {
			known = append(known, strings.ToLower(w))
		}
	}
	estimate := zxcvbn.PasswordStrength(plain, known)
	return estimate.Entropy < commonBits || (estimate.Entropy < decoratedBits && decorated(plain, estimate.MatchSequence))
}

// decorated reports whether a password is one known password or pattern, or
// nothing but the owner's names, with digits and signs around it.
func decorated(plain string, parts []match.Match) bool {
	words := 0
	for _, p := range parts {
		if p.I < 0 || p.J >= len(plain) || p.I > p.J {
			continue
		}
		part := plain[p.I : p.J+1]
		english := p.DictionaryName == "English"
		switch {
		case strings.IndexFunc(part, unicode.IsLetter) < 0,
			p.DictionaryName == "user_inputs",
			english && len(part) <= 2:
			continue
		case p.Pattern == "bruteforce", english && part != plain:
			return false
		}
		words++
	}
	return words <= 1
}

// slots is how many passwords are hashed at the same time: hashing is made to
// be expensive, and a flood of sign-ins may not take all processors and memory.
const slots = 2

// Hasher hashes and verifies passwords, a few at a time.
type Hasher struct{ slots chan struct{} }

// NewHasher returns a hasher.
func NewHasher() *Hasher { return &Hasher{slots: make(chan struct{}, slots)} }

func (h *Hasher) acquire(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
}

func (h *Hasher) release() { <-h.slots }

// Hash returns the argon2id hash of a password as a PHC string.
func (h *Hasher) Hash(ctx context.Context, plain string) (string, error) {
	if err := h.acquire(ctx); err != nil {
		return "", err
	}
	defer h.release()
	return hashArgon(plain)
}

// Result is the outcome of Verify.
type Result struct {
	OK bool
	// Outdated says that the password is right, but its hash should be made anew.
	Outdated bool
}

// longest is how many bytes of a password are hashed at all; no one that was
// ever accepted comes close.
const longest = 4096

// Verify compares a password with a hash. An empty, unusable or unknown hash
// matches nothing and takes as long as a wrong password. guard is asked when it
// is this call's turn, so that calls which wait together cannot all pass a limit
// that each of them would reach.
func (h *Hasher) Verify(ctx context.Context, plain, encoded string, guard func() error) (Result, error) {
	if err := h.acquire(ctx); err != nil {
		return Result{}, err
	}
	defer h.release()
	if guard != nil {
		if err := guard(); err != nil {
			return Result{}, err
		}
	}
	if len(plain) > longest {
		return Result{}, nil
	}
	if d, ok := parseDjango(encoded); ok {
		ok := d.matches(plain)
		return Result{OK: ok, Outdated: ok}, nil
	}
	a, known := parseArgon(encoded)
	if !known {
		a = nobody
	}
	ok := a.matches(plain) && known
	return Result{OK: ok, Outdated: ok && !a.current()}, nil
}
