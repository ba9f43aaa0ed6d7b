package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/secret"
)

// hidden stands for what is not shown of an address.
const hidden = "/…"

// masked shows where an address leads, and not what lets one write there.
func masked(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return hidden
	}
	return u.Scheme + "://" + u.Host + hidden
}

// hide seals the address of a chat that was just written down.
func hide(box *secret.Box, w *Webhook) error {
	if !w.Kind.chat() {
		return nil
	}
	sealed, err := box.Seal(w.URL)
	if err != nil {
		return err
	}
	w.Address, w.URL = &sealed, masked(w.URL)
	return nil
}

// address returns where a webhook is called.
func (s *Service) address(w *Webhook) (string, error) {
	if w.Address == nil || *w.Address == "" {
		return w.URL, nil
	}
	return s.box.Open(*w.Address)
}

// sealAddresses seals the addresses of chats that were kept before they were sealed.
func sealAddresses(ctx context.Context, d *db.DB, makeBox func() (*secret.Box, error)) error {
	var old []Webhook
	err := d.Read(ctx).Select("id", "url", "kind").Where("kind <> ? AND (address IS NULL OR address = '')", Standard).Find(&old).Error
	if err != nil {
		return fmt.Errorf("look for addresses that are not sealed: %w", err)
	}
	if len(old) == 0 {
		return nil
	}
	box, err := makeBox()
	if err != nil {
		return err
	}
	for _, w := range old {
		was := w.URL
		if err := hide(box, &w); err != nil {
			return err
		}
		err := d.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
			return tx.Model(&Webhook{}).Where("id = ? AND url = ?", w.ID, was).UpdateColumns(map[string]any{"url": w.URL, "address": w.Address}).Error
		})
		if err != nil {
			return fmt.Errorf("seal the address of webhook %d: %w", w.ID, err)
		}
	}
	return nil
}

// withoutAddress says what went wrong with a call, without where it went: that may
// be a secret.
func withoutAddress(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return strings.TrimSpace(err.Error())
}
