package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of our hashes: OWASP's second choice for argon2id (19 MiB, two
// passes, one lane), about 30 ms.
const (
	memory  = 19 * 1024 // KiB
	passes  = 2
	lanes   = 1
	saltLen = 16
	keyLen  = 32
)

// argonHash is a parsed PHC string.
type argonHash struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

// nobody is what the passwords of unknown accounts are compared with.
var nobody = argonHash{memory: memory, passes: passes, lanes: lanes, salt: make([]byte, saltLen), key: make([]byte, keyLen)}

func hashArgon(plain string) (string, error) {
	salt := make([]byte, saltLen)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("salt a password: %w", err)
	}
	key := argon2.IDKey([]byte(plain), salt, passes, memory, lanes, keyLen)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, memory, passes, lanes, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// parseArgon reads `$argon2id$v=19$m=…,t=…,p=…$salt$key` with a cost that is
// not beyond reason.
func parseArgon(encoded string) (argonHash, bool) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return argonHash{}, false
	}
	var a argonHash
	n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &a.memory, &a.passes, &a.lanes)
	if err != nil || n != 3 || parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", a.memory, a.passes, a.lanes) {
		return argonHash{}, false
	}
	if a.memory < 8 || a.memory > 128*1024 || a.passes < 1 || a.passes > 10 || a.lanes < 1 || a.lanes > 8 {
		return argonHash{}, false
	}
	b64 := base64.RawStdEncoding.Strict()
	if a.salt, err = b64.DecodeString(parts[4]); err != nil || len(a.salt) < 8 {
		return argonHash{}, false
	}
	if a.key, err = b64.DecodeString(parts[5]); err != nil || len(a.key) < 16 || len(a.key) > 64 {
		return argonHash{}, false
	}
	return a, true
}

func (a argonHash) matches(plain string) bool {
	key := argon2.IDKey([]byte(plain), a.salt, a.passes, a.memory, a.lanes, uint32(len(a.key)))
	return subtle.ConstantTimeCompare(key, a.key) == 1
}

// current reports whether the hash has the cost of new ones.
func (a argonHash) current() bool {
	return a.memory == memory && a.passes == passes && a.lanes == lanes && len(a.key) == keyLen
}
