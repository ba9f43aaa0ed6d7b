package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/secret"
)

const (
	secretPrefix = "whsec_"
	secretBytes  = 32
	// overlap is how long the secret before signs as well.
	overlap = 24 * time.Hour
)

// newSecret returns a secret, as it is shown once and as it is kept.
func (s *Service) newSecret() (plain, sealed string, err error) {
	raw := make([]byte, secretBytes)
	if _, err := rand.Read(raw); err != nil {
		return "", "", fmt.Errorf("make a secret: %w", err)
	}
	plain = secretPrefix + base64.StdEncoding.EncodeToString(raw)
	sealed, err = s.box.Seal(plain)
	return plain, sealed, err
}

// newMessageID returns a webhook-id. It holds no full stop, which separates what
// is signed.
func newMessageID() string { return "msg_" + rand.Text() }

// open returns a secret. One that was kept before secrets were sealed, or comes
// from a backup of that time, is as it is.
func (s *Service) open(kept string) (string, error) {
	if strings.HasPrefix(kept, secretPrefix) {
		return kept, nil
	}
	return s.box.Open(kept)
}

// SealSecrets seals what was kept before secrets and addresses of chats were sealed. makeBox is asked only when
// there is something to seal.
func SealSecrets(ctx context.Context, d *db.DB, makeBox func() (*secret.Box, error)) error {
	var old []Webhook
	err := d.Read(ctx).Select("id", "secret", "old_secret").
		Where("secret LIKE ? OR old_secret LIKE ?", secretPrefix+"%", secretPrefix+"%").Find(&old).Error
	if err != nil {
		return fmt.Errorf("look for secrets that are not sealed: %w", err)
	}
	if err := sealAddresses(ctx, d, makeBox); err != nil || len(old) == 0 {
		return err
	}
	box, err := makeBox()
	if err != nil {
		return err
	}
	for _, w := range old {
		to := map[string]any{}
		for column, kept := range map[string]string{"secret": w.Secret, "old_secret": w.OldSecret} {
			if !strings.HasPrefix(kept, secretPrefix) {
				continue
			}
			if to[column], err = box.Seal(kept); err != nil {
				return err
			}
		}
		// Another replica may seal them as well, or somebody rotate them.
		err := d.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			return tx.Model(&Webhook{}).Where("id = ? AND secret = ? AND old_secret = ?", w.ID, w.Secret, w.OldSecret).UpdateColumns(to).Error
		})
		if err != nil {
			return fmt.Errorf("seal the secret of webhook %d: %w", w.ID, err)
		}
	}
	return nil
}

// signatures returns the value of webhook-signature: one signature per secret
// that is valid, the newest first.
func (s *Service) signatures(w *Webhook, id string, at time.Time, body string) (string, error) {
	kept := []string{w.Secret}
	if w.OldSecret != "" && w.OldSecretUntil != nil && at.Before(*w.OldSecretUntil) {
		kept = append(kept, w.OldSecret)
	}
	var out []string
	for i, sealed := range kept {
		plain, err := s.open(sealed)
		if i > 0 && errors.Is(err, secret.ErrSealed) {
			continue // the new one is enough
		}
		if err != nil {
			return "", err
		}
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(plain, secretPrefix))
		if err != nil {
			return "", fmt.Errorf("read the secret of webhook %d: %w", w.ID, err)
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "." + body))
		out = append(out, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(out, " "), nil
}
