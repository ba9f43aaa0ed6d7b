package app

import (
	"context"

	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/netguard"
	"github.com/fixdesk/fixdesk/api/platform/secret"
	"github.com/fixdesk/fixdesk/api/webhook"
)

func webhookBox(key []byte) (*secret.Box, error) { return secret.New("webhook", key) }

// newWebhooks builds what tells other systems.
func (a *App) newWebhooks(set config.Settings, key []byte, guard *netguard.Guard) error {
	box, err := webhookBox(key)
	if err != nil {
		return err
	}
	a.Webhook = webhook.New(a.DB, a.Bus, a.Clock, guard, box, set.PublicURL)
	return nil
}

// sealWebhooks seals the secrets of webhooks that an earlier program kept as they
// are. A migration cannot do that: it knows no secret.
func sealWebhooks(ctx context.Context, d *db.DB, set config.Settings) error {
	return webhook.SealSecrets(ctx, d, func() (*secret.Box, error) {
		key, err := set.LoadSecret()
		if err != nil {
			return nil, err
		}
		return webhookBox(key)
	})
}
