package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

const (
	tokenPrefix    = "fxd_"
	shownOfToken   = len(tokenPrefix) + 6
	maxTokens      = 50
	maxTokenDays   = 3650
	maxTokenName   = 100
	touchEvery     = time.Minute
	touchMaxWait   = time.Second
	tokenRandBytes = 30 // 40 characters
)

var (
	errTokenMissing  = fault.Missing("token")
	errTooManyTokens = fault.New(fault.Conflict, "token.too_many", "You have %d tokens already. Delete one first.", maxTokens)
)

// Tokens returns a page of the actor's API tokens, newest first.
func (s *Service) Tokens(ctx context.Context, by authz.Actor, p web.Page) (web.Rows[APIToken], error) {
	if !hasSession(by) {
		return web.Rows[APIToken]{}, errNeedSession
	}
	return web.NewestFirst(s.db.Read(ctx).Where("user_id = ?", by.ID), p, func(t APIToken) int64 { return t.ID })
}

// CreateToken makes an API token and returns it with its secret, which is not
// kept. With lifetime 0 it does not expire.
func (s *Service) CreateToken(ctx context.Context, by authz.Actor, name string, lifetime time.Duration) (APIToken, string, error) {
	if !hasSession(by) {
		return APIToken{}, "", errNeedSession
	}
	random, err := newSecret(tokenRandBytes)
	if err != nil {
		return APIToken{}, "", err
	}
	secret := tokenPrefix + random
	var t APIToken
	err = s.bus.Do(ctx, by, func(tx *event.Tx) error {
		var n int64
		if err := tx.Model(&APIToken{}).Where("user_id = ?", by.ID).Count(&n).Error; err != nil {
			return fmt.Errorf("count the API tokens: %w", err)
		}
		if n >= maxTokens {
			return errTooManyTokens
		}
		t = APIToken{UserID: by.ID, Name: name, Prefix: secret[:shownOfToken], Hash: hashOf(secret), CreatedAt: tx.Now}
		if lifetime > 0 {
			end := tx.Now.Add(lifetime)
			t.ExpiresAt = &end
		}
		if err := tx.Create(&t).Error; err != nil {
			return fmt.Errorf("write an API token: %w", err)
		}
		return tx.Emit(APITokenCreated, subject, by.ID, TokenRef{TokenID: t.ID})
	})
	return t, secret, err
}

// DeleteToken makes one of the actor's API tokens invalid.
func (s *Service) DeleteToken(ctx context.Context, by authz.Actor, id int64) error {
	if !hasSession(by) {
		return errNeedSession
	}
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		res := tx.Where("id = ? AND user_id = ?", id, by.ID).Delete(&APIToken{})
		if res.Error != nil {
			return fmt.Errorf("delete API token %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errTokenMissing
		}
		return tx.Emit(APITokenDeleted, subject, by.ID, TokenRef{TokenID: id})
	})
}
