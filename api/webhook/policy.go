package webhook

import (
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/ticket"
)

var (
	errMissing         = fault.Missing(Subject)
	errDeliveryMissing = fault.Missing("delivery")
	errDenied          = fault.Denied("webhook.denied", "Only administrators look after webhooks.")
	errConfidential    = fault.Denied("webhook.confidential_denied", "Only those who see every confidential ticket may let a webhook hear of them.")
	errPending         = fault.New(fault.Conflict, "webhook.pending", "This delivery is still under way.")
	errTooMany         = fault.New(fault.Conflict, "webhook.too_many", "There may be at most %d webhooks. Delete one that is not needed any more.", maxWebhooks)
	errChanged         = fault.New(fault.Conflict, "webhook.changed", "Somebody changed this webhook at the same moment. Fetch it again, then repeat your change.").
				Because(db.ErrLostRace)
)

func canManage(by authz.Actor) bool { return by.Can(authz.WebhookManage) }

// hears reports whether a webhook may hear of an event. t is its ticket, nil
// when the event is about something else or the ticket is gone.
func hears(w *Webhook, eventType string, ofTicket bool, t *ticket.Ticket) bool {
	if internal(eventType) && (!w.Internal || w.Kind.chat()) {
		return false
	}
	if ofTicket && !w.Confidential && (t == nil || t.Confidential) {
		return false
	}
	return true
}
