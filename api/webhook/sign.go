package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	secretPrefix = "whsec_"
	secretBytes  = 32
	// overlap is how long the secret before signs as well.
	overlap = 24 * time.Hour
)

func newSecret() (string, error) {
	raw := make([]byte, secretBytes)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return secretPrefix + base64.StdEncoding.EncodeToString(raw), nil
}

// newMessageID returns a webhook-id. It holds no full stop, which separates what
// is signed.
func newMessageID() string { return "msg_" + rand.Text() }

// signatures returns the value of webhook-signature: one signature per secret
// that is valid, the newest first.
func (w *Webhook) signatures(id string, at time.Time, body string) (string, error) {
	secrets := []string{w.Secret}
	if w.OldSecret != "" && w.OldSecretUntil != nil && at.Before(*w.OldSecretUntil) {
		secrets = append(secrets, w.OldSecret)
	}
	var out []string
	for _, s := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, secretPrefix))
		if err != nil {
			return "", fmt.Errorf("read the secret of webhook %d: %w", w.ID, err)
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "." + body))
		out = append(out, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(out, " "), nil
}
