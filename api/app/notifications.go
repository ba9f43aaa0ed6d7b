package app

import (
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/notification"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/mail"
	"github.com/fixdesk/fixdesk/api/platform/netguard"
	"github.com/fixdesk/fixdesk/api/platform/secret"
	"github.com/fixdesk/fixdesk/api/sla"
)

// newNotifications builds what tells people what concerns them.
func (a *App) newNotifications(set config.Settings, key []byte, o authz.Options, sender mail.Sender, guard *netguard.Guard) error {
	box, err := secret.New("push", key)
	if err != nil {
		return err
	}
	a.Notification = notification.New(notification.Deps{
		DB: a.DB, Bus: a.Bus, Clock: a.Clock, Box: box, Sender: sender, Guard: guard, Options: o, Public: set.PublicURL, From: set.MailAddress(),
		Told: a.Outbox.Told, Bounces: a.Outbox.Bounces, Alarms: alarm, Show: a.Realtime.Show,
	})
	a.Realtime.SetTold(a.Notification.ToldOf)
	return nil
}

// alarm reads an event of a target that is near or missed. A step of an
// escalation is one only where it is to tell people.
func alarm(e event.Event) ([]int64, string, bool) {
	var a sla.Alarm
	switch e.Type {
	case sla.Warned, sla.Overdue, sla.Escalated:
		if e.Decode(&a) != nil {
			return nil, "", false
		}
		return a.Notify, string(a.Target), e.Type != sla.Escalated || len(a.Notify) > 0
	}
	return nil, "", false
}
