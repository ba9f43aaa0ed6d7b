package webhook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Changes is what a change asks for; nil leaves a field.
type Changes struct {
	URL          *string
	Description  *string
	Kind         *Kind // only of a new one
	Events       *[]string
	Internal     *bool
	Confidential *bool
	Active       *bool

	Wrong error // what was found while they were read; it is said with the rest
}

// Fields is the data of Updated: the names of what changed.
type Fields struct {
	Changed []string `json:"changed"`
}

// List returns a page of the webhooks, the oldest first.
func (s *Service) List(ctx context.Context, by authz.Actor, page web.Page) (web.Rows[Webhook], error) {
	if !canManage(by) {
		return web.Rows[Webhook]{}, errDenied
	}
	return web.OldestFirst(s.db.Read(ctx), page, func(w Webhook) int64 { return w.ID })
}

// Get returns a webhook.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Webhook, error) {
	if !canManage(by) {
		return Webhook{}, errDenied
	}
	return get(s.db.Read(ctx), id)
}

func get(tx *gorm.DB, id int64) (Webhook, error) {
	var w Webhook
	err := tx.Take(&w, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return w, errMissing
	}
	if err != nil {
		return w, fmt.Errorf("read webhook %d: %w", id, err)
	}
	return w, nil
}

// maxWebhooks is how many there may be: each event is written down for each that asks for it.
const maxWebhooks = 100

// Create makes a webhook and returns its secret, which nobody sees again.
func (s *Service) Create(ctx context.Context, by authz.Actor, ch Changes) (w Webhook, plain string, err error) {
	err = s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errDenied
		}
		var n int64
		if err := tx.Model(&Webhook{}).Count(&n).Error; err != nil {
			return fmt.Errorf("count the webhooks: %w", err)
		}
		if n >= maxWebhooks {
			return errTooMany
		}
		var sealed string
		if plain, sealed, err = s.newSecret(); err != nil {
			return err
		}
		w = Webhook{Kind: Standard, Events: []string{}, Active: true, Secret: sealed, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if ch.Kind != nil {
			w.Kind = *ch.Kind
		}
		ch.apply(&w)
		if err := fault.All(ch.Wrong, s.check(by, &w, true)); err != nil {
			return err
		}
		if err := hide(s.box, &w); err != nil {
			return err
		}
		if err := tx.Create(&w).Error; err != nil {
			return fmt.Errorf("create a webhook: %w", err)
		}
		return tx.Emit(Created, Subject, w.ID, nil)
	})
	return w, plain, err
}

// check says what is wrong with a webhook. opened tells that somebody new may
// hear of what it hears of.
func (s *Service) check(by authz.Actor, w *Webhook, opened bool) error {
	if w.Confidential && opened && !by.Can(authz.TicketConfidential) {
		return errConfidential
	}
	var where, notes, events error
	if problem := s.guard.CheckURL(w.URL); problem != "" {
		where = fault.Field("url", "%s", problem)
	}
	if w.Internal && w.Kind.chat() {
		notes = fault.Field("internal", "Chats never hear of internal notes.")
	}
	if i := slices.IndexFunc(w.Events, internal); i >= 0 && !w.Internal {
		events = fault.Field("events", "%s is internal: set internal, too.", w.Events[i])
	}
	return fault.All(where, notes, events)
}

// apply sets what is asked for and returns the names of what differs.
func (ch Changes) apply(w *Webhook) []string {
	var changed []string
	note := func(differs bool, name string) bool {
		if differs {
			changed = append(changed, name)
		}
		return differs
	}
	if ch.URL != nil && note(*ch.URL != w.URL, "url") {
		w.URL = *ch.URL
	}
	if ch.Description != nil && note(*ch.Description != w.Description, "description") {
		w.Description = *ch.Description
	}
	if ch.Events != nil && note(!slices.Equal(*ch.Events, w.Events), "events") {
		w.Events = *ch.Events
	}
	if ch.Internal != nil && note(*ch.Internal != w.Internal, "internal") {
		w.Internal = *ch.Internal
	}
	if ch.Confidential != nil && note(*ch.Confidential != w.Confidential, "confidential") {
		w.Confidential = *ch.Confidential
	}
	if ch.Active != nil && note(*ch.Active != w.Active, "active") {
		w.Active = *ch.Active
		w.DisabledReason, w.Failures, w.FailingSince, w.PausedUntil = "", 0, nil, nil
	}
	return changed
}

// Update changes a webhook.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, ch Changes) (Webhook, error) {
	return s.change(ctx, by, id, want, Updated, func(w *Webhook) ([]string, error) {
		changed := ch.apply(w)
		// Whoever may not see confidential tickets may not turn what hears of them
		// to an address of their own.
		moved := slices.Contains(changed, "url")
		var cut error
		if moved && w.Kind.chat() && strings.HasSuffix(w.URL, hidden) {
			cut = fault.Field("url", "Enter the whole address.")
		}
		err := fault.All(ch.Wrong, cut, s.check(by, w, moved || slices.Contains(changed, "confidential")))
		if err != nil || !moved {
			return changed, err
		}
		return changed, hide(s.box, w)
	})
}

// Rotate gives a webhook a new secret and returns it. The one before signs as well
// for a day.
func (s *Service) Rotate(ctx context.Context, by authz.Actor, id int64, want etag.Condition) (w Webhook, plain string, err error) {
	w, err = s.change(ctx, by, id, want, SecretRotated, func(w *Webhook) ([]string, error) {
		var sealed string
		if plain, sealed, err = s.newSecret(); err != nil {
			return nil, err
		}
		until := s.clock.Now().Add(overlap)
		w.OldSecret, w.OldSecretUntil, w.Secret = w.Secret, &until, sealed
		return []string{"secret"}, nil
	})
	return w, plain, err
}

func (s *Service) change(ctx context.Context, by authz.Actor, id int64, want etag.Condition, eventType string, decide func(*Webhook) ([]string, error)) (Webhook, error) {
	var w Webhook
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errDenied
		}
		var err error
		if w, err = get(tx.DB, id); err != nil {
			return err
		}
		if err := want.Check(w.Version); err != nil {
			return err
		}
		changed, err := decide(&w)
		if err != nil {
			return err
		}
		if len(changed) == 0 {
			return nil
		}
		was := w.Version
		w.Version, w.UpdatedAt = was+1, tx.Now
		columns := []string{
			"url", "address", "description", "events", "internal", "confidential", "active", "disabled_reason", "secret", "old_secret",
			"old_secret_until", "version", "updated_at",
		}
		if slices.Contains(changed, "active") {
			columns = append(columns, "failures", "failing_since", "paused_until")
		}
		res := tx.Model(&Webhook{}).Where("id = ? AND version = ?", id, was).Select(columns).Updates(&w)
		if res.Error != nil {
			return fmt.Errorf("save webhook %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(eventType, Subject, id, Fields{changed})
	})
	return w, err
}

// Delete removes a webhook and its log.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canManage(by) {
			return errDenied
		}
		w, err := get(tx.DB, id)
		if err != nil {
			return err
		}
		if err := want.Check(w.Version); err != nil {
			return err
		}
		of := tx.Model(&Delivery{}).Select("id").Where("webhook_id = ?", id)
		if err := tx.Where("delivery_id IN (?)", of).Delete(&Attempt{}).Error; err != nil {
			return fmt.Errorf("delete the attempts of webhook %d: %w", id, err)
		}
		if err := tx.Where("webhook_id = ?", id).Delete(&Delivery{}).Error; err != nil {
			return fmt.Errorf("delete the deliveries of webhook %d: %w", id, err)
		}
		res := tx.Where("id = ? AND version = ?", id, w.Version).Delete(&Webhook{})
		if res.Error != nil {
			return fmt.Errorf("delete webhook %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(Deleted, Subject, id, nil)
	})
}
