// Package secret keeps passwords and keys of other systems in the database so
// that a copy of it alone does not give them away: sealed with AES-256-GCM under
// a key that is derived from the secret of the installation.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// ErrSealed says that a value was sealed with another secret.
var ErrSealed = errors.New("it was sealed with another FIXDESK_SECRET; enter it again")

const version = "v1."

// Box seals and opens values. With several secrets the first one seals, and any
// of them opens.
type Box struct {
	boxes []cipher.AEAD
}

// New returns a box for what the purpose names, so that a value that was sealed
// for one cannot be taken for another.
func New(purpose string, secrets ...[]byte) (*Box, error) {
	b := &Box{}
	for _, s := range secrets {
		key, err := Derive(s, purpose, 32)
		if err != nil {
			return nil, err
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("make a box of secrets: %w", err)
		}
		box, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("make a box of secrets: %w", err)
		}
		b.boxes = append(b.boxes, box)
	}
	if len(b.boxes) == 0 {
		return nil, errors.New("a box of secrets needs a secret")
	}
	return b, nil
}

// Derive makes a key for one purpose from a secret (RFC 5869).
func Derive(secret []byte, purpose string, size int) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "fixdesk/"+purpose, size)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	return key, nil
}

// Seal encrypts a value; "" stays "".
func (b *Box) Seal(plain string) (string, error) {
	if plain == "" {
		return "", nil
	}
	nonce := make([]byte, b.boxes[0].NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("seal a secret: %w", err)
	}
	return version + base64.RawStdEncoding.EncodeToString(b.boxes[0].Seal(nonce, nonce, []byte(plain), nil)), nil
}

// Open decrypts a value; "" stays "". It returns ErrSealed for what another
// secret sealed.
func (b *Box) Open(sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	text, ok := strings.CutPrefix(sealed, version)
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if !ok || err != nil {
		return "", ErrSealed
	}
	for _, box := range b.boxes {
		if len(raw) < box.NonceSize() {
			break
		}
		if plain, err := box.Open(nil, raw[:box.NonceSize()], raw[box.NonceSize():], nil); err == nil {
			return string(plain), nil
		}
	}
	return "", ErrSealed
}
