package password

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"strings"
)

// maxIterations bounds what verifying a taken-over hash may cost, about three
// seconds; Django 5.2 uses a million.
const maxIterations = 10_000_000

// djangoHash is a password of Django's default hasher, PBKDF2 with SHA-256.
type djangoHash struct {
	iterations int
	salt       string
	key        []byte
}

// parseDjango reads `pbkdf2_sha256$iterations$salt$key`. Django's other formats,
// and unusable passwords (`!…`), are not read and so match nothing.
func parseDjango(encoded string) (djangoHash, bool) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 4 || parts[0] != "pbkdf2_sha256" || parts[2] == "" {
		return djangoHash{}, false
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil || n < 1 || n > maxIterations || strconv.Itoa(n) != parts[1] {
		return djangoHash{}, false
	}
	key, err := base64.StdEncoding.Strict().DecodeString(parts[3])
	if err != nil || len(key) != sha256.Size {
		return djangoHash{}, false
	}
	return djangoHash{iterations: n, salt: parts[2], key: key}, true
}

func (d djangoHash) matches(plain string) bool {
	key, err := pbkdf2.Key(sha256.New, plain, []byte(d.salt), d.iterations, sha256.Size)
	return err == nil && subtle.ConstantTimeCompare(key, d.key) == 1
}
